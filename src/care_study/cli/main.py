"""The command line. Imports are inside the commands, so that ``--help`` is instant."""

import sys

import click

from care_study.cli import code as cli_code
from care_study.cli import data as cli_data
from care_study.cli import forecast as cli_forecast
from care_study.cli import remake as cli_remake
from care_study.cli import run as cli_run
from care_study.cli import terminal


class _Group(click.Group):
    """Turns errors that a user can mend into one message and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        terminal.spell_out()
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click's own ways to end, which are RuntimeErrors, and what it knows to handle
        except (ValueError, RuntimeError, OSError) as error:
            with terminal.unheard():
                click.secho(str(error), fg="red", err=True)
            sys.exit(2)


def _use_cluster(address: str | None) -> None:
    """Have the tasks send the notebooks to a cluster."""
    import os

    if address:
        os.environ["CARE_STUDY_CLUSTER"] = address


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="care-study")
def main() -> None:
    """Recompute what public documents claim about children's services, and publish the book.

    Start with `care-study book`; edit study.yml to change areas, comparators, years and events.
    """


@main.command(cls=terminal.Build)
@click.option("-n", "--workers", type=click.IntRange(min=1), help="Processes (default: all cores).")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
@click.option("--cluster", help="Dask scheduler that executes the notebooks: tcp://HOST:PORT.")
def book(workers: int | None, quiet: bool, cluster: str | None) -> None:
    """Validate the data, execute the notebooks and build the book."""
    from care_study import paths
    from care_study.pipeline.run import run

    _use_cluster(cluster)

    code = run(workers=workers, quiet=quiet)
    if code == 0:
        click.echo(f"The book: {paths.HTML / 'index.html'}")
    sys.exit(code)


@main.command(cls=terminal.Build)
@click.option("-n", "--workers", type=click.IntRange(min=1), help="Processes (default: all cores).")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
@click.option("--cluster", help="Dask scheduler that executes the notebooks: tcp://HOST:PORT.")
def atlas(workers: int | None, quiet: bool, cluster: str | None) -> None:
    """Build the book with the atlas: one page for every authority in England.

    A page is executed again only when the figures that it shows, its notebook or its code changed.
    """
    import os

    from care_study import paths

    _use_cluster(cluster)
    os.environ["CARE_STUDY_ATLAS"] = "1"  # the tasks look, in this process and in its workers
    from care_study.pipeline.run import run

    code = run(workers=workers, quiet=quiet)
    if code == 0 and not quiet:
        click.echo(f"The atlas: {paths.HTML / 'atlas' / 'index.html'}")
    sys.exit(code)


@main.command(cls=terminal.Build)
@click.option("-n", "--workers", type=click.IntRange(min=1), help="Processes (default: all cores).")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but failures.")
def pdf(workers: int | None, quiet: bool) -> None:
    """Build the book and print it to one PDF, which its first page then links to."""
    import os

    from care_study import paths

    os.environ["CARE_STUDY_PDF"] = "1"  # the task looks, in this process or in a worker
    from care_study.pipeline.run import run
    from care_study.publish.book import PDF

    code = run(workers=workers, quiet=quiet)
    if code == 0 and not quiet:
        click.echo(f"The PDF: {paths.HTML / PDF}")
    sys.exit(code)


@main.command()
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run every test, then nbval on the executed notebooks. ARGUMENTS go to pytest."""
    from care_study.pipeline.verify import verify

    sys.exit(verify(list(arguments)))


@main.command()
def clean() -> None:
    """Remove everything that was built."""
    from care_study.pipeline.run import clean as remove

    remove()


cli_forecast.register(main)
cli_remake.register(main)
cli_run.register(main)
cli_code.register(main)


@main.group()
def data() -> None:
    """Check, describe, add and fetch the figure tables."""


cli_data.register(data)


@data.command("check")
@click.argument("folder", required=False)
def data_check(folder: str | None) -> None:
    """Check the tables of FOLDER (default: data/published) against their contracts."""
    from care_study import paths
    from care_study.data import tables

    checked = tables.load(folder or paths.PUBLISHED)
    for name, frame in checked.items():
        click.echo(f"{name}: {len(frame):,} rows")


@data.command("describe")
def data_describe() -> None:
    """Write data/datapackage.json from the definitions of tables and columns."""
    from care_study import paths
    from care_study.data import datapackage, tables

    tables.load(paths.PUBLISHED)  # only sound tables are worth describing
    paths.DATAPACKAGE.write_text(datapackage.text(paths.PUBLISHED), encoding="utf-8")
    click.echo(f"Written: {paths.DATAPACKAGE}")


@main.command()
@click.argument("search", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
def areas(search: str, as_json: bool) -> None:
    """List the areas, or those whose name or code contains SEARCH."""
    from care_study import paths
    from care_study.data import geography, tables

    held = tables.Tables(paths.PUBLISHED, ["authorities", "boundary_changes"])
    listed = geography.areas(held["authorities"], held["boundary_changes"])
    wanted = search.lower()
    names = listed["area_name"].str.lower().str.contains(wanted, regex=False)
    found = listed[names | listed.index.str.lower().str.contains(wanted, regex=False)]
    if found.empty:
        found = listed.loc[[geography.find_area(listed, search)]]  # or the nearest names, as error
    if as_json:
        listing = found.reset_index()[["area_id", "area_name", "area_type", "region", "note"]]
        click.echo(listing.to_json(orient="records", force_ascii=False, indent=2))
        return
    for area_id, area in zip(map(str, found.index), found.itertuples(), strict=True):
        note = f"; {area.note}" if area.note else ""
        click.echo(f"{area_id:<12} {area.area_name} ({area.region or area.area_type}{note})")
