"""When an undated project began: the likelihood of every month, from what its document states.

A statement is compared with the official figure of a month, which it would equal but for a noise
that is assumed here and stated. A month's likelihood is the product over statements, the mean over
the readings of each; the prior is flat. Months for which a statement has no official figure get its
mean likelihood over the others, so that they are neither favoured nor ruled out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from care_study.area.cube import Cube, Floats
from care_study.claims.world import World
from care_study.data.geography import splice

FIRST, LAST = 2013, 2022  # monthly referrals are held for the years ending in March of these
MONTHS = (LAST - FIRST + 1) * 12
NAMES = (
    *("april", "may", "june", "july", "august", "september", "october", "november", "december"),
    *("january", "february", "march"),
)
LEVEL = 0.9
SIMULATED = 500
# How far a stated number may lie from the official figure of its month: standard deviations.
REFERRALS, CASES, FALL, RISE = 15.0, 4.0, 2.0, 4.0
HELD = (1.0, 1.5, 2.0)  # cases of the team over the authority's mean


@dataclass(frozen=True)
class Statement:
    """What a document states, and what the official figures of each month would have it state.

    ``readings`` are arrays (authorities, months), one a reading; ``noise`` is the standard
    deviation of a stated number around them, rounding included, and ``noises`` another for a
    reading in other units. ``above`` is for a statement of a direction: more than ``stated``.
    """

    name: str
    readings: tuple[Floats, ...]
    stated: float
    noise: tuple[float, ...]
    step: float = 0.0
    above: bool = False

    def likelihood(self, row: int, stated: float | None = None) -> Floats:
        """Compute the likelihood of every month for one authority."""
        said = self.stated if stated is None else stated
        parts = []
        for values, noise in zip(self.readings, self.noise, strict=True):
            z = (values[row] - said) / noise
            parts.append(stats.norm.cdf(z) if self.above else stats.norm.pdf(z) / noise)
        with np.errstate(invalid="ignore"):
            found = np.array(parts).mean(axis=0)
        known = np.isfinite(found)
        if not known.any():
            return np.ones_like(found)
        return np.where(known, found, found[known].mean())


@dataclass(frozen=True)
class Dated:
    """The posterior of every month, and the smallest set of months that holds ``LEVEL`` of it."""

    posterior: Floats
    held: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """Share of the months that the set holds: near ``LEVEL`` where nothing is narrowed."""
        return float(self.held.mean())


def posterior(likelihoods: Sequence[Floats]) -> Dated:
    """Multiply likelihoods, with a flat prior, and take the smallest set of months."""
    logs = np.sum([np.log(np.maximum(one, 1e-300)) for one in likelihoods], axis=0)
    mass = np.exp(logs - logs.max())
    mass = mass / mass.sum()
    order = np.argsort(-mass, kind="stable")
    needed = int(np.searchsorted(np.cumsum(mass[order]), LEVEL)) + 1
    held = np.zeros(len(mass), dtype=bool)
    held[order[:needed]] = True
    return Dated(mass, held)


def date(statements: Sequence[Statement], row: int) -> Dated:
    """Date a document about the authority in a row of the statements' arrays."""
    return posterior([one.likelihood(row) for one in statements])


@dataclass(frozen=True)
class Calibration:
    """How often the set holds the true month of simulated documents, and how large it is."""

    covered: float
    share: float
    documents: int


def calibrate(
    statements: Sequence[Statement], *, documents: int = SIMULATED, factor: float = 1.0
) -> Calibration:
    """Date simulated documents whose month is known.

    Each is about an authority and a month drawn at random from those with every figure (and where a
    direction that it states seems to hold); it states each number in one of its readings, with
    noise, rounded as the real one is. ``factor`` is the noise of the simulated documents over the
    noise that the dating assumes.
    """
    generator = np.random.default_rng(2018)
    known = np.all([np.isfinite(one.readings[0]) for one in statements], axis=0)
    places = np.argwhere(known)
    # A document states a direction only where it seems to be so.
    chance = np.prod(
        [stats.norm.cdf(one.readings[0] / one.noise[0])[known] for one in statements if one.above]
        or [np.ones(len(places))],
        axis=0,
    )
    drawn = places[generator.choice(len(places), size=documents, p=chance / chance.sum())]
    hits, sizes = [], []
    for row, month in drawn:
        said = [_stated(one, int(row), int(month), generator, factor) for one in statements]
        found = posterior(
            [one.likelihood(int(row), value) for one, value in zip(statements, said, strict=True)]
        )
        hits.append(found.held[month])
        sizes.append(found.share)
    return Calibration(float(np.mean(hits)), float(np.mean(sizes)), documents)


def _stated(
    one: Statement, row: int, month: int, generator: np.random.Generator, factor: float
) -> float:
    """Draw what a document would state in a month."""
    if one.above:
        return one.stated
    place = int(generator.integers(len(one.readings)))
    said = one.readings[place][row, month] + generator.normal(0, one.noise[place] * factor)
    return float(np.round(said / one.step) * one.step) if one.step else float(said)


