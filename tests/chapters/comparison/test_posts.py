"""Posts of the units and of the proposed teams, counted by hand."""

import pytest

from care_study.chapters.comparison import posts
from care_study.show.results import facts_of


def test_posts_by_hand(claims):
    table = posts.count_posts(claims)
    # 32 units of four; ten teams of seven to ten workers and a manager; five districts.
    assert table["per_team"].tolist() == [8, 11]
    assert table["in_units"].tolist() == [128, 128]
    assert table["left"].tolist() == [48, 18]
    assert table["whole_teams_left"].tolist() == [6, 1]
    assert table["change_then"].tolist() == [0, -7]
    assert table["change_by_district"].tolist() == [-8, 37]


def test_facts_of_the_posts(claims):
    facts = {fact.name: fact.text for fact in facts_of(posts.posts(claims))}
    assert facts["posts_units"] == "128 posts"
    assert (facts["posts_teams"], facts["posts_left"]) == ("80 to 110", "18 to 48")
    assert (facts["teams"], facts["districts"]) == ("10 teams", "5 districts")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("cam-team-manager", "not contradicted"),
        ("cam-team-alternative", "not contradicted"),
        ("cam-districts", "not contradicted"),
        ("cam-ten-teams", "not contradicted"),
        ("cam-no-extra-resources", "not contradicted"),
    ],
)
def test_verdicts(judged, claim, verdict):
    assert judged[claim].outcome == verdict


def test_readings_that_do_not_survive_are_named(judged):
    readings = {reading.id: reading.outcome for reading in judged["cam-ten-teams"].readings}
    assert readings == {"all-teams": "contradicted", "longer-term-teams-only": "reproduced"}


def test_team_in_each_district_is_a_reading_of_its_own(judged):
    (found,) = [
        one for one in judged["cam-no-extra-resources"].readings if one.id == "with-district-teams"
    ]
    assert (found.lower, found.upper) == (-8, 37)
