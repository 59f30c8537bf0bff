"""What a new file changes: the newest release wins, nothing held is lost."""

import pandas as pd
import pytest

from care_study.data.adding import revision
from care_study.data.adding.mapping import Incoming, read_release
from care_study.data.schemas import TABLES
from care_study.data.tables import DataError

TABLE = TABLES["child_protection_plans"]
RELEASES = {f"dfe-cin-{year}-d3": read_release(str(year)) for year in (2023, 2024, 2025)} | {
    "own-data": (9999, 0)
}


def held(*rows: tuple[str, str, int, str, str, str]) -> pd.DataFrame:
    """Rows of: dfe code, name, year, plans started, second or subsequent, source."""
    full = [(code, f"E1000{code}0", name, str(y), a, b, s) for code, name, y, a, b, s in rows]
    return pd.DataFrame(full, columns=[column.name for column in TABLE.columns], dtype=str)


def incoming(
    *rows: tuple[str, str, int, str, str], release: int | str = 2025, own: bool = False
) -> Incoming:
    full = [
        (code, f"E1000{code}0", name, "East", str(year), a, b, code)
        for code, name, year, a, b in rows
    ]
    figures = ("plans_started", "second_or_subsequent")
    names = ["dfe_code", "area_code", "area_name", "region", "year", *figures, "area_id"]
    source = "own-data" if own else f"dfe-cin-{release}-d3"
    order = (9999, 0) if own else read_release(str(release))
    frame = pd.DataFrame(full, columns=names, dtype=str)
    return Incoming("d3.csv", TABLE, frame, figures, {"source": source}, order)


def changes(merged: revision.Merged) -> list[tuple[object, ...]]:
    return [
        (change["change"], change["year"], change["figure"], change["held"], change["new"])
        for change in merged.changes
    ]


OLD = held(
    ("873", "Cambridgeshire", 2023, "356", "89", "dfe-cin-2024-d3"),
    ("881", "Essex", 2023, "772", "196", "dfe-cin-2024-d3"),
)


def test_a_newer_release_revises_and_names_its_source():
    merged = revision.merge(OLD, incoming(("873", "C", 2023, "360", "89")), RELEASES)
    assert ("revised", 2023, "plans_started", "356", "360") in changes(merged)
    assert merged.changes[0]["difference"] == 4
    first = merged.frame.iloc[0]
    assert (first["plans_started"], first["source"]) == ("360", "dfe-cin-2025-d3")
    assert first["area_name"] == "Cambridgeshire"


def test_a_figure_that_did_not_change_takes_the_newer_source_and_is_no_revision():
    rows = (("873", "C", 2023, "356.0", "89"), ("881", "E", 2023, "772", "196"))
    merged = revision.merge(OLD, incoming(*rows), RELEASES)
    assert merged.changes == []
    assert set(merged.frame["source"]) == {"dfe-cin-2025-d3"}
    assert merged.frame["plans_started"].tolist() == ["356", "772"]


def test_a_row_that_the_newer_release_lacks_is_reported_and_kept():
    merged = revision.merge(OLD, incoming(("873", "C", 2023, "356", "89")), RELEASES)
    assert changes(merged) == [("dropped", 2023, "", "", "")]
    assert merged.frame.iloc[1].tolist() == OLD.iloc[1].tolist()
    assert "may be incomplete" in merged.notes[-1]


def test_an_older_release_fills_gaps_and_changes_nothing():
    rows = (("873", "C", 2023, "1", "1"), ("873", "C", 2022, "340", "80"))
    merged = revision.merge(OLD, incoming(*rows, release=2023), RELEASES)
    assert changes(merged) == [
        ("added", 2022, "plans_started", "", "340"),
        ("added", 2022, "second_or_subsequent", "", "80"),
    ]
    assert merged.frame.iloc[0]["source"] == "dfe-cin-2023-d3"
    assert merged.frame.iloc[1].tolist() == OLD.iloc[0].tolist()
    assert any("1 rows differ but are held from a newer" in note for note in merged.notes)
    assert any("1 rows were added from this older" in note for note in merged.notes)


def test_the_same_release_may_not_disagree_with_itself():
    with pytest.raises(DataError) as error:
        revision.merge(OLD, incoming(("873", "C", 2023, "357", "89"), release=2024), RELEASES)
    assert "plans_started of Cambridgeshire in 2023: 356 and 357" in str(error.value)
    assert "--release 2024-12" in str(error.value)


def test_a_symbol_in_place_of_a_figure_is_a_revision_without_a_difference():
    merged = revision.merge(OLD, incoming(("873", "C", 2023, "356", "c")), RELEASES)
    assert ("revised", 2023, "second_or_subsequent", "89", "c") in changes(merged)
    assert merged.changes[0]["difference"] is None


