"""The Cambridgeshire chapter: numbers recomputed from the files, every verdict, and its words."""

import json
from dataclasses import replace
from functools import cache
from statistics import mean, median

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study import facts, geography, paths
from care_study.against import by_year
from care_study.chapters import cambridgeshire as chapter
from care_study.chapters import cambridgeshire_words as words
from care_study.chapters.cambridgeshire_evidence import INDICATORS_NEEDED, Evidence
from care_study.chapters.cambridgeshire_verdicts import verdicts
from care_study.claims import check_verdicts, read_claims
from care_study.excess import COUNTED, excess_under_every_choice
from care_study.gap_after_event import authorities_panel, gap_after_event
from care_study.publish import execution
from care_study.setting import open_setting

AREA, ENGLAND, YEAR = "Cambridgeshire", "England", 2018
FLOWS = ("looked_after_started_rate", "looked_after_ceased_rate")

# Numbers straight from the files


@cache
def cells(name):
    frame = pd.read_csv(paths.PUBLISHED / f"{name}.csv", dtype=str, keep_default_na=False)
    return frame.set_index(["area_name", "year"])


def figure(name, column, area, year):
    return float(cells(name).loc[(area, str(year)), column])


def children(area, year):
    return figure("population_0_17", "children_0_17", area, year - 1)


def per_10_000(column, area, year):
    return figure("children_looked_after", column, area, year) / children(area, year) * 10_000


def held_rate(area, year=YEAR):
    return per_10_000("looked_after_31_march", area, year)


def percentage(name, part, whole, area, year=YEAR):
    return 100 * figure(name, part, area, year) / figure(name, whole, area, year)


def late_share(area):
    return percentage("started_by_age", "age_16_over", "total", area)


@cache
def neighbours(area=AREA, model="2021"):
    frame = pd.read_csv(paths.PUBLISHED / "statistical_neighbours.csv", dtype=str)
    rows = frame[(frame["model"] == model) & (frame["area_name"] == area)]
    names = list(rows.sort_values("rank")["neighbour_name"])
    assert len(names) == 10
    return names


def t_margin(values):
    return stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))


def wilson(count, total):
    z = stats.norm.ppf(0.975)
    centre = (count + z**2 / 2) / (total + z**2)
    half = z / (total + z**2) * np.sqrt(count * (total - count) / total + z**2 / 4)
    return centre - half, centre + half


# What the chapter computes, once


@pytest.fixture(scope="module")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="module")
def setting():
    return open_setting(paths.PUBLISHED, AREA)


@pytest.fixture(scope="module")
def kent():
    return open_setting(paths.PUBLISHED, "Kent")


@pytest.fixture(scope="module")
def computed(setting):
    return {name: setting.indicator(name) for name in {*INDICATORS_NEEDED, *COUNTED, *FLOWS}}


def gathered(claims, setting, computed):
    lists = {name: list(rows["area_id"]) for name, rows in setting.neighbours.items()}
    counted = {name: computed[name] for name in COUNTED}
    excess = excess_under_every_choice(counted, setting.area_id, lists, YEAR)
    return Evidence(claims, setting, computed, excess, YEAR)


@pytest.fixture(scope="module")
def evidence(claims, setting, computed):
    return gathered(claims, setting, computed)


@pytest.fixture(scope="module")
def judged(evidence):
    return {verdict.claim: verdict for verdict in verdicts(evidence)}


@pytest.fixture(scope="module")
def reform(setting, computed):
    lists = geography.neighbour_lists(
        setting.tables["statistical_neighbours"], setting.tables["authorities"], "2021"
    )
    panel = authorities_panel(computed["looked_after_rate"])
    return gap_after_event(panel, setting.area_id, 2019, lists)


@pytest.fixture(scope="module")
def flow(setting, computed):
    return chapter.flows(*(computed[name] for name in FLOWS), setting)


# Rows of one year


def series(values, first=2013, **columns):
    return pd.DataFrame(
        {"year": range(first, first + len(values)), "value": values, "area_name": "Area"}
    ).assign(**columns)


def test_row_of_a_year():
    assert chapter.in_year(series([4.0, 6.0]), 2014)["value"] == 6.0


def test_year_without_a_row_names_the_years_there_are():
    with pytest.raises(ValueError, match=r"Area has no row for 2020. The years are \[2013, 2014\]"):
        chapter.in_year(series([4.0, 6.0]), 2020)


