"""Figures around the letter of 2010, and every judgement since 2009."""

import pandas as pd
import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.further import further
from care_study.chapters.inspections import figures
from care_study.show.results import Absent
from care_study.show.table import TABLE_MIME


@pytest.fixture(scope="module")
def county():
    return open_setting(paths.PUBLISHED, "Northamptonshire", neighbours_needed=False)


def test_early_figures_are_those_printed(county):
    found = further(figures.early(county), figures.AROUND)
    assert found.further["early_referrals_first"].startswith("4,953")
    assert found.further["early_referrals_latest"].startswith("11,753")
    assert found.further["core_in_35_days_first"].startswith(f"{429 / 657 * 100:.1f}%")
    assert found.further["early_conferences_in_15_days_first"].startswith(f"{173 / 242 * 100:.1f}%")


def test_every_judgement_of_the_county_and_its_successors(county):
    found = figures.history(county)
    held = pd.read_csv(paths.PUBLISHED / "inspection_history.csv", dtype=str)
    own = held[held["dfe_code"].isin(["928", "940", "941"])]
    assert found.history_number == len(own)
    assert found.history_inadequate == (own["overall_effectiveness"] == "Inadequate").sum()
    assert figures.history_table(county, found).bundle[TABLE_MIME]["rows"]


def test_area_without_a_judgement_is_named():
    found = figures.history(open_setting(paths.PUBLISHED, "Cumberland", neighbours_needed=False))
    assert isinstance(found, Absent) or found.history_number >= 1
