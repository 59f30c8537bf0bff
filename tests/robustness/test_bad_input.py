"""Bad input, end to end: one clear message, an exit code, and a published book that stays whole.

A small project (a copy of the package, the data and one notebook, with a book already built) is
broken in one way at a time and built with the command that a user runs.
"""

import compileall
import hashlib
import os
import shutil

import nbformat
import pytest
from filelock import FileLock

import warm_python
from care_study import paths

pytestmark = pytest.mark.slow

PARAMETERS = """\
data_folder = "data/published"
area = "Cambridgeshire"
neighbours = "2021"
statistic = "mean"
first_year = 2013
last_year = 2025"""
CODE = """\
from care_study.area.setting import open_setting

setting = open_setting(
    data_folder, area, neighbours=neighbours, statistic=statistic,
    first_year=first_year, last_year=last_year,
)
setting.own(setting.indicator("looked_after_rate"))["value"].round(1).tolist()"""
STUDY = """\
data_folder: data/published
years: {first: 2013, last: 2025}
comparators: {neighbours: "2021", statistic: mean}
notebooks:
  small:
    parameters:
      area: Cambridgeshire
    reads:
      - authorities
      - boundary_changes
      - statistical_neighbours
      - population_0_17
      - children_looked_after
"""
UNTOUCHED = "The book that was built before is untouched."
EXECUTE_ONLY = (
    "import sys; from care_study.pipeline.run import run; "
    "sys.exit(run('check_data or execute_notebook', workers=1))"
)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """Make the sound project once; each test gets a copy."""
    root = tmp_path_factory.mktemp("sound") / "project"
    shutil.copytree(paths.ROOT / "src", root / "src", ignore=shutil.ignore_patterns("*.egg-info"))
    compileall.compile_dir(root / "src", quiet=1)  # once, not in every copy
    shutil.copytree(paths.DATA, root / "data")
    shutil.copy(paths.ROOT / "pyproject.toml", root)
    for name, text in {
        "study.yml": STUDY,
        "_config.yml": "title: Small\n",
        "_toc.yml": "format: jb-book\nroot: index\n",
        "book/index.md": "# Small\n",
        "build/html/index.html": "<p>the published book</p>",
        "build/html/_static/page.css": "p {}",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    first = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    document = nbformat.v4.new_notebook(cells=[first, nbformat.v4.new_code_cell(CODE)])
    document.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    (root / "notebooks").mkdir()
    nbformat.write(document, root / "notebooks" / "small.ipynb")
    return root


@pytest.fixture
def project(original, tmp_path):
    return shutil.copytree(original, tmp_path / "project")


def run(project, *arguments):
    environment = {
        **os.environ, "PYTHONPATH": str(project / "src"), "CARE_STUDY_FORK": "0",
    }  # fmt: skip
    return warm_python.run(arguments, project, environment, warm_python.PIPELINE)


def build(project):
    return run(project, "-m", "care_study", "book", "--workers", "1", "--quiet")


def book_of(project):
    folder = project / "build" / "html"
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def edit(name, old, new, encoding="utf-8"):
    def change(project):
        path = project / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_bytes(text.replace(old, new, 1).encode(encoding))

    return change


def data(table, old, new, encoding="utf-8"):
    return edit(f"data/published/{table}.csv", old, new, encoding)


def remove(name):
    return lambda project: (project / name).unlink()


def empty(name):
    return lambda project: (project / name).write_bytes(b"")


def parameter(line):
    return edit("study.yml", "area: Cambridgeshire", f"{line}")


CARE = "children_looked_after"
FIRST = "805,E06000001,Hartlepool,2013,192,85,68,0"  # the first row of the table
BROKEN = {
    "missing file": (
        remove(f"data/published/{CARE}.csv"),
        "children_looked_after.csv: the file is missing. Expected it at",
    ),
    "missing column": (
        data("boundary_changes", ",first_workforce_september", ""),
        "boundary_changes.csv, row 1: column 'first_workforce_september' is missing.",
    ),
    "renamed column": (
        data(CARE, "looked_after_31_march", "cla_31_march"),
        "row 1: column 'looked_after_31_march' is missing.",
    ),
    "duplicate key": (
        data(CARE, "805,E06000001,Hartlepool,2014", "805,E06000001,Hartlepool,2013"),
        "children_looked_after.csv, row 3, columns area_code, year: the key (area_code E06000001, "
        "year 2013) already stands in row 2.",
    ),
    "count with a decimal": (
        data(CARE, FIRST, FIRST.replace("192", "192.5")),
        "children_looked_after.csv, row 2, column looked_after_31_march: found a count with a "
        "decimal, '192.5'. Expected a whole number",
    ),
    "negative count": (
        data(CARE, FIRST, FIRST.replace("192", "-192")),
        "children_looked_after.csv, row 2, column looked_after_31_march: found a negative figure, "
        "'-192'.",
    ),
    "unknown symbol": (
        data(CARE, FIRST, FIRST.replace("192", "*")),
        "children_looked_after.csv, row 2, column looked_after_31_march: found an unknown symbol, "
        "'*'. Expected a whole number, zero or more, or one of the symbols c k u x z low",
    ),
    "unknown source": (
        data(CARE, "dfe-sfr-cla-2013", "hearsay"),
        "children_looked_after.csv, row 2, column source: found 'hearsay', which is not in "
        "sources.csv.",
    ),
    "not UTF-8": (
        data(CARE, "Hartlepool", "Härtlepool", encoding="latin-1"),
        "children_looked_after.csv, row 2: the file is not UTF-8. Found the byte 0xe4.",
    ),
    "empty file": (
        empty(f"data/published/{CARE}.csv"),
        "children_looked_after.csv: the file is empty. Expected a header: dfe_code,area_code",
    ),
    "unknown authority": (
        parameter("area: Cambrigeshire"),
        "There is no area 'Cambrigeshire'. Expected the name or code of an authority, a region or "
        "England. Did you mean Cambridgeshire (873)",
    ),
    "year outside the data": (
        edit("study.yml", "last: 2025", "last: 2031"),
        "last_year: found 2031. Expected a year from 2013 to 2025, for which there are data.",
    ),
    "undeclared parameter": (
        parameter("aera: Cambridgeshire"),
        "unknown parameter 'aera'. Did you mean 'area'? It declares: data_folder, area",
    ),
    "too few years": (
        edit("study.yml", "first: 2013", "first: 2025"),
        "Cambridgeshire has too few years of children looked after between 2025 and 2025: found 1, "
        "expected at least 2.",
    ),
    "list without the authority": (
        parameter("area: Cumberland"),
        "The neighbour list of 2021 does not hold Cumberland. It is in the list of 2025: use that.",
    ),
    "undeclared table": (
        edit("study.yml", "      - population_0_17\n", ""),
        "Table 'population_0_17' is read but not declared.",
    ),
    "missing notebook": (
        edit("study.yml", "  small:", "  smal:"),
        "smal.ipynb: there is no such notebook. Check the path.",
    ),
    "not a notebook": (
        empty("notebooks/small.ipynb"),
        "small.ipynb: this is not a Jupyter notebook",
    ),
    "broken settings": (
        edit("study.yml", "statistic: mean", "statistic: mode"),
        "study.yml, comparators.statistic: found 'mode'. Expected mean or median.",
    ),
    "missing settings": (remove("study.yml"), "study.yml: the file is missing. Restore it"),
    "missing data folder": (
        edit("study.yml", "data/published", "data/publishd"),
        "data/publishd: there is no such folder. Expected a folder with the figure tables.",
    ),
}


def test_the_sound_project_runs(project):
    done = run(project, "-c", EXECUTE_ONLY)
    assert done.code == 0, done.output
    executed = nbformat.read(project / "build" / "executed" / "small.ipynb", as_version=4)
    values = executed.cells[-1].outputs[0]["data"]["text/plain"]
    assert "52.9" in values  # 700 / 132,267 x 10,000 in 2018
    again = run(project, "-c", EXECUTE_ONLY)
    assert again.code == 0


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.fault(
    "bad input: {id}",
    "one message: what was found, what was expected, what to do; the published book is untouched",
)
def test_one_clear_message_and_the_book_stays_whole(project, fault):
    change, message = BROKEN[fault]
    before = book_of(project)
    change(project)
    done = build(project)
    # Where a sentence is wrapped is a matter of the terminal.
    said = " ".join(done.output.split())
    assert done.code not in (0, None), done.output
    assert message in said, done.output
    assert said.count(message) == 1, done.output
    assert "Traceback" not in done.output, done.output
    assert UNTOUCHED in said, done.output
    assert book_of(project) == before


@pytest.mark.fault(
    "the folder's lock is held by another build",
    "refused with exit code 2; the published book is untouched",
)
def test_a_second_build_in_the_same_folder_waits_for_its_turn(project):
    before = book_of(project)
    with FileLock(project / "build" / ".lock"):
        done = build(project)
    assert done.code == 2
    assert "Another build is running in" in done.output
    assert "Traceback" not in done.output
    assert book_of(project) == before


@pytest.mark.fault("a table is broken, then mended", "refused, then checked again and accepted")
def test_after_the_fault_is_mended_the_data_are_checked_again(project):
    check = "import sys; from care_study.pipeline.run import run; sys.exit(run('check_data', 1))"
    change, _ = BROKEN["negative count"]
    change(project)
    assert run(project, "-c", check).code == 1
    assert not (project / "build" / "checked.json").exists()
    data(CARE, FIRST.replace("192", "-192"), FIRST)(project)
    assert run(project, "-c", check).code == 0
    assert (project / "build" / "checked.json").exists()


@pytest.mark.fault(
    "`care-study data check` of a broken folder", "the same message as from the build"
)
def test_data_check_of_a_broken_folder_says_the_same(project):
    change, message = BROKEN["unknown symbol"]
    change(project)
    done = run(project, "-m", "care_study", "data", "check")
    assert done.code == 2
    assert message in done.output and "Traceback" not in done.output
