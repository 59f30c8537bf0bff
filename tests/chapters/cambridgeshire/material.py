"""Numbers straight from the files, for the tests of the Cambridgeshire chapter."""

from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from care_study import paths

AREA, ENGLAND, YEAR = "Cambridgeshire", "England", 2018
MINUS = "\N{MINUS SIGN}"

# Numbers straight from the files


@cache
def cells(name):
    frame = pd.read_csv(paths.PUBLISHED / f"{name}.csv", dtype=str, keep_default_na=False)
    return frame.set_index(["area_name", "year"])


def figure(name, column, area, year):
    return float(cells(name).loc[(area, str(year)), column])


def children(area, year):
    return figure("population_0_17", "children_0_17", area, year - 1)


def per_10_000(column, area, year):
    return figure("children_looked_after", column, area, year) / children(area, year) * 10_000


def held_rate(area, year=YEAR):
    return per_10_000("looked_after_31_march", area, year)


def percentage(name, part, whole, area, year=YEAR):
    return 100 * figure(name, part, area, year) / figure(name, whole, area, year)


def late_share(area):
    return percentage("started_by_age", "age_16_over", "total", area)


@cache
def neighbours(area=AREA, model="2021"):
    frame = pd.read_csv(paths.PUBLISHED / "statistical_neighbours.csv", dtype=str)
    rows = frame[(frame["model"] == model) & (frame["area_name"] == area)]
    names = list(rows.sort_values("rank")["neighbour_name"])
    assert len(names) == 10
    return names


def t_margin(values):
    return stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))


def wilson(count, total):
    z = stats.norm.ppf(0.975)
    centre = (count + z**2 / 2) / (total + z**2)
    half = z / (total + z**2) * np.sqrt(count * (total - count) / total + z**2 / 4)
    return centre - half, centre + half


FACTOR_COLUMNS = {
    "domestic abuse": "domestic_abuse_parent",
    "mental health": "mental_health_parent",
    "alcohol misuse": "alcohol_misuse_parent",
    "drug misuse": "drug_misuse_parent",
}


def factor_share(factor, area):
    column = FACTOR_COLUMNS[factor]
    return percentage("assessment_factors", column, "assessments_with_factors", area)


def reading(verdict, name):
    return next(found for found in verdict.readings if found.id == name)


def values_of(verdict):
    return {one.id: one.value for one in verdict.readings}
