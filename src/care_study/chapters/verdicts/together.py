"""What can stand together: one date and one reading of each word for a whole document."""

from collections.abc import Mapping

import pandas as pd

from care_study.claims import Claim
from care_study.claims.joint import Joint, joint
from care_study.claims.tests import TESTS
from care_study.claims.world import World
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.words import listed

SOURCES = ["claims", "referrals", "assessments"]
COVENTRY = ("cov-rereferral-fall", "cov-own-completion-rise", "cov-demand-growing")
NORTHAMPTONSHIRE = ("nn-referrals-per-week", "nn-referrals-often-more")
PERCENT = ("relative", "percentage-points")
AREAS = ("Coventry", "Northamptonshire")
REFERRALS = ("all-referrals", "net-of-no-further-action")


@finding
class Together:
    """The largest set of a document's claims that can stand together."""

    sources = SOURCES
    found: Joint
    fits: int = fact("the largest number of claims that stand in one year under one reading")
    claims: int = fact("claims of the document that share a date", unit="claims")
    year: int = fact("a year in which they stand", unit="year")
    share: float = fact(
        "share of other authorities with a set at least as large", unit="share", decimals=0
    )
    standing: str = fact("the claims that stand together, by their statements")


def together(world: World, claims: Mapping[str, Claim], area: str) -> Together:
    """Find the largest set of claims of a case study that can stand together."""
    names, readings = (COVENTRY, PERCENT) if area == "Coventry" else (NORTHAMPTONSHIRE, REFERRALS)
    found = joint(world, claims, TESTS, names, world.area_id(area), readings)
    said = [claims[name].statement.rstrip(".") for name in found.fits]
    return Together(
        found=found,
        fits=len(found.fits),
        claims=len(names),
        year=found.year,
        share=found.share,
        standing=listed(said, word="and that", none="none"),
    )


def by_year_and_reading(found: Together, area: str) -> Shown:
    """List how many claims stand in each year under each reading."""
    wide = found.found.by_choice.pivot(index="year", columns="reading", values="fits")
    frame: pd.DataFrame = wide.rename_axis(columns=None).reset_index()
    frame.columns = [str(name).replace("-", " ") for name in frame.columns]
    return table(
        frame,
        name=f"together_{area.lower()}",
        caption=f"Claims about {area} that stand together, by year and reading",
        sources=SOURCES,
        row_header="year",
    )
