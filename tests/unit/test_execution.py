"""How notebooks are executed: parameters, the result, isolation. Every test runs real kernels."""

import ast
import json
import os
import pickle
import stat
import sys
import warnings
from pathlib import Path

import nbformat
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.translators import PythonTranslator

from care_study.execution import forked_kernel, forkserver
from care_study.execution.execution import (
    NotebookError,
    ParameterError,
    declared_parameters,
    execute,
    partial_path,
)
from care_study.execution.forked_kernel import forking_available
from care_study.execution.stable_notebook import without_machine_paths

BOTH_WAYS = pytest.mark.parametrize(
    "fast",
    [
        pytest.param(
            True,
            marks=pytest.mark.skipif(not forking_available(), reason="no forking on this system"),
            id="forked",
        ),
        pytest.param(False, id="plain"),
    ],
)
needs_fork = pytest.mark.skipif(not forking_available(), reason="no forking on this system")


def write_notebook(path: Path, *sources: str, parameters: str = "") -> Path:
    cells = [new_markdown_cell("# A title")]
    if parameters:
        cells.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    cells += [new_code_cell(source) for source in sources]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def printed(executed: Path) -> str:
    document = nbformat.read(executed, as_version=4)
    outputs = [out for cell in document.cells for out in cell.get("outputs", [])]
    return "".join(out.text for out in outputs if out.output_type == "stream")


class TestDeclaredParameters:
    def test_names_and_defaults_in_order(self, tmp_path):
        source = (
            'area = "873"  # the authority\n'
            "years: list = [\n    2018,  # first\n    2019,\n]\n"
            "share = -0.5\nshow = a_second_name = None\noptions = {'a': (1, 2)}\n"
        )
        notebook = write_notebook(tmp_path / "n.ipynb", "1", parameters=source)
        assert list(declared_parameters(notebook).items()) == [
            ("area", "873"),
            ("years", [2018, 2019]),
            ("share", -0.5),
            ("show", None),
            ("a_second_name", None),
            ("options", {"a": (1, 2)}),
        ]

    def test_no_parameters_cell(self, tmp_path):
        assert declared_parameters(write_notebook(tmp_path / "n.ipynb", "area = 1")) == {}

    @pytest.mark.parametrize(
        "line", ["area = open('x', 'w')", "import os", "a, b = 1, 2", "a.b = 1", "area: str"]
    )
    def test_anything_but_plain_assignments_is_refused_and_not_run(self, tmp_path, line):
        notebook = write_notebook(tmp_path / "n.ipynb", parameters=f"year = 2018\n{line}")
        with pytest.raises(ParameterError, match=r"n\.ipynb: line 2 of the parameters cell"):
            declared_parameters(notebook)
        assert not (tmp_path / "x").exists()

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "not a Jupyter notebook"),
            (b"{", "not a Jupyter notebook"),
            (b"[1]", "not a Jupyter notebook"),
            (b'{"cells": 1}', "not a Jupyter notebook"),
            (b"\xff\xfe\x00", "not a Jupyter notebook"),
            (None, "no such notebook"),
        ],
    )
    def test_a_malformed_notebook_is_named(self, tmp_path, content, said):
        notebook = tmp_path / "broken.ipynb"
        if content is not None:
            notebook.write_bytes(content)
        with pytest.raises(ValueError, match=rf"broken\.ipynb: .*{said}"):
            declared_parameters(notebook)


