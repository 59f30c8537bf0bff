"""Downloads over HTTP: retries, waits as told, resumes, verifies, and gives up plainly.

Only the standard library: `urllib` follows the proxy settings of the machine.
"""

import base64
import binascii
import email.utils
import hashlib
import http.client
import json
import re
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

AGAIN = (408, 429, 500, 502, 503, 504)
CHUNK = 1 << 16
LONGEST_WAIT = 120.0
PROXY = (
    "A proxy may have answered in place of the service: open the address in a browser, and sign in "
    "there if asked."
)
BROKEN = (OSError, http.client.HTTPException)
"""Everything that can go wrong on the wire; time-outs and refused connections are OSErrors."""


class FetchError(RuntimeError):
    """A download that failed, in words that say what to do."""


class _TryAgainError(Exception):
    """Worth another try, after a wait in seconds (None: the usual one)."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True)
class Patience:
    """How long to wait: ``timeout`` and ``first_wait`` in seconds, ``tries`` in all.

    The wait doubles from try to try, unless the server says how long (``Retry-After``).
    """

    timeout: float = 30.0
    tries: int = 5
    first_wait: float = 1.0
    sleep: Callable[[float], None] = time.sleep


def get_json(url: str, patience: Patience) -> Any:
    """Get a JSON document.

    Raises
    ------
    FetchError
        If the address is not found, keeps failing, or answers with something else.
    """

    def once() -> Any:
        with _open(url, {"Accept": "application/json"}, patience) as reply:
            _check_secure(reply.geturl())
            body = reply.read(50_000_000)
            _check_length(reply.headers, len(body))
        try:
            return json.loads(body)
        except ValueError:
            raise FetchError(
                f"{url}: found {_what(reply.headers)}, expected JSON. {PROXY}"
            ) from None

    return _patiently(url, once, patience)


def download(url: str, target: Path, patience: Patience, largest: int) -> str:
    """Download a file, resuming where a connection broke, and verify it.

    A file is resumed only if the server named its version (ETag or Last-Modified) and it is still
    the same. ``target`` appears only when the whole file is there and agrees with the length and
    the checksum that the server stated.

    Returns
    -------
    str
        The SHA-256 of the file.

    Raises
    ------
    FetchError
        If it keeps failing, is larger than ``largest`` bytes, or is a web page.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    _patiently(url, lambda: _download_once(url, part, patience, largest), patience)
    digest = hashlib.sha256(part.read_bytes()).hexdigest()
    part.replace(target)
    _version_file(part).unlink(missing_ok=True)
    return digest


def _download_once(url: str, part: Path, patience: Patience, largest: int) -> None:
    version = _version_file(part)
    have = part.stat().st_size if part.exists() and version.exists() else 0
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": version.read_text("utf-8")}
    with _open(url, headers, patience) as reply:
        _check_secure(reply.geturl())
        if "html" in reply.headers.get("Content-Type", ""):
            raise FetchError(f"{url}: found a web page, expected a data file. {PROXY}")
        start = have if reply.status == 206 and _starts_at(reply.headers, have) else 0
        if reply.status == 206 and not start:
            part.unlink(missing_ok=True)
            raise _TryAgainError("the server sent another part of the file than asked for")
        _remember_version(version, reply.headers)
        with part.open("ab" if start else "wb") as file:
            got = _copy(reply, file, start, largest, url)
        _check_length(reply.headers, got)
        _check_digest(reply.headers, part)
        if reply.headers.get("Content-Encoding", "") == "gzip":
            _unpack(part, largest, url)


def _copy(reply: IO[bytes], file: IO[bytes], start: int, largest: int, url: str) -> int:
    got = 0
    while chunk := reply.read(CHUNK):
        got += len(chunk)
        if start + got > largest:
            raise FetchError(_too_large(url, largest))
        file.write(chunk)
    return got


def _too_large(url: str, largest: int) -> str:
    return (
        f"{url}: the file has more than {largest / 1e6:,.0f} MB and was not fetched. Allow more "
        "with --largest."
    )


