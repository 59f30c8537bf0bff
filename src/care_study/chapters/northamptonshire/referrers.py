"""Who makes the referrals: police, schools, health services and others."""

import numpy as np
import pandas as pd

from care_study.area.setting import ENGLAND, Setting
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import year

FEWEST = 2
MADE_BY = {
    "police": "police",
    "schools": "schools",
    "health_services": "health services",
    "local_authority_services": "the authority's own services",
    "individual": "individuals",
    "other_legal_agency": "courts, probation and others of the law",
    "education_services": "other education services",
    "housing": "housing",
    "anonymous": "anonymous",
    "other": "others",
    "unknown": "not known",
}
BY_SOURCE = "referrals_by_source"


@finding
class Sources:
    """Who made the referrals, in percent of all of them."""

    sources = (BY_SOURCE,)
    table: pd.DataFrame
    sources_first: int = fact("first year with referrals by source", unit="year")
    sources_then: int = fact("year of the visit", unit="year")
    police_first: float = fact("referrals by the police / all, first year", unit="%", decimals=0)
    police_then: float = fact(
        "referrals by the police / all, year of the visit", unit="%", decimals=0
    )
    police_england: float = fact(
        "referrals by the police / all in England, year of the visit", unit="%", decimals=0
    )


@section
def made_by(setting: Setting, then: int) -> Sources:
    """Compute who made the referrals: first year, year of the visit, last year; and England."""
    held = setting.tables[BY_SOURCE]
    own = held[(held["area_id"] == setting.area_id) & held["police"].notna()]
    own = own.set_index("year").sort_index()
    country = held[held["area_id"] == ENGLAND].set_index("year")
    if then not in own.index or len(own) < FEWEST:
        raise Unavailable(f"{setting.area_name} has no referrals by source in {year(then)}")
    places = {"first": own.iloc[0], "then": own[own.index == then].iloc[0], "latest": own.iloc[-1]}
    rows = {name: _shares(row) for name, row in places.items()}
    rows["england"] = _shares(country[country.index == then].iloc[0])
    found = pd.DataFrame(rows).reindex(list(MADE_BY))
    found = found.rename(columns={name: f"share_{name}" for name in rows}).fillna(np.nan)
    police = {name: float(rows[name]["police"]) for name in rows}
    found.insert(0, "made_by", list(MADE_BY.values()))
    return Sources(
        table=found.sort_values("share_then", ascending=False, ignore_index=True),
        sources_first=int(own.index[0]),
        sources_then=then,
        police_first=police["first"],
        police_then=police["then"],
        police_england=police["england"],
    )


def _shares(row: pd.Series) -> pd.Series:
    return row[list(MADE_BY)].astype(float) / float(row["referrals"]) * 100


@section
def made_by_table(setting: Setting, found: Sources) -> Shown:
    """List who made the referrals."""
    return table(
        found.table,
        name="referrals_made_by",
        caption=(
            f"Who made the referrals in {setting.area_name}, % of all referrals: "
            f"{year(found.sources_first)}, {year(found.sources_then)}, the latest year, and England"
        ),
        places=0,
        sources=Sources.sources,
        row_header="made_by",
    )
