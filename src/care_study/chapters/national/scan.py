"""Every authority at once: whose change stands out, where each lies today, and what may follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from care_study.area.after_event import authorities_panel
from care_study.data import geography
from care_study.indicators.compute import compute
from care_study.indicators.definitions import INDICATORS
from care_study.statistics.forecasts import (
    Backtest,
    Choice,
    Forecast,
    backtest,
    choose_model,
    forecast,
)
from care_study.statistics.intervals import Funnel, funnel
from care_study.statistics.trends import Panel, ScanResult, estimate_all, national_scan, read_panel

METHODS = {
    "sdid": "synthetic difference-in-differences",
    "gap_did": "change of the mean gap to the neighbours",
    "level_change": "step of the authority's own series",
}
# The two models with a trend of their own never come near the best (see the methods appendix) and
# take most of the time.
COMPARED = ("random_walk", "random_walk_drift", "local_level", "ets_level", "combination")
CURVE_POINTS = 60


@dataclass(frozen=True)
class Country:
    """One indicator for every authority.

    Attributes
    ----------
    computed : DataFrame
        As `care_study.indicators.compute.compute`, within the years asked for.
    panel : Panel
        Authorities and territories with a value in every year.
    names : Series
        Name of every area, by ``area_id``.
    focus : dict
        ``area_id`` to name of the authorities of the study.
    neighbours : dict
        Every authority's neighbours.
    parts : frozenset
        Authorities that a territory covers.
    """

    computed: pd.DataFrame
    panel: Panel
    names: "pd.Series[str]"
    focus: dict[str, str]
    neighbours: dict[str, list[str]]
    parts: frozenset[str]

    @property
    def left_out(self) -> list[str]:
        """Names of authorities without a value in every year."""
        return [str(self.names[unit]) for unit in self.panel.dropped]


def open_country(
    tables: Mapping[str, pd.DataFrame],
    indicator: str,
    areas: Sequence[str],
    *,
    neighbours: str = "2021",
    first_year: int = 2013,
    last_year: int = 2025,
) -> Country:
    """Compute an indicator for all authorities and find those of the study.

    Raises
    ------
    ValueError
        For an unknown indicator or area, years without data, or an area that lacks a year.
    """
    computed = compute(tables, indicator)
    have = computed.loc[computed["value"].notna(), "year"]
    computed = computed[computed["year"].between(first_year, last_year)]
    if computed["value"].notna().sum() == 0:
        raise ValueError(
            f"Years {first_year} to {last_year} are outside the data of {indicator}. Expected "
            f"years between {have.min()} and {have.max()}. Change first_year or last_year."
        )
    listed = geography.areas(tables["authorities"], tables["boundary_changes"])
    ids = [geography.find_area(listed, area) for area in areas]
    parts = geography.counted_twice(tables["boundary_changes"])
    panel = read_panel(authorities_panel(computed, parts))
    absent = [str(listed.at[unit, "area_name"]) for unit in ids if unit not in panel.units]
    if absent:
        raise ValueError(
            f"{', '.join(absent)}: no figure of {indicator} in every year from {first_year} to "
            f"{last_year}. Expected authorities with a whole series. Name the territory that an "
            "authority is part of, or choose other years."
        )
    lists = geography.neighbour_lists(
        tables["statistical_neighbours"], tables["authorities"], neighbours
    )
    names = listed["area_name"].astype(str)
    focus = {unit: str(names[unit]) for unit in ids}
    return Country(computed, panel, names, focus, lists, parts)


def scan(
    country: Country, first_after: int, method: str, rate: float, *, standardise: bool = True
) -> ScanResult:
    """Judge every authority's change after a date, as `national_scan`."""
    return national_scan(
        country.panel,
        first_after,
        method=method,
        neighbours=country.neighbours,
        standardise=standardise,
        false_discovery_rate=rate,
    )


def ranked(found: ScanResult, country: Country) -> pd.DataFrame:
    """List every authority of a scan, the furthest out first.

    Returns
    -------
    DataFrame
        ``area, rank`` (1 is the furthest from the middle), ``change`` (unit of the indicator),
        ``z`` (robust standard deviations from the middle), ``p_value, q_value, holm, p_rank,
        flagged`` (yes or no), ``study`` (yes or no).
    """
    table = found.table.reset_index()
    order = table["z"].abs().rank(ascending=False, method="min").astype(int)
    table = table.assign(
        area=table["unit"].map(country.names),
        rank=order,
        flagged=table["flagged"].map({True: "yes", False: "no"}),
        study=table["unit"].isin(list(country.focus)).map({True: "yes", False: "no"}),
    )
    columns = ["area", "rank", "change", "z", "p_value", "q_value", "holm", "p_rank"]
    return table.sort_values("rank", kind="stable", ignore_index=True)[
        [*columns, "flagged", "study"]
    ]


