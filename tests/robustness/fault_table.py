"""Write FAULTS.md: what is broken, what must happen, and the test that shows it.

The table is read from the marks on the tests, ``@pytest.mark.fault(broken, expected)``; ``{id}``
in the first stands for what a parametrised test is given.

    python tests/robustness/fault_table.py
"""

import contextlib
import io
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = HERE / "FAULTS.md"
HEAD = """\
# Faults

What is broken on purpose, what must happen then, and the test that shows it. After each fault:
one clear message, the published book untouched, the next run right, nothing lost. Made from the
tests by `make faults`; an import that is killed in the middle is tested in
`tests/unit/test_imports_store.py`, step by step.

| what is broken | what must happen | test |
|---|---|---|
"""


class Collected:
    """A pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = session.items


def collect() -> list[pytest.Item]:
    """Collect the tests of this folder without running any."""
    found = Collected()
    options = ["--collect-only", "-q", "-p", "no:cacheprovider", "--rootdir", str(ROOT)]
    with contextlib.redirect_stdout(io.StringIO()):
        code = pytest.main([str(HERE), *options], plugins=[found])
    if code != pytest.ExitCode.OK:
        raise SystemExit(f"The tests in {HERE} cannot be collected: run pytest on it.")
    return found.items


def row(item: pytest.Item) -> tuple[str, str, str] | None:
    """One row: what is broken, what must happen, where the test is; None without the mark."""
    mark = item.get_closest_marker("fault")
    if mark is None:
        return None
    broken, expected = mark.args
    given = item.callspec.id if hasattr(item, "callspec") else ""
    place = item.nodeid.partition("[")[0].replace("::", ", ").removeprefix("tests/robustness/")
    return broken.replace("{id}", given), expected, place


def rows() -> list[tuple[str, str, str]]:
    """All rows, each once, in the order of the tests."""
    return list(dict.fromkeys(each for item in collect() if (each := row(item))))


def cell(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode().replace("|", "\\|")


def page() -> str:
    return HEAD + "".join(
        f"| {cell(broken)} | {cell(expected)} | {cell(place)} |\n"
        for broken, expected, place in rows()
    )


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8", newline="\n")
    print(f"{len(rows())} faults: {TARGET}")
