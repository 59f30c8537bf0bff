"""The computations of single chapters: what a notebook shows, as pure functions."""
