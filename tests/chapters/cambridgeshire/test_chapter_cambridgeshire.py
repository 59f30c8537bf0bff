"""The Cambridgeshire chapter: its numbers, recomputed from the files, and its notebook."""

import json
from dataclasses import replace
from statistics import mean, median

import numpy as np
import pytest
from cambridgeshire_material import (
    AREA,
    ENGLAND,
    FACTOR_COLUMNS,
    FLOWS,
    YEAR,
    children,
    factor_share,
    figure,
    held_rate,
    late_share,
    neighbours,
    per_10_000,
    series,
    t_margin,
    wilson,
)
from scipy import stats

from care_study import paths
from care_study.chapters.cambridgeshire import rate as chapter
from care_study.chapters.cambridgeshire import reform as words
from care_study.execution import execution
from care_study.show import facts

# Rows of one year


def test_row_of_a_year():
    assert chapter.in_year(series([4.0, 6.0]), 2014)["value"] == 6.0


def test_year_without_a_row_names_the_years_there_are():
    with pytest.raises(ValueError, match=r"Area has no row for 2020. The years are \[2013, 2014\]"):
        chapter.in_year(series([4.0, 6.0]), 2020)


def test_year_without_a_value_says_why():
    frame = series([4.0, None], indicator="started_at_16_over", reason="suppressed")
    with pytest.raises(ValueError, match="Area has no started_at_16_over in 2014: suppressed"):
        chapter.in_year(frame, 2014)


def test_frame_without_names_still_gets_a_sentence():
    frame = series([None]).drop(columns="area_name")
    with pytest.raises(ValueError, match="This area has no value in 2013: not published"):
        chapter.in_year(frame, 2013)
    with pytest.raises(ValueError, match=r"This area has no row for 2013. The years are \[\]"):
        chapter.in_year(frame.head(0), 2013)


def test_missing_year_of_the_published_figures_is_named(setting, computed):
    frame = computed["looked_after_started_rate"]
    own = frame[frame["area_id"] == setting.area_id]
    with pytest.raises(ValueError, match="Cambridgeshire has no looked_after_started_rate in 2015"):
        chapter.in_year(own, 2015)


# Flows


def test_flows_are_the_published_counts_and_their_rates(flow):
    # The tables hold children starting and ceasing from 2016 on.
    assert list(flow["year"]) == list(range(2016, 2026))
    for row in flow.to_dict("records"):
        year = row["year"]
        for column in ("started", "ceased"):
            assert row[column] == figure("children_looked_after", column, AREA, year)
            assert row[f"{column}_rate"] == pytest.approx(per_10_000(column, AREA, year))


@pytest.mark.parametrize("year", [2016, 2018, 2025])
def test_neighbours_flows_are_the_mean_of_ten(flow, year):
    row = flow.set_index("year").loc[year]
    into = mean(per_10_000("started", name, year) for name in neighbours())
    out = mean(per_10_000("ceased", name, year) for name in neighbours())
    assert row["started_mean"] == pytest.approx(into)
    assert row["net_mean"] == pytest.approx(into - out)
    assert row["net_rate"] == pytest.approx(row["net"] / children(AREA, year) * 10_000)


def test_flows_of_another_authority(kent, computed):
    found = chapter.flows(*(computed[name] for name in FLOWS), kent).set_index("year")
    assert found.loc[2020, "net"] == (
        figure("children_looked_after", "started", "Kent", 2020)
        - figure("children_looked_after", "ceased", "Kent", 2020)
    )


def test_net_lines_hold_the_area_and_its_neighbours(flow):
    lines = chapter.net_lines(flow, AREA)
    assert len(lines) == 2 * len(flow)
    at = lines.set_index(["area_name", "year"])["value"]
    expected = (327 - 318) / children(AREA, 2018) * 10_000
    assert at[AREA, 2018] == pytest.approx(expected)
    assert at["neighbours' mean", 2018] == flow.set_index("year").loc[2018, "net_mean"]


# Comparators


def test_late_share_beside_england_with_newcombes_interval(beside):
    row = beside.loc["england"]
    own, england = late_share(AREA), late_share(ENGLAND)
    assert (row["own"], row["value"]) == pytest.approx((own, england))
    assert row["difference"] == pytest.approx(own - england)
    # Newcombe (1998), method 10: the Wilson limits of both, combined.
    p1, p2 = own / 100, england / 100
    (l1, u1), (l2, u2) = (
        wilson(*(figure("started_by_age", part, area, YEAR) for part in ("age_16_over", "total")))
        for area in (AREA, ENGLAND)
    )
    assert row["lower"] / 100 == pytest.approx(p1 - p2 - np.hypot(p1 - l1, u2 - p2))
    assert row["upper"] / 100 == pytest.approx(p1 - p2 + np.hypot(u1 - p1, p2 - l2))


