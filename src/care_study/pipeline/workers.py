"""Worker processes of a build end with it, however it ends."""

import os

from care_study.execution.forkserver import die_with_parent

BUILD_PID = "CARE_STUDY_BUILD_PID"


def say_which_build() -> None:
    """Tell the workers, which inherit the environment, whose they are."""
    os.environ[BUILD_PID] = str(os.getpid())


def end_with_build() -> None:
    """Have the system end this process with the build that started it; elsewhere, do nothing.

    Without this, a worker would finish its notebook after a ``kill -9`` of the build, and write
    while the next build runs. A task calls it first; in the build's own process, and in a worker
    on another machine, it has no effect.
    """
    if os.environ.get(BUILD_PID) == str(os.getppid()):
        die_with_parent(os.getppid())
