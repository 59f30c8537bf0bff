"""Three authorities on one set of measures, each against its own neighbours."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from care_study.area.by_year import values_in
from care_study.area.setting import Setting
from care_study.claims import Claim
from care_study.data import geography
from care_study.indicators.compute import compute
from care_study.indicators.definitions import INDICATORS
from care_study.statistics.comparison import gap
from care_study.words import format_number

CONVERSION_NOTE = (
    "Referrals that led to further action are all referrals less those recorded with no further "
    "action. What is recorded as a referral, and as no further action, differs between authorities "
    "and from year to year."
)


@dataclass(frozen=True)
class Measure:
    """One measure of the comparison: an indicator, or 100 less an indicator."""

    name: str
    indicator: str
    family: str
    words: str
    unit: str
    rest: bool = False

    @property
    def decimals(self) -> int:
        """Decimals to show."""
        return INDICATORS[self.indicator].decimals

    @property
    def formula(self) -> str:
        """The formula in words."""
        formula = INDICATORS[self.indicator].formula
        return f"100 - {formula}" if self.rest else formula


MEASURES = (
    Measure("referrals", "referral_rate", "demand", "Referrals", "per 10,000"),
    Measure(
        "conversion", "nfa_percentage", "conversion", "Referrals with further action", "%", True
    ),
    Measure("rereferrals", "rereferral_percentage", "re-referral", "Re-referrals", "%"),
    Measure("caseload", "cases_per_worker", "caseload", "Cases per social worker", "cases per FTE"),
    Measure(
        "timeliness", "assessments_in_45_days", "timeliness", "Assessments within 45 days", "%"
    ),
    Measure("in_care", "looked_after_rate", "children in care", "Children in care", "per 10,000"),
    Measure("agency", "agency_rate", "workforce", "Agency workers", "%"),
    Measure("vacancy", "vacancy_rate", "workforce", "Vacancies", "%"),
    Measure("turnover", "turnover_rate", "workforce", "Turnover", "%"),
)
BY_NAME = {measure.name: measure for measure in MEASURES}
COLUMNS_WITHOUT_INTERVAL = {
    "area": "authority",
    "mean": "neighbours' mean",
    "lowest": "lowest neighbour",
    "highest": "highest neighbour",
    "n": "neighbours with a figure",
}
COLUMNS = {**COLUMNS_WITHOUT_INTERVAL, "lower": "lower end", "upper": "upper end"}
SHOWN_WITHOUT_INTERVAL = ("value", "mean", "lowest", "highest")
SHOWN = (*SHOWN_WITHOUT_INTERVAL, "lower", "upper")
# Statements of level that a measure, or its count, can be set beside.
STATED = {
    "nn-referrals-per-week": ("referrals_per_week", "value"),
    "nn-caseload-before": ("cases_per_worker", "value"),
    "of18-caseload": ("cases_per_worker", "value"),
    "cov-caseload-before": ("cases_per_worker", "value"),
    "cov-caseload-after": ("cases_per_worker", "value"),
    "cov-assessments-in-time": ("assessments_in_45_days", "value"),
    "cov-rereferral-project": ("rereferral_percentage", "value"),
    "cam-care-number": ("looked_after_rate", "numerator"),
}


def compute_measure(setting: Setting, measure: Measure) -> pd.DataFrame:
    """Compute a measure for all areas: columns as `care_study.indicators.compute.compute`."""
    computed = setting.indicator(measure.indicator)
    if not measure.rest:
        return computed
    return computed.assign(
        numerator=computed["denominator"] - computed["numerator"],
        value=100 - computed["value"],
        lower=100 - computed["upper"],
        upper=100 - computed["lower"],
    )


def beside_neighbours(settings: Sequence[Setting], measure: Measure) -> pd.DataFrame:
    """Set each area beside its own neighbours in every year.

    Returns
    -------
    DataFrame
        One row an area and year with any value: ``area``, ``year``, ``value``, ``lower``,
        ``upper``; of its neighbours ``mean``, ``lowest``, ``highest`` and ``n`` with a value. A
        year that the area lacks is kept, with the neighbours alone.
    """
    rows = []
    for setting in settings:
        computed = compute_measure(setting, measure)
        own = computed[computed["area_id"] == setting.area_id].set_index("year")
        for year in sorted(computed["year"].unique()):
            others = values_in(computed, setting.neighbour_ids, year)
            mine = own.loc[year] if year in own.index else pd.Series(dtype=float)
            if others.notna().any() or pd.notna(mine.get("value", np.nan)):
                rows.append(
                    {
                        "area": setting.area_name,
                        "year": int(year),
                        **{end: mine.get(end, np.nan) for end in ("value", "lower", "upper")},
                        "mean": others.mean(),
                        "lowest": others.min(),
                        "highest": others.max(),
                        "n": int(others.notna().sum()),
                    }
                )
    return pd.DataFrame(rows)


def standing(settings: Sequence[Setting], measures: Sequence[Measure] = MEASURES) -> pd.DataFrame:
    """Compare each area's latest value with its neighbours under every list and average.

    Returns
    -------
    DataFrame
        One row a measure and area: ``measure``, ``unit``, ``area``, ``year`` (latest with a
        value), ``value``, ``mean`` (of the chosen list), ``gap`` with ``gap_lower`` and
        ``gap_upper`` (t interval of the neighbours' mean), ``conclusion``, and ``every_choice``:
        whether both lists and both averages lead to the same conclusion. Areas without any value
        of a measure have no row.
    """
    rows = []
    for measure in measures:
        for setting in settings:
            computed = compute_measure(setting, measure)
            own = computed[(computed["area_id"] == setting.area_id) & computed["value"].notna()]
            if len(own):
                rows.append(_stand(setting, computed, own.iloc[-1], measure))
    return pd.DataFrame(rows)


def _stand(
    setting: Setting, computed: pd.DataFrame, own: pd.Series, measure: Measure
) -> dict[str, object]:
    year, value = int(own["year"]), float(own["value"])
    found = {
        (model, statistic): gap(
            value, values_in(computed, list(listed["area_id"]), year), statistic=statistic
        )
        for model, listed in setting.neighbours.items()
        for statistic in ("mean", "median")
    }
    chosen = found[setting.chosen, "mean"]
    conclusions = {one.conclusion for one in found.values()}
    return {
        "measure": measure.words,
        "unit": measure.unit,
        "area": setting.area_name,
        "year": year,
        "value": value,
        "mean": float(chosen.comparator.estimate),
        "gap": float(chosen.gap.estimate),
        "gap_lower": float(chosen.gap.lower),
        "gap_upper": float(chosen.gap.upper),
        "conclusion": chosen.conclusion,
        "every_choice": len(conclusions) == 1,
    }


def stated_beside_statistics(
    claims: Mapping[str, Claim], settings: Sequence[Setting]
) -> pd.DataFrame:
    """Set what the documents state beside the official figure of the same area.

    Where the document gives a year, the figure is of that year; where it gives none, the lowest
    and the highest figure of all years.

    Returns
    -------
    DataFrame
        ``area``, ``document``, ``quantity``, ``stated``, ``official``, ``years``, and
        ``neighbours`` (their mean in the same years, for rates). Only areas that a document is
        about have rows.
    """
    rows = []
    for name, (indicator, column) in STATED.items():
        claim = claims[name]
        for setting in settings:
            if setting.area_name == claim.authority:
                rows.append(_stated(claim, setting, indicator, column))
    columns = ["area", "document", "quantity", "stated", "official", "years", "neighbours"]
    return pd.DataFrame(rows, columns=columns)


def _stated(claim: Claim, setting: Setting, indicator: str, column: str) -> dict[str, object]:
    computed = setting.indicator(indicator)
    own = computed[(computed["area_id"] == setting.area_id) & computed["value"].notna()]
    named = re.search(r"\b(?:19|20)\d\d\b", claim.period)
    if named and int(named[0]) in set(own["year"]):
        own = own[own["year"] == int(named[0])]
    years = [int(year) for year in own["year"]]
    ids = setting.neighbour_ids
    means = pd.Series([values_in(computed, ids, year).mean() for year in years])
    decimals = INDICATORS[indicator].decimals
    return {
        "area": setting.area_name,
        "document": claim.document,
        "quantity": claim.quantity,
        "stated": claim.text,
        "official": range_words(own[column], 0 if column == "numerator" else decimals),
        "years": str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}",
        "neighbours": range_words(means, decimals) if column == "value" else "",
    }


def range_words(values: pd.Series, decimals: int) -> str:
    """Write the lowest and the highest of several values, or the one value that they share."""
    low, high = (
        format_number(float(end), decimals=decimals) for end in (values.min(), values.max())
    )
    return low if low == high else f"{low} to {high}"


def value_in(tables: Mapping[str, pd.DataFrame], indicator: str, area: str, year: int) -> float:
    """Take one area's value of an indicator in one year.

    Raises
    ------
    ValueError
        If the area has none that year, with the reason.
    """
    listed = geography.areas(tables["authorities"], tables["boundary_changes"])
    computed = compute(tables, indicator)
    rows = computed[computed["area_id"] == geography.find_area(listed, area)]
    rows = rows[rows["year"] == year]
    if rows.empty or rows["value"].isna().all():
        why = rows["reason"].iloc[0] if len(rows) else "there is no row for that year"
        raise ValueError(
            f"{area} has no {indicator} in {year}: {why}. Choose another year or area."
        )
    return float(rows["value"].iloc[0])


def latest_words(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Take the latest row with a value of each area."""
    known = frame[frame["value"].notna()]
    return {str(area): rows.iloc[-1] for area, rows in known.groupby("area", sort=False)}


def title(frame: pd.DataFrame, measure: Measure) -> str:
    """Say in a sentence who lies above and below the own neighbours' mean in the latest year."""
    latest = latest_words(frame)
    parts = []
    for side, sign in (("above", 1), ("below", -1)):
        names = [name for name, row in latest.items() if sign * (row["value"] - row["mean"]) > 0]
        if names:
            parts.append(f"{_and(names)} {side}")
    return f"{measure.words}: {', '.join(parts)} the neighbours' mean in the latest year"


def alt(frame: pd.DataFrame, measure: Measure) -> str:
    """Describe the small multiples: each area's latest value and its neighbours' mean."""
    parts = [
        f"{name} {range_words(pd.Series([row['value']]), measure.decimals)} against "
        f"{range_words(pd.Series([row['mean']]), measure.decimals)} in {row['year']:.0f}"
        for name, row in latest_words(frame).items()
    ]
    return f"Small line charts, one an authority, with its neighbours' mean. {'; '.join(parts)}."


def missing_note(frame: pd.DataFrame) -> list[str]:
    """Name the years in which an area has no figure although its neighbours have."""
    notes = []
    for area, rows in frame.groupby("area", sort=False):
        gone = [str(year) for year in rows.loc[rows["value"].isna(), "year"]]
        if gone:
            notes.append(f"{area} has no figure in {_and(gone)}.")
    return notes


def sentence(table: pd.DataFrame, area: str) -> str:
    """Say on which measures an area lies clearly above or below its neighbours' mean."""
    rows = table[table["area"] == area]
    parts = []
    for side in ("above", "below"):
        words = [words.lower() for words in rows.loc[rows["conclusion"] == side, "measure"]]
        if words:
            parts.append(f"{side} on {_and(words)}")
    return f"{area} lies {'; '.join(parts)}" if parts else f"{area} lies clearly on no side"


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))
