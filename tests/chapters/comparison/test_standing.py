"""All measures in the latest year: gaps, choices, and the sentence about each area."""

from dataclasses import replace

import pandas as pd
import pytest

from care_study.chapters.comparison import measures, standing
from care_study.show.results import Absent, facts_of


@pytest.fixture(scope="module")
def found(settings):
    return standing.standing(settings)


def test_standing_takes_the_latest_year_that_has_a_figure(found):
    table = found.table.set_index(["measure", "area"])
    assert table.loc[("Assessments within 45 days", "Northamptonshire"), "year"] == 2021
    row = table.loc[("Children in care", "Coventry")]
    assert row["gap"] == pytest.approx(row["value"] - row["mean"])
    assert row["gap_lower"] < row["gap"] < row["gap_upper"]


def test_conclusion_that_depends_on_the_choice_is_marked(settings, found):
    caseload = standing.compare(settings, [measures.BY_NAME["caseload"]])
    assert set(caseload["every_choice"]) == {True}
    assert not found.table["every_choice"].all()


def test_counts_are_those_of_the_table(found):
    clear = found.table["gap_lower"] * found.table["gap_upper"] > 0
    assert found.comparisons == len(found.table) == 27
    assert found.clear == clear.sum()
    assert found.steady <= found.clear
    assert found.steady + found.flipping <= found.comparisons


def test_facts_say_how_many_neighbours_there_are(found):
    facts = {fact.name: fact for fact in facts_of(found)}
    fewest, most = found.table["n"].min(), found.table["n"].max()
    assert facts["neighbours_used"].text == (str(most) if fewest == most else f"{fewest} to {most}")
    assert facts["comparisons"].text == "27 comparisons"
    assert "statistical_neighbours" in facts["clear"].sources


def test_sentence_lists_only_gaps_that_are_told_from_none():
    table = pd.DataFrame(
        {
            "area": ["A", "A", "B"],
            "measure": ["Referrals", "Vacancies", "Referrals"],
            "conclusion": ["above", "not distinguishable", "not distinguishable"],
        }
    )
    assert standing.sentence(table, "A") == "A lies above on referrals"
    assert standing.sentence(table, "B") == "B lies clearly on no side"
    assert standing.sentence(table, "C") == "C has no figure to compare"


def test_area_without_neighbours_has_no_place_and_does_not_stop_the_others(settings):
    alone = [replace(settings[0], neighbours={})]
    both = standing.standing([*alone, settings[1]])
    assert set(both.table["area"]) == {"Coventry"}
    absent = standing.standing(alone)
    assert isinstance(absent, Absent) and "Northamptonshire" in absent.reason
    assert standing.standing_drawn(alone, absent) is absent
