"""The front door: the enquiries that the report counts beside the referrals that are published."""

from collections.abc import Mapping

from care_study.area.setting import Setting
from care_study.chapters.shared import row_of
from care_study.claims import Claim, Reading, Verdict, judge
from care_study.indicators.compute import sources_of
from care_study.show.results import fact, finding, section
from care_study.words import count

REFERRALS = "referral_rate"
MONTHS = 12


@finding
class FrontDoor:
    """Referrals a month, alone and with the authority that shares the front door."""

    sources = (sources_of(REFERRALS)[0],)
    area: str
    partner: str
    enquiries: Claim = fact()
    referrals_month: float = fact("referrals in the report's year / 12", decimals=0)
    referrals_month_both: float = fact(
        "the same, with those of the authority that shares the front door", decimals=0
    )

    @property
    def referrals(self) -> dict[str, tuple[str, float]]:
        """Each reading of whose referrals count: its words and the number."""
        return {
            "cambridgeshire-only": (f"{self.area} only", self.referrals_month),
            "with-peterborough": (f"with {self.partner}", self.referrals_month_both),
        }


@section
def front_door(
    setting: Setting, claims: Mapping[str, Claim], document_year: int, partner: str
) -> FrontDoor:
    """Compute referrals a month, of the area and of the partner that shares its front door."""
    computed = setting.indicator(REFERRALS)
    own, other = (
        float(row_of(computed, area, document_year)["numerator"]) / MONTHS
        for area in (setting.area_name, partner)
    )
    return FrontDoor(
        area=setting.area_name,
        partner=partner,
        enquiries=claims["cam-enquiries-month"],
        referrals_month=own,
        referrals_month_both=own + other,
    )


def judge_enquiries(found: FrontDoor, claim: Claim) -> Verdict:
    """Judge: how many enquiries the front door had."""
    return judge(
        claim,
        [
            Reading(
                name,
                f"{words}: {count(referrals)} referrals a month are fewer than the enquiries, as "
                "they must be",
                survives=claim.low is not None and referrals <= claim.low,
            )
            for name, (words, referrals) in found.referrals.items()
        ],
        comment="enquiries themselves are not published",
    )


def judge_not_needed(found: FrontDoor, claim: Claim) -> Verdict:
    """Judge: whether most enquiries needed no service."""
    low, high = found.enquiries.ends
    return judge(
        claim,
        [
            Reading(
                name,
                words,
                value=(1 - referrals * 2 / (low + high)) * 100,
                lower=(1 - referrals / low) * 100,
                upper=(1 - referrals / high) * 100,
                unit="%",
                method="range of the stated enquiries",
                same_measure=False,
                decimals=0,
            )
            for name, (words, referrals) in found.referrals.items()
        ],
    )


JUDGES = {"cam-enquiries-month": judge_enquiries, "cam-enquiries-not-needed": judge_not_needed}
