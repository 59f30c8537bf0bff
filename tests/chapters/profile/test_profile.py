"""An authority's page: no authority is too awkward for it."""

import pytest
from profile_material import computed_for, opened

from care_study import paths
from care_study.area import among_all
from care_study.chapters.profile import (
    ahead,
    caveats,
    changes,
    demand,
    lines,
    measures,
    opening,
    standing,
)
from care_study.execution import execution
from care_study.show.figure import LONGEST_ALT
from care_study.show.results import Absent, facts_of

AWKWARD = [
    "Isles of Scilly",
    "City of London",
    "North Northamptonshire",
    "West Northamptonshire",
    "Cumberland",
    "Poole",
    "Bournemouth",
    "Dorset (to 2019)",
    "Cumbria",
    "Northamptonshire",
    "835+836+837",
    "Kingston upon Thames",
    "England",
]


@pytest.mark.parametrize("area", AWKWARD)
def test_everything_is_computed_for_an_awkward_area(area):
    setting, computed = opened(area), computed_for(area)
    judged = among_all.Judged("random_walk", 0.95, 1.5)
    places = among_all.compare(among_all.wide(computed), setting.area_id, judged)
    stands = standing.standing(computed, setting)
    found = [
        opening.opening(computed, setting, stands),
        stands,
        changes.changes(computed, setting, places),
        ahead.ahead(computed, setting, places, 3),
    ]
    texts = [one.text for each in found for one in facts_of(each)]
    assert all(text and "nan" not in text.lower().split() for text in texts), texts
    assert len(stands.table) == len(measures.SHOWN)
    assert not caveats.caveats(computed, setting).empty
    for name in measures.SHOWN:
        if len(measures.own_rows(computed[name], setting)) > 1:
            shown = lines.chart_lines(computed[name], setting, with_neighbours=True)
            assert setting.area_name in set(shown["area_name"])
            assert len(lines.series_alt(name, shown)) <= LONGEST_ALT


def test_a_series_of_one_year_is_left_out_with_its_reason():
    setting, computed = opened("Cumberland"), computed_for("Cumberland")
    short = {name: frame[frame["year"] >= 2025] for name, frame in computed.items()}
    for found in demand.demand_series(short, setting):
        assert isinstance(found, Absent) and "Cumberland has figures for" in found.reason


@pytest.mark.slow
def test_the_notebook_runs_where_almost_nothing_is_known(tmp_path):
    out = tmp_path / "scilly.ipynb"
    execution.execute(paths.NOTEBOOKS / "profile.ipynb", out, {"area": "Isles of Scilly"})
    assert "Isles of Scilly" in out.read_text(encoding="utf-8")