def _unpack(part: Path, largest: int, url: str) -> None:
    """Unpack a body that the server compressed although it was asked not to."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(part.read_bytes(), largest + 1)
    except zlib.error as error:
        part.unlink()
        raise _TryAgainError(f"the compressed body is damaged ({error})") from None
    if len(content) > largest:
        raise FetchError(_too_large(url, largest))
    part.write_bytes(content)
    # The version names the compressed bytes: they cannot be resumed from here.
    _version_file(part).unlink(missing_ok=True)


def _open(url: str, headers: Mapping[str, str], patience: Patience) -> Any:
    _check_secure(url)
    request = urllib.request.Request(url, headers={"User-Agent": "care-study", **headers})
    try:
        return urllib.request.urlopen(request, timeout=patience.timeout)
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(url, error) from None


def _refused(url: str, error: urllib.error.HTTPError) -> Exception:
    reason = f"status {error.code} {error.reason}"
    if error.code in AGAIN:
        return _TryAgainError(reason, _retry_after(error.headers.get("Retry-After", "")))
    if error.code == 416:
        return _TryAgainError("the file became shorter")
    title = ""
    try:
        title = str(json.loads(error.read(10_000)).get("title", ""))
    except (ValueError, AttributeError, *BROKEN):
        pass
    kind = NotFoundError if error.code == 404 else FetchError
    return kind(f"{url}: the service refused ({reason}). {title}".strip())


class NotFoundError(FetchError):
    """The service does not know the address."""


def _patiently(url: str, once: Callable[[], Any], patience: Patience) -> Any:
    reason = ""
    for attempt in range(patience.tries):
        try:
            return once()
        except _TryAgainError as error:
            reason, wait = str(error), error.wait
        except urllib.error.URLError as error:
            reason, wait = str(error.reason), None
        except BROKEN as error:
            reason, wait = f"{type(error).__name__} {error}".strip(), None
        if attempt + 1 < patience.tries:
            patience.sleep(patience.first_wait * 2**attempt if wait is None else wait)
    raise FetchError(
        f"{url}: could not be fetched in {patience.tries} tries; the last ended with: {reason}. "
        "If this computer is offline or behind a proxy, download the files in a browser and add "
        "them with `care-study data add`; otherwise try again later."
    )


def _retry_after(text: str) -> float | None:
    """Read ``Retry-After``: seconds, or a date; None where it says nothing."""
    if text.strip().isdigit():
        return min(float(text), LONGEST_WAIT)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return min(max(when.timestamp() - time.time(), 0.0), LONGEST_WAIT)


def _check_secure(url: str) -> None:
    """Allow https, and plain http to this very machine; a redirect may not weaken that."""
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise FetchError(f"{url}: found an address without encryption. Expected https.")


def _check_length(headers: Mapping[str, str], got: int) -> None:
    expected = headers.get("Content-Length")
    if expected is not None and got != int(expected):
        raise _TryAgainError(f"the connection broke after {got:,} of {int(expected):,} bytes")


def _check_digest(headers: Mapping[str, str], part: Path) -> None:
    """Hold the whole file against the checksums that the server states."""
    for algorithm, stated in _stated(headers):
        found = hashlib.new(algorithm, part.read_bytes(), usedforsecurity=False).digest()
        if found != stated:
            _version_file(part).unlink(missing_ok=True)
            raise _TryAgainError(
                f"the checksum ({algorithm}) is not the one that the server states"
            )


def _stated(headers: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    texts = [("md5", headers.get("Content-MD5", ""))]
    digests = f"{headers.get('Digest', '')},{headers.get('Repr-Digest', '')}"
    texts += [
        ("sha256", text) for text in re.findall(r"sha-256=:?([A-Za-z0-9+/=]+)", digests, re.I)
    ]
    for algorithm, text in texts:
        try:
            stated = base64.b64decode(text, validate=True)
        except binascii.Error:
            continue
        if stated:
            yield algorithm, stated


def _starts_at(headers: Mapping[str, str], have: int) -> bool:
    return headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _version_file(part: Path) -> Path:
    return part.with_name(part.name + "-version")


def _remember_version(version: Path, headers: Mapping[str, str]) -> None:
    """Keep the validator that a later part is asked for with; weak ones do not serve."""
    validator = headers.get("ETag", "") or headers.get("Last-Modified", "")
    if validator and not validator.startswith("W/"):
        version.write_text(validator, encoding="utf-8")
    else:
        version.unlink(missing_ok=True)


def _what(headers: Mapping[str, str]) -> str:
    return str(headers.get("Content-Type", "")).split(";")[0] or "an unnamed format"
