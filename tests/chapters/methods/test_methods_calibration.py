"""How often placebo tests find what is not there: what is stored, and that it is up to date."""

import pandas as pd
import pytest

from care_study import paths
from care_study.area.after_event import METHODS
from care_study.area.analyses import allowed, analyses
from care_study.chapters.methods import calibration as module
from care_study.chapters.methods.series import open_series
from care_study.data.tables import Tables
from care_study.show.results import Absent
from care_study.show.table import TABLE_MIME

YEARS = {"neighbours": "2021", "first_year": 2013, "last_year": 2025}


@pytest.fixture(scope="module")
def tried():
    return open_series(Tables(paths.PUBLISHED), "looked_after_rate", **YEARS)


@pytest.fixture(scope="module")
def found(tried):
    return module.calibrated(tried)


def test_what_is_stored_was_made_of_these_figures(found):
    assert not isinstance(found, Absent)
    assert set(found.by_group["tried_on"]) == {module.REAL, module.SHORT, module.SIMULATION}
    assert len(found.by_group) == 3 * len(found.table)


def test_other_figures_have_no_calibration():
    years = YEARS | {"last_year": 2024}
    shorter = open_series(Tables(paths.PUBLISHED), "looked_after_rate", **years)
    found = module.calibrated(shorter)
    assert isinstance(found, Absent)
    assert "made of other figures" in found.reason


def test_primary_analyses_hold_on_simulated_figures_too(found):
    rows = found.table[found.table["tried_on"] == module.SIMULATION]
    for one in analyses().values():
        if one.indicator == "looked_after_rate" and one.estimator in METHODS:
            row = rows[
                (rows["method"] == METHODS[one.estimator])
                & (rows["ranking"] == module.WORDS[one.ranking])
            ]
            assert row["carries_words"].tolist() == ["yes"], one.id


def test_raw_ranks_find_too_much_in_small_and_too_little_in_large_authorities(found):
    rows = found.table[found.table["ranking"] == module.WORDS["raw"]]
    simulated = rows[rows["tried_on"] == module.SIMULATION]
    assert (simulated["small"] > allowed().highest).all()
    assert (simulated["large"] < allowed().lowest).all()


def test_carrying_words_needs_every_group_on_both():
    base = {"method": "m", "ranking": "r"}
    groups = ["small", "middle", "large"]
    rows = [
        {**base, "tried_on": where, "group": group, "rejected": share}
        for where, shares in ((module.REAL, (0.05, 0.05, 0.05)), ("simulated", (0.05, 0.05, 0.07)))
        for group, share in zip(groups, shares, strict=True)
    ]
    shown = module.wide(pd.DataFrame(rows))
    assert shown["carries_words"].tolist() == ["yes", "no"]
    assert module.both_of(shown) == []
    rows[-1]["rejected"] = 0.06
    assert module.both_of(module.wide(pd.DataFrame(rows))) == [("m", "r")]


def test_table_shows_every_trial(found):
    shown = module.calibration_table(found).bundle[TABLE_MIME]
    assert len(shown["rows"]) == len(found.table)
    assert any("One less each share" in note for note in shown["notes"])


def test_facts_are_those_of_the_table(found):
    kept = found.table[
        (found.table["ranking"] == module.WORDS[module.KEPT])
        & (found.table["tried_on"] == module.SIMULATION)
    ]
    low, high = (
        kept[["small", "middle", "large"]].to_numpy().min(),
        kept[["small", "middle", "large"]].to_numpy().max(),
    )
    assert found.kept_simulated == f"{100 * low:.1f} to {100 * high:.1f}%"
    assert found.carrying == len(module.both_of(found.table))
