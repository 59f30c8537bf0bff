"""An area beside others: one area among its neighbours, its region, England and all authorities."""
