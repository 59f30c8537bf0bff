"""What others show of the book: the picture beside a shared link, and what robots may read."""

from __future__ import annotations

import textwrap
from xml.sax.saxutils import escape

from care_study.charts import theme
from care_study.show import svg

NAME = "social-card.png"
WIDTH, HEIGHT = 1200, 630
_LEFT = 84


def social_card(title: str, description: str) -> bytes:
    """Draw the picture that a shared link to the book shows: its title and what it is about.

    Parameters
    ----------
    title, description : str
        Of the book.

    Returns
    -------
    bytes
        A PNG of 1200 by 630 pixels, the size that social networks ask for; the same every time.
    """
    heading = _lines(title, 25, 150, 84, theme.PAPER, "bold")
    below = 150 + 97 * (heading.count("<text") - 1) + 84
    words = _lines(description, 62, below, 34, "#D6E2EE", "normal")
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{theme.BLUE}"/>'
        f'<path d="M{_LEFT} 570 l180 -35 130 20 220 -50 180 30 300 -45" fill="none" '
        f'stroke="#7FB8EE" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"/>'
        f'<circle cx="{_LEFT + 1010}" cy="490" r="15" fill="{theme.ORANGE}"/>'
        f"{heading}{words}</svg>"
    )
    return svg.png(drawn, scale=1.0)


def _lines(text: str, width: int, top: int, size: int, colour: str, weight: str) -> str:
    style = f'fill="{colour}" font-family="{theme.FONT}" font-size="{size}" font-weight="{weight}"'
    return "".join(
        f'<text x="{_LEFT}" y="{top + round(size * 1.16) * number}" {style}>{escape(line)}</text>'
        for number, line in enumerate(textwrap.wrap(text, width))
    )


def robots(base: str) -> str:
    """Write ``robots.txt``: everything may be read; where the site map is, if that is known."""
    site_map = f"Sitemap: {base.rstrip('/')}/sitemap.xml\n" if base else ""
    return f"User-agent: *\nAllow: /\n{site_map}"
