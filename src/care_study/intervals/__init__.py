"""Confidence intervals for counts, rates and proportions, vectorised over arrays."""

from care_study.intervals.core import Interval
from care_study.intervals.proportions import proportion
from care_study.intervals.rates import poisson_rate

__all__ = ["Interval", "poisson_rate", "proportion"]
