"""Confidence intervals for counts, rates and proportions, vectorised over arrays.

Missing values (NaN) in give missing values out; impossible ones raise ValueError that names
their position.
"""

from care_study.statistics.intervals.core import Interval
from care_study.statistics.intervals.frame import add_intervals
from care_study.statistics.intervals.funnel import Funnel, dispersion, funnel
from care_study.statistics.intervals.overdispersed import (
    Dispersion,
    overdispersed_rate,
    yearly_dispersion,
)
from care_study.statistics.intervals.proportions import multinomial_shares, proportion
from care_study.statistics.intervals.rate_tests import RateTest, rate_ratio_test, rate_test
from care_study.statistics.intervals.rates import poisson_rate
from care_study.statistics.intervals.standardised import directly_standardised_rate
from care_study.statistics.intervals.two_samples import (
    mover,
    proportion_difference,
    rate_difference,
    rate_ratio,
)

__all__ = [
    "Dispersion",
    "Funnel",
    "Interval",
    "RateTest",
    "add_intervals",
    "directly_standardised_rate",
    "dispersion",
    "funnel",
    "mover",
    "multinomial_shares",
    "overdispersed_rate",
    "poisson_rate",
    "proportion",
    "proportion_difference",
    "rate_difference",
    "rate_ratio",
    "rate_ratio_test",
    "rate_test",
    "yearly_dispersion",
]