def test_year_without_a_value_says_why():
    frame = series([4.0, None], indicator="started_at_16_over", reason="suppressed")
    with pytest.raises(ValueError, match="Area has no started_at_16_over in 2014: suppressed"):
        chapter.in_year(frame, 2014)


def test_frame_without_names_still_gets_a_sentence():
    frame = series([None]).drop(columns="area_name")
    with pytest.raises(ValueError, match="This area has no value in 2013: not published"):
        chapter.in_year(frame, 2013)
    with pytest.raises(ValueError, match=r"This area has no row for 2013. The years are \[\]"):
        chapter.in_year(frame.head(0), 2013)


def test_missing_year_of_the_published_figures_is_named(setting, computed):
    frame = computed["looked_after_started_rate"]
    own = frame[frame["area_id"] == setting.area_id]
    with pytest.raises(ValueError, match="Cambridgeshire has no looked_after_started_rate in 2015"):
        chapter.in_year(own, 2015)


# Flows


def test_flows_are_the_published_counts_and_their_rates(flow):
    # The tables hold children starting and ceasing from 2016 on.
    assert list(flow["year"]) == list(range(2016, 2026))
    for row in flow.to_dict("records"):
        year = row["year"]
        for column in ("started", "ceased"):
            assert row[column] == figure("children_looked_after", column, AREA, year)
            assert row[f"{column}_rate"] == pytest.approx(per_10_000(column, AREA, year))


@pytest.mark.parametrize("year", [2016, 2018, 2025])
def test_neighbours_flows_are_the_mean_of_ten(flow, year):
    row = flow.set_index("year").loc[year]
    into = mean(per_10_000("started", name, year) for name in neighbours())
    out = mean(per_10_000("ceased", name, year) for name in neighbours())
    assert row["started_mean"] == pytest.approx(into)
    assert row["net_mean"] == pytest.approx(into - out)
    assert row["net_rate"] == pytest.approx(row["net"] / children(AREA, year) * 10_000)


def test_flows_of_another_authority(kent, computed):
    found = chapter.flows(*(computed[name] for name in FLOWS), kent).set_index("year")
    assert found.loc[2020, "net"] == (
        figure("children_looked_after", "started", "Kent", 2020)
        - figure("children_looked_after", "ceased", "Kent", 2020)
    )


def test_net_lines_hold_the_area_and_its_neighbours(flow):
    lines = chapter.net_lines(flow, AREA)
    assert len(lines) == 2 * len(flow)
    at = lines.set_index(["area_name", "year"])["value"]
    expected = (327 - 318) / children(AREA, 2018) * 10_000
    assert at[AREA, 2018] == pytest.approx(expected)
    assert at["neighbours' mean", 2018] == flow.set_index("year").loc[2018, "net_mean"]


# Comparators


@pytest.fixture(scope="module")
def beside(setting, computed):
    found = chapter.beside_comparators(computed["started_at_16_over"], setting, YEAR)
    return found.set_index("reading")


def test_late_share_beside_england_with_newcombes_interval(beside):
    row = beside.loc["england"]
    own, england = late_share(AREA), late_share(ENGLAND)
    assert (row["own"], row["value"]) == pytest.approx((own, england))
    assert row["difference"] == pytest.approx(own - england)
    # Newcombe (1998), method 10: the Wilson limits of both, combined.
    p1, p2 = own / 100, england / 100
    (l1, u1), (l2, u2) = (
        wilson(*(figure("started_by_age", part, area, YEAR) for part in ("age_16_over", "total")))
        for area in (AREA, ENGLAND)
    )
    assert row["lower"] / 100 == pytest.approx(p1 - p2 - np.hypot(p1 - l1, u2 - p2))
    assert row["upper"] / 100 == pytest.approx(p1 - p2 + np.hypot(u1 - p1, p2 - l2))


@pytest.mark.parametrize("model", ["2021", "2025"])
def test_late_share_beside_both_lists(beside, model):
    values = [late_share(name) for name in neighbours(model=model)]
    row = beside.loc[f"neighbours-{model}-mean"]
    assert row["value"] == pytest.approx(mean(values))
    assert row["difference"] == pytest.approx(late_share(AREA) - mean(values))
    assert row["upper"] - row["difference"] == pytest.approx(t_margin(values))
    assert beside.loc[f"neighbours-{model}-median", "value"] == pytest.approx(median(values))


