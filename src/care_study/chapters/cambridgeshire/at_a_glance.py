"""The question as one picture: the count, the number expected, and every authority's rate."""

from collections.abc import Mapping

from care_study.area.setting import Setting
from care_study.chapters import at_a_glance
from care_study.chapters.at_a_glance import Glance
from care_study.chapters.cambridgeshire.rate import RATE
from care_study.claims import Claim
from care_study.show.results import section
from care_study.show.shown import Shown
from care_study.words import count, number


def glance(setting: Setting, claims: Mapping[str, Claim], year: int) -> Glance:
    """Set both numbers of the report beside the number that each authority's rate would give."""
    said = [claims["cam-care-expected"], claims["cam-care-number"]]
    return at_a_glance.glance(setting, RATE, said, year, per=1)


@section
def picture(found: Glance) -> Shown:
    """Draw the report's two numbers among what every authority's rate would give."""
    is_low = found.own < found.table["value"].median()
    return at_a_glance.picture(
        found,
        title=(
            f"{found.area_name} had {number(found.own, 0)} children in care; most authorities' "
            f"rates would give {'more' if is_low else 'fewer'}"
        ),
        claimed_label=(
            f"the report: {number(found.high, 0)} in care, {number(found.low, 0)} expected"
        ),
        unit=f"children in {found.area_name}, at each authority's rate",
        subtitle=(
            f"Children looked after on 31 March {found.year} if {found.area_name} had the rate of "
            f"each of {count(found.of, 'authority', 'authorities')}"
        ),
    )
