"""The fork server: a process that has imported everything, from which kernels are forked.

Run as ``python -m care_study.execution.forkserver FD FOLDER``. ``FD`` is one end of a socket pair
held by the process that executes notebooks; nothing listens anywhere, so no one else can ask for
a kernel. ``FOLDER`` is a private folder, removed when the server ends.

The conversation, one socket pair for each kernel, handed over through ``FD``:

1. the client sends the kernel's arguments, environment and folder (`send_message`);
2. the server forks, and answers ``{"pid": ...}`` or ``{"refused": reason}``;
3. each further byte from the client is the number of a signal for the kernel;
4. when the kernel ends, the server sends ``{"status": ...}`` and closes.

If the client goes away, however that happened, the sockets close and the server ends its kernels.
If the server goes away, the system ends its kernels (``PR_SET_PDEATHSIG``).

Why a fork is safe here: the server never runs a notebook, creates no zmq context and has one
thread only, which it checks before each fork. It serves one run of the pipeline; should a file
of this project change meanwhile it refuses, and the client starts a new one.
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import random
import selectors
import shutil
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from care_study.execution.quick_import import import_jsonschema

PRELOADED = (
    # The kernel, with the parts that it would load when it starts and at its first cell.
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
    # What notebooks use.
    "numpy",
    "pandas",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "scipy.optimize",
    "scipy.stats",
    "statsmodels.api",
    "statsmodels.formula.api",
    "statsmodels.stats.rates",
    "statsmodels.tsa.api",
    "altair",
    "vl_convert",
    "pandera.pandas",
    "pandera.backends.pandas.builtin_checks",  # otherwise imported at the first check of a table
    "yaml",
    "care_study.show.figure",
    "care_study.show.table",
)
# Parts of this project that no notebook uses.
NOT_PRELOADED = ("cli", "data.adding", "execution", "pipeline", "publish")
PR_SET_PDEATHSIG = 1
REQUEST_SECONDS = 10


# --- messages: used by both sides ---------------------------------------------------------------


def send_message(connection: socket.socket, message: dict[str, Any]) -> None:
    """Send one message: its length in four bytes, then JSON."""
    body = json.dumps(message).encode()
    connection.sendall(struct.pack("!I", len(body)) + body)


def receive_message(connection: socket.socket) -> dict[str, Any]:
    """Receive one message; `EOFError` if the other side has closed."""
    (length,) = struct.unpack("!I", _receive(connection, 4))
    message: dict[str, Any] = json.loads(_receive(connection, length))
    return message


def _receive(connection: socket.socket, length: int) -> bytes:
    received = b""
    while len(received) < length:
        piece = connection.recv(length - len(received))
        if not piece:
            raise EOFError("the other side closed the connection")
        received += piece
    return received


# --- the server ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class KernelRequest:
    """What a forked process needs to become a kernel."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str


def main(control_fd: int, folder: Path) -> None:
    """Preload, then serve; returns in the server when the client has gone, never in a kernel."""
    if sys.path and Path(sys.path[0]) == Path.cwd():
        del sys.path[0]  # as Jupyter's launcher does; a kernel adds its own folder later
    preload()
    sources = project_sources()
    server_pid = os.getpid()
    with socket.socket(fileno=control_fd) as control:
        request = Server(control, sources).serve()
    if request is not None:
        become_kernel(request, server_pid)
    shutil.rmtree(folder, ignore_errors=True)


def preload() -> None:
    """Import what notebooks import. A module that cannot be imported is left to the notebook."""
    import_jsonschema()
    for name in (*PRELOADED, *project_modules()):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # the collector then leaves these objects alone, and kernels share the memory


def project_modules() -> list[str]:
    """Names of all modules of this project that a notebook may import."""
    package = importlib.import_module("care_study")
    prefixes = tuple(f"care_study.{name}" for name in NOT_PRELOADED)
    found = pkgutil.walk_packages(package.__path__, "care_study.")
    return [module.name for module in found if not module.name.startswith(prefixes)]


def project_sources() -> dict[str, int]:
    """Record when the project's loaded files were last changed."""
    return {path: _changed(path) for path in map(_file_of, _loaded_project()) if path}


def _loaded_project() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith("care_study")]


