"""Child protection plans: before and after, against the neighbours."""

from care_study.area.setting import Setting
from care_study.chapters.hertfordshire import change
from care_study.chapters.hertfordshire.change import Measured
from care_study.show.results import section
from care_study.show.shown import Shown

PLANS = "plans_rate"


@section
def plans(setting: Setting, first_after: int, document_year: int) -> Measured:
    """Compute the change of child protection plans open on 31 March."""
    return change.measured(setting, "plans", PLANS, first_after, document_year)


@section
def plans_series(setting: Setting, found: Measured, event: tuple[float, str]) -> Shown:
    """Draw plans open on 31 March through time, among the neighbours."""
    axis = "plans open per 10,000 children"
    return change.series_figure(setting, found, "plans", axis, event)
