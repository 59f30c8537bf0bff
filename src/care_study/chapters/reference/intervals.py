"""Published numbers that the interval functions must reproduce."""

from typing import Any

from statsmodels.stats.tests.results import results_meta, results_multinomial_proportions

from care_study.chapters.reference.case import Case, limits
from care_study.statistics.intervals import (
    Funnel,
    Interval,
    funnel,
    multinomial_shares,
    poisson_rate,
    proportion,
    proportion_difference,
    rate_difference,
    rate_ratio,
)

BIOMETRIKA = "Garwood 1936; Pearson & Hartley, Biometrika Tables for Statisticians I, table 40"
R_POISSON = "R stats::poisson.test, printed output"
NEWCOMBE_ONE = "Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3"
NEWCOMBE_TWO = "Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10"
FAGERLAND = "Fagerland, Lydersen & Laake 2015, Stat. Methods Med. Res. 24, in statsmodels' tests"
RATESCI = "R package ratesci 0.4, scoreci(skew = FALSE), quoted by statsmodels' tests"
PHE = "R package PHEindicatormethods, test data of the funnel functions"
SISON_GLAZ = "Sison & Glaz 1995, JASA 90, 366-369, table 1 (Goodman's columns)"
METAFOR = "R package metafor, rma(method = 'DL') on the data of Kacker 2004; ships with statsmodels"


def _exact_counts() -> list[Case]:
    table = {
        0: (0, 3.69, 0.005),
        1: (0.0253, 5.57, 0.005),
        5: (1.62, 11.67, 0.005),
        10: (4.80, 18.39, 0.005),
        20: (12.22, 30.89, 0.005),
        30: (20.24, 42.83, 0.005),
        50: (37.11, 65.92, 0.005),
    }
    rows = []
    for count, (lower, upper, digits) in table.items():
        rows += limits(
            f"exact Poisson interval of {count}",
            (lower, upper),
            digits + 1e-9,
            BIOMETRIKA,
            lambda count=count: poisson_rate(count),
        )
    return rows


def _one_rate() -> list[Case]:
    return [
        *limits(
            "Welsh nickel workers: 137 deaths, 24.19893 expected",
            (4.753125, 6.692709),
            5e-7,
            R_POISSON,
            lambda: poisson_rate(137, 24.19893),
        ),
        *limits(
            "Byar's limits of 100 observed, 90 expected",
            (0.9040199067, 1.3514260808),
            5e-5,
            "Ruby library byar, documentation (uses z = 1.96 exactly)",
            lambda: poisson_rate(100, 90, method="byar"),
        ),
    ]


def _one_proportion() -> list[Case]:
    table = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0000, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    rows = []
    for (x, n), expected in table.items():
        rows += limits(
            f"Wilson interval of {x}/{n}",
            expected,
            5.1e-5,
            NEWCOMBE_ONE,
            lambda x=x, n=n: proportion(x, n),
        )
    rows += limits(
        "exact binomial interval of 682/925",
        (0.7076683, 0.7654066),
        5.1e-8,
        "R stats::binom.test, example after Conover 1971, p. 97",
        lambda: proportion(682, 925, method="exact"),
    )
    return rows


def _two_proportions() -> list[Case]:
    table = {
        (56, 70, 48, 80): (0.0524, 0.3339),
        (9, 10, 3, 10): (0.1705, 0.8090),
        (6, 7, 2, 7): (0.0582, 0.8062),
        (5, 56, 0, 29): (-0.0381, 0.1926),
        (0, 10, 0, 20): (-0.1611, 0.2775),
        (0, 10, 0, 10): (-0.2775, 0.2775),
        (10, 10, 0, 20): (0.6791, 1.0),
        (10, 10, 0, 10): (0.6075, 1.0),
    }
    rows = []
    for (x1, n1, x2, n2), expected in table.items():
        rows += limits(
            f"{x1}/{n1} minus {x2}/{n2}",
            expected,
            5.1e-5,
            NEWCOMBE_TWO,
            lambda counts=(x1, n1, x2, n2): proportion_difference(*counts),
        )
    rows += limits(
        "7/34 minus 1/34",
        (0.019, 0.34),
        0.005,
        FAGERLAND,
        lambda: proportion_difference(7, 34, 1, 34),
    )
    return rows


