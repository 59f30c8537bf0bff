"""The field's words: where one first stands on a page, its definition is at hand.

The glossary is the only place where a word is defined. What matches a word there, in the singular
or the plural, becomes a link to it with the definition as a note, once a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from care_study.publish.sphinx_ext.facts import fact_reference
from care_study.show.html import render

# Words inside these are left as they are.
_LEFT_ALONE = (
    nodes.reference,
    nodes.title,
    nodes.table,
    nodes.literal,
    nodes.literal_block,
    nodes.footnote,
    nodes.citation,
    addnodes.glossary,
    fact_reference,
)


class term_reference(nodes.Inline, nodes.TextElement):  # noqa: N801  docutils names nodes so
    """A word of the glossary, with its definition at hand."""


@dataclass(frozen=True)
class Entry:
    """One definition of the glossary, and the words that it defines."""

    words: tuple[str, ...]
    definition: str
    document: str
    anchor: str


def read_entries(app: Sphinx, builder: Any) -> None:
    """Collect the definitions of every glossary in the book, before pages are written."""
    entries: list[Entry] = []
    objects = app.env.get_domain("std").objects
    for document in sorted({page for (kind, _), (page, _) in objects.items() if kind == "term"}):
        entries += _entries(app.env.get_doctree(document), document)
    app.env.care_glossary = entries


def _entries(doctree: nodes.document, document: str) -> Iterator[Entry]:
    for glossary in doctree.findall(addnodes.glossary):
        for item in glossary.findall(nodes.definition_list_item):
            terms = list(item.findall(nodes.term))
            body = next(item.findall(nodes.definition))
            words = tuple(term.astext() for term in terms)
            text = " ".join(body.astext().split())
            yield Entry(words, text, document, terms[0]["ids"][0])


def pattern(entries: list[Entry]) -> re.Pattern[str]:
    """Match any word of the glossary, the longest first, as a whole word and in any case."""
    words = sorted({word for entry in entries for word in entry.words}, key=len, reverse=True)
    either = "|".join(re.escape(word).replace("\\ ", r"\s+") for word in words)
    return re.compile(rf"(?<![\w-])({either})s?(?![\w-])", re.IGNORECASE)


def entry_of(entries: list[Entry], found: str) -> Entry:
    """Find the definition of a word as it stands in a text."""
    plain = " ".join(found.lower().split())
    by_word = {word.lower(): entry for entry in entries for word in entry.words}
    return by_word[plain] if plain in by_word else by_word[plain.removesuffix("s")]


def mark_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give each word of the glossary a note where it first stands on the page."""
    entries: list[Entry] = getattr(app.env, "care_glossary", [])
    if not entries or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    # A page does not explain what it defines itself.
    seen = {entry for entry in entries if entry.document == docname}
    finder = pattern(entries)
    _join_texts(doctree)
    for text in [text for text in doctree.findall(nodes.Text) if _is_prose(text)]:
        made = list(_marked(str(text), entries, finder, seen))
        if len(made) > 1:
            text.parent.replace(text, made)


def _join_texts(doctree: nodes.document) -> None:
    """Make one text of those that stand side by side; MyST parts texts at the ends of lines."""
    for parent in {id(text.parent): text.parent for text in doctree.findall(nodes.Text)}.values():
        joined: list[nodes.Node] = []
        for child in parent.children:
            if joined and isinstance(child, nodes.Text) and isinstance(joined[-1], nodes.Text):
                joined[-1] = nodes.Text(str(joined[-1]) + str(child))
            else:
                joined.append(child)
        if len(joined) < len(parent.children):
            parent.children = []
            parent.extend(joined)


def _is_prose(text: nodes.Text) -> bool:
    above, in_paragraph = text.parent, False
    while above is not None:
        if isinstance(above, _LEFT_ALONE) or "cs-facts" in above.get("classes", ()):
            return False
        in_paragraph = in_paragraph or isinstance(above, nodes.paragraph)
        above = above.parent
    return in_paragraph


def _marked(
    text: str, entries: list[Entry], finder: re.Pattern[str], seen: set[Entry]
) -> Iterator[nodes.Node]:
    start = 0
    for match in finder.finditer(text):
        entry = entry_of(entries, match.group())
        if entry in seen:
            continue
        seen.add(entry)
        yield nodes.Text(text[start : match.start()])
        yield term_reference("", match.group(), entry=entry)
        start = match.end()
    yield nodes.Text(text[start:])


def visit_term(translator: Any, node: term_reference) -> None:
    """Write the word as a link to the glossary, with the definition beside it."""
    entry: Entry = node["entry"]
    builder = translator.builder
    translator.care_terms = getattr(translator, "care_terms", 0) + 1
    page = builder.get_relative_uri(builder.current_docname, entry.document)
    translator.body.append(
        render(
            "term.html",
            identity=f"term-note-{translator.care_terms}",
            text=node.astext(),
            address=f"{page}#{entry.anchor}",
            word=entry.words[0],
            definition=entry.definition,
        )
    )
    raise nodes.SkipNode


def _plain(translator: Any, node: term_reference) -> None:
    """Other writers show the word alone."""


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.add_node(term_reference, html=(visit_term, None), text=(_plain, _plain))
    app.connect("write-started", read_entries)
    app.connect("doctree-resolved", mark_terms)