def test_year_without_the_ages_is_refused(setting, computed):
    with pytest.raises(ValueError, match=r"has no .*2025"):
        chapter.beside_comparators(computed["started_at_16_over"], setting, 2025)


FACTOR_COLUMNS = {
    "domestic abuse": "domestic_abuse_parent",
    "mental health": "mental_health_parent",
    "alcohol misuse": "alcohol_misuse_parent",
    "drug misuse": "drug_misuse_parent",
}


def factor_share(factor, area):
    column = FACTOR_COLUMNS[factor]
    return percentage("assessment_factors", column, "assessments_with_factors", area)


@pytest.fixture(scope="module")
def factors(setting, computed):
    return chapter.factor_comparison(computed, setting, YEAR)


@pytest.mark.parametrize("factor", FACTOR_COLUMNS)
def test_factors_beside_england_and_the_neighbours(factors, factor):
    row = factors.set_index("factor").loc[factor]
    values = [factor_share(factor, name) for name in neighbours()]
    own = factor_share(factor, AREA)
    assert (row["own"], row["england"]) == pytest.approx((own, factor_share(factor, ENGLAND)))
    assert (row["mean"], row["gap"]) == pytest.approx((mean(values), own - mean(values)))
    assert row["gap_upper"] == pytest.approx(own - mean(values) + t_margin(values))
    count = figure("assessment_factors", FACTOR_COLUMNS[factor], AREA, YEAR)
    total = figure("assessment_factors", "assessments_with_factors", AREA, YEAR)
    limits = [100 * limit for limit in wilson(count, total)]
    assert (row["own_lower"], row["own_upper"]) == pytest.approx(limits)


def test_place_among_the_neighbours_is_a_prediction_interval(setting, computed):
    found = chapter.unusual_among(computed["looked_after_rate"], setting, YEAR)
    values = [held_rate(name) for name in neighbours()]
    half = stats.t.ppf(0.975, 9) * np.std(values, ddof=1) * np.sqrt(1.1)
    assert found.area == pytest.approx(held_rate(AREA))
    assert (found.lower, found.upper) == pytest.approx((mean(values) - half, mean(values) + half))


# The report's own arithmetic


def test_caseload_of_the_units(claims):
    table = chapter.unit_caseload(claims)
    # 32 units of 60 to 80 cases, held by four or by three.
    assert table["cases_per_worker"].tolist() == pytest.approx([15, 20, 20, 80 / 3])
    assert table["cases_total"].tolist() == [1920, 2560, 1920, 2560]
    assert table["workers_total"].tolist() == [128, 128, 96, 96]
    assert words.range_of(table, 4.0) == "15 to 20 cases each"
    assert words.range_of(table, 3.0) == "20 to 27 cases each"


def test_caseload_needs_the_number_of_units(claims):
    empty = {**claims, "cam-units": replace(claims["cam-units"], high=None)}
    with pytest.raises(ValueError, match="no number where the chapter needs one"):
        chapter.unit_caseload(empty)


# Verdicts


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


# Words


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ([1, 2, 3], "A's rate was above its neighbours' mean in every year"),
        ([-1, -2, -3], "A's rate was below its neighbours' mean in every year"),
        ([-1, 2, 3], "above its neighbours' mean from 2014 to 2015, and below in the other years"),
        ([-1, 2, -3], "above its neighbours' mean in 2014, and below in the other years"),
        ([1, -2, 3], "above its neighbours' mean in 2 of 3 years"),
    ],
)
def test_title_of_the_rate(gaps, expected):
    compared = pd.DataFrame({"year": [2013, 2014, 2015], "mean_gap": gaps})
    assert chapter.rate_title(compared, "A", "mean").endswith(expected)


def test_title_of_kents_rate_follows_the_files(kent, computed):
    compared = by_year(computed["looked_after_rate"], kent.area_id, kent.neighbour_ids)
    published = set(cells("children_looked_after").index)

    def gap(year):
        # One neighbour, West Northamptonshire, has no figures before 2022.
        others = [name for name in neighbours("Kent") if (name, str(year)) in published]
        assert len(others) == (10 if year >= 2022 else 9)
        return held_rate("Kent", year) - mean(held_rate(name, year) for name in others)

    gaps = {year: gap(year) for year in range(2013, 2026)}
    assert list(compared["mean_gap"]) == pytest.approx(list(gaps.values()))
    above = [year for year, value in gaps.items() if value > 0]
    title = chapter.rate_title(compared, "Kent", "mean")
    assert f"from {above[0]} to {above[-1]}, and below" in title


