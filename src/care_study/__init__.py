"""Recomputes claims about English children's services against the official statistics.

``import care_study as cs`` and ``cs.ask("re-referrals", "Kent")`` give an indicator of an area.
"""

from importlib import import_module
from typing import Any

__all__ = ["ask"]


def __getattr__(name: str) -> Any:
    """Give `care_study.look_up.ask` when first used: it imports pandas, the package does not."""
    if name != "ask":
        raise AttributeError(f"module 'care_study' has no attribute {name!r}")
    return import_module("care_study.look_up").ask
