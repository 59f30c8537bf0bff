"""What became of the children assessed: the case study's outcomes beside the official flow."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.area.setting import ENGLAND, Setting
from care_study.charts import dots
from care_study.claims import Claim, Reading, Verdict, judge, judge_value
from care_study.data.geography import splice
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.intervals import Interval, multinomial_shares
from care_study.unavailable import Unavailable
from care_study.words import number, percent, share, small

OUTCOMES = {
    "closed": "closed to social care",
    "down": "stepped down to early help",
    "need": "transferred as child in need",
    "conference": "on to a child protection conference",
}
UNLISTED = "in none of the listed outcomes"
COUNTS = {
    "closed": "nn-closed",
    "down": "nn-stepped-down",
    "need": "nn-child-in-need",
    "conference": "nn-conference",
}
SHARES = {"closed": "nn-closed-share", "down": "nn-stepped-down-share"}
SIMULTANEOUS = "simultaneous, Goodman 1965, 95%"
FLOW_SOURCES = ("referrals", "child_protection_plans")


@finding
class Outcome:
    """One outcome of the assessments: how many, and what share."""

    words: str
    count: float = fact(lambda found: f"assessments {found.words}", decimals=0, sources=["claims"])
    share: Interval = fact(
        lambda found: f"assessments {found.words} / all assessments",
        unit="share",
        decimals=1,
        method=SIMULTANEOUS,
        sources=["claims"],
    )


@finding
class Outcomes:
    """What the case study says of its assessments' outcomes, and what follows from it."""

    sources = ("claims",)
    stated_share: Mapping[str, Claim]
    outcome: Mapping[str, Outcome]
    total: float = fact("assessments as the case study states them", decimals=0)
    listed_total: float = fact("sum of the listed outcomes", decimals=0)
    low_total: float = fact("lowest total that counts and rounded shares allow", decimals=0)
    high_total: float = fact("highest total that counts and rounded shares allow", decimals=0)
    both_share: Interval = fact(
        "assessments closed or stepped down / all assessments",
        unit="%",
        decimals=0,
        method=SIMULTANEOUS,
    )


@section
def outcomes(claims: Mapping[str, Claim]) -> Outcomes:
    """Compute the shares of the outcomes of all assessments, those not listed included.

    The intervals are simultaneous (Goodman 1965): what other assessments from the same process
    might have shown.
    """
    total = claims["nn-total-assessments"].number
    counts = {key: claims[name].number for key, name in COUNTS.items()}
    counts["unlisted"] = total - sum(counts.values())
    closed, down, *rest = counts.values()
    low, high = total_allowed(claims)
    return Outcomes(
        stated_share={key: claims[name] for key, name in SHARES.items()},
        outcome=_shares(counts),
        total=total,
        listed_total=total - counts["unlisted"],
        low_total=low,
        high_total=high,
        both_share=_each(multinomial_shares([closed + down, *rest]))[0].scaled(100),
    )


def _shares(counts: Mapping[str, float]) -> dict[str, Outcome]:
    words = {**OUTCOMES, "unlisted": UNLISTED}
    shares = _each(multinomial_shares(list(counts.values())))
    return {
        key: Outcome(words=words[key], count=count, share=part)
        for (key, count), part in zip(counts.items(), shares, strict=True)
    }


def _each(shares: Interval) -> list[Interval]:
    ends = zip(shares.estimate, shares.lower, shares.upper, strict=True)
    return [Interval(*one, shares.level, shares.method) for one in ends]


def total_allowed(claims: Mapping[str, Claim]) -> tuple[float, float]:
    """Compute the totals that the listed outcomes and the two rounded shares allow together."""
    lower, upper = sum(claims[name].number for name in COUNTS.values()), np.inf
    for key, name in SHARES.items():
        low, high = claims[name].range
        lower = max(lower, claims[COUNTS[key]].number / high * 100)
        upper = min(upper, claims[COUNTS[key]].number / low * 100)
    return lower, upper


# ---- the official flow


@finding
class Flow:
    """What became officially of the referrals that went further, in the area and in England."""

    sources = FLOW_SOURCES
    area: str
    year: int
    not_in_need: Mapping[str, float] = fact(
        "found not to be in need / referrals less no further action", unit="share", decimals=0
    )
    plans: Mapping[str, float] = fact(
        "child protection plans started / referrals less no further action",
        unit="share",
        decimals=0,
    )
    not_in_need_latest: float = fact(
        "found not to be in need / referrals less no further action, latest year",
        unit="share",
        decimals=0,
        sources=["referrals"],
    )