@pytest.mark.parametrize(
    ("conclusions", "expected"),
    [
        (["not distinguishable"] * 3, "None of the 3 comparisons excludes a difference of zero"),
        (["above", "above", "not distinguishable"], "2 of 3 comparisons lie wholly above zero"),
        (
            ["above", "below", "below"],
            "1 of 3 comparisons lie wholly above zero and 2 of 3 comparisons lie wholly below zero",
        ),
    ],
)
def test_title_of_the_excess(conclusions, expected):
    assert chapter.excess_title(pd.DataFrame({"conclusion": conclusions})) == expected


@pytest.mark.parametrize(
    ("net", "expected"),
    [
        ([5, 1], "more children came into care than left in every year"),
        ([-5, -1], "more children left care than came in in every year"),
        ([5, -1], "more children came into care than left in 1 of 2 years"),
    ],
)
def test_title_of_the_flows(net, expected):
    flow = pd.DataFrame({"year": [2016, 2017], "net": net})
    assert chapter.flow_title(flow, "A") == f"In A {expected}"


def test_sentences_of_the_flows(flow):
    before = [figure("children_looked_after", "started", AREA, year) for year in (2016, 2017, 2018)]
    sentence = words.flows_sentence(flow, 2019, AREA)
    assert sentence.startswith(f"Before 2019, {mean(before):,.0f} children a year started and ")
    assert ". From 2019 on, " in sentence
    assert "Before" not in words.flows_sentence(flow, 2016, AREA)
    assert words.flow_alt(AREA, flow).endswith(
        "highest in 2017 (5.6 per 10,000) and lowest in 2021 (\N{MINUS SIGN}6.1)."
    )


@pytest.mark.parametrize(
    ("excess", "conclusion", "expected"),
    [
        (47.1, "above", "47 fewer than there were, and the interval excludes no difference"),
        (-47.1, "below", "47 more than there were, and the interval excludes no difference"),
        (
            47.1,
            "not distinguishable",
            "47 fewer than there were, but the interval includes no difference at all",
        ),
        (
            47.1,
            "no interval",
            "47 fewer than there were, and too few neighbours have a figure for an interval",
        ),
    ],
)
def test_sentence_of_the_excess(excess, conclusion, expected):
    chosen = pd.Series({"excess": excess, "conclusion": conclusion})
    assert words.excess_sentence(chosen) == expected


def test_alternative_texts_give_the_ends():
    compared = pd.DataFrame(
        {"year": [2013, 2025], "value": [35.9, 1250.04], "mean": [40.0, 60.0], "median": [1.0, 2.0]}
    )
    assert words.series_alt("A", compared, "mean") == (
        "Line chart. A's rate goes from 35.9 in 2013 to 1,250.0 in 2025; its neighbours' mean from "
        "40.0 to 60.0."
    )
    assert words.series_alt("A", compared, "median").endswith("median from 1.0 to 2.0.")
    excess = pd.DataFrame({"excess": [34.4, 112.6, -3.2]})
    assert "between \N{MINUS SIGN}3 and 113 children" in words.excess_alt("A", excess)


def test_marks_on_charts_lie_inside_and_in_order():
    changes = {2016: "revised", 2012: "too early"}
    assert words.breaks(changes, "2018-10", 2013, 2025) == [
        (2015.5, "revised"),
        (2018.5, "reform"),
        (2020.5, "Covid-19"),
    ]
    assert words.breaks({}, "2018-03", 2013, 2020) == [(2017.5, "reform")]


def test_month_in_words():
    assert words.month("2018-10") == "October 2018"
    with pytest.raises(ValueError, match="Expected a year and month"):
        words.month("2018-13")


def test_neighbour_left_out():
    table = pd.DataFrame({"left_out": ["nobody", "B", "C"], "flips": [False, True, True]})
    assert words.flips(table) == "the conclusion changes when B or C is left out"
    same = table.assign(flips=False)
    assert words.flips(same) == "the conclusion stays the same whichever is left out"


