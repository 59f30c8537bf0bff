"""Indicators against values worked out by hand from the figure tables."""

import math

import pandas as pd
import pytest
from scipy import stats

from care_study.data.schemas import TABLES
from care_study.indicators import compute as indicators
from care_study.indicators.definitions import INDICATORS
from care_study.statistics.intervals import poisson_rate, proportion

CHILDREN_2017 = 132_267  # Cambridgeshire, mid-2017: the denominator of the year to March 2018
PER = 10_000


@pytest.fixture(scope="module")
def computed(published):
    return {name: indicators.compute(published, name) for name in INDICATORS}


def row(computed, indicator, area_id, year):
    found = computed[indicator].query("area_id == @area_id and year == @year")
    assert len(found) == 1
    return found.iloc[0]


# Cambridgeshire (873), in words of the tables: numerator, denominator, value.
BY_HAND = {
    ("looked_after_rate", 2018): (700, CHILDREN_2017, 700 / CHILDREN_2017 * PER),  # 52.92
    ("looked_after_started_rate", 2018): (327, CHILDREN_2017, 327 / CHILDREN_2017 * PER),
    ("looked_after_ceased_rate", 2018): (318, CHILDREN_2017, 318 / CHILDREN_2017 * PER),
    ("unaccompanied_rate", 2018): (62, CHILDREN_2017, 62 / CHILDREN_2017 * PER),
    ("looked_after_rate_without_unaccompanied", 2018): (
        700 - 62,
        CHILDREN_2017,
        638 / CHILDREN_2017 * PER,  # 48.24
    ),
    ("started_10_over_percentage", 2018): (109 + 56, 327, (109 + 56) / 327 * 100),
    ("aged_10_over_percentage", 2018): (285 + 173, 706, (285 + 173) / 706 * 100),
    ("aged_16_over_percentage", 2018): (173, 706, 173 / 706 * 100),
    ("referral_rate", 2018): (4453, CHILDREN_2017, 4453 / CHILDREN_2017 * PER),  # 336.7
    ("referrals_per_week", 2018): (4453, 365 / 7, 4453 * 7 / 365),  # 85.4 a week
    ("referrals_per_week", 2020): (4754, 366 / 7, 4754 * 7 / 366),  # holds 29 February 2020
    ("rereferral_percentage", 2018): (731, 4453, 731 / 4453 * 100),  # 16.4%
    ("nfa_percentage", 2018): (194, 4453, 194 / 4453 * 100),
    ("second_plan_percentage", 2018): (148, 608, 148 / 608 * 100),  # 24.3%
    ("plans_started_rate", 2018): (608, CHILDREN_2017, 608 / CHILDREN_2017 * PER),
    ("in_need_rate", 2018): (3425, CHILDREN_2017, 3425 / CHILDREN_2017 * PER),  # 258.9
    ("cases_per_worker", 2018): (2377, 137.8, 2377 / 137.8),  # 17.2, as published
    ("started_at_16_over", 2018): (56, 327, 56 / 327 * 100),  # 17.1%
    ("factor_domestic_abuse", 2018): (1644, 4552, 1644 / 4552 * 100),
    ("factor_mental_health", 2018): (1719, 4552, 1719 / 4552 * 100),
    ("factor_alcohol", 2018): (705, 4552, 705 / 4552 * 100),
    ("factor_drugs", 2018): (738, 4552, 738 / 4552 * 100),
    # Placed: the releases of 2018 and 2019 count 706, the totals in use 700.
    ("foster_percentage", 2018): (525, 706, 525 / 706 * 100),  # 74.4%
    ("homes_and_semi_independent_percentage", 2018): (130, 706, 130 / 706 * 100),
    ("outside_area_percentage", 2018): (347, 706, 347 / 706 * 100),
    ("with_parents_percentage", 2025): (11, 705, 11 / 705 * 100),
    ("residential_percentage", 2025): (78, 705, 78 / 705 * 100),
    ("semi_independent_percentage", 2025): (94, 705, 94 / 705 * 100),
    ("three_placements_percentage", 2018): (65, 700, 65 / 700 * 100),
    ("same_placement_percentage", 2018): (137, 194, 137 / 194 * 100),
    ("started_under_1_percentage", 2018): (42, 327, 42 / 327 * 100),
    ("started_1_to_4_percentage", 2018): (58, 327, 58 / 327 * 100),
    ("started_5_to_9_percentage", 2018): (62, 327, 62 / 327 * 100),
    ("started_10_to_15_percentage", 2018): (109, 327, 109 / 327 * 100),
    ("started_unaccompanied_percentage", 2025): (63, 300, 21.0),
    ("ceased_adopted_percentage", 2018): (42, 318, 42 / 318 * 100),
    ("ceased_special_guardianship_percentage", 2018): (36, 318, 36 / 318 * 100),
    ("ceased_home_percentage", 2018): (64 + 15, 318, 79 / 318 * 100),  # planned, unplanned
    ("ceased_independent_percentage", 2018): (97 + 6, 318, 103 / 318 * 100),
    ("stay_years", 2018): (700, 327 + 318, 700 / ((327 + 318) / 2)),  # 2.2 years
    ("leavers_active_percentage", 2018): (108, 231, 108 / 231 * 100),
    ("leavers_suitable_homes_percentage", 2018): (165, 231, 165 / 231 * 100),
    ("section_47_rate", 2018): (1519, CHILDREN_2017, 1519 / CHILDREN_2017 * PER),
    ("conference_rate", 2018): (641, CHILDREN_2017, 641 / CHILDREN_2017 * PER),
    ("conferences_in_15_days", 2018): (84 + 405, 641, 489 / 641 * 100),  # 76.3%
    ("plans_rate", 2018): (476, CHILDREN_2017, 476 / CHILDREN_2017 * PER),
    ("plans_two_years_percentage", 2018): (16, 476, 16 / 476 * 100),
    ("assessed_in_10_days", 2018): (838 + 2491, 6151, 3329 / 6151 * 100),
    ("assessed_in_45_days", 2018): (
        838 + 2491 + 821 + 610 + 517 + 274,
        6151,
        5551 / 6151 * 100,  # 90.2%, as published
    ),
    ("spending_per_child", 2018): (101_884_306, CHILDREN_2017, 101_884_306 / CHILDREN_2017),
    ("looked_after_spending_per_child", 2018): (
        42_200_116,
        CHILDREN_2017,
        42_200_116 / CHILDREN_2017,
    ),
    ("spending_per_looked_after", 2018): (42_200_116, 700, 60_285.88),
    ("core_in_35_days", 2011): (955, 1351, 955 / 1351 * 100),
    ("early_conferences_in_15_days", 2011): (73, 136, 73 / 136 * 100),
    ("needs_two_years_percentage", 2018): (1085, 3425, 1085 / 3425 * 100),  # 31.7%
    ("worker_changes_percentage", 2019): (367, 772, 367 / 772 * 100),
    ("assessments_rate", 2018): (6151, CHILDREN_2017, 6151 / CHILDREN_2017 * PER),
    ("workers_starting", 2018): (33.4, 245, 33.4 / 245 * 100),
    ("workers_leaving", 2018): (44, 245, 44 / 245 * 100),
}
IN_2011 = {"early_referrals": 6369}  # published for 2010 to 2012 only
IN_2019 = {"imd_score": 13.858, "idaci_score": 0.111}  # published for 2015 and 2019 only
AS_PUBLISHED = {
    "assessments_in_45_days": 90.2,
    "agency_rate": 11.2,
    "vacancy_rate": 13.7,
    "turnover_rate": 17.9,
    "assessment_median_days": 8,
    "workers_holding_cases": 41.9,
    **IN_2011,
    **IN_2019,
}
FEW = dict.fromkeys(
    # Of few years.
    (
        *IN_2011,
        *IN_2019,
        "core_in_35_days",
        "early_conferences_in_15_days",
        "worker_changes_percentage",
    ),
    250,
) | dict.fromkeys(
    # Split into classes of their own late, or suppressed in many authorities.
    ("residential_percentage", "semi_independent_percentage", "started_unaccompanied_percentage"),
    800,
)


