"""Cambridgeshire: children in care against the neighbours, flows, ages, factors and caseloads."""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.area.by_year import by_year, values_in
from care_study.area.excess import caseload_of_units
from care_study.area.setting import ENGLAND, Setting
from care_study.claims import Claim, Verdict
from care_study.statistics.comparison import PredictionTest, gap, prediction_test
from care_study.statistics.intervals import proportion_difference

UNIT_WORKERS = {"four-case-holders": 4.0, "three-case-holders": 3.0}
FACTORS = {
    "domestic-abuse": ("factor_domestic_abuse", "domestic abuse"),
    "mental-health": ("factor_mental_health", "mental health"),
    "alcohol": ("factor_alcohol", "alcohol misuse"),
    "drugs": ("factor_drugs", "drug misuse"),
}


def in_year(frame: pd.DataFrame, year: int) -> pd.Series:
    """Take the row of one year of a single area.

    Raises
    ------
    ValueError
        If the year has no row or no value, with the reason and what to change.
    """
    rows = frame[frame["year"] == year]
    advice = "Choose another document_year, or an area with a longer series."
    if rows.empty:
        years = sorted(int(found) for found in frame["year"])
        what = f"{_first(frame, 'area_name', 'This area')} has no row for {year}"
        raise ValueError(f"{what}. The years are {years}. {advice}")
    if pd.isna(rows["value"].iloc[0]):
        what = (
            f"{_first(rows, 'area_name', 'This area')} has no {_first(rows, 'indicator', 'value')}"
        )
        raise ValueError(f"{what} in {year}: {_first(rows, 'reason', 'not published')}. {advice}")
    return rows.iloc[0]


def _first(frame: pd.DataFrame, column: str, otherwise: str) -> str:
    return str(frame[column].iloc[0]) if column in frame and len(frame) else otherwise


