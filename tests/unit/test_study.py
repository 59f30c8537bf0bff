"""study.yml: what is read, and one message for every setting that cannot be used."""

import pytest

from care_study import paths
from care_study.data.schemas import TABLES
from care_study.study import StudyError, event_year, read_study

GOOD = """\
data_folder: data/published
years: {first: 2013, last: 2025}
comparators: {neighbours: "2021", statistic: mean}
notebooks:
  cambridgeshire:
    parameters: {area: Cambridgeshire, event: "2018-10"}
    reads: [authorities, population_0_17]
"""


def study(folder, text=GOOD):
    path = folder / "study.yml"
    path.write_text(text, encoding="utf-8")
    return read_study(path)


def message(folder, old, new):
    assert old in GOOD
    with pytest.raises(StudyError) as caught:
        study(folder, GOOD.replace(old, new))
    return str(caught.value)


def test_the_settings_arrive(tmp_path):
    found = study(tmp_path)
    assert found.data_folder == "data/published"
    assert found.general == {
        "data_folder": "data/published",
        "first_year": 2013,
        "last_year": 2025,
        "neighbours": "2021",
        "statistic": "mean",
    }
    assert [run.notebook for run in found.runs] == ["cambridgeshire"]
    assert found.runs[0].reads == ("authorities", "population_0_17")


def test_a_notebook_gets_the_general_settings_it_declares_and_its_own(tmp_path):
    found = study(tmp_path, GOOD.replace("event:", "statistic: median, event:"))
    passed = found.parameters(found.runs[0], ["area", "first_year", "statistic"])
    # Its own value goes before the general one; what it does not declare is not passed on, but
    # its own parameters always are, so that a misspelt one is refused later and not dropped.
    assert passed == {
        "first_year": 2013,
        "area": "Cambridgeshire",
        "event": "2018-10",
        "statistic": "median",
    }


def test_a_list_given_as_a_number_is_the_same_list(tmp_path):
    assert study(tmp_path, GOOD.replace('"2021"', "2025")).general["neighbours"] == "2025"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("years:", "year:", "study.yml: found 'year', unknown. Did you mean 'years'?"),
        ("years:", "zebra:", "study.yml: found 'zebra', unknown. Expected one of data_folder"),
        ("first: 2013, ", "", "years: found {'last': 2025}. Expected first and last."),
        ("first: 2013", 'first: "2013"', "years.first: found '2013'. Expected a year such as"),
        ("first: 2013", "first: 201", "years.first: found 201. Expected a year such as"),
        ("first: 2013", "first: yes", "years.first: found True. Expected a year such as"),
        ("first: 2013", "first: 2026", "years: found first 2026 after last 2025. Swap them."),
        ('"2021"', '"2019"', "comparators.neighbours: found '2019'. Expected 2021 or 2025."),
        ("mean", "mode", "comparators.statistic: found 'mode'. Expected mean or median."),
        ("statistic: mean", "average: mean", "Expected neighbours and statistic."),
        ("reads:", "read:", "notebooks.cambridgeshire: found 'read', unknown. Did you mean"),
        (
            "[authorities, population_0_17]",
            "[populations_0_17]",
            "reads: found 'populations_0_17', which is not a table. Did you mean",
        ),
        (
            "[authorities, population_0_17]",
            "population_0_17",
            "reads: found 'population_0_17'. Expected a list, one table a line after a dash.",
        ),
        ("[authorities, population_0_17]", "[[a]]", "reads: found ['a'], which is not a table"),
        ("[authorities, population_0_17]", "5", "reads: found 5. Expected a list"),
        ('"2018-10"', '"2018-13"', "event: found '2018-13'. Expected a year and month such as"),
        ('"2018-10"', "2018", "event: found 2018. Expected a year and month such as '2018-10'"),
        ("{area: Cambridgeshire, ", "[area, {", "not readable as YAML"),
        (
            '{area: Cambridgeshire, event: "2018-10"}',
            "Cambridgeshire",
            "cambridgeshire.parameters: expected name: value, a line each.",
        ),
        (GOOD[GOOD.index("  cambridgeshire") :], "", "expected one entry a notebook, found none"),
        (GOOD, "- a list\n", "found ['a list']. Expected data_folder, years, comparators"),
        (GOOD, "", "found None. Expected data_folder"),
        (
            "\nnotebooks:",
            "\nnotebooks: {a: {}}\nnotebooks:",
            "found 'notebooks' twice, the second time in line 5. Keep one.",
        ),
        (
            "data/published",
            "3",
            "data_folder: found 3. Expected a folder such as data/published.",
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_clear_message(tmp_path, old, new, expected):
    found = message(tmp_path, old, new)
    assert expected in found
    assert len(found.splitlines()) == 1


def test_a_missing_file_and_one_that_is_not_utf8(tmp_path):
    with pytest.raises(StudyError, match="the file is missing"):
        read_study(tmp_path / "study.yml")
    (tmp_path / "study.yml").write_bytes(GOOD.replace("area:", "aréa:").encode("latin-1"))
    with pytest.raises(StudyError, match=r"study\.yml: not readable as YAML in UTF-8"):
        read_study(tmp_path / "study.yml")


@pytest.mark.parametrize(
    ("event", "year"),
    [("2018-10", 2019), ("2018-03", 2018), ("2018-04", 2019), ("2021-12", 2022), ("2020-01", 2020)],
)
def test_the_year_of_an_event_ends_on_31_march(event, year):
    assert event_year(event) == year


@pytest.mark.parametrize("event", ["", "2018", "2018-00", "10-2018", "2018-1", "2018-10-01", 2018])
def test_an_event_that_is_not_a_year_and_month(event):
    with pytest.raises(StudyError, match="Expected a year and month such as '2018-10'"):
        event_year(event)


def test_the_repositorys_own_study_is_sound():
    found = read_study(paths.STUDY)
    assert (paths.ROOT / found.data_folder).is_dir()
    for run in found.runs:
        assert (paths.NOTEBOOKS / f"{run.notebook}.ipynb").is_file(), run.notebook
        assert set(run.reads) <= set(TABLES)
