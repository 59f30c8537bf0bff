"""The front door: enquiries as stated, beside the referrals that are published."""

from dataclasses import replace

import pytest

from care_study.chapters.cambridgeshire import front_door
from care_study.show.results import Absent

from .material import AREA, YEAR, figure, reading


def test_enquiries_that_led_to_no_referral(judged, door):
    own = figure("referrals", "referrals", AREA, YEAR) / 12
    both = own + figure("referrals", "referrals", "Peterborough", YEAR) / 12
    assert (door.referrals_month, door.referrals_month_both) == pytest.approx((own, both))
    found = judged["cam-enquiries-not-needed"]
    assert found.outcome == "not contradicted"
    for name, count in (("cambridgeshire-only", own), ("with-peterborough", both)):
        case = reading(found, name)
        expected = [100 * (1 - count / stated) for stated in (6500, 6000, 7000)]
        assert [case.value, case.lower, case.upper] == pytest.approx(expected)
        label = reading(judged["cam-enquiries-month"], name).label
        assert f"{count:,.0f} referrals a month" in label


def test_more_referrals_than_enquiries_cannot_be(door, claims):
    claim = claims["cam-enquiries-month"]
    # 371 referrals a month come from the county, 589 with Peterborough's.
    few = replace(claim, low=500.0)
    found = front_door.judge_enquiries(door, few)
    assert [one.survives for one in found.readings] == [True, False]


def test_readings_name_both_authorities(door):
    assert [words for words, _ in door.referrals.values()] == [
        "Cambridgeshire only",
        "with Peterborough",
    ]


def test_year_without_referrals_is_named(setting, claims):
    away = replace(setting, area_name="Nowhere")
    found = front_door.front_door(away, claims, YEAR, "Peterborough")
    assert found == Absent("front_door", "Nowhere has no figure for referrals.")
