"""Signs and limits of the profile where one step, or the other direction, says something else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from profile_material import computed_for, opened

from care_study.area import among_all
from care_study.chapters.profile import caveats, changes, measures


def test_a_change_is_the_later_value_less_the_earlier():
    own = pd.DataFrame({"year": [2020, 2021, 2025], "value": [10.0, 50.0, 13.0]})
    place = {"first_year": 2020, "last_year": 2025}
    assert changes._change(own, place)[1] == 3
    assert changes._change(own.assign(value=[13.0, 50.0, 10.0]), place)[1] == -3


@pytest.mark.parametrize(("rate", "few"), [(99.9, 2_000), (100.0, 0), (100.1, 0)])
def test_twenty_children_are_not_few(rate, few):
    setting = replace(opened("Essex"), area_id="881")
    frame = pd.DataFrame(
        {
            "area_id": ["881", "E92000001"],
            "year": [2025, 2025],
            "denominator": [2_000.0, 1e7],
            "value": [90.0, rate],
        }
    )
    assert measures.few_children({measures.FORECAST_OF: frame}, setting) == few


@pytest.mark.parametrize(("own", "said"), [(2024, True), (2025, False)])
def test_only_a_figure_older_than_those_of_others_is_called_older(own, said):
    setting = opened("Essex")
    computed = computed_for("Essex")["looked_after_rate"]
    frame = computed[(computed["area_id"] != "881") | (computed["year"] <= own)]
    newest = int(frame.loc[frame["value"].notna(), "year"].max())
    assert newest == 2025
    told = [text for text in caveats._latest(frame, setting, own) if "latest figure" in text]
    assert bool(told) is said


def test_the_back_test_leaves_out_series_with_a_zero():
    rng = np.random.default_rng(1)
    years = range(2010, 2026)
    values = 50 * np.exp(rng.normal(0, 0.1, (12, len(years))).cumsum(axis=1))
    long = pd.DataFrame(values, index=[f"{n}" for n in range(12)], columns=years)

    def computed(table):
        return (
            table.rename_axis("area_id")
            .reset_index()
            .melt(id_vars="area_id", var_name="year", value_name="value")
            .assign(area_type="local authority")
        )

    alone = among_all.back_test(computed(long), "random_walk")
    with_zero = pd.concat([long, long.iloc[:1].rename(index={"0": "zero"})])
    with_zero.loc["zero", 2015] = 0.0
    assert np.isfinite(alone.mase)
    assert among_all.back_test(computed(with_zero), "random_walk") == alone
