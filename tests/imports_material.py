"""Small files as the Department publishes them, made from nothing, and a data folder to add to."""

import csv
import io
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from care_study import paths

PLACES = [
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "old_la_code",
    "new_la_code",
    "la_name",
]
ENGLAND = ("National", "", "England", "", "")
EAST = ("Regional", "", "East of England", "E12000006", "")
CAMBRIDGESHIRE = ("Local authority", "873", "Cambridgeshire", "E10000003", "East of England")
ESSEX = ("Local authority", "881", "Essex", "E10000012", "East of England")
CLA_LABELS = {
    "looked_after_31_march": "Children looked after on 31 March each year",
    "started": "Children starting to be looked after each year",
    "ceased": "Children ceasing to be looked after each year",
}
C1 = ("referral_count", "rereferral_count", "no_further_action_count", "not_in_need_count")


def copy_of_data(folder: Path) -> Path:
    """Copy the project's data, its tables frozen, into a folder that a test may change."""
    data = folder / "data"
    shutil.copytree(paths.DATA, data, ignore=shutil.ignore_patterns(".history", "published"))
    shutil.copytree(paths.PUBLISHED, data / "published")
    for path in data.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return data


def place(area: tuple[str, ...], year: object) -> list[str]:
    """Write the columns that say where and when."""
    level, dfe_code, name, code, region = area
    local = level == "Local authority"
    region_code = "E12000006" if local else code
    return [
        str(year),
        "Reporting year",
        level,
        "E92000001",
        "England",
        "" if level == "National" else region_code,
        region if local else ("" if level == "National" else name),
        dfe_code,
        code if local else "",
        name if local else "",
    ]


def csv_text(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(list(header))
    writer.writerows([list(row) for row in rows])
    return buffer.getvalue()


def c1(rows: Mapping[tuple[tuple[str, ...], object], Iterable[object]], names=C1) -> str:
    """Write a C1 file: (area, year) -> referrals, re-referrals, no further action, not in need."""
    body = [[*place(area, year), *figures] for (area, year), figures in rows.items()]
    return csv_text([*PLACES, *names], body)


def cla(
    rows: Mapping[tuple[tuple[str, ...], object], Iterable[object]],
    label: str = "population_type",
    value: str = "children_count",
    labels: Iterable[str] = tuple(CLA_LABELS.values()),
) -> str:
    """Write a looked-after file: (area, year) -> on 31 March, starting, ceasing."""
    body = [
        [*place(area, year), text, "1000", figure, "1"]
        for (area, year), figures in rows.items()
        for text, figure in zip(labels, figures, strict=True)
    ]
    return csv_text([*PLACES, label, "population_estimate", value, "rate_per_10000"], body)
