"""Parental factors: shares from the files, and which are recorded more often."""

from dataclasses import replace
from statistics import mean

import pytest

from care_study.chapters.cambridgeshire import factors
from care_study.show.figure import FIGURE_MIME

from .material import (
    AREA,
    ENGLAND,
    FACTOR_COLUMNS,
    YEAR,
    factor_share,
    figure,
    neighbours,
    reading,
    t_margin,
    wilson,
)


@pytest.mark.parametrize("factor", FACTOR_COLUMNS)
def test_factors_beside_england_and_the_neighbours(parental, factor):
    row = factors.factors_table(parental.every).set_index("factor").loc[factor]
    values = [factor_share(factor, name) for name in neighbours()]
    own = factor_share(factor, AREA)
    assert (row["own"], row["england"]) == pytest.approx((own, factor_share(factor, ENGLAND)))
    assert (row["mean"], row["gap"]) == pytest.approx((mean(values), own - mean(values)))
    assert row["gap_upper"] == pytest.approx(own - mean(values) + t_margin(values))
    count = figure("assessment_factors", FACTOR_COLUMNS[factor], AREA, YEAR)
    total = figure("assessment_factors", "assessments_with_factors", AREA, YEAR)
    limits = [100 * limit for limit in wilson(count, total)]
    assert (row["own_lower"], row["own_upper"]) == pytest.approx(limits)


def named(parental, **conclusions):
    """The first two factors, renamed, with the conclusions given."""
    return [
        replace(one, words=name, gap=replace(one.gap, conclusion=conclusion))
        for one, (name, conclusion) in zip(parental.every, conclusions.items(), strict=False)
    ]


@pytest.mark.parametrize(
    ("drugs", "alcohol", "expected"),
    [
        ("not distinguishable", "no interval", "No factor is recorded clearly more or less often"),
        ("above", "above", "A records drugs and alcohol more often than its neighbours"),
        ("below", "below", "A records drugs and alcohol less often than its neighbours"),
        ("above", "below", "A records drugs more often, alcohol less often than its neighbours"),
    ],
)
def test_title(parental, drugs, alcohol, expected):
    every = named(parental, drugs=drugs, alcohol=alcohol)
    assert factors.title(every, "A").startswith(expected)


def test_chart_gives_every_gap(setting, parental):
    drawn = factors.gaps_by_factor(setting, parental).bundle[FIGURE_MIME]
    gap = factor_share("mental health", AREA) - mean(
        factor_share("mental health", name) for name in neighbours()
    )
    assert f"mental health {gap:.1f}" in drawn["alt"]
    assert drawn["title"].startswith("Cambridgeshire records mental health and drug misuse more")


READINGS = {words: indicator.replace("_", "-") for indicator, words in factors.FACTORS.items()}


def test_gaps_are_those_of_the_verdict(judged, parental):
    found = judged["cam-factors-high"]
    assert found.outcome == "not contradicted"
    for one in parental.every:
        case = reading(found, f"{READINGS[one.words]}/neighbours-2021/2018")
        assert case.value == pytest.approx(one.gap.gap.estimate)


def test_largest_factor_in_england_is_named(judged, parental):
    shares = {factor: factor_share(factor, ENGLAND) for factor in FACTOR_COLUMNS}
    most = max(shares, key=shares.get)
    assert (parental.factor_most, parental.factor_most_share) == (most, pytest.approx(shares[most]))
    sentence = judged["cam-trio-any"].sentence
    assert f"In England {most} alone was recorded in {shares[most]:.0f}% of" in sentence


def test_all_three_together_is_bounded_by_the_single_shares(parental, judged):
    least, most = factors.together(parental)
    whole = 4552  # assessments with any factor, Cambridgeshire, year to March 2018
    assert least == 0  # 1644 + 1719 + 738 is less than twice the whole
    assert most == pytest.approx(min(1644, 1719, 705 + 738) / whole * 100)
    for claim in ("cam-trio-all", "cam-factors-together"):
        assert f"in {most:.0f}% of the county's assessments" in judged[claim].sentence
        assert "Would decide: " in judged[claim].sentence
