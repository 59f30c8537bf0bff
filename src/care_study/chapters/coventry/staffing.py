"""Staffing and demand: vacancies beside England and the neighbours, and referrals."""

import math

import pandas as pd

from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.shared import NEIGHBOURS
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.intervals import rate_difference
from care_study.unavailable import Unavailable
from care_study.words import years

EVERY_POST = 100  # percent: nobody is in post, so the rate does not say how many posts there are


@finding
class Staffing:
    """The area's highest vacancy rate, and the years of more vacancies and of more referrals."""

    sources = ("workforce",)
    vacancies_by_year: pd.DataFrame
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
    found = vacancies(setting)
    top = found.sort_values("vacancy_rate").iloc[-1]
    return Staffing(
        vacancies_by_year=found,
        vacancy_year=int(top["year"]),
        vacancy_rate=float(top["vacancy_rate"]),
        vacancy_england=float(top["vacancy_england"]),
        vacancies=float(top["vacancies"]),
        vacancy_years=years(found.loc[found["above_all"], "year"]),
        demand_years=years(years_of_growth(setting)),
    )


def vacancies(setting: Setting) -> pd.DataFrame:
    """Set the area's vacancies and agency workers beside England and both lists of neighbours.

    Returns
    -------
    DataFrame
        ``year`` (30 September), ``vacancy_rate``, ``vacancy_england``, a mean for each list
        (``vacancy_mean_2021`` ...) and ``agency_rate`` in percent; ``above_all``, whether the
        vacancy rate was above every comparator; ``vacancies`` and ``agency`` in full-time
        equivalents.

    Raises
    ------
    Unavailable
        If the area has no vacancy rate.
    """
    vacancy = setting.indicator("vacancy_rate")
    rates = {"vacancy_rate": vacancy, "agency_rate": setting.indicator("agency_rate")}
    own = {name: _by_year(rows, [setting.area_id]) for name, rows in rates.items()}
    frame = pd.DataFrame(own).dropna(subset=["vacancy_rate"])
    if frame.empty:
        raise Unavailable(f"{setting.area_name} has no vacancy rate in these years")
    others = {"vacancy_england": [ENGLAND]} | {
        f"vacancy_mean_{model}": list(listed["area_id"])
        for model, listed in setting.neighbours.items()
    }
    for name, ids in others.items():
        frame[name] = _by_year(vacancy, ids)
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


def years_of_growth(setting: Setting) -> list[int]:
    """List the years in which referrals rose from the year before by more than chance.

    The score interval, 95%, of the difference of two Poisson counts lies above zero: random
    variation only.
    """
    own = setting.own(setting.indicator("referral_rate")).dropna(subset=["value"])
    counts = own.set_index("year")["numerator"]
    before = counts.rename(index=lambda year: year + 1).reindex(counts.index)
    rose = rate_difference(counts, 1.0, before, 1.0).lower > 0
    return [int(year) for year in counts.index[rose]]


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
