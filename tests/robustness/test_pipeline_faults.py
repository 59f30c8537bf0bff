"""Faults in the pipeline, end to end: a clear message, the book untouched, the next run right.

Each test breaks its own copy of a small project that was built before, with the command that a
user runs. Faults inside one notebook's execution are in ``test_execution_faults``; malformed
settings and tables in ``test_bad_input``; an import that is interrupted in
``tests/unit/test_imports_store``.
"""

import ctypes
import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

import pytest
import small_project
from filelock import FileLock
from small_project import (
    UNTOUCHED,
    alive,
    book_of,
    contents,
    kill,
    processes_of,
    replace,
    run,
    start,
    within,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="signals, limits and /proc"),
]
# Replaces one function by the end of the process, as kill -9 gives it, and runs the build.
KILLED_AT = """
import os, signal, sys
from importlib import import_module
module, name = sys.argv[1].split(":")
owner = import_module(module)
setattr(owner, name, lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL))
from care_study.pipeline.run import run
sys.exit(run(workers=1, quiet=True))
"""
NO_BOOK = (
    "import sys; from care_study.pipeline.run import run; "
    "sys.exit(run('check_data or execute_notebook', workers=1, quiet=True))"
)
CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sound project, built once."""
    root = small_project.write(tmp_path_factory.mktemp("sound") / "project")
    done = run(root)
    assert done.code == 0, done.output
    shutil.rmtree(root / "flags")
    (root / "flags").mkdir()
    return root


@pytest.fixture
def project(built, tmp_path):
    """A copy of the sound project, in which nothing is left to be done."""
    return shutil.copytree(built, tmp_path / "project")


def edit_page(root):
    """Make the book, and nothing else, out of date."""
    replace(root / "book" / "about.md", "A page without", "Another page without")


def edit_notebook(root, name="one"):
    """Make one notebook, and with it the book, out of date."""
    replace(root / "notebooks" / f"{name}.ipynb", ", done", ", done again")


def code_of(root, code):
    """Put other code into a notebook; returns the whole notebook as it was."""
    path = root / "notebooks" / "one.ipynb"
    whole = path.read_text(encoding="utf-8")
    document = json.loads(whole)
    document["cells"][-1]["source"] = code
    path.write_text(json.dumps(document), encoding="utf-8")
    return whole


def executed(root, name="one"):
    return (root / "build" / "executed" / f"{name}.ipynb").read_text(encoding="utf-8")


def starts(root):
    """Which notebooks were executed since the flags were last cleared."""
    return sorted(flag.name.split()[1] for flag in (root / "flags").glob("started *"))


def fails(root, message, **options):
    """Build: it must fail with this message, no traceback, and the book as it was."""
    before = book_of(root)
    done = run(root, **options)
    assert done.code not in (0, None), done.output
    assert message in done.said, done.output
    assert "Traceback" not in done.output, done.output
    assert book_of(root) == before
    return done


def succeeds(root, *arguments):
    done = run(root, *arguments)
    assert done.code == 0, done.output
    assert not processes_of(root)
    left = [path.name for path in (root / "build").iterdir()]
    assert not [name for name in left if "aside" in name or "before" in name]
    return done


# ---- nothing is wrong


def test_without_a_fault_nothing_runs_again(project):
    before = book_of(project), contents(project / "build" / "executed")
    succeeds(project)
    assert starts(project) == []
    assert (book_of(project), contents(project / "build" / "executed")) == before


# ---- kill -9


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("care_study.data.tables:load", id="checking the data"),
        pytest.param("care_study.execution.kernels:run", id="executing a notebook"),
        pytest.param("care_study.execution.execution:write_atomically", id="writing a notebook"),
        pytest.param("care_study.publish.book:stage", id="staging the book"),
    ],
)
@pytest.mark.fault(
    "kill -9 of the build while {id}",
    "the published book is untouched; no process is left; the next build completes",
)
def test_killed_in_a_stage_the_next_build_completes_it(project, place):
    replace(project / "data" / "published" / "authorities.csv", "\n", "\r\n")  # the same data
    edit_notebook(project)
    before = book_of(project)
    assert run(project, "-c", KILLED_AT, place).code == -signal.SIGKILL
    assert book_of(project) == before
    if place != "care_study.publish.book:stage":
        succeeds(project, "-c", NO_BOOK)
        assert "done again" in executed(project)
        return
    succeeds(project)
    assert "done again" in (project / "build/html/notebooks/one.html").read_text("utf-8")


@pytest.mark.fault(
    "kill -9 of the build while jupyter-book runs",
    "the published book is untouched; no process is left; the next build completes",
)
def test_killed_while_jupyter_book_runs_no_process_goes_on_writing(project):
    edit_page(project)
    before = book_of(project)
    build = start(project)
    log = project / "build" / "book.log"
    log.unlink()
    assert within(60, lambda: log.exists() and len(processes_of(project)) > 1)
    kill(build)
    assert within(10, lambda: not processes_of(project))
    assert book_of(project) == before
    succeeds(project)
    assert "Another page" in (project / "build" / "html" / "about.html").read_text("utf-8")


@pytest.mark.fault(
    "kill -9 between the two steps of putting the book in place",
    "the next build puts the one before back first, even if it fails itself",
)
def test_killed_between_the_two_steps_of_the_swap_the_book_comes_back(project):
    before = book_of(project)
    (project / "build" / "html").rename(project / "build" / "html_before")
    (project / "study.yml").rename(project / "study.away")  # even where the next build fails
    done = run(project)
    assert done.code == 1
    assert "the one before is back" in done.said and UNTOUCHED in done.said
    assert book_of(project) == before
    (project / "study.away").rename(project / "study.yml")
    succeeds(project)
    assert book_of(project) == before


@pytest.mark.fault(
    "kill -9 of the build while two workers execute notebooks",
    "the published book is untouched; no process is left; the next build completes",
)
def test_killed_while_two_workers_execute_nothing_is_left_running(project):
    for name, area in (("one", "Coventry"), ("two", "Cambridgeshire")):
        edit_notebook(project, name)
        (project / "flags" / f"hold {area}").touch()
    before = book_of(project)
    build = start(project, "-m", "care_study", "book", "--workers", "2", "--quiet")
    assert within(120, lambda: len(starts(project)) == 2), build.communicate(timeout=1)
    kill(build)
    assert within(20, lambda: not processes_of(project)), processes_of(project)
    assert book_of(project) == before
    shutil.rmtree(project / "flags")
    (project / "flags").mkdir()
    succeeds(project, "-c", NO_BOOK)
    assert starts(project) == ["Cambridgeshire", "Coventry"]


@pytest.mark.fault(
    "kill -9 of a worker in the middle of a notebook",
    "the message says so; the published book is untouched; the next build completes",
)
def test_a_killed_worker_is_said_and_the_next_build_completes(project):
    edit_notebook(project)
    (project / "flags" / "hold Coventry").touch()
    before = book_of(project)
    build = start(project, "-m", "care_study", "book", "--workers", "2", "--quiet")
    assert within(120, lambda: starts(project) == ["Coventry"])
    _, worker = map(int, (project / "flags" / "started Coventry").read_text().split())
    assert alive(worker) and worker != build.pid
    os.kill(worker, signal.SIGKILL)
    output, _ = build.communicate(timeout=120)
    assert build.returncode == 1, output
    assert "worker process" in output and "Traceback" not in output, output
    assert UNTOUCHED in output
    assert book_of(project) == before
    (project / "flags" / "hold Coventry").unlink()
    succeeds(project, "-c", NO_BOOK)
    assert "done again" in executed(project)


# ---- two at once


@pytest.mark.fault(
    "two builds at once in one folder",
    "the second is refused with exit code 2; the first completes",
)
def test_a_second_build_is_refused_while_the_first_completes(project):
    edit_notebook(project)
    (project / "flags" / "hold Coventry").touch()
    first = start(project, "-c", NO_BOOK)
    assert within(120, lambda: starts(project) == ["Coventry"])
    done = fails(project, "Another build is running in")
    assert done.code == 2
    assert "Wait for it to end" in done.said
    (project / "flags" / "hold Coventry").unlink()
    output, _ = first.communicate(timeout=120)
    assert first.returncode == 0, output
    assert "done again" in executed(project)


@pytest.mark.fault("the lock of a process that died", "no obstacle: the next build runs")
def test_the_lock_of_a_dead_process_is_no_obstacle(project):
    lock = project / "build" / ".lock"
    hold = (
        "import sys, time; from filelock import FileLock; lock = FileLock(sys.argv[1]); "
        "lock.acquire(); print('held', flush=True); time.sleep(300)"
    )
    holder = start(project, "-c", hold, str(lock))
    assert holder.stdout.readline() == "held\n"
    kill(holder)
    assert lock.exists()
    succeeds(project)
    with FileLock(lock, timeout=1):
        pass


# ---- a damaged memory of what is up to date


@pytest.mark.fault(
    "the record of what is up to date is cut off",
    "it is set aside with a message; everything is built anew, to the same bytes",
)
def test_a_damaged_record_is_set_aside_and_everything_built_anew(project):
    before = contents(project / "build" / "executed"), book_of(project)
    path = project / "pytask.lock"
    path.write_bytes(path.read_bytes()[:1000])
    done = succeeds(project, "-c", NO_BOOK)
    assert "pytask.lock, the record of what is up to date, cannot be read" in done.said
    assert starts(project) == ["Cambridgeshire", "Coventry"]
    assert (contents(project / "build" / "executed"), book_of(project)) == before
    assert "cannot be read" not in succeeds(project, "-c", NO_BOOK).said


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param(".pytask/file_hashes.json", b"{", id="file hashes"),
        pytest.param(".pytask/runtimes.json", b"[[[", id="run times"),
        pytest.param("pytask.lock.journal", b"\xff\x00 {", id="journal"),
    ],
)
@pytest.mark.fault("damaged notes of the pipeline: {id}", "made anew; nothing is lost")
def test_other_damaged_notes_of_the_pipeline_are_no_harm(project, name, content):
    (project / name).write_bytes(content)
    done = succeeds(project, "-c", NO_BOOK)
    assert starts(project) == []
    assert "Traceback" not in done.output


# ---- products that are gone or damaged


@pytest.mark.parametrize("damage", ["truncated", "removed"])
@pytest.mark.fault(
    "an executed notebook is {id}, at an unchanged time", "executed again, to the same bytes"
)
def test_a_damaged_executed_notebook_is_executed_again(project, damage):
    path = project / "build" / "executed" / "one.ipynb"
    before, stat = path.read_bytes(), path.stat()
    path.unlink()
    if damage == "truncated":
        path.write_bytes(before[: len(before) // 2])
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as if nothing had happened
    succeeds(project, "-c", NO_BOOK)
    assert starts(project) == ["Coventry"]
    assert path.read_bytes() == before


@pytest.mark.fault(
    "pages of the published book are cut off or gone",
    "the message names one; the book is built again, to the same bytes",
)
def test_damaged_pages_of_the_book_are_built_again(project):
    before = book_of(project)
    html = project / "build" / "html"
    (html / "about.html").write_bytes((html / "about.html").read_bytes()[:100])
    (html / "search.html").unlink()
    done = succeeds(project)
    assert "about.html and 1 more" in done.said and "built again" in done.said
    assert starts(project) == []
    assert book_of(project) == before


# ---- the disk


def drop_rights_of_root():
    """Let root be refused by a read-only folder, as everyone else is."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


