"""The ways of working that the documents describe: staffing, span of control, one vacancy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from care_study.claims import Claim, ClaimError, Reading, Verdict, judge
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.capacity import vacancy
from care_study.words import count, extent, share

UNIT, TEAM = "Unit", "Proposed team"
NUMBER_WORDS = {"half": 0.5, "one": 1, "two": 2, "four": 4, "five": 5, "six": 6, "ten": 10}
Claims = Mapping[str, Claim]


@dataclass(frozen=True)
class Model:
    """One way of working, as a document describes it, at one end of its stated range.

    ``holders`` are the workers who hold cases, the manager included where ``manager_holds``;
    ``cases`` is what they hold together. ``span`` is the workers whom one manager oversees, where
    the document says so. ``note`` says what is assumed.
    """

    name: str
    document: str
    holders: float
    cases: float
    span: float | None
    manager_holds: bool
    note: str = ""


@dataclass(frozen=True)
class BySize:
    """A number worked out for the smallest and the largest typical team."""

    estimate: float
    lower: float
    upper: float
    method: str

    @classmethod
    def of(cls, ends: pd.Series, method: str = "smallest and largest typical team") -> "BySize":
        """Take both ends and their mean; the method names the ends in the order of the limits."""
        return cls(float(ends.mean()), float(ends.min()), float(ends.max()), method)

    def reading(self, id: str, label: str, unit: str, decimals: int | None = None) -> Reading:
        """Make a reading of it."""
        return Reading(
            id,
            label,
            self.estimate,
            self.lower,
            self.upper,
            unit=unit,
            method=self.method,
            decimals=decimals,
        )


@finding
class Ways:
    """The ways of working side by side, and what a document says of them more than once.

    ``said`` holds the numbers with which a claim's document states it, in order.
    """

    sources = ("claims",)
    claims: Claims
    said: Mapping[str, list[float]]
    table: pd.DataFrame
    units_before: Claim = fact()
    units_now: Claim = fact()
    unit_after: float = fact("cases a worker of a full unit with one vacancy", decimals=0)
    unit_each: float = fact("cases a worker of a full unit", decimals=0)
    team_after: float = fact(
        "cases a worker of the largest typical team with one vacancy, at the same load", decimals=0
    )
    span_unit: float = fact("workers of a unit less its consultant", decimals=0)
    span_team: str = fact("workers of a proposed team, its manager apart")


@section
def ways(claims: Claims, accounting: pd.DataFrame) -> Ways:
    """Work out the ways of working from the documents' own numbers.

    ``accounting`` is the account of every number (see `care_study.claims.read_accounting`).
    """
    found = one_vacancy(models(claims))
    unit, team = (found[found["model"] == name] for name in (UNIT, TEAM))
    return Ways(
        claims=claims,
        said={name: statements(accounting, name) for name in RESTATED},
        table=found,
        units_before=claims["cam-units-before"],
        units_now=claims["cam-units"],
        unit_after=unit["cases_each_after"].max(),
        unit_each=unit["cases_each"].max(),
        team_after=team["cases_each_after"].max(),
        span_unit=unit["span"].max(),
        span_team=extent(team["span"], 0),
    )


def ends(claim: Claim) -> tuple[float, float]:
    """Take the lowest and highest number that a claim states; an open end takes the other's value.

    Raises
    ------
    ClaimError
        If the claim states no number.
    """
    found = [end for end in (claim.low, claim.high) if end is not None]
    if not found:
        raise ClaimError(f"{claim.id} states no number. Correct claims.csv or leave it out.")
    return found[0], found[-1]


def unit_holders(claims: Claims) -> float:
    """Count the workers of a unit who hold cases, its consultant included."""
    posts = ("cam-unit-consultant", "cam-unit-social-workers", "cam-unit-senior")
    return sum(ends(claims[name])[0] for name in posts)


def team_holders(claims: Claims) -> tuple[float, float]:
    """Count the fewest and the most workers of a proposed team who may hold cases."""
    posts = ("cam-team-seniors", "cam-team-social-workers", "cam-team-alternative")
    found = [ends(claims[name]) for name in posts]
    return sum(low for low, _ in found), sum(high for _, high in found)


def models(claims: Claims) -> list[Model]:
    """List the models of the documents at both ends of what they state.

    A proposed team has no stated number of cases: its workers are given as many each as those of a
    unit, so that only the size differs. The children whom a duty team holds are read both ways.
    """
    return [*_unit(claims), *_team(claims), *_duty_team(claims), _service(claims)]


def _unit(claims: Claims) -> list[Model]:
    holders = unit_holders(claims)
    span = holders - ends(claims["cam-unit-consultant"])[0]
    cases = ends(claims["cam-cases-per-unit"])
    return [Model(UNIT, "cambridgeshire-2018", holders, one, span, True) for one in cases]


def _team(claims: Claims) -> list[Model]:
    unit, cases = unit_holders(claims), ends(claims["cam-cases-per-unit"])
    return [
        Model(
            TEAM,
            "cambridgeshire-2018",
            size,
            size * held / unit,
            size,
            False,
            "cases a worker as in a unit",
        )
        for size, held in zip(team_holders(claims), cases, strict=True)
    ]


def _duty_team(claims: Claims) -> list[Model]:
    size, held = (ends(claims[one])[0] for one in ("nn-team-social-workers", "nn-children-held"))
    readings = {"children held together": held, "children held each": held * size}
    return [
        Model("Duty team", "innovate-northamptonshire", size, cases, size, False, note)
        for note, cases in readings.items()
    ]


def _service(claims: Claims) -> Model:
    size, each = ends(claims["cov-practitioners"])[1], ends(claims["cov-caseload-after"])[0]
    note = "the most practitioners; the council's average caseload"
    return Model("Managed service", "ics-coventry", size, size * each, None, False, note)


def one_vacancy(listed: list[Model]) -> pd.DataFrame:
    """Work out what one vacant post means in each model, cases staying as they are.

    Returns
    -------
    DataFrame
        One row a model: ``model``, ``document``, ``holders``, ``span``, ``manager_holds`` (yes or
        no), ``cases_each``, ``overseen`` (cases that others hold under one manager), ``lost``
        (share of capacity, 0 to 1), ``to_hand_over`` (cases), ``cases_each_after``, ``note``.
    """
    return pd.DataFrame([_one_vacancy(model) for model in listed])


def _one_vacancy(model: Model) -> dict[str, object]:
    load = vacancy(model.cases, model.holders)
    return {
        "model": model.name,
        "document": model.document,
        "holders": model.holders,
        "span": model.span,
        "manager_holds": "yes" if model.manager_holds else "no",
        "cases_each": load.before,
        "overseen": None if model.span is None else load.before * model.span,
        "lost": 1 / model.holders,
        "to_hand_over": load.before,
        "cases_each_after": load.after,
        "note": model.note,
    }


def ways_table(found: Ways) -> Shown:
    """Set the ways of working side by side."""
    return table(
        found.table,
        name="models",
        caption="Staffing, span of control and one vacancy, from the documents' own numbers",
        sources=Ways.sources,
        notes=[
            "Clinicians and business support are not counted. Alternatively qualified workers are "
            "counted among those who may hold cases; the report does not say how many cases they "
            "may hold."
        ],
    )


# ---- verdicts


def statements(accounting: pd.DataFrame, claim: str) -> list[float]:
    """List the numbers with which a document states a claim, in the order of its lines.

    Words that are no numbers are left out.
    """
    tokens = accounting.loc[accounting["claim"] == claim, "number"]
    found = [_number(str(token)) for token in tokens]
    return [one for one in found if one is not None]


def _number(token: str) -> float | None:
    digits = re.match(r"\d+(\.\d+)?", token)
    return float(digits[0]) if digits else NUMBER_WORDS.get(token.lower())


def judge_restated(found: Ways, claim: Claim) -> Verdict:
    """Judge: a number that the document states several times, by whether the statements agree."""
    said = found.said[claim.id]
    differ = len(set(said)) > 1
    reading = Reading(
        id="as-restated",
        label="the document's other statements",
        value=said[-1],
        lower=min(said) if differ else None,
        upper=max(said) if differ else None,
        unit=claim.unit,
        method="lowest and highest of the document's own statements",
    )
    return judge(claim, [reading], comment=f"stated {count(len(said), 'time')}")


def judge_fit(claim: Claim, label: str, fits: bool, comment: str) -> Verdict:
    """Judge a number that is stated alone by whether it fits with the document's other numbers."""
    return judge(claim, [Reading(id="fits", label=label, survives=fits)], comment=comment)


