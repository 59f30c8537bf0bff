"""Tests of the notebook `inspections`, a file a section of its page."""
