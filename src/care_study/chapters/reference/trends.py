"""Published numbers that the trend functions must reproduce."""

from functools import cache

import numpy as np
import statsmodels.api as sm
from statsmodels.discrete.tests.results.results_discrete import RandHIE
from statsmodels.regression.tests.results import macro_gr_corc_stata, results_macro_ols_robust

from care_study.chapters.reference.case import Case
from care_study.statistics import trends
from care_study.statistics.trends import fixed_b

KIEFER = "Kiefer & Vogelsang 2005, Econometric Theory 21, table 1 (Bartlett kernel, cubic in b)"
STATA_NEWEY = "Stata, newey g_realinv g_realgdp L.realint, lag(4); output ships with statsmodels"
STATA_PRAIS = "Stata, prais ..., corc; output ships with statsmodels"
LMTEST = "R package lmtest, bgtest(order = 4, type = 'Chisq'); quoted in statsmodels' tests"
MASS = "R package MASS, glm.nb on the RAND health insurance data; ships with statsmodels"
SICILY = "Lopez Bernal, Cummins & Gasparrini 2017, Int. J. Epidemiology 46, 348-355"
TREND = "R stats::prop.trend.test, smokers data of its documentation (Fleiss 1981)"

# Monthly acute coronary events in Sicily, January 2002 to November 2006, and the
# age-standardised population (data published with the tutorial by its authors).
# fmt: off
ACES = np.array([
    728, 659, 791, 734, 757, 726, 760, 740, 720, 814, 795, 858, 887, 766, 851, 769, 781,
    756, 766, 752, 765, 831, 879, 928, 914, 808, 937, 840, 916, 828, 845, 818, 860, 839,
    887, 886, 831, 796, 833, 820, 877, 758, 767, 738, 781, 843, 850, 908, 1021, 859, 976,
    888, 962, 838, 810, 876, 843, 936, 912,
], dtype=float)
# fmt: on
# fmt: off
STANDARD_POPULATION = np.array([
    379875.3, 376495.5, 377040.8, 377116.4, 377383.4, 374113.1, 379513.3, 376295.5,
    374653.2, 378485.6, 375955.5, 378349.7, 376762.4, 379032.3, 379360.4, 376162.0,
    377972.4, 381830.7, 379888.6, 380872.2, 380966.9, 381240.4, 382104.9, 381802.7,
    381656.3, 383680.0, 383504.2, 386462.9, 383783.1, 380836.8, 383483.0, 380906.2,
    382926.8, 384052.4, 384449.6, 383428.4, 388153.2, 388373.2, 386470.1, 386033.2,
    383686.4, 385509.3, 385901.9, 386516.6, 388436.5, 383255.2, 390148.7, 385874.9,
    391613.6, 391750.4, 394005.6, 391364.9, 391664.6, 389022.3, 391878.5, 388575.3,
    392989.0, 390018.8, 390712.3,
], dtype=float)
# fmt: on


def _fixed_b() -> list[Case]:
    """Allow 1.5%: the published cubic is itself a fit to a simulation."""
    cubics = {
        0.90: (1.6449, 2.1859, 0.3142, -0.3427),
        0.95: (1.9600, 2.9694, 0.4160, -0.5324),
        0.98: (2.3263, 4.1618, 0.5368, -0.9060),
    }
    cases = []
    for level, cubic in cubics.items():
        for b in (0.02, 0.1, 0.24, 0.5, 1.0):
            value = float(np.polynomial.polynomial.polyval(b, cubic))
            cases.append(
                Case(
                    "fixed-b critical value, Bartlett",
                    f"b = {b}, two-sided {level:.0%}",
                    value,
                    0.015 * value,
                    KIEFER,
                    lambda b=b, level=level: fixed_b.critical_value(b, level),
                )
            )
    return cases


@cache
def _macro() -> trends.RegressionResult:
    data = sm.datasets.macrodata.load_pandas().data
    investment = 400 * np.diff(np.log(data["realinv"].to_numpy()))
    output = 400 * np.diff(np.log(data["realgdp"].to_numpy()))
    interest = data["realint"].to_numpy()[:-1]
    design = np.column_stack([output, interest, np.ones(len(output))])
    return trends.fit_linear(
        investment, design, ("g_realgdp", "realint", "cons"), lag=4, test_lags=4
    )


