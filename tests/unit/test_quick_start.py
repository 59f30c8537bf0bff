"""What a build with nothing to do must not wait for."""

import subprocess
import sys

import pytest

HEAVY = (
    "IPython",
    "altair",
    "jsonschema",
    "nbformat",
    "pandas",
    "papermill",
    "scipy",
    "sphinx",
    "statsmodels",
)


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()


@pytest.mark.parametrize("task", ["task_data", "task_notebooks", "task_book", "task_atlas"])
def test_collecting_tasks_imports_nothing_heavy(task):
    loaded = run(
        f"import sys; import care_study.pipeline.run; import care_study.pipeline.{task}; "
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    assert "pytask" in loaded
    assert not set(HEAVY) & set(loaded)


def test_help_imports_neither_data_frames_nor_the_pipeline():
    loaded = run(
        "import sys, contextlib\n"
        "from care_study.cli.main import main\n"
        "with contextlib.suppress(SystemExit):\n    main(['--help'])\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    assert "click" in loaded
    assert not {*HEAVY, "numpy", "pytask", "yaml"} & set(loaded)


def test_nbformat_is_imported_without_the_grammars_of_addresses():
    loaded = run(
        "import sys\n"
        "from care_study.execution.quick_import import import_jsonschema\n"
        "import_jsonschema()\nimport nbformat\nprint(*sys.modules)"
    )
    assert "nbformat" in loaded
    assert "lark" not in loaded
    assert "rfc3987_syntax" not in loaded


def test_whoever_wants_the_grammars_still_gets_them():
    pytest.importorskip("rfc3987_syntax")
    loaded = run(
        "import sys\n"
        "from care_study.execution.quick_import import import_jsonschema\n"
        "import_jsonschema()\nimport rfc3987_syntax\nprint(rfc3987_syntax.__name__, *sys.modules)"
    )
    assert loaded[0] == "rfc3987_syntax"
    assert "lark" in loaded
