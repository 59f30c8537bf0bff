"""Teams, children, days and weeks: which readings of the case study's numbers fit together."""

from collections.abc import Mapping
from itertools import product

import pandas as pd

from care_study.chapters.northamptonshire.outcomes import allowed, total_allowed
from care_study.charts import dots
from care_study.claims import Claim, Reading, Verdict, judge
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.capacity import littles_law, to_calendar_days, to_working_days
from care_study.statistics.intervals import Interval
from care_study.words import number

WEEK = 7.0
WORKING_WEEK = 5
# Two readings of each, and the words for them in charts.
TEAMS = {"at-the-same-time": "teams at once", "in-turn": "teams in turn"}
CHILDREN = {"each": "held by each", "together": "held together"}
CYCLES = {"each-21-weeks": "weeks a cycle", "all-within-21-weeks": "weeks in all"}
DAYS = {"working-days": "working days", "calendar-days": "calendar days"}
READINGS = {"teams": TEAMS, "children": CHILDREN, "cycles": CYCLES, "days": DAYS}
# The reading of each claim that a combination carries, by its column.
COMBINED = {
    "nn-teams": "teams",
    "nn-team-social-workers": "teams",
    "nn-children-held": "children",
    "nn-duty-cycles": "cycles",
    "nn-cycle-weeks": "cycles",
    "nn-case-duration": "days",
    "nn-assessment-duration": "days",
}
# The same column, where the register names the readings otherwise.
OTHER_NAMES = {
    "nn-team-social-workers": {
        "at-the-same-time": "all-teams-together",
        "in-turn": "one-team-at-a-time",
    }
}


@finding
class Combinations:
    """What each combination of readings yields, and which give the stated total."""

    sources = ("claims",)
    table: pd.DataFrame
    total: float
    allowed: tuple[float, float]
    claimed_held: Claim = fact("children held, as stated")
    stated_days: float = fact("mean days as stated", unit="days", decimals=0)
    teams: float = fact("teams as stated", unit="teams", decimals=0)
    team_workers: float = fact("workers a team as stated", unit="social workers", decimals=0)
    cycles: float = fact("duty cycles as stated", unit="cycles", decimals=0)
    cycle_weeks: float = fact("weeks as stated", unit="weeks", decimals=0)
    combos: int = fact("readings of teams x children x cycles x days")
    combos_reach: int = fact("combinations whose full load gives the stated total or more")
    combos_match: int = fact("combinations whose full load gives the stated total within rounding")
    most: float = fact("assessments of the combination that yields most", decimals=0)
    least: float = fact("assessments of the combination that yields least", decimals=0)
    best_words: str = fact("the combination nearest to the stated total")
    best_days: float = fact(
        "children held x weeks / stated total (Little's law), nearest combination",
        unit="days",
        decimals=1,
    )
    best_total: Interval = fact(
        "children held / weeks an assessment takes x weeks of duty, nearest combination",
        unit="assessments",
        decimals=0,
        method="rounding of the stated days",
    )
    best_plain: float = fact(
        "the same with five working days in every week", unit="assessments", decimals=0
    )
    best_each: float = fact(
        "children held together / social workers of a team", unit="children", decimals=0
    )


@section
def combinations(claims: Mapping[str, Claim]) -> Combinations:
    """Compute what each combination of readings yields, and which fit the stated total."""
    table = labelled(every_combination(claims))
    best = table.iloc[(table["load_needed"] - 1).abs().argmin()]
    days, workers = (
        claims[f"nn-{name}"].number for name in ("case-duration", "team-social-workers")
    )
    return Combinations(
        table=table,
        total=claims["nn-total-assessments"].number,
        allowed=total_allowed(claims),
        claimed_held=claims["nn-children-held"],
        stated_days=days,
        teams=claims["nn-teams"].number,
        team_workers=workers,
        cycles=claims["nn-duty-cycles"].number,
        cycle_weeks=claims["nn-cycle-weeks"].number,
        combos=len(table),
        combos_reach=int((table["result"] != "cannot reach").sum()),
        combos_match=int((table["result"] == "matches").sum()),
        most=float(table["assessments"].max()),
        least=float(table["assessments"].min()),
        best_words=str(best["reading"]),
        best_days=float(best["days_implied"]),
        best_total=Interval(best["assessments"], best["lower"], best["upper"], 1.0, ""),
        best_plain=float(best["held"] * best["weeks"] / (days / WORKING_WEEK)),
        best_each=claims["nn-children-held"].number / workers,
    )


