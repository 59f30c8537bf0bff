"""What a notebook depends on, found without running it."""

import nbformat
import pytest

from care_study import paths
from care_study.pipeline.dependencies import (
    PACKAGE,
    closure,
    data_folder,
    document_files,
    notebook_modules,
    table_files,
)

LIVING = paths.DATA / "published"


def notebook(folder, *cells):
    path = folder / "some.ipynb"
    document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(document, path)
    return path


def names(files):
    return {file.relative_to(PACKAGE).as_posix() for file in files}


def test_modules_and_what_they_import_in_turn(tmp_path):
    found = names(notebook_modules(notebook(tmp_path, "from care_study.indicators import compute")))
    # indicators -> definitions, geography, intervals, schemas, tables -> contracts (in a function)
    assert found >= {
        "__init__.py",
        "indicators/compute.py",
        "indicators/definitions.py",
        "data/geography.py",
        "statistics/intervals/__init__.py",
        "statistics/intervals/rates.py",
        "data/schemas.py",
    }
    assert not found & {"show/facts.py", "study.py", "cli/main.py", "show/table.py"}


def test_an_import_inside_a_function_counts(tmp_path):
    found = names(notebook_modules(notebook(tmp_path, "import care_study.data.tables")))
    assert "data/contracts.py" in found


@pytest.mark.parametrize(
    "line",
    [
        "from care_study.show.table import table",
        "from care_study.show import table",
        "import care_study.show.table as t",
        "%matplotlib inline\n!ls\nfrom care_study.show.table import table",
        "if True:\n    from care_study.show.table import table",
    ],
)
def test_every_way_to_import_is_followed(tmp_path, line):
    found = names(notebook_modules(notebook(tmp_path, "x = 1", line)))
    assert {"show/__init__.py", "show/table.py", "show/table_data.py"} <= found


def test_a_file_that_a_module_names_is_a_dependency(tmp_path):
    found = names(
        notebook_modules(notebook(tmp_path, "import care_study.statistics.trends.fixed_b"))
    )
    assert "statistics/trends/fixed_b_quantiles.csv" in found
    table = names(closure(frozenset({PACKAGE / "show" / "table.py"})))
    assert "show/templates/table.html" in table
    assert "show/templates/figure.html" not in table


def test_other_packages_and_prose_are_no_dependencies(tmp_path):
    assert notebook_modules(notebook(tmp_path, "import pandas as pd", "'care_study'")) == []


def test_a_cell_that_is_not_python_names_the_notebook_and_the_line(tmp_path):
    with pytest.raises(ValueError, match=r"some\.ipynb: found a code cell that is not Python") as e:
        notebook_modules(notebook(tmp_path, "x = 1", "for in range:"))
    assert "'for in range:'" in str(e.value)


def test_tables_and_documents(tmp_path):
    assert table_files(("sources",), tmp_path) == [tmp_path / "sources.csv"]
    assert document_files([PACKAGE / "data" / "tables.py"]) == []
    found = document_files([PACKAGE / "claims" / "register.py"])
    assert paths.DOCUMENTS / "claims.csv" in found


def test_the_data_folder_starts_at_the_repository(tmp_path):
    assert data_folder("data/published") == LIVING
    assert data_folder(str(tmp_path)) == tmp_path
