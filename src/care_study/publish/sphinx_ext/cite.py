"""The directive ``{citation}``: how to cite the study, made from ``CITATION.cff``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from care_study.paths import ROOT

CITATION = ROOT / "CITATION.cff"


@cache
def read_citation(path: Path = CITATION) -> dict[str, str]:
    """Read authors, year, title and version.

    Raises
    ------
    ValueError
        If a part is missing from the file.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    missing = [key for key in ("authors", "date-released", "title", "version") if key not in raw]
    if missing:
        raise ValueError(f"{path.name}: {', '.join(missing)} missing. Add it to the file.")
    authors = [
        author.get("name") or f"{author['family-names']}, {author['given-names'][0]}."
        for author in raw["authors"]
    ]
    return {
        "authors": " & ".join(authors),
        "year": str(raw["date-released"])[:4],
        "title": raw["title"],
        "version": str(raw["version"]),
    }


def apa(parts: dict[str, str]) -> str:
    """Write the citation in APA style (7th edition, software)."""
    return (
        f"{parts['authors']} ({parts['year']}). {parts['title']} "
        f"(Version {parts['version']}) [Computer software]."
    )


def bibtex(parts: dict[str, str]) -> str:
    """Write the citation as a BibTeX entry."""
    authors = parts["authors"].replace(" & ", " and ")
    return "\n".join(
        [
            "@software{care_study,",
            f"  author  = {{{{{authors}}}}},",
            f"  title   = {{{parts['title']}}},",
            f"  version = {{{parts['version']}}},",
            f"  year    = {{{parts['year']}}}",
            "}",
        ]
    )


@dataclass(frozen=True)
class Cited:
    """One chart of the book, as somebody else may cite it."""

    title: str
    subtitle: str
    chapter: str
    key: str
    place: str  # the page and the mark on it, such as notebooks/coventry.html#figure-rates

    def address(self, base: str) -> str:
        """Where the chart is: on the web if the book has an address there, else in the book."""
        return f"{base.rstrip('/')}/{self.place}" if base else self.place


def cite_chart(chart: Cited, parts: dict[str, str], base: str) -> dict[str, str]:
    """Write the citation of one chart: a sentence, APA style (7th edition) and BibTeX.

    Parameters
    ----------
    chart : Cited
        The chart.
    parts : dict
        As made by `read_citation`.
    base : str
        Address of the book on the web; empty when it has none.

    Returns
    -------
    dict
        With ``plain``, ``apa``, ``bibtex`` and ``shown``, the address in words.
    """
    title = chart.title.rstrip(".")
    where = chart.address(base)
    authors = parts["authors"].replace(" & ", " and ")
    return {
        "plain": f"“{title}” ({chart.subtitle.rstrip('.')}), in: {parts['title']}, version "
        f"{parts['version']}, {authors}, {parts['year']}, {where}",
        "apa": f"{parts['authors']} ({parts['year']}). {title} [Chart]. In {parts['title']} "
        f"(Version {parts['version']}), {chart.chapter}. {where}",
        "bibtex": "\n".join(
            [
                f"@misc{{{chart.key},",
                f"  author = {{{{{authors}}}}},",
                f"  title = {{{_braced(title)}}},",
                f"  howpublished = {{In: {_braced(parts['title'])}, version {parts['version']}}},",
                f"  year = {{{parts['year']}}},",
                f"  url = {{{where}}}" if base else f"  note = {{{_braced(where)}}}",
                "}",
            ]
        ),
        "shown": where,
    }


def _braced(text: str) -> str:
    """Write text so that BibTeX takes its special signs for themselves."""
    return "".join(f"\\{sign}" if sign in "%&$#_{}" else sign for sign in text)


class Citation(SphinxDirective):
    """Both forms, one below the other."""

    def run(self) -> list[nodes.Node]:
        """Build a paragraph and a literal block."""
        self.env.note_dependency(str(CITATION))
        parts = read_citation()
        code = bibtex(parts)
        block = nodes.literal_block(code, code, language="bibtex")
        return [nodes.paragraph("", apa(parts)), block]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("citation", Citation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
