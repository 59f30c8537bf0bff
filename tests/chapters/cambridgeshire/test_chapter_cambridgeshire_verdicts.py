"""The Cambridgeshire chapter: every verdict, its numbers from the files, and when it changes."""

from dataclasses import replace
from statistics import mean, median

import pytest
from cambridgeshire_material import (
    AREA,
    ENGLAND,
    FACTOR_COLUMNS,
    YEAR,
    children,
    factor_share,
    figure,
    held_rate,
    neighbours,
    per_10_000,
    t_margin,
)

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.cambridgeshire import rate as chapter
from care_study.chapters.cambridgeshire.verdicts import verdicts
from care_study.claims import check_verdicts


def test_every_claim_of_the_notebook_has_one_verdict_in_order(claims, judged):
    held = {name: claim for name, claim in claims.items() if claim.notebook == "cambridgeshire"}
    check_verdicts(held, list(judged.values()))
    assert list(judged) == list(held)


def test_claims_that_the_register_calls_not_testable_keep_its_reason(claims, judged):
    told = [name for name in judged if claims[name].check == "not testable"]
    assert len(told) > 50
    for name in told:
        assert judged[name].verdict == "not testable"
        assert judged[name].sentence.rstrip(".") == claims[name].why_not_testable.rstrip(".")
        assert judged[name].section == "cam-not-testable"


VERDICTS = {
    "cam-unit-age-limit": "consistent",
    "cam-service-ages": "consistent",
    "cam-cases-per-unit": "consistent",
    "cam-care-above-neighbours": "consistent",
    "cam-care-expected": "consistent",
    "cam-care-number": "reproduced",
    "cam-three-reviews": "reproduced",
    "cam-enquiries-month": "consistent",
    "cam-enquiries-not-needed": "consistent",
    "cam-vacancies-areas": "not testable",
    "cam-care-rise": "reproduced",
    "cam-stay-longer": "not testable",
    "cam-reduction-slow": "consistent",
    "cam-assessment-limit": "reproduced",
    "cam-assessment-plan": "reproduced",
    "cam-late-teenagers": "consistent",
    "cam-factors-high": "consistent",
    "cam-recruitment-national": "consistent",
    "cam-alternative-effects": "not testable",
    "cam-trio-any": "not testable",
}


@pytest.mark.parametrize(("claim", "verdict"), VERDICTS.items())
def test_verdicts(judged, claim, verdict):
    assert judged[claim].verdict == verdict
    assert judged[claim].section == claim


def test_every_testable_claim_is_in_the_list_above(claims, judged):
    assert {name for name in judged if claims[name].check != "not testable"} == set(VERDICTS)


def values_of(verdict):
    return {reading.id: reading.value for reading in verdict.readings}


def reading(verdict, name):
    return next(found for found in verdict.readings if found.id == name)


def test_count_in_care_on_either_day(judged):
    expected = {
        f"march-{year}": figure("children_looked_after", "looked_after_31_march", AREA, year)
        for year in (2017, 2018)
    }
    assert values_of(judged["cam-care-number"]) == expected
    assert reading(judged["cam-care-number"], "march-2018").survives
    assert not reading(judged["cam-care-number"], "march-2017").survives


def test_gap_to_each_list_by_hand(judged):
    found = judged["cam-care-above-neighbours"]
    for model in ("2021", "2025"):
        rates = [held_rate(name) for name in neighbours(model=model)]
        by_mean = reading(found, f"neighbours-{model}-mean")
        assert by_mean.value == pytest.approx(held_rate(AREA) - mean(rates))
        assert by_mean.lower == pytest.approx(held_rate(AREA) - mean(rates) - t_margin(rates))
        by_median = reading(found, f"neighbours-{model}-median")
        assert by_median.value == pytest.approx(held_rate(AREA) - median(rates))


def test_number_expected_at_the_neighbours_rate(judged):
    found = judged["cam-care-expected"]
    for model in ("2021", "2025"):
        rate = mean(held_rate(name) for name in neighbours(model=model))
        case = reading(found, f"neighbours-{model}-mean/all-children-looked-after")
        assert case.value == pytest.approx(rate * children(AREA, YEAR) / 10_000)
        assert case.same_measure
    without = reading(found, "neighbours-2021-mean/without-unaccompanied-children")
    rate = mean(
        held_rate(name) - per_10_000("unaccompanied_31_march", name, YEAR) for name in neighbours()
    )
    assert without.value == pytest.approx(rate * children(AREA, YEAR) / 10_000)
    assert not without.same_measure
    assert len(found.readings) == 8


