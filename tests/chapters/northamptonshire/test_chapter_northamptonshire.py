"""The Northamptonshire chapter: its numbers by hand, its sliders, its verdicts, its notebook."""

import json
import re
from dataclasses import replace

import pytest
from care_study.chapters.northamptonshire.evidence import gather
from care_study.chapters.northamptonshire.verdicts import NOTEBOOK, verdicts
from scipy import stats

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.northamptonshire import afterwards as after
from care_study.chapters.northamptonshire import backlog, words
from care_study.chapters.northamptonshire import demand as chapter
from care_study.chapters.northamptonshire import outcomes as flow
from care_study.charts.capacity import SLIDERS, what_if
from care_study.charts.drawing import ChartError
from care_study.claims import ClaimError, Register, check_verdicts, read_claims
from care_study.execution import execution
from care_study.show import facts, svg
from care_study.statistics.capacity import WORKING_DAYS_PER_YEAR, clear_backlog

SOURCE = paths.NOTEBOOKS / "northamptonshire.ipynb"
ROUND = 1e-9


@pytest.fixture(scope="module")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="module")
def setting():
    return open_setting(paths.PUBLISHED, "Northamptonshire")


@pytest.fixture(scope="module")
def referrals(setting):
    return chapter.demand(setting)


@pytest.fixture(scope="module")
def evidence(setting):
    return gather(setting, range(2014, 2022), "2018-10-17", ("2018-01-01", "2018-01-31"))


@pytest.fixture(scope="module")
def given(claims, evidence):
    return {verdict.claim: verdict for verdict in verdicts(claims, evidence)}


# Demand


def test_weekly_referrals_of_2018_by_hand(referrals):
    row = chapter.in_year(referrals, 2018)
    assert row["all_week"] == pytest.approx(11216 / (365 / 7))
    assert row["net_week"] == pytest.approx((11216 - 5740) / (365 / 7))
    assert row["nfa"] == pytest.approx(100 * 5740 / 11216)


def test_interval_of_what_is_left_is_exact_poisson(referrals):
    row = chapter.in_year(referrals, 2019)
    lower = stats.chi2.ppf(0.025, 2 * 5882) / 2 / (365 / 7)
    upper = stats.chi2.ppf(0.975, 2 * 5883) / 2 / (365 / 7)
    assert (row["net_week_lower"], row["net_week_upper"]) == pytest.approx((lower, upper))


def test_splice_of_2021_sums_both_successors_and_is_marked(referrals, setting):
    row = chapter.in_year(referrals, 2022)
    assert row["referrals"] == 7024 + 7234
    assert row["splice"] == "sum of 940 and 941"
    assert chapter.splice_breaks(setting) == [(2021.5, "sum of successors")]


def test_only_one_possible_year_comes_near_the_claimed_range(referrals, claims):
    weekly = chapter.weeks_like(referrals, claims["nn-referrals-per-week"], range(2014, 2022))
    assert len(weekly) == 16
    near = weekly[weekly["place"].isin(["within", "touches"])]
    assert list(zip(near["year"], near["reading"], strict=True)) == [(2019, chapter.NET)]
    assert set(weekly.loc[weekly["reading"] == chapter.ALL, "place"]) == {"above"}


def test_change_of_no_further_action_is_from_its_highest_year(referrals):
    top, last, change = chapter.nfa_change(referrals)
    assert (top, last) == (2018, 2025)
    assert change.estimate == pytest.approx(100 * (714 / 9224 - 5740 / 11216))
    assert change.lower < change.estimate < change.upper < 0


def test_a_year_without_figure_is_named(referrals):
    with pytest.raises(ValueError, match=r"no figure for 1999\. Found years: 2013"):
        chapter.in_year(referrals, 1999)


# Caseloads


def test_most_that_can_hold_a_high_caseload():
    # Ten workers with 190 cases: at most six can hold 31 while the four others hold one each.
    assert chapter.most_holding(19, 31) == pytest.approx(0.6)
    assert chapter.most_holding(40, 31) == 1
    with pytest.raises(ValueError, match="more than the least"):
        chapter.most_holding(19, 1)


def test_what_is_left_for_the_others():
    left = chapter.left_for_others(20, [40, 60], [0.25, 0.4])
    assert left["with_40"].tolist() == pytest.approx([40 / 3, 20 / 3])
    assert left["with_60"].iloc[0] == pytest.approx(20 / 3)
    assert left["with_60"].isna().tolist() == [False, True]