def _file_of(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or ""


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - called for each file before each fork
    except OSError:
        return -1


def count_threads() -> int:
    """Count the threads of this process, those of libraries included (1 where unknown)."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208
    except OSError:
        return 1


class Server:
    """Forks kernels on request, passes signals on to them, and reports how they ended."""

    def __init__(self, control: socket.socket, sources: dict[str, int]) -> None:
        self.control = control
        self.sources = sources
        self.kernels: dict[int, socket.socket] = {}
        self.selector = selectors.DefaultSelector()
        self.woken, self.wake = socket.socketpair()

    def serve(self) -> KernelRequest | None:
        """Serve until the client goes; a `KernelRequest` is returned in a forked process only."""
        self.wake.setblocking(False)
        signal.set_wakeup_fd(self.wake.fileno())
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the client's to handle
        self.selector.register(self.control, selectors.EVENT_READ)
        self.selector.register(self.woken, selectors.EVENT_READ)
        client_pid = os.getppid()
        while True:
            events = self.selector.select(timeout=1)
            if os.getppid() != client_pid:  # gone, though a copy of its socket may be open
                self.end_all()
                return None
            for key, _ in events:
                if key.fileobj is self.woken:
                    self.woken.recv(4096)
                    self.report_ended()
                elif key.fileobj is self.control:
                    connection = self.accept()
                    if connection is None:
                        self.end_all()
                        return None
                    request = self.start(connection)
                    if request is not None:
                        return request
                elif isinstance(key.fileobj, socket.socket):
                    self.pass_signal(key.fileobj)

    def accept(self) -> socket.socket | None:
        """Take over a kernel's socket from the client; None when the client has gone."""
        try:
            data, received, _, _ = socket.recv_fds(self.control, 1, 1)
        except OSError:
            return None
        return socket.socket(fileno=received[0]) if data and received else None

    def start(self, connection: socket.socket) -> KernelRequest | None:
        """Fork a kernel; returns its request in the new process, None in the server."""
        connection.settimeout(REQUEST_SECONDS)
        try:
            request = KernelRequest(**receive_message(connection))
            reason = self.reason_to_refuse()
            if reason:
                send_message(connection, {"refused": reason})
                connection.close()
                return None
            pid = os.fork()
            if pid == 0:
                self.forget_everything(connection)
                return request
            self.kernels[pid] = connection
            self.selector.register(connection, selectors.EVENT_READ)
            send_message(connection, {"pid": pid})
        except (OSError, EOFError, ValueError, TypeError):
            # The client has gone, or no process can be started: the closed socket tells it.
            if connection not in self.kernels.values():
                connection.close()
        return None

    def reason_to_refuse(self) -> str:
        """Say why no kernel should be forked now; empty if nothing speaks against it."""
        changed = [path for path, seen in self.sources.items() if _changed(path) != seen]
        if changed:
            return f"{changed[0]} has changed"
        threads = count_threads()
        return f"the server has {threads} threads" if threads > 1 else ""

    def pass_signal(self, connection: socket.socket) -> None:
        """Signal the kernel and all its processes; a closed connection means the end of it."""
        try:
            numbers = connection.recv(64)
        except OSError:
            numbers = b""
        pid = next((pid for pid, own in self.kernels.items() if own is connection), None)
        if pid is not None:
            for number in numbers or bytes([signal.SIGKILL]):
                _signal_group(pid, number)
        if not numbers:
            with contextlib.suppress(KeyError, ValueError):  # it may have ended meanwhile
                self.selector.unregister(connection)

    def report_ended(self) -> None:
        """Collect the processes that have ended and tell the client how."""
        for pid in list(self.kernels):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)  # what the kernel had started and left behind
            connection = self.kernels.pop(pid)
            with contextlib.suppress(KeyError, ValueError):
                self.selector.unregister(connection)
            with contextlib.suppress(OSError):
                send_message(connection, {"status": os.waitstatus_to_exitcode(status)})
            connection.close()

    def end_all(self) -> None:
        """End every kernel: the client has gone, nobody waits for them."""
        for pid in self.kernels:
            _signal_group(pid, signal.SIGKILL)

    def forget_everything(self, connection: socket.socket) -> None:
        """In the forked process: let go of all that belongs to the server."""
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.selector.close()
        for each in (connection, self.control, self.woken, self.wake, *self.kernels.values()):
            each.close()


def _signal_group(pid: int, number: int) -> None:
    # The kernel leads a group of its own once it has got that far; until then it is one process.
    try:
        os.killpg(pid, number)
    except OSError:
        with contextlib.suppress(OSError):
            os.kill(pid, number)


# --- the forked process -------------------------------------------------------------------------


def become_kernel(request: KernelRequest, server_pid: int) -> None:
    """Turn this forked process into an ordinary Jupyter kernel; never returns."""
    status = 1
    try:
        die_with_parent(server_pid)
        os.setsid()
        start_clean(request)
        application = importlib.import_module("ipykernel.kernelapp").IPKernelApp.instance()
        application.initialize([*request.arguments, f"--IPKernelApp.parent_handle={server_pid}"])
        application.start()
        # At exit ipykernel stops its threads while one may still send through another, and then
        # waits for ever or aborts. The client has had every message: leave them to the system.
        atexit.unregister(application.close)
        atexit.unregister(application.iopub_thread.stop)
        status = 0
    finally:
        # What a notebook has registered for its exit runs, and files are flushed; but the
        # preloaded modules are not taken apart one by one, their memory is the server's.
        atexit._run_exitfuncs()
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                stream.flush()
        os._exit(status)


def die_with_parent(server_pid: int) -> None:
    """Have the system end this process when the server ends, even by ``kill -9`` (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server_pid:  # it had ended before the line above
        os._exit(1)


def start_clean(request: KernelRequest) -> None:
    """Give the process the folder, environment and fresh randomness that a new one has."""
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    os.chdir(request.folder)
    sys.argv = ["ipykernel_launcher", *request.arguments]
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
