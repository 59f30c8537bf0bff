"""Labelled vertical lines where a series breaks, written above the plot and apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.drawing import AXIS_ROOM, LINE_HEIGHT, text_width, wrap_to

# Between the plot and the lowest label, and between labels side by side, in pixels.
CLEAR, BESIDE = 5, 10
# The least width that a label is given.
LEAST = 70


@dataclass(frozen=True)
class BreakLabel:
    """A break's label: its lines, and how far above the plot the lowest of them stands."""

    year: float
    lines: tuple[str, ...]
    above: float

    @property
    def top(self) -> float:
        """How far above the plot the label ends."""
        return self.above + len(self.lines) * LINE_HEIGHT


def place_breaks(
    breaks: Sequence[tuple[float, str]],
    years: tuple[float, float],
    plot: float,
    width: int,
) -> list[BreakLabel]:
    """Place the labels of breaks above a plot, each at the right of its line.

    A label stands higher than every later one whose line would cut through it, so that neither
    two labels nor a label and a line meet.

    Parameters
    ----------
    breaks : sequence of (year, label)
        In any order.
    years : (first, last)
        The horizontal axis.
    plot : float
        Width of the plot in pixels; labels may reach beyond it.
    width : int
        Of the whole chart.

    Returns
    -------
    list of BreakLabel
        From the last year to the first.
    """
    low, high = years
    placed: list[tuple[float, BreakLabel]] = []
    for year, label in sorted(breaks, reverse=True):
        at = (year - low) / (high - low) * plot
        lines = tuple(wrap_to(label, max(LEAST, width - AXIS_ROOM - at), width))
        end = at + max(text_width(line, width) for line in lines) + BESIDE
        in_the_way = [other.top for start, other in placed if start < end]
        placed.append((at, BreakLabel(year, lines, max(in_the_way, default=CLEAR))))
    return [label for _, label in placed]


def break_layers(labels: Sequence[BreakLabel], x: alt.X) -> list[alt.Chart]:
    """Draw the lines of breaks and their labels."""
    field = str(x["shorthand"]).removesuffix(":Q")
    layers = []
    for label in labels:
        row = alt.Chart(pd.DataFrame([{field: label.year}]))
        rule = row.mark_rule(color=theme.MUTED, strokeDash=[3, 3])
        layers.append(rule.encode(x, y=alt.value(-label.top), y2=alt.value("height")))
        words = row.mark_text(
            text=list(label.lines), align="left", baseline="top", dx=4, lineHeight=LINE_HEIGHT
        )
        layers.append(words.encode(x, y=alt.value(-label.top)))
    return layers


def room_above(labels: Sequence[BreakLabel]) -> float:
    """Height that the labels take above the plot, in pixels."""
    return max((label.top for label in labels), default=0.0)
