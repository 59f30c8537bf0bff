"""Indicators of spending, of social workers coming and going, and of deprivation as context."""

from care_study.indicators.terms import CHILDREN, SEPTEMBER, Indicator, Term, published

_CASH = (
    "Cash terms: pounds of the year. No deflator is among the figures held, so nothing is said of "
    "real terms; prices rose over these years. Spending is not a sample, so no interval is given."
)
_FINANCIAL = "financial year ending 31 March"


def _spending(
    id_: str, title: str, column: str, over: tuple[Term, ...], unit: str, per: str
) -> Indicator:
    return Indicator(
        id_,
        title,
        (Term("expenditure", column),),
        over,
        unit,
        _FINANCIAL,
        f"gross expenditure / {per}",
        decimals=0,
        note=_CASH,
    )


SPENDING = [
    _spending(
        "spending_per_child",
        "Spending on children's services per child",
        "children_services_total",
        CHILDREN,
        "pounds per child aged 0 to 17",
        "children aged 0 to 17 at the mid-year before",
    ),
    _spending(
        "looked_after_spending_per_child",
        "Spending on looked-after children per child",
        "looked_after_total",
        CHILDREN,
        "pounds per child aged 0 to 17",
        "children aged 0 to 17 at the mid-year before",
    ),
    _spending(
        "spending_per_looked_after",
        "Spending on looked-after children per child looked after",
        "looked_after_total",
        (Term("children_looked_after", "looked_after_31_march"),),
        "pounds per child looked after",
        "children looked after on 31 March",
    ),
]


def _flow(id_: str, title: str, column: str, what: str) -> Indicator:
    return Indicator(
        id_,
        title,
        (Term("workforce_flows", column),),
        (Term("workforce_flows", "social_workers_fte"),),
        "% of social workers",
        "year to 30 September",
        f"{what} / social workers in post on 30 September x 100, full-time equivalents",
        per=100,
        note="Joint returns stand under both authorities, so counts of a territory that is one "
        "are counted twice in both parts of the share. A count of all workers: no interval.",
    )


WORKERS = [
    _flow("workers_starting", "Social workers starting", "starters_fte", "workers who started"),
    _flow("workers_leaving", "Social workers leaving", "leavers_fte", "workers who left"),
    published(
        "workers_holding_cases",
        "Social workers who hold cases",
        "workforce_flows",
        "case_holders_percent",
        "% of social workers",
        SEPTEMBER,
    ),
]
DEPRIVATION = [
    published(
        f"{index}_score",
        title,
        "deprivation",
        f"{index}_average_score",
        unit,
        "2015 and 2019 only",
        note="Context, not a cause: it describes the neighbourhoods of a place.",
    )
    for index, title, unit in (
        ("imd", "Index of multiple deprivation", "score"),
        ("idaci", "Income deprivation affecting children", "share of children, 0 to 1"),
    )
]
CONTEXT = [*SPENDING, *WORKERS, *DEPRIVATION]
