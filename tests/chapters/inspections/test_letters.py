"""Two letters side by side: findings, words, strengths kept and lost, the whole coding."""

import pandas as pd
import pytest

from care_study import paths
from care_study.chapters.inspections import letters
from care_study.claims import LETTER_THEMES, read_documents, read_themes
from care_study.data.tables import DataError
from care_study.show.results import facts_of

EARLIER, LATER = "ofsted-northamptonshire-2010", "ofsted-northamptonshire-2018"


@pytest.fixture(scope="module")
def documents():
    return read_documents(paths.DOCUMENTS)


@pytest.fixture(scope="module")
def found(documents):
    return letters.letters(read_themes(paths.DOCUMENTS), documents, EARLIER, LATER)


def small_coding(**changes):
    rows = [
        {
            "theme": theme,
            "document": letter,
            "locator": "p",
            "finding": "F.",
            "direction": "concern",
        }
        for theme in LETTER_THEMES
        for letter in (EARLIER, LATER)
    ]
    frame = pd.DataFrame(rows)
    for place, direction in changes.items():
        frame.loc[int(place[1:]), "direction"] = direction
    return frame


def test_each_theme_has_both_letters_with_all_their_findings(found):
    table = letters.side_by_side(found.coding, EARLIER, LATER)
    assert list(table["theme"]) == LETTER_THEMES
    for letter, column in ((EARLIER, "earlier"), (LATER, "later")):
        whole = " ".join(table[column])
        rows = found.coding[found.coding["document"] == letter]
        assert all(finding in whole for finding in rows["finding"])


def test_finding_stands_after_the_word_for_how_the_letter_puts_it():
    frame = small_coding(r0="strength")
    assert letters.side_by_side(frame, EARLIER, LATER).loc[0, "earlier"] == "Strength: F."


def test_letter_that_misses_a_theme_is_refused(documents):
    frame = small_coding()
    with pytest.raises(DataError, match="no row of ofsted-northamptonshire-2018 on the theme"):
        letters.letters(frame[frame.index != 1], documents, EARLIER, LATER)


def test_words_are_listed_once_and_strengths_followed(documents):
    frame = pd.concat([small_coding(r0="strength", r2="strength", r3="strength"), small_coding()])
    frame = frame.reset_index(drop=True)
    words = letters.words_used(frame, EARLIER, LATER)
    assert words.loc[0].tolist() == ["thresholds", "strength, concern", "concern", "no"]
    assert words.loc[1, "strength_kept"] == "yes"
    assert words.loc[2, "strength_kept"] == ""
    found = letters.letters(frame, documents, EARLIER, LATER)
    assert found.strength_earlier == 2
    assert (found.strength_kept, found.strength_lost) == ("timeliness", "thresholds")


def test_facts_name_the_letters_by_their_years(found):
    facts = {fact.name: fact.text for fact in facts_of(found)}
    assert (facts["earlier_year"], facts["later_year"]) == ("2010", "2018")
    assert facts["themes"] == "10 themes"


def test_the_coding_can_be_challenged_row_by_row(found):
    content = letters.whole_coding(found).bundle["application/vnd.care-study.table+json"]
    assert [column["label"] for column in content["columns"]] == [
        "Theme", "Letter of", "Place", "Finding", "How the letter puts it",
    ]  # fmt: skip
    assert len(content["rows"]) == found.rows
    assert content["columns"][1]["unit"] == "year"
    assert {row[1] for row in content["rows"]} == {2010, 2018}
