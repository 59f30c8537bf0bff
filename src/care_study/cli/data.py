"""The commands `care-study data add`, `undo`, `compare` and `fetch`.

Imports of our own are inside the commands, so that ``--help`` is instant.
"""

import json
from pathlib import Path

import click

_DATA = click.option(
    "--data",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Data folder, with published/ in it (default: the project's own).",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
_QUIET = click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
_DRY = click.option("--dry-run", is_flag=True, help="Show the report; write nothing.")
_LARGEST = click.option(
    "--largest",
    "largest_mb",
    type=click.FloatRange(min=0, min_open=True),
    default=100,
    show_default=True,
    help="Refuse larger files, in MB.",
)


def register(group: click.Group) -> None:
    """Add the commands to the group `data`."""
    for command in (add, undo, compare, fetch):
        group.add_command(command)


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option("--release", help="The release, if not the newest year in the file: 2025 or 2025-11.")
@_LARGEST
@_DRY
@_JSON
@_QUIET
@_DATA
def add(
    files: tuple[Path, ...],
    release: str | None,
    largest_mb: float,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    folder: Path | None,
) -> None:
    """Add the Department's files, or tables of your own, to the data.

    PATH is a CSV file, a zip archive or a folder, as downloaded from Explore Education Statistics
    or written in the shape of a table (see the data dictionary). Files are known by their columns,
    not their names. The newest release wins, row by row; the report says what was added, revised
    and dropped, and is saved under build/revisions. `care-study data undo` takes it back.
    """
    _add(files, release, largest_mb, dry_run, as_json, quiet, folder)


def _add(
    files: tuple[Path, ...],
    release: str | None,
    largest_mb: float,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    folder: Path | None,
) -> None:
    from care_study import paths
    from care_study.data.adding import adding, report, store

    data = folder or paths.DATA
    if (data / store.HISTORY).exists():
        store.recover(data)
    plan = adding.plan(data / store.PUBLISHED, files, release=release, largest_mb=largest_mb)
    written, saved = bool(plan.tables) and not dry_run, ""
    if written:
        store.write(data, plan.tables)
        saved = str(store.save_report(paths.BUILD / "revisions", plan.changes))
    if as_json:
        click.echo(report.as_json(plan, written=written, saved=saved))
    elif not quiet:
        click.echo(report.as_text(plan))
        if written:
            click.echo(f"\nWritten: {', '.join(sorted(plan.tables))}. The report: {saved}")
            click.echo("Take it back with `care-study data undo`.")
        elif plan.tables:
            click.echo("\nNothing was written (--dry-run).")


@click.command()
@_QUIET
@_DATA
def undo(quiet: bool, folder: Path | None) -> None:
    """Put back the data as they were before the last `add`, byte by byte."""
    from care_study import paths
    from care_study.data.adding import store

    files = store.undo(folder or paths.DATA)
    if not quiet:
        click.echo(f"Put back: {', '.join(files)}")


@click.command()
@click.argument("older", type=click.Path(path_type=Path))
@click.argument("newer", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Save all changes as CSV.")
@_JSON
@_DATA
def compare(
    older: Path, newer: Path, output: Path | None, as_json: bool, folder: Path | None
) -> None:
    """Report what a NEWER release of a file changed against an OLDER one. Writes no data."""
    from care_study import paths
    from care_study.data import schemas, tables
    from care_study.data.adding import adding, report

    published = (folder or paths.DATA) / "published"
    authorities = tables.read_text_frame(
        published / "authorities.csv", schemas.TABLES["authorities"]
    )
    plan = adding.compare(older, newer, authorities)
    if output:
        plan.changes.to_csv(output, index=False, lineterminator="\n")
    click.echo(
        report.as_json(plan, written=False, saved=str(output or ""))
        if as_json
        else report.as_text(plan)
    )


@click.command(
    epilog="""\b
    Examples:
      care-study data fetch --add
      care-study data fetch referrals workforce
    """
)
@click.argument("tables", nargs=-1)
@click.option(
    "--to",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the files (default: build/downloads).",
)
@click.option("--add", "then_add", is_flag=True, help="Add the files when they are here.")
@click.option("--timeout", type=float, default=30, show_default=True, help="Seconds.")
@click.option("--tries", type=click.IntRange(min=1), default=5, show_default=True)
@click.option("--api", hidden=True, help="Address of the API.")
@click.option("--content", hidden=True, help="Address of the service with the archives.")
@_LARGEST
@_DRY
@_JSON
@_QUIET
@_DATA
def fetch(
    tables: tuple[str, ...],
    target: Path | None,
    then_add: bool,
    timeout: float,
    tries: int,
    api: str | None,
    content: str | None,
    largest_mb: float,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    folder: Path | None,
) -> None:
    """Download the current releases from Explore Education Statistics.

    TABLES limits it to some tables (default: all that the Department publishes). A file that did
    not change since the last time is not downloaded again; a broken download is resumed.
    """
    from care_study import paths
    from care_study.data.adding import fetch as fetching
    from care_study.data.adding.transfer import Patience

    files = fetching.fetch(
        target or paths.BUILD / "downloads",
        tables,
        api=api or fetching.API,
        content=content or fetching.CONTENT,
        patience=Patience(timeout=timeout, tries=tries),
        largest_mb=largest_mb,
        say=(lambda _: None) if quiet or as_json else click.echo,
    )
    paths_here = tuple(dict.fromkeys(file.path for file in files))
    if then_add or dry_run:
        _add(paths_here, None, largest_mb, dry_run, as_json, quiet, folder)
    elif as_json:
        click.echo(
            json.dumps(
                [
                    {"path": str(f.path), "url": f.url, "sha256": f.sha256, "new": f.new}
                    for f in files
                ],
                indent=2,
            )
        )
    elif not quiet:
        click.echo(f"Add them with: care-study data add {paths_here[0].parent}")
