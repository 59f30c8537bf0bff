"""Staff: vacancies from the files, and averages before the report and since."""

from statistics import mean

import pytest

from care_study.chapters.cambridgeshire import staff
from care_study.show.results import Absent

from .material import AREA, ENGLAND, figure, neighbours, reading


def test_vacancies_of_the_county_its_neighbours_and_england(judged, workers):
    own, england = (figure("workforce", "vacancy_rate", area, 2017) for area in (AREA, ENGLAND))
    among = mean(figure("workforce", "vacancy_rate", name, 2017) for name in neighbours())
    assert workers.vacancy_neighbours == pytest.approx(among)
    verdict = judged["cam-vacancies-areas"]
    assert verdict.held_against == "no public record"
    for part in (f"{own:.1f}% of posts", f"{among:.1f}% among", f"{england:.1f}% in England"):
        assert part in verdict.sentence
    case = reading(judged["cam-recruitment-national"], "vacancy-rate/england/2017")
    assert case.value == pytest.approx(own - england)


def test_averages_before_and_after_the_report(judged):
    sentence = judged["cam-alternative-effects"].sentence

    def caseload(year):
        held = figure("workforce", "cases", AREA, year)
        return held / figure("workforce", "case_holders_fte", AREA, year)

    def vacancy(year):
        return figure("workforce", "vacancy_rate", AREA, year)

    for name, value in (("vacancy rate", vacancy), ("caseload", caseload)):
        before, after = mean(map(value, (2017, 2018))), mean(map(value, range(2019, 2026)))
        assert f"{name} {before:.1f} to September 2018 and {after:.1f} since" in sentence


def test_report_of_the_last_year_has_no_since(setting):
    found = staff.staff(setting, 2025)
    assert isinstance(found, Absent)
    assert "no workforce figures on both sides of September 2025" in found.reason
