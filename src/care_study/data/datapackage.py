"""The Frictionless description of the figure tables, generated from the schemas."""

import csv
import json
from pathlib import Path
from typing import Any

from care_study.data.schemas import SYMBOLS, TABLES, Column, Table

_TYPES = {
    "text": "string",
    "year": "integer",
    "integer": "integer",
    "count": "integer",
    "number": "number",
    "percent": "number",
    "date": "date",
}
_LICENCE = {
    "name": "OGL-UK-3.0",
    "title": "Open Government Licence v3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}


def text(folder: Path) -> str:
    """Write the description as JSON; the sources are read from ``folder``."""
    return json.dumps(describe(folder), indent=2, ensure_ascii=False) + "\n"


def describe(folder: Path) -> dict[str, Any]:
    """Describe all figure tables as a Frictionless data package (version 1 of the standard)."""
    with (folder / "sources.csv").open(encoding="utf-8", newline="") as file:
        sources = {row["source"]: row for row in csv.DictReader(file)}
    return {
        "profile": "tabular-data-package",
        "name": "childrens-services-england",
        "title": "Children's social care in English authorities, figures as published",
        "description": "Figures of official statistics, one row an area and year, symbols kept. "
        "Contains public sector information licensed under the Open Government Licence v3.0.",
        "licenses": [_LICENCE],
        "sources": [_source(row) for row in sources.values()],
        "resources": [_resource(table, folder, sources) for table in TABLES.values()],
    }


def _source(row: dict[str, str]) -> dict[str, str]:
    title = f"{row['publisher']}: {row['title']}, {row['table']} (release {row['release']})"
    return {"title": title, "path": row["public_page"]}


def _resource(table: Table, folder: Path, sources: dict[str, dict[str, str]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "path": f"published/{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(column, table) for column in table.columns],
            "missingValues": ["", *(SYMBOLS if table.figures else ())],
            "primaryKey": list(table.key),
        },
    }
    if table.note:
        described["description"] = table.note
    if table.foreign_keys:
        described["schema"]["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": target, "fields": [target_column]}}
            for column, target, target_column in table.foreign_keys
        ]
    used = _used(folder / f"{table.name}.csv") if table.name != "sources" else []
    if used:
        described["sources"] = [_source(sources[name]) for name in used]
        described["licenses"] = [_LICENCE]
    return described


def _used(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return sorted({row.get("source", "") for row in csv.DictReader(file)} - {""})


def _field(column: Column, table: Table) -> dict[str, Any]:
    description = column.description
    if column.name == "year" and table.year_means:
        description = f"Year: {table.year_means}"
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[column.kind],
        "description": description,
    }
    if column.unit:
        field["unit"] = column.unit
    limits: dict[str, Any] = {}
    if not column.optional:
        limits["required"] = True
    if column.kind in ("count", "number", "percent", "integer"):
        limits["minimum"] = 0
    if column.pattern:
        limits["pattern"] = f"^({column.pattern})$"
    if limits:
        field["constraints"] = limits
    return field
