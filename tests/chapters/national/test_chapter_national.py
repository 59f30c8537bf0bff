"""The national chapter: who is compared, the scan, the funnel, the forecast, and every word."""

import json

import numpy as np
import pandas as pd
import pytest

from care_study import paths
from care_study.chapters.national import scan as chapter
from care_study.chapters.national import words
from care_study.execution import execution
from care_study.statistics.trends import read_panel

AREAS = ["Northamptonshire", "Coventry", "Cambridgeshire"]


@pytest.fixture(scope="module")
def country(published):
    return chapter.open_country(published, "looked_after_rate", AREAS)


@pytest.fixture(scope="module")
def found(country):
    return chapter.scan(country, 2019, "sdid", 0.05)


# ---- who is compared


def test_a_divided_county_is_one_series_and_its_parts_are_not_counted_again(country):
    assert {"928", "909"} <= set(country.panel.units)  # Northamptonshire, Cumbria
    assert not {"940", "941", "942", "943"} & set(country.panel.units)
    assert len(country.panel.years) == 13


def test_parts_are_left_out_even_where_they_have_every_year(published):
    later = chapter.open_country(published, "looked_after_rate", ["Coventry"], first_year=2022)
    assert "928" in later.panel.units
    assert not {"940", "941"} & set(later.panel.units)


def test_northamptonshire_after_its_division_is_the_sum_of_its_parts(country):
    rows = country.computed[country.computed["year"] == 2025].set_index("area_id")
    parts = rows.loc[["940", "941"]]
    expected = 1e4 * parts["numerator"].sum() / parts["denominator"].sum()
    last = country.panel.values[country.panel.row("928"), -1]
    assert last == pytest.approx(expected)


def test_an_area_that_lacks_a_year_is_refused(published):
    message = "West Northamptonshire: no figure .* in every year from 2013 to 2025"
    with pytest.raises(ValueError, match=message):
        chapter.open_country(published, "looked_after_rate", ["West Northamptonshire", "Leeds"])


def test_years_without_data_are_refused(published):
    with pytest.raises(ValueError, match="1990 to 1991 are outside the data"):
        chapter.open_country(published, "looked_after_rate", AREAS, first_year=1990, last_year=1991)


# ---- the scan


def shifted(country, unit, by, first_after=2019):
    """The country with one authority's values moved from a year on."""
    values = country.panel.values.copy()
    values[country.panel.row(unit), country.panel.years >= first_after] += by
    panel = read_panel(
        pd.DataFrame(values, index=list(country.panel.units), columns=country.panel.years)
    )
    return chapter.Country(**{**vars(country), "panel": panel})


def test_a_large_change_of_one_authority_is_marked_and_ranks_first(country):
    moved = shifted(country, "873", -60)
    table = chapter.ranked(chapter.scan(moved, 2019, "sdid", 0.05), moved)
    assert table.iloc[0]["area"] == "Cambridgeshire"
    assert table.iloc[0]["flagged"] == "yes"
    assert words.scan_title(table).startswith("1 of 147 authority moved")


def test_every_authority_is_ranked_by_its_distance_from_the_middle(found, country):
    table = chapter.ranked(found, country)
    assert len(table) == len(country.panel.units)
    assert table["z"].abs().is_monotonic_decreasing
    assert table["rank"].tolist() == sorted(table["rank"])
    assert set(table.loc[table["study"] == "yes", "area"]) == set(AREAS)


def test_the_table_shows_the_furthest_and_the_study(found, country):
    table = chapter.shown(chapter.ranked(found, country), fewest=5)
    assert table["rank"].tolist()[:5] == [1, 2, 3, 4, 5]
    assert set(AREAS) <= set(table["area"])


def test_every_way_has_each_method_on_both_scales(country):
    every = chapter.every_way(country, 2019, 0.05)
    assert len(every) == 2 * len(chapter.METHODS)
    counts = [0 if names == "none" else len(names.split("; ")) for names in every["names"]]
    assert every["flagged"].tolist() == counts
    assert every[AREAS].notna().all().all()


def test_a_change_as_large_as_the_scan_can_see_is_seen(country, found):
    sight = chapter.sight(found, 13)
    assert 0 < sight.alone < sight.among_all
    # For an authority of middling variation: one p-value of 5% is reached at that distance.
    table = found.table
    scale = (table["change"] / table["score"])[table["score"].abs() > 1e-9]
    middling = scale.index[(scale - scale.median()).abs().argmin()]
    at = found.centre * scale[middling]
    moved = shifted(country, middling, at + 1.05 * sight.alone - table.loc[middling, "change"])
    assert chapter.scan(moved, 2019, "sdid", 0.05).table.loc[middling, "p_value"] < 0.055


# ---- the funnel


