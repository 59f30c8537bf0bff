"""What if: workload and weeks to clear a backlog in some scenarios, and with sliders.

The interactive chart (`care_study.charts.capacity`) computes the same quantities in the browser.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.northamptonshire.backlog import SOURCES, Letter
from care_study.chapters.northamptonshire.combinations import in_weeks
from care_study.chapters.northamptonshire.demand import Visited
from care_study.chapters.northamptonshire.no_further_action import AmongOthers
from care_study.charts import capacity
from care_study.claims import Claim
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.capacity import clear_backlog_poisson, littles_law, staffing
from care_study.words import number, small

STATUTORY_DAYS = 45.0  # working days for a single assessment (Working Together, 2013 onwards)
YEAR = 52


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

    @property
    def sliders(self) -> dict[str, float]:
        """Where each slider of `care_study.charts.capacity` stands."""
        settings = {key: value for key, value in vars(self).items() if key != "name"}
        return {**settings, "share": self.share * 100}

    def path(self, weeks: int = YEAR) -> pd.DataFrame:
        """Compute the children waiting week by week: ``week`` from 0 and ``waiting``."""
        change = self.arrivals - self.capacity
        week = range(weeks + 1)
        return pd.DataFrame(
            {"week": week, "waiting": [max(0.0, self.backlog + change * one) for one in week]}
        )


@finding
class WhatIf:
    """The scenarios; the first is where the sliders stand."""

    prefix = "start"
    sources = SOURCES
    year: int
    scenarios: Sequence[Scenario]
    workers: float = fact(
        "teams x workers as stated; elsewhere the workers that hold the stated caseload",
        unit="workers",
        decimals=0,
    )
    needed: float = fact("referrals a week x share needing assessment", unit="a week", decimals=0)
    possible: float = fact(
        "workers x children each / weeks an assessment takes", unit="a week", decimals=0
    )
    workload: float = fact("assessments a week x weeks each / workers", unit="children", decimals=1)


@section
def what_if(
    setting: Setting,
    claims: Mapping[str, Claim],
    year: int,
    visited: Visited,
    others: AmongOthers,
    letter: Letter,
) -> WhatIf:
    """Build the scenarios from the referrals of one year and the numbers of the documents."""
    told = setting.area_name == claims["nn-teams"].authority
    start = where_sliders_start(claims, year, visited, letter, told=told)
    return WhatIf(
        year=year,
        scenarios=[start, *variations(start, claims, visited, others.nfa_england)],
        workers=start.workers,
        needed=start.arrivals,
        possible=start.capacity,
        workload=start.workload,
    )


def where_sliders_start(
    claims: Mapping[str, Claim], year: int, visited: Visited, letter: Letter, *, told: bool
) -> Scenario:
    """Build the scenario in which the sliders stand at first.

    ``told`` says whether the documents speak of this authority. If not, the workers are those who
    just hold the stated caseload, since the documents' teams were made for another place.
    """
    teams = claims["nn-teams"].number
    start = Scenario(
        name=f"Referrals of {year}" + (f", {small(int(teams))} teams" if told else ""),
        referrals=float(visited.all_week["then"].estimate),
        share=1 - float(visited.nfa_then.estimate) / 100,
        days=claims["nn-assessment-duration"].number,
        workers=teams * claims["nn-team-social-workers"].number,
        children=claims["nn-children-held"].number,
        backlog=letter.stock.number,
    )
    if told:
        return start
    enough = staffing(start.arrivals, start.weeks, start.children).whole_workers
    return replace(start, workers=float(enough))


def variations(
    start: Scenario, claims: Mapping[str, Claim], visited: Visited, england_nfa: float
) -> list[Scenario]:
    """Change one thing at a time in the first scenario.

    ``england_nfa`` is England's share of referrals with no further action, 0 to 1.
    """
    (low, high), (held, _) = claims["nn-referrals-per-week"].ends, claims["nn-caseload-before"].ends
    latest = float(visited.all_week["latest"].estimate)
    changes: dict[str, dict[str, float]] = {
        "One worker more": {"workers": start.workers + 1},
        "Five workers more": {"workers": start.workers + 5},
        "Caseloads as before the teams came, lower end": {"children": held},
        "Case study's referrals, lower end, all assessed": {"referrals": low, "share": 1},
        "Case study's referrals, upper end, all assessed": {"referrals": high, "share": 1},
        "Every assessment takes the statutory limit": {"days": STATUTORY_DAYS},
        "No further action as rare as in England": {"share": 1 - england_nfa},
        f"Referrals of {visited.latest_year}": {
            "referrals": latest,
            "share": 1 - visited.latest_nfa / 100,
        },
    }
    return [replace(start, name=name, **change) for name, change in changes.items()]


def scenario_table(scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Compute workload and weeks to clear the backlog for several scenarios.

    Returns
    -------
    DataFrame
        ``scenario``, the six settings but for the backlog, ``arrivals`` and ``possible`` (a week),
        ``workload`` (children a worker) and ``clears``: weeks with 95% of outcomes under Poisson
        arrivals, in words, or *never*.
    """
    return pd.DataFrame(
        [
            {
                "scenario": one.name,
                "referrals": one.referrals,
                "share": one.share * 100,
                "days": one.days,
                "workers": one.workers,
                "children": one.children,
                "arrivals": one.arrivals,
                "possible": one.capacity,
                "workload": one.workload,
                "clears": _clears(one),
            }
            for one in scenarios
        ]
    )


def _clears(one: Scenario) -> str:
    found = clear_backlog_poisson(round(one.backlog), one.arrivals, one.capacity)
    if not found.clears:
        return "never"
    return f"{number(found.mean)} ({number(found.lower)} to {number(found.upper)})"


@section
def sliders(setting: Setting, found: WhatIf) -> Shown:
    """Draw the children waiting week by week, with sliders for what decides it."""
    start = found.scenarios[0]
    return figure(
        capacity.what_if(start.sliders),
        name="what_if",
        title=title(start),
        subtitle=f"Children waiting week by week, from the referrals of {setting.area_name} in the "
        f"year ending 31 March {found.year}; sliders change the assumptions",
        alt=alternative(start),
        data=start.path(),
        sources=found.sources,
    )


def title(start: Scenario) -> str:
    """Say what the sliders show where they stand at first."""
    side = "shrinks" if start.capacity > start.arrivals else "grows"
    return (
        f"With {number(start.workers, 0)} workers of {number(start.children, 0)} children each the "
        f"backlog {side}: {number(start.arrivals, 0)} assessments a week are needed, "
        f"{number(start.capacity, 0)} possible"
    )


def alternative(start: Scenario) -> str:
    """Describe the what-if chart where it stands at first."""
    end = float(start.path()["waiting"].iloc[-1])
    return (
        f"Line of children waiting over a year, from {number(start.backlog, 0)} to "
        f"{number(end, 0)}, with sliders. Each worker would hold {number(start.workload)} children "
        "to keep up. The table of scenarios has the main cases."
    )


@section
def scenarios(setting: Setting, found: WhatIf) -> Shown:
    """List workload and weeks to clear the backlog in the main scenarios."""
    backlog = number(found.scenarios[0].backlog, 0)
    return table(
        scenario_table(found.scenarios),
        name="scenarios",
        caption=f"Workload and weeks to clear a backlog of {backlog}: the main scenarios, "
        f"{setting.area_name}",
        units={"referrals": "a week"},
        sources=found.sources,
        notes=[
            "Each scenario changes one thing in the first.",
            "In brackets: 95% of outcomes when arrivals are Poisson (Borel-Tanner).",
        ],
    )
