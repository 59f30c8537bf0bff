"""Trends: segmented regression, placebo inference, synthetic comparisons, scans.

Every public function takes arrays or frames and returns a small frozen result with named
fields; results that need care carry a ``warnings`` tuple of plain sentences. Impossible input
raises :class:`TrendError`, a ``ValueError``.
"""

from care_study.statistics.trends.augmented import Augmented, augmented_synthetic_control
from care_study.statistics.trends.calibration import (
    calibration,
    simulated_panel,
    simulated_trials,
    trials,
)
from care_study.statistics.trends.checks import TrendError
from care_study.statistics.trends.counts import fit_counts
from care_study.statistics.trends.difference import PreTrend, gap_change, pre_trend
from care_study.statistics.trends.estimates import Estimate
from care_study.statistics.trends.panel import Panel, gap_to_neighbours, read_panel
from care_study.statistics.trends.placebo import (
    PlaceboResult,
    estimate_all,
    placebo_inference,
    placebo_interval,
    rank_p_value,
)
from care_study.statistics.trends.recent import (
    RecentTrend,
    TrendTest,
    recent_trend,
    trend_in_proportions,
    trend_in_rates,
    trend_in_values,
)
from care_study.statistics.trends.regression import (
    Diagnostics,
    NeweyWest,
    RegressionResult,
    fit_autoregressive,
    fit_linear,
)
from care_study.statistics.trends.scan import ScanResult, adjust, national_scan
from care_study.statistics.trends.segmented import (
    SegmentedResult,
    break_sensitivity,
    segmented,
    segmented_design,
)
from care_study.statistics.trends.sensitivity import (
    Breakdown,
    Excluded,
    block_p_value,
    breakdown_value,
    excluded,
    holm_over,
    neighbour_blocks,
)
from care_study.statistics.trends.shrinkage import Shrunk, shrink_variances
from care_study.statistics.trends.staggered import Staggered, staggered
from care_study.statistics.trends.studentised import RANKINGS, Rankings, ranked_inference
from care_study.statistics.trends.synthetic import (
    SyntheticResult,
    did,
    placebo_standard_error,
    rmspe_ratios,
    sdid,
    simplex_least_squares,
    synthetic_control,
)
from care_study.statistics.trends.windows import every_window, leave_out_jointly

__all__ = [
    "RANKINGS",
    "Augmented",
    "Breakdown",
    "Diagnostics",
    "Estimate",
    "Excluded",
    "NeweyWest",
    "Panel",
    "PlaceboResult",
    "PreTrend",
    "Rankings",
    "RecentTrend",
    "RegressionResult",
    "ScanResult",
    "SegmentedResult",
    "Shrunk",
    "Staggered",
    "SyntheticResult",
    "TrendError",
    "TrendTest",
    "adjust",
    "augmented_synthetic_control",
    "block_p_value",
    "break_sensitivity",
    "breakdown_value",
    "calibration",
    "did",
    "estimate_all",
    "every_window",
    "excluded",
    "fit_autoregressive",
    "fit_counts",
    "fit_linear",
    "gap_change",
    "gap_to_neighbours",
    "holm_over",
    "leave_out_jointly",
    "national_scan",
    "neighbour_blocks",
    "placebo_inference",
    "placebo_interval",
    "placebo_standard_error",
    "pre_trend",
    "rank_p_value",
    "ranked_inference",
    "read_panel",
    "recent_trend",
    "rmspe_ratios",
    "sdid",
    "segmented",
    "segmented_design",
    "shrink_variances",
    "simplex_least_squares",
    "simulated_panel",
    "simulated_trials",
    "staggered",
    "synthetic_control",
    "trend_in_proportions",
    "trend_in_rates",
    "trend_in_values",
    "trials",
]
