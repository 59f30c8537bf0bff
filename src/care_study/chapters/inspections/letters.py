"""Inspections: two letters side by side, and the judgements that were made since.

What inspectors write is read here as words. Nothing is scored, added up or averaged.
"""

from collections.abc import Mapping

import pandas as pd

from care_study.area.setting import Setting
from care_study.claims import LETTER_THEMES, Claim, Reading, Verdict, judge, not_testable
from care_study.data import geography

GRADES = (
    "Outstanding",
    "Good",
    "Requires improvement to be good",
    "Inadequate",
)
NONE_LISTED = "none in the list"
_DAYS_IN_YEAR = 365.25


def side_by_side(themes: pd.DataFrame, earlier: str, later: str) -> pd.DataFrame:
    """Put what two letters say on each theme beside one another.

    Parameters
    ----------
    themes
        The table ``inspection_themes``.
    earlier, later
        Ids of the two letters.

    Returns
    -------
    DataFrame
        One row a theme, in the order of ``LETTER_THEMES``: ``theme``, ``earlier``, ``later``, each
        with all findings in the order of the table, after the word for how the letter puts them.

    Raises
    ------
    ValueError
        If a letter has no row for a theme.
    """
    return pd.DataFrame(
        [
            {
                "theme": theme,
                "earlier": _findings(themes, earlier, theme),
                "later": _findings(themes, later, theme),
            }
            for theme in LETTER_THEMES
        ]
    )


def _rows(themes: pd.DataFrame, letter: str, theme: str) -> pd.DataFrame:
    rows = themes[(themes["document"] == letter) & (themes["theme"] == theme)]
    if rows.empty:
        raise ValueError(
            f"inspection_themes.csv has no row of {letter} on the theme {theme!r}. Expected at "
            "least one; where a letter is silent, one with the direction 'not mentioned'."
        )
    return rows


def _findings(themes: pd.DataFrame, letter: str, theme: str) -> str:
    rows = _rows(themes, letter, theme)
    return " ".join(
        f"{direction.capitalize()}: {finding}"
        for direction, finding in zip(rows["direction"], rows["finding"], strict=True)
    )


def words_used(themes: pd.DataFrame, earlier: str, later: str) -> pd.DataFrame:
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
            list(dict.fromkeys(_rows(themes, letter, theme)["direction"]))
            for letter in (earlier, later)
        )
        kept = ("yes" if "strength" in after else "no") if "strength" in before else ""
        rows.append(
            {
                "theme": theme,
                "earlier": ", ".join(before),
                "later": ", ".join(after),
                "strength_kept": kept,
            }
        )
    return pd.DataFrame(rows)


def coding(themes: pd.DataFrame) -> pd.DataFrame:
    """Give the whole coding with its places, for a reader who wants to challenge it.

    Returns
    -------
    DataFrame
        ``theme``, ``letter`` (the year), ``place``, ``finding``, ``direction``.
    """
    return pd.DataFrame(
        {
            "theme": themes["theme"],
            "letter": themes["document"].str.extract(r"(\d{4})$")[0],
            "place": themes["locator"],
            "finding": themes["finding"],
            "direction": themes["direction"],
        }
    ).reset_index(drop=True)


def family(tables: Mapping[str, pd.DataFrame], area_id: str) -> list[str]:
    """List the ids of an area and of what became of it, or of what it was made from."""
    ids = [area_id]
    for territory in geography.territories(tables["boundary_changes"]):
        parts = [*territory.predecessors, *territory.successors]
        if area_id == territory.area_id or area_id in parts:
            ids += [part for part in parts if part not in ids]
    return ids


def judgements(tables: Mapping[str, pd.DataFrame], area_ids: list[str]) -> pd.DataFrame:
    """List the full inspections of several areas and of what became of them.

    Returns
    -------
    DataFrame
        In the order of the areas, then by date: ``area_name``, ``inspected``, ``published`` (days
        as text), ``kind``, ``judgement``. An area without an inspection has one row that says so.
    """
    inspections = tables["inspections"].rename(
        columns={
            "inspection_date": "inspected",
            "publication_date": "published",
            "inspection_type": "kind",
            "overall_effectiveness": "judgement",
        }
    )
    names = geography.areas(tables["authorities"], tables["boundary_changes"])["area_name"]
    columns = ["area_name", "inspected", "published", "kind", "judgement"]
    parts = []
    for area_id in area_ids:
        rows = inspections[inspections["area_id"].isin(family(tables, area_id))]
        if rows.empty:
            nothing = [str(names[area_id]), "", "", "", NONE_LISTED]
            parts.append(pd.DataFrame([nothing], columns=columns))
        else:
            parts.append(rows.sort_values(["inspected", "area_id"])[columns])
    return pd.concat(parts, ignore_index=True)