@pytest.mark.parametrize(("indicator", "year"), BY_HAND)
def test_cambridgeshire_by_hand(computed, indicator, year):
    found = row(computed, indicator, "873", year)
    numerator, denominator, value = BY_HAND[indicator, year]
    assert found["numerator"] == numerator
    assert found["denominator"] == pytest.approx(denominator, rel=1e-15)
    assert found["value"] == pytest.approx(value, rel=1e-12)
    assert (found["area_name"], found["region"]) == ("Cambridgeshire", "East of England")
    assert (found["reason"], found["splice"]) == ("", "")


@pytest.mark.parametrize("indicator", AS_PUBLISHED)
def test_published_percentages_are_shown_as_they_are(computed, indicator):
    at = 2019 if indicator in IN_2019 else 2011 if indicator in IN_2011 else 2018
    found = row(computed, indicator, "873", at)
    assert found["value"] == AS_PUBLISHED[indicator]
    assert found[["numerator", "denominator", "lower", "upper"]].isna().all()
    assert found["reason"] == ""


def test_every_indicator_is_checked_by_hand():
    assert {name for name, _ in BY_HAND} | set(AS_PUBLISHED) == set(INDICATORS)


def test_england_by_hand(computed, published):
    # England: published counts are rounded to 10; mid-2024 population, year to March 2025.
    children = published["population_0_17"].query("area_id == 'E92000001' and year == 2024")
    assert children["children_0_17"].tolist() == [12_183_016]
    found = row(computed, "looked_after_started_rate", "E92000001", 2025)
    ceased = row(computed, "looked_after_ceased_rate", "E92000001", 2025)
    assert ceased["numerator"] == 34_450
    assert ceased["value"] == pytest.approx(34_450 / 12_183_016 * PER)
    assert found["area_type"] == "country"


