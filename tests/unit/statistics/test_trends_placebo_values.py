"""Placebo inference: each estimate, rank and limit worked separately, each message in full."""

import numpy as np
import pandas as pd
import pytest
from trends_material import YEARS, least_squares, refused

from care_study.statistics import trends
from care_study.statistics.trends.panel import Panel, read_panel
from care_study.statistics.trends.placebo import METHODS, residual_scale

RNG = np.random.default_rng(8)
UNITS = [f"u{i:02d}" for i in range(12)]
FRAME = pd.DataFrame(
    60 + RNG.normal(0, 4, (12, 1)) + RNG.normal(0, 3, (12, 13)).cumsum(axis=1),
    index=UNITS,
    columns=YEARS,
)
AFTER = YEARS >= 2019
DESIGN = np.column_stack([np.ones(13), YEARS - 2019.0, AFTER, AFTER * (YEARS - 2019.0)])
LINES = ("level_change", "slope_change")


def changes(series):
    """Level change, slope change and change of the mean of one series."""
    beta, _, _ = least_squares(np.asarray(series, dtype=float), DESIGN)
    return beta[2], beta[3], series[AFTER].mean() - series[~AFTER].mean()


def own_deviation(series):
    _, _, residuals = least_squares(np.asarray(series, dtype=float), DESIGN)
    return np.sqrt(residuals @ residuals / 9)


def test_every_unit_gets_its_own_changes():
    table = trends.estimate_all(FRAME, 2019, methods=LINES)
    assert list(table.columns) == ["level_change", "slope_change"]
    assert table.index.tolist() == UNITS
    assert table.index.name == "unit"
    for unit in UNITS:
        level, slope, _ = changes(FRAME.loc[unit].to_numpy())
        assert table.loc[unit, "level_change"] == pytest.approx(level)
        assert table.loc[unit, "slope_change"] == pytest.approx(slope)


@pytest.mark.parametrize("neighbours", [None, {"u00": ["u01", "u02"], "u03": ["u00", "u04"]}])
@pytest.mark.parametrize("exclude", [(), ("u00",)])
def test_gaps_are_to_the_neighbours_that_are_not_excluded(neighbours, exclude):
    methods = ("gap_level_change", "gap_slope_change", "gap_did")
    table = trends.estimate_all(
        FRAME, 2019, methods=methods, neighbours=neighbours, exclude=exclude
    )
    assert list(table.columns) == list(methods)
    assert table.index.tolist() == UNITS
    for unit in UNITS:
        listed = FRAME.index if neighbours is None else neighbours.get(unit, [])
        others = [name for name in listed if name != unit and name not in exclude]
        if not others:
            assert table.loc[unit].isna().all()
            continue
        gap = (FRAME.loc[unit] - FRAME.loc[others].mean()).to_numpy()
        assert table.loc[unit].tolist() == pytest.approx(changes(gap))


@pytest.mark.parametrize("exclude", [(), ("u00",)])
def test_synthetic_methods_build_on_every_unit_that_is_not_excluded(exclude):
    table = trends.estimate_all(FRAME, 2019, methods=("sc", "sdid"), exclude=exclude)
    for unit in ("u00", "u07"):
        controls = [name for name in UNITS if name != unit and name not in exclude]
        one = trends.synthetic_control(FRAME, unit, 2019, controls=controls).estimate
        two = trends.sdid(FRAME, unit, 2019, controls=controls).estimate
        assert table.loc[unit].tolist() == pytest.approx([one, two])


def test_by_default_all_methods_are_used_in_their_order():
    table = trends.estimate_all(FRAME, 2019)
    assert tuple(table.columns) == METHODS
    pd.testing.assert_frame_equal(
        table, trends.estimate_all(FRAME, 2019, methods=METHODS, neighbours=None, exclude=())
    )


