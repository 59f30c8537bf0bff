"""Coventry: what every start year that the undated project could have had would look like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.coventry.caseloads import share_of_others, stated
from care_study.chapters.coventry.rereferrals import placed, with_intervals, yearly_changes
from care_study.claims import Claim

TIME_ROUNDING = 0.1  # two percentages, each published to one decimal
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


@dataclass(frozen=True)
class Stated:
    """What the document says changed; each range is the number with its rounding.

    ``rereferral_fall`` and ``time_rise`` are in percent or percentage points, ``caseload_fall`` in
    percent (what two rounded means allow), ``in_time`` in percent, ``per_week`` cases.
    """

    rereferral_fall: tuple[float, float]
    caseload_fall: tuple[float, float]
    time_rise: tuple[float, float]
    in_time: float
    per_week: float


def read_stated(claims: Mapping[str, Claim]) -> Stated:
    """Take the changes that the document states from the register."""
    before, after = (claims[f"cov-caseload-{when}"] for when in ("before", "after"))
    (before_low, before_high), (after_low, after_high) = before.range, after.range
    return Stated(
        rereferral_fall=claims["cov-rereferral-fall"].range,
        caseload_fall=(
            100 * (1 - after_high / before_low),
            100 * (1 - after_low / before_high),
        ),
        time_rise=claims["cov-own-completion-rise"].range,
        in_time=stated(claims, "cov-assessments-in-time"),
        per_week=stated(claims, "cov-throughput"),
    )


def start_years(setting: Setting, area_ids: Sequence[str], said: Stated) -> pd.DataFrame:
    """Compute what changed in each start year, its place among authorities, and what fits.

    Returns
    -------
    DataFrame
        One row a start year. Re-referrals (percentage points, percent): ``before``, ``value``,
        ``change``, ``lower``, ``upper``, ``relative``, ``relative_lower``, ``relative_upper``,
        ``place``, ``of``, ``p_value``. Cases per worker: ``cases_before``, ``cases_change``
        (percent), ``cases_place``, ``cases_of``. Assessments in time: ``time_before``, ``time``,
        ``time_change`` (points), ``time_place`` (first: largest rise), ``time_of``, and the range
        of the council's own change, ``own_lower`` to ``own_upper`` (points) and
        ``own_relative_lower`` to ``own_relative_upper`` (percent), see `own_team_range`.
        A column of ``FITS`` each (true, false, or missing without figures), ``fits`` in words and
        ``measured``: how many of the three measures have figures, ``fitting``: how many of them
        fit in some reading.
    """
    years = pd.DataFrame({"year": range(setting.first_year + 1, setting.last_year + 1)})
    frame = years.merge(_rereferrals(setting, area_ids), on="year", how="left", validate="1:1")
    frame = frame.merge(_cases(setting, area_ids), on="year", how="left", validate="1:1")
    frame = frame.merge(_timeliness(setting, area_ids, said), on="year", how="left", validate="1:1")
    return _with_fits(frame, said)


def _rereferrals(setting: Setting, area_ids: Sequence[str]) -> pd.DataFrame:
    changes = yearly_changes(setting.indicator("rereferral_percentage"), area_ids)
    columns = "year before value change lower upper relative relative_lower relative_upper"
    names = [*columns.split(), "place", "of", "p_value"]
    return with_intervals(placed(changes, setting.area_id))[names]


def _cases(setting: Setting, area_ids: Sequence[str]) -> pd.DataFrame:
    """Take changes between Septembers, at the year in whose middle the second one lies."""
    found = placed(yearly_changes(setting.indicator("cases_per_worker"), area_ids), setting.area_id)
    return pd.DataFrame(
        {
            "year": found["year"] + 1,
            "cases_before": found["before"],
            "cases_change": found["relative"],
            "cases_place": found["place"],
            "cases_of": found["of"],
        }
    )


def _timeliness(setting: Setting, area_ids: Sequence[str], said: Stated) -> pd.DataFrame:
    changes = yearly_changes(setting.indicator("assessments_in_45_days"), area_ids)
    found = placed(changes, setting.area_id, rise_first=True)
    referrals = setting.indicator("referrals_per_week")
    weekly = referrals[referrals["area_id"] == setting.area_id].set_index("year")["value"]
    rows = []
    for row in found.to_dict("records"):
        share = said.per_week / weekly.get(row["year"], np.nan)
        rows.append(
            {
                "year": row["year"],
                "time_before": row["before"],
                "time": row["value"],
                "time_change": row["change"],
                "time_relative": row["relative"],
                "time_place": row["place"],
                "time_of": row["of"],
            }
            | own_team_range(row["before"], row["value"], share, said.in_time)
        )
    return pd.DataFrame(rows)


def own_team_range(before: float, value: float, share: float, in_time: float) -> dict[str, float]:
    """Compute the range of the council's own change, when a provider's share is not known.

    The published percentage covers all assessments. If the provider completed up to ``share`` of
    them, ``in_time`` percent in time, the council's own percentage lies between the published one
    and what is left of it. One tenth of a point is added for rounding.

    Returns
    -------
    dict
        ``own_lower``, ``own_upper`` in percentage points; ``own_relative_lower``,
        ``own_relative_upper`` in percent of ``before``.
    """
    least = share_of_others(value, in_time, share) if 0 <= share < 1 else value
    changes = sorted([value - before, least - before])
    lower, upper = changes[0] - TIME_ROUNDING, changes[1] + TIME_ROUNDING
    return {
        "own_lower": lower,
        "own_upper": upper,
        "own_relative_lower": 100 * lower / before,
        "own_relative_upper": 100 * upper / before,
    }


def _with_fits(frame: pd.DataFrame, said: Stated) -> pd.DataFrame:
    fall, rise = said.rereferral_fall, said.time_rise
    frame = frame.assign(
        points_fit=_meets(-frame["upper"], -frame["lower"], fall),
        relative_fit=_meets(-frame["relative_upper"], -frame["relative_lower"], fall),
        cases_fit=_meets(-frame["cases_change"], -frame["cases_change"], said.caseload_fall),
        time_points_fit=_meets(frame["own_lower"], frame["own_upper"], rise),
        time_relative_fit=_meets(frame["own_relative_lower"], frame["own_relative_upper"], rise),
    )
    found = [_fits_in_words(frame.loc[at, list(FITS)].to_dict()) for at in frame.index]
    return pd.concat([frame, pd.DataFrame(found, index=frame.index)], axis=1)


def _meets(lower: pd.Series, upper: pd.Series, stated_range: tuple[float, float]) -> pd.Series:
    """Whether each interval meets the range stated; missing where there is no interval."""
    low, high = stated_range
    meets = ((lower <= high) & (upper >= low)).astype("boolean")
    return meets.mask(lower.isna() | upper.isna())


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


def years_that_fit(frame: pd.DataFrame, *columns: str) -> list[int]:
    """List the start years in which at least one of the readings fits."""
    fits = frame[list(columns)].fillna(False).any(axis=1)
    return [int(year) for year in frame.loc[fits, "year"]]
