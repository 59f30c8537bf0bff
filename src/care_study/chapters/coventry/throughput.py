"""Throughput: what the stated numbers imply for the time that a case stays open."""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.area.setting import Setting
from care_study.charts import dots
from care_study.claims import Claim, Reading, Verdict, judge
from care_study.data import geography
from care_study.indicators.compute import weeks_in_year
from care_study.show.figure import figure
from care_study.show.results import SETTINGS, fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.capacity import littles_law
from care_study.unavailable import Unavailable
from care_study.words import count, listed

WEEKLY = "referrals_per_week"


@finding
class Throughput:
    """The stated numbers put together by Little's law, and the official flow beside them."""

    sources = ("claims", SETTINGS)
    caseload: Claim
    flow: pd.DataFrame
    table: pd.DataFrame
    stated_practitioners: Claim = fact(sources=["claims"])
    stated_week: Claim = fact(sources=["claims"])
    limit_weeks: float = fact("45 working days / 5 a week", unit="weeks", sources=[SETTINGS])
    each_week: float = fact(
        "cases completed a week / practitioners", decimals=2, sources=["claims"]
    )
    stated_weeks: float = fact(
        "Little's law: practitioners x cases each / cases completed a week",
        unit="weeks",
        decimals=0,
        sources=["claims"],
    )
    times_limit: float = fact(
        "mean weeks open by Little's law / time limit of an assessment", unit="times", decimals=0
    )
    within_limit: float = fact(
        "cases completed a week x time limit in weeks / practitioners", unit="cases", decimals=0
    )
    practitioners_needed: float = fact(
        "cases completed a week x time limit in weeks / cases each",
        unit="practitioners",
        decimals=1,
    )


def throughput(
    setting: Setting,
    claims: Mapping[str, Claim],
    practitioners: Sequence[int],
    caseloads: Sequence[int],
    limit_weeks: float,
) -> Throughput:
    """Put the stated numbers together, and work out teams and caseloads besides.

    ``limit_weeks`` is the time an assessment may take: 45 working days are nine weeks.
    """
    week, caseload = claims["cov-throughput"].number, claims["cov-caseload-after"]
    team = claims["cov-practitioners"]
    most = team.range[1]
    stated = throughput_table(week, [most], [caseload.number], limit_weeks).iloc[0]
    return Throughput(
        caseload=caseload,
        flow=flow_beside_official(setting, week),
        table=throughput_table(week, practitioners, caseloads, limit_weeks),
        stated_practitioners=team,
        stated_week=claims["cov-throughput"],
        limit_weeks=limit_weeks,
        each_week=float(stated["each_week"]),
        stated_weeks=float(stated["weeks_open"]),
        times_limit=float(stated["times_limit"]),
        within_limit=week * limit_weeks / most,
        practitioners_needed=week * limit_weeks / caseload.number,
    )


def throughput_table(
    per_week: float, practitioners: Sequence[float], caseloads: Sequence[float], limit_weeks: float
) -> pd.DataFrame:
    """Compute how long a case stays open, by Little's law, for each team and caseload.

    Returns
    -------
    DataFrame
        ``practitioners``, ``caseload`` (open cases each), ``open_cases``, ``each_week`` (cases
        completed per practitioner and week), ``weeks_open`` (mean time a case stays open) and
        ``times_limit`` (weeks over the limit).
    """
    rows = []
    for n in practitioners:
        for caseload in caseloads:
            flow = littles_law(in_progress=n * caseload, throughput=per_week)
            rows.append(
                {
                    "practitioners": n,
                    "caseload": caseload,
                    "open_cases": flow.in_progress,
                    "each_week": per_week / n,
                    "weeks_open": flow.time,
                    "times_limit": flow.time / limit_weeks,
                }
            )
    return pd.DataFrame(rows)


@section
def weeks_open(found: Throughput) -> Shown:
    """Draw how long the mean case stays open with the largest team, by open cases each."""
    largest = found.table["practitioners"].max()
    rows = found.table[found.table["practitioners"] == largest]
    week = found.stated_week.number
    each = [f"{count(one, 'open case')} each" for one in rows["caseload"]]
    return figure(
        dots.bars(
            rows.assign(label=each),
            label="label",
            value="weeks_open",
            unit="mean weeks that a case stays open",
            decimals=0,
        ),
        name="throughput",
        title=weeks_title(rows, week, found.limit_weeks),
        subtitle=(
            f"Mean weeks that a case stays open with {count(largest, 'practitioner')} who complete "
            f"{count(week, 'case')} a week, by open cases each (Little's law)"
        ),
        alt=weeks_alt(rows),
        data=found.table,
        sources=["claims", SETTINGS],
        notes=[
            "Little's law holds for averages over a steady spell; a short project that starts "
            "without cases is not quite steady."
        ],
    )


def weeks_title(rows: pd.DataFrame, per_week: float, limit_weeks: float) -> str:
    """Say at which caseloads the mean case is done within the limit."""
    within = rows.loc[rows["weeks_open"] <= limit_weeks, "caseload"]
    team = (
        f"With {count(rows['practitioners'].iloc[0], 'practitioner')} and "
        f"{count(per_week, 'case')} a week"
    )
    limit = count(limit_weeks, "week")
    if within.empty:
        return f"{team}, no caseload shown leaves the mean case within {limit}"
    return (
        f"{team}, the mean case stays open within {limit} only up to "
        f"{count(within.max(), 'open case')} each"
    )