@section
def flow(setting: Setting, year: int) -> Flow:
    """Take the official flow of one year, and the latest share found not to be in need."""
    official = official_flow(setting)
    mine, england = (official[official["area_id"] == one] for one in (setting.area_id, ENGLAND))
    rows = {"own": mine[mine["year"] == year], "england": england[england["year"] == year]}
    if any(found.empty for found in rows.values()):
        raise Unavailable(
            f"{setting.area_name} or England has no complete figures of what became of referrals "
            f"in {year}"
        )
    return Flow(
        area=setting.area_name,
        year=year,
        not_in_need={key: float(found["not_in_need"].iloc[0]) for key, found in rows.items()},
        plans={key: float(found["plans"].iloc[0]) for key, found in rows.items()},
        not_in_need_latest=float(mine["not_in_need"].iloc[-1]),
    )


def official_flow(setting: Setting) -> pd.DataFrame:
    """Compute what became of referrals that did not end in no further action, by year.

    Returns
    -------
    DataFrame
        For the area and England: ``area_id``, ``year``, ``assessed`` (referrals less those with
        no further action), ``not_in_need`` (found not to be in need) and ``plans`` (child
        protection plans started), both as shares of ``assessed`` (0 to 1). The plans of a year
        belong to about the same children, not to exactly the same.
    """
    frame = setting.indicator("referrals_per_week")[["area_id", "year", "numerator"]]
    frame = frame.rename(columns={"numerator": "referrals"})
    parts = {"no_further_action": "nfa_percentage", "plans_started": "plans_started_rate"}
    for column, name in parts.items():
        part = setting.indicator(name)[["area_id", "year", "numerator"]]
        frame = _with(frame, part.rename(columns={"numerator": column}))
    frame = _with(frame, spliced(setting, "referrals", "assessed_not_in_need"))
    frame = frame[frame["area_id"].isin([setting.area_id, ENGLAND])]
    assessed = frame["referrals"] - frame["no_further_action"]
    return pd.DataFrame(
        {
            "area_id": frame["area_id"],
            "year": frame["year"],
            "assessed": assessed,
            "not_in_need": frame["assessed_not_in_need"] / assessed,
            "plans": frame["plans_started"] / assessed,
        }
    ).dropna(ignore_index=True)


def _with(frame: pd.DataFrame, part: pd.DataFrame) -> pd.DataFrame:
    return frame.merge(part, on=["area_id", "year"], how="left", validate="1:1")


def spliced(setting: Setting, table: str, column: str) -> pd.DataFrame:
    """Take one published count of every area, once: ``area_id``, ``year`` and the column."""
    kept, key = setting.computed, f"{table}.{column}"
    if key not in kept:
        found = splice(setting.tables[table], [column], setting.tables["boundary_changes"])
        kept[key] = found[["area_id", "year", column]]
    return kept[key]


# ---- the chart


@section
def outcomes_beside(found: Outcomes, official: Flow) -> Shown:
    """Draw the case study's outcomes beside the nearest official shares."""
    data = outcome_dots(found, official)
    chart = dots.dot_intervals(
        data,
        label="measure",
        value="value",
        lower="lower",
        upper="upper",
        unit="%",
        focus=[row for row in data["measure"] if row.startswith("Case study")],
        zero=True,
    )
    return figure(
        chart,
        name="outcomes",
        title=title(found, official),
        subtitle="Case study: share of assessments, simultaneous 95% intervals (Goodman). "
        "Official: share of referrals less no further action, year ending 31 March "
        f"{official.year}",
        alt=alternative(found, official),
        data=data,
        unit="%",
        places=1,
        sources=["claims", *FLOW_SOURCES],
        notes=[
            "Official shares are counts of everybody and have no interval.",
            "A conference is not yet a plan; a year's plans belong to about the same children.",
        ],
    )


def outcome_dots(found: Outcomes, official: Flow) -> pd.DataFrame:
    """Put the case study's shares beside the official flow of one year.

    Returns
    -------
    DataFrame
        ``measure``, ``value``, ``lower``, ``upper`` in percent; the ends of an official share
        equal its value, since it counts everybody.
    """
    closed, conference = (found.outcome[key].share.scaled(100) for key in ("closed", "conference"))
    rows = [
        _row("closed", closed),
        _row("closed or stepped down", found.both_share),
        *_official(official, official.not_in_need, "found not to be in need"),
        _row("to a conference", conference),
        *_official(official, official.plans, "protection plan started"),
    ]
    return pd.DataFrame(rows, columns=["measure", "value", "lower", "upper"])


