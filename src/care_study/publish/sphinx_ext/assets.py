"""The look of the book: theme, style sheet for light and dark, the Vega bundle, the site map."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from care_study import paths
from care_study.charts import theme
from care_study.publish.archive import write_archive
from care_study.publish.crate import write_crate
from care_study.publish.kept import sweep
from care_study.publish.search_index import write_index
from care_study.publish.sources import read_sources
from care_study.publish.sphinx_ext.card import NAME, robots, social_card
from care_study.publish.vega_bundle import write_bundle
from care_study.show.svg import colour_variables, font_faces

THEME = Path(__file__).with_name("theme")
STYLES = Path(__file__).parents[1] / "assets"

LIGHT_PAGE = {
    "paper": "#ffffff",
    "ink": "#14181f",
    "soft": "#4b5563",
    "line": "#dde2e8",
    "tint": "#f3f6f9",
    "link": "#12436d",
    "focus": "#b5450b",
    "agree": "#187168",
}
DARK_PAGE = {
    "paper": "#14171c",
    "ink": "#e8eaed",
    "soft": "#b4bcc8",
    "line": "#343b45",
    "tint": "#1d222a",
    "link": "#9ccaf5",
    "focus": "#ffb454",
    "agree": "#5ed6cb",
}
CODE = {"light": "a11y-high-contrast-light", "dark": "a11y-high-contrast-dark"}


def style_sheet() -> str:
    """Write the whole style sheet: typeface, page, colours for light and dark, charts, code."""
    light = _variables(LIGHT_PAGE) + colour_variables(lambda colour: colour)
    dark = _variables(DARK_PAGE) + colour_variables(theme.DARK.__getitem__)
    return "\n".join(
        [
            font_faces(),
            f":root{{color-scheme:light;{light}}}",
            f':root[data-theme="dark"]{{color-scheme:dark;{dark}}}',
            "@media screen and (prefers-color-scheme:dark){"
            f':root:not([data-theme="light"]){{color-scheme:dark;{dark}}}}}',
            (STYLES / "page.css").read_text(encoding="utf-8"),
            (STYLES / "parts.css").read_text(encoding="utf-8"),
            (STYLES / "explorer.css").read_text(encoding="utf-8"),
            (STYLES / "audit.css").read_text(encoding="utf-8"),
            _code(CODE["light"], ""),
            _code(CODE["dark"], ':root[data-theme="dark"] '),
            "@media screen and (prefers-color-scheme:dark){"
            + _code(CODE["dark"], ':root:not([data-theme="light"]) ')
            + "}",
        ]
    )


def _variables(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in colours.items())


def _code(style: str, before: str) -> str:
    """Rules for the tokens of code; the page sets the background itself."""
    rules = HtmlFormatter(style=style).get_style_defs(f"{before}.highlight").splitlines()
    return "\n".join(rule for rule in rules if ".highlight ." in rule)


def before_reading(app: Sphinx) -> None:
    """Read the wording of the sources; take what the environment says about this build."""
    app.env.care_sources = read_sources(_published(app), paths.DOCUMENTS)
    for name in ("care_revision", "care_vintage"):
        said = os.environ.get(name.upper().replace("CARE_", "CARE_STUDY_"))
        if said:
            setattr(app.config, name, said)


def _published(app: Sphinx) -> Path:
    return Path(app.config.care_published) if app.config.care_published else paths.PUBLISHED


def after_writing(app: Sphinx, failure: Exception | None) -> None:
    """Write the style sheet, the Vega bundle where a chart comes to life, and what others read."""
    if failure is not None or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    out = Path(app.outdir)
    (out / "_static").mkdir(parents=True, exist_ok=True)
    (out / "_static" / "care-study.css").write_text(style_sheet(), encoding="utf-8", newline="\n")
    if any((out / "downloads").rglob("*.js")):
        write_bundle(out / "vega" / "vega.js")
    write_archive(
        out,
        _published(app),
        book=app.config.html_title,
        vintage=app.config.care_vintage,
        revision=app.config.care_revision,
        sources=app.env.care_sources,
    )
    sweep()
    write_index(out)
    write_crate(
        out,
        name=app.config.html_title,
        description=app.config.care_description,
        author=app.config.author,
    )
    card = social_card(app.config.html_title, app.config.care_description)
    (out / "_static" / NAME).write_bytes(card)
    (out / "robots.txt").write_text(robots(app.config.html_baseurl), encoding="utf-8", newline="\n")
    if app.config.html_baseurl:
        (out / "sitemap.xml").write_text(_site_map(app), encoding="utf-8", newline="\n")


def _site_map(app: Sphinx) -> str:
    base = app.config.html_baseurl.rstrip("/")
    pages = [f"{base}/{app.builder.get_target_uri(name)}" for name in sorted(app.env.found_docs)]
    places = "".join(f"<url><loc>{escape(page)}</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the theme and connect to Sphinx."""
    app.add_html_theme("care_study", str(THEME))
    app.connect("builder-inited", before_reading)
    app.connect("build-finished", after_writing)
    return {}
