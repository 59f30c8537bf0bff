"""Charts as SVG: rendered without a browser, made small, and safe to put inside a page."""

from __future__ import annotations

import base64
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import vl_convert

from care_study.charts import theme

_SVG = "{http://www.w3.org/2000/svg}"
ET.register_namespace("", "http://www.w3.org/2000/svg")
_NOISE = {"pointer-events", "role", "aria-roledescription", "aria-hidden", "aria-label", "class"}
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_SHAPE = ("d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height")
VEGA_LITE = "6.4"
FONTS = Path(__file__).with_name("fonts")
# Files by weight as style sheets count it; what is bold is a Semibold (see the folder's README).
SHOWN = {400: "CareStudySans-Regular.woff2", 700: "CareStudySans-Bold.woff2"}
MEASURED = ("CareStudySans-Regular.ttf", "CareStudySans-Bold.ttf")
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def spec_at(chart: Any, width: int, *, check: bool = True) -> dict[str, Any]:
    """Write the Vega-Lite specification of a chart, fitted to a total width in pixels.

    Parameters
    ----------
    chart : altair chart, or a function from the width to one
        A plain chart is given the width, and less height when narrow; a function decides itself.
    width : int
        In pixels.
    check : bool
        Check it against the schema of Vega-Lite, which takes as long as to draw it.
    """
    decides = callable(chart) and not hasattr(chart, "to_dict")
    made = chart(width) if decides else chart
    spec: dict[str, Any] = made.to_dict(validate=check)
    composed = any(key in spec for key in ("hconcat", "vconcat", "concat", "facet", "repeat"))
    if not composed and "column" not in spec.get("encoding", {}):
        spec["width"] = width
        spec.setdefault("height", 340)
        if not decides and width <= theme.NARROW and isinstance(spec["height"], int):
            spec["height"] = min(spec["height"], max(280, int(spec["height"] * 0.85)))
        spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    spec["config"] = _merged(theme.config(width), spec.get("config", {}))
    return spec


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`over` on top of `base`; Altair's own defaults for an unconfigured chart are left out."""
    out = dict(base)
    for key, value in over.items():
        if key == "view" and value == {"continuousWidth": 300, "continuousHeight": 300}:
            continue
        out[key] = _merged(base[key], value) if _both_maps(base.get(key), value) else value
    return out


def _both_maps(one: Any, other: Any) -> bool:
    return isinstance(one, dict) and isinstance(other, dict)


def draw(spec: dict[str, Any]) -> str:
    """Render a specification to a small stand-alone SVG."""
    register_fonts()
    return tidy(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[]))


@cache
def register_fonts() -> None:
    """Let the renderer measure and draw with the book's typeface, on every machine alike.

    Raises
    ------
    FileNotFoundError
        When the package is not complete: the renderer would silently take another typeface.
    """
    missing = [name for name in MEASURED if not (FONTS / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{FONTS}: {', '.join(missing)} missing; install care-study again, with its data files"
        )
    vl_convert.register_font_directory(str(FONTS))


def font_faces(weights: Iterable[int] = SHOWN) -> str:
    """Write style rules that carry the typeface itself, so that it works from any file."""
    return "".join(
        f"@font-face{{font-family:{theme.FAMILY};font-weight:{weight};font-display:block;"
        f"src:url(data:font/woff2;base64,{_encoded(weight)})}}"
        for weight in weights
    )


@cache
def _encoded(weight: int) -> str:
    return base64.b64encode((FONTS / SHOWN[weight]).read_bytes()).decode("ascii")


def png(svg: str, scale: float = 1.5) -> bytes:
    """Turn an SVG into a PNG on a white background."""
    root = ET.fromstring(svg)
    paper = ET.Element(
        f"{_SVG}rect",
        {"width": root.attrib["width"], "height": root.attrib["height"], "fill": theme.PAPER},
    )
    root.insert(0, paper)
    register_fonts()
    drawn = vl_convert.svg_to_png(ET.tostring(root, encoding="unicode"), scale=scale)
    return _packed(bytes(drawn))


def _packed(image: bytes) -> bytes:
    """Compress a PNG's pixels well; the renderer favours speed, at three times the size."""
    head, pixels, at = b"", b"", len(_PNG_SIGNATURE)
    while at < len(image):
        (length,) = struct.unpack(">I", image[at : at + 4])
        kind, body = image[at + 4 : at + 8], image[at + 8 : at + 8 + length]
        if kind == b"IDAT":
            pixels += body
        elif kind != b"IEND":
            head += _chunk(kind, body)
        at += 12 + length
    packed = zlib.compress(zlib.decompress(pixels), 6)
    return _PNG_SIGNATURE + head + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + check


def tidy(svg: str) -> str:
    """Shorten numbers, drop what draws nothing, say the typeface once, and darken pale words.

    The wording of the whole is left to the page around it.
    """
    root = ET.fromstring(svg)
    for parent in list(root.iter()):
        _plain_text(parent)
        _named(parent)
        for name in _NOISE & set(parent.attrib):
            del parent.attrib[name]
        for name in _SHAPE:
            if name in parent.attrib:
                parent.attrib[name] = _LONG_NUMBER.sub(_shorter, parent.attrib[name])
    while _drop_empty(root):
        pass
    root.attrib["font-family"] = theme.FONT
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)


