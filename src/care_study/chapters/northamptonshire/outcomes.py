"""What the case study's own numbers imply: outcomes of the assessments, possible combinations."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.northamptonshire.demand import stated
from care_study.claims import Claim
from care_study.data.geography import splice
from care_study.data.tables import DataError
from care_study.statistics.capacity import (
    littles_law,
    to_calendar_days,
    to_working_days,
)
from care_study.statistics.intervals import Interval, multinomial_shares

WEEK = 7.0
UNLISTED = "in none of the listed outcomes"
OUTCOMES = {
    "closed to social care": "nn-closed",
    "stepped down to early help": "nn-stepped-down",
    "transferred as child in need": "nn-child-in-need",
    "on to a child protection conference": "nn-conference",
}
TEAMS = ("at-the-same-time", "in-turn")
CHILDREN = ("each", "together")
CYCLES = ("each-21-weeks", "all-within-21-weeks")
DAYS = ("working-days", "calendar-days")


def outcomes(claims: Mapping[str, Claim]) -> pd.DataFrame:
    """Compute the shares of the outcomes of all assessments, those not listed included.

    Returns
    -------
    DataFrame
        ``outcome``, ``count``, ``share``, ``lower``, ``upper`` (0 to 1; simultaneous 95%
        intervals, Goodman 1965): what other assessments from the same process might have shown.
    """
    total = stated(claims, "nn-total-assessments")
    counts = [stated(claims, claim) for claim in OUTCOMES.values()]
    shares = multinomial_shares([*counts, total - sum(counts)])
    return pd.DataFrame(
        {
            "outcome": [*OUTCOMES, UNLISTED],
            "count": [*counts, total - sum(counts)],
            "share": shares.estimate,
            "lower": shares.lower,
            "upper": shares.upper,
        }
    )


def total_allowed(claims: Mapping[str, Claim]) -> tuple[float, float]:
    """Compute the totals that the listed outcomes and the two rounded shares allow together."""
    lower = sum(stated(claims, claim) for claim in OUTCOMES.values())
    upper = np.inf
    for share, count in (
        ("nn-closed-share", "nn-closed"),
        ("nn-stepped-down-share", "nn-stepped-down"),
    ):
        low, high = claims[share].range
        lower = max(lower, stated(claims, count) / high * 100)
        upper = min(upper, stated(claims, count) / low * 100)
    return lower, upper


def outcome_dots(
    claims: Mapping[str, Claim], flow: pd.DataFrame, name: str, year: int
) -> pd.DataFrame:
    """Put the case study's shares beside the official flow of one year.

    Parameters
    ----------
    claims
        The register.
    flow
        The frame of `official_flow`.
    name, year
        The authority and the year ending 31 March.

    Returns
    -------
    DataFrame
        ``what``, ``value``, ``lower``, ``upper`` in percent. The case study's shares have
        simultaneous 95% intervals (Goodman 1965); official shares are counts of everybody, so
        their ends equal the value.
    """
    closed, down, *rest = outcomes(claims)["count"]
    both = multinomial_shares([closed + down, *rest])
    shares = outcomes(claims).set_index("outcome")
    rows = [
        _dot("Case study: closed", *shares.loc["closed to social care", _ENDS]),
        _dot("Case study: closed or stepped down", *(float(end[0]) for end in _ends(both))),
    ]
    rows += _official(flow, "not_in_need", "found not to be in need", name, year)
    rows.append(_dot("Case study: to a conference", *shares.loc[_CONFERENCE, _ENDS]))
    rows += _official(flow, "plans", "protection plan started", name, year)
    return pd.DataFrame(rows)


_ENDS = ["share", "lower", "upper"]
_CONFERENCE = "on to a child protection conference"


def _ends(interval: Interval) -> tuple[Any, Any, Any]:
    return interval.estimate, interval.lower, interval.upper


def _dot(what: str, value: float, lower: float, upper: float) -> dict[str, object]:
    return {"what": what, "value": value * 100, "lower": lower * 100, "upper": upper * 100}


def _official(
    flow: pd.DataFrame, column: str, words: str, name: str, year: int
) -> list[dict[str, object]]:
    now = flow[flow["year"] == year].drop_duplicates("area_name").set_index("area_name")[column]
    return [
        _dot(f"{area}, {year}: {words}", now[area], now[area], now[area])
        for area in dict.fromkeys((name, "England"))
        if area in now.index
    ]


def official_flow(setting: Setting) -> pd.DataFrame:
    """Compute what became of referrals that did not end in no further action, by year.

    Returns
    -------
    DataFrame
        For the area and England: ``area_name``, ``year``, ``assessed`` (referrals less those with
        no further action), ``not_in_need`` (found not to be in need) and ``plans`` (child
        protection plans started), both as shares of ``assessed`` (0 to 1). The plans of a year
        belong to about the same children, not to exactly the same.
    """
    net = setting.indicator("referrals_per_week")[["area_id", "area_name", "year", "numerator"]]
    parts = {
        "no_further_action": setting.indicator("nfa_percentage"),
        "plans_started": setting.indicator("plans_started_rate"),
    }
    frame = net.rename(columns={"numerator": "referrals"})
    for name, computed in parts.items():
        part = computed[["area_id", "year", "numerator"]].rename(columns={"numerator": name})
        frame = frame.merge(part, on=["area_id", "year"], how="left", validate="1:1")
    frame = frame.merge(_not_in_need(setting), on=["area_id", "year"], how="left", validate="1:1")
    frame = frame[frame["area_id"].isin([setting.area_id, ENGLAND])]
    assessed = frame["referrals"] - frame["no_further_action"]
    return pd.DataFrame(
        {
            "area_name": frame["area_name"],
            "year": frame["year"],
            "assessed": assessed,
            "not_in_need": frame["assessed_not_in_need"] / assessed,
            "plans": frame["plans_started"] / assessed,
        }
    ).dropna(ignore_index=True)


def _not_in_need(setting: Setting) -> pd.DataFrame:
    return _spliced(setting, "referrals", "assessed_not_in_need")


def awaiting(setting: Setting) -> pd.DataFrame:
    """Take the children in need who awaited assessment on 31 March: ``year``, ``waiting``."""
    frame = _spliced(setting, "children_in_need", "awaiting_assessment")
    mine = frame[(frame["area_id"] == setting.area_id) & frame["awaiting_assessment"].notna()]
    mine = mine[mine["year"].between(setting.first_year, setting.last_year)]
    if mine.empty:
        raise DataError(
            [f"{setting.area_name}: no year has a figure of those awaiting assessment."]
        )
    mine = mine.rename(columns={"awaiting_assessment": "waiting"})
    return mine[["year", "waiting"]].sort_values("year", ignore_index=True)


def _spliced(setting: Setting, table: str, column: str) -> pd.DataFrame:
    found = splice(setting.tables[table], [column], setting.tables["boundary_changes"])
    return found[["area_id", "year", column]]


def combinations(claims: Mapping[str, Claim]) -> pd.DataFrame:
    """Compute the assessments that each combination of readings yields, by Little's law.

    Teams work side by side, or take turns so that one is on duty at any time; the children held
    are those of each worker or of a whole team; the weeks are those of each cycle or of all
    together; days are working or calendar days. Holding ``L`` children who stay ``W`` weeks each
    for ``D`` weeks completes ``L / W * D`` assessments.

    Returns
    -------
    DataFrame
        Sixteen rows: ``teams``, ``children``, ``cycles``, ``days`` (ids of the readings), ``held``
        (children at any time), ``weeks``, ``assessments`` with ``lower`` and ``upper`` (rounding
        of the stated days), ``used`` (share of the capacity that the stated total needs),
        ``days_implied`` (mean days that would give exactly the stated total) and ``result``:
        *matches* (the total is within the rounding), *can reach* or *cannot reach*.
    """
    total = stated(claims, "nn-total-assessments")
    duration = claims["nn-case-duration"]
    rows = []
    for teams, children, cycles, days in product(TEAMS, CHILDREN, CYCLES, DAYS):
        held = _held(claims, teams, children)
        weeks = stated(claims, "nn-cycle-weeks")
        weeks *= stated(claims, "nn-duty-cycles") if cycles == "each-21-weeks" else 1
        middle, low, high = (
            littles_law(in_progress=held, time=in_weeks(length, days)).throughput * weeks
            for length in (stated(claims, "nn-case-duration"), duration.range[1], duration.range[0])
        )
        implied = littles_law(in_progress=held, throughput=total / weeks).time * WEEK
        rows.append(
            {
                "teams": teams,
                "children": children,
                "cycles": cycles,
                "days": days,
                "held": held,
                "weeks": weeks,
                "assessments": middle,
                "lower": low,
                "upper": high,
                "used": total / middle,
                "days_implied": to_working_days(implied) if days == "working-days" else implied,
                "result": _result(total, low, high),
            }
        )
    return pd.DataFrame(rows)


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Name each combination in words, most assessments first: ``what`` and the columns given."""
    words = {
        "at-the-same-time": "teams at once",
        "in-turn": "teams in turn",
        "each": "held by each",
        "together": "held together",
        "each-21-weeks": "weeks a cycle",
        "all-within-21-weeks": "weeks in all",
        "working-days": "working days",
        "calendar-days": "calendar days",
    }
    parts = table[["teams", "children", "cycles", "days"]].map(lambda name: words[str(name)])
    named = table.assign(what=parts.agg(", ".join, axis=1))
    return named.sort_values("assessments", ascending=False, ignore_index=True)


def _held(claims: Mapping[str, Claim], teams: str, children: str) -> float:
    on_duty = stated(claims, "nn-teams") if teams == "at-the-same-time" else 1.0
    each = stated(claims, "nn-team-social-workers") if children == "each" else 1.0
    return on_duty * each * stated(claims, "nn-children-held")


def in_weeks(days: float, kind: str) -> float:
    """Convert working or calendar days (an id of ``DAYS``) to weeks."""
    return (to_calendar_days(days) if kind == "working-days" else days) / WEEK


def _result(total: float, low: float, high: float) -> str:
    if high < total:
        return "cannot reach"
    return "matches" if low <= total else "can reach"
