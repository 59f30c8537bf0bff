"""One reading of a claim, and what it recomputes to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from care_study.words import format_number

if TYPE_CHECKING:  # it imports libraries that reading a verdict does without
    from care_study.statistics.intervals import Interval

BEYOND = 1e6  # stands for no upper limit


@dataclass(frozen=True)
class Reading:
    """One reading of a claim and what it recomputes to.

    ``id`` is one of the readings that the register lists, alone or followed by a slash and a case
    (``all-referrals/2018``). ``lower`` and ``upper`` are the interval or range of ``value``;
    ``method`` says how it was found. Numbers computed from rounded ones have an interval too: that
    of the rounding. ``same_measure`` is False where the recomputation measures something close to
    what the document speaks of. ``survives`` is given only where numbers cannot decide: for a claim
    without a number, or for a combination that other numbers allow; `judge` fills it in otherwise.
    """

    id: str
    label: str
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    unit: str = ""
    method: str = ""
    survives: bool | None = None
    same_measure: bool = True
    decimals: int | None = None
    outcome: str = ""

    @classmethod
    def of(cls, interval: Interval, id: str, label: str, **said: Any) -> Reading:
        """Make a reading of an interval, whose limits (where it has any) and method come along."""
        method = f"{interval.method}, {interval.level * 100:g}%"
        ends = {"value": interval.estimate}
        if not math.isnan(interval.lower):
            ends |= {"lower": interval.lower, "upper": interval.upper}
        return cls(id, label, **{"method": method, **ends, **said})

    @property
    def text(self) -> str:
        """The recomputed value with its interval; empty when there is none."""
        ends = ""
        if self.lower is not None and self.upper is not None:
            low = format_number(self.lower, unit=self.unit, decimals=self.decimals, words=False)
            alone = self.value is None
            if self.upper >= BEYOND:
                unit = f" {self.unit}" if alone and self.unit else ""
                return f"{low}{unit} or more"
            high = format_number(self.upper, unit=self.unit, decimals=self.decimals, words=alone)
            ends = f"{low} to {high}"
        if self.value is None:
            return ends
        value = format_number(self.value, unit=self.unit, decimals=self.decimals)
        return f"{value} ({ends})" if ends else value
