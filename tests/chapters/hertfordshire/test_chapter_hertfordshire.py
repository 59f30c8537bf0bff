"""The Hertfordshire chapter: changes by hand, against neighbours and placebos, and verdicts."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.hertfordshire import change as chapter
from care_study.chapters.hertfordshire import words
from care_study.chapters.hertfordshire.verdicts import verdicts
from care_study.claims import check_verdicts, read_claims
from care_study.execution import execution

HERTFORDSHIRE, PETERBOROUGH, CAMBRIDGESHIRE = "919", "874", "873"


@pytest.fixture(scope="module")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="module")
def setting():
    return open_setting(paths.PUBLISHED, "Hertfordshire")


@pytest.fixture(scope="module")
def care(setting):
    return chapter.change(setting, "looked_after_rate", 2016, 2018)


@pytest.fixture(scope="module")
def plans(setting):
    return chapter.change(setting, "plans_started_rate", 2016, 2018)


def own(values):
    return pd.DataFrame({"year": range(2013, 2013 + len(values)), "value": values})


def test_own_change_is_the_difference_of_the_means_with_welchs_interval():
    found, before, after = chapter.own_change(own([4.0, 6.0, 1.0, 3.0, 2.0]), 2015)
    assert (before, after, found.estimate) == (5, 2, -3)
    # Welch's standard error: sqrt(2 / 2 + 1 / 3), degrees of freedom by Satterthwaite
    error = np.sqrt(2 / 2 + 1 / 3)
    df = error**4 / (1**2 / 1 + (1 / 3) ** 2 / 2)
    assert found.lower == pytest.approx(-3 - stats.t.ppf(0.975, df) * error)
    assert found.upper == pytest.approx(-3 + stats.t.ppf(0.975, df) * error)


def test_one_year_on_a_side_is_refused():
    with pytest.raises(ValueError, match="Found 1 years before 2014 and 4 from then on"):
        chapter.own_change(own([4.0, 6.0, 1.0, 3.0, 2.0]), 2014)


def test_area_with_a_gap_is_left_out_of_the_mean_changes():
    frame = pd.concat(
        [
            own([1.0, 1.0, 3.0, 5.0]).assign(area_id="a", area_name="A"),
            own([1.0, None, 3.0, 5.0]).assign(area_id="b", area_name="B"),
        ]
    )
    changes = chapter.mean_changes(frame, ["a", "b"], 2015)
    assert changes["A"] == 3
    assert np.isnan(changes["B"])


def test_change_against_neighbours_by_hand(setting, care):
    computed = setting.indicator("looked_after_rate")
    wide = computed.pivot(index="area_id", columns="year", values="value")
    change = wide[[2016, 2017, 2018]].mean(axis=1) - wide[[2013, 2014, 2015]].mean(axis=1)
    others = change[setting.neighbour_ids]
    expected = change[HERTFORDSHIRE] - others.mean()
    assert care.against.gap.estimate == pytest.approx(expected)
    margin = stats.t.ppf(0.975, 9) * others.std() / np.sqrt(10)
    assert care.against.gap.upper == pytest.approx(expected + margin)


def test_placebos_hold_the_same_estimate_for_everyone(care):
    shown = care.placebos.set_index("area")["value"]
    assert shown["Hertfordshire"] == pytest.approx(float(care.against.gap.estimate))
    larger = (shown.abs() >= abs(shown["Hertfordshire"])).sum()
    assert care.rank == larger
    assert care.p_value == pytest.approx(larger / len(shown))


def test_excluded_authorities_are_compared_with_nowhere(setting):
    found = chapter.change(
        setting, "looked_after_rate", 2016, 2018, exclude=[PETERBOROUGH, CAMBRIDGESHIRE]
    )
    assert not {"Peterborough", "Cambridgeshire"} & set(found.placebos["area"])
    # Cambridgeshire is one of the ten neighbours of the list of 2021, Peterborough is not.
    assert found.against.n == 9


def test_change_between_two_years_by_hand(setting):
    computed = setting.indicator("looked_after_rate")
    found = chapter.between_years(computed, PETERBOROUGH, 2017, 2018)
    values = computed[computed["area_id"] == PETERBOROUGH].set_index("year")["value"]
    assert found.estimate == pytest.approx(values[2018] - values[2017])
    assert found.lower < found.estimate < found.upper


def test_year_without_a_figure_is_named(setting):
    computed = setting.indicator("looked_after_started_rate")
    with pytest.raises(ValueError, match="no value in 2013"):
        chapter.between_years(computed, HERTFORDSHIRE, 2013, 2018)


def test_every_choice_has_each_list_and_both_comparisons(setting):
    table = chapter.every_choice(setting, 2016, [2018], [CAMBRIDGESHIRE])
    assert len(table) == 2 * 1 * 2 * 2
    assert not table.duplicated(["measure", "to", "list", "others"]).any()
    assert (table["lower"] < table["against"]).all()


def test_every_claim_of_the_notebook_has_one_verdict(claims, setting, care, plans):
    started = setting.indicator("looked_after_started_rate")
    starting = chapter.between_years(started, HERTFORDSHIRE, 2016, 2018)
    pilot = chapter.pilot_changes(setting, PETERBOROUGH, 2017, [2018, 2019])
    judged = verdicts(claims, care, plans, starting, pilot)
    held = {name: claim for name, claim in claims.items() if claim.notebook == "hertfordshire"}
    check_verdicts(held, judged)
    found = {verdict.claim: verdict.verdict for verdict in judged}
    # A change is not an effect: no more than consistent, whatever the numbers.
    assert found["cam-hertfordshire-care"] == "consistent"
    assert found["cam-hertfordshire-plans"] == "consistent"
    assert found["cam-peterborough-care"] == "consistent"
    assert found["cam-hertfordshire-families"] == "not testable"


def test_rise_in_the_pilot_would_not_be_reproduced(claims, setting, care, plans):
    starting = chapter.between_years(
        setting.indicator("looked_after_started_rate"), HERTFORDSHIRE, 2016, 2018
    )
    pilot = chapter.pilot_changes(setting, PETERBOROUGH, 2017, [2018])
    pilot["change"], pilot["lower"], pilot["upper"] = 5.0, 1.0, 9.0
    found = {v.claim: v.verdict for v in verdicts(claims, care, plans, starting, pilot)}
    assert found["cam-peterborough-plans"] == "not reproduced"


def test_words_follow_the_sign(care):
    sentence = words.change_words(care)
    assert sentence.startswith("children looked after fell by 4.1 and its neighbours' mean rose")
    assert sentence.endswith("the interval of the difference excludes zero")
    assert f"rank {care.rank} by size among {len(care.placebos)}" in words.placebo_alt(care, "H")
    assert len(words.series_alt(care, "Hertfordshire")) <= 320


def test_every_claim_has_a_place_in_the_notebook(claims):
    cells = json.loads((paths.NOTEBOOKS / "hertfordshire.ipynb").read_text("utf-8"))["cells"]
    text = "".join("".join(cell["source"]) for cell in cells)
    held = [name for name, claim in claims.items() if claim.notebook == "hertfordshire"]
    assert [name for name in held if f"({name})=" not in text] == []


@pytest.mark.slow
def test_notebook_runs_for_another_authority_without_verdicts(tmp_path):
    done = tmp_path / "hertfordshire.ipynb"
    parameters = {"area": "Coventry", "event": "2018-10", "document_year": 2022}
    execution.execute(paths.NOTEBOOKS / "hertfordshire.ipynb", done, parameters)
    text = done.read_text("utf-8")
    assert "vnd.care-study.verdict" not in text
    assert "Coventry: children looked after averaged" in text
