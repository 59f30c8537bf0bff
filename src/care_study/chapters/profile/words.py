"""Titles, alternative texts and sentences of an authority's page, true for any authority."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from care_study.area.among_all import AmongAll
from care_study.area.setting import Setting
from care_study.chapters.profile.figures import FORECAST_OF, SHOWN, own_rows, unusual_measures
from care_study.indicators.definitions import INDICATORS
from care_study.words import format_number

MODELS = {
    "random_walk": "logarithmic random walk",
    "random_walk_drift": "logarithmic random walk with drift",
    "local_level": "local level model of the logarithm",
}


def joined(words: Sequence[str]) -> str:
    """Join words with commas and an ``and``."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _measure(title: str) -> str:
    return title[:1].lower() + title[1:]


def compared_with(setting: Setting) -> str:
    """Say who the area is compared with."""
    if not setting.neighbour_ids:
        return (
            "No list of statistical neighbours holds it, so it stands beside England alone and "
            "nothing is said about how it lies among similar authorities."
        )
    return (
        f"It is compared with the {setting.statistic} of its {len(setting.neighbour_ids)} "
        f"statistical neighbours on the list of {setting.chosen}, and with England."
    )


def summary(indicators: pd.DataFrame, setting: Setting, few_children: int = 0) -> str:
    """Say on which measures the area is unusual, or that it is unremarkable.

    Where few children live there, a second sentence says how little that means.
    """
    found = _summary(indicators, setting)
    if not few_children:
        return found
    return (
        f"{found} But only {format_number(few_children)} children live there, so that a single "
        "family or post moves its figures far."
    )


def _summary(indicators: pd.DataFrame, setting: Setting) -> str:
    name = setting.area_name
    known = int(indicators["value"].notna().sum())
    tested = int(indicators["p_unusual"].notna().sum())
    if not known:
        return f"No figure is held for {name} in these years."
    if not tested:
        return f"Figures are held for {known} of {len(indicators)} measures."
    unusual = unusual_measures(indicators)
    if not unusual:
        return (
            f"{name} is unremarkable among its neighbours: on none of the {tested} measures that "
            "can be tested does it lie outside the range that they predict for an authority like "
            "them."
        )
    ordinary = tested - len(unusual)
    return (
        f"{name} lies outside the range that its neighbours predict on "
        f"{joined([_measure(found) for found in unusual])}; on the other {ordinary} measures that "
        "can be tested it is unremarkable."
    )


def sides(indicators: pd.DataFrame, setting: Setting) -> str:
    """Say on how many measures the area differs from its neighbours' mean or median."""
    counts = indicators["place"].value_counts()
    above, below = int(counts.get("above", 0)), int(counts.get("below", 0))
    unclear = int(counts.get("not distinguishable", 0))
    if not above + below + unclear:
        return "No measure can be set against neighbours."
    return (
        f"Against the {setting.statistic} of its neighbours it lies above on {above}, below on "
        f"{below}, and cannot be distinguished on {unclear} of {above + below + unclear} measures."
    )


def trend_summary(trends: pd.DataFrame) -> str:
    """Say which measures changed more than almost anywhere else, or that none did."""
    known = trends[trends["share"].notna()]
    if known.empty:
        return "The series are too short to say how they changed beside other authorities'."
    rare = known[known["share"] <= 0.05]
    if rare.empty:
        return (
            f"None of the {len(known)} changes that can be compared is rare: of each, more than "
            "one authority in twenty saw as large a one."
        )
    return (
        f"At most one authority in twenty saw as large a change of "
        f"{joined([_measure(title) for title in rare['measure']])}. Among {len(known)} changes "
        "some are rare by chance alone."
    )


def forecast_sentence(
    ahead: pd.DataFrame | None, why_not: str, setting: Setting, everyone: AmongAll
) -> str:
    """Say what the forecast says, how sure it is, and how such forecasts did before."""
    if ahead is None:
        return why_not
    end, judged = ahead.iloc[-1], everyone.judged
    text = (
        f"If the rate goes on as changeably as it did, it will lie between "
        f"{format_number(end['lower'], decimals=0)} and {format_number(end['upper'], decimals=0)} "
        f"per 10,000 in {end['year']:.0f} with a probability of 95% (median "
        f"{format_number(end['value'], decimals=0)}; {MODELS.get(judged.model, judged.model)}, "
        "which expects no change of direction and knows of no plan)."
    )
    if pd.notna(judged.coverage_95):
        text += (
            f" Made for every authority from earlier years, about "
            f"{format_number(judged.coverage_95, unit='share', decimals=0)} of such intervals held "
            f"what came, with errors about {format_number(judged.mase, decimals=1)} times an "
            "ordinary year's change."
        )
    return text


def series_title(name: str, computed: pd.DataFrame, setting: Setting) -> str:
    """Say where the area's latest value lies beside its first, in a sentence."""
    own, title = own_rows(computed, setting), INDICATORS[name].title
    first, last = own.iloc[0], own.iloc[-1]
    places = INDICATORS[name].decimals
    then, now = (format_number(row["value"], decimals=places) for row in (first, last))
    side = (
        "higher than"
        if last["value"] > first["value"]
        else "lower than"
        if last["value"] < first["value"]
        else "the same as"
    )
    return f"{title}: {now} in {last['year']:.0f}, {side} in {first['year']:.0f} ({then})"