def test_rise_since_the_first_year(judged):
    found = judged["cam-care-rise"]
    assert reading(found, "count").value == 700 - 463
    rise = held_rate(AREA, 2018) - held_rate(AREA, 2013)
    rate = reading(found, "rate")
    assert rate.value == pytest.approx(rise)
    assert rate.lower < rise < rate.upper
    assert "2013 to 2018" in rate.label


def test_children_leaving_per_hundred_held_a_year_before(judged):
    def leaving(area):
        out = figure("children_looked_after", "ceased", area, 2018)
        return 100 * out / figure("children_looked_after", "looked_after_31_march", area, 2017)

    among = mean(leaving(name) for name in neighbours())
    sentence = judged["cam-stay-longer"].sentence
    assert f"{leaving(AREA):.0f} children ceased" in sentence
    assert f"against {among:.0f} among the neighbours" in sentence


def test_numbers_peaked_a_year_later_and_fell_below_in_2021(judged):
    counts = {
        year: figure("children_looked_after", "looked_after_31_march", AREA, year)
        for year in range(2018, 2026)
    }
    peak = max(counts, key=counts.get)
    first_below = min(year for year, count in counts.items() if count < counts[2018])
    label = judged["cam-reduction-slow"].readings[0].label
    assert f"highest in {peak} ({counts[peak]:,.0f}), first below it in {first_below}" in label


def test_vacancies_of_the_county_its_neighbours_and_england(judged):
    own, england = (figure("workforce", "vacancy_rate", area, 2017) for area in (AREA, ENGLAND))
    among = mean(figure("workforce", "vacancy_rate", name, 2017) for name in neighbours())
    sentence = judged["cam-vacancies-areas"].sentence
    for part in (f"{own:.1f}% of posts", f"{among:.1f}% among", f"{england:.1f}% in England"):
        assert part in sentence
    label = judged["cam-recruitment-national"].readings[0].label
    assert f"{own:.1f}% of posts vacant in the county, {england:.1f}% in England" in label


def test_averages_before_and_after_the_report(judged):
    sentence = judged["cam-alternative-effects"].sentence

    def caseload(year):
        held = figure("workforce", "cases", AREA, year)
        return held / figure("workforce", "case_holders_fte", AREA, year)

    def vacancy(year):
        return figure("workforce", "vacancy_rate", AREA, year)

    for name, value in (("vacancy rate", vacancy), ("caseload", caseload)):
        before, after = mean(map(value, (2017, 2018))), mean(map(value, range(2019, 2026)))
        assert f"{name} {before:.1f} to September 2018 and {after:.1f} since" in sentence


def test_official_cases_of_a_unit(judged):
    each = figure("workforce", "cases", AREA, 2017) / figure(
        "workforce", "case_holders_fte", AREA, 2017
    )
    found = judged["cam-cases-per-unit"]
    assert values_of(found) == pytest.approx(
        {"four-case-holders": 4 * each, "three-case-holders": 3 * each}
    )
    assert [one.survives for one in found.readings] == [True, False]


def test_enquiries_that_led_to_no_referral(judged):
    own = figure("referrals", "referrals", AREA, YEAR) / 12
    both = own + figure("referrals", "referrals", "Peterborough", YEAR) / 12
    found = judged["cam-enquiries-not-needed"]
    for name, count in (("cambridgeshire-only", own), ("with-peterborough", both)):
        case = reading(found, name)
        expected = [100 * (1 - count / stated) for stated in (6500, 6000, 7000)]
        assert [case.value, case.lower, case.upper] == pytest.approx(expected)
        label = reading(judged["cam-enquiries-month"], name).label
        assert f"{count:,.0f} referrals a month" in label


def test_largest_factor_in_england_is_named(judged):
    shares = {factor: factor_share(factor, ENGLAND) for factor in FACTOR_COLUMNS}
    most = max(shares, key=shares.get)
    sentence = judged["cam-trio-any"].sentence
    assert f"In England {most} alone was recorded in {shares[most]:.0f}% of" in sentence


def test_limit_counts_working_days(judged):
    found = judged["cam-assessment-limit"]
    # Five days of seven are working days, less eight bank holidays a year.
    working_share = 5 / 7 - 8 / 365.25
    assert reading(found, "working-days").value == 45
    assert reading(found, "calendar-days").value == pytest.approx(45 / working_share)
    assert [one.survives for one in found.readings] == [True, False]


def test_share_of_late_teenagers_lies_below_every_comparator(judged, beside):
    found = judged["cam-late-teenagers"]
    assert values_of(found) == pytest.approx(dict(beside["difference"]))
    assert found.sentence.endswith("; every estimate points the other way.")


