"""Published numbers that the comparison and capacity functions must reproduce."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats
from statsmodels.stats.tests.results import results_meta

from care_study.chapters.reference.case import Case, limits
from care_study.chapters.reference.intervals import METAFOR
from care_study.statistics.capacity import clear_backlog_poisson, littles_law
from care_study.statistics.comparison import (
    RandomEffects,
    gap,
    mean_interval,
    median_interval,
    prediction_test,
    random_effects_mean,
)

SLEEP = "Student 1908 (R data set sleep); paired t test printed in R's documentation"
SINGCAR = "R package singcar, README: TD() on the size-weight illusion data"
DAVID = "David & Nagaraja 2003, Order Statistics, section 7.1 (binomial with one half)"
BCG = "R package metafor, rma() on dat.bcg (Colditz et al. 1994), documentation"
BRANCHING = "Harris 1963, The Theory of Branching Processes (Poisson offspring of mean 2)"
LITTLE = "Little & Graves 2008, Little's Law, in Building Intuition, pp. 81-100"

SLEEP_1 = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SLEEP_2 = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])

# Vaccinated cases and others, controls: cases and others, in thirteen trials.
TRIALS = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ]
)


def _log_risk_ratios() -> tuple[Any, Any]:
    a, b, c, d = TRIALS.T
    return np.log(a / (a + b) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def _bcg(method: str) -> RandomEffects:
    return random_effects_mean(*_log_risk_ratios(), method=method, adjust=False)


def _kacker(method: str, *, adjust: bool) -> RandomEffects:
    data = results_meta.exk1_metafor
    return random_effects_mean(data.yi, data.vi, method=method, adjust=adjust)


def _controls(mean: float, sd: float, n: int) -> Any:
    """Values that have exactly this mean and standard deviation."""
    spread = stats.norm.ppf((np.arange(n) + 0.5) / n)
    return mean + sd * (spread - spread.mean()) / spread.std(ddof=1)


def _means() -> list[Case]:
    return [
        *limits(
            "mean of ten differences in sleep, t interval",
            (-2.4598858, -0.7001142),
            5.1e-8,
            SLEEP,
            lambda: mean_interval(SLEEP_1 - SLEEP_2),
        ),
        *limits(
            "gap of an area at 0 to the mean of ten differences in sleep",
            (0.7001142, 2.4598858),
            5.1e-8,
            SLEEP,
            lambda: gap(0, SLEEP_1 - SLEEP_2).gap,
        ),
    ]


def _medians() -> list[Case]:
    table = {6: (1, 6, 96.9), 10: (2, 9, 97.9), 15: (4, 12, 96.5), 20: (6, 15, 95.9)}
    rows = []
    for n, (low, high, coverage) in table.items():
        rows += limits(
            f"order statistics for the median of {n}",
            (low, high),
            0,
            DAVID,
            lambda n=n: median_interval(np.arange(1, n + 1)),
        )
        rows.append(
            Case(
                f"order statistics for the median of {n}",
                "coverage, %",
                coverage,
                1e-9,
                DAVID,
                lambda n=n: float(
                    median_interval(np.arange(1, n + 1)).method.split()[-1].rstrip("%")
                ),
            )
        )
    return rows


def _prediction() -> list[Case]:
    def patient() -> Any:
        # The README prints the case's distance from 28 controls in their standard deviations.
        return prediction_test(-1.754857, _controls(0, 1, 28))

    name = "patient DF against 28 controls"
    return [
        Case(name, "t", -1.7243, 5.1e-5, SINGCAR, lambda: patient().t),
        Case(name, "one-sided p", 0.04804, 5.1e-6, SINGCAR, lambda: patient().p_value / 2),
        Case(name, "share below", 0.04804, 5.1e-6, SINGCAR, lambda: patient().share_below),
        Case(name, "degrees of freedom", 27, 0, SINGCAR, lambda: patient().df),
    ]


def _random_effects() -> list[Case]:
    rows = []
    variants: list[tuple[str, Any, Callable[[], RandomEffects]]] = [
        (
            "Paule-Mandel",
            results_meta.exk1_metafor,
            lambda: _kacker("paule-mandel", adjust=False),
        ),
        (
            "DerSimonian-Laird",
            results_meta.exk1_dl,
            lambda: _kacker("dersimonian-laird", adjust=False),
        ),
        (
            "DerSimonian-Laird with Hartung-Knapp",
            results_meta.exk1_dl_hksj,
            lambda: _kacker("dersimonian-laird", adjust=True),
        ),
    ]
    for name, published, compute in variants:
        case = f"nine laboratories, {name}"
        rows += limits(
            case,
            (published.ci_lb, published.ci_ub),
            1e-9,
            METAFOR,
            lambda compute=compute: compute().mean,
        )
        rows += [
            Case(case, "mean", published.b, 1e-9, METAFOR, lambda f=compute: f().mean.estimate),
            Case(case, "tau2", published.tau2, 1e-9, METAFOR, lambda f=compute: f().tau2),
            Case(case, "Q", published.QE, 1e-9, METAFOR, lambda f=compute: f().q),
        ]
    dl = "dersimonian-laird"
    return [
        *rows,
        Case("BCG vaccine, DL", "mean", -0.7141, 5.1e-5, BCG, lambda: _bcg(dl).mean.estimate),
        Case("BCG vaccine, DL", "tau2", 0.3088, 5.1e-5, BCG, lambda: _bcg(dl).tau2),
        Case("BCG vaccine, DL", "Q", 152.2330, 5.1e-5, BCG, lambda: _bcg(dl).q),
        Case("BCG vaccine, DL", "I2", 0.9212, 5.1e-5, BCG, lambda: _bcg(dl).i2),
        Case("BCG vaccine, PM", "tau2", 0.3181, 5.1e-5, BCG, lambda: _bcg("paule-mandel").tau2),
    ]


def _flow() -> list[Case]:
    return [
        Case(
            "45,000 wafers in progress, 1,000 a day",
            "days",
            45,
            0,
            LITTLE,
            lambda: littles_law(in_progress=45_000, throughput=1_000).time,
        ),
        Case(
            "150 e-mails waiting, 50 a day",
            "days",
            3,
            0,
            LITTLE,
            lambda: littles_law(in_progress=150, throughput=50).time,
        ),
        Case(
            "one case waiting, twice as many arrivals as capacity",
            "chance of clearing",
            0.2032,
            5.1e-5,
            BRANCHING,
            lambda: clear_backlog_poisson(1, 2, 1).probability,
        ),
    ]


CASES: list[Case] = [
    *_means(),
    *_medians(),
    *_prediction(),
    *_random_effects(),
    *_flow(),
]
