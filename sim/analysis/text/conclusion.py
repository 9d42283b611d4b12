"""The verdict in sentences: does e-commerce double, by which measure, where, and is that a lot?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sim.analysis.comparison.contrasts import ASSUMPTIONS, POLICY, TOGETHER, Contrast, Contrasts
from sim.analysis.comparison.summary import ratios
from sim.analysis.text.formatting import country_name, listed, times
from sim.analysis.text.frequencies import counted, doubles, hits_of, named, probability
from sim.quantile_bands import is_range
from sim.target import (
    BASE_YEAR,
    LAST_OUTCOME_YEAR,
    MEASURES,
    TARGET_YEAR,
)
from sim.units import COUNTRIES, REGION

FEW = 2  # scenarios with a sentence each; more share one
LOW_BAR = 1.5  # a rise of the online share below this is called small


def _row(frame: pd.DataFrame, scenario: str, measure: str, country: str = REGION) -> pd.Series:
    chosen = frame[
        (frame["scenario"] == scenario)
        & (frame["measure"] == measure)
        & (frame["country"] == country)
    ]
    return chosen.iloc[0]


def _interval_words(row: pd.Series) -> str:
    runs = int(row["runs"])
    if runs < 2:
        return ""
    independent = int(row["draws"] if row["draws"] > 1 else row["seeds"])
    name = "range" if is_range(independent) else "5-95 %"
    return f", {name} {row['low']:.2f}-{row['high']:.2f}"


def _middle(row: pd.Series) -> str:
    """`median 2.65 times`; of one run the ratio alone."""
    return f"{'median ' if int(row['runs']) > 1 else ''}{times(row['ratio'])}"


def _doubling_sentence(frame: pd.DataFrame, scenario: str, source: str) -> str:
    nominal, real, share = (_row(frame, scenario, measure) for measure in MEASURES)
    known = probability(nominal, source)
    chance = f" ({known})" if known else ""
    year = nominal["year_doubled"]
    middle = "the median" if int(nominal["runs"]) > 1 else "it"
    when = f"; {middle} first doubles in {int(year)}" if pd.notna(year) else ""
    return (
        f"Under '{scenario}', e-commerce in the five countries together from {BASE_YEAR} to "
        f"{TARGET_YEAR} {doubles(*hits_of(nominal))} in nominal US${chance}: "
        f"{_middle(nominal)}{_interval_words(nominal)}{when}. In constant 2022 US$ it "
        f"{doubles(*hits_of(real))}: {_middle(real)}. As a share of household consumption it "
        f"{doubles(*hits_of(share))}: {_middle(share)}."
    )


def countries_by_count(frame: pd.DataFrame, scenario: str, measure: str) -> str:
    """In how many runs each country doubles: `Cambodia and Viet Nam in all 20 runs, ...`."""
    found: dict[tuple[int, int], list[str]] = {}
    for iso in COUNTRIES:
        found.setdefault(hits_of(_row(frame, scenario, measure, iso)), []).append(country_name(iso))
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
    mine = together[
        (together["scenario"] == scenario) & (together["measure"] == "nominal_usd")
    ].iloc[0]
    return (
        f"Runs that double, by country: {'; '.join(counts)}. Weighted by people instead of value, "
        f"the nominal ratio of the region is {mine['population_weighted_ratio']:.2f} (mean of "
        "the countries' medians)."
    )


def _bar_sentence(bar: pd.DataFrame) -> str:
    row = bar[bar["country"] == REGION].iloc[0]
    growth, rise = float(row["growth_nominal"]), float(row["share_must_rise_nominal"])
    if not growth > 0:
        return "How high the bar is cannot be said: nothing was bought online in 2022."
    if rise <= 1.0:
        needed = "so a nominal doubling needs no rise of the online share at all"
    else:
        low = " only" if rise < LOW_BAR else ""
        needed = f"so for a nominal doubling the online share need rise{low} {times(rise)}"
    return (
        f"How high the bar is: if every country kept its online share of {BASE_YEAR}, growth and "
        f"prices alone would give {times(growth)}, {needed}; for a doubling in constant 2022 US$ "
        f"it must rise {times(float(row['share_must_rise_real']))}."
    )


def _uncertainty_sentence(frame: pd.DataFrame, scenario: str, source: str) -> str:
    row = _row(frame, scenario, "nominal_usd")
    last = f"Last outcome data: {LAST_OUTCOME_YEAR}."
    if int(row["draws"]) > 1:
        return (
            f"The interval covers {int(row['draws'])} draws of the {source} and "
            f"{int(row['seeds'])} seed{'s' if int(row['seeds']) > 1 else ''}, "
            f"not what the model misses. {last}"
        )
    return (
        "All runs use the central parameters: intervals show luck alone, not what is unknown "
        f"about the parameters. {last}"
    )


def _change_of_countries(frame: pd.DataFrame, scenario: str, against: str) -> str:
    """Which countries double in more or fewer runs than before; empty if none does."""
    parts = []
    for iso in COUNTRIES:
        mine, base = (
            hits_of(_row(frame, name, "nominal_usd", iso)) for name in (scenario, against)
        )
        if mine == base:
            continue
        if mine[1] == base[1]:
            parts.append(
                f"{country_name(iso)} doubles in {mine[0]} of {mine[1]} runs, not {base[0]}"
            )
        else:
            parts.append(
                f"{country_name(iso)} doubles in {mine[0]} of {mine[1]} runs, not {base[0]} of "
                f"{base[1]}"
            )
    return listed(parts)


def _moves(frame: pd.DataFrame, contrast: Contrast) -> str:
    base, mine = (
        ratios(frame, name, "nominal_usd")[REGION] for name in (contrast.against, contrast.mine)
    )
    old, new = f"{base:.2f}", f"{mine:.2f}"
    middle = "median " if int(_row(frame, contrast.mine, "nominal_usd")["runs"]) > 1 else ""
    moved = f"stays at {new}" if old == new else f"moves from {old} to {new}"
    change = _change_of_countries(frame, contrast.mine, contrast.against)
    countries = change or "every country doubles in as many runs as before"
    return f"the {middle}regional ratio {moved} in nominal US$; {countries}."


def _contrast_sentence(frame: pd.DataFrame, contrast: Contrast, contrasts: Contrasts) -> str:
    """What one comparison does to the ratio; policy and assumptions are named as such."""
    name, base = contrast.scenario, contrasts.baseline
    assumed = ", ".join(contrasts.assumed(name))
    moves = _moves(frame, contrast)
    if contrast.effect_of == ASSUMPTIONS:
        none = f"'{name}' has no policy of its own. " if contrast.mine == name else ""
        return (
            f"{none}Under the assumptions of '{name}' ({assumed}), with the policy of '{base}', "
            f"{moves}"
        )
    if contrast.effect_of == TOGETHER:
        return f"With the policy and the assumptions of '{name}' ({assumed}) together, {moves}"
    if contrast.against != base:
        return f"With the policy of '{name}', compared under the same assumptions, {moves}"
    return f"With '{name}' {moves}"


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
    countries = "; ".join(changes) or "every country doubles in as many runs under all of them"
    middle = "median " if int(_row(frame, baseline, "nominal_usd")["runs"]) > 1 else ""
    return (
        f"The {middle}regional ratio in nominal US$ is {base:.2f} under '{baseline}', "
        f"{listed(values)}; {countries}."
    )


def _uninformative_sentence(past: Mapping[str, float]) -> str:
    names = [f"{country_name(iso)} ({ratio:.2f})" for iso, ratio in past.items()]
    verb = "is" if len(names) == 1 else "are"
    return (
        f"Target not informative for policy: {listed(names)} {verb} already past 1.5 times "
        f"{BASE_YEAR} in the baseline when the policies start."
    )


def verdict(
    frame: pd.DataFrame,
    together: pd.DataFrame,
    bar: pd.DataFrame,
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
        _doubling_sentence(frame, baseline, source),
        _countries_sentence(frame, together, baseline),
        _bar_sentence(bar),
        _uncertainty_sentence(frame, baseline, source),
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