def test_inside_and_outside_the_range_of_the_neighbours(setting, computed):
    test = chapter.unusual_among(computed["looked_after_rate"], setting, YEAR)
    assert words.unusual(test).startswith("the rate lies within the range from 23.9 to 74.9 per")
    for area in (test.lower - 1, test.upper + 1):
        assert "lies outside the range" in words.unusual(replace(test, area=area))


def lines_of(own, others, name="neighbours' mean"):
    return pd.concat(
        [series(own).assign(area_name="A"), series(others).assign(area_name=name)],
        ignore_index=True,
    )


def test_late_teenagers_above_and_below():
    lines = lines_of([17.0, 20.0], [18.0, 19.0])
    smaller, larger = (words.late_title(lines, "A", "mean", year) for year in (2013, 2014))
    assert smaller == "In 2013 a smaller share started at 16 or over in A than among its neighbours"
    assert larger == "In 2014 a larger share started at 16 or over in A than among its neighbours"
    assert words.late_alt(lines, "A", "mean").endswith(
        "A goes from 17.0 in 2013 to 20.0 in 2014; its neighbours' mean from 18.0 to 19.0."
    )


def test_caseload_of_the_latest_year_of_the_area():
    lines = lines_of([17.5, 15.2], [18.0, 16.0, 14.0], "neighbours' median")
    assert words.caseload_title(lines, "A", "median") == (
        "In 2014 A's social workers held 15.2 cases each, its neighbours' 16.0"
    )
    assert words.caseload_alt(lines, "A", "median").startswith("Line chart of cases per social")
    assert words.caseload_title(lines, "A", "mean").endswith("nan")  # no such line in the chart


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        ([-1, -1], [1, 1], "No factor is recorded clearly more or less often in A than"),
        ([1, 2], [3, 4], "A records drugs and alcohol more often than its neighbours"),
        ([-3, -4], [-1, -2], "A records drugs and alcohol less often than its neighbours"),
        ([1, -4], [3, -2], "A records drugs more often, alcohol less often than its neighbours"),
    ],
)
def test_title_of_the_factors(lower, upper, expected):
    table = pd.DataFrame({"factor": ["drugs", "alcohol"], "gap_lower": lower, "gap_upper": upper})
    assert words.factor_title(table, "A").startswith(expected)


def test_alternative_text_of_the_factors(factors):
    alt = words.factor_alt(factors, AREA)
    gap = factor_share("mental health", AREA) - mean(
        factor_share("mental health", name) for name in neighbours()
    )
    assert f"mental health {gap:.1f}" in alt


# The reform


def test_change_of_the_gap_from_the_files(reform):
    def gap(year):
        return held_rate(AREA, year) - mean(held_rate(name, year) for name in neighbours())

    change = mean(map(gap, range(2019, 2026))) - mean(map(gap, range(2013, 2019)))
    own = reform.placebo.summary.loc["gap_did"]
    assert own["estimate"] == pytest.approx(change)
    others = reform.placebo.placebos["gap_did"].dropna().drop("873")
    larger = int((others.abs() >= abs(change)).sum())
    title = words.placebo_title(reform, "gap_did", AREA)
    assert title.startswith(f"{100 * larger / len(others):.0f}% of other authorities' gaps")
    alt = words.placebo_alt(reform, "gap_did", AREA)
    assert f"ranks {larger + 1} in size among {len(others) + 1}." in alt
    assert f"at \N{MINUS SIGN}{abs(change):.1f} per 10,000" in alt


def with_summary(reform, **columns):
    placebo = replace(reform.placebo, summary=reform.placebo.summary.assign(**columns))
    return replace(reform, placebo=placebo)


def test_conclusion_is_no_stronger_than_the_ranks(reform):
    methods = len(reform.placebo.summary)
    down = with_summary(reform, estimate=-1.0, p_value=0.2)
    assert words.change_sentence(down, "A") == (
        "All methods put A's change on the same side, downwards relative to similar authorities, "
        "but none finds it unusual among the changes of all other authorities."
    )
    up = with_summary(reform, estimate=1.0, p_value=[0.01, 0.04] + [0.05] * (methods - 2))
    sentence = words.change_sentence(up, "A")
    assert "upwards" in sentence
    assert f"and 2 of {methods} find it unusual" in sentence
    mixed = with_summary(reform, estimate=[1.0] + [-1.0] * (methods - 1), p_value=0.2)
    assert words.change_sentence(mixed, "A").startswith("The methods do not agree on the direction")


