"""The scan: who is marked, what it could see, and every word about it."""

from dataclasses import replace

import pandas as pd
import pytest

from care_study.chapters.national import scan
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent, facts_of
from care_study.show.table import TABLE_MIME
from care_study.statistics.trends import read_panel

AREAS = {"Northamptonshire", "Coventry", "Cambridgeshire"}


@pytest.fixture(scope="module")
def judged(country):
    return scan.judged(country, 2019, "sdid", 0.05)


@pytest.fixture(scope="module")
def ranks(judged, country):
    return scan.ranked(judged, country)


@pytest.fixture(scope="module")
def found(country):
    return scan.scan(country, 2019, "sdid", 0.05)


def shifted(country, unit, by, first_after=2019):
    """The country with one authority's values moved from a year on."""
    values = country.panel.values.copy()
    values[country.panel.row(unit), country.panel.years >= first_after] += by
    panel = read_panel(
        pd.DataFrame(values, index=list(country.panel.units), columns=country.panel.years)
    )
    return replace(country, panel=panel)


def test_a_large_change_of_one_authority_is_marked_and_ranks_first(country):
    moved = shifted(country, "873", -60)
    table = scan.ranked(scan.judged(moved, 2019, "sdid", 0.05), moved)
    assert table.iloc[0]["area"] == "Cambridgeshire"
    assert table.iloc[0]["flagged"] == "yes"
    assert scan.title(table).startswith("1 of 147 authorities moved")
    assert scan.furthest(table, moved).startswith("Cambridgeshire, down by ")
    assert scan.place(table, moved, "Cambridgeshire").endswith("it is among those that stand out")


def test_every_authority_is_ranked_by_its_distance_from_the_middle(ranks, country):
    assert len(ranks) == len(country.panel.units)
    assert ranks["z"].abs().is_monotonic_decreasing
    assert ranks["rank"].tolist() == sorted(ranks["rank"])
    assert set(ranks.loc[ranks["study"] == "yes", "area"]) == AREAS


def test_the_table_shows_the_furthest_and_the_study(ranks):
    table = scan.shortened(ranks, fewest=5)
    assert table["rank"].tolist()[:5] == [1, 2, 3, 4, 5]
    assert set(table["area"]) == set(ranks["area"][:5]) | AREAS
    assert "z" not in table


def test_every_way_has_each_method_on_both_scales(found):
    every = found.every
    assert len(every) == 2 * len(scan.METHODS)
    counts = [0 if names == "none" else len(names.split("; ")) for names in every["names"]]
    assert every["flagged"].tolist() == counts
    assert every[list(AREAS)].notna().all().all()


def test_a_change_as_large_as_the_scan_can_see_is_seen(country, judged):
    alone, among_all = scan.sight(judged, 13)
    assert 0 < alone < among_all
    # For an authority of middling variation: one p-value of 5% is reached at that distance.
    table = judged.table
    scale = (table["change"] / table["score"])[table["score"].abs() > 1e-9]
    middling = scale.index[(scale - scale.median()).abs().argmin()]
    at = judged.centre * scale[middling]
    moved = shifted(country, middling, at + 1.05 * alone - table.loc[middling, "change"])
    assert scan.judged(moved, 2019, "sdid", 0.05).table.loc[middling, "p_value"] < 0.055


def test_facts_are_those_of_the_ranks(found):
    facts = {fact.name: fact for fact in facts_of(found)}
    ranks = found.ranks
    assert facts["authorities"].value == len(ranks)
    assert facts["unusual_alone"].value == (ranks["p_value"] < 0.05).sum()
    assert facts["by_chance"].value == pytest.approx(0.05 * len(ranks))
    assert facts["scan_title"].text == scan.title(ranks)
    assert facts["sight_all"].unit == "per 10,000 children aged 0 to 17"
    assert facts["sight_all"].decimals == 1
    assert facts["places"].text.count("relative to its comparison group") == 3


def test_a_difference_of_percentages_is_in_points(opened):
    found = scan.scan(opened("rereferral_percentage", ["Rutland"]), 2019, "level_change", 0.05)
    assert " percentage points relative to its comparison group" in found.places
    assert " percentage points (p" in found.furthest
    columns = scan.furthest_table(found).bundle[TABLE_MIME]["columns"]
    assert {"percentage points"} == {one["unit"] for one in columns if one["key"] == "change"}


def test_what_is_shown_names_those_asked_about(found):
    figure = scan.changes_of_all(found).bundle[FIGURE_MIME]
    assert all(name in figure["alt"] for name in AREAS)
    every = scan.every_way_table(found).bundle[TABLE_MIME]
    assert "Coventry, p-value" in [column["label"] for column in every["columns"]]
    assert len(every["rows"]) == 2 * len(scan.METHODS)


def test_an_area_without_a_whole_series_is_said_not_to_be_compared(opened):
    asked = opened("looked_after_rate", ["City of London"])
    found = scan.scan(asked, 2019, "level_change", 0.05)
    assert found.places == (
        "City of London is not among those compared: it has no series of its own for all of 2013 "
        "to 2025"
    )
    assert found.in_study == "None of the choices marks an authority asked about"
    figure = scan.changes_of_all(found).bundle[FIGURE_MIME]
    assert figure["alt"].endswith("robust standard deviations.")


def test_an_event_outside_the_years_gives_the_reason(country):
    absent = scan.scan(country, 2030, "sdid", 0.05)
    assert isinstance(absent, Absent) and "2030" in absent.reason
    assert scan.furthest_table(absent) is absent


def every(*names):
    return pd.DataFrame(
        {"names": names, "flagged": [0 if n == "none" else len(n.split("; ")) for n in names]}
    )


def test_words_say_what_all_methods_agree_on():
    assert scan.ways(every("none", "none")) == "No method, on either scale, marks any authority"
    some = scan.ways(every("none", "Bristol, City of; Leeds"))
    assert "between 0 and 2" in some and "none is marked by all" in some
    assert "every choice marks Leeds" in scan.ways(every("Leeds", "Kent; Leeds"))


def test_words_name_an_authority_of_the_study_only_when_marked():
    assert scan.in_the_study(every("Kent", "none"), ["Leeds", "Kent"]).endswith("marks Kent")
    none = scan.in_the_study(every("Kent"), ["Leeds", "Hull", "York"])
    assert none == "None of the choices marks Leeds, Hull or York"
