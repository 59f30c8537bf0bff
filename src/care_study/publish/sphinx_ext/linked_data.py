"""A page described for machines, in the vocabulary of schema.org, as JSON-LD in its head."""

from __future__ import annotations

import json
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx

from care_study.publish.crate import LICENCE, day
from care_study.publish.sphinx_ext.displays import DOWNLOADS, care_table
from care_study.publish.sphinx_ext.report_card import report_card, reviews

FORMATS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument"}
FORMATS["xlsx"] += ".spreadsheetml.sheet"


def linked_data(
    app: Sphinx, pagename: str, title: str, about: str, doctree: nodes.document | None
) -> Markup:
    """Describe a page: the report on the first page, its chapters, and the tables as data sets.

    Returns
    -------
    Markup
        JSON that is safe inside a script element.
    """
    book = {
        "@type": "Report",
        "name": app.config.html_title,
        "inLanguage": "en-GB",
        "datePublished": day(),
        **_terms(app),
    }
    if app.config.html_baseurl:
        book["url"] = app.config.html_baseurl
    data: dict[str, Any] = {"@context": "https://schema.org", **book, "description": about}
    if pagename != app.config.root_doc:
        data = {
            "@context": "https://schema.org",
            "@type": "Chapter",
            "name": Markup(title or pagename).striptags(),
            "inLanguage": "en-GB",
            "description": about,
            "isPartOf": book,
        }
    tables = list(doctree.findall(care_table)) if doctree is not None else []
    if tables:
        data["hasPart"] = [_data_set(app, pagename, table) for table in tables]
    for card in doctree.findall(report_card) if doctree is not None else ():
        data["hasPart"] = reviews(app, card["document"], _terms(app))
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    for risky in "<>&":
        text = text.replace(risky, f"\\u{ord(risky):04x}")
    return Markup(text)


def _terms(app: Sphinx) -> dict[str, Any]:
    return {"author": {"@type": "Organization", "name": app.config.author}, "license": LICENCE}


def _data_set(app: Sphinx, pagename: str, table: care_table) -> dict[str, Any]:
    """Describe a table that can be downloaded; addresses are relative unless the book has one."""
    content = table["content"]
    base = app.config.html_baseurl.rstrip("/") + "/" if app.config.html_baseurl else ""
    base = base or "../" * app.builder.get_target_uri(pagename).count("/")
    place = f"{base}{DOWNLOADS}/{table['notebook']}/{content['name']}"
    return {
        "@type": "Dataset",
        "name": content["caption"],
        "description": " ".join([f"{content['caption']}.", *content["notes"]]),
        "isAccessibleForFree": True,
        **_terms(app),
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": f"{place}.{ending}"}
            for ending, kind in FORMATS.items()
        ],
    }
