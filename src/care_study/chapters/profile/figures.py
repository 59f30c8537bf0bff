"""One authority in one page: indicators beside its neighbours, trends, a forecast and caveats.

Nothing here fails because an authority is small, new, abolished or without neighbours: what cannot
be computed is left out of a figure and named, with the reason, in a table.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_study.area import by_year as against
from care_study.area.among_all import SPAN, AmongAll
from care_study.area.setting import ENGLAND, Setting
from care_study.indicators.compute import compute
from care_study.indicators.definitions import INDICATORS
from care_study.statistics.comparison import gap, prediction_test
from care_study.statistics.forecasts import ForecastError, forecast
from care_study.statistics.trends import TrendError, adjust, recent_trend

SHOWN = (
    "looked_after_rate",
    "looked_after_started_rate",
    "in_need_rate",
    "plans_started_rate",
    "referral_rate",
    "rereferral_percentage",
    "second_plan_percentage",
    "assessments_in_45_days",
    "cases_per_worker",
    "agency_rate",
    "vacancy_rate",
    "turnover_rate",
)
DRAWN = ("referral_rate", "assessments_in_45_days", "cases_per_worker")
READS = (
    "authorities",
    "boundary_changes",
    "statistical_neighbours",
    "population_0_17",
    "children_looked_after",
    "children_in_need",
    "child_protection_plans",
    "referrals",
    "assessments",
    "workforce",
)
FORECAST_OF = "looked_after_rate"
UNUSUAL_P = 0.05
FEW = 20  # the Office for National Statistics marks a rate of fewer events as unreliable
NO_NEIGHBOURS = "no neighbours"
UNTESTED = "no counts published"


def compute_indicators(setting: Setting) -> dict[str, pd.DataFrame]:
    """Compute every indicator shown, within the setting's years, for all areas.

    Where the area has no return of its own but a joint one with another authority, the joint
    return's figures stand in its rows, and ``splice`` says so.

    Returns
    -------
    dict
        Frames as those of `care_study.indicators.compute.compute`; a frame may have no rows.
    """
    years = setting.first_year, setting.last_year
    found = {name: _within(setting.every_year(name), *years) for name in SHOWN}
    return {name: _with_joint_returns(frame, setting) for name, frame in found.items()}


def compute_all(
    tables: Mapping[str, pd.DataFrame], first_year: int, last_year: int
) -> dict[str, pd.DataFrame]:
    """Compute every indicator shown for all areas, within the years given."""
    return {name: _within(compute(tables, name), first_year, last_year) for name in SHOWN}


def _within(frame: pd.DataFrame, first_year: int, last_year: int) -> pd.DataFrame:
    return frame[frame["year"].between(first_year, last_year)].reset_index(drop=True)


def _with_joint_returns(computed: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    mine = computed["area_id"] == setting.area_id
    have = set(computed.loc[mine & computed["value"].notna(), "year"])
    shared = computed["area_id"].map(
        lambda area: " / " in area and setting.area_id in area.split(" / ")
    )
    joint = computed[shared & ~computed["year"].isin(have) & computed["value"].notna()]
    if joint.empty:
        return computed.reset_index(drop=True)
    joint = joint.assign(
        area_id=setting.area_id,
        splice="joint return of " + joint["area_name"].str.replace(" / ", " and "),
        area_name=setting.area_name,
    )
    kept = computed[~(mine & computed["year"].isin(joint["year"]))]
    return pd.concat([kept, joint]).sort_values(["area_id", "year"], ignore_index=True)


def own_rows(computed: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Take the area's rows of an indicator that have a value, in order of the years."""
    rows = computed[(computed["area_id"] == setting.area_id) & computed["value"].notna()]
    return rows.sort_values("year", ignore_index=True)


def indicator_table(computed: Mapping[str, pd.DataFrame], setting: Setting) -> pd.DataFrame:
    """Set the area's latest value of every indicator beside its comparators.

    Returns
    -------
    DataFrame
        One row an indicator: ``indicator`` (id), ``measure``, ``unit``, ``year``, ``value``,
        ``lower``, ``upper`` (95%), ``mean`` and ``median`` of the neighbours that year,
        ``england``, ``gap`` to the chosen statistic with ``gap_lower`` and ``gap_upper``,
        ``place`` in words, and ``p_unusual`` of the prediction test among the neighbours
        (Crawford & Howell 1998). Where the area has no value, ``place`` says why.
    """
    return pd.DataFrame([_indicator_row(name, computed[name], setting) for name in SHOWN])


