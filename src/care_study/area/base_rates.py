"""How often "above" or "below" is said of any authority: the share that a finding is read against.

The gap to ten neighbours excludes zero for a third to a half of all authorities, since its interval
carries only the uncertainty of the neighbours' mean. The prediction test asks whether an authority
could be one more of its neighbours, and finds few.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from care_study.statistics.comparison import gap, prediction_test
from care_study.unavailable import Unavailable

FEWEST, CUSTOMARY = 3, 0.05


@dataclass(frozen=True)
class BaseRates:
    """Shares, 0 to 1, of the authorities with neighbours.

    ``gap`` have an interval of the gap that excludes zero, ``prediction`` are unusual among their
    neighbours by the prediction test at 5%.
    """

    authorities: int
    gap: float
    prediction: float


def base_rates(
    computed: pd.DataFrame, lists: Mapping[str, Sequence[str]], year: int, statistic: str = "mean"
) -> BaseRates:
    """Compute the shares for one indicator in one year.

    Parameters
    ----------
    computed
        From `care_study.indicators.compute.compute`.
    lists
        Every authority's neighbours (see `geography.neighbour_lists`).
    year, statistic
        The year, and ``mean`` or ``median`` of the neighbours.

    Raises
    ------
    Unavailable
        If no authority has a value and three neighbours with one.
    """
    rows = computed[(computed["year"] == year) & computed["value"].notna()]
    values = rows.set_index("area_id")["value"]
    outside, unusual = [], []
    for area, names in lists.items():
        others = values.reindex(list(names)).dropna()
        if area not in values.index or len(others) < FEWEST or others.nunique() < FEWEST:
            continue
        found = gap(float(values[area]), others, statistic=statistic).gap
        outside.append(bool(found.lower > 0 or found.upper < 0))
        unusual.append(prediction_test(float(values[area]), others).p_value < CUSTOMARY)
    if not outside:
        raise Unavailable(f"No authority can be set against its neighbours in {year}")
    count = len(outside)
    return BaseRates(count, sum(outside) / count, sum(unusual) / count)
