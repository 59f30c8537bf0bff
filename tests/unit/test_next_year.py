"""A release of 2026: it is added, nothing is left over, and years follow without an edit."""

import csv
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

import imports_material as material
import next_year
from care_study import paths
from care_study.area.setting import open_setting
from care_study.data import datapackage, tables
from care_study.data.adding import adding, store
from care_study.study import newest_year


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("autumn")
    data = material.copy_of_data(folder)
    files = next_year.write(data / "published", folder / "downloads")
    plan = adding.plan(data / "published", files)
    store.write(data, plan.tables)
    return SimpleNamespace(data=data, files=files, plan=plan)


def test_the_report_counts_what_is_new_and_what_was_revised(added: SimpleNamespace) -> None:
    kinds = added.plan.changes["change"].value_counts().to_dict()
    assert set(kinds) == {"added", "revised"}
    revised = added.plan.changes[added.plan.changes["change"] == "revised"]
    assert set(revised["area_name"]) == set(next_year.REVISED)
    assert len(revised) == 7 * len(
        next_year.REVISED
    )  # three figures in one file, four in the other


def test_what_a_researcher_must_decide_is_named_with_its_file(added: SimpleNamespace) -> None:
    said = "\n".join(added.plan.areas)
    for code, _, name in next_year.PARTS:
        assert f"new area: {name} ({code}" in said
    assert "boundary_changes.csv" in said
    assert f"new code of a known authority: {next_year.REISSUED[0]}" in said


def test_the_new_tables_hold_to_their_contracts_and_are_described(added: SimpleNamespace) -> None:
    held = tables.load(added.data / "published")
    assert held["children_looked_after"]["year"].max() == next_year.YEAR
    described = (added.data / "datapackage.json").read_text(encoding="utf-8")
    assert described == datapackage.text(added.data / "published")


def test_no_source_is_left_without_a_row(added: SimpleNamespace) -> None:
    used: set[str] = set()
    for file in (added.data / "published").glob("*.csv"):
        if file.stem != "sources":
            with file.open(encoding="utf-8", newline="") as lines:
                used |= {row.get("source", "") for row in csv.DictReader(lines)}
    sources = tables.load(added.data / "published")["sources"]["source"]
    assert set(sources) <= used
    assert "dfe-cla-2026" in used


def test_the_newest_year_follows(added: SimpleNamespace) -> None:
    assert newest_year(added.data / "published") == next_year.YEAR


def test_a_table_that_ends_a_year_earlier_leaves_a_gap_and_stops_nothing(
    added: SimpleNamespace,
) -> None:
    setting = open_setting(added.data / "published", "Kent", last_year=next_year.YEAR)
    care = setting.own(setting.indicator("looked_after_rate")).set_index("year")["value"]
    assert care.isna()[next_year.YEAR]  # the population of that year is not published yet
    front_door = setting.own(setting.indicator("rereferral_percentage")).set_index("year")["value"]
    assert front_door.notna()[next_year.YEAR]


def test_an_authority_whose_code_was_issued_anew_goes_on(added: SimpleNamespace) -> None:
    name, code = next_year.REISSUED
    setting = open_setting(added.data / "published", name, last_year=next_year.YEAR)
    years = setting.tables["referrals"].query("area_name == @name")
    assert list(years.loc[years["year"] == next_year.YEAR, "area_code"]) == [code]
    own = setting.own(setting.indicator("rereferral_percentage"))
    assert own["value"].notna().sum() == len(own) == next_year.YEAR - setting.first_year + 1


def test_the_parts_of_a_divided_authority_are_areas_of_their_own(added: SimpleNamespace) -> None:
    for code, _, name in next_year.PARTS:
        setting = open_setting(
            added.data / "published", name, last_year=next_year.YEAR, neighbours_needed=False
        )
        assert setting.area_id == code
    whole = open_setting(added.data / "published", next_year.DIVIDED, last_year=next_year.YEAR)
    assert (
        whole.indicator("rereferral_percentage").query("area_id == @whole.area_id")["year"].max()
        == 2025
    )


def test_two_orders_of_adding_give_the_same_bytes(added: SimpleNamespace, tmp_path: Path) -> None:
    data = material.copy_of_data(tmp_path)
    for file in reversed(added.files):
        store.write(data, adding.plan(data / "published", [file]).tables)
    for name in ("children_looked_after", "referrals", "authorities"):
        one, other = (folder / "published" / f"{name}.csv" for folder in (data, added.data))
        assert one.read_bytes() == other.read_bytes(), name


def test_an_older_release_afterwards_changes_nothing(
    added: SimpleNamespace, tmp_path: Path
) -> None:
    old = material.cla({(material.ESSEX, 2024): (1, 1, 1)})
    file = tmp_path / "older.csv"
    file.write_text(old, encoding="utf-8")
    assert dict(adding.plan(added.data / "published", [file]).tables) == {}


def test_tests_that_hold_numbers_read_a_frozen_copy() -> None:
    living = paths.DATA / "published"
    assert living != paths.PUBLISHED
    assert newest_year(paths.PUBLISHED) == 2025
    names = {file.name for file in paths.PUBLISHED.iterdir()}
    assert names == {file.name for file in living.glob("*.csv")}, "run `make freeze`"


def test_the_frozen_copy_has_the_same_bytes_whenever_it_is_made(tmp_path: Path) -> None:
    from frozen.freeze import ARCHIVE, freeze, thaw

    freeze(paths.PUBLISHED, tmp_path / "again.tar.xz")
    assert (tmp_path / "again.tar.xz").read_bytes() == ARCHIVE.read_bytes()
    again = thaw(tmp_path / "again.tar.xz")
    assert again == paths.PUBLISHED
    shutil.rmtree(tmp_path)
