"""Plans as a stock on 31 March, which is what the report speaks of, and spending."""

STOCKS = (
    "plans_rate",
    "plans_two_years_percentage",
    "second_plan_percentage",
    "spending_per_child",
    "looked_after_spending_per_child",
    "spending_per_looked_after",
)