def _indicator_row(name: str, computed: pd.DataFrame, setting: Setting) -> dict[str, object]:
    definition = INDICATORS[name]
    numbers = ("value", "lower", "upper", "mean", "median", "england", "gap", "gap_lower")
    row: dict[str, object] = {
        "indicator": name,
        "measure": definition.title,
        "unit": definition.unit,
        "year": None,
        **dict.fromkeys((*numbers, "gap_upper"), np.nan),
        "place": why_missing(computed, setting),
        "p_unusual": np.nan,
    }
    own = own_rows(computed, setting)
    if own.empty:
        return row
    last = own.iloc[-1]
    year = int(last["year"])
    row |= {"year": year, "value": last["value"], "lower": last["lower"], "upper": last["upper"]}
    england = computed[(computed["area_id"] == ENGLAND) & (computed["year"] == year)]
    row["england"] = float(england["value"].iloc[0]) if len(england) else np.nan
    return row | _beside_neighbours(last, computed, setting)


def _beside_neighbours(
    last: pd.Series, computed: pd.DataFrame, setting: Setting
) -> dict[str, object]:
    others = against.values_in(computed, setting.neighbour_ids, int(last["year"]))
    if not others.notna().any():
        return {"place": NO_NEIGHBOURS if others.empty else "no neighbour has a figure"}
    value = float(last["value"])
    found = {statistic: gap(value, others, statistic=statistic) for statistic in ("mean", "median")}
    chosen = found[setting.statistic]
    return {
        "mean": found["mean"].comparator.estimate,
        "median": found["median"].comparator.estimate,
        "gap": chosen.gap.estimate,
        "gap_lower": chosen.gap.lower,
        "gap_upper": chosen.gap.upper,
        "place": chosen.conclusion,
        "p_unusual": prediction_test(value, others).p_value,
    }


def why_missing(computed: pd.DataFrame, setting: Setting) -> str:
    """Say why the area has no value of an indicator: the latest reason given, or no rows at all."""
    rows = computed[computed["area_id"] == setting.area_id]
    reasons = rows.loc[rows["reason"] != "", "reason"]
    if len(reasons):
        return f"no figure ({reasons.iloc[-1]})"
    return f"no figure between {setting.first_year} and {setting.last_year}"


def unusual_measures(indicators: pd.DataFrame) -> list[str]:
    """Name the measures on which the area lies outside what its neighbours predict.

    P-values of the prediction tests are corrected for their number (Holm 1979); below 0.05 after
    the correction an area counts as unusual.
    """
    tested = indicators[indicators["p_unusual"].notna()]
    if tested.empty:
        return []
    corrected = adjust(tested["p_unusual"].to_numpy(), "holm")
    return list(tested.loc[np.asarray(corrected) < UNUSUAL_P, "measure"])


def trend_table(
    computed: Mapping[str, pd.DataFrame], setting: Setting, everyone: AmongAll
) -> pd.DataFrame:
    """Say how each indicator changed, and how many other authorities changed by as much.

    Returns
    -------
    DataFrame
        One row an indicator: ``indicator``, ``measure``, ``unit``, ``years``, ``change`` over
        them, ``others`` (rounded) and ``share`` (the upper end of a band, see
        `care_study.area.among_all`) of authorities whose value changed by at least as much in
        either direction, ``trend`` of the latest five years as public-health profiles test it
        (`care_study.statistics.trends.recent_trend`), and ``note``.
    """
    places = everyone.places.set_index("indicator")
    return pd.DataFrame(
        [
            _trend_row(name, computed[name], setting, places)
            for name in SHOWN
            if name in places.index
        ]
    )


def _trend_row(
    name: str, computed: pd.DataFrame, setting: Setting, places: pd.DataFrame
) -> dict[str, object]:
    definition, place, own = INDICATORS[name], places.loc[name], own_rows(computed, setting)
    row: dict[str, object] = {
        "indicator": name,
        "measure": definition.title,
        "unit": definition.unit,
        "years": "",
        "change": np.nan,
        "others": place["others"],
        "share": place["share"],
    }
    notes = []
    ends = own[own["year"].isin([place["first_year"], place["last_year"]])]["value"]
    if len(ends) == 2:
        row["years"] = f"{place['first_year']:.0f} to {place['last_year']:.0f}"
        row["change"] = ends.iloc[1] - ends.iloc[0]
    else:
        notes.append(f"no figure {SPAN} years before")
    trend, warnings = _recent(name, own)
    return row | {"trend": trend, "note": "; ".join([*notes, *warnings])}


def _recent(name: str, own: pd.DataFrame) -> tuple[str, list[str]]:
    """Test the trend of the latest five years; say why where it cannot be tested."""
    definition = INDICATORS[name]
    if not definition.interval:
        return "not tested", [UNTESTED if definition.is_published else "a full count, no sample"]
    if len(own) < 5:
        return "cannot be calculated", ["fewer than five years"]
    kind = "proportion" if definition.interval == "Wilson" else "rate"
    try:
        found = recent_trend(own["year"], own["numerator"], own["denominator"], kind=kind)
    except TrendError as error:
        return "cannot be calculated", [str(error).rstrip(".")]
    notes = ["scatters widely"] if found.warnings else []
    return found.direction, notes


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


