"""More children in care: how much is more coming in, and how much is staying longer."""

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.cambridgeshire.flows import CEASED, STARTED
from care_study.charts import dots
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.capacity import StockChange, stock_change
from care_study.statistics.intervals import Interval, yearly_dispersion
from care_study.unavailable import Unavailable
from care_study.words import count, year

SOURCES = ("children_looked_after", "children_looked_after_2010_2012")
BASE_YEARS = 3
FLOWS = ["looked_after_31_march", "started", "ceased"]
PARTS = {
    "momentum": "going on as before",
    "entries": "entries",
    "stay": "length of stay",
}
FORMULA = "stock one year on = stock + started - rate of leaving x mean stock of the year"


@finding
class Spell:
    """The change in children in care over some years, taken apart."""

    sources = SOURCES
    first: int = fact("31 March from which the change is counted", unit="year")
    last: int = fact("31 March to which the change is counted", unit="year")
    before: int = fact("children looked after on the first of the two days", unit="children")
    after: int = fact("children looked after on the second", unit="children")
    total: int = fact("children looked after on the second day less the first", unit="children")
    momentum: Interval = fact(
        f"{FORMULA}, with entries and leaving of the years before", unit="children", decimals=0
    )
    entries: Interval = fact(
        f"{FORMULA}: with the entries that there were, less with those of the years before; mean "
        "of the two orders",
        unit="children",
        decimals=0,
    )
    stay: Interval = fact(
        f"{FORMULA}: with the leaving that there was, less with that of the years before; mean of "
        "the two orders",
        unit="children",
        decimals=0,
    )
    unexplained: float = fact("total less momentum, entries and stay", unit="children", decimals=0)
    came_before: float = fact(
        "children starting a year, mean of the years before", unit="children", decimals=0
    )
    came: float = fact(
        "children starting a year, mean of the years of the change", unit="children", decimals=0
    )
    stay_before: float = fact(
        "mean stock / children ceasing, years before", unit="years", decimals=1
    )


@finding
class Apart:
    """The change up to the report, since then to the lowest count, and from there to the latest."""

    sources = SOURCES
    table: pd.DataFrame
    rise: Spell
    since: Spell
    recent: Spell
    others: Spell
    apart_base: int = fact("years whose mean entries and rate of leaving stand for before")
    apart_dispersion: float = fact(
        "variance over mean of yearly entries, in a typical authority", decimals=1
    )


@section
def apart(setting: Setting, document_year: int, first: int = 2013) -> Apart:
    """Take the change in children in care apart into entries and length of stay.

    `others` is the same for the neighbours together, up to the report. Intervals let entries and
    exits vary as they do from year to year in a typical authority.
    """
    own = _counts(setting, [setting.area_id])
    spread = dispersion(setting)
    later = own.loc[document_year + 1 :, "looked_after_31_march"]
    if later.empty:
        raise Unavailable(
            f"No children in care of {setting.area_name} are published after {document_year}"
        )
    lowest, latest = int(later.sort_values().index[0]), int(later.index[-1])
    spells = {
        "rise": spell(own, first, document_year, spread),
        "since": spell(own, document_year, lowest, spread),
        "recent": spell(own, lowest if lowest < latest else document_year, latest, spread),
    }
    return Apart(
        table=_table(spells),
        others=spell(_counts(setting, setting.neighbour_ids), first, document_year, spread),
        apart_base=BASE_YEARS,
        apart_dispersion=spread,
        **spells,
    )


def _counts(setting: Setting, area_ids: list[str]) -> pd.DataFrame:
    """Add up children in care, starting and ceasing by year, where every area has all three."""
    held = pd.concat([setting.tables[name] for name in reversed(SOURCES)])
    rows = held[held["area_id"].isin(area_ids)]
    wide = rows.pivot(index="year", columns="area_id", values=FLOWS)
    return wide.dropna().T.groupby(level=0).sum().T[FLOWS]


