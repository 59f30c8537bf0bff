"""Curves over a quantity that is not time."""

import json

import pandas as pd
import pytest

from care_study.charts import curves
from care_study.charts.drawing import ChartError


def test_curves_name_each_line_and_the_reference():
    frame = pd.DataFrame({"x": [0, 1] * 2, "y": [0.1, 0.2, 0.3, 0.4], "s": ["a", "a", "b", "b"]})
    chart = curves.curves(
        frame,
        x="x",
        y="y",
        series="s",
        x_unit="x",
        unit="y",
        reference=0.05,
        reference_label="nominal",
        percent=True,
    )
    text = json.dumps(chart.at(680).to_dict())
    assert all(f'"{name}"' in text for name in ("a", "b", "nominal"))
    many = pd.DataFrame({"x": range(5), "y": range(5), "s": list("abcde")})
    with pytest.raises(ChartError, match="at most 4 curves, found 5"):
        curves.curves(many, x="x", y="y", series="s", x_unit="x", unit="y")
