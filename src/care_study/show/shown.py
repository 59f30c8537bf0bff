"""What a notebook shows: bundles of MIME types, displayed in a notebook and printed elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from IPython.core.getipython import get_ipython
from IPython.display import display


@runtime_checkable
class Showable(Protocol):
    """Anything that gives a bundle of MIME types, as Jupyter asks for it."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Shown:
    """A figure, a table or a fact, ready to be displayed. Making one displays nothing."""

    bundle: dict[str, Any]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return self.bundle


def show(*things: Showable | Iterable[Showable]) -> None:
    """Display figures, tables and other things, in order; outside a notebook print their text."""
    for thing in things:
        if isinstance(thing, Showable):
            _display(thing._repr_mimebundle_())
        else:
            show(*thing)


def _display(bundle: dict[str, Any]) -> None:
    if get_ipython() is None:
        print(bundle["text/plain"])
    else:
        display(bundle, raw=True)
