"""What the documents state beside the statistics: levels that an official series measures too."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from care_study.area.by_year import values_in
from care_study.area.setting import Setting
from care_study.chapters.comparison.measures import NEIGHBOURS, SOURCES, names
from care_study.claims import Claim
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import extent, listed, span

# Statements of level that a measure, or its count, can be set beside.
STATED = {
    "nn-referrals-per-week": ("referrals_per_week", "value"),
    "nn-caseload-before": ("cases_per_worker", "value"),
    "of18-caseload": ("cases_per_worker", "value"),
    "cov-caseload-before": ("cases_per_worker", "value"),
    "cov-caseload-after": ("cases_per_worker", "value"),
    "cov-assessments-in-time": ("assessments_in_45_days", "value"),
    "cov-rereferral-project": ("rereferral_percentage", "value"),
    "cam-care-number": ("looked_after_rate", "numerator"),
}


@section
def levels_table(settings: Sequence[Setting], claims: Mapping[str, Claim]) -> Shown:
    """Set what the documents state beside the official figure of the same area."""
    return table(
        beside_statistics(settings, claims),
        name="stated",
        row_header="quantity",
        caption="Levels that the documents state, and the official figures of the same authority",
        sources=["claims", *SOURCES, NEIGHBOURS],
    )


def beside_statistics(settings: Sequence[Setting], claims: Mapping[str, Claim]) -> pd.DataFrame:
    """Set what the documents state beside the official figure of the same area.

    Where the document gives a year, the figure is of that year; where it gives none, the lowest
    and the highest figure of all years.

    Returns
    -------
    DataFrame
        ``area``, ``document``, ``quantity``, ``stated``, ``official``, ``years``, and
        ``neighbours`` (their mean in the same years, for rates).

    Raises
    ------
    Unavailable
        If no document states a level of any of the areas.
    """
    rows = [
        _beside(claims[name], setting, indicator, column)
        for name, (indicator, column) in STATED.items()
        for setting in settings
        if setting.area_name == claims[name].authority
    ]
    if not rows:
        raise Unavailable(f"No document states a level for {listed(names(settings), 'or')}")
    return pd.DataFrame(rows)


def _beside(claim: Claim, setting: Setting, indicator: str, column: str) -> dict[str, Any]:
    frame = setting.every_year(indicator)
    own = frame[(frame["area_id"] == setting.area_id) & frame["value"].notna()]
    own = own[own["year"].between(setting.first_year, setting.last_year)]
    named = re.search(r"\b(?:19|20)\d\d\b", claim.period)
    if named and int(named[0]) in set(own["year"]):
        own = own[own["year"] == int(named[0])]
    means = pd.Series([values_in(frame, setting.neighbour_ids, one).mean() for one in own["year"]])
    places = INDICATORS[indicator].decimals
    return {
        "area": setting.area_name,
        "document": claim.document,
        "quantity": claim.quantity,
        "stated": claim.text,
        "official": extent(own[column], 0 if column == "numerator" else places),
        "years": span(own["year"].min(), own["year"].max()) if len(own) else "none of those chosen",
        "neighbours": extent(means, places) if column == "value" else "",
    }
