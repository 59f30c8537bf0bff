"""What a reader of bad input is told: what was found and where, what was expected, what to do."""

import numpy as np
import pandas as pd
import pytest

from care_study.statistics.intervals import (
    add_intervals,
    funnel,
    mover,
    multinomial_shares,
    poisson_rate,
    proportion,
    proportion_difference,
    rate_difference,
    rate_ratio,
)

NOT_A_NUMBER = (
    "{} holds something that is not a number (could not convert string to float: 'c'). "
    "Turn symbols such as 'c' or 'x' into missing values first."
)
MISFIT = (
    "The inputs have shapes that do not fit together: {}. "
    "Pass arrays of one length, or single numbers."
)


def message(call, *arguments, **options):
    with pytest.raises(ValueError) as caught:
        call(*arguments, **options)
    return str(caught.value)


# ---- counts and exposures


@pytest.mark.parametrize(
    ("call", "arguments", "name"),
    [
        (poisson_rate, (["c"],), "count"),
        (poisson_rate, ([1], pd.Series(["c"])), "exposure"),
        (proportion, (pd.Series([3, "c"], dtype=object), 10), "successes"),
        (proportion, ([3], ["c"]), "trials"),
        (proportion_difference, (["c"], 9, 1, 9), "successes_1"),
        (proportion_difference, (1, ["c"], 1, 9), "trials_1"),
        (proportion_difference, (1, 9, ["c"], 9), "successes_2"),
        (proportion_difference, (1, 9, 1, ["c"]), "trials_2"),
        (rate_ratio, (["c"], 9, 1, 9), "count_1"),
        (rate_ratio, (1, ["c"], 1, 9), "exposure_1"),
        (rate_difference, (1, 9, ["c"], 9), "count_2"),
        (rate_difference, (1, 9, 1, ["c"]), "exposure_2"),
        (multinomial_shares, ([3, "c"],), "counts"),
        (funnel, ([3, "c"], [9, 9]), "numerator"),
        (funnel, ([3, 4], [9, "c"]), "denominator"),
        (lambda sizes: funnel([1, 2], [9, 9]).curve(sizes), (["c"],), "denominators"),
    ],
)
def test_a_symbol_among_numbers_is_named_and_what_to_do_is_said(call, arguments, name):
    assert message(call, *arguments) == NOT_A_NUMBER.format(name)


def test_a_complex_number_is_no_count():
    assert message(poisson_rate, [3 + 2j]).startswith("count holds something that is not a number")


@pytest.mark.parametrize(
    ("call", "arguments", "expected"),
    [
        (poisson_rate, ([3, np.inf],), "count at position 1 is inf; expected a finite number."),
        (poisson_rate, ([3, -1],), "count at position 1 is -1; expected zero or more."),
        (
            poisson_rate,
            ([[3, 1], [2, -0.5]],),
            "count at position 1, 1 is -0.5; expected zero or more.",
        ),
        (
            poisson_rate,
            ([-1, 2, -3, -4],),
            "count at position 0 is -1 (and 2 more); expected zero or more.",
        ),
        (poisson_rate, (3, 0), "exposure at position 0 is 0; expected more than zero."),
        (proportion, ([1, 6], 5), "successes at position 1 is 6; expected no more than trials."),
        (proportion, (1, [5, -5]), "trials at position 1 is -5; expected more than zero."),
        (
            proportion_difference,
            (6, 5, 1, 5),
            "successes_1 at position 0 is 6; expected no more than trials_1.",
        ),
        (
            proportion_difference,
            (1, 5, 6, 5),
            "successes_2 at position 0 is 6; expected no more than trials_2.",
        ),
        (rate_ratio, (-2, 5, 1, 5), "count_1 at position 0 is -2; expected zero or more."),
        (rate_ratio, (2, 0, 1, 5), "exposure_1 at position 0 is 0; expected more than zero."),
        (rate_difference, (2, 5, -1, 5), "count_2 at position 0 is -1; expected zero or more."),
        (rate_difference, (2, 5, 1, 0), "exposure_2 at position 0 is 0; expected more than zero."),
        (multinomial_shares, ([1, -2],), "counts at position 1 is -2; expected zero or more."),
        (
            multinomial_shares,
            ([[1, 2], [0, 0]],),
            "the sum of counts at position 1 is 0; expected more than zero.",
        ),
        (
            multinomial_shares,
            ([5],),
            "counts has shape (1,); expected one or more rows of two or more categories.",
        ),
        (
            multinomial_shares,
            (np.ones((2, 2, 2)),),
            "counts has shape (2, 2, 2); expected one or more rows of two or more categories.",
        ),
    ],
)
def test_an_impossible_count_is_named_with_its_position(call, arguments, expected):
    assert message(call, *arguments) == expected


