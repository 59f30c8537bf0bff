"""Staffing and demand: vacancies beside England and the neighbours, and referrals."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.shared import NEIGHBOURS, readings_by_year
from care_study.claims import Claim, Verdict, judge
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.intervals import rate_difference
from care_study.unavailable import Unavailable
from care_study.words import years

EVERY_POST = 100  # percent: nobody is in post, so the rate does not say how many posts there are
RATES = ("vacancy_rate", "agency_rate", "turnover_rate")
POISSON = "score interval of a difference of Poisson rates, 95%"


@finding
class Staffing:
    """The area's highest vacancy rate, and the years of more vacancies and of more referrals."""

    sources = ("workforce",)
    vacancies_by_year: pd.DataFrame
    demand: pd.DataFrame
    vacancy_year: int = fact("year with the highest vacancy rate", unit="year")
    vacancy_rate: float = fact("vacancy rate on 30 September, as published", unit="%", decimals=1)
    vacancy_england: float = fact("England's vacancy rate, same day", unit="%", decimals=1)
    vacancies: float = fact(
        "workers in post x vacancy rate / (1 - vacancy rate)",
        unit="vacant posts",
        decimals=0,
        text=lambda found: "" if math.isfinite(found.vacancies) else "an unknown number of posts",
    )
    vacancy_years: str = fact(
        "years in which the vacancy rate was above England's and the mean of every list of "
        "neighbours",
        sources=["workforce", NEIGHBOURS],
    )
    demand_years: str = fact(
        "years in which referrals rose from the year before and the score interval, 95%, of the "
        "difference lies above zero",
        sources=["referrals"],
    )


@section
def staffing(setting: Setting) -> Staffing:
    """Set vacancies beside those of the comparators, and referrals beside the year before's."""
    found, demand = vacancies(setting), demand_changes(setting)
    top = found.sort_values("vacancy_rate").iloc[-1]
    return Staffing(
        vacancies_by_year=found,
        demand=demand,
        vacancy_year=int(top["year"]),
        vacancy_rate=float(top["vacancy_rate"]),
        vacancy_england=float(top["vacancy_england"]),
        vacancies=float(top["vacancies"]),
        vacancy_years=years(found.loc[found["above_all"], "year"]),
        demand_years=years(demand.loc[demand["count_lower"] > 0, "year"]),
    )


def vacancies(setting: Setting) -> pd.DataFrame:
    """Set the area's vacancies and agency workers beside England and both lists of neighbours.

    Returns
    -------
    DataFrame
        ``year`` (30 September), ``vacancy_rate``, ``vacancy_england``, a mean for each list
        (``vacancy_mean_2021`` ...), ``agency_rate`` and ``turnover_rate`` in percent;
        ``above_all``, whether the vacancy rate was above every comparator; ``vacancies`` and
        ``agency`` in full-time equivalents.

    Raises
    ------
    Unavailable
        If the area has no vacancy rate.
    """
    rates = {name: setting.indicator(name) for name in RATES}
    own = {name: _by_year(rows, [setting.area_id]) for name, rows in rates.items()}
    frame = pd.DataFrame(own).dropna(subset=["vacancy_rate"])
    if frame.empty:
        raise Unavailable(f"{setting.area_name} has no vacancy rate in these years")
    others = {"vacancy_england": [ENGLAND]} | {
        f"vacancy_mean_{model}": list(listed["area_id"])
        for model, listed in setting.neighbours.items()
    }
    for name, ids in others.items():
        frame[name] = _by_year(rates["vacancy_rate"], ids)
    frame["above_all"] = frame[list(others)].lt(frame["vacancy_rate"], axis=0).all(axis=1)
    table = setting.tables["workforce"]
    in_post = table[table["area_id"] == setting.area_id].set_index("year")["social_workers_fte"]
    for name, column in (("vacancies", "vacancy_rate"), ("agency", "agency_rate")):
        frame[name] = vacant_posts(in_post.reindex(frame.index), frame[column])
    return frame.rename_axis("year").reset_index()


