"""The ledger's section: identities, how often they hold, and the largest that is left."""

import pandas as pd
import pytest

from care_study import paths
from care_study.chapters.data import ledger
from care_study.data.ledger_identities import identities
from care_study.data.tables import load
from care_study.show.table import TABLE_MIME


@pytest.fixture(scope="module")
def found():
    return ledger.ledger(load(paths.PUBLISHED))


def test_every_identity_has_a_row_in_words(found):
    meanings = {identity.meaning for identity in identities()}
    assert set(found.table["meaning"]) <= meanings
    assert found.identities == len(found.table)
    assert found.checks == found.table["checked"].sum()


def test_what_does_not_hold_is_explained_or_said_not_to_be(found):
    assert found.explained + found.unexplained == found.table["broken"].sum()
    assert found.unexplained == found.table["unexplained"].sum()
    assert found.agree == pytest.approx(1 - found.table["broken"].sum() / found.checks)
    assert (found.largest["explanation"] != "").all()


def test_largest_come_first_one_an_identity_and_reason(found):
    assert not found.largest.duplicated(["meaning", "explanation"]).any()
    assert found.largest["residual"].abs().iloc[0] == found.largest["residual"].abs().max()


def test_a_residual_without_a_reason_says_so():
    row = {
        "identity": identities()[0].name, "area_name": "A", "year": 2020, "left": 5.0,
        "right": 3.0, "residual": 2.0, "low": 2.0, "high": 2.0, "explanation": "",
    }  # fmt: skip
    shown = ledger.largest(pd.DataFrame([row]))
    assert shown.loc[0, "explanation"] == ledger.UNKNOWN
    assert shown.loc[0, "meaning"] == identities()[0].meaning


def test_both_tables_can_be_shown(found):
    for shown in (ledger.identities_table(found), ledger.largest_table(found)):
        assert shown.bundle[TABLE_MIME]["rows"]
