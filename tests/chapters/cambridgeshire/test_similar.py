"""The change of the gap without neighbours that ran a similar programme, from the files."""

from itertools import combinations

import pytest

from care_study.chapters.cambridgeshire import similar

from .material import AREA, neighbours
from .test_reform import change_of_gap


@pytest.fixture(scope="module")
def without(setting):
    return similar.without(setting, 2019, "Hertfordshire", ["Hertfordshire", "West Berkshire"])


def test_change_without_one_neighbour(without):
    kept = [name for name in neighbours() if name != "Hertfordshire"]
    assert len(kept) == 9
    assert without.gap_change_without == pytest.approx(change_of_gap(kept))
    assert 0 < without.gap_change_without_p <= 1


def test_change_without_any_one_or_two(without):
    sets = [gone for size in (1, 2) for gone in combinations(neighbours(), size)]
    found = [change_of_gap([n for n in neighbours() if n not in gone]) for gone in sets]
    assert without.pairs == len(sets) == 55
    assert without.pairs_lowest == pytest.approx(min(found))
    assert without.pairs_highest == pytest.approx(max(found))


def test_all_adopters_are_left_out_together(without):
    gone = {"Hertfordshire", "West Berkshire"}
    kept = [name for name in neighbours() if name not in gone]
    assert without.together == 10 - len(kept)
    assert without.together_change == pytest.approx(change_of_gap(kept))


def test_direction_of_the_bias_is_said():
    assert "the change is lower by 1.5: " in similar.bias_sentence(-4.0, -5.5, "A")
    assert "higher by 2.0" in similar.bias_sentence(-4.0, -2.0, "A")
    assert "none of them is a neighbour of A" in similar.bias_sentence(-4.0, -4.0, "A")


def test_area_itself_is_not_left_out(setting):
    found = similar.without(setting, 2019, AREA)
    assert found.reason == "Cambridgeshire is the authority that would be left out."
