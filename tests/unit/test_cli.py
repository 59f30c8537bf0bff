"""The command line: exit codes, one message an error, and nothing slow before it is needed."""

import json
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from care_study import paths
from care_study.cli.main import main
from care_study.data.schemas import TABLES

COMMANDS = [[], ["book"], ["test"], ["clean"], ["data"], ["data", "check"], ["areas"]]


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(paths.PUBLISHED, tmp_path / "published")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command):
    done = run(*command, "--help")
    assert done.exit_code == 0
    assert done.output.startswith("Usage: ")


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from care_study.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print({'pandas', 'pytask', 'altair', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "set()"


def test_the_package_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "care_study", "--version"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "version" in done.stdout


def test_an_unknown_command_suggests_the_nearest():
    done = run("boook")
    assert done.exit_code == 2
    assert "book" in done.output


def test_data_check_counts_the_rows_of_every_table():
    done = run("data", "check")
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert [line.split(":")[0] for line in lines] == list(TABLES)
    assert "boundary_changes: 8 rows" in lines


def test_data_check_of_a_broken_table_is_one_message_and_no_traceback(folder):
    file = folder / "boundary_changes.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("2021", "21", 1), encoding="utf-8")
    done = run("data", "check", str(folder))
    assert done.exit_code == 2
    assert done.output == (
        "boundary_changes.csv, row 2, column changed_on_1_april: found '21'. Expected a year with "
        "four digits. Correct the cell.\n"
    )


def test_data_check_of_a_folder_that_does_not_exist(tmp_path):
    done = run("data", "check", str(tmp_path / "nowhere"))
    assert done.exit_code == 2
    assert done.output == (
        f"{tmp_path / 'nowhere'}: there is no such folder. Expected a folder with the figure "
        "tables. Correct the path, or `data_folder` in study.yml.\n"
    )


def test_data_describe_writes_the_description(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PUBLISHED", folder)
    monkeypatch.setattr(paths, "DATAPACKAGE", tmp_path / "datapackage.json")
    done = run("data", "describe")
    assert done.exit_code == 0
    assert (tmp_path / "datapackage.json").read_bytes() == (
        paths.ROOT / "data" / "datapackage.json"
    ).read_bytes()


def test_data_describe_leaves_the_description_alone_where_a_table_is_broken(
    folder, tmp_path, monkeypatch
):
    (folder / "sources.csv").unlink()
    monkeypatch.setattr(paths, "PUBLISHED", folder)
    monkeypatch.setattr(paths, "DATAPACKAGE", tmp_path / "datapackage.json")
    done = run("data", "describe")
    assert done.exit_code == 2
    assert "sources.csv: the file is missing" in done.output
    assert not (tmp_path / "datapackage.json").exists()


def test_a_file_that_cannot_be_written_is_a_message(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "DATAPACKAGE", tmp_path)  # a folder
    done = run("data", "describe")
    assert done.exit_code == 2
    assert "Is a directory" in done.output


def test_areas_by_name_and_by_code():
    assert "873          Cambridgeshire (East of England)\n" in run("areas", "cambridge").output
    assert run("areas", "940 / 941").output.startswith("940 / 941")
    northamptonshire = run("areas", "928").output
    assert "from 1 April 2021 the sum of North Northamptonshire and West" in northamptonshire
    assert len(run("areas").output.splitlines()) == 173


def test_areas_for_scripts():
    found = json.loads(run("areas", "cambridge", "--json").output)
    assert found == [
        {
            "area_id": "873",
            "area_name": "Cambridgeshire",
            "area_type": "local authority",
            "region": "East of England",
            "note": "",
        }
    ]


def test_areas_forgives_and_suggests():
    assert "342          St" in run("areas", "St. Helens").output
    done = run("areas", "Coventy")
    assert done.exit_code == 2
    assert "Did you mean Coventry (331)" in done.output


def test_click_itself_may_end_a_command():
    # Exit and Abort are RuntimeErrors; they are not failures of ours.
    assert run("data", "check", "--help").exit_code == 0
