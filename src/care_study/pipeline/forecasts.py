"""Fix forecasts for the next release, and score them when it is there."""

from datetime import UTC, datetime
from pathlib import Path

from care_study.area.ahead import freeze, panels
from care_study.data import forecasts
from care_study.data.tables import Tables
from care_study.statistics.forecasts import Scores, fingerprint, score_forecasts


def fix(data: Path, published: Path, last_year: int | None = None) -> list[Path]:
    """Write forecasts of the year after the latest; returns the files written.

    Indicators whose figures end in different years make a file for each year.

    Raises
    ------
    ValueError
        If forecasts of that year were fixed before.
    """
    frozen = freeze(Tables(published), last_year)
    today = datetime.now(UTC).date().isoformat()
    written = []
    for year, table in frozen.table.groupby("year"):
        rows = table.reset_index(drop=True)
        folder = data / forecasts.FOLDER
        written.append(forecasts.keep(folder, int(str(year)), rows, fingerprint(rows), today))
    return written


def score(data: Path, published: Path, year: int) -> Scores:
    """Score the forecasts of a year against the figures that are held now.

    Raises
    ------
    ValueError
        If there are none, if they were changed since, or if no outcome is there yet.
    """
    folder = data / forecasts.FOLDER
    table = forecasts.read(folder, year)
    expected = str(forecasts.fingerprints(folder)[str(year)]["sha256"])
    return score_forecasts(table, panels(Tables(published)), expected=expected)
