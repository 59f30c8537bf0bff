"""Kinds of claim, and how each kind is read: for a provider, a council and an inspectorate alike.

Every function takes the world and gives the readings of one kind as arrays over all authorities
and years. A claim about an area and a year is one cell of them, so that the same claim can be put
to every authority.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from care_study.area.cube import Cube, Floats, aligned
from care_study.claims.world import MODELS, World
from care_study.indicators.definitions import INDICATORS

STATISTICS = ("mean", "median")


@dataclass(frozen=True)
class Case:
    """One reading of a claim for every authority and year.

    ``value`` may be all NaN where only a range, ``lower`` to ``upper``, is known. ``same_measure``
    says whether this is what the document speaks of, or something close to it.
    """

    id: str
    label: str
    area_ids: tuple[str, ...]
    years: tuple[int, ...]
    value: Floats
    lower: Floats
    upper: Floats
    unit: str
    same_measure: bool = True
    decimals: int = 1


Kind = Callable[[World], list[Case]]


def _case(
    like: Cube, id_: str, label: str, value: Floats, margin: Floats | None, unit: str, *, same: bool
) -> Case:
    lower, upper = (value, value) if margin is None else (value - margin, value + margin)
    return Case(id_, label, like.area_ids, like.years, value, lower, upper, unit, same)


# ---- levels


def level(indicator: str, unit: str, *, part: str = "value", same: bool = True) -> Kind:
    """Read a level: the area's own figure in a year."""

    def cases(world: World) -> list[Case]:
        found = world.cube(indicator)
        values = getattr(found, part)
        ends = (found.lower, found.upper) if part == "value" else (values, values)
        known = np.isfinite(ends[0]) & np.isfinite(ends[1])
        lower, upper = (np.where(known, end, values) for end in ends)
        label = "the official figure"
        return [Case("level", label, found.area_ids, found.years, values, lower, upper, unit, same)]

    return cases


def weekly_referrals(world: World) -> list[Case]:
    """Read referrals a week: all of them, and those left after no further action.

    A mean over twelve months moves from one year's value to the next through every value between,
    so some twelve months had each of them: the third reading, a range.
    """
    found, dropped = world.cube("referrals_per_week"), world.cube("nfa_percentage")
    kept = found.value * (1 - dropped.value / 100)
    earlier = kept - found.changes(kept)
    unit = "referrals a week"
    net = "net-of-no-further-action"
    return [
        _case(found, "all-referrals", "all referrals", found.value, None, unit, same=True),
        _case(found, net, "less no further action", kept, None, unit, same=False),
        Case(
            f"{net}/between-years",
            "less no further action, some twelve months since the year before",
            found.area_ids,
            found.years,
            np.full_like(kept, np.nan),
            np.fmin(kept, earlier),
            np.fmax(kept, earlier),
            unit,
            False,
        ),
    ]


def caseload(world: World) -> list[Case]:
    """Read a caseload: the mean of all workers, and the busiest, who hold at least the mean."""
    found = world.cube("cases_per_worker")
    unit, mean = "cases per worker", found.value
    beyond = np.where(np.isfinite(mean), np.inf, np.nan)
    none = np.full_like(mean, np.nan)
    ids = found.area_ids, found.years
    return [
        _case(found, "mean", "mean of all social workers with cases", mean, None, unit, same=False),
        Case("upper-part", "the busiest workers", *ids, none, mean, beyond, unit, False),
    ]


def caseload_of_unit(workers: Sequence[float]) -> Kind:
    """Read cases a unit: the official caseload times the workers of a unit who hold cases."""

    def cases(world: World) -> list[Case]:
        found = world.cube("cases_per_worker")
        return [
            _case(
                found,
                f"case-holders-{count:g}",
                f"{count:g} workers with the mean caseload",
                found.value * count,
                None,
                "cases a unit",
                same=False,
            )
            for count in workers
        ]

    return cases


# ---- changes


