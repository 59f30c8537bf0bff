"""The backlog: what would clear it, and what its size says about how long children waited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.northamptonshire.combinations import WEEK, in_weeks
from care_study.chapters.northamptonshire.demand import Visited
from care_study.chapters.northamptonshire.outcomes import spliced
from care_study.claims import Claim, Reading, Verdict, judge, judge_value, not_testable
from care_study.show.results import Absent, fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.capacity import (
    clear_backlog_poisson,
    littles_law,
    staffing,
    to_working_days,
)
from care_study.unavailable import Unavailable
from care_study.words import number

MONTH = 365.25 / 12
TARGETS = (13, 26, 52)
SOURCES = ("claims", "referrals")


# ---- what the letter states


@finding
class Letter:
    """The backlog as the letter states it, and how fast it fell."""

    sources = ("claims",)
    days_since_january: tuple[int, int]
    stock: Claim = fact("children without a social worker, as the letter states")
    january: Claim = fact("the same in January, as the letter states")
    claimed_range: Claim = fact("range as stated")
    limit: float = fact("wait of the majority, as the letter states", unit="days", decimals=0)
    longest: float = fact("longest wait, as the letter states", unit="months", decimals=0)
    fall_slow: float = fact("fall since January / longest span", decimals=1)
    fall_fast: float = fact("fall since January / shortest span", unit="a week", decimals=1)


@section
def letter(claims: Mapping[str, Claim], visit: str, counted: tuple[str, str]) -> Letter:
    """Take what the letter states.

    Parameters
    ----------
    claims
        The register.
    visit
        First day of the inspectors' visit, YYYY-MM-DD.
    counted
        First and last day on which the backlog of January may have been counted.
    """
    stock, january = claims["of18-unallocated"], claims["of18-unallocated-january"]
    days = days_between(counted, visit)
    slow, fast = fall_a_week(january.number, stock.number, days)
    limit, longest = claims["of18-wait-majority"].limit, claims["of18-wait-minority"].limit
    return Letter(
        days_since_january=days,
        stock=stock,
        january=january,
        claimed_range=claims["of18-unallocated-range"],
        limit=limit,
        longest=longest,
        fall_slow=slow,
        fall_fast=fast,
    )


def days_between(counted: tuple[str, str], visit: str) -> tuple[int, int]:
    """Compute the shortest and the longest time from a count to a visit, in days.

    The count was made on a day from the first of ``counted`` to the last; dates are YYYY-MM-DD.
    """
    first, last, end = (pd.Timestamp(day) for day in (*counted, visit))
    return (end - last).days, (end - first).days


def fall_a_week(before: float, after: float, days: tuple[int, int]) -> tuple[float, float]:
    """Compute by how many cases a week a backlog fell, for the longest and the shortest span."""
    shortest, longest = days
    return (before - after) / longest * WEEK, (before - after) / shortest * WEEK


# ---- how long children waited


@finding
class Waits:
    """How long children in the backlog must have waited, at the least."""

    sources = SOURCES
    median_wait: float = fact(
        "days in which half the backlog can have arrived at the soonest",
        unit="calendar days",
        decimals=1,
    )
    median_working: float = fact("the same in working days", unit="working days", decimals=1)
    over_calendar: float = fact(
        "least share of the backlog that arrived more than the stated days ago",
        unit="share",
        decimals=0,
    )
    over_working: float = fact("the same, the days being working days", unit="share", decimals=0)
    mean_wait: float = fact("backlog / assessments a week (Little's law)", unit="weeks", decimals=1)
    follows: Mapping[str, str] = fact("whether the least share is more than half")


@section
def waits(found: Letter, visited: Visited) -> Waits:
    """Compute bounds on the waits in the letter's backlog from the arrivals of the visit's year."""
    return waiting(found.stock.number, arrivals_in(visited), found.limit)


def arrivals_in(visited: Visited) -> float:
    """Take the assessments that became necessary a week in the visit's year.

    Raises
    ------
    Unavailable
        If there were none: nothing can then be said of a backlog.
    """
    arrivals = float(visited.net_week["then"].estimate)
    if arrivals <= 0:
        raise Unavailable("No referral of that year went further, so no work arrived")
    return arrivals


def waiting(backlog: float, arrivals: float, limit: float) -> Waits:
    """Compute bounds on the wait in a backlog from the number that arrive.

    Whoever has waited up to ``d`` days has arrived within the last ``d`` days, so at most as many
    as arrived in that time. No assumption about the order of work is needed, but for the mean wait
    of everybody who arrives (Little's law), if all pass through the backlog.

    Parameters
    ----------
    backlog : float
        Children waiting.
    arrivals : float
        Children a week that can enter the backlog.
    limit : float
        Days, read as calendar days and as working days.
    """
    long, short = (
        max(0.0, 1 - arrivals * in_weeks(limit, kind) / backlog)
        for kind in ("calendar-days", "working-days")
    )
    median = backlog / 2 / arrivals * WEEK
    return Waits(
        median_wait=median,
        median_working=to_working_days(median),
        over_calendar=long,
        over_working=short,
        mean_wait=littles_law(in_progress=backlog, throughput=arrivals).time,
        follows={"calendar": follows(long), "working": follows(short)},
    )


def follows(share: float) -> str:
    """Say whether a least share makes a majority."""
    return "follows" if share > 0.5 else "is possible but does not follow"


# ---- the official queue


@finding
class Queue:
    """Children in need who awaited assessment on 31 March, before and after the visit."""

    prefix = "queue"
    sources = ("children_in_need",)
    year: int = fact("year of the earlier count", unit="year")
    before: float = fact(
        "children in need awaiting assessment on 31 March before the visit", decimals=0
    )
    after: float = fact(
        "children in need awaiting assessment on 31 March after the visit", decimals=0
    )


@section
def queue(setting: Setting, year: int) -> Queue:
    """Take the children in need who awaited assessment at both ends of a year."""
    before, after = (_awaiting(setting, one) for one in (year - 1, year))
    return Queue(year=year - 1, before=before, after=after)


def _awaiting(setting: Setting, year: int) -> float:
    frame = spliced(setting, "children_in_need", "awaiting_assessment")
    mine = frame[(frame["area_id"] == setting.area_id) & (frame["year"] == year)]
    found = mine["awaiting_assessment"].dropna()
    if found.empty:
        raise Unavailable(
            f"{setting.area_name} has no figure of children in need awaiting assessment on 31 "
            f"March {year}"
        )
    return float(found.iloc[0])


# ---- what would clear it


@finding
class Clearing:
    """What it takes to clear backlogs while referrals keep arriving."""

    sources = SOURCES
    table: pd.DataFrame
    target: int = fact(
        "a target: a quarter of a year",
        unit="weeks",
        decimals=0,
        sources=["assumptions_of_the_study"],
    )
    extra_quarter: float = fact("backlog / weeks of the target", unit="a week", decimals=1)
    above_quarter: float = fact(
        "extra assessments a week / assessments that become necessary a week",
        unit="share",
        decimals=0,
    )
    stay_workers: float = fact(
        "assessments a week x weeks each / children held by a worker (Little's law)",
        unit="workers",
        decimals=1,
    )


@section
def clearing(claims: Mapping[str, Claim], found: Letter, visited: Visited, visit: str) -> Clearing:
    """Compute what clears the letter's backlogs from the visit on, at the arrivals of its year."""
    arrivals = arrivals_in(visited)
    days, held = claims["nn-assessment-duration"].number, claims["nn-children-held"].number
    stock, (low, high) = found.stock.number, found.claimed_range.ends
    backlogs = [found.january.number, high, stock, low]
    rows = every_target(backlogs, TARGETS, arrivals, days=days, children=held, start=visit)
    quarter = rows[(rows["backlog"] == stock) & (rows["target"] == TARGETS[0])].iloc[0]
    return Clearing(
        table=rows,
        target=TARGETS[0],
        extra_quarter=float(quarter["extra"]),
        above_quarter=float(quarter["above"]) / 100,
        stay_workers=staffing(arrivals, in_weeks(days, "working-days"), held).workers,
    )


def every_target(
    backlogs: Sequence[float],
    weeks: Sequence[float],
    arrivals: float,
    *,
    days: float,
    children: float,
    start: str,
) -> pd.DataFrame:
    """Compute what it takes to clear backlogs in a number of weeks while referrals keep arriving.

    Parameters
    ----------
    backlogs, weeks : sequence of float
        Children waiting; target times.
    arrivals : float
        Assessments that become necessary a week.
    days, children : float
        Working days of an assessment and children each worker holds, for the workers needed.
    start : str
        Date from which the weeks count, YYYY-MM-DD.

    Returns
    -------
    DataFrame
        ``backlog``, ``target`` (weeks), ``extra`` and ``capacity`` (assessments a week), ``above``
        (extra in percent of arrivals), ``lower`` and ``upper`` (weeks, 95% of outcomes when
        arrivals are Poisson), ``workers_needed`` (to hold the caseload, by Little's law) and
        ``cleared_by`` (date).
    """
    rows = []
    for backlog, target in product(backlogs, weeks):
        capacity = arrivals + backlog / target
        found = clear_backlog_poisson(int(backlog), arrivals, capacity)
        end = pd.Timestamp(start) + pd.Timedelta(days=target * WEEK)
        needed = staffing(capacity, in_weeks(days, "working-days"), children)
        rows.append(
            {
                "backlog": backlog,
                "target": target,
                "extra": capacity - arrivals,
                "capacity": capacity,
                "above": (capacity - arrivals) / arrivals * 100,
                "lower": found.lower,
                "upper": found.upper,
                "workers_needed": needed.workers,
                "cleared_by": end.date().isoformat(),
            }
        )
    return pd.DataFrame(rows)


@section
def clearing_table(setting: Setting, found: Clearing) -> Shown:
    """List what clears each backlog in each time."""
    return table(
        found.table,
        name="clearing",
        caption=f"Throughput, workers and dates that clear a backlog, {setting.area_name}",
        unit="weeks",
        places=1,
        sources=found.sources,
        notes=[
            "Ends: 95% of outcomes when arrivals are Poisson and capacity constant (Borel-Tanner).",
            "Workers: Little's law, in post and at a full load.",
        ],
    )


# ---- verdicts


@dataclass(frozen=True)
class Evidence:
    """What the verdicts on the backlog rest on; the waits or the queue may be `Absent`."""

    letter: Letter
    waits: Waits | Absent
    queue: Queue | Absent


def judge_stock(found: Evidence, claim: Claim) -> Verdict:
    """Judge the count at the visit by the paragraph's range and by the official queue."""
    low, high = found.letter.claimed_range.ends
    paragraph = Reading(
        "range-of-the-paragraph",
        "the range in the same paragraph",
        lower=low,
        upper=high,
        unit="children",
        method="range as stated",
    )
    return judge(claim, [paragraph, *_awaited(found.queue)])


def _awaited(found: Queue | Absent) -> list[Reading]:
    if isinstance(found, Absent):
        return []
    low, high = sorted((found.before, found.after))
    return [
        Reading(
            "awaiting-assessment",
            "children in need awaiting assessment, 31 March before and after",
            lower=low,
            upper=high,
            unit="children",
            method="official counts on two days",
            same_measure=False,
        )
    ]


def judge_january(found: Evidence, claim: Claim) -> Verdict:
    """Judge the count of January by the fall that it implies."""
    said = found.letter
    course = Reading(
        "fall-to-october",
        f"falls to {number(said.stock.number, 0)} if {number(said.fall_slow)} to "
        f"{number(said.fall_fast)} more children are allocated a week than arrive",
        survives=True,
        method="constant arrivals",
    )
    return judge(claim, [course], comment="a possible course, not a check of the count itself")


def judge_range(found: Evidence, claim: Claim) -> Verdict:
    """Judge the range by both counts of the letter."""
    said = found.letter
    readings = [
        Reading("since-the-fall", "the count in October", said.stock.number, unit="children"),
        Reading("throughout", "the count in January", said.january.number, unit="children"),
    ]
    return judge(claim, readings)


def judge_longstanding(found: Evidence, claim: Claim) -> Verdict:
    """Judge since when the backlog has stood, by the dates."""
    shortest, longest = (days / MONTH for days in found.letter.days_since_january)
    method = "dates; January's count on its last or first day"
    return judge_value(claim, longest, shortest, longest, method=method)


def judge_majority(found: Evidence, claim: Claim) -> Verdict:
    """Judge the wait of the majority by the least median that the arrivals allow."""
    if isinstance(found.waits, Absent):
        return not_testable(claim, found.waits.reason)
    longest, waits = found.letter.longest * MONTH, found.waits
    ends = {
        "calendar": (waits.median_wait, longest),
        "working": (waits.median_working, to_working_days(longest)),
    }
    readings = [
        Reading(
            f"{kind}-days",
            f"median in {kind} days",
            least,
            least,
            most,
            unit=f"{kind} days",
            method="least median that the week's arrivals allow, to the longest wait stated",
            same_measure=False,
        )
        for kind, (least, most) in ends.items()
    ]
    return judge(claim, readings)


def judge_minority(found: Evidence, claim: Claim) -> Verdict:
    """Judge the longest wait by the wait in turn, and by how long the backlog had stood."""
    if isinstance(found.waits, Absent):
        return not_testable(claim, found.waits.reason)
    _, longest = found.letter.days_since_january
    possible = Reading(
        "possible-waits",
        "from the wait if taken in turn to the time the backlog had stood",
        lower=found.waits.mean_wait * WEEK / MONTH,
        upper=longest / MONTH,
        unit="months",
        method="Little's law; dates",
    )
    comment = "a wait of that length means that children were not taken in turn"
    return judge(claim, [possible], comment=comment)


JUDGES = {
    "of18-unallocated": judge_stock,
    "of18-unallocated-january": judge_january,
    "of18-unallocated-range": judge_range,
    "of18-longstanding-since": judge_longstanding,
    "of18-wait-majority": judge_majority,
    "of18-wait-minority": judge_minority,
}
