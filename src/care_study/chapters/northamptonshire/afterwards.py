"""What happened afterwards: before and after a date, beside the neighbours and every authority."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from care_study.area.by_year import by_year
from care_study.area.setting import Setting
from care_study.data import geography
from care_study.indicators.definitions import INDICATORS
from care_study.statistics.trends import PlaceboResult, TrendError, adjust, placebo_inference

# The series that reach from well before 2018 to now.
FAMILY = ("referral_rate", "nfa_percentage", "rereferral_percentage", "in_need_rate",
          "plans_started_rate", "looked_after_rate")  # fmt: skip


def before_after(setting: Setting, first_after: int) -> pd.DataFrame:
    """Compare the years before a date with those after it, for the area and its neighbours.

    Parameters
    ----------
    setting
        The area and its comparators.
    first_after
        First year that counts as after.

    Returns
    -------
    DataFrame
        One row an indicator of ``FAMILY``: ``title``, ``unit``, ``before`` and ``after`` (mean of
        the yearly values), ``change``, ``neighbours_change`` (of their mean), ``extra`` (the
        difference of the two), ``last`` (last year's value), ``last_gap`` (less the neighbours'
        mean).
    """
    rows = []
    for name in FAMILY:
        compared = by_year(setting.indicator(name), setting.area_id, setting.neighbour_ids)
        early = compared["year"] < first_after
        if early.all() or not early.any():
            raise ValueError(
                f"{name}: found years {compared['year'].min()} to {compared['year'].max()}. "
                f"Expected years on both sides of {first_after}; change the event or the years."
            )
        old, new = compared[early], compared[~early]
        change = new["value"].mean() - old["value"].mean()
        theirs = new["mean"].mean() - old["mean"].mean()
        rows.append(
            {
                "title": INDICATORS[name].title,
                "unit": INDICATORS[name].unit,
                "before": old["value"].mean(),
                "after": new["value"].mean(),
                "change": change,
                "neighbours_change": theirs,
                "extra": change - theirs,
                "last": compared["value"].iloc[-1],
                "last_gap": compared["mean_gap"].iloc[-1],
            }
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Ranked:
    """One authority's change among the same change of every authority.

    Attributes
    ----------
    result : PlaceboResult
        Change of the gap to the neighbours, ranked among all authorities.
    frame : DataFrame
        One row an authority: ``area`` (name), ``value`` (its change).
    estimate, lower, upper : float
        In the indicator's unit; the interval inverts the rank test (95%).
    p_value : float
        Share of authorities with at least as large a change.
    rank, of : int
        Place by size, first the largest.
    """

    result: PlaceboResult
    frame: pd.DataFrame
    estimate: float
    lower: float
    upper: float
    p_value: float
    rank: int
    of: int


def ranked_change(setting: Setting, indicator: str, first_after: int) -> Ranked:
    """Rank the change of an area's gap to its neighbours among that of all authorities.

    The estimand: by how much more (or less) the area's mean yearly value changed, from the years
    before ``first_after`` to those from it on, than the mean of its own ten neighbours. The same
    number is computed for every authority with complete data, where nothing special is known to
    have happened (placebo inference; Abadie, Diamond & Hainmueller 2010). The years are those in
    which the area has a value.

    Raises
    ------
    ValueError
        If all neighbours have missing years, or the area has no years on one side of the date.
    """
    computed = setting.indicator(indicator)
    local = computed[computed["area_type"].isin(_authority_types(computed))]
    local = local[local["value"].notna()]
    known = local.loc[local["area_id"] == setting.area_id, "year"]
    local = local[local["year"].isin(known)]
    names = local.drop_duplicates("area_id").set_index("area_id")["area_name"]
    found = placebo_inference(
        local.rename(columns={"area_id": "unit"})[["unit", "year", "value"]],
        setting.area_id,
        first_after,
        methods=("gap_did",),
        neighbours=neighbours_of_all(setting),
    )
    row = found.summary.reset_index().to_dict("records")[0]
    estimates = found.placebos["gap_did"].dropna()
    frame = pd.DataFrame(
        {"area": [str(names[unit]) for unit in estimates.index], "value": estimates.to_numpy()}
    )
    return Ranked(
        found,
        frame,
        float(row["estimate"]),
        float(row["lower"]),
        float(row["upper"]),
        float(row["p_value"]),
        int(row["rank"]),
        len(estimates),
    )


def _authority_types(computed: pd.DataFrame) -> list[str]:
    return [kind for kind in computed["area_type"].unique() if kind not in ("region", "country")]


def neighbours_of_all(setting: Setting) -> dict[str, list[str]]:
    """List the neighbours of every authority, by the setting's list, as area ids."""
    ids = setting.tables["authorities"].set_index("area_code")["area_id"]
    listed = setting.tables["statistical_neighbours"]
    listed = listed[listed["model"] == setting.chosen].sort_values("rank")
    pairs = pd.DataFrame(
        {"unit": listed["area_code"].map(ids), "other": listed["neighbour_code"].map(ids)}
    ).dropna()
    return {str(unit): list(group["other"]) for unit, group in pairs.groupby("unit")}


