"""One authority against its comparators: neighbours' mean, median, lists, pooled rates."""

from care_study.statistics.comparison.gaps import (
    Gap,
    gap,
    leave_one_out,
    mean_interval,
    median_interval,
)
from care_study.statistics.comparison.implied import Excess, excess_over_neighbours, implied_count
from care_study.statistics.comparison.lists import ListComparison, compare_lists
from care_study.statistics.comparison.place import PredictionTest, Rank, prediction_test, rank
from care_study.statistics.comparison.pooling import (
    Averages,
    RandomEffects,
    averages,
    random_effects_mean,
)

__all__ = [
    "Averages",
    "Excess",
    "Gap",
    "ListComparison",
    "PredictionTest",
    "RandomEffects",
    "Rank",
    "averages",
    "compare_lists",
    "excess_over_neighbours",
    "gap",
    "implied_count",
    "leave_one_out",
    "mean_interval",
    "median_interval",
    "prediction_test",
    "random_effects_mean",
    "rank",
]
