"""The one writer of tables: a frame becomes an accessible table with its downloads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from care_study.show.html import render
from care_study.show.shown import Shown
from care_study.show.table_data import heading, shown, table_content

TABLE_MIME = "application/vnd.care-study.table+json"
# Characters: texts up to the first stay on one line; no column is made wider than the second.
WHOLE, WIDEST = 14, 34


def table(
    frame: pd.DataFrame,
    *,
    name: str,
    caption: str,
    unit: str = "",
    places: int | None = None,
    units: Mapping[str, str] | None = None,
    decimals: Mapping[str, int] | None = None,
    sources: Sequence[str] = (),
    notes: Sequence[str] = (),
    row_header: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> Shown:
    """Make a table, for the notebook and for the book, where it can be downloaded.

    Parameters and errors are those of `care_study.show.table_data.table_content`.
    """
    content = table_content(
        frame,
        name=name,
        caption=caption,
        unit=unit,
        places=places,
        units=units,
        decimals=decimals,
        labels=labels,
        sources=sources,
        notes=notes,
        row_header=row_header,
    )
    return Shown(
        {
            TABLE_MIME: content,
            "text/html": table_html(content),
            "text/plain": f"Table {name}: {caption} ({len(content['rows'])} rows)",
        }
    )


def least_width(texts: Sequence[str]) -> int:
    """Give the least width of a column of words, in characters.

    Short words stay on one line and longer texts on few; beside columns of numbers a browser would
    otherwise make a column of words as narrow as its longest word.
    """
    longest = max((len(text) for text in texts), default=0)
    return min(longest, WHOLE) if longest <= WHOLE else min(max(WHOLE, longest // 3), WIDEST)


def table_html(content: Mapping[str, Any], identity: str = "", links: Sequence[Any] = ()) -> str:
    """Write the table as HTML: caption, scoped headers, focusable scroll region, notes, links.

    Parameters
    ----------
    content : mapping
        As made by `table_content`.
    identity : str
        Unique on the page; the table's name by default.
    links : sequence of (label, address)
        Downloads offered beneath.
    """
    rows = [
        [
            {"text": shown(column, value), "numeric": column["numeric"]}
            for column, value in zip(content["columns"], row, strict=True)
        ]
        for row in content["rows"]
    ]
    columns = [
        {
            "text": heading(column),
            "numeric": column["numeric"],
            "least": 0 if column["numeric"] else least_width([row[place]["text"] for row in rows]),
        }
        for place, column in enumerate(content["columns"])
    ]
    return render(
        "table.html",
        table=content,
        identity=identity or f"table-{content['name']}",
        columns=columns,
        rows=rows,
        links=links,
    )