def flows(started: pd.DataFrame, ceased: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Set children starting and ceasing to be looked after beside the neighbours' mean.

    Returns
    -------
    DataFrame
        ``year``, ``started``, ``ceased`` (children), ``net`` (children), and per 10,000:
        ``started_rate``, ``started_mean``, ``ceased_rate``, ``ceased_mean``, ``net_rate``,
        ``net_mean``.
    """
    into = by_year(started, setting.area_id, setting.neighbour_ids).set_index("year")
    out = by_year(ceased, setting.area_id, setting.neighbour_ids).set_index("year")
    years = into.index.intersection(out.index)
    into, out = into.loc[years], out.loc[years]
    return pd.DataFrame(
        {
            "year": years,
            "started": into["numerator"].to_numpy(),
            "ceased": out["numerator"].to_numpy(),
            "net": (into["numerator"] - out["numerator"]).to_numpy(),
            "started_rate": into["value"].to_numpy(),
            "started_mean": into["mean"].to_numpy(),
            "ceased_rate": out["value"].to_numpy(),
            "ceased_mean": out["mean"].to_numpy(),
            "net_rate": (into["value"] - out["value"]).to_numpy(),
            "net_mean": (into["mean"] - out["mean"]).to_numpy(),
        }
    )


def beside_comparators(computed: pd.DataFrame, setting: Setting, year: int) -> pd.DataFrame:
    """Set an area's value in one year beside England and every choice of neighbours.

    Returns
    -------
    DataFrame
        ``reading`` (``england``, ``neighbours-2021-mean`` ...), ``comparator`` in words, ``own``,
        ``value``, ``difference``, ``lower``, ``upper`` and ``method`` of the difference.
    """
    own_row = in_year(computed[computed["area_id"] == setting.area_id], year)
    rows = [_against_england(own_row, computed, year)]
    for model, ids in setting.neighbours.items():
        values = values_in(computed, list(ids["area_id"]), year)
        for statistic in ("mean", "median"):
            found = gap(float(own_row["value"]), values, statistic=statistic)
            rows.append(
                {
                    "reading": f"neighbours-{model}-{statistic}",
                    "comparator": f"{statistic} of the neighbours, {model} list",
                    "own": float(own_row["value"]),
                    "value": float(found.comparator.estimate),
                    "difference": float(found.gap.estimate),
                    "lower": float(found.gap.lower),
                    "upper": float(found.gap.upper),
                    "method": found.gap.method,
                }
            )
    return pd.DataFrame(rows)


def _against_england(own: pd.Series, computed: pd.DataFrame, year: int) -> dict[str, object]:
    england = in_year(computed[computed["area_id"] == ENGLAND], year)
    found = proportion_difference(
        own["numerator"], own["denominator"], england["numerator"], england["denominator"]
    )
    return {
        "reading": "england",
        "comparator": "England",
        "own": float(own["value"]),
        "value": float(england["value"]),
        "difference": float(own["value"] - england["value"]),
        "lower": float(found.lower) * 100,
        "upper": float(found.upper) * 100,
        "method": found.method,
    }


def factor_comparison(
    computed: Mapping[str, pd.DataFrame], setting: Setting, year: int
) -> pd.DataFrame:
    """Set the share of assessments with each parental factor beside England and the neighbours.

    Returns
    -------
    DataFrame
        One row a factor: ``factor``, ``own``, ``own_lower``, ``own_upper``, ``england``, ``mean``
        (of the chosen neighbours), ``gap``, ``gap_lower``, ``gap_upper``; in percent and points.
    """
    rows = []
    for indicator, words in FACTORS.values():
        frame = computed[indicator]
        own = in_year(frame[frame["area_id"] == setting.area_id], year)
        found = gap(float(own["value"]), values_in(frame, setting.neighbour_ids, year))
        england = in_year(frame[frame["area_id"] == ENGLAND], year)
        rows.append(
            {
                "factor": words,
                "own": own["value"],
                "own_lower": own["lower"],
                "own_upper": own["upper"],
                "england": england["value"],
                "mean": found.comparator.estimate,
                "gap": found.gap.estimate,
                "gap_lower": found.gap.lower,
                "gap_upper": found.gap.upper,
            }
        )
    return pd.DataFrame(rows)


def unit_caseload(claims: Mapping[str, Claim]) -> pd.DataFrame:
    """Work out the caseload that the report's units imply, from the numbers it states.

    Returns
    -------
    DataFrame
        As `care_study.area.excess.caseload_of_units`, for four and for three workers who hold
        cases.
    """
    cases = claims["cam-cases-per-unit"]
    low, high = _number(cases.low), _number(cases.high)
    units = _number(claims["cam-units"].high)
    return caseload_of_units(units, (low, high), list(UNIT_WORKERS.values()))


def _number(value: float | None) -> float:
    if value is None:
        raise ValueError("The register has no number where the chapter needs one.")
    return value


def rate_title(compared: pd.DataFrame, area_name: str, statistic: str) -> str:
    """Say in a sentence in which years the area's rate was above its neighbours'."""
    years = [int(year) for year in compared["year"]]
    above = [int(year) for year in compared.loc[compared[f"{statistic}_gap"] > 0, "year"]]
    rate = f"{area_name}'s rate was"
    others = f"its neighbours' {statistic}"
    if not above:
        return f"{rate} below {others} in every year"
    if len(above) == len(years):
        return f"{rate} above {others} in every year"
    if above == years[years.index(above[0]) : years.index(above[-1]) + 1]:
        span = f"from {above[0]} to {above[-1]}" if len(above) > 1 else f"in {above[0]}"
        return f"{rate} above {others} {span}, and below in the other years"
    return f"{rate} above {others} in {len(above)} of {len(years)} years"


def excess_title(excess: pd.DataFrame) -> str:
    """Say in a sentence whether the intervals of the excess hold zero."""
    above = int((excess["conclusion"] == "above").sum())
    below = int((excess["conclusion"] == "below").sum())
    total = len(excess)
    if not above and not below:
        return f"None of the {total} comparisons excludes a difference of zero"
    parts = [
        f"{n} of {total} comparisons lie wholly {side} zero"
        for n, side in ((above, "above"), (below, "below"))
        if n
    ]
    return " and ".join(parts)


def flow_title(flow: pd.DataFrame, area_name: str) -> str:
    """Say in a sentence when more children started than ceased to be looked after."""
    more = [f"{year:.0f}" for year in flow.loc[flow["net"] > 0, "year"]]
    if len(more) == len(flow):
        return f"In {area_name} more children came into care than left in every year"
    if not more:
        return f"In {area_name} more children left care than came in in every year"
    return (
        f"In {area_name} more children came into care than left in {len(more)} of {len(flow)} years"
    )


def net_lines(flow: pd.DataFrame, area_name: str) -> pd.DataFrame:
    """Put the net flow of the area and of its neighbours below one another, for a chart.

    Returns
    -------
    DataFrame
        ``year``, ``area_name`` and ``value`` per 10,000.
    """
    own = flow[["year"]].assign(area_name=area_name, value=flow["net_rate"])
    mean = flow[["year"]].assign(area_name="neighbours' mean", value=flow["net_mean"])
    return pd.concat([own, mean], ignore_index=True)


def unusual_among(computed: pd.DataFrame, setting: Setting, year: int) -> PredictionTest:
    """Test whether the area is unusual among its neighbours in one year."""
    own = in_year(computed[computed["area_id"] == setting.area_id], year)
    return prediction_test(float(own["value"]), values_in(computed, setting.neighbour_ids, year))


def step_by_year(breaks: pd.DataFrame) -> pd.DataFrame:
    """Take the step of the gap for every break year: ``first_after`` as text, ``estimate``."""
    steps = breaks[breaks["term"] == "level_change"]
    return pd.DataFrame(
        {
            "first_after": [f"{year:.0f}" for year in steps["first_after"]],
            "estimate": steps["estimate"].to_numpy(),
            "lower": steps["lower"].to_numpy(),
            "upper": steps["upper"].to_numpy(),
        }
    )


def verdict_table(verdicts: Sequence[Verdict], claims: Mapping[str, Claim]) -> pd.DataFrame:
    """List the verdicts on claims that could be tested: ``claim``, ``verdict``, ``found``."""
    return pd.DataFrame(
        [
            {
                "claim": claims[verdict.claim].paraphrase,
                "verdict": verdict.verdict,
                "found": verdict.sentence,
            }
            for verdict in verdicts
            if verdict.verdict != "not testable"
        ],
        columns=["claim", "verdict", "found"],
    )
