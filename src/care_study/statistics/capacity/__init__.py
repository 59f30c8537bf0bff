"""Flow arithmetic: Little's law, workload, backlogs, working days.

Rates are per period; the period (week, month, year) is the caller's, the same in every argument.
"""

from care_study.statistics.capacity.backlog import (
    Clearance,
    borel_tanner,
    clear_backlog,
    clear_backlog_poisson,
    sensitivity,
)
from care_study.statistics.capacity.days import (
    WORKING_DAYS_PER_YEAR,
    to_calendar_days,
    to_working_days,
    working_days_between,
)
from care_study.statistics.capacity.flow import (
    Flow,
    Staffing,
    Vacancy,
    littles_law,
    staffing,
    vacancy,
)
from care_study.statistics.capacity.stock import StockChange, stock_change, stock_variation

__all__ = [
    "WORKING_DAYS_PER_YEAR",
    "Clearance",
    "Flow",
    "Staffing",
    "StockChange",
    "Vacancy",
    "borel_tanner",
    "clear_backlog",
    "clear_backlog_poisson",
    "littles_law",
    "sensitivity",
    "staffing",
    "stock_change",
    "stock_variation",
    "to_calendar_days",
    "to_working_days",
    "vacancy",
    "working_days_between",
]