def shown(table: pd.DataFrame, fewest: int = 8) -> pd.DataFrame:
    """Take from `ranked` those flagged, at least the few furthest out, and those of the study.

    Without the columns that only a specialist reads.
    """
    first = table["rank"] <= fewest
    rows = table[first | (table["flagged"] == "yes") | (table["study"] == "yes")]
    return rows.drop(columns=["z", "holm"])


def every_way(country: Country, first_after: int, rate: float) -> pd.DataFrame:
    """Scan by each method, with changes as they are and over each authority's own variation.

    Returns
    -------
    DataFrame
        ``method``, ``measured`` (how), ``flagged`` (count), ``names`` of those flagged, and the
        p-value of each authority of the study, in a column of its name.
    """
    rows = []
    for method, words in METHODS.items():
        for standardise in (True, False):
            found = scan(country, first_after, method, rate, standardise=standardise).table
            flagged = [str(country.names[unit]) for unit in found.index[found["flagged"]]]
            own = {name: found["p_value"].get(unit) for unit, name in country.focus.items()}
            rows.append(
                {
                    "method": words,
                    "measured": "against its own variation" if standardise else "as it is",
                    "flagged": len(flagged),
                    "names": "; ".join(flagged) or "none",
                    **own,
                }
            )
    return pd.DataFrame(rows)


def every_estimate(country: Country, first_after: int) -> pd.DataFrame:
    """Estimate every authority's change by each method: one row a unit, a column a method."""
    estimates = estimate_all(
        country.panel, first_after, methods=tuple(METHODS), neighbours=country.neighbours
    )
    return estimates.rename(columns=METHODS)


@dataclass(frozen=True)
class Sight:
    """How large a change the scan could see, for an authority of middling variation.

    ``alone`` is the change from the middle at which one test reaches 5%; ``among_all`` the change
    at which the smallest p-value would pass the false-discovery rate among all; both in the unit
    of the indicator.
    """

    alone: float
    among_all: float


def sight(found: ScanResult, years: int) -> Sight:
    """Find how large a change must be to be noticed by a scan.

    Parameters
    ----------
    found
        The scan.
    years
        Points of each series: the tail is that of t with four degrees of freedom fewer.
    """
    table = found.table
    known = table["score"].abs() > 1e-9
    scale = float((table.loc[known, "change"] / table.loc[known, "score"]).median())
    sizes = [0.05, found.false_discovery_rate / len(table)]
    z = stats.t.isf(np.array(sizes) / 2, max(1, years - 4))
    alone, among_all = (float(value * found.spread * scale) for value in z)
    return Sight(alone, among_all)


@dataclass(frozen=True)
class FunnelFrames:
    """A funnel of one year in the shapes that the chart takes.

    Attributes
    ----------
    points : DataFrame
        ``area, children`` (or other denominator), ``value, outside`` (highest limit that the value
        lies beyond, in words).
    limits : DataFrame
        ``size, centre, lower_95, upper_95, lower_998, upper_998``.
    result : Funnel
    year : int
    beyond : int
        Areas beyond the 99.8% limits.
    """

    points: pd.DataFrame
    limits: pd.DataFrame
    result: Funnel
    year: int
    beyond: int


