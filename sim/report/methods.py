"""What to write of a result in a paper: a paragraph on methods and the citation, from a manifest.

Everything is said from the manifest alone, so that the words cannot differ from what was run.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from sim.analysis.text.formatting import listed
from sim.experiments.run import drawn_from, is_central

TITLE = (
    "mekong-digital-economy: an agent-based simulation of the digital economy of the Greater Mekong"
)
AUTHORS = "The mekong-digital-economy developers"


def methods(record: Mapping[str, Any]) -> str:
    """How the numbers of a study came about, as a paragraph for a paper."""
    scenarios = {name: tomllib.loads(text) for name, text in record["resolved_scenarios"].items()}
    asked = [name for name in scenarios if name not in record.get("added_scenarios", ())]
    titles = [
        f"{scenarios[name].get('title') or name}"
        + (" (the baseline)" if name == record["baseline"] else "")
        for name in asked
    ]
    horizon = next(iter(scenarios.values())).get("horizon", {})
    first, last = horizon.get("start", "2015Q1"), horizon.get("end", "2030Q4")
    draws = [draw for draw in record["draws"] if not is_central(draw)]
    from_where = drawn_from(record["draws"])
    drawn = (
        f"{len(draws)} parameter draws from the {from_where}"
        if draws
        else "central parameter values"
    )
    seeds = len(record["seeds"])
    parts = [
        f"We simulate e-commerce in Cambodia, Lao PDR, Myanmar, Thailand and Viet Nam quarterly "
        f"from {first} to {last} with {cited(record)}, an agent-based model of consumers, small "
        "firms, governments and scam syndicates in which one agent represents "
        f"{record['scale']:,} people.",
        f"We compare {listed(titles)}."
        if len(titles) > 1
        else f"The scenario is {listed(titles)}.",
        f"Each scenario is run with {seeds} seed{'s' if seeds > 1 else ''} and {drawn}, "
        f"{record['runs_of_study']:,} runs in all; scenarios share seeds and draws (common random "
        "numbers), so that effects are paired differences.",
    ]
    inputs = len(record["inputs"])
    if inputs:
        many = "input is" if inputs == 1 else "inputs are"
        parts.append(
            f"{inputs} {many} varied at {record['points']:,} points of a design "
            f"({record['design_kind'] or 'given points'})."
        )
    if len(asked) > 1 and record.get("policy_start_year"):
        parts.append(f"Policies differ from {record['policy_start_year']} on.")
    if record["rules_hash"]:
        parts.append("Agents follow a rule of our own (see the replication package).")
    parts.append(
        "We report medians over runs and the 5th and 95th percentile. Intervals reflect parameter "
        "and sampling uncertainty only; model error is not included."
        if draws
        else "We report medians over runs. Parameters are at their central values, so that spread "
        "over runs is sampling variation alone."
    )
    return " ".join(parts)


def cited(record: Mapping[str, Any]) -> str:
    """The software with its version and commit."""
    commit = str(record.get("commit") or "")[:12]
    changed = ", with changes" if record.get("changed_since") else ""
    known = f" (commit {commit}{changed})" if commit else ""
    return f"mekong-digital-economy {record['environment']['sim']}{known}"


def citation(record: Mapping[str, Any]) -> str:
    """The reference, as a line of a list."""
    return f"{AUTHORS}. {TITLE}. Software, version {cited(record).partition(' ')[2]}. Apache-2.0."


def bibtex(record: Mapping[str, Any]) -> str:
    """The reference for BibTeX."""
    version = cited(record).partition(" ")[2]
    return (
        "@software{mekong_digital_economy,\n"
        f"  author = {{{{{AUTHORS}}}}},\n"
        f"  title = {{{{{TITLE}}}}},\n"
        f"  version = {{{version}}}\n}}"
    )
