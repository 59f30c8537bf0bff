"""What several tests share: the published figure tables, read once, and outside material."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from care_study import paths
from care_study.data import tables
from frozen.freeze import thaw

# Tests that hold numbers must not move with the next release; see frozen/freeze.py.
LIVING, paths.PUBLISHED = paths.PUBLISHED, thaw()
SHARED = paths.ROOT.parent / "shared"

# The same examples on every run and machine; slow machines are not failures.
settings.register_profile("study", deadline=None, derandomize=True)
# `make fuzz` looks for longer, each time elsewhere: `make fuzz EXAMPLES=20000`.
examples = int(os.environ.get("FUZZ_EXAMPLES", "2000"))
settings.register_profile("fuzz", deadline=None, max_examples=examples, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "study"))


@pytest.fixture(scope="session")
def published() -> tables.Tables:
    """All published figure tables; a test that changes a frame must copy it first."""
    return tables.load(paths.PUBLISHED)


@pytest.fixture(scope="session")
def living() -> tables.Tables:
    """The figure tables as they are now, for what must hold of any release."""
    return tables.load(LIVING)


@pytest.fixture(scope="session")
def downloads() -> Path:
    """Files as the Department publishes them, which are not part of the repository."""
    folder = SHARED / "dfe_downloads"
    if not folder.is_dir():
        pytest.skip("the Department's downloads are not beside the repository")
    return folder
