"""The what-if chart: workload and weeks to clear a backlog, computed by Vega-Lite in the browser.

The formulas are those of `care_study.chapters.northamptonshire.what_if.Scenario` (Little's law at a
full caseload, constant arrivals), so that the picture and the table beside it agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.drawing import ChartError, drawing
from care_study.statistics.capacity import WORKING_DAYS_PER_YEAR

WORKING_DAYS_PER_WEEK = WORKING_DAYS_PER_YEAR * 7 / 365.25
LAST_WEEK = 52
# Slider: name in the chart, words, least, most, step.
SLIDERS = (
    ("referrals", "Referrals a week", 0, 600, 1),
    ("share", "Share needing assessment (%)", 0, 100, 0.1),
    ("days", "Working days an assessment takes", 1, 60, 1),
    ("workers", "Workers", 1, 200, 1),
    ("children", "Children each worker can hold", 1, 60, 1),
    ("backlog", "Children waiting now", 0, 1000, 1),
)
_WEEKS = f"(days / {WORKING_DAYS_PER_WEEK!r})"
_ARRIVALS = "(referrals * share / 100)"
_CAPACITY = f"(workers * children / {_WEEKS})"
_WORKLOAD = f"({_ARRIVALS} * {_WEEKS} / workers)"
_CLEARS = f"(backlog / ({_CAPACITY} - {_ARRIVALS}))"


@drawing
def what_if(width: int, start: Mapping[str, float], *, height: int = 300) -> alt.LayerChart:
    """Draw the children waiting week by week, with sliders for what decides it.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    start : mapping
        Where each slider of ``SLIDERS`` stands at first; rounded to the slider's step.
    height : int
        Pixels.

    Raises
    ------
    ChartError
        When a slider has no start, or one outside its range.
    """
    params = [
        _slider(name, words, low, high, step, start) for name, words, low, high, step in SLIDERS
    ]
    x = alt.X(
        "week:Q",
        title="Weeks from now",
        scale=alt.Scale(domain=[0, LAST_WEEK], nice=False),
        axis=alt.Axis(values=list(range(0, LAST_WEEK + 1, 13))),
    )
    y = alt.Y("waiting:Q", title="Children waiting", scale=alt.Scale(zero=True, domainMin=0))
    weeks = (
        alt.Chart(alt.sequence(0, LAST_WEEK + 1, 1, as_="week"))
        .transform_calculate(waiting=f"max(0, backlog + ({_ARRIVALS} - {_CAPACITY}) * datum.week)")
        .mark_line(color=theme.FOCUS)
        .encode(x, y)
    )
    lines = [_said(words, number) for number, words in enumerate(_sentences())]
    padding = {"left": 2, "right": 16, "top": 4, "bottom": 2}
    chart = alt.layer(weeks, *lines).properties(height=height, padding=padding)
    return chart.add_params(*params)


def _slider(
    name: str, words: str, low: float, high: float, step: float, start: Mapping[str, float]
) -> Any:
    if name not in start or not low <= start[name] <= high:
        raise ChartError(
            f"what_if: {name} starts at {start.get(name)!r}; expected a number from {low} to {high}"
        )
    value = round(round(start[name] / step) * step, 6)
    bind = alt.binding_range(min=low, max=high, step=step, name=f"{words} ")
    return alt.param(name=name, value=value, bind=bind)


def _sentences() -> tuple[str, ...]:
    """Write the results as Vega expressions, one a line above the plot."""
    clears = f"format({_CLEARS}, ',.1f') + ' weeks.'"
    return (
        f"'Needed a week: ' + format({_ARRIVALS}, ',.0f') + '; possible: ' "
        f"+ format({_CAPACITY}, ',.0f') + '.'",
        f"'To keep up, each worker holds ' + format({_WORKLOAD}, ',.1f') + ' (can: ' "
        "+ format(children, ',.0f') + ').'",
        "backlog == 0 ? 'There is no backlog.' : "
        f"({_CAPACITY} > {_ARRIVALS} ? 'The backlog clears in ' + {clears} "
        ": 'The backlog never clears.')",
    )


def _said(words: str, number: int) -> alt.Chart:
    return (
        alt.Chart(pd.DataFrame([{"line": number}]))
        .transform_calculate(said=words)
        .mark_text(align="left", baseline="bottom", fontWeight="bold" if number == 2 else "normal")
        .encode(
            alt.Text("said:N"),
            x=alt.value(0),
            y=alt.value(-18 * (2 - number) - 26),
        )
    )
