"""Forecasts fixed before the outcome, and their scores once it is there."""

from collections.abc import Mapping

import pandas as pd

from care_study import paths
from care_study.area.ahead import panels
from care_study.data import forecasts
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.forecasts import fingerprint, score_forecasts
from care_study.unavailable import Unavailable
from care_study.words import count


@finding
class Fixed:
    """What was forecast for the next release, and what came of it."""

    sources: list[str]
    table: pd.DataFrame
    scored: pd.DataFrame | None
    year: int = fact("year that is forecast", unit="year")
    fixed_on: str = fact("day on which the forecasts were fixed")
    in_all: int = fact("forecasts: indicators x authorities", decimals=0)
    fingerprint: str = fact("SHA-256 of the forecasts")
    outcome: str = fact("whether the outcome is known, and how often the intervals held it")


@section
def fixed(tables: Mapping[str, pd.DataFrame]) -> Fixed:
    """Read the newest forecasts that were fixed, and score them if their outcome is there.

    Raises
    ------
    Unavailable
        If no forecasts were fixed.
    """
    folder = paths.DATA / forecasts.FOLDER
    known = forecasts.fingerprints(folder)
    if not known:
        raise Unavailable("No forecasts were fixed for this study")
    year = max(map(int, known))
    about, rows = known[str(year)], forecasts.read(folder, year)
    scored = None
    if int(tables["children_looked_after"]["year"].max()) >= year:
        scored = score_forecasts(rows, panels(tables), expected=str(about["sha256"])).summary
    elif fingerprint(rows) != about["sha256"]:
        raise ValueError(f"The forecasts for {year} were changed since they were fixed")
    names = rows["indicator"].unique()
    return Fixed(
        sources=list(dict.fromkeys(source for name in names for source in sources_of(str(name)))),
        table=listed(rows),
        scored=scored,
        year=year,
        fixed_on=str(about["fixed_on"]),
        in_all=len(rows),
        fingerprint=str(about["sha256"]),
        outcome=outcome(scored),
    )


def listed(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the forecasts by indicator, with the median width of their 95% intervals.

    Returns
    -------
    DataFrame
        ``indicator`` (its title), ``unit``, ``authorities_forecast``,
        ``median_width``.
    """
    width = rows["upper_95"] - rows["lower_95"]
    found = [
        (INDICATORS[str(name)].title, INDICATORS[str(name)].unit, len(part), part.median())
        for name, part in width.groupby(rows["indicator"], sort=False)
    ]
    return pd.DataFrame(
        found, columns=["indicator", "unit", "authorities_forecast", "median_width"]
    )


def outcome(scored: pd.DataFrame | None) -> str:
    """Say whether the outcome is known, and for how many indicators the intervals held."""
    if scored is None:
        return "The outcome is not known yet"
    held = int((scored["verdict"] == "covers as stated").sum())
    return (
        f"The outcome is known: for {held} of {count(len(scored), 'indicator')} the 95% intervals "
        "covered as stated"
    )


@section
def fixed_table(found: Fixed) -> Shown:
    """List what was forecast, or how it did once the outcome is there."""
    if found.scored is None:
        return table(
            found.table,
            name="fixed_forecasts",
            caption=f"Forecasts for {found.year}, fixed on {found.fixed_on}",
            decimals={"median_width": 1},
            sources=found.sources,
        )
    columns = ["indicator", "forecasts", "coverage_80", "coverage_95", "mase", "naive_mase", "crps"]
    names = found.scored["indicator"].map(lambda name: INDICATORS[str(name)].title)
    return table(
        found.scored.assign(indicator=names)[columns],
        name="fixed_forecasts",
        caption=f"Forecasts for {found.year}, fixed on {found.fixed_on}, against the outcome",
        sources=found.sources,
    )
