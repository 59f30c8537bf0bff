"""Caseloads: what the two stated means allow, and the official mean beside them."""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.coventry.changes import meets, own_changes, whole_authorities
from care_study.chapters.shared import Range, series_against_neighbours, series_alt
from care_study.claims import Claim, Reading, Verdict, judge
from care_study.show.results import SETTINGS, fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.intervals import rate_ratio
from care_study.unavailable import Unavailable
from care_study.words import count, number, year

CASES = "cases_per_worker"
ROUNDING = "rounding of both means"
CHANCE = "score interval of a ratio of Poisson rates, 95%, at the ends of the rounding"
FALL = "1 - mean caseload after / mean caseload before"
TOTAL = (
    "1 - (workers before + practitioners added) x caseload after / "
    "(workers before x caseload before)"
)


@finding
class Means:
    """What the document's two means imply by arithmetic alone."""

    sources = ("claims",)
    stated_before: Claim = fact()
    stated_after: Claim = fact()
    stated_reduction: Claim = fact()
    fall: Range = fact(FALL, unit="%", decimals=1)
    few_workers: int = fact(
        "fewest social workers that the means are taken over here",
        unit="social workers",
        sources=[SETTINGS],
    )
    many_workers: int = fact(
        "most social workers that the means are taken over here",
        unit="social workers",
        sources=[SETTINGS],
    )
    fall_few: Range = fact(f"{FALL}, over the fewest workers", unit="%", decimals=0)
    fall_many: Range = fact(f"{FALL}, over the most workers", unit="%", decimals=0)
    table: pd.DataFrame


def means(claims: Mapping[str, Claim], workers: Sequence[int]) -> Means:
    """Compute the fall of the mean caseload, for numbers of workers that it could be taken over."""
    before, after = claims["cov-caseload-before"], claims["cov-caseload-after"]
    found = caseload_fall(before, after, sorted(workers))
    fewest, most = (
        Range(row["fall"], row["lower"], row["upper"], CHANCE)
        for row in found.iloc[[0, -1]].to_dict("records")
    )
    return Means(
        stated_before=before,
        stated_after=after,
        stated_reduction=claims["cov-caseload-reduction"],
        fall=rounded_fall(before, after),
        few_workers=min(workers),
        many_workers=max(workers),
        fall_few=fewest,
        fall_many=most,
        table=found,
    )


def rounded_fall(before: Claim, after: Claim, growth: float = 1.0) -> Range:
    """Compute the fall that two stated means imply, in percent, with what their rounding allows.

    ``growth`` is the number of workers after, over the number before: with it the fall is one of
    all cases together, and negative where they rose.
    """
    (before_low, before_high), (after_low, after_high) = before.range, after.range
    return Range(
        100 * (1 - growth * after.number / before.number),
        100 * (1 - growth * after_high / before_low),
        100 * (1 - growth * after_low / before_high),
        ROUNDING,
    )


def caseload_fall(before: Claim, after: Claim, workers: Sequence[float]) -> pd.DataFrame:
    """Compute the fall between two mean caseloads, with what rounding and chance leave open.

    Two kinds of doubt are kept apart. Rounding: each mean lies within half a step of the number
    stated. Chance: were cases to fall on workers at random, as Poisson counts, a mean over few
    workers would vary; the interval over both is the widest that either end of the rounding gives.

    Returns
    -------
    DataFrame
        One row a number of workers that the means could be taken over: ``workers``; in percent of
        the mean before, ``fall``, ``rounded_lower``, ``rounded_upper``, ``lower`` and ``upper``
        (rounding and chance).
    """
    fall = rounded_fall(before, after)
    (before_low, before_high), (after_low, after_high) = before.range, after.range
    rows = []
    for n in workers:
        least = rate_ratio(after_high * n, n, before_low * n, n)
        most = rate_ratio(after_low * n, n, before_high * n, n)
        rows.append(
            {
                "workers": n,
                "fall": fall.estimate,
                "rounded_lower": fall.lower,
                "rounded_upper": fall.upper,
                "lower": 100 * (1 - float(least.upper)),
                "upper": 100 * (1 - float(most.lower)),
            }
        )
    return pd.DataFrame(rows)


