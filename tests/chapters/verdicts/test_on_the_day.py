"""What came out, release by release, told in runs."""

import pandas as pd
import pytest

from care_study.chapters.verdicts.on_the_day import course

C, R = "contradicted", "reproduced"


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([R], "reproduced in 2018"),
        ([R, R], "reproduced in 2018 to 2019"),
        ([C, R, R], "contradicted in 2018; reproduced in 2019 to 2020"),
        ([C, R, C, C], "contradicted in 2018, 2020 to 2021; reproduced in 2019"),
    ],
)
def test_releases_are_told_in_runs(outcomes, said):
    frame = pd.DataFrame(
        {"release": range(2018, 2018 + len(outcomes)), "outcome": outcomes, "claim": "a"}
    )
    assert course(frame) == said
