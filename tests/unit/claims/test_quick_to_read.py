"""Reading the register, as the book does, takes no statistics."""

import subprocess
import sys

CODE = """
import sys
from care_study import claims
import care_study.publish.sphinx_ext
heavy = {"statsmodels", "scipy", "care_study.claims.judging"} & set(sys.modules)
assert not heavy, heavy
assert callable(claims.judge_all) and claims.Judge
assert "care_study.claims.judging" in sys.modules
"""


def test_the_book_is_built_without_statistics():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
