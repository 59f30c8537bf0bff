"""Published numbers that this package's statistics must reproduce, and what it gets for them.

The tests hold every case to its tolerance; the book shows them all.
"""

from care_study.reference import (
    cases_comparison,
    cases_forecasts,
    cases_intervals,
    cases_trends,
)
from care_study.reference.case import Case, check, limits

GROUPS: dict[str, list[Case]] = {
    "intervals": cases_intervals.CASES,
    "comparison": cases_comparison.CASES,
    "trends": cases_trends.CASES,
    "forecasts": cases_forecasts.CASES,
}

# Cases that need data files which are not in the repository: the tests compute them where the
# files lie beside it, and hold these numbers against what they find there.
BESIDE = {
    "certified regressions": 24,
    "California's Proposition 99": 6,
    "exponential smoothing of oil production": 30,
    "intervals of a rate": 5,
}

__all__ = ["BESIDE", "GROUPS", "Case", "check", "limits"]
