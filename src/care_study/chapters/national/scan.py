"""Who moved beyond what the others did? The change of every authority, each judged among all."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from care_study.chapters.national.country import Country, change_unit_of, decimals_of
from care_study.charts import spread
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.trends import ScanResult, estimate_all, national_scan
from care_study.words import count, listed, number, p_value, span

METHODS = {
    "sdid": "synthetic difference-in-differences",
    "gap_did": "change of the mean gap to the neighbours",
    "level_change": "step of the authority's own series",
}
CUSTOMARY = 0.05
FEWEST = 8  # the furthest out that a table shows in any case


@finding
class Scan:
    """Every authority's change, and how those asked about stand among all."""

    country: Country
    sources: list[str]
    ranks: pd.DataFrame
    every: pd.DataFrame
    first_after: int = fact("first year ending 31 March counted as after the event", unit="year")
    method: str = fact("the estimator of the scan")
    authorities: int = fact("authorities and territories with a value in every year", decimals=0)
    scan_title: str = fact("authorities whose q-value is at or below the false-discovery rate")
    in_study: str = fact("authorities of the study that any method marks")
    ways: str = fact("authorities marked, by method and scale")
    furthest: str = fact("authority with the largest distance from the middle")
    rate: float = fact(
        "false-discovery rate (Benjamini and Hochberg 1995)", unit="share", decimals=0
    )
    unusual_alone: int = fact(
        f"authorities whose p-value on its own is below {CUSTOMARY}", decimals=0
    )
    by_chance: float = fact(f"{CUSTOMARY} x authorities", decimals=0)
    sight_alone: float = fact(
        f"change from the middle at which p = {CUSTOMARY}, for an authority of middling variation",
        decimals=decimals_of,
    )
    sight_all: float = fact(
        "change from the middle at which the smallest p-value passes the false-discovery rate, for "
        "an authority of middling variation",
        unit=change_unit_of,
        decimals=decimals_of,
    )
    places: str = fact("change, rank, p-value and q-value of the scan")


@section
def scan(country: Country, first_after: int, method: str, rate: float) -> Scan:
    """Judge every authority's change after a date, each among all, by every method."""
    found = judged(country, first_after, method, rate)
    ranks = ranked(found, country)
    every = every_way(country, first_after, rate)
    alone, among_all = sight(found, len(country.panel.years))
    return Scan(
        country=country,
        sources=country.sources,
        ranks=ranks,
        every=every,
        first_after=first_after,
        method=METHODS[method],
        authorities=len(ranks),
        scan_title=title(ranks),
        in_study=in_the_study(every, list(country.whole.values())),
        ways=ways(every),
        furthest=furthest(ranks, country),
        rate=rate,
        unusual_alone=int((ranks["p_value"] < CUSTOMARY).sum()),
        by_chance=CUSTOMARY * len(ranks),
        sight_alone=alone,
        sight_all=among_all,
        places=". ".join(place(ranks, country, name) for name in country.focus.values()),
    )


def judged(
    country: Country, first_after: int, method: str, rate: float, *, standardise: bool = True
) -> ScanResult:
    """Judge every authority's change after a date, as `national_scan`."""
    return national_scan(
        country.panel,
        first_after,
        method=method,
        neighbours=country.neighbours,
        standardise=standardise,
        false_discovery_rate=rate,
    )


def ranked(found: ScanResult, country: Country) -> pd.DataFrame:
    """List every authority of a scan, the furthest out first.

    Returns
    -------
    DataFrame
        ``area, rank`` (1 is the furthest from the middle), ``change`` (unit of the indicator),
        ``z`` (robust standard deviations from the middle), ``p_value, q_value, holm, p_rank,
        flagged, study`` (yes or no).
    """
    rows = found.table.reset_index()
    order = rows["z"].abs().rank(ascending=False, method="min").astype(int)
    yes_or_no = {True: "yes", False: "no"}
    rows = rows.assign(
        area=rows["unit"].map(country.names),
        rank=order,
        flagged=rows["flagged"].map(yes_or_no),
        study=rows["unit"].isin(list(country.focus)).map(yes_or_no),
    )
    columns = ["area", "rank", "change", "z", "p_value", "q_value", "holm", "p_rank"]
    return rows.sort_values("rank", kind="stable", ignore_index=True)[
        [*columns, "flagged", "study"]
    ]


