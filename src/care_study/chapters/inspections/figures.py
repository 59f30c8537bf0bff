"""The figures around the letter of 2010: referrals, assessments, enquiries and conferences."""

from dataclasses import replace

import pandas as pd

from care_study.area.setting import Setting
from care_study.data.geography import territories
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import count

FIRST = 2010
AROUND = ("early_referrals", "core_in_35_days", "early_conferences_in_15_days")
HISTORY = "inspection_history"
COLUMNS = ["publication_date", "area_name", "inspection_type", "overall_effectiveness"]


def early(setting: Setting) -> Setting:
    """Open the same area from the first year of the early censuses on."""
    return replace(setting, first_year=FIRST)


@finding
class History:
    """Every judgement since 2009, under every framework."""

    sources = (HISTORY,)
    rows: pd.DataFrame
    history_number: int = fact("judgements published since 2009")
    history_first: str = fact("date of the first of them")
    history_inadequate: int = fact("of them, inadequate overall")


@section
def history(setting: Setting) -> History:
    """List Ofsted's judgements of the area and of its successors since 2009."""
    ids = {setting.area_id}
    for territory in territories(setting.tables["boundary_changes"]):
        if territory.area_id == setting.area_id:
            ids |= {*territory.successors}
    held = setting.tables[HISTORY]
    rows = held[held["area_id"].isin(ids)].sort_values(["publication_date", "area_name"])
    if rows.empty:
        raise Unavailable(f"No judgement of {setting.area_name} is held since 2009")
    shown = rows[COLUMNS].astype(str).reset_index(drop=True)
    return History(
        rows=shown,
        history_number=len(shown),
        history_first=str(shown["publication_date"].iloc[0]),
        history_inadequate=int((shown["overall_effectiveness"] == "Inadequate").sum()),
    )


@section
def history_table(setting: Setting, found: History) -> Shown:
    """List them."""
    return table(
        found.rows,
        name="judgements_since_2009",
        caption=f"{count(found.history_number, 'judgement')} of {setting.area_name} since 2009",
        row_header="publication_date",
        sources=History.sources,
        notes=["A visit that gives no judgement is not in this list."],
    )
