"""Pictures of a study with a design: so far that of the dates of common rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matplotlib.figure import Figure

from sim.analysis.comparison.contrasts import POLICY
from sim.analysis.comparison.pairs import independent, spread
from sim.analysis.sweep import Sweep
from sim.analysis.text.policy_findings import HARMONIZATION
from sim.errors import InputError
from sim.experiments.run import drawn_from, is_central
from sim.figures.captions import RunsShown
from sim.figures.signing import INDICATOR, Cell
from sim.figures.signing import signing as draw_signing
from sim.quantile_bands import band_name
from sim.units import QUARTERS_PER_YEAR, REGION

DATES = [f"levers.{HARMONIZATION}.start", f"levers.{HARMONIZATION}.ramp_years"]


def study_pictures(sweep: Sweep) -> dict[str, Callable[[], Figure]]:
    """Those that suit a study of a design, by the name of the file."""
    return {"signing": partial(signing, sweep)} if _varies_dates(sweep) else {}


def signing(sweep: Sweep) -> Figure:
    """When to sign common rules and how fast to carry them out.

    Raises InputError for a study of anything else.
    """
    if not _varies_dates(sweep):
        raise InputError(
            "this study does not vary the dates of common rules",
            allowed=f"one policy and the inputs {' and '.join(DATES)}, as in signing_dates",
        )
    table = sweep.effects_on(INDICATOR)
    start, ramp = (f"x.{name}" for name in DATES)
    dated = table[(table["country"] == REGION) & (table["effect_of"] == POLICY)]
    draws, of = independent(zip(dated["seed"], dated["draw"], strict=True))
    cells = []
    for _, rows in dated.groupby([start, ramp]):
        effect = spread(rows["relative"].to_numpy(dtype=float), draws)
        first = round(float(rows[start].iloc[0]) * QUARTERS_PER_YEAR)
        cells.append(Cell(first, float(rows[ramp].iloc[0]), effect))
    names = sweep.manifest["scenarios"]
    drawn = len([draw for draw in dated["draw"].unique() if not is_central(draw)])
    source = drawn_from(sweep.manifest["draws"])
    runs = RunsShown(
        scenarios=tuple(names),
        baseline=sweep.manifest["baseline"],
        question=sweep.manifest["title"],
        pairs=len(dated.drop_duplicates(["seed", "draw"])),
        seeds=len(sweep.manifest["seeds"]),
        drawn=drawn,
        drawn_words=f"{drawn} draw{'s' if drawn > 1 else ''} of the {source}" if drawn else "",
        band=band_name(draws, of),
        scale=sweep.manifest["scale"],
    )
    return draw_signing(cells, runs)


def _varies_dates(sweep: Sweep) -> bool:
    """Whether both dates, and nothing else, vary for one policy."""
    policies = set(sweep.outcomes.loc[sweep.outcomes["effect_of"] == POLICY, "scenario"])
    return sorted(sweep.manifest["inputs"]) == sorted(DATES) and len(policies) == 1