def test_september_2018_is_beside_the_neighbours(setting):
    letter = chapter.october(setting, 2019, 2018).set_index("indicator")
    assert letter.at["vacancy_rate", "own"] == 26.7
    assert letter.at["vacancy_rate", "gap"] == pytest.approx(
        26.7 - letter.at["vacancy_rate", "mean"]
    )
    assert letter.at["assessments_in_45_days", "gap_upper"] < 0
    assert letter.at["assessments_in_45_days", "harder_than_neighbours"]


# Outcomes


def test_outcomes_leave_eleven_and_have_goodman_intervals(claims):
    table = flow.outcomes(claims)
    assert table["count"].tolist() == [964, 254, 355, 118, 11]
    assert table["share"].sum() == pytest.approx(1)
    chi2, n, x = stats.chi2.ppf(1 - 0.05 / 5, 1), 1702, 964
    half = (chi2 * (chi2 + 4 * x * (n - x) / n)) ** 0.5
    ends = [(chi2 + 2 * x + sign * half) / (2 * (n + chi2)) for sign in (-1, 1)]
    assert table.loc[0, ["lower", "upper"]].tolist() == pytest.approx(ends)


def test_counts_and_rounded_shares_allow_a_narrow_range_of_totals(claims):
    assert flow.total_allowed(claims) == pytest.approx((1691, 964 / 0.565))


def test_official_flow_by_hand(setting):
    found = flow.official_flow(setting)
    row = found[(found["area_name"] == "Northamptonshire") & (found["year"] == 2018)].iloc[0]
    assert row["assessed"] == 5476
    assert row["not_in_need"] == pytest.approx(1211 / 5476)
    assert row["plans"] == pytest.approx(981 / 5476)
    spliced = found[(found["area_name"] == "Northamptonshire") & (found["year"] == 2025)].iloc[0]
    assert spliced["not_in_need"] == pytest.approx((2088 + 2090) / (9224 - 714))


# Combinations


def test_combinations_by_littles_law(claims):
    table = flow.combinations(claims)
    assert len(table) == len(table.drop_duplicates(["teams", "children", "cycles", "days"])) == 16
    plain = table[(table["teams"] == "in-turn") & (table["days"] == "calendar-days")]
    # One team on duty, 25 or 125 children, 18 days = 18/7 weeks, 21 or 84 weeks.
    expected = [children * weeks / (18 / 7) for children in (125, 25) for weeks in (84, 21)]
    assert plain["assessments"].tolist() == pytest.approx(expected)


def test_one_combination_matches_the_stated_total(claims):
    table = flow.combinations(claims)
    (best,) = table[table["result"] == "matches"].to_dict("records")
    assert (best["teams"], best["children"], best["cycles"], best["days"]) == (
        "at-the-same-time", "together", "each-21-weeks", "working-days",
    )  # fmt: skip
    weeks = 18 * 365.25 / WORKING_DAYS_PER_YEAR / 7
    assert best["assessments"] == pytest.approx(3 * 25 * 84 / weeks)
    assert best["days_implied"] == pytest.approx(18 * best["assessments"] / 1702)
    assert best["lower"] <= 1702 <= best["upper"]
    assert table["result"].value_counts().to_dict() == {
        "cannot reach": 8, "can reach": 7, "matches": 1,
    }  # fmt: skip


# Backlog


def test_clearing_takes_arrivals_and_the_backlog_over_the_weeks():
    row = backlog.clearing([260], [26], 100, days=18, children=25, start="2018-10-17").iloc[0]
    assert row["capacity"] == 110
    assert row["above"] == pytest.approx(0.1)
    assert row["cleared_by"] == "2019-04-17"
    weeks = 18 * 365.25 / WORKING_DAYS_PER_YEAR / 7
    assert row["workers"] == pytest.approx(110 * weeks / 25)
    assert row["lower"] < 26 < row["upper"]


def test_fall_since_january_by_hand():
    span = backlog.weeks_between("2018-01-01", "2018-01-31", "2018-10-17")
    assert span == pytest.approx((259 / 7, 289 / 7))
    assert backlog.fall_a_week(551, 267, span) == pytest.approx((284 * 7 / 289, 284 * 7 / 259))