def every_combination(claims: Mapping[str, Claim]) -> pd.DataFrame:
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
        of the stated days), ``load_needed`` (share of the full load that the stated total needs),
        ``days_implied`` (mean days that would give exactly the stated total) and ``result``:
        *matches* (the total is within the rounding), *can reach* or *cannot reach*.
    """
    return pd.DataFrame([_combined(claims, *one) for one in product(*READINGS.values())])


def _combined(
    claims: Mapping[str, Claim], teams: str, children: str, cycles: str, days: str
) -> dict[str, object]:
    total, duration = claims["nn-total-assessments"].number, claims["nn-case-duration"]
    held, weeks = _held(claims, teams, children), claims["nn-cycle-weeks"].number
    weeks *= claims["nn-duty-cycles"].number if cycles == "each-21-weeks" else 1
    shortest, longest = duration.range
    middle, low, high = (
        littles_law(in_progress=held, time=in_weeks(length, days)).throughput * weeks
        for length in (duration.number, longest, shortest)
    )
    implied = littles_law(in_progress=held, throughput=total / weeks).time * WEEK
    return {
        "teams": teams,
        "children": children,
        "cycles": cycles,
        "days": days,
        "held": held,
        "weeks": weeks,
        "assessments": middle,
        "lower": low,
        "upper": high,
        "load_needed": total / middle,
        "days_implied": to_working_days(implied) if days == "working-days" else implied,
        "result": _result(total, low, high),
    }


def _held(claims: Mapping[str, Claim], teams: str, children: str) -> float:
    on_duty = claims["nn-teams"].number if teams == "at-the-same-time" else 1.0
    each = claims["nn-team-social-workers"].number if children == "each" else 1.0
    return on_duty * each * claims["nn-children-held"].number


def in_weeks(days: float, kind: str) -> float:
    """Convert working or calendar days (an id of ``DAYS``) to weeks."""
    return (to_calendar_days(days) if kind == "working-days" else days) / WEEK


def _result(total: float, low: float, high: float) -> str:
    if high < total:
        return "cannot reach"
    return "matches" if low <= total else "can reach"


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Name each combination in words (``reading``), most assessments first; the index is kept."""
    parts = pd.DataFrame({name: table[name].map(words) for name, words in READINGS.items()})
    named = table.assign(reading=parts.agg(", ".join, axis=1))
    return named.sort_values("assessments", ascending=False)


# ---- the chart


@section
def every_reading(found: Combinations) -> Shown:
    """Draw the assessments that each combination yields, with the stated total."""
    table, total = found.table, found.total
    chart = dots.dot_intervals(
        table,
        label="reading",
        value="assessments",
        lower="lower",
        upper="upper",
        unit="assessments at a full load (line: rounding of the days)",
        focus=list(table.loc[table["result"] != "cannot reach", "reading"]),
        reference=total,
        reference_label=f"stated: {number(total, 0)}",
        zero=True,
    )
    columns = ["reading", "held", "weeks", "assessments", "lower", "upper"]
    return figure(
        chart,
        name="combinations",
        title=title(found),
        subtitle="Assessments that each reading of the case study's numbers yields (Little's law)",
        alt=f"Dots with rounding ranges, one a combination, from {number(found.least, 0)} to "
        f"{number(found.most, 0)} assessments, with a line at the stated total.",
        data=table[[*columns, "load_needed", "days_implied", "result"]],
        places=0,
        sources=found.sources,
        notes=[
            "In turn: one team is on duty at any time during the weeks.",
            "If each team had its own weeks in succession, the result is that of teams at once.",
            "A working week has five days, less bank holidays.",
        ],
    )


def title(found: Combinations) -> str:
    """Say how many combinations reach the stated total."""
    gives = "gives" if found.combos_match == 1 else "give"
    return (
        f"Of {found.combos} ways to read the numbers, {found.combos_reach} can give "
        f"{number(found.total, 0)} assessments and {found.combos_match} {gives} them at a full load"
    )


# ---- verdicts


def judge_reading(found: Combinations, claim: Claim) -> Verdict:
    """Judge a stated number by the combinations that read it one way or the other."""
    column, names = COMBINED[claim.id], OTHER_NAMES.get(claim.id, {})
    readings = [
        _reading(found.table[found.table[column] == value], claim, names.get(value, value))
        for value in READINGS[column]
    ]
    return judge(claim, readings, comment=_comment(found))


def _reading(mine: pd.DataFrame, claim: Claim, words: str) -> Reading:
    reached = mine[mine["result"] != "cannot reach"]
    low, high = _needed(claim, reached)
    return Reading(
        words,
        f"{words.replace('-', ' ')}: {len(reached)} of {len(mine)} combinations can",
        lower=low,
        upper=high,
        unit=claim.unit,
        decimals=1,
        survives=not reached.empty,
        method="Little's law: what a full load would need to give the stated total",
    )


def _needed(claim: Claim, table: pd.DataFrame) -> tuple[float | None, float | None]:
    """Range of what a full load needs for the stated total, over combinations that can reach it.

    Assessments are proportional to children held, to cycles and to weeks, and inversely to days.
    Teams and workers count in some combinations only, so no number is given for them.
    """
    if claim.id in ("nn-teams", "nn-team-social-workers") or table.empty or claim.low is None:
        return None, None
    needed = claim.low * table["load_needed"]
    if COMBINED[claim.id] == "days":
        needed = table["days_implied"]
    return float(needed.min()), float(needed.max())


def judge_total(found: Combinations, claim: Claim) -> Verdict:
    """Judge the total: what each combination yields, from nothing to a full load."""
    readings = [
        Reading(
            f"{row['teams']}/{row['children']}-{row['cycles']}-{row['days']}",
            "/".join(str(row[part]) for part in READINGS),
            lower=0.0,
            upper=row["upper"],
            unit="assessments",
            method="Little's law, up to a full load",
            decimals=0,
        )
        for row in found.table.sort_index().to_dict("records")
    ]
    readings += [allowed(name, *found.allowed) for name in ("children", "assessments")]
    return judge(claim, readings, comment=_comment(found))


def _comment(found: Combinations) -> str:
    gives = "gives" if found.combos_match == 1 else "give"
    return (
        f"of {found.combos} combinations of the readings {found.combos_reach} can give the stated "
        f"total and {found.combos_match} {gives} it at a full load"
    )


JUDGES = {**dict.fromkeys(COMBINED, judge_reading), "nn-total-assessments": judge_total}