def _newey_west() -> list[Case]:
    published = results_macro_ols_robust.results_newey4
    cases = []
    for i, name in enumerate(published.params_table_rownames):
        estimate, se = published.params_table[i, :2]
        cases += [
            Case(
                "Newey-West, US macro data",
                f"coefficient {name}",
                estimate,
                1e-9,
                STATA_NEWEY,
                lambda i=i: _macro().newey_west[i].estimate,
            ),
            Case(
                "Newey-West, US macro data",
                f"standard error {name}",
                se,
                1e-9,
                STATA_NEWEY,
                lambda i=i: _macro().newey_west[i].se,
            ),
        ]
    diagnostics = {
        "statistic": (4.771042651230007, "breusch_godfrey_statistic"),
        "p-value": (0.3116067133066697, "breusch_godfrey_p"),
    }
    return cases + [
        Case(
            "Breusch-Godfrey, US macro data",
            name,
            value,
            1e-10,
            LMTEST,
            lambda field=field: getattr(_macro().diagnostics, field),
        )
        for name, (value, field) in diagnostics.items()
    ]


@cache
def _cochrane_orcutt() -> trends.RegressionResult:
    data = sm.datasets.macrodata.load_pandas().data
    investment = 400 * np.diff(np.log(data["realinv"].to_numpy()))
    output = 400 * np.diff(np.log(data["realgdp"].to_numpy()))
    interest = data["realint"].to_numpy()[:-1]
    design = np.column_stack([output, interest, np.ones(len(output))])
    return trends.fit_autoregressive(investment, design)


def _autoregressive() -> list[Case]:
    published = macro_gr_corc_stata.results
    cases = [
        Case(
            "Cochrane-Orcutt (GLSAR), US macro data",
            "autocorrelation",
            published.rho,
            1e-3,
            STATA_PRAIS,
            lambda: float(_cochrane_orcutt().rho or np.nan),
        )
    ]
    return cases + [
        Case(
            "Cochrane-Orcutt (GLSAR), US macro data",
            f"{kind} {i}",
            float(values[i]),
            2e-3,
            STATA_PRAIS,
            lambda i=i, field=field: getattr(_cochrane_orcutt().terms[i], field),
        )
        for kind, field, values in (
            ("coefficient", "estimate", published.params),
            ("standard error", "se", published.bse),
        )
        for i in range(3)
    ]


@cache
def _rand() -> trends.RegressionResult:
    data = sm.datasets.randhie.load_pandas()
    design = sm.add_constant(data.exog.to_numpy(), prepend=False)
    return trends.fit_counts(
        data.endog.to_numpy(), design, family="negative_binomial", scale="none"
    )


def _negative_binomial() -> list[Case]:
    published = RandHIE.negativebinomial_nb2_bfgs
    cases = [
        Case(
            "negative binomial, RAND health insurance",
            "dispersion alpha",
            published.params[-1],
            2e-4,
            MASS,
            lambda: float(_rand().dispersion or np.nan),
        )
    ]
    for i in range(10):
        cases += [
            Case(
                "negative binomial, RAND health insurance",
                f"coefficient {i}",
                published.params[i],
                2e-4,
                MASS,
                lambda i=i: _rand().terms[i].estimate,
            ),
            Case(
                "negative binomial, RAND health insurance",
                f"standard error {i}",
                published.bse[i],
                5e-4,
                MASS,
                lambda i=i: _rand().terms[i].se,
            ),
        ]
    return cases


def _sicily(*, seasonal: bool) -> trends.RegressionResult:
    month = np.arange(59) % 12 + 1
    design = trends.segmented_design(np.arange(1, 60), 37, "level")
    if seasonal:
        angles = [2 * np.pi * k * month / 12 for k in (1, 2)]
        waves = [wave(angle) for wave in (np.sin, np.cos) for angle in angles]
        design = np.column_stack([design, *waves])
    return trends.fit_counts(ACES, design, STANDARD_POPULATION, scale="pearson")


def _interrupted_series() -> list[Case]:
    models = {"step change": False, "step change and season": True}
    return [
        Case(
            "smoking ban in Sicily, acute coronary events",
            f"rate ratio, {name}",
            0.89,
            0.0055,
            SICILY,
            lambda seasonal=seasonal: _sicily(seasonal=seasonal).terms[2].ratio()[0],
        )
        for name, seasonal in models.items()
    ]


def _proportion_trend() -> list[Case]:
    smokers, patients = [83, 90, 129, 70], [86, 93, 136, 82]
    return [
        Case(
            "trend in proportions, smokers",
            "chi-squared",
            8.2249,
            5e-5,
            TREND,
            lambda: trends.trend_in_proportions(smokers, patients).statistic,
        ),
        Case(
            "trend in proportions, smokers",
            "p-value",
            0.004132,
            5e-7,
            TREND,
            lambda: trends.trend_in_proportions(smokers, patients).p_value,
        ),
    ]


CASES: list[Case] = [
    *_fixed_b(),
    *_newey_west(),
    *_autoregressive(),
    *_negative_binomial(),
    *_interrupted_series(),
    *_proportion_trend(),
]
