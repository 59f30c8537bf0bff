"""The commands `care-study run`, `care-study everywhere` and `care-study new`.

Imports of our own are inside the commands, so that ``--help`` is instant.
"""

import json
import sys
from pathlib import Path
from typing import Any

import click

from care_study.cli import terminal

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path, resolve_path=True)


def register(group: click.Group) -> None:
    """Add the commands to the command line."""
    for command in (run, new, everywhere, show):
        group.add_command(command)


@click.command(cls=terminal.Build)
@click.argument("notebooks", nargs=-1, metavar="[NOTEBOOK]...")
@click.option("--area", help="Name or code, such as Essex or 881; `care-study areas` lists them.")
@click.option("--neighbours", type=click.Choice(["2021", "2025"]), help="List of neighbours.")
@click.option("--statistic", type=click.Choice(["mean", "median"]), help="Of the neighbours.")
@click.option("--from", "first_year", type=int, help="First year, ending 31 March.")
@click.option("--to", "last_year", type=int, help="Last year, ending 31 March.")
@click.option("--event", help="Year and month of what is asked about, such as 2019-04.")
@click.option("--data", "folder", type=_FOLDER, help="Folder with the figure tables.")
@click.option("--open", "open_it", is_flag=True, help="Open the result in the browser.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
def run(
    notebooks: tuple[str, ...],
    area: str | None,
    neighbours: str | None,
    statistic: str | None,
    first_year: int | None,
    last_year: int | None,
    event: str | None,
    folder: Path | None,
    open_it: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run the study for one area: its profile, and every chapter that applies to it.

    NOTEBOOK names the notebooks to run; by default all that can be about any area. What is not
    given comes from study.yml. The pages are in build/runs/<area>/html; what was there stays until
    the new ones are complete.

    \b
    care-study run --area Essex
    care-study run --area Essex --neighbours 2025 --statistic median --from 2015
    care-study run cambridgeshire --area Kent --event 2019-04 --open

    Exit codes: 0 done, with or without chapters that do not apply; 1 a notebook failed, or none
    applies; 2 something given cannot be used.
    """  # noqa: D301  \b keeps the lines of the examples apart
    from care_study import paths
    from care_study.pipeline.area_run import find_name, jobs, list_with, run_area
    from care_study.pipeline.place import check_place
    from care_study.study import event_year, read_study

    check_place()
    study = read_study(paths.STUDY)
    if not area and not notebooks:
        raise click.UsageError("Give --area, or the name of a notebook; see --help.")
    if event:
        event_year(event)
    given: dict[str, Any] = {
        "area": find_name(study, area, folder) if area else None,
        "neighbours": neighbours,
        "statistic": statistic,
        "first_year": first_year,
        "last_year": last_year,
        "event": event,
        "data_folder": str(folder) if folder else None,
    }
    if area and not neighbours:
        given["neighbours"] = list_with(study, area, folder)
        if given["neighbours"] != study.general["neighbours"] and not quiet:
            click.echo(
                f"{given['area']} is on the list of {given['neighbours']} only; its neighbours are "
                "taken from there.",
                err=True,
            )
    options = {name: value for name, value in given.items() if value is not None}
    todo = jobs(study, options, notebooks)
    if not todo:
        raise ValueError(
            f"{paths.NOTEBOOKS}: found no notebook with a parameter `area`. Add one, or name the "
            "notebooks to run."
        )
    name = str(options.get("area") or todo[0].parameters.get("area") or todo[0].notebook.stem)
    from rich.console import Console
    from rich.progress import Progress

    with Progress(
        console=Console(stderr=True), transient=True, disable=quiet or as_json
    ) as progress:
        bar = progress.add_task(name, total=len(todo) + 1)

        def step(words: str) -> None:
            progress.update(bar, advance=0 if words == todo[0].notebook.stem else 1)
            progress.update(bar, description=f"{name}: {words}")

        done = run_area(name, todo, study.timeout_seconds, step)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "area": done.area,
                    "index": str(done.index) if done.index else None,
                    "notebooks": [outcome.as_json() for outcome in done.outcomes],
                },
                indent=2,
                ensure_ascii=False,
            )
        )
    for outcome in () if as_json else done.outcomes:
        failed = outcome.status == "failed"
        if failed or not quiet:
            words = outcome.page or f"{outcome.status}: {outcome.reason}"
            click.echo(f"{outcome.notebook}: {words}", err=failed)
    if done.index and open_it:
        click.launch(done.index.as_uri())
    sys.exit(0 if done.is_complete else 1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--data", "source", type=_FOLDER, help="Folder with figure tables to copy.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
def new(folder: Path, source: Path | None, quiet: bool) -> None:
    """Write a small study of your own in FOLDER, which runs on this program as it is installed.

    It gets study.yml, a notebook, a page and a data folder; with --data, or inside another study,
    the figure tables too. Nothing that exists is overwritten.

    \b
    care-study new my-study
    cd my-study
    care-study book
    """  # noqa: D301
    from care_study import paths
    from care_study.pipeline.starter import write_project

    tables = source or (paths.PUBLISHED if paths.PUBLISHED.is_dir() else None)
    count = write_project(folder, tables)
    if not quiet:
        held = (
            f"{count} figure tables copied from {tables}."
            if count
            else "No figure tables yet: `care-study data fetch` or `care-study data add` them."
        )
        click.echo(f"Written: {folder}. {held}\nNext: cd {folder} && care-study book")


@click.command()
@click.argument("areas", nargs=-1, metavar="[AREA]...")
@click.option("--write", is_flag=True, help="Write the page of the atlas (all authorities).")
def everywhere(areas: tuple[str, ...], write: bool) -> None:
    """Ask every chapter of every authority, or of each AREA: what is left out, and why.

    Charts are not drawn, so that an authority takes seconds. Exit code 1: a chapter stopped.
    """
    from care_study import paths
    from care_study.pipeline import atlas
    from care_study.pipeline import everywhere as asking
    from care_study.pipeline.dependencies import data_folder
    from care_study.study import read_study

    study = read_study(paths.STUDY)
    every = [area.name for area in atlas.areas_of(data_folder(study.data_folder))]
    wanted = areas or tuple(every)
    found = []
    for one in asking.left_out(asking.chapters(), wanted):
        found.append(one)
        click.echo(f"{one.area}: {one.notebook}, {one.section}: {one.reason}", err=one.stops)
    stopped = any(one.stops for one in found)
    if write and not stopped and not areas:
        atlas.LEFT_OUT.parent.mkdir(exist_ok=True)
        atlas.LEFT_OUT.write_text(asking.page(found, len(every)), encoding="utf-8", newline="\n")
        click.echo(f"Written: {atlas.LEFT_OUT}")
    sys.exit(1 if stopped else 0)


@click.command()
@click.argument("indicator")
@click.argument("area")
@click.option(
    "--neighbours", type=click.Choice(["2021", "2025"]), default="2021", show_default=True
)
@click.option("--data", "folder", type=_FOLDER, help="Folder with the figure tables.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--csv", "form", flag_value="csv", help="Print CSV, as R and others read it.")
def show(indicator: str, area: str, neighbours: str, folder: Path | None, form: str | None) -> None:
    """Show an INDICATOR of an AREA by year, beside its statistical neighbours.

    \b
    care-study show re-referrals Kent
    care-study show looked_after_rate "City of London" --csv
    """  # noqa: D301
    from care_study.look_up import ask

    found = ask(indicator, area, neighbours=neighbours, data_folder=folder)
    table, name = found.table, found.setting.area_name
    if form == "csv":
        click.echo(table.to_csv(index=False, lineterminator="\n"), nl=False)
    elif form == "json":
        rows = json.loads(table.to_json(orient="records"))
        words = {"area": name, "indicator": found.indicator.id, "title": found.indicator.title}
        words |= {"unit": found.indicator.unit, "formula": found.indicator.formula}
        click.echo(json.dumps({**words, "years": rows}, indent=2, ensure_ascii=False))
    else:
        click.echo(f"{found.indicator.title}, {found.indicator.unit}: {name}")
        shown = table[["year", "value", "lower", "upper", "mean", "median", "reason"]]
        click.echo(shown.to_string(index=False, na_rep="", float_format="%.1f"))
