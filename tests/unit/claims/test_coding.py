"""A second reader's sheet is blind, and agreement is that of Cohen's kappa."""

import pandas as pd
import pytest
from click.testing import CliRunner

from care_study import paths
from care_study.claims import ClaimError, read_register
from care_study.claims.coding import CODED, agreement, sheet
from care_study.cli.main import main


@pytest.fixture(scope="module")
def register():
    return read_register(paths.DOCUMENTS)


def test_sheet_has_every_claim_and_none_of_the_answers(register):
    made = sheet(register)
    assert set(made["claim"]) == set(register["claim"])
    assert (made[CODED] == "").all().all()
    assert "statement" not in made  # it would tell the number


def test_agreement_of_a_perfect_and_of_an_imperfect_reader(register):
    perfect = agreement(register, register)
    assert (perfect["agree"] == 1).all()
    assert perfect.set_index("column").loc["weight", "kappa"] == pytest.approx(1)
    ours = pd.DataFrame({name: [""] * 4 for name in CODED}).assign(claim=list("abcd"))
    ours = ours.assign(theme="demand", weight=["headline", "headline", "supporting", "supporting"])
    theirs = ours.assign(weight=["headline", "supporting", "supporting", "supporting"])
    found = agreement(ours, theirs).set_index("column").loc["weight"]
    # Observed 3/4; expected 1/2 x 1/4 + 1/2 x 3/4 = 1/2: kappa = 1/2.
    assert (found["agree"], found["kappa"]) == (0.75, pytest.approx(0.5))
    assert found["lower"] < 0.5 < found["upper"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weight": "big"}, "Column weight: found big. Expected headline"),
        ({"weight": ""}, "No claim on the sheet is coded"),
        ({"claim": "cam-nothing"}, "not in the register: cam-nothing"),
    ],
)
def test_odd_sheets_are_refused(register, change, message):
    with pytest.raises(ClaimError, match=message):
        agreement(register, register.head(1).assign(**change))


def test_commands_make_and_compare_a_sheet(tmp_path, register):
    file = tmp_path / "sheet.csv"
    made = CliRunner().invoke(main, ["code", "sheet", str(file)])
    assert made.exit_code == 0 and f"{len(register)} claims" in made.output
    filled = sheet(register).drop(columns=CODED).merge(register[["claim", *CODED]], on="claim")
    filled.to_csv(file, index=False)
    compared = CliRunner().invoke(main, ["code", "agreement", str(file)])
    assert "weight: 100% of" in compared.output and "kappa 1.00" in compared.output
