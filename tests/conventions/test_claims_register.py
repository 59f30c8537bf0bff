"""The claims register is complete, says things in our words, and keeps to its own README."""

import re
from pathlib import Path

import pandas as pd
import pytest

from care_study import claims, paths
from care_study.claims.register import PRECISION
from care_study.indicators.definitions import INDICATORS

FOLDER = paths.DOCUMENTS
TEXTS = paths.ROOT.parent / "shared" / "documents"
FILES = {
    "innovate-northamptonshire": "innovate-northamptonshire-case-study.txt",
    "ics-coventry": "ics-coventry-case-study.txt",
    "ofsted-northamptonshire-2010": "ofsted-northamptonshire-inspection-2010.txt",
    "ofsted-northamptonshire-2018": "ofsted-northamptonshire-focused-visit-2018.txt",
    "cambridgeshire-2018": "cambridgeshire-change-for-children-2018.txt",
}
PREFIXES = {
    "nn": "innovate-northamptonshire",
    "cov": "ics-coventry",
    "of10": "ofsted-northamptonshire-2010",
    "of18": "ofsted-northamptonshire-2018",
    "cam": "cambridgeshire-2018",
}
NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve"
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
NUMBERS = {word: number for number, word in enumerate(NUMBER_WORDS.split())}
# What the account of numbers lists: every token with a digit, number words, months, and words of
# quantity or direction. A second reader can use the same pattern.
QUANTITY_WORDS = (
    f"{NUMBER_WORDS} twenty thirty hundreds? thousands? dozens? first second third once twice half "
    "quarters? both single double pair trio majority minority most mostly many much few several "
    "all almost vast average proportion numbers? percent extra additional increas\\w* decreas\\w* "
    "reduc\\w* declin\\w* ris(?:e|es|en|ing) grow(?:s|n|ing)? higher lower fewer larger? largely "
    "older smaller greater frequent\\w* shortages? shortfalls? usually summer autumn"
).replace(" ", "|")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
TOKEN = re.compile(rf"[A-Za-z]*\d[\d,]*(?:\.\d+)*%?(?:FTE)?|\b(?:(?i:{QUANTITY_WORDS})|{MONTHS})\b")
LONGEST_SHARED_RUN = 5

needs_texts = pytest.mark.skipif(
    not TEXTS.is_dir(), reason="the five documents are not in the repository; put them beside it"
)


@pytest.fixture(scope="module")
def register() -> pd.DataFrame:
    return claims.read_register(FOLDER)


@pytest.fixture(scope="module")
def accounting() -> pd.DataFrame:
    return claims.read_accounting(FOLDER)


def lines_of(document: str) -> list[str]:
    return (TEXTS / FILES[document]).read_text(encoding="utf-8").splitlines()


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9.%]+", text.lower())


def readme() -> str:
    return " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())


def test_every_document_has_claims_with_its_prefix(register):
    assert set(claims.read_documents(FOLDER)["document"]) == set(FILES)
    prefixes = register["claim"].str.split("-").str[0].map(PREFIXES)
    assert (prefixes == register["document"]).all()
    assert set(register["document"]) == set(FILES)


def test_indicators_exist(register):
    named = {name for cell in register["indicator"] if cell for name in cell.split(";")}
    assert named - set(INDICATORS) == set()


def test_authorities_exist(register):
    published = pd.read_csv(paths.PUBLISHED / "authorities.csv", dtype=str)
    assert set(register["authority"]) - set(published["area_name"]) == set()


def test_rows_are_about_something_different(register):
    told = register[["document", "statement"]]
    assert not told.duplicated().any()


def test_readme_has_the_rule_that_the_code_applies():
    text = readme()
    rule = " ".join(f"- **{name}**: {wording}" for name, wording in claims.RULE.items())
    between = re.search(r"<!-- rule -->(.*?)<!-- /rule -->", text)
    assert between is not None
    assert between.group(1).strip() == rule
    assert claims.RANGE_RULE.replace("claimed range", "*claimed range*") in text
    assert claims.READINGS_RULE in text


def test_readme_has_the_precisions_that_the_code_applies():
    rows = re.findall(
        r"^\| `(\w+)` \| .* \| ([\d.]+) \|$", (FOLDER / "README.md").read_text(), re.M
    )
    assert {name: float(width) for name, width in rows} == {
        name: width for name, width in PRECISION.items() if name
    }


