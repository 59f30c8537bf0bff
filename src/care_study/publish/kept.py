"""Bytes that were made before, kept by all that they are made from.

A workbook or the script for charts takes long to make and seldom changes. What is kept has its own
checksum, so that a damaged file is made again; and what cannot be kept is only slower.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from care_study import paths

FOLDER = paths.BUILD / "kept"
MOST = 5000
_DIGEST = hashlib.sha256().digest_size


def kept(make: Callable[[], bytes], *made_from: Any, code: tuple[str, ...]) -> bytes:
    """Give what ``make`` makes, from an earlier time if nothing that it is made from changed.

    Parameters
    ----------
    make
        Makes the bytes.
    made_from
        Everything that they depend on but code, as plain values.
    code
        The files of the code that makes them.
    """
    said = json.dumps([made_from, *map(_digest_of, code)], sort_keys=True, ensure_ascii=True)
    place = FOLDER / hashlib.sha256(said.encode()).hexdigest()
    with contextlib.suppress(OSError):
        found = place.read_bytes()
        if hashlib.sha256(found[_DIGEST:]).digest() == found[:_DIGEST]:
            os.utime(place)  # used: the last to be swept
            return found[_DIGEST:]
    body = make()
    with contextlib.suppress(OSError):
        FOLDER.mkdir(parents=True, exist_ok=True)
        aside = place.with_suffix(f".{os.getpid()}")
        aside.write_bytes(hashlib.sha256(body).digest() + body)
        aside.replace(place)
    return body


@cache
def _digest_of(code: str) -> str:
    return hashlib.sha256(Path(code).read_bytes()).hexdigest()


def sweep(most: int = MOST) -> None:
    """Remove what was used longest ago, where there is very much."""
    with contextlib.suppress(OSError):
        files = sorted(FOLDER.iterdir(), key=lambda file: (file.stat().st_mtime_ns, file.name))
        for file in files[: max(len(files) - most, 0)]:
            file.unlink(missing_ok=True)
