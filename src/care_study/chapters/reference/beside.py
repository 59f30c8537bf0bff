"""Cases that are not on this page: their data files lie beside the repository, not in it.

The tests compute them where the files are, and hold these numbers against what they find there.
"""

import pandas as pd

from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table

BESIDE = {
    "certified regressions": 24,
    "California's Proposition 99": 6,
    "exponential smoothing of oil production": 30,
    "intervals of a rate": 5,
}


@finding
class Beside:
    """How many cases are computed by the tests alone."""

    sources = ("published_reference_values",)
    beside: int = fact("cases that need files outside the repository", decimals=0)


def beside() -> Beside:
    """Count the cases that need files outside the repository."""
    return Beside(beside=sum(BESIDE.values()))


def beside_table() -> Shown:
    """List the groups of cases that need files outside the repository."""
    return table(
        pd.DataFrame({"group": list(BESIDE), "cases": list(BESIDE.values())}),
        name="beside",
        caption="Cases that the tests compute where their data files lie beside the repository",
        row_header="group",
        sources=Beside.sources,
    )
