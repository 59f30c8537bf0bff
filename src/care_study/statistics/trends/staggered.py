"""Staggered adoption: units that take up a programme in different years.

Group-time effects of Callaway & Sant'Anna (2021, *Journal of Econometrics* 225, equations 2.8 and
3.5 without covariates): the change of the adopters of one year since the year before they
adopted, minus the same change of units not yet treated or never treated. Comparing with units
already treated, as two-way fixed effects do, is never done. With few adopters the reference
distribution is that of adoption years dealt out anew among all units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from care_study.statistics.trends.checks import Floats, TrendError, check_level, check_whole
from care_study.statistics.trends.panel import Panel, PanelLike, read_panel
from care_study.statistics.trends.placebo import placebo_interval, rank_p_value

CONTROLS = ("not_yet", "never")


@dataclass(frozen=True)
class Staggered:
    """Effects of a programme adopted in different years.

    Attributes
    ----------
    group_time : DataFrame
        One row an adoption year and year: ``adopted, year, event_time, units, controls, effect``.
        Years before adoption are placebo effects against the same base year.
    by_event_time : DataFrame
        Index ``event_time`` (0 is the year of adoption): ``effect``, weighted by adopters,
        ``cohorts`` (adoption years that reach it), ``units``, ``p_value`` by randomisation.
    effect : float
        Mean effect over all adopters and their years from adoption on (``simple`` in the paper).
    p_value, lower, upper : float
        Of ``effect``, by randomisation; the interval is for an effect alike in every year.
    adopters, never : int
        Units that adopt within the panel, and those that do not.
    draws : int
    level : float
    warnings : tuple of str
    """

    group_time: pd.DataFrame
    by_event_time: pd.DataFrame
    effect: float
    p_value: float
    lower: float
    upper: float
    adopters: int
    never: int
    draws: int
    level: float
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Plan:
    """Which means are compared in each cell; the same for every deal of the adoption years.

    ``cohorts`` are the adoption years with never (infinite) last; cell k compares the changes
    from column ``bases[k]`` to ``columns[k]`` of the cohorts' means with weights
    ``contrasts[k]``: 1 for the adopters, minus the share of each comparison cohort.
    """

    cells: pd.DataFrame
    cohorts: Floats
    columns: np.ndarray
    bases: np.ndarray
    contrasts: Floats

    @classmethod
    def of(cls, years: Floats, first: Floats, controls: str, anticipation: int) -> _Plan:
        """Lay out the cells; those without anybody to compare with are left out."""
        cohorts, sizes = np.unique(first, return_counts=True)
        rows, contrasts, columns, bases = [], [], [], []
        for number, adopted in enumerate(cohorts[np.isfinite(cohorts)]):
            base = int(np.flatnonzero(years < adopted - anticipation)[-1])
            for column in range(len(years)):
                latest = max(years[column], years[base]) + anticipation
                others = np.isinf(cohorts) if controls == "never" else cohorts > latest
                others = others & (cohorts != adopted)
                if column == base or not others.any():
                    continue
                compared = np.where(others, sizes, 0)
                contrast = -compared / compared.sum()
                contrast[number] += 1
                contrasts.append(contrast)
                columns.append(column)
                bases.append(base)
                time = years[column] - adopted
                counts = int(sizes[number]), int(compared.sum())
                rows.append((adopted, years[column], time, *counts))
        names = ["adopted", "year", "event_time", "units", "controls"]
        cells = pd.DataFrame(rows, columns=names)
        shape = (len(rows), len(cohorts))
        return cls(
            cells,
            cohorts,
            np.array(columns, dtype=int),
            np.array(bases, dtype=int),
            np.array(contrasts).reshape(shape),
        )

    def effects(self, values: Floats, first: Floats) -> Floats:
        """Effect of every cell for units adopting in the years ``first``."""
        member = (first[None, :] == self.cohorts[:, None]).astype(float)
        means = member @ values / member.sum(axis=1, keepdims=True)
        moved = means[:, self.columns] - means[:, self.bases]
        found: Floats = np.einsum("kc,ck->k", self.contrasts, moved)
        return found

    def event_means(self, effects: Floats) -> Floats:
        """Effects averaged over adopters at each distance from adoption, in order."""
        units = self.cells["units"].to_numpy(float)
        _, place = np.unique(self.cells["event_time"].to_numpy(float), return_inverse=True)
        found: Floats = np.bincount(place, effects * units) / np.bincount(place, units)
        return found

    def by_event_time(self, effects: Floats) -> pd.DataFrame:
        """Table of those averages, with how many adopters carry each."""
        groups = self.cells.groupby("event_time")["units"]
        table = pd.DataFrame({"cohorts": groups.size(), "units": groups.sum()})
        table.insert(0, "effect", self.event_means(effects))
        return table


def staggered(
    data: PanelLike | Panel,
    adoption: Mapping[Any, float],
    *,
    controls: str = "not_yet",
    anticipation: int = 0,
    draws: int = 999,
    seed: int = 1,
    level: float = 0.95,
) -> Staggered:
    """Effects of a programme that units adopted in different years, with randomisation inference.

    Parameters
    ----------
    data : long or wide frame, array or Panel
    adoption : mapping of unit to its first treated year
        Units without an entry, or adopting after the panel ends, are never treated in it. Those
        that adopt in its first year, or before, are left out with a warning.
    controls : {"not_yet", "never"}
        Units not yet treated in the year compared, or never treated.
    anticipation : int
        Years before adoption in which an effect may have begun: the base year moves back by them.
    draws, seed : int
        Random deals of the adoption years among all units.
    level : float

    Raises
    ------
    TrendError
        An adopter that the panel never held, no adopter with a base year, nobody to compare
        with, an unknown kind of controls, fewer than 19 draws.
    """
    check_level(level)
    if controls not in CONTROLS:
        raise TrendError(f"Found controls {controls!r}; expected one of {', '.join(CONTROLS)}.")
    anticipation, draws = (
        check_whole(anticipation, "anticipation", 0),
        check_whole(draws, "draws", 19),
    )
    panel = read_panel(data)
    panel.check_known(list(adoption), "adopters")
    panel, first, notes = _adoption_years(panel, adoption, anticipation)
    plan = _Plan.of(panel.years, first, controls, anticipation)
    cells = plan.cells.assign(effect=plan.effects(panel.values, first))
    if not (cells["event_time"] >= 0).any():
        raise TrendError("No adopter has both a base year and anybody to compare with.")
    late = (cells["event_time"] >= 0).to_numpy()
    weights = cells["units"].to_numpy(float)[late] / cells["units"].to_numpy(float)[late].sum()
    effect = float(cells["effect"].to_numpy()[late] @ weights)
    events = plan.by_event_time(cells["effect"].to_numpy())
    rng = np.random.default_rng(seed)
    # What a deal would find had nobody been treated: the estimated effect is taken off first.
    untouched = panel.values - effect * (panel.years[None, :] >= first[:, None])
    no_change, shifted, by_time = np.empty(draws), np.empty(draws), []
    for draw in range(draws):
        dealt = first[rng.permutation(len(first))]
        found = plan.effects(panel.values, dealt)
        no_change[draw] = found[late] @ weights
        by_time.append(plan.event_means(found))
        shifted[draw] = plan.effects(untouched, dealt)[late] @ weights
    lower, upper = placebo_interval(effect, shifted, level)
    dealt_events = np.array(by_time)
    events["p_value"] = [
        rank_p_value(float(value), dealt_events[:, i]) for i, value in enumerate(events["effect"])
    ]
    return Staggered(
        group_time=cells,
        by_event_time=events,
        effect=effect,
        p_value=rank_p_value(effect, no_change),
        lower=lower,
        upper=upper,
        adopters=int(np.isfinite(first).sum()),
        never=int(np.isinf(first).sum()),
        draws=draws,
        level=level,
        warnings=notes,
    )


def _adoption_years(
    panel: Panel, adoption: Mapping[Any, float], anticipation: int
) -> tuple[Panel, Floats, tuple[str, ...]]:
    """First treated year of every unit (infinite for never), without those always treated."""
    first = np.array([float(adoption.get(unit, np.inf)) for unit in panel.units])
    if np.isnan(first).any():
        raise TrendError("Found a missing adoption year; leave units that never adopt out.")
    first = np.where(first > panel.years[-1], np.inf, first)
    always = first - anticipation <= panel.years[0]
    notes = panel.warnings
    if always.any():
        names = ", ".join(str(panel.units[i]) for i in np.flatnonzero(always)[:10])
        notes += (f"Left out, for they have no year before the programme: {names}.",)
    lost = [str(unit) for unit in adoption if unit not in panel.units]
    if lost:
        notes += (f"Adopters with missing years left out: {', '.join(lost[:10])}.",)
    keep = np.flatnonzero(~always)
    if not np.isfinite(first[keep]).any():
        raise TrendError("No unit adopts within the panel; expected at least one.")
    kept = Panel(tuple(panel.units[i] for i in keep), panel.years, panel.values[keep])
    return kept, first[keep], notes
