"""The span that the later letter looks back on."""

import pytest

from care_study.chapters.inspections import span
from care_study.show.results import facts_of


def test_span_runs_from_the_report_to_the_first_day_of_the_year():
    found = span.span(2016, "2018-10-17", "2016-04-27").span
    assert found.estimate == found.lower
    assert found.lower == pytest.approx(903 / 365.25)
    assert found.upper == pytest.approx(1020 / 365.25)


def test_fact_says_how_its_ends_were_found():
    (fact,) = facts_of(span.span(2016, "2018-10-17", "2016-04-27"))
    assert fact.text == "2.5 years"
    assert (
        fact.method
        == "from the day of its report and from the first day of the year of the inspection"
    )


@pytest.mark.parametrize(("year", "verdict"), [(2016, "not contradicted"), (2012, "contradicted")])
def test_verdict_depends_on_the_year(claims, year, verdict):
    judged = span.judge_decline(
        span.span(year, "2018-10-17", f"{year}-04-27"), claims["of18-decline-years"]
    )
    assert judged.outcome == verdict
    assert "the decline is the inspectors' judgement" in judged.sentence
