"""The Sphinx extension of the book: what executed notebooks recorded, and the look of the pages.

`notebooks` reads the executed notebooks; `facts` shows their facts in prose; `displays` shows their
figures and tables; `audit` sets their verdicts beside the register; `elements` mends what Sphinx
and MyST-NB write; `glossary` explains the field's words where they first stand; `pages` fills the
page template; `assets` writes the style sheet, the scripts and the files that accompany a page;
`standing` has `jupyter-book build .` read what the project's own command stages.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from care_study.publish.sphinx_ext import (
    assets,
    audit,
    audit_bars,
    authorities,
    cite,
    displays,
    elements,
    explorer,
    facts,
    glossary,
    notebooks,
    pages,
    reading_copies,
    report_card,
    severities,
    standing,
)

CONFIG = {
    "care_revision": "",
    "care_vintage": "",
    "care_description": "",
    "care_pdf": "",
    "care_published": "",
    "care_run_command": "",
}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    standing.setup(app)
    for name, default in CONFIG.items():
        app.add_config_value(name, default, "env", str)
    # Jupyter Book always sets this, for an extension that the book does not load.
    app.add_config_value("comments_config", {}, "env", dict)
    shown = (displays, elements, glossary, pages, assets, cite, explorer)
    audits = (audit, audit_bars, authorities, report_card, severities)
    for part in (notebooks, facts, *shown, *audits, reading_copies):
        part.setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
