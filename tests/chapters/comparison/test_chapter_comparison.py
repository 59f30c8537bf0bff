"""The comparison chapter: measures against neighbours, models of work, and every verdict."""

import json

import pandas as pd
import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.comparison import models
from care_study.chapters.comparison import standing as chapter
from care_study.chapters.comparison.verdicts import statements, verdicts
from care_study.charts import panels
from care_study.charts.drawing import ChartError
from care_study.claims import check_verdicts, read_accounting, read_claims
from care_study.execution import execution
from care_study.show import svg


@pytest.fixture(scope="module")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="module")
def accounting():
    return read_accounting(paths.DOCUMENTS)


@pytest.fixture(scope="module")
def settings():
    names = ("Northamptonshire", "Coventry", "Cambridgeshire")
    return [open_setting(paths.PUBLISHED, name) for name in names]


@pytest.fixture(scope="module")
def judged(claims, accounting):
    return {verdict.claim: verdict for verdict in verdicts(claims, accounting)}


def test_further_action_is_what_is_left_of_the_referrals(settings, published):
    computed = chapter.compute_measure(settings[1], chapter.BY_NAME["conversion"])
    row = computed.query("area_id == '331' and year == 2018").iloc[0]
    raw = published["referrals"].query("area_id == '331' and year == 2018").iloc[0]
    left = raw["referrals"] - raw["no_further_action"]
    assert row["numerator"] == left
    assert row["value"] == pytest.approx(100 * left / raw["referrals"])
    assert row["lower"] < row["value"] < row["upper"]


def test_each_area_stands_beside_its_own_neighbours(settings):
    frame = chapter.beside_neighbours(settings, chapter.BY_NAME["in_care"])
    row = frame.query("area == 'Coventry' and year == 2018").iloc[0]
    computed = settings[1].indicator("looked_after_rate").query("year == 2018")
    others = computed[computed["area_id"].isin(settings[1].neighbour_ids)]["value"]
    assert len(others) == row["n"] == 10
    assert row["mean"] == pytest.approx(others.mean())
    assert (row["lowest"], row["highest"]) == (others.min(), others.max())


def test_a_year_that_the_area_lacks_keeps_its_neighbours(settings):
    frame = chapter.beside_neighbours(settings, chapter.BY_NAME["timeliness"])
    gone = frame.query("area == 'Northamptonshire' and year >= 2022")
    assert gone["value"].isna().all()
    assert gone["mean"].notna().all()
    assert chapter.missing_note(frame) == [
        "Northamptonshire has no figure in 2022, 2023, 2024 and 2025."
    ]


def test_standing_takes_the_latest_year_that_has_a_figure(settings):
    table = chapter.standing(settings).set_index(["measure", "area"])
    assert table.loc[("Assessments within 45 days", "Northamptonshire"), "year"] == 2021
    row = table.loc[("Children in care", "Coventry")]
    assert row["gap"] == pytest.approx(row["value"] - row["mean"])
    assert row["gap_lower"] < row["gap"] < row["gap_upper"]


def test_conclusion_that_depends_on_the_choice_is_marked(settings):
    found = chapter.standing(settings, [chapter.BY_NAME["caseload"]])
    assert set(found["every_choice"]) == {True}
    assert not chapter.standing(settings)["every_choice"].all()


def test_title_names_the_sides_and_stays_true_when_they_change():
    frame = pd.DataFrame(
        {
            "area": ["A", "A", "B"],
            "year": [2024, 2025, 2025],
            "value": [9.0, 1.0, 5.0],
            "mean": [2.0, 2.0, 2.0],
        }
    )
    measure = chapter.BY_NAME["referrals"]
    assert chapter.title(frame, measure) == (
        "Referrals: B above, A below the neighbours' mean in the latest year"
    )
    assert "A 1.0 against 2.0 in 2025" in chapter.alt(frame, measure)


def test_sentence_lists_only_gaps_that_are_told_from_none():
    table = pd.DataFrame(
        {
            "area": ["A", "A", "B"],
            "measure": ["Referrals", "Vacancies", "Referrals"],
            "conclusion": ["above", "not distinguishable", "not distinguishable"],
        }
    )
    assert chapter.sentence(table, "A") == "A lies above on referrals"
    assert chapter.sentence(table, "B") == "B lies clearly on no side"


def test_dated_statement_stands_beside_the_figure_of_its_year(claims, settings):
    table = chapter.stated_beside_statistics(claims, settings)
    care = table[table["quantity"] == "children in care"].iloc[0]
    assert (care["stated"], care["official"], care["years"]) == ("700 children", "700", "2018")
    undated = table[table["document"] == "ics-coventry"]
    assert undated["years"].str.contains(" to ").all()


def test_value_that_is_not_there_names_the_reason(published):
    assert chapter.value_in(published, "vacancy_rate", "Cambridgeshire", 2018) > 0
    with pytest.raises(ValueError, match="Cambridgeshire has no vacancy_rate in 1999"):
        chapter.value_in(published, "vacancy_rate", "Cambridgeshire", 1999)


def test_one_vacancy_in_a_unit_by_hand(claims):
    table = models.one_vacancy(models.models(claims))
    unit = table[table["model"] == "Unit"].iloc[1]
    # 80 cases, four workers of whom one is the consultant
    assert (unit["holders"], unit["span"], unit["cases_each"]) == (4, 3, 20)
    assert unit["lost"] == 0.25
    assert unit["cases_each_after"] == pytest.approx(80 / 3)
    assert unit["overseen"] == 60


