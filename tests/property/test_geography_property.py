"""Properties of splices, territories and area look-ups that hold for any input."""

import math
import string

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from care_study import paths
from care_study.data import geography, tables
from care_study.data.schemas import SYMBOLS

HELD = tables.Tables(paths.PUBLISHED, ["authorities", "boundary_changes"])
LISTED = geography.areas(HELD["authorities"], HELD["boundary_changes"])
CHANGES = HELD["boundary_changes"]
TERRITORIES = geography.territories(CHANGES)
PARTS = sorted({code for t in TERRITORIES for code in (*t.predecessors, *t.successors)})
OTHERS = ["331", "873", "E92000001"]
YEARS = range(2013, 2026)

counts = st.one_of(st.integers(0, 10**6).map(float), st.just(math.nan))


@st.composite
def frames(draw, areas=(*PARTS, *OTHERS)):
    """Make a figure table: each area and year at most once, some figures missing for a reason."""
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(areas), st.sampled_from(YEARS)), unique=True, max_size=60
        )
    )
    values = [draw(counts) for _ in keys]
    symbols = [
        draw(st.sampled_from(["", *SYMBOLS])) if math.isnan(value) else "" for value in values
    ]
    return pd.DataFrame(
        {
            "area_id": pd.Series([area for area, _ in keys], dtype=str),
            "year": pd.Series([year for _, year in keys], dtype=int),
            "n": pd.Series(values, dtype=float),
            "n_symbol": pd.Series(symbols, dtype=str),
            "source": "s",
        }
    )


def spliced(frame, calendar="march", **how):
    return geography.splice(frame, ["n"], CHANGES, calendar, **how)


calendars = st.sampled_from(["march", "september"])


@given(frames(), calendars)
def test_a_territorys_total_is_that_of_its_parts_or_missing(frame, calendar):
    done = spliced(frame, calendar)
    by_key = frame.set_index(["area_id", "year"])["n"]
    for row in done[done["splice"] != ""].itertuples():
        territory = next(t for t in TERRITORIES if t.area_id == row.area_id)
        later = row.year >= territory.first_year(calendar)
        parts = territory.successors if later else territory.predecessors
        values = [by_key.get((part, row.year), math.nan) for part in parts]
        if any(map(math.isnan, values)):
            assert math.isnan(row.n)
            absent = [p for p, v in zip(parts, values, strict=True) if math.isnan(v)]
            assert row.n_symbol.startswith(geography.PART_MISSING)
            assert all(part in row.n_symbol for part in absent)
        else:
            assert row.n == sum(values)
            assert row.n_symbol == ""


@given(frames(), calendars)
def test_the_rows_given_are_untouched(frame, calendar):
    before = frame.copy()
    done = spliced(frame, calendar)
    pd.testing.assert_frame_equal(frame, before)
    kept = done[done["splice"] == ""].drop(columns="splice").reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, before, check_dtype=False)


@given(frames(areas=OTHERS), calendars)
def test_areas_outside_every_territory_gain_no_row(frame, calendar):
    assert len(spliced(frame, calendar)) == len(frame)


@given(frames(), calendars)
def test_no_area_gets_two_rows_in_a_year_where_its_code_ends_with_the_change(frame, calendar):
    # As in the published tables: no code outlives its authority.
    alive = [
        not any(
            (area in t.predecessors and year >= t.first_year(calendar))
            or (area in t.successors and year < t.first_year(calendar))
            for t in TERRITORIES
        )
        for area, year in zip(frame["area_id"], frame["year"], strict=True)
    ]
    done = spliced(frame[np.array(alive, dtype=bool)], calendar)
    assert not done.duplicated(["area_id", "year"]).any()