def test_a_function_of_ones_own_gets_the_panel_and_the_date():
    seen = {}

    def last_year(panel, first_after):
        seen.update(units=panel.units, first_after=first_after)
        return panel.values[:, -1]

    table = trends.estimate_all(FRAME, 2019, methods={"sdid": last_year, "twice": last_year})
    assert seen == {"units": tuple(UNITS), "first_after": 2019}
    assert list(table.columns) == ["sdid", "twice"]
    assert table["twice"].tolist() == FRAME[2025].tolist()
    with refused("Found own with 2 dimensions; expected a single series."):
        trends.estimate_all(FRAME, 2019, methods={"own": lambda panel, first: [[1.0]]})
    with refused("Estimator 'own' returned 2 values for 12 units."):
        trends.estimate_all(FRAME, 2019, methods={"own": lambda panel, first: [1, 2]})


@pytest.mark.parametrize(
    ("first_after", "methods", "message"),
    [
        (
            2019,
            ("level_change", "magic"),
            "Found method 'magic'; expected one of level_change, slope_change, gap_level_change, "
            "gap_slope_change, gap_did, sc, sdid.",
        ),
        (2019, ("did",), f"Found method 'did'; expected one of {', '.join(METHODS)}."),
        (
            2014,
            ("gap_slope_change",),
            "Found 1 years before the event and 12 from it on; level and slope changes need two "
            "on each side.",
        ),
        (
            2025,
            ("level_change",),
            "Found 12 years before the event and 1 from it on; level and slope changes need two "
            "on each side.",
        ),
        (
            2013,
            {"own": lambda panel, first: panel.values[:, 0]},
            "Found a first year after of 2013 outside the panel (2013 to 2025); expected years on "
            "both sides.",
        ),
    ],
)
def test_bad_methods_end_in_one_message(first_after, methods, message):
    with refused(message):
        trends.estimate_all(FRAME, first_after, methods=methods)


@pytest.mark.parametrize("first_after", [2015, 2024])
def test_two_years_on_a_side_are_enough(first_after):
    table = trends.estimate_all(FRAME, first_after, methods=LINES)
    assert np.isfinite(table.to_numpy()).all()
    one = trends.estimate_all(FRAME, 2014, methods=("gap_did",))
    assert np.isfinite(one.to_numpy()).all()


def test_the_own_deviation_is_that_of_the_residuals_of_four_parameters():
    scale = residual_scale(read_panel(FRAME), 2019)
    assert scale.index.tolist() == UNITS
    for unit in UNITS:
        assert scale[unit] == pytest.approx(own_deviation(FRAME.loc[unit].to_numpy()))


def test_a_deviation_needs_a_year_more_than_parameters():
    five = read_panel(FRAME.loc[:, 2013:2017])
    assert (residual_scale(five, 2015) > 0).all()
    with refused("Found 4 years; standardising needs more than 4."):
        residual_scale(read_panel(FRAME.loc[:, 2013:2016]), 2015)


@pytest.mark.parametrize("size", [1e-3, 1, 1e9])
def test_the_first_five_straight_series_are_named(size):
    straight = FRAME.copy()
    straight.iloc[:6] = 0.0
    straight.iloc[1] = np.arange(13)
    with refused("A constant or straight series cannot be standardised: u00, u01, u02, u03, u04."):
        residual_scale(read_panel(straight * size), 2019)
    assert residual_scale(read_panel(FRAME * 1e-9), 2019).min() > 0


def by_hand(estimates, treated, level):
    """Rank p-value and the interval of the m-th largest placebo."""
    sizes = sorted((abs(value) for name, value in estimates.items() if name != treated))[::-1]
    own = estimates[treated]
    rank = 1 + sum(size >= abs(own) for size in sizes)
    margin = sizes[round((1 - level) * (len(sizes) + 1)) - 1]
    return rank, rank / (len(sizes) + 1), own - margin, own + margin