# ---- intervals


def test_a_rate_has_the_exact_poisson_interval(computed):
    # Garwood (1936): half the chi-squared quantiles with 2n and 2n + 2 degrees of freedom.
    found = row(computed, "looked_after_rate", "873", 2018)
    lower, upper = stats.chi2.ppf(0.025, 2 * 700) / 2, stats.chi2.ppf(0.975, 2 * 701) / 2
    assert found["lower"] == pytest.approx(lower / CHILDREN_2017 * PER, rel=1e-9)
    assert found["upper"] == pytest.approx(upper / CHILDREN_2017 * PER, rel=1e-9)


def test_a_share_has_the_wilson_interval(computed):
    # Wilson (1927): (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    found = row(computed, "rereferral_percentage", "873", 2018)
    n, p, z = 4453, 731 / 4453, stats.norm.ppf(0.975)
    middle, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert found["lower"] == pytest.approx((middle - spread) / (1 + z * z / n) * 100, rel=1e-9)
    assert found["upper"] == pytest.approx((middle + spread) / (1 + z * z / n) * 100, rel=1e-9)


@pytest.mark.parametrize("indicator", INDICATORS)
def test_an_interval_where_a_method_is_named_and_none_elsewhere(computed, indicator):
    definition, frame = INDICATORS[indicator], computed[indicator]
    known = frame[frame["value"].notna()]
    assert len(known) > FEW.get(indicator, 1000)
    assert known["lower"].notna().all() == bool(definition.interval)
    assert known["lower"].isna().all() != bool(definition.interval)
    assert frame.loc[frame["value"].isna(), ["lower", "upper"]].isna().all(axis=None)
    if definition.interval:
        assert known["value"].between(known["lower"], known["upper"]).all()
        method = poisson_rate if definition.interval == "exact Poisson" else proportion
        some = known.sample(20, random_state=1)
        again = method(some["numerator"].to_numpy(), some["denominator"].to_numpy())
        assert some["upper"].to_numpy() == pytest.approx(again.upper * definition.per)


# ---- territories


@pytest.mark.parametrize(
    ("indicator", "year", "numerator", "denominator", "per"),
    [
        ("looked_after_rate", 2021, 1144, 170_287, PER),  # the old county's last year
        ("looked_after_rate", 2022, 525 + 658, 79_186 + 92_050, PER),
        ("referral_rate", 2022, 7024 + 7234, 79_186 + 92_050, PER),
        ("in_need_rate", 2025, 2406 + 2661, 83_113 + 96_295, PER),
        ("looked_after_rate_without_unaccompanied", 2022, 525 - 13 + 658 - 57, 171_236, PER),
        ("rereferral_percentage", 2022, 1506 + 1421, 7024 + 7234, 100),
        ("second_plan_percentage", 2025, 145 + 152, 544 + 504, 100),
        ("cases_per_worker", 2021, 3890, 222.5, 1),  # one return for both authorities
    ],
)
def test_northamptonshire_through_its_boundary_change(
    computed, indicator, year, numerator, denominator, per
):
    found = row(computed, indicator, "928", year)
    assert (found["numerator"], found["denominator"]) == (numerator, denominator)
    assert found["value"] == pytest.approx(numerator / denominator * per)
    assert found["area_name"] == "Northamptonshire"
    first = 2021 if indicator == "cases_per_worker" else 2022
    assert bool(found["splice"]) == (year >= first)


@pytest.mark.parametrize(
    ("indicator", "first"),
    [
        ("looked_after_rate", 2013),
        ("in_need_rate", 2013),
        ("referral_rate", 2013),
        ("cases_per_worker", 2017),
    ],
)
def test_northamptonshire_has_a_value_in_every_year(computed, indicator, first):
    frame = computed[indicator].query("area_id == '928'")
    assert frame.loc[frame["value"].notna(), "year"].tolist() == list(range(first, 2026))


