"""The Coventry chapter: its arithmetic by hand, changes by simulation, and every verdict."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.coventry import caseloads as chapter
from care_study.chapters.coventry import evidence, start_years, words
from care_study.chapters.coventry import lists as official
from care_study.chapters.coventry import rereferrals as changes
from care_study.chapters.coventry import verdicts as rules
from care_study.claims import check_verdicts, from_json, read_claims
from care_study.execution import execution
from care_study.show import facts
from care_study.statistics.intervals import proportion

CHOICES = {
    "workers": [10, 30],
    "others": 10,
    "fewest_referrals": 100,
    "limit_weeks": 9,
    "project_months": 6,
}


@pytest.fixture(scope="module")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="module")
def setting():
    return open_setting(paths.PUBLISHED, "Coventry")


@pytest.fixture(scope="module")
def found(setting, claims):
    return evidence.gather(setting, claims, **CHOICES)


@pytest.fixture(scope="module")
def judged(claims, found):
    return {verdict.claim: verdict for verdict in rules.verdicts(claims, found)}


# Arithmetic


def test_fall_in_the_mean_and_what_rounding_allows():
    row = chapter.caseload_fall(34, 24, 0.5, [10]).iloc[0]
    assert row["fall"] == pytest.approx(100 * 10 / 34)
    assert row["rounded_lower"] == pytest.approx(100 * 9 / 33.5)
    assert row["rounded_upper"] == pytest.approx(100 * 11 / 34.5)


def test_chance_widens_the_fall_by_the_score_interval_at_the_end_of_the_rounding():
    row = chapter.caseload_fall(34, 24, 0.5, [10]).iloc[0]
    # 245 of 580 cases are after, given 24.5 and 33.5 cases for each of ten workers.
    upper = float(proportion(245, 580).upper)
    assert row["lower"] == pytest.approx(100 * (1 - upper / (1 - upper)))


def test_more_workers_leave_less_to_chance():
    table = chapter.caseload_fall(34, 24, 0.5, [10, 60, 10_000_000])
    assert (table["lower"].diff().dropna() > 0).all()
    assert table.iloc[-1]["lower"] == pytest.approx(table.iloc[-1]["rounded_lower"], abs=0.1)


@pytest.mark.parametrize(("added", "expected"), [(0, 29.41176), (30, -5.88235)])
def test_fall_of_all_cases_depends_on_the_workers_added(added, expected):
    row = chapter.total_fall(34, 24, 0.5, [60], [added]).iloc[0]
    assert row["fall"] == pytest.approx(expected, abs=1e-4)
    assert row["lower"] < row["fall"] < row["upper"]


def own_cases(cases, workers):
    return pd.DataFrame(
        {"year": [2017], "numerator": [cases], "denominator": [workers], "value": cases / workers}
    )


def test_workers_who_could_hold_more_if_all_others_hold_ten():
    row = official.room_for_a_team(own_cases(3014.0, 179.3), 34, 10).iloc[0]
    assert row["room"] == pytest.approx((3014 - 1793) / 24)
    # They and the others hold all the cases there are.
    assert 34 * row["room"] + 10 * (179.3 - row["room"]) == pytest.approx(3014)


@pytest.mark.parametrize(("cases", "expected"), [(900.0, 0.0), (9000.0, 100.0)])
def test_room_is_never_negative_nor_more_than_all(cases, expected):
    assert official.room_for_a_team(own_cases(cases, 100.0), 34, 10).iloc[0]["room"] == expected


def test_others_must_hold_fewer_cases():
    with pytest.raises(ValueError, match="Expected fewer for the others"):
        official.room_for_a_team(own_cases(900.0, 100.0), 34, 34)


def test_little_law_for_the_stated_team():
    row = chapter.throughput_table(20, [30], [24], 9).iloc[0]
    assert (row["open_cases"], row["weeks"], row["times_limit"]) == (720, 36, 4)
    assert row["each_week"] == pytest.approx(2 / 3)


def test_percentage_among_the_rest():
    rest = chapter.share_of_others(81, 95, 0.2)
    assert 0.2 * 95 + 0.8 * rest == pytest.approx(81)
    with pytest.raises(ValueError, match="below 1"):
        chapter.share_of_others(81, 95, 1.0)


@pytest.mark.parametrize("months", [0.5, 6, 24])
def test_expected_return_is_the_average_over_the_days_of_completion(months):
    pace = -np.log(1 - 0.21) / 12
    total, _ = quad(lambda done: 1 - np.exp(-pace * (months - done)), 0, months)
    assert chapter.expected_return(21, months) == pytest.approx(100 * total / months)


def test_months_until_is_the_inverse():
    assert chapter.months_until(chapter.expected_return(21, 7.5), 21) == pytest.approx(7.5)


@pytest.mark.parametrize(("percent", "months"), [(0, 6), (100, 6), (21, 0)])
def test_expected_return_refuses_what_is_impossible(percent, months):
    with pytest.raises(ValueError, match="between 0 and 100"):
        chapter.expected_return(percent, months)


def test_vacant_posts_are_a_share_of_posts_not_of_workers():
    assert chapter.vacant_posts(80, 20) == pytest.approx(20)
    with pytest.raises(ValueError, match="below 100"):
        chapter.vacant_posts(80, 100)


# Changes from year to year


def computed_from(values, first=2013, size=1000.0):
    """A computed indicator of percentages: one row an area and year."""
    table = np.asarray(values, dtype=float)
    rows = [
        {
            "area_id": f"a{place}",
            "area_name": f"Area {place}",
            "year": first + step,
            "value": value,
            "numerator": value * size / 100,
            "denominator": size,
        }
        for place, line in enumerate(table)
        for step, value in enumerate(line)
    ]
    return pd.DataFrame(rows)


def test_changes_in_points_and_in_percent_and_over_two_years():
    computed = computed_from([[20, 15, 18], [10, np.nan, 12]])
    one = changes.yearly_changes(computed, ["a0", "a1"])
    assert one[["area_id", "year", "change", "relative"]].values.tolist() == [
        ["a0", 2014, -5.0, -25.0],
        ["a0", 2015, 3.0, 20.0],
    ]
    two = changes.yearly_changes(computed, ["a0", "a1"], span=2)
    assert two["change"].tolist() == [-2.0, 2.0]


def test_spread_counts_falls_of_at_least_as_much():
    moved = changes.yearly_changes(
        computed_from([[20, 14.6], [20, 14.7], [40, 37], [10, 12]]), ["a0", "a1", "a2", "a3"]
    )
    row = changes.spread_of_changes(moved, 5.4, 5.4).iloc[-1]
    assert (row["year"], row["authorities"]) == ("all years", 4)
    assert (row["fell_points"], row["fell_relative"]) == (0.25, 0.75)


def test_place_among_falls_and_two_sided_rank_p_value():
    moved = changes.yearly_changes(
        computed_from([[20, 15], [20, 13], [20, 26], [20, 21], [20, 19]]),
        [f"a{place}" for place in range(5)],
    )
    fall = changes.placed(moved, "a0").iloc[0]
    assert (fall["place"], fall["of"]) == (2, 5)
    assert fall["p_value"] == pytest.approx(3 / 5)  # itself, one larger fall, one larger rise
    assert changes.placed(moved, "a0", rise_first=True).iloc[0]["place"] == 4
    with pytest.raises(ValueError, match="no two years in a row"):
        changes.placed(moved, "unknown")


def test_relative_interval_turns_over_when_the_years_are_swapped():
    there = changes.placed(
        changes.yearly_changes(computed_from([[25, 20], [9, 9]]), ["a0", "a1"]), "a0"
    )
    back = changes.placed(
        changes.yearly_changes(computed_from([[20, 25], [9, 9]]), ["a0", "a1"]), "a0"
    )
    one, other = (changes.with_intervals(rows).iloc[0] for rows in (there, back))
    assert one["lower"] == pytest.approx(-other["upper"])
    ratio = 1 + one["relative_lower"] / 100
    assert ratio == pytest.approx(1 / (1 + other["relative_upper"] / 100), rel=1e-4)
    assert one["relative_lower"] < -20 < one["relative_upper"]


def test_share_that_fits_counts_intervals_that_meet_the_fall():
    moved = changes.yearly_changes(computed_from([[20, 15], [20, 24]]), ["a0", "a1"])
    assert changes.share_that_fits(moved, 5.35, 5.45) == 0.5
    assert changes.share_that_fits(moved, 30, 31) == 0


def noisy(true_sd, noise_sd, areas=150, years=13):
    random = np.random.default_rng(5)
    level = 50 + true_sd * random.standard_normal((areas, 1))
    return computed_from(level + noise_sd * random.standard_normal((areas, years)))


def test_return_to_the_middle_finds_the_share_that_noise_leaves():
    computed = noisy(3, 3)
    found = changes.return_to_the_middle(
        changes.yearly_changes(computed, computed["area_id"].unique()), 5.4
    )
    # The slope is true variance / (true + noise variance).
    assert found.kept_lower < 0.5 < found.kept_upper
    fifths = found.fifths.set_index("fifth")
    assert fifths.loc[5, "upper"] < 0 < fifths.loc[1, "lower"]
    assert found.fifths["change"].is_monotonic_decreasing
    assert fifths.loc[5, "fell"] > 0.5 > fifths.loc[1, "fell"]


def test_without_noise_nothing_returns():
    computed = noisy(3, 1e-9)
    found = changes.return_to_the_middle(
        changes.yearly_changes(computed, computed["area_id"].unique()), 5.4
    )
    assert found.kept == pytest.approx(1)
    assert found.fifths["change"].abs().max() < 1e-6


def test_fifths_are_by_the_year_before():
    moved = changes.yearly_changes(
        computed_from([[value, 50] for value in (1, 2, 3, 4, 5)]), [f"a{n}" for n in range(5)]
    )
    assert changes.fifth_of(moved, "a4")["fifth"].tolist() == [5]
    assert changes.fifth_of(moved, "a0")["fifth"].tolist() == [1]


def test_lasting_change_that_was_put_in_is_found():
    computed = noisy(3, 0.5, areas=40)
    shifted = (computed["area_id"] == "a0") & (computed["year"] >= 2019)
    computed.loc[shifted, "value"] -= 8
    table = changes.lasting_changes(
        computed, "a0", list(computed["area_id"].unique()), range(2013, 2026)
    ).set_index("year")
    assert table.loc[2019, "estimate"] == pytest.approx(-8, abs=1)
    assert table.loc[2019, "p_value"] == pytest.approx(1 / 40)
    assert table.loc[2019, "holm"] >= table.loc[2019, "p_value"]
    assert table.index.min() == 2015 and table.index.max() == 2024


def test_lasting_change_needs_every_year_and_says_so():
    computed = noisy(3, 0.5, areas=12)
    gap = computed[(computed["area_id"] != "a0") | (computed["year"] != 2018)]
    table = changes.lasting_changes(gap, "a0", list(gap["area_id"].unique()), range(2013, 2026))
    assert table.empty
    assert "gap" in words.lasting_sentence(table, "Area 0")


def test_each_territory_is_compared_once_and_small_ones_left_out(setting, found):
    ids = set(found.area_ids)
    assert {"331", "928", "835+836+837"} <= ids
    assert not ids & {"940", "941", "838", "839", "942", "943", "836"}
    referrals = setting.indicator("rereferral_percentage")
    small = referrals[referrals["area_name"].isin(["City of London", "Isles of Scilly"])]
    assert not ids & set(small["area_id"])


# Start years


def test_range_of_the_councils_own_change_by_hand():
    own = start_years.own_team_range(71.2, 81.0, 0.2, 95)
    # With a fifth of all done by the provider, 77.5% is left for the council.
    assert own["own_lower"] == pytest.approx(77.5 - 71.2 - 0.1)
    assert own["own_upper"] == pytest.approx(81.0 - 71.2 + 0.1)
    assert own["own_relative_upper"] == pytest.approx(100 * 9.9 / 71.2)


def test_stated_ranges_come_from_the_register(claims):
    said = start_years.read_stated(claims)
    assert said.rereferral_fall == pytest.approx((5.35, 5.45))
    assert said.caseload_fall == pytest.approx((100 * 9 / 33.5, 100 * 11 / 34.5))
    assert (said.in_time, said.per_week) == (95, 20)


def test_a_start_year_from_the_published_counts(published, found):
    counts = published["referrals"].query("area_name == 'Coventry'").set_index("year")
    share = 100 * counts["rereferrals_within_12_months"] / counts["referrals"]
    workforce = published["workforce"].query("area_name == 'Coventry'").set_index("year")
    each = workforce["cases"] / workforce["case_holders_fte"]
    in_time = published["assessments"].query("area_name == 'Coventry'").set_index("year")
    row = found.start.set_index("year").loc[2023]
    assert row["change"] == pytest.approx(share[2023] - share[2022])
    assert row["cases_change"] == pytest.approx(100 * (each[2022] / each[2021] - 1))
    change = in_time["within_45_days_percent"].diff()[2023]
    assert row["time_change"] == pytest.approx(change)


def test_every_year_is_there_and_missing_figures_fit_nothing(found):
    start = found.start.set_index("year")
    assert list(start.index) == list(range(2014, 2026))
    assert pd.isna(start.loc[2014, "cases_fit"]) and start.loc[2014, "measured"] == 1
    assert start.loc[2025, "measured"] == 3
    assert (start["fitting"] <= start["measured"]).all()


def test_fit_is_the_meeting_of_interval_and_range(found):
    for row in found.start.to_dict("records"):
        assert row["points_fit"] == (-row["upper"] <= 5.45 and -row["lower"] >= 5.35)
        assert ("percentage points" in str(row["fits"])) == bool(
            row["points_fit"] or (row["time_points_fit"] is True)
        )


# Official figures beside


def test_the_services_weekly_flow(published, found):
    need = published["children_in_need"].query("area_name == 'Coventry'").set_index("year")
    flow = found.flow.set_index("year")
    assert flow.loc[2016, "ended"] == pytest.approx(need.loc[2016, "episodes_ended"] / (366 / 7))
    assert flow.loc[2016, "of_ended"] == pytest.approx(20 / flow.loc[2016, "ended"])


def test_demand_changes_are_differences_of_counts_and_of_rates(published, found):
    referrals = published["referrals"].query("area_name == 'Coventry'").set_index("year")
    row = found.demand.set_index("year").loc[2014]
    assert row["count"] == referrals.loc[2014, "referrals"] - referrals.loc[2013, "referrals"]
    assert row["count_lower"] < row["count"] < row["count_upper"]
    assert row["rate"] > 0


def test_conclusions_that_flip_are_flagged_and_named(found):
    compared = found.lists["rereferral_percentage"].set_index("year")
    names = [name for name in compared if name.startswith("by_")]
    assert len(names) == 4
    assert (compared["flips"] == (compared[names].nunique(axis=1) > 1)).all()
    together = official.lists_together(found.lists)
    flips = pd.concat([rows["flips"] for rows in found.lists.values()], ignore_index=True)
    assert (together["conclusion"].str.startswith("depends") == flips).all()
    assert flips.any() and not flips.all()


def test_which_side_is_less_favourable():
    compared = pd.DataFrame({"year": [2018, 2019], "by_mean_2021": ["below", "above"]})
    assert official.years_called_worse(compared, "assessments_in_45_days") == [2018]
    assert official.years_called_worse(compared, "rereferral_percentage") == [2019]


def test_highest_caseload_anywhere_is_at_least_the_areas_own(setting, found):
    anywhere = official.beside_all(setting, found.area_ids, 24)
    assert anywhere["value"] >= found.cases["value"].max()
    assert 0 < anywhere["reached"] < anywhere["of"]


# Verdicts


def test_every_claim_of_the_chapter_has_one_verdict(claims, judged):
    own = {name: claim for name, claim in claims.items() if claim.notebook == "coventry"}
    check_verdicts(own, judged.values())
    assert len(own) == 16
    assert all(verdict.section == verdict.claim for verdict in judged.values())


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("cov-caseload-reduction", "consistent"),  # 29.4 is not 30, but rounding reaches it
        ("cov-caseload-before", "not reproduced"),
        ("cov-throughput", "consistent"),
        ("cov-rereferral-fall", "consistent"),
        ("cov-targets-met", "not testable"),
    ],
)
def test_verdicts(judged, claim, verdict):
    assert judged[claim].verdict == verdict


def test_readings_of_the_fall_survive_in_the_years_that_fit(found, judged):
    survived = {one.id for one in judged["cov-rereferral-fall"].readings if one.survives}
    expected = {
        f"{name}/{year}"
        for name, column in (("percentage-points", "points_fit"), ("relative", "relative_fit"))
        for year in start_years.years_that_fit(found.start, column)
    }
    assert survived == expected and survived


def test_undated_figures_never_reproduce_a_claim(judged):
    for name in ("cov-rereferral-fall", "cov-own-completion-rise", "cov-demand-growing"):
        assert judged[name].verdict in {"consistent", "not reproduced"}


def test_ranges_are_not_mixed_across_units(judged):
    text = judged["cov-demand-growing"].recomputed
    assert "per 10,000 over" in text and "referrals per year over" in text


def test_a_claim_without_a_rule_is_refused(claims, found):
    unknown = replace(claims["cov-throughput"], id="cov-new")
    with pytest.raises(ValueError, match="no computation for the claim"):
        rules.verdicts({"cov-new": unknown}, found)


# Words


def test_titles_follow_the_results():
    cases = pd.DataFrame({"year": [2017, 2018], "value": [16.0, 36.0]})
    assert "never" in words.caseload_title(cases.head(1), "X", 34)
    assert "at its highest at least the document's 34" in words.caseload_title(cases, "X", 34)
    assert words.years([]) == "no year" and words.years([2014]) == "2014"
    assert words.years([2014, 2016, 2023]) == "2014, 2016 and 2023"
    assert [words.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21, 113)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "113th",
    ]  # fmt: skip
    rows = chapter.throughput_table(20, [30], [6, 12], 9)
    assert "only up to 6 open cases" in words.throughput_title(rows, 20, 9)
    assert "no caseload shown" in words.throughput_title(rows.tail(1), 20, 9)


def test_sentences_follow_the_results(found):
    flow = pd.DataFrame({"of_ended": [0.2, 1.5]})
    assert "cannot" in words.whole_service(flow.head(1))
    assert words.whole_service(flow) == "no more than that in 1 of 2 years"
    ranked = pd.DataFrame({"year": [2014, 2023], "fifth": [1, 5]})
    assert words.fit_after_top(found.start, ranked).endswith(
        "2023 followed a year in the highest fifth."
    )
    none = found.start.assign(points_fit=False)
    assert words.fit_after_top(none, ranked).startswith("No start year")


# The notebook


@pytest.mark.slow
@pytest.mark.parametrize("area", ["Coventry", "Northamptonshire", "Hackney"])
def test_notebook_runs_for_any_authority(tmp_path, area, claims):
    target = tmp_path / "coventry.ipynb"
    execution.execute(paths.ROOT / "notebooks" / "coventry.ipynb", target, {"area": area})
    recorded = facts.facts_in(json.loads(target.read_text(encoding="utf-8")))
    assert recorded["area"].value == area
    assert recorded["fall"].value == pytest.approx(100 * 10 / 34)
    verdicts = [from_json(content) for content in facts.read_verdicts(target)]
    expected = {name: claim for name, claim in claims.items() if claim.notebook == "coventry"}
    if area == "Coventry":
        check_verdicts(expected, verdicts)
    else:
        assert verdicts == []
