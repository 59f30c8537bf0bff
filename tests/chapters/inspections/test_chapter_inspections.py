"""The inspections chapter: the letters side by side, judgements since, and every verdict."""

import json

import pandas as pd
import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.inspections import letters as chapter
from care_study.claims import LETTER_THEMES, check_verdicts, read_claims, read_themes
from care_study.execution import execution

EARLIER, LATER = "ofsted-northamptonshire-2010", "ofsted-northamptonshire-2018"


@pytest.fixture(scope="module")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="module")
def themes():
    return read_themes(paths.DOCUMENTS)


def small_themes(**changes):
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


def test_each_theme_has_both_letters_with_all_their_findings(themes):
    table = chapter.side_by_side(themes, EARLIER, LATER)
    assert list(table["theme"]) == LETTER_THEMES
    for letter, column in ((EARLIER, "earlier"), (LATER, "later")):
        whole = " ".join(table[column])
        rows = themes[themes["document"] == letter]
        assert all(finding in whole for finding in rows["finding"])


def test_finding_stands_after_the_word_for_how_the_letter_puts_it():
    frame = small_themes(r0="strength")
    assert chapter.side_by_side(frame, EARLIER, LATER).loc[0, "earlier"] == "Strength: F."


def test_letter_that_misses_a_theme_is_refused():
    frame = small_themes()
    with pytest.raises(ValueError, match="no row of ofsted-northamptonshire-2018 on the theme"):
        chapter.side_by_side(frame[frame.index != 1], EARLIER, LATER)


def test_words_are_listed_once_and_strengths_followed():
    frame = pd.concat([small_themes(r0="strength", r2="strength", r3="strength"), small_themes()])
    words = chapter.words_used(frame.reset_index(drop=True), EARLIER, LATER)
    assert words.loc[0].tolist() == ["thresholds", "strength, concern", "concern", "no"]
    assert words.loc[1, "strength_kept"] == "yes"
    assert words.loc[2, "strength_kept"] == ""


def test_successors_belong_to_the_family_of_an_area(published):
    assert chapter.family(published, "928") == ["928", "940", "941"]
    assert chapter.family(published, "331") == ["331"]


def test_judgements_follow_an_area_into_its_successors(published):
    table = chapter.judgements(published, ["928", "331"])
    assert list(table["area_name"]) == [
        "Northamptonshire",
        "North Northamptonshire",
        "West Northamptonshire",
        "Coventry",
    ]
    assert table.loc[0, "judgement"] == "Inadequate"
    assert table.loc[0, "inspected"] == "2019-06-17"


def test_area_without_an_inspection_says_so(published):
    tables = dict(published)
    tables["inspections"] = published["inspections"].query("area_id != '331'")
    table = chapter.judgements(tables, ["331"])
    assert table.loc[0].tolist() == ["Coventry", "", "", "", chapter.NONE_LISTED]
    assert chapter.latest_sentence(table) == "Coventry has no inspection in the list"


def test_each_areas_ten_neighbours_are_counted_once(published):
    settings = [open_setting(paths.PUBLISHED, name) for name in ("Coventry", "Hertfordshire")]
    grades = chapter.grades_among_neighbours(settings)
    assert grades["Coventry"].sum() == 10
    assert grades["Hertfordshire"].sum() == 10
    rows = published["inspections"]
    gone = {"928", "909", "835", "836", "837"}
    assert grades["all"].sum() == len(set(rows["area_id"]) - gone)


def test_span_runs_from_the_last_to_the_first_day_of_the_year():
    span = chapter.span_reading(2016, "2018-10-17")
    assert span.value == 2
    assert span.lower == pytest.approx(655 / 365.25)
    assert span.upper == pytest.approx(1020 / 365.25)


def test_every_claim_of_the_notebook_has_one_verdict(claims):
    own = {name: claim for name, claim in claims.items() if claim.notebook == "inspections"}
    verdicts = chapter.verdicts(claims, 2016, "2018-10-17")
    check_verdicts(own, verdicts)
    decided = {v.claim: v.verdict for v in verdicts if v.verdict != "not testable"}
    assert decided == {"of18-decline-years": "reproduced"}
    assert len(chapter.untestable(claims, verdicts)) == len(own) - 1


def test_another_span_is_not_reproduced(claims):
    verdicts = {v.claim: v.verdict for v in chapter.verdicts(claims, 2012, "2018-10-17")}
    assert verdicts["of18-decline-years"] == "not reproduced"


@pytest.mark.parametrize(
    ("names", "words"),
    [([], "none"), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_names_are_written_as_in_a_sentence(names, words):
    assert chapter.listed(names) == words


def test_every_claim_has_a_place_in_the_notebook(claims):
    cells = json.loads((paths.NOTEBOOKS / "inspections.ipynb").read_text("utf-8"))["cells"]
    text = "".join("".join(cell["source"]) for cell in cells)
    own = [name for name, claim in claims.items() if claim.notebook == "inspections"]
    assert [name for name in own if f"({name})=" not in text] == []


@pytest.mark.slow
def test_notebook_runs_for_another_authority_without_verdicts(tmp_path):
    done = tmp_path / "inspections.ipynb"
    parameters = {"area": "Hertfordshire", "compared": ["Cumbria"]}
    execution.execute(paths.NOTEBOOKS / "inspections.ipynb", done, parameters)
    text = done.read_text("utf-8")
    assert "vnd.care-study.verdict" not in text
    assert "Westmorland and Furness" in text
