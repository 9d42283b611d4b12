"""`mekong list data`: what is known of the five countries, and what fills gaps."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.console.options import Json
from sim.cli.console.tables import as_json, records, show, table


def data(
    gaps: Annotated[
        bool, typer.Option("--gaps", help="What no source gives, and the rule that fills it.")
    ] = False,
    json: Json = False,
) -> None:
    """List the data of the five countries, with their sources.

    Outcomes end in 2024.
    """
    if gaps:
        _gaps(json)
        return
    from sim.data.observations import observations

    frame = observations()
    if json:
        as_json(records(frame))
        return
    columns = ["indicator", "country", "years", "n", "unit", "kind", "family", "sources"]
    made = table("Observed outcomes", columns, right=["n"], prose=["sources"])
    keys = ["indicator", "country", "unit", "kind", "family"]
    for key, rows in frame.groupby(keys, sort=False, dropna=False):
        indicator, country, unit, kind, family = (str(part) for part in key)
        years = sorted({int(year) for year in rows["year"]})
        span = str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
        sources = list(dict.fromkeys(str(source) for source in rows["source_id"]))
        shown = ", ".join(sources[:3]) + (" ..." if len(sources) > 3 else "")
        made.add_row(indicator, country, span, str(len(rows)), unit, kind, family, shown)
    show(made, ["sources", "family", "kind", "unit"])


def _gaps(json: bool) -> None:
    from sim.data.load import filled_gaps
    from sim.data.trade import trade_gaps

    found = [*filled_gaps(), *trade_gaps()]
    if json:
        as_json([gap._asdict() for gap in found])
        return
    groups: dict[tuple[str, str, str], list[int]] = {}
    for gap in found:
        groups.setdefault((gap.indicator, gap.country, gap.rule), []).append(gap.year)
    made = table(
        "Values that no source gives", ["indicator", "country", "years", "rule"], prose=["rule"]
    )
    for (indicator, country, rule), years in groups.items():
        made.add_row(indicator, country, _spans(sorted(set(years))), rule)
    show(made)


def _spans(years: list[int]) -> str:
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(str(s[0]) if len(s) == 1 else f"{s[0]}-{s[-1]}" for s in spans)
