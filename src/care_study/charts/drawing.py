"""What the charts share: a drawing made for a width, checks, and labels that keep apart."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import altair as alt
import pandas as pd
from altair.utils.schemapi import debug_mode

from care_study.charts import theme

P = ParamSpec("P")
LINE_HEIGHT = 15
# What the labels of a vertical axis take at the left, in pixels.
AXIS_ROOM = 40
# A letter's mean width as a share of the type size, a little more than in the bold of our typeface.
LETTER = 0.52


class ChartError(ValueError):
    """A frame that a chart cannot be drawn from."""


@dataclass(frozen=True)
class Drawing:
    """An Altair chart that is made for the width at hand."""

    make: Callable[[int], alt.TopLevelMixin]

    def at(self, width: int) -> Any:
        """Make the Altair chart for a total width in pixels."""
        return self.make(width)

    __call__ = at


def drawing(
    function: Callable[Concatenate[int, P], alt.TopLevelMixin],
) -> Callable[P, Drawing]:
    """Let a function whose first argument is the width be called without it; it gives a `Drawing`.

    The chart is made at full width straight away, so that a wrong frame is refused where the
    function is called; that chart is kept for the page.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> Drawing:
        def make(width: int) -> alt.TopLevelMixin:
            # The whole chart is checked when it is written; checking each part takes far longer.
            with debug_mode(False):
                return function(width, *args, **kwargs)

        wide = make(theme.WIDE)
        return Drawing(lambda width: wide if width == theme.WIDE else make(width))

    return call


def is_narrow(width: int) -> bool:
    """Whether a chart is for a phone."""
    return width <= theme.NARROW


def need(frame: pd.DataFrame, columns: Iterable[str | None], what: str) -> pd.DataFrame:
    """Return a copy of the frame with a fresh index, or say which columns are missing.

    Raises
    ------
    ChartError
        When a column is missing, or the frame has no rows.
    """
    missing = [column for column in columns if column and column not in frame.columns]
    if missing:
        raise ChartError(
            f"{what}: the frame has no column {', '.join(missing)}; it has {list(frame.columns)}"
        )
    if frame.empty:
        raise ChartError(f"{what}: the frame has no rows")
    return frame.reset_index(drop=True)


def need_names(found: Iterable[str], wanted: Iterable[str], what: str) -> None:
    """Refuse to highlight what is not there.

    Raises
    ------
    ChartError
        When a wanted name is not among those found.
    """
    names = list(dict.fromkeys(found))
    missing = [name for name in wanted if name not in names]
    if missing:
        raise ChartError(f"{what}: no rows for {', '.join(missing)}; found {', '.join(names[:20])}")


def say(name: object, at: object, value: float) -> str:
    """Say what a point of a chart is, for whoever points at it: ``Coventry, 2018: 52.9``."""
    if pd.isna(value):
        return ""
    places = 0 if float(value).is_integer() or abs(value) >= 1_000 else 1
    written = f"{value:,.{places}f}".replace("-", "\N{MINUS SIGN}")
    where = f", {at:.0f}" if isinstance(at, (int, float)) else f", {at}" if at else ""
    return f"{name}{where}: {written}"


def wrap(text: str, characters: int) -> list[str]:
    """Break a label into lines at spaces."""
    return textwrap.wrap(text, characters, break_long_words=False) or [""]


def text_width(text: str, width: int) -> float:
    """Estimate how wide a text stands in a chart of the given width, in pixels."""
    size = theme.TEXT_SIZE[theme.NARROW if is_narrow(width) else theme.WIDE]
    return len(text) * size * LETTER


def wrap_to(text: str, pixels: float, width: int) -> list[str]:
    """Break a label into lines that are no wider than the given pixels, as far as words allow."""
    return wrap(text, max(1, int(pixels / text_width("x", width))))


def plot_height(height: int, width: int) -> int:
    """Make a chart that is as high as it is wide on a page a little lower on a phone."""
    return max(min(height, 280), int(height * 0.85)) if is_narrow(width) else height


def axis_title(text: str, width: int) -> list[str] | None:
    """Break the title of a horizontal axis into lines that fit the width."""
    return wrap(text, 34 if is_narrow(width) else 90) if text else None


def dodge(positions: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Move labels up and down, as little as possible, until none overlaps the next.

    Parameters
    ----------
    positions : sequence of float
        Wanted middles.
    heights : sequence of float
        Height that each label needs, in the same unit.

    Returns
    -------
    list of float
        New middles, in the order given.
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    groups: list[tuple[list[int], float]] = []
    for place in order:
        members, middle = [place], positions[place]
        while groups and _low(middle, members, heights) < _high(
            groups[-1][1], groups[-1][0], heights
        ):
            before, before_middle = groups.pop()
            weight = len(before) + len(members)
            middle = (before_middle * len(before) + middle * len(members)) / weight
            members = before + members
        groups.append((members, middle))
    moved = [0.0] * len(positions)
    for members, middle in groups:
        edge = _low(middle, members, heights)
        for place in members:
            moved[place] = edge + heights[place] / 2
            edge += heights[place]
    return moved


def _low(middle: float, members: list[int], heights: Sequence[float]) -> float:
    return middle - sum(heights[i] for i in members) / 2


def _high(middle: float, members: list[int], heights: Sequence[float]) -> float:
    return middle + sum(heights[i] for i in members) / 2


def scale_bounds(values: Iterable[float], zero: bool) -> tuple[float, float]:
    """Lowest and highest value with a little room, from zero where the chart starts at zero."""
    numbers = [float(value) for value in values if pd.notna(value)]
    if not numbers:
        raise ChartError("nothing to draw: every value is missing")
    low, high = min(numbers), max(numbers)
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    if zero:
        return min(0.0, low - room if low < 0 else 0.0), max(0.0, high + room)
    return low - room, high + room
