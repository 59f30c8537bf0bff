"""Is the placebo test right in small authorities and in large ones: on real figures and simulated.

Every authority in turn plays the one with an event, at every year that could be one. Where nothing
happened to most of them, a test at 5% should find something in 5% of these trials in each size
group, and a 95% interval then holds the truth in 95%: it does so exactly where the test passes.
"""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from care_study.area.after_event import METHODS
from care_study.area.analyses import allowed
from care_study.area.judged import sizes_of
from care_study.chapters.methods.series import Series
from care_study.data import stored
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.trends import calibration, simulated_trials, trials
from care_study.statistics.trends.panel import Panel
from care_study.unavailable import Unavailable
from care_study.words import count, extent, share

PLAIN = ("gap_did", "gap_slope_change", "gap_level_change", "level_change", "slope_change")
WEIGHTED = ("sc", "sdid")
WORDS = {
    "raw": "among all, as it is",
    "log": "among all, in logarithms",
    "nearest": "nearest in size",
    "studentised": "over own scale, among all",
    "studentised_nearest": "over own scale, nearest in size",
}
SIMULATED_RANKINGS = tuple(name for name in WORDS if name != "log")
GROUPS = {1: "small", 2: "middle", 3: "large"}
REAL, SHORT, SIMULATION = "real figures", "real figures, three years on a side", "simulated"
BEFORE, AFTER, SHORT_SIDE = 5, 3, 3
KEPT = "studentised_nearest"
SEED = 20261201
PANELS, WEIGHTED_PANELS = 300, 100
FILE = Path(__file__).with_name("calibration.json")


@finding
class Calibrated:
    """How often placebo tests find what is not there, by size of the authority."""

    sources: list[str]
    tried: Series
    by_group: pd.DataFrame
    table: pd.DataFrame
    authorities: int = fact("authorities with a complete series", decimals=0)
    events: int = fact("years that an event was pretended in", decimals=0)
    panels: int = fact("simulated panels of all authorities", decimals=0)
    lowest: float = fact("smallest share of false alarms that may carry words", unit="share")
    highest: float = fact("largest share of false alarms that may carry words", unit="share")
    raw_small: str = fact("false alarms of raw ranks in small authorities, real figures, range")
    raw_large: str = fact("false alarms of raw ranks in large authorities, real figures, range")
    kept_real: str = fact("the same over the own scale, nearest in size, any group, real figures")
    kept_simulated: str = fact("the same, simulated")
    covered_simulated: str = fact("one less the same: how often a 95% interval holds the truth")
    carrying: int = fact("methods and rankings that may carry words, on real and simulated figures")
    of: int = fact("methods and rankings tried on both")
    carries: str = fact("methods that may carry words, ranked over own scale, nearest in size")
    error: str = fact("standard errors of these shares, real figures, range")


@section
def calibrated(tried: Series) -> Calibrated:
    """Read how every method and ranking does where nothing is known to have happened.

    Raises
    ------
    Unavailable
        If what is stored was made of other figures (see `make`).
    """
    by_group = stored.load(FILE, inputs(tried))
    return _found(tried, by_group, wide(by_group))


def inputs(tried: Series) -> str:
    """Take the fingerprint of all that the calibration is made of."""
    panel, settings = tried.country.panel, [SEED, PANELS, WEIGHTED_PANELS, PLAIN, WEIGHTED]
    lists = {str(unit): tried.country.neighbours.get(str(unit), []) for unit in panel.units}
    years = panel.years.tolist()
    return stored.fingerprint(
        list(panel.units), years, panel.values, _sizes(tried), lists, settings
    )


def make(tried: Series) -> pd.DataFrame:
    """Try every method and ranking, on real figures and simulated ones: some minutes.

    Returns
    -------
    DataFrame
        ``tried_on, method, ranking, group, rejected, standard_error``.

    Raises
    ------
    Unavailable
        If the series are too short to pretend an event.
    """
    if not events_of(tried):
        raise Unavailable(
            f"No event can be pretended in series of {count(tried.points, 'year')}; that needs "
            f"{BEFORE + AFTER}"
        )
    parts = [
        _shares(_on_real(tried), REAL),
        _shares(_on_short(tried), SHORT),
        _shares(_on_simulated(tried), SIMULATION),
    ]
    return pd.concat(parts, ignore_index=True)


def events_of(tried: Series) -> list[float]:
    """List the years with enough others before and from them on to pretend an event."""
    years = tried.country.panel.years
    return [float(year) for year in years[BEFORE : len(years) - AFTER + 1]]


def _found(tried: Series, by_group: pd.DataFrame, shown: pd.DataFrame) -> Calibrated:
    bounds, real = allowed(), by_group[by_group["tried_on"] == REAL]
    both = both_of(shown)
    kept = by_group[by_group["ranking"] == WORDS[KEPT]]
    raw = real[real["ranking"] == WORDS["raw"]].set_index("group")["rejected"]
    simulated = kept.loc[kept["tried_on"] == SIMULATION, "rejected"]
    names = [method for method, ranking in both if ranking == WORDS[KEPT]]
    return Calibrated(
        sources=[*tried.sources, "statistical_neighbours", "simulation"],
        tried=tried,
        by_group=by_group,
        table=shown,
        authorities=len(tried.country.panel.units),
        events=len(events_of(tried)),
        panels=PANELS,
        lowest=bounds.lowest,
        highest=bounds.highest,
        raw_small=shares(raw.loc["small"]),
        raw_large=shares(raw.loc["large"]),
        kept_real=shares(kept.loc[kept["tried_on"] == REAL, "rejected"]),
        kept_simulated=shares(simulated),
        covered_simulated=shares(1 - simulated),
        carrying=len(both),
        of=shown[["method", "ranking"]].drop_duplicates().shape[0],
        carries="; ".join(names) or "none",
        error=shares(real["standard_error"]),
    )


