"""Fetches the current releases from Explore Education Statistics.

Two public services, both documented by the Department: the API lists publications and their data
sets and gives each as CSV (https://api.education.gov.uk/statistics/docs/); what is not in the API
is taken from the archive of all files of the latest release, as the website's own download button
does. Which data set feeds which table stands in ``files.yml``.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from care_study.data.adding.reading import LARGEST_MB
from care_study.data.adding.recognise import Kind, kinds
from care_study.data.adding.transfer import (
    FetchError,
    NotFoundError,
    Patience,
    download,
    get_json,
)

API = "https://api.education.gov.uk/statistics/v1"
CONTENT = "https://content.explore-education-statistics.service.gov.uk/api"
PAGE = "https://explore-education-statistics.service.gov.uk/find-statistics"
MANIFEST = "fetched.json"
MOST_PAGES = 50


@dataclass(frozen=True)
class Fetched:
    """One file: where it is, where it came from, and whether it was there already."""

    path: Path
    url: str
    sha256: str
    new: bool


def fetch(
    folder: Path,
    tables: Iterable[str] = (),
    *,
    api: str = API,
    content: str = CONTENT,
    patience: Patience | None = None,
    largest_mb: float = LARGEST_MB,
    say: Callable[[str], None] = lambda _: None,
) -> list[Fetched]:
    """Download the current release of every data set that feeds a table.

    Parameters
    ----------
    folder
        Where to put the files. ``fetched.json`` beside them keeps version and checksum of each, so
        that a data set that did not change is not downloaded again.
    tables
        Only these tables; by default all that the Department publishes.
    api, content
        Addresses of the two services.
    patience
        How long to wait and how often to try.
    largest_mb
        Larger files are refused.
    say
        Called with a line for every step.

    Raises
    ------
    FetchError
        If a service cannot be reached, or a table is not among those that can be fetched.
    """
    wanted = _wanted(list(tables))
    fetcher = _Fetcher(folder, api, content, patience or Patience(), int(largest_mb * 1e6), say)
    fetched = []
    for slug in dict.fromkeys(kind.fetch["publication"] for kind in wanted):
        chosen = [kind for kind in wanted if kind.fetch["publication"] == slug]
        fetched += fetcher.publication(slug, chosen)
    return fetched


def _wanted(tables: list[str]) -> list[Kind]:
    can = [kind.table for kind in kinds()]
    unknown = [name for name in tables if name not in can]
    if unknown:
        raise FetchError(
            f"The table {unknown[0]!r} cannot be fetched. Expected one of {', '.join(can)}."
        )
    return [kind for kind in kinds() if not tables or kind.table in tables]


@dataclass
class _Fetcher:
    folder: Path
    api: str
    content: str
    patience: Patience
    largest: int
    say: Callable[[str], None]
    publications: list[dict[str, Any]] = field(default_factory=list)

    def publication(self, slug: str, wanted: list[Kind]) -> list[Fetched]:
        """Fetch the wanted data sets of one publication: from the API, else from the archive."""
        found = self._data_sets(slug, wanted)
        fetched = [
            self._file(f"{kind.key}.csv", f"{self.api}/data-sets/{_in_path(id_)}/csv", version)
            for kind, id_, version in found
        ]
        if len(found) < len(wanted):
            there = [kind for kind, _, _ in found]
            missing = ", ".join(kind.table for kind in wanted if kind not in there)
            self.say(f"{slug}: not in the API, so from the archive of the release: {missing}")
            fetched.append(self._archive(slug))
        return fetched

    def _data_sets(self, slug: str, wanted: list[Kind]) -> list[tuple[Kind, str, str]]:
        if not self.publications:
            self.publications += self._pages(f"{self.api}/publications")
        ids = [entry["id"] for entry in self.publications if entry.get("slug") == slug]
        if not ids:
            return []
        sets = list(self._pages(f"{self.api}/publications/{_in_path(ids[0])}/data-sets"))
        found = []
        for kind in wanted:
            fits = [
                entry
                for entry in sets
                if re.search(kind.fetch["data_set"], str(entry.get("title", "")), re.IGNORECASE)
            ]
            if fits:
                latest = fits[0].get("latestVersion") or {}
                found.append((kind, str(fits[0]["id"]), str(latest.get("version", ""))))
        return found

    def _archive(self, slug: str) -> Fetched:
        address = f"{self.content}/publications/{_in_path(slug)}/releases/latest/summary"
        try:
            release = get_json(address, self.patience)
            version = str(release["id"])
        except NotFoundError:
            raise FetchError(
                f"{slug}: the service does not know this publication. It may have been renamed: "
                f"look at {PAGE}/{slug}, and correct `publication` in files.yml."
            ) from None
        except (KeyError, TypeError):
            raise _unexpected(address) from None
        return self._file(
            f"{slug}.zip", f"{self.content}/releases/{_in_path(version)}/files", version
        )

    def _pages(self, url: str) -> Iterator[dict[str, Any]]:
        """Go through the pages of a list."""
        for page in range(1, MOST_PAGES + 1):
            address = f"{url}?{urlencode({'page': page, 'pageSize': 20})}"
            body = get_json(address, self.patience)
            try:
                yield from body["results"]
                if page >= int(body["paging"]["totalPages"]):
                    return
            except (KeyError, TypeError, ValueError):
                raise _unexpected(address) from None

    def _file(self, name: str, url: str, version: str) -> Fetched:
        path = self.folder / name
        manifest = self._manifest()
        held = manifest.get(name, {})
        same = version and (held.get("version"), held.get("url")) == (version, url)
        if same and path.exists() and _sha256(path) == held.get("sha256"):
            self.say(f"{name}: already here, version {version}")
            return Fetched(path, url, str(held["sha256"]), new=False)
        self.say(f"{name}: downloading {url}")
        digest = download(url, path, self.patience, self.largest)
        manifest[name] = {"url": url, "version": version, "sha256": digest}
        text = json.dumps(manifest, indent=2, sort_keys=True)
        (self.folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
        return Fetched(path, url, digest, new=True)

    def _manifest(self) -> dict[str, dict[str, str]]:
        try:
            return dict(json.loads((self.folder / MANIFEST).read_text("utf-8")))
        except (FileNotFoundError, ValueError):
            return {}


def _unexpected(address: str) -> FetchError:
    return FetchError(
        f"{address}: the answer has not the shape that the service's documentation describes. The "
        "service may have changed: download the files in a browser and add them with "
        "`care-study data add`."
    )


def _in_path(text: object) -> str:
    """Make a name from the service safe as one step of an address."""
    return quote(str(text), safe="")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