def latest_judgements(tables: Mapping[str, pd.DataFrame], area_ids: list[str]) -> pd.Series:
    """Take the latest judgement of each area: a Series by id; areas without one are missing."""
    rows = tables["inspections"].sort_values("inspection_date")
    return rows[rows["area_id"].isin(area_ids)].groupby("area_id")["overall_effectiveness"].last()


def grades_among_neighbours(settings: list[Setting]) -> pd.DataFrame:
    """Count the latest judgements among each area's neighbours, and among all authorities.

    Returns
    -------
    DataFrame
        One row a judgement, best first, then one for neighbours without an inspection:
        ``judgement`` and one column an area (its neighbours of the chosen list), and ``all``
        (authorities that still exist).
    """
    index = [*GRADES, NONE_LISTED]
    table = pd.DataFrame(index=pd.Index(index, name="judgement"))
    for setting in settings:
        found = latest_judgements(setting.tables, setting.neighbour_ids)
        counts = found.value_counts().reindex(index, fill_value=0)
        counts[NONE_LISTED] = len(setting.neighbour_ids) - len(found)
        table[setting.area_name] = counts
    tables = settings[0].tables
    gone = {
        code
        for territory in geography.territories(tables["boundary_changes"])
        for code in territory.predecessors
    }
    everyone = [code for code in tables["inspections"]["area_id"].unique() if code not in gone]
    found = latest_judgements(tables, everyone)
    return table.assign(all=found.value_counts().reindex(index, fill_value=0)).reset_index()


def span_reading(previous_year: int, visit: str) -> Reading:
    """Compute the years from an inspection of which only the year is known to a visit.

    The value is the difference of the calendar years; its range runs from the last to the first
    day of the earlier year.

    Parameters
    ----------
    previous_year
        Year of the earlier inspection.
    visit
        First day of the visit, such as ``2018-10-17``.
    """
    day = pd.Timestamp(visit)
    return Reading(
        id="calendar-years",
        label="from the inspection's year to the visit",
        value=day.year - previous_year,
        lower=(day - pd.Timestamp(previous_year, 12, 31)).days / _DAYS_IN_YEAR,
        upper=(day - pd.Timestamp(previous_year, 1, 1)).days / _DAYS_IN_YEAR,
        unit="years",
        method="from the last and the first day of the year of the inspection",
        decimals=1,
    )


def verdicts(claims: Mapping[str, Claim], previous_year: int, visit: str) -> list[Verdict]:
    """Give the verdict on every claim of the two letters that this chapter judges."""
    comment = "this checks the span of years only; the decline is the inspectors' judgement"
    return [
        not_testable(claim)
        if claim.check == "not testable"
        else judge(claim, [span_reading(previous_year, visit)], comment=comment)
        for claim in claims.values()
        if claim.notebook == "inspections"
    ]


def untestable(claims: Mapping[str, Claim], verdicts: list[Verdict]) -> pd.DataFrame:
    """List the claims that cannot be tested: ``letter``, ``place``, ``statement``, ``why``."""
    found = [claims[verdict.claim] for verdict in verdicts if verdict.verdict == "not testable"]
    return pd.DataFrame(
        [
            {
                "letter": claim.document[-4:],
                "place": claim.locator,
                "statement": claim.paraphrase,
                "why": claim.why_not_testable,
            }
            for claim in found
        ]
    )


def listed(names: list[str]) -> str:
    """Write names in a sentence; ``none`` where there are none."""
    if not names:
        return "none"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def latest_sentence(table: pd.DataFrame) -> str:
    """Say each area's latest judgement in one sentence."""
    latest = table.groupby("area_name", sort=False).last()
    parts = []
    for name, row in latest.iterrows():
        if row["judgement"] == NONE_LISTED:
            parts.append(f"{name} has no inspection in the list")
        else:
            year = str(row["inspected"])[:4]
            parts.append(f"{name} was judged '{str(row['judgement']).lower()}' in {year}")
    return "; ".join(parts)
