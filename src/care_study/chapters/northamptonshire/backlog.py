"""Backlogs and what-if scenarios: what throughput clears a backlog, by when, with how many workers.

The interactive chart (`care_study.charts.capacity`) computes the same quantities in the browser.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from care_study.chapters.northamptonshire.demand import stated
from care_study.chapters.northamptonshire.outcomes import WEEK, in_weeks
from care_study.claims import Claim
from care_study.statistics.capacity import clear_backlog_poisson, littles_law, staffing

STATUTORY_DAYS = 45.0  # working days for a single assessment (Working Together, 2013 onwards)


def weeks_between(first: str, last: str, visit: str) -> tuple[float, float]:
    """Compute the shortest and the longest time to a visit, in weeks.

    Parameters
    ----------
    first, last, visit : str
        First and last day on which the earlier count may have been made; the visit. YYYY-MM-DD.
    """
    end = pd.Timestamp(visit)
    return (end - pd.Timestamp(last)).days / WEEK, (end - pd.Timestamp(first)).days / WEEK


def fall_a_week(before: float, after: float, span: tuple[float, float]) -> tuple[float, float]:
    """Compute by how many cases a week a backlog fell, for the longest and the shortest span.

    Parameters
    ----------
    before, after : float
        Cases at both ends.
    span : (float, float)
        Shortest and longest time between the counts, weeks.
    """
    return (before - after) / span[1], (before - after) / span[0]


def clearing(
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
        ``backlog``, ``weeks``, ``extra`` and ``capacity`` (assessments a week), ``above`` (extra
        as a share of arrivals), ``lower`` and ``upper`` (weeks, 95% of outcomes when arrivals are
        Poisson), ``workers`` (to hold the caseload, by Little's law) and ``cleared_by`` (date).
    """
    rows = []
    for backlog, target in product(backlogs, weeks):
        capacity = arrivals + backlog / target
        found = clear_backlog_poisson(int(backlog), arrivals, capacity)
        end = pd.Timestamp(start) + pd.Timedelta(days=target * WEEK)
        rows.append(
            {
                "backlog": backlog,
                "weeks": target,
                "extra": capacity - arrivals,
                "capacity": capacity,
                "above": (capacity - arrivals) / arrivals,
                "lower": found.lower,
                "upper": found.upper,
                "workers": staffing(capacity, in_weeks(days, "working-days"), children).workers,
                "cleared_by": end.date().isoformat(),
            }
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Waiting:
    """How long children in a backlog must have waited, at the least.

    Attributes
    ----------
    median_days : float
        Least median wait, calendar days: half the backlog cannot have arrived faster.
    over_a_week : float
        Least share (0 to 1) that waited more than the limit, in calendar days.
    over_a_working_week : float
        The same, the limit being in working days.
    mean_weeks : float
        Mean wait of everybody who arrives, by Little's law, if all pass through the backlog.
    """

    median_days: float
    over_a_week: float
    over_a_working_week: float
    mean_weeks: float


def waiting(backlog: float, arrivals: float, limit: float) -> Waiting:
    """Compute bounds on the wait in a backlog from the number that arrive.

    Whoever has waited up to ``d`` days has arrived within the last ``d`` days, so at most as many
    as arrived in that time. No assumption about the order of work is needed.

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
    return Waiting(
        median_days=backlog / 2 / arrivals * WEEK,
        over_a_week=long,
        over_a_working_week=short,
        mean_weeks=littles_law(in_progress=backlog, throughput=arrivals).time,
    )


@dataclass(frozen=True)
class Scenario:
    """One setting of the sliders: what arrives, how long it takes, and who does it."""

    name: str
    referrals: float
    share: float
    days: float
    workers: float
    children: float
    backlog: float

    @property
    def arrivals(self) -> float:
        """Assessments that become necessary a week."""
        return self.referrals * self.share

    @property
    def weeks(self) -> float:
        """Weeks that an assessment takes."""
        return in_weeks(self.days, "working-days")

    @property
    def capacity(self) -> float:
        """Assessments a week that the workers complete at full caseload, by Little's law."""
        held = self.workers * self.children
        return littles_law(in_progress=held, time=self.weeks).throughput

    @property
    def workload(self) -> float:
        """Children that each worker holds if nobody is to wait."""
        return littles_law(throughput=self.arrivals, time=self.weeks).in_progress / self.workers


def path(scenario: Scenario, weeks: int = 52) -> pd.DataFrame:
    """Compute the children waiting week by week: ``week`` from 0 and ``waiting``."""
    change = scenario.arrivals - scenario.capacity
    week = range(weeks + 1)
    return pd.DataFrame(
        {"week": week, "waiting": [max(0.0, scenario.backlog + change * one) for one in week]}
    )


def scenario_table(scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Compute workload and weeks to clear the backlog for several scenarios.

    Returns
    -------
    DataFrame
        ``scenario``, the six settings, ``arrivals`` and ``capacity`` (a week), ``workload``
        (children a worker) and ``clears``: weeks with 95% of outcomes under Poisson arrivals, in
        words, or *never*.
    """
    rows = []
    for one in scenarios:
        found = clear_backlog_poisson(round(one.backlog), one.arrivals, one.capacity)
        rows.append(
            {
                "scenario": one.name,
                "referrals": one.referrals,
                "share": one.share * 100,
                "days": one.days,
                "workers": one.workers,
                "children": one.children,
                "arrivals": one.arrivals,
                "capacity": one.capacity,
                "workload": one.workload,
                "clears": f"{found.mean:.1f} ({found.lower:.1f} to {found.upper:.1f})"
                if found.clears
                else "never",
            }
        )
    return pd.DataFrame(rows)


def main_scenarios(
    claims: Mapping[str, Claim], referrals: pd.DataFrame, england_nfa: float, year: int, owns: bool
) -> list[Scenario]:
    """Build the scenarios of the static table; the first one is where the sliders stand.

    Parameters
    ----------
    claims
        The register.
    referrals
        The frame of `care_study.chapters.northamptonshire.demand.demand`.
    england_nfa
        England's share of referrals with no further action, 0 to 1.
    year
        Year of the referrals.
    owns
        Whether the documents speak of this authority. If not, the workers are those who just
        hold the stated caseload, since the documents' teams were made for another place.
    """
    then, last = referrals[referrals["year"] == year].iloc[0], referrals.iloc[-1]
    days, children = stated(claims, "nn-assessment-duration"), stated(claims, "nn-children-held")
    base = Scenario(
        f"Referrals of {year}, three teams" if owns else f"Referrals of {year}",
        float(then["all_week"]),
        1 - float(then["nfa"]) / 100,
        days,
        stated(claims, "nn-teams") * stated(claims, "nn-team-social-workers"),
        children,
        stated(claims, "of18-unallocated"),
    )
    enough = staffing(base.arrivals, base.weeks, children).whole_workers
    base = base if owns else _with(base, base.name, workers=float(enough))
    said, before = claims["nn-referrals-per-week"], claims["nn-caseload-before"]
    return [
        base,
        _with(base, "One worker more", workers=base.workers + 1),
        _with(base, "Five workers more", workers=base.workers + 5),
        _with(base, "Caseloads as before the teams came, lower end", children=before.low),
        _with(base, "Case study's referrals, lower end, all assessed", referrals=said.low, share=1),
        _with(
            base, "Case study's referrals, upper end, all assessed", referrals=said.high, share=1
        ),
        _with(base, "Every assessment takes the statutory limit", days=STATUTORY_DAYS),
        _with(base, "No further action as rare as in England", share=1 - england_nfa),
        _with(
            base,
            f"Referrals of {last['year']:.0f}",
            referrals=float(last["all_week"]),
            share=1 - float(last["nfa"]) / 100,
        ),
    ]


def _with(base: Scenario, name: str, **changes: float | None) -> Scenario:
    return Scenario(**{**vars(base), "name": name, **changes})
