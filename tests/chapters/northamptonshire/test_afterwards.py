"""Afterwards: changes by hand, ranks among all authorities, and short series."""

import pytest

from care_study.chapters.northamptonshire import afterwards
from care_study.show.results import Absent, facts_of
from care_study.unavailable import Unavailable

ROUND = 1e-9


@pytest.fixture(scope="module")
def found(setting):
    return afterwards.afterwards(setting, 2019)


def test_ranked_change_is_the_difference_of_the_two_changes(setting, found):
    row = found.table.set_index("measure").loc["Children looked after"]
    assert row["difference"] == pytest.approx(row["change"] - row["neighbours_change"])
    ranked = afterwards.ranked_change(setting, "looked_after_rate", 2020)
    assert ranked.change.estimate == pytest.approx(row["difference"])
    larger = (ranked.frame["value"].abs() >= abs(ranked.change.estimate) - ROUND).sum()
    assert ranked.rank == larger
    assert ranked.p_value == pytest.approx(larger / ranked.of)


def test_means_before_and_after_are_of_the_years_on_each_side(setting):
    rows = setting.own(setting.indicator("in_need_rate")).set_index("year")["value"]
    own, theirs = afterwards.before_after(setting, "in_need_rate", 2020)
    assert own == pytest.approx((rows.loc[:2019].mean(), rows.loc[2020:].mean()))
    assert theirs != own


def test_holm_keeps_or_raises_every_p_value(found):
    table = found.table
    assert found.family == len(table) == len(afterwards.FAMILY)
    assert not found.left_out
    assert (table["p_holm"] >= table["p_value"] - ROUND).all()
    assert found.smallest_holm == pytest.approx(min(1, table["p_value"].min() * len(table)))


def test_a_date_outside_the_years_is_refused(setting):
    with pytest.raises(Unavailable, match="no years on both sides of 2030"):
        afterwards.before_after(setting, "in_need_rate", 2030)
    with pytest.raises(Unavailable, match="2013 to 2025, not on both sides of 2013"):
        afterwards.ranked_change(setting, "nfa_percentage", 2013)


def test_parts_of_a_territory_are_not_counted_beside_it(setting):
    names = set(afterwards.ranked_change(setting, "referral_rate", 2020).frame["area"])
    assert "Northamptonshire" in names
    assert not {"North Northamptonshire", "West Northamptonshire"} & names


def test_few_years_leave_out_other_starts_only(area):
    short = area("Northamptonshire", first_year=2016, last_year=2020)
    assert isinstance(afterwards.other_starts(short, 2019), Absent)
    found = {fact.name: fact for fact in facts_of(afterwards.strip(short, 2019))}
    assert found["strip_estimate"].method == "inverted rank test among all authorities, 95%"


def test_other_starts_span_the_estimates_of_each_year(setting):
    found = afterwards.other_starts(setting, 2019)
    each = [
        afterwards.ranked_change(setting, "nfa_percentage", year).change.estimate
        for year in range(2019, 2024)
    ]
    assert (found.low, found.high) == (min(each), max(each))


def test_a_series_that_began_later_is_left_out_with_its_reason(area):
    found = afterwards.afterwards(area("Dorset"), 2019)
    assert isinstance(found, Absent)
    assert "Dorset and its neighbours have no years on both sides of 2020" in found.reason


def test_judgements_follow_the_successors(setting):
    found = afterwards.inspections_since(setting, "2018-10-17")
    assert found["area_name"].tolist() == [
        "Northamptonshire", "North Northamptonshire", "West Northamptonshire",
    ]  # fmt: skip
    said = afterwards.judgements(found, "2018-10-17")
    assert "in June 2019 Northamptonshire, Inadequate" in said
    assert "no judgement" in afterwards.judgements(found.iloc[:0], "2018-10-17")