def weeks_alt(rows: pd.DataFrame) -> str:
    """Describe the bars of weeks open by caseload."""
    parts = listed(
        [
            f"{count(row['weeks_open'], 'week')} with {count(row['caseload'])}"
            for row in rows.to_dict("records")
        ]
    )
    return f"Bars of the mean time that a case stays open, by open cases a practitioner: {parts}."


# ---- the official flow


@finding
class Flow:
    """The stated cases a week as a part of what the authority receives and completes."""

    sources = ("children_in_need", "referrals", "claims")
    whole_service: str = fact(
        "years in which no more episodes of need ended a week than cases are stated to be "
        "completed",
        sources=["children_in_need", "claims"],
    )
    ended: Mapping[str, float] = fact(
        "lowest and highest of the years: episodes of need that ended in the year / weeks in the "
        "year",
        decimals=0,
        sources=["children_in_need"],
    )
    of_ended: Mapping[str, float] = fact(
        "lowest and highest of the years: cases completed a week / episodes of need that ended a "
        "week",
        unit="share",
        decimals=0,
        sources=["children_in_need", "claims"],
    )
    of_referrals: Mapping[str, float] = fact(
        "lowest and highest of the years: cases completed a week / referrals a week",
        unit="share",
        decimals=0,
        sources=["referrals", "claims"],
    )


@section
def official_flow(setting: Setting, found: Throughput) -> Flow:
    """Set the stated cases a week beside the authority's own weekly flow."""
    flow = found.flow.dropna(subset=["ended", "referrals"])
    if flow.empty:
        raise Unavailable(
            f"{setting.area_name} has no year with both referrals and episodes of need that ended"
        )
    return Flow(
        whole_service=whole_service(flow),
        ended=_ends(flow["ended"]),
        of_ended=_ends(flow["of_ended"]),
        of_referrals=_ends(flow["of_referrals"]),
    )


def _ends(values: pd.Series) -> dict[str, float]:
    return {"low": float(values.min()), "high": float(values.max())}


def flow_beside_official(setting: Setting, per_week: float) -> pd.DataFrame:
    """Set cases completed a week beside the authority's official weekly flow.

    Returns
    -------
    DataFrame
        ``year``, ``referrals`` and ``ended`` (episodes of need that ended), both a week, and
        ``of_referrals``, ``of_ended``: the completed cases as a share of each. A year without a
        published figure, or with a count of none, has a missing value.
    """
    referrals = setting.indicator(WEEKLY)
    own = referrals[referrals["area_id"] == setting.area_id].set_index("year")["value"]
    spliced = geography.splice(
        setting.tables["children_in_need"],
        ["episodes_ended"],
        setting.tables["boundary_changes"],
        "march",
    )
    ended = spliced[spliced["area_id"] == setting.area_id].set_index("year")["episodes_ended"]
    ended = ended / ended.index.map(weeks_in_year)
    frame = pd.DataFrame({"referrals": own, "ended": ended.reindex(own.index)})
    some = frame.where(frame > 0)
    return frame.assign(
        of_referrals=per_week / some["referrals"], of_ended=per_week / some["ended"]
    ).reset_index()


def whole_service(flow: pd.DataFrame) -> str:
    """Say whether the stated number of cases a week could be all that the authority completed."""
    reached = int((flow["of_ended"] >= 1).sum())
    if not reached:
        return "always more than that, so it cannot"
    return f"no more than that in {reached} of {count(len(flow), 'year')}"


def judge_practitioners(found: Throughput, claim: Claim) -> Verdict:
    """Work out the practitioners that the stated throughput needs, at the stated caseload."""
    week, caseload = found.stated_week.range, found.caseload.range
    needed = Reading(
        "needed-at-most",
        "practitioners that the stated throughput and caseload employ, each case open for "
        "the whole statutory limit",
        value=found.practitioners_needed,
        lower=week[0] * found.limit_weeks / caseload[1],
        upper=week[1] * found.limit_weeks / caseload[0],
        unit="practitioners",
        method="Little's law, rounding of both numbers",
        same_measure=False,
        decimals=1,
    )
    return judge(claim, [needed])


def judge_throughput(found: Throughput, claim: Claim) -> Verdict:
    """Judge the cases completed a week as the provider's part, and as the whole."""
    flow = found.flow.dropna(subset=["ended"])
    if flow.empty:
        raise Unavailable("There are no figures of episodes of need that ended")
    part = Reading(
        "managed-service",
        "the managed service's cases, as a part of all that the authority completed",
        survives=bool((flow["of_ended"] < 1).any()),
    )
    whole = [
        Reading(
            f"whole-service/{row['year']}",
            f"the whole service's, {row['year']}",
            value=row["ended"],
            unit="episodes ended per week",
            same_measure=False,
            decimals=0,
        )
        for row in flow.to_dict("records")
    ]
    return judge(claim, [part, *whole])


JUDGES = {"cov-practitioners": judge_practitioners, "cov-throughput": judge_throughput}
