"""The environment that every kernel gets, forked or not."""

import os

# The same in every kernel, however the build was started.
FIXED = {
    # Sums by several threads differ in the last digit with the number of cores.
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}
# What a user has set up for interactive work; it could change results.
DROPPED = ("PYTHONSTARTUP", "JPY_PARENT_PID")


def kernel_environment() -> dict[str, str]:
    """Return this process's environment without what would change a result."""
    return {k: v for k, v in os.environ.items() if k not in DROPPED} | FIXED
