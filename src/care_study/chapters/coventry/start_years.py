"""Every year in which the project could have begun: what changed, and what fits."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.coventry.caseloads import CASES, case_changes
from care_study.chapters.coventry.changes import (
    REREFERRALS,
    places,
    whole_authorities,
    yearly_changes,
)
from care_study.chapters.coventry.rereferrals import SOURCES, fitting_changes
from care_study.chapters.coventry.timeliness import IN_TIME, time_changes
from care_study.claims import Claim
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import count

FITS = {
    "points_fit": "re-referrals in percentage points",
    "relative_fit": "re-referrals in percent",
    "cases_fit": "caseload",
    "time_points_fit": "timeliness in percentage points",
    "time_relative_fit": "timeliness in percent",
}
MEASURES = {
    "rereferrals": ("points_fit", "relative_fit"),
    "cases": ("cases_fit",),
    "time": ("time_points_fit", "time_relative_fit"),
}
SHOWN = [
    *("year", "change", "fall_place", "p_value", "cases_before", "cases_change", "cases_place"),
    *("time_change", "time_place", "fits"),
]


@finding
class StartYears:
    """What changed in each start year, and which of the stated changes it fits."""

    sources = (*SOURCES, "workforce", "assessments")
    table: pd.DataFrame
    measures: int
    full_years: int = fact(
        "start years with official figures for all measures that the area has figures for"
    )
    most_fitting: int = fact(
        "most measures (of caseload, timeliness, re-referrals) that any one start year fits"
    )


@section
def start_years(
    setting: Setting, claims: Mapping[str, Claim], fewest_referrals: float
) -> StartYears:
    """Compute what changed in each start year, its place among authorities, and what fits."""
    found = every_year(setting, claims, fewest_referrals)
    most = int(found["measured"].max())
    if not most:
        raise Unavailable(
            f"{setting.area_name} has no figures of re-referrals, caseload or timeliness in two "
            "years in a row"
        )
    whole = found[found["measured"] == most]
    return StartYears(
        table=found,
        measures=most,
        full_years=len(whole),
        most_fitting=int(whole["fitting"].max()),
    )


def every_year(
    setting: Setting, claims: Mapping[str, Claim], fewest_referrals: float
) -> pd.DataFrame:
    """Put the changes of the three measures beside each other, one row a start year.

    Returns
    -------
    DataFrame
        ``year``; re-referrals: those of `fitting_changes`, ``fall_place``, ``of`` and ``p_value``;
        cases per worker: those of `case_changes` and ``cases_place``; assessments in time: those
        of `time_changes` and ``time_place`` (first: largest rise). ``fits`` in words,
        ``measured``: how many of the three measures have figures, ``fitting``: how many fit in
        some reading.
    """
    ids = whole_authorities(setting, fewest_referrals)
    stated = claims["cov-rereferral-fall"]
    frames = [
        _or_nothing(lambda: fitting_changes(setting, stated), MEASURES["rereferrals"]),
        _places(setting, REREFERRALS, ids).rename(columns={"place": "fall_place"}),
        _or_nothing(lambda: case_changes(setting, claims), MEASURES["cases"]),
        _places(setting, CASES, ids, later=1).add_prefix("cases_"),
        _or_nothing(lambda: time_changes(setting, claims), MEASURES["time"]),
        _places(setting, IN_TIME, ids, rise_first=True).add_prefix("time_"),
    ]
    found = pd.DataFrame({"year": range(setting.first_year + 1, setting.last_year + 1)})
    for frame in frames:
        by_year = frame.rename(columns={"cases_year": "year", "time_year": "year"})
        found = found.merge(by_year, on="year", how="left", validate="1:1")
    fits = [_fits_in_words(row) for row in found[list(FITS)].to_dict("records")]
    return pd.concat([found, pd.DataFrame(fits)], axis=1)


def _or_nothing(changes: Callable[[], pd.DataFrame], fits: tuple[str, ...]) -> pd.DataFrame:
    """Compute changes; none where the area has no figures, so that the other measures stand."""
    try:
        return changes()
    except Unavailable:
        return pd.DataFrame(columns=["year", *fits])


def _places(
    setting: Setting, indicator: str, ids: list[str], *, rise_first: bool = False, later: int = 0
) -> pd.DataFrame:
    """Place the area's changes; those between Septembers stand at the year ``later``."""
    changes = yearly_changes(setting.indicator(indicator), ids)
    found = places(changes, setting.area_id, rise_first=rise_first)
    return found.assign(year=found["year"] + later)


def _fits_in_words(row: Mapping[Any, Any]) -> dict[str, object]:
    row = {name: None if pd.isna(value) else bool(value) for name, value in row.items()}
    known = {
        measure: [row[name] for name in names if row[name] is not None]
        for measure, names in MEASURES.items()
    }
    fitting = [words for name, words in FITS.items() if row[name]]
    return {
        "fits": "; ".join(fitting) or "none",
        "measured": sum(bool(found) for found in known.values()),
        "fitting": sum(any(found) for found in known.values() if found),
    }


@section
def start_table(found: StartYears) -> Shown:
    """List what changed in each start year, and which statements it fits."""
    return table(
        found.table.reindex(columns=SHOWN),
        name="start_years",
        caption=(
            f"Of {count(found.full_years, 'start year')} with figures for "
            f"{count(found.measures, 'measure')}, none fits the document in more than "
            f"{found.most_fitting}"
        ),
        unit="points",
        places=1,
        labels={"year": "start year", "change": "re-referrals, change"},
        sources=[*StartYears.sources, "claims"],
        notes=[
            "A statement fits if its range, rounding included, meets the interval or range of the "
            "official change. [x]: no official figure for that year."
        ],
    )
