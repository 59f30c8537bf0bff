"""For people at a prompt: an indicator of an area with its interval, neighbours and chart.

>>> import care_study as cs
>>> kent = cs.ask("re-referrals", "Kent")
>>> kent.latest, kent.year, kent.table, kent.chart
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from care_study import paths
from care_study.area.by_year import by_year
from care_study.area.setting import Setting, open_setting
from care_study.chapters.shared import series_against_neighbours
from care_study.indicators.definitions import INDICATORS
from care_study.indicators.terms import Indicator
from care_study.show.shown import Shown
from care_study.statistics.intervals import Interval
from care_study.study import newest_year
from care_study.unavailable import Unavailable

OWN = ["year", "numerator", "denominator", "value", "lower", "upper", "reason"]
BESIDE = ["year", "mean", "median", "n"]


@dataclass(frozen=True)
class Answer:
    """An indicator of an area: ``table`` by year, the ``latest`` value, the ``chart``."""

    indicator: Indicator
    setting: Setting

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a year: ``year``, ``numerator``, ``denominator``, ``value`` with ``lower`` and
        ``upper`` (in ``unit``), ``reason`` where there is no value, the neighbours' ``mean`` and
        ``median``, and ``n``, how many of them have a value.
        """  # noqa: D205
        computed = self.setting.every_year(self.indicator.id)
        own = computed[computed["area_id"] == self.setting.area_id][OWN]
        beside = by_year(computed, self.setting.area_id, self.setting.neighbour_ids)[BESIDE]
        found = own.merge(beside, on="year", how="left")
        return found.assign(unit=self.indicator.unit)

    @property
    def year(self) -> int:
        """The newest year with a value."""
        return int(self._last["year"])

    @property
    def latest(self) -> Interval:
        """The newest value with its 95% interval; without ends where the indicator has none."""
        value, lower, upper = (float(self._last[name]) for name in ("value", "lower", "upper"))
        return Interval(value, lower, upper, 0.95, self.indicator.interval)

    @property
    def neighbours(self) -> list[str]:
        """Names of the statistical neighbours, nearest first."""
        rows = self.setting.neighbours.get(self.setting.chosen)
        return [] if rows is None else list(rows["area_name"])

    @cached_property
    def chart(self) -> Shown:
        """The area through time, among its neighbours and England: displays itself."""
        return series_against_neighbours(
            self.setting,
            self.indicator.id,
            name=self.indicator.id,
            title=f"{self.indicator.title} in {self.setting.area_name} and similar authorities",
            alt=f"Line chart of {self.setting.area_name}, its neighbours and England by year.",
            axis=self.indicator.unit,
        )

    @property
    def _last(self) -> pd.Series:
        known = self.table[self.table["value"].notna()]
        if known.empty:
            raise Unavailable(f"{self.setting.area_name} has no figure for {self.indicator.title}")
        return known.iloc[-1]


def ask(
    indicator: str,
    area: str,
    *,
    neighbours: str = "2021",
    statistic: str = "mean",
    data_folder: Path | str | None = None,
) -> Answer:
    """Look up an indicator of an area.

    Parameters
    ----------
    indicator
        An id or a title, or a part of one, such as "re-referrals" or "looked_after_rate".
    area
        Name or code of an area.
    neighbours, statistic
        The list of statistical neighbours, and their mean or median in the chart.
    data_folder
        Folder with the figure tables; by default the project's.

    Raises
    ------
    ValueError
        If there is no such indicator or area, with the nearest; or if several are meant.
    """
    folder = Path(data_folder or paths.PUBLISHED)
    setting = open_setting(
        folder,
        area,
        neighbours=neighbours,
        statistic=statistic,
        last_year=newest_year(folder),
        neighbours_needed=False,
    )
    return Answer(find_indicator(indicator), setting)


def find_indicator(text: str) -> Indicator:
    """Find an indicator by its id or title, or by the only one that holds the text.

    Raises `ValueError` with the ids that are meant, or the nearest.
    """
    wanted = _plain(text)
    names = {name: (_plain(name), _plain(one.title)) for name, one in INDICATORS.items()}
    same = [name for name, known in names.items() if wanted in known]
    near = same or [name for name, known in names.items() if any(wanted in one for one in known)]
    if wanted and len(near) == 1:
        return INDICATORS[near[0]]
    if wanted and near:
        raise ValueError(f"Several indicators are meant by {text!r}: {', '.join(near)}. Name one.")
    ids = {known[0]: name for name, known in names.items()}
    close = [ids[one] for one in difflib.get_close_matches(wanted, ids, n=3, cutoff=0.5)]
    raise ValueError(
        f"There is no indicator {text!r}. "
        f"{'Did you mean ' + ', '.join(close) + '? ' if close else ''}All: {', '.join(INDICATORS)}."
    )


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())
