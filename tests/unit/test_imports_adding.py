"""From files to a plan: areas and sources that are new, several files at once, the commands."""

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

import imports_material as material
from care_study import paths
from care_study.cli.main import main
from care_study.data import tables
from care_study.data.adding import adding, store
from care_study.data.tables import DataError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return material.copy_of_data(tmp_path)


@pytest.fixture
def run(data, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "BUILD", tmp_path / "build")

    def command(name: str, *arguments: str):
        return CliRunner().invoke(main, ["data", name, *arguments, "--data", str(data)])

    return command


def save(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def c1_2026(essex: int = 9000) -> str:
    return material.c1({(material.ESSEX, 2026): (essex, 1500, 20, 600)})


def test_a_new_authority_gets_a_row_and_no_boundary_change(data, tmp_path):
    new = ("Local authority", "951", "New / Essex", "E06000099", "East of England")
    path = save(tmp_path, "a.csv", material.c1({(new, 2027): (1, 1, 1, 1)}))
    plan = adding.plan(data / "published", [path])
    (said,) = plan.areas
    assert "new area: New / Essex (951, E06000099)" in said
    assert "boundary_changes.csv: it is never guessed" in said
    assert "boundary_changes" not in plan.tables
    row = plan.tables["authorities"].iloc[-1].to_dict()
    assert row == {
        "area_code": "E06000099",
        "dfe_code": "951",
        "area_name": "New / Essex",
        "area_type": "local authority",
        "region": "East of England",
        "first_year": "2027",
        "last_year": "2027",
    }
    store.write(data, plan.tables)
    assert "951" in set(tables.load(data / "published")["authorities"]["area_id"])


def test_a_re_issued_code_of_a_known_authority_is_said(data, tmp_path):
    re_issued = ("Local authority", "881", "Essex", "E10000099", "East of England")
    path = save(tmp_path, "a.csv", material.c1({(re_issued, 2026): (1, 1, 1, 1)}))
    plan = adding.plan(data / "published", [path])
    assert plan.areas == ("new code of a known authority: Essex (881, E10000099)",)
    store.write(data, plan.tables)
    referrals = tables.load(data / "published")["referrals"]
    assert (referrals["area_id"] == "881").sum() == 14


def test_areas_go_on_to_the_new_year(data, tmp_path):
    plan = adding.plan(data / "published", [save(tmp_path, "a.csv", c1_2026())])
    assert plan.areas == ("1 areas now have data to 2026",)
    held = plan.tables["authorities"].set_index("area_code")
    assert held.at["E10000012", "last_year"] == "2026"
    assert held.at["E10000003", "last_year"] == "2025"


def test_two_files_of_one_release_that_disagree_are_refused(data, tmp_path):
    files = [save(tmp_path, f"{n}.csv", c1_2026(n)) for n in (9000, 9001)]
    with pytest.raises(DataError) as error:
        adding.plan(data / "published", files)
    assert "9001.csv: 1 figures disagree" in str(error.value)
    assert "referrals of Essex in 2026: 9000 and 9001" in str(error.value)


def test_two_files_of_one_release_that_agree_are_one(data, tmp_path):
    files = [save(tmp_path, name, c1_2026()) for name in ("a.csv", "b.csv")]
    plan = adding.plan(data / "published", files)
    assert len(plan.changes) == 4


def test_unknown_files_of_a_folder_are_left_out_and_said(data, tmp_path):
    folder = tmp_path / "downloads"
    folder.mkdir()
    save(folder, "a.csv", c1_2026())
    save(folder, "b.csv", "colour,size\nred,1\n")
    plan = adding.plan(data / "published", [folder])
    assert len(plan.files) == 1
    assert any("left out: b.csv: the file is not one" in note for note in plan.notes)


def test_a_folder_of_unknown_files_is_refused(data, tmp_path):
    folder = tmp_path / "downloads"
    folder.mkdir()
    save(folder, "b.csv", "colour,size\nred,1\n")
    with pytest.raises(DataError, match="not one that the project knows"):
        adding.plan(data / "published", [folder])


def test_a_zip_archive_is_read(data, tmp_path):
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/c1.csv", c1_2026())
        archive.writestr("data-guidance/data-guidance.txt", "words")
    plan = adding.plan(data / "published", [path])
    assert plan.files == ("release.zip/c1.csv: referrals, release 2026",)


def test_own_figures_are_accepted_in_the_projects_shape(data, tmp_path):
    text = "dfe_code,area_code,area_name,year,plans_started,second_or_subsequent\n"
    path = save(tmp_path, "own.csv", text + "881,E10000012,Essex,2026,800,200\n")
    plan = adding.plan(data / "published", [path])
    store.write(data, plan.tables)
    held = tables.load(data / "published")
    row = held["child_protection_plans"].query("area_id == '881' and year == 2026").iloc[0]
    assert (row["plans_started"], row["source"]) == (800, "own-data")
    assert "own-data" in set(held["sources"]["source"])
    # A second addition, and then the Department's release of that year.
    path = save(tmp_path, "own.csv", text + "881,E10000012,Essex,2026,810,200\n")
    store.write(data, adding.plan(data / "published", [path]).tables)
    names = ("CPP_start", "CPP_subsequent")
    rows = {(material.ESSEX, 2026): (805, 201)}
    path = save(tmp_path, "d3.csv", material.c1(rows, names))
    plan = adding.plan(data / "published", [path])
    changed = plan.changes[["held", "new", "held_source", "new_source"]].to_numpy().tolist()
    assert changed[0] == ["810", "805", "own-data", "dfe-cin-2026-d3"]


def test_add_shows_the_report_and_saves_it(run, data, tmp_path):
    path = save(tmp_path, "a.csv", c1_2026())
    result = run("add", str(path))
    assert result.exit_code == 0, result.output
    assert "a.csv: referrals, release 2026" in result.output
    assert "0 figures revised; 0 rows dropped (kept as held); 4 figures added." in result.output
    saved = (tmp_path / "build/revisions/1.csv").read_text("utf-8")
    assert "added,referrals,2026,881,Essex,referrals,,9000,,,dfe-cin-2026-c1" in saved
    assert run("undo").exit_code == 0
    second = run("undo")
    assert second.exit_code == 2
    assert "no import to undo" in second.output


def test_dry_run_writes_nothing(run, data, tmp_path):
    before = (data / "published/referrals.csv").read_bytes()
    result = run("add", "--dry-run", str(save(tmp_path, "a.csv", c1_2026())))
    assert "4 figures added" in result.output
    assert "Nothing was written (--dry-run)" in result.output
    assert (data / "published/referrals.csv").read_bytes() == before
    assert not (tmp_path / "build").exists()
    assert not (data / store.HISTORY).exists()


def test_json_is_for_scripts(run, tmp_path):
    path = save(tmp_path, "a.csv", c1_2026())
    found = json.loads(run("add", "--json", "--dry-run", str(path)).output)
    assert found["written"] is False
    assert found["counts"] == {"revised": 0, "dropped": 0, "added": 4}
    assert found["tables"] == ["authorities", "referrals", "sources"]
    assert found["changes"][0]["area_id"] == "881"
    assert found["changes"][0]["difference"] is None


def test_quiet_prints_nothing(run, tmp_path):
    result = run("add", "--quiet", str(save(tmp_path, "a.csv", c1_2026())))
    assert (result.exit_code, result.output) == (0, "")


def test_bad_input_is_one_message_and_an_exit_code(run, tmp_path):
    result = run("add", str(save(tmp_path, "a.csv", "<html><body>404</body></html>")))
    assert result.exit_code == 2
    assert "found a web page" in result.output
    assert "Traceback" not in result.output


def test_compare_reports_without_writing(run, tmp_path):
    old = save(tmp_path, "a.csv", c1_2026())
    rows = {(material.ESSEX, 2026): (9010, 1500, 20, 600), (material.ESSEX, 2027): (1, 1, 1, 1)}
    new = save(tmp_path, "b.csv", material.c1(rows))
    output = tmp_path / "changes.csv"
    result = run("compare", str(old), str(new), "-o", str(output))
    assert "referrals 2026 Essex (881): referrals 9000 -> 9010 (+10)" in result.output
    assert output.read_text("utf-8").count("\n") == 6
