"""Into care and out of care: children starting and ceasing to be looked after."""

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.cambridgeshire.rate import RATE, UNIT, Standing
from care_study.chapters.shared import COVID, against_neighbours
from care_study.charts import series
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.unavailable import Unavailable
from care_study.words import count, number, year

STARTED, CEASED = "looked_after_started_rate", "looked_after_ceased_rate"


@finding
class Leaving:
    """Children leaving care in the report's year, for every hundred in care a year before."""

    sources = Standing.sources
    year: int
    leaving: float = fact(
        "children ceasing in the report's year / children in care a year before x 100", decimals=0
    )
    leaving_neighbours: float = fact("mean of the same among the neighbours", decimals=0)


@section
def leaving(setting: Setting, document_year: int) -> Leaving:
    """Compute how many children left for every hundred in care a year before."""
    ceased, held = setting.every_year(CEASED), setting.every_year(RATE)
    out = ceased[ceased["year"] == document_year].set_index("area_id")["numerator"]
    before = held[held["year"] == document_year - 1].set_index("area_id")["numerator"]
    shares = (out / before * 100).dropna()
    others = shares.reindex(setting.neighbour_ids).dropna()
    if setting.area_id not in shares or others.empty:
        raise Unavailable(
            f"Children leaving care in {document_year}, and in care a year before, are not both "
            f"published for {setting.area_name} and a neighbour"
        )
    return Leaving(
        year=document_year,
        leaving=float(shares[setting.area_id]),
        leaving_neighbours=float(others.mean()),
    )


@finding
class Flows:
    """Children starting and ceasing to be looked after, by year."""

    sources = ("children_looked_after",)
    table: pd.DataFrame
    flows_first: int = fact("first year with children starting and ceasing", unit="year")
    flows_sentence: str = fact(
        "children starting and ceasing before and from the year of the reform on, a year on average"
    )


@section
def flows(setting: Setting, first_after: int) -> Flows:
    """Compute children starting and ceasing, before and from a year on."""
    found = flows_table(setting)
    return Flows(
        table=found,
        flows_first=int(found["year"].min()),
        flows_sentence=sentences(found, first_after, setting.area_name),
    )


def flows_table(setting: Setting) -> pd.DataFrame:
    """Set children starting and ceasing to be looked after beside the neighbours' mean.

    Returns
    -------
    DataFrame
        ``year``; ``started``, ``ceased`` and ``net`` (children); the same three with ``_rate``
        (per 10,000) and with ``_mean`` (per 10,000, of the neighbours).

    Raises
    ------
    Unavailable
        If there is no year with both for the area and a neighbour.
    """
    into, out = (against_neighbours(setting, name).set_index("year") for name in (STARTED, CEASED))
    found: dict[str, pd.Series] = {}
    for end, column in (("", "numerator"), ("_rate", "value"), ("_mean", "mean")):
        found |= {f"started{end}": into[column], f"ceased{end}": out[column]}
        found[f"net{end}"] = into[column] - out[column]
    table = pd.DataFrame(found).dropna().reset_index()
    if table.empty:
        raise Unavailable(
            f"There is no year with children starting and ceasing in {setting.area_name}"
        )
    return table


@section
def net_flow(setting: Setting, found: Flows, event: tuple[float, str]) -> Shown:
    """Draw children starting minus children ceasing through time."""
    years = found.table["year"]
    chart = series.focus_series(
        net_lines(found.table, setting.area_name),
        area="area_name",
        value="value",
        focus=setting.area_name,
        references=["neighbours' mean"],
        unit="starting minus ceasing, per 10,000",
        zero=True,
        breaks=[one for one in (event, COVID) if years.min() < one[0] < years.max()],
    )
    return figure(
        chart,
        name="net_flow",
        title=title(found.table, setting.area_name),
        subtitle=(
            "Children starting minus children ceasing to be looked after in the year ending 31 "
            f"March, per 10,000 aged 0 to 17, {setting.area_name} and the mean of its neighbours"
        ),
        alt=alternative(setting.area_name, found.table),
        data=found.table,
        unit=UNIT,
        places=1,
        sources=Standing.sources,
    )


def net_lines(table: pd.DataFrame, area: str) -> pd.DataFrame:
    """Put the net flow of the area and of its neighbours below one another, for a chart.

    Returns
    -------
    DataFrame
        ``year``, ``area_name`` and ``value`` per 10,000.
    """
    own = table[["year"]].assign(area_name=area, value=table["net_rate"])
    mean = table[["year"]].assign(area_name="neighbours' mean", value=table["net_mean"])
    return pd.concat([own, mean], ignore_index=True)


def title(table: pd.DataFrame, area: str) -> str:
    """Say in a sentence when more children started than ceased to be looked after."""
    more, years = int((table["net"] > 0).sum()), len(table)
    if not more:
        return f"In {area} more children left care than came in in every year"
    when = "every year" if more == years else f"{more} of {count(years, 'year')}"
    return f"In {area} more children came into care than left in {when}"


def sentences(table: pd.DataFrame, change: int, area: str) -> str:
    """Say how many children started and ceased a year, before and from a year on."""
    parts = []
    for words, rows in (
        (f"Before {change}", table[table["year"] < change]),
        (f"From {change} on", table[table["year"] >= change]),
    ):
        if len(rows):
            started = count(rows["started"].mean(), "child", "children")
            parts.append(
                f"{words}, {started} a year started and {count(rows['ceased'].mean())} ceased to "
                f"be looked after in {area}."
            )
    return " ".join(parts)


def alternative(area: str, table: pd.DataFrame) -> str:
    """Describe the chart of the net flow."""
    ordered = table.sort_values("net_rate")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    return (
        f"Line chart of children starting minus ceasing. {area} was highest in "
        f"{year(high['year'])} ({number(high['net_rate'])} per 10,000) and lowest in "
        f"{year(low['year'])} ({number(low['net_rate'])})."
    )
