"""The funnel: all authorities once, by chance alone and with ordinary differences."""

import pytest

from care_study.chapters.national import funnel
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent, facts_of

AREAS = {"Northamptonshire", "Coventry", "Cambridgeshire"}


@pytest.fixture(scope="module")
def found(country):
    return funnel.funnels(country)


def test_the_funnel_is_drawn_around_the_pooled_rate_of_all_once(country, found):
    rows = country.computed[
        (country.computed["year"] == found.funnel_year)
        & (country.computed["area_type"] == "country")
    ]
    # England's own figure is rounded to ten children.
    assert found.target == pytest.approx(rows["value"].iloc[0], abs=0.05)
    areas = found.alone.points["area"]
    assert areas.is_unique and set(areas) >= AREAS
    assert "West Northamptonshire" not in set(areas)


def test_allowing_for_the_spread_leaves_fewer_outside(found):
    alone, allowed = found.alone, found.allowed
    assert allowed.beyond < alone.beyond
    assert (alone.points["outside"] == "beyond both limits").sum() == alone.beyond
    assert (allowed.limits["upper_998"] > alone.limits["upper_998"]).all()


def test_facts_count_those_beyond(found):
    facts = {fact.name: fact for fact in facts_of(found)}
    assert facts["beyond_chance"].value == found.alone.beyond
    assert facts["beyond_allowed"].value == found.allowed.beyond
    assert facts["funnel_areas"].value == len(found.alone.points)
    assert facts["between"].value == pytest.approx(1e4 * found.alone.result.tau2**0.5)


def test_figures_say_what_is_assumed_and_where_those_asked_about_lie(found):
    chance = funnel.by_chance_alone(found).bundle[FIGURE_MIME]
    allowed = funnel.with_ordinary_differences(found).bundle[FIGURE_MIME]
    assert chance["title"].startswith(f"If only chance were at work: {found.beyond_chance} of ")
    assert allowed["title"].endswith("lie beyond the 99.8% limits")
    outside = found.allowed.points.set_index("area")["outside"]
    assert f"Coventry {outside['Coventry']}" in allowed["alt"]


def test_a_part_of_a_territory_is_not_drawn_but_does_not_stop_the_figure(opened):
    asked = opened("looked_after_rate", ["West Northamptonshire"])
    figure = funnel.by_chance_alone(funnel.funnels(asked)).bundle[FIGURE_MIME]
    assert figure["alt"].endswith("limits.")


def test_a_published_percentage_has_no_funnel(opened):
    country = opened("agency_rate", ["Leeds"], first_year=2018, last_year=2025)
    absent = funnel.funnels(country)
    assert isinstance(absent, Absent)
    assert absent.reason.endswith("is published without the counts behind it.")
    assert funnel.by_chance_alone(absent) is absent
