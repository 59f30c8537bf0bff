"""Ages, placements, stability and cost of children in care, then and now."""

PLACED = (
    "aged_10_over_percentage",
    "aged_16_over_percentage",
    "started_10_over_percentage",
    "started_unaccompanied_percentage",
    "foster_percentage",
    "homes_and_semi_independent_percentage",
    "outside_area_percentage",
    "three_placements_percentage",
    "stay_years",
    "ceased_adopted_percentage",
    "ceased_special_guardianship_percentage",
    "leavers_active_percentage",
    "leavers_suitable_homes_percentage",
    "spending_per_looked_after",
)