def chart_lines(computed: pd.DataFrame, setting: Setting, *, with_neighbours: bool) -> pd.DataFrame:
    """Put the area's series and its comparators' below one another, for a chart.

    Returns
    -------
    DataFrame
        ``year``, ``area_name``, ``role``, ``value``, ``lower``, ``upper``.
    """
    if setting.neighbour_ids and len(own_rows(computed, setting)):
        lines = against.long_series(
            computed, setting.area_id, setting.neighbour_ids, setting.region_id, ENGLAND
        )
    else:
        roles = {ENGLAND: "England", setting.area_id: "area"}
        rows = computed[computed["area_id"].isin(roles) & computed["value"].notna()]
        lines = rows.assign(role=rows["area_id"].map(roles))
    wanted = ["area", "England", f"neighbours' {setting.statistic}"]
    wanted += ["neighbour"] if with_neighbours else []
    columns = ["year", "area_name", "role", "value", "lower", "upper"]
    return lines.loc[lines["role"].isin(wanted), columns].reset_index(drop=True)


def with_forecast(
    lines: pd.DataFrame, ahead: pd.DataFrame | None, setting: Setting
) -> pd.DataFrame:
    """Put the forecast below the series that it continues, in the role ``forecast``."""
    if ahead is None:
        return lines
    made = ahead.assign(area_name=setting.area_name, role="forecast")
    return pd.concat([lines, made[list(lines.columns)]], ignore_index=True)


def drawable(
    computed: Mapping[str, pd.DataFrame], setting: Setting, names: Sequence[str]
) -> list[str]:
    """List the indicators of which the area has two years or more, in the order given."""
    return [name for name in names if len(own_rows(computed[name], setting)) > 1]


def references(lines: pd.DataFrame, setting: Setting) -> list[str]:
    """List the comparators that a chart has lines of: the neighbours' statistic and England."""
    names = (f"neighbours' {setting.statistic}", "England")
    return [name for name in names if name in set(lines["area_name"]) and name != setting.area_name]


def few_children(computed: Mapping[str, pd.DataFrame], setting: Setting) -> int:
    """Count the children where so few live that England's rate gives fewer than 20, else 0."""
    frame = computed[FORECAST_OF]
    own = frame[(frame["area_id"] == setting.area_id) & frame["denominator"].notna()]
    england = frame[(frame["area_id"] == ENGLAND) & frame["value"].notna()]
    if own.empty or england.empty:
        return 0
    children = own.sort_values("year")["denominator"].iloc[-1]
    rate = england.sort_values("year")["value"].iloc[-1]
    return int(children) if children * rate / 10_000 < FEW else 0


def caveats(computed: Mapping[str, pd.DataFrame], setting: Setting) -> pd.DataFrame:
    """List what a reader of this area's figures should know.

    Returns
    -------
    DataFrame
        ``about`` and ``caveat``: boundary changes, missing and suppressed figures, joint returns,
        neighbours without figures, changes of definition.
    """
    rows = [("the area and its neighbours", note) for note in setting.notes]
    children = few_children(computed, setting)
    if children:
        rows.append(("all measures", f"{children:,} children live here: one more or less shows."))
    for name in SHOWN:
        rows += [
            (INDICATORS[name].title, text) for text in _caveats_of(name, computed[name], setting)
        ]
    rows.append(
        (
            "all measures",
            "Intervals cover chance variation only; authorities record differently, and change how "
            "they record.",
        )
    )
    return pd.DataFrame(rows, columns=["about", "caveat"]).drop_duplicates(ignore_index=True)


def _caveats_of(name: str, computed: pd.DataFrame, setting: Setting) -> list[str]:
    rows = computed[computed["area_id"] == setting.area_id]
    own = own_rows(computed, setting)
    found = []
    for reason, group in rows[rows["value"].isna()].groupby("reason", sort=False):
        found.append(f"{_years(group['year'])}: no figure ({reason}).")
    if rows.empty:
        found.append(f"No row between {setting.first_year} and {setting.last_year}.")
    for splice, group in rows[rows["value"].notna() & (rows["splice"] != "")].groupby("splice"):
        found.append(f"{_years(group['year'])}: {splice}.")
    found += [
        f"From {year}: {words}."
        for year, words in INDICATORS[name].breaks.items()
        if len(own) and own["year"].min() < year <= own["year"].max()
    ]
    if len(own):
        latest = int(own["year"].iloc[-1])
        others = against.values_in(computed, setting.neighbour_ids, latest)
        gone = list(others.index[others.isna()])
        if gone:
            found.append(f"Neighbours without a figure in {latest}: {', '.join(gone)}.")
        newest = int(computed.loc[computed["value"].notna(), "year"].max())
        if latest < newest:
            found.append(f"The latest figure is of {latest}; others have one of {newest}.")
    return found


def _years(years: pd.Series) -> str:
    """Write years in words, runs as ranges: ``2013 to 2016, 2018``."""
    found = sorted(int(year) for year in years)
    parts, start = [], found[0]
    for year, following in zip(found, [*found[1:], None], strict=True):
        if following != year + 1:
            parts.append(f"{start}" if start == year else f"{start} to {year}")
            start = following if following is not None else year
    return ", ".join(parts)
