"""One definition per column and per figure table: names, units, keys, symbols and limits.

Everything that describes the data is generated from here: the contracts that are checked when a
table is read, ``data/datapackage.json`` and the data dictionary in the book.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "year", "count", "number", "percent", "date", "integer"]

# The environment variable that names the tables which a notebook may read, with commas.
ALLOWED_READS = "CARE_STUDY_READS"

SYMBOLS: dict[str, str] = {
    "c": "suppressed to protect confidentiality (a small number)",
    "k": "rounds to zero",
    "u": "low reliability",
    "x": "not available",
    "z": "not applicable",
    "low": "low value, not shown",
}
NOT_HELD = "not collected or not held here"

PATTERNS: dict[Kind, str] = {
    "text": r"[^\x00-\x1f]*",
    "year": r"(?:19|20)[0-9][0-9]",
    "count": r"[0-9]{1,12}",
    "integer": r"[0-9]{1,12}",
    "number": r"[0-9]{1,12}(?:\.[0-9]+)?",
    "percent": r"[0-9]{1,4}(?:\.[0-9]+)?",
    "date": r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
}
EXPECTED: dict[Kind, str] = {
    "text": "text",
    "year": "a year with four digits",
    "count": "a whole number, zero or more",
    "integer": "a whole number, zero or more",
    "number": "a number, zero or more",
    "percent": "a percentage, zero or more",
    "date": "a date as YYYY-MM-DD",
}


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, and which cells it accepts."""

    name: str
    kind: Kind
    description: str
    unit: str = ""
    symbols: bool = False
    optional: bool = False
    pattern: str = ""

    @property
    def is_figure(self) -> bool:
        """Whether the column holds figures, which may be missing for a stated reason."""
        return self.kind in ("count", "number", "percent")

    @property
    def cell_pattern(self) -> str:
        """The regular expression that a whole cell must match."""
        choices = [self.pattern or PATTERNS[self.kind]]
        if self.symbols:
            choices.append("|".join(SYMBOLS))
        if self.optional:
            choices.append("")
        return "|".join(choices)


