"""`mekong evidence tornado`: which inputs of a study matter most."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import (
    Country,
    Json,
    LackingRuns,
    Measure,
    Missing,
    Quiet,
    folder_there,
)

RATIO = "ratio"


def tornado(
    result: Annotated[Path, folder_there("Folder of a study with a one_at_a_time design.")],
    scenario: Annotated[
        str | None, typer.Option(help="Which scenario.", show_default="the baseline")
    ] = None,
    effect: Annotated[
        bool, typer.Option("--effect", help="The effect of a policy instead of the ratio.")
    ] = False,
    country: Country = "GMS5",
    measure: Measure = "real_usd",
    missing: LackingRuns = Missing.refuse,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Rank the inputs of a one-at-a-time study by their effect.

    The measure is the swing of the ratio 2030/2022, or of a policy's effect on it.
    """
    from sim.analysis.comparison.contrasts import POLICY
    from sim.analysis.comparison.tables.outcomes import outcomes
    from sim.analysis.sensitivity.tornado import swings
    from sim.analysis.tables import write_csv
    from sim.cli.console.arguments import check_place
    from sim.cli.console.outcome import say_where
    from sim.cli.console.tables import as_json, records, show, table
    from sim.errors import InputError, known_name
    from sim.experiments.storage.folder import read_manifest
    from sim.experiments.storage.store import Store
    from sim.figures.captions import place_name
    from sim.figures.style import save
    from sim.figures.tornado import tornado as draw
    from sim.rows import rows_where
    from sim.target import MEASURES

    check_place(country)
    manifest = read_manifest(result)
    baseline = str(manifest["baseline"])
    names = list(manifest["scenarios"])
    policies = [name for name in names if name != baseline]
    added = manifest.get("added_scenarios", ())
    policies.sort(key=lambda name: name in added)
    chosen = scenario or (policies[0] if effect and policies else baseline)
    for name, allowed, where in (
        (chosen, names, "--scenario"),
        (measure, list(MEASURES), "--measure"),
    ):
        known_name(name, allowed, where)
    if effect and chosen == baseline:
        raise InputError(
            "the baseline has no effect on itself",
            where="--scenario",
            allowed=", ".join(policies) or "a study with a policy",
        )
    frame = outcomes(Store(result), manifest, missing.value)
    mine = rows_where(frame, country=country, measure=measure, scenario=chosen)
    value = "effect_ratio" if effect else RATIO
    if effect and (mine["effect_of"] != POLICY).any():
        raise InputError(
            f"'{chosen}' has no effect of policy here: its difference from the baseline is one of "
            "assumptions",
            where="--scenario",
            allowed="a scenario with levers of its own",
        )
    found = swings(mine, value)
    what = f"{place_name(country)}, 2030 over 2022"
    title = str(manifest["title"])
    figure = draw(
        found,
        what=f"effect of {chosen} on {what}" if effect else f"{what}, {chosen}",
        unit=MEASURES[measure],
        question=title if title.endswith("?") else "Which inputs influence the doubling most?",
        runs=f"{len(manifest['seeds'])} seed{'s' * (len(manifest['seeds']) > 1)}; "
        f"baseline: {baseline}; one agent represents {manifest['scale']:,} people",
    )
    write_csv(result / "tornado.csv", found)
    save(figure, result / "figures" / "tornado")
    if json:
        as_json({"scenario": chosen, "value": value, "swings": records(found)})
    elif not quiet:
        heads = ["at its lowest", "at its highest", "lowest", "highest"]
        made = table(f"{what}, {chosen}: {value}", ["input", *heads], right=heads)
        for row in found.to_dict("records"):
            keys = ("at_low", "at_high", "input_low", "input_high")
            made.add_row(str(row["input"]), *(f"{row[key]:.4g}" for key in keys))
        show(made)
        say_where(result, "tornado.csv", "tornado", quiet)
