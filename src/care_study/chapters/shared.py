"""What several chapters say in the same way: who is compared, a series, a list of verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from care_study.area.by_year import by_year, long_series
from care_study.area.setting import ENGLAND, Setting, titled
from care_study.charts import series
from care_study.claims import NOTHING, Claim, Verdict
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.intervals import Interval
from care_study.unavailable import Unavailable
from care_study.words import number
from care_study.words import year as year_words

COVID = (2020.5, "Covid-19")
NEIGHBOURS = "statistical_neighbours"


@finding
class Compared:
    """Who a chapter is about, and who it is compared with."""

    sources = ("authorities", NEIGHBOURS)
    area: str = fact("the authority that this run is about", sources=["authorities"])
    list: str = fact("the list of statistical neighbours chosen")
    statistic: str = fact("the comparator chosen: mean or median of the neighbours")
    first_year: int = fact("first year of the figures", unit="year")
    last_year: int = fact("last year of the figures", unit="year")


def compared(setting: Setting) -> Compared:
    """Say who a chapter is about, and who it is compared with."""
    return Compared(
        area=setting.area_name,
        list=f"list of {setting.chosen}",
        statistic=setting.statistic,
        first_year=setting.first_year,
        last_year=setting.last_year,
    )


def event_mark(first_after: int, name: str) -> tuple[float, str]:
    """Mark an event in a chart of years: between the last year before and the first after."""
    return first_after - 0.5, name


@finding
class Document:
    """Whom a document speaks of, and how much of it is in the register."""

    sources = ("claims",)
    authority: str = fact("the authority that the document speaks of")
    claims: int = fact("claims of the document in the register")


def document(claims: Mapping[str, Claim], notebook: str) -> Document:
    """Say whom the document of a notebook speaks of, and how many of its claims are judged."""
    mine = [claim for claim in claims.values() if claim.notebook == notebook]
    return Document(authority=mine[0].authority, claims=len(mine))


@dataclass(frozen=True)
class Range:
    """A number with the ends that rounding, or what is not known, leave open.

    It is no interval of chance, so it has no level.
    """

    estimate: float
    lower: float
    upper: float
    method: str


def series_alt(own: pd.DataFrame, area_name: str, what: str, unit: str) -> str:
    """Describe a line chart of the area among its neighbours; the unit follows the first value."""
    known = own.dropna(subset=["value"])
    first, last, values = known.iloc[0], known.iloc[-1], known["value"]
    return (
        f"Line chart of {what} in {area_name}: {number(first['value'])}{unit} in "
        f"{year_words(first['year'])}, {number(last['value'])} in {year_words(last['year'])}, "
        f"lowest {number(values.min())}, highest {number(values.max())}, among its neighbours, "
        "shown as a band."
    )


def in_year(frame: pd.DataFrame, year: int) -> pd.Series:
    """Take the row of one year of a single area.

    Raises
    ------
    Unavailable
        If the year has no row or no value, with the reason that the figures give.
    """
    rows = frame[frame["year"] == year]
    if rows.empty or pd.isna(rows["value"].iloc[0]):
        area, what = _first(frame, "area_name", "This area"), titled(_first(frame, "indicator", ""))
        why = _first(rows, "reason", "") or "there is no row for that year"
        raise Unavailable(f"{area} has no figure for {what} in {year}: {why}")
    return rows.iloc[0]


def row_of(computed: pd.DataFrame, area: str, year: int) -> pd.Series:
    """Take the row of one year of an area, by name (see `in_year`); one without rows is named."""
    rows = computed[computed["area_name"] == area]
    if rows.empty:
        raise Unavailable(f"{area} has no figure for {titled(computed['indicator'].iloc[0])}")
    return in_year(rows, year)


def _first(frame: pd.DataFrame, column: str, otherwise: str) -> str:
    return str(frame[column].iloc[0]) if column in frame and len(frame) else otherwise


def against_neighbours(setting: Setting, indicator: str) -> pd.DataFrame:
    """Set the area against its neighbours in every year (see `by_year`), named as `in_year` needs.

    Raises
    ------
    Unavailable
        If there is no year in which the area and one of its neighbours have a value.
    """
    found = by_year(setting.indicator(indicator), setting.area_id, setting.neighbour_ids)
    if found.empty:
        raise Unavailable(
            f"There is no year in which {setting.area_name} and one of its neighbours have a "
            f"figure for {titled(indicator)}"
        )
    return found.assign(area_name=setting.area_name, indicator=indicator)


def published(row: pd.Series) -> Interval:
    """Take the value of a computed row with its interval and the method of its indicator."""
    method = INDICATORS[row["indicator"]].interval
    return Interval(row["value"], row["lower"], row["upper"], 0.95, method)


def with_ends(name: str, found: Interval) -> dict[str, float]:
    """Put an interval into columns of a row: its estimate and, by ``_lower`` and ``_upper``, ends.

    Without a name the columns are ``estimate``, ``lower`` and ``upper``.
    """
    ends = (("", found.estimate), ("_lower", found.lower), ("_upper", found.upper))
    return {f"{name}{end}" if name else end[1:] or "estimate": float(value) for end, value in ends}


def marks(indicator: str, event: tuple[float, str]) -> list[tuple[float, str]]:
    """List what to mark on a chart through time: definition changes, an event, the pandemic."""
    changes = INDICATORS[indicator].breaks.items()
    return sorted([*((year - 0.5, words) for year, words in changes), event, COVID])


@section
def series_against_neighbours(
    setting: Setting,
    indicator: str,
    *,
    name: str,
    title: str,
    alt: str,
    axis: str,
    breaks: Sequence[tuple[float, str]] = (),
    references: Sequence[str] = (),
    levels: Mapping[str, float] | None = None,
    zero: bool = True,
) -> Shown:
    """Draw an indicator of the area through time, among its neighbours and England.

    ``references`` are by default the neighbours' mean and median, and England;
    ``levels`` are numbers that a document states, drawn across all years under their names.

    Raises
    ------
    Unavailable
        If the area has no value.
    """
    definition, levels = INDICATORS[indicator], levels or {}
    lines = long_series(
        setting.indicator(indicator),
        setting.area_id,
        setting.neighbour_ids,
        setting.region_id,
        ENGLAND,
    )
    if "area" not in set(lines["role"]):
        raise Unavailable(f"{setting.area_name} has no figure for {definition.title.lower()}")
    lines = _with_levels(lines, levels)
    chosen = setting.statistic
    both = (f"neighbours' {chosen}", f"neighbours' {'median' if chosen == 'mean' else 'mean'}")
    references = [*(references or (*both[: 1 if levels else 2], "England")), *levels]
    drawn = lines["role"].isin(["area", "neighbour"]) | lines["area_name"].isin(references)
    ends = ("lower", "upper") if definition.interval else (None, None)
    years = lines["year"]
    chart = series.focus_series(
        lines[drawn],
        area="area_name",
        value="value",
        focus=setting.area_name,
        lower=ends[0],
        upper=ends[1],
        references=[one for one in references if one in set(lines["area_name"])],
        others_label="lowest to highest neighbour",
        unit=axis,
        breaks=[one for one in breaks if years.min() < one[0] < years.max()],
        zero=zero,
    )
    return figure(
        chart,
        name=name,
        title=title,
        subtitle=(
            f"{definition.title}, {definition.period}, {definition.unit}: {setting.area_name}, its "
            f"statistical neighbours (list of {setting.chosen}) and England"
            f"{', with what the document states' if levels else ''}"
            f"{'' if zero else '; the axis does not start at zero'}"
        ),
        alt=alt,
        data=lines if definition.interval else lines.drop(columns=["lower", "upper"]),
        unit=definition.unit,
        places=definition.decimals,
        sources=[*sources_of(indicator), NEIGHBOURS, *(["claims"] if levels else [])],
        notes=[
            *setting.notes,
            *([f"Interval of {setting.area_name}: {definition.interval}, 95%."] * bool(ends[0])),
            *filter(None, [definition.note]),
        ],
        row_header="area_name",
    )


def _with_levels(lines: pd.DataFrame, levels: Mapping[str, float]) -> pd.DataFrame:
    years = sorted(lines.loc[lines["role"] == "area", "year"])
    flat = [
        {"year": year, "area_name": name, "role": "document", "value": value}
        for name, value in levels.items()
        for year in years
    ]
    return pd.concat([lines, pd.DataFrame(flat, columns=lines.columns)]) if flat else lines


def verdict_table(
    verdicts: Sequence[Verdict],
    claims: Mapping[str, Claim],
    caption: str,
    *,
    untestable: bool = False,
) -> Shown:
    """List the verdicts on claims, by default those that could be tested; no sentences in cells."""
    rows = [
        (
            claims[one.claim].statement,
            one.outcome,
            one.held_against,
            one.severity * 100 if one.severity is not None else float("nan"),
        )
        for one in verdicts
        if untestable or one.held_against != NOTHING
    ]
    return table(
        pd.DataFrame(rows, columns=["claim", "outcome", "held_against", "percent"]),
        name="verdicts",
        caption=caption,
        row_header="claim",
        sources=["claims"],
        notes=[
            "The share of other authorities says how much a verdict says: the higher, the less. "
            "The audit gives the evidence of each."
        ],
    )
