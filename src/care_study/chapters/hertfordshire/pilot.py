"""The pilot that the report names: rates around its year."""

from collections.abc import Sequence

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.hertfordshire.change import MEASURES, UNIT, between_years
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