# ---- official figures by month


def month_labels() -> list[float]:
    """Give every month as a year with a fraction: 2013.25 is the beginning of April 2013."""
    return [FIRST - 0.75 + month / 12 for month in range(MONTHS)]


def monthly_referrals(world: World, like: Cube) -> Floats:
    """Compute referrals a week in every month, for the authorities of a cube."""
    tables = world.tables
    table: pd.DataFrame = splice(
        tables["referrals_by_month"], list(NAMES), tables["boundary_changes"], "march"
    )
    wide = table.set_index(["area_id", "year"])[list(NAMES)].unstack("year")
    assert isinstance(wide, pd.DataFrame)
    columns = [(name, year) for year in range(FIRST, LAST + 1) for name in NAMES]
    counts = (
        wide.reindex(columns=pd.MultiIndex.from_tuples(columns))
        .reindex(list(like.area_ids))
        .to_numpy(dtype=float)
    )
    return counts / (365.25 / 12 / 7)


def by_month(found: Cube, like: Cube, values: Floats, centre: float) -> Floats:
    """Interpolate yearly values to months, for the authorities of a cube.

    ``centre`` is where in its year, counted from its March end, a value stands: 0 at the end, -0.5
    in the middle, 0.5 for a count of the following September. Months outside get no value.
    """
    at = np.array(month_labels())
    rows = [found.row_of.get(area) for area in like.area_ids]
    made = np.full((len(like.area_ids), MONTHS), np.nan)
    times = np.array(found.years) + 0.25 + centre
    for place, row in enumerate(rows):
        if row is None:
            continue
        known = np.isfinite(values[row])
        if known.sum() >= 2:
            made[place] = np.interp(at, times[known], values[row][known], left=np.nan, right=np.nan)
    return made


def later(values: Floats, months: int) -> Floats:
    """Shift values so that each month has that of so many months later."""
    moved = np.full_like(values, np.nan)
    moved[:, : MONTHS - months] = values[:, months:]
    return moved


def rolling(values: Floats, months: int) -> Floats:
    """Compute the mean of the months before each, itself excluded."""
    sums = np.cumsum(np.nan_to_num(values), axis=1)
    gaps = np.cumsum(~np.isfinite(values), axis=1)
    made = np.full_like(values, np.nan)
    for place in range(months, MONTHS):
        last, first = place - 1, place - months - 1
        before = sums[:, first] if first >= 0 else 0.0
        missing = gaps[:, last] - (gaps[:, first] if first >= 0 else 0)
        made[:, place] = np.where(missing == 0, (sums[:, last] - before) / months, np.nan)
    return made


def statements(
    world: World, stated: Mapping[str, float]
) -> tuple[Cube, dict[str, list[Statement]]]:
    """Put what both case studies state beside the official figures of every month.

    Parameters
    ----------
    world
        All authorities.
    stated
        The stated numbers: ``referrals``, ``caseload``, ``coventry_caseload``, ``fall``,
        ``fall_months``, ``rise``.

    Returns
    -------
    Cube
        Whose authorities the rows of all arrays are.
    dict
        Statements by area name.
    """
    like = world.cube("referrals_per_week")
    weekly = monthly_referrals(world, like)
    recent, year_before = rolling(weekly, 3), rolling(weekly, 12)
    dropped_cube = world.cube("nfa_percentage")
    kept = 1 - by_month(dropped_cube, like, dropped_cube.value, -0.5) / 100
    cases = world.cube("cases_per_worker")
    caseload = by_month(cases, like, cases.value, 0.5)
    again = world.cube("rereferral_percentage")
    rate = by_month(again, like, again.value, 0.0)
    span = int(stated["fall_months"])
    fell = rate - later(rate, span)
    timely = world.cube("assessments_in_45_days")
    in_time = by_month(timely, like, timely.value, -0.5)
    rose = later(in_time, 12) - in_time
    growth = recent - year_before
    with np.errstate(divide="ignore", invalid="ignore"):
        relative_fall, relative_rise = fell / rate * 100, rose / in_time * 100
    busiest = tuple(caseload * times for times in HELD)
    each, two = (CASES,) * len(HELD), (REFERRALS, REFERRALS)
    return like, {
        "Northamptonshire": [
            Statement(
                "referrals",
                (recent, recent * kept),
                stated["referrals"],
                two,
                step=10,
            ),
            Statement("caseload", busiest, stated["caseload"], each, step=2.5),
        ],
        "Coventry": [
            Statement("demand", (growth,), 0.0, (5.0,), above=True),
            Statement("fall", (fell, relative_fall), stated["fall"], (FALL, 5 * FALL), step=0.1),
            Statement("rise", (rose, relative_rise), stated["rise"], (RISE, RISE), step=0.1),
            Statement("caseload", busiest, stated["coventry_caseload"], each, step=1),
        ],
    }
