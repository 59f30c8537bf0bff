"""Indicators: numerator, denominator, unit, period and interval, for every area and year."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.data import geography
from care_study.data.schemas import NOT_HELD, SYMBOLS
from care_study.indicators.definitions import INDICATORS, WEEKS, Indicator, Term
from care_study.statistics.intervals import poisson_rate, proportion

POPULATION = "population_0_17"
COLUMNS = [
    "area_id", "area_name", "area_type", "region", "year", "indicator", "numerator", "denominator",
    "value", "lower", "upper", "reason", "splice", "source",
]  # fmt: skip

__all__ = ["COLUMNS", "INDICATORS", "Indicator", "compute", "compute_all", "series", "sources_of"]


def compute(tables: Mapping[str, pd.DataFrame], indicator: str) -> pd.DataFrame:
    """Compute one indicator for every area and year.

    Parameters
    ----------
    tables
        The figure tables (see `care_study.data.tables.Tables`).
    indicator
        An id in ``INDICATORS``.

    Returns
    -------
    DataFrame
        One row an area and year, sorted, with the columns ``COLUMNS``. ``numerator`` and
        ``denominator`` are unrounded counts (missing for a published percentage); ``value``,
        ``lower`` and ``upper`` are in the indicator's unit; ``reason`` says why a value is missing;
        ``splice`` how the row of a territory was put together; ``source`` names the numerator's
        releases, several for a territory.
    """
    definition = _definition(indicator)
    numerator = _terms(tables, definition.numerator, definition)
    frame = numerator.rename(columns={"figure": "numerator", "symbol": "numerator_symbol"})
    if definition.is_published:
        frame = frame.rename(columns={"numerator": "value"}).assign(
            numerator=np.nan, denominator=np.nan, denominator_symbol=""
        )
    else:
        frame = _with_denominator(frame, tables, definition)
        divisor = frame["denominator"].where(frame["denominator"] > 0)
        frame["value"] = frame["numerator"] / divisor * definition.per
    frame["lower"], frame["upper"] = _interval(frame, definition)
    frame["reason"] = _reason(frame)
    frame["indicator"] = indicator
    listed = geography.areas(tables["authorities"], tables["boundary_changes"])
    frame = frame.merge(
        listed[["area_name", "area_type", "region"]],
        left_on="area_id",
        right_index=True,
        how="left",
        validate="m:1",
    )
    return frame[COLUMNS].sort_values(["area_id", "year"], ignore_index=True)


def compute_all(tables: Mapping[str, pd.DataFrame], indicators: list[str]) -> pd.DataFrame:
    """Compute several indicators, one below the other (columns as `compute`)."""
    return pd.concat([compute(tables, name) for name in indicators], ignore_index=True)


def series(
    computed: pd.DataFrame,
    area_id: str,
    first_year: int | None = None,
    last_year: int | None = None,
    fewest: int = 1,
) -> pd.DataFrame:
    """Take one area's rows of a computed indicator, within the years asked for.

    Raises
    ------
    ValueError
        If a year lies outside the data, or fewer than ``fewest`` years have a value.
    """
    have = (int(computed["year"].min()), int(computed["year"].max()))
    first, last = first_year or have[0], last_year or have[1]
    if not have[0] <= first <= last <= have[1]:
        raise ValueError(
            f"Years {first} to {last} are outside the data. Expected years between {have[0]} and "
            f"{have[1]}, the first no later than the last. Change first_year or last_year."
        )
    rows = computed[(computed["area_id"] == area_id) & computed["year"].between(first, last)]
    found = int(rows["value"].notna().sum())
    if found < fewest:
        name = rows["area_name"].iloc[0] if len(rows) else area_id
        indicator = computed["indicator"].iloc[0]
        raise ValueError(
            f"{name} has {found} years of {indicator} between {first} and {last}. Expected at "
            f"least {fewest}. Choose an authority with a longer series, or a territory."
        )
    return rows.reset_index(drop=True)


def sources_of(indicator: str) -> list[str]:
    """Name the figure tables that an indicator is computed from."""
    definition = _definition(indicator)
    terms = [*definition.numerator, *definition.denominator]
    return list(dict.fromkeys(term.table for term in terms if term.table != WEEKS))


def _definition(indicator: str) -> Indicator:
    if indicator not in INDICATORS:
        raise ValueError(
            f"There is no indicator {indicator!r}. Expected one of {', '.join(INDICATORS)}."
        )
    return INDICATORS[indicator]


def _terms(
    tables: Mapping[str, pd.DataFrame], terms: tuple[Term, ...], definition: Indicator
) -> pd.DataFrame:
    """Add up the terms of a numerator or denominator: area_id, year, figure, symbol, splice."""
    first, *others = [_term(tables, term, definition) for term in terms]
    for term, other in zip(terms[1:], others, strict=True):
        both = first.merge(
            other[["area_id", "year", "figure", "symbol"]],
            on=["area_id", "year"],
            how="left",
            suffixes=("", "_other"),
            validate="1:1",
        )
        first = first.assign(
            figure=(both["figure"] + term.sign * both["figure_other"]).to_numpy(),
            symbol=both["symbol"].where(both["figure"].isna(), both["symbol_other"]).to_numpy(),
        )
    return first


def _term(tables: Mapping[str, pd.DataFrame], term: Term, definition: Indicator) -> pd.DataFrame:
    table = tables[term.table]
    symbol = f"{term.column}_symbol"
    if term.if_published:
        table = _no_class_is_zero(table, term.column)
    if term.of:
        none = table[term.of] == 0
        table = table.assign(
            **{term.column: table[term.column].mask(none), symbol: table[symbol].mask(none, "z")}
        )
    if term.table == POPULATION:
        # Mid-year t-1 is the denominator of the year ending 31 March t.
        table = table.assign(year=table["year"] + 1)
    # England's and the regions' own rows are published; only territories are put together here.
    spliced = geography.splice(
        table,
        [term.column],
        tables["boundary_changes"],
        "september" if term.table in ("workforce", "workforce_flows") else "march",
        add_up=not definition.is_published,
    )
    return spliced.rename(columns={term.column: "figure", symbol: "symbol"})


def _no_class_is_zero(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Put zero in the years in which nobody has a figure, or a suppressed one, of the column."""
    symbols = table[f"{column}_symbol"]
    spoken = table[column].notna() | (symbols == "c")
    none = ~spoken.groupby(table["year"]).transform("any")
    return table.assign(
        **{column: table[column].mask(none, 0.0), f"{column}_symbol": symbols.mask(none, "")}
    )