@given(frames(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(frame, random):
    order = list(range(len(frame)))
    random.shuffle(order)
    one, other = (
        spliced(given_).sort_values(["area_id", "year", "splice"], ignore_index=True)
        for given_ in (frame, frame.iloc[order])
    )
    pd.testing.assert_frame_equal(one, other)


@given(frames())
def test_percentages_are_never_added(frame):
    done = spliced(frame, add_up=False)
    assert done.loc[done["splice"] != "", "n"].isna().all()


@given(st.integers(0, 10**6), st.sampled_from(range(2021, 2026)))
def test_a_joint_return_counts_once_whatever_stands_beside_it(value, year):
    rows = [("940 / 941", year, float(value)), ("940", year, 3.0), ("941", year, 4.0)]
    frame = pd.DataFrame(rows, columns=["area_id", "year", "n"])
    done = spliced(frame, "september")
    assert done.loc[done["area_id"] == "928", "n"].tolist() == [value]


# ---- territories


@given(st.randoms(use_true_random=False))
def test_territories_do_not_hang_on_the_order_of_the_changes(random):
    order = list(range(len(CHANGES)))
    random.shuffle(order)
    found = geography.territories(CHANGES.iloc[order])
    assert {(t.area_id, t.name, t.predecessors, t.successors) for t in found} == {
        (t.area_id, t.name, t.predecessors, t.successors) for t in TERRITORIES
    }


codes = st.integers(100, 130).map(str)


@given(st.lists(st.tuples(codes, codes.map(lambda code: f"9{code[1:]}")), unique=True, max_size=25))
def test_every_change_is_in_exactly_one_territory(pairs):
    changes = pd.DataFrame(
        [(a, f"old {a}", b, f"new {b}", 2020, 2021, 2020) for a, b in pairs],
        columns=CHANGES.columns,
    )
    found = geography.territories(changes)
    ends = [code for t in found for code in (*t.predecessors, *t.successors)]
    assert sorted(ends) == sorted({code for pair in pairs for code in pair})
    for before, after in pairs:
        (territory,) = [t for t in found if before in t.predecessors]
        assert after in territory.successors


# ---- finding areas

areas = st.sampled_from([(str(code), name) for code, name in LISTED["area_name"].items()])
noise = st.sampled_from(["", " ", ".", ",", "'", "  "])


@given(areas, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]), noise, noise)
def test_case_spaces_and_punctuation_are_forgiven(area, change, before, after):
    code, name = area
    assert geography.find_area(LISTED, f"{before}{change(name)}{after}") == code
    assert geography.find_area(LISTED, name.replace(",", "").replace(".", "")) == code
    assert geography.find_area(LISTED, name.replace(" and ", " & ")) == code


@given(areas)
def test_every_code_finds_its_area(area):
    code, _ = area
    assert geography.find_area(LISTED, code) == code
    for long_code in LISTED.at[code, "area_codes"]:
        assert geography.find_area(LISTED, long_code) == code


@given(areas, st.integers(0, 40), st.sampled_from(string.ascii_lowercase))
def test_one_wrong_letter_is_never_another_area_in_silence(area, place, letter):
    code, name = area
    place = min(place, len(name) - 1)
    wrong = name[:place] + letter + name[place + 1 :]
    try:
        found = geography.find_area(LISTED, wrong)
    except geography.UnknownAreaError as error:
        assert "Did you mean" in str(error) or "Names are listed by" in str(error)
    else:
        # Only a name that is itself an area's, but for case, punctuation or "City of".
        assert found == code or geography._plain(wrong) == geography._plain(
            str(LISTED.at[found, "area_name"])
        )


@given(st.text(max_size=40))
def test_any_text_finds_an_area_or_gives_the_one_error(text):
    try:
        assert geography.find_area(LISTED, text) in LISTED.index
    except geography.UnknownAreaError as error:
        assert repr(text) in str(error)


def test_the_property_tests_see_all_parts():
    assert PARTS == ["835", "836", "837", "838", "839", "909", "928", "940", "941", "942", "943"]
    with pytest.raises(geography.UnknownAreaError):
        geography.find_area(LISTED, "nowhere at all")