def test_proposed_team_has_seven_to_ten_workers_and_a_manager(claims):
    assert models.team_holders(claims) == (7, 10)
    table = models.posts(claims)
    assert table["per_team"].tolist() == [8, 11]
    assert table["in_units"].tolist() == [128, 128]
    assert table["left"].tolist() == [48, 18]
    assert table["whole_teams_left"].tolist() == [6, 1]
    assert table["change_then"].tolist() == [0, -7]
    assert table["change_by_district"].tolist() == [-8, 37]


def test_children_of_a_duty_team_are_read_both_ways(claims):
    table = models.one_vacancy(models.models(claims))
    assert table.loc[table["model"] == "Duty team", "cases_each"].tolist() == [5, 25]


def test_same_rate_costs_the_same_on_average_but_more_evenly():
    table = models.chance_of_a_quarter_lost({"small": 4, "large": 8}, 0.1)
    assert table["average"].tolist() == [0.1, 0.1]
    assert table.loc[0, "quarter"] == pytest.approx(1 - 0.9**4)
    # a quarter of eight posts is two
    assert table.loc[1, "quarter"] == pytest.approx(1 - 0.9**8 - 8 * 0.1 * 0.9**7)
    assert table.loc[0, "spread"] == pytest.approx(0.15)


def test_impossible_vacancy_rate_is_refused():
    with pytest.raises(ValueError, match="vacancy rate is 13"):
        models.chance_of_a_quarter_lost({"unit": 4}, 13)


def test_claim_without_a_number_is_no_staffing(claims):
    with pytest.raises(ValueError, match="cam-units-fragile states no number"):
        models.stated(claims, "cam-units-fragile")


def test_every_claim_of_the_notebook_has_one_verdict(claims, judged):
    own = {name: claim for name, claim in claims.items() if claim.notebook == "comparison"}
    check_verdicts(own, judged.values())


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("cam-units", "reproduced"),
        ("cam-unit-clinician", "reproduced"),
        ("cam-units-before", "consistent"),
        ("cam-unit-senior", "consistent"),
        ("cam-units-fragile", "consistent"),
        ("cam-consultant-children", "reproduced"),
        ("cam-team-resilience", "reproduced"),
        ("cam-districts", "consistent"),
        ("cam-ten-teams", "reproduced"),
        ("cam-no-extra-resources", "reproduced"),
        ("nn-team-manager", "consistent"),
    ],
)
def test_verdicts(judged, claim, verdict):
    assert judged[claim].verdict == verdict


def test_readings_that_do_not_survive_are_named(judged):
    readings = {reading.id: reading.verdict for reading in judged["cam-ten-teams"].readings}
    assert readings == {"all-teams": "not reproduced", "longer-term-teams-only": "reproduced"}
    children = {reading.id: reading.value for reading in judged["cam-consultant-children"].readings}
    assert children == {"own-cases-included": 52.5, "own-cases-apart": 70}


def test_statements_are_read_from_the_account_of_numbers(accounting):
    assert statements(accounting, "cam-units") == [32] * 5
    assert statements(accounting, "cam-unit-clinician") == [0.5] * 3


def test_statements_that_disagree_are_not_reproduced(claims, accounting):
    changed = accounting.copy()
    rows = changed.index[changed["claim"] == "cam-units"]
    changed.loc[rows[-1], "number"] = "31"
    found = {verdict.claim: verdict for verdict in verdicts(claims, changed)}
    assert found["cam-units"].verdict == "consistent"
    assert found["cam-units"].readings[0].lower == 31


def test_every_claim_has_a_place_in_the_notebook(claims):
    cells = json.loads((paths.NOTEBOOKS / "comparison.ipynb").read_text("utf-8"))["cells"]
    text = "".join("".join(cell["source"]) for cell in cells)
    own = [name for name, claim in claims.items() if claim.notebook == "comparison"]
    assert [name for name in own if f"({name})=" not in text] == []


@pytest.mark.parametrize("width", [680, 288])
def test_panels_name_every_area_and_fit_the_width(settings, width):
    frame = chapter.beside_neighbours(settings, chapter.BY_NAME["timeliness"])
    drawn = svg.draw(svg.spec_at(panels.area_panels(frame, unit="%"), width))
    for name in ("Northamptonshire", "Coventry", "Cambridgeshire", "Vertical axes: %"):
        assert name in drawn
    found = float(drawn.split('width="')[1].split('"')[0])
    assert found <= width + 25


def test_panels_refuse_a_frame_without_neighbours():
    with pytest.raises(ChartError, match="no column mean"):
        panels.area_panels(pd.DataFrame({"area": ["A"], "year": [2020], "value": [1.0]}))


@pytest.mark.slow
def test_notebook_runs_for_other_authorities_without_verdicts(tmp_path):
    done = tmp_path / "comparison.ipynb"
    parameters = {"areas": ["Hertfordshire", "Buckinghamshire"], "neighbours": "2025"}
    execution.execute(paths.NOTEBOOKS / "comparison.ipynb", done, parameters)
    text = done.read_text("utf-8")
    assert "vnd.care-study.verdict" not in text
    assert "Buckinghamshire" in text
