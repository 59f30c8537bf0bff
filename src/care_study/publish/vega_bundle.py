"""Vega for charts that a reader brings to life: one script, from the book's own files."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import vl_convert

from care_study.publish.kept import kept
from care_study.show.svg import VEGA_LITE

# `ast` makes Vega interpret expressions instead of compiling them, which the content-security
# policy of the book forbids; with the default styles off no style element is injected.
_SNIPPET = """
window.careStudyEmbed = (place, spec) => vegaEmbed(place, spec, {
  actions: false,
  ast: true,
  defaultStyle: false,
  renderer: "svg",
  tooltip: {disableDefaultStyle: true},
});
"""


def write_bundle(path: Path) -> None:
    """Write the bundle to ``path``.

    It stays out of the folder ``_static``: Jupyter Book loads every script of that folder on every
    page, and this one is wanted only when a reader asks for it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    made_by = version("vl-convert-python")
    path.write_bytes(kept(_bundle, _SNIPPET, VEGA_LITE, made_by, code=(__file__,)))


def _bundle() -> bytes:
    script: str = vl_convert.javascript_bundle(_SNIPPET, vl_version=VEGA_LITE)
    return script.encode("utf-8")