@section
def fall_table(found: Means) -> Shown:
    """List the fall that the two means imply, by the number of workers they cover."""
    return table(
        found.table,
        name="caseload_fall",
        caption=(
            "Fall in the mean caseload that the document's two means imply, by the number of "
            "social workers they cover"
        ),
        unit="%",
        places=1,
        labels={
            "lower": "lower, rounding and chance",
            "upper": "upper, rounding and chance",
        },
        sources=Means.sources,
        notes=[
            "Chance: score interval, 95%, of a ratio of Poisson rates at the ends of the rounding."
        ],
    )


@finding
class Official:
    """The area's official caseload, and how many workers could have held the stated one."""

    sources = ("workforce",)
    fall: Range
    totals: list[Range]
    cases: pd.DataFrame
    total_smallest: Range = fact(TOTAL, unit="%", decimals=1, sources=["claims", "workforce"])
    workforce_smallest: float = fact(
        "smallest number of social workers who hold cases in the area's official figures",
        unit="full-time equivalents",
        decimals=0,
    )
    total_largest: Range = fact(TOTAL, unit="%", decimals=1, sources=["claims", "workforce"])
    workforce_largest: float = fact(
        "largest number of social workers who hold cases in the area's official figures",
        unit="full-time equivalents",
        decimals=0,
    )
    cases_highest: float = fact(
        "highest of: cases held / full-time-equivalent social workers who hold cases",
        unit="cases",
        decimals=1,
    )
    cases_highest_year: int = fact("year of that count on 30 September", unit="year")
    cases_latest: float = fact(
        "latest of: cases held / full-time-equivalent social workers who hold cases",
        unit="cases",
        decimals=1,
    )
    cases_latest_year: int = fact("year of that count on 30 September", unit="year")
    cases_first_year: int = fact("first official count with caseloads", unit="year")
    others: float = fact(
        "fewest cases assumed for every other worker", unit="cases", sources=[SETTINGS]
    )
    room: float = fact(
        "(official cases - cases of others x workers) / "
        "(caseload stated at the start - cases of others)",
        unit="workers",
        decimals=0,
        sources=["workforce", "claims", SETTINGS],
    )
    room_share: float = fact(
        "those workers / all workers who hold cases",
        unit="share",
        decimals=0,
        sources=["workforce", "claims", SETTINGS],
    )
    room_year: int = fact("year in which most workers could have held that many", unit="year")


@section
def official(setting: Setting, claims: Mapping[str, Claim], others: float) -> Official:
    """Set the stated means beside the official count; ``others`` is what other workers hold."""
    before, after = claims["cov-caseload-before"], claims["cov-caseload-after"]
    most = claims["cov-practitioners"].range[1]
    cases = room_for_a_team(setting.own(setting.indicator(CASES), fewest=1), before.number, others)
    highest, roomiest = (cases.sort_values(name).iloc[-1] for name in ("value", "room"))
    sizes = float(cases["workers"].min()), float(cases["workers"].max())
    with_all = [rounded_fall(before, after, (size + most) / size) for size in sizes]
    return Official(
        fall=rounded_fall(before, after),
        totals=[rounded_fall(before, after), *with_all],
        cases=cases,
        total_smallest=with_all[0],
        workforce_smallest=sizes[0],
        total_largest=with_all[1],
        workforce_largest=sizes[1],
        cases_highest=float(highest["value"]),
        cases_highest_year=int(highest["year"]),
        cases_latest=float(cases["value"].iloc[-1]),
        cases_latest_year=int(cases["year"].iloc[-1]),
        cases_first_year=int(cases["year"].min()),
        others=others,
        room=float(roomiest["room"]),
        room_share=float(roomiest["share"]),
        room_year=int(roomiest["year"]),
    )


def room_for_a_team(own: pd.DataFrame, caseload: float, others: float) -> pd.DataFrame:
    """Compute how many workers could hold a caseload, given the official number of cases.

    With ``others`` cases at least for everyone else, at most ``(cases - others x workers) /
    (caseload - others)`` workers can hold ``caseload`` cases. ``own`` has the area's rows of the
    indicator ``cases_per_worker``.

    Returns
    -------
    DataFrame
        ``year``, ``cases``, ``workers`` (full-time equivalents who hold cases), ``value`` (cases
        per worker), ``room`` (workers, not below zero and not above all) and ``share`` of all.

    Raises
    ------
    ValueError
        If the others hold as many cases as the team.
    """
    if not 0 <= others < caseload:
        raise ValueError(
            f"Others hold {others:g} cases and the team {caseload:g}. Expected fewer for the "
            "others, and not below zero."
        )
    named = {"numerator": "cases", "denominator": "workers"}
    rows = own.dropna(subset=["value"]).rename(columns=named)[["year", *named.values(), "value"]]
    room = (rows["cases"] - others * rows["workers"]) / (caseload - others)
    room = room.clip(lower=0).clip(upper=rows["workers"])
    return rows.assign(room=room, share=room / rows["workers"]).reset_index(drop=True)