class TestRefusedParameters:
    @pytest.fixture
    def notebook(self, tmp_path):
        return write_notebook(tmp_path / "n.ipynb", "1", parameters="area = '873'\nyear = 2018")

    def refused(self, notebook, parameters):
        output = notebook.with_name("out.ipynb")
        with pytest.raises(ParameterError) as caught:
            execute(notebook, output, parameters)
        assert not output.exists()
        return str(caught.value)

    def test_unknown_name_suggests_the_nearest_and_lists_all(self, notebook):
        message = self.refused(notebook, {"aera": "873"})
        assert "unknown parameter 'aera'. Did you mean 'area'? It declares: area, year." in message

    def test_unknown_name_where_none_is_declared(self, tmp_path):
        message = self.refused(write_notebook(tmp_path / "none.ipynb", "1"), {"area": "1"})
        assert "declares none" in message

    @pytest.mark.parametrize(
        "value",
        [
            object(),
            Path("x"),
            {1, 2},
            (1, 2),
            b"x",
            float("nan"),
            [float("inf")],
            {"a": {"b": [print]}},
            {1: "a"},
            "\ud800",
            type("Text", (str,), {"encode": lambda self, *a: b'"; import os'})("x"),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_a_value_that_is_not_plain(self, notebook, value):
        assert "parameter 'area' cannot be passed" in self.refused(notebook, {"area": value})


NASTY = [
    '"; import os; os.mkdir("made"); "',
    "'; import os; os.mkdir('made'); '",
    '\\"; import os; os.mkdir("made") #',
    '"""\nimport os\nos.mkdir("made")\n"""',
    "\\",
    "\\\\\"'",
    "line\r\nline\x00\x1b[31m\u2028",
    "{area} %s $(mkdir made) `mkdir made`",
    "Ynys Môn 😀",
    "%%bash\nmkdir made",
]


# Everything that the check of parameters lets through.
plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


class TestResult:
    @BOTH_WAYS
    def test_values_arrive_as_they_are_and_are_never_code(self, tmp_path, fast):
        source = "import json, pathlib\npathlib.Path('got.json').write_text(json.dumps([a, b, c]))"
        notebook = write_notebook(tmp_path / "n.ipynb", source, parameters="a = b = c = None")
        nested = {text: [text, {text: None}] for text in NASTY} | {"t": [True, 1, -1.5e-300, []]}
        values = {"a": NASTY, "b": nested, "c": NASTY[0]}
        execute(notebook, tmp_path / "o.ipynb", values, fast=fast)
        assert json.loads((tmp_path / "got.json").read_text("utf-8")) == list(values.values())
        assert not (tmp_path / "made").exists()
        document = nbformat.read(tmp_path / "o.ipynb", as_version=4)
        assert document.metadata.care_study.parameters == values

    @given(plain_values)
    @example(NASTY)
    def test_the_injected_line_is_one_assignment_of_one_value(self, value):
        (statement,) = ast.parse(PythonTranslator.codify({"area": value})).body
        assert isinstance(statement, ast.Assign)
        assert ast.literal_eval(statement.value) == value

    def test_injected_cell_is_hidden_and_outputs_are_kept(self, tmp_path):
        notebook = write_notebook(
            tmp_path / "n.ipynb", "print(area)\narea * 2", parameters="area = 'a'"
        )
        execute(notebook, tmp_path / "o.ipynb", {"area": "b"})
        document = nbformat.read(tmp_path / "o.ipynb", as_version=4)
        nbformat.validate(document)
        _title, declared, injected, last = document.cells
        assert injected.metadata.tags == ["injected-parameters", "remove-cell"]
        assert declared.metadata.tags == ["parameters"]
        assert [cell.id for cell in document.cells] == ["cell-1", "cell-2", "cell-3", "cell-4"]
        assert last.outputs[0].text == "b\n"
        assert last.outputs[1].data["text/plain"] == "'bb'"

    def test_two_runs_write_the_same_bytes(self, tmp_path, monkeypatch):
        source = (
            "import sys, time, warnings\nfor i in range(40):\n    print(i, flush=True)\n"
            "    print('e', file=sys.stderr, flush=True)\n    time.sleep(0.002)\n"
            "warnings.warn('careful')\nprint({'a', 'b', 'c', 'd', 'e'})\nprint(sys.prefix)"
        )
        frame = "import pandas as pd\npd.DataFrame({'a': [1.5, 2]})"
        results = set()
        for number, fast in enumerate([False, forking_available(), forking_available()]):
            folder = tmp_path / f"folder {number}"
            folder.mkdir()
            monkeypatch.setenv("PYTHONHASHSEED", str(number + 1))
            notebook = write_notebook(folder / "n.ipynb", source, frame, parameters="area = 1")
            execute(notebook, folder / f"o{number}.ipynb", {"area": 2}, fast=fast)
            results.add((folder / f"o{number}.ipynb").read_bytes())
        assert len(results) == 1
        text = results.pop().decode()
        for volatile in ("papermill", "start_time", "duration", "version", sys.prefix, "ipykernel"):
            assert volatile not in text
        assert "<cell>:6: UserWarning: careful" in text

    def test_paths_of_this_machine_in_text(self):
        library = Path(sys.prefix) / "lib" / "x.py"
        own = Path(forkserver.__file__)
        text = f"{library}:1: W\n{own}:2: W\n/tmp/ipykernel_12/345.py:3: W\n/elsewhere/y.py"
        assert without_machine_paths(text) == (
            f"<python>/lib/x.py:1: W\n<src>/{own.relative_to(own.parents[2])}:2: W\n"
            "<cell>:3: W\n/elsewhere/y.py"
        )

    @BOTH_WAYS
    def test_runs_in_the_notebooks_folder_or_the_one_named(self, tmp_path, fast):
        (tmp_path / "a b").mkdir()
        notebook = write_notebook(tmp_path / "n.ipynb", "import os\nprint(os.getcwd())")
        before = Path.cwd()
        execute(notebook, tmp_path / "o.ipynb", {}, fast=fast)
        execute(notebook, tmp_path / "p.ipynb", {}, fast=fast, cwd=tmp_path / "a b")
        assert printed(tmp_path / "o.ipynb").strip() == str(tmp_path.resolve())
        assert printed(tmp_path / "p.ipynb").strip() == str((tmp_path / "a b").resolve())
        assert Path.cwd() == before

    def test_a_folder_to_run_in_that_does_not_exist(self, tmp_path):
        notebook = write_notebook(tmp_path / "n.ipynb", "1")
        with pytest.raises(ValueError, match="nowhere: there is no such folder"):
            execute(notebook, tmp_path / "o.ipynb", {}, cwd=tmp_path / "nowhere")

    def test_folders_with_spaces_braces_and_non_ascii_letters(self, tmp_path):
        folder = tmp_path / "Ynys Môn {area} %s 'x'"
        folder.mkdir()
        notebook = write_notebook(folder / "nôte {x}.ipynb", "print(area)", parameters="area = 1")
        execute(notebook, folder / "new" / "out {y}.ipynb", {"area": 7})
        assert printed(folder / "new" / "out {y}.ipynb") == "7\n"
        assert [p.name for p in (folder / "new").iterdir()] == ["out {y}.ipynb"]

    @BOTH_WAYS
    def test_a_users_own_setup_changes_nothing(self, tmp_path, monkeypatch, fast):
        startup = tmp_path / "ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True)
        (startup / "00.py").write_text("intruder = 1")
        (tmp_path / "start.py").write_text("intruder = 2")
        monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
        monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "start.py"))
        source = "import os\nprint('intruder' in globals(), os.environ['OPENBLAS_NUM_THREADS'])"
        execute(write_notebook(tmp_path / "n.ipynb", source), tmp_path / "o.ipynb", {}, fast=fast)
        assert printed(tmp_path / "o.ipynb") == "False 1\n"

    @BOTH_WAYS
    def test_the_connection_is_private(self, tmp_path, fast):
        source = (
            "import json, os, pathlib, ipykernel\n"
            "file = pathlib.Path(ipykernel.get_connection_file())\n"
            "info = json.loads(file.read_text())\n"
            "print(info['transport'], oct(file.stat().st_mode), oct(file.parent.stat().st_mode))"
        )
        execute(write_notebook(tmp_path / "n.ipynb", source), tmp_path / "o.ipynb", {}, fast=fast)
        transport, file_mode, folder_mode = printed(tmp_path / "o.ipynb").split()
        assert transport == "ipc"
        assert stat.S_IMODE(int(file_mode, 8)) == 0o600
        assert stat.S_IMODE(int(folder_mode, 8)) & 0o077 == 0


