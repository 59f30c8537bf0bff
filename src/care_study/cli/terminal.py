"""What the terminal does with a sentence never changes what becomes of the book.

A pipe may be closed by its reader, a device may be full, a locale may know no letter beyond ASCII:
the build goes on, and its exit code speaks of the build.
"""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

import click


class _Unheard(io.RawIOBase):
    """Writes to a file descriptor; what cannot be written is lost, without an error."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: Any) -> int:
        left = memoryview(data).cast("B")
        size = len(left)
        with contextlib.suppress(OSError):
            while left:
                left = left[os.write(self._descriptor, left) :]
        return size


def _forgiving(stream: TextIO | None) -> TextIO | None:
    """Write to where a stream writes, whatever that can take; other streams stay as they are."""
    try:
        descriptor = -1 if stream is None else stream.fileno()
    except (OSError, ValueError, AttributeError):
        return stream  # closed, or a test's
    if stream is None or descriptor < 0:
        return stream
    with contextlib.suppress(OSError):
        stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Unheard(descriptor)),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=True,
    )


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """Let nothing that is printed in the block fail, on either stream."""
    before = sys.stdout, sys.stderr
    after = _forgiving(before[0]), _forgiving(before[1])
    sys.stdout, sys.stderr = after
    try:
        yield
    finally:
        for stream in after:
            if stream is not None:
                stream.flush()
        sys.stdout, sys.stderr = before


def spell_out() -> None:
    """Have letters that the terminal's encoding lacks printed as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class Build(click.Command):
    """A command whose result is files: what it prints may be lost."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; the terminal cannot make it fail."""
        with unheard():
            return super().invoke(ctx)
