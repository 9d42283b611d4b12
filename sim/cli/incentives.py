"""`mekong incentives`: who gains by acting together, who would rather stay out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.show import as_json, console, records, table
from sim.experiments.storage.local_path import output_folder

if TYPE_CHECKING:
    import pandas as pd

Json = Annotated[bool, typer.Option("--json", help="Only JSON on the standard output.")]


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(incentives)


def incentives(
    game: Annotated[str, typer.Argument(help="agreement or crackdown")],
    among: Annotated[str, typer.Option(help="Countries, such as KHM,LAO,THA.")] = "all",
    scale: Annotated[int, typer.Option(help="People that one agent stands for.")] = 20_000,
    seeds: Annotated[str, typer.Option(help="A number n (seeds 1 to n) or a list: 1,2,3")] = "1",
    threads: Annotated[int | None, typer.Option(help="Threads.", show_default="all")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=output_folder,
            metavar="FOLDER",
            help="Folder for the table and a picture.",
            show_default="nothing is written",
        ),
    ] = None,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Gains of every coalition by country, who would leave or join, side payments needed."""
    from sim.analysis.policy_mixes.coalitions import checked, coalitions
    from sim.analysis.policy_mixes.coalitions import incentives as judge
    from sim.analysis.question_folder import open_question, record_of
    from sim.cli.mixes import names_in
    from sim.cli.progress import reporter
    from sim.cli.runs import parse_seeds
    from sim.cli.sizes import state
    from sim.experiments.run import seed_list
    from sim.units import COUNTRIES

    isos = checked(game, COUNTRIES if among == "all" else names_in(among, "--among"))
    wanted = seed_list(parse_seeds(seeds))
    count = len(wanted)
    need = state(scale, (len(coalitions(isos)) + 1) * count, threads)
    if not quiet:
        typer.echo(need, err=True)
    if out is not None:
        asked = {"game": game, "among": isos, "scale": scale, "seeds": wanted}
        open_question(out, record_of("incentives", asked))
    with reporter(quiet) as progress:
        frame = judge(game, isos, scale, wanted, threads, progress)
    if out is not None:
        write(frame, out, count, scale)
        if not json:
            typer.echo(f"Picture: {out / 'figures' / 'coalitions.png'}")
    if json:
        as_json(records(frame))
        return
    made = table(
        f"{game}: gains 2026-2030, million constant 2022 US$",
        [
            "members",
            *isos,
            "members together",
            "would leave",
            "would join",
            "side payment",
        ],
        right=[*isos, "members together", "side payment"],
    )
    for name, rows in frame.groupby("coalition", sort=False):
        one = rows.iloc[0]
        side = f"{one.side_payment_usd / 1e6:,.0f}" + ("" if one.can_be_paid else " (too much)")
        made.add_row(
            str(name),
            *(f"{value / 1e6:+,.0f}" for value in rows.sort_values("country")["gain_usd"]),
            f"{one.coalition_gain_usd / 1e6:+,.0f}",
            " ".join(rows[rows.wants == "leave"]["country"]) or "nobody",
            " ".join(rows[rows.wants == "join"]["country"]) or "nobody",
            "none" if one.deviation_proof else side,
        )
    console().print(made)
    typer.echo(
        "A coalition that nobody would leave is deviation-proof. Gains: cheaper goods, losses to "
        "scams avoided, sellers' profit, tax, less programmes and takings of hosted compounds."
    )


def write(frame: pd.DataFrame, out: Path, seeds: int, scale: int) -> None:
    """Write `incentives.csv` and `figures/coalitions`. Raises OutputError."""
    from sim.analysis.tables import write_csv
    from sim.figures.coalitions import coalition_table
    from sim.figures.style import save

    write_csv(out / "incentives.csv", frame)
    save(coalition_table(frame, seeds=seeds, scale=scale), out / "figures" / "coalitions")
