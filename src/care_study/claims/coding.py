"""A second reader: a blind sheet to code the claims on, and how far two codings agree."""

import math

import pandas as pd
from statsmodels.stats.inter_rater import cohens_kappa

from care_study.claims.register import PRECISION, THEMES, WEIGHTS, ClaimError

GIVEN = ["claim", "document", "locator", "authority", "quantity"]
# What the second reader fills in, and the words that may stand there; numbers are free.
CODES = {"weight": WEIGHTS, "theme": THEMES, "precision_rule": list(PRECISION)}
NUMBERS = ["value_low", "value_high"]
CODED = [*CODES, *NUMBERS]


def sheet(register: pd.DataFrame) -> pd.DataFrame:
    """Make a sheet to code: what to look for and where, without the register's own answers.

    Claims are in the order of the alphabet, so that their order does not tell their weight.
    """
    empty = dict.fromkeys(CODED, "")
    return register[GIVEN].sort_values("claim", ignore_index=True).assign(**empty)


def agreement(register: pd.DataFrame, coded: pd.DataFrame) -> pd.DataFrame:
    """Compare a filled sheet with the register.

    Parameters
    ----------
    register, coded
        Text, with the columns ``claim`` and ``CODED``. Claims whose ``weight`` is empty on the
        sheet have not been coded and are left out.

    Returns
    -------
    DataFrame
        One row a coded column: ``column``, ``claims`` compared, ``agree`` (share), and Cohen's
        ``kappa`` with ``lower`` and ``upper`` (95%, large sample); none for numbers.

    Raises
    ------
    ClaimError
        On a column that is missing, a claim that the register lacks, a word that is none of the
        column's, or a sheet without a coded claim.
    """
    _check(register, coded)
    done = coded[coded["weight"] != ""].set_index("claim")
    ours = register.set_index("claim").loc[done.index]
    rows = []
    for column in CODED:
        agree = float((_plain(ours[column]) == _plain(done[column])).mean())
        kappa = _kappa(ours[column], done[column]) if column in CODES else [math.nan] * 3
        rows.append((column, len(done), agree, *kappa))
    return pd.DataFrame(rows, columns=["column", "claims", "agree", "kappa", "lower", "upper"])


def _check(register: pd.DataFrame, coded: pd.DataFrame) -> None:
    missing = [name for name in ["claim", *CODED] if name not in coded]
    if missing:
        raise ClaimError(f"The sheet lacks the columns {', '.join(missing)}. Make it anew.")
    unknown = sorted(set(coded["claim"]) - set(register["claim"]))
    if unknown or coded["claim"].duplicated().any():
        raise ClaimError(
            f"The sheet has claims twice, or not in the register: {', '.join(unknown) or 'twice'}."
        )
    done = coded[coded["weight"] != ""]
    if done.empty:
        raise ClaimError("No claim on the sheet is coded: the column weight is empty everywhere.")
    for column, words in CODES.items():
        odd = sorted(set(done[column]) - set(words))
        if odd:
            allowed = ", ".join(word or "(empty)" for word in words)
            raise ClaimError(f"Column {column}: found {', '.join(odd)}. Expected {allowed}.")


def _plain(cells: pd.Series) -> pd.Series:
    """Write numbers alike, so that 5 and 5.0 agree."""
    numbers = pd.to_numeric(cells, errors="coerce")
    return cells.where(numbers.isna(), numbers.map("{:g}".format))


def _kappa(ours: pd.Series, theirs: pd.Series) -> list[float]:
    words = sorted({*ours, *theirs})
    if len(words) < 2:
        return [math.nan] * 3
    table = pd.crosstab(ours, theirs).reindex(index=words, columns=words, fill_value=0)
    found = cohens_kappa(table.to_numpy())
    return [float(found.kappa), float(found.kappa_low), float(found.kappa_upp)]
