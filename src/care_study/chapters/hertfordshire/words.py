"""Titles and sentences of the Hertfordshire chapter, true for any authority."""

from care_study.chapters.hertfordshire.change import MEASURES, UNIT, Change
from care_study.words import format_number


def change_words(found: Change) -> str:
    """Say the own change and the neighbours' in one sentence, without a cause."""
    own, others = float(found.own.estimate), float(found.against.comparator.estimate)
    clear = "excludes" if found.against.conclusion in ("above", "below") else "includes"
    return (
        f"{MEASURES[found.indicator]} {_moved(own)} and its neighbours' mean {_moved(others)}, "
        f"both per 10,000; the interval of the difference {clear} zero"
    )


def _moved(by: float) -> str:
    return f"{'fell' if by < 0 else 'rose'} by {format_number(abs(by), decimals=1)}"


def placebo_title(found: Change, area: str) -> str:
    """Say how unusual an area's change of gap is among those of all authorities."""
    share = (found.rank - 1) / (len(found.placebos) - 1)
    return (
        f"{share:.0%} of other authorities' gaps in {MEASURES[found.indicator]} changed by more "
        f"than {area}'s"
    )


def placebo_alt(found: Change, area: str) -> str:
    """Describe the chart of all authorities' changes of gap."""
    value = format_number(float(found.placebo.summary["estimate"].loc["gap_did"]), decimals=1)
    return (
        f"Dots, one an authority: change of its gap to its own neighbours, to {found.last}. {area} "
        f"is at {value} {UNIT}, rank {found.rank} by size among {len(found.placebos)}."
    )


def series_title(found: Change, area: str) -> str:
    """Say the two means that the change is computed from."""
    before, after = (format_number(end, decimals=1) for end in (found.before, found.after))
    return (
        f"{area}: {MEASURES[found.indicator]} averaged {before} {UNIT} before {found.first_after} "
        f"and {after} from then to {found.last}"
    )


def series_alt(found: Change, area: str) -> str:
    """Describe the chart of the series."""
    mean = format_number(float(found.against.comparator.estimate), decimals=1)
    return (
        f"Line chart, {area} and its neighbours' mean. {series_title(found, area)}; its "
        f"neighbours' mean changed by {mean}."
    )
