"""The list of assumptions."""

import pytest

from care_study.chapters.methods.assumptions import (
    COLUMNS,
    RATINGS,
    assumptions,
    count,
    read_assumptions,
)


def test_assumptions_are_rated_in_words_and_say_their_direction():
    table = read_assumptions()
    assert list(table.columns) == COLUMNS
    assert set(table["rating"]) == set(RATINGS.values())
    assert list(dict.fromkeys(table["rating"])) == list(RATINGS.values())
    assert sum(count(table, rating) for rating in RATINGS) == len(table) >= 12


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,b,purple,c,d", "line 2: found the rating 'purple'"),
        ("a,b,red,,d", "line 2: why is empty"),
        ("a,b,red,c,d\na,b,red,c,d", "found 'a' twice"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path, row, message):
    path = tmp_path / "list.csv"
    path.write_text(",".join(COLUMNS) + "\n" + row + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_assumptions(path)


def test_a_list_with_other_columns_is_refused(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="found the columns a, b"):
        read_assumptions(path)


def test_the_ratings_are_counted():
    found = assumptions()
    assert found.red_count + found.amber_count + found.green_count == len(found.listed)
