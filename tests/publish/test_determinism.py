"""The same sources give the same bytes: in any folder, with any number of workers, at any time.

Two copies of the sources are built in different ways, each file of the two books and each
executed notebook is compared. By default with the two quickest notebooks; `make determinism`
does it with the whole book.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from care_study import paths

pytestmark = pytest.mark.slow
WHOLE = os.environ.get("CARE_STUDY_WHOLE_BOOK") == "1"
FEW = ("data", "inspections")
TOC = {
    "format": "jb-book",
    "root": "index",
    "chapters": [*({"file": f"notebooks/{name}"} for name in FEW), {"file": "facts"}],
}
# What differs between two people's machines.
WAYS = {
    "one": {
        "workers": "1",
        "days": -700,
        "environment": {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8"},
    },
    "the other, with späces": {
        "workers": "2",
        "days": 0,
        "environment": {
            "PYTHONHASHSEED": "4711",
            "TZ": "America/Los_Angeles",
            "LC_ALL": "C",
            "HOME": "{root}/home",
            "USER": "somebody",
        },
    },
}


def sources() -> list[Path]:
    """Files under version control; without git, all but what is built."""
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=paths.ROOT, capture_output=True, check=False
    )
    if done.returncode == 0:
        names = [paths.ROOT / name for name in done.stdout.decode().split("\0") if name]
        return [path for path in names if path.is_file()]
    built = {"build", ".venv", ".git", ".pytask", "__pycache__"}
    found = (path for path in paths.ROOT.rglob("*") if path.is_file())
    return [path for path in found if not built & set(path.relative_to(paths.ROOT).parts)]


def copy(target: Path, *, days: int) -> None:
    """Copy the sources, as old as is said; unless the whole book is wanted, reduce it."""
    for path in sources():
        place = target / path.relative_to(paths.ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    if not WHOLE:
        reduce(target)
    then = time.time() + days * 86_400
    for path in target.rglob("*"):
        os.utime(path, (then, then))
    (target / "home").mkdir()


def reduce(root: Path) -> None:
    study = yaml.safe_load((root / "study.yml").read_text(encoding="utf-8"))
    study["notebooks"] = {name: study["notebooks"][name] for name in FEW}
    (root / "study.yml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    (root / "_toc.yml").write_text(yaml.safe_dump(TOC, sort_keys=False), encoding="utf-8")
    for page in (root / "book").glob("*.md"):
        if page.stem != "facts":
            page.unlink()
    (root / "book" / "index.md").write_text("# Two notebooks\n\nA first page.\n", encoding="utf-8")


def build(root: Path, workers: str, environment: dict[str, str]) -> None:
    own = {name: text.format(root=root) for name, text in environment.items()}
    fixed = {"CARE_STUDY_REVISION": "abc1234", "SOURCE_DATE_EPOCH": "1735689600"}
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CARE_STUDY")}
    done = subprocess.run(
        [sys.executable, "-m", "care_study", "book", "--workers", workers, "--quiet"],
        cwd=root,
        env={**kept, **fixed, "PYTHONPATH": str(root / "src"), **own},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Name each file that is not in both, or where the first differing line is."""
    found = [f"{name} is in one only" for name in sorted(set(one) ^ set(other))]
    for name in sorted(set(one) & set(other)):
        if one[name] != other[name]:
            pairs = zip(one[name].split(b"\n"), other[name].split(b"\n"), strict=False)
            lines = [(a[:200], b[:200]) for a, b in pairs if a != b]
            found.append(f"{name}: {lines[0] if lines else 'one is longer'}")
    return found


def test_two_builds_in_different_ways_give_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name, way in WAYS.items():
        root = tmp_path / name
        copy(root, days=way["days"])
        build(root, way["workers"], way["environment"])
        made.append(root / "build")
    for folder in ("executed", "html"):
        one, other = (contents(build / folder) for build in made)
        assert len(one) >= len(FEW)
        assert differences(one, other) == []
        machine = [name for name, content in one.items() if str(tmp_path).encode() in content]
        assert machine == []


def test_the_comparison_sees_a_single_byte() -> None:
    one = {"a": b"x\ny", "b": b"1", "d": b"1"}
    other = {"a": b"x\nz", "c": b"1", "d": b"1\n"}
    assert differences(one, one) == []
    assert differences(one, other) == [
        "b is in one only",
        "c is in one only",
        "a: (b'y', b'z')",
        "d: one is longer",
    ]