@pytest.mark.parametrize(
    ("call", "arguments", "shapes"),
    [
        (poisson_rate, ([1, 2], [1, 2, 3]), "count (2,), exposure (3,)"),
        (proportion, ([1, 2], [4, 4, 4]), "successes (2,), trials (3,)"),
        (
            proportion_difference,
            ([1, 2], 5, [1, 2, 3], 5),
            "successes_1 (2,), successes_2 (3,)",
        ),
        (
            rate_ratio,
            ([1, 2], [5, 5], [1, 2, 3], [5, 5, 5]),
            "count_1 (2,), exposure_1 (2,), count_2 (3,), exposure_2 (3,)",
        ),
    ],
)
def test_shapes_that_do_not_fit_are_listed(call, arguments, shapes):
    assert message(call, *arguments) == MISFIT.format(shapes)


# ---- options


@pytest.mark.parametrize("call", [poisson_rate, proportion, multinomial_shares])
def test_an_unknown_method_is_named_with_those_known(call):
    known = {
        poisson_rate: "exact, midp, score, byar",
        proportion: "wilson, exact, jeffreys, agresti-coull",
        multinomial_shares: "goodman, sison-glaz",
    }[call]
    counts = ([3, 4],) if call is not proportion else ([3, 4], 9)
    expected = f"method is 'wald'; expected one of {known}."
    assert message(call, *counts, method="wald") == expected


@pytest.mark.parametrize(
    ("call", "known"), [(rate_ratio, "score, exact"), (rate_difference, "score, mover")]
)
def test_an_unknown_method_for_two_rates_is_named_with_those_known(call, known):
    expected = f"method is 'wald'; expected one of {known}."
    assert message(call, 1, 2, 3, 4, method="wald") == expected


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (poisson_rate, (3,)),
        (proportion, (3, 9)),
        (multinomial_shares, ([3, 4],)),
        (proportion_difference, (3, 9, 2, 9)),
        (rate_ratio, (3, 9, 2, 9)),
        (rate_difference, (3, 9, 2, 9)),
    ],
)
def test_a_percentage_for_a_level_is_refused_with_the_right_way_to_write_it(call, arguments):
    assert message(call, *arguments, level=95) == (
        "level is 95; expected a number between 0 and 1. For 95%, pass 0.95."
    )


def test_two_intervals_of_different_levels_are_not_combined():
    assert message(mover, poisson_rate(3), poisson_rate(3, level=0.9)) == (
        "The intervals have levels 0.95 and 0.9; compute both at the same level first."
    )


def test_a_multiplier_that_is_no_unit_is_named():
    for wrong in (0, -10_000, np.inf, np.nan):
        expected = f"multiplier is {wrong}; expected a positive number."
        assert message(poisson_rate(3).scaled, wrong) == expected


# ---- frames


def test_columns_that_a_frame_lacks_are_listed_with_those_it_has():
    frame = pd.DataFrame({"x": [3], "n": [10]})
    assert message(add_intervals, frame, "y", "m") == ("The frame has no column y, m; it has x, n.")
    assert message(add_intervals, frame, "x", "n", kind="share") == (
        "kind is 'share'; expected rate or proportion."
    )