def ranked_all(setting: Setting, first_after: int) -> pd.DataFrame:
    """Rank every indicator of ``FAMILY`` as `ranked_change`, with Holm's correction.

    Returns
    -------
    DataFrame
        ``title``, ``unit``, ``estimate``, ``lower``, ``upper`` (inverted rank test, 95%), ``rank``,
        ``of``, ``p_value`` and ``p_holm`` (Holm 1979, over the family). Indicators for which the
        area or all its neighbours lack a year are left out.

    Raises
    ------
    ValueError
        If every indicator is left out.
    """
    rows, problems = [], []
    for name in FAMILY:
        try:
            found = ranked_change(setting, name, first_after)
        except TrendError as error:
            problems.append(f"{name}: {error}")
            continue
        rows.append({"title": INDICATORS[name].title, "unit": INDICATORS[name].unit, **_row(found)})
    if not rows:
        raise ValueError("No indicator can be ranked. " + " ".join(problems))
    table = pd.DataFrame(rows)
    return table.assign(p_holm=adjust(table["p_value"].to_numpy(), "holm"))


def _row(found: Ranked) -> dict[str, float]:
    return {
        "estimate": found.estimate,
        "lower": found.lower,
        "upper": found.upper,
        "rank": found.rank,
        "of": found.of,
        "p_value": found.p_value,
    }


def other_dates(setting: Setting, indicator: str, first_years: Sequence[int]) -> pd.DataFrame:
    """Repeat `ranked_change` with other first years after.

    Returns
    -------
    DataFrame
        ``first_after``, ``estimate``, ``lower``, ``upper``, ``rank``, ``of``, ``p_value``.
    """
    return pd.DataFrame(
        [
            {"first_after": year, **_row(ranked_change(setting, indicator, year))}
            for year in first_years
        ]
    )


def inspections_since(setting: Setting, since: str) -> pd.DataFrame:
    """List Ofsted's judgements of the area and of its successors from a date on.

    Returns
    -------
    DataFrame
        ``inspected`` (first day), ``area_name``, ``kind``, ``judgement``; no row where there is
        none.
    """
    ids = {setting.area_id}
    for territory in geography.territories(setting.tables["boundary_changes"]):
        if territory.area_id == setting.area_id:
            ids |= set(territory.successors)
    found = setting.tables["inspections"]
    dates = pd.to_datetime(found["inspection_date"])
    found = found[found["area_id"].isin(ids) & (dates >= pd.Timestamp(since))]
    return pd.DataFrame(
        {
            "inspected": found["inspection_date"].astype(str).to_numpy(),
            "area_name": found["area_name"].to_numpy(),
            "kind": found["inspection_type"].to_numpy(),
            "judgement": found["overall_effectiveness"].to_numpy(),
        }
    ).sort_values(["inspected", "area_name"], ignore_index=True)