def _sizes(tried: Series) -> "pd.Series[float]":
    return sizes_of(tried.country.computed).loc[list(tried.country.panel.units)]


def _on_real(tried: Series) -> pd.DataFrame:
    """Pretend every event for every authority; logarithms only for the quick methods."""
    country, sizes = tried.country, _sizes(tried)
    rankings = list(WORDS) if (country.panel.values > 0).all() else list(SIMULATED_RANKINGS)
    parts = [
        trials(
            country.panel,
            sizes,
            events=events_of(tried),
            methods=methods,
            rankings=chosen,
            neighbours=country.neighbours,
        )
        for methods, chosen in ((PLAIN, rankings), (WEIGHTED, SIMULATED_RANKINGS))
    ]
    return pd.concat(parts)


def _on_short(tried: Series) -> pd.DataFrame:
    """Take every run of six years for a panel of its own, with an event in its middle."""
    panel, sizes, parts = tried.country.panel, _sizes(tried), []
    for start in range(len(panel.years) - 2 * SHORT_SIDE + 1):
        run = slice(start, start + 2 * SHORT_SIDE)
        cut = Panel(panel.units, panel.years[run], panel.values[:, run])
        parts.append(
            trials(
                cut,
                sizes,
                events=[float(cut.years[SHORT_SIDE])],
                methods=("gap_did", *WEIGHTED),
                rankings=("raw", KEPT),
                neighbours=tried.country.neighbours,
            )
        )
    return pd.concat(parts)


def _on_simulated(tried: Series) -> pd.DataFrame:
    country, sizes = tried.country, _sizes(tried)
    years = country.panel.years
    event = float(years[len(years) // 2])
    parts = [
        simulated_trials(
            sizes,
            years.tolist(),
            panels=number,
            seed=SEED,
            event=event,
            methods=methods,
            rankings=SIMULATED_RANKINGS,
            neighbours=country.neighbours,
        )
        for methods, number in ((PLAIN, PANELS), (WEIGHTED, WEIGHTED_PANELS))
    ]
    return pd.concat(parts)


def _shares(found: pd.DataFrame, tried_on: str) -> pd.DataFrame:
    """Turn trials into shares by size group, methods and rankings in words."""
    made = calibration(found)
    return pd.DataFrame(
        {
            "tried_on": tried_on,
            "method": made["method"].map(METHODS),
            "ranking": made["ranking"].map(WORDS),
            "group": made["group"].map(GROUPS),
            "rejected": made["rejected"],
            "standard_error": made["standard_error"],
        }
    )


def wide(by_group: pd.DataFrame) -> pd.DataFrame:
    """Set the shares out with one column a size group.

    Returns
    -------
    DataFrame
        ``tried_on, method, ranking, small, middle, large`` (shares) and ``carries_words``: whether
        all three lie within the bounds.
    """
    keys = ["tried_on", "method", "ranking"]
    found = by_group.pivot(index=keys, columns="group", values="rejected")[list(GROUPS.values())]
    order = list(dict.fromkeys(by_group[keys].itertuples(index=False, name=None)))
    found = found.loc[order]
    holds = found.map(allowed().holds).all(axis=1)
    found["carries_words"] = ["yes" if one else "no" for one in holds]
    return found.rename_axis(columns=None).reset_index()


def both_of(shown: pd.DataFrame) -> list[tuple[str, str]]:
    """List the methods and rankings that may carry words on real figures and simulated ones."""
    yes = shown[shown["carries_words"] == "yes"]
    pairs = {
        tried_on: list(zip(rows["method"], rows["ranking"], strict=True))
        for tried_on, rows in yes.groupby("tried_on")
    }
    return [pair for pair in pairs.get(REAL, []) if pair in pairs.get(SIMULATION, [])]


def shares(values: Iterable[float]) -> str:
    """Write the range of some shares in per cent."""
    return f"{extent([100 * value for value in values])}%"


@section
def calibration_table(found: Calibrated) -> Shown:
    """List how often each method and ranking finds what is not there, by size group."""
    return table(
        found.table,
        name="calibration",
        row_header="method",
        caption=(
            "False alarms at the nominal five per cent in small, middling and large authorities, "
            f"{found.tried.title}"
        ),
        decimals=dict.fromkeys(GROUPS.values(), 1),
        sources=found.sources,
        notes=[
            "One less each share is how often the 95% interval holds the truth.",
            f"Carries words: between {share(found.lowest)} and {share(found.highest)} in every "
            "size group. Real figures hold real changes too, and their shares have standard errors "
            f"of {found.error}; the bounds are applied to them all the same.",
        ],
    )
