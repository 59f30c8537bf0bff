"""The pipeline: the only place with input and output."""
