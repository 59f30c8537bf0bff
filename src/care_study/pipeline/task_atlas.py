"""The atlas: one page an authority, each executed when its slice of the data changed.

Collected only when `care-study atlas` asks for it. In order: the slices of all authorities are
written anew when a table changes; a page is executed when its slice, the notebook or a module
that it imports changes; the pages on all authorities are executed when a table that they read
changes.
"""

import json
from pathlib import Path
from typing import Annotated, Any

from pytask import PythonNode, task

from care_study import paths
from care_study.execution.parameters import declared_parameters
from care_study.pipeline.atlas import (
    ALL,
    EXECUTED,
    PROFILE,
    SLICES,
    areas_of,
    executed_page,
    is_wanted,
)
from care_study.pipeline.dependencies import closure, data_folder, notebook_modules, table_files
from care_study.pipeline.execute import execute_notebook
from care_study.pipeline.task_data import CHECKED, STUDY


def _text(value: Any) -> Any:
    return PythonNode(value=json.dumps(value, sort_keys=True), hash=True)


if is_wanted():
    # These import the statistics, which a build without the atlas does not wait for.
    from care_study.chapters.profile import measures as profile
    from care_study.data.tables import Tables
    from care_study.pipeline import slices

    _READS = ",".join(profile.READS)
    _FOLDER = data_folder(STUDY.data_folder)
    _AREAS = areas_of(_FOLDER)
    _LISTS = [SLICES / _each.slug / slices.LIST for _each in _AREAS]
    _DECLARED = declared_parameters(PROFILE)
    _SETTINGS = {name: STUDY.general[name] for name in STUDY.general if name in _DECLARED}
    _CUT = {
        "model": _DECLARED["forecast_model"],
        "first_year": STUDY.general["first_year"],
        "last_year": STUDY.general["last_year"],
    }

    def task_cut_slices(
        settings: Annotated[str, _text(_CUT)],
        checked: Path = CHECKED,
        tables: list[Path] = table_files(profile.READS, _FOLDER),
        code: list[Path] = closure(frozenset({Path(slices.__file__)})),
        produces: list[Path] = _LISTS,
    ) -> None:
        """Cut the slice of every authority; a slice that stays the same is left alone."""
        folder = tables[0].parent
        slices.write_slices(folder, Tables(folder, profile.READS), SLICES, **json.loads(settings))

    _MODULES = notebook_modules(PROFILE)
    for _area in _AREAS:
        _named = [area.name for area in _AREAS].count(_area.name) == 1
        _own = {
            "area": _area.name if _named else _area.area_id,
            "data_folder": f"build/slices/{_area.slug}",
        }

        @task(id=_area.slug)
        def task_execute_profile(
            settings: Annotated[str, _text({**_SETTINGS, **_own})],
            reads: Annotated[str, _text(_READS)],
            notebook: Path = PROFILE,
            cut: Path = SLICES / _area.slug / slices.LIST,
            modules: list[Path] = _MODULES,
            produces: Path = executed_page(_area),
        ) -> None:
            """Execute the page of one authority."""
            slices.check_slice(cut)
            execute_notebook(
                notebook,
                produces,
                settings,
                _READS,
                STUDY.timeout_seconds,
                slices.files(cut),
            )

    for _name in ALL:
        _notebook = paths.NOTEBOOKS / f"atlas_{_name}.ipynb"
        _declared = declared_parameters(_notebook)
        _general = {name: STUDY.general[name] for name in STUDY.general if name in _declared}

        @task(id=_name)
        def task_execute_all_authorities(
            settings: Annotated[str, _text(_general)],
            notebook: Path = _notebook,
            checked: Path = CHECKED,
            tables: list[Path] = table_files(profile.READS, _FOLDER),
            modules: list[Path] = notebook_modules(_notebook),
            produces: Path = EXECUTED / f"{_name}.ipynb",
        ) -> None:
            """Execute a page on all authorities."""
            execute_notebook(notebook, produces, settings, _READS, STUDY.timeout_seconds, tables)
