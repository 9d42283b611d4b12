"""The conclusion in sentences: does e-commerce double, by which measure, where, and why?

Console, report and dashboard take the sentences about the target from here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from sim.analysis.comparison.contrasts import ASSUMPTIONS, POLICY, TOGETHER, Contrast, Contrasts
from sim.analysis.comparison.tables.summary import ratios
from sim.analysis.text.formatting import country_name, listed, times
from sim.analysis.text.frequencies import counted, doubles, hits_of, named, probability
from sim.quantile_bands import band_name
from sim.rows import row_where
from sim.target import (
    BASE_YEAR,
    POSTERIOR_ORIGIN,
    TARGET_YEAR,
)
from sim.units import COUNTRIES, REGION

FEW = 2  # scenarios with a sentence each; more share one
MOST_OF_IT = 1.5  # growth at a constant online share from which it is most of a doubling


def row_of(frame: pd.DataFrame, scenario: str, measure: str, country: str = REGION) -> pd.Series:
    """The row of one scenario, measure and place in `summary.csv`."""
    return row_where(frame, scenario=scenario, measure=measure, country=country)


def _middle(row: pd.Series) -> str:
    """`median 2.65 times the 2022 value`; of one run the ratio alone."""
    if math.isnan(float(row["ratio"])):
        return "unknown ratio"
    middle = "median " if int(row["runs"]) > 1 else ""
    return f"{middle}{times(row['ratio'])} the {BASE_YEAR} value"


def _interval_words(row: pd.Series) -> str:
    """` (range of 2 draws: 2.86 to 3.51)`; empty for one run."""
    if int(row["runs"]) < 2:
        return ""
    drawn = int(row["draws"]) > 1
    band = band_name(*((int(row["draws"]), "draws") if drawn else (int(row["seeds"]), "seeds")))
    return f" ({band}: {row['low']:.2f} to {row['high']:.2f})"


def doubling_sentence(
    frame: pd.DataFrame, scenario: str, source: str, country: str = REGION
) -> str:
    """Whether nominal e-commerce of a place doubles, how far it comes, and when."""
    row = row_of(frame, scenario, "nominal_usd", country)
    if math.isnan(float(row["ratio"])):
        return f"Under '{scenario}' nothing was bought online in {BASE_YEAR}, so no ratio exists."
    known = probability(row, source)
    year = row["year_doubled"]
    middle = "the median" if int(row["runs"]) > 1 else "it"
    return (
        f"Under '{scenario}', e-commerce in {_place(country)} {doubles(*hits_of(row))} "
        f"from {BASE_YEAR} to {TARGET_YEAR} in nominal US${f' ({known})' if known else ''}: "
        f"{_middle(row)}{_interval_words(row)}"
        f"{f'; {middle} first doubles in {int(year)}' if pd.notna(year) else ''}."
    )


def _place(country: str) -> str:
    return "the five countries together" if country == REGION else country_name(country)


def _other_measures(frame: pd.DataFrame, scenario: str) -> str:
    real, share = (row_of(frame, scenario, name) for name in ("real_usd", "consumption_share"))
    return (
        f"In constant 2022 US$ it {doubles(*hits_of(real))} ({_middle(real)}). As a share of "
        f"household consumption it {doubles(*hits_of(share))} ({_middle(share)})."
    )


def countries_by_count(frame: pd.DataFrame, scenario: str, measure: str) -> str:
    """In how many runs each country doubles: `Cambodia and Viet Nam in all 20 runs, ...`."""
    found: dict[tuple[int, int], list[str]] = {}
    for iso in COUNTRIES:
        count = hits_of(row_of(frame, scenario, measure, iso))
        found.setdefault(count, []).append(country_name(iso))
    parts = []
    for (hits, runs), names in sorted(found.items(), key=lambda item: -item[0][0]):
        words = named(hits, runs)
        counts = f"{counted(hits, runs)}{f' ({words})' if words else ''}"
        parts.append(f"{listed(names)} {counts if runs else 'cannot be judged'}")
    return ", ".join(parts)


def _countries_sentence(frame: pd.DataFrame, together: pd.DataFrame, scenario: str) -> str:
    counts = [
        f"{words}: {countries_by_count(frame, scenario, measure)}"
        for measure, words in (
            ("nominal_usd", "in nominal US$"),
            ("real_usd", "in constant 2022 US$"),
            ("consumption_share", "as a share of consumption"),
        )
    ]
    mine = row_where(together, scenario=scenario, measure="nominal_usd")
    return (
        f"Runs that double, by country: {'; '.join(counts)}. Weighted by population instead of "
        f"value, the regional ratio in nominal US$ is {mine['population_weighted_ratio']:.2f} "
        "(mean of the countries' medians)."
    )


def constant_share_sentence(growth_at_constant_share: pd.DataFrame) -> str:
    """How much of a doubling comes without a change in habits, and what the rest requires."""
    row = row_where(growth_at_constant_share, country=REGION)
    growth = float(row["growth_nominal"])
    if not growth > 0:
        return f"Nothing was bought online in {BASE_YEAR}, so growth alone cannot be judged."
    nominal, real = (float(row[f"share_must_rise_{name}"]) for name in ("nominal", "real"))
    if nominal <= 1.0:
        part = "All"
    else:
        part = "Most" if growth >= MOST_OF_IT else "Less than half"
    return (
        f"{part} of the doubling would happen without any change in habits: at each country's "
        f"{BASE_YEAR} online share, income growth and inflation alone raise e-commerce to "
        f"{times(growth)} its {BASE_YEAR} value. For a doubling, the online share must rise "
        f"{_rise(nominal)} in nominal US$ and {_rise(real)} in constant 2022 US$."
    )


def _rise(factor: float) -> str:
    return "not at all" if factor <= 1.0 else f"by {100.0 * (round(factor, 2) - 1.0):.0f} %"


def uncertainty_sentence(frame: pd.DataFrame, scenario: str, source: str) -> str:
    """What the intervals cover, and where the data on outcomes end."""
    row = row_of(frame, scenario, "nominal_usd")
    last = f"Last outcome data: {POSTERIOR_ORIGIN}."
    draws, seeds = int(row["draws"]), int(row["seeds"])
    if draws > 1:
        return (
            f"Intervals reflect parameter and sampling uncertainty only ({draws} draws of the "
            f"{source}, {seeds} seed{'s' if seeds > 1 else ''}); model error is not included. "
            f"{last}"
        )
    if int(row["runs"]) < 2:
        return f"One run gives no interval. {last}"
    return (
        "All runs use the central parameters, so intervals show random variation only, not "
        f"parameter uncertainty or model error. {last}"
    )


def _change_of_countries(frame: pd.DataFrame, scenario: str, against: str) -> str:
    """Which countries double in more or fewer runs than before; empty if none does."""
    parts = []
    for iso in COUNTRIES:
        mine, base = (
            hits_of(row_of(frame, name, "nominal_usd", iso)) for name in (scenario, against)
        )
        if mine == base:
            continue
        before = f"{base[0]}" if mine[1] == base[1] else f"{base[0]} of {base[1]}"
        parts.append(
            f"{country_name(iso)} doubles in {mine[0]} of {mine[1]} runs instead of {before}"
        )
    return listed(parts)


UNCHANGED = "the number of runs that double is unchanged in every country"


def _moves(frame: pd.DataFrame, contrast: Contrast) -> str:
    base, mine = (
        ratios(frame, name, "nominal_usd")[REGION] for name in (contrast.against, contrast.mine)
    )
    old, new = f"{base:.2f}", f"{mine:.2f}"
    middle = "median " if int(row_of(frame, contrast.mine, "nominal_usd")["runs"]) > 1 else ""
    moved = f"stays at {new}" if old == new else f"changes from {old} to {new}"
    change = _change_of_countries(frame, contrast.mine, contrast.against)
    countries = change or UNCHANGED
    return f"the {middle}regional ratio {moved} in nominal US$; {countries}."


def _contrast_sentence(frame: pd.DataFrame, contrast: Contrast, contrasts: Contrasts) -> str:
    """What one comparison does to the ratio; policy and assumptions are named as such."""
    name, base = contrast.scenario, contrasts.baseline
    assumed = ", ".join(contrasts.assumed(name))
    moves = _moves(frame, contrast)
    if contrast.effect_of == ASSUMPTIONS:
        none = f"'{name}' changes no policy. " if contrast.mine == name else ""
        return (
            f"{none}Under the assumptions of '{name}' ({assumed}), with the policy of '{base}', "
            f"{moves}"
        )
    if contrast.effect_of == TOGETHER:
        return f"With the policy and the assumptions of '{name}' ({assumed}) together, {moves}"
    if contrast.against != base:
        return f"With the policy of '{name}', compared under the same assumptions, {moves}"
    return f"With '{name}', {moves}"


def _policies_sentence(frame: pd.DataFrame, policies: Sequence[Contrast], baseline: str) -> str:
    """The same for several policies under the assumptions of the baseline at once."""
    base = ratios(frame, baseline, "nominal_usd")[REGION]
    names = [contrast.scenario for contrast in policies]
    values = [f"{ratios(frame, n, 'nominal_usd')[REGION]:.2f} with '{n}'" for n in names]
    changes = [
        f"with '{name}' {change}"
        for name in names
        if (change := _change_of_countries(frame, name, baseline))
    ]
    countries = "; ".join(changes) or UNCHANGED
    middle = "median " if int(row_of(frame, baseline, "nominal_usd")["runs"]) > 1 else ""
    return (
        f"The {middle}regional ratio in nominal US$ is {base:.2f} under '{baseline}', "
        f"{listed(values)}; {countries}."
    )


def _uninformative_sentence(past: Mapping[str, float]) -> str:
    names = listed([country_name(iso) for iso in past])
    reached = ", ".join(f"{country_name(iso)} {ratio:.2f}" for iso, ratio in past.items())
    return (
        f"In {names} the doubling says little about policy: in the baseline, e-commerce there "
        f"already exceeds 1.5 times its {BASE_YEAR} value when the policies begin ({reached})."
    )


def conclusion(
    frame: pd.DataFrame,
    together: pd.DataFrame,
    growth_at_constant_share: pd.DataFrame,
    contrasts: Contrasts,
    past: Mapping[str, float],
    source: str = "posterior",
) -> list[str]:
    """Sentences in the order in which they should be read; the levers' effects come after these.

    `past` holds, for countries whose baseline is past 1.5 when the policies start, that ratio;
    `source` is what parameters were drawn from.
    """
    baseline = contrasts.baseline
    sentences = [
        f"{doubling_sentence(frame, baseline, source)} {_other_measures(frame, baseline)}",
        _countries_sentence(frame, together, baseline),
        constant_share_sentence(growth_at_constant_share),
        uncertainty_sentence(frame, baseline, source),
    ]
    every = contrasts.all
    simple = [c for c in every if c.effect_of == POLICY and c.against == baseline]
    if len(simple) > FEW:
        sentences.append(_policies_sentence(frame, simple, baseline))
        every = [contrast for contrast in every if contrast not in simple]
    sentences += [_contrast_sentence(frame, contrast, contrasts) for contrast in every]
    if past:
        sentences.append(_uninformative_sentence(past))
    return sentences
