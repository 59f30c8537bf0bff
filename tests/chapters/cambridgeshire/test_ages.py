"""Age at entry: shares from the files, beside England and both lists."""

from dataclasses import replace
from statistics import mean, median

import numpy as np
import pandas as pd
import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.cambridgeshire import ages
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent, facts_of
from care_study.show.table import TABLE_MIME

from .material import (
    AREA,
    ENGLAND,
    YEAR,
    figure,
    late_share,
    neighbours,
    reading,
    t_margin,
    wilson,
)


@pytest.fixture
def beside(late):
    return {one.comparator: one for one in late.beside}


def test_share_beside_england_with_newcombes_interval(late, beside):
    own, england = late_share(AREA), late_share(ENGLAND)
    assert (late.late_share.estimate, late.late_england.estimate) == pytest.approx((own, england))
    found = beside["England"]
    assert found.value == pytest.approx(england)
    assert found.difference.estimate == pytest.approx(own - england)
    # Newcombe (1998), method 10: the Wilson limits of both, combined.
    p1, p2 = own / 100, england / 100
    (l1, u1), (l2, u2) = (
        wilson(*(figure("started_by_age", part, area, YEAR) for part in ("age_16_over", "total")))
        for area in (AREA, ENGLAND)
    )
    assert found.difference.lower / 100 == pytest.approx(p1 - p2 - np.hypot(p1 - l1, u2 - p2))
    assert found.difference.upper / 100 == pytest.approx(p1 - p2 + np.hypot(u1 - p1, p2 - l2))


@pytest.mark.parametrize("model", ["2021", "2025"])
def test_share_beside_both_lists(beside, model):
    values = [late_share(name) for name in neighbours(model=model)]
    found = beside[f"mean of the neighbours, {model} list"]
    assert found.value == pytest.approx(mean(values))
    assert found.difference.estimate == pytest.approx(late_share(AREA) - mean(values))
    upper = found.difference.upper - found.difference.estimate
    assert upper == pytest.approx(t_margin(values))
    assert beside[f"median of the neighbours, {model} list"].value == pytest.approx(median(values))


def test_year_after_the_last_with_ages_is_that_year(setting):
    # In a run whose figures end earlier, the report's year is compared by the last one held.
    found = ages.ages(replace(setting, last_year=2022), 2025)
    assert (found.ages_year, found.ages_last) == (2022, 2022)


def test_facts_say_how_their_interval_was_found(late):
    facts = {fact.name: fact for fact in facts_of(late)}
    assert facts["late_share"].method == "Wilson, 95%"
    assert facts["late_share"].text.endswith("%")


def test_area_without_ages_is_named(setting):
    away = replace(setting, area_id="nowhere", area_name="Nowhere")
    assert isinstance(ages.ages(away, 2018), Absent)
    assert isinstance(ages.late_series(away, ages.ages(away, 2018), (2018.5, "x")), Absent)


def test_country_without_neighbours_is_named():
    england = open_setting(paths.PUBLISHED, "England", neighbours_needed=False)
    found = ages.ages(england, 2018)
    assert found.reason.startswith("No neighbour of England has a figure for starting to be looked")


def test_title_says_larger_or_smaller():
    compared = pd.DataFrame({"year": [2013, 2014], "mean_gap": [-1.0, 1.0]})
    smaller, larger = (ages.title(compared.iloc[at], "A", "mean") for at in (0, 1))
    assert smaller == "In 2013 a smaller share started at 16 or over in A than among its neighbours"
    assert larger == "In 2014 a larger share started at 16 or over in A than among its neighbours"


def test_chart_and_table(setting, late):
    drawn = ages.late_series(setting, late, (2018.5, "reform")).bundle[FIGURE_MIME]
    assert drawn["title"].startswith("In 2018 a smaller share started at 16 or over in Cambridge")
    assert drawn["alt"].startswith("Line chart of the share starting at 16 or over. Cambridgeshire")
    listed = ages.late_differences(setting, late).bundle[TABLE_MIME]
    assert [row[0] for row in listed["rows"]] == [one.comparator for one in late.beside]


@pytest.mark.parametrize(
    ("case", "comparator"),
    [
        ("neighbours-2021", "mean of the neighbours, 2021 list"),
        ("neighbours-2025", "mean of the neighbours, 2025 list"),
        ("england", "England"),
    ],
)
def test_share_is_that_of_the_verdict(judged, beside, case, comparator):
    found = reading(judged["cam-late-teenagers"], f"started-at-16-over/{case}/2018")
    assert found.value == pytest.approx(beside[comparator].difference.estimate)
