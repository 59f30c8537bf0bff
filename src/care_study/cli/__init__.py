"""The command line."""

from care_study.cli.main import main

__all__ = ["main"]
