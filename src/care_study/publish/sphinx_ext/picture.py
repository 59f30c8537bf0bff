"""The small picture of a verdict: what is claimed, what was found, and everyone else."""

from __future__ import annotations

from markupsafe import Markup

from care_study.claims import Verdict
from care_study.claims.reading import BEYOND
from care_study.show.html import render
from care_study.words import format_number

WIDTH, HEIGHT, EDGE = 220.0, 30.0, 6.0


def picture(verdict: Verdict) -> Markup:
    """Draw the claimed range, the value with its interval, and the other authorities as a rug.

    Empty where the verdict has no number. An open end of a range runs to the edge. Colours come
    from the page's style sheet, so that the picture follows the reader's scheme.
    """
    shown = verdict.shown
    if shown is None:
        return Markup("")
    ends = [end for end in (shown.lower, shown.value, shown.upper) if end is not None]
    ends = [end for end in ends if abs(end) < BEYOND]
    if not ends:
        return Markup("")
    stated = [end for end in verdict.stated if end is not None]
    tenth = len(verdict.others) // 50
    others = verdict.others[tenth : len(verdict.others) - tenth]
    low, high = min([*ends, *stated, *others]), max([*ends, *stated, *others])
    room = (high - low) * 0.06 or 1.0
    low, high = low - room, high + room

    def x(value: float | None, otherwise: float) -> float:
        at = otherwise if value is None else min(max(value, low), high)
        return round(EDGE + (at - low) / (high - low) * (WIDTH - 2 * EDGE), 1)

    last = None if shown.upper is None or shown.upper >= BEYOND else shown.upper
    return Markup(
        render(
            "picture.svg",
            width=WIDTH,
            height=HEIGHT,
            band=(x(verdict.stated[0], low), x(verdict.stated[1], high)) if stated else None,
            rug=[x(value, low) for value in others],
            line=None if shown.lower is None else (x(shown.lower, low), x(last, high)),
            dot=None if shown.value is None else x(shown.value, low),
            words=_words(verdict),
        )
    )


def _words(verdict: Verdict) -> str:
    """Say in words what the picture shows."""
    shown = verdict.shown
    assert shown is not None  # the caller has refused a verdict without
    parts = [f"Claimed {verdict.claimed}", f"found {shown.text}"]
    if verdict.others:
        low, high = (
            format_number(end, unit=shown.unit, decimals=shown.decimals)
            for end in (verdict.others[0], verdict.others[-1])
        )
        parts.append(f"{len(verdict.others)} other authorities from {low} to {high}")
    return "; ".join(parts)
