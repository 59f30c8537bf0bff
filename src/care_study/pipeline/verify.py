"""Runs the tests: pytest over ``tests/``, and nbval over the executed notebooks."""

import os
import subprocess
import sys
from pathlib import Path

from care_study import paths
from care_study.environment import ONE_THREAD

NBVAL_SANITIZE = paths.ROOT / "tests" / "notebooks" / "nbval_sanitize.cfg"


def folders() -> list[Path]:
    """List the folders with tests; those with long modules first, so that none is left for last."""
    found = {file.parent for file in (paths.ROOT / "tests").rglob("test_*.py")}
    return sorted(found, key=lambda path: (path.name not in ("publish", "robustness"), path))


def verify(arguments: list[str], workers: int | None = None) -> int:
    """Run all tests in one pool of workers; return an exit code (0: everything passed).

    nbval executes every executed notebook again, in a kernel of its own, and compares each output
    strictly with the stored one; what it may ignore is listed in ``nbval_sanitize.cfg``.
    """
    # Some tests wait for processes that they start or kill, so there is a worker more than cores.
    count = str(workers or (os.cpu_count() or 1) + 1)
    # A module stays in one worker, which shares its fixtures; the order given puts long ones first.
    pool = ["-n", count, "--dist", "loadscope", "--no-loadscope-reorder"]
    pytest = [sys.executable, "-m", "pytest", *pool]
    if arguments:
        return _run([*pytest, *arguments])
    executed = sorted(str(path) for path in paths.EXECUTED.rglob("*.ipynb"))
    if not executed:
        print(f"There is no executed notebook in {paths.EXECUTED}. Run `care-study book` first.")
        return 1
    nbval = ["--nbval", "--nbval-sanitize-with", str(NBVAL_SANITIZE)]
    tests = map(str, folders())
    print(f"The tests, and nbval on {len(executed)} executed notebooks.", flush=True)
    return _run([*pytest, *nbval, *executed, *tests])


def _run(command: list[str]) -> int:
    environment = os.environ | ONE_THREAD
    # The tests start hundreds of processes, each of which would compile the package again.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run(command, cwd=paths.ROOT, env=environment, check=False).returncode
