"""What the verdicts on the two Northamptonshire documents rest on, computed once."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.northamptonshire.demand import caseloads, demand
from care_study.chapters.northamptonshire.demand import october as october_2018
from care_study.chapters.northamptonshire.outcomes import awaiting


@dataclass(frozen=True)
class Evidence:
    """What the verdicts rest on; `gather` computes it.

    ``referrals``, ``compared``, ``letter``, ``queue`` are the frames of `demand`, `caseloads`,
    `october` and `awaiting`; ``years`` those in which the undated work could fall; ``span`` the
    shortest and longest time from the count of January to the visit, in days.
    """

    referrals: pd.DataFrame
    compared: pd.DataFrame
    letter: pd.DataFrame
    queue: pd.DataFrame
    years: tuple[int, ...]
    year: int
    september: int
    span: tuple[int, int]


def gather(
    setting: Setting, years: Sequence[int], visit: str, counted: tuple[str, str]
) -> Evidence:
    """Compute the evidence for the verdicts.

    Parameters
    ----------
    setting
        The authority that the documents speak of.
    years
        Years ending 31 March in which the undated work could fall.
    visit
        First day of the inspectors' visit, YYYY-MM-DD.
    counted
        First and last day on which the backlog of January may have been counted.
    """
    day = pd.Timestamp(visit)
    year = day.year + (day.month > 3)
    return Evidence(
        demand(setting),
        caseloads(setting),
        october_2018(setting, year, day.year),
        awaiting(setting),
        tuple(years),
        year,
        day.year,
        ((day - pd.Timestamp(counted[1])).days, (day - pd.Timestamp(counted[0])).days),
    )
