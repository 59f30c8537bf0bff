"""The atlas: slices that hold what a page depends on and no more, names, pages, ranks."""

import json
import shutil
from functools import cache

import pandas as pd
import pytest
import yaml

from care_study import paths
from care_study.chapters.profile import measures as profile
from care_study.chapters.profile import standing
from care_study.data import tables
from care_study.execution.execution import execute
from care_study.pipeline import atlas, slices
from care_study.publish.sphinx_ext.pages import source_notebook

CUT = {"model": "random_walk", "first_year": 2013, "last_year": 2025}


def cut(folder, target):
    """Cut all slices and return the SHA-256 of each by the name of its authority."""
    held = tables.Tables(folder, profile.READS)
    lists = slices.write_slices(folder, held, target, **CUT)
    return {json.loads(p.read_text("utf-8"))["area"]: p.read_bytes() for p in lists}


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    target = tmp_path_factory.mktemp("slices")
    return target, cut(paths.PUBLISHED, target)


@cache
def slicer():
    return slices.Slicer(paths.PUBLISHED, tables.Tables(paths.PUBLISHED, profile.READS))


# ---- what re-runs


def revise(folder, target, table, codes, year, column, factor):
    """Copy the data with the figures of some authorities revised."""
    shutil.copytree(folder, target, dirs_exist_ok=True)
    file = target / f"{table}.csv"
    file.chmod(0o644)
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    rows = frame["dfe_code"].isin(codes) & (frame["year"] == str(year))
    assert rows.sum() == len(codes)
    frame.loc[rows, column] = [str(round(int(n) * factor)) for n in frame.loc[rows, column]]
    frame.to_csv(file, index=False, lineterminator="\n")


def test_a_release_that_revises_three_authorities_reaches_those_who_show_them(before, tmp_path):
    codes = {"881", "302", "803"}  # Essex, Barnet, South Gloucestershire
    target, old = before
    revise(paths.PUBLISHED, tmp_path / "new", "referrals", codes, 2025, "referrals", 1.02)
    shutil.copytree(target, tmp_path / "slices")
    new = cut(tmp_path / "new", tmp_path / "slices")
    changed = {name for name in old if old[name] != new[name]}
    areas = slices.atlas_areas(slicer().tables["authorities"], slicer().tables["boundary_changes"])
    shown = {area.name for area in areas if slicer().members(area.area_id) & codes}
    assert {"Essex", "Barnet", "South Gloucestershire"} <= changed
    assert shown <= changed and len(changed) < len(old) / 2
    # Beyond those who show the figures, only who now lies in another band among all authorities.
    for area in areas:
        if area.name in changed - shown:
            files = [json.loads(of[area.name])["files"] for of in (old, new)]
            differ = {name for name in files[0] if files[0][name] != files[1][name]}
            assert differ == {"among_all.json"}
    assert len(changed - shown) <= 3


def test_a_slice_that_stays_the_same_is_not_written(before, tmp_path):
    target, old = before
    stamps = {path: path.stat().st_mtime_ns for path in target.rglob("*") if path.is_file()}
    assert cut(paths.PUBLISHED, target) == old
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps


def test_a_slice_that_was_touched_is_refused(before, tmp_path):
    shutil.copytree(before[0] / "essex", tmp_path / "essex")
    slices.check_slice(tmp_path / "essex" / slices.LIST)
    with (tmp_path / "essex" / "referrals.csv").open("a") as file:
        file.write("\n")
    with pytest.raises(slices.SliceError, match=r"referrals\.csv: the file is missing or was"):
        slices.check_slice(tmp_path / "essex" / slices.LIST)


def test_a_slice_gives_the_same_figures_as_all_the_data(before):
    from care_study.area.setting import open_setting

    for area, slug in (("Cumbria", "cumbria"), ("Kingston upon Thames", "kingston-upon-thames")):
        whole = open_setting(paths.PUBLISHED, area)
        part = open_setting(before[0] / slug, area)
        assert part.neighbours.keys() == whole.neighbours.keys()
        of_whole = standing.indicator_table(profile.compute_indicators(whole), whole)
        of_part = standing.indicator_table(profile.compute_indicators(part), part)
        pd.testing.assert_frame_equal(of_part, of_whole)


def test_a_territory_has_what_its_parts_were(before):
    members = slicer().members("942")  # Cumberland
    assert {"909", "942", "943"} <= members


# ---- names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Bristol, City of", "bristol-city-of"),
        ("St. Helens", "st-helens"),
        ("King's Lynn & Ely", "kings-lynn-and-ely"),
        ("Up/Down ../etc", "up-down-etc"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("Ynys Môn", "ynys-mon"),
    ],
)
def test_a_name_becomes_a_safe_address(name, expected):
    assert slices.slug(name) == expected