@pytest.mark.fault(
    "a read-only output folder",
    "one message; the published book is untouched; once writable, the next build completes",
)
def test_a_read_only_output_folder(project):
    edit_notebook(project)
    folders = [project / "build", project / "build" / "executed"]
    for folder in folders:
        folder.chmod(0o555)
    fails(project, "Permission denied", preexec_fn=drop_rights_of_root)
    for folder in folders:
        folder.chmod(0o755)
    succeeds(project, "-c", NO_BOOK)
    assert "done again" in executed(project)


@pytest.mark.fault(
    "a file stands where the build folder should be", "one message that names it; the file stays"
)
def test_a_build_folder_that_is_a_file(project):
    (project / "build").rename(project / "away")
    (project / "build").write_text("a file")
    done = run(project)
    assert done.code == 2
    assert "File exists" in done.said and "build" in done.said
    assert "Traceback" not in done.output
    assert (project / "build").read_text() == "a file"
    (project / "build").unlink()
    (project / "away").rename(project / "build")
    succeeds(project)  # which has nothing to do


@pytest.mark.fault(
    "a quota: no file may grow beyond a limit",
    "one message that names the file; the published book is untouched",
)
def test_files_that_may_not_grow(project):
    """The limit of a quota, for every user: the executed notebook cannot be written."""
    whole = code_of(project, "'x' * 2_000_000")
    limit = 1_000_000  # enough for what pytask writes, too little for the notebook
    fails(
        project,
        "could not be written (File too large)",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    (project / "notebooks" / "one.ipynb").write_text(whole, encoding="utf-8")
    succeeds(project, "-c", NO_BOOK)
    assert starts(project) == []


@pytest.fixture
def tiny_disk(project):
    """The build folder on a file system of eight megabytes; root may mount it, others skip."""
    build = project / "build"
    kept = shutil.copytree(build, project / "kept")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(build)], check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    shutil.copytree(kept, build, dirs_exist_ok=True)
    yield build
    subprocess.run(["umount", str(build)], check=True)


