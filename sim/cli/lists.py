"""What there is: scenarios, parameters, indicators, data (levers: `sim/cli/levers.py`)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from sim.cli.show import as_json, console, records, table
from sim.errors import InputError, did_you_mean

Json = Annotated[bool, typer.Option("--json", help="Only JSON on the standard output.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (scenarios, parameters, indicators, data):
        app.command()(command)


def scenarios(json: Json = False) -> None:
    """The scenarios that come with the program."""
    from sim.scenario import load_scenario, shipped_scenarios

    found = [load_scenario(name) for name in shipped_scenarios()]
    if json:
        as_json([{"name": s.name, **s.as_dict()} for s in found])
        return
    made = table("Scenarios", ["name", "title", "question", "levers"])
    for s in found:
        made.add_row(s.name, s.title, s.question, ", ".join(s.levers))
    console().print(made)


def parameters(
    name: Annotated[
        str | None, typer.Option(help="Only this parameter, in full.", show_default=False)
    ] = None,
    mechanism: Annotated[
        str | None, typer.Option(help="Only those of one mechanism.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Every number that a person may turn: value in a run, prior, meaning, source."""
    from sim.parameters.table import parameter_table
    from sim.parameters.values import ParameterSet

    chosen = list(parameter_table().values())
    if name is not None:
        _known("parameter", name, [p.name for p in chosen])
        chosen = [p for p in chosen if p.name == name]
    if mechanism is not None:
        _known("mechanism", mechanism, list(dict.fromkeys(p.mechanism for p in chosen)))
        chosen = [p for p in chosen if p.mechanism == mechanism]
    used = ParameterSet.central().as_dict()
    if json:
        as_json([asdict(p) | {"used": used[p.name]} for p in chosen])
    elif name is not None:
        _details(asdict(chosen[0]) | {"used in a run": used[name]})
    else:
        columns = ["name", "mechanism", "in a run", "prior, 5 % to 95 %", "unit", "status"]
        made = table("Parameters", [*columns, "meaning"], right=["in a run"])
        for p in chosen:
            value = used[p.name]
            shown = "*" if isinstance(value, dict) else f"{value:g}"
            span = f"{p.low:g} to {p.high:g}"
            made.add_row(p.name, p.mechanism, shown, span, p.unit, p.status, p.meaning)
        console().print(made)
        typer.echo("* differs between countries: see `mekong parameters --name NAME`")
        typer.echo("estimated: fitted to data, a run uses the posterior; all others keep the prior")


def _known(kind: str, word: str, options: list[str]) -> None:
    if word not in options:
        raise InputError(
            f"there is no {kind} '{word}'",
            allowed=", ".join(options) if len(options) < 20 else "see `mekong parameters`",
            todo=did_you_mean(word, options) or None,
        )


def _details(row: dict[str, Any]) -> None:
    made = table(str(row.pop("name")), ["", " "])
    for key, value in row.items():
        if isinstance(value, dict):
            value = ", ".join(f"{iso} {number:g}" for iso, number in value.items())
        if value not in ("", None):
            made.add_row(key.replace("_", " "), str(value))
    console().print(made)


def indicators(json: Json = False) -> None:
    """Everything that is measured: name, unit, stock or flow, definition."""
    from sim.model.indicators import INDICATORS

    if json:
        as_json([asdict(indicator) for indicator in INDICATORS.values()])
        return
    made = table("Indicators", ["name", "unit", "kind", "by group", "definition"])
    for indicator in INDICATORS.values():
        grouped = "yes" if indicator.grouped else ""
        made.add_row(indicator.name, indicator.unit, indicator.kind, grouped, indicator.definition)
    console().print(made)


def data(
    gaps: Annotated[
        bool, typer.Option("--gaps", help="What no source gives, and the rule that fills it.")
    ] = False,
    json: Json = False,
) -> None:
    """What is known of the five countries, from which source; outcomes end in 2023."""
    if gaps:
        _gaps(json)
        return
    from sim.data.observations import observations

    frame = observations()
    if json:
        as_json(records(frame))
        return
    columns = ["indicator", "country", "years", "figures", "unit", "kind", "family", "sources"]
    made = table("Observed outcomes", columns, right=["figures"])
    keys = ["indicator", "country", "unit", "kind", "family"]
    for key, rows in frame.groupby(keys, sort=False, dropna=False):
        indicator, country, unit, kind, family = (str(part) for part in key)
        years = sorted({int(year) for year in rows["year"]})
        span = str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
        sources = list(dict.fromkeys(str(source) for source in rows["source_id"]))
        shown = ", ".join(sources[:3]) + (" ..." if len(sources) > 3 else "")
        made.add_row(indicator, country, span, str(len(rows)), unit, kind, family, shown)
    console().print(made)


def _gaps(json: bool) -> None:
    from sim.data.load import filled_gaps

    found = filled_gaps()
    if json:
        as_json([gap._asdict() for gap in found])
        return
    groups: dict[tuple[str, str, str], list[int]] = {}
    for gap in found:
        groups.setdefault((gap.indicator, gap.country, gap.rule), []).append(gap.year)
    made = table("Values that no source gives", ["indicator", "country", "years", "rule"])
    for (indicator, country, rule), years in groups.items():
        made.add_row(indicator, country, _spans(sorted(set(years))), rule)
    console().print(made)


def _spans(years: list[int]) -> str:
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(str(s[0]) if len(s) == 1 else f"{s[0]}-{s[-1]}" for s in spans)
