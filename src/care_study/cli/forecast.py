"""The commands `care-study forecast fix` and `score`: forecasts that will be judged."""

import click


def register(main: click.Group) -> None:
    """Add the group."""
    main.add_command(forecast)


@click.group()
def forecast() -> None:
    """Fix forecasts for the next release, and score them once it is added."""


@forecast.command()
def fix() -> None:
    """Write forecasts of the next year for every authority, with their fingerprint.

    Forecasts that were fixed are not written again.
    """
    from care_study import paths
    from care_study.pipeline import forecasts

    for path in forecasts.fix(paths.DATA, paths.PUBLISHED):
        click.echo(f"Fixed: {path.relative_to(paths.ROOT)}")


@forecast.command()
@click.argument("year", type=int)
def score(year: int) -> None:
    """Score the forecasts of YEAR against the figures held now.

    Prints, by indicator, how often the 80% and the 95% interval held the outcome, the error beside
    that of the naive forecast (the last value), and the CRPS. A file that was changed since it was
    fixed is refused.
    """
    from care_study import paths
    from care_study.pipeline import forecasts

    found = forecasts.score(paths.DATA, paths.PUBLISHED, year)
    click.echo(found.summary.to_string(index=False, float_format="%.3f"))
    click.echo(f"Fingerprint {found.fingerprint}: unchanged since the forecasts were fixed.")