@section
def caseload_series(setting: Setting, stated: Means, found: Official) -> Shown:
    """Draw the official caseload through time, among the neighbours, with the stated means."""
    before, after = stated.stated_before.number, stated.stated_after.number
    relation = "never as high as" if found.cases_highest < before else "at its highest at least"
    return series_against_neighbours(
        setting,
        CASES,
        name="caseload",
        title=(
            f"{setting.area_name}'s official caseload was {relation} the document's "
            f"{count(before)}: its highest was {number(found.cases_highest)}, in "
            f"{year(found.cases_highest_year)}"
        ),
        alt=series_alt(found.cases, setting.area_name, "cases per social worker", " cases"),
        axis="cases per full-time equivalent",
        references=["England"],
        levels={"stated: at the start": before, "stated: with the project": after},
    )


@finding
class Anywhere:
    """The highest official caseload of any authority."""

    prefix = "anywhere"
    sources = ("workforce",)
    highest: float = fact(
        "highest official caseload of any authority in any year", unit="cases", decimals=1
    )
    area: str = fact("authority with the highest official caseload")
    year: int = fact("year of the highest official caseload", unit="year")
    reached: int = fact(
        "authority-years with an official caseload of at least the one stated with the project",
        sources=["workforce", "claims"],
    )
    of: int = fact("authority-years with an official caseload")


@section
def anywhere(setting: Setting, claims: Mapping[str, Claim], fewest_referrals: float) -> Anywhere:
    """Find the highest official caseload, and how many reached the one stated with the project."""
    computed = setting.indicator(CASES)
    ids = whole_authorities(setting, fewest_referrals)
    rows = computed[computed["area_id"].isin(ids) & computed["value"].notna()]
    if rows.empty:
        raise Unavailable("No authority has an official caseload in these years")
    top = rows.sort_values("value").iloc[-1]
    return Anywhere(
        highest=float(top["value"]),
        area=str(top["area_name"]),
        year=int(top["year"]),
        reached=int((rows["value"] >= claims["cov-caseload-after"].number).sum()),
        of=len(rows),
    )


def case_changes(setting: Setting, claims: Mapping[str, Claim]) -> pd.DataFrame:
    """Compute the area's changes in caseload, and which fit the stated fall.

    Changes between Septembers stand at the year in whose middle the second one lies.

    Returns
    -------
    DataFrame
        ``year``, ``cases_before``, ``cases_change`` (percent) and ``cases_fit``.
    """
    found = own_changes(setting, CASES)
    fall = rounded_fall(claims["cov-caseload-before"], claims["cov-caseload-after"])
    change = found["relative"]
    return pd.DataFrame(
        {
            "year": found["year"] + 1,
            "cases_before": found["before"],
            "cases_change": change,
            "cases_fit": meets(-change, -change, (fall.lower, fall.upper)),
        }
    )


def judge_reduction(found: Official, claim: Claim) -> Verdict:
    """Judge the fall in caseloads: per worker, and of all cases together."""
    one = found.fall
    return judge(
        claim,
        [
            Reading(
                "per-social-worker",
                "mean per social worker",
                value=one.estimate,
                lower=one.lower,
                upper=one.upper,
                unit="%",
                method=ROUNDING,
                decimals=1,
            ),
            Reading(
                "total-caseload",
                "all cases together",
                lower=min(total.lower for total in found.totals),
                upper=max(total.upper for total in found.totals),
                unit="%",
                method="range over workforce sizes and workers added, and rounding",
                decimals=1,
            ),
        ],
        comment="all cases together fell as much only if hardly any workers were added",
    )


JUDGES = {"cov-caseload-reduction": judge_reduction}
