"""Does a test cry wolf: how often each finds a break where there is none."""

from collections.abc import Mapping

import pandas as pd

from care_study.chapters.methods.series import Series
from care_study.chapters.methods.simulation import (
    AUTOREGRESSIVE,
    DRAWN,
    LARGEST_AUTOCORRELATION,
    LEAST_SQUARES,
    LEVEL,
    NORMAL,
    PLACEBO_VOLATILE,
    SIMULATED,
    STEP,
    TREND,
    autocorrelation_behind,
    residual_autocorrelation,
    size_simulation,
)
from care_study.charts import curves
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import count, format_number, number, share

AUTOCORRELATIONS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.9)
NONE, MIDDLE, MOST = AUTOCORRELATIONS[0], AUTOCORRELATIONS[-2], AUTOCORRELATIONS[-1]
FEWEST_POINTS = 6  # one more than the autoregressive fit has unknowns
SOURCES = ("simulation",)
NOTES = (
    "Fixed-b critical values: Kiefer and Vogelsang 2005; those for this design are simulated with "
    "independent errors at this length.",
    "Placebo ranks are right by construction where the authority is like the others, whatever the "
    "autocorrelation; the last row of each kind shows what happens where it is not.",
)
DRAW = "share of simulated series without a change in which the test at 5% rejects"


@finding
class Rejected:
    """How often each test finds a step that is not there, at one autocorrelation."""

    sources = SOURCES
    normal: float = fact(DRAW, unit="share", decimals=0)
    squares: float = fact(DRAW, unit="share", decimals=0)
    design: float = fact(DRAW, unit="share", decimals=0)
    glsar: float = fact(DRAW, unit="share", decimals=0)
    volatile: float = fact(DRAW, unit="share", decimals=0)


def _of_series(found: "FalseAlarms") -> list[str]:
    return found.tried.sources


@finding
class FalseAlarms:
    """How often each test finds a change that is not there, by autocorrelation."""

    sources = SOURCES
    tried: Series
    simulated: pd.DataFrame
    at: Mapping[str, Rejected]
    points: int = fact("years of the series", decimals=0, sources=_of_series)
    before: int = fact("years of the series before the event", decimals=0, sources=_of_series)
    draws: int = fact("simulated series for each autocorrelation", decimals=0)
    design_most: float = fact(DRAW, unit="share", decimals=0)
    trend_most: float = fact(DRAW, unit="share", decimals=0)
    own_autocorrelation: float = fact(
        "median over authorities of the lag-one autocorrelation of residuals of a segmented "
        "regression",
        decimals=2,
        sources=_of_series,
    )
    behind: str = fact(
        "true autocorrelation at which simulated residuals have the observed median",
        sources=_of_series,
    )
    middle: float = fact("an autocorrelation of the simulation", decimals=1)
    most: float = fact("highest autocorrelation of the simulation", decimals=1)


@section
def false_alarms(tried: Series, first_after: int, draws: int) -> FalseAlarms:
    """Try every test on series without a change, as long as the real ones.

    Raises
    ------
    Unavailable
        If the series are too short for the tests.
    """
    panel, points = tried.country.panel, tried.points
    if points < FEWEST_POINTS:
        raise Unavailable(
            f"The tests cannot be tried on series of {count(points, 'year')}; they need at least "
            f"{FEWEST_POINTS}"
        )
    before = panel.columns_before(first_after)
    shape = {"points": points, "first_after": before + 1}
    simulated = size_simulation(AUTOCORRELATIONS, draws=draws, **shape)
    own = residual_autocorrelation(panel, first_after)
    return FalseAlarms(
        tried=tried,
        simulated=simulated,
        at={"none": _rejected(simulated, NONE), "middle": _rejected(simulated, MIDDLE)},
        points=points,
        before=before,
        draws=draws,
        design_most=rejected(simulated, STEP, SIMULATED, MOST),
        trend_most=rejected(simulated, TREND, SIMULATED, MOST),
        own_autocorrelation=own,
        behind=behind(autocorrelation_behind(own, **shape)),
        middle=MIDDLE,
        most=MOST,
    )


