"""Specification curves: the answer to one question under every defensible choice, everywhere.

Simonsohn, Simmons and Nelson (2020): all reasonable specifications are computed, shown in order,
and judged together. The yardstick is the same curve for every other authority.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from care_study.area.cube import Cube, Floats, aligned
from care_study.claims.dating import FIRST, monthly_referrals
from care_study.claims.world import MODELS, World

WEEKS = {"52 weeks": 52.0, "365.25 days": 365.25 / 7}
SPANS = (1, 2, 3)
PARTS = (3, 6)  # months
AVERAGES = ("mean", "median", "pooled")
NEAREST = 50
Places = NDArray[np.intp]
_Row = tuple[tuple[str, ...], Floats]


@dataclass(frozen=True)
class Curve:
    """Estimates (specifications, authorities) and what each specification chose.

    ``claimed`` is the range that the document states, in the unit of the estimates.
    """

    choices: pd.DataFrame
    estimates: Floats
    area_ids: tuple[str, ...]
    claimed: tuple[float, float]

    @property
    def fits(self) -> pd.Series:
        """Share of an authority's specifications that lie in the claimed range, by area id."""
        low, high = self.claimed
        known = np.isfinite(self.estimates)
        with np.errstate(invalid="ignore", divide="ignore"):
            inside = known & (self.estimates >= low) & (self.estimates <= high)
            share = inside.sum(axis=0) / known.sum(axis=0)
        # An authority that lacks more than half of the specifications is no yardstick.
        enough = known.mean(axis=0) > 0.5
        return pd.Series(np.where(enough, share, np.nan), index=list(self.area_ids)).dropna()

    def p_value(self, area_id: str) -> float:
        """Compute how rare so good a fit is: authorities with at least the area's share that fit.

        (1 + number of other authorities at least as good) / (1 + number of others).
        """
        fits = self.fits
        others = fits.drop(area_id)
        return float((1 + (others >= fits[area_id]).sum()) / (1 + len(others)))

    def own(self, area_id: str) -> pd.DataFrame:
        """List the area's specifications in the order of their estimates.

        Returns
        -------
        DataFrame
            ``place`` (1 is the lowest), ``estimate``, ``fits``, and the choices.
        """
        column = self.estimates[:, self.area_ids.index(area_id)]
        low, high = self.claimed
        frame = self.choices.assign(estimate=column).dropna(subset="estimate")
        frame = frame.sort_values("estimate", kind="stable", ignore_index=True)
        frame["fits"] = frame["estimate"].between(low, high)
        return frame.assign(place=range(1, len(frame) + 1))


def _curve(
    rows: Iterator[_Row], names: Sequence[str], like: Cube, claimed: tuple[float, float]
) -> Curve:
    made = list(rows)
    choices = pd.DataFrame([choice for choice, _ in made], columns=list(names))
    return Curve(choices, np.array([values for _, values in made]), like.area_ids, claimed)


# ---- how many referrals a week


def weekly_demand(world: World, years: Sequence[int], claimed: tuple[float, float]) -> Curve:
    """Compute referrals a week under every choice of count, year, smoothing and week.

    Counts: all referrals; less no further action; less re-referrals; less both. Over one to three
    years, and over every quarter and half of a year, in which the yearly shares are taken to hold.
    """
    like = world.cube("referrals_per_week")
    return _curve(
        _weekly(world, like, years), ["counted", "year", "averaged over", "week"], like, claimed
    )


def _weekly(world: World, like: Cube, years: Sequence[int]) -> Iterator[_Row]:
    again = aligned(world.cube("rereferral_percentage"), like) / 100
    dropped = aligned(world.cube("nfa_percentage"), like) / 100
    counted = {
        "all referrals": like.numerator,
        "less no further action": like.numerator * (1 - dropped),
        "less re-referrals": like.numerator * (1 - again),
        "less both": like.numerator * (1 - dropped) * (1 - again),
    }
    for (name, values), year, span, (week, weeks) in product(
        counted.items(), years, SPANS, WEEKS.items()
    ):
        place = like.years.index(year)
        window = values[:, max(0, place - span + 1) : place + 1]
        label = "the year" if span == 1 else f"{span} years"
        yield (name, str(year), label, week), window.mean(axis=1) / weeks
    weekly = monthly_referrals(world, like)
    for (name, values), year, span in product(counted.items(), years, PARTS):
        place = like.years.index(year)
        with np.errstate(divide="ignore", invalid="ignore"):
            kept = values[:, place] / like.numerator[:, place]
        for part in range(0, 12, span):
            first = (year - FIRST) * 12 + part
            label = f"months {part + 1} to {part + span}"
            yield (
                (name, str(year), label, "days of a month"),
                weekly[:, first : first + span].mean(axis=1) * kept,
            )