def test_the_summary_ranks_the_treated_unit_among_the_others():
    result = trends.placebo_inference(FRAME, "u04", 2019, methods=LINES, level=0.75)
    assert result.treated == "u04"
    assert result.first_after == 2019
    assert isinstance(result.first_after, float)
    assert result.level == 0.75
    assert result.warnings == ()
    assert list(result.summary.columns) == [
        "estimate",
        "p_value",
        "rank",
        "placebos",
        "lower",
        "upper",
        "smallest_possible_p",
    ]
    assert result.summary.index.name == "method"
    assert result.summary.index.tolist() == list(LINES)
    pd.testing.assert_frame_equal(result.placebos, trends.estimate_all(FRAME, 2019, methods=LINES))
    for method in LINES:
        estimates = result.placebos[method].to_dict()
        rank, p_value, lower, upper = by_hand(estimates, "u04", 0.75)
        row = result.summary.loc[method]
        assert rank > 1
        assert row["estimate"] == estimates["u04"]
        assert (row["rank"], row["placebos"]) == (rank, 11)
        assert row["p_value"] == pytest.approx(p_value)
        assert (row["lower"], row["upper"]) == pytest.approx((lower, upper))
        assert row["smallest_possible_p"] == pytest.approx(1 / 12)


def test_standardising_ranks_estimates_over_their_own_deviation():
    result = trends.placebo_inference(
        FRAME, "u04", 2019, methods=("slope_change",), standardise=True, level=0.75
    )
    own = {unit: own_deviation(FRAME.loc[unit].to_numpy()) for unit in UNITS}
    ratios = {unit: result.placebos.loc[unit, "slope_change"] / own[unit] for unit in UNITS}
    rank, p_value, lower, upper = by_hand(ratios, "u04", 0.75)
    row = result.summary.loc["slope_change"]
    assert row["estimate"] == result.placebos.loc["u04", "slope_change"]
    assert row["rank"] == rank
    assert row["p_value"] == pytest.approx(p_value)
    assert (row["lower"], row["upper"]) == pytest.approx((lower * own["u04"], upper * own["u04"]))


def test_by_default_all_methods_at_95_percent_not_standardised():
    result = trends.placebo_inference(FRAME, "u04", 2019)
    spelt = trends.placebo_inference(
        FRAME,
        "u04",
        2019,
        methods=METHODS,
        neighbours=None,
        exclude=(),
        standardise=False,
        level=0.95,
    )
    pd.testing.assert_frame_equal(result.summary, spelt.summary)
    assert result.summary.index.tolist() == list(METHODS)
    assert result.level == 0.95


def test_the_treated_unit_is_left_out_of_the_others_comparators():
    result = trends.placebo_inference(FRAME, "u04", 2019, methods=("gap_did",), level=0.75)
    expected = trends.estimate_all(FRAME, 2019, methods=("gap_did",), exclude=("u04",))
    pd.testing.assert_frame_equal(result.placebos, expected)


def test_excluded_units_are_removed_and_the_treated_one_cannot_be():
    result = trends.placebo_inference(
        FRAME, "u04", 2019, methods=("gap_did",), exclude=["u01", "u04", "u11"], level=0.75
    )
    kept = FRAME.drop(index=["u01", "u11"])
    expected = trends.placebo_inference(kept, "u04", 2019, methods=("gap_did",), level=0.75)
    pd.testing.assert_frame_equal(result.placebos, expected.placebos)
    pd.testing.assert_frame_equal(result.summary, expected.summary)
    panel = Panel(tuple(UNITS), YEARS * 1.0, FRAME.to_numpy(), dropped=("x",), warnings=("said",))
    noted = trends.placebo_inference(
        panel, "u04", 2019, methods=("gap_did",), exclude=["u01"], level=0.75
    )
    assert noted.warnings == ("said",)
    missing = FRAME.copy()
    missing.loc["u02", 2020] = np.nan
    seen = {}
    trends.placebo_inference(
        missing,
        "u04",
        2019,
        methods={"own": lambda p, first: seen.update(panel=p) or p.values[:, 0]},
        exclude=["u01"],
    )
    assert seen["panel"].dropped == ("u02",)
    assert seen["panel"].years.tolist() == YEARS.tolist()