def change(indicator: str, unit: str, *, sign: int = 1, same: bool = True) -> Kind:
    """Read a change from the year before: relative to the earlier level, and in points."""

    def cases(world: World) -> list[Case]:
        found = world.cube(indicator)
        points = found.changes(found.value) * sign
        earlier = np.where(np.isfinite(points), found.value - points * sign, np.nan)
        margin, label = _margin_of_change(found), "in percent of the year before"
        with np.errstate(divide="ignore", invalid="ignore"):
            relative, ratio = (
                np.where(earlier > 0, part / earlier * 100, np.nan) for part in (points, margin)
            )
        return [
            _case(found, "relative", label, relative, ratio, "%", same=same),
            _case(found, "percentage-points", "in points", points, margin, unit, same=same),
        ]

    return cases


def _margin_of_change(found: Cube) -> Floats:
    """Half-width of the 95% interval of a yearly change, from the intervals of both years.

    Method of variance estimates recovery (Zou and Donner 2008), with the wider side on both.
    """
    below, above = found.value - found.lower, found.upper - found.value
    half = np.nan_to_num(np.maximum(below, above))
    before = np.zeros_like(half)
    before[:, 1:] = half[:, :-1]
    return np.asarray(np.hypot(half, before), dtype=float)


def change_of_the_rest(indicator: str, unit: str, *, done: float, with_share: float) -> Kind:
    """Read a rise of an authority's own share, where a part was done by others.

    Those others did between none and ``done`` a week of the referrals that came in, with
    ``with_share`` percent in time; so the change of the rest is known within a range. A tenth is
    added for the rounding of two published percentages.
    """

    def cases(world: World) -> list[Case]:
        found = world.cube(indicator)
        value = found.value
        part = done / aligned(world.cube("referrals_per_week"), found)
        part = np.where(part < 1, part, 0.0)
        rest = (value - part * with_share) / (1 - part)
        before = value - found.changes(value)
        ends = [value - before, rest - before]
        points = np.fmin(*ends) - 0.1, np.fmax(*ends) + 0.1
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = (np.where(before > 0, end / before * 100, np.nan) for end in points)
        readings = (
            ("relative", "in percent of the year before", (low, high), "%"),
            ("percentage-points", "in points", points, unit),
        )
        none, at = np.full_like(value, np.nan), (found.area_ids, found.years)
        return [
            Case(id_, label, *at, none, low, high, per, False)
            for id_, label, (low, high), per in readings
        ]

    return cases


def growth(indicators: Sequence[str], parts: Sequence[str]) -> Kind:
    """Read growth: the yearly change of the rate, and of the count."""

    def cases(world: World) -> list[Case]:
        made = []
        for indicator in indicators:
            found = world.cube(indicator)
            for part in parts:
                values = found.changes(getattr(found, part))
                margin = _margin_of_change(found) if part == "value" else None
                name = "rate" if part == "value" else "count"
                made.append(_case(found, name, f"{name}, a year", values, margin, "", same=True))
        return made

    return cases


def rise_since_first(indicator: str) -> Kind:
    """Read a rise: the change of the rate and of the count since the first year held."""

    def cases(world: World) -> list[Case]:
        found = world.cube(indicator)
        first = int(np.isfinite(found.value).any(axis=0).argmax())
        margin = np.hypot(*(_half(found, place) for place in (None, first)))
        rate = found.value - found.value[:, [first]]
        count = found.numerator - found.numerator[:, [first]]
        return [
            _case(found, "rate", "rate since the first year held", rate, margin, "", same=True),
            _case(found, "count", "count since the first year held", count, None, "", same=True),
        ]

    return cases


def _half(found: Cube, place: int | None) -> Floats:
    half = np.maximum(found.value - found.lower, found.upper - found.value)
    return half if place is None else np.broadcast_to(half[:, [place]], half.shape)


# ---- beside others


def direction(indicators: Sequence[str], *, harder: int = 1) -> Kind:
    """Read words of strain without a number: on which side of its comparators the area lies.

    Something close to what is said is measured; what counts is the direction of the difference
    from both lists' means and from England. ``harder`` is -1 where a low figure is the strain.
    """

    def cases(world: World) -> list[Case]:
        made = []
        for name in indicators:
            found = world.cube(name)
            around = {f"neighbours-{model}": world.neighbourhood(name, model) for model in MODELS}
            others = {where: one.mean for where, one in around.items()}
            others["england"] = np.broadcast_to(found.england, found.value.shape)
            for where, other in others.items():
                gap = (found.value - other) * harder
                id_ = f"{name.replace('_', '-')}/{where}"
                made.append(
                    _case(found, id_, f"{_words(name)}, {where}", gap, None, "", same=False)
                )
        return made

    return cases


