"""The measures of an authority's page, computed for all areas.

Nothing on the page fails because an authority is small, new, abolished or without neighbours: what
cannot be computed is left out and named, with the reason.
"""

from collections.abc import Mapping

import pandas as pd

from care_study.area.setting import ENGLAND, Setting
from care_study.indicators.compute import compute
from care_study.indicators.definitions import INDICATORS

SHOWN = (
    "looked_after_rate",
    "looked_after_started_rate",
    "in_need_rate",
    "plans_started_rate",
    "referral_rate",
    "rereferral_percentage",
    "second_plan_percentage",
    "assessments_in_45_days",
    "cases_per_worker",
    "agency_rate",
    "vacancy_rate",
    "turnover_rate",
)
READS = (
    "authorities",
    "boundary_changes",
    "statistical_neighbours",
    "population_0_17",
    "children_looked_after",
    "children_in_need",
    "child_protection_plans",
    "referrals",
    "assessments",
    "workforce",
)
FIGURES = READS[3:]
BESIDE = READS[2:]  # the figures, and who they are set beside
FORECAST_OF = "looked_after_rate"
FEW = 20  # the Office for National Statistics marks a rate of fewer events as unreliable


def compute_indicators(setting: Setting) -> dict[str, pd.DataFrame]:
    """Compute every indicator shown, within the setting's years, for all areas.

    Where the area has no return of its own but a joint one with another authority, the joint
    return's figures stand in its rows, and ``splice`` says so.

    Returns
    -------
    dict
        Frames as those of `care_study.indicators.compute.compute`; a frame may have no rows.
    """
    years = setting.first_year, setting.last_year
    found = {name: _within(setting.every_year(name), *years) for name in SHOWN}
    return {name: _with_joint_returns(frame, setting) for name, frame in found.items()}


def compute_all(
    tables: Mapping[str, pd.DataFrame], first_year: int, last_year: int
) -> dict[str, pd.DataFrame]:
    """Compute every indicator shown for all areas, within the years given."""
    return {name: _within(compute(tables, name), first_year, last_year) for name in SHOWN}


def _within(frame: pd.DataFrame, first_year: int, last_year: int) -> pd.DataFrame:
    return frame[frame["year"].between(first_year, last_year)].reset_index(drop=True)


def _with_joint_returns(computed: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    mine = computed["area_id"] == setting.area_id
    have = set(computed.loc[mine & computed["value"].notna(), "year"])
    shared = computed["area_id"].map(
        lambda area: " / " in area and setting.area_id in area.split(" / ")
    )
    joint = computed[shared & ~computed["year"].isin(have) & computed["value"].notna()]
    if joint.empty:
        return computed.reset_index(drop=True)
    joint = joint.assign(
        area_id=setting.area_id,
        splice="joint return of " + joint["area_name"].str.replace(" / ", " and "),
        area_name=setting.area_name,
    )
    kept = computed[~(mine & computed["year"].isin(joint["year"]))]
    return pd.concat([kept, joint]).sort_values(["area_id", "year"], ignore_index=True)


def own_rows(computed: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Take the area's rows of an indicator that have a value, in order of the years."""
    rows = computed[(computed["area_id"] == setting.area_id) & computed["value"].notna()]
    return rows.sort_values("year", ignore_index=True)


def few_children(computed: Mapping[str, pd.DataFrame], setting: Setting) -> int:
    """Count the children where so few live that England's rate gives fewer than 20, else 0."""
    frame = computed[FORECAST_OF]
    own = frame[(frame["area_id"] == setting.area_id) & frame["denominator"].notna()]
    england = frame[(frame["area_id"] == ENGLAND) & frame["value"].notna()]
    if own.empty or england.empty:
        return 0
    children = own.sort_values("year")["denominator"].iloc[-1]
    rate = england.sort_values("year")["value"].iloc[-1]
    return int(children) if children * rate / INDICATORS[FORECAST_OF].per < FEW else 0


def in_a_sentence(title: str) -> str:
    """Write the title of a measure as it stands within a sentence."""
    return title[:1].lower() + title[1:]
