"""Children looked after, and the years ahead: the series, a forecast and how such forecasts did."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.area.among_all import AmongAll, Judged
from care_study.area.setting import Setting
from care_study.chapters.profile.lines import chart_lines, series_figure
from care_study.chapters.profile.measures import FORECAST_OF, own_rows
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.statistics.forecasts import ForecastError, forecast
from care_study.words import number, share, year

MODELS = {
    "random_walk": "logarithmic random walk",
    "random_walk_drift": "logarithmic random walk with drift",
    "local_level": "local level model of the logarithm",
}


@finding
class Ahead:
    """The forecast of children looked after."""

    sources = sources_of(FORECAST_OF)
    frame: pd.DataFrame | None
    forecast: str = fact("forecast with t intervals, and its back-test over all authorities")


def ahead(
    computed: Mapping[str, pd.DataFrame], setting: Setting, everyone: AmongAll, horizon: int
) -> Ahead:
    """Forecast children looked after, or say why that cannot be done."""
    frame, why_not = forecast_frame(computed, setting, everyone.judged.model, horizon)
    said = why_not if frame is None else forecast_sentence(frame, everyone.judged)
    return Ahead(frame=frame, forecast=said)


def forecast_frame(
    computed: Mapping[str, pd.DataFrame], setting: Setting, model: str, horizon: int
) -> tuple[pd.DataFrame | None, str]:
    """Forecast children looked after, or say why it cannot be done.

    The series starts after its last gap. Intervals are t, 95% (see
    `care_study.statistics.forecasts`).

    Returns
    -------
    tuple
        A frame (``year``, ``value``, ``lower``, ``upper``) and an empty text; or None and a
        sentence with the reason.
    """
    own = own_rows(computed[FORECAST_OF], setting)
    gaps = np.flatnonzero(np.diff(own["year"]) != 1)
    run = own.iloc[gaps[-1] + 1 :] if len(gaps) else own
    zeros = int((run["value"] <= 0).sum())
    if zeros:
        return None, (
            f"No forecast is made: no child was looked after in {zeros} of the latest {len(run)} "
            "years with figures, and the model, which works with logarithms, cannot hold zero."
        )
    try:
        made = forecast(run["value"], model=model, horizon=horizon).table
    except ForecastError as error:
        return None, f"No forecast is made. {error}"
    last = int(run["year"].iloc[-1])
    frame = pd.DataFrame({"year": last + made["step"], "value": made["forecast"]})
    return frame.assign(lower=made["lower_95"], upper=made["upper_95"]), ""


def forecast_sentence(frame: pd.DataFrame, judged: Judged) -> str:
    """Say what the forecast says, how sure it is, and how such forecasts did before."""
    end = frame.iloc[-1]
    low, high, middle = (number(end[name], 0) for name in ("lower", "upper", "value"))
    text = (
        f"If the rate goes on as changeably as it did, it will lie between {low} and {high} per "
        f"10,000 in {year(end['year'])} with a probability of 95% (median {middle}; "
        f"{MODELS.get(judged.model, judged.model)}, which expects no change of direction and knows "
        "of no plan)."
    )
    if pd.isna(judged.coverage_95):
        return text
    return (
        f"{text} Made for every authority from earlier years, about {share(judged.coverage_95)} of "
        f"such intervals held what came, with errors about {number(judged.mase)} times an ordinary "
        "year's change."
    )


def care_series(computed: Mapping[str, pd.DataFrame], setting: Setting, found: Ahead) -> Shown:
    """Draw children looked after through time, among the neighbours, and the forecast."""
    lines = chart_lines(computed[FORECAST_OF], setting, with_neighbours=True)
    return series_figure(
        FORECAST_OF,
        computed,
        setting,
        lines,
        data=with_forecast(lines, found.frame, setting),
        lower="lower",
        upper="upper",
        others_label="neighbours",
        breaks=marks(FORECAST_OF, lines),
        forecast=found.frame,
    )


def with_forecast(
    lines: pd.DataFrame, frame: pd.DataFrame | None, setting: Setting
) -> pd.DataFrame:
    """Put the forecast below the series that it continues, in the role ``forecast``."""
    if frame is None:
        return lines
    made = frame.assign(area_name=setting.area_name, role="forecast")
    return pd.concat([lines, made[list(lines.columns)]], ignore_index=True)


def marks(name: str, lines: pd.DataFrame) -> list[tuple[float, str]]:
    """List the changes of definition to mark on a chart through time."""
    first, last = lines["year"].min(), lines["year"].max()
    return [
        (since - 0.5, "revised from here")
        for since in INDICATORS[name].breaks
        if first < since - 0.5 < last
    ]