def judge_units_before(found: Ways, claim: Claim) -> Verdict:
    """Judge: how many units there were, from which the number came down."""
    before, now = ends(claim)[0], ends(found.units_now)[0]
    comment = (
        f"stated once; {count(now)} units hold {share(before / now - 1)} more cases each than "
        f"{count(before)} would, if the number of cases stood still"
    )
    return judge_fit(claim, "more than the number of units since", before > now, comment)


def judge_senior(found: Ways, claim: Claim) -> Verdict:
    """Judge: how many senior social workers a unit has."""
    fits = ends(claim)[0] <= found.span_unit
    comment = "stated twice, each time as 'a' senior social worker, without a number"
    return judge_fit(claim, "fits among the workers whom the consultant oversees", fits, comment)


def judge_assessed(found: Ways, claim: Claim) -> Verdict:
    """Judge: how many of the social workers are in their assessed year."""
    group = claim.id.split("-")[1]  # unit or team
    fits = ends(claim)[1] <= ends(found.claims[f"cam-{group}-social-workers"])[0]
    return judge_fit(claim, f"fits among the social workers of a {group}", fits, "stated once")


def judge_duty_manager(found: Ways, claim: Claim) -> Verdict:
    """Judge: how many managers a duty team has."""
    workers = ends(found.claims["nn-team-social-workers"])[0]
    comment = f"stated once; one manager to {count(workers, 'social worker')}"
    return judge_fit(claim, "fits with the team's social workers", workers > 0, comment)