def test_both_letters_are_coded_on_every_theme():
    themes = claims.read_themes(FOLDER)
    coded = themes.groupby("theme")["document"].agg(set)
    letters = {"ofsted-northamptonshire-2010", "ofsted-northamptonshire-2018"}
    assert all(found == letters for found in coded)
    assert set(coded.index) == set(claims.LETTER_THEMES)


def test_accounted_claims_exist(accounting, register):
    assert set(accounting["claim"]) - {""} <= set(register["claim"])


def test_claimed_numbers_are_the_accounted_ones(accounting, register):
    """Every claim with digits or number words states exactly those numbers."""
    wrong = []
    for _, row in register.iterrows():
        stated = {float(row[end]) for end in ("value_low", "value_high") if row[end]}
        tokens = accounting.loc[accounting["claim"] == row["claim"], "number"]
        found = {number for token in tokens if (number := number_of(token)) is not None}
        # Words of quantity become 0, 50 and 100 by a rule of the README; dates stand in the period.
        stated -= {0, 50, 75, 100} - found
        spoken = {number for number in found if f"{number:g}" in row["period"]}
        if found - spoken and stated and not stated <= found:
            wrong.append((row["claim"], stated, found))
    assert wrong == []


def number_of(token: str) -> float | None:
    digits = re.sub(r"[^\d.]", "", token)
    if digits:
        return float(digits)
    return {"half": 0.5, **NUMBERS}.get(token.lower())


def test_a_statement_says_its_number(register):
    """A claim with a number is a sentence that has it."""
    silent = []
    for _, row in register.iterrows():
        # A direction is said in words (rising, no more), and so is the open end of a share.
        unsaid = {0.0, 100.0} if row["value_low"] != row["value_high"] else {0.0}
        stated = {float(row[end]) for end in ("value_low", "value_high") if row[end]} - unsaid
        digits = {float(found.replace(",", "")) for found in NUMBER.findall(row["statement"])}
        months = {
            float(number)
            for number, name in enumerate(MONTHS.split("|"), 1)
            if name in row["statement"]
        }
        once = {1.0} if "once" in row["statement"] else set()
        if not stated <= digits | months | once:
            silent.append((row["claim"], stated, row["statement"]))
    assert silent == []


@needs_texts
@pytest.mark.parametrize("document", FILES)
def test_every_number_of_the_texts_is_accounted_for(document, accounting):
    expected = [
        (str(line), str(place), match.group().rstrip(","))
        for line, text in enumerate(lines_of(document), start=1)
        for place, match in enumerate(TOKEN.finditer(text), start=1)
    ]
    rows = accounting[accounting["document"] == document]
    found = list(rows[["line", "occurrence", "number"]].itertuples(index=False, name=None))
    assert found == expected


@needs_texts
@pytest.mark.parametrize("document", FILES)
def test_wording_is_ours(document, register):
    """No row shares a long run of words with its document."""
    text = words_of(" ".join(lines_of(document)))
    size = LONGEST_SHARED_RUN + 1
    runs = {tuple(text[start : start + size]) for start in range(len(text) - size + 1)}
    themes = claims.read_themes(FOLDER)
    ours = [
        *register.loc[register["document"] == document, "statement"],
        *themes.loc[themes["document"] == document, "finding"],
    ]
    copied = [
        sentence
        for sentence in ours
        if any(
            tuple(words_of(sentence)[start : start + size]) in runs
            for start in range(len(words_of(sentence)))
        )
    ]
    assert copied == []


@needs_texts
def test_the_texts_are_the_ones_that_were_read():
    assert {path.name for path in Path(TEXTS).glob("*.txt")} == set(FILES.values())


WOULD = re.compile(r"Would (decide|come nearest): [^.]+, kept by [^.]+\.$")
ONLY_NOT_HELD = re.compile(r"not (among|held)|in (this|the) study|begin in|this study holds")


def test_a_reason_names_the_record_that_would_decide_and_who_keeps_it():
    every = claims.read_claims(paths.DOCUMENTS).values()
    reasons = {one.id: one.why_not_testable for one in every if one.why_not_testable}
    assert reasons
    assert not [name for name, words in reasons.items() if not WOULD.search(words)]
    assert not [name for name, words in reasons.items() if ONLY_NOT_HELD.search(words)]
