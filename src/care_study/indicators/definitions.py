"""What each indicator is: numerator, denominator, unit, period, interval method and caveats."""

from care_study.indicators.terms import WEEKS, Indicator, Term
from care_study.indicators.topic_care import CARE
from care_study.indicators.topic_claims import OF_CLAIMS
from care_study.indicators.topic_context import CONTEXT
from care_study.indicators.topic_main import HELD
from care_study.indicators.topic_protection import PROTECTION

__all__ = ["INDICATORS", "WEEKS", "Indicator", "Term"]

INDICATORS: dict[str, Indicator] = {
    indicator.id: indicator for indicator in (*HELD, *CARE, *PROTECTION, *CONTEXT, *OF_CLAIMS)
}
