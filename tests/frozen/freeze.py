"""The figure tables as they were when the tests' numbers were worked out: a copy that stays.

A test that holds a number ("Kent had 1,500 in 2025") reads this copy, so a new release, which adds
years and revises others, breaks none of them. What must hold of any data reads the living tables.
`make freeze` writes the copy anew, where a table gets another shape or a held number should move.
"""

import getpass
import hashlib
import io
import shutil
import tarfile
import tempfile
from pathlib import Path

ARCHIVE = Path(__file__).with_name("published.tar.xz")


def freeze(folder: Path, archive: Path = ARCHIVE) -> None:
    """Write the tables of a folder as one archive: the same tables give the same bytes."""
    with tarfile.open(archive, "w:xz", format=tarfile.USTAR_FORMAT) as made:
        for file in sorted(folder.glob("*.csv")):
            content = file.read_bytes()
            member = tarfile.TarInfo(file.name)
            member.size, member.mode = len(content), 0o644
            made.addfile(member, io.BytesIO(content))


def thaw(archive: Path = ARCHIVE) -> Path:
    """Unpack the copy once a machine, and give the folder; several processes may ask at once."""
    name = hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"care-study-frozen-{getpass.getuser()}-{name}"
    if not folder.is_dir():
        aside = Path(tempfile.mkdtemp(prefix="care-study-frozen-"))
        with tarfile.open(archive) as packed:
            packed.extractall(aside, filter="data")
        try:
            aside.rename(folder)
        except OSError:  # another process was first
            shutil.rmtree(aside)
    return folder


if __name__ == "__main__":
    freeze(Path(__file__).parents[2] / "data" / "published")
    print(f"Written: {ARCHIVE}")