def test_waits_are_bounded_by_what_can_have_arrived():
    bound = backlog.waiting(200, 50, 7)
    # 50 arrive a week: 150 of 200 must be older than a week, half are older than two weeks.
    assert bound.over_a_week == pytest.approx(0.75)
    assert bound.median_days == pytest.approx(14)
    assert bound.mean_weeks == pytest.approx(4)
    assert bound.over_a_working_week < bound.over_a_week
    assert backlog.waiting(10, 50, 7).over_a_week == 0


# What if

START = backlog.Scenario("start", 216, 0.52, 18, 20, 25, 267)


def sliders(scenario):
    return {**vars(scenario), "share": scenario.share * 100}


def shown(scenario):
    picture = svg.draw(svg.spec_at(what_if(sliders(scenario)), 680))
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture))


def test_sliders_are_parameters_of_the_specification():
    spec = svg.spec_at(what_if(sliders(START)), 680)
    assert [param["name"] for param in spec["params"]] == [slider[0] for slider in SLIDERS]
    assert all(param["bind"]["input"] == "range" for param in spec["params"])
    assert {param["name"]: param["value"] for param in spec["params"]}["share"] == 52


def test_vega_computes_what_the_scenario_does():
    found = shown(START)
    weeks = clear_backlog(START.backlog, START.arrivals, START.capacity).mean
    assert f"Needed a week: {START.arrivals:.0f}; possible: {START.capacity:.0f}." in found
    assert f"each worker holds {START.workload:.1f} (can: 25)" in found
    assert f"clears in {weeks:.1f} weeks" in found


def test_vega_says_never_where_arrivals_reach_capacity():
    few = replace(START, workers=15)
    assert few.capacity < few.arrivals
    assert "never clears" in shown(few)
    assert "There is no backlog" in shown(replace(START, backlog=0))


def test_path_ends_where_the_backlog_is_gone():
    path = backlog.path(START)
    weeks = clear_backlog(START.backlog, START.arrivals, START.capacity).mean
    assert path["waiting"].iloc[0] == 267
    assert path.loc[path["week"] > weeks, "waiting"].eq(0).all()
    assert path.loc[path["week"] < weeks, "waiting"].gt(0).all()


def test_a_slider_without_start_is_refused():
    with pytest.raises(ChartError, match="workers starts at 1000; expected a number from 1 to 200"):
        what_if({**sliders(START), "workers": 1000})


def test_scenarios_start_from_the_documents_where_they_are_about_the_area(claims, referrals):
    own = backlog.main_scenarios(claims, referrals, 0.08, 2019, owns=True)
    other = backlog.main_scenarios(claims, referrals, 0.08, 2019, owns=False)
    assert (own[0].workers, own[0].children, own[0].days, own[0].backlog) == (15, 25, 18, 267)
    assert other[0].capacity >= other[0].arrivals
    table = backlog.scenario_table(own)
    assert table["clears"].iloc[0] == "never"
    assert table.set_index("scenario").at["Five workers more", "clears"].startswith("12.2 (")


# Afterwards


def test_ranked_change_is_the_difference_of_the_two_changes(setting):
    plain = (
        after.before_after(setting, 2020).set_index("title").at["Children looked after", "extra"]
    )
    found = after.ranked_change(setting, "looked_after_rate", 2020)
    assert found.estimate == pytest.approx(plain)
    larger = (found.frame["value"].abs() >= abs(found.estimate) - ROUND).sum()
    assert found.rank == larger
    assert found.p_value == pytest.approx(larger / found.of)


def test_holm_keeps_or_raises_every_p_value(setting):
    table = after.ranked_all(setting, 2020)
    assert len(table) == len(after.FAMILY)
    assert (table["p_holm"] >= table["p_value"] - ROUND).all()
    assert table["p_holm"].min() == pytest.approx(min(1, table["p_value"].min() * len(table)))


def test_event_outside_the_years_is_refused(setting):
    with pytest.raises(ValueError, match="Expected years on both sides of 2030"):
        after.before_after(setting, 2030)


def test_judgements_follow_the_successors(setting):
    found = after.inspections_since(setting, "2018-10-17")
    assert found["area_name"].tolist() == [
        "Northamptonshire", "North Northamptonshire", "West Northamptonshire",
    ]  # fmt: skip
    assert "in June 2019 Northamptonshire, Inadequate" in words.judgements(found, "2018-10-17")
    assert "no judgement" in words.judgements(found.iloc[:0], "2018-10-17")


# Verdicts


