"""Demand, timeliness and caseloads through time."""

from collections.abc import Mapping

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.profile.lines import chart_lines, series_figure
from care_study.show.shown import Shown

DRAWN = ("referral_rate", "assessments_in_45_days", "cases_per_worker")
HEIGHT = 200


def demand_series(computed: Mapping[str, pd.DataFrame], setting: Setting) -> list[Shown]:
    """Draw referrals, assessments in time and cases a worker, each beside its comparators."""
    return [_series(name, computed, setting) for name in DRAWN]


def _series(name: str, computed: Mapping[str, pd.DataFrame], setting: Setting) -> Shown:
    lines = chart_lines(computed[name], setting, with_neighbours=False)
    return series_figure(name, computed, setting, lines, data=lines, height=HEIGHT)
