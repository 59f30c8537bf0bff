"""The picture of a claim among all authorities."""

import pandas as pd
import pytest

from care_study.charts import theme
from care_study.charts.claimed import Label, claim_and_all
from care_study.charts.drawing import ChartError
from care_study.show import svg

FRAME = pd.DataFrame({"area": list("abcdefgh"), "value": [1.0, 2, 3, 4, 5, 6, 7, None]})


def picture(width, claimed=(2.0, 3.0), focus="e"):
    return svg.draw(
        svg.spec_at(
            claim_and_all(
                FRAME,
                area="area",
                value="value",
                focus=focus,
                focus_label="e in 2018: 5",
                claimed=claimed,
                claimed_label="claimed: 2 to 3",
                unit="children",
            ),
            width,
        )
    )


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
@pytest.mark.parametrize("claimed", [(2.0, 3.0), (6.0, 6.0), (20.0, 30.0)])
def test_the_claim_and_the_area_are_named(width, claimed):
    words = "".join(picture(width, claimed).split("<text")[1:])
    assert "claimed: 2 to 3" in words
    assert "e in 2018: 5" in words
    assert "children" in words


def test_an_area_without_a_value_is_refused():
    with pytest.raises(ChartError, match="no rows for h"):
        picture(theme.WIDE, focus="h")


def test_a_label_goes_where_it_has_room():
    assert not Label("some words", 0, (0, 10), 300, leftwards=True).leftwards
    assert Label("some words", 10, (0, 10), 300, leftwards=False).leftwards
    assert Label("some words", 5, (0, 10), 300, leftwards=True).leftwards
