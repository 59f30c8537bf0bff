"""Is a larger team more resilient? One vacancy, and the same vacancy rate, by size."""

from collections.abc import Mapping, Sequence

import pandas as pd
from scipy import stats

from care_study.area.setting import Setting
from care_study.chapters.comparison.models import BySize, Claims, team_holders, unit_holders
from care_study.chapters.shared import in_year
from care_study.claims import Claim, Reading, Verdict, judge
from care_study.data import geography
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.words import share

QUARTER = 0.25


@finding
class Lost:
    """What one vacancy costs, by the size of the group; ``team_mean`` is of the middling team."""

    sources = ("claims",)
    unit_lost: float = fact(
        "1 / workers of a unit who hold cases, the consultant included", unit="share", decimals=0
    )
    team_lost: BySize = fact(
        "1 / workers of a proposed team who may hold cases", unit="share", decimals=0
    )
    team_middling: float


@section
def lost(claims: Claims) -> Lost:
    """Find which share of its capacity a unit and a proposed team lose with one worker."""
    sizes = pd.Series(team_holders(claims))
    return Lost(
        unit_lost=1 / unit_holders(claims),
        team_lost=BySize.of(1 / sizes, "largest and smallest typical team"),
        team_middling=1 / sizes.mean(),
    )


@finding
class Evenness:
    """How unevenly the same rate of vacancies falls on groups of different size."""

    sources = ("claims", "workforce")
    table: pd.DataFrame
    vacancy_area: str = fact("authority whose vacancy rate is used", sources=["workforce"])
    vacancy_year: int = fact("year of the vacancy rate", unit="year", sources=["workforce"])
    vacancy_rate: float = fact(
        "vacancy rate as published", unit="%", decimals=1, sources=["workforce"]
    )
    quarter_unit: float = fact(
        "binomial chance that a quarter or more of a unit's posts are vacant",
        unit="share",
        decimals=0,
    )
    quarter_team: float = fact(
        "binomial chance that a quarter or more of the largest typical team's posts are vacant",
        unit="share",
        decimals=0,
    )


@section
def evenness(settings: Sequence[Setting], claims: Claims, area: str, year: int) -> Evenness:
    """Lay the vacancy rate of an area in a year on groups of the documents' sizes."""
    rates = settings[0].every_year("vacancy_rate")
    tables = settings[0].tables
    listed = geography.areas(tables["authorities"], tables["boundary_changes"])
    area_id = geography.find_area(listed, area)
    rate = float(in_year(rates[rates["area_id"] == area_id], year)["value"])
    few, many = team_holders(claims)
    sizes = {
        "Unit": unit_holders(claims),
        "Smallest typical team": few,
        "Largest typical team": many,
    }
    chances = chance_of_a_quarter_lost(sizes, rate / 100)
    return Evenness(
        table=chances,
        vacancy_area=area,
        vacancy_year=year,
        vacancy_rate=rate,
        quarter_unit=chances["quarter"].iloc[0],
        quarter_team=chances["quarter"].iloc[-1],
    )


def chance_of_a_quarter_lost(sizes: Mapping[str, float], rate: float) -> pd.DataFrame:
    """Compute how unevenly the same rate of vacancies falls on groups of different size.

    Each post is vacant with the same chance, independently of the others (binomial). The share
    lost on average is the rate itself, whatever the size; the spread is not.

    Parameters
    ----------
    sizes
        Name of each group to its number of posts.
    rate
        Share of posts that are vacant, 0 to 1.

    Returns
    -------
    DataFrame
        ``group``, ``posts``, ``average`` and ``spread`` (standard deviation) of the share lost,
        ``none`` and ``quarter``: chance that no post, and that a quarter or more, is vacant.

    Raises
    ------
    ValueError
        If the rate is not between 0 and 1.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"The vacancy rate is {rate}; expected a share between 0 and 1.")
    return pd.DataFrame([_chances(group, posts, rate) for group, posts in sizes.items()])


def _chances(group: str, posts: float, rate: float) -> dict[str, object]:
    vacant = range(int(posts) + 1)
    chances = stats.binom.pmf(vacant, int(posts), rate)
    return {
        "group": group,
        "posts": posts,
        "average": rate,
        "spread": (rate * (1 - rate) / posts) ** 0.5,
        "none": float(chances[0]),
        "quarter": float(sum(chances[one] for one in vacant if one / posts >= QUARTER)),
    }


@section
def evenness_table(found: Evenness) -> Shown:
    """List the chances of vacancies by the size of the group."""
    return table(
        found.table,
        name="evenness",
        caption="The same vacancy rate in groups of different size",
        sources=Evenness.sources,
    )


def judge_fragile(found: Lost, claim: Claim) -> Verdict:
    """Judge: that units are easily upset by one vacancy."""
    team = found.team_lost
    reading = Reading(
        id="one-worker",
        label="capacity that a unit loses with one worker",
        value=found.unit_lost * 100,
        unit="%",
        decimals=0,
        survives=found.unit_lost > team.upper,
    )
    comment = f"a proposed team loses {share(team.lower)} to {share(team.upper)}"
    return judge(claim, [reading], comment=comment)


def judge_resilience(found: Lost, claim: Claim) -> Verdict:
    """Judge: that larger teams lose less to vacancies."""
    team = found.team_lost
    readings = [
        Reading(
            id="one-vacancy",
            label="one worker missing in each",
            value=(found.team_middling - found.unit_lost) * 100,
            lower=(team.lower - found.unit_lost) * 100,
            upper=(team.upper - found.unit_lost) * 100,
            unit=claim.unit,
            method="smallest and largest typical team",
        ),
        Reading(
            id="same-vacancy-rate",
            label="the same rate of vacancies in both, on average",
            value=0.0,
            unit=claim.unit,
            same_measure=False,
        ),
    ]
    comment = (
        "at the same rate of vacancies a team loses the same share on average as a unit, only more "
        "evenly"
    )
    return judge(claim, readings, comment=comment)


JUDGES = {"cam-units-fragile": judge_fragile, "cam-team-resilience": judge_resilience}
