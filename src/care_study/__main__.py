"""Run the command line with ``python -m care_study``."""

from care_study.cli.main import main

if __name__ == "__main__":
    main()
