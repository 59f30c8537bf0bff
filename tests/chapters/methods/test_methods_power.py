"""The power of a step, by simulation; placebo power against placebo inference."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study.chapters.methods import power as power_of
from care_study.chapters.methods import simulation
from care_study.statistics.trends import placebo_inference, read_panel, segmented_design

DESIGN = segmented_design(np.arange(1, 14), 7, "level_and_slope")


def test_power_of_a_step_agrees_with_simulation():
    step = 3.0
    power = power_of.step_power([0.0, step])["power"]
    assert power.iloc[0] == pytest.approx(0.05)
    noise = np.random.default_rng(5).standard_normal((20_000, 13)) + step * DESIGN[:, 2]
    t = simulation.least_squares_statistics(noise, DESIGN, 2, 2)[0]
    assert power.iloc[1] == pytest.approx((np.abs(t) > stats.t.ppf(0.975, 9)).mean(), abs=0.01)


def test_placebo_power_is_that_of_placebo_inference():
    made = np.random.default_rng(6).standard_normal((40, 13))
    panel = read_panel(pd.DataFrame(made, columns=range(2013, 2026)))
    estimates = pd.DataFrame({"level_change": np.linalg.pinv(DESIGN)[2] @ made.T})
    shift = 4.0
    power = power_of.placebo_power(estimates, [shift])["power"].iloc[0]
    noticed = []
    for unit in range(40):
        for sign in (-1, 1):
            moved = made.copy()
            moved[unit, 6:] += sign * shift
            found = placebo_inference(
                read_panel(pd.DataFrame(moved, columns=panel.years)),
                unit,
                2019,
                methods=("level_change",),
            )
            noticed.append(found.summary["p_value"].iloc[0] <= 0.05)
    assert 0.2 < power < 1
    assert power == pytest.approx(np.mean(noticed))


def test_the_size_that_is_detected_lies_between_the_computed_ones():
    power = pd.DataFrame({"step": [1.0, 2.0, 3.0], "power": [0.5, 0.7, 0.9]})
    assert power_of.detectable(power, "step") == pytest.approx(2.5)
    assert np.isnan(power_of.detectable(power, "step", wanted=0.95))
    assert power_of.detectable(power, "step", wanted=0.4) == 1.0
    title = power_of.power_title({"a": float("nan")}, "per 10,000")
    assert title.startswith("No change of the sizes tried")


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ([29.4, 40.5], "about 29 to 41 per 10,000"),
        ([29.4, 29.2], "about 29 per 10,000"),
        ([29.4, 30.5, float("nan")], "at least about 29 per 10,000"),
    ],
)
def test_the_title_tells_the_sizes_that_are_known(sizes, words):
    found = {str(place): size for place, size in enumerate(sizes)}
    assert f"has to reach {words} to be" in power_of.power_title(found, "per 10,000")
