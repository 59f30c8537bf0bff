"""A change judged as its primary analysis says, on a panel made for the purpose."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from care_study.area import judged as module
from care_study.area.after_event import METHODS, authorities_panel
from care_study.area.analyses import allowed, analyses, analysis, named
from care_study.area.setting import open_setting
from care_study.data import geography
from care_study.indicators.definitions import INDICATORS
from care_study.paths import PUBLISHED
from care_study.statistics.trends import calibration, read_panel, trials
from care_study.statistics.trends.panel import Panel

YEARS = np.arange(2013, 2026)
UNITS = [f"u{place:02}" for place in range(80)]
RING = {
    unit: [UNITS[(place + step) % 80] for step in (1, 2, 3)] for place, unit in enumerate(UNITS)
}
SIZES = pd.Series(np.geomspace(10_000, 200_000, 80), index=UNITS)
GAPS = ("gap_did", "gap_slope_change", "gap_level_change")


@pytest.fixture(scope="module")
def wandering():
    rng = np.random.default_rng(4)
    steps = rng.normal(0, 1, (80, 13)) * 3 * (SIZES.to_numpy()[:, None] / 40_000) ** -0.4
    return pd.DataFrame(60 + steps.cumsum(axis=1), index=UNITS, columns=YEARS)


def judged_of(wide, lift=0.0, area="u40"):
    wide = wide.copy()
    wide.loc[area, YEARS >= 2019] += lift
    long = wide.rename_axis("unit").reset_index().melt("unit", var_name="year")
    primary = replace(analysis("cambridgeshire_reform"), secondary=("gap_slope_change",))
    return module.judge(long.astype({"year": int}), area, 2019, RING, SIZES, primary, methods=GAPS)


@pytest.fixture(scope="module")
def quiet(wandering):
    return judged_of(wandering)


@pytest.fixture(scope="module")
def loud(wandering):
    return judged_of(wandering, 60.0)


def test_every_analysis_names_what_the_code_knows():
    assert named() == date(2026, 12, 1)
    for one in analyses().values():
        assert one.indicator in INDICATORS
        assert one.last in ("latest", "document")
        if one.ranking != "randomisation":
            assert {one.estimator, *one.secondary} <= set(METHODS)
            assert one.estimator not in one.secondary
    with pytest.raises(ValueError, match="Found no analysis 'x'"):
        analysis("x")


def test_primary_stands_first_and_only_the_secondary_are_corrected(quiet):
    table = quiet.table
    assert list(table["analysis"]) == ["primary", "secondary", "not used for words"]
    assert table["adjusted"].notna().tolist() == [False, True, False]
    assert table["adjusted"].iloc[1] == table["p_value"].iloc[1]  # alone, Holm changes nothing
    assert quiet.p == table["p_value"].iloc[0]
    assert quiet.interval.lower < quiet.interval.estimate < quiet.interval.upper
    assert quiet.row("gap_slope_change")["method"] == METHODS["gap_slope_change"]


def test_rank_is_over_the_own_scale_among_those_of_like_size(quiet):
    found = quiet.rankings
    ratios = (found.estimates["gap_did"] / found.scales["gap_did"]).abs()
    distance = (np.log(SIZES) - np.log(SIZES["u40"])).abs().drop("u40")
    near = distance.sort_values(kind="stable").index[:59]
    larger = int((ratios[near] >= ratios["u40"]).sum())
    assert quiet.p == pytest.approx((1 + larger) / 60)


def test_words_follow_the_primary_analysis(quiet, loud):
    assert "cannot be said that anything changed" in module.conclusion(quiet, "A")
    assert "A's change, upwards by 6" in module.conclusion(loud, "A")
    assert "is unusual among those of authorities of its size (p = 0.0" in module.conclusion(
        loud, "A"
    )


def test_words_say_where_a_secondary_analysis_disagrees(quiet):
    table = quiet.table.assign(adjusted=[np.nan, 0.01, np.nan])
    apart = replace(quiet, table=table)
    said = module.secondary_sentence(apart)
    assert said.startswith("A secondary analysis disagrees: change of the gap's yearly trend. ")
    assert "disagrees once corrected" in module.secondary_sentence(quiet)
    alone = replace(quiet, table=table.iloc[:1])
    assert module.secondary_sentence(alone) == "No secondary analysis was named"


def test_the_smallest_and_the_largest_p_are_named(quiet):
    said = module.spread_sentence(quiet)
    assert f"from {quiet.every_p.min():.3f} (" in said
    assert f"to {quiet.every_p.max():.2f} (" in said


def test_silence_and_breakdown_are_said(quiet):
    said = module.silence_sentence(quiet, "per 10,000")
    assert f"{quiet.excluded.equivalence_bound:.1f} per 10,000 or more either way" in said
    assert f"smaller than {quiet.excluded.detectable:.1f}" in said
    assert "of its largest earlier yearly movement" in module.breakdown_sentence(quiet)
    assert module.breakdown_sentence(replace(quiet, breakdown=None)).startswith("A year is missing")


def test_what_stands_beside_the_primary_one_can_be_recomputed(quiet):
    gaps = quiet.rankings.estimates
    assert set(gaps.columns) == set(GAPS)
    assert 0 < quiet.block_p <= 1
    interval = quiet.interval
    assert quiet.excluded.upper == pytest.approx(interval.upper)
    assert quiet.excluded.lower == pytest.approx(interval.lower)


# ---- a method that carries words holds its size in authorities of every size


def windows(panel, before, after):
    """Every run of so many years before an event and after it: ``panel, event``."""
    for start in range(len(panel.years) - before - after + 1):
        years = slice(start, start + before + after)
        cut = Panel(panel.units, panel.years[years], panel.values[:, years])
        yield cut, panel.years[start + before]


@pytest.fixture(scope="module")
def care():
    setting = open_setting(PUBLISHED, "Cambridgeshire")
    computed = setting.indicator("looked_after_rate")
    twice = geography.counted_twice(setting.tables["boundary_changes"])
    lists = geography.neighbour_lists(
        setting.tables["statistical_neighbours"], setting.tables["authorities"], "2021"
    )
    panel = read_panel(authorities_panel(computed, twice))
    return panel, module.sizes_of(computed), lists


def test_cambridgeshires_primary_and_secondary_tests_hold_their_size(care):
    panel, sizes, lists = care
    one = analysis("cambridgeshire_reform")
    events = [year for year in panel.years if 2018 <= year <= 2023]
    found = trials(
        panel, sizes, events=events, methods=(one.estimator, *one.secondary),
        rankings=(one.ranking,), neighbours=lists,
    )  # fmt: skip
    assert calibration(found)["rejected"].map(allowed().holds).all()


def test_hertfordshires_primary_test_holds_its_size_with_three_years_on_a_side(care):
    panel, sizes, lists = care
    one = analysis("hertfordshire_care")
    found = [
        trials(cut, sizes, events=[event], methods=(one.estimator,), rankings=(one.ranking,),
               neighbours=lists)
        for cut, event in windows(panel, 3, 3)
    ]  # fmt: skip
    assert calibration(pd.concat(found))["rejected"].map(allowed().holds).all()
