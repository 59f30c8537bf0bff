"""The environment that every kernel gets, forked or not."""

import os
from pathlib import Path

from care_study.paths import ROOT

# Sums by several threads differ in the last digit with the number of cores; and for series as short
# as these, threads cost many times what they save.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# The same in every kernel, however the build was started.
FIXED = {
    **ONE_THREAD,
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # the debugger, never used, warns about itself
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}
# What a user has set for a Python of their own: libraries need their docstrings, and warn as they
# please. What they print is read by a program, in UTF-8.
INTERPRETER = ("PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONIOENCODING")
# What a user has set up for interactive work; it could change results.
DROPPED = ("PYTHONSTARTUP", "JPY_PARENT_PID", *INTERPRETER)


def kernel_environment() -> dict[str, str]:
    """Return this process's environment without what would change a result."""
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED} | FIXED
    kept.setdefault("CARE_STUDY_ROOT", str(ROOT))  # kernels start in folders outside the project
    if "PYTHONPATH" in kept:  # relative to where the build was started, not to the notebook
        folders = kept["PYTHONPATH"].split(os.pathsep)
        kept["PYTHONPATH"] = os.pathsep.join(str(Path(each).absolute()) for each in folders if each)
    return kept
