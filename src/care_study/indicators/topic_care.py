"""Indicators of children looked after: placement, stability, coming, going, and leaving care."""

from care_study.indicators.terms import MARCH, ON_MARCH, Indicator, Term, percentage

_ALL, _STARTING = "% of children looked after", "% of children starting"
_CEASING, _LEAVERS = "% of children ceasing", "% of care leavers aged 19 to 21"
_TOTAL = "looked_after_31_march"
_SUPPRESSED = (
    "Small counts are suppressed, and the share is then missing: see the least and the greatest "
    "figure that the published cells allow."
)
_CLASSES = {2020: "children's homes and semi-independent living were one class to 2019"}
_SPLIT = {2015: "reasons were split further in 2015"}


def _on_march(
    id_: str,
    title: str,
    table: str,
    columns: str,
    what: str,
    breaks: dict[int, str] | None = None,
) -> Indicator:
    return percentage(
        id_,
        title,
        table,
        columns,
        _TOTAL,
        _ALL,
        f"{what} / all children looked after on 31 March",
        period=ON_MARCH,
        note=_SUPPRESSED,
        breaks=breaks,
    )


PLACED = [
    _on_march(
        "foster_percentage",
        "Looked after in foster care",
        "placements",
        "foster",
        "children in foster care",
    ),
    _on_march(
        "with_parents_percentage",
        "Looked after and placed with parents",
        "placements",
        "with_parents",
        "children placed with parents",
    ),
    _on_march(
        "residential_percentage",
        "Looked after in children's homes or secure units",
        "placements",
        "secure_and_childrens_homes",
        "children in a children's home or secure unit",
    ),
    _on_march(
        "semi_independent_percentage",
        "Looked after and living independently or semi-independently",
        "placements",
        "independent_semi_independent",
        "children living independently or semi-independently",
    ),
    _on_march(
        "homes_and_semi_independent_percentage",
        "Looked after in children's homes, secure units or semi-independent living",
        "placements",
        "secure_childrens_homes_and_semi_independent? secure_and_childrens_homes? "
        "independent_semi_independent?",
        "children in a children's home, secure unit or semi-independent living",
        breaks=_CLASSES,
    ),
    _on_march(
        "outside_area_percentage",
        "Looked after outside the area",
        "placement_location",
        "outside_boundary",
        "children placed outside the authority's boundary",
    ),
    _on_march(
        "three_placements_percentage",
        "Three or more placements in the year",
        "placement_stability",
        "placements_3_over",
        "children with three or more placements in the year",
    ),
    percentage(
        "same_placement_percentage",
        "In the same placement for two years or more",
        "placement_stability",
        "same_placement_2_years",
        "under_16_looked_after_2_5_years",
        "% of children under 16 looked after for 2.5 years",
        "children in the same placement for two years / children under 16 looked after for two and "
        "a half years",
        period=ON_MARCH,
        breaks={
            2018: "placed for adoption with the earlier placement counts as the same",
            2020: "the same carer counts, not the same placement",
        },
    ),
]
_AGES = (
    ("under_1", "under 1"),
    ("age_1_to_4", "aged 1 to 4"),
    ("age_5_to_9", "aged 5 to 9"),
    ("age_10_to_15", "aged 10 to 15"),
)
ENTERING = [
    *(
        percentage(
            f"started_{column.removeprefix('age_')}_percentage",
            f"Starting to be looked after {words}",
            "started_by_age",
            column,
            "total",
            _STARTING,
            f"children starting to be looked after {words} / all children starting",
            note=_SUPPRESSED,
        )
        for column, words in _AGES
    ),
    percentage(
        "started_unaccompanied_percentage",
        "Unaccompanied asylum-seeking children among those starting",
        "started_by_age",
        "unaccompanied",
        "total",
        _STARTING,
        "unaccompanied asylum-seeking children starting to be looked after / all children starting",
        note=_SUPPRESSED,
    ),
]
_OLDER = [
    percentage(
        "started_10_over_percentage",
        "Starting to be looked after aged 10 or over",
        "started_by_age",
        "age_10_to_15 age_16_over",
        "total",
        _STARTING,
        "children starting to be looked after aged 10 or over / all children starting",
        note=_SUPPRESSED,
    ),
    _on_march(
        "aged_10_over_percentage",
        "Looked after and aged 10 or over",
        "looked_after_by_age",
        "age_10_to_15 age_16_over",
        "children looked after aged 10 or over",
    ),
    _on_march(
        "aged_16_over_percentage",
        "Looked after and aged 16 or over",
        "looked_after_by_age",
        "age_16_over",
        "children looked after aged 16 or over",
    ),
]
_REASONS = (
    ("adopted", "adopted", "adopted"),
    ("special_guardianship", "special_guardianship", "under a special guardianship order"),
    (
        "home",
        "returned_home? returned_home_planned? returned_home_unplanned?",
        "returning home to parents or relatives",
    ),
    (
        "independent",
        "independent_supported independent_unsupported",
        "into independent living",
    ),
)
LEAVING = [
    percentage(
        f"ceased_{short}_percentage",
        f"Ceasing to be looked after: {words}",
        "ceased_by_reason",
        columns,
        "ceased",
        _CEASING,
        f"children ceasing to be looked after {words} / all children ceasing",
        note=_SUPPRESSED,
        breaks=_SPLIT if short == "home" else None,
    )
    for short, columns, words in _REASONS
]
STAY = [
    Indicator(
        "stay_years",
        "Children looked after per place that comes free or is taken in a year",
        (Term("children_looked_after", _TOTAL),),
        (Term("children_looked_after", "started"), Term("children_looked_after", "ceased")),
        "years",
        ON_MARCH,
        "children looked after on 31 March / half of (started + ceased in the year)",
        per=2.0,
        note="Stock over flow: the average stay if nothing changed. Where more start than cease it "
        "runs ahead of the stays that are over. Counts of all children, so no interval is given.",
    ),
]
AFTER = [
    percentage(
        "leavers_active_percentage",
        "Care leavers in education, employment or training",
        "care_leavers",
        "in_education_employment_training",
        "care_leavers_19_to_21",
        _LEAVERS,
        "care leavers in education, employment or training / all care leavers aged 19 to 21",
        period=MARCH,
        note="From 2018. Those whose activity is not known stay in the denominator.",
    ),
    percentage(
        "leavers_suitable_homes_percentage",
        "Care leavers in suitable accommodation",
        "care_leavers",
        "suitable_accommodation",
        "care_leavers_19_to_21",
        _LEAVERS,
        "care leavers in suitable accommodation / all care leavers aged 19 to 21",
        period=MARCH,
        note="Those whose accommodation is not known stay in the denominator.",
    ),
]
CARE = [*PLACED, *ENTERING, *_OLDER, *LEAVING, *STAY, *AFTER]
