"""One set of measures through time: each area against its own neighbours, side by side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from care_study.area.by_year import values_in
from care_study.area.setting import Setting
from care_study.charts import panels
from care_study.claims import Claim
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS, Indicator
from care_study.show.figure import LONGEST_ALT, figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.comparison import gap
from care_study.unavailable import Unavailable
from care_study.words import count, listed, number, year, years

NEIGHBOURS = "statistical_neighbours"
ENDS = ["lower", "upper"]
UNCLEAR = ("not distinguishable", "no interval")


@dataclass(frozen=True)
class Measure:
    """One measure of the comparison: an indicator, or 100 less an indicator (``rest``).

    ``axis`` and ``what`` say in a chart what is measured, ``note`` what to know about it.
    """

    name: str
    indicator: str
    words: str
    unit: str
    rest: bool = False
    axis: str = ""
    what: str = ""
    note: str = ""

    @property
    def defined(self) -> Indicator:
        """The definition of the indicator."""
        return INDICATORS[self.indicator]

    @property
    def places(self) -> int:
        """Decimals to show; a rate in the hundreds needs none."""
        return 0 if self.name == "referrals" else self.defined.decimals


_OF_REFERRALS, _YEARS = "% of referrals", "years ending 31 March"
MEASURES = (
    Measure(
        "referrals",
        "referral_rate",
        "Referrals",
        "per 10,000",
        axis="referrals per 10,000 children aged 0 to 17",
        what=f"Referrals per 10,000 children aged 0 to 17, {_YEARS}",
    ),
    Measure(
        "conversion",
        "nfa_percentage",
        "Referrals with further action",
        "%",
        rest=True,
        axis=_OF_REFERRALS,
        what=f"Referrals that led to further action as a share of referrals, {_YEARS}",
        note=(
            "Referrals that led to further action are all referrals less those recorded with no "
            "further action. What is recorded as a referral, and as no further action, differs "
            "between authorities and from year to year."
        ),
    ),
    Measure(
        "rereferrals",
        "rereferral_percentage",
        "Re-referrals",
        "%",
        axis=_OF_REFERRALS,
        what=(
            "Referrals within twelve months of an earlier one, as a share of referrals, " + _YEARS
        ),
    ),
    Measure(
        "caseload",
        "cases_per_worker",
        "Cases per social worker",
        "cases per FTE",
        axis="cases per full-time equivalent",
        what="Cases held per full-time-equivalent social worker who holds cases, 30 September",
    ),
    Measure(
        "timeliness",
        "assessments_in_45_days",
        "Assessments within 45 days",
        "%",
        axis="% of assessments",
        what=f"Assessments completed within 45 working days, {_YEARS}",
    ),
    Measure(
        "in_care",
        "looked_after_rate",
        "Children in care",
        "per 10,000",
        axis="children per 10,000 aged 0 to 17",
        what="Children looked after on 31 March per 10,000 aged 0 to 17",
    ),
    Measure("agency", "agency_rate", "Agency workers", "%"),
    Measure("vacancy", "vacancy_rate", "Vacancies", "%"),
    Measure("turnover", "turnover_rate", "Turnover", "%"),
)
BY_NAME = {measure.name: measure for measure in MEASURES}
SOURCES = tuple(dict.fromkeys(one for m in MEASURES for one in sources_of(m.indicator)))


@finding
class SideBySide:
    """Who is compared, with whom, and over which years."""

    sources = SOURCES
    areas: str = fact("the authorities that this run compares", sources=["authorities"])
    list: str = fact("the list of statistical neighbours used", sources=[NEIGHBOURS])
    first_year: int = fact("first year ending 31 March", unit="year")
    last_year: int = fact("last year ending 31 March", unit="year")


def side_by_side(settings: Sequence[Setting]) -> SideBySide:
    """Say who is compared, with whom, and over which years."""
    return SideBySide(
        areas=listed(names(settings)),
        list=lists(settings),
        first_year=min(setting.first_year for setting in settings),
        last_year=max(setting.last_year for setting in settings),
    )


def names(settings: Sequence[Setting]) -> list[str]:
    """Name the areas compared."""
    return [setting.area_name for setting in settings]


def lists(settings: Sequence[Setting]) -> str:
    """Name the list of neighbours, or the lists where one does not hold every area."""
    chosen = sorted({setting.chosen for setting in settings if setting.neighbours})
    return f"list of {listed(chosen)}"


def about(claims: Mapping[str, Claim], settings: Sequence[Setting]) -> dict[str, Claim]:
    """Take the claims about the areas compared: a run for others judges none."""
    return {name: claim for name, claim in claims.items() if claim.authority in names(settings)}


def computed(setting: Setting, measure: Measure) -> pd.DataFrame:
    """Compute a measure for all areas within the years: columns as `compute`."""
    frame = setting.every_year(measure.indicator)
    frame = frame[frame["year"].between(setting.first_year, setting.last_year)]
    if not measure.rest:
        return frame
    return frame.assign(
        numerator=frame["denominator"] - frame["numerator"],
        value=100 - frame["value"],
        lower=100 - frame["upper"],
        upper=100 - frame["lower"],
    )


# ---- through time


def beside_neighbours(settings: Sequence[Setting], measure: Measure) -> pd.DataFrame:
    """Set each area beside its own neighbours in every year.

    Returns
    -------
    DataFrame
        One row an area and year with any value: ``area``, ``year``, ``value``, ``lower``,
        ``upper``; of its neighbours ``mean``, ``lowest``, ``highest`` and ``n`` with a value. A
        year that the area lacks is kept, with the neighbours alone.

    Raises
    ------
    Unavailable
        If no area has a value.
    """
    rows = [row for setting in settings for row in _by_year(setting, computed(setting, measure))]
    frame = pd.DataFrame(rows)
    if frame.empty or frame["value"].isna().all():
        raise Unavailable(_no_figure(settings, measure))
    return frame


def _no_figure(settings: Sequence[Setting], measure: Measure) -> str:
    who = listed(names(settings), "or")
    return f"There is no figure of {measure.words.lower()} for {who} in the years chosen"


def _by_year(setting: Setting, frame: pd.DataFrame) -> Iterable[dict[str, Any]]:
    own = frame[frame["area_id"] == setting.area_id].set_index("year")
    for one in sorted(frame["year"].unique()):
        others = values_in(frame, setting.neighbour_ids, one)
        mine = own.loc[one] if one in own.index else pd.Series(dtype=float)
        if others.notna().any() or pd.notna(mine.get("value", np.nan)):
            yield {
                "area": setting.area_name,
                "year": int(one),
                **{end: mine.get(end, np.nan) for end in ("value", *ENDS)},
                "mean": others.mean(),
                "lowest": others.min(),
                "highest": others.max(),
                "n": int(others.notna().sum()),
            }


@section
def through_time(settings: Sequence[Setting], name: str) -> Shown:
    """Draw a measure of each area through time, against its own neighbours."""
    measure = BY_NAME[name]
    frame, latest = beside_neighbours(settings, measure), pd.DataFrame(stand(settings, measure))
    has_interval = frame[ENDS].notna().any(axis=None)
    return figure(
        panels.area_panels(frame, unit=measure.axis),
        name=name,
        title=title(latest, measure),
        subtitle=f"{measure.what}, {listed(names(settings))}",
        alt=alternative(frame, measure),
        data=frame if has_interval else frame.drop(columns=ENDS),
        unit=measure.unit,
        places=measure.places,
        sources=[*sources_of(measure.indicator), NEIGHBOURS],
        row_header="area",
        notes=[*filter(None, [measure.note]), *area_notes(settings, measure), *missing(frame)],
    )


def area_notes(settings: Sequence[Setting], measure: Measure) -> list[str]:
    """Say how areas and neighbours are put together; published percentages cannot be."""
    if measure.defined.is_published:
        return []
    return list(dict.fromkeys(note for setting in settings for note in setting.notes))


def missing(frame: pd.DataFrame) -> list[str]:
    """Name the years in which an area has no figure although its neighbours have."""
    gone = frame[frame["value"].isna()].groupby("area", sort=False)["year"]
    return [f"{area} has no figure in {years(found)}." for area, found in gone]


def alternative(frame: pd.DataFrame, measure: Measure) -> str:
    """Describe the small multiples: each area's latest value and its neighbours' mean."""
    last = frame[frame["value"].notna()].groupby("area", sort=False).tail(1)
    parts = [_beside(row, measure) for row in last.to_dict("records")]
    told = f"Small line charts, one an authority, with its neighbours' mean. {'; '.join(parts)}."
    short = f"Small line charts of {count(len(last), 'authority', 'authorities')}, each with its "
    return told if len(told) <= LONGEST_ALT else f"{short}neighbours' mean."


def _beside(row: Mapping[Any, Any], measure: Measure) -> str:
    places = measure.defined.decimals
    mean = f" against {number(row['mean'], places)}" if pd.notna(row["mean"]) else ""
    return f"{row['area']} {number(row['value'], places)}{mean} in {year(row['year'])}"


# ---- the latest year


def stand(settings: Sequence[Setting], measure: Measure) -> list[dict[str, Any]]:
    """Compare each area's latest value with its neighbours under every list and average.

    Returns
    -------
    list of dict
        One an area that has a value and neighbours with one, with the columns of `standing`.
    """
    rows = (_stand(setting, computed(setting, measure), measure) for setting in settings)
    return [row for row in rows if row]


def _stand(setting: Setting, frame: pd.DataFrame, measure: Measure) -> dict[str, Any]:
    own = frame[(frame["area_id"] == setting.area_id) & frame["value"].notna()]
    if own.empty:
        return {}
    last, value = int(own["year"].iloc[-1]), float(own["value"].iloc[-1])
    others = {
        name: values_in(frame, list(rows["area_id"]), last)
        for name, rows in setting.neighbours.items()
    }
    found = {
        (name, statistic): gap(value, values, statistic=statistic)
        for name, values in others.items()
        if values.notna().any()
        for statistic in ("mean", "median")
    }
    if (setting.chosen, "mean") not in found:
        return {}
    chosen = found[setting.chosen, "mean"]
    return {
        "measure": measure.words,
        "unit": measure.unit,
        "area": setting.area_name,
        "year": last,
        "value": value,
        "mean": float(chosen.comparator.estimate),
        "n": chosen.n,
        "gap": float(chosen.gap.estimate),
        "gap_lower": float(chosen.gap.lower),
        "gap_upper": float(chosen.gap.upper),
        "conclusion": chosen.conclusion,
        "every_choice": len({one.conclusion for one in found.values()}) == 1,
    }


def title(latest: pd.DataFrame, measure: Measure) -> str:
    """Say who lies above and below the own neighbours' mean as far as the interval tells.

    ``latest`` has rows of `stand`; years are named, by area where they differ.
    """
    if latest.empty:
        return f"{measure.words}: no neighbours with a figure to compare with"
    one_year = latest["year"].nunique() == 1
    when = f" in {year(latest['year'].iloc[0])}" if one_year else ""
    named = latest["area"] if one_year else latest["area"] + " (" + latest["year"].map(year) + ")"
    told = [
        f"{listed(list(named[latest['conclusion'] == side]))} {side}"
        for side in ("above", "below")
        if side in set(latest["conclusion"])
    ]
    rest = list(named[latest["conclusion"].isin(UNCLEAR)])
    mean = "the neighbours' mean"
    parts = [f"{', '.join(told)} {mean}"] if told else []
    if rest:
        parts.append(f"{listed(rest)} not distinguishable from {'it' if told else mean}")
    return f"{measure.words}{when}: {'; '.join(parts)}"