def _plain_text(element: ET.Element) -> None:
    """Leave the typeface to the whole drawing, and give words a colour that can be read."""
    if element.tag != f"{_SVG}text":
        return
    if element.attrib.get("font-family") == theme.FONT:
        del element.attrib["font-family"]
    darker = _TEXT.get(element.attrib.get("fill", "").lower())
    if darker:
        element.attrib["fill"] = darker


def _named(element: ET.Element) -> None:
    """Let the name of a mark be seen where one points at it."""
    name = element.attrib.get("aria-label", "")
    if element.tag == f"{_SVG}path" and name:
        ET.SubElement(element, f"{_SVG}title").text = name


_TEXT = {colour.lower(): darker for colour, darker in theme.TEXT.items()}


def standalone(svg: str) -> str:
    """Put into a drawing the weights of the typeface that it uses, for whoever takes it away."""
    bold = bool(re.search(r'font-weight="(bold|[6-9]00)"', svg))
    style = f"<style>{font_faces([400, 700] if bold else [400])}</style>"
    return re.sub(r"(<svg\b[^>]*>)", lambda match: match.group() + style, svg, count=1)


def _shorter(match: re.Match[str]) -> str:
    return f"{float(match.group()):.1f}".removesuffix(".0")


def _draws_nothing(element: ET.Element) -> bool:
    if element.tag == f"{_SVG}g":
        return len(element) == 0
    if element.tag == f"{_SVG}path":
        return element.attrib.get("d", "").endswith("h0v0h0Z") or not (
            {"fill", "stroke"} & set(element.attrib)
        )
    return element.tag == f"{_SVG}text" and not (element.text or "").strip() and not len(element)


def _drop_empty(root: ET.Element) -> bool:
    dropped = False
    for parent in list(root.iter()):
        for child in list(parent):
            if _draws_nothing(child):
                parent.remove(child)
                dropped = True
    return dropped


def width_of(svg: str) -> float:
    """Read the width of a drawing, in pixels."""
    return float(ET.fromstring(svg).attrib["width"])


def inline(svg: str, identity: str, labelled_by: str, kind: str) -> str:
    """Prepare an SVG for use inside a page: own identifiers, colours that follow the page's theme.

    Parameters
    ----------
    svg : str
        As made by `draw`.
    identity : str
        Unique on the page; put before every identifier in the drawing.
    labelled_by : str
        The alternative text.
    kind : str
        ``wide`` or ``narrow``; becomes the class ``cs-wide`` or ``cs-narrow``.
    """
    root = ET.fromstring(svg)
    for element in root.iter():
        for name, value in element.attrib.items():
            element.attrib[name] = _own(value, identity)
        for name in {"fill", "stroke"} & set(element.attrib):
            element.attrib[name] = themed(element.attrib[name])
        if "id" in element.attrib:
            element.attrib["id"] = f"{identity}-{element.attrib['id']}"
    # On a page the typeface is that of the page.
    root.attrib.pop("font-family", None)
    root.attrib.update({"class": f"cs-chart cs-{kind}", "role": "img", "aria-label": labelled_by})
    return ET.tostring(root, encoding="unicode")


def _own(value: str, identity: str) -> str:
    return value.replace("url(#", f"url(#{identity}-") if "url(#" in value else value


_VARIABLES = {colour.lower(): number for number, colour in enumerate(theme.DARK)}
_NAMED = {"white": theme.PAPER, "black": theme.INK, "#000": theme.INK, "#fff": theme.PAPER}


def themed(colour: str) -> str:
    """Write one of the chart colours as a CSS variable; other text stays as it is."""
    colour = _NAMED.get(colour, colour)
    number = _VARIABLES.get(colour.lower())
    return colour if number is None else f"var(--c{number},{colour})"


def themed_spec(part: Any) -> Any:
    """Write the chart colours of a specification as CSS variables, wherever they stand."""
    if isinstance(part, dict):
        return {key: themed_spec(value) for key, value in part.items() if key != "datasets"} | (
            {"datasets": part["datasets"]} if "datasets" in part else {}
        )
    if isinstance(part, list):
        return [themed_spec(value) for value in part]
    return themed(part) if isinstance(part, str) else part


def colour_variables(pick: Callable[[str], str]) -> str:
    """CSS declarations of the chart colours, light or dark as ``pick`` chooses."""
    return "".join(f"--c{number}:{pick(colour)};" for number, colour in enumerate(theme.DARK))
