"""Little's law, staffing to hold a caseload, and the load when a post falls vacant."""

from dataclasses import dataclass

import numpy as np

from care_study.statistics.checks import amount


@dataclass(frozen=True)
class Flow:
    """A steady flow that obeys Little's law.

    Attributes
    ----------
    in_progress : float
        Cases open on average.
    throughput : float
        Cases that start (and end) a period.
    time : float
        Periods that a case stays open on average; infinite where nothing ends.
    solved_for : str
        The one of the three that was computed.
    warnings : tuple of str
    """

    in_progress: float
    throughput: float
    time: float
    solved_for: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Staffing:
    """Workers needed to hold a caseload.

    Attributes
    ----------
    open_cases : float
        Cases open on average, by Little's law.
    workers : float
        Workers in post that hold the caseload exactly.
    whole_workers : int
        The same, rounded up.
    posts : int
        Posts that, with the stated vacancy rate, leave `workers` in post; rounded up.
    """

    open_cases: float
    workers: float
    whole_workers: int
    posts: int


@dataclass(frozen=True)
class Vacancy:
    """Load on the remaining workers when posts fall vacant.

    Attributes
    ----------
    before, after : float
        Cases a worker, with everybody and with the posts vacant.
    extra : float
        Cases that each remaining worker takes on.
    change : float
        The rise as a share of `before`.
    """

    before: float
    after: float
    extra: float
    change: float


def littles_law(
    *,
    in_progress: float | None = None,
    throughput: float | None = None,
    time: float | None = None,
) -> Flow:
    """Compute the third of open cases, throughput and time from the other two.

    ``in_progress = throughput * time`` (Little 1961, *A proof for the queuing formula L = λW*,
    Operations Research 9, 383-387). Holds for averages over a long, steady spell; where the
    number of open cases drifts, the result is an approximation.

    Parameters
    ----------
    in_progress, throughput, time : float, optional
        Give exactly two, zero or more, in one period.

    Raises
    ------
    ValueError
        Unless exactly two are given and neither is missing or negative, or where the answer is
        not determined (no open cases and no throughput).
    """
    given = {"in_progress": in_progress, "throughput": throughput, "time": time}
    known = {name: amount(name, v) for name, v in given.items() if v is not None}
    if len(known) != 2:
        raise ValueError(
            f"Little's law needs exactly two of in_progress, throughput and time; "
            f"got {', '.join(known) or 'none'}."
        )
    (unknown,) = set(given) - set(known)
    notes: tuple[str, ...] = ()
    if unknown == "in_progress":
        known[unknown] = known["throughput"] * known["time"]
    else:
        divisor = "throughput" if unknown == "time" else "time"
        known[unknown], notes = _share(known["in_progress"], known[divisor], divisor, unknown)
    return Flow(
        in_progress=known["in_progress"],
        throughput=known["throughput"],
        time=known["time"],
        solved_for=unknown,
        warnings=notes,
    )


def staffing(
    arrivals: float, time: float, caseload: float, *, vacancy_rate: float = 0.0
) -> Staffing:
    """Compute the workers needed to hold a caseload.

    Parameters
    ----------
    arrivals : float
        Cases that start a period.
    time : float
        Periods that a case stays open on average.
    caseload : float
        Cases a worker is to hold, more than zero.
    vacancy_rate : float
        Share of posts that stand empty, 0 to below 1.

    Raises
    ------
    ValueError
        For a negative or missing amount, a caseload of zero, or an impossible vacancy rate.
    """
    if not 0 <= vacancy_rate < 1:
        raise ValueError(f"vacancy_rate is {vacancy_rate}; expected 0 or more and below 1.")
    cases = littles_law(throughput=arrivals, time=time).in_progress
    workers = cases / amount("caseload", caseload, positive=True)
    return Staffing(
        open_cases=cases,
        workers=workers,
        whole_workers=_round_up(workers),
        posts=_round_up(workers / (1 - vacancy_rate)),
    )


def vacancy(open_cases: float, workers: float, *, vacant: float = 1.0) -> Vacancy:
    """Compute the load on the remaining workers when posts fall vacant and cases stay.

    Raises
    ------
    ValueError
        If an amount is missing or negative, or nobody would remain.
    """
    cases = amount("open_cases", open_cases)
    before = amount("workers", workers, positive=True)
    remaining = before - amount("vacant", vacant)
    if remaining <= 0:
        raise ValueError(
            f"{vacant:g} of {workers:g} workers vacant leaves nobody; expected at least one."
        )
    old, new = cases / before, cases / remaining
    return Vacancy(before=old, after=new, extra=new - old, change=before / remaining - 1)


def _share(stock: float, divisor: float, name: str, unknown: str) -> tuple[float, tuple[str, ...]]:
    """Divide open cases by throughput or time; infinite, with a note, where that is zero."""
    if divisor > 0:
        return stock / divisor, ()
    if stock == 0:
        raise ValueError(f"in_progress and {name} are both zero, so {unknown} can be anything.")
    return np.inf, (f"The {name} is zero while cases are open, so the {unknown} is infinite.",)


def _round_up(number: float) -> int:
    # 22 cases of 11 each are two workers even where the division gives 2.0000000000000004
    return int(np.ceil(round(number, 9)))