# ---- by how much re-referrals fell


def rereferral_fall(world: World, years: Sequence[int], claimed: tuple[float, float]) -> Curve:
    """Compute the fall of re-referrals under every choice of year, span, measure and yardstick."""
    like = world.cube("rereferral_percentage")
    names = ["measure", "reading", "year", "over", "against"]
    return _curve(_falls(world, like, years), names, like, claimed)


def _falls(world: World, like: Cube, years: Sequence[int]) -> Iterator[_Row]:
    rate = aligned(world.cube("referral_rate"), like)
    measures = {"% of referrals": like.value, "per 10,000 children": like.value / 100 * rate}
    for (measure, values), span, relative in product(measures.items(), SPANS, (True, False)):
        fell = -like.changes(values, span)
        earlier = values + fell
        if relative:
            with np.errstate(invalid="ignore", divide="ignore"):
                fell = np.where(earlier > 0, fell / earlier * 100, np.nan)
        reading = "in percent" if relative else "in points"
        over = "1 year" if span == 1 else f"{span} years"
        middle = np.nanmedian(fell[:, span:], axis=0)
        for year in years:
            place = like.years.index(year)
            if place < span:
                continue
            own = fell[:, place]
            yield (measure, reading, str(year), over, "itself"), own
            yield (
                (measure, reading, str(year), over, "the middle authority"),
                own - middle[place - span],
            )
            for model in MODELS:
                around = world.around_values(fell, like, model).mean[:, place]
                yield (measure, reading, str(year), over, f"neighbours {model}"), own - around


# ---- how many more are in care than elsewhere


def care_excess(world: World, years: Sequence[int], claimed: tuple[float, float]) -> Curve:
    """Compute how many more children are in care than at others' rate, under every choice.

    Year, with or without unaccompanied children, who is compared (each list, with each of its
    members left out in turn, the authorities nearest in size, all authorities), and which average.
    """
    like = world.cube("looked_after_rate")
    names = ["year", "counted", "compared with", "left out", "average"]
    return _curve(_excesses(world, years), names, like, claimed)


def _excesses(world: World, years: Sequence[int]) -> Iterator[_Row]:
    like = world.cube("looked_after_rate")
    indicators = {
        "all children": "looked_after_rate",
        "without unaccompanied": "looked_after_rate_without_unaccompanied",
    }
    for (counted, indicator), year in product(indicators.items(), years):
        found = world.cube(indicator)
        place, rows = found.years.index(year), [found.row_of.get(area) for area in like.area_ids]
        counts, children = (
            np.array([np.nan if row is None else part[row, place] for row in rows])
            for part in (found.numerator, found.denominator)
        )
        for (label, left_out, others), average in product(_sets(world, like, children), AVERAGES):
            expected = _average(counts, children, others, average) * children
            yield (str(year), counted, label, left_out, average), counts - expected


def _sets(world: World, like: Cube, children: Floats) -> Iterator[tuple[str, str, Places]]:
    """Give sets of others, as arrays (authorities, others) of rows; -1 is nobody."""
    for model in MODELS:
        lists = world.neighbours(model)
        places = np.full((len(like.area_ids), 10), -1)
        for row, area in enumerate(like.area_ids):
            known = [like.row_of[one] for one in lists.get(area, ()) if one in like.row_of]
            places[row, : len(known)] = known[:10]
        yield f"neighbours {model}", "nobody", places
        for gone in range(10):
            yield f"neighbours {model}", f"number {gone + 1}", np.delete(places, gone, axis=1)
    size = np.log(children)
    distance = np.abs(size[:, None] - size[None, :])
    distance[~np.isfinite(distance)] = np.inf
    np.fill_diagonal(distance, np.inf)
    yield (
        f"the {NEAREST} nearest in size",
        "nobody",
        np.argsort(distance, axis=1, kind="stable")[:, :NEAREST],
    )


def _average(counts: Floats, children: Floats, others: Places, average: str) -> Floats:
    """Average the others' rates per child; NaN where fewer than two have a figure."""
    padded = [np.append(part, np.nan)[others] for part in (counts, children)]
    rates = padded[0] / padded[1]
    known = np.isfinite(rates)
    enough = known.sum(axis=1) >= 2
    safe = np.where(enough[:, None], rates, 0.0)
    if average == "pooled":
        with np.errstate(invalid="ignore", divide="ignore"):
            pooled = np.where(known, padded[0], 0).sum(axis=1) / np.where(known, padded[1], 0).sum(
                axis=1
            )
        return np.where(enough, pooled, np.nan)
    middle = np.nanmean(safe, axis=1) if average == "mean" else np.nanmedian(safe, axis=1)
    return np.where(enough, middle, np.nan)
