"""Time to clear a backlog, under constant and under Poisson arrivals."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from care_study.statistics.checks import amount

MOST_TERMS = 2_000_000  # beyond this many served cases the exact distribution is not summed


@dataclass(frozen=True)
class Clearance:
    """Time until a backlog is gone.

    Attributes
    ----------
    clears : bool
        Whether it clears at all on average.
    mean, lower, upper : float
        Periods; infinite where the backlog never clears, or may never.
    probability : float
        Chance that it ever clears.
    level : float
        Share of outcomes between `lower` and `upper`, in equal tails.
    method : str
    statement : str
        The result in one sentence.
    warnings : tuple of str
    """

    clears: bool
    mean: float
    lower: float
    upper: float
    probability: float
    level: float
    method: str
    statement: str
    warnings: tuple[str, ...] = ()


def clear_backlog(backlog: float, arrivals: float, capacity: float) -> Clearance:
    """Compute the time to clear a backlog when arrivals and capacity are constant.

    ``backlog / (capacity - arrivals)``; where capacity does not exceed arrivals the backlog
    never clears, which is a result and not an error.

    Parameters
    ----------
    backlog : float
        Cases waiting.
    arrivals, capacity : float
        Cases that arrive and that can be dealt with, a period.

    Raises
    ------
    ValueError
        For a missing or negative amount.
    """
    waiting, coming, going = _flow(backlog, arrivals, capacity)
    clears = waiting == 0 or going > coming
    time = 0.0
    if waiting > 0:
        time = waiting / (going - coming) if clears else np.inf
    return Clearance(
        clears=clears,
        mean=time,
        lower=time,
        upper=time,
        probability=float(clears),
        level=1.0,
        method="constant arrivals",
        statement=_statement(waiting, coming, going, time),
    )


def clear_backlog_poisson(
    backlog: int, arrivals: float, capacity: float, *, level: float = 0.95, method: str = "exact"
) -> Clearance:
    """Compute the time to clear a backlog when arrivals are Poisson and capacity is constant.

    Cases dealt with until the backlog is first gone follow the Borel-Tanner distribution with
    parameters `backlog` and ``arrivals / capacity`` (Tanner 1953, *A problem of interference
    between two queues*, Biometrika 40, 58-69); the time is that number divided by the capacity.
    The diffusion approximation is inverse Gaussian with the same mean,
    ``backlog / (capacity - arrivals)``, and shape ``backlog ** 2 / arrivals`` (Cox & Miller
    1965, section 5.7).

    Parameters
    ----------
    backlog : int
        Cases waiting, a whole number.
    arrivals, capacity : float
        Cases that arrive and that can be dealt with, a period.
    level : float
        Share of outcomes in the interval, in equal tails.
    method : {"exact", "inverse-gaussian"}
        Where the exact sum would need more than two million terms, the approximation is shown
        with a warning.

    Returns
    -------
    Clearance
        Where arrivals reach capacity, `clears` is false, the mean and the limits are infinite
        and `probability` is the chance that luck clears it all the same.

    Raises
    ------
    ValueError
        For a missing, negative or fractional backlog, or missing or negative rates.
    """
    if method not in {"exact", "inverse-gaussian"}:
        raise ValueError(f"method is {method!r}; expected exact or inverse-gaussian.")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; expected a number between 0 and 1.")
    waiting, coming, going = _flow(backlog, arrivals, capacity)
    if waiting != round(waiting):
        raise ValueError(f"backlog is {backlog}; expected a whole number of cases.")
    base = clear_backlog(waiting, coming, going)
    if waiting == 0 or coming == 0 or going <= coming:
        return _without_interval(base, (waiting, coming, going), level)
    tails = ((1 - level) / 2, (1 + level) / 2)
    limits = _exact_times(int(waiting), coming, going, tails) if method == "exact" else None
    notes: tuple[str, ...] = ()
    if method == "exact" and limits is None:
        notes = ("Capacity is so close to arrivals that the diffusion approximation is shown.",)
    label = "Borel-Tanner, Poisson arrivals"
    if limits is None:
        label = "inverse Gaussian approximation, Poisson arrivals"
        limits = _diffusion_times(waiting, coming, going, tails)
    return Clearance(
        clears=True,
        mean=base.mean,
        lower=limits[0],
        upper=limits[1],
        probability=1.0,
        level=level,
        method=label,
        statement=_statement(waiting, coming, going, base.mean, (limits[0], limits[1], level)),
        warnings=notes,
    )


def sensitivity(
    backlog: float,
    arrivals: float,
    capacity: float,
    *,
    changes: Iterable[float] = (-0.2, -0.1, 0.0, 0.1, 0.2),
) -> pd.DataFrame:
    """Compute the clearance time for every pair of changes to arrivals and to capacity.

    Parameters
    ----------
    backlog, arrivals, capacity : float
        As in `clear_backlog`.
    changes : iterable of float
        Relative changes, for instance 0.1 for ten per cent more; each more than -1.

    Returns
    -------
    pandas.DataFrame
        A row for each pair: ``arrivals_change, capacity_change, arrivals, capacity, clears,
        time, statement``; ``time`` is infinite where the backlog never clears.

    Raises
    ------
    ValueError
        For a missing or negative amount, or a change of -1 or less.
    """
    shifts = [float(change) for change in changes]
    for shift in shifts:
        if not (np.isfinite(shift) and shift > -1):
            raise ValueError(f"change is {shift}; expected a number above -1 (0.1 is 10% more).")
    rows = []
    for up in shifts:
        for down in shifts:
            coming, going = arrivals * (1 + up), capacity * (1 + down)
            result = clear_backlog(backlog, coming, going)
            rows.append((up, down, coming, going, result.clears, result.mean, result.statement))
    names = ("arrivals_change", "capacity_change", "arrivals", "capacity", "clears", "time")
    return pd.DataFrame(rows, columns=[*names, "statement"])


def _flow(backlog: float, arrivals: float, capacity: float) -> tuple[float, float, float]:
    return (
        amount("backlog", backlog),
        amount("arrivals", arrivals),
        amount("capacity", capacity),
    )


def _without_interval(base: Clearance, flow: tuple[float, float, float], level: float) -> Clearance:
    """Describe a backlog that chance does not touch, or that is not expected to clear."""
    waiting, coming, going = flow
    chance = 1.0 if base.clears else _chance_of_clearing(waiting, coming, going)
    sentence = base.statement
    if not base.clears and going > 0:
        sentence = (
            f"The backlog is not expected to clear: {coming:g} cases arrive a period on average "
            f"and {going:g} can be dealt with; chance clears it in {100 * chance:.3g}% of cases."
        )
    if not base.clears and coming == going:
        sentence = (
            f"Arrivals equal capacity ({going:g} a period): chance clears the backlog some day, "
            "after a time whose mean is infinite."
        )
    return replace(
        base, probability=chance, level=level, method="Poisson arrivals", statement=sentence
    )


def _chance_of_clearing(waiting: float, coming: float, going: float) -> float:
    """Chance that a branching process with Poisson(coming / going) offspring dies out."""
    if going == 0:
        return 0.0
    load = coming / going
    if load == 1:
        return 1.0
    root = float(np.real(-special.lambertw(-load * np.exp(-load)) / load))
    return float(root**waiting)


def _exact_times(
    waiting: int, coming: float, going: float, tails: tuple[float, float]
) -> tuple[float, float] | None:
    """Quantiles of the Borel-Tanner distribution over the capacity; None where too long."""
    load, terms = coming / going, 4096
    while terms <= MOST_TERMS:
        cumulative = np.cumsum(borel_tanner(np.arange(waiting, waiting + terms), waiting, load))
        if cumulative[-1] >= tails[1]:
            low, high = (waiting + np.searchsorted(cumulative, tail) for tail in tails)
            return float(low / going), float(high / going)
        terms *= 2
    return None


def borel_tanner(served: Any, start: int, load: float) -> Any:
    """Compute the chance that exactly `served` cases are dealt with before the backlog is gone.

    Parameters
    ----------
    served : array_like of int
        Numbers of cases, `start` or more.
    start : int
        The backlog at the outset, one or more.
    load : float
        Arrivals over capacity, zero or more.

    Raises
    ------
    ValueError
        For fractional or too few cases, or a negative load.

    Notes
    -----
    Haight & Breuer (1960), *The Borel-Tanner distribution*, Biometrika 47, 143-150, eq. 1.
    """
    total = np.asarray(served, dtype=float)
    amount("load", load)
    if amount("start", start, positive=True) != int(start):
        raise ValueError(f"start is {start}; expected a whole number of one or more.")
    if not (total >= start).all() or (total != np.round(total)).any():
        raise ValueError(f"served is {served}; expected whole numbers of {start} or more.")
    extra = total - start
    log_chance = (
        np.log(start / total)
        - load * total
        + special.xlogy(extra, load * total)
        - special.gammaln(extra + 1)
    )
    return np.exp(log_chance)


def _diffusion_times(
    waiting: float, coming: float, going: float, tails: tuple[float, float]
) -> tuple[float, float]:
    mean, shape = waiting / (going - coming), waiting**2 / coming
    low, high = stats.invgauss.ppf(tails, mu=mean / shape, scale=shape)
    return float(low), float(high)


def _statement(
    waiting: float,
    coming: float,
    going: float,
    time: float,
    interval: tuple[float, float, float] | None = None,
) -> str:
    if waiting == 0:
        return "There is no backlog to clear."
    if not np.isfinite(time):
        return (
            f"The backlog never clears: {coming:g} cases arrive a period and {going:g} can be "
            "dealt with."
        )
    sentence = f"The backlog of {waiting:g} clears in {time:.1f} periods"
    if interval is None:
        return sentence + "."
    low, high, level = interval
    return f"{sentence} on average ({100 * level:g}% of the time in {low:.1f} to {high:.1f})."
