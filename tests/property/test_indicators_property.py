"""Properties of every indicator, on published tables whose figures are changed at random."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from care_study import paths
from care_study.data import tables
from care_study.data.schemas import SYMBOLS, TABLES
from care_study.indicators.compute import COLUMNS, compute, sources_of
from care_study.indicators.definitions import INDICATORS

HELD = tables.load(paths.PUBLISHED)
AREAS = ["873", "928", "940", "941", "940 / 941", "E92000001"]
KEYS = ["area_id", "year"]
names = st.sampled_from(list(INDICATORS))
some = settings(max_examples=25)


def small(name):
    """Take the rows of a few areas, so that an example takes milliseconds."""
    frame = HELD[name]
    return frame[frame["area_id"].isin(AREAS)].reset_index(drop=True)


SMALL = {name: small(name) if "area_id" in HELD[name] else HELD[name] for name in HELD}
GENERAL = {name: HELD[name] for name in ("authorities", "boundary_changes")}


@st.composite
def figures(draw, indicator):
    """Replace the figures that an indicator uses, some by a symbol, parts no larger than wholes.

    The terms of a share's numerator are classes of the denominator: together no larger than it.
    """
    definition = INDICATORS[indicator]
    classes = [term.column for term in definition.numerator]
    changed = {}
    for name in sources_of(indicator):
        frame = SMALL[name].copy()
        random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        gone = draw(st.floats(0, 0.5))
        largest = draw(st.sampled_from([0, 1, 5, 1_000, 1_000_000]))
        wholes = {whole for _, whole in TABLES[name].parts}
        used = [t.column for t in (*definition.numerator, *definition.denominator)]
        wholes |= {term.column for term in definition.denominator}
        used = [column for column in dict.fromkeys(used) if column in frame]
        for column in sorted(used, key=lambda column: column not in wholes):
            limit = largest
            for part, whole in TABLES[name].parts:
                if part == column and whole in used:
                    limit = frame[whole].fillna(0).to_numpy()
            if definition.interval == "Wilson" and column in classes:
                whole = frame[definition.denominator[0].column].fillna(0)
                limit = (whole // len(classes)).to_numpy()
            values = np.floor(random.random(len(frame)) * (np.asarray(limit) + 1))
            missing = random.random(len(frame)) < gone
            symbols = random.choice(["", *SYMBOLS], len(frame))
            frame[column] = np.where(missing, math.nan, values)
            frame[f"{column}_symbol"] = np.where(missing, symbols, "")
        changed[name] = frame
    return {**SMALL, **GENERAL, **changed}


@st.composite
def cases(draw):
    indicator = draw(names)
    return indicator, draw(figures(indicator))


@some
@given(cases())
def test_value_numerator_and_denominator_agree(case):
    indicator, held = case
    definition = INDICATORS[indicator]
    known = compute(held, indicator).dropna(subset="value")
    if definition.is_published:
        assert known[["numerator", "denominator"]].isna().all(axis=None)
    else:
        assert (known["denominator"] > 0).all()
        assert known["value"].to_numpy() == pytest.approx(
            (known["numerator"] / known["denominator"] * definition.per).to_numpy(), rel=1e-12
        )


@some
@given(cases())
def test_the_interval_contains_the_value_and_stays_in_its_range(case):
    indicator, held = case
    definition = INDICATORS[indicator]
    known = compute(held, indicator).dropna(subset="value")
    if not definition.interval:
        assert known[["lower", "upper"]].isna().all(axis=None)
        return
    assert (known["lower"] <= known["value"]).all() and (known["value"] <= known["upper"]).all()
    assert (known["lower"] >= 0).all()
    if definition.interval == "Wilson":
        assert (known["upper"] <= 100 * (1 + 1e-12)).all()


@some
@given(cases())
def test_a_missing_value_has_a_reason_and_no_interval(case):
    indicator, held = case
    frame = compute(held, indicator)
    missing = frame["value"].isna()
    assert (missing == (frame["reason"] != "")).all()
    assert frame.loc[missing, ["lower", "upper"]].isna().all(axis=None)
    assert np.isfinite(frame.loc[~missing, "value"]).all()


@some
@given(cases())
def test_a_missing_part_is_never_counted_as_zero(case):
    indicator, held = case
    frame = compute(held, indicator).set_index(KEYS)
    for term in INDICATORS[indicator].numerator:
        if term.if_published:
            continue  # Zero in a year in which nobody has a figure: that is what it says.
        table = held[term.table].set_index("area_id")
        gone = table[table[term.column].isna()]
        for area, year in zip(gone.index, gone["year"], strict=True):
            assert math.isnan(frame.at[(area, year), "value"])
            if area in ("940", "941") and not term.table.startswith("workforce"):
                assert math.isnan(frame.at[("928", year), "value"])


@some
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(case, random):
    indicator, held = case
    shuffled = dict(held)
    for name in sources_of(indicator):
        order = list(range(len(held[name])))
        random.shuffle(order)
        shuffled[name] = held[name].iloc[order]
    pd.testing.assert_frame_equal(compute(held, indicator), compute(shuffled, indicator))


@some
@given(cases(), st.sampled_from(["873", "E92000001"]))
def test_one_areas_figures_do_not_touch_another(case, area):
    indicator, held = case
    # Whether a class was one of the year is read off everybody's figures.
    assume(not any(term.if_published for term in INDICATORS[indicator].numerator))
    fewer = dict(held)
    for name in sources_of(indicator):
        fewer[name] = held[name][held[name]["area_id"] != area]
    expected = compute(held, indicator)
    expected = expected[expected["area_id"] != area].reset_index(drop=True)
    pd.testing.assert_frame_equal(compute(fewer, indicator), expected)


@some
@given(cases())
def test_the_tables_are_not_changed_and_the_columns_are_the_documented(case):
    indicator, held = case
    before = {name: held[name].copy() for name in sources_of(indicator)}
    frame = compute(held, indicator)
    assert frame.columns.tolist() == COLUMNS
    assert not frame.duplicated(KEYS).any()
    for name, table in before.items():
        pd.testing.assert_frame_equal(held[name], table)


@some
@given(st.integers(1, 5_000), st.integers(2, 9))
def test_more_children_with_the_same_rate_give_a_narrower_interval(count, times):
    def width(factor):
        held = {**SMALL, **GENERAL}
        cared = SMALL["children_looked_after"].query("area_id == '873' and year == 2018")
        children = SMALL["population_0_17"].query("area_id == '873' and year == 2017")
        held["children_looked_after"] = cared.assign(looked_after_31_march=float(count * factor))
        held["population_0_17"] = children.assign(children_0_17=100_000.0 * factor)
        row = compute(held, "looked_after_rate").iloc[0]
        assert row["value"] == pytest.approx(count / 10)
        return row["upper"] - row["lower"]

    assert width(times) < width(1)
