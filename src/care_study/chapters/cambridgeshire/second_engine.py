"""The change after the reform by another engine: a synthetic control from the neighbours alone.

Ridge-augmented, so that what the neighbours cannot match before the event is taken off afterwards;
its interval refits under every supposed change (conformal inference) and needs no other authority
as a yardstick. Where it and the placebo ranks disagree, the page says so.
"""

from care_study.area.setting import Setting
from care_study.chapters.cambridgeshire.rate import UNIT, Standing
from care_study.chapters.cambridgeshire.reform import CUSTOMARY, Reform, compared_with
from care_study.show.results import fact, finding, section
from care_study.statistics.intervals import Interval
from care_study.statistics.trends import Augmented, augmented_synthetic_control
from care_study.words import number, p_value


@finding
class SecondEngine:
    """The mean change after the reform against weighted neighbours."""

    sources = Standing.sources
    augmented: Interval = fact(
        "mean of the rate after the event - that of weighted neighbours", unit=UNIT, decimals=1
    )
    augmented_p: float = fact("permutation of the yearly residuals", decimals=2)
    misfit: float = fact(
        "root mean squared distance from the weighted neighbours before the event",
        unit=UNIT,
        decimals=1,
    )
    agreement: str = fact("whether the two engines agree, in words")


@section
def second_engine(setting: Setting, found: Reform) -> SecondEngine:
    """Estimate the change by a ridge-augmented synthetic control of the neighbours alone."""
    panel, lists = compared_with(setting, found.first_after)
    held = set(panel["unit"])
    controls = [one for one in lists[setting.area_id] if one in held]
    made = augmented_synthetic_control(panel, setting.area_id, found.first_after, controls=controls)
    return SecondEngine(
        augmented=Interval(
            made.estimate, made.lower, made.upper, made.level, "conformal, ridge-augmented"
        ),
        augmented_p=made.p_value,
        misfit=made.rmspe_before,
        agreement=agreement(made, found),
    )


def agreement(made: Augmented, found: Reform) -> str:
    """Say whether the engines agree on the direction, and on whether anything stands out."""
    same = (made.estimate > 0) == (found.gap_change.estimate > 0)
    unusual = found.gap_change_p <= CUSTOMARY, made.p_value <= CUSTOMARY
    smallest = 1 - made.level
    if smallest > CUSTOMARY + 1e-9:
        least = made.p_value <= smallest + 1e-9
        return (
            f"With so few years before, this p-value cannot fall below {number(smallest, 2)}; it "
            f"{'is that' if least else 'lies above that'}, so this engine "
            f"{'leans towards a change but cannot settle one' if least else 'settles nothing'}. "
            f"The two engines {'agree' if same else 'do not agree'} on the direction"
        )
    direction = "on the direction" if same else "not on the direction"
    if unusual[0] == unusual[1]:
        told = (
            "that the change stands out" if unusual[0] else "that nothing can be said to stand out"
        )
        return f"The two engines agree {told}, {'and' if same else 'but'} {direction}"
    other = "finds the change unusual" if unusual[1] else "does not find the change unusual"
    return f"The engines disagree: this one {other} ({p_value(made.p_value)})"
