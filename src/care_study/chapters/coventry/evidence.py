"""Coventry: everything that the chapter computes, gathered once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.coventry.caseloads import caseload_fall, stated, total_fall
from care_study.chapters.coventry.lists import (
    MEASURES,
    against_lists,
    demand_changes,
    flow_beside_official,
    room_for_a_team,
    staffing,
)
from care_study.chapters.coventry.rereferrals import whole_authorities, yearly_changes
from care_study.chapters.coventry.start_years import Stated, read_stated, start_years
from care_study.claims import Claim


@dataclass(frozen=True)
class Evidence:
    """What the chapter computes, for its figures and its verdicts.

    ``area_ids`` are the authorities compared with and ``changes`` their yearly changes in
    re-referrals. ``fall`` and ``total`` are from `coventry.caseload_fall` and
    `coventry.total_fall`; ``cases`` from `coventry_official.room_for_a_team`; ``staff``, ``flow``
    and ``demand`` from the functions of these names in `coventry_official`; ``lists`` maps an
    indicator to its `coventry_official.against_lists`; ``start`` is from
    `coventry_start_years.start_years`; ``own`` has the area's rows of ``rereferral_percentage``;
    ``two_years`` its changes over two years. ``limit_weeks`` is the time an assessment may take,
    ``project_months`` the length assumed for the project.
    """

    area_ids: list[str]
    changes: pd.DataFrame
    fall: pd.DataFrame
    total: pd.DataFrame
    cases: pd.DataFrame
    staff: pd.DataFrame
    flow: pd.DataFrame
    demand: pd.DataFrame
    lists: Mapping[str, pd.DataFrame]
    start: pd.DataFrame
    own: pd.DataFrame
    two_years: pd.DataFrame
    said: Stated
    limit_weeks: float
    project_months: float


def gather(
    setting: Setting,
    claims: Mapping[str, Claim],
    *,
    workers: Sequence[float],
    others: float,
    fewest_referrals: float,
    limit_weeks: float,
    project_months: float,
) -> Evidence:
    """Compute what the chapter shows.

    Parameters
    ----------
    setting, claims
        The area with its comparators, and the claims register.
    workers
        Numbers of social workers that the document's means could be taken over.
    others
        The fewest cases that a worker outside the team in question is assumed to hold.
    fewest_referrals
        Authorities with fewer referrals in any year are left out of comparisons with all.
    limit_weeks
        The time an assessment may take: 45 working days are nine weeks.
    project_months
        Length assumed for the project.
    """
    rereferrals = setting.indicator("rereferral_percentage")
    own = setting.own(rereferrals)
    area_ids = whole_authorities(
        rereferrals, setting.tables["boundary_changes"], setting.area_id, fewest_referrals
    )
    before, after = (stated(claims, f"cov-caseload-{when}") for when in ("before", "after"))
    rounding = claims["cov-caseload-after"].precision or 0.0
    added = (0.0, stated(claims, "cov-practitioners"))
    cases = room_for_a_team(setting.own(setting.indicator("cases_per_worker")), before, others)
    said = read_stated(claims)
    return Evidence(
        area_ids=area_ids,
        changes=yearly_changes(rereferrals, area_ids),
        fall=caseload_fall(before, after, rounding, workers),
        total=total_fall(
            before, after, rounding, [cases["workers"].min(), cases["workers"].max()], added
        ),
        cases=cases,
        staff=staffing(setting),
        flow=flow_beside_official(setting, said.per_week),
        demand=demand_changes(setting),
        lists={name: against_lists(setting, name) for name in MEASURES},
        start=start_years(setting, area_ids, said),
        own=own,
        two_years=yearly_changes(rereferrals, [setting.area_id], span=2),
        said=said,
        limit_weeks=limit_weeks,
        project_months=project_months,
    )
