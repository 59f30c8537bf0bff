"""Authorities for the tests of the profile, opened and computed once."""

from dataclasses import replace
from functools import cache

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.profile import measures

COMPUTED = {}  # what the settings share; a test that changes a frame copies it first


@cache
def opened(area):
    setting = open_setting(paths.PUBLISHED, area, neighbours_needed=False)
    return replace(setting, computed=COMPUTED)


@cache
def computed_for(area):
    return measures.compute_indicators(opened(area))
