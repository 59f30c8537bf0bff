"""The Cambridgeshire chapter: titles, alternative texts and sentences that follow the numbers."""

from dataclasses import replace
from statistics import mean

import numpy as np
import pandas as pd
import pytest
from cambridgeshire_material import (
    AREA,
    YEAR,
    cells,
    factor_share,
    figure,
    held_rate,
    neighbours,
    series,
)

from care_study.area.by_year import by_year
from care_study.chapters.cambridgeshire import rate as chapter
from care_study.chapters.cambridgeshire import reform as words


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


def test_share_of_larger_changes_follows_the_rank(reform):
    for rank, share in ((1, 0), (2, 25), (5, 100)):
        title = words.placebo_title(with_summary(reform, rank=rank, placebos=4), "gap_did", "A")
        assert title.startswith(f"{share}% of other authorities' gaps changed by more than A's")


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
