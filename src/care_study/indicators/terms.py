"""The parts that indicators are defined with: terms, the definition, and the usual shapes."""

from dataclasses import dataclass, field
from typing import Literal

WEEKS = "weeks"
MARCH = "year ending 31 March"
ON_MARCH = "on 31 March"
SEPTEMBER = "on 30 September"
PER_10_000 = "per 10,000 children aged 0 to 17"
OVERDISPERSED = (
    "The interval covers random variation only; families come in groups and recording changes, so "
    "the true variation from year to year is larger."
)


@dataclass(frozen=True)
class Term:
    """One figure in a numerator or denominator: a column of a table, added or taken away.

    ``if_published``: in a year in which nobody has a figure of it, it was no class of that year and
    counts as zero. ``of``: a column of the same table; where it is zero the figure does not apply.
    """

    table: str
    column: str
    sign: int = 1
    if_published: bool = False
    of: str = ""


@dataclass(frozen=True)
class Indicator:
    """The definition of one indicator.

    ``per`` scales numerator / denominator into the unit. ``interval`` names the method of the 95%
    interval, or is empty where none applies (published percentages without counts; ratios that are
    not a sample or a random process). ``breaks`` maps a year to what changed from then on.
    """

    id: str
    title: str
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]
    unit: str
    period: str
    formula: str
    per: float = 1.0
    interval: Literal["", "exact Poisson", "Wilson"] = ""
    decimals: int = 1
    note: str = ""
    breaks: dict[int, str] = field(default_factory=dict, hash=False)

    @property
    def is_published(self) -> bool:
        """Whether the value is published as it is, without numerator and denominator."""
        return not self.denominator


CHILDREN = (Term("population_0_17", "children_0_17"),)


def rate(
    id_: str,
    title: str,
    *terms: Term,
    period: str,
    what: str,
    note: str = "",
    breaks: dict[int, str] | None = None,
) -> Indicator:
    """Define a rate per 10,000 children."""
    return Indicator(
        id_,
        title,
        terms,
        CHILDREN,
        PER_10_000,
        period,
        f"{what} / children aged 0 to 17 at the mid-year before x 10,000",
        per=10_000,
        interval="exact Poisson",
        note=note,
        breaks=breaks or {},
    )


def percentage(
    id_: str,
    title: str,
    table: str,
    numerator: str,
    denominator: str,
    unit: str,
    formula: str,
    *,
    period: str = MARCH,
    note: str = "",
    breaks: dict[int, str] | None = None,
) -> Indicator:
    """Define a share in per cent; ``numerator`` names columns with spaces, a ``?`` if_published."""
    return Indicator(
        id_,
        title,
        tuple(Term(table, n.rstrip("?"), 1, n.endswith("?")) for n in numerator.split()),
        (Term(table, denominator),),
        unit,
        period,
        f"{formula} x 100",
        per=100,
        interval="Wilson",
        note=note,
        breaks=breaks or {},
    )


def published(
    id_: str,
    title: str,
    table: str,
    column: str,
    unit: str,
    period: str,
    note: str = "",
    breaks: dict[int, str] | None = None,
    of: str = "",
) -> Indicator:
    """Define an indicator whose value is published as it is; ``of`` as in `Term`."""
    return Indicator(
        id_,
        title,
        (Term(table, column, of=of),),
        (),
        unit,
        period,
        "as published; no counts are published from which an interval could be computed",
        note=note,
        breaks=breaks or {},
    )