def _row(words: str, one: Interval) -> tuple[str, float, float, float]:
    return f"Case study: {words}", one.estimate, one.lower, one.upper


def _official(
    official: Flow, shares: Mapping[str, float], words: str
) -> list[tuple[str, float, float, float]]:
    names = {"own": official.area, "england": "England"}
    return [
        (f"{names[key]}, {official.year}: {words}", one * 100, one * 100, one * 100)
        for key, one in shares.items()
    ]


def title(found: Outcomes, official: Flow) -> str:
    """Say how the share that the case study closed compares with the official one."""
    both, own = found.both_share.estimate, official.not_in_need["own"]
    side = "more" if both > own * 100 else "less"
    return (
        f"The case study closed or stepped down {percent(both)} of its assessments, {side} than "
        f"the {share(own)} found not to be in need officially"
    )


def alternative(found: Outcomes, official: Flow) -> str:
    """Describe the chart of outcomes."""
    closed, conference = (found.outcome[key].share.estimate for key in ("closed", "conference"))
    ended, plans = official.not_in_need, official.plans
    return (
        f"Dots with intervals. Case study: {share(closed)} closed, "
        f"{percent(found.both_share.estimate)} closed or stepped down, {share(conference)} to a "
        f"conference. {official.area}, {official.year}: {share(ended['own'])} not in need (England "
        f"{share(ended['england'])}), plans for {share(plans['own'])} (England "
        f"{share(plans['england'])})."
    )


# ---- verdicts


def judge_children(found: Outcomes, claim: Claim) -> Verdict:
    """Judge the total of children by the listed outcomes and the rounded shares."""
    readings = [
        allowed(name, found.low_total, found.high_total) for name in ("children", "assessments")
    ]
    comment = f"the {small(len(COUNTS))} listed outcomes add up to {number(found.listed_total, 0)}"
    return judge(claim, readings, comment=comment)


def allowed(name: str, low: float, high: float) -> Reading:
    """Make the reading of a total that the listed outcomes and the rounded shares allow."""
    if low > high:
        return Reading(
            name,
            f"no total of {name} fits the listed outcomes and the rounded shares",
            survives=False,
            method="arithmetic with rounding",
        )
    return Reading(
        name,
        f"the total of {name} that the listed outcomes and rounded shares allow",
        lower=low,
        upper=high,
        unit=name,
        method="arithmetic with rounding",
        decimals=0,
    )


def judge_looked_after(found: Outcomes, claim: Claim) -> Verdict:
    """Judge the children looked after, whom the text names without a number."""
    most = found.outcome["unlisted"].count
    method = "total less the listed outcomes: the most it can be"
    return judge_value(claim, most, 0.0, most, method=method)


def judge_share(found: Outcomes, claim: Claim) -> Verdict:
    """Judge a stated share by the counts."""
    (key,) = (key for key, name in SHARES.items() if name == claim.id)
    return judge_value(claim, found.outcome[key].share.estimate * 100)


def judge_count(found: Outcomes, claim: Claim) -> Verdict:
    """Judge a count by the stated share of the stated total."""
    (key,) = (key for key in SHARES if COUNTS[key] == claim.id)
    stated = found.stated_share[key]
    value, *ends = (found.total * part / 100 for part in (stated.number, *stated.range))
    method = "stated share, with its rounding, of the stated total"
    return judge_value(claim, value, *ends, method=method, decimals=0)


def judge_remainder(found: Outcomes, claim: Claim) -> Verdict:
    """Judge a count by what the total and the other outcomes leave."""
    (key,) = (key for key, name in COUNTS.items() if name == claim.id)
    count = found.outcome[key].count
    reading = Reading(
        "remainder",
        "what the total and the other outcomes leave",
        lower=count,
        upper=count + found.outcome["unlisted"].count,
        unit=claim.unit,
        method="total less the other outcomes, less none or all of those not listed",
    )
    return judge(claim, [reading])


JUDGES = {
    "nn-total-children": judge_children,
    "nn-looked-after-unstated": judge_looked_after,
    **dict.fromkeys(SHARES.values(), judge_share),
    **{COUNTS[key]: judge_count for key in SHARES},
    **{COUNTS[key]: judge_remainder for key in COUNTS if key not in SHARES},
}
