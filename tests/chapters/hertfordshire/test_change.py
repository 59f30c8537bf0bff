"""Before and after, against the neighbours: every number by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study.chapters.hertfordshire import change
from care_study.chapters.hertfordshire.change import own_change
from care_study.show.results import facts_of
from care_study.unavailable import Unavailable

HERTFORDSHIRE, PETERBOROUGH, CAMBRIDGESHIRE = "919", "874", "873"


def own(values):
    return pd.DataFrame({"year": range(2013, 2013 + len(values)), "value": values})


def test_own_change_is_the_difference_of_the_means_with_welchs_interval():
    found, before, after = own_change(own([4.0, 6.0, 1.0, 3.0, 2.0]), 2015)
    assert (before, after, found.estimate) == (5, 2, -3)
    # Welch's standard error: sqrt(2 / 2 + 1 / 3), degrees of freedom by Satterthwaite
    error = np.sqrt(2 / 2 + 1 / 3)
    df = error**4 / (1**2 / 1 + (1 / 3) ** 2 / 2)
    assert found.lower == pytest.approx(-3 - stats.t.ppf(0.975, df) * error)
    assert found.upper == pytest.approx(-3 + stats.t.ppf(0.975, df) * error)


def test_one_year_on_a_side_is_refused():
    with pytest.raises(Unavailable, match="Found 1 year before 2014 and 4 from then on"):
        own_change(own([4.0, 6.0, 1.0, 3.0, 2.0]), 2014)


def test_area_with_a_gap_is_left_out_of_the_mean_changes():
    frame = pd.concat(
        [
            own([1.0, 1.0, 3.0, 5.0]).assign(area_id="a", area_name="A"),
            own([1.0, None, 3.0, 5.0]).assign(area_id="b", area_name="B"),
        ]
    )
    changes = change.mean_changes(frame, ["a", "b"], 2015)
    assert changes["A"] == 3
    assert np.isnan(changes["B"])


def test_change_against_neighbours_by_hand(setting, in_care):
    computed = setting.indicator("looked_after_rate")
    wide = computed.pivot(index="area_id", columns="year", values="value")
    moved = wide[[2016, 2017, 2018]].mean(axis=1) - wide[[2013, 2014, 2015]].mean(axis=1)
    others = moved[setting.neighbour_ids]
    expected = moved[HERTFORDSHIRE] - others.mean()
    found = in_care.care.against
    assert found.estimate == pytest.approx(expected)
    margin = stats.t.ppf(0.975, 9) * others.std() / np.sqrt(10)
    assert found.upper == pytest.approx(expected + margin)


def test_placebos_hold_the_same_estimate_for_everyone(in_care):
    found = in_care.care
    shown = found.change.placebos.set_index("area")["value"]
    assert shown["Hertfordshire"] == pytest.approx(float(found.against.estimate))
    larger = (shown.abs() >= abs(shown["Hertfordshire"])).sum()
    assert (found.rank, found.of) == (larger, len(shown))
    assert found.p == pytest.approx(larger / len(shown))


def test_excluded_authorities_are_compared_with_nowhere(setting):
    found = change.change(
        setting, "looked_after_rate", 2016, 2018, exclude=[PETERBOROUGH, CAMBRIDGESHIRE]
    )
    assert not {"Peterborough", "Cambridgeshire"} & set(found.placebos["area"])
    # Cambridgeshire is one of the ten neighbours of the list of 2021, Peterborough is not.
    assert found.against.n == 9


def test_change_between_two_years_by_hand(setting):
    computed = setting.indicator("looked_after_rate")
    found = change.between_years(computed, PETERBOROUGH, 2017, 2018)
    values = computed[computed["area_id"] == PETERBOROUGH].set_index("year")["value"]
    assert found.estimate == pytest.approx(values[2018] - values[2017])
    assert found.lower < found.estimate < found.upper


def test_year_without_a_figure_is_named(setting):
    computed = setting.indicator("looked_after_started_rate")
    with pytest.raises(Unavailable, match="Hertfordshire has no figure in 2012"):
        change.between_years(computed, HERTFORDSHIRE, 2012, 2018)


def test_words_follow_the_sign(in_care):
    sentence = in_care.care.words
    assert sentence.startswith("children looked after fell by 4.1 and its neighbours' mean rose")
    assert sentence.endswith("both per 10,000")


def test_facts_of_a_measure_have_its_name_and_bring_their_method(in_care):
    facts = {fact.name: fact for fact in facts_of(in_care)}
    assert facts["care_against"].method.endswith("t on 9 degrees of freedom, 95%")
    assert facts["care_own"].method == "Welch's t, 95%"
    assert {"care_rank", "care_latest_p", "starting", "years_before"} < set(facts)
