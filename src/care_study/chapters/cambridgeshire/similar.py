"""The change of the gap without the neighbours that ran a similar programme.

A neighbour with a programme of its own is no picture of what would have happened without one. All
that are known to have had it are left out together, and every one and two of the neighbours.
"""

from collections.abc import Sequence

from care_study.area.setting import Setting
from care_study.chapters.cambridgeshire.rate import UNIT, Standing
from care_study.chapters.cambridgeshire.reform import compared_with
from care_study.data import geography
from care_study.show.results import fact, finding, section
from care_study.statistics.trends import leave_out_jointly
from care_study.unavailable import Unavailable
from care_study.words import number


@finding
class Without:
    """The change of the gap without the authorities that ran a similar programme."""

    sources = Standing.sources
    gap_change_without: float = fact(
        "the same without the neighbour named as running a similar programme",
        unit=UNIT,
        decimals=1,
    )
    gap_change_without_p: float = fact("raw placebo p-value of the same", decimals=2)
    pairs: int = fact("ways to leave out one or two neighbours")
    pairs_lowest: float = fact("smallest change without one or two neighbours", unit=UNIT)
    pairs_highest: float = fact("largest change without one or two neighbours", unit=UNIT)
    together: int = fact("neighbours known to have adopted the programme by the latest year")
    together_change: float = fact(
        "the change without all who adopted the programme", unit=UNIT, decimals=1
    )
    bias: str = fact("which way leaving them in biases the change, in words")


@section
def without(
    setting: Setting, first_after: int, programme: str, adopters: Sequence[str] = ()
) -> Without:
    """Estimate the change of the mean gap without authorities that had a similar programme.

    ``programme`` is one neighbour, left out alone; ``adopters`` are all that are known to have
    taken the programme up, left out jointly.
    """
    tables = setting.tables
    everyone = geography.areas(tables["authorities"], tables["boundary_changes"])
    similar = geography.find_area(everyone, programme)
    if similar == setting.area_id:
        raise Unavailable(f"{setting.area_name} is the authority that would be left out")
    panel, lists = compared_with(setting, first_after)
    held = set(panel["unit"])
    ids = [geography.find_area(everyone, name) for name in dict.fromkeys([programme, *adopters])]
    sets = {"alone": [similar], "all": [one for one in ids if one in held]}
    found = leave_out_jointly(panel, setting.area_id, first_after, lists, together=sets)
    rows = found.to_dict("records")
    alone, together = rows[-2], rows[-1]
    whole = float(found["estimate"].iloc[0])
    apart = found.iloc[1 : -len(sets)]["estimate"]
    return Without(
        gap_change_without=float(alone["estimate"]),
        gap_change_without_p=float(alone["p_value"]),
        pairs=len(apart),
        pairs_lowest=float(apart.min()),
        pairs_highest=float(apart.max()),
        together=int(together["count"]),
        together_change=float(together["estimate"]),
        bias=bias_sentence(whole, float(together["estimate"]), setting.area_name),
    )


def bias_sentence(whole: float, apart: float, area: str) -> str:
    """Say which way neighbours with a similar programme bias the change of the gap."""
    moved = number(abs(whole - apart))
    if whole == apart:
        return f"none of them is a neighbour of {area}, so nothing changes"
    way = "lower" if apart < whole else "higher"
    return (
        f"without them the change is {way} by {moved}: if the programme lowers the number of "
        f"children in care, neighbours that have it make {area}'s own fall look smaller"
    )