def test_every_claim_has_one_verdict(claims, given):
    mine = {name: claim for name, claim in claims.items() if claim.notebook == NOTEBOOK}
    check_verdicts(mine, given.values())
    assert len(given) == len(mine) == 38
    untested = {name for name, claim in mine.items() if claim.check == "not testable"}
    assert untested == {name for name, one in given.items() if one.verdict == "not testable"}


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("nn-referrals-per-week", "consistent"),
        ("nn-closed-share", "reproduced"),
        ("nn-stepped-down-share", "reproduced"),
        ("nn-total-assessments", "consistent"),
        ("of18-unallocated-range", "reproduced"),
        ("of18-longstanding-since", "reproduced"),
        ("of18-caseload", "consistent"),
        ("of18-wait-majority", "consistent"),
    ],
)
def test_verdicts_that_carry_the_chapter(given, claim, verdict):
    assert given[claim].verdict == verdict


def test_all_referrals_are_not_reproduced_in_any_year(given):
    readings = given["nn-referrals-per-week"].readings
    whole = [one for one in readings if one.id.startswith("all-referrals/")]
    assert {one.verdict for one in whole} == {"not reproduced"}
    assert len(whole) == 8
    assert "8 of 8 years" in given["nn-referrals-per-week"].sentence


def test_official_mean_does_not_reproduce_the_letters_caseload(given):
    kept = {one.id: one.verdict for one in given["of18-caseload"].readings}
    assert kept == {"mean/2018": "not reproduced", "upper-part": "consistent"}


def test_total_keeps_the_combinations_that_can_reach_it(given, claims):
    kept = {one.id for one in given["nn-total-assessments"].readings if one.survives}
    table = flow.combinations(claims)
    reach = table[table["result"] != "cannot reach"]
    parts = reach[["children", "cycles", "days"]].agg("-".join, axis=1)
    assert kept == {*(reach["teams"] + "/" + parts), "children", "assessments"}


def test_days_that_a_full_load_would_need_are_shown(given):
    working, calendar = given["nn-case-duration"].readings
    assert (working.id, calendar.id) == ("working-days", "calendar-days")
    # The longest: 375 children for 84 weeks; the shortest that still reaches the total: 75.
    assert calendar.upper == pytest.approx(375 * 84 * 7 / 1702)
    assert calendar.lower == pytest.approx(75 * 84 * 7 / 1702)
    assert working.lower == pytest.approx(calendar.lower * WORKING_DAYS_PER_YEAR / 365.25)
    assert given["nn-children-held"].readings[1].upper == pytest.approx(25 * 1702 / 1696.338125)


def test_verdicts_follow_the_register(claims, evidence):
    wrong = replace(claims["nn-closed-share"], low=60.0, high=60.0)
    changed = Register({**claims, wrong.id: wrong})
    found = {one.claim: one.verdict for one in verdicts(changed, evidence)}
    assert found["nn-closed-share"] == "not reproduced"
    assert found["nn-closed"] == "not reproduced"
    assert found["nn-total-children"] == "not reproduced"


def test_a_range_is_not_taken_for_a_number(claims):
    with pytest.raises(ClaimError, match="Expected one number"):
        chapter.stated(claims, "nn-referrals-per-week")


# The notebook


def test_every_claim_has_an_anchor_in_the_notebook(claims):
    cells = json.loads(SOURCE.read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    anchors = re.findall(r"^\(([a-z0-9-]+)\)=$", prose, flags=re.M)
    mine = [name for name, claim in claims.items() if claim.notebook == NOTEBOOK]
    assert sorted(anchors) == sorted(mine)


def executed(tmp_path, parameters):
    path = tmp_path / "northamptonshire.ipynb"
    execution.execute(SOURCE, path, parameters)
    return path


@pytest.mark.slow
def test_notebook_records_every_verdict_and_no_idle_fact(tmp_path):
    path = executed(tmp_path, {})
    assert len(facts.read_verdicts(path)) == 38
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    prose = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    assert set(re.findall(r"\{fact\}`(\w+)`", prose)) == set(facts.read_facts(path))


@pytest.mark.slow
def test_notebook_runs_for_another_authority_without_verdicts(tmp_path):
    path = executed(tmp_path, {"area": "Coventry"})
    found = facts.read_facts(path)
    assert found["area"].text == "Coventry"
    assert facts.read_verdicts(path) == []


@pytest.mark.slow
def test_notebook_says_which_years_an_authority_lacks(tmp_path):
    with pytest.raises(execution.NotebookError, match=r"no figure for 2019\. Found years: 2022"):
        executed(tmp_path, {"area": "North Northamptonshire"})