def series_alt(name: str, lines: pd.DataFrame, setting: Setting) -> str:
    """Describe a chart through time by the latest value of each line in it."""
    shown = lines[lines["role"] != "neighbour"].sort_values("year")
    ends = shown.groupby("area_name", sort=False).last()
    places = INDICATORS[name].decimals
    text = "; ".join(
        f"{area} {format_number(row['value'], decimals=places)} in {row['year']:.0f}"
        for area, row in ends.iterrows()
    )
    return f"Line chart of {_measure(INDICATORS[name].title)} by year, at the end: {text}."[:320]


def subtitle(name: str, setting: Setting) -> str:
    """Say measure, unit and comparators of a chart."""
    definition = INDICATORS[name]
    others = (
        f", its statistical neighbours (list of {setting.chosen})" if setting.neighbour_ids else ""
    )
    return (
        f"{definition.title}, {definition.unit}, {definition.period}: {setting.area_name}{others} "
        "and England"
    )


def marks(name: str, lines: pd.DataFrame) -> list[tuple[float, str]]:
    """List the changes of definition to mark on a chart through time."""
    first, last = lines["year"].min(), lines["year"].max()
    return [
        (year - 0.5, "revised from here")
        for year in INDICATORS[name].breaks
        if first < year - 0.5 < last
    ]


def indicator_words(indicators: pd.DataFrame) -> pd.DataFrame:
    """Arrange the indicators for the page: years as text, what matters most first."""
    years = ["none" if pd.isna(year) else f"{year:.0f}" for year in indicators["year"]]
    first = ["measure", "year", "value", "mean", "england", "gap", "place"]
    after = ["gap_lower", "gap_upper", "lower", "upper", "median", "unit"]
    return indicators.assign(year=years)[[*first, *after]]


def trend_words(trends: pd.DataFrame) -> pd.DataFrame:
    """Arrange the trends for the page, with shares in words."""
    words = trends["share"].map(SHARES).fillna("not compared")
    return trends.assign(share=words).drop(columns="indicator")


def known(computed: Mapping[str, pd.DataFrame], setting: Setting) -> str:
    """Say which years the figures span."""
    years = [int(year) for name in SHOWN for year in own_rows(computed[name], setting)["year"]]
    if not years:
        return f"no figures between {setting.first_year} and {setting.last_year}"
    return f"figures of {min(years)} to {max(years)}"


def latest_rate(indicators: pd.DataFrame) -> dict[str, Any]:
    """Take the latest rate of children looked after, as `care_study.show.facts.record` wants it."""
    row = indicators.set_index("indicator").loc[FORECAST_OF]
    fact = {"unit": "per 10,000", "decimals": 1, "formula": INDICATORS[FORECAST_OF].formula}
    if pd.isna(row["value"]):
        return fact | {"value": None, "text": "not known"}
    interval = {"lower": row["lower"], "upper": row["upper"], "method": "exact Poisson, 95%"}
    return fact | {"value": row["value"], **interval}


def latest_year(indicators: pd.DataFrame) -> str:
    """Say on which day the latest count of children looked after was taken."""
    row = indicators.set_index("indicator").loc[FORECAST_OF]
    return "31 March of the years shown" if pd.isna(row["year"]) else f"31 March {row['year']:.0f}"


INDICATOR_NUMBERS = (
    "value", "lower", "upper", "mean", "median", "england", "gap", "gap_lower", "gap_upper",
)  # fmt: skip
INDICATOR_LABELS = {
    "value": "figure",
    "lower": "lower end",
    "upper": "upper end",
    "mean": "neighbours' mean",
    "median": "neighbours' median",
    "england": "England",
    "gap_lower": "gap, lower end",
    "gap_upper": "gap, upper end",
    "place": "beside its neighbours",
}
SHARES = {
    0.05: "at most 1 in 20",
    0.1: "at most 1 in 10",
    0.25: "at most a quarter",
    0.5: "at most half",
    1.0: "more than half",
}
TREND_LABELS = {
    "others": "other authorities, about",
    "share": "of which changed as much or more",
    "trend": "trend of the latest five years",
}
TREND_NOTES = (
    "Shares are given in bands and numbers of authorities rounded to ten: finer ranks would say "
    "more than the figures do.",
    "Trend: chi-squared test at 99.8% over five years that no single year decides.",
)


def indicator_notes(setting: Setting) -> list[str]:
    """Explain the columns of the table of indicators."""
    return [
        "Interval of a figure: exact Poisson for rates, Wilson for percentages, 95%; none where no "
        "counts are published or where the figure is a full count.",
        f"Gap: the figure less the neighbours' {setting.statistic}; its interval is that of the "
        f"{setting.statistic}, 95%. One comparison in twenty would lie outside by chance alone.",
    ]
