"""A description of the published book for machines: RO-Crate 1.1 (Soiland-Reyes et al., 2022)."""

from __future__ import annotations

import csv
import json
import mimetypes
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
AUDIT = "downloads/audit/audit.csv"
_KINDS = {".csv": "text/csv", ".ipynb": "application/x-ipynb+json", ".pdf": "application/pdf"}
_SUFFIXES = {".csv", ".xlsx", ".zip", ".ipynb", ".pdf", ".html"}


def day() -> str:
    """Say the day of the book: ``SOURCE_DATE_EPOCH``, or the beginning of 2000."""
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or 946684800)
    return datetime.fromtimestamp(epoch, UTC).date().isoformat()


def crate(
    html: Path, *, name: str, description: str, author: str, moment: datetime | None = None
) -> dict[str, Any]:
    """Describe the pages, notebooks and data of a built book.

    Parameters
    ----------
    html : Path
        The folder of the built book.
    name, description, author : str
        Of the book.
    moment : datetime, optional
        When it was published; by default ``SOURCE_DATE_EPOCH``, or the beginning of 2000.
    """
    files = [
        path
        for path in sorted(html.rglob("*"))
        if path.suffix in _SUFFIXES and "_static" not in path.relative_to(html).parts
    ]
    parts = [_file(path, html) for path in files]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": name,
        "description": description,
        "datePublished": moment.date().isoformat() if moment else day(),
        "license": {"@id": LICENCE},
        "author": {"@id": "#author"},
        "inLanguage": "en-GB",
        "mainEntity": {"@id": "index.html"},
        "hasPart": [{"@id": part["@id"]} for part in parts],
    }
    about = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
    }
    licence = {"@id": LICENCE, "@type": "CreativeWork", "name": "Open Government Licence v3.0"}
    people = {"@id": "#author", "@type": "Organization", "name": author}
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [about, root, people, licence, *parts, *_verdicts(html)],
    }


def _verdicts(html: Path) -> list[dict[str, Any]]:
    """Link every verdict of the audit to its claim, the section that judges it and its notebook."""
    found = html / AUDIT
    if not found.is_file():
        return []
    with found.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("claim")]
    return [
        {
            "@id": f"audit.html#audit-{row['claim']}",
            "@type": "CreativeWork",
            "name": f"{row['statement']} {row['outcome'].capitalize()}.",
            "about": {"@id": f"{AUDIT}#{row['claim']}"},
            "isBasedOn": [
                {"@id": f"notebooks/{row['notebook']}.html#{row['section']}"},
                {"@id": AUDIT},
            ],
        }
        for row in rows
    ]


def _file(path: Path, html: Path) -> dict[str, Any]:
    kind = _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or ""
    return {
        "@id": path.relative_to(html).as_posix(),
        "@type": "File",
        "name": path.name,
        "encodingFormat": kind,
        "contentSize": str(path.stat().st_size),
    }


def write_crate(
    html: Path, *, name: str, description: str, author: str, moment: datetime | None = None
) -> None:
    """Write ``ro-crate-metadata.json`` into the folder of a built book."""
    found = crate(html, name=name, description=description, author=author, moment=moment)
    text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    (html / "ro-crate-metadata.json").write_text(text, encoding="utf-8", newline="\n")