def test_a_spliced_row_names_the_sources_of_its_parts(computed):
    assert row(computed, "referral_rate", "928", 2022)["source"] == "dfe-cin-2025-c1"
    for frame in computed.values():
        assert (frame["source"].fillna("") != "").all()


# ---- missing values


def test_a_suppressed_numerator_says_so(computed):
    # Rutland, 2022: fifteen plans started, the number of second plans suppressed.
    found = row(computed, "second_plan_percentage", "857", 2022)
    assert math.isnan(found["value"])
    assert found["reason"].startswith("numerator: suppressed to protect confidentiality")


def test_a_denominator_that_is_not_held_says_so(computed):
    # No mid-year estimates are published for the authorities abolished in 2019.
    found = row(computed, "looked_after_rate", "836", 2018)
    assert found["numerator"] == 190
    assert math.isnan(found["value"])
    assert found["reason"] == "denominator: not collected or not held here"


def test_a_territory_without_a_part_names_it(computed):
    found = row(computed, "unaccompanied_rate", "835+836+837", 2013)
    assert found["reason"] == "numerator: part missing: 836"


def test_percentages_of_a_territory_say_why_they_are_missing(computed):
    found = row(computed, "assessments_in_45_days", "928", 2022)
    assert found["reason"] == "numerator: a published percentage cannot be added up"


@pytest.mark.parametrize("indicator", INDICATORS)
def test_a_value_or_a_reason_never_both_never_neither(computed, indicator):
    frame = computed[indicator]
    assert (frame["value"].isna() == (frame["reason"] != "")).all()


@pytest.mark.parametrize("indicator", INDICATORS)
def test_rows_are_unique_sorted_and_complete(computed, indicator, published):
    frame = computed[indicator]
    assert frame.columns.tolist() == indicators.COLUMNS
    assert not frame.duplicated(["area_id", "year"]).any()
    assert frame.equals(frame.sort_values(["area_id", "year"], ignore_index=True))
    assert frame[["area_name", "area_type"]].notna().all(axis=None)
    table = published[INDICATORS[indicator].numerator[0].table]
    assert set(zip(table["area_id"], table["year"], strict=True)) <= set(
        zip(frame["area_id"], frame["year"], strict=True)
    )


def test_a_denominator_of_zero_is_a_reason_and_not_infinity(published):
    children = published["population_0_17"].copy()
    children.loc[(children["area_id"] == "873") & (children["year"] == 2017), "children_0_17"] = 0
    frame = indicators.compute({**published, "population_0_17": children}, "looked_after_rate")
    found = frame[(frame["area_id"] == "873") & (frame["year"] == 2018)].iloc[0]
    assert found["numerator"] == 700
    assert found[["value", "lower", "upper"]].isna().all()
    assert found["reason"] == "the denominator is zero"


# ---- definitions


def test_weeks_are_days_over_seven():
    assert indicators.weeks_in_year(2018) == 365 / 7
    assert indicators.weeks_in_year(2020) == 366 / 7  # 29 February 2020
    assert indicators.weeks_in_year(2021) == 365 / 7


@pytest.mark.parametrize("indicator", INDICATORS)
def test_definitions_name_columns_that_exist_and_say_everything(indicator):
    definition = INDICATORS[indicator]
    for term in (*definition.numerator, *definition.denominator):
        if term.table != indicators.WEEKS:
            assert term.column in [column.name for column in TABLES[term.table].columns]
    assert definition.title and definition.unit and definition.period and definition.formula
    assert definition.id == indicator


def test_sources_of_name_the_tables():
    assert indicators.sources_of("looked_after_rate") == [
        "children_looked_after",
        "population_0_17",
    ]
    assert indicators.sources_of("referrals_per_week") == ["referrals"]


def test_an_unknown_indicator_lists_the_known(published):
    with pytest.raises(ValueError, match=r"no indicator 'crime'\. Expected one of looked_after"):
        indicators.compute(published, "crime")


def test_several_indicators_stand_below_one_another(published, computed):
    both = indicators.compute_all(published, ["agency_rate", "vacancy_rate"])
    expected = pd.concat([computed["agency_rate"], computed["vacancy_rate"]], ignore_index=True)
    pd.testing.assert_frame_equal(both, expected)


def test_median_of_no_assessments_does_not_apply(computed):
    none = row(computed, "assessment_median_days", "928", 2014)
    assert math.isnan(none["value"]) and "not applicable" in none["reason"]
    assert row(computed, "assessment_median_days", "928", 2015)["value"] == 17
