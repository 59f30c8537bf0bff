"""What could have been seen: the power of the tests, for one series and among all authorities."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from care_study.chapters.methods.false_alarms import FEWEST_POINTS
from care_study.chapters.methods.series import Series
from care_study.chapters.methods.simulation import LEVEL
from care_study.chapters.national.scan import every_estimate
from care_study.charts import curves
from care_study.indicators.definitions import Indicator
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.trends import Panel, segmented_design
from care_study.statistics.trends.checks import Floats
from care_study.statistics.trends.placebo import residual_scale
from care_study.unavailable import Unavailable
from care_study.words import count, month, number, share

WANTED = 0.8
STEPS = np.linspace(0, 8, 81).tolist()  # in standard deviations of the yearly scatter
SHIFTS = np.linspace(0, 16, 65)


def _unit(found: "Power") -> str:
    return found.tried.indicator.unit


def _of_series(found: "Power") -> list[str]:
    return found.tried.sources


def _of_all(found: "Power") -> list[str]:
    return [*found.tried.sources, "statistical_neighbours"]


@finding
class Power:
    """What size of change would have been noticed."""

    sources = ("simulation",)
    tried: Series
    by_shift: pd.DataFrame
    needed: float = fact(
        "step, in standard deviations of the yearly scatter, found with a power of 80% by "
        "segmented least squares with independent errors",
        decimals=1,
    )
    scatter: float = fact(
        "median over authorities of the residual standard deviation of a segmented regression",
        unit=_unit,
        decimals=1,
        sources=_of_series,
    )
    needed_rate: float = fact(
        "step needed x typical scatter", unit=_unit, decimals=1, sources=_of_series
    )
    seen: str = fact("size with a power of 80%, by method", sources=_of_all)
    seen_share: float | None = fact(
        "smallest of these sizes / median rate of all authorities in the year before the event",
        unit="share",
        decimals=0,
        sources=_of_all,
        text=lambda found: "" if found.seen_share is not None else "not known",
    )


@section
def power(tried: Series, first_after: int) -> Power:
    """Find what size of change would have been noticed, in one series and among all.

    Raises
    ------
    Unavailable
        If the series are too short for the tests.
    """
    panel = tried.country.panel
    if tried.points < FEWEST_POINTS:
        raise Unavailable(f"Nothing can be seen in series of {count(tried.points, 'year')}")
    before = panel.columns_before(first_after)
    scatter = residual_deviation(panel, first_after)
    by_shift = placebo_power(
        every_estimate(tried.country, first_after), (SHIFTS * scatter).tolist()
    )
    seen = by_method(by_shift)
    least, middle = smallest(seen), float(np.median(panel.values[:, before - 1]))
    single = step_power(STEPS, points=tried.points, first_after=before + 1)
    needed = detectable(single, "step")
    return Power(
        tried=tried,
        by_shift=by_shift,
        needed=needed,
        scatter=scatter,
        needed_rate=needed * scatter,
        seen=seen_sentence(seen, tried.indicator),
        seen_share=least / middle if math.isfinite(least) else None,
    )


@section
def power_chart(found: Power, event: str) -> Shown:
    """Draw the chance that a change is noticed, by its size."""
    definition = found.tried.indicator
    chart = curves.curves(
        found.by_shift,
        x="shift",
        y="power",
        series="method",
        x_unit=f"size of the change, {definition.unit}",
        unit="chance that it is noticed",
        reference=WANTED,
        reference_label="four times in five",
        percent=True,
    )
    return figure(
        chart,
        name="power",
        title=power_title(by_method(found.by_shift), definition.unit),
        subtitle=(
            f"{definition.title}: a lasting change of each size added after {month(event)} to "
            "every authority in turn, noticed where its rank among all is in the outer twentieth"
        ),
        alt=power_alt(found.by_shift),
        data=found.by_shift,
        unit=definition.unit,
        places=definition.decimals,
        sources=_of_all(found),
        row_header="method",
    )


def step_power(
    steps: Sequence[float], *, points: int = 13, first_after: int = 7, level: float = LEVEL
) -> pd.DataFrame:
    """Compute the power to find a step in one series, by segmented least squares.

    Independent errors, a trend on both sides: the best case. Exact, by the noncentral t
    distribution.

    Parameters
    ----------
    steps
        In standard deviations of the yearly scatter about the lines.

    Returns
    -------
    DataFrame
        ``step, power``.
    """
    design = segmented_design(np.arange(1, points + 1), first_after, "level_and_slope")
    error = float(np.sqrt((np.linalg.pinv(design)[2] ** 2).sum()))
    df = points - design.shape[1]
    critical = stats.t.ppf(0.5 + level / 2, df)
    shift = np.asarray(steps, dtype=float) / error
    power = stats.nct.sf(critical, df, shift) + stats.nct.cdf(-critical, df, shift)
    return pd.DataFrame({"step": np.asarray(steps, dtype=float), "power": power})


def placebo_power(
    estimates: pd.DataFrame, shifts: Sequence[float], level: float = LEVEL
) -> pd.DataFrame:
    """Find how often a change of given size, added to any one authority, would be noticed.

    Each authority in turn is given the change on top of what it did; its estimate is ranked among
    those of all others, and noticed where the rank p-value is at or below 5%.

    Parameters
    ----------
    estimates
        One row an authority, one column a method: estimates of a constant change after the event
        (see `care_study.statistics.trends.estimate_all`). Missing values are left out.
    shifts
        Sizes, in the unit of the estimates.

    Returns
    -------
    DataFrame
        ``method, shift, power``: mean over rises and falls.
    """
    rows = []
    for method in estimates:
        values = estimates[method].dropna().to_numpy(float)
        sizes = np.abs(values)
        for shift in shifts:
            noticed = [
                _rank_p(np.abs(values + sign * shift), sizes) <= 1 - level + 1e-12
                for sign in (-1, 1)
            ]
            rows.append({"method": method, "shift": shift, "power": float(np.mean(noticed))})
    return pd.DataFrame(rows)


def _rank_p(moved: Floats, sizes: Floats) -> Floats:
    """Rank p-value of each moved estimate among the sizes of all others."""
    larger = (sizes[None, :] >= moved[:, None] - 1e-12).sum(axis=1)
    own = sizes >= moved - 1e-12
    p: Floats = (1 + larger - own) / len(sizes)
    return p


def detectable(power: pd.DataFrame, size: str, wanted: float = WANTED) -> float:
    """Find the smallest size with the wanted power, between the computed ones; missing if none."""
    table = power.sort_values(size)
    enough = table["power"].to_numpy() >= wanted
    if not enough.any():
        return float("nan")
    place = int(enough.argmax())
    if place == 0:
        return float(table[size].iloc[0])
    low, high = table.iloc[place - 1], table.iloc[place]
    part = (wanted - low["power"]) / (high["power"] - low["power"])
    return float(low[size] + part * (high[size] - low[size]))


def residual_deviation(panel: Panel, first_after: float) -> float:
    """Find the typical yearly scatter about a segmented regression: median over authorities."""
    return float(residual_scale(panel, first_after).median())


def by_method(power: pd.DataFrame) -> dict[str, float]:
    """Find for each method the size of change that is noticed four times in five."""
    return {
        str(method): detectable(rows, "shift")
        for method, rows in power.groupby("method", sort=False)
    }


def smallest(found: dict[str, float]) -> float:
    """Find the smallest of the sizes that are known."""
    known = [value for value in found.values() if math.isfinite(value)]
    return min(known) if known else float("nan")


def seen_sentence(found: dict[str, float], definition: Indicator) -> str:
    """Say for each method what size of change is noticed four times in five."""
    parts = [
        f"{number(size, definition.decimals)} by the {method}"
        if math.isfinite(size)
        else f"more than was tried by the {method}"
        for method, size in found.items()
    ]
    return f"to be noticed four times in five a change must be {', '.join(parts)}"


def power_title(found: dict[str, float], unit: str) -> str:
    """Say what size of change would probably be noticed."""
    known = [value for value in found.values() if math.isfinite(value)]
    if not known:
        return "No change of the sizes tried would be noticed four times in five"
    low, high = (number(value, 0) for value in (min(known), max(known)))
    size = f"about {low}" if low == high else f"about {low} to {high}"
    # A method that needs more than was tried has no upper end to tell.
    size = size if len(known) == len(found) else f"at least about {low}"
    return f"A change has to reach {size} {unit} to be noticed four times in five"


def power_alt(power: pd.DataFrame) -> str:
    """Describe the chart of power."""
    ends = power[power["shift"] == power["shift"].max()]
    parts = [f"{row['method']} {share(row['power'])}" for row in ends.to_dict("records")]
    return (
        "Line chart of the chance of being noticed by size of change, rising from "
        f"{share(power['power'].min())}; at {number(power['shift'].max(), 0)}: "
        f"{'; '.join(parts)}."
    )
