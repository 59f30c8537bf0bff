"""Runs the tests: pytest over ``tests/``, and nbval over the executed notebooks."""

import os
import subprocess
import sys

from care_study import paths

NBVAL_SANITIZE = paths.ROOT / "tests" / "notebooks" / "nbval_sanitize.cfg"


def verify(arguments: list[str], workers: int | None = None) -> int:
    """Run all tests; return an exit code (0: everything passed).

    nbval executes every executed notebook again, in a kernel of its own, and compares each output
    strictly with the stored one; what it may ignore is listed in ``nbval_sanitize.cfg``.
    """
    count = str(workers or os.cpu_count() or 1)
    pytest = [sys.executable, "-m", "pytest", "-n", count, "--dist", "loadscope"]
    tests = subprocess.run([*pytest, *arguments], cwd=paths.ROOT, check=False).returncode
    if arguments:
        return tests
    print("\nnbval: executing the notebooks again and comparing every output", flush=True)
    nbval = [
        "--nbval",
        "--nbval-sanitize-with",
        str(NBVAL_SANITIZE),
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    executed = sorted(str(path) for path in paths.EXECUTED.rglob("*.ipynb"))
    if not executed:
        print(f"There is no executed notebook in {paths.EXECUTED}. Run `care-study book` first.")
        return 1
    notebooks = subprocess.run([*pytest, *nbval, *executed], cwd=paths.ROOT, check=False)
    return tests or notebooks.returncode
