"""The first page shows what the book found, and every summary box is easy to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from care_study.publish.sphinx_ext.audit_bars import NO_TEST, PARTS, bars, counts

pytestmark = pytest.mark.slow
LONGEST_SENTENCE = 20
NOT_READ = ".fact-note, .cs-box-head, svg, script"


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def sentences(part: Tag) -> list[str]:
    """Split a box into sentences; each paragraph ends one, and decimals do not."""
    for hidden in part.select(NOT_READ):
        hidden.decompose()
    found = []
    for paragraph in part.select("p, li") or [part]:
        text = " ".join(paragraph.get_text().split())
        found += [one for one in re.split(r"(?<=[.?!])\s+", text) if one]
    return found


def test_every_sentence_of_a_summary_box_has_at_most_twenty_words(book: Path) -> None:
    long, boxes = {}, 0
    for page in sorted(book.rglob("*.html")):
        for box in soup(page).select(".cs-box, .cs-finding"):
            boxes += 1
            long |= {
                (page.name, one): len(one.split())
                for one in sentences(box)
                if len(one.split()) > LONGEST_SENTENCE
            }
    assert boxes > 10
    assert long == {}


def test_the_three_questions_have_a_picture_each(book: Path) -> None:
    cards = soup(book / "index.html").select(".cs-pictures .cs-finding")
    assert len(cards) == 3
    for card in cards:
        picture = card.select_one("svg[role=img]")
        assert picture is not None
        assert len(picture["aria-label"]) > 60
        assert "Every authority as a dot" in picture["aria-label"]
        assert card.select_one(".cs-finding-title a[href^='notebooks/']")


def test_the_bar_adds_up_to_the_claims_that_carry_a_message(book: Path) -> None:
    page = soup(book / "index.html")
    parts = page.select(".cs-bar > span")
    said = [int(one.get_text().split()[0]) for one in page.select(".cs-bar-key b")]
    drawn = [int(re.findall(r"flex-grow:(\d+)", str(one["style"]))[0]) for one in parts]
    whole = next(
        int(one.get_text()) for one in page.select("a[href$='fact-weighty']") if one.get_text()
    )
    assert sum(drawn) == sum(said) == whole


def test_an_authority_is_found_without_a_script(book: Path) -> None:
    section = soup(book / "index.html").find(id="find-your-authority")
    assert isinstance(section, Tag)
    assert section.select("a[href]")


class Judged:
    """As much of a verdict as the bars look at."""

    def __init__(self, outcome: str, *, weight: str = "headline", is_test: bool = True) -> None:
        self.outcome, self.weight, self.is_test = outcome, weight, is_test
        self.held_against, self.document = "the same measure", "one"


def test_what_tests_nothing_is_told_apart_and_descriptions_are_left_out() -> None:
    verdicts = [
        Judged("reproduced"),
        Judged("not contradicted", is_test=False),
        Judged("undecided", is_test=False),
        Judged("contradicted", weight="descriptive"),
    ]
    found = counts(verdicts)  # type: ignore[arg-type]
    assert {part: number for part, number in found.items() if number} == {
        "reproduced": 1,
        NO_TEST: 1,
        "undecided": 1,
    }
    assert list(found) == list(PARTS)


def test_a_document_without_claims_that_carry_a_message_has_no_bar() -> None:
    class Two:
        verdicts = (Judged("reproduced"),)
        documents = {"one": "One", "two": "Two"}  # noqa: RUF012

    drawn = bars(Two(), by_document=True)  # type: ignore[arg-type]
    assert [(bar["name"], bar["whole"]) for bar in drawn] == [("One", 1)]
    assert drawn[0]["parts"][0]["share"] == 100
