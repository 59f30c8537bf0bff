"""The pilot that the report names: rates around its year."""

from collections.abc import Sequence

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.hertfordshire.change import MEASURES, UNIT, between_years
from care_study.claims import Claim, Reading, Verdict, judge
from care_study.data import geography
from care_study.indicators.compute import sources_of
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table

METHOD = "score interval for two Poisson rates, 95%"


@finding
class Pilot:
    """How the rates of the pilot changed around the report."""

    sources = (*dict.fromkeys(source for name in MEASURES for source in sources_of(name)),)
    pilot: str = fact(
        "authority that piloted the same way of working", sources=["settings_of_the_study"]
    )
    table: pd.DataFrame


@section
def pilot(setting: Setting, name: str, first: int, lasts: Sequence[int]) -> Pilot:
    """Compute how the pilot's rates changed from one year to each of several later ones."""
    changes = setting.tables["boundary_changes"]
    everyone = geography.areas(setting.tables["authorities"], changes)
    area_id = geography.find_area(everyone, name)
    return Pilot(pilot=name, table=pilot_changes(setting, area_id, first, lasts))


def pilot_changes(
    setting: Setting, pilot_id: str, first: int, lasts: Sequence[int]
) -> pd.DataFrame:
    """Compute how an authority's rates changed from one year to each of several later ones.

    Returns
    -------
    DataFrame
        ``measure``, ``indicator``, ``from``, ``to``, ``before``, ``after`` (per 10,000),
        ``change``, ``lower``, ``upper`` (score interval for two Poisson rates, 95%).
    """
    rows: list[dict[str, object]] = []
    for indicator, words in MEASURES.items():
        computed = setting.indicator(indicator)
        for last in lasts:
            found = between_years(computed, pilot_id, first, last)
            values = computed[computed["area_id"] == pilot_id].set_index("year")["value"]
            rows.append(
                {
                    "measure": words,
                    "indicator": indicator,
                    "from": first,
                    "to": last,
                    "before": float(values[first]),
                    "after": float(values[last]),
                    "change": float(found.estimate),
                    "lower": float(found.lower),
                    "upper": float(found.upper),
                }
            )
    return pd.DataFrame(rows)


@section
def pilot_table(found: Pilot) -> Shown:
    """Set the rates before and after beside each other."""
    return table(
        found.table.drop(columns="indicator"),
        name="pilot",
        caption=f"Rates in {found.pilot} around the report",
        unit=UNIT,
        places=1,
        sources=Pilot.sources,
        notes=[f"Interval of the change: {METHOD}. It covers chance in the counts alone."],
    )


def judge_plans(found: Pilot, claim: Claim) -> Verdict:
    """Judge: whether numbers on plans came down in the pilot."""
    readings = _readings(found.table, "plans_started_rate", numbered=True)
    return judge(claim, readings, comment="plans started stand in for plans open")


def judge_care(found: Pilot, claim: Claim) -> Verdict:
    """Judge: whether numbers in care had not yet come down by much in the pilot."""
    readings = _readings(found.table, "looked_after_rate", numbered=False)
    return judge(claim, readings, comment="no fall that its interval tells from none")


def _readings(changes: pd.DataFrame, indicator: str, *, numbered: bool) -> list[Reading]:
    rows = changes[changes["indicator"] == indicator].to_dict("records")
    return [
        Reading(
            f"from-{row['from']}-to-{row['to']}",
            f"{row['from']} to {row['to']}",
            value=row["change"],
            lower=row["lower"],
            upper=row["upper"],
            unit=UNIT,
            decimals=1,
            method="score, 95%",
            same_measure=False,
            # "Not yet by much" has no number: it survives where a fall cannot be told from none.
            survives=None if numbered else bool(row["upper"] >= 0),
        )
        for row in rows
    ]


JUDGES = {"cam-peterborough-plans": judge_plans, "cam-peterborough-care": judge_care}
