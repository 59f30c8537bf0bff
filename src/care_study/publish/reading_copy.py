"""A copy of an executed notebook that reads well outside the book: values in place of roles."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from care_study.show.facts import Fact

ROLE = re.compile(r"\{fact\}`([^`:]+)(?::(\w+))?`")
LABEL = re.compile(r"^\([\w.-]+\)=\n+", re.MULTILINE)
BOX = re.compile(r"^```\{([\w-]+)\}[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TITLES = {"chapter-box": "What this chapter shows", "note": "Note"}


def reading_copy(
    notebook: Mapping[str, Any], name: str, facts: Mapping[str, Fact]
) -> dict[str, Any]:
    """Put values in the place of what only the book understands, for JupyterLab or a code host.

    Parameters
    ----------
    notebook
        An executed notebook, as JSON.
    name
        Its name, under which its own facts are found.
    facts
        Every fact of the book, by its full name (``coventry.rate_2018``).

    Returns
    -------
    dict
        The notebook with other Markdown cells: each role is the fact's text, places to link to are
        left out, boxes are quotations with a title. A fact that is not known keeps its role.
    """

    def text(found: re.Match[str]) -> str:
        asked, form = found[1], found[2] or "text"
        fact = facts.get(asked if "." in asked else f"{name}.{asked}")
        return found[0] if fact is None else str(getattr(fact, form))

    return {**notebook, "cells": [_with_values(cell, text) for cell in notebook["cells"]]}


def _with_values(cell: Mapping[str, Any], text: Callable[[re.Match[str]], str]) -> dict[str, Any]:
    if cell["cell_type"] != "markdown":
        return dict(cell)
    prose = ROLE.sub(text, LABEL.sub("", "".join(cell["source"])))
    return {**cell, "source": BOX.sub(_quotation, prose).splitlines(keepends=True)}


def _quotation(found: re.Match[str]) -> str:
    title = TITLES.get(found[1])
    if title is None:
        return found[0]
    lines = [f"**{title}**", "", *found[2].strip().splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines)