def every_way(country: Country, first_after: int, rate: float) -> pd.DataFrame:
    """Scan by each method, with changes as they are and over each authority's own variation.

    Returns
    -------
    DataFrame
        ``method``, ``measured`` (how), ``flagged`` (count), ``names`` of those flagged, and the
        p-value of each authority asked about, in a column of its name.
    """
    scales = {True: "against its own variation", False: "as it is"}
    rows = []
    for method, words in METHODS.items():
        for standardise, measured in scales.items():
            found = judged(country, first_after, method, rate, standardise=standardise).table
            marked = [str(country.names[unit]) for unit in found.index[found["flagged"]]]
            row = {"method": words, "measured": measured, "flagged": len(marked)}
            own = {name: found["p_value"].get(unit) for unit, name in country.whole.items()}
            rows.append({**row, "names": "; ".join(marked) or "none", **own})
    return pd.DataFrame(rows)


def every_estimate(country: Country, first_after: int) -> pd.DataFrame:
    """Estimate every authority's change by each method: one row a unit, a column a method."""
    estimates = estimate_all(
        country.panel, first_after, methods=tuple(METHODS), neighbours=country.neighbours
    )
    return estimates.rename(columns=METHODS)


def sight(found: ScanResult, years: int) -> tuple[float, float]:
    """Find how large a change must be to be noticed, for an authority of middling variation.

    First the change from the middle at which one test reaches 5%, then the change at which the
    smallest p-value would pass the false-discovery rate among all; both in the unit of the
    indicator. The tail is that of t with four degrees of freedom fewer than the ``years``.
    """
    rows = found.table
    known = rows["score"].abs() > 1e-9
    scale = float((rows.loc[known, "change"] / rows.loc[known, "score"]).median())
    sizes = np.array([CUSTOMARY, found.false_discovery_rate / len(rows)])
    alone, among_all = stats.t.isf(sizes / 2, max(1, years - 4)) * found.spread * scale
    return float(alone), float(among_all)


# ---- sentences


def title(ranks: pd.DataFrame) -> str:
    """Say how many authorities moved beyond what the others did."""
    flagged = int((ranks["flagged"] == "yes").sum())
    return (
        f"{flagged or 'None'} of {count(len(ranks), 'authority', 'authorities')} moved clearly "
        "beyond what the others did"
    )


def alternative(ranks: pd.DataFrame) -> str:
    """Describe the chart of all authorities' changes."""
    study = ranks[ranks["study"] == "yes"]
    places = [f"{area} at {number(z)}" for area, z in zip(study["area"], study["z"], strict=True)]
    return (
        f"Dots, one an authority, by distance of its change from the middle one, from "
        f"{number(ranks['z'].min())} to {number(ranks['z'].max())} robust standard deviations"
        f"{': ' if places else ''}{listed(places, none='')}."
    )


def place(ranks: pd.DataFrame, country: Country, area: str) -> str:
    """Say in a sentence where one authority's change lies among all."""
    if area not in country.whole.values():
        years = span(country.panel.years[0], country.panel.years[-1])
        return f"{area} is not among those compared: it has no series of its own for all of {years}"
    row = ranks[ranks["area"] == area].iloc[0]
    found = "is" if row["flagged"] == "yes" else "is not"
    return (
        f"{area} {'rose' if row['change'] > 0 else 'fell'} by {_size(row, country)} relative to "
        f"its comparison group, rank {row['rank']} of {len(ranks)} ({p_value(row['p_value'])}, "
        f"{_q_value(row)}): it {found} among those that stand out"
    )


def furthest(ranks: pd.DataFrame, country: Country) -> str:
    """Name the authority furthest from the middle with its change."""
    row = ranks.iloc[0]
    return (
        f"{row['area']}, {'up' if row['change'] > 0 else 'down'} by {_size(row, country)} "
        f"({p_value(row['p_value'])} on its own, {_q_value(row)} among all)"
    )