def _two_rates() -> list[Case]:
    return [
        *limits(
            "ratio 60 in 51477.5 to 30 in 54308.7, score",
            (1.365962, 3.259306),
            5.1e-7,
            RATESCI,
            lambda: rate_ratio(60, 51477.5, 30, 54308.7),
        ),
        *limits(
            "difference 60 in 51.4775 less 30 in 54.3087, score",
            (0.265796, 0.989192),
            5.1e-7,
            RATESCI,
            lambda: rate_difference(60, 51.4775, 30, 54.3087),
        ),
        *limits(
            "ratio 10 in 20000 to 2 in 17887, exact conditional",
            (0.9529548, 41.9743814),
            5.1e-8,
            R_POISSON,
            lambda: rate_ratio(10, 20000, 2, 17887, method="exact"),
        ),
        *limits(
            "ratio 930 to 619 articles in 3 years, exact conditional",
            (1.355716, 1.665905),
            5.1e-7,
            R_POISSON,
            lambda: rate_ratio(930, 3, 619, 3, method="exact"),
        ),
        *limits(
            "ratio 909 in 12 to 901 in 14, exact conditional, 99%",
            (1.041626, 1.330051),
            5.1e-7,
            R_POISSON,
            lambda: rate_ratio(909, 12, 901, 14, method="exact", level=0.99),
        ),
    ]


def _shares() -> list[Case]:
    published = results_multinomial_proportions.res_multinomial[("goodman", "Sison-Glaz example 1")]
    rows = []
    for k, expected in enumerate(published.cis):
        rows += limits(
            f"Goodman shares of 56, 72, 73, 59, 62, 87, 58: category {k + 1}",
            tuple(expected),
            0.00051,
            SISON_GLAZ,
            lambda k=k: _category(multinomial_shares(published.proportions), k),
        )
    return rows


def _category(shares: Interval, k: int) -> Interval:
    return Interval(
        shares.estimate[k], shares.lower[k], shares.upper[k], shares.level, shares.method
    )


def _rate_funnel() -> list[Case]:
    """Take populations at which 1, 2 and 8 events in three years lie exactly on a limit.

    The printed baseline and populations agree to about 4 in a million, hence the tolerance.
    """
    target = 116.1720835
    table = [  # limit, population in one year, rate per 100,000 there
        ("lower_95", 1598.675694, 20.85059119),
        ("lower_95", 2072.984403, 32.15975314),
        ("lower_95", 4522.941739, 58.95867824),
        ("upper_95", 7.264481402, 4588.535848),
        ("upper_95", 69.49732367, 959.2695538),
        ("upper_95", 991.0100744, 269.0857273),
        ("lower_99_8", 2649.348525, 12.58170943),
        ("upper_99_8", 565.4869655, 471.5699617),
    ]
    return [
        Case(
            f"rate funnel around {target:g} per 100,000 at {3 * population:.1f} child-years",
            limit,
            rate,
            0.005,
            PHE,
            lambda limit=limit, population=population: (
                1e5 * _on_limit(funnel([1, 1], [1, 1], target=target / 1e5), 3 * population, limit)
            ),
        )
        for limit, population, rate in table
    ]


def _on_limit(shape: Funnel, size: float, limit: str) -> float:
    return float(shape.curve([size])[limit].to_numpy()[0])


def _proportion_funnel() -> list[Case]:
    table = [
        (113, "lower_95", 73.357676),
        (113, "upper_99_8", 92.128188),
        (1008, "upper_95", 83.081521),
        (9998, "lower_99_8", 79.421375),
        (110000, "upper_95", 80.875933),
        (10, "lower_99_8", 42.03259),
        (2, "upper_95", 100.0),
    ]
    return [
        Case(
            f"proportion funnel around 80.642448% at {n}",
            limit,
            expected,
            2e-6,
            PHE,
            lambda n=n, limit=limit: (
                100
                * _on_limit(
                    funnel([1, 1], [2, 2], kind="proportion", target=0.80642448, limits="normal"),
                    n,
                    limit,
                )
            ),
        )
        for n, limit, expected in table
    ]


def _over_dispersion() -> list[Case]:
    """Kacker's nine laboratories written as counts whose Poisson variances are his variances."""
    published = results_meta.exk1_dl
    y, v = results_meta.exk1_metafor.yi, results_meta.exk1_metafor.vi
    pooled = (y / v).sum() / (1 / v).sum()

    def kacker() -> Any:
        return funnel(y * pooled / v, pooled / v, overdispersion="additive", winsorise=0)

    name = "over-dispersion of nine laboratories"
    return [
        Case(name, "tau2", published.tau2, 1e-10, METAFOR, lambda: kacker().tau2),
        Case(name, "phi times n (Q)", published.QE, 1e-9, METAFOR, lambda: 9 * kacker().phi),
        Case(name, "p-value of Q", published.QEp, 1e-12, METAFOR, lambda: kacker().dispersion_p),
        Case(name, "target", results_meta.exk1_fe.b, 1e-10, METAFOR, lambda: kacker().target),
    ]


CASES: list[Case] = [
    *_exact_counts(),
    *_one_rate(),
    *_one_proportion(),
    *_two_proportions(),
    *_two_rates(),
    *_shares(),
    *_rate_funnel(),
    *_proportion_funnel(),
    *_over_dispersion(),
]
