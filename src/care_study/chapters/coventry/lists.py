"""Coventry: the official figures that the provider's numbers are set beside."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from care_study.area.by_year import values_in
from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.coventry.caseloads import vacant_posts
from care_study.data import geography
from care_study.indicators.compute import weeks_in_year
from care_study.statistics.comparison import compare_lists
from care_study.statistics.intervals import rate_difference

EVERY_POST = 100  # percent: nobody is in post, so the rate does not say how many posts there are
MEASURES = {
    "cases_per_worker": "caseload",
    "rereferral_percentage": "re-referrals",
    "assessments_in_45_days": "timeliness",
}


def room_for_a_team(own: pd.DataFrame, caseload: float, others: float) -> pd.DataFrame:
    """Compute how many workers could hold a caseload, given the official number of cases.

    With ``others`` cases at least for everyone else, at most ``(cases - others x workers) /
    (caseload - others)`` workers can hold ``caseload`` cases.

    Parameters
    ----------
    own
        The area's rows of the indicator ``cases_per_worker``.
    caseload, others
        Cases of a worker in the team, and the fewest of a worker outside it.

    Returns
    -------
    DataFrame
        ``year``, ``cases``, ``workers`` (full-time equivalents who hold cases), ``value`` (cases
        per worker), ``room`` (workers, not below zero and not above all) and ``share`` of all.
    """
    if not 0 <= others < caseload:
        raise ValueError(
            f"Others hold {others:g} cases and the team {caseload:g}. Expected fewer for the "
            "others, and not below zero."
        )
    rows = own[own["value"].notna()]
    room = (rows["numerator"] - others * rows["denominator"]) / (caseload - others)
    room = room.clip(lower=0).clip(upper=rows["denominator"])
    return pd.DataFrame(
        {
            "year": rows["year"],
            "cases": rows["numerator"],
            "workers": rows["denominator"],
            "value": rows["value"],
            "room": room,
            "share": room / rows["denominator"],
        }
    ).reset_index(drop=True)


def flow_beside_official(setting: Setting, per_week: float) -> pd.DataFrame:
    """Set cases completed a week beside the authority's official weekly flow.

    Returns
    -------
    DataFrame
        ``year``, ``referrals`` and ``ended`` (episodes of need that ended), both a week, and
        ``of_referrals``, ``of_ended``: the completed cases as a share of each. A year without a
        published figure has a missing value.
    """
    referrals = setting.indicator("referrals_per_week")
    own = referrals[referrals["area_id"] == setting.area_id].set_index("year")["value"]
    spliced = geography.splice(
        setting.tables["children_in_need"],
        ["episodes_ended"],
        setting.tables["boundary_changes"],
        "march",
    )
    ended = spliced[spliced["area_id"] == setting.area_id].set_index("year")["episodes_ended"]
    ended = ended / ended.index.map(weeks_in_year)
    frame = pd.DataFrame({"referrals": own, "ended": ended.reindex(own.index)})
    return frame.assign(
        of_referrals=per_week / frame["referrals"], of_ended=per_week / frame["ended"]
    ).reset_index()


def staffing(setting: Setting) -> pd.DataFrame:
    """Set the area's vacancies and agency workers beside England and both lists of neighbours.

    Returns
    -------
    DataFrame
        ``year`` (30 September), ``vacancy_rate``, ``england``, a mean for each list (``mean_2021``
        ...), ``agency_rate`` and ``turnover_rate`` in percent; ``workers``, ``vacancies`` and
        ``agency`` in full-time equivalents.
    """
    rates = {name: setting.indicator(f"{name}_rate") for name in ("vacancy", "agency", "turnover")}
    own = {
        f"{name}_rate": frame[frame["area_id"] == setting.area_id].set_index("year")["value"]
        for name, frame in rates.items()
    }
    frame = pd.DataFrame(own).dropna(subset=["vacancy_rate"])
    vacancy = rates["vacancy"]
    frame["england"] = vacancy[vacancy["area_id"] == ENGLAND].set_index("year")["value"]
    for model, listed in setting.neighbours.items():
        frame[f"mean_{model}"] = [
            values_in(vacancy, list(listed["area_id"]), int(year)).mean() for year in frame.index
        ]
    table = setting.tables["workforce"]
    workers = table[table["area_id"] == setting.area_id].set_index("year")["social_workers_fte"]
    frame["workers"] = workers.reindex(frame.index)
    for name, column in (("vacancies", "vacancy_rate"), ("agency", "agency_rate")):
        frame[name] = [
            vacant_posts(fte, rate) if np.isfinite(fte) and rate < EVERY_POST else np.nan
            for fte, rate in zip(frame["workers"], frame[column], strict=True)
        ]
    return frame.reset_index()


def demand_changes(setting: Setting) -> pd.DataFrame:
    """Compute the change in referrals from the year before, as a count and as a rate.

    Returns
    -------
    DataFrame
        ``year``, ``before`` and ``value`` (referrals a year); ``count``, ``count_lower``,
        ``count_upper``: change in referrals; ``rate``, ``rate_lower``, ``rate_upper``: change per
        10,000 children. Score intervals of a difference of Poisson rates, 95%: random variation
        only.
    """
    own = setting.own(setting.indicator("referral_rate")).dropna(subset=["value"])
    before = own[["year", "numerator", "denominator"]].assign(year=own["year"] + 1)
    both = own.merge(before, on="year", suffixes=("", "_before"), validate="1:1")
    now, then = both["numerator"], both["numerator_before"]
    count = rate_difference(now, 1.0, then, 1.0)
    rate = rate_difference(now, both["denominator"], then, both["denominator_before"])
    frame = pd.DataFrame({"year": both["year"], "before": then, "value": now})
    for name, found, per in (("count", count, 1), ("rate", rate, 10_000)):
        frame[name] = per * np.asarray(found.estimate)
        frame[f"{name}_lower"] = per * np.asarray(found.lower)
        frame[f"{name}_upper"] = per * np.asarray(found.upper)
    return frame


def against_lists(setting: Setting, indicator: str) -> pd.DataFrame:
    """Compare the area with every list of neighbours in every year, and say where answers differ.

    Parameters
    ----------
    setting
        The area and its lists.
    indicator
        One of ``MEASURES``.

    Returns
    -------
    DataFrame
        ``year``, ``value``, ``england``; for each list the mean and the conclusion from the mean
        and from the median (``mean_2021``, ``by_mean_2021``, ``by_median_2021`` ...); ``flips``
        (whether the conclusions differ) and ``clearly_worse`` (whether every one puts the area
        on the less favourable side).
    """
    computed, worse = setting.indicator(indicator), less_favourable(indicator)
    england = computed[computed["area_id"] == ENGLAND].set_index("year")["value"]
    rows = []
    for own in setting.own(computed).dropna(subset=["value"]).to_dict("records"):
        year = int(own["year"])
        values = {
            model: values_in(computed, list(listed["area_id"]), year)
            for model, listed in setting.neighbours.items()
        }
        values = {model: found for model, found in values.items() if found.notna().any()}
        if not values:
            continue
        found = compare_lists(own["value"], values)
        row = {"year": year, "value": own["value"], "england": england.get(year, np.nan)}
        for line in found.table.to_dict("records"):
            if line["statistic"] == "mean":
                row[f"mean_{line['list']}"] = line["comparator"]
            row[f"by_{line['statistic']}_{line['list']}"] = line["conclusion"]
        clearly = bool((found.table["conclusion"] == worse).all())
        rows.append(row | {"flips": found.conclusion_flips, "clearly_worse": clearly})
    return pd.DataFrame(rows)


def years_called_worse(compared: pd.DataFrame, indicator: str) -> list[int]:
    """List the years in which any list and statistic puts the area on the less favourable side."""
    worse = less_favourable(indicator)
    columns = [name for name in compared if str(name).startswith("by_")]
    called = (compared[columns] == worse).any(axis=1)
    return [int(year) for year in compared.loc[called, "year"]]


def less_favourable(indicator: str) -> str:
    """Say which side of the neighbours is the less favourable for an indicator."""
    return "below" if indicator == "assessments_in_45_days" else "above"


def beside_all(setting: Setting, area_ids: Sequence[str], level: float) -> dict[str, object]:
    """Find the highest official caseload of any authority, and how many reached a level.

    Returns
    -------
    dict
        ``value``, ``area_name``, ``year`` of the highest; ``reached`` and ``of``: number of
        authority-years with ``level`` cases per worker or more, and of all with a figure.
    """
    computed = setting.indicator("cases_per_worker")
    rows = computed[computed["area_id"].isin(area_ids) & computed["value"].notna()]
    top = rows.sort_values("value").iloc[-1]
    return {
        "value": float(top["value"]),
        "area_name": str(top["area_name"]),
        "year": int(top["year"]),
        "reached": int((rows["value"] >= level).sum()),
        "of": len(rows),
    }


def lists_together(lists: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the comparisons of all measures below one another, with the conclusion in words.

    Parameters
    ----------
    lists
        Indicator to its `against_lists`.

    Returns
    -------
    DataFrame
        ``measure``, ``year``, ``value``, ``england``, the means of the lists, ``conclusion`` (the
        one that every list and average gives, or which gives which).
    """
    frames = []
    for indicator, compared in lists.items():
        names = [str(name) for name in compared if str(name).startswith("by_")]
        means = [name for name in compared if str(name).startswith("mean_")]
        words = [_in_words(row, names) for row in compared.to_dict("records")]
        frame = compared[["year", "value", "england", *means]].assign(conclusion=words)
        frame.insert(0, "measure", MEASURES[indicator])
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _in_words(row: Mapping[Any, Any], names: Sequence[str]) -> str:
    found: dict[str, list[str]] = {}
    for name in names:
        statistic, _, model = name.removeprefix("by_").partition("_")
        found.setdefault(str(row[name]), []).append(f"{statistic} {model}")
    if len(found) == 1:
        return next(iter(found))
    return "depends: " + "; ".join(f"{said} ({', '.join(who)})" for said, who in found.items())
