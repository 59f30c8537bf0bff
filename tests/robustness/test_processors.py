"""Another processor, the same bytes: notebooks executed with the arithmetic of older ones.

Libraries choose how to add and multiply by what a processor can do, and the last digit depends on
the choice. They can be told to choose as if it could do less: OpenBLAS by the kind of a core, NumPy
and the C library by what they must leave alone. By default the notebooks with the most inference
are executed; `make determinism` does it with all.
"""

import os
import platform
import subprocess
import sys

import pytest

from care_study import paths

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="knows processors of one family"),
]
WHOLE = os.environ.get("CARE_STUDY_WHOLE_BOOK") == "1"
INFERENCE = ("cambridgeshire", "reference")
NO_AVX512 = "X86_V4 AVX512_ICL AVX512_SPR"
PROCESSORS = {
    "as it is": {},
    "without AVX-512": {
        "OPENBLAS_CORETYPE": "Haswell",
        "NPY_DISABLE_CPU_FEATURES": NO_AVX512,
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ",
    },
    "of 2004": {
        "OPENBLAS_CORETYPE": "Prescott",
        "NPY_DISABLE_CPU_FEATURES": f"X86_V3 {NO_AVX512}",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-FMA",
    },
}
EXECUTE = """
import sys
from pathlib import Path
from care_study import paths
from care_study.data.schemas import ALLOWED_READS
from care_study.execution.execution import declared_parameters, execute
from care_study.study import read_study
import os
study = read_study(paths.STUDY)
for run in study.runs:
    if not sys.argv[2:] or run.notebook in sys.argv[2:]:
        notebook = paths.NOTEBOOKS / f"{run.notebook}.ipynb"
        os.environ[ALLOWED_READS] = ",".join(run.reads)
        given = study.parameters(run, declared_parameters(notebook))
        execute(notebook, Path(sys.argv[1]) / notebook.name, given, timeout_seconds=1800)
"""


def execute(folder, environment):
    """Execute the notebooks, and give each as bytes."""
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, str(folder), *(() if WHOLE else INFERENCE)],
        cwd=paths.ROOT,
        env={**os.environ, "CARE_STUDY_REVISION": "abc1234", **environment},
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.ipynb"))}


def test_every_processor_gives_the_same_bytes(tmp_path):
    made = {name: execute(tmp_path / name, env) for name, env in PROCESSORS.items()}
    first = made.pop("as it is")
    assert first.keys() >= {f"{name}.ipynb" for name in INFERENCE}
    for name, notebooks in made.items():
        differ = [file for file in first if first[file] != notebooks[file]]
        assert not differ, f"with a processor {name}"


def test_the_processors_do_differ():
    """Else the test above would compare a thing with itself."""
    code = (
        "import numpy as np; r = np.random.default_rng(1); a = r.normal(size=(60, 40));"
        "print((a.T @ a).tobytes().hex(), np.exp(a).tobytes().hex())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
            capture_output=True,
            check=True,
        ).stdout
        for environment in PROCESSORS.values()
    }
    # One of them may be what this machine has.
    assert len(said) >= 2
