"""Commands for a second reader of the documents."""

import math
from pathlib import Path

import click


def register(main: click.Group) -> None:
    """Add the group ``code``."""
    main.add_command(code)


@click.group()
def code() -> None:
    """Have a second reader code the claims blind, and compare."""


@code.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def sheet(file: Path) -> None:
    """Write FILE (CSV): every claim and its place, without what the register says of it."""
    from care_study import paths
    from care_study.claims import read_register
    from care_study.claims.coding import sheet as make

    made = make(read_register(paths.DOCUMENTS))
    made.to_csv(file, index=False, lineterminator="\n")
    click.echo(f"Written: {file}, {len(made)} claims. The rules: data/documents/README.md")


@code.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def agreement(file: Path) -> None:
    """Say how far a filled sheet, FILE, agrees with the register (Cohen's kappa, 95% interval)."""
    import pandas as pd

    from care_study import paths
    from care_study.claims import read_register
    from care_study.claims.coding import agreement as compare

    coded = pd.read_csv(file, dtype=str, keep_default_na=False)
    for row in compare(read_register(paths.DOCUMENTS), coded).to_dict("records"):
        known = not math.isnan(row["kappa"])
        kappa = f", kappa {row['kappa']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})"
        agree = f"{row['column']}: {row['agree']:.0%} of {row['claims']} claims"
        click.echo(agree + (kappa if known else ""))
