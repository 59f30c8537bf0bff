"""Stored results: for their own input only, and refused when changed by hand."""

import numpy as np
import pandas as pd
import pytest

from care_study.data import stored
from care_study.unavailable import Unavailable

FRAME = pd.DataFrame({"name": ["a", "b"], "value": [1 / 3, np.nan], "many": [1, 2]})


@pytest.fixture
def path(tmp_path):
    stored.save(tmp_path / "x.json", FRAME, "abc")
    return tmp_path / "x.json"


def test_what_is_read_is_what_was_stored(path):
    found = stored.load(path, "abc")
    assert list(found.columns) == ["name", "value", "many"]
    assert found["value"].iloc[0] == pytest.approx(1 / 3, rel=1e-8)
    assert found["value"].isna().tolist() == [False, True]
    before = path.read_bytes()
    stored.save(path, found, "abc")
    assert path.read_bytes() == before


def test_other_input_has_to_be_made_anew(path, tmp_path):
    with pytest.raises(Unavailable, match="made of other figures"):
        stored.load(path, "abd")
    with pytest.raises(Unavailable, match="not stored yet"):
        stored.load(tmp_path / "y.json", "abc")


def test_a_changed_result_is_refused(path):
    path.write_text(path.read_text().replace('"b"', '"c"'))
    with pytest.raises(ValueError, match="not those that were stored"):
        stored.load(path, "abc")


def test_fingerprint_follows_every_input_and_nothing_else():
    table = pd.DataFrame({"x": [1.0, 2.0]}, index=["a", "b"])
    first = stored.fingerprint(table, np.eye(2), [1, "a"], {"b": 1, "a": 2})
    assert first == stored.fingerprint(table.copy(), np.eye(2), [1, "a"], {"a": 2, "b": 1})
    assert first == stored.fingerprint(table + 1e-13, np.eye(2), [1, "a"], {"a": 2, "b": 1})
    for other in (
        (table + 1e-3, np.eye(2), [1, "a"], {"b": 1, "a": 2}),
        (table, np.eye(3), [1, "a"], {"b": 1, "a": 2}),
        (table, np.eye(2), [1, "b"], {"b": 1, "a": 2}),
        (table["x"], np.eye(2), [1, "a"], {"b": 2, "a": 2}),
    ):
        assert stored.fingerprint(*other) != first
