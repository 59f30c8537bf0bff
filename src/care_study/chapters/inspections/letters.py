"""What two inspection letters say, theme by theme, where their tone differs, and the coding.

What inspectors write is read here as words. Nothing is scored, added up or averaged.
"""

import pandas as pd

from care_study.claims import LETTER_THEMES
from care_study.data.tables import DataError
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.words import listed

SOURCES = ("inspection_themes",)


@finding
class Letters:
    """Two letters, their coding, and the strengths that each names."""

    sources = SOURCES
    coding: pd.DataFrame
    earlier: str
    later: str
    words: pd.DataFrame
    date_notes: str
    earlier_year: int = fact("year of the earlier letter", unit="year", sources=["documents"])
    later_year: int = fact("year of the later letter", unit="year", sources=["documents"])
    themes: int = fact("themes of the coding", unit="themes")
    rows: int = fact("rows of the coding, both letters", unit="findings")
    strength_earlier: int = fact(
        "themes on which the earlier letter puts something forward as a strength"
    )
    strength_kept: str = fact("of these, the themes on which the later letter does so too")
    strength_lost: str = fact("of these, the themes on which the later letter does not")


@section
def letters(coding: pd.DataFrame, documents: pd.DataFrame, earlier: str, later: str) -> Letters:
    """Set two letters side by side: the tables ``inspection_themes`` and ``documents``, two ids.

    Raises
    ------
    DataError
        If a letter has no row for a theme.
    """
    words = words_used(coding, earlier, later)
    about = documents.set_index("document").loc[[earlier, later]]
    first, last = about["date"].str[:4].astype(int)
    kept, lost = (
        list(words.loc[words["strength_kept"] == answer, "theme"]) for answer in ("yes", "no")
    )
    return Letters(
        coding=coding,
        earlier=earlier,
        later=later,
        words=words,
        date_notes=" ".join(about["date_note"]),
        earlier_year=first,
        later_year=last,
        themes=len(words),
        rows=len(coding),
        strength_earlier=len(kept) + len(lost),
        strength_kept=listed(kept),
        strength_lost=listed(lost),
    )


def _findings(coding: pd.DataFrame, letter: str, theme: str) -> pd.DataFrame:
    rows = coding[(coding["document"] == letter) & (coding["theme"] == theme)]
    if rows.empty:
        raise DataError(
            [
                f"inspection_themes.csv has no row of {letter} on the theme {theme!r}. Expected at "
                "least one; where a letter is silent, one with the direction 'not mentioned'."
            ]
        )
    return rows


def words_used(coding: pd.DataFrame, earlier: str, later: str) -> pd.DataFrame:
    """List the words of the coding that each letter needs for each theme, without counting them.

    Returns
    -------
    DataFrame
        ``theme``, ``earlier``, ``later`` (such as ``strength, concern``), ``strength_kept``
        (``yes``, ``no``, or empty where the earlier letter has no strength): whether the later
        letter puts anything forward as a strength where the earlier one did.
    """
    rows = []
    for theme in LETTER_THEMES:
        before, after = (
            list(dict.fromkeys(_findings(coding, letter, theme)["direction"]))
            for letter in (earlier, later)
        )
        kept = ("yes" if "strength" in after else "no") if "strength" in before else ""
        rows.append((theme, ", ".join(before), ", ".join(after), kept))
    return pd.DataFrame(rows, columns=["theme", "earlier", "later", "strength_kept"])


def side_by_side(coding: pd.DataFrame, earlier: str, later: str) -> pd.DataFrame:
    """Put what two letters say on each theme beside one another.

    Returns
    -------
    DataFrame
        One row a theme, in the order of ``LETTER_THEMES``: ``theme``, ``earlier``, ``later``, each
        with all findings in the order of the table, after the word for how the letter puts them.
    """
    rows = [
        (theme, *(_text(coding, letter, theme) for letter in (earlier, later)))
        for theme in LETTER_THEMES
    ]
    return pd.DataFrame(rows, columns=["theme", "earlier", "later"])


def _text(coding: pd.DataFrame, letter: str, theme: str) -> str:
    rows = _findings(coding, letter, theme).to_dict("records")
    return " ".join(f"{row['direction'].capitalize()}: {row['finding']}" for row in rows)


def _labels(found: Letters) -> dict[str, str]:
    return {
        "earlier": f"letter of {found.earlier_year}",
        "later": f"letter of {found.later_year}",
    }


@section
def what_each_says(found: Letters) -> Shown:
    """List what both letters say, theme by theme."""
    return table(
        side_by_side(found.coding, found.earlier, found.later),
        name="side_by_side",
        caption="What two inspection letters say about Northamptonshire, theme by theme",
        labels=_labels(found),
        sources=SOURCES,
        notes=[found.date_notes],
    )


@section
def where_tone_differs(found: Letters) -> Shown:
    """List the words of the coding that each letter needs."""
    return table(
        found.words,
        name="words_used",
        caption="Words of the coding that each letter needs, theme by theme",
        labels=_labels(found),
        sources=SOURCES,
        notes=[
            "The words are in the order in which they first occur; how often a word occurs is not "
            "shown, because it measures nothing."
        ],
    )


@section
def whole_coding(found: Letters) -> Shown:
    """List the whole coding with its places, for a reader who wants to challenge it."""
    years = {found.earlier: found.earlier_year, found.later: found.later_year}
    rows = found.coding.assign(
        letter=found.coding["document"].map(years), place=found.coding["locator"]
    )
    columns = ["theme", "letter", "place", "finding", "direction"]
    return table(
        rows[columns].reset_index(drop=True),
        name="coding",
        caption="The coding of the two letters, row by row",
        row_header="finding",
        sources=SOURCES,
    )
