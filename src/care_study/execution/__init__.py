"""Running notebooks: papermill in kernels that start quickly, with the same bytes every time."""