def test_rows_of_x_and_z_are_not_added_but_do_revise():
    rows = (("999", "Nowhere", 2023, "z", "z"), ("873", "C", 2023, "x", "x"))
    merged = revision.merge(OLD, incoming(*rows), RELEASES)
    assert "999" not in set(merged.frame["dfe_code"])
    assert merged.frame.iloc[0]["plans_started"] == "x"


def test_suppressed_rows_are_added():
    merged = revision.merge(OLD, incoming(("999", "New", 2025, "c", "c")), RELEASES)
    assert merged.frame.iloc[-1]["plans_started"] == "c"


def test_columns_that_the_file_lacks_stay_as_held():
    new = incoming(("873", "C", 2023, "360", ""))
    new = Incoming(new.file, new.table, new.frame, ("plans_started",), new.source, new.release)
    merged = revision.merge(OLD, new, RELEASES)
    assert merged.frame.iloc[0]["second_or_subsequent"] == "89"


def test_own_figures_win_but_rows_that_agree_keep_their_source():
    rows = (("873", "C", 2023, "360", "89"), ("881", "E", 2023, "772", "196"))
    merged = revision.merge(OLD, incoming(*rows, own=True), RELEASES)
    assert merged.frame["source"].tolist() == ["own-data", "dfe-cin-2024-d3"]


def test_a_release_of_the_same_year_replaces_own_figures_and_an_older_one_does_not():
    own = held(("873", "Cambridgeshire", 2024, "10", "1", "own-data"))
    row = ("873", "C", 2024, "11", "1")
    newer = revision.merge(own, incoming(row, release=2024), RELEASES)
    older = revision.merge(own, incoming(row, release=2023), RELEASES)
    assert newer.frame.iloc[0]["plans_started"] == "11"
    assert older.frame.iloc[0]["plans_started"] == "10"


def test_own_figures_can_be_corrected_by_own_figures():
    own = held(("873", "Cambridgeshire", 2026, "10", "1", "own-data"))
    merged = revision.merge(own, incoming(("873", "C", 2026, "12", "1"), own=True), RELEASES)
    assert changes(merged) == [("revised", 2026, "plans_started", "10", "12")]


def test_the_report_shows_the_largest_revision_first_and_symbols_last():
    rows = (("873", "C", 2023, "c", "99"), ("881", "E", 2023, "722", "196"))
    merged = revision.merge(OLD, incoming(*rows, ("999", "N", 2025, "5000", "1")), RELEASES)
    frame = revision.report(merged.changes)
    assert list(frame.columns) == list(revision.COLUMNS)
    assert frame["change"].tolist() == ["revised"] * 3 + ["added"] * 2
    assert frame["difference"].iloc[:2].tolist() == [-50, 10]
    assert pd.isna(frame["difference"].iloc[2])


def test_the_summary_counts_by_table_figure_and_year():
    rows = (("873", "C", 2023, "360", "89"), ("881", "E", 2023, "770", "196"))
    merged = revision.merge(OLD, incoming(*rows), RELEASES)
    (only,) = revision.summary(revision.report(merged.changes)).to_dict("records")
    assert (only["figure"], only["year"], only["revised"]) == ("plans_started", 2023, 2)
    assert (only["largest"], only["median"]) == (4, 3)
    assert revision.summary(revision.report([])).empty


def test_merging_twice_changes_nothing_more():
    new = incoming(("873", "C", 2023, "360", "90"), ("999", "N", 2025, "5", "c"))
    once = revision.merge(OLD, new, RELEASES)
    twice = revision.merge(once.frame, new, RELEASES)
    assert [c for c in twice.changes if c["change"] != "dropped"] == []
    assert twice.frame.equals(once.frame)


def test_the_difference_of_decimals_is_exact():
    assert revision._differ("11.8", "11.80") is False
    merged = revision.merge(
        held(("873", "C", 2023, "0.3", "1", "dfe-cin-2024-d3")),
        incoming(("873", "C", 2023, "0.1", "1")),
        RELEASES,
    )
    assert merged.changes[0]["difference"] == -0.2


def test_the_held_frame_is_left_alone():
    before = OLD.copy()
    revision.merge(OLD, incoming(("873", "C", 2023, "1", "1")), RELEASES)
    assert OLD.equals(before)


def test_a_release_in_other_words_counts_as_its_year():
    rows = [("a", "2025-11"), ("b", "autumn 2024"), ("c", "first"), ("own-data", "not published")]
    sources = pd.DataFrame(rows, columns=["source", "release"])
    assert revision.releases_of(sources) == {
        "a": (2025, 11),
        "b": (2024, 0),
        "c": (0, 0),
        "own-data": (0, 0),
    }
