"""Verdicts of the comparison: what the documents say about staffing, set against their numbers."""

import re
from collections.abc import Callable, Mapping

import pandas as pd

from care_study.chapters.comparison import models
from care_study.claims import Claim, Reading, Verdict, judge, not_testable

NUMBER_WORDS = {
    "half": 0.5,
    "one": 1.0,
    "two": 2.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "ten": 10.0,
}
Claims = Mapping[str, Claim]


def statements(accounting: pd.DataFrame, claim: str) -> list[float]:
    """List the numbers with which a document states a claim, in the order of its lines.

    Parameters
    ----------
    accounting
        The account of every number (see `care_study.claims.read_accounting`).
    claim
        The claim's id.

    Returns
    -------
    list of float
        One number a statement; words that are no numbers are left out.
    """
    tokens = accounting.loc[accounting["claim"] == claim, "number"]
    found = [_number(str(token)) for token in tokens]
    return [number for number in found if number is not None]


def _number(token: str) -> float | None:
    digits = re.match(r"\d+(\.\d+)?", token)
    return float(digits[0]) if digits else NUMBER_WORDS.get(token.lower())


def verdicts(claims: Claims, accounting: pd.DataFrame) -> list[Verdict]:
    """Give the verdict on every claim that the comparison judges."""
    return [
        _verdict(claim, claims, accounting)
        for claim in claims.values()
        if claim.notebook == "comparison"
    ]


def _verdict(claim: Claim, claims: Claims, accounting: pd.DataFrame) -> Verdict:
    if claim.check == "not testable":
        return not_testable(claim)
    if claim.id in _MODELS:
        return _MODELS[claim.id](claim, claims)
    said = statements(accounting, claim.id)
    if claim.low is not None and claim.low == claim.high and len(said) > 1:
        return _restated(claim, said)
    label, fits, comment = _FITS[claim.id](claims)
    return judge(claim, [Reading(id="fits", label=label, survives=fits)], comment=comment)


def _restated(claim: Claim, said: list[float]) -> Verdict:
    """Judge a number that the document states several times by whether the statements agree."""
    reading = Reading(
        id="as-restated",
        label="the document's other statements",
        value=said[-1],
        lower=min(said) if len(set(said)) > 1 else None,
        upper=max(said) if len(set(said)) > 1 else None,
        unit=claim.unit,
        method="lowest and highest of the document's own statements",
    )
    return judge(claim, [reading], comment=f"stated {len(said)} times")


def _units_before(claims: Claims) -> tuple[str, bool, str]:
    before, now = (models.stated(claims, name)[0] for name in ("cam-units-before", "cam-units"))
    comment = (
        f"stated once; {now:g} units hold {before / now - 1:.0%} more cases each than {before:g} "
        "would, if the number of cases stood still"
    )
    return "more than the number of units since", before > now, comment


def _senior(claims: Claims) -> tuple[str, bool, str]:
    overseen = models.unit_holders(claims) - models.stated(claims, "cam-unit-consultant")[0]
    fits = models.stated(claims, "cam-unit-senior")[0] <= overseen
    comment = "stated twice, each time as 'a' senior social worker, without a number"
    return "fits among the workers whom the consultant oversees", fits, comment


def _assessed_in_unit(claims: Claims) -> tuple[str, bool, str]:
    fits = (
        models.stated(claims, "cam-unit-assessed-year")[1]
        <= models.stated(claims, "cam-unit-social-workers")[0]
    )
    return "fits among the social workers of a unit", fits, "stated once"


def _assessed_in_team(claims: Claims) -> tuple[str, bool, str]:
    fits = (
        models.stated(claims, "cam-team-assessed-year")[1]
        <= models.stated(claims, "cam-team-social-workers")[0]
    )
    return "fits among the social workers of a team", fits, "stated once"


def _in_team(claims: Claims) -> tuple[str, bool, str]:
    sizes = models.posts(claims)
    low, high = sizes["per_team"].min(), sizes["per_team"].max()
    comment = f"stated once; with it a team has {low:g} to {high:g} posts"
    return "the posts of the units suffice for the teams", bool((sizes["left"] >= 0).all()), comment


def _districts(claims: Claims) -> tuple[str, bool, str]:
    teams, districts = (
        models.stated(claims, name)[0] for name in ("cam-ten-teams", "cam-districts")
    )
    comment = f"stated once; {teams:g} teams make {teams / districts:g} a district"
    return "a whole number of teams a district", teams % districts == 0, comment


def _duty_manager(claims: Claims) -> tuple[str, bool, str]:
    workers = models.stated(claims, "nn-team-social-workers")[0]
    comment = f"stated once; one manager to {workers:g} social workers"
    return "fits with the team's social workers", workers > 0, comment


_FITS: dict[str, Callable[[Claims], tuple[str, bool, str]]] = {
    "cam-units-before": _units_before,
    "cam-unit-senior": _senior,
    "cam-unit-assessed-year": _assessed_in_unit,
    "cam-team-manager": _in_team,
    "cam-team-seniors": _in_team,
    "cam-team-social-workers": _in_team,
    "cam-team-alternative": _in_team,
    "cam-team-assessed-year": _assessed_in_team,
    "cam-districts": _districts,
    "nn-team-manager": _duty_manager,
}