@pytest.mark.parametrize("model", ["2021", "2025"])
def test_late_share_beside_both_lists(beside, model):
    values = [late_share(name) for name in neighbours(model=model)]
    row = beside.loc[f"neighbours-{model}-mean"]
    assert row["value"] == pytest.approx(mean(values))
    assert row["difference"] == pytest.approx(late_share(AREA) - mean(values))
    assert row["upper"] - row["difference"] == pytest.approx(t_margin(values))
    assert beside.loc[f"neighbours-{model}-median", "value"] == pytest.approx(median(values))


def test_year_without_the_ages_is_refused(setting, computed):
    with pytest.raises(ValueError, match=r"has no .*2025"):
        chapter.beside_comparators(computed["started_at_16_over"], setting, 2025)


@pytest.mark.parametrize("factor", FACTOR_COLUMNS)
def test_factors_beside_england_and_the_neighbours(factors, factor):
    row = factors.set_index("factor").loc[factor]
    values = [factor_share(factor, name) for name in neighbours()]
    own = factor_share(factor, AREA)
    assert (row["own"], row["england"]) == pytest.approx((own, factor_share(factor, ENGLAND)))
    assert (row["mean"], row["gap"]) == pytest.approx((mean(values), own - mean(values)))
    assert row["gap_upper"] == pytest.approx(own - mean(values) + t_margin(values))
    count = figure("assessment_factors", FACTOR_COLUMNS[factor], AREA, YEAR)
    total = figure("assessment_factors", "assessments_with_factors", AREA, YEAR)
    limits = [100 * limit for limit in wilson(count, total)]
    assert (row["own_lower"], row["own_upper"]) == pytest.approx(limits)


def test_place_among_the_neighbours_is_a_prediction_interval(setting, computed):
    found = chapter.unusual_among(computed["looked_after_rate"], setting, YEAR)
    values = [held_rate(name) for name in neighbours()]
    half = stats.t.ppf(0.975, 9) * np.std(values, ddof=1) * np.sqrt(1.1)
    assert found.area == pytest.approx(held_rate(AREA))
    assert (found.lower, found.upper) == pytest.approx((mean(values) - half, mean(values) + half))


# The report's own arithmetic


def test_caseload_of_the_units(claims):
    table = chapter.unit_caseload(claims)
    # 32 units of 60 to 80 cases, held by four or by three.
    assert table["cases_per_worker"].tolist() == pytest.approx([15, 20, 20, 80 / 3])
    assert table["cases_total"].tolist() == [1920, 2560, 1920, 2560]
    assert table["workers_total"].tolist() == [128, 128, 96, 96]
    assert words.range_of(table, 4.0) == "15 to 20 cases each"
    assert words.range_of(table, 3.0) == "20 to 27 cases each"


def test_caseload_needs_the_number_of_units(claims):
    empty = {**claims, "cam-units": replace(claims["cam-units"], high=None)}
    with pytest.raises(ValueError, match="no number where the chapter needs one"):
        chapter.unit_caseload(empty)


# The notebook


def test_every_claim_has_a_place_in_the_notebook(claims):
    content = json.loads((paths.NOTEBOOKS / "cambridgeshire.ipynb").read_text("utf-8"))["cells"]
    text = "".join("".join(cell["source"]) for cell in content)
    mine = [claim for claim in claims.values() if claim.notebook == "cambridgeshire"]
    tested = [claim.id for claim in mine if claim.check != "not testable"]
    assert len(tested) == 20
    assert [name for name in (*tested, "cam-not-testable") if f"({name})=" not in text] == []


@pytest.mark.slow
def test_notebook_runs_for_another_authority_without_verdicts(tmp_path):
    done = tmp_path / "cambridgeshire.ipynb"
    execution.execute(paths.NOTEBOOKS / "cambridgeshire.ipynb", done, {"area": "Kent"})
    found = facts.facts_in(json.loads(done.read_text("utf-8")))
    assert found["area"].value == "Kent"
    count = figure("children_looked_after", "looked_after_31_march", "Kent", 2018)
    assert found["count_then"].value == count
    assert found["rate_then"].value == pytest.approx(held_rate("Kent"))
    assert facts.read_verdicts(done) == []