# Verdicts follow the figures


def changed(frame, area_id, **cells):
    rows = frame["area_id"] == area_id
    return frame.assign(**{name: frame[name].mask(rows, value) for name, value in cells.items()})


def with_figures(evidence, name, **cells):
    frame = changed(evidence.computed[name], evidence.setting.area_id, **cells)
    return replace(evidence, computed={**evidence.computed, name: frame})


def with_claim(evidence, name, **values):
    claim = replace(evidence.claims[name], **values)
    return replace(evidence, claims={**evidence.claims, name: claim})


def rejudged(evidence, name):
    return next(verdict for verdict in verdicts(evidence) if verdict.claim == name)


def test_no_vacant_post_would_not_be_hard_recruiting(evidence):
    other = with_figures(evidence, "vacancy_rate", value=0.0)
    assert rejudged(other, "cam-recruitment-national").verdict == "not reproduced"


def test_another_count_is_not_reproduced(evidence):
    other = with_figures(evidence, "looked_after_rate", numerator=720.0)
    assert rejudged(other, "cam-care-number").verdict == "not reproduced"
    assert rejudged(other, "cam-care-rise").readings[0].value == 0


@pytest.mark.parametrize(
    ("counts", "ending", "verdict"),
    [
        ([700, 690, 640], "first below it in 2019", "not reproduced"),
        ([700, 710, 720], "not below it since", "consistent"),
    ],
)
def test_pace_of_the_reduction(evidence, counts, ending, verdict):
    frame = evidence.computed["looked_after_rate"]
    frame = frame[(frame["area_id"] != evidence.setting.area_id) | (frame["year"] <= 2020)].copy()
    own = (frame["area_id"] == evidence.setting.area_id) & (frame["year"] >= 2018)
    frame.loc[own, "numerator"] = counts
    other = replace(evidence, computed={**evidence.computed, "looked_after_rate": frame})
    found = rejudged(other, "cam-reduction-slow")
    assert found.verdict == verdict
    assert found.readings[0].label.endswith(ending)


def test_more_late_teenagers_than_anywhere_would_be_reproduced(evidence):
    other = with_figures(evidence, "started_at_16_over", value=50.0, numerator=50, denominator=100)
    found = rejudged(other, "cam-late-teenagers")
    assert found.verdict == "reproduced"
    assert "points the other way" not in found.sentence


def test_estimates_on_both_sides_get_no_comment(evidence):
    # England stands at 17.8, the neighbours' mean at 18.6.
    other = with_figures(evidence, "started_at_16_over", value=18.0, numerator=18, denominator=100)
    found = rejudged(other, "cam-late-teenagers")
    signs = {one.id: one.value > 0 for one in found.readings}
    assert signs["england"] and not signs["neighbours-2021-mean"]
    assert "points the other way" not in found.sentence


def test_fewer_enquiries_than_referrals_cannot_be(evidence):
    other = with_claim(evidence, "cam-enquiries-month", low=500.0)
    found = rejudged(other, "cam-enquiries-month")
    # 371 referrals a month of the county's own, 589 with Peterborough's.
    assert [one.survives for one in found.readings] == [True, False]


def test_ages_that_leave_a_gap(evidence):
    other = with_claim(evidence, "cam-service-ages", low=15.0)
    limit = rejudged(other, "cam-unit-age-limit")
    assert {one.id: one.survives for one in limit.readings} == {
        "up-to-and-including": True,
        "under": False,
    }
    assert rejudged(other, "cam-service-ages").verdict == "not reproduced"


def test_two_reviews_are_not_three(evidence):
    fewer = {name: claim for name, claim in evidence.claims.items() if "peer-review" not in name}
    found = rejudged(replace(evidence, claims=fewer), "cam-three-reviews")
    assert (found.readings[0].value, found.verdict) == (2, "not reproduced")


@pytest.mark.parametrize("area", ["Kent", "Peterborough"])
def test_other_authorities_get_no_verdicts(evidence, area):
    # The report names Peterborough in passing; its numbers are the county's all the same.
    other = open_setting(paths.PUBLISHED, area)
    assert verdicts(replace(evidence, setting=other)) == []


def test_table_shows_the_claims_that_could_be_tested(claims, judged):
    table = chapter.verdict_table(list(judged.values()), claims)
    shown = [name for name, verdict in VERDICTS.items() if verdict != "not testable"]
    assert list(table["claim"]) == [claims[name].paraphrase for name in judged if name in shown]
    assert "not testable" not in set(table["verdict"])
    assert list(chapter.verdict_table([], claims).columns) == ["claim", "verdict", "found"]
