"""The command `care-study remake`: stored results made anew."""

import click


def register(main: click.Group) -> None:
    """Add the command."""
    main.add_command(remake)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
def remake(names: tuple[str, ...]) -> None:
    """Make the stored results anew, or only those named; some minutes.

    What takes too long for every build is kept in a file, with the fingerprint of the figures that
    it was made of. After a change of the figures this command makes it from the new ones.
    """
    from care_study.pipeline.remake import RESULTS

    unknown = [name for name in names if name not in RESULTS]
    if unknown:
        raise ValueError(f"Found {', '.join(unknown)}; expected some of {', '.join(RESULTS)}.")
    for name in names or RESULTS:
        RESULTS[name]()
        click.echo(f"Made anew: {name}")
