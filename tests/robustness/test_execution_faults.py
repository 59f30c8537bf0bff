"""Faults while notebooks run: each leaves a clear message, what was there, and no process behind.

Every fault is a real one: signals, limits of the system, files in the way. Nothing is mocked but
the command that starts the fork server.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from loky import ProcessPoolExecutor
from nbformat.v4 import new_code_cell, new_notebook

from care_study.execution import forked_kernel
from care_study.execution.execution import NotebookError, execute, partial_path
from care_study.execution.forked_kernel import close_fork_server, fork_server, forking_available

posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits as on POSIX systems")
needs_fork = pytest.mark.skipif(not forking_available(), reason="no forking on this system")
BOTH_WAYS = pytest.mark.parametrize(
    "fast", [pytest.param(True, marks=needs_fork, id="forked"), pytest.param(False, id="plain")]
)


def write_notebook(path: Path, *sources: str) -> Path:
    cells = [new_code_cell("area = 1", metadata={"tags": ["parameters"]})]
    cells += [new_code_cell(source) for source in sources]
    nbformat.write(new_notebook(cells=cells), path)
    return path


def printed(executed: Path) -> str:
    document = nbformat.read(executed, as_version=4)
    outputs = [out for cell in document.cells for out in cell.get("outputs", [])]
    return "".join(out.text for out in outputs if out.output_type == "stream")


def fails(notebook: Path, output: Path, **options: object) -> NotebookError:
    output.write_text("what was there")
    with pytest.raises(NotebookError) as caught:
        execute(notebook, output, {"area": 2}, **options)
    assert output.read_text() == "what was there"
    assert caught.value.partial == partial_path(output)
    assert caught.value.partial.exists()
    left = {path.name for path in output.parent.iterdir()}
    assert not [name for name in left if name.endswith(".tmp")]
    return caught.value


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


class TestKernelFaults:
    @BOTH_WAYS
    @pytest.mark.fault(
        "a cell never ends",
        "stopped at the time limit; the message names the cell; the partial notebook is kept",
    )
    def test_a_cell_that_hangs_is_named(self, tmp_path, fast):
        notebook = write_notebook(tmp_path / "n.ipynb", "print('ok')", "while True:\n    pass", "3")
        start = time.monotonic()
        error = fails(notebook, tmp_path / "o.ipynb", timeout_seconds=2, fast=fast)
        assert time.monotonic() - start < 30
        assert error.ename == "TimeoutError"
        assert (error.cell_index, error.cell_source) == (3, "while True:\n    pass")
        assert "cell 4" in str(error)
        assert "2 seconds" in str(error)
        assert "ok" in printed(error.partial)

    @posix
    @BOTH_WAYS
    @pytest.mark.fault(
        "a cell ignores every signal to stop",
        "its process is killed at the time limit; the message names the cell",
    )
    def test_a_cell_that_refuses_to_be_interrupted(self, tmp_path, fast):
        source = (
            "import os, pathlib, signal, time\n"
            "pathlib.Path('pid').write_text(str(os.getpid()))\n"
            "for number in (signal.SIGINT, signal.SIGTERM):\n"
            "    signal.signal(number, signal.SIG_IGN)\n"
            "while True:\n    time.sleep(1)"
        )
        notebook = write_notebook(tmp_path / "n.ipynb", source)
        error = fails(notebook, tmp_path / "o.ipynb", timeout_seconds=2, fast=fast)
        assert error.ename == "TimeoutError"
        pid = int((tmp_path / "pid").read_text())
        assert within(10, lambda: not alive(pid))

    @pytest.mark.fault(
        "many cells, each quick, are too long together",
        "stopped at the time limit; the message names the cell",
    )
    def test_the_limit_is_for_the_whole_notebook(self, tmp_path):
        notebook = write_notebook(
            tmp_path / "n.ipynb", *["import time\ntime.sleep(0.5)\nprint(1)"] * 12
        )
        error = fails(notebook, tmp_path / "o.ipynb", timeout_seconds=2)
        assert error.ename == "TimeoutError"
        assert 2 <= error.cell_index <= 6

    @posix
    @BOTH_WAYS
    @pytest.mark.parametrize(
        ("source", "said"),
        [
            ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "memory ran out"),
            ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "signal 11"),
            ("import os\nos._exit(3)", "exit status 3"),
        ],
        ids=["killed", "crashed", "exited"],
    )
    @pytest.mark.fault(
        "a kernel dies ({id})", "the message says how and in which cell; the next run is right"
    )
    def test_a_kernel_that_dies(self, tmp_path, source, said, fast):
        notebook = write_notebook(tmp_path / "n.ipynb", "print('ok')", source)
        error = fails(notebook, tmp_path / "o.ipynb", fast=fast)
        assert error.ename == "KernelDied"
        assert error.cell_index == 3
        assert said in str(error)
        execute(write_notebook(tmp_path / "n.ipynb", "print('next')"), tmp_path / "o.ipynb", {})
        assert printed(tmp_path / "o.ipynb") == "next\n"

    @posix
    @pytest.mark.fault(
        "a notebook asks for more memory than there is",
        "a MemoryError that names the cell; what was there stays",
    )
    def test_a_notebook_that_needs_too_much_memory(self, tmp_path):
        source = (
            "import resource\nlimit = 2 * 1024**3\n"
            "resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\nx = bytearray(4 * 1024**3)"
        )
        error = fails(write_notebook(tmp_path / "n.ipynb", source), tmp_path / "o.ipynb")
        assert error.ename == "MemoryError"

    @posix
    @BOTH_WAYS
    @pytest.mark.fault("a notebook starts a process and leaves it", "it is ended with the kernel")
    def test_processes_that_a_notebook_leaves_behind_are_ended(self, tmp_path, fast):
        source = "import subprocess\nprint(subprocess.Popen(['sleep', '300']).pid)"
        notebook = write_notebook(tmp_path / "n.ipynb", source)
        execute(notebook, tmp_path / "o.ipynb", {}, fast=fast)
        assert within(10, lambda: not alive(int(printed(tmp_path / "o.ipynb"))))

    @BOTH_WAYS
    @pytest.mark.fault("a kernel ends with work registered for its exit", "that work is done")
    def test_what_a_notebook_registers_for_its_exit_is_run(self, tmp_path, fast):
        source = "import atexit, pathlib\natexit.register(pathlib.Path('bye').touch)"
        execute(write_notebook(tmp_path / "n.ipynb", source), tmp_path / "o.ipynb", {}, fast=fast)
        assert within(5, (tmp_path / "bye").exists)

    @pytest.mark.fault(
        "a cell calls sys.exit", "the notebook counts as failed; what was there stays"
    )
    def test_sys_exit_is_a_failure(self, tmp_path):
        notebook = write_notebook(tmp_path / "n.ipynb", "import sys\nsys.exit(0)", "print(1)")
        assert fails(notebook, tmp_path / "o.ipynb").ename == "SystemExit"


@needs_fork
class TestServerFaults:
    @pytest.mark.fault(
        "kill -9 of the fork server while a notebook runs",
        "the notebook runs again in a new kernel and succeeds",
    )
    def test_killed_in_the_middle_the_notebook_runs_again(self, tmp_path):
        source = (
            "import os, pathlib, signal, time\nfirst = pathlib.Path('first')\n"
            "if not first.exists():\n    first.touch()\n"
            "    os.kill(os.getppid(), signal.SIGKILL)\n    time.sleep(300)\nprint('second')"
        )
        notebook = write_notebook(tmp_path / "n.ipynb", source)
        execute(notebook, tmp_path / "o.ipynb", {}, fast=True)
        assert printed(tmp_path / "o.ipynb") == "second\n"

    @pytest.mark.fault(
        "kill -9 of the fork server between two notebooks",
        "a new server starts; the same bytes are written",
    )
    def test_killed_between_two_notebooks(self, tmp_path):
        notebook = write_notebook(tmp_path / "n.ipynb", "print('ok')")
        execute(notebook, tmp_path / "o.ipynb", {}, fast=True)
        first = fork_server()
        os.kill(first._process.pid, signal.SIGKILL)
        execute(notebook, tmp_path / "p.ipynb", {}, fast=True)
        assert (tmp_path / "o.ipynb").read_bytes() == (tmp_path / "p.ipynb").read_bytes()
        assert not first.folder.exists()

    @pytest.mark.parametrize("module", ["care_study.no_such_module", "this"])
    @pytest.mark.fault(
        "the fork server cannot start", "plain kernels are used, and the log says so"
    )
    def test_one_that_cannot_start_is_replaced_by_plain_kernels(
        self, tmp_path, monkeypatch, caplog, module
    ):
        close_fork_server()
        monkeypatch.setattr(forked_kernel, "SERVER_MODULE", module)
        source = "import sys\nprint('statsmodels' in sys.modules)"
        execute(write_notebook(tmp_path / "n.ipynb", source), tmp_path / "o.ipynb", {}, fast=True)
        assert printed(tmp_path / "o.ipynb") == "False\n"
        assert "no forked kernel" in caplog.text
        close_fork_server()

    @pytest.mark.fault("the fork server is closed", "no process and no folder of it is left")
    def test_closing_it_leaves_nothing(self, tmp_path):
        execute(write_notebook(tmp_path / "n.ipynb", "1"), tmp_path / "o.ipynb", {}, fast=True)
        server = fork_server()
        close_fork_server()
        assert not alive(server._process.pid)
        assert not server.folder.exists()


SLEEPS = (
    "import os, pathlib, time\n"
    "part = pathlib.Path('pids.part')\npart.write_text(f'{os.getpid()} {os.getppid()}')\n"
    "part.rename('pids')\ntime.sleep(300)"
)
BUILD = (
    "import sys\nfrom pathlib import Path\nfrom care_study.execution.execution import execute\n"
    "execute(Path(sys.argv[1]), Path(sys.argv[2]), {}, fast=sys.argv[3] == 'True')\n"
)


@posix
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
class TestBuildFaults:
    @pytest.mark.parametrize(
        ("number", "fast"),
        [
            pytest.param(signal.SIGKILL, True, marks=needs_fork),
            pytest.param(signal.SIGTERM, True, marks=needs_fork),
            (signal.SIGKILL, False),
            (signal.SIGINT, False),
        ],
    )
    @pytest.mark.fault(
        "a signal ends the build while a kernel runs ({id})",
        "no process is left, what was there stays, the next run succeeds",
    )
    def test_a_build_ended_by_a_signal_leaves_no_process(self, tmp_path, number, fast):
        notebook = write_notebook(tmp_path / "n.ipynb", SLEEPS)
        output = tmp_path / "o.ipynb"
        output.write_text("what was there")
        runtime = tmp_path / "runtime"
        runtime.mkdir()
        build = subprocess.Popen(
            [sys.executable, "-c", BUILD, str(notebook), str(output), str(fast)],
            env=os.environ | {"TMPDIR": str(runtime)},
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert within(60, (tmp_path / "pids").exists)
        pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
        build.send_signal(number)
        build.wait(120)
        assert within(15, lambda: not any(alive(pid) for pid in pids))
        assert output.read_text() == "what was there"
        if fast:
            assert within(5, lambda: not list(runtime.iterdir()))
        execute(write_notebook(notebook, "print('again')"), output, {})
        assert printed(output) == "again\n"

    @pytest.mark.fault(
        "the disk fills up while an executed notebook is written",
        "one message with the path; the notebook that was there stays whole",
    )
    def test_a_full_disk_keeps_what_was_there(self, tmp_path):
        output = tmp_path / "o.ipynb"
        output.write_text("what was there")
        script = (
            "import resource, sys\nfrom pathlib import Path\nimport nbformat\n"
            "from nbformat.v4 import new_notebook, new_code_cell\n"
            "from care_study.execution.execution import write_atomically\n"
            "document = new_notebook(cells=[new_code_cell('x' * 100_000)])\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
            "try:\n    write_atomically(document, Path(sys.argv[1]))\n"
            "except OSError as error:\n    print(error)\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", script, str(output)], capture_output=True, text=True, check=True
        )
        assert "the executed notebook could not be written" in run.stdout
        assert str(output) in run.stdout
        assert output.read_text() == "what was there"
        assert [path.name for path in tmp_path.iterdir()] == ["o.ipynb"]

    @pytest.mark.fault(
        "the partial notebook of a failure cannot be written",
        "the notebook's own error is reported",
    )
    def test_a_failure_that_cannot_be_kept_is_still_reported(self, tmp_path):
        partial_path(tmp_path / "o.ipynb").mkdir()  # in the way
        notebook = write_notebook(tmp_path / "n.ipynb", "1 / 0")
        with pytest.raises(NotebookError, match="ZeroDivisionError") as caught:
            execute(notebook, tmp_path / "o.ipynb", {})
        assert caught.value.partial is None

    @pytest.mark.fault(
        "a file stands where the output folder should be", "one message that names it"
    )
    def test_an_output_folder_that_is_a_file(self, tmp_path):
        (tmp_path / "build").write_text("a file")
        notebook = write_notebook(tmp_path / "n.ipynb", "1")
        with pytest.raises(OSError, match="build"):
            execute(notebook, tmp_path / "build" / "o.ipynb", {})

    @pytest.mark.fault(
        "a locale without UTF-8 while a notebook runs",
        "letters of other languages and emoji arrive whole",
    )
    def test_a_locale_without_utf_8(self, tmp_path):
        folder = tmp_path / "Môn"
        folder.mkdir()
        notebook = write_notebook(folder / "n.ipynb", "print('Ynys Môn 😀')")
        subprocess.run(
            [sys.executable, "-c", BUILD, str(notebook), str(folder / "o.ipynb"), "False"],
            env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            check=True,
        )
        assert printed(folder / "o.ipynb") == "Ynys Môn 😀\n"

    @BOTH_WAYS
    @pytest.mark.fault(
        "a temporary folder whose path is too long for sockets", "the kernel is reached another way"
    )
    def test_a_temporary_folder_too_long_for_sockets(self, tmp_path, fast):
        deep = tmp_path / ("d" * 100)
        deep.mkdir()
        source = (
            "import json, pathlib, ipykernel\n"
            "info = json.loads(pathlib.Path(ipykernel.get_connection_file()).read_text())\n"
            "print(info['transport'], info['ip'])"
        )
        notebook = write_notebook(tmp_path / "n.ipynb", source)
        subprocess.run(
            [sys.executable, "-c", BUILD, str(notebook), str(tmp_path / "o.ipynb"), str(fast)],
            env=os.environ | {"TMPDIR": str(deep)},
            check=True,
        )
        assert printed(tmp_path / "o.ipynb") == "tcp 127.0.0.1\n"


def run_one(notebook: Path, output: Path, area: int) -> int:
    execute(notebook, output, {"area": area})
    return os.getpid()


def kill_server_and_run(notebook: Path, output: Path) -> None:
    os.kill(fork_server()._process.pid, signal.SIGKILL)
    execute(notebook, output, {})


class TestAtTheSameTime:
    SOURCE = "import time, os\ntime.sleep(0.05)\nprint(area)"

    @pytest.mark.fault(
        "several worker processes execute notebooks at once", "each output is its own"
    )
    def test_several_worker_processes(self, tmp_path):
        notebook = write_notebook(tmp_path / "n.ipynb", self.SOURCE)
        outputs = [tmp_path / f"{area}.ipynb" for area in range(12)]
        with ProcessPoolExecutor(max_workers=2) as pool:
            jobs = [pool.submit(run_one, notebook, out, area) for area, out in enumerate(outputs)]
            workers = {job.result(timeout=120) for job in jobs}
        assert len(workers) <= 2
        assert os.getpid() not in workers
        assert [printed(out) for out in outputs] == [f"{area}\n" for area in range(12)]

    @pytest.mark.fault("several threads execute notebooks at once", "each output is its own")
    def test_several_threads_share_one_server(self, tmp_path):
        notebook = write_notebook(tmp_path / "n.ipynb", self.SOURCE)
        outputs = [tmp_path / f"{area}.ipynb" for area in range(8)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(run_one, [notebook] * 8, outputs, range(8)))
        assert [printed(out) for out in outputs] == [f"{area}\n" for area in range(8)]

    @pytest.mark.fault(
        "several runs write one output at once",
        "a reader sees one whole notebook or another, never a part",
    )
    def test_two_runs_of_one_output(self, tmp_path):
        notebook = write_notebook(tmp_path / "n.ipynb", self.SOURCE)
        output = tmp_path / "o.ipynb"
        seen: set[str] = set()
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                if output.exists():
                    seen.add(printed(output))

        reader = threading.Thread(target=read)
        reader.start()
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(run_one, [notebook] * 9, [output] * 9, [1, 2, 3] * 3))
        done.set()
        reader.join()
        assert seen <= {"1\n", "2\n", "3\n"}
        assert sorted(path.name for path in tmp_path.iterdir()) == ["n.ipynb", "o.ipynb"]

    @needs_fork
    @pytest.mark.fault(
        "a forked copy of a worker kills its fork server", "the worker's own server is not touched"
    )
    def test_a_forked_copy_of_a_worker_has_a_server_of_its_own(self, tmp_path):
        import multiprocessing

        notebook = write_notebook(tmp_path / "n.ipynb", "print('ok')")
        execute(notebook, tmp_path / "o.ipynb", {}, fast=True)
        own = fork_server()
        copy = multiprocessing.get_context("fork").Process(
            target=kill_server_and_run, args=(notebook, tmp_path / "copy.ipynb")
        )
        copy.start()
        copy.join(120)
        assert copy.exitcode == 0
        assert printed(tmp_path / "copy.ipynb") == "ok\n"
        assert fork_server() is own