def _two_tasks(claim: Claim, claims: Claims) -> Verdict:
    unit = models.one_vacancy(models.models(claims)[:1]).iloc[0]
    tasks = int(unit["span"] > 0) + int(unit["manager_holds"] == "yes")
    comment = (
        f"the consultant oversees {unit['span']:g} workers and holds cases besides; a proposed "
        "team's manager oversees more workers and holds none; how hard that is, arithmetic cannot "
        "say"
    )
    reading = Reading("tasks", "overseeing and holding cases", value=tasks, unit=claim.unit)
    return judge(claim, [reading], comment=comment)


def _consultant_children(claim: Claim, claims: Claims) -> Verdict:
    low, high = models.stated(claims, "cam-cases-per-unit")
    holders = models.unit_holders(claims)
    others = (holders - models.stated(claims, "cam-unit-consultant")[0]) / holders
    shares = {
        "own-cases-included": ("own cases among the unit's, shared evenly", others),
        "own-cases-apart": ("own cases on top of the unit's", 1.0),
    }
    readings = [
        Reading(
            id=name,
            label=label,
            value=(low + high) / 2 * share,
            lower=low * share,
            upper=high * share,
            unit="children",
            method="lowest and highest stated number of cases",
            decimals=0,
        )
        for name, (label, share) in shares.items()
    ]
    return judge(claim, readings)


def _fragile(claim: Claim, claims: Claims) -> Verdict:
    table = models.one_vacancy(models.models(claims))
    unit, team = (table.loc[table["model"] == name, "lost"] for name in ("Unit", "Proposed team"))
    reading = Reading(
        id="one-worker",
        label="capacity that a unit loses with one worker",
        value=float(unit.iloc[0]) * 100,
        unit="%",
        decimals=0,
        survives=bool(unit.min() > team.max()),
    )
    comment = f"a proposed team loses {team.min():.0%} to {team.max():.0%}"
    return judge(claim, [reading], comment=comment)


def _resilience(claim: Claim, claims: Claims) -> Verdict:
    unit = 1 / models.unit_holders(claims)
    few, many = models.team_holders(claims)
    least, most = (1 / many - unit) * 100, (1 / few - unit) * 100
    readings = [
        Reading(
            id="one-vacancy",
            label="one worker missing in each",
            value=(2 / (few + many) - unit) * 100,
            lower=least,
            upper=most,
            unit=claim.unit,
            method="smallest and largest typical team",
        ),
        Reading(
            id="same-vacancy-rate",
            label="the same rate of vacancies in both, on average",
            value=0.0,
            unit=claim.unit,
            same_measure=False,
        ),
    ]
    comment = (
        "at the same rate of vacancies a team loses the same share on average as a unit, only more "
        "evenly"
    )
    return judge(claim, readings, comment=comment)


def _ten_teams(claim: Claim, claims: Claims) -> Verdict:
    table = models.posts(claims)
    districts = models.stated(claims, "cam-districts")[0]
    fewest, most = table["teams_from_units"].min(), table["teams_from_units"].max()
    readings = [
        Reading(
            id="all-teams",
            label="teams of the typical size that the units' posts could staff",
            value=table["in_units"].iloc[0] / table["per_team"].mean(),
            lower=fewest,
            upper=most,
            unit="teams",
            method="largest and smallest typical team",
        ),
        Reading(
            id="longer-term-teams-only",
            label="a children's and an adolescent team in each district",
            value=2 * districts,
            unit="teams",
        ),
    ]
    return judge(claim, readings)


def _no_extra(claim: Claim, claims: Claims) -> Verdict:
    table = models.posts(claims)
    change = -table["left"]
    readings = [
        Reading(
            id="ten-teams-in-all",
            label="ten teams in all",
            value=float(change.mean()),
            lower=float(change.min()),
            upper=float(change.max()),
            unit="posts",
            method="smallest and largest typical team",
            decimals=0,
        ),
        Reading(
            id="ten-longer-term-teams",
            label="ten teams and the whole assessment teams that the rest could staff",
            value=float(table["change_then"].mean()),
            lower=float(table["change_then"].min()),
            upper=float(table["change_then"].max()),
            unit="posts",
            method="smallest and largest typical team",
            decimals=0,
        ),
    ]
    low, high = table["change_by_district"].min(), table["change_by_district"].max()
    comment = (
        f"with an assessment team in each district the change is {low:+.0f} to {high:+.0f} posts, "
        "by the size of the teams; the first response team's posts are not stated"
    ).replace("-", "\N{MINUS SIGN}")
    return judge(claim, readings, comment=comment)


_MODELS: dict[str, Callable[[Claim, Claims], Verdict]] = {
    "cam-consultant-two-tasks": _two_tasks,
    "cam-consultant-children": _consultant_children,
    "cam-units-fragile": _fragile,
    "cam-team-resilience": _resilience,
    "cam-ten-teams": _ten_teams,
    "cam-no-extra-resources": _no_extra,
}