def _size(row: pd.Series, country: Country) -> str:
    return f"{number(abs(row['change']), country.indicator.decimals)} {country.change_unit}"


def _q_value(row: pd.Series) -> str:
    return f"q = {number(row['q_value'], 2)}"


def ways(every: pd.DataFrame) -> str:
    """Say whether the answer depends on the method."""
    counts = every["flagged"]
    if counts.max() == 0:
        return "No method, on either scale, marks any authority"
    names = list(dict.fromkeys("; ".join(every.loc[counts > 0, "names"]).split("; ")))
    agreed = [name for name in names if all(name in cell.split("; ") for cell in every["names"])]
    always = f"; every choice marks {listed(agreed)}" if agreed else "; none is marked by all"
    return (
        f"Depending on the method and the scale, between {count(counts.min())} and "
        f"{count(counts.max())} are marked ({listed(names)}){always}"
    )


def in_the_study(every: pd.DataFrame, names: Sequence[str]) -> str:
    """Say whether any method marks an authority asked about."""
    marked = [name for name in names if any(name in cell.split("; ") for cell in every["names"])]
    if marked:
        return f"At least one choice marks {listed(marked)}"
    return f"None of the choices marks {listed(names, 'or', none='an authority asked about')}"


# ---- what is shown


@section
def changes_of_all(found: Scan) -> Shown:
    """Draw every authority's change by its distance from the middle one."""
    country = found.country
    chart = spread.placebo_strip(
        found.ranks,
        area="area",
        value="z",
        focus=list(country.whole.values()),
        reference=0.0,
        reference_label="",
        unit=(
            "distance of the change from that of the middle authority (zero), in robust standard "
            "deviations"
        ),
    )
    return figure(
        chart,
        name="scan",
        title=found.scan_title,
        subtitle=(
            f"{country.measure}: change from the years before {found.first_after} to those from it "
            "on, every authority in England"
        ),
        alt=alternative(found.ranks),
        data=found.ranks,
        sources=found.sources,
        row_header="area",
        notes=[
            "Territories whose authorities were reorganised count as one. Two neighbouring "
            "authorities may move together, so the tests are not independent."
        ],
        **_of_the_measure(country),
    )


def _of_the_measure(country: Country) -> Mapping[str, Any]:
    return {"unit": country.change_unit, "places": country.indicator.decimals}


@section
def furthest_table(found: Scan) -> Shown:
    """List those marked, at least the few furthest out, and those asked about."""
    return table(
        shortened(found.ranks),
        name="scan_table",
        row_header="area",
        caption=(
            "Authorities that stand out or lie furthest from the middle, and those of this study"
        ),
        notes=[
            "The q-value is the p-value with the number of tests allowed for (false-discovery "
            "rate). The p-value compares the distance with the bulk of all authorities (t "
            "distribution, median and median absolute deviation); the rank p-value is the share "
            "of authorities at least as far out, which cannot be smaller than one over their "
            "number."
        ],
        sources=found.sources,
        **_of_the_measure(found.country),
    )


def shortened(ranks: pd.DataFrame, fewest: int = FEWEST) -> pd.DataFrame:
    """Take from `ranked` those flagged, at least the few furthest out, and those asked about.

    Without the columns that only a specialist reads.
    """
    marked = (ranks[["flagged", "study"]] == "yes").any(axis=1)
    return ranks[(ranks["rank"] <= fewest) | marked].drop(columns=["z", "holm"])


@section
def every_way_table(found: Scan) -> Shown:
    """List those marked by each method on each scale."""
    names = list(found.country.whole.values())
    return table(
        found.every.drop(columns="flagged"),
        name="every_way",
        row_header="method",
        caption="Authorities marked, and p-values of those of this study, by method and scale",
        labels={name: f"{name}, p-value" for name in names},
        decimals=dict.fromkeys(names, 2),
        sources=[*found.sources, "statistical_neighbours"],
    )
