"""The three measures against both lists of neighbours, by mean and by median."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.shared import NEIGHBOURS
from care_study.charts import dots
from care_study.indicators.compute import sources_of
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.comparison import gap
from care_study.unavailable import Unavailable
from care_study.words import count, years

MEASURES = {
    "cases_per_worker": "caseload",
    "rereferral_percentage": "re-referrals",
    "assessments_in_45_days": "timeliness",
}
STATISTICS = ("mean", "median")
HIGHER_IS_BETTER = "assessments_in_45_days"


def _worse(indicator: str) -> Any:
    return fact(
        "years in which at least one list and average puts the area clearly on the less favourable "
        "side",
        sources=[*sources_of(indicator), NEIGHBOURS],
    )


@finding
class Lists:
    """Where each measure lies among the neighbours, under every list and average."""

    sources = (NEIGHBOURS,)
    compared_with: dict[str, pd.DataFrame]
    worse_caseload: str = _worse("cases_per_worker")
    worse_rereferrals: str = _worse("rereferral_percentage")
    worse_timeliness: str = _worse("assessments_in_45_days")
    flips: int = fact("years and measures in which lists or averages conclude differently")
    compared: int = fact("years and measures compared")


@section
def lists(setting: Setting) -> Lists:
    """Compare every measure that the area has figures for with every list of neighbours."""
    found = {name: against_lists(setting, name) for name in MEASURES}
    compared = sum(len(rows) for rows in found.values())
    if not compared:
        raise Unavailable(f"{setting.area_name} has no year with figures of its neighbours")
    worse = {name: years(years_called_worse(rows, name)) for name, rows in found.items()}
    return Lists(
        compared_with=found,
        worse_caseload=worse["cases_per_worker"],
        worse_rereferrals=worse["rereferral_percentage"],
        worse_timeliness=worse["assessments_in_45_days"],
        flips=sum(int(rows["flips"].sum()) for rows in found.values()),
        compared=compared,
    )


def against_lists(setting: Setting, indicator: str) -> pd.DataFrame:
    """Compare the area with every list of neighbours in every year, and say where answers differ.

    Returns
    -------
    DataFrame
        One row a year in which the area and a list have values: ``year``, ``value``, ``england``;
        for each list the mean and the conclusion from the mean and from the median (``mean_2021``,
        ``by_mean_2021``, ``by_median_2021`` ...); and ``flips`` (whether the conclusions differ).
    """
    try:
        computed = setting.indicator(indicator)
    except Unavailable:
        return pd.DataFrame(columns=["year", "flips"])
    wide = computed.pivot(index="year", columns="area_id", values="value")
    others = {
        model: wide.reindex(columns=list(listed["area_id"]))
        for model, listed in setting.neighbours.items()
    }
    rows = []
    own = wide.reindex(columns=[setting.area_id, ENGLAND]).dropna(subset=[setting.area_id])
    for year, value, england in own.reset_index().itertuples(index=False):
        row = _compared(value, {model: found.loc[year] for model, found in others.items()})
        if row:
            rows.append({"year": year, "value": value, "england": england} | row)
    return pd.DataFrame(rows, columns=None if rows else ["year", "flips"])


def _compared(value: float, lists: Mapping[str, pd.Series]) -> dict[str, object]:
    """Compare one value with each list that has any, by mean and by median."""
    row: dict[str, object] = {}
    for model, values in lists.items():
        if values.isna().all():
            continue
        for statistic in STATISTICS:
            found = gap(value, values, statistic=statistic)
            if statistic == "mean":
                row[f"mean_{model}"] = found.comparator.estimate
            row[f"by_{statistic}_{model}"] = found.conclusion
    said = {row[name] for name in _conclusions(row)}
    return row | {"flips": len(said) > 1} if row else {}


def _conclusions(names: Any) -> list[str]:
    return [str(name) for name in names if str(name).startswith("by_")]


def years_called_worse(compared: pd.DataFrame, indicator: str) -> list[int]:
    """List the years in which any list and statistic puts the area on the less favourable side."""
    worse = "below" if indicator == HIGHER_IS_BETTER else "above"
    called = (compared[_conclusions(compared)] == worse).any(axis=1)
    return [int(year) for year in compared.loc[called, "year"]]


@section
def every_year_drawn(setting: Setting, found: Lists) -> Shown:
    """Draw every year's distance from the neighbours' means, as far apart as the lists put it."""
    rows = together(found.compared_with)
    drawn = distances(rows)
    depends = rows["conclusion"].str.startswith("depends")
    chart = dots.dot_intervals(
        drawn,
        label="row",
        value="middle",
        lower="low",
        upper="high",
        unit="percent above or below the neighbours' mean, from one list to the other",
        focus=list(drawn.loc[depends, "row"]),
        reference=0.0,
        reference_label="as the neighbours",
        zero=True,
    )
    return figure(
        chart,
        name="neighbour_lists",
        title=(
            f"In {found.flips} of {count(found.compared, 'comparison')} with the neighbours the "
            "conclusion depends on the list or on the average"
        ),
        subtitle=(
            f"{setting.area_name} against the mean of each list of its statistical neighbours, by "
            "measure and year; in colour where the conclusion depends on the choice"
        ),
        alt=(
            "Dots, one a measure and year, each with a line from the distance by one list to that "
            f"by the other; {found.flips} of {found.compared} depend on the choice."
        ),
        data=rows,
        places=1,
        labels={"value": setting.area_name},
        row_header="year",
        sources=[*dict.fromkeys(s for name in MEASURES for s in sources_of(name)), NEIGHBOURS],
        notes=[
            "Conclusion: whether the 95% interval of the difference from the neighbours' mean (t) "
            "or median (order statistics) leaves out zero. Re-referrals and timeliness in percent, "
            "caseload in cases per full-time equivalent."
        ],
    )


def distances(rows: pd.DataFrame) -> pd.DataFrame:
    """Compute how far the area lies from each list's mean, in percent of it.

    Returns
    -------
    DataFrame
        ``row`` (measure and year), ``low``, ``high`` (nearest and furthest list) and ``middle``.
    """
    means = rows[[name for name in rows if str(name).startswith("mean_")]]
    apart = means.rdiv(rows["value"], axis=0) * 100 - 100
    return pd.DataFrame(
        {
            "row": rows["measure"] + ", " + rows["year"].astype(str),
            "low": apart.min(axis=1),
            "high": apart.max(axis=1),
            "middle": apart.mean(axis=1),
        }
    )


def together(compared: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the comparisons of all measures below one another, with the conclusion in words.

    Returns
    -------
    DataFrame
        ``measure``, ``year``, ``value``, ``england``, the means of the lists, ``conclusion`` (the
        one that every list and average gives, or which gives which).
    """
    frames = []
    for indicator, rows in compared.items():
        names = _conclusions(rows)
        said = [_in_words(row, names) for row in rows.to_dict("records")]
        frame = rows.drop(columns=[*names, "flips"]).assign(conclusion=said)
        frame.insert(0, "measure", MEASURES[indicator])
        frames.append(frame)
    return pd.concat([frame for frame in frames if len(frame)], ignore_index=True)


def _in_words(row: Mapping[Any, Any], names: Sequence[str]) -> str:
    found: dict[str, list[str]] = {}
    for name in names:
        if pd.notna(row[name]):
            statistic, _, model = name.removeprefix("by_").partition("_")
            found.setdefault(str(row[name]), []).append(f"{statistic} {model}")
    if len(found) == 1:
        return next(iter(found))
    return "depends: " + "; ".join(f"{said} ({', '.join(who)})" for said, who in found.items())