def judge_two_tasks(found: Ways, claim: Claim) -> Verdict:
    """Judge: that a unit's consultant has two tasks."""
    unit = found.table.iloc[0]
    tasks = int(unit["span"] > 0) + int(unit["manager_holds"] == "yes")
    comment = (
        f"the consultant oversees {count(unit['span'], 'worker')} and holds cases besides; a "
        "proposed team's manager oversees more workers and holds none; how hard that is, "
        "arithmetic cannot say"
    )
    reading = Reading("tasks", "overseeing and holding cases", value=tasks, unit=claim.unit)
    return judge(claim, [reading], comment=comment)


def judge_consultant_children(found: Ways, claim: Claim) -> Verdict:
    """Judge: for how many children a consultant answers."""
    low, high = ends(found.claims["cam-cases-per-unit"])
    others = found.span_unit / unit_holders(found.claims)
    shares = {
        "own-cases-included": ("own cases among the unit's, shared evenly", others),
        "own-cases-apart": ("own cases on top of the unit's", 1.0),
    }
    readings = [
        Reading(
            id=name,
            label=label,
            value=(low + high) / 2 * part,
            lower=low * part,
            upper=high * part,
            unit="children",
            method="lowest and highest stated number of cases",
            decimals=0,
        )
        for name, (label, part) in shares.items()
    ]
    return judge(claim, readings)


RESTATED = ("cam-units", "cam-unit-clinician", "cam-unit-consultant", "cam-unit-social-workers")
JUDGES = {
    **dict.fromkeys(RESTATED, judge_restated),
    "cam-units-before": judge_units_before,
    "cam-unit-senior": judge_senior,
    "cam-unit-assessed-year": judge_assessed,
    "cam-team-assessed-year": judge_assessed,
    "nn-team-manager": judge_duty_manager,
    "cam-consultant-two-tasks": judge_two_tasks,
    "cam-consultant-children": judge_consultant_children,
}