@dataclass(frozen=True)
class Table:
    """One figure table: its columns, key, the tables it refers to, and which figures are parts.

    ``parts`` holds pairs (part, whole): in no row may the part be larger than the whole.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    year_means: str = ""
    foreign_keys: tuple[tuple[str, str, str], ...] = ()
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def figures(self) -> list[Column]:
        """The columns that hold figures."""
        return [column for column in self.columns if column.is_figure]


def _figure(name: str, kind: Kind, unit: str, description: str) -> Column:
    return Column(name, kind, description, unit, symbols=True, optional=True)


_CODE = r"[EKNSW][0-9]{8}"
_COLUMNS = [
    Column(
        "dfe_code",
        "text",
        "The Department for Education's code of the authority: three digits as text, two codes "
        "for a joint return, empty for regions and England",
        optional=True,
        pattern=r"[0-9]{3}(?: / [0-9]{3})*",
    ),
    Column(
        "area_code",
        "text",
        "Nine-character statistical code in force in that year; two codes for a joint return",
        pattern=rf"{_CODE}(?: / {_CODE})*",
    ),
    Column("area_name", "text", "Name of the area in that year"),
    Column("year", "year", "Year; what it means is said by each table"),
    Column("source", "text", "The release that the figures of the row come from"),
    Column("area_type", "text", "local authority, joint return, region or country"),
    Column("region", "text", "Region the area lies in; empty for England", optional=True),
    Column("first_year", "year", "First year (ending 31 March) with data under the code"),
    Column("last_year", "year", "Last year (ending 31 March) with data under the code"),
    Column("predecessor_dfe_code", "text", "Code of the abolished authority", pattern=r"[0-9]{3}"),
    Column("predecessor", "text", "Name of the abolished authority"),
    Column(
        "successor_dfe_code", "text", "Code of an authority that succeeded it", pattern=r"[0-9]{3}"
    ),
    Column("successor", "text", "Name of an authority that succeeded it"),
    Column("changed_on_1_april", "year", "The change took effect on 1 April of this year"),
    Column("first_year_ending_march", "year", "First year ending 31 March of the successors"),
    Column("first_workforce_september", "year", "First September count of the successors"),
    Column(
        "model", "text", "The list of statistical neighbours: 2021 or 2025", pattern="2021|2025"
    ),
    Column("rank", "integer", "1 is the nearest of the ten neighbours"),
    Column("neighbour_code", "text", "Nine-character code of the neighbour", pattern=_CODE),
    Column("neighbour_name", "text", "Name of the neighbour"),
    Column("closeness", "text", "How close the neighbour is, in the Department's words"),
    Column("inspection_date", "date", "First day of the inspection"),
    Column("publication_date", "date", "Day the report was published"),
    Column("inspection_type", "text", "Kind of inspection"),
    Column("overall_effectiveness", "text", "Overall effectiveness as judged"),
    Column("publisher", "text", "Who published the figures"),
    Column("title", "text", "Title of the publication"),
    Column("table", "text", "Table or file within the publication"),
    Column("release", "text", "Year or month of the release"),
    Column("public_page", "text", "Public page of the publication"),
    Column("licence", "text", "Licence of the figures"),
    Column("note", "text", "What a reader should know", optional=True),
    _figure("children_0_17", "count", "children", "Children aged 0 to 17, mid-year estimate"),
    _figure("looked_after_31_march", "count", "children", "Children looked after on 31 March"),
    _figure("started", "count", "children", "Children who started to be looked after in the year"),
    _figure("ceased", "count", "children", "Children who ceased to be looked after in the year"),
    _figure(
        "unaccompanied_31_march",
        "count",
        "children",
        "Unaccompanied asylum-seeking children among those looked after on 31 March",
    ),
    _figure("total", "count", "children", "Children who started to be looked after, all ages"),
    _figure("under_1", "count", "children", "of them aged under 1"),
    _figure("age_1_to_4", "count", "children", "of them aged 1 to 4"),
    _figure("age_5_to_9", "count", "children", "of them aged 5 to 9"),
    _figure("age_10_to_15", "count", "children", "of them aged 10 to 15"),
    _figure("age_16_over", "count", "children", "of them aged 16 or over"),
    _figure("referrals", "count", "referrals", "Referrals to children's social care in the year"),
    _figure(
        "rereferrals_within_12_months",
        "count",
        "referrals",
        "Referrals within 12 months of a previous referral of the same child",
    ),
    _figure("no_further_action", "count", "referrals", "Referrals with no further action"),
    _figure("assessed_not_in_need", "count", "referrals", "Assessed, and found not in need"),
    _figure("in_need_31_march", "count", "episodes", "Episodes of need open on 31 March"),
    _figure("awaiting_assessment", "count", "episodes", "of them awaiting assessment"),
    _figure("episodes_started", "count", "episodes", "Episodes of need started in the year"),
    _figure("episodes_ended", "count", "episodes", "Episodes of need ended in the year"),
    _figure(
        "within_45_days_percent",
        "percent",
        "% of assessments",
        "Assessments completed within 45 working days",
    ),
    _figure(
        "assessments_with_factors",
        "count",
        "assessments",
        "Assessments with at least one factor recorded at the end",
    ),
    _figure("domestic_abuse_parent", "count", "assessments", "Domestic abuse of a parent recorded"),
    _figure("mental_health_parent", "count", "assessments", "Mental health of a parent recorded"),
    _figure("alcohol_misuse_parent", "count", "assessments", "Alcohol misuse of a parent recorded"),
    _figure("drug_misuse_parent", "count", "assessments", "Drug misuse of a parent recorded"),
    _figure("plans_started", "count", "plans", "Child protection plans started in the year"),
    _figure(
        "second_or_subsequent",
        "count",
        "plans",
        "Plans started that were a second or subsequent plan for the child",
    ),
    _figure("social_workers_fte", "number", "FTE", "Social workers in post, full-time equivalent"),
    _figure(
        "case_holders_fte",
        "number",
        "FTE",
        "Social workers who hold at least one case, agency workers included, full-time equivalent",
    ),
    _figure("cases", "count", "cases", "Cases held by these social workers"),
    _figure("cases_per_fte", "number", "cases per FTE", "Cases held per full-time equivalent"),
    _figure("agency_rate", "percent", "%", "Agency workers as a share of all social workers, FTE"),
    _figure("vacancy_rate", "percent", "%", "Vacancies as a share of posts, FTE"),
    _figure("turnover_rate", "percent", "%", "Leavers in the year as a share of workers, FTE"),
    _figure("absence_rate", "percent", "%", "Working days lost to sickness absence"),
]
COLUMNS: dict[str, Column] = {column.name: column for column in _COLUMNS}

_MARCH = "year ending 31 March"
_TO_AREA = ("area_code", "authorities", "area_code")
_TO_SOURCE = ("source", "sources", "source")


def _table(
    name: str, title: str, columns: str, key: str, year_means: str = "", parts: str = ""
) -> Table:
    names = columns.split()
    links = []
    if "area_code" in names and name != "authorities":
        links.append(_TO_AREA)
    if "neighbour_code" in names:
        links.append(("neighbour_code", "authorities", "area_code"))
    if "source" in names and name != "sources":
        links.append(_TO_SOURCE)
    return Table(
        name,
        title,
        tuple(COLUMNS[column] for column in names),
        tuple(key.split()),
        year_means,
        tuple(links),
        tuple(_pair(pair) for pair in parts.split()),
    )


def _pair(text: str) -> tuple[str, str]:
    part, whole = text.split("<=")
    return part, whole


def _figure_table(
    name: str, title: str, figures: str, year_means: str = _MARCH, parts: str = ""
) -> Table:
    columns = f"dfe_code area_code area_name year {figures} source"
    return _table(name, title, columns, "area_code year", year_means, parts)


_TABLES = [
    _table(
        "sources",
        "Where the figures come from",
        "source publisher title table release public_page licence note",
        "source",
    ),
    _table(
        "authorities",
        "Areas and the years in which their codes were in force",
        "area_code dfe_code area_name area_type region first_year last_year",
        "area_code",
    ),
    _table(
        "boundary_changes",
        "Authorities that were abolished, and their successors",
        "predecessor_dfe_code predecessor successor_dfe_code successor changed_on_1_april "
        "first_year_ending_march first_workforce_september",
        "predecessor_dfe_code successor_dfe_code",
    ),
    _table(
        "statistical_neighbours",
        "The ten statistical neighbours of every authority",
        "model area_code area_name rank neighbour_code neighbour_name closeness source",
        "model area_code rank",
    ),
    _figure_table("population_0_17", "Children aged 0 to 17", "children_0_17", "mid-year, 30 June"),
    _figure_table(
        "children_looked_after",
        "Children looked after",
        "looked_after_31_march started ceased unaccompanied_31_march",
        parts="unaccompanied_31_march<=looked_after_31_march",
    ),
    _figure_table(
        "started_by_age",
        "Children who started to be looked after, by age",
        "total under_1 age_1_to_4 age_5_to_9 age_10_to_15 age_16_over",
        parts="under_1<=total age_1_to_4<=total age_5_to_9<=total age_10_to_15<=total "
        "age_16_over<=total",
    ),
    _figure_table(
        "referrals",
        "Referrals",
        "referrals rereferrals_within_12_months no_further_action assessed_not_in_need",
        parts="rereferrals_within_12_months<=referrals no_further_action<=referrals "
        "assessed_not_in_need<=referrals",
    ),
    _figure_table(
        "children_in_need",
        "Children in need",
        "in_need_31_march awaiting_assessment episodes_started episodes_ended",
        parts="awaiting_assessment<=in_need_31_march",
    ),
    _figure_table("assessments", "Timeliness of assessments", "within_45_days_percent"),
    _figure_table(
        "assessment_factors",
        "Factors recorded at the end of assessment",
        "assessments_with_factors domestic_abuse_parent mental_health_parent "
        "alcohol_misuse_parent drug_misuse_parent",
        parts="domestic_abuse_parent<=assessments_with_factors "
        "mental_health_parent<=assessments_with_factors "
        "alcohol_misuse_parent<=assessments_with_factors "
        "drug_misuse_parent<=assessments_with_factors",
    ),
    _figure_table(
        "child_protection_plans",
        "Child protection plans started",
        "plans_started second_or_subsequent",
        parts="second_or_subsequent<=plans_started",
    ),
    _figure_table(
        "workforce",
        "Children's social work workforce",
        "social_workers_fte case_holders_fte cases cases_per_fte agency_rate vacancy_rate "
        "turnover_rate absence_rate",
        "30 September",
    ),
    _table(
        "inspections",
        "Ofsted full inspections",
        "dfe_code area_code area_name inspection_date publication_date inspection_type "
        "overall_effectiveness source",
        "area_code inspection_date inspection_type",
    ),
]
TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
