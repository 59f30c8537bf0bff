"""What the tests of the comparison share: the register and the settings of three authorities."""

import pytest

from care_study import paths
from care_study.area.setting import open_settings
from care_study.chapters.comparison import models, posts, resilience
from care_study.claims import judge_all, read_accounting, read_claims

NAMES = ("Northamptonshire", "Coventry", "Cambridgeshire")


@pytest.fixture(scope="package")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="package")
def accounting():
    return read_accounting(paths.DOCUMENTS)


@pytest.fixture(scope="package")
def settings():
    return open_settings(paths.PUBLISHED, NAMES)


@pytest.fixture(scope="package")
def opened():
    """Settings of any areas, as the notebook opens them."""
    return lambda *names, **choices: open_settings(
        paths.PUBLISHED, names, neighbours_needed=False, **choices
    )


@pytest.fixture(scope="package")
def judged(claims, accounting):
    found = {
        models: models.ways(claims, accounting),
        resilience: resilience.lost(claims),
        posts: posts.posts(claims),
    }
    return {verdict.claim: verdict for verdict in judge_all("comparison", claims, found)}
