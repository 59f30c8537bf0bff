"""Measures through time: each area beside its own neighbours, and what a title may say."""

import pandas as pd
import pytest

from care_study.chapters.comparison import measures
from care_study.charts import panels
from care_study.charts.drawing import ChartError
from care_study.show import svg
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent
from care_study.unavailable import Unavailable


def drawn(shown):
    return shown.bundle[FIGURE_MIME]


def test_further_action_is_what_is_left_of_the_referrals(settings, published):
    computed = measures.computed(settings[1], measures.BY_NAME["conversion"])
    row = computed.query("area_id == '331' and year == 2018").iloc[0]
    raw = published["referrals"].query("area_id == '331' and year == 2018").iloc[0]
    left = raw["referrals"] - raw["no_further_action"]
    assert row["numerator"] == left
    assert row["value"] == pytest.approx(100 * left / raw["referrals"])
    assert row["lower"] < row["value"] < row["upper"]


def test_each_area_stands_beside_its_own_neighbours(settings):
    frame = measures.beside_neighbours(settings, measures.BY_NAME["in_care"])
    row = frame.query("area == 'Coventry' and year == 2018").iloc[0]
    computed = settings[1].indicator("looked_after_rate").query("year == 2018")
    others = computed[computed["area_id"].isin(settings[1].neighbour_ids)]["value"]
    assert len(others) == row["n"] == 10
    assert row["mean"] == pytest.approx(others.mean())
    assert (row["lowest"], row["highest"]) == (others.min(), others.max())


def test_a_year_that_the_area_lacks_keeps_its_neighbours(settings):
    frame = measures.beside_neighbours(settings, measures.BY_NAME["timeliness"])
    gone = frame.query("area == 'Northamptonshire' and year >= 2022")
    assert gone["value"].isna().all()
    assert gone["mean"].notna().all()
    assert measures.missing(frame) == [
        "Northamptonshire has no figure in 2022, 2023, 2024 and 2025."
    ]


def latest(*rows):
    return pd.DataFrame(rows, columns=["area", "year", "conclusion"])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            latest(("A", 2025, "below"), ("B", 2025, "above"), ("C", 2025, "above")),
            "Referrals in 2025: B and C above, A below the neighbours' mean",
        ),
        (
            latest(("A", 2025, "below"), ("B", 2025, "not distinguishable")),
            "Referrals in 2025: A below the neighbours' mean; B not distinguishable from it",
        ),
        (
            latest(("A", 2021, "no interval"), ("B", 2025, "not distinguishable")),
            "Referrals: A (2021) and B (2025) not distinguishable from the neighbours' mean",
        ),
        (latest(), "Referrals: no neighbours with a figure to compare with"),
    ],
)
def test_title_says_no_more_than_the_intervals_tell(rows, said):
    assert measures.title(rows, measures.BY_NAME["referrals"]) == said


def test_title_and_table_of_all_measures_agree(settings):
    for name in ("referrals", "in_care"):
        # Gaps of either sign, none of which its interval tells from zero.
        rows = pd.DataFrame(measures.stand(settings, measures.BY_NAME[name]))
        assert (rows["gap"] > 0).any() and (rows["gap"] < 0).any()
        assert set(rows["conclusion"]) == {"not distinguishable"}
        title = drawn(measures.through_time(settings, name))["title"]
        assert "2025" in title and "above" not in title and "below" not in title


def test_alternative_text_names_the_latest_figures_and_stays_short():
    frame = pd.DataFrame(
        {
            "area": ["A", "A", "B"],
            "year": [2024, 2025, 2025],
            "value": [9.0, 1.0, 5.0],
            "mean": [2.0, 2.0, None],
        }
    )
    measure = measures.BY_NAME["in_care"]
    assert measures.alternative(frame, measure).endswith(
        "A 1.0 against 2.0 in 2025; B 5.0 in 2025."
    )
    many = pd.concat([frame.assign(area=f"Area {one}") for one in range(20)])
    assert measures.alternative(many, measure).startswith("Small line charts of 20 authorities")


def test_figure_of_a_published_percentage_has_no_columns_for_an_interval(settings):
    keys = [
        column["key"]
        for column in drawn(measures.through_time(settings, "timeliness"))["table"]["columns"]
    ]
    assert "lower" not in keys and {"value", "mean", "n"} <= set(keys)


def test_two_areas_are_compared_as_three_are(opened):
    settings = opened("Kent", "Essex")
    shown = drawn(measures.through_time(settings, "in_care"))
    assert "Kent" in shown["title"] and "Essex" in shown["title"]
    assert measures.side_by_side(settings).areas == "Kent and Essex"


def test_an_area_that_the_list_lacks_uses_the_other_and_the_lists_are_named(opened):
    settings = opened("Cumberland", "Coventry", neighbours="2021")
    assert measures.lists(settings) == "list of 2021 and 2025"


def test_years_before_a_series_begins_leave_its_figure_out_with_the_reason(opened):
    settings = opened("Coventry", "Kent", first_year=2013, last_year=2014)
    absent = measures.through_time(settings, "caseload")
    assert isinstance(absent, Absent)
    assert absent.reason == (
        "There is no figure of cases per social worker for Coventry or Kent in the years chosen."
    )
    with pytest.raises(Unavailable):
        measures.beside_neighbours(settings, measures.BY_NAME["caseload"])


def test_claims_about_other_areas_are_not_judged(claims, opened):
    assert measures.about(claims, opened("Kent", "Essex")) == {}
    own = measures.about(claims, opened("Coventry"))
    assert {claim.authority for claim in own.values()} == {"Coventry"}


@pytest.mark.parametrize("width", [680, 288])
def test_panels_name_every_area_and_fit_the_width(settings, width):
    frame = measures.beside_neighbours(settings, measures.BY_NAME["timeliness"])
    picture = svg.draw(svg.spec_at(panels.area_panels(frame, unit="%"), width))
    for name in ("Northamptonshire", "Coventry", "Cambridgeshire", "Vertical axes: %"):
        assert name in picture
    found = float(picture.split('width="')[1].split('"')[0])
    assert found <= width + 25


def test_panels_refuse_a_frame_without_neighbours():
    with pytest.raises(ChartError, match="no column mean"):
        panels.area_panels(pd.DataFrame({"area": ["A"], "year": [2020], "value": [1.0]}))
