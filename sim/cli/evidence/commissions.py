"""`mekong evidence commissions`: commissions of platforms and the number of sellers in Viet Nam."""

from __future__ import annotations

from sim.cli.console.options import INSPECTION_SCALE, Json, NoProgress, Scale, Seeds, Threads
from sim.cli.console.tables import as_json, console, records, show, table


def commissions(
    scale: Scale = INSPECTION_SCALE,
    seeds: Seeds = "2",
    threads: Threads = None,
    json: Json = False,
    quiet: NoProgress = False,
) -> None:
    """Compare sellers with and without published commissions."""
    from sim.analysis.validation.commissions import (
        DEFINITIONS,
        PATHS,
        model_sellers,
        published_counts,
    )
    from sim.cli.console.arguments import parse_seeds
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.experiments.run import seed_list

    wanted = seed_list(parse_seeds(seeds))
    announce(scale, len(PATHS) * len(wanted), 1, threads, quiet)
    with reporter(quiet) as progress:
        found = model_sellers(scale, wanted, threads, progress)
    counts = published_counts()
    if json:
        as_json({"model": records(found), "counted": records(counts), "note": DEFINITIONS})
        return
    columns = ["year", "published", "sellers", "assumed", "sellers ", "difference"]
    made = table(
        "Small firms with an online shop, Viet Nam, and what platforms keep of an order",
        columns,
        right=columns[1:],
    )
    by_path = {path: found[found["path"] == path].set_index("year") for path in PATHS}
    for year in by_path[PATHS[0]].index:
        one, other = (by_path[path].loc[year] for path in PATHS)
        made.add_row(
            str(year),
            f"{100 * one['kept']:.1f} %",
            f"{one['sellers']:,.0f}",
            f"{100 * other['kept']:.1f} %",
            f"{other['sellers']:,.0f}",
            f"{100 * (one['sellers'] / other['sellers'] - 1):+.1f} %",
        )
    show(made)
    counted = table(
        "Shops counted on marketplaces, Viet Nam",
        ["year", "what", "count", "source"],
        right=["count"],
        prose=["what"],
    )
    for row in records(counts):
        counted.add_row(str(row["year"]), row["what"], f"{row['value']:,.0f}", row["source"])
    show(counted)
    console().print(DEFINITIONS)
