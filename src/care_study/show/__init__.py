"""What a notebook shows: facts, figures and tables."""
