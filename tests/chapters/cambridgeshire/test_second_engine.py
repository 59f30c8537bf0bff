"""The change after the reform by a synthetic control from the neighbours alone."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from care_study.chapters.cambridgeshire import second_engine


def test_interval_holds_its_estimate_and_says_its_level(setting, changed):
    found = second_engine.second_engine(setting, changed)
    assert found.augmented.lower <= found.augmented.estimate <= found.augmented.upper
    assert found.augmented.level == pytest.approx(6 / 7)  # six years before bear no more
    least = found.augmented_p <= 1 / 7 + 1e-9
    assert found.agreement.startswith(
        "With so few years before, this p-value cannot fall below 0.14"
    )
    assert ("leans towards a change but cannot settle one" in found.agreement) == least
    assert found.agreement.endswith("The two engines agree on the direction")


@pytest.mark.parametrize(
    ("estimate", "p", "said"),
    [
        (-3.0, 0.3, "agree that nothing can be said to stand out, and on the direction"),
        (3.0, 0.3, "agree that nothing can be said to stand out, but not on the direction"),
        (-3.0, 0.01, "The engines disagree: this one finds the change unusual (p = 0.010)"),
    ],
)
def test_words_say_where_engines_disagree(changed, estimate, p, said):
    made = SimpleNamespace(estimate=estimate, p_value=p, level=0.95)
    assert said in second_engine.agreement(made, replace(changed, gap_change_p=0.4))


def test_both_may_find_it(changed):
    made = SimpleNamespace(estimate=-3.0, p_value=0.01, level=0.95)
    found = second_engine.agreement(made, replace(changed, gap_change_p=0.01))
    assert "agree that the change stands out, and on the direction" in found
    made.p_value = 0.2
    found = second_engine.agreement(made, replace(changed, gap_change_p=0.01))
    assert "does not find the change unusual" in found