def test_what_the_panel_and_the_neighbours_lack_is_said_once_each():
    missing = FRAME.copy()
    missing.loc["u02", 2020] = np.nan
    near = {unit: ["u05", "u06", "u07"] for unit in UNITS} | {"u04": ["u02", "u03"], "u09": ["u04"]}
    result = trends.placebo_inference(
        missing, "u04", 2019, methods=("gap_did",), neighbours=near, level=0.5
    )
    assert result.warnings == (
        "1 unit left out because a year is missing: u02.",
        "1 units are compared with fewer neighbours than listed, because some neighbours have "
        "missing years.",
        "1 unit left out because all their neighbours are missing: u09.",
    )
    # The unit whose only neighbour is the treated one has no gap, and is no placebo.
    assert result.summary.loc["gap_did", "placebos"] == 9
    assert np.isnan(result.placebos.loc["u09", "gap_did"])


@pytest.mark.parametrize(
    ("level", "needed", "percent"), [(0.95, 19, "95%"), (0.99, 99, "99%"), (0.93, 14, "93%")]
)
def test_too_few_placebos_for_the_level_are_said_with_how_many_it_takes(level, needed, percent):
    near = {unit: ["u05", "u06"] for unit in UNITS} | {"u09": ["u04"]}
    result = trends.placebo_inference(
        FRAME,
        "u04",
        2019,
        methods=("level_change", "gap_did"),
        neighbours=near,
        level=level,
    )
    assert result.warnings[0] == (
        f"With 10 placebos no {percent} interval is bounded; at least {needed} are needed."
    )
    assert (result.summary["lower"] == -np.inf).all()
    assert (result.summary["upper"] == np.inf).all()


def test_a_treated_unit_without_neighbours_is_refused_by_method():
    near = {unit: ["u05", "u06"] for unit in UNITS} | {"u04": ["x"]}
    with refused(
        "All neighbours of 'u04' are missing from the panel, so gap_did, gap_level_change cannot "
        "be estimated. Check the neighbour list or choose another comparator."
    ):
        trends.placebo_inference(
            FRAME,
            "u04",
            2019,
            methods=("gap_did", "level_change", "gap_level_change"),
            neighbours=near,
        )
    with refused("Unit 'x' cannot be used: it is not in the panel. Choose a unit with every year."):
        trends.placebo_inference(FRAME, "x", 2019)


@pytest.mark.parametrize(
    ("estimate", "placebos", "message"),
    [
        (
            1.0,
            [],
            "Found 0 placebo estimates, 0 of them missing or infinite; expected at least one and "
            "all finite.",
        ),
        (
            1.0,
            [1, np.nan, np.inf],
            "Found 3 placebo estimates, 2 of them missing or infinite; expected at least one and "
            "all finite.",
        ),
        (
            np.nan,
            [1, 2],
            "Found 2 placebo estimates, 0 of them missing or infinite; expected at least one and "
            "all finite.",
        ),
        (1.0, [[1.0]], "Found placebo estimates with 2 dimensions; expected a single series."),
    ],
)
def test_bad_placebos_end_in_one_message(estimate, placebos, message):
    for function in (trends.rank_p_value, trends.placebo_interval):
        with refused(message):
            function(estimate, placebos)


def test_one_placebo_gives_a_p_value_and_its_range_at_a_half():
    assert trends.rank_p_value(2.0, [-1.0]) == 0.5
    assert trends.rank_p_value(-1.0, [1.0]) == 1
    assert trends.placebo_interval(5.0, [-2.0], level=0.5) == (3, 7)
    assert trends.placebo_interval(5.0, [-2.0, 1, 3], level=0.5) == (3, 7)


def test_the_interval_is_at_95_percent_by_default():
    placebos = np.arange(1.0, 40)
    assert trends.placebo_interval(0.0, placebos) == (-38, 38)
    assert trends.placebo_interval(0.0, placebos[:19]) == (-19, 19)
    assert trends.placebo_interval(0.0, placebos[:18]) == (-np.inf, np.inf)
    assert trends.placebo_interval(0.0, placebos, 0.9) == (-36, 36)
    with refused("Found a confidence level of 95; expected a share such as 0.95."):
        trends.placebo_interval(0.0, placebos, 95)