def test_the_funnel_is_drawn_around_the_pooled_rate_of_all_once(country):
    frames = chapter.funnel_of(country, "looked_after_rate", "none")
    rows = country.computed[
        (country.computed["year"] == frames.year) & (country.computed["area_type"] == "country")
    ]
    # England's own figure is rounded to ten children.
    assert frames.result.target * 1e4 == pytest.approx(rows["value"].iloc[0], abs=0.05)
    areas = frames.points["area"]
    assert areas.is_unique and set(AREAS) <= set(areas)
    assert "West Northamptonshire" not in set(areas)


def test_allowing_for_the_spread_leaves_fewer_outside(country):
    alone = chapter.funnel_of(country, "looked_after_rate", "none")
    allowed = chapter.funnel_of(country, "looked_after_rate", "additive")
    assert allowed.beyond < alone.beyond
    outside = (alone.points["outside"] == "beyond both limits").sum()
    assert outside == alone.beyond
    assert (allowed.limits["upper_998"] > alone.limits["upper_998"]).all()


def test_a_published_percentage_has_no_funnel(published):
    country = chapter.open_country(
        published, "agency_rate", ["Leeds"], first_year=2018, last_year=2025
    )
    with pytest.raises(ValueError, match="no counts behind it"):
        chapter.funnel_of(country, "agency_rate", "none")


# ---- the forecast


@pytest.fixture(scope="module")
def ahead(country):
    few = read_panel(
        pd.DataFrame(
            country.panel.values[[country.panel.row(unit) for unit in country.focus]],
            index=list(country.focus),
            columns=country.panel.years,
        )
    )
    small = chapter.Country(**{**vars(country), "panel": few})
    return chapter.outlook(small, 3, ("random_walk", "random_walk_drift"))


def test_the_forecast_starts_from_the_last_figure(ahead, country):
    table = chapter.forecast_table(ahead, country)
    assert table["year"].tolist() == [2026, 2027, 2028] * 3
    if ahead.choice.model == "random_walk":
        last = country.panel.values[country.panel.row("873"), -1]
        assert chapter.fan(ahead, "873")["value"].tolist() == pytest.approx([last] * 3)
    ratio = np.log(table["upper_95"] / table["lower_95"])
    assert (ratio.groupby(table["area"]).diff().dropna() > 0).all()


def test_the_record_of_the_model_stands_beside_its_forecast(ahead):
    note = words.forecast_notes(ahead)[0]
    for row in ahead.by_step.to_dict("records"):
        assert f"{row['step']} ahead, {100 * row['coverage_95']:.0f}%" in note
        assert f"an error of {row['mase']:.2f}" in note
    assert ahead.choice.model.replace("_", " ") in note


def test_series_and_forecast_are_told_apart(ahead, country):
    table = chapter.with_forecast(country, "331", ahead, "E92000001")
    assert set(table["kind"]) == {"published", "forecast"}
    assert table.loc[table["kind"] == "forecast", "year"].min() == 2026
    assert table.loc[table["kind"] == "published", "year"].max() == 2025


# ---- words


def every(*names):
    return pd.DataFrame(
        {"names": names, "flagged": [0 if n == "none" else len(n.split("; ")) for n in names]}
    )


def test_words_say_what_all_methods_agree_on():
    assert words.ways(every("none", "none")) == "No method, on either scale, marks any authority"
    some = words.ways(every("none", "Bristol, City of; Leeds"))
    assert "between 0 and 2" in some and "none is marked by all" in some
    assert "every choice marks Leeds" in words.ways(every("Leeds", "Kent; Leeds"))


def test_words_name_an_authority_of_the_study_only_when_marked():
    assert words.in_the_study(every("Kent", "none"), ["Leeds", "Kent"]).endswith("marks Kent")
    none = words.in_the_study(every("Kent"), ["Leeds", "Hull", "York"])
    assert none == "None of the choices marks Leeds, Hull or York"


def test_month_in_words():
    assert words.month("2018-10") == "October 2018"


@pytest.mark.slow
def test_notebook_runs_for_another_indicator_and_other_areas(tmp_path):
    output = tmp_path / "national.ipynb"
    execution.execute(
        paths.NOTEBOOKS / "national.ipynb",
        output,
        {
            "indicator": "referral_rate", "areas": ["Leeds", "Kent", "Cumbria"],
            "event": "2019-04", "first_year": 2016,
        },
    )  # fmt: skip
    text = output.read_text(encoding="utf-8")
    assert "Cumbria" in text and "Cambridgeshire fell" not in text
    facts = {
        fact["name"]: fact
        for cell in json.loads(text)["cells"]
        for out in cell.get("outputs", [])
        if (fact := out.get("data", {}).get("application/vnd.care-study.fact+json"))
    }
    assert facts["title"]["text"] == "referrals"
    assert facts["first_after"]["value"] == 2020