# ---- funnels


@pytest.mark.parametrize(
    ("arguments", "options", "expected"),
    [
        (
            ([1, np.nan], [5, 5]),
            {},
            "The funnel has 1 area(s) with a value; expected two or more.",
        ),
        (([0, 0], [5, 5]), {}, "The target rate is 0; a funnel needs one above 0."),
        (
            ([5, 5], [5, 5]),
            {"kind": "proportion"},
            "The target proportion is 1; a funnel needs one above 0 and below 1.",
        ),
        (
            ([1, 2], [5, 5]),
            {"winsorise": 0.5},
            "winsorise is 0.5; expected 0 or more and below 0.5.",
        ),
        (
            ([1, 2], [5, 5]),
            {"winsorise": -0.1},
            "winsorise is -0.1; expected 0 or more and below 0.5.",
        ),
        (
            ([1, 2], [5, 5]),
            {"levels": (0.95, 99.8)},
            "level is 99.8; expected a number between 0 and 1. For 95%, pass 0.95.",
        ),
        (
            ([1, 2], [5, 5]),
            {"overdispersion": "yes"},
            "method is 'yes'; expected one of none, multiplicative, additive.",
        ),
        (([1, 2], [5, 5]), {"limits": "wide"}, "method is 'wide'; expected one of exact, normal."),
        (([1, 2], [5, 5]), {"kind": "sum"}, "method is 'sum'; expected one of rate, proportion."),
        (([1, 2], [5, 0]), {}, "denominator at position 1 is 0; expected more than zero."),
        (
            ([1, 9], [5, 5]),
            {"kind": "proportion"},
            "numerator at position 1 is 9; expected no more than denominator.",
        ),
    ],
)
def test_a_funnel_that_cannot_be_drawn_says_why(arguments, options, expected):
    assert message(funnel, *arguments, **options) == expected


@pytest.mark.parametrize("size", [0, -3])
def test_a_funnel_has_no_limits_at_an_impossible_size(size):
    assert message(funnel([1, 2], [9, 9]).curve, [7, size]) == (
        f"denominators at position 1 is {size}; expected more than zero."
    )


# ---- warnings that come with a result


def test_ratios_without_events_are_counted_in_the_warnings():
    # in the first pair both groups have none, in the next two the second, in the last two the first
    got = rate_ratio([0, 1, 7, 0, 0], 1, [0, 0, 0, 1, 9], 1)
    assert got.warnings == (
        "1 ratio(s) have no events in either group: nothing can be said.",
        "2 ratio(s) have no events in the second group: no upper limit exists.",
    )
    assert rate_ratio([1, 0], 1, [1, 4], 1).warnings == ()


def test_small_and_few_categories_are_warned_of():
    assert multinomial_shares([[4, 5, 6], [3, 50, 9]]).warnings == (
        "2 categories have fewer than five events: limits are approximate.",
    )
    assert multinomial_shares([5, 6, 7]).warnings == ()
    assert multinomial_shares([10] * 6, method="sison-glaz").warnings == (
        "Sison and Glaz advise seven or more categories; Goodman suits fewer.",
    )
    assert multinomial_shares([10] * 7, method="sison-glaz").warnings == ()


def test_a_funnel_warns_of_more_scatter_than_chance_but_not_of_less():
    # target 0.5 and equal sizes: z is the distance from 50, over the root of 50, so phi without
    # winsorising is the mean of 400 / 50 and 400 / 50
    assert funnel([30, 70], [100, 100], winsorise=0).warnings == (
        "The areas scatter more than chance explains (phi 8.0): limits without "
        "over-dispersion mark too many areas as unusual.",
    )
    assert funnel([50, 51, 49], [100, 100, 100]).warnings == ()
    for way in ("multiplicative", "additive"):
        assert funnel([30, 70], [100, 100], overdispersion=way).warnings == ()
