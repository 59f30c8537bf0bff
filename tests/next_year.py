"""A release of 2026, made from the tables of 2025: what next autumn may bring, all at once.

A new year for every area; some revisions of the year before; a renamed label column; the code of
one authority issued anew; and one authority divided in two.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

import imports_material as material

YEAR = 2026
REVISED = ("Kent", "Leeds", "England")
REISSUED = ("Somerset", "E06009966")
DIVIDED = "Surrey"
PARTS = (("972", "E06009971", "East Surrey"), ("973", "E06009972", "West Surrey"))
LOOKED_AFTER = ("looked_after_31_march", "started", "ceased")
REFERRALS = (
    "referrals",
    "rereferrals_within_12_months",
    "no_further_action",
    "assessed_not_in_need",
)


def write(published: Path, folder: Path) -> list[Path]:
    """Write two files as the Department would publish them; give their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    care = material.cla(rows(published / "children_looked_after.csv", LOOKED_AFTER), "category")
    front_door = material.c1(rows(published / "referrals.csv", REFERRALS))
    files = {"looked_after_2026.csv": care, "c1_2026.csv": front_door}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]


def rows(file: Path, figures: tuple[str, ...]) -> dict[tuple[tuple[str, ...], int], list[str]]:
    """Take the last two years of a table, and make 2026 of 2025."""
    held = pd.read_csv(file, dtype=str, keep_default_na=False)
    regions = pd.read_csv(file.with_name("authorities.csv"), dtype=str, keep_default_na=False)
    region_of = dict(zip(regions["area_code"], regions["region"], strict=True))
    made: dict[tuple[tuple[str, ...], int], list[str]] = {}
    for year in (YEAR - 2, YEAR - 1):
        for row in held[held["year"] == str(year)].to_dict("records"):
            region = region_of.get(row["area_code"], "")
            revised = year == YEAR - 1 and row["area_name"] in REVISED
            here = changed(row, figures, (lambda n: n + 3) if revised else (lambda n: n))
            made[place(row, region), year] = here
            if year == YEAR - 1:
                for new, share in after(row):
                    more = changed(row, figures, lambda n, share=share: round(n * share))
                    made[place({**row, **new}, region), YEAR] = more
    return made


def after(row: dict[str, str]) -> Iterator[tuple[dict[str, str], float]]:
    """Say what an area is called a year later, and how much larger its figures are."""
    if row["area_name"] == DIVIDED:
        for dfe_code, area_code, name in PARTS:
            yield {"dfe_code": dfe_code, "area_code": area_code, "area_name": name}, 0.5
    else:
        yield ({"area_code": REISSUED[1]} if row["area_name"] == REISSUED[0] else {}), 1.02


def changed(row: dict[str, str], figures: tuple[str, ...], how: Callable[[int], int]) -> list[str]:
    """Change the figures that are numbers; a symbol stays."""
    return [str(how(int(row[name]))) if row[name].isdigit() else row[name] for name in figures]


def place(row: dict[str, str], region: str) -> tuple[str, ...]:
    """Name an area as `imports_material` does."""
    if row["area_code"] == "E92000001":
        return material.ENGLAND
    if row["area_code"].startswith("E12") or row["area_code"].startswith("E13"):
        return ("Regional", "", row["area_name"], row["area_code"], "")
    return ("Local authority", row["dfe_code"], row["area_name"], row["area_code"], region)
