"""The Cambridgeshire chapter: numbers straight from the files, and what it computes, once."""

from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from care_study import paths
from care_study.area.after_event import authorities_panel, gap_after_event
from care_study.area.excess import COUNTED, excess_under_every_choice
from care_study.area.setting import open_setting
from care_study.chapters.cambridgeshire import rate as chapter
from care_study.chapters.cambridgeshire.evidence import INDICATORS_NEEDED, Evidence
from care_study.chapters.cambridgeshire.verdicts import verdicts
from care_study.claims import read_claims
from care_study.data import geography

AREA, ENGLAND, YEAR = "Cambridgeshire", "England", 2018
FLOWS = ("looked_after_started_rate", "looked_after_ceased_rate")

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


def series(values, first=2013, **columns):
    return pd.DataFrame(
        {"year": range(first, first + len(values)), "value": values, "area_name": "Area"}
    ).assign(**columns)


# What the chapter computes, once


@cache
def claims():
    return read_claims(paths.DOCUMENTS)


@cache
def setting(area=AREA):
    return open_setting(paths.PUBLISHED, area)


@cache
def computed():
    return {name: setting().indicator(name) for name in {*INDICATORS_NEEDED, *COUNTED, *FLOWS}}


@cache
def flow():
    return chapter.flows(*(computed()[name] for name in FLOWS), setting())


@cache
def beside():
    found = chapter.beside_comparators(computed()["started_at_16_over"], setting(), YEAR)
    return found.set_index("reading")


@cache
def factors():
    return chapter.factor_comparison(computed(), setting(), YEAR)


@cache
def evidence():
    lists = {name: list(rows["area_id"]) for name, rows in setting().neighbours.items()}
    counted = {name: computed()[name] for name in COUNTED}
    excess = excess_under_every_choice(counted, setting().area_id, lists, YEAR)
    return Evidence(claims(), setting(), computed(), excess, YEAR)


@cache
def judged():
    return {verdict.claim: verdict for verdict in verdicts(evidence())}


@cache
def reform():
    lists = geography.neighbour_lists(
        setting().tables["statistical_neighbours"], setting().tables["authorities"], "2021"
    )
    panel = authorities_panel(computed()["looked_after_rate"])
    return gap_after_event(panel, setting().area_id, 2019, lists)
