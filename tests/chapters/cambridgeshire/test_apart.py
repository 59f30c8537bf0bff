"""The change in children in care taken apart, worked out again by hand."""

import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.cambridgeshire import apart
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent
from care_study.statistics.intervals import Interval

from .material import AREA, figure

FIRST_RELEASES = "children_looked_after_2010_2012"


@pytest.fixture(scope="module")
def parts(setting):
    return apart.apart(setting, 2018)


def flows(year):
    table = FIRST_RELEASES if year < 2013 else "children_looked_after"
    return tuple(
        figure(table, column, AREA, year)
        for column in ("looked_after_31_march", "started", "ceased")
    )


def stocks(entries, leaving, years, opening):
    """Run the number in care on, year by year, with the entries and the leaving given."""
    stock = opening
    for came, rate in zip(entries(years), leaving(years), strict=True):
        stock = (stock * (1 - rate / 2) + came) / (1 + rate / 2)
    return stock


def by_hand(base, years, opening):
    middle = {year: (flows(year - 1)[0] + flows(year)[0]) / 2 for year in (*base, *years)}
    came = sum(flows(year)[1] for year in base) / len(base)
    rate = sum(flows(year)[2] for year in base) / sum(middle[year] for year in base)

    def close(own_entries, own_leaving):
        return stocks(
            lambda span: [flows(year)[1] if own_entries else came for year in span],
            lambda span: [flows(year)[2] / middle[year] if own_leaving else rate for year in span],
            years,
            opening,
        )

    none, first, second, both = close(0, 0), close(1, 0), close(0, 1), close(1, 1)
    return {
        "momentum": none - opening,
        "entries": ((first - none) + (both - second)) / 2,
        "stay": ((second - none) + (both - first)) / 2,
    }


@pytest.mark.parametrize("name", ["momentum", "entries", "stay"])
@pytest.mark.parametrize(
    ("spell", "base", "years"),
    [
        ("rise", (2011, 2012, 2013), range(2014, 2019)),
        ("since", (2016, 2017, 2018), range(2019, 2023)),
    ],
)
def test_parts_are_those_worked_out_by_hand(parts, name, spell, base, years):
    found = getattr(getattr(parts, spell), name)
    expected = by_hand(base, years, flows(base[-1])[0])[name]
    assert found.estimate == pytest.approx(expected, abs=0.01)
    assert found.lower < found.estimate < found.upper


def test_parts_add_up_to_the_change(parts):
    for one in (parts.rise, parts.since, parts.recent, parts.others):
        added = one.momentum.estimate + one.entries.estimate + one.stay.estimate
        assert added + one.unexplained == pytest.approx(one.total)
        assert one.after - one.before == one.total


def test_entries_not_stay_carry_the_rise(parts):
    assert parts.rise.total == 700 - 463
    assert parts.rise.entries.lower > 0
    assert parts.rise.stay.lower < 0 < parts.rise.stay.upper
    assert (parts.since.first, parts.since.last, parts.recent.last) == (2018, 2022, 2025)


def test_chart_says_which_part_is_clear(setting, parts):
    drawn = apart.parts_of_change(setting, parts).bundle[FIGURE_MIME]
    assert drawn["title"].endswith("to 2018, entries can be told from chance")
    assert "+345 children of 237" in drawn["alt"]


def test_title_without_a_clear_part(parts):
    unclear = Interval(1.0, -1.0, 2.0, 0.95, "")
    same = apart.Spell(**{**vars(parts.rise), "entries": unclear, "stay": unclear})
    assert "neither entries nor length of stay" in apart.title(same, "A")


def test_years_without_flows_are_named(setting):
    found = apart.apart(setting, 2018, first=2011)
    assert isinstance(found, Absent) and "2008 to 2018" in found.reason
    latest = apart.apart(setting, 2025)
    assert isinstance(latest, Absent) and "after 2025" in latest.reason


def test_authority_that_began_later_says_so():
    found = apart.apart(open_setting(paths.PUBLISHED, "West Northamptonshire"), 2018)
    assert isinstance(found, Absent)