class TestFailure:
    @BOTH_WAYS
    def test_the_message_says_what_where_with_which_parameters(self, tmp_path, fast):
        notebook = write_notebook(
            tmp_path / "n.ipynb", "print('before')", "x = 1\n1 / (area - 5)", parameters="area = 1"
        )
        output = tmp_path / "o.ipynb"
        output.write_text("what was there")
        with pytest.raises(NotebookError) as caught:
            execute(notebook, output, {"area": 5}, fast=fast)
        error = caught.value
        assert (error.notebook, error.cell_index, error.ename) == (notebook, 4, "ZeroDivisionError")
        assert (error.evalue, error.parameters) == ("division by zero", {"area": 5})
        assert error.cell_source == "x = 1\n1 / (area - 5)"
        assert error.partial == partial_path(output)
        for part in (str(notebook), "cell 5", "1 / (area - 5)", "area=5", "division by zero"):
            assert part in str(error)
        assert str(error.partial) in str(error)
        assert "before" in printed(error.partial)
        assert output.read_text() == "what was there"
        execute(notebook, output, {"area": 6}, fast=fast)
        assert not error.partial.exists()

    def test_the_error_survives_the_way_from_a_worker_process(self, tmp_path):
        error = NotebookError(
            tmp_path / "n.ipynb",
            ename="E",
            evalue="v",
            parameters={"a": 1},
            cell_index=2,
            cell_source="\n".join("abcdefghij"),
            partial=tmp_path / "p.ipynb",
        )
        copy = pickle.loads(pickle.dumps(error))
        assert (str(copy), vars(copy)) == (str(error), vars(error))
        assert isinstance(copy, NotebookError)
        assert "| f\n    | …" in str(copy)
        assert "| g" not in str(copy)


