"""When the undated projects began: which months fit what the case studies state."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.charts.curves import curves
from care_study.claims import Claim
from care_study.claims.dating import (
    CASES,
    FALL,
    LEVEL,
    MONTHS,
    REFERRALS,
    RISE,
    Calibration,
    Dated,
    calibrate,
    date,
    month_labels,
    statements,
)
from care_study.claims.world import World
from care_study.show.figure import figure
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.words import count, listed, share, years

SOURCES = [
    *("claims", "referrals_by_month", "referrals", "assessments", "workforce"),
    "boundary_changes",
]
AREAS = ("Northamptonshire", "Coventry")


@finding
class Dates:
    """The posterior of the month in which an undated project began."""

    sources = SOURCES
    area: str
    dated: Dated
    calibration: Calibration
    held: int = fact(
        f"fewest months that hold {share(LEVEL)} of the posterior, flat prior", unit="months"
    )
    of: int = fact("months for which referrals are held", unit="months")
    narrowed: float = fact("held months / all months", unit="share", decimals=0)
    ruled_out: str = fact("calendar years of which no month is held")
    covered: float = fact(
        "simulated documents whose true month the set holds / simulated documents",
        unit="share",
        decimals=1,
    )
    covered_half: float = fact(
        "the same, where documents err by half as much as assumed", unit="share", decimals=0
    )
    covered_twice: float = fact(
        "the same, where documents err by twice as much as assumed", unit="share", decimals=0
    )
    documents: int = fact("documents simulated", unit="documents")
    noise_referrals: float = fact("assumed", unit="referrals a week", decimals=0)
    noise_cases: float = fact("assumed", unit="cases a worker", decimals=0)
    noise_fall: float = fact("assumed", unit="points", decimals=0)
    noise_rise: float = fact("assumed", unit="points", decimals=0)


def dates(world: World, claims: Mapping[str, Claim]) -> dict[str, Dates]:
    """Date both case studies from what they state, and calibrate on simulated documents."""
    like, stated = statements(world, _stated(claims))
    made = {}
    for area, said in stated.items():
        found = date(said, like.row_of[world.area_id(area)])
        check = calibrate(said)
        made[area.lower()] = Dates(
            area=area,
            dated=found,
            calibration=check,
            held=int(found.held.sum()),
            of=MONTHS,
            narrowed=found.share,
            ruled_out=ruled_out(found),
            covered=check.covered,
            covered_half=calibrate(said, factor=0.5).covered,
            covered_twice=calibrate(said, factor=2).covered,
            documents=check.documents,
            noise_referrals=REFERRALS,
            noise_cases=CASES,
            noise_fall=FALL,
            noise_rise=RISE,
        )
    return made


def _stated(claims: Mapping[str, Claim]) -> dict[str, float]:
    """Take the stated numbers, ranges by their middle."""
    low, high = claims["nn-referrals-per-week"].ends
    few, many = claims["nn-caseload-before"].ends
    return {
        "referrals": (low + high) / 2,
        "caseload": (few + many) / 2,
        "coventry_caseload": claims["cov-caseload-before"].number,
        "fall": claims["cov-rereferral-fall"].number,
        "fall_months": claims["cov-rereferral-months"].number,
        "rise": claims["cov-own-completion-rise"].number,
    }


def ruled_out(found: Dated) -> str:
    """Write the calendar years of which no month is held."""
    by_year = pd.Series(found.held).groupby(np.floor(np.round(month_labels(), 6)).astype(int)).any()
    return years(by_year.index[~by_year])


def likely_months(found: dict[str, Dates]) -> Shown:
    """Draw the posterior of every month over its flat prior, a line an area."""
    frame = pd.concat(
        [
            pd.DataFrame(
                {"area": one.area, "month": month_labels(), "times": one.dated.posterior * MONTHS}
            )
            for one in found.values()
        ],
        ignore_index=True,
    )
    chart = curves(
        frame,
        x="month",
        y="times",
        series="area",
        x_unit="beginning of the month",
        unit="times as likely as any month",
        reference=1,
        reference_label="nothing known",
    )
    narrow = listed([f"{count(one.held, 'month')} in {one.area}" for one in found.values()])
    return figure(
        chart,
        name="dates",
        title=f"What is stated fits {narrow}, out of {count(MONTHS)}",
        subtitle=(
            "How much more likely each month is as the start than it was before anything was "
            "compared (flat prior)"
        ),
        alt="Two curves, one an area, that rise and fall about the line of one without one clear "
        f"peak; the sets that hold {share(LEVEL)} are {narrow}.",
        data=frame,
        decimals={"times": 2, "month": 2},
        units={"month": "year"},
        sources=SOURCES,
        row_header="area",
    )
