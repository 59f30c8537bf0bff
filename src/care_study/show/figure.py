"""The accessible figure: the one way a chart gets into the book."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from care_study.charts import theme
from care_study.show import svg
from care_study.show.facts import check_sources
from care_study.show.shown import Shown
from care_study.show.table_data import table_content
from care_study.words import FactError

FIGURE_MIME = "application/vnd.care-study.figure+json"
LONGEST_ALT = 320


def figure(
    chart: Any,
    *,
    name: str,
    title: str,
    subtitle: str,
    alt: str,
    data: pd.DataFrame,
    sources: Sequence[str],
    notes: Sequence[str] = (),
    unit: str = "",
    places: int | None = None,
    units: Mapping[str, str] | None = None,
    decimals: Mapping[str, int] | None = None,
    labels: Mapping[str, str] | None = None,
    row_header: str | None = None,
    interactive: bool | None = None,
    narrow: Any = None,
) -> Shown:
    """Make a figure for the notebook and the book: a chart, its words, data and downloads.

    Parameters
    ----------
    chart : altair chart, or a function from the total width in pixels to one
        Drawn twice: for a page and for a phone.
    name : str
        Snake case, unique in its notebook.
    title : str
        The message, as a sentence.
    subtitle : str
        Measure, place and period.
    alt : str
        Alternative text: the kind of chart and its message, in at most 320 characters.
    data : DataFrame
        What the chart shows, as the reader should get it: table beneath the chart, and CSV.
    sources : sequence of str
        The figure tables it is computed from.
    notes : sequence of str
        Sentences shown beneath the chart.
    unit, places, units, decimals, labels, row_header
        For the table of data, as in `care_study.show.table.table`.
    interactive : bool, optional
        Whether the reader may bring the chart to life; by default when the chart has parameters
        (sliders, selections). The picture is there without it.
    narrow : altair chart or function, optional
        Another chart for phones, where the same one would be crowded.

    Raises
    ------
    FactError
        When a text is missing, the alternative text is long or repeats the title, or a source is
        unknown.
    """
    _check_words(name, title, subtitle, alt)
    check_sources(f"figure {name}", sources)
    content = table_content(
        data,
        name=name,
        caption=f"{title}. {subtitle}" if not title.endswith(".") else f"{title} {subtitle}",
        unit=unit,
        places=places,
        units=units,
        decimals=decimals,
        labels=labels,
        row_header=row_header,
    )
    spec = svg.spec_at(chart, theme.WIDE)
    wide = svg.draw(spec)
    # The same chart at another width has the same parts, which need not be checked twice.
    other = narrow if narrow is not None else chart
    small = svg.draw(svg.spec_at(other, theme.NARROW, check=other is not chart))
    alive = bool(spec.get("params")) if interactive is None else interactive
    return Shown(
        {
            FIGURE_MIME: {
                "name": name,
                "title": title,
                "subtitle": subtitle,
                "alt": alt,
                "sources": list(sources),
                "notes": list(notes),
                "table": content,
                "wide": wide,
                "narrow": small,
                "spec": spec if alive else None,
            },
            "image/png": base64.b64encode(svg.png(wide)).decode("ascii"),
            "text/plain": f"Figure {name}: {title}",
        }
    )


def _check_words(name: str, title: str, subtitle: str, alt: str) -> None:
    for what, text in (("title", title), ("subtitle", subtitle), ("alt", alt)):
        if not text.strip():
            raise FactError(
                f"figure {name}: {what} is empty; write it for someone who reads only this"
            )
    if len(alt) > LONGEST_ALT:
        raise FactError(
            f"figure {name}: alt has {len(alt)} characters, expected at most {LONGEST_ALT}; "
            "name the kind of chart and its message, the table has the rest"
        )
    if alt.strip() == title.strip():
        raise FactError(f"figure {name}: alt repeats the title; say what kind of chart shows it")
