"""The comparison under every choice."""

import pytest

from care_study.chapters.hertfordshire import choices

CAMBRIDGESHIRE = "873"


@pytest.fixture(scope="module")
def table(setting):
    return choices.every_choice(setting, 2016, [2018], [CAMBRIDGESHIRE])


def test_every_choice_has_each_list_and_both_comparisons(table):
    assert len(table) == 2 * 1 * 2 * 2
    assert not table.duplicated(["measure", "to", "list", "others"]).any()
    assert (table["lower"] < table["against"]).all()


def test_first_choice_is_the_chapters_own(table, in_care):
    row = table.iloc[0]
    assert (row["list"], row["others"]) == ("2021", "all")
    assert row["against"] == pytest.approx(in_care.care.against.estimate)
    assert row["rank"] == in_care.care.rank


def test_adopters_are_counted_out_but_never_the_area_itself(setting):
    found = choices.choices(setting, 2016, 2018, ["Cambridgeshire", "Hertfordshire"])
    assert found.adopters == "Cambridgeshire"  # the others that took it up
    assert found.choices == len(found.table) == 2 * 2 * 2 * 2
    assert found.choices_fewer == (found.table["against"] < 0).sum()
    assert found.lowest_p == found.table["p_value"].min()
