"""Writing is whole or nothing, and can be undone byte by byte."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import imports_material as material
from care_study.data import datapackage, tables
from care_study.data.adding import adding, store
from care_study.data.tables import DataError


def state(data: Path) -> dict[str, str]:
    """Digest every file that a reader sees."""
    files = [path for path in data.rglob("*") if path.is_file() and store.HISTORY not in path.parts]
    return {str(p.relative_to(data)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return material.copy_of_data(tmp_path)


def add(data: Path, text: str, name: str = "new.csv", **options: object) -> adding.Plan:
    path = data.parent / name
    path.write_text(text, encoding="utf-8")
    plan = adding.plan(data / "published", [path], **options)
    store.write(data, plan.tables)
    return plan


def next_year(essex: int = 9000) -> str:
    rows = {
        (material.ESSEX, 2026): (essex, 1500, 20, 600),
        (material.ENGLAND, 2026): (640000, 141000, 41000, 190000),
        (material.ESSEX, 2025): (8888, 1400, 10, 500),
    }
    return material.c1(rows)


def test_a_new_release_is_written_with_its_source_and_described(data):
    before = state(data)
    add(data, next_year())
    held = tables.load(data / "published")
    essex = held["referrals"][held["referrals"]["area_id"] == "881"].set_index("year")
    assert essex.at[2026, "referrals"] == 9000
    assert essex.at[2025, "referrals"] == 8888
    assert set(essex.loc[2025:2026, "source"]) == {"dfe-cin-2026-c1"}
    assert essex.at[2024, "source"] == "dfe-cin-2025-c1"
    source = held["sources"].set_index("source").loc["dfe-cin-2026-c1"]
    assert source["release"] == "2026"
    described = (data / "datapackage.json").read_text("utf-8")
    assert described == datapackage.text(data / "published")
    assert "release 2026" in described
    changed = {name for name, digest in state(data).items() if before[name] != digest}
    assert changed == {
        "datapackage.json",
        "published/referrals.csv",
        "published/sources.csv",
        "published/authorities.csv",
    }


def test_rows_that_did_not_change_keep_their_bytes(data):
    before = (data / "published/referrals.csv").read_text("utf-8").splitlines()
    sources = (data / "published/sources.csv").read_text("utf-8")
    add(data, next_year())
    after = (data / "published/referrals.csv").read_text("utf-8").splitlines()
    assert len(set(after) - set(before)) == 3
    assert len(set(before) - set(after)) == 1
    assert (data / "published/sources.csv").read_text("utf-8").startswith(sources)


def test_undo_restores_byte_by_byte_also_after_several_adds(data):
    states = [state(data)]
    for release in (9000, 9100):
        add(data, next_year(release), release=f"2026-{len(states):02d}")
        states.append(state(data))
    assert len(set(map(str, states))) == 3
    for expected in (states[1], states[0]):
        store.undo(data)
        assert state(data) == expected
    with pytest.raises(DataError, match="no import to undo"):
        store.undo(data)


def test_undo_then_add_again_gives_the_same_bytes(data):
    add(data, next_year())
    first = state(data)
    store.undo(data)
    add(data, next_year())
    assert state(data) == first


def test_undo_refuses_to_lose_a_change_made_by_hand(data):
    add(data, next_year())
    path = data / "published/referrals.csv"
    path.write_text(path.read_text("utf-8").replace(",8888,", ",8889,"), encoding="utf-8")
    changed = state(data)
    with pytest.raises(DataError, match=r"referrals\.csv: the file was changed after the import"):
        store.undo(data)
    assert state(data) == changed


def test_a_state_that_breaks_a_contract_is_never_swapped_in(data):
    before = state(data)
    path = data.parent / "new.csv"
    path.write_text(next_year(), encoding="utf-8")
    plan = adding.plan(data / "published", [path])
    broken = {name: frame for name, frame in plan.tables.items() if name != "sources"}
    with pytest.raises(DataError, match=r"not in sources\.csv"):
        store.write(data, broken)
    assert state(data) == before
    assert not (data / store.HISTORY / "new").exists()


def test_a_second_import_at_the_same_time_is_refused(data):
    with store._alone(data), pytest.raises(DataError, match="Another import"):
        store.recover(data)


def test_the_modes_of_files_are_kept(data):
    path = data / "published/referrals.csv"
    path.chmod(0o444)
    add(data, next_year())
    assert path.stat().st_mode & 0o777 == 0o444
    store.undo(data)
    assert path.stat().st_mode & 0o777 == 0o444


def test_the_history_is_no_part_of_the_repository(data):
    add(data, next_year())
    assert (data / store.HISTORY / ".gitignore").read_text("utf-8") == "*\n"


# A child process that dies by SIGKILL at a step of the swap: nothing can tidy up after it.
KILLED = """
import os, signal, sys
from pathlib import Path
from care_study.data.adding import adding, store
data, file, step, nth = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
plan = adding.plan(data / "published", [file])
whole, calls = getattr(store, step), [0]
def dying(*arguments):
    calls[0] += 1
    if calls[0] == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(*arguments)
setattr(store, step, dying)
{action}
"""


def die(data: Path, file: Path, step: str, nth: int, action: str) -> None:
    script = KILLED.replace("{action}", action)
    ended = subprocess.run(
        [sys.executable, "-c", script, str(data), str(file), step, str(nth)],
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "nth", "survives"),
    [
        ("_keep", 1, "old"),  # between aside and swap
        ("_write_journal", 1, "old"),
        ("_put", 1, "old"),
        ("_put", 3, "old"),  # in the middle of the swap
        ("_write_journal", 2, "old"),  # all replaced, not yet said so
        ("_finish", 1, "new"),  # said so, not yet tidied
    ],
)
def test_an_import_that_is_killed_leaves_one_whole_state(data, step, nth, survives):
    old = state(data)
    file = data.parent / "new.csv"
    file.write_text(next_year(), encoding="utf-8")
    die(data, file, step, nth, "store.write(data, plan.tables)")
    if step in ("_keep", "_write_journal") and nth == 1:
        assert state(data) == old
    store.recover(data)
    if survives == "old":
        assert state(data) == old
        with pytest.raises(DataError, match="no import to undo"):
            store.undo(data)
        add(data, next_year())
    assert state(data) != old
    assert not (data / store.HISTORY / "journal.json").exists()
    assert not (data / store.HISTORY / "new").exists()
    tables.load(data / "published")
    store.undo(data)
    assert state(data) == old


@pytest.mark.slow
@pytest.mark.parametrize(("step", "nth", "undone"), [("_put", 2, False), ("_finish", 1, True)])
def test_an_undo_that_is_killed_leaves_one_whole_state(data, step, nth, undone):
    old = state(data)
    add(data, next_year())
    new = state(data)
    file = data.parent / "new.csv"
    die(data, file, step, nth, "store.undo(data)")
    store.recover(data)
    assert state(data) == (old if undone else new)
    if not undone:
        store.undo(data)
    assert state(data) == old


def test_reports_are_numbered(tmp_path):
    changes = adding.report([])
    (tmp_path / "7.csv").write_text("", encoding="utf-8")
    assert store.save_report(tmp_path, changes).name == "8.csv"
    assert store.save_report(tmp_path / "other", changes).name == "1.csv"


def test_the_manifest_names_what_the_import_left(data):
    add(data, next_year())
    manifest = json.loads((data / store.HISTORY / "0001" / "manifest.json").read_text("utf-8"))
    assert manifest["after"]["published/referrals.csv"] == store._digest(
        data / "published/referrals.csv"
    )
