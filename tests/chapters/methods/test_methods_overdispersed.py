"""Intervals that allow for how much counts vary: on counts whose dispersion is known."""

import numpy as np
import pytest

from care_study import paths
from care_study.chapters.methods import overdispersed as module
from care_study.chapters.methods.series import open_series
from care_study.data.tables import Tables
from care_study.statistics.intervals.overdispersed import yearly_dispersion

GROUPS = list(module.GROUPS)


@pytest.mark.parametrize("extra", [0.0, 0.02])
def test_known_dispersion_is_covered_as_stated_in_every_size_group(extra):
    rng = np.random.default_rng(5)
    size = np.repeat(np.geomspace(300, 6000, 300)[:, None], 13, axis=1)
    rate = rng.gamma(1 / extra, extra, size.shape) if extra else np.ones(size.shape)
    counts = rng.poisson(size * rate).astype(float)
    found = module.held(counts, size, yearly_dispersion(counts, size)).set_index("method")[GROUPS]
    assert found.loc[module.KINDS[2]].tolist() == pytest.approx([0.95] * 3, abs=0.025)
    exact = found.loc[module.KINDS[0]]
    if extra:
        assert exact["within_large"] < exact["within_small"] < 0.7
    else:
        assert exact.tolist() == pytest.approx([0.95] * 3, abs=0.015)


def test_referrals_vary_far_more_than_counts_of_children_in_care():
    years = {"neighbours": "2021", "first_year": 2013, "last_year": 2025}
    tables = Tables(paths.PUBLISHED)
    tried = [open_series(tables, name, **years) for name in ("looked_after_rate", "referral_rate")]
    found = module.overdispersed(tried)
    exact = found.table[found.table["method"] == module.KINDS[0]][GROUPS]
    assert exact.iloc[0].min() > 0.9
    assert exact.iloc[1].max() < 0.6
    assert len(found.table) == 6
    assert "referrals vary " in found.dispersed
