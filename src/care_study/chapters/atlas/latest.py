"""Latest figures of other measures: every authority's, not ranked."""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.chapters.atlas.measures import EXPLORED, latest_year
from care_study.chapters.profile.measures import FIGURES
from care_study.show.shown import Shown
from care_study.show.table import table


def latest_figures(
    computed: Mapping[str, pd.DataFrame], names: Sequence[str] = EXPLORED
) -> pd.DataFrame:
    """Put every authority's figure of the latest year of each indicator side by side.

    Returns
    -------
    DataFrame
        ``area_name``, ``region`` and one column an indicator; missing where there is no figure.
    """
    frames = []
    for name in names:
        frame = computed[name]
        now = frame[frame["year"] == latest_year(frame)]
        now = now[now["area_type"] == "local authority"].set_index(["area_name", "region"])
        frames.append(now["value"].rename(name))
    wide = pd.concat(frames, axis=1).dropna(how="all").reset_index()
    return wide.sort_values("area_name", ignore_index=True)


def latest_table(computed: Mapping[str, pd.DataFrame]) -> Shown:
    """List every authority's latest figures."""
    return table(
        latest_figures(computed),
        name="latest",
        caption="Latest figure of each measure, every authority",
        sources=FIGURES,
    )
