"""The data package: what is described, and that Frictionless finds the tables as described."""

import json
import shutil

import frictionless
import pytest

from care_study import paths
from care_study.data import datapackage
from care_study.data.schemas import SYMBOLS, TABLES

LIVING = paths.DATA / "published"


@pytest.fixture(scope="module")
def package():
    return datapackage.describe(LIVING)


@pytest.fixture(scope="module")
def resources(package):
    return {resource["name"]: resource for resource in package["resources"]}


def test_the_stored_description_is_the_generated_one():
    stored = paths.DATAPACKAGE.read_text(encoding="utf-8")
    assert stored == datapackage.text(LIVING), "run `care-study data describe`"


def test_every_table_is_a_resource_whose_file_exists(resources):
    assert list(resources) == list(TABLES)
    for resource in resources.values():
        assert (paths.DATA / resource["path"]).is_file()
    described = {resource["path"] for resource in resources.values()}
    assert described == {f"published/{file.name}" for file in LIVING.iterdir()}


def test_a_count_has_type_unit_description_and_limits(resources):
    fields = {
        field["name"]: field for field in resources["children_looked_after"]["schema"]["fields"]
    }
    assert fields["looked_after_31_march"] == {
        "name": "looked_after_31_march",
        "type": "integer",
        "description": "Children looked after on 31 March",
        "unit": "children",
        "constraints": {"minimum": 0},
    }
    assert fields["year"]["description"] == "Year: year ending 31 March"
    assert fields["year"]["constraints"] == {"required": True}
    assert fields["dfe_code"]["type"] == "string"  # codes are text


def test_symbols_keys_and_links(resources):
    schema = resources["workforce"]["schema"]
    assert schema["missingValues"] == ["", *SYMBOLS]
    assert schema["primaryKey"] == ["area_code", "year"]
    links = {tuple(key["fields"]): key["reference"] for key in schema["foreignKeys"]}
    assert links == {
        ("area_code",): {"resource": "authorities", "fields": ["area_code"]},
        ("source",): {"resource": "sources", "fields": ["source"]},
    }
    # Where no column holds figures, a cell `x` is text and not missing.
    assert resources["authorities"]["schema"]["missingValues"] == [""]


def test_every_figure_table_names_its_sources_and_licence(resources):
    for name in TABLES:
        if name not in ("sources", "authorities", "boundary_changes"):
            assert resources[name]["sources"], name
            assert resources[name]["licenses"][0]["name"] == "OGL-UK-3.0"
            for source in resources[name]["sources"]:
                assert source["title"] and source["path"].startswith("https://")


def test_the_description_is_the_same_bytes_every_time():
    once, again = (datapackage.text(LIVING) for _ in range(2))
    assert once == again and once.endswith("}\n")
    assert json.loads(once)["profile"] == "tabular-data-package"


def test_frictionless_finds_the_tables_as_described():
    report = frictionless.Package(str(paths.DATAPACKAGE)).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "note"])[:5]
    assert report.stats["tasks"] == len(TABLES)


def test_frictionless_refuses_a_broken_cell(tmp_path):
    shutil.copytree(paths.DATA, tmp_path / "data")
    file = tmp_path / "data" / "published" / "referrals.csv"
    text = file.read_text(encoding="utf-8").replace("1278,272,12", "1278.5,272,-12", 1)
    file.write_text(text, encoding="utf-8")
    resource = frictionless.Package(str(tmp_path / "data" / "datapackage.json")).get_resource(
        "referrals"
    )
    found = frictionless.validate(resource).flatten(["rowNumber", "fieldName", "type"])
    assert [2, "referrals", "type-error"] in found
    assert [2, "no_further_action", "constraint-error"] in found
