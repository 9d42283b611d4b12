"""The answer on policies: what each adds, avoids and costs, who gains, and what it rests on.

One or two sentences a comparison, to be read before anything else. Console, report, dashboard and
`conclusion.txt` take them from here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.comparison.contrasts import ASSUMPTIONS, POLICY, TOGETHER, Contrast, Contrasts
from sim.analysis.comparison.dominance import COST, MEASURE, Dominated
from sim.analysis.comparison.pairs import CUMULATIVE_FROM, Pairs, distinguishable, spread
from sim.analysis.comparison.run_parameters import RunParameters
from sim.analysis.comparison.tables.effects import costs
from sim.analysis.text.formatting import (
    country_name,
    listed,
    money,
    rounded,
    signed_money,
    small_percent,
)
from sim.analysis.validation.prior_share import StudiesOfAPolicy
from sim.policy.levers import GRADES, LEVERS
from sim.rows import rows_where
from sim.target import TARGET_YEAR, median
from sim.units import COUNTRIES, REGION

LOSSES = "scam_losses_usd"
MOST_OF_IT = 0.5  # of a gain, from which a country is named
MUCH = 0.25  # of a gain, from which a lever is named
PRIOR_DRIVEN = 0.5  # share of an effect's variance that is the prior's, from which it is said


class Answer(NamedTuple):
    """One sentence that can be repeated, and what should be known with it (perhaps nothing)."""

    sentence: str
    details: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} {self.details}".rstrip()


class Evidence(NamedTuple):
    """Beside the pairs: effects with prior-driven shares, `parts.csv` if any, dominated mixes, and
    what published studies say of shipped policies."""

    effects: pd.DataFrame
    parts: pd.DataFrame | None
    dominated: Sequence[Dominated]
    studies: Mapping[str, StudiesOfAPolicy]


def verdict(
    contrasts: Contrasts,
    paired: Mapping[str, Pairs],
    assumed: Mapping[str, Pairs],
    settings: RunParameters,
    evidence: Evidence,
) -> list[Answer]:
    """Which policy adds most where there are several, then an answer for each comparison.

    The change of assumptions is no policy, and is called so. `paired` and `assumed` are those of a
    comparison.
    """
    found: list[Answer] = []
    for contrast in contrasts.all:
        pairs = (assumed if contrast.effect_of == ASSUMPTIONS else paired)[contrast.scenario]
        details = ""
        if contrast.effect_of != ASSUMPTIONS:
            levers = settings.changed_levers(contrast.scenario, contrast.against)
            details = _details(contrast, levers, pairs, evidence)
        found.append(Answer(effect_in(REGION, pairs, contrast, contrasts, settings), details))
    return _most(paired, contrasts) + found


def _called(settings: RunParameters, name: str) -> str:
    title = settings.title(name)
    return f"'{name}'" if title.lower() == name.lower() else f"'{name}' ({title})"


def effect_in(
    country: str, pairs: Pairs, contrast: Contrast, contrasts: Contrasts, settings: RunParameters
) -> str:
    """What a comparison shows for a country or the region, with its own cost, as a sentence."""
    moves = _moves(pairs, country)
    names = ", ".join(contrasts.assumed(contrast.scenario))
    if contrast.effect_of == ASSUMPTIONS:
        words = f"Not a policy effect: the change of assumptions in '{contrast.scenario}'"
        return f"{words} ({names}) {moves}."
    if contrast.effect_of == TOGETHER:
        moves = f"together with its assumptions ({names}) {moves}"
    elif contrast.against != contrasts.baseline:
        moves = f"under the same assumptions {moves}"
    called = _called(settings, contrast.scenario)
    return f"{called} {moves}{_avoids(pairs, country)} and {_paid(pairs, country)}."


def _moves(pairs: Pairs, country: str = REGION) -> str:
    """The change of purchases in words; a fall is given as a positive number."""
    if not pairs.has(country, MEASURE):
        return "has an unknown effect"
    mine, theirs = pairs.both(country, MEASURE)
    value, low, high = spread(mine / np.where(theirs > 0, theirs, np.nan) - 1.0, pairs.draws)
    amount = median(mine - theirs)
    if math.isnan(value):
        return "has an unknown effect"
    if value == low == high == 0.0:
        return f"does not change online purchases in {TARGET_YEAR}"
    verb = "raises" if value >= 0 else "lowers"
    notes = []
    if value < 0:
        value, low, high = -value, -high, -low
    if len(pairs.runs) > 1 and small_percent(low) != small_percent(high):
        notes.append(f"median; {small_percent(low)} to {small_percent(high)}")
    if not distinguishable(low, high):
        notes.append("not distinguishable from zero")
    details = f" ({'; '.join(notes)})" if notes else ""
    moved = f"{money(abs(amount))} or {small_percent(value)}{details}"
    return f"{verb} online purchases in {TARGET_YEAR} by {moved}"


def _avoids(pairs: Pairs, country: str = REGION) -> str:
    """What becomes of losses to scams, where that can be told from nothing."""
    if not pairs.has(country, LOSSES):
        return ""
    change = pairs.change(country, LOSSES, first=CUMULATIVE_FROM)
    value, low, high = spread(change, pairs.draws)
    if math.isnan(value) or not distinguishable(low, high):
        return ""
    ends = [money(end) for end in sorted((abs(low), abs(high)))]
    band = f" ({ends[0]} to {ends[1]})" if ends[0] != ends[1] else ""
    verb = "avoids" if value < 0 else "adds"
    years = f"{CUMULATIVE_FROM}-{TARGET_YEAR}"
    return f", {verb} {money(abs(value))}{band} of losses to scams in {years}"


def _paid(pairs: Pairs, country: str = REGION) -> str:
    cost = median(costs(pairs, country))
    if math.isnan(cost):
        return "has an unknown cost"
    return "costs nothing" if cost == 0.0 else f"costs {money(cost)} up to {TARGET_YEAR}"


def _details(contrast: Contrast, levers: Sequence[str], pairs: Pairs, evidence: Evidence) -> str:
    """What does as well, where the gain is, which lever brings it, how far it was measured."""
    found = [one.short for one in evidence.dominated if one.mix == contrast.scenario]
    found += [_where(pairs), _by_lever(contrast.scenario, evidence.parts)]
    if len(levers) == 1:
        grade = LEVERS[levers[0]].grade
        found.append(f"The evidence on {levers[0]} has grade {grade} ({GRADES[grade]}).")
    shares = rows_where(
        evidence.effects,
        scenario=contrast.scenario,
        country=REGION,
        indicator=MEASURE,
        group="all",
        effect_of=POLICY,
    )["prior_share"]
    if len(shares) and float(shares.iloc[0]) >= PRIOR_DRIVEN:
        found.append(
            f"The effect on purchases is {100.0 * float(shares.iloc[0]):.0f} % prior-driven: no "
            "figure and no study has narrowed that part of its spread."
        )
    if contrast.effect_of != ASSUMPTIONS and contrast.scenario in evidence.studies:
        found.append(_studied(evidence.studies[contrast.scenario]))
    return " ".join(one for one in found if one)


def _studied(known: StudiesOfAPolicy) -> str:
    if known.papers == 0:
        return "No published study bears on it."
    share = f"{100.0 * known.share:.0f} % of its prior variance"
    if known.papers == 1:
        return f"The one published study that bears on it leaves {share}."
    return f"The {known.papers} published studies that bear on it leave {share}."


def _where(pairs: Pairs) -> str:
    """The country with most of what is gained; nothing where no country has."""
    if not pairs.has(REGION, MEASURE) or not all(pairs.has(iso, MEASURE) for iso in COUNTRIES):
        return ""
    gains = {iso: float(pairs.change(iso, MEASURE).mean()) for iso in COUNTRIES}
    whole = math.fsum(gains.values())
    best = max(gains, key=lambda iso: gains[iso])
    if not whole > 0.0 or gains[best] < MOST_OF_IT * whole:
        return ""
    return f"{country_name(best)} has {_share(gains[best], whole)} of the gain."


def _by_lever(scenario: str, parts: pd.DataFrame | None) -> str:
    """The levers that bring much of what a mix adds, each with its share of the cost."""
    if parts is None:
        return ""
    mine = rows_where(parts, scenario=scenario, country=REGION)
    gains = rows_where(mine, outcome=MEASURE).sort_values("value", ascending=False)
    if not len(gains) or not float(gains["mix"].iloc[0]) > 0.0:
        return ""
    paid = {row["part"]: row for row in rows_where(mine, outcome=COST).to_dict("records")}
    told = []
    for row in gains[gains["value"] >= MUCH * gains["mix"]].to_dict("records"):
        cost = paid[row["part"]]
        words = f"{row['part']} brings {_share(row['value'], row['mix'])} of the gain"
        if cost["mix"] > 0.0:
            words += f" for {_share(cost['value'], cost['mix'])} of the cost"
        told.append(words)
    once = " (in one run)" if int(gains["pairs"].iloc[0]) == 1 else ""
    found = [f"{listed(told)}{once}."] if told else []
    alone = gains[gains["first_in"] >= gains["mix"]].sort_values("first_in", ascending=False)
    found += [f"{part} alone adds at least as much{once}." for part in alone["part"][:1]]
    return " ".join(found)


def _share(part: float, whole: float) -> str:
    return f"{100.0 * part / whole:.0f} %"


def _most(paired: Mapping[str, Pairs], contrasts: Contrasts) -> list[Answer]:
    """Among several policies: which adds most, and which adds most for a dollar."""
    simple = [
        contrast.scenario
        for contrast in contrasts.all
        if contrast.effect_of == POLICY and contrast.against == contrasts.baseline
    ]
    known = {n: paired[n] for n in simple if paired[n].has(REGION, MEASURE)}
    changes = {name: pairs.change(REGION, MEASURE) for name, pairs in known.items()}
    gains = {name: median(change) for name, change in changes.items() if change.any()}
    paid = {name: median(costs(pairs, REGION)) for name, pairs in known.items()}
    best = max(gains, key=lambda name: gains[name], default="")
    if len(gains) < 2 or not spread(changes[best], known[best].draws)[1] > 0.0:
        return []  # the best that cannot be distinguished from nothing is not named
    words = f"Of {len(gains)} policies '{best}' adds most ({signed_money(gains[best])})"
    bought = {n: gains[n] / paid[n] for n in gains if paid[n] > 0.0 and gains[n] > 0.0}
    if len(bought) < 2:
        return [Answer(f"{words}.")]
    dear = max(bought, key=lambda name: bought[name])
    also = "it also adds" if dear == best else f"'{dear}' adds"
    each = f"US$ {rounded(bought[dear])} of purchases in {TARGET_YEAR} for a dollar of public money"
    return [Answer(f"{words}; {also} most for its cost ({each}).")]
