"""Child protection plans: before and after, against the neighbours."""

from care_study.area.setting import Setting
from care_study.chapters.hertfordshire import change
from care_study.chapters.hertfordshire.change import Measured
from care_study.show.results import section
from care_study.show.shown import Shown

PLANS = "plans_started_rate"
COMMENT = "plans started stand in for plans open; a change is measured, not what it is due to"


@section
def plans(setting: Setting, first_after: int, document_year: int) -> Measured:
    """Compute the change of child protection plans started."""
    return change.measured(setting, "plans", PLANS, first_after, document_year)


@section
def plans_series(setting: Setting, found: Measured, event: tuple[float, str]) -> Shown:
    """Draw plans started through time, among the neighbours."""
    axis = "plans started per 10,000 children"
    return change.series_figure(setting, found, "plans", axis, event)
