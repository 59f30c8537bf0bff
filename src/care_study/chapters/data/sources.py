"""Sources: the publications that the figures come from."""

from collections.abc import Mapping

import pandas as pd

from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.words import span


@finding
class Publications:
    """The publications that the figures come from."""

    sources = ("sources",)
    table: pd.DataFrame
    releases: str = fact("first and last year of release among the sources")


def publications(tables: Mapping[str, pd.DataFrame]) -> Publications:
    """List the publications, and say in which years they were released."""
    columns = ["source", "publisher", "title", "table", "release", "public_page", "note"]
    listed = tables["sources"]
    years = listed["release"].str.extract(r"((?:19|20)\d\d)", expand=False).dropna().astype(int)
    return Publications(
        table=listed[columns], releases=f"releases of {span(years.min(), years.max())}"
    )


def sources_table(found: Publications) -> Shown:
    """List the publications."""
    return table(
        found.table,
        name="sources",
        caption="Publications the figures come from",
        row_header="source",
        sources=Publications.sources,
    )
