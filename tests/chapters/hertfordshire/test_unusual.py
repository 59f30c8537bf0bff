"""How unusual the changes are: titles and alternative texts follow the ranks."""

import pytest

from care_study.area.analyses import analysis
from care_study.chapters.hertfordshire import unusual
from care_study.show.figure import FIGURE_MIME
from care_study.show.table import TABLE_MIME


def test_share_that_changed_by_more_counts_others_only(in_care):
    change = in_care.care.change
    others = change.placebos.set_index("area")["value"].drop("Hertfordshire").abs()
    larger = round(100 * (others > abs(change.against.gap.estimate)).mean())
    assert unusual.title(change, "H").startswith(f"{larger}% of other authorities' gaps in")


def test_chart_marks_the_area_and_names_its_rank(setting, in_care):
    found = in_care.care
    figure = unusual.among_all(setting, found).bundle[FIGURE_MIME]
    assert f"rank {found.rank} by size among {found.of}" in figure["alt"]
    assert figure["name"] == "care_placebos"
    assert len(figure["table"]["rows"]) == found.of


@pytest.fixture(scope="module")
def primary(setting, in_care, on_plans):
    return {
        "care": unusual.primary(setting, in_care.care, 2018),
        "plans": unusual.primary(setting, on_plans, 2018),
    }


@pytest.mark.parametrize("measure", ["care", "plans"])
def test_primary_analysis_is_the_one_named(primary, measure):
    one = primary[measure]
    named = analysis(f"hertfordshire_{measure}")
    summary = one.judged.rankings.table.set_index(["method", "ranking"])
    row = summary.loc[(named.estimator, named.ranking)]
    assert one.p == row["p_value"]
    assert one.change.estimate == row["estimate"]
    assert (one.change.lower, one.change.upper) == (row["lower"], row["upper"])
    assert one.judged.excluded.upper == pytest.approx(row["upper"])
    assert one.p > 0.05
    assert one.conclusion.startswith("By the primary analysis it cannot be said")
    assert ("studentised" in one.change.method) == named.ranking.startswith("studentised")


def test_every_method_is_listed(setting, primary):
    shown = unusual.primary_table(setting, primary["care"]).bundle[TABLE_MIME]
    assert len(shown["rows"]) == len(unusual.SHOWN)
    assert "nearest in size" in shown["notes"][0]
