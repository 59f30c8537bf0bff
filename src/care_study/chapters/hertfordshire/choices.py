"""The comparison under every choice: measure, last year, list, later adopters in or out."""

from collections.abc import Sequence

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.hertfordshire.change import MEASURES, UNIT, Change, change
from care_study.charts import dots
from care_study.data import geography
from care_study.indicators.compute import sources_of
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.words import count, listed, number

CUSTOMARY = 0.05
SHOWN_PER_10_000 = ("own", "against", "lower", "upper", "synthetic")


@finding
class Choices:
    """The change under every choice."""

    sources = (
        *dict.fromkeys(source for name in MEASURES for source in sources_of(name)),
        "statistical_neighbours",
    )
    table: pd.DataFrame
    adopters: str = fact(
        "authorities that took up the same way of working later, as far as known to the authors",
        sources=["settings_of_the_study"],
    )
    choices: int = fact(
        "measures x last years x lists x with and without adopters", unit="combinations"
    )
    choices_fewer: int = fact("of these, how many have a fall against the neighbours")
    choices_unusual: int = fact(f"of these, how many have a placebo p-value below {CUSTOMARY}")
    lowest_p: float = fact("smallest placebo p-value over all choices", decimals=3)


@section
def choices(
    setting: Setting, first_after: int, document_year: int, adopters: Sequence[str]
) -> Choices:
    """Repeat the comparison under every choice; ``adopters`` are names of authorities."""
    changes = setting.tables["boundary_changes"]
    everyone = geography.areas(setting.tables["authorities"], changes)
    others = [name for name in adopters if name != setting.area_name]
    ids = [geography.find_area(everyone, name) for name in others]
    lasts = sorted({document_year, setting.last_year})
    found = every_choice(setting, first_after, lasts, ids)
    return Choices(
        table=found,
        adopters=listed(others),
        choices=len(found),
        choices_fewer=int((found["against"] < 0).sum()),
        choices_unusual=int((found["p_value"] < CUSTOMARY).sum()),
        lowest_p=float(found["p_value"].min()),
    )


def every_choice(
    setting: Setting, first_after: int, lasts: Sequence[int], adopters: Sequence[str]
) -> pd.DataFrame:
    """Repeat the comparison under every choice: measure, last year, list, adopters in or out.

    Returns
    -------
    DataFrame
        ``measure``, ``to`` (last year), ``list``, ``others`` (who is compared with), ``own``
        change, ``against`` neighbours with ``lower`` and ``upper``, ``synthetic`` (synthetic
        difference-in-differences), ``rank`` of the change of gap among ``of``, ``p_value``.
    """
    rows = []
    for indicator, words in MEASURES.items():
        for last in lasts:
            for model in setting.neighbours:
                for label, gone in (("all", ()), ("without adopters", tuple(adopters))):
                    found = change(setting, indicator, first_after, last, model=model, exclude=gone)
                    rows.append({"measure": words, "to": last, "list": model, "others": label})
                    rows[-1] |= _numbers(found)
    return pd.DataFrame(rows)


def _numbers(found: Change) -> dict[str, object]:
    return {
        "own": float(found.own.estimate),
        "against": float(found.against.gap.estimate),
        "lower": float(found.against.gap.lower),
        "upper": float(found.against.gap.upper),
        "synthetic": float(found.placebo.summary["estimate"].loc["sdid"]),
        "rank": found.rank,
        "of": len(found.placebos),
        "p_value": found.p_value,
    }


@section
def every_choice_drawn(setting: Setting, found: Choices) -> Shown:
    """Draw the change against the neighbours under every choice."""
    rows = found.table
    words = [
        f"{row['measure']}, to {row['to']}, {row['list']} list, {row['others']}"
        for row in rows.to_dict("records")
    ]
    chart = dots.dot_intervals(
        rows.assign(choice=words),
        label="choice",
        value="against",
        lower="lower",
        upper="upper",
        unit="change against the neighbours, per 10,000, with 95% interval",
        reference=0.0,
        reference_label="as the neighbours changed",
        zero=True,
    )
    fell = int((rows["against"] < 0).sum())
    title = (
        f"Under {fell} of {count(len(rows), 'choice')} the rate of {setting.area_name} fell "
        "against its neighbours"
    )
    return figure(
        chart,
        name="choices",
        title=title,
        subtitle=(
            f"Change of the rate in {setting.area_name} minus that of its neighbours, per 10,000, "
            "by measure, last year, list of neighbours and who is left out"
        ),
        alt=(
            f"Dots with intervals, one a choice, from {number(rows['against'].min())} to "
            f"{number(rows['against'].max())} per 10,000; {fell} of {len(rows)} below zero."
        ),
        data=rows,
        unit=UNIT,
        places=1,
        labels={"own": "own change"},
        sources=Choices.sources,
        notes=[
            "Interval against neighbours: t on the number of neighbours less one, 95%. Rank and "
            "p-value: change of gap among all authorities with complete figures."
        ],
    )