def funnel_of(country: Country, indicator: str, overdispersion: str) -> FunnelFrames:
    """Compute a funnel over all authorities in the latest year.

    A territory counts as one, and its parts not again.

    Raises
    ------
    ValueError
        If the indicator is published without the counts that a funnel needs.
    """
    definition = INDICATORS[indicator]
    if definition.is_published or not definition.interval:
        raise ValueError(
            f"{definition.title} has no counts behind it. Expected an indicator that is a rate or "
            "a share of counts, such as looked_after_rate. Choose another."
        )
    computed = country.computed
    local = computed["area_type"].isin(["local authority", geography.COMBINED])
    parts = computed["area_id"].isin(country.parts)
    rows = computed[local & ~parts & computed["value"].notna()]
    year = int(rows["year"].max())
    rows = rows[rows["year"] == year].reset_index(drop=True)
    kind = "proportion" if definition.interval == "Wilson" else "rate"
    result = funnel(
        rows["numerator"], rows["denominator"], kind=kind, overdispersion=overdispersion
    )
    words = {0.0: "within both limits", 0.95: "beyond the 95% limit", 0.998: "beyond both limits"}
    points = pd.DataFrame(
        {
            "area": rows["area_name"],
            "size": rows["denominator"],
            "value": rows["value"],
            "outside": result.points["outside"].map(words),
        }
    )
    sizes = np.geomspace(points["size"].min(), points["size"].max(), CURVE_POINTS)
    curve = result.curve(sizes).rename(columns={"denominator": "size"})
    limits = pd.DataFrame({"size": curve["size"], "centre": result.target * definition.per})
    for side in ("lower", "upper"):
        limits[f"{side}_95"] = curve[f"{side}_95"] * definition.per
        limits[f"{side}_998"] = curve[f"{side}_99_8"] * definition.per
    beyond = int((result.points["outside"] == 0.998).sum())
    return FunnelFrames(points.sort_values("value"), limits, result, year, beyond)


@dataclass(frozen=True)
class Outlook:
    """Forecasts of the study's authorities by the model that the back-test supports.

    Attributes
    ----------
    tested : Backtest
    choice : Choice
    forecasts : dict
        ``area_id`` to Forecast.
    """

    tested: Backtest
    choice: Choice
    forecasts: dict[str, Forecast]

    @property
    def by_step(self) -> pd.DataFrame:
        """How the chosen model did, by years ahead (columns of `Backtest.summary`)."""
        summary = self.tested.summary
        return summary[summary["model"] == self.choice.model].reset_index(drop=True)


def positive(panel: Panel) -> pd.DataFrame:
    """Take the series that are above zero throughout, as forecasts on logarithms need them.

    Returns
    -------
    DataFrame
        Index ``unit``, one column a year.
    """
    wide = pd.DataFrame(panel.values, index=list(panel.units), columns=panel.years.astype(int))
    return wide[(wide > 0).all(axis=1)].rename_axis("unit")


def outlook(country: Country, horizon: int, models: Sequence[str] = COMPARED) -> Outlook:
    """Choose a model by back-test over all authorities and forecast those of the study.

    Raises
    ------
    ForecastError
        If the series are too short for a back-test.
    """
    panel = country.panel
    tested = backtest(positive(panel), models=models, horizon=horizon)
    choice = choose_model(tested)
    last = int(panel.years[-1])
    made = {
        unit: forecast(
            panel.values[panel.row(unit)], model=choice.model, horizon=horizon, last_year=last
        )
        for unit in country.focus
    }
    return Outlook(tested, choice, made)


def forecast_table(found: Outlook, country: Country) -> pd.DataFrame:
    """List all forecasts: ``area, year, forecast, lower_80, upper_80, lower_95, upper_95``."""
    rows = [
        made.table.drop(columns="step").assign(area=country.focus[unit])
        for unit, made in found.forecasts.items()
    ]
    table = pd.concat(rows, ignore_index=True)
    columns = ["area", "year", "forecast", "lower_80", "upper_80", "lower_95", "upper_95"]
    return table[columns]


def fan(found: Outlook, unit: str, level: int = 95) -> pd.DataFrame:
    """Take one authority's forecast for a chart: ``year, value, lower, upper``."""
    names = {"forecast": "value", f"lower_{level}": "lower", f"upper_{level}": "upper"}
    return found.forecasts[unit].table.rename(columns=names)[["year", "value", "lower", "upper"]]


def history(country: Country, unit: str, england_id: str) -> pd.DataFrame:
    """Take an authority's series with England's: ``area, year, value, lower, upper``."""
    rows = country.computed[country.computed["area_id"].isin([unit, england_id])]
    rows = rows[rows["value"].notna()]
    return rows.rename(columns={"area_name": "area"})[["area", "year", "value", "lower", "upper"]]


def with_forecast(country: Country, unit: str, found: Outlook, england_id: str) -> pd.DataFrame:
    """Put an authority's series, England's and the forecast together: ``kind`` tells them apart."""
    made = fan(found, unit).assign(area=country.focus[unit], kind="forecast")
    known = history(country, unit, england_id).assign(kind="published")
    table = pd.concat([known, made], ignore_index=True)
    return table.sort_values(["area", "year"], ignore_index=True)[
        ["year", "area", "kind", "value", "lower", "upper"]
    ]
