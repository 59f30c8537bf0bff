"""What the verdicts of the Cambridgeshire chapter are computed from."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from care_study.area.by_year import values_in
from care_study.area.setting import Setting
from care_study.chapters.cambridgeshire.rate import FACTORS, in_year
from care_study.claims import Claim

INDICATORS_NEEDED = (
    "looked_after_rate",
    "looked_after_ceased_rate",
    "referral_rate",
    "started_at_16_over",
    "cases_per_worker",
    "vacancy_rate",
    *(indicator for indicator, _ in FACTORS.values()),
)


@dataclass(frozen=True)
class Evidence:
    """What the verdicts are computed from: the chapter's setting, indicators and results."""

    claims: Mapping[str, Claim]
    setting: Setting
    computed: Mapping[str, pd.DataFrame]
    excess: pd.DataFrame
    year: int

    def own(self, indicator: str, year: int) -> pd.Series:
        """Take the area's row of an indicator in one year."""
        return self.at(indicator, self.setting.area_id, year)

    def at(self, indicator: str, area_id: str, year: int) -> pd.Series:
        """Take an area's row of an indicator in one year."""
        frame = self.computed[indicator]
        return in_year(frame[frame["area_id"] == area_id], year)

    def neighbours_mean(self, indicator: str, year: int) -> float:
        """Compute the mean of the chosen neighbours in one year."""
        values = values_in(self.computed[indicator], self.setting.neighbour_ids, year)
        return float(values.mean())
