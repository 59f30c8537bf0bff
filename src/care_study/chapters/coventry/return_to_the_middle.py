"""What the highest fifth does next year: regression to the mean, and changes that last."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from care_study.area.setting import Setting
from care_study.chapters.coventry.changes import REREFERRALS, years_that_fit
from care_study.chapters.coventry.rereferrals import (
    OF_FALLS,
    POINTS,
    SOURCES,
    AmongAll,
    Rereferrals,
    share_that_fell,
)
from care_study.charts import dots
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.comparison import mean_interval
from care_study.statistics.intervals import Interval
from care_study.statistics.trends import adjust, placebo_inference
from care_study.unavailable import Unavailable
from care_study.words import count, number, p_value, percent, span, year, years

METHOD = "mean of yearly means, t interval over the years"
CLUSTERED = "least squares, errors clustered by authority"
HIGHEST = "of the fifth of authorities with the highest re-referral percentage"
NAMES = {1: "lowest fifth", 2: "second", 3: "middle", 4: "fourth", 5: "highest fifth"}
LEAST_YEARS = 2  # on either side of the event, for a lasting change


@finding
class Return:
    """What authorities far from the middle do next year, and when the area was one of them."""

    sources = SOURCES
    fifths: pd.DataFrame
    sorted_in: str
    fell_points_top: float = fact(
        f"{OF_FALLS} percentage points as stated, {HIGHEST} the year before",
        unit="share",
        decimals=0,
    )
    top_change: Interval = fact(f"mean change in the next year {HIGHEST}", unit=POINTS, decimals=1)
    top_before: float = fact(f"mean in the year of sorting {HIGHEST}", unit="%", decimals=1)
    top_after: float = fact(f"mean in the next year {HIGHEST}", unit="%", decimals=1)
    top_fell: float = fact(
        "share of authority-years in the highest fifth that fell in the next year",
        unit="share",
        decimals=0,
    )
    kept: Interval = fact(
        "slope of next year's distance from the mean of all authorities on this year's",
        unit="share",
        decimals=0,
    )
    top_years: str = fact(
        "years in which the area was in the highest fifth of authorities in the year before"
    )
    fit_after_top: str = fact(
        "start years that fit the fall in percentage points and followed a year in the highest "
        "fifth",
        sources=[*SOURCES, "claims"],
    )


@section
def return_to_the_middle(setting: Setting, found: Rereferrals, everyone: AmongAll) -> Return:
    """Measure regression to the mean among all authorities, and place the area in it."""
    changes = everyone.changes.assign(fifth=fifth_of_all(everyone.changes))
    fifths = by_fifth(changes, found.stated_fall.number)
    top, group = fifths.iloc[-1], changes[changes["fifth"] == 5]
    own = group.loc[group["area_id"] == setting.area_id, "year"]
    return Return(
        fifths=fifths,
        sorted_in=span(changes["year"].min() - 1, changes["year"].max() - 1),
        fell_points_top=float(top["fell_points"]),
        top_change=_change_of(group),
        top_before=float(top["before"]),
        top_after=float(top["after"]),
        top_fell=float(top["fell"]),
        kept=share_kept(changes),
        top_years=years(own),
        fit_after_top=fit_after_top(years_that_fit(found.changes, "points_fit"), own),
    )


def fifth_of_all(changes: pd.DataFrame) -> pd.Series:
    """Sort authorities into fifths by the value before each change; 5 is highest."""
    place = changes.groupby("year")["before"].rank(method="first", pct=True)
    return np.ceil(place * 5).astype(int)


def by_fifth(changes: pd.DataFrame, points: float) -> pd.DataFrame:
    """Describe what each fifth of the authorities does in the next year.

    The mean change of a fifth is the mean of its yearly means, with a t interval over the years, as
    authorities in one year share what moved them all. ``changes`` are `yearly_changes` with their
    ``fifth`` (see `fifth_of_all`); falls of ``points`` or more are counted.

    Returns
    -------
    DataFrame
        ``fifth``, ``pairs`` (authority-years), ``before``, ``after``, ``change`` with ``lower``
        and ``upper``, ``fell`` and ``fell_points`` (shares, 0 to 1, that fell at all, and by as
        many points as asked).
    """
    rows = []
    for fifth, group in changes.groupby("fifth"):
        found, yearly = _change_of(group), group.groupby("year")[["before", "value"]].mean().mean()
        rows.append(
            {
                "fifth": fifth,
                "pairs": len(group),
                "before": float(yearly["before"]),
                "after": float(yearly["value"]),
                "change": float(found.estimate),
                "lower": float(found.lower),
                "upper": float(found.upper),
                "fell": float((group["change"] < 0).mean()),
                "fell_points": share_that_fell(group["change"], points),
            }
        )
    return pd.DataFrame(rows)


def _change_of(group: pd.DataFrame) -> Interval:
    found = mean_interval(group.groupby("year")["change"].mean())
    return Interval(found.estimate, found.lower, found.upper, found.level, METHOD)


def share_kept(changes: pd.DataFrame) -> Interval:
    """Compute the share of an authority's distance from the mean that is left a year later.

    It is the slope of next year's distance from that year's mean of all authorities on this
    year's, with errors clustered by authority.
    """
    distances = changes.assign(
        then=changes["before"] - changes.groupby("year")["before"].transform("mean"),
        now=changes["value"] - changes.groupby("year")["value"].transform("mean"),
        group=changes["area_id"].astype("category").cat.codes,
    )
    fit = smf.ols("now ~ then - 1", data=distances).fit(
        cov_type="cluster", cov_kwds={"groups": distances["group"]}, use_t=True
    )
    lower, upper = fit.conf_int().loc["then"]
    return Interval(float(fit.params["then"]), float(lower), float(upper), 0.95, CLUSTERED)


def fit_after_top(fitting: Sequence[int], after_top: pd.Series) -> str:
    """Say which start years that fit the fall in points followed a year in the highest fifth."""
    if not fitting:
        return "No start year fits the fall in percentage points."
    high = [one for one in fitting if one in set(after_top)]
    return (
        f"Of the start years that fit the fall in percentage points ({years(fitting)}), "
        f"{years(high)} followed a year in the highest fifth."
    )


@section
def fifths_figure(found: Return) -> Shown:
    """Draw the mean change of each fifth of the authorities by the next year."""
    rows = found.fifths
    named = [
        f"{NAMES[row['fifth']]} (mean {percent(row['before'], 1)})"
        for row in rows.to_dict("records")
    ]
    return figure(
        dots.dot_intervals(
            rows.assign(label=named),
            label="label",
            value="change",
            lower="lower",
            upper="upper",
            unit="mean change by the next year, percentage points, with 95% interval",
            reference=0.0,
            reference_label="no change",
            zero=True,
        ),
        name="return_to_the_middle",
        title=return_title(rows),
        subtitle=(
            "Authorities sorted each year into fifths by re-referrals as a share of referrals, "
            f"{found.sorted_in}, and their mean change by the next year"
        ),
        alt=return_alt(rows),
        data=rows,
        unit="points",
        places=1,
        units={"before": "%", "after": "%"},
        sources=SOURCES,
        notes=[f"Interval: {METHOD}, 95%."],
    )


def return_title(fifths: pd.DataFrame) -> str:
    """Say what the highest and the lowest fifth did next year."""
    low, high = (_moved(fifths["change"].iloc[at]) for at in (0, -1))
    return f"The authorities with most re-referrals {high} next year, those with fewest {low}"


def _moved(change: float) -> str:
    return f"{'fell' if change < 0 else 'rose'} by {number(abs(change))} points on average"


def return_alt(fifths: pd.DataFrame) -> str:
    """Describe the chart of the five fifths."""
    changes = ", ".join(map(number, fifths["change"]))
    return (
        "Dots with 95% intervals for five groups of authorities, from fewest to most re-referrals "
        f"in a year; their mean change by the next year, in points: {changes}."
    )


# ---- changes that last


@finding
class Lasting:
    """The lasting change that stands out most, over all start years."""

    sources = SOURCES
    lasting: str = fact(
        "synthetic difference-in-differences from each start year on, with placebo rank p-values "
        "and Holm's adjustment"
    )


@section
def lasting(setting: Setting, everyone: AmongAll) -> Lasting:
    """Estimate a lasting change from each start year on (takes some seconds)."""
    ids = list(everyone.changes["area_id"].unique())
    found = lasting_changes(setting.indicator(REREFERRALS), setting.area_id, ids)
    if found.empty:
        raise Unavailable(
            f"A lasting change cannot be estimated for {setting.area_name}: its series has a gap, "
            f"or fewer than {LEAST_YEARS} years on either side of every start year"
        )
    return Lasting(lasting=lasting_sentence(found))


def lasting_changes(computed: pd.DataFrame, area_id: str, area_ids: Sequence[str]) -> pd.DataFrame:
    """Estimate a lasting change from each start year on, against all other authorities.

    Synthetic difference-in-differences (Arkhangelsky et al. 2021), with placebo inference: the
    same estimate for every other authority. Holm's adjustment covers the start years tried.

    Returns
    -------
    DataFrame
        ``year`` (the first after), ``estimate``, ``lower``, ``upper`` (95%, inverted rank test),
        ``p_value``, ``holm``, ``rank`` (first: largest in either direction) and ``of``. Years with
        fewer than two years of data on either side are left out. No row where the area's series
        has a gap, as the method needs every year.
    """
    rows = computed[computed["area_id"].isin(area_ids)].rename(columns={"area_id": "unit"})
    panel = rows.loc[rows["value"].notna(), ["unit", "year", "value"]]
    own = panel.loc[panel["unit"] == area_id, "year"]
    if own.empty or len(own) < own.max() - own.min() + 1:
        return pd.DataFrame()
    panel = panel[panel["year"].between(own.min(), own.max())]
    starts = range(int(own.min()) + LEAST_YEARS, int(own.max()) + 2 - LEAST_YEARS)
    found = pd.DataFrame([_lasting_from(panel, area_id, start) for start in starts])
    return found if found.empty else found.assign(holm=adjust(found["p_value"], "holm"))


def _lasting_from(panel: pd.DataFrame, area_id: str, start: int) -> dict[str, object]:
    result = placebo_inference(panel, area_id, start, methods=["sdid"])
    line = result.summary.to_dict("records")[0]
    kept = {name: line[name] for name in ("estimate", "lower", "upper", "p_value", "rank")}
    return {"year": start, **kept, "of": len(result.placebos)}


def lasting_sentence(found: pd.DataFrame) -> str:
    """Say which start year stands out most."""
    row = found.sort_values("p_value").iloc[0]
    return (
        f"Over {count(len(found), 'start year')}, the change that stands out most starts in "
        f"{year(row['year'])}: {number(row['estimate'])} percentage points (95% interval "
        f"{number(row['lower'])} to {number(row['upper'])}), {p_value(row['p_value'])}, or "
        f"{p_value(row['holm'])} once the number of years tried is allowed for."
    )
