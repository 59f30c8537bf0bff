"""The pilot: its rates around the report, and the verdicts on them."""

from dataclasses import replace

import pytest

from care_study.chapters.hertfordshire import pilot

PETERBOROUGH = "874"


@pytest.fixture(scope="module")
def piloted(setting):
    return pilot.pilot(setting, "Peterborough", 2017, [2018, 2019])


def test_rates_before_and_after_are_the_published_ones(setting, piloted):
    computed = setting.indicator("looked_after_rate")
    values = computed[computed["area_id"] == PETERBOROUGH].set_index("year")["value"]
    row = piloted.table[piloted.table["to"] == 2019].set_index("indicator").loc["looked_after_rate"]
    assert (row["before"], row["after"]) == (values[2017], values[2019])
    assert row["change"] == pytest.approx(values[2019] - values[2017])


def with_change(piloted, **ends):
    return replace(piloted, table=piloted.table.assign(**ends))


def test_rise_in_the_pilot_would_not_be_reproduced(claims, piloted):
    risen = with_change(piloted, change=5.0, lower=1.0, upper=9.0)
    found = pilot.judge_plans(risen, claims["cam-peterborough-plans"])
    assert found.verdict == "not reproduced"
    assert [one.value for one in found.readings] == [5.0, 5.0]


def test_not_yet_by_much_survives_unless_the_fall_is_clear(claims, piloted):
    claim = claims["cam-peterborough-care"]
    assert pilot.judge_care(piloted, claim).verdict == "consistent"
    fallen = with_change(piloted, change=-5.0, lower=-9.0, upper=-1.0)
    assert pilot.judge_care(fallen, claim).verdict == "not reproduced"


def test_table_says_how_its_interval_was_found(piloted):
    text = pilot.pilot_table(piloted).bundle["text/html"]
    assert "score interval for two Poisson rates, 95%" in text
    assert "looked_after_rate" not in text