def _rejected(simulated: pd.DataFrame, autocorrelation: float) -> Rejected:
    names = {
        "normal": NORMAL,
        "squares": LEAST_SQUARES,
        "design": SIMULATED,
        "glsar": AUTOREGRESSIVE,
        "volatile": PLACEBO_VOLATILE,
    }
    found = {
        name: rejected(simulated, STEP, error, autocorrelation) for name, error in names.items()
    }
    return Rejected(**found)


def behind(autocorrelation: float) -> str:
    """Write the autocorrelation behind that of residuals, which is looked for up to a bound."""
    found = number(autocorrelation)
    beyond = autocorrelation >= LARGEST_AUTOCORRELATION - 1e-9
    return f"{found} or more" if beyond else f"about {found}"


def rejected(simulated: pd.DataFrame, term: str, error: str, autocorrelation: float) -> float:
    """Look up one rejection rate of the size simulation."""
    rows = simulated[(simulated["term"] == term) & (simulated["error"] == error)]
    at = rows.loc[(rows["autocorrelation"] - autocorrelation).abs() < 1e-9, "rejected"]
    return float(at.iloc[0])


@section
def false_alarms_chart(found: FalseAlarms) -> Shown:
    """Draw how often a step is found that is not there, by autocorrelation."""
    steps = found.simulated[found.simulated["term"] == STEP]
    chart = curves.curves(
        steps[steps["error"].isin(DRAWN)],
        x="autocorrelation",
        y="rejected",
        series="error",
        x_unit="autocorrelation of the yearly series",
        unit="share of series in which a step is found",
        reference=1 - LEVEL,
        reference_label="nominal",
        percent=True,
    )
    return figure(
        chart,
        name="size",
        title=size_title(found.simulated, STEP),
        subtitle=(
            f"Share of {count(found.draws)} simulated series of {count(found.points, 'point')} "
            "without any change in which a test at 5% finds a step"
        ),
        alt=size_alt(found.simulated, STEP),
        data=steps,
        unit="share",
        places=1,
        sources=SOURCES,
        row_header="error",
    )


@section
def false_alarms_table(found: FalseAlarms) -> Shown:
    """List how often each test finds a change that is not there."""
    return table(
        size_wide(found.simulated),
        name="size_table",
        row_header="error",
        caption="False alarms of each test at the nominal five per cent, by autocorrelation",
        sources=SOURCES,
        notes=NOTES,
    )


def size_wide(simulated: pd.DataFrame) -> pd.DataFrame:
    """Set the rejection rates out with one column an autocorrelation.

    Returns
    -------
    DataFrame
        ``term, error`` and a column such as ``at 0.4`` for each autocorrelation.
    """
    wide = simulated.pivot(index=["term", "error"], columns="autocorrelation", values="rejected")
    order = list(dict.fromkeys(zip(simulated["term"], simulated["error"], strict=True)))
    wide = wide.loc[order]
    wide.columns = [f"at {rho:g}" for rho in wide.columns]
    return wide.reset_index()


def size_title(simulated: pd.DataFrame, term: str) -> str:
    """Say between which rates the usual error finds a change that is not there."""
    ends = [simulated["autocorrelation"].min(), simulated["autocorrelation"].max()]
    low, high = (share(rejected(simulated, term, NORMAL, rho)) for rho in ends)
    return (
        f"Newey-West errors with a normal quantile see a {term} that is not there in {low} to "
        f"{high} of series"
    )


def size_alt(simulated: pd.DataFrame, term: str) -> str:
    """Describe the chart of rejection rates."""
    ends = [simulated["autocorrelation"].min(), simulated["autocorrelation"].max()]
    parts = []
    for error in (LEAST_SQUARES, NORMAL, SIMULATED):
        low, high = (share(rejected(simulated, term, error, rho)) for rho in ends)
        parts.append(f"{error}: {low} to {high}")
    return (
        f"Line chart of false alarms by autocorrelation, from {format_number(ends[0])} to "
        f"{format_number(ends[1])}, against the nominal 5%. {'; '.join(parts)}."
    )
