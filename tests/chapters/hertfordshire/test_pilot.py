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


def test_table_says_how_its_interval_was_found(piloted):
    text = pilot.pilot_table(piloted).bundle["text/html"]
    assert "score interval for two Poisson rates, 95%" in text
    assert "looked_after_rate" not in text
