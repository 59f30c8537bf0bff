"""The atlas as files: where its slices, executed pages and staged pages are, and what they hold."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from care_study import paths

if TYPE_CHECKING:  # it imports the statistics, which a build without the atlas does not wait for
    from care_study.pipeline.slices import Area

WANTED = "CARE_STUDY_ATLAS"
PROFILE = paths.NOTEBOOKS / "profile.ipynb"
ALL = ("league",)
SLICES = paths.BUILD / "slices"
EXECUTED = paths.BUILD / "atlas"
FOLDER = "atlas"
FACT_MIME = "application/vnd.care-study.fact+json"
NEIGHBOURS = "{fact}`neighbours`"
LEFT_OUT = paths.BOOK / FOLDER / "left_out.md"  # written by `care-study everywhere --write`


def is_wanted() -> bool:
    """Whether this run of the pipeline is to build the atlas."""
    return os.environ.get(WANTED) == "1"


def areas_of(folder: Path) -> list[Area]:
    """List the authorities that the data in a folder give a page."""
    from care_study.data.tables import Tables  # noqa: PLC0415
    from care_study.pipeline.slices import atlas_areas  # noqa: PLC0415 - see above

    tables = Tables(folder, ["authorities", "boundary_changes"])
    return atlas_areas(tables["authorities"], tables["boundary_changes"])


def page(area: Area) -> str:
    """Name the page of an authority, without an ending."""
    return f"profile-{area.slug}"


def executed_page(area: Area) -> Path:
    """Give the place of an authority's executed notebook."""
    return EXECUTED / f"{page(area)}.ipynb"


def executed_pages(areas: Sequence[Area]) -> list[Path]:
    """List the executed notebooks of the whole atlas."""
    return [*(executed_page(area) for area in areas), *(EXECUTED / f"{name}.ipynb" for name in ALL)]


def stage(areas: Sequence[Area], source: Path) -> None:
    """Add the atlas to the staged book: pages, an index by region, a part of the contents.

    The book's own ``_toc.yml`` is not changed, only the staged copy.
    """
    folder = source / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for area in areas:
        text = titled(executed_page(area).read_text(encoding="utf-8"), area.name)
        text = linked(text, areas)
        (folder / f"{page(area)}.ipynb").write_text(text, encoding="utf-8", newline="\n")
    for name in ALL:
        text = (EXECUTED / f"{name}.ipynb").read_text(encoding="utf-8")
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8", newline="\n")
    (folder / "index.md").write_text(index(areas), encoding="utf-8", newline="\n")
    toc = source / paths.BOOK_TOC.name
    toc.write_text(with_atlas(toc.read_text(encoding="utf-8"), areas), encoding="utf-8")


def titled(notebook: str, title: str) -> str:
    """Put an authority's name, made safe for Markdown, in the first heading of a notebook."""
    document = json.loads(notebook)
    first = next(cell for cell in document["cells"] if cell["cell_type"] == "markdown")
    lines = "".join(first["source"]).splitlines(keepends=True)
    lines[0] = f"# {escaped(title)}\n"
    first["source"] = "".join(lines)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def linked(notebook: str, areas: Sequence[Area]) -> str:
    """Link the neighbours that an authority's page names to their own pages."""
    document = json.loads(notebook)
    facts = [
        output["data"][FACT_MIME]
        for cell in document["cells"]
        for output in cell.get("outputs", [])
        if FACT_MIME in output.get("data", {})
    ]
    named = next((one["text"] for one in facts if one["name"] == "neighbours"), "")
    # The longest names first: that of one authority may begin that of another.
    pages = {area.name: page(area) for area in areas}
    names = sorted(pages, key=len, reverse=True)
    pattern = re.compile("|".join(rf"\b{re.escape(name)}(?!\w)" for name in names) or r"(?!)")
    links = pattern.sub(lambda m: f"[{escaped(m.group())}]({pages[m.group()]}.ipynb)", named)
    for cell in document["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and NEIGHBOURS in text and named:
            cell["source"] = text.replace(NEIGHBOURS, links).splitlines(keepends=True)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def escaped(text: str) -> str:
    """Escape everything that Markdown or HTML could take for markup; one line."""
    plain = " ".join(text.split())
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", plain)


def index(areas: Sequence[Area]) -> str:
    """Write the index of the atlas: authorities by name, then by region."""
    by_name = sorted(areas, key=lambda area: area.name)
    lines = [
        "# Every authority",
        "",
        "One page an authority: its figures beside its statistical neighbours, trends, a forecast "
        "and what to keep in mind. Authorities that were abolished have pages while figures of "
        "theirs are held. [Explore](../notebooks/explore.ipynb) sets any two beside each other; "
        "[all authorities beside one another](league.ipynb) has the latest figures in one table."
        + (" [What was left out](left_out.md) says why." if LEFT_OUT.is_file() else ""),
        *("", "## By name", ""),
        *_links(by_name),
        *("", "## By region"),
    ]
    for region in sorted({area.region for area in areas}):
        lines += ["", f"### {escaped(region) if region else 'Other'}", ""]
        lines += _links([area for area in by_name if area.region == region])
    return "\n".join(lines) + "\n"


def _links(areas: Sequence[Area]) -> list[str]:
    """List links to the pages of authorities, in columns where the window is wide enough."""
    links = [f"- [{escaped(area.name)}]({page(area)}.ipynb)" for area in areas]
    return ["::::{container} cs-columns", *links, "::::"]


def with_atlas(toc: str, areas: Sequence[Area]) -> str:
    """Add the part "Atlas" to a table of contents, before its last part.

    The pages of the authorities stand below the index: the list of contents beside each page
    shows only the one that is being read.
    """
    contents = yaml.safe_load(toc)
    pages = [{"file": f"{FOLDER}/{page(area)}"} for area in areas]
    part = {
        "caption": "Atlas",
        "chapters": [
            {"file": f"{FOLDER}/index", "sections": pages},
            *({"file": f"{FOLDER}/{name}"} for name in ALL),
            *([{"file": f"{FOLDER}/{LEFT_OUT.stem}"}] if LEFT_OUT.is_file() else []),
        ],
    }
    contents["parts"].insert(max(len(contents["parts"]) - 1, 0), part)
    text: str = yaml.safe_dump(contents, sort_keys=False, allow_unicode=True)
    return text
