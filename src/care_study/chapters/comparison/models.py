"""The ways of working that the documents describe: staffing, span of control, one vacancy."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from scipy import stats

from care_study.claims import Claim
from care_study.statistics.capacity import vacancy

QUARTER = 0.25


@dataclass(frozen=True)
class Model:
    """One way of working, as a document describes it, at one end of its stated range.

    ``holders`` are the workers who hold cases, the manager included where ``manager_holds``;
    ``cases`` is what they hold together. ``span`` is the workers whom one manager oversees, where
    the document says so. ``note`` says what is assumed.
    """

    name: str
    document: str
    holders: float
    cases: float
    span: float | None
    manager_holds: bool
    note: str = ""


def stated(claims: Mapping[str, Claim], name: str) -> tuple[float, float]:
    """Take the lowest and highest number that a claim states; an open end takes the other's value.

    Raises
    ------
    ValueError
        If the claim states no number.
    """
    low, high = claims[name].low, claims[name].high
    ends = [end for end in (low, high) if end is not None]
    if not ends:
        raise ValueError(f"Claim {name} states no number. Correct claims.csv or leave it out.")
    return ends[0], ends[-1]


def unit_holders(claims: Mapping[str, Claim]) -> float:
    """Count the workers of a unit who hold cases, its consultant included."""
    posts = ("cam-unit-consultant", "cam-unit-social-workers", "cam-unit-senior")
    return sum(stated(claims, name)[0] for name in posts)


def team_holders(claims: Mapping[str, Claim]) -> tuple[float, float]:
    """Count the fewest and the most workers of a proposed team who may hold cases."""
    posts = ("cam-team-seniors", "cam-team-social-workers", "cam-team-alternative")
    ends = [stated(claims, name) for name in posts]
    return sum(low for low, _ in ends), sum(high for _, high in ends)


def models(claims: Mapping[str, Claim]) -> list[Model]:
    """List the models of the documents at both ends of what they state.

    A proposed team has no stated number of cases: its workers are given as many each as those of a
    unit, so that only the size differs. The 25 children of the duty teams are read both ways.
    """
    cambridgeshire = "cambridgeshire-2018"
    holders = unit_holders(claims)
    consultant = stated(claims, "cam-unit-consultant")[0]
    cases = stated(claims, "cam-cases-per-unit")
    few, many = team_holders(claims)
    duty, held = stated(claims, "nn-team-social-workers")[0], stated(claims, "nn-children-held")[0]
    managed = stated(claims, "cov-practitioners")[1]
    each = stated(claims, "cov-caseload-after")[0]
    unit = [
        Model("Unit", cambridgeshire, holders, number, holders - consultant, True)
        for number in cases
    ]
    same = "cases a worker as in a unit"
    team = [
        Model("Proposed team", cambridgeshire, size, size * number / holders, size, False, same)
        for size, number in ((few, cases[0]), (many, cases[1]))
    ]
    northamptonshire = "innovate-northamptonshire"
    rota = [
        Model("Duty team", northamptonshire, duty, held, duty, False, "children held together"),
        Model("Duty team", northamptonshire, duty, held * duty, duty, False, "children held each"),
    ]
    service = Model(
        "Managed service",
        "ics-coventry",
        managed,
        managed * each,
        None,
        False,
        "the most practitioners; the council's average caseload",
    )
    return [*unit, *team, *rota, service]


def one_vacancy(listed: list[Model]) -> pd.DataFrame:
    """Work out what one vacant post means in each model, cases staying as they are.

    Returns
    -------
    DataFrame
        One row a model: ``model``, ``document``, ``holders``, ``span``, ``manager_holds`` (yes or
        no), ``cases_each``, ``overseen`` (cases that others hold under one manager), ``lost``
        (share of capacity, 0 to 1), ``to_hand_over`` (cases), ``cases_each_after``, ``note``.
    """
    rows = []
    for model in listed:
        load = vacancy(model.cases, model.holders)
        rows.append(
            {
                "model": model.name,
                "document": model.document,
                "holders": model.holders,
                "span": model.span,
                "manager_holds": "yes" if model.manager_holds else "no",
                "cases_each": load.before,
                "overseen": None if model.span is None else load.before * model.span,
                "lost": 1 / model.holders,
                "to_hand_over": load.before,
                "cases_each_after": load.after,
                "note": model.note,
            }
        )
    return pd.DataFrame(rows)


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
    rows = []
    for name, posts in sizes.items():
        chances = stats.binom.pmf(range(int(posts) + 1), int(posts), rate)
        shares = [number / posts for number in range(int(posts) + 1)]
        rows.append(
            {
                "group": name,
                "posts": posts,
                "average": rate,
                "spread": (rate * (1 - rate) / posts) ** 0.5,
                "none": float(chances[0]),
                "quarter": float(
                    sum(c for c, s in zip(chances, shares, strict=True) if s >= QUARTER)
                ),
            }
        )
    return pd.DataFrame(rows)


def posts(claims: Mapping[str, Claim]) -> pd.DataFrame:
    """Count the social work posts of the units and of the proposed teams; clinicians are left out.

    Returns
    -------
    DataFrame
        Two rows, teams of the smallest and of the largest typical size: ``per_team``,
        ``in_units``, ``in_teams`` (the proposed number of teams), ``left`` (in_units - in_teams),
        ``whole_teams_left`` (assessment teams of the same size that they could staff),
        ``change_then`` (posts in all those teams less those in the units), ``change_by_district``
        (the same with one assessment team a district), ``teams_from_units`` (teams that all posts
        of the units could staff).
    """
    units = stated(claims, "cam-units")[0]
    number = stated(claims, "cam-ten-teams")[0]
    districts = stated(claims, "cam-districts")[0]
    manager = stated(claims, "cam-team-manager")[0]
    in_units = units * unit_holders(claims)
    rows = []
    for holders in team_holders(claims):
        size = holders + manager
        left = in_units - number * size
        whole = max(left // size, 0)
        rows.append(
            {
                "per_team": size,
                "in_units": in_units,
                "in_teams": number * size,
                "left": left,
                "whole_teams_left": whole,
                "change_then": (number + whole) * size - in_units,
                "change_by_district": (number + districts) * size - in_units,
                "teams_from_units": in_units / size,
            }
        )
    return pd.DataFrame(rows)