def test_trend_before_the_reform(reform):
    def with_slope(**values):
        trend = reform.pre_trend
        return replace(reform, pre_trend=replace(trend, slope=replace(trend.slope, **values)))

    rising = words.pre_trend_sentence(with_slope(estimate=2.35, p_value=0.01), "A")
    assert rising.startswith("the gap of A was already rising by 2.4 per 10,000 a year before the")
    falling = words.pre_trend_sentence(with_slope(estimate=-1.0, p_value=0.01), "A")
    assert "already falling by 1.0 per 10,000" in falling
    unclear = words.pre_trend_sentence(with_slope(p_value=0.3), "A")
    assert unclear.startswith("no trend of the gap before the reform can be distinguished")
    assert "with 6 points" in unclear


def test_steps_are_one_a_break_year(reform):
    steps = chapter.step_by_year(reform.breaks)
    assert list(steps["first_after"]) == [str(year) for year in range(2016, 2024)]
    clear = steps.loc[(steps["lower"] > 0) | (steps["upper"] < 0), "first_after"]
    title = words.steps_title(steps, 2019)
    assert all(year in title for year in clear)
    assert title.endswith(", not in 2019, the first year after the reform")
    lowest = steps.loc[steps["estimate"].idxmin()]
    alt = words.steps_alt(steps)
    assert (
        f"{abs(lowest['estimate']):.1f} per 10,000 with a break in {lowest['first_after']}" in alt
    )


CLEAR = "The interval of the step excludes zero for a break in"


@pytest.mark.parametrize(
    ("lower", "first_after", "expected"),
    [
        ([-1, -1, -1], 2019, "Whichever year is taken for the break, the interval of the step"),
        ([-1, 1, -1], 2019, f"{CLEAR} 2020, not in 2019, the first year after the reform"),
        ([1, -1, -1], 2019, f"{CLEAR} 2019; the first year after the reform was 2019"),
        ([1, 1, 1], 2020, f"{CLEAR} 2019, 2020 or 2021; the first year after the reform was 2020"),
        ([1, -1, 1], 2024, f"{CLEAR} 2019 or 2021"),  # no step was computed for 2024
    ],
)
def test_title_of_the_steps(lower, first_after, expected):
    steps = pd.DataFrame(
        {"first_after": ["2019", "2020", "2021"], "lower": lower, "upper": 5, "estimate": 2.0}
    )
    title = words.steps_title(steps, first_after)
    assert title.startswith(expected)
    assert title == expected or title.endswith("includes zero")


def test_notes_on_the_regression(reform):
    checks = reform.regression.diagnostics
    residuals = np.asarray(reform.regression.residuals)
    durbin_watson = (np.diff(residuals) ** 2).sum() / (residuals**2).sum()
    first, second = words.diagnostics(reform)
    assert f"Durbin-Watson statistic {durbin_watson:.2f}" in first
    assert "Breusch-Godfrey p = " in first
    assert "fixed-b" in second
    silent = replace(
        reform,
        regression=replace(reform.regression, diagnostics=replace(checks, breusch_godfrey_p=None)),
    )
    assert "Breusch-Godfrey" not in words.diagnostics(silent)[0]


# The notebook


def test_every_claim_has_a_place_in_the_notebook(claims):
    content = json.loads((paths.NOTEBOOKS / "cambridgeshire.ipynb").read_text("utf-8"))["cells"]
    text = "".join("".join(cell["source"]) for cell in content)
    assert [name for name in (*VERDICTS, "cam-not-testable") if f"({name})=" not in text] == []


@pytest.mark.slow
def test_notebook_runs_for_another_authority_without_verdicts(tmp_path):
    done = tmp_path / "cambridgeshire.ipynb"
    execution.execute(paths.NOTEBOOKS / "cambridgeshire.ipynb", done, {"area": "Kent"})
    found = facts.facts_in(json.loads(done.read_text("utf-8")))
    assert found["area"].value == "Kent"
    count = figure("children_looked_after", "looked_after_31_march", "Kent", 2018)
    assert found["count_then"].value == count
    assert found["rate_then"].value == pytest.approx(held_rate("Kent"))
    assert facts.read_verdicts(done) == []