def dispersion(setting: Setting) -> float:
    """Say how much entries and exits vary over Poisson counts, in a typical authority."""
    found = []
    for name in (STARTED, CEASED):
        computed = setting.every_year(name)
        local = computed[~computed["area_id"].str.fullmatch(r"E\d{8}")].dropna(subset="value")
        wide = local.pivot(index="area_id", columns="year", values=["numerator", "denominator"])
        found.append(yearly_dispersion(wide["numerator"], wide["denominator"]).phi)
    return max(1.0, *found)


def spell(counts: pd.DataFrame, first: int, last: int, spread: float) -> Spell:
    """Take the change from one 31 March to another apart (see `stock_change`).

    Raises
    ------
    Unavailable
        If a year of the change, or of the years before it, lacks a figure.
    """
    years = list(range(first - BASE_YEARS, last + 1))
    if not set(years) <= set(counts.index):
        raise Unavailable(
            f"Children in care, starting and ceasing are not all published for {years[0]} to "
            f"{years[-1]}"
        )
    held = counts.loc[years]
    columns = (held[name] for name in FLOWS)
    change = stock_change(*columns, base_years=BASE_YEARS, dispersion=spread)
    parts = {name: _interval(change, name) for name in PARTS}
    stock = held["looked_after_31_march"]
    return Spell(
        first=first,
        last=last,
        before=int(stock[first]),
        after=int(stock[last]),
        total=round(change.total),
        unexplained=float(change.table["change"].to_numpy()[-1]),
        came_before=change.entries_base,
        came=float(held.loc[first + 1 :, "started"].mean()),
        stay_before=change.stay_base,
        **parts,
    )


def _interval(change: StockChange, part: str) -> Interval:
    row = change.table.loc[part]
    return Interval(row["change"], row["lower"], row["upper"], change.level, change.method)


def _table(spells: dict[str, Spell]) -> pd.DataFrame:
    """List the parts: ``spell``, ``part``, ``estimate``, ``lower``, ``upper`` (children)."""
    rows = []
    for one in dict.fromkeys(spells.values()):
        span = f"{one.first} to {one.last}"
        rows.append((span, "all in all", float(one.total), None, None))
        for name, words in PARTS.items():
            part = getattr(one, name)
            rows.append((span, words, part.estimate, part.lower, part.upper))
        rows.append((span, "not accounted for", one.unexplained, None, None))
    return pd.DataFrame(rows, columns=["spell", "part", "estimate", "lower", "upper"])


@section
def parts_of_change(setting: Setting, found: Apart) -> Shown:
    """Draw what entries and stay added to the change of each spell."""
    drawn = found.table[found.table["part"].isin(PARTS.values())]
    labels = drawn["spell"] + ": " + drawn["part"]
    chart = dots.dot_intervals(
        drawn.assign(label=labels),
        label="label",
        value="estimate",
        lower="lower",
        upper="upper",
        unit="children, with 95% interval",
        focus=list(labels[drawn["part"] == PARTS["entries"]]),
        reference=0.0,
        reference_label="no change",
        zero=True,
    )
    rise = found.rise
    return figure(
        chart,
        name="change_taken_apart",
        title=title(rise, setting.area_name),
        subtitle=(
            f"Change in children looked after in {setting.area_name} on 31 March, by what would "
            "have happened anyway, by entries and by length of stay, against the "
            f"{count(BASE_YEARS, 'year')} before each change"
        ),
        alt=(
            "Dots with intervals for three changes. From "
            f"{year(rise.first)} to {year(rise.last)} entries make {signed(rise.entries)} children "
            f"of {count(rise.total)}, stay {signed(rise.stay)}."
        ),
        data=found.table,
        unit="children",
        places=0,
        sources=SOURCES,
        row_header="part",
    )


def title(found: Spell, area: str) -> str:
    """Say which part of a change can be told from none."""
    clear = [
        words
        for words, part in (("entries", found.entries), ("length of stay", found.stay))
        if part.lower > 0 or part.upper < 0
    ]
    named = " and ".join(clear) or "neither entries nor length of stay"
    return f"Of the change in {area} to {year(found.last)}, {named} can be told from chance"


def signed(part: Interval) -> str:
    """Write a part with its sign."""
    return ("+" if part.estimate > 0 else "") + count(part.estimate)
