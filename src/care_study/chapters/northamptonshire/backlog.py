"""The backlog: what would clear it, and what its size says about how long children waited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.northamptonshire.combinations import WEEK, in_weeks
from care_study.chapters.northamptonshire.demand import Visited
from care_study.chapters.northamptonshire.outcomes import spliced
from care_study.claims import Claim, Reading, Verdict, judge, not_testable
from care_study.show.results import Absent, fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.capacity import (
    clear_backlog_poisson,
    littles_law,
    to_working_days,
)
from care_study.unavailable import Unavailable
from care_study.words import number, years

MONTH = 365.25 / 12
TARGETS = (13, 26, 52)
SOURCES = ("claims", "referrals")
SHOWN = [
    *("backlog", "target", "extra", "capacity", "above", "lower", "upper"),
    *("workers_needed", "cleared_by"),
]


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
    first, last, end = (pd.Timestamp(day) for day in (*counted, visit))
    shortest, longest = (end - last).days, (end - first).days
    fell = january.number - stock.number
    return Letter(
        days_since_january=(shortest, longest),
        stock=stock,
        january=january,
        claimed_range=claims["of18-unallocated-range"],
        limit=claims["of18-wait-majority"].limit,
        longest=claims["of18-wait-minority"].limit,
        fall_slow=fell / longest * WEEK,
        fall_fast=fell / shortest * WEEK,
    )


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
    return waiting(found.stock.number, visited.arrivals, found.limit)


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
    frame = spliced(setting, "children_in_need", "awaiting_assessment").dropna()
    mine = frame[frame["area_id"] == setting.area_id].set_index("year")["awaiting_assessment"]
    gone = [one for one in (year - 1, year) if one not in mine.index]
    if gone:
        raise Unavailable(
            f"{setting.area_name} has no figure of children in need awaiting assessment on 31 "
            f"March {years(gone)}"
        )
    return Queue(year=year - 1, before=float(mine[year - 1]), after=float(mine[year]))


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
    days, held = claims["nn-assessment-duration"].number, claims["nn-children-held"].number
    stock, (low, high) = found.stock.number, found.claimed_range.ends
    rows = every_target([found.january.number, high, stock, low], TARGETS, visited.arrivals, visit)
    # Little's law: those held are the completed a week times the weeks that each stays.
    each = in_weeks(days, "working-days") / held
    quarter = rows[(rows["backlog"] == stock) & (rows["target"] == TARGETS[0])].iloc[0]
    return Clearing(
        table=rows.assign(workers_needed=rows["capacity"] * each)[SHOWN],
        target=TARGETS[0],
        extra_quarter=float(quarter["extra"]),
        above_quarter=float(quarter["above"]) / 100,
        stay_workers=visited.arrivals * each,
    )


def every_target(
    backlogs: Sequence[float], weeks: Sequence[float], arrivals: float, start: str
) -> pd.DataFrame:
    """Compute what it takes to clear backlogs in a number of weeks while ``arrivals`` keep coming.

    Returns
    -------
    DataFrame
        ``backlog``, ``target`` (weeks), ``extra`` and ``capacity`` (assessments a week), ``above``
        (extra in percent of arrivals), ``lower`` and ``upper`` (weeks, 95% of outcomes when
        arrivals are Poisson) and ``cleared_by`` (date, counted from ``start``, YYYY-MM-DD).
    """
    rows = pd.DataFrame(list(product(backlogs, weeks)), columns=["backlog", "target"])
    extra = rows["backlog"] / rows["target"]
    found = [
        clear_backlog_poisson(int(backlog), arrivals, arrivals + more)
        for backlog, more in zip(rows["backlog"], extra, strict=True)
    ]
    cleared = pd.Timestamp(start) + pd.to_timedelta(rows["target"] * WEEK, unit="D")
    return rows.assign(
        extra=extra,
        capacity=arrivals + extra,
        above=extra / arrivals * 100,
        lower=[one.lower for one in found],
        upper=[one.upper for one in found],
        cleared_by=cleared.dt.strftime("%Y-%m-%d"),
    )


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
    """Judge since when the backlog has stood, by the counts of January and of the visit."""
    both = found.letter.january.number, found.letter.stock.number
    label = f"{number(both[0], 0)} children in January and {number(both[1], 0)} at the visit"
    stood = Reading("both-counts", label, survives=min(both) > 0)
    return judge(claim, [stood], comment="the letter's two counts; none between is given")


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
            max(least, most),
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
    in_turn, stood = (
        found.waits.mean_wait * WEEK / MONTH,
        found.letter.days_since_january[1] / MONTH,
    )
    if in_turn > stood:
        label = f"in turn {number(in_turn)} months, longer than the backlog had stood"
        return judge(claim, [Reading("possible-waits", label, survives=False)])
    possible = Reading(
        "possible-waits",
        "from the wait if taken in turn to the time the backlog had stood",
        lower=in_turn,
        upper=stood,
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
