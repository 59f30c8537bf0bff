"""The audit of the claims: what was found, how much each verdict says, and what fits together."""