def _with_denominator(
    frame: pd.DataFrame, tables: Mapping[str, pd.DataFrame], definition: Indicator
) -> pd.DataFrame:
    if definition.denominator[0].table == WEEKS:
        return frame.assign(denominator=frame["year"].map(weeks_in_year), denominator_symbol="")
    denominator = _terms(tables, definition.denominator, definition)
    return frame.merge(
        denominator[["area_id", "year", "figure", "symbol"]].rename(
            columns={"figure": "denominator", "symbol": "denominator_symbol"}
        ),
        on=["area_id", "year"],
        how="left",
        validate="1:1",
    )


def weeks_in_year(year: int) -> float:
    """Count the weeks of the year ending 31 March ``year``: 365 or 366 days over seven."""
    days = (pd.Timestamp(year, 3, 31) - pd.Timestamp(year - 1, 3, 31)).days
    return days / 7


def _interval(frame: pd.DataFrame, definition: Indicator) -> tuple[np.ndarray, np.ndarray]:
    numerator, denominator = frame["numerator"].to_numpy(), frame["denominator"].to_numpy()
    usable = np.isfinite(numerator) & np.isfinite(denominator) & (denominator > 0)
    lower, upper = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    if definition.interval and usable.any():
        n, d = numerator[usable], denominator[usable]
        found = (
            proportion(n, d, method="wilson")
            if definition.interval == "Wilson"
            else poisson_rate(n, d, method="exact")
        )
        lower[usable] = np.asarray(found.lower) * definition.per
        upper[usable] = np.asarray(found.upper) * definition.per
    return lower, upper


def _reason(frame: pd.DataFrame) -> pd.Series:
    reason = pd.Series("", index=frame.index)
    missing = frame["value"].isna()
    for part in ("numerator", "denominator"):
        figure = frame["value"] if part == "numerator" and frame[part].isna().all() else frame[part]
        symbol = frame[f"{part}_symbol"].fillna("")
        words = symbol.map(SYMBOLS).fillna(symbol.where(symbol != "", NOT_HELD))
        wanting = missing & figure.isna() & (reason == "")
        reason = reason.mask(wanting, f"{part}: " + words)
    return reason.mask(missing & (reason == ""), "the denominator is zero")
