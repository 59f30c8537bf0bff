"""The question as one picture: the stated caseloads beside the average of every authority."""

from collections.abc import Mapping

from care_study.area.setting import Setting
from care_study.chapters import at_a_glance
from care_study.chapters.at_a_glance import Glance
from care_study.chapters.coventry.caseloads import CASES
from care_study.claims import Claim
from care_study.show.results import section
from care_study.show.shown import Shown
from care_study.words import count, number, year


@section
def glance(setting: Setting, claims: Mapping[str, Claim]) -> Glance:
    """Set both stated caseloads beside every authority's average, in the area's highest year."""
    said = [claims["cov-caseload-after"], claims["cov-caseload-before"]]
    highest = at_a_glance.extreme_year(setting, CASES, highest=True)
    return at_a_glance.glance(setting, CASES, said, highest)


@section
def picture(found: Glance) -> Shown:
    """Draw the stated range of caseloads among the averages of all authorities."""
    above = int((found.table["value"] >= found.low).sum())
    reached = {0: "no authority", 1: "one authority"}.get(above, f"{above} authorities")
    return at_a_glance.picture(
        found,
        title=(
            f"{reached.capitalize()} had on average as many cases a worker as the case study says; "
            f"{found.area_name} had {number(found.own, 0)}"
        ),
        claimed_label=(
            f"the case study: {number(found.high, 0)}, then {number(found.low, 0)} cases a worker"
        ),
        unit="cases per social worker, mean of the authority",
        subtitle=(
            f"Cases per full-time social worker on 30 September {year(found.year)}, in each of "
            f"{count(found.of, 'authority', 'authorities')}; the year in which {found.area_name} "
            "had most"
        ),
    )
