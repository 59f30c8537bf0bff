"""Why a stock changed: entries or length of stay; and how much a steady stock varies by chance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from care_study.statistics.capacity.flow import littles_law
from care_study.statistics.checks import amount
from care_study.statistics.intervals.core import Interval, as_floats, check_level, reject

Floats = NDArray[np.float64]
PARTS = ("momentum", "entries", "stay", "unexplained")
STAYS = {"exponential": 0.5, "fixed": 1.0}


@dataclass(frozen=True)
class StockChange:
    """The change of a stock taken apart.

    Attributes
    ----------
    table : pandas.DataFrame
        Index part: ``change, lower, upper``. ``momentum``: what would have happened had entries
        and the rate of leaving stayed as in the base years. ``entries`` and ``stay``: what their
        changes added, each averaged over the order in which they are made (Shapley), so that
        nothing is left over. ``unexplained``: what published entries and exits do not account
        for, a fact without interval. The four sum to ``total``.
    total : float
        Last stock minus the last of the base years.
    entries_base, leaving_base, stay_base : float
        Entries a year, share leaving a year, and its inverse, years of stay, in the base years.
    level, dispersion : float
    method : str
    """

    table: pd.DataFrame
    total: float
    entries_base: float
    leaving_base: float
    stay_base: float
    level: float
    dispersion: float
    method: str


def stock_change(
    stock: Any,
    entries: Any,
    exits: Any,
    *,
    base_years: int = 1,
    dispersion: float = 1.0,
    level: float = 0.95,
    draws: int = 4_000,
    seed: int = 1,
) -> StockChange:
    """Take the change of a stock apart into entries and length of stay.

    The stock follows ``S[t] - S[t-1] = entries[t] - leaving[t] * (S[t-1] + S[t]) / 2``, where the
    rate of leaving is exits over the mean stock of the year; its inverse is the length of stay
    that this year's rate implies (Little's law without assuming a steady state). The same
    recursion with the base years' values gives each counterfactual.

    Parameters
    ----------
    stock, entries, exits : array_like, shape (years,)
        Stock at the end of each year, and entries and exits during it, in order. The first
        year's entries and exits are not used: its opening stock is not known.
    base_years : int
        Years after the first whose mean entries and mean rate of leaving are the base.
    dispersion : float
        Variance over mean of entries and exits, for instance from
        :func:`~care_study.statistics.intervals.yearly_dispersion`; 1 is Poisson.
    level : float
    draws, seed : int
        Of the simulation of entries and exits that gives the intervals (gamma, with the observed
        mean and ``dispersion`` times it as variance); same seed, same interval.

    Raises
    ------
    ValueError
        For unequal lengths, missing or negative figures, no year after the base years, or a
        stock of zero.
    """
    check_level(level)
    held, came, went = (
        as_floats(values, name)
        for values, name in ((stock, "stock"), (entries, "entries"), (exits, "exits"))
    )
    if not (held.ndim == 1 and held.shape == came.shape == went.shape):
        raise ValueError(
            f"stock, entries and exits have shapes {held.shape}, {came.shape} and {went.shape}; "
            "expected one figure a year each."
        )
    if base_years < 1 or len(held) < base_years + 2:
        raise ValueError(
            f"There are {len(held)} years and {base_years} base years; expected at least one "
            "base year after the first year and one year after those."
        )
    reject(~(held > 0), held, "stock", "more than zero, none missing")
    for values, name in ((came[1:], "entries"), (went[1:], "exits")):
        reject(~(values >= 0), values, f"{name} after the first", "zero or more, none missing")
    spread = amount("dispersion", dispersion, positive=True)
    flows = came[None, 1:], went[None, 1:]
    rest = np.diff(held) - flows[0] + flows[1]
    parts = _parts(held, *flows, rest, base_years)[0]
    rng = np.random.default_rng(seed)
    drawn = [_draws(values[0], spread, draws, rng) for values in flows]
    simulated = _parts(held, drawn[0], drawn[1], rest, base_years)
    tail = (1 - level) / 2
    low, high = np.quantile(simulated, [tail, 1 - tail], axis=0)
    total = float(held[-1] - held[base_years])
    table = pd.DataFrame({"change": parts, "lower": low, "upper": high}, index=list(PARTS[:3]))
    table.loc["unexplained"] = [total - float(parts.sum()), np.nan, np.nan]
    base_entries, base_leaving = _base(_middle(held, *flows, rest), *flows, base_years)
    leaving = float(base_leaving[0])
    return StockChange(
        table=table.rename_axis("part"),
        total=total,
        entries_base=float(base_entries[0]),
        leaving_base=leaving,
        stay_base=1 / leaving if leaving > 0 else np.inf,
        level=level,
        dispersion=spread,
        method=f"recursion, Shapley over two orders; {draws} gamma draws, variance {spread:g} "
        "times the mean",
    )


def _draws(values: Floats, spread: float, draws: int, rng: np.random.Generator) -> Floats:
    """Gamma draws about each value with ``spread`` times it as variance; none about zero."""
    shape = np.maximum(values, 1e-9) / spread
    return np.where(values > 0, rng.gamma(shape, spread, (draws, len(values))), 0.0)


def _base(middle: Floats, came: Floats, went: Floats, years: int) -> tuple[Floats, Floats]:
    """Mean entries and mean rate of leaving of the base years, one of each a row."""
    return came[:, :years].mean(axis=1), went[:, :years].sum(axis=1) / middle[:, :years].sum(axis=1)


def _middle(held: Floats, came: Floats, went: Floats, rest: Floats) -> Floats:
    """Mean stock of each year; other entries and exits would have made another stock."""
    path = held[0] + np.cumsum(came - went + rest, axis=1)
    opening = np.column_stack([np.full(len(came), held[0]), path[:, :-1]])
    return np.maximum((opening + path) / 2, 1e-9)


def _parts(held: Floats, came: Floats, went: Floats, rest: Floats, years: int) -> Floats:
    """Momentum, entries and stay for each row of entries and exits, shape (rows, 3)."""
    middle = _middle(held, came, went, rest)
    base_entries, base_leaving = _base(middle, came, went, years)
    entries = [np.broadcast_to(base_entries[:, None], came[:, years:].shape), came[:, years:]]
    leaving = went[:, years:] / middle[:, years:]
    rates = [np.broadcast_to(base_leaving[:, None], leaving.shape), leaving]

    def closing(which_entries: int, which_rate: int) -> Floats:
        stock = np.full(len(came), held[years])
        for year in range(leaving.shape[1]):
            half = rates[which_rate][:, year] / 2
            stock = (stock * (1 - half) + entries[which_entries][:, year]) / (1 + half)
        return stock

    none, first, second, both = closing(0, 0), closing(1, 0), closing(0, 1), closing(1, 1)
    by_entries = ((first - none) + (both - second)) / 2
    by_stay = ((second - none) + (both - first)) / 2
    return np.column_stack([none - held[years], by_entries, by_stay])


def stock_variation(
    arrivals: float,
    time: float,
    *,
    dispersion: float = 1.0,
    stay: str = "exponential",
    together: bool = False,
    level: float = 0.95,
) -> Interval:
    """Compute where a steady stock lies on a day, by Little's law with the variation of chance.

    With arrivals at random and any distribution of stays, the stock is Poisson with the mean of
    Little's law (the infinite-server queue; Takács 1962, chapter 3). Where arrivals come in
    groups, so that their count varies ``dispersion`` times as much as a Poisson count, its
    variance is ``mean * (1 + (dispersion - 1) * share)``: ``share`` is the mean of the squared
    over the mean of the survival function of stays, one half for exponential stays, one where all
    stay equally long or groups leave together.

    Parameters
    ----------
    arrivals : float
        Arrivals a period.
    time : float
        Mean stay in periods.
    dispersion : float
        Variance over mean of the arrivals in a long spell, 1 or more.
    stay : {"exponential", "fixed"}
    together : bool
        Whether those who arrive together leave together.
    level : float

    Returns
    -------
    Interval
        Mean stock, and the limits between which it lies on ``level`` of days (Poisson, or
        negative binomial with that variance).

    Raises
    ------
    ValueError
        For missing or negative amounts, a dispersion below 1, or an unknown kind of stay.
    """
    check_level(level)
    if stay not in STAYS:
        raise ValueError(f"stay is {stay!r}; expected one of {', '.join(STAYS)}.")
    if amount("dispersion", dispersion) < 1:
        raise ValueError(f"dispersion is {dispersion}; expected 1 (Poisson) or more.")
    mean = littles_law(throughput=arrivals, time=time).in_progress
    share = 1.0 if together else STAYS[stay]
    variance = mean * (1 + (dispersion - 1) * share)
    tails = [(1 - level) / 2, (1 + level) / 2]
    if variance > mean:
        size = mean**2 / (variance - mean)
        lower, upper = stats.nbinom.ppf(tails, size, mean / variance)
    else:
        lower, upper = stats.poisson.ppf(tails, mean)
    label = f"Little's law; {stay} stays, dispersion {dispersion:g}"
    return Interval(mean, lower, upper, level, label)
