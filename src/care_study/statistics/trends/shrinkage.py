"""Scales of many short series, shrunk towards what series of that size usually have.

Half a dozen yearly changes say little about how much one authority's gap varies, and a size alone
says nothing of its own ways. The moderated variance of Smyth (2004, *Statistical Applications in
Genetics and Molecular Biology* 3, article 3) weighs both by their degrees of freedom; how many
the size is worth is estimated from how much the variances differ beyond chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from care_study.statistics.trends.checks import Floats, TrendError, as_floats


@dataclass(frozen=True)
class Shrunk:
    """Variances after shrinkage.

    Attributes
    ----------
    variance : array (n,)
        ``(prior_df prior + df own) / (prior_df + df)``.
    prior : array (n,)
        What a series of that size usually has.
    prior_df : float
        How many observations the prior is worth; infinite where the series differ by no more
        than chance.
    df : float
        Degrees of freedom of each own variance.
    size_slope : float
        Slope of the log prior on log size; -1 is what Poisson rates have, 0 without sizes.
    """

    variance: Floats
    prior: Floats
    prior_df: float
    df: float
    size_slope: float


def shrink_variances(variances: ArrayLike, df: float, sizes: ArrayLike | None = None) -> Shrunk:
    """Shrink variances of equal degrees of freedom towards a power of size.

    Parameters
    ----------
    variances : array-like (n,)
        Above zero, at least five.
    df : float
        Degrees of freedom of each.
    sizes : array-like (n,), optional
        Populations, above zero; without them the prior is one for all.

    Raises
    ------
    TrendError
        Fewer than five variances, or variances, sizes or degrees of freedom not above zero.
    """
    own = as_floats(variances, "variances")
    size = np.ones(len(own)) if sizes is None else as_floats(sizes, "sizes")
    if len(own) < 5 or len(size) != len(own):
        raise TrendError(
            f"Found {len(own)} variances and {len(size)} sizes; expected at least five, one each."
        )
    if not ((own > 0).all() and (size > 0).all() and np.isfinite(own * size).all() and df > 0):
        raise TrendError("Expected variances, sizes and degrees of freedom above zero.")
    # The log of a chi-squared mean square lies below the log of its variance by this much.
    unbiased = np.log(own) - special.digamma(df / 2) + np.log(df / 2)
    position = np.log(size) - np.log(size).mean()
    sloped = np.ptp(position) > 0
    design = np.column_stack([np.ones(len(own)), position])[:, : 1 + sloped]
    coefficients = np.linalg.lstsq(design, unbiased, rcond=None)[0]
    centre = design @ coefficients
    spread = float(((unbiased - centre) ** 2).sum() / (len(own) - design.shape[1]))
    beyond_chance = spread - float(special.polygamma(1, df / 2))
    prior_df = np.inf if beyond_chance <= 1e-6 else 2 * _inverse_trigamma(beyond_chance)
    slope = float(coefficients[1]) if sloped else 0.0
    if np.isinf(prior_df):
        prior = np.exp(centre)
        return Shrunk(prior, prior, prior_df, float(df), slope)
    prior = np.exp(centre + special.digamma(prior_df / 2) - np.log(prior_df / 2))
    return Shrunk(
        (prior_df * prior + df * own) / (prior_df + df), prior, prior_df, float(df), slope
    )


def _inverse_trigamma(value: float) -> float:
    """Argument at which the trigamma function takes the value; it falls from infinity to 0."""
    log_argument = optimize.brentq(
        lambda t: float(special.polygamma(1, np.exp(t))) - value, -20.0, 20.0
    )
    return float(np.exp(log_argument))
