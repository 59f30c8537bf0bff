"""Reads and checks ``study.yml``: areas, comparators, years and events, notebook by notebook."""

import csv
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from care_study.data.schemas import TABLES

NEIGHBOUR_LISTS = ("2021", "2025")
LATEST = "latest"
STATISTICS = ("mean", "median")
TIMEOUT_SECONDS = 600
_SETTINGS = ("data_folder", "years", "comparators", "notebooks", "timeout_seconds")


class StudyError(ValueError):
    """A setting in ``study.yml`` that cannot be used."""


class _Loader(yaml.SafeLoader):
    """Refuses a name that stands twice: YAML would silently take the second."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in names:
                raise StudyError(
                    f"study.yml: found {key.value!r} twice, the second time in line "
                    f"{key.start_mark.line + 1}. Keep one."
                )
            names.add(str(key.value))
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class Run:
    """One notebook to run: its parameters and the tables that it may read."""

    notebook: str
    parameters: dict[str, Any]
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Study:
    """The settings of a study. ``general`` holds those that any notebook may declare.

    ``timeout_seconds`` is how long one notebook may run.
    """

    data_folder: str
    general: dict[str, Any]
    runs: tuple[Run, ...]
    timeout_seconds: float = TIMEOUT_SECONDS

    def parameters(self, run: Run, declared: Iterable[str]) -> dict[str, Any]:
        """Put together what a notebook is passed: the general settings it declares, and its own."""
        names = set(declared)
        general = {name: value for name, value in self.general.items() if name in names}
        return {**general, **run.parameters}


def read_study(path: Path) -> Study:
    """Read ``study.yml`` and check every setting.

    Raises
    ------
    StudyError
        Naming the setting, what was found, what was expected and what to do.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except FileNotFoundError:
        raise StudyError(f"{path}: the file is missing. Restore it from the repository.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        detail = str(error).replace("\n", " ")
        raise StudyError(f"{path.name}: not readable as YAML in UTF-8: {detail}") from None
    if not isinstance(raw, dict):
        raise StudyError(f"{path.name}: found {raw!r}. Expected {', '.join(_SETTINGS)}.")
    _known(raw, _SETTINGS, "")
    years = _mapping(raw, "years", ("first", "last"))
    comparators = _mapping(raw, "comparators", ("neighbours", "statistic"))
    data_folder = raw.get("data_folder", "data/published")
    if not isinstance(data_folder, str):
        raise StudyError(
            f"study.yml, data_folder: found {data_folder!r}. Expected a folder such as "
            "data/published."
        )
    first = _year(years, "first")
    held = path.parent / data_folder
    last = newest_year(held) if years["last"] == LATEST else _year(years, "last")
    if first > last:
        raise StudyError(f"study.yml, years: found first {first} after last {last}. Swap them.")
    general = {
        "data_folder": data_folder,
        "first_year": first,
        "last_year": last,
        "neighbours": _choice(comparators, "neighbours", NEIGHBOUR_LISTS),
        "statistic": _choice(comparators, "statistic", STATISTICS),
    }
    notebooks = raw.get("notebooks")
    if not isinstance(notebooks, dict) or not notebooks:
        raise StudyError("study.yml, notebooks: expected one entry a notebook, found none.")
    runs = tuple(_run(name, entry) for name, entry in notebooks.items())
    return Study(data_folder, general, runs, _timeout(raw))


def newest_year(folder: Path) -> int:
    """Find the newest year ending 31 March for which a folder of figure tables has figures.

    Raises `StudyError` if the list of areas is not there to say so.
    """
    file = folder / "authorities.csv"
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return max(int(row["last_year"]) for row in csv.DictReader(lines))
    except (OSError, KeyError, ValueError):
        raise StudyError(
            f"study.yml, years.last: found {LATEST!r}, and {file} does not say which year that is. "
            "Add the figure tables, or write a year."
        ) from None


def event_year(event: str) -> int:
    """Find the year ending 31 March in which an event ("YYYY-MM") falls.

    Raises `StudyError` if the text is not a year and month.
    """
    match = re.fullmatch(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])", str(event))
    if match is None:
        raise StudyError(
            f"event: found {event!r}. Expected a year and month such as '2018-10'. Correct it in "
            "study.yml or where the parameter is passed."
        )
    year, month = int(match[1]), int(match[2])
    return year + (month > 3)


def _run(name: str, entry: Any) -> Run:
    where = f"notebooks.{name}"
    if not isinstance(entry, dict):
        raise StudyError(f"study.yml, {where}: found {entry!r}. Expected parameters and reads.")
    _known(entry, ("parameters", "reads"), where)
    parameters = entry.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise StudyError(f"study.yml, {where}.parameters: expected name: value, a line each.")
    if "event" in parameters:
        event_year(parameters["event"])
    reads = entry.get("reads") or []
    if not isinstance(reads, list):
        raise StudyError(
            f"study.yml, {where}.reads: found {reads!r}. Expected a list, one table a line "
            "after a dash."
        )
    for table in reads:
        if not isinstance(table, str) or table not in TABLES:
            raise StudyError(
                f"study.yml, {where}.reads: found {table!r}, which is not a table."
                + _nearest(str(table), TABLES)
            )
    return Run(str(name), parameters, tuple(reads))


def _known(entry: dict[str, Any], allowed: Iterable[str], where: str) -> None:
    for name in entry:
        if name not in allowed:
            place = f"study.yml, {where}".rstrip(", ")
            raise StudyError(f"{place}: found {name!r}, unknown.{_nearest(str(name), allowed)}")


def _nearest(name: str, allowed: Iterable[str]) -> str:
    names = list(allowed)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f" Did you mean {near[0]!r}?" if near else f" Expected one of {', '.join(names)}."


def _mapping(raw: dict[str, Any], name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    entry = raw.get(name)
    if not isinstance(entry, dict) or set(entry) != set(keys):
        raise StudyError(f"study.yml, {name}: found {entry!r}. Expected {' and '.join(keys)}.")
    return entry


def _year(years: dict[str, Any], name: str) -> int:
    value = years[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 1990 <= value <= 2100:
        expected = f"a year such as 2013{f', or {LATEST}' if name == 'last' else ''}"
        raise StudyError(f"study.yml, years.{name}: found {value!r}. Expected {expected}.")
    return value


def _timeout(raw: dict[str, Any]) -> float:
    value = raw.get("timeout_seconds", TIMEOUT_SECONDS)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 86_400:
        raise StudyError(
            f"study.yml, timeout_seconds: found {value!r}. Expected seconds from 1 to 86400 (a "
            f"day) for one notebook, or leave it out for {TIMEOUT_SECONDS}."
        )
    return float(value)


def _choice(entry: dict[str, Any], name: str, choices: tuple[str, ...]) -> str:
    value = str(entry[name])
    if value not in choices:
        raise StudyError(
            f"study.yml, comparators.{name}: found {value!r}. Expected {' or '.join(choices)}."
        )
    return value
