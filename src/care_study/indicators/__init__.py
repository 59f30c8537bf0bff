"""What each indicator is, and its computation from the figure tables."""