def _words(indicator: str) -> str:
    return INDICATORS[indicator].title.lower()


def more_than_expected(indicators: Sequence[str], unit: str, *, same: bool) -> Kind:
    """Read "more than expected": against England, and where one more authority would lie.

    The neighbours' interval is that of a prediction (Crawford and Howell 1998); England's carries
    the chance in both figures.
    """

    def cases(world: World) -> list[Case]:
        made = []
        for name in indicators:
            found = world.cube(name)
            for model in MODELS:
                around = world.neighbourhood(name, model)
                gap = found.value - around.mean
                id_ = f"{name.replace('_', '-')}/neighbours-{model}"
                label = f"{_words(name)}, one more like the neighbours ({model} list)"
                margin = around.prediction_margin()
                made.append(_case(found, id_, label, gap, margin, unit, same=same))
            half = np.maximum(found.value - found.lower, found.upper - found.value)
            id_ = f"{name.replace('_', '-')}/england"
            gap = found.value - found.england
            made.append(_case(found, id_, f"{_words(name)}, England", gap, half, unit, same=same))
        return made

    return cases


def above_named(indicator: str, unit: str) -> Kind:
    """Read "above these authorities' average": a fact of the sample, so without an interval."""

    def cases(world: World) -> list[Case]:
        found = world.cube(indicator)
        return [
            _case(
                found,
                f"neighbours-{model}-{statistic}",
                f"{statistic} of the {model} list",
                found.value - getattr(world.neighbourhood(indicator, model), statistic),
                None,
                unit,
                same=True,
            )
            for model in MODELS
            for statistic in STATISTICS
        ]

    return cases


def excess_count(indicators: dict[str, bool], unit: str) -> Kind:
    """Read "so many more than at others' rate": the count less what the neighbours' rate gives."""

    def cases(world: World) -> list[Case]:
        made = []
        for case in implied_count(indicators, unit)(world):
            found = world.cube(case.id.split("/")[1].replace("-", "_"))
            counts, half = found.numerator, (case.upper - case.lower) / 2
            gap = counts - case.value
            same = case.same_measure
            made.append(_case(found, case.id, case.label, gap, half, unit, same=same))
        return made

    return cases


def implied_count(indicators: dict[str, bool], unit: str) -> Kind:
    """Read "at others' rate": the neighbours' rate times the area's own children."""

    def cases(world: World) -> list[Case]:
        made = []
        for indicator, same in indicators.items():
            found = world.cube(indicator)
            for model in MODELS:
                around = world.neighbourhood(indicator, model)
                for statistic in STATISTICS:
                    per = found.denominator / 10_000
                    value = getattr(around, statistic) * per
                    margin = around.mean_margin() * per
                    id_ = f"neighbours-{model}-{statistic}/{indicator.replace('_', '-')}"
                    label = f"{statistic} of the {model} list"
                    made.append(_case(found, id_, label, value, margin, unit, same=same))
        return made

    return cases


def after_event(indicator: str, first_after: int, unit: str) -> Kind:
    """Read "a model brought it down": own change of the mean, and against the neighbours'.

    The value of a year is the change from the mean before ``first_after`` to the mean from then to
    that year.
    """

    def cases(world: World) -> list[Case]:
        found = world.cube(indicator)
        years = np.array(found.years)
        spoken = np.isfinite(found.value).any(axis=0)  # years that anybody has
        earlier = (years < first_after) & spoken
        before = found.value[:, earlier].mean(axis=1, keepdims=True)
        changed = np.full_like(found.value, np.nan)
        for place, year in enumerate(years):
            if year >= first_after:
                span = (years >= first_after) & (years <= year) & spoken
                changed[:, place] = found.value[:, span].mean(axis=1) - before[:, 0]
        around = world.around_values(changed, found, MODELS[0])
        against = changed - around.mean
        return [
            _case(found, "own-change", "own change", changed, None, unit, same=False),
            _case(
                found, "against-neighbours", "against the neighbours", against,
                around.prediction_margin(), unit, same=False,
            ),
        ]  # fmt: skip

    return cases
