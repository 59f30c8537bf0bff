"""The span that the later letter looks back on."""

import pandas as pd

from care_study.claims import Claim, Reading, Verdict, judge
from care_study.show.results import fact, finding, section
from care_study.statistics.intervals import Interval

METHOD = "from the day of its report and from the first day of the year of the inspection"
DAYS_IN_YEAR = 365.25


@finding
class Span:
    """The years from an inspection of which only the year is known to a visit."""

    sources = ("documents", "claims")
    span: Interval = fact(
        "calendar year of the visit - calendar year of the inspection",
        unit="years",
        decimals=1,
        method=METHOD,
    )


@section
def span(previous_year: int, visit: str, reported: str) -> Span:
    """Compute the years from an inspection of which year and day of report are known to a visit.

    The value is the difference of the calendar years, or the nearest that is possible; its range
    runs from the day of the report, when the inspection was over, to the first day of the earlier
    year. ``visit`` and ``reported`` are days, such as ``2018-10-17``.
    """
    day = pd.Timestamp(visit)
    shortest = (day - pd.Timestamp(reported)).days / DAYS_IN_YEAR
    longest = (day - pd.Timestamp(previous_year, 1, 1)).days / DAYS_IN_YEAR
    return Span(
        span=Interval(max(shortest, day.year - previous_year), shortest, longest, 1.0, METHOD)
    )


def judge_decline(found: Span, claim: Claim) -> Verdict:
    """Judge the span of years over which services are said to have declined."""
    reading = Reading(
        "calendar-years",
        "from the inspection to the visit",
        lower=found.span.lower,
        upper=found.span.upper,
        unit="years",
        decimals=1,
        method=METHOD,
    )
    comment = "this checks the span of years only; the decline is the inspectors' judgement"
    return judge(claim, [reading], comment=comment)


JUDGES = {"of18-decline-years": judge_decline}
