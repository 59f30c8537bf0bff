"""Makes the book's typeface from Source Sans 3: fewer characters, plain names, WOFF2 beside TTF.

Usage: ``python .ci/make_fonts.py FOLDER`` with the folder ``TTF`` of the npm package
``source-sans`` (``npm pack source-sans@3.52.0``). Needs fonttools and brotli, of the development
dependencies.

The licence reserves the name Source for the original, so the result has a name of its own; as it is
also a name that no reader has installed, a page never takes another cut of the typeface.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "Care Study Sans"
FOLDER = Path(__file__).parents[1] / "src" / "care_study" / "show" / "fonts"
# What is called bold is Semibold, which is dark enough beside Regular and narrower than Bold.
CUTS = {"Regular": ("SourceSans3-Regular.ttf", 400), "Bold": ("SourceSans3-Semibold.ttf", 700)}
BEYOND_ASCII = (
    "£©®°±²³·¼½¾×÷§«»àáâäçèéêëìíîïñòóôöùúûüÀÁÉÈÖÜ–—‘’“”„†•…′″−≤≥≠≈√∞←↑→↓↕›‹€"
    "\N{NO-BREAK SPACE}\N{THIN SPACE}\N{NON-BREAKING HYPHEN}\N{NARROW NO-BREAK SPACE}"
)
# Lines as high as the letters that are kept, in thousandths of the size: above and below.
ASCENT, DESCENT = 920, 270
# Made the same every time: seconds since 1904, the epoch of the format, of 1 January 2024.
MADE = 3_786_912_000


def characters() -> list[int]:
    """List the code points that are kept."""
    return [*range(0x20, 0x7F), *map(ord, BEYOND_ASCII)]


def cut(path: Path, style: str, weight: int) -> TTFont:
    """Take the characters that are kept from a font and give it its name and weight."""
    font = TTFont(path, recalcTimestamp=False)
    options = Options(hinting=False, desubroutinize=True, notdef_outline=True)
    options.layout_features = ["kern"]
    options.glyph_names = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    _name(font, style)
    font["hhea"].ascent = font["OS/2"].sTypoAscender = font["OS/2"].usWinAscent = ASCENT
    font["hhea"].descent = font["OS/2"].sTypoDescender = -DESCENT
    font["OS/2"].usWinDescent = DESCENT
    font["hhea"].lineGap = font["OS/2"].sTypoLineGap = 0
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x61 | (0x20 if weight > 400 else 0x40)
    font["head"].macStyle = 1 if weight > 400 else 0
    font["head"].created = font["head"].modified = MADE
    return font


def _name(font: TTFont, style: str) -> None:
    names = {1: FAMILY, 2: style, 3: f"{FAMILY} {style}", 4: f"{FAMILY} {style}"}
    names[6] = f"{FAMILY.replace(' ', '')}-{style}"
    for number, text in names.items():
        font["name"].removeNames(nameID=number)
        font["name"].setName(text, number, 3, 1, 0x409)
    for number in (16, 17):
        font["name"].removeNames(nameID=number)


def main(folder: Path) -> None:
    """Write both weights in both formats."""
    for style, (name, weight) in CUTS.items():
        font = cut(folder / name, style, weight)
        target = FOLDER / f"CareStudySans-{style}"
        font.save(target.with_suffix(".ttf"))
        font.flavor = "woff2"
        font.save(target.with_suffix(".woff2"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
