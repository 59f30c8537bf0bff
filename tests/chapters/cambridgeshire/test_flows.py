"""Into care and out of care: published counts and rates, and what is said of them."""

from statistics import mean

import pandas as pd
import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.cambridgeshire import flows
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent

from .material import AREA, MINUS, children, figure, neighbours, per_10_000


def test_flows_are_the_published_counts_and_their_rates(in_and_out):
    table = in_and_out.table
    assert list(table["year"]) == list(range(2013, 2026))
    assert in_and_out.flows_first == 2013
    for row in table.to_dict("records"):
        year = row["year"]
        for column in ("started", "ceased"):
            assert row[column] == figure("children_looked_after", column, AREA, year)
            assert row[f"{column}_rate"] == pytest.approx(per_10_000(column, AREA, year))


@pytest.mark.parametrize("year", [2016, 2018, 2025])
def test_neighbours_flows_are_the_mean_of_ten(in_and_out, year):
    row = in_and_out.table.set_index("year").loc[year]
    into = mean(per_10_000("started", name, year) for name in neighbours())
    out = mean(per_10_000("ceased", name, year) for name in neighbours())
    assert row["started_mean"] == pytest.approx(into)
    assert row["net_mean"] == pytest.approx(into - out)
    assert row["net_rate"] == pytest.approx(row["net"] / children(AREA, year) * 10_000)


def test_flows_of_another_authority():
    kent = flows.flows_table(open_setting(paths.PUBLISHED, "Kent")).set_index("year")
    assert kent.loc[2020, "net"] == (
        figure("children_looked_after", "started", "Kent", 2020)
        - figure("children_looked_after", "ceased", "Kent", 2020)
    )


def test_net_lines_hold_the_area_and_its_neighbours(in_and_out):
    table = in_and_out.table
    lines = flows.net_lines(table, AREA)
    assert len(lines) == 2 * len(table)
    at = lines.set_index(["area_name", "year"])["value"]
    assert at[AREA, 2018] == pytest.approx((327 - 318) / children(AREA, 2018) * 10_000)
    assert at["neighbours' mean", 2018] == table.set_index("year").loc[2018, "net_mean"]


@pytest.mark.parametrize(
    ("net", "expected"),
    [
        ([5, 1], "more children came into care than left in every year"),
        ([-5, -1], "more children left care than came in in every year"),
        ([5, -1], "more children came into care than left in 1 of 2 years"),
    ],
)
def test_title(net, expected):
    table = pd.DataFrame({"year": [2016, 2017], "net": net})
    assert flows.title(table, "A") == f"In A {expected}"


def test_sentences(in_and_out):
    before = [figure("children_looked_after", "started", AREA, year) for year in range(2013, 2019)]
    said = in_and_out.flows_sentence
    assert said.startswith(f"Before 2019, {mean(before):,.0f} children a year started and ")
    assert ". From 2019 on, " in said
    assert "Before" not in flows.sentences(in_and_out.table, 2013, AREA)


def test_one_child_is_a_child():
    table = pd.DataFrame({"year": [2020], "started": [1], "ceased": [2]})
    assert flows.sentences(table, 2020, "A") == (
        "From 2020 on, 1 child a year started and 2 ceased to be looked after in A."
    )


def test_chart_names_the_highest_and_the_lowest_year(setting, in_and_out):
    drawn = flows.net_flow(setting, in_and_out, (2018.5, "reform")).bundle[FIGURE_MIME]
    assert drawn["alt"].endswith(
        f"highest in 2017 (5.6 per 10,000) and lowest in 2021 ({MINUS}6.1)."
    )
    assert "reform" in drawn["wide"]


def test_children_leaving_per_hundred_held_a_year_before(judged, leaving):
    def share(area):
        out = figure("children_looked_after", "ceased", area, 2018)
        return 100 * out / figure("children_looked_after", "looked_after_31_march", area, 2017)

    among = mean(share(name) for name in neighbours())
    assert (leaving.leaving, leaving.leaving_neighbours) == pytest.approx((share(AREA), among))
    verdict = judged["cam-stay-longer"]
    assert (verdict.held_against, verdict.outcome) == ("a near measure", "undecided")


def test_year_without_flows_is_named(setting):
    found = flows.leaving(setting, 2013)  # nobody was counted in 2012
    assert isinstance(found, Absent)
    assert "in 2013" in found.reason and "Cambridgeshire" in found.reason
