"""A Python that has imported the libraries already, and runs each command in a fork of itself.

A command that a user runs imports pandas and pytask for longer than it then works. What is
forked has imported nothing of this project, so each command starts as a new process would: in
the folder, with the environment and the arguments that it is given. Where the start itself
matters (signals, limits, a locale), a test starts a new Python instead; and so does everything
where forking is not safe.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace

# What a build of the pipeline imports, and what a build of the book does.
PIPELINE = ("nbclient", "pandera.backends.pandas.builtin_checks", "papermill", "pytask")
BOOK = ("jupyter_book.cli.main", "myst_nb.sphinx_ext", "sphinx.cmd.build")
# Settings that libraries read while they are imported.
READ_AT_IMPORT = {"COLUMNS": "80"}
LONGEST = 240  # seconds, after which a command is ended


def forking_available() -> bool:
    """Whether a process with libraries loaded survives being forked here."""
    return sys.platform == "linux"


def run(
    arguments: Sequence[str], folder: Path, environment: dict[str, str], libraries: tuple[str, ...]
) -> SimpleNamespace:
    """Run ``python ARGUMENTS``; returns the exit code (negative: a signal) and the output."""
    environment = {**environment, **READ_AT_IMPORT}
    if not forking_available():
        command = [sys.executable, *arguments]
        told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        done = subprocess.run(
            command, cwd=folder, env=environment, timeout=LONGEST, check=False, **told
        )
        return SimpleNamespace(code=done.returncode, output=done.stdout.decode("utf-8"))
    server = _server(libraries)
    assert server.stdin is not None and server.stdout is not None
    with tempfile.NamedTemporaryFile() as output:
        wanted = {
            "arguments": [*arguments],
            "folder": str(folder),
            "environment": environment,
            "output": output.name,
        }
        server.stdin.write(json.dumps(wanted) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return SimpleNamespace(code=code, output=output.read().decode("utf-8"))


@cache
def _server(libraries: tuple[str, ...]) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, __file__, *libraries],
        env={**os.environ, **READ_AT_IMPORT},
        cwd=tempfile.gettempdir(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(started.kill)
    return started


def _serve() -> None:
    for name in sys.argv[1:]:
        importlib.import_module(name)
    assert not [name for name in sys.modules if name.startswith("care_study")]
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(**json.loads(line))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(code, flush=True)


def _become(arguments: list[str], folder: str, environment: dict[str, str], output: str) -> None:
    """Be the process of ``python ARGUMENTS`` until the end."""
    os.setsid()
    signal.alarm(LONGEST)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:1] = [folder, *environment["PYTHONPATH"].split(os.pathsep)]
    nothing, out = os.open(os.devnull, os.O_RDONLY), os.open(output, os.O_WRONLY)
    for number, target in enumerate((nothing, out, out)):
        os.dup2(target, number)
    # What is raised, SystemExit too, ends this process as it ends any other.
    flag, what, *rest = arguments
    sys.argv = [what if flag == "-m" else "-c", *rest]
    if flag == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(what, {"__name__": "__main__"})
    sys.exit()


if __name__ == "__main__":
    _serve()
