"""The list of indicators."""

from care_study.chapters.data.indicators import indicator_definitions
from care_study.indicators.definitions import INDICATORS


def test_every_indicator_has_its_formula_and_method_of_interval():
    listed = indicator_definitions().set_index("indicator")
    assert len(listed) == len(INDICATORS)
    assert listed.loc["Children looked after", "interval"] == "exact Poisson, 95%"
    assert listed.loc["Re-referrals", "interval"] == "Wilson, 95%"
    assert listed.loc["Vacancies", "interval"] == "none"
    assert listed.loc["Cases per social worker", "interval"] == "none"
    assert (listed[["formula", "unit", "period"]] != "").all(axis=None)