def _by_year(computed: pd.DataFrame, area_ids: list[str]) -> pd.Series:
    return computed[computed["area_id"].isin(area_ids)].groupby("year")["value"].mean()


def vacant_posts(workers_fte: pd.Series, vacancy_rate: pd.Series) -> pd.Series:
    """Compute the vacancies, in full-time equivalents, from vacancy rates in percent.

    The Department divides vacancies by vacancies and workers in post together; the same holds for
    agency workers and the agency rate. Missing where nobody is in post, as the rate then does not
    say how many posts there are.
    """
    rate = vacancy_rate.where(vacancy_rate < EVERY_POST)
    return workers_fte * rate / (EVERY_POST - rate)


def demand_changes(setting: Setting) -> pd.DataFrame:
    """Compute the change in referrals from the year before, as a count and as a rate.

    Returns
    -------
    DataFrame
        ``year``, ``before`` and ``value`` (referrals a year); ``count``, ``count_lower``,
        ``count_upper``: change in referrals; ``rate``, ``rate_lower``, ``rate_upper``: change per
        10,000 children. Score intervals of a difference of Poisson rates, 95%: random variation
        only.

    Raises
    ------
    Unavailable
        If the area has no two years in a row with referrals.
    """
    own = setting.own(setting.indicator("referral_rate")).dropna(subset=["value"])
    before = own[["year", "numerator", "denominator"]].assign(year=own["year"] + 1)
    both = own.merge(before, on="year", suffixes=("", "_before"), validate="1:1")
    if both.empty:
        raise Unavailable(f"{setting.area_name} has no referrals of two years in a row")
    now, then = both["numerator"], both["numerator_before"]
    count = rate_difference(now, 1.0, then, 1.0)
    rate = rate_difference(now, both["denominator"], then, both["denominator_before"])
    frame = pd.DataFrame({"year": both["year"], "before": then, "value": now})
    for name, found, per in (("count", count, 1), ("rate", rate, 10_000)):
        frame[name] = per * np.asarray(found.estimate)
        frame[f"{name}_lower"] = per * np.asarray(found.lower)
        frame[f"{name}_upper"] = per * np.asarray(found.upper)
    return frame


@section
def staffing_table(setting: Setting, found: Staffing) -> Shown:
    """List vacancies and agency workers by year."""
    means = [f"vacancy_mean_{model}" for model in setting.neighbours]
    shown = ["year", "vacancy_rate", "vacancy_england", *means, "agency_rate"]
    return table(
        found.vacancies_by_year[[*shown, "vacancies", "agency"]],
        name="staffing",
        caption=f"Vacancies and agency workers in {setting.area_name}, 30 September",
        sources=["workforce", NEIGHBOURS],
        notes=[
            "Vacancies and agency workers in full-time equivalents are computed from the published "
            "rates and the workers in post."
        ],
    )


def judge_recruitment(found: Staffing, claim: Claim) -> Verdict:
    """Judge the shortage of staff by the vacancy rate beside every comparator."""
    readings = readings_by_year(
        found.vacancies_by_year,
        "september-{year}",
        "September {year}",
        "vacancy_rate",
        survives="above_all",
        unit="%",
        decimals=1,
    )
    return judge(
        claim,
        readings,
        comment="a year survives if the vacancy rate was above England's and above the mean of "
        "the neighbours in every list",
    )


def judge_demand(found: Staffing, claim: Claim) -> Verdict:
    """Judge the growth of referrals, as a count and as a rate, in every start year."""
    units: Mapping[str, str] = {"rate": "per 10,000", "count": "referrals per year"}
    readings = [
        reading
        for name, unit in units.items()
        for reading in readings_by_year(
            found.demand,
            f"{name}/{{year}}",
            f"{{year}} by {name}",
            name,
            (f"{name}_lower", f"{name}_upper"),
            unit=unit,
            method=POISSON,
            decimals=0,
        )
    ]
    return judge(claim, readings)


JUDGES = {"cov-recruitment": judge_recruitment, "cov-demand-growing": judge_demand}
