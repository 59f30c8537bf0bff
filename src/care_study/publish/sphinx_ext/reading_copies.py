"""The notebooks that readers download: executed, with values in the place of roles."""

from __future__ import annotations

import json
from pathlib import Path

from sphinx.application import Sphinx

from care_study.publish.reading_copy import reading_copy
from care_study.publish.sphinx_ext.notebooks import study_of


def write(app: Sphinx, error: Exception | None) -> None:
    """Write each notebook's reading copy over the copy of its source."""
    if error is not None or app.builder.format != "html":
        return
    facts = study_of(app.env).facts
    for page in sorted(app.env.found_docs):
        source = Path(app.env.doc2path(page))
        target = Path(app.outdir) / "_sources" / f"{page}.ipynb"
        if source.suffix == ".ipynb" and target.is_file():
            notebook = json.loads(source.read_text(encoding="utf-8"))
            made = reading_copy(notebook, source.stem, facts)
            text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
            target.write_text(text, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> None:
    """Write the copies when all pages are written."""
    app.connect("build-finished", write)
