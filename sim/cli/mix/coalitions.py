"""`mekong mix coalitions`: who gains from cooperation, and who would stay out."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import (
    MIX_SCALE,
    Draws,
    Json,
    NoProgress,
    Scale,
    Seeds,
    Threads,
    a_folder,
)
from sim.cli.console.tables import as_json, console, records, show, table

if TYPE_CHECKING:
    import pandas as pd


def coalitions(
    game: Annotated[str, typer.Argument(help="agreement or crackdown")],
    among: Annotated[str, typer.Option(help="Countries, such as KHM,LAO,THA.")] = "all",
    scale: Scale = MIX_SCALE,
    seeds: Seeds = "1",
    draws: Draws = 10,
    threads: Threads = None,
    out: Annotated[
        Path | None, a_folder("Folder for the table and a picture.", "nothing is written")
    ] = None,
    json: Json = False,
    quiet: NoProgress = False,
) -> None:
    """Compute who gains from each coalition and who would leave it.

    Also what a country gains that acts alone, and the side payment that keeps all members in.
    """
    from sim.analysis.policy_mixes.coalitions import FEWEST_MEMBERS, checked, incentives
    from sim.analysis.policy_mixes.coalitions import coalitions as coalitions_of
    from sim.analysis.text.cooperation import cooperation
    from sim.cli.console.arguments import names_in, parse_seeds
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.experiments.run import draw_list, seed_list
    from sim.experiments.storage.folder import opened, question_record
    from sim.units import COUNTRIES

    isos = checked(game, COUNTRIES if among == "all" else names_in(among, "--among"))
    wanted = seed_list(parse_seeds(seeds))
    count = len(wanted) * len(draw_list(draws))
    programmes = len(coalitions_of(isos, FEWEST_MEMBERS[game]))
    announce(scale, (programmes + 1) * count, 1, threads, quiet)
    asked = {"game": game, "among": isos, "scale": scale, "seeds": wanted, "draws": draws}
    held = nullcontext() if out is None else opened(out, question_record("incentives", asked))
    with held, reporter(quiet, json) as progress:
        frame = incentives(game, isos, scale, wanted, draws, threads, progress)
    said = cooperation(frame)
    if out is not None:
        write(frame, said, out, scale)
        if not json:
            typer.echo(f"Picture: {out / 'figures' / 'coalitions.png'}")
    if json:
        as_json({"said": said, "incentives": records(frame)})
        return
    made = table(
        f"{game}: gains 2026-2030, million constant 2022 US$, means of {count} runs",
        [
            "members",
            *isos,
            "members together",
            "would leave",
            "would join",
            "nobody leaves in",
            "side payment",
        ],
        right=[*isos, "members together", "nobody leaves in", "side payment"],
    )
    for name, rows in frame.groupby("coalition", sort=False):
        one = rows.iloc[0]
        side = f"{one.side_payment_usd / 1e6:,.0f}" + ("" if one.can_be_paid else " (too much)")
        made.add_row(
            str(name),
            *(f"{value / 1e6:+,.0f}" for value in rows.sort_values("country")["gain_usd"]),
            f"{one.coalition_gain_usd / 1e6:+,.0f}",
            " ".join(rows[rows.wants == "leave"]["country"]) or "none",
            " ".join(rows[rows.wants == "join"]["country"]) or "none",
            f"{100 * one.deviation_proof_in:.0f} %",
            "none" if one.deviation_proof else side,
        )
    show(made)
    for sentence in said:
        console().print(sentence)
    console().print(
        "A coalition that no member would leave is deviation-proof. Gains: cheaper goods, scam "
        "losses avoided, sellers' profit and tax, less cost of programmes and revenue of hosted "
        "compounds."
    )


def write(frame: pd.DataFrame, said: list[str], out: Path, scale: int) -> None:
    """Write `incentives.csv`, `conclusion.txt` and `figures/coalitions`. Raises OutputError."""
    from sim.analysis.policy_mixes.coalitions import START
    from sim.analysis.tables import write_csv
    from sim.experiments.storage.atomic_write import write_text
    from sim.figures.coalitions import coalition_table
    from sim.figures.style import save

    write_csv(out / "incentives.csv", frame)
    write_text(out / "conclusion.txt", "\n".join(said) + "\n")
    figure = coalition_table(frame, start=START, scale=scale)
    save(figure, out / "figures" / "coalitions")
