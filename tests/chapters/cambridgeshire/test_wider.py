"""Children in care beyond the rates of the neighbours, the region and England."""

from statistics import mean

import pytest

from care_study.chapters.cambridgeshire import wider
from care_study.show.results import Absent
from care_study.show.table import TABLE_MIME

from .material import AREA, children, figure, neighbours, per_10_000


@pytest.fixture(scope="module")
def around(setting):
    return wider.wider(setting, 2018)


def beyond(others):
    held = figure("children_looked_after", "looked_after_31_march", AREA, 2018)
    return held - others * children(AREA, 2018) / 10_000


def test_the_report_year_beside_all_three(around):
    held = "looked_after_31_march"
    among = mean(per_10_000(held, name, 2018) for name in neighbours())
    assert around.wider_neighbours == pytest.approx(beyond(among))
    assert around.wider_region == pytest.approx(beyond(per_10_000(held, "East of England", 2018)))
    assert around.wider_england == pytest.approx(beyond(per_10_000(held, "England", 2018)))
    assert around.region == "East of England"


def test_signs_differ_with_the_comparator(around):
    assert around.wider_neighbours > 0 > around.wider_england
    assert around.latest_neighbours < 0


def test_table_has_every_year(around, setting):
    content = wider.beyond_others(setting, around).bundle[TABLE_MIME]
    assert len(content["rows"]) == len(around.table) == 13


def test_year_without_a_count_is_named(setting):
    assert isinstance(wider.wider(setting, 2031), Absent)
