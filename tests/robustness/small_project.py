"""A small project that can be broken: the package, the data, two notebooks and three pages.

It is built once with the command that a user runs; each test works on a copy of its own.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat

import warm_python
from care_study import paths

STUDY = """\
data_folder: data/published
years: {first: 2013, last: 2025}
comparators: {neighbours: "2021", statistic: mean}
notebooks:
  one:
    parameters: {area: Coventry}
    reads: [authorities]
  two:
    parameters: {area: Cambridgeshire}
    reads: [authorities]
"""
# A notebook says that it has started, and waits as long as the test wants.
CODE = """\
import os, pathlib, time
flags = pathlib.Path("../flags")
pids = f"{os.getpid()} {os.getppid()}"
part = flags / f"{area}.part"
part.write_text(pids)
part.rename(flags / f"started {area}")
while (flags / f"hold {area}").exists():
    time.sleep(0.05)
f"{area}, done\""""
TOC = """\
format: jb-book
root: index
chapters:
  - file: notebooks/one
  - file: notebooks/two
  - file: about
"""
PAGES = {
    "index": "# Small\n\nA book of two notebooks.\n",
    "about": "# About\n\nA page without numbers.\n",
}
COPIED = ("pyproject.toml", "_config.yml", "CHANGELOG.md", "CITATION.cff")
BUILD = ("-m", "care_study", "book", "--workers", "1", "--quiet")
UNTOUCHED = "The book that was built before is untouched."


def write(root: Path) -> Path:
    """Write the sources of the project."""
    ignored = shutil.ignore_patterns("*.egg-info", "raw", "history")
    shutil.copytree(paths.ROOT / "src", root / "src", ignore=ignored)
    shutil.copytree(paths.DATA, root / "data", ignore=ignored)
    for name in COPIED:
        shutil.copy(paths.ROOT / name, root)
    for folder in ("notebooks", "book", "flags"):
        (root / folder).mkdir()
    (root / "study.yml").write_text(STUDY, encoding="utf-8")
    (root / "_toc.yml").write_text(TOC, encoding="utf-8")
    for name, text in PAGES.items():
        (root / "book" / f"{name}.md").write_text(text, encoding="utf-8")
    for name in ("one", "two"):
        cells = [
            nbformat.v4.new_markdown_cell(f"# Notebook {name}"),
            nbformat.v4.new_code_cell('area = "Coventry"', metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell(CODE),
        ]
        document = nbformat.v4.new_notebook(cells=cells)
        document.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(document, root / "notebooks" / f"{name}.ipynb")
    return root


def environment(root: Path, **extra: str) -> dict[str, str]:
    """The environment of a user who works in the project, apart from this process's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CARE_STUDY")}
    fixed = {"PYTHONPATH": str(root / "src"), "COLUMNS": "80", "SOURCE_DATE_EPOCH": "1735689600"}
    fixed |= {"CARE_STUDY_FORK": "0"}  # one small notebook is quicker without preloading
    return {**kept, **fixed, "CARE_STUDY_REVISION": "abc1234", **extra}


def start(root: Path, *arguments: str, **options: object) -> subprocess.Popen[str]:
    """Start ``care-study book``, or Python with other arguments, in the project."""
    extra = options.pop("env", {})
    return subprocess.Popen(
        [sys.executable, *(arguments or BUILD)],
        cwd=root,
        env=environment(root, **extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
        **options,
    )


def run(root: Path, *arguments: str, **options: object) -> SimpleNamespace:
    """Run to the end; returns exit code, output, and the output with its lines joined.

    With options, which change how a process starts, in a new Python; else in a warm one.
    """
    if options:
        process = start(root, *arguments, **options)
        output, _ = process.communicate(timeout=240)
        done = SimpleNamespace(code=process.returncode, output=output)
    else:
        command = arguments or BUILD
        done = warm_python.run(command, root, environment(root), warm_python.PIPELINE)
    done.said = " ".join(done.output.split())
    return done


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder with its hash."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def book_of(root: Path) -> dict[str, str]:
    return contents(root / "build" / "html")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def processes_of(root: Path) -> list[int]:
    """Processes that run in the project's folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                inside = (entry / "cwd").resolve().is_relative_to(root)
            except OSError:
                continue
            if inside and alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def kill(process: subprocess.Popen[str]) -> None:
    """End one process at once, as ``kill -9`` does; its children are not told."""
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    assert process.stdout is not None
