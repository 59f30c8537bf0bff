"""What a measurement is, and how its time and memory are taken."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from care_study import paths


@dataclass(frozen=True)
class Measure:
    """One measured number; ``most`` (or ``least``) is the goal, if there is one."""

    part: str
    what: str
    value: float
    unit: str
    decimals: int = 2
    most: float | None = None
    least: float | None = None

    @property
    def goal(self) -> str:
        """The goal in words."""
        if self.most is not None:
            return f"under {self.most:g}"
        return f"at least {self.least:g}" if self.least is not None else ""

    @property
    def met(self) -> str:
        """Whether the goal is met: yes, no, or nothing where there is none."""
        if not self.goal:
            return ""
        high, low = self.most, self.least
        good = (high is None or self.value < high) and (low is None or self.value >= low)
        return "yes" if good else "no"


def seconds(job: Callable[[], object], repeat: int = 3) -> float:
    """Time the fastest of several runs."""
    taken = []
    for _ in range(repeat):
        start = time.perf_counter()
        job()
        taken.append(time.perf_counter() - start)
    return min(taken)


def run(*arguments: str, cwd: Path, environment: dict[str, str] | None = None) -> None:
    """Run Python with arguments; what it prints is shown only if it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


def apart(script: str, *arguments: str) -> dict[str, float]:
    """Run a script of this folder in a process of its own; it prints one JSON object last."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name(script)), *arguments],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{script} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def peak_megabytes() -> float:
    """Most memory that one process used so far: this one, or one that it started (Linux, macOS)."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    unit = 1024 if sys.platform == "darwin" else 1
    return max(resource.getrusage(who).ru_maxrss for who in whose) / 1024 / unit


@contextmanager
def workshop() -> Iterator[Path]:
    """Make a temporary folder, removed in the end."""
    with TemporaryDirectory(prefix="care-study-bench-") as name:
        yield Path(name)