def fill(folder):
    """Fill a disk to the last byte."""
    with (folder / "filler").open("wb", buffering=0) as filler:
        for size in (65536, 1):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC


@pytest.mark.fault(
    "a full disk while the book is built",
    "one message; the published book is untouched; with room, the next build completes",
)
def test_a_full_disk(project, tiny_disk):
    edit_page(project)
    fill(tiny_disk)
    fails(project, "No space left on device")
    (tiny_disk / "filler").unlink()
    succeeds(project)
    assert "Another page" in (tiny_disk / "html" / "about.html").read_text("utf-8")


# ---- notebooks that do not end


@pytest.mark.fault(
    "a notebook that hangs",
    "stopped at `timeout_seconds` of study.yml; the message names notebook and cell",
)
def test_a_hanging_notebook_is_stopped_and_its_cell_named(project):
    edit_notebook(project)
    replace(project / "study.yml", "data_folder:", "timeout_seconds: 2\ndata_folder:")
    (project / "flags" / "hold Coventry").touch()
    done = fails(project, "TimeoutError")
    assert "one.ipynb" in done.said and "in cell 4" in done.said and "2 seconds" in done.said
    assert UNTOUCHED in done.said
    (project / "flags" / "hold Coventry").unlink()
    replace(project / "study.yml", "timeout_seconds: 2\n", "")
    succeeds(project, "-c", NO_BOOK)
    assert "done again" in executed(project)


