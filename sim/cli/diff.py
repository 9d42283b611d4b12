"""`mekong diff`: two results side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import Json, ResultFolder

if TYPE_CHECKING:
    import pandas as pd


def diff(
    first: ResultFolder,
    second: ResultFolder,
    most: Annotated[int, typer.Option(min=0, help="Rows to show of each table.")] = 10,
    json: Json = False,
) -> None:
    """Show in which inputs, versions and numbers two results differ."""
    from sim.analysis.two_results import diff as compare
    from sim.cli.console.tables import as_json

    found = compare(first, second)
    if json:
        tables = ("inputs", "versions", "numbers", "counts")
        records = {name: getattr(found, name).to_dict("records") for name in tables}
        as_json({"same": found.same, **records})
        return
    _side_by_side("Inputs", found.inputs, most)
    _side_by_side("Versions", found.versions, most)
    if found.same:
        typer.echo(f"Numbers: all {int(found.counts['numbers'].sum()):,} are equal")
        return
    for row in found.counts.to_dict("records"):
        lost = row["rows_first_only"] + row["rows_second_only"]
        only = f"; {lost} rows are in one of them only" if lost else ""
        typer.echo(
            f"Numbers of {row['table']}: {row['differing']:,} of {row['numbers']:,} differ{only}"
        )
    for row in found.numbers.head(most).to_dict("records"):
        share = "" if row["relative"] != row["relative"] else f" ({100 * row['relative']:+.3g} %)"
        typer.echo(
            f"  {row['table']}: {row['row']}, {row['column']}: "
            f"{row['first']:.6g} -> {row['second']:.6g}{share}"
        )
    if len(found.numbers) > most:
        typer.echo(f"  ... and {len(found.numbers) - most:,} more: --most or --json shows them")


def _side_by_side(title: str, table: pd.DataFrame, most: int) -> None:
    typer.echo(f"{title}: " + ("the same" if table.empty else f"{len(table)} differ"))
    for row in table.head(most).to_dict("records"):
        typer.echo(f"  {row['what']}: {row['first']} -> {row['second']}")
    if len(table) > most:
        typer.echo(f"  ... and {len(table) - most:,} more: --most or --json shows them")
