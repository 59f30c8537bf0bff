"""Figures of all areas for a page on which a reader picks areas and a measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.show.facts import check_sources
from care_study.show.shown import Shown

EXPLORER_MIME = "application/vnd.care-study.explorer+json"


def explorer(
    series: Mapping[str, pd.DataFrame],
    measures: Mapping[str, Mapping[str, str | int]],
    *,
    first: str,
    second: str,
    regions: Mapping[str, str],
    sources: Sequence[str],
) -> Shown:
    """Make the data of a page on which a reader picks areas and a measure.

    Parameters
    ----------
    series
        A measure's figures: one row an area (index: its name), one column a year.
    measures
        ``title``, ``unit`` and ``decimals`` of each measure.
    first, second
        The areas shown before anything is picked.
    regions
        Region of each authority; areas without one are not on the map.
    sources
        The figure tables that they come from.

    Raises
    ------
    FactError
        When a source is unknown.
    """
    check_sources("explorer", sources)
    years = sorted({int(str(year)) for frame in series.values() for year in frame.columns})
    areas = sorted({str(area) for frame in series.values() for area in frame.index})
    content = {
        "name": "explorer",
        "first": first,
        "second": second,
        "years": years,
        "areas": [[area, regions.get(area, "")] for area in areas],
        "measures": [{"id": name, **measures[name]} for name in series],
        "values": {name: _rows(frame, areas, years) for name, frame in series.items()},
        "sources": list(sources),
    }
    return Shown(
        {
            EXPLORER_MIME: content,
            "text/plain": f"Explorer: {len(series)} measures of {len(areas)} areas",
        }
    )


def _rows(
    frame: pd.DataFrame, areas: Sequence[str], years: Sequence[int]
) -> list[list[float | None]]:
    whole = frame.reindex(index=list(areas), columns=list(years))
    return [[None if pd.isna(value) else float(value) for value in row] for row in whole.to_numpy()]