@pytest.mark.fault(
    "a kernel runs out of memory during a build",
    "the message names notebook and cell; mended, nothing needs to run again",
)
def test_a_kernel_that_runs_out_of_memory_is_named(project):
    whole = code_of(
        project,
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 * 1024**3,) * 2); "
        "x = bytearray(4 * 1024**3)",
    )
    done = fails(project, "MemoryError")
    assert "one.ipynb" in done.said and "in cell 4" in done.said
    (project / "notebooks" / "one.ipynb").write_text(whole, encoding="utf-8")
    succeeds(project)
    assert starts(project) == []


# ---- clock, language, names


@pytest.mark.fault(
    "the clock jumps: every file is from years ago or ahead",
    "nothing is built again; not one byte changes",
)
def test_a_clock_that_jumps_changes_nothing(project):
    before = book_of(project), contents(project / "build" / "executed")
    for number, file in enumerate(sorted(project.rglob("*"))):
        if file.is_file():
            days = 4000 if number % 2 else -4000
            moved = time.time() + days * 86_400
            os.utime(file, (moved, moved))
    succeeds(project)
    assert starts(project) == []
    assert (book_of(project), contents(project / "build" / "executed")) == before


@pytest.mark.fault("a file changes, but its time does not", "the change is seen")
def test_a_change_is_seen_though_the_clock_went_back(project):
    notebook = project / "notebooks" / "one.ipynb"
    stat = notebook.stat()
    edit_notebook(project)
    os.utime(notebook, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    succeeds(project, "-c", NO_BOOK)
    assert starts(project) == ["Coventry"]
    assert "done again" in executed(project)


@pytest.mark.fault(
    "a locale without UTF-8 during a build", "letters of other languages arrive whole"
)
def test_a_locale_without_utf_8(project):
    edit_page(project)
    replace(project / "book" / "about.md", "numbers", "numbers: Ynys Môn, 10 – 20")
    locale = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run(project, env=locale)
    assert done.code == 0, done.output
    page = (project / "build" / "html" / "about.html").read_text(encoding="utf-8")
    assert "Ynys Môn, 10 – 20" in page


@pytest.mark.fault(
    "a path with spaces, quotes, braces and letters of other languages",
    "the same bytes as anywhere else",
)
def test_a_folder_with_spaces_and_letters_of_other_languages(built, tmp_path):
    before = book_of(built), executed(built)
    project = shutil.copytree(built, tmp_path / "Ynys Môn & 'co' {1} été" / "пр оект")
    shutil.rmtree(project / "build")
    succeeds(project)
    assert (book_of(project), executed(project)) == before


@pytest.mark.fault(
    "Ctrl-C in the middle of a notebook",
    "the published book is untouched; no process is left; the next build completes",
)
def test_interrupted_by_the_user_the_next_build_completes(project):
    edit_notebook(project)
    (project / "flags" / "hold Coventry").touch()
    before = book_of(project)
    build = start(project)
    assert within(120, lambda: starts(project) == ["Coventry"])
    os.killpg(build.pid, signal.SIGINT)
    output, _ = build.communicate(timeout=240)
    assert build.returncode not in (0, None), output
    assert within(10, lambda: not processes_of(project))
    assert book_of(project) == before
    (project / "flags" / "hold Coventry").unlink()
    succeeds(project, "-c", NO_BOOK)
    assert "done again" in executed(project)
