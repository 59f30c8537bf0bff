"""The client's side of the fork server: start it, ask it for kernels, look after them."""

import asyncio
import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from care_study.environment import kernel_environment
from care_study.execution.forkserver import receive_message, send_message

START_SECONDS = 60
POLL_SECONDS = 0.002
EXIT_SECONDS = 1.0
SERVER_LOST = -1000
SERVER_MODULE = "care_study.execution.forkserver"


class ForkServerError(RuntimeError):
    """The fork server cannot be used; a plain kernel does the same, more slowly."""


def forking_available() -> bool:
    """Whether forking is safe here: on Linux. On macOS system libraries do not survive it.

    Set ``CARE_STUDY_FORK=0`` in the environment to do without it.
    """
    return sys.platform == "linux" and os.environ.get("CARE_STUDY_FORK") != "0"


class ForkedProcess:
    """A kernel forked by the server, with the methods of `subprocess.Popen` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal; None while the process runs."""
        if self.returncode is None:
            self._connection.settimeout(0)
            try:
                self._connection.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                return None
            except OSError:
                pass
            self._finish()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the process."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            time.sleep(POLL_SECONDS)
        return self.returncode if self.returncode is not None else SERVER_LOST

    def send_signal(self, number: int) -> None:
        """Have the server signal the process; only the server knows that it still exists."""
        with contextlib.suppress(OSError):
            self._connection.settimeout(1)
            self._connection.sendall(bytes([number]))

    def kill(self) -> None:
        """End the process at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def _finish(self) -> None:
        self._connection.settimeout(1)
        try:
            self.returncode = int(receive_message(self._connection)["status"])
        except (OSError, EOFError, ValueError, KeyError):
            self.returncode = SERVER_LOST
        self._connection.close()


class ForkProvisioner(LocalProvisioner):
    """Jupyter's local provisioner, with the process forked by the server."""

    process: Any

    def __init__(self, *, server: "ForkServer", **options: Any) -> None:
        super().__init__(**options)
        self.server = server

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Fork a kernel with the arguments that would have gone to a new Python."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        folder = str(options.get("cwd") or Path.cwd())
        self.process = self.server.fork(arguments, options["env"], folder)
        self.pid = self.process.pid
        self.cwd = Path(folder)
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the end of the process without the parent class's steps of 0.1 seconds."""
        await self._ended_within(None)
        status, self.process = await self.poll(), None
        return status

    async def send_signal(self, signum: int) -> None:
        """Pass a signal on, but no interrupt to a kernel that is asked to end.

        Jupyter interrupts before each shutdown. An idle kernel ignores that; one that is just
        about to become idle can lose its event loop to it, and then hears no request to end.
        """
        if signum != signal.SIGINT or not getattr(self.parent, "shutting_down", False):
            await super().send_signal(signum)

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Wait here for the kernel's end, in short steps; one that does not end is killed."""
        if not await self._ended_within(EXIT_SECONDS):
            self.process.kill()
            await self._ended_within(EXIT_SECONDS)

    async def _ended_within(self, seconds: float | None) -> bool:
        deadline = None if seconds is None else time.monotonic() + seconds
        while await self.poll() is None:
            if deadline is not None and time.monotonic() > deadline:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True


class ForkServer:
    """A running fork server; it ends with this process, in whatever way this process ends."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.owner = os.getpid()
        self.folder = Path(tempfile.mkdtemp(prefix="care-study-"))
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", SERVER_MODULE),
                    *(str(theirs.fileno()), str(self.folder)),
                ],
                stdin=subprocess.DEVNULL,
                cwd=self.folder,  # empty: no file that lies about is imported by accident
                env=environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C reaches the client, which then ends the server
            )

    def usable(self) -> bool:
        """Whether this process started the server and the server still runs."""
        return self.owner == os.getpid() and self._process.poll() is None

    def fork(self, arguments: list[str], environment: dict[str, str], folder: str) -> ForkedProcess:
        """Ask for a kernel; `ForkServerError` if there is none to be had."""
        ours, theirs = socket.socketpair()
        try:
            with theirs, self._lock:
                socket.send_fds(self._control, [b"k"], [theirs.fileno()])
            request = {"arguments": arguments, "environment": environment, "folder": folder}
            ours.settimeout(START_SECONDS)
            send_message(ours, request)
            answer = receive_message(ours)
        except (OSError, EOFError) as error:
            ours.close()
            raise ForkServerError(f"the fork server does not answer ({error})") from error
        if "pid" not in answer:
            ours.close()
            raise ForkServerError(f"the fork server refused: {answer.get('refused')}")
        return ForkedProcess(answer["pid"], ours)

    def close(self) -> None:
        """End the server and every kernel it has forked."""
        if self.owner != os.getpid():
            return
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)  # the server has, unless it was killed


_server: ForkServer | None = None
_server_lock = threading.Lock()


def fork_server() -> ForkServer:
    """Return this process's fork server, started at the first call."""
    global _server  # noqa: PLW0603 - one server for one process is the point
    with _server_lock:
        if _server is None or not _server.usable():
            if _server is not None:
                _server.close()
            _server = ForkServer(kernel_environment())
            atexit.register(_server.close)
        return _server


def close_fork_server() -> None:
    """End this process's fork server, if there is one."""
    global _server  # noqa: PLW0603
    with _server_lock:
        if _server is not None:
            _server.close()
            _server = None
