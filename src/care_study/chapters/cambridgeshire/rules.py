"""Ages, reviews and time limits: claims that the report's own numbers and rules decide."""

from collections.abc import Mapping

from care_study.claims import Claim, Reading, Verdict, judge
from care_study.show.results import fact, finding, section
from care_study.statistics.capacity import to_calendar_days

REVIEWS = ("cam-peer-review-date", "cam-focused-visit-date", "cam-care-review-dates")


@finding
class Rules:
    """The ages that two services cover, the reviews that are listed, and the time limit."""

    sources = ("claims",)
    unit_ages: Claim = fact()
    service_ages: Claim = fact()
    reviews_stated: Claim = fact()
    reviews_listed: int = fact("reviews that the report lists, each with its date")
    assessment_limit: Claim = fact()
    assessment_calendar_days: float = fact(
        "the stated limit, read as working days, in calendar days", unit="days", decimals=0
    )

    @property
    def ages_overlap(self) -> bool:
        """Whether the service begins at the age up to which units look after children."""
        return self.service_ages.low is not None and self.service_ages.low == self.unit_ages.high


@section
def rules(claims: Mapping[str, Claim]) -> Rules:
    """Set the report's ages, reviews and time limits beside each other."""
    limit = claims["cam-assessment-limit"]
    return Rules(
        unit_ages=claims["cam-unit-age-limit"],
        service_ages=claims["cam-service-ages"],
        reviews_stated=claims["cam-three-reviews"],
        reviews_listed=sum(review in claims for review in REVIEWS),
        assessment_limit=limit,
        assessment_calendar_days=float(to_calendar_days(limit.limit)),
    )


def judge_unit_ages(found: Rules, claim: Claim) -> Verdict:
    """Judge: up to which age units look after children in care."""
    return judge(
        claim,
        [
            Reading(
                "up-to-and-including",
                "up to and including: overlaps with the service that begins at that age",
                survives=not found.ages_overlap,
            ),
            Reading("under", "under that age: no gap and no overlap", survives=found.ages_overlap),
        ],
    )


def judge_service_ages(found: Rules, claim: Claim) -> Verdict:
    """Judge: which ages the next service covers."""
    label = "the service begins at the age at which the units end"
    return judge(claim, [Reading("as-stated", label, survives=found.ages_overlap)])


def judge_reviews(found: Rules, claim: Claim) -> Verdict:
    """Judge: how many reviews there were."""
    listed = Reading(
        "as-stated",
        "reviews that the report lists",
        value=found.reviews_listed,
        unit="reviews",
        decimals=0,
    )
    return judge(claim, [listed])


JUDGES = {
    "cam-unit-age-limit": judge_unit_ages,
    "cam-service-ages": judge_service_ages,
    "cam-three-reviews": judge_reviews,
}
