"""What a CSV file is, for machines: a description beside it, as "CSV on the Web" has it.

Source: Tennison, Kellogg and Herman, "Model for Tabular Data and Metadata on the Web" (W3C, 2015).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from care_study.indicators.columns import column as definition
from care_study.publish.crate import LICENCE
from care_study.publish.sources import Source
from care_study.show.table_data import SHORTHAND, heading

ENDING = ".csv-metadata.json"


def csvw_bytes(
    content: Mapping[str, Any], *, file: str, book: str, sources: Sequence[Source], made: str
) -> bytes:
    """Describe a table's CSV file: title, sources, licence, and each column with its unit.

    Parameters
    ----------
    content : mapping
        As made by `care_study.show.table_data.table_content`.
    file : str
        Name of the CSV file, which lies beside the description.
    book : str
        Title of the publication.
    sources : sequence of Source
        What the table is computed from.
    made : str
        Day of the book, such as ``2025-11-20``.
    """
    described = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en-GB"}],
        "url": file,
        "dc:title": content["caption"],
        "dc:description": list(content["notes"]),
        "dc:isPartOf": book,
        "dc:license": {"@id": LICENCE},
        "dc:modified": {"@value": made, "@type": "xsd:date"},
        "dc:source": [_described(source) for source in sources],
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ","},
        "notes": [f"[{code}]: {meaning}" for code, meaning in sorted(content["shorthand"].items())],
        "tableSchema": {
            "columns": columns(content["columns"], content["rows"]),
            "rowTitles": [_names(content["columns"])[content["row_header"]]],
        },
    }
    return (json.dumps(described, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _described(source: Source) -> dict[str, Any]:
    places = [place.address for place in source.places if place.address]
    return {"dc:title": source.line} | ({"dc:relation": places} if places else {})


def columns(found: Sequence[Mapping[str, Any]], rows: Sequence[Sequence[Any]]) -> list[Any]:
    """Describe each column: name, heading, kind of value, unit, meaning, and its symbols."""
    return [
        _column(one, name, [row[place] for row in rows])
        for place, (one, name) in enumerate(zip(found, _names(found), strict=True))
    ]


def _names(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Name columns as the format wants them: letters, digits and underscores."""
    return [re.sub(r"\W", "_", str(one["key"])) for one in found]


def _column(one: Mapping[str, Any], name: str, values: Sequence[Any]) -> dict[str, Any]:
    defined = definition(str(one["key"]))
    made: dict[str, Any] = {"name": name, "titles": heading(one)}
    if one["numeric"] and all(_is_figure(value) for value in values):
        made["datatype"] = "integer" if one["unit"] == "year" else "number"
        made["null"] = [f"[{code}]" for code in SHORTHAND]
    else:
        made["datatype"] = "string"
    unit = {"share": "%"}.get(one["unit"], one["unit"])
    if unit and unit != "year":
        made["schema:unitText"] = unit
    if defined is not None and defined.explanation:
        made["dc:description"] = defined.explanation
    return made


def _is_figure(value: Any) -> bool:
    return not isinstance(value, str) or value.strip("[]") in SHORTHAND
