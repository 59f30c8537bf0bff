"""Beside neighbours, the region and England: how many children more or fewer that makes."""

import pandas as pd

from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.cambridgeshire.rate import CARE, PER, RATE
from care_study.chapters.shared import NEIGHBOURS, in_year
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import listed


@finding
class Wider:
    """The count less that at the rate of the neighbours, of the region and of England."""

    sources = (*CARE, NEIGHBOURS)
    table: pd.DataFrame
    wider_neighbours: float = fact(
        "count - neighbours' mean rate x own children, report's year", unit="children", decimals=0
    )
    wider_region: float = fact(
        "count - the region's rate x own children, report's year", unit="children", decimals=0
    )
    wider_england: float = fact(
        "count - England's rate x own children, report's year", unit="children", decimals=0
    )
    latest_neighbours: float = fact(
        "count - neighbours' mean rate x own children, latest year", unit="children", decimals=0
    )
    region: str = fact("the region that the authority is in", sources=["authorities"])


@section
def wider(setting: Setting, document_year: int) -> Wider:
    """Count how many more children are looked after than at others' rates, year by year."""
    computed = setting.indicator(RATE)
    own = setting.own(computed).dropna(subset="value")
    in_year(own, document_year)
    rates = computed.pivot(index="year", columns="area_id", values="value")
    others = {
        "neighbours": rates.reindex(columns=setting.neighbour_ids).mean(axis=1),
        "region": rates[setting.region_id],
        "england": rates[ENGLAND],
    }
    counted = own.set_index("year")
    found = pd.DataFrame({"count": counted["numerator"]})
    for name, values in others.items():
        found[f"beyond_{name}"] = counted["numerator"] - values * counted["denominator"] / PER
    then = found[found.index == document_year].iloc[0]
    unknown = [name for name in others if pd.isna(then[f"beyond_{name}"])]
    if unknown:
        raise Unavailable(
            f"{setting.area_name} cannot be set beside its {listed(unknown)} in {document_year}: "
            "no rate of children looked after is published"
        )
    return Wider(
        table=found.reset_index(),
        wider_neighbours=float(then["beyond_neighbours"]),
        wider_region=float(then["beyond_region"]),
        wider_england=float(then["beyond_england"]),
        latest_neighbours=float(found["beyond_neighbours"].iloc[-1]),
        region=setting.region_name,
    )


@section
def beyond_others(setting: Setting, found: Wider) -> Shown:
    """List, by year, how many more children are looked after than at others' rates."""
    return table(
        found.table,
        name="beyond_others",
        caption=(
            f"Children looked after in {setting.area_name} on 31 March, and how many more (or "
            "fewer) that is than at the rate of its neighbours, its region and England"
        ),
        unit="children",
        places=0,
        sources=Wider.sources,
    )
