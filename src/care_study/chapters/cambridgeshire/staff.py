"""Staff: vacancies around the report, and averages before it and since."""

from care_study.area.setting import Setting
from care_study.chapters.cambridgeshire.caseload import CASES
from care_study.chapters.shared import NEIGHBOURS, row_of
from care_study.claims import Claim, Verdict, not_testable
from care_study.indicators.compute import sources_of
from care_study.show.results import fact, finding, section
from care_study.unavailable import Unavailable
from care_study.words import number, percent, year

VACANCIES = "vacancy_rate"
BEFORE = "mean of the counts to the September of the report's year"
SINCE = "mean of the counts since then"


@finding
class Staff:
    """Vacancy rates on the September before the report; averages before and since."""

    sources = (*sources_of(VACANCIES), NEIGHBOURS)
    document_year: int
    vacancy_year: int = fact("year of the last September before the report", unit="year")
    vacancy_own: float = fact("vacant posts as published", unit="%", decimals=1)
    vacancy_neighbours: float = fact("mean of the neighbours' rates", unit="%", decimals=1)
    vacancy_england: float = fact("vacant posts in England, as published", unit="%", decimals=1)
    vacancy_before: float = fact(f"vacancy rate, {BEFORE}", unit="%", decimals=1)
    vacancy_since: float = fact(f"vacancy rate, {SINCE}", unit="%", decimals=1)
    cases_before: float = fact(f"cases per worker, {BEFORE}", decimals=1)
    cases_since: float = fact(f"cases per worker, {SINCE}", decimals=1)


@section
def staff(setting: Setting, document_year: int) -> Staff:
    """Compute vacancy rates before the report, and averages before it and since."""
    september, computed = document_year - 1, setting.indicator(VACANCIES)
    vacant = _averages(setting, VACANCIES, document_year)
    cases = _averages(setting, CASES, document_year)
    return Staff(
        document_year=document_year,
        vacancy_year=september,
        vacancy_own=float(row_of(computed, setting.area_name, september)["value"]),
        vacancy_neighbours=float(setting.among_neighbours(computed, september).mean()),
        vacancy_england=float(row_of(computed, "England", september)["value"]),
        vacancy_before=vacant[0],
        vacancy_since=vacant[1],
        cases_before=cases[0],
        cases_since=cases[1],
    )


def _averages(setting: Setting, indicator: str, last: int) -> tuple[float, float]:
    """Average the area's values to a year, and since."""
    own = setting.own(setting.indicator(indicator)).set_index("year")["value"].dropna()
    before, since = own[own.index <= last], own[own.index > last]
    if before.empty or since.empty:
        raise Unavailable(
            f"{setting.area_name} has no workforce figures on both sides of September {last}"
        )
    return float(before.mean()), float(since.mean())


def judge_vacancies(found: Staff, claim: Claim) -> Verdict:
    """Judge: whether vacancies were many."""
    return not_testable(
        claim,
        "Vacancy rates are published for the county only: on 30 September "
        f"{year(found.vacancy_year)} {percent(found.vacancy_own, 1)} of posts, against "
        f"{percent(found.vacancy_neighbours, 1)} among its neighbours and "
        f"{percent(found.vacancy_england, 1)} in England.",
    )


def judge_effects(found: Staff, claim: Claim) -> Verdict:
    """Judge: whether other roles lower vacancies and caseloads."""
    until = f"to September {year(found.document_year)}"
    parts = [
        f"{words} {number(before)} {until} and {number(since)} since"
        for words, before, since in (
            ("vacancy rate", found.vacancy_before, found.vacancy_since),
            ("caseload", found.cases_before, found.cases_since),
        )
    ]
    return not_testable(
        claim,
        "Published figures cannot single out one change among several. The county's averages: "
        f"{', '.join(parts)}.",
    )


JUDGES = {
    "cam-vacancies-areas": judge_vacancies,
    "cam-alternative-effects": judge_effects,
}
