"""Make the stored results anew: what takes too long for every build."""

from collections.abc import Callable

from care_study import paths
from care_study.data import stored
from care_study.data.tables import Tables
from care_study.study import read_study


def calibration() -> None:
    """Try the placebo tests where nothing happened, with the settings of ``study.yml``."""
    from care_study.chapters.methods import calibration as made  # noqa: PLC0415 - slow to import
    from care_study.chapters.methods.series import open_series  # noqa: PLC0415

    study = read_study(paths.STUDY)
    run = next(run for run in study.runs if run.notebook == "methods")
    tried = open_series(
        Tables(paths.ROOT / study.data_folder),
        str(run.parameters["indicator"]),
        neighbours=str(study.general["neighbours"]),
        first_year=int(study.general["first_year"]),
        last_year=int(study.general["last_year"]),
    )
    stored.save(made.FILE, made.make(tried), made.inputs(tried))


RESULTS: dict[str, Callable[[], None]] = {"calibration": calibration}
