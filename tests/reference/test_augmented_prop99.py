"""California's tobacco programme by ridge-augmented synthetic control, against a second engine."""

import numpy as np
import pandas as pd
import pytest
from shared_cases import SHARED

from care_study.statistics.trends import augmented_synthetic_control

FILE = SHARED / "california_prop99.csv"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the data lie beside the repository")

# pysyncon 1.7.0, AugSynth on the outcomes before 1989 alone: penalty, mean effect, misfit before.
SECOND = [
    (10_000.0, -18.271029847056223, 1.3158573363338368),
    (419.54453615670263, -15.927285453370194, 0.7274928694785825),
]


def california(**options):
    long = pd.read_csv(FILE)
    wide = long.pivot(index="State", columns="Year", values="PacksPerCapita")
    return augmented_synthetic_control(wide, "California", 1989, intercept=False, **options)


@pytest.mark.parametrize(("penalty", "effect", "misfit"), SECOND)
def test_agrees_with_a_second_engine_at_the_same_penalty(penalty, effect, misfit):
    got = california(penalty=penalty)
    assert got.estimate == pytest.approx(effect, abs=2e-4)
    assert got.rmspe_before == pytest.approx(misfit, abs=2e-5)


def test_the_penalty_chosen_is_near_that_of_the_second_engine():
    # pysyncon chooses 429.8 from its own grid, which gives -15.95.
    assert california().estimate == pytest.approx(-15.9526, abs=0.1)


def test_without_augmentation_it_is_the_published_synthetic_control():
    # The exact optimum of the outcome-only problem is -19.51 (Stata sdid -19.48, R -19.6).
    got = california(penalty=np.inf)
    assert got.estimate == pytest.approx(-19.51, abs=0.01)
    assert got.p_value == 1 / 20 and got.upper < 0
