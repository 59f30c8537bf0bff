"""The question as one picture: the claimed referrals a week beside every authority's rate."""

from collections.abc import Mapping

from care_study.area.setting import Setting
from care_study.chapters import at_a_glance
from care_study.chapters.at_a_glance import Glance
from care_study.claims import Claim
from care_study.show.results import section
from care_study.show.shown import Shown
from care_study.words import count, number

RATE, RECEIVED = "referral_rate", "referrals_per_week"
WEEKS = 365 / 7


@section
def glance(setting: Setting, claims: Mapping[str, Claim], possible: tuple[int, int]) -> Glance:
    """Set the claimed range beside all authorities, in the possible year that comes nearest."""
    said = claims["nn-referrals-per-week"]
    nearest = at_a_glance.extreme_year(setting, RECEIVED, highest=False, possible=possible)
    return at_a_glance.glance(setting, RATE, [said], nearest, per=WEEKS)


@section
def picture(found: Glance) -> Shown:
    """Draw the claimed referrals a week among what every authority's rate would give."""
    side = "more than" if found.own > found.high else "fewer than" if found.own < found.low else ""
    return at_a_glance.picture(
        found,
        title=(
            f"Even in the year that comes nearest, {found.area_name} had {side or 'as many as'} "
            f"the claimed {number(found.low, 0)} to {number(found.high, 0)} referrals a week"
        ),
        claimed_label=(f"the case study: {number(found.low, 0)} to {number(found.high, 0)} a week"),
        unit=f"referrals a week in {found.area_name}, at each authority's rate",
        subtitle=(
            f"Referrals a week in the year to March {found.year} if {found.area_name} had the rate "
            f"of each of {count(found.of, 'authority', 'authorities')}"
        ),
    )
