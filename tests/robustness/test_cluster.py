"""Notebooks on a real Dask cluster of several processes that share no folder with this one."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest

from care_study import paths
from care_study.chapters.profile import measures as profile
from care_study.execution.execution import NotebookError, execute
from care_study.pipeline import cluster
from care_study.pipeline.dependencies import table_files

LIVING = paths.DATA / "published"

pytestmark = pytest.mark.slow


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Cluster:
    """A scheduler and workers, each in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.address = f"tcp://127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        self.scheduler = self.start(
            "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"
        )
        self.workers = {}

    def start(self, *arguments, name=""):
        place = self.folder / (name or arguments[0])
        place.mkdir()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CARE_STUDY")}
        environment["TMPDIR"] = str(place)
        with (place / "log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                cwd=place, env=environment, stdout=log, stderr=log,
            )  # fmt: skip

    def add_worker(self, name):
        self.workers[name] = self.start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--name", name, "--local-directory", str(self.folder / f"{name}-spill"), name=name,
        )  # fmt: skip

    def stop(self):
        # Killed, not asked: a worker that cannot reach its scheduler may wait for it for long, and
        # nothing is tested after this.
        for process in [*self.workers.values(), self.scheduler]:
            process.kill()
        for process in [*self.workers.values(), self.scheduler]:
            process.wait()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    from distributed import Client

    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        made.add_worker("one")
        made.add_worker("two")
        with Client(made.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield made
    finally:
        cluster.client.cache_clear()
        made.stop()


def job(source, **parameters):
    cells = [nbformat.v4.new_code_cell(text) for text in ("word = 'none'  # one", source)]
    cells[0].metadata["tags"] = ["parameters"]
    document = nbformat.v4.new_notebook(cells=cells)
    for number, cell in enumerate(document.cells):
        cell.id = f"cell-{number}"
    content = nbformat.writes(document).encode()
    files = {"notebooks/x.ipynb": content, "data/note.txt": b"carried as bytes"}
    return cluster.Job("notebooks/x.ipynb", json.dumps(parameters), "", 60, files)


def text_of(output):
    document = json.loads(output.read_text(encoding="utf-8"))
    return "".join(
        "".join(o.get("text", "")) for c in document["cells"] for o in c.get("outputs", [])
    )


def test_the_cluster_counts_its_workers(running):
    assert cluster.cores(running.address) == 2


def test_a_page_comes_back_with_the_bytes_that_this_machine_would_write(running, tmp_path):
    notebook = paths.NOTEBOOKS / "profile.ipynb"
    settings = {"area": "Isles of Scilly", "data_folder": "data/published"}
    tables = table_files(profile.READS, LIVING)
    packed = cluster.make_job(notebook, json.dumps(settings), ",".join(profile.READS), 120, tables)
    cluster.execute_on_cluster(running.address, packed, tmp_path / "far.ipynb")
    execute(notebook, tmp_path / "near.ipynb", settings)
    assert (tmp_path / "far.ipynb").read_bytes() == (tmp_path / "near.ipynb").read_bytes()


def test_the_worker_has_the_project_in_a_folder_of_its_own(running, tmp_path):
    source = (
        "from pathlib import Path\nfrom care_study.paths import ROOT\n"
        "print(word, ROOT, (ROOT / 'data' / 'note.txt').read_text())"
    )
    cluster.execute_on_cluster(running.address, job(source, word="given"), tmp_path / "x.ipynb")
    found = text_of(tmp_path / "x.ipynb")
    assert "given" in found and "carried as bytes" in found
    assert str(running.folder) in found and str(paths.ROOT) not in found


@pytest.mark.fault(
    "a notebook that fails on a cluster worker",
    "the same message as here, and the partial notebook",
)
def test_a_failing_notebook_says_what_it_would_say_here(running, tmp_path):
    with pytest.raises(NotebookError) as caught:
        cluster.execute_on_cluster(running.address, job("1 / 0", word="x"), tmp_path / "x.ipynb")
    assert caught.value.ename == "ZeroDivisionError" and "1 / 0" in caught.value.cell_source
    assert caught.value.partial == tmp_path / "x.partial.ipynb"
    assert caught.value.partial.is_file() and not (tmp_path / "x.ipynb").exists()


@pytest.mark.fault(
    "kill -9 of a cluster worker in the middle of a notebook",
    "the notebook runs again on another worker",
)
def test_a_lost_worker_is_survived(running, tmp_path):
    client = cluster.client(running.address)
    out = tmp_path / "x.ipynb"
    source = "import time\ntime.sleep(6)\nprint('to the end')"
    waiting = threading.Thread(
        target=cluster.execute_on_cluster,
        args=(running.address, job(source, word="lost"), out),
    )
    waiting.start()
    busy = ""
    for _ in range(100):
        names = {w["name"]: a for a, w in client.scheduler_info()["workers"].items()}
        busy = next((n for n, a in names.items() if client.processing().get(a)), "")
        if busy:
            break
        time.sleep(0.1)
    assert busy, "no worker took the job"
    time.sleep(1)
    running.workers.pop(busy).kill()
    waiting.join(timeout=60)
    assert text_of(out) == "to the end\n"
    assert cluster.cores(running.address) == 1


@pytest.mark.fault(
    "an output outside the project sent to a cluster",
    "refused with the file named",
)
def test_a_file_outside_the_project_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("a", encoding="utf-8")
    with pytest.raises(cluster.ClusterError, match="outside the project's folder"):
        cluster.make_job(paths.NOTEBOOKS / "profile.ipynb", "{}", "", 1, [tmp_path / "x.csv"])


@pytest.mark.fault(
    "a cluster address that does not answer",
    "one message with the address; nothing is built",
)
def test_a_cluster_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(cluster.ClusterError, match="no Dask scheduler answers"):
        cluster.client(address)


def test_jobs_travel_whole():
    packed = cluster.make_job(
        paths.NOTEBOOKS / "profile.ipynb", "{}", "", 1, [LIVING / "referrals.csv"]
    )
    assert set(packed.files) == {"notebooks/profile.ipynb", "data/published/referrals.csv"}
    assert all(isinstance(content, bytes) for content in packed.files.values())
    assert not Path(packed.notebook).is_absolute()