CHANGES = """
import math, os, random, sys, warnings
import numpy as np
import pandas as pd
math.tau = 5
pd.set_option("display.precision", 1)
os.environ["LEFT_BEHIND"] = "1"
os.umask(0o077)
sys.path.insert(0, "left behind")
sys.modules["left_behind"] = math
warnings.simplefilter("error")
random.seed(1)
np.random.seed(1)
os.chdir("/")
left_open = open("/dev/null")
"""
REPORT = """
import math, os, pathlib, sys
import numpy as np
import pandas as pd
mask = os.umask(0o022)
print(math.tau, pd.get_option("display.precision"), "LEFT_BEHIND" in os.environ, oct(mask),
      "left behind" in sys.path, "left_behind" in sys.modules, os.getcwd(), "left_open" in dir(),
      sorted(name for name in dir() if not name.startswith("_")), sys.path, __name__,
      pathlib.Path(sys.argv[0]).stem, sys.modules["__main__"].__dict__ is globals())
"""


@needs_fork
class TestForkedKernelsAreSeparate:
    def test_nothing_that_a_notebook_changes_is_seen_by_the_next(self, tmp_path):
        report = write_notebook(tmp_path / "report.ipynb", REPORT)
        execute(report, tmp_path / "plain.ipynb", {}, fast=False)
        execute(report, tmp_path / "before.ipynb", {}, fast=True)
        changes = write_notebook(tmp_path / "changes.ipynb", CHANGES)
        execute(changes, tmp_path / "c.ipynb", {}, fast=True)
        execute(report, tmp_path / "after.ipynb", {}, fast=True)
        assert printed(tmp_path / "after.ipynb") == printed(tmp_path / "before.ipynb")
        assert printed(tmp_path / "after.ipynb") == printed(tmp_path / "plain.ipynb")

    def test_each_has_a_process_a_session_and_randomness_of_its_own(self, tmp_path):
        source = (
            "import os, random, numpy, uuid\n"
            "print(os.getpid(), os.getppid(), os.getsid(0) == os.getpid())\n"
            "print(random.random(), numpy.random.rand(), uuid.uuid4())"
        )
        notebook = write_notebook(tmp_path / "n.ipynb", source)
        reports = []
        for number in range(3):
            execute(notebook, tmp_path / f"{number}.ipynb", {}, fast=True)
            reports.append(printed(tmp_path / f"{number}.ipynb").split())
        pids, servers, leads, randoms, numpys, uuids = zip(*reports, strict=True)
        for different in (pids, randoms, numpys, uuids):
            assert len(set(different)) == 3
        assert set(leads) == {"True"}
        assert set(servers) == {str(forked_kernel.fork_server()._process.pid)}

    def test_modules_are_there_already_but_new_ones_still_load(self, tmp_path):
        source = "import sys\nprint('statsmodels.api' in sys.modules, 'turtle' in sys.modules)"
        execute(write_notebook(tmp_path / "n.ipynb", source), tmp_path / "o.ipynb", {}, fast=True)
        assert printed(tmp_path / "o.ipynb") == "True False\n"

    def test_the_server_has_one_thread_and_only_its_own_sockets(self, tmp_path):
        source = "import os\nprint(len([f for f in os.listdir('/proc/self/fd')]))"
        notebook = write_notebook(tmp_path / "n.ipynb", source)
        execute(notebook, tmp_path / "o.ipynb", {}, fast=True)
        server = Path(f"/proc/{forked_kernel.fork_server()._process.pid}")
        assert len(list((server / "task").iterdir())) == 1
        links = [str(fd.readlink()) for fd in (server / "fd").iterdir()]
        # The client's, and the pair that wakes it; the sockets of kernels that ended are closed.
        assert sum(link.startswith("socket:") for link in links) == 3

    def test_a_kernel_inherits_no_descriptor_of_the_server(self, tmp_path):
        source = (
            "import os\nlinks = []\n"
            "for fd in os.listdir('/proc/self/fd'):\n"
            "    try:\n        links.append(os.readlink(f'/proc/self/fd/{fd}'))\n"
            "    except OSError:\n        pass\n"
            "print(*[x for x in links if x.startswith('socket:')])"
        )
        execute(write_notebook(tmp_path / "n.ipynb", source), tmp_path / "o.ipynb", {}, fast=True)
        server = Path(f"/proc/{forked_kernel.fork_server()._process.pid}")
        own = {str(fd.readlink()) for fd in (server / "fd").iterdir()}
        assert not own & set(printed(tmp_path / "o.ipynb").split())

    def test_preloading_imports_this_project_but_no_task_and_no_command_line(self):
        names = forkserver.project_modules()
        assert all(name.startswith("care_study.") for name in names)
        assert not {"care_study.cli.main", "care_study.pipeline"} & set(names)

    def test_a_changed_file_of_the_project_is_not_served_stale(self, tmp_path):
        module = tmp_path / "module.py"
        module.write_text("x = 1")
        os.utime(module, ns=(1, 1))
        server = forkserver.Server(None, {str(module): 1})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert "module.py has changed" not in server.reason_to_refuse()
            module.write_text("x = 2")
            assert "module.py has changed" in server.reason_to_refuse()
        server.selector.close()
        server.woken.close()
        server.wake.close()
