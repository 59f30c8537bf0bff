"""How one authority's change lies among all authorities', and how well forecasts did.

What is kept is coarse on purpose: the share of authorities in five bands, their number rounded to
ten. Finer ranks would be false precision; and a revision of a few authorities then leaves
everybody else's page as it is, unless it really says something new about them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from care_study.statistics.forecasts import ForecastError, backtest

SPAN = 5
BANDS = (0.05, 0.1, 0.25, 0.5, 1.0)
COVERAGE_STEP = 0.05
COUNT_STEP = 10
FILE = "among_all.json"
LOCAL = ("local authority", "combined territory")
QUANTILES = {"lowest": 0.05, "lower": 0.25, "middle": 0.5, "upper": 0.75, "highest": 0.95}
_COLUMNS = ["indicator", "first_year", "last_year", "others", "share", *QUANTILES]


@dataclass(frozen=True)
class Judged:
    """How a forecast model did over all authorities.

    ``coverage_95`` (0 to 1, rounded to 0.05) and ``mase`` (mean absolute scaled error, rounded to
    0.1) are over all steps of the back-test; missing where none could be made.
    """

    model: str
    coverage_95: float
    mase: float


@dataclass(frozen=True)
class AmongAll:
    """Where an authority's changes lie among all, and how forecasts of one indicator did.

    ``places`` has one row an indicator that the authority has a value of: ``indicator``,
    ``first_year``, ``last_year`` (of the change), ``others`` (authorities compared, rounded to
    ten) and ``share`` whose change was at least as large in either direction, as the upper end of
    its band in ``BANDS``; missing where the authority has no value in one of the years; and where
    all authorities lie in the last year, as the quantiles ``QUANTILES`` to two figures.
    """

    places: pd.DataFrame
    judged: Judged

    def to_json(self) -> str:
        """Write the result as JSON, for a slice of the data."""
        content = {
            "places": json.loads(self.places.to_json(orient="records")),
            "model": self.judged.model,
            "coverage_95": None if np.isnan(self.judged.coverage_95) else self.judged.coverage_95,
            "mase": None if np.isnan(self.judged.mase) else self.judged.mase,
        }
        return json.dumps(content, indent=1) + "\n"


def from_json(text: str) -> AmongAll:
    """Read what `AmongAll.to_json` wrote."""
    content = json.loads(text)
    places = pd.DataFrame(content["places"], columns=_COLUMNS)
    places = places.astype(dict.fromkeys(_COLUMNS[3:], float))
    numbers = {
        name: np.nan if content[name] is None else float(content[name])
        for name in ("coverage_95", "mase")
    }
    return AmongAll(places, Judged(str(content["model"]), **numbers))


def among_all(
    folder: Path, computed: Mapping[str, pd.DataFrame], area_id: str, *, of: str, model: str
) -> AmongAll:
    """Take the comparison from a slice of the data, or compute it from all the data.

    Parameters
    ----------
    folder
        The data folder; a slice has the comparison in a file of its own.
    computed
        Frames of `care_study.indicators.compute.compute`, by indicator.
    area_id
        The authority.
    of, model
        Indicator and model of the back-test.
    """
    file = folder / FILE
    if file.is_file():
        return from_json(file.read_text(encoding="utf-8"))
    return compare(wide(computed), area_id, back_test(computed[of], model))


def wide(computed: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Arrange each indicator with authorities as rows and years as columns."""
    return {
        name: frame[frame["area_type"].isin(LOCAL)].pivot(
            index="area_id", columns="year", values="value"
        )
        for name, frame in computed.items()
    }


def compare(values: Mapping[str, pd.DataFrame], area_id: str, judged: Judged) -> AmongAll:
    """Find where an authority's changes over `SPAN` years lie among all others'."""
    places = [
        _place(name, frame, area_id)
        for name, frame in values.items()
        if area_id in frame.index and frame.loc[area_id].notna().any()
    ]
    return AmongAll(pd.DataFrame(places, columns=_COLUMNS), judged)


def _place(name: str, values: pd.DataFrame, area_id: str) -> dict[str, object]:
    own = values.loc[area_id].dropna()
    last = int(own.index.max())
    first = last - SPAN
    row: dict[str, object] = {"indicator": name, "first_year": first, "last_year": last}
    row |= {key: _coarse(float(values[last].quantile(at))) for key, at in QUANTILES.items()}
    if first not in own.index:
        return row | {"others": np.nan, "share": np.nan}
    changes = (values[last] - values[first]).dropna().abs()
    others = changes.drop(area_id)
    if others.empty:
        return row | {"others": np.nan, "share": np.nan}
    share = float((others >= changes[area_id]).mean())
    return row | {
        "others": round(len(others) / COUNT_STEP) * COUNT_STEP,
        "share": next(band for band in BANDS if share <= band),
    }


def _coarse(value: float) -> float:
    """Round to two figures."""
    return float(f"{value:.1e}")


def back_test(computed: pd.DataFrame, model: str) -> Judged:
    """Judge a forecast model by its forecasts for every authority with a complete series."""
    values = wide({"": computed})[""]
    values = values[(values > 0).all(axis=1)].dropna()
    try:
        summary = backtest(values, models=(model,)).summary
    except ForecastError:
        return Judged(model, np.nan, np.nan)
    weights = summary["forecasts"]
    coverage = float(np.average(summary["coverage_95"], weights=weights))
    mase = float(np.average(summary["mase"], weights=weights))
    return Judged(model, round(round(coverage / COVERAGE_STEP) * COVERAGE_STEP, 2), round(mase, 1))