def test_a_name_without_letters_still_has_an_address():
    assert slices.slug("///").startswith("area-") and slices.slug("///") != slices.slug("//")


def test_every_authority_and_territory_has_an_address_of_its_own():
    held = slicer().tables
    areas = slices.atlas_areas(held["authorities"], held["boundary_changes"])
    assert len({area.slug for area in areas}) == len(areas)
    names = {area.name for area in areas}
    assert {"Isles of Scilly", "Poole", "Cumberland", "Northamptonshire", "Essex"} <= names
    assert "England" not in names and len(areas) >= 153


def test_two_authorities_of_one_name_get_two_addresses():
    held = slicer().tables
    authorities = held["authorities"].copy()
    authorities.loc[authorities["area_id"] == "302", "area_name"] = "Essex"
    areas = slices.atlas_areas(authorities, held["boundary_changes"])
    assert {a.slug for a in areas if a.name == "Essex"} == {"essex-302", "essex-881"}


# ---- staging


def area(name, slug="x", region="North"):
    return slices.Area("1", name, region, slug)


def test_a_title_cannot_be_markup():
    notebook = json.dumps({"cells": [{"cell_type": "markdown", "source": ["# One\n", "\n", "b"]}]})
    made = json.loads(atlas.titled(notebook, "A <b>*x*</b>\n# y"))
    assert made["cells"][0]["source"] == "# A \\<b\\>\\*x\\*\\<\\/b\\> \\# y\n\nb"


def test_the_index_lists_authorities_by_name_and_then_by_region():
    text = atlas.index([area("Z", "z", "B"), area("Y", "y", "B"), area("X", "x", "A")])
    by_name, by_region = text.split("## By region")
    found = [by_name.index(part) for part in ("## By name", "profile-x", "profile-y", "profile-z")]
    assert found == sorted(found)
    parts = ("### A", "profile-x", "### B", "profile-y", "profile-z")
    assert [by_region.index(part) for part in parts] == sorted(map(by_region.index, parts))


@pytest.mark.parametrize(
    ("page", "notebook"),
    [
        ("atlas/league", "atlas_league"),
        ("atlas/profile-essex", "profile"),
        ("notebooks/coventry", "coventry"),
    ],
)
def test_a_page_names_the_notebook_that_a_reader_can_run(page, notebook):
    assert (paths.NOTEBOOKS / f"{notebook}.ipynb").is_file()
    assert source_notebook(page) == notebook


def test_neighbours_are_linked_to_their_pages_and_others_are_not():
    said = "North Somerset, Somerset, Kent (Old) and Nowhere"
    fact = {"data": {atlas.FACT_MIME: {"name": "neighbours", "text": said}}}
    cells = [
        {"cell_type": "markdown", "source": ["Nearest: {fact}`neighbours`."]},
        {"cell_type": "code", "source": [], "outputs": [fact]},
    ]
    areas = [area("Somerset", "somerset"), area("North Somerset", "north-somerset")]
    found = json.loads(atlas.linked(json.dumps({"cells": cells}), areas))
    assert "".join(found["cells"][0]["source"]) == (
        "Nearest: [North Somerset](profile-north-somerset.ipynb), "
        "[Somerset](profile-somerset.ipynb), Kent (Old) and Nowhere."
    )


def test_the_contents_gain_one_part_and_keep_the_others():
    toc = paths.BOOK_TOC.read_text(encoding="utf-8")
    made = yaml.safe_load(atlas.with_atlas(toc, [area("X"), area("Y", "y")]))
    captions = [part["caption"] for part in made["parts"]]
    assert captions[-2] == "Atlas"
    assert [c for c in captions if c != "Atlas"] == [
        part["caption"] for part in yaml.safe_load(toc)["parts"]
    ]
    chapters = next(part for part in made["parts"] if part["caption"] == "Atlas")["chapters"]
    assert chapters[0]["sections"] == [{"file": "atlas/profile-x"}, {"file": "atlas/profile-y"}]


@pytest.mark.slow
@pytest.mark.parametrize("name", atlas.ALL)
def test_the_pages_on_all_authorities_run(name, tmp_path):
    out = tmp_path / f"{name}.ipynb"
    execute(paths.NOTEBOOKS / f"atlas_{name}.ipynb", out, {})
    document = json.loads(out.read_text(encoding="utf-8"))
    figures = [o for c in document["cells"] for o in c.get("outputs", [])]
    assert figures
