"""Tests of the notebook `northamptonshire`, a file a section of its page."""
