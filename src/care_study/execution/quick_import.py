"""Keeps the slowest import out of the processes that execute notebooks and build the book."""

import importlib
import sys

_GRAMMAR = "rfc3987_syntax"


def import_jsonschema() -> None:
    """Import ``jsonschema``, which nbformat needs, without an optional part of it.

    Where the package that checks the syntax of international addresses is installed, jsonschema
    compiles its grammars on import: more than a second in each process, half of what a kernel
    takes to start. The schema of notebooks has no such address, so it is left out; whoever
    imports that package itself gets it.
    """
    if "jsonschema" in sys.modules or _GRAMMAR in sys.modules:
        return
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment] # the documented way to hide one
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules[_GRAMMAR]
