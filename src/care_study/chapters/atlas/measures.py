"""The measures that the pages on all authorities show, and their latest year."""

import pandas as pd

from care_study.area.setting import ENGLAND
from care_study.unavailable import Unavailable

EXPLORED = (
    "looked_after_rate",
    "in_need_rate",
    "plans_started_rate",
    "referral_rate",
    "rereferral_percentage",
    "assessments_in_45_days",
    "cases_per_worker",
    "agency_rate",
)


def latest_year(computed: pd.DataFrame) -> int:
    """Find the latest year in which England has a value.

    Raises
    ------
    Unavailable
        If it has none.
    """
    have = (computed["area_id"] == ENGLAND) & computed["value"].notna()
    if not have.any():
        raise Unavailable("England has no figure in these years")
    return int(computed.loc[have, "year"].max())
