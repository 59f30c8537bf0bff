"""Do the posts add up? Posts in the units, and in the teams that are proposed."""

import pandas as pd

from care_study.chapters.comparison.models import (
    BySize,
    Claims,
    ends,
    judge_fit,
    team_holders,
    unit_holders,
)
from care_study.claims import Claim, Reading, Verdict, judge
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.words import count, extent, number, small


@finding
class Posts:
    """Posts in the units and in the proposed teams."""

    sources = ("claims",)
    table: pd.DataFrame
    districts: Claim = fact()
    teams: Claim = fact()
    posts_units: float = fact("units x workers of a unit", unit="posts", decimals=0)
    posts_teams: str = fact(
        "proposed teams x posts of the smallest and the largest typical team",
    )
    posts_left: str = fact("posts in the units - posts in the proposed teams")
    teams_left: str = fact("whole assessment teams that the posts left over could staff")


@section
def posts(claims: Claims) -> Posts:
    """Count the posts of the units and of the proposed teams."""
    found = count_posts(claims)
    return Posts(
        table=found,
        districts=claims["cam-districts"],
        teams=claims["cam-ten-teams"],
        posts_units=found["in_units"].iloc[0],
        posts_teams=extent(found["in_teams"], 0),
        posts_left=extent(found["left"], 0),
        teams_left=extent(found["whole_teams_left"], 0),
    )


def count_posts(claims: Claims) -> pd.DataFrame:
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
    names = ("cam-units", "cam-ten-teams", "cam-districts", "cam-team-manager")
    units, teams, districts, manager = (ends(claims[name])[0] for name in names)
    in_units = units * unit_holders(claims)
    size = pd.Series(team_holders(claims)) + manager
    left = in_units - teams * size
    whole = (left // size).clip(lower=0)
    return pd.DataFrame(
        {
            "per_team": size,
            "in_units": in_units,
            "in_teams": teams * size,
            "left": left,
            "whole_teams_left": whole,
            "change_then": (teams + whole) * size - in_units,
            "change_by_district": (teams + districts) * size - in_units,
            "teams_from_units": in_units / size,
        }
    )


def posts_table(found: Posts) -> Shown:
    """List the posts for teams of the smallest and of the largest typical size."""
    return table(
        found.table,
        name="posts",
        caption="Social work posts in the units and in the proposed teams",
        sources=Posts.sources,
    )


def judge_in_team(found: Posts, claim: Claim) -> Verdict:
    """Judge: how many posts of a kind a proposed team has."""
    size = found.table["per_team"]
    comment = f"stated once; with it a team has {extent(size, 0)} posts"
    suffice = bool((found.table["left"] >= 0).all())
    return judge_fit(claim, "the posts of the units suffice for the teams", suffice, comment)


def judge_districts(found: Posts, claim: Claim) -> Verdict:
    """Judge: how many districts there are."""
    teams, districts = ends(found.teams)[0], ends(claim)[0]
    each = number(teams / districts, 0 if teams % districts == 0 else 1)
    comment = f"stated once; {count(teams)} teams make {each} a district"
    return judge_fit(claim, "a whole number of teams a district", teams % districts == 0, comment)


def judge_ten_teams(found: Posts, claim: Claim) -> Verdict:
    """Judge: how many teams the posts make."""
    possible = found.table["teams_from_units"]
    readings = [
        Reading(
            id="all-teams",
            label="teams of the typical size that the units' posts could staff",
            value=found.posts_units / found.table["per_team"].mean(),
            lower=possible.min(),
            upper=possible.max(),
            unit="teams",
            method="largest and smallest typical team",
        ),
        Reading(
            id="longer-term-teams-only",
            label="a children's and an adolescent team in each district",
            value=2 * ends(found.districts)[0],
            unit="teams",
        ),
    ]
    return judge(claim, readings)


def judge_no_extra(found: Posts, claim: Claim) -> Verdict:
    """Judge: that the teams need no more resources."""
    teams = f"{small(int(ends(found.teams)[0]))} teams"
    readings = [
        BySize.of(-found.table["left"]).reading(
            "ten-teams-in-all", f"{teams} in all", "posts", decimals=0
        ),
        BySize.of(found.table["change_then"]).reading(
            "ten-longer-term-teams",
            f"{teams} and the whole assessment teams that the rest could staff",
            "posts",
            decimals=0,
        ),
    ]
    readings.append(
        BySize.of(found.table["change_by_district"]).reading(
            "with-district-teams",
            f"{teams} and an assessment team in each district",
            "posts",
            decimals=0,
        )
    )
    comment = (
        "the posts of the first response team, of the teams for children in care and of the new "
        "head of service are not stated"
    )
    return judge(claim, readings, comment=comment)


_IN_TEAM = ("manager", "seniors", "social-workers", "alternative")
JUDGES = {
    **{f"cam-team-{post}": judge_in_team for post in _IN_TEAM},
    "cam-districts": judge_districts,
    "cam-ten-teams": judge_ten_teams,
    "cam-no-extra-resources": judge_no_extra,
}
