"""Did the gap change after the reform? From the files, and no stronger than the ranks bear."""

from dataclasses import replace
from statistics import mean

import numpy as np
import pandas as pd
import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.cambridgeshire import reform
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent, facts_of
from care_study.show.table import TABLE_MIME

from .material import AREA, MINUS, held_rate, neighbours


@pytest.fixture
def found(changed):
    return changed.found


@pytest.fixture
def summary(found):
    return found.placebo.summary


def gap(year, names):
    return held_rate(AREA, year) - mean(held_rate(name, year) for name in names)


def change_of_gap(names):
    before, after = range(2013, 2019), range(2019, 2026)
    return mean(gap(year, names) for year in after) - mean(gap(year, names) for year in before)


def test_change_of_the_gap_from_the_files(setting, changed, found):
    change = change_of_gap(neighbours())
    assert changed.gap_change.estimate == pytest.approx(change)
    others = found.placebo.placebos["gap_did"].dropna().drop("873")
    larger = int((others.abs() >= abs(change)).sum())
    assert changed.placebos == len(others)
    assert changed.raw_p == pytest.approx((1 + larger) / (1 + len(others)))
    assert changed.alike == 59
    drawn = reform.among_all(setting, changed).bundle[FIGURE_MIME]
    assert drawn["title"].startswith(f"{100 * larger / len(others):.0f}% of other authorities'")
    assert f"ranks {larger + 1} in size among {len(others) + 1}." in drawn["alt"]
    assert f"at {MINUS}{abs(change):.1f} per 10,000" in drawn["alt"]
    assert len(drawn["table"]["rows"]) == len(others) + 1


def test_facts_bring_the_interval_of_the_rank_test(changed):
    facts = {fact.name: fact for fact in facts_of(changed)}
    for name in ("gap_change", "slope_change"):
        assert facts[name].method == "inversion of the studentised placebo test, 95%"
        assert facts[name].lower < facts[name].value < facts[name].upper
    assert (facts["first_after"].text, facts["last_before"].text) == ("2019", "2018")


def test_authorities_left_out_are_named_not_coded(setting, changed):
    drawn = reform.by_method(setting, changed, "October 2018").bundle[FIGURE_MIME]
    note = next(one for one in drawn["notes"] if "left out" in one)
    assert note == (
        "3 authorities left out because a year is missing: City of London, Isles of Scilly and "
        "Bournemouth, Dorset (to 2019) and Poole, together."
    )
    assert reform.left_out(replace(changed, found=replace(changed.found, left_out=()))) == []


def test_many_left_out_are_counted(changed):
    many = replace(changed.found, left_out=tuple(f"area {place}" for place in range(12)))
    (note,) = reform.left_out(replace(changed, found=many))
    assert note.endswith("area 8, area 9 and 2 others.")


@pytest.mark.parametrize(
    ("area", "reason"),
    [
        ("Dorset", "Dorset has no figure for children looked after in 2013 to 2019, and"),
        ("North Northamptonshire", "North Northamptonshire has no figure for children looked"),
    ],
)
def test_area_without_every_year_is_left_out_with_its_name(area, reason):
    found = reform.reform(open_setting(paths.PUBLISHED, area), 2019)
    assert isinstance(found, Absent)
    assert found.reason.startswith(reason)


def test_event_at_the_end_leaves_too_few_years(setting):
    found = reform.reform(setting, 2024)
    assert found.reason.startswith("Cambridgeshire has 11 years before 2024 and 2 from then on")


def test_share_of_larger_changes_follows_the_rank():
    for rank, share in ((1, 0), (2, 25), (5, 100)):
        row = pd.Series({"rank": rank, "placebos": 4})
        title = reform.placebo_title(row, "A")
        assert title.startswith(f"{share}% of other authorities' gaps changed by more than A's")


def test_conclusion_follows_the_primary_analysis(changed):
    assert changed.named == "1 December 2026"
    assert changed.gap_change_p > 0.05
    said = changed.change_sentence
    assert said.startswith("By the primary analysis it cannot be said that anything changed (p = ")
    assert said.endswith(changed.secondary)
    table = changed.judged.table
    assert changed.smallest_p == table.filter(regex="^p_").min().min()
    assert changed.largest_p == table.filter(regex="^p_").max().max()
    assert f"from {changed.smallest_p:.3f} (" in changed.secondary


def test_table_of_methods_says_which_carry_words(setting, changed):
    shown = reform.by_method(setting, changed, "October 2018").bundle[FIGURE_MIME]
    notes = " ".join(shown["notes"])
    assert "among the 59 nearest in size" in notes
    assert "not used for words" in notes


def test_trend_before_the_reform(found):
    def with_slope(**values):
        trend = found.pre_trend
        return replace(found, pre_trend=replace(trend, slope=replace(trend.slope, **values)))

    rising = reform.pre_trend_sentence(with_slope(estimate=2.35, p_value=0.01), "A")
    assert rising.startswith("the gap of A was already rising by 2.4 per 10,000 a year before the")
    falling = reform.pre_trend_sentence(with_slope(estimate=-1.0, p_value=0.01), "A")
    assert "already falling by 1.0 per 10,000" in falling
    unclear = reform.pre_trend_sentence(with_slope(p_value=0.3), "A")
    assert unclear.startswith("no trend of the gap before the reform can be distinguished")
    assert "with 6 points" in unclear


def test_steps_are_one_a_break_year(setting, changed):
    steps = reform.steps_of(changed.found.breaks)
    assert list(steps["first_after"]) == [str(year) for year in range(2016, 2024)]
    clear = steps.loc[(steps["lower"] > 0) | (steps["upper"] < 0), "first_after"]
    drawn = reform.by_break_year(setting, changed).bundle[FIGURE_MIME]
    assert all(year in drawn["title"] for year in clear)
    assert drawn["title"].endswith(", not in 2019, the first year after the reform")
    lowest = steps.loc[steps["estimate"].idxmin()]
    size = f"{abs(lowest['estimate']):.1f} per 10,000 with a break in {lowest['first_after']}"
    assert size in drawn["alt"]


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
    title = reform.steps_title(steps, first_after)
    assert title.startswith(expected)
    assert title == expected or title.endswith("includes zero")


def test_notes_on_the_regression(changed, found):
    checks = found.regression.diagnostics
    residuals = np.asarray(found.regression.residuals)
    durbin_watson = (np.diff(residuals) ** 2).sum() / (residuals**2).sum()
    first, second = reform.errors_table(changed).bundle[TABLE_MIME]["notes"]
    assert f"Durbin-Watson statistic {durbin_watson:.2f}" in first
    assert "Breusch-Godfrey p = " in first
    assert "fixed-b" in second
    silent = replace(
        found,
        regression=replace(found.regression, diagnostics=replace(checks, breusch_godfrey_p=None)),
    )
    assert "Breusch-Godfrey" not in reform.diagnostics(silent)[0]
