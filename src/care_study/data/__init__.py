"""The figure tables: what their columns mean, reading and checking them, areas through time."""
