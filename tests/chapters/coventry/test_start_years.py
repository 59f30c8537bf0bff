"""Every start year: what changed, from the published counts, and what fits."""

import pandas as pd
import pytest

from care_study.chapters.coventry import start_years


@pytest.fixture(scope="module")
def found(setting, claims):
    return start_years.start_years(setting, claims, 100)


def test_a_start_year_from_the_published_counts(published, found):
    counts = published["referrals"].query("area_name == 'Coventry'").set_index("year")
    share = 100 * counts["rereferrals_within_12_months"] / counts["referrals"]
    workforce = published["workforce"].query("area_name == 'Coventry'").set_index("year")
    each = workforce["cases"] / workforce["case_holders_fte"]
    in_time = published["assessments"].query("area_name == 'Coventry'").set_index("year")
    row = found.table.set_index("year").loc[2023]
    assert row["change"] == pytest.approx(share[2023] - share[2022])
    assert row["cases_change"] == pytest.approx(100 * (each[2022] / each[2021] - 1))
    change = in_time["within_45_days_percent"].diff()[2023]
    assert row["time_change"] == pytest.approx(change)


def test_every_year_is_there_and_missing_figures_fit_nothing(found):
    start = found.table.set_index("year")
    assert list(start.index) == list(range(2014, 2026))
    assert pd.isna(start.loc[2014, "cases_fit"])
    assert (start.loc[2014, "measured"], start.loc[2025, "measured"]) == (1, 3)
    assert (start["fitting"] <= start["measured"]).all()
    assert found.full_years == (start["measured"] == 3).sum()


def test_what_fits_is_said_in_words(found):
    for row in found.table.to_dict("records"):
        fits = [row["points_fit"], row["time_points_fit"]]
        said = "percentage points" in row["fits"]
        assert said == any(bool(one) for one in fits if not pd.isna(one))


def test_a_measure_without_figures_leaves_the_others_standing(open_it, claims):
    found = start_years.start_years(open_it("North Northamptonshire"), claims, 100)
    assert found.measures == 2
    assert found.table["cases_fit"].isna().all()
