"""The Department's own files give back the figures that the project holds, cell by cell."""

from pathlib import Path

import pandas as pd
import pytest

from care_study import paths
from care_study.data.adding import adding, revision
from care_study.data.adding.mapping import Incoming
from care_study.data.schemas import TABLES
from care_study.data.tables import read_text_frame

AUTHORITIES = read_text_frame(paths.PUBLISHED / "authorities.csv", TABLES["authorities"])

# file, rows held from its release, figures a row
FILES = [
    ("2023/cla_number_and_rate_per_10k_children.csv", 164, 3),
    ("2024/cla_number_and_rate_per_10k_children.csv", 163, 3),
    ("2025/cla_number_and_rate_per_10k_children.csv", 817, 3),
    ("2025/b1_children_in_need_2013_to_2025.csv", 2128, 4),
    ("2025/c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv", 2127, 4),
    ("2025/d3_cpps_subsequent_plan_2013_to_2025.csv", 2129, 2),
    ("2025/csww_indicators_2017_to_2025.csv", 1461, 8),
    ("2025/ons_mid-year_population_estimates_2012_to_2024.csv", 2111, 1),
]


def one(path: Path) -> Incoming:
    (incoming,), unknown = adding.read_files([path], AUTHORITIES)
    assert unknown == []
    return incoming


@pytest.mark.parametrize(("name", "rows", "figures"), FILES)
def test_a_download_gives_the_held_figures_exactly(downloads, name, rows, figures):
    incoming = one(downloads / name)
    held = read_text_frame(paths.PUBLISHED / f"{incoming.table.name}.csv", incoming.table)
    mine = held[held["source"] == incoming.source["source"]]
    assert len(mine) == rows
    assert len(incoming.figures) == figures
    mine = mine.assign(area_id=revision.area_ids(mine))
    both = mine.merge(incoming.frame, on=["area_id", "year"], suffixes=("", "_new"), validate="1:1")
    assert len(both) == rows
    for column in (*incoming.figures, "dfe_code", "area_code", "area_name"):
        pd.testing.assert_series_equal(both[f"{column}_new"], both[column], check_names=False)


def test_rows_that_are_not_held_have_no_figure(downloads):
    for name, _, _ in FILES:
        incoming = one(downloads / name)
        held = read_text_frame(paths.PUBLISHED / f"{incoming.table.name}.csv", incoming.table)
        keys = set(zip(revision.area_ids(held), held["year"], strict=True))
        there = pd.Series(list(zip(incoming.frame["area_id"], incoming.frame["year"], strict=True)))
        extra = incoming.frame[~there.isin(keys).to_numpy()]
        # Isles of Scilly: none in the older releases, "not applicable" in the newest.
        extra = extra[extra["area_id"] != "420"]
        assert extra[list(incoming.figures)].isin(["x", "z"]).all(axis=None), name


def test_adding_the_current_files_changes_nothing(downloads):
    plan = adding.plan(paths.PUBLISHED, [downloads / "2025"])
    assert len(plan.files) == 6
    assert dict(plan.tables) == {}
    assert plan.changes.empty


def test_all_three_releases_at_once_end_with_the_newest(downloads):
    plan = adding.plan(paths.PUBLISHED, [downloads])
    assert set(plan.changes["area_id"]) <= {"420"}
    assert set(plan.changes["change"]) <= {"added", "revised"}


def test_the_releases_of_2024_and_2025_differ_as_counted_by_hand(downloads):
    name = "cla_number_and_rate_per_10k_children.csv"
    plan = adding.compare(downloads / "2024" / name, downloads / "2025" / name, AUTHORITIES)
    revised = plan.changes[plan.changes["change"] == "revised"]

    # The same count from the two files as they are, without any code of ours.
    old, new = (pd.read_csv(downloads / year / name, dtype=str) for year in ("2024", "2025"))
    place = ["time_period", "old_la_code", "region_code"]
    old["label"] = old["population_count"].str.replace(" at ", " on ")
    new["label"] = new["population_type"]
    both = old.fillna("").merge(new.fillna(""), on=[*place, "label"], validate="1:1")
    changed = both[both["number"] != both["children_count"]]
    # A re-issued code or an area that is "z" in both is no revision.
    assert len(revised) == len(changed) == 274

    cambridgeshire = revised[(revised["area_id"] == "873") & (revised["year"] == 2023)]
    march = cambridgeshire.set_index("figure").loc["looked_after_31_march"]
    assert (march["held"], march["new"]) == ("635", "632")


def test_comparing_in_the_wrong_order_is_refused(downloads):
    name = "cla_number_and_rate_per_10k_children.csv"
    with pytest.raises(ValueError, match="an older and a newer release of one table"):
        adding.compare(downloads / "2025" / name, downloads / "2024" / name, AUTHORITIES)
