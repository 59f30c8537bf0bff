"""Maximum likelihood for short series in plain arithmetic: the same on every processor.

A library's optimiser ends wherever the last digit of its gradient sends it, and that digit differs
from one processor to the next. Here a likelihood takes additions, multiplications and divisions
only, which are the same everywhere, scale and starting values are solved for exactly, and at most
two parameters are searched for: on a grid first, which finds the best of several maxima, then in
ever smaller steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

Point = tuple[float, ...]
_GRID = 12  # intervals a dimension
_STARTS = 3  # of the grid, from which to go downhill
_SMALLEST_STEP = 1e-7


@dataclass(frozen=True)
class StateSpace:
    """A fitted local level or local linear trend: the state after the last value, its variances.

    Attributes
    ----------
    level, slope : float
        Predicted for the next step.
    p_level, p_both, p_slope : float
        Variances of that prediction, and their covariance, in units of ``scale``.
    irregular, level_variance, slope_variance : float
        Shares of the noise, of the level's and of the slope's disturbance; they sum to one.
    scale : float
        What the shares are shares of.
    objective : float
        Falls as the likelihood rises.
    """

    level: float
    slope: float
    p_level: float
    p_both: float
    p_slope: float
    irregular: float
    level_variance: float
    slope_variance: float
    scale: float
    objective: float

    def ahead(self, horizon: int) -> Iterator[tuple[float, float]]:
        """Yield mean and variance of each step ahead."""
        mean, p_level, p_both, p_slope = self.level, self.p_level, self.p_both, self.p_slope
        for _ in range(horizon):
            yield mean, (p_level + self.irregular) * self.scale
            mean += self.slope
            p_level += 2 * p_both + p_slope + self.level_variance
            p_both += p_slope
            p_slope += self.slope_variance


@dataclass(frozen=True)
class Smoothing:
    """Fitted exponential smoothing: parameters, starting values, the state after the last value.

    Attributes
    ----------
    alpha, beta : float
        How much of an error goes into the level, and into the trend.
    first_level, first_trend, level, trend : float
        Before the first value, and after the last.
    squares : float
        Sum of squared errors one step ahead.
    """

    alpha: float
    beta: float
    first_level: float
    first_trend: float
    level: float
    trend: float
    squares: float


def lowest(objective: Callable[[Point], float], dimensions: int) -> Point:
    """Find the lowest point of a function on the unit square (or line): grid, then small steps."""
    ticks = [number / _GRID for number in range(_GRID + 1)]
    starts = sorted(product(ticks, repeat=dimensions), key=objective)[:_STARTS]
    return min((_descended(objective, start) for start in starts), key=objective)


def _descended(objective: Callable[[Point], float], best: Point) -> Point:
    """Go downhill from a point in steps that are halved where none leads down."""
    value, step = objective(best), 1 / (2 * _GRID)
    ways = [way for way in product((-1, 0, 1), repeat=len(best)) if any(way)]
    while step > _SMALLEST_STEP:
        moved = False
        for way in ways:
            there = tuple(min(max(x + step * d, 0.0), 1.0) for x, d in zip(best, way, strict=True))
            found = objective(there)
            if found < value:
                best, value, moved = there, found, True
        if not moved:
            step /= 2
    return best


def local_level(y: Sequence[float]) -> StateSpace:
    """Fit a random walk seen with noise; the first level is diffuse.

    Durbin and Koopman, *Time Series Analysis by State Space Methods*, section 2.9.
    """
    (share,) = lowest(lambda at: _filtered(y, at[0] ** 2, 0.0, trend=False).objective, 1)
    return _filtered(y, share**2, 0.0, trend=False)


def local_linear_trend(y: Sequence[float]) -> StateSpace:
    """Fit a level and a slope that are both random walks; both begin diffuse."""
    level, slope = lowest(lambda at: _filtered(y, at[0] ** 2, at[1] ** 2, trend=True).objective, 2)
    return _filtered(y, level**2, slope**2, trend=True)


def _filtered(y: Sequence[float], share: float, of_slope: float, *, trend: bool) -> StateSpace:
    """Run the Kalman filter with total variance one, from the values that fix the diffuse start.

    ``of_slope`` is the slope's share of all, ``share`` the level's share of the rest.
    """
    level_variance, irregular = (1 - of_slope) * share, (1 - of_slope) * (1 - share)
    used = 2 if trend else 1
    level, slope = y[used - 1], y[1] - y[0] if trend else 0.0
    p_level, p_both, p_slope = irregular, 0.0, 0.0
    if trend:
        p_both, p_slope = irregular, level_variance + 2 * irregular + of_slope
    squares, volume, count = 0.0, 1.0, len(y) - used
    for number in range(used - 1, len(y)):
        if number >= used:
            size = p_level + irregular
            error = y[number] - level
            squares += error * error / size
            volume *= size
            gain, gain_slope = p_level / size, p_both / size
            level, slope = level + gain * error, slope + gain_slope * error
            p_slope -= gain_slope * p_both
            p_both -= gain * p_both
            p_level -= gain * p_level
        level += slope
        p_level += 2 * p_both + p_slope + level_variance
        p_both += p_slope
        p_slope += of_slope
    scale = squares / count
    return StateSpace(
        level,
        slope,
        p_level,
        p_both,
        p_slope,
        irregular,
        level_variance,
        of_slope,
        scale,
        objective=_power(scale, count) * volume,
    )


def _power(number: float, exponent: int) -> float:
    """Raise to a power by multiplication, which is the same everywhere as a power is not."""
    result = 1.0
    for _ in range(exponent):
        result *= number
    return result


LEAST = 1e-4  # of alpha and beta, as in R's ``forecast``


def smoothing(y: Sequence[float], *, trend: bool) -> Smoothing:
    """Fit simple exponential smoothing, or Holt's linear trend, by least squares.

    For additive errors that is maximum likelihood (Hyndman, Koehler, Ord and Snyder 2008, chapter
    5). The errors are linear in the starting values, which are therefore solved for.
    """

    def at(point: Point) -> tuple[float, float]:
        alpha = LEAST + (1 - 2 * LEAST) * point[0]
        return alpha, LEAST + (alpha - LEAST) * point[1] if trend else 0.0

    best = lowest(lambda point: _smoothed(y, *at(point), trend=trend).squares, 2 if trend else 1)
    return _smoothed(y, *at(best), trend=trend)


def _smoothed(y: Sequence[float], alpha: float, beta: float, *, trend: bool) -> Smoothing:
    # Errors are e - x first_level - w first_trend: three recursions at once.
    level = slope = x_slope = 0.0
    x_level, w_level, w_slope = 1.0, 0.0, 1.0
    ee = ex = ew = xx = xw = ww = 0.0
    for value in y:
        e, x, w = value - level - slope, x_level + x_slope, w_level + w_slope
        level, slope = level + slope + alpha * e, slope + beta * e
        x_level, x_slope = x_level + x_slope - alpha * x, x_slope - beta * x
        w_level, w_slope = w_level + w_slope - alpha * w, w_slope - beta * w
        ee, ex, xx = ee + e * e, ex + e * x, xx + x * x
        ew, xw, ww = ew + e * w, xw + x * w, ww + w * w
    if trend:
        whole = xx * ww - xw * xw
        first, growth = (ex * ww - ew * xw) / whole, (ew * xx - ex * xw) / whole
    else:
        first, growth = ex / xx, 0.0
    return Smoothing(
        alpha,
        beta,
        first,
        growth,
        level + first * x_level + growth * w_level,
        slope + first * x_slope + growth * w_slope,
        squares=max(ee - first * ex - growth * ew, 0.0),  # rounding may leave less than none
    )
