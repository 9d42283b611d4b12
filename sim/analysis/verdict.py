"""The verdict in sentences: does e-commerce double, by which measure, where, and is that a lot?"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sim.analysis.summary import ratios
from sim.analysis.words import COUNT_WORDS, country_name, listed, times
from sim.bands import is_range
from sim.target import (
    BASE_YEAR,
    FACTOR,
    LAST_OUTCOME_YEAR,
    TARGET_YEAR,
    countries_doubled,
)
from sim.units import REGION

FEW = 2  # scenarios with a sentence each; more share one
LOW_BAR = 1.5  # a rise of the online share below this is called small


def _row(frame: pd.DataFrame, scenario: str, measure: str, country: str = REGION) -> pd.Series:
    chosen = frame[
        (frame["scenario"] == scenario)
        & (frame["measure"] == measure)
        & (frame["country"] == country)
    ]
    return chosen.iloc[0]


def chance_words(row: pd.Series, source: str) -> str:
    """How often it doubled; a probability only where parameters were drawn, from `source`."""
    runs = int(row["runs"])
    hits = round(float(row["share_doubled"]) * runs) if row["share_doubled"] >= 0 else 0
    counted = f"in {hits} of {runs} run{'s' if runs > 1 else ''}"
    if int(row["draws"]) > 1:
        return f"{counted}, a probability of {float(row['share_doubled']):.2f} under the {source}"
    return counted


def _interval_words(row: pd.Series) -> str:
    runs = int(row["runs"])
    if runs < 2:
        return ""
    independent = int(row["draws"] if row["draws"] > 1 else row["seeds"])
    name = "range" if is_range(independent) else "5-95 %"
    return f"{name} {row['low']:.2f}-{row['high']:.2f}; "


def _doubling_sentence(frame: pd.DataFrame, scenario: str, source: str) -> str:
    nominal = _row(frame, scenario, "nominal_usd")
    real = _row(frame, scenario, "real_usd")
    share = _row(frame, scenario, "consumption_share")
    doubles = nominal["ratio"] >= FACTOR
    year = nominal["year_doubled"]
    when = f", first in {int(year)}" if pd.notna(year) else ""
    return (
        f"Under '{scenario}', e-commerce in the five countries together "
        f"{'doubles' if doubles else 'does not double'} from {BASE_YEAR} to {TARGET_YEAR} in "
        f"nominal US$: {times(nominal['ratio'])} ({_interval_words(nominal)}"
        f"at least double {chance_words(nominal, source)}{when}). "
        f"In constant 2022 US$ it {_does(real)} ({times(real['ratio'])}), and as a share of "
        f"household consumption it {_does(share)} ({times(share['ratio'])})."
    )


def _does(row: pd.Series) -> str:
    return "doubles" if row["ratio"] >= FACTOR else "does not"


def _countries_sentence(frame: pd.DataFrame, together: pd.DataFrame, scenario: str) -> str:
    counts = []
    for measure, words in (
        ("nominal_usd", "in nominal US$"),
        ("real_usd", "in constant 2022 US$"),
        ("consumption_share", "as a share of consumption"),
    ):
        which = countries_doubled(ratios(frame, scenario, measure))
        names = f" ({listed([country_name(iso) for iso in which])})" if 0 < len(which) < 5 else ""
        counts.append(f"{COUNT_WORDS[len(which)]} {words}{names}")
    mine = together[
        (together["scenario"] == scenario) & (together["measure"] == "nominal_usd")
    ].iloc[0]
    return (
        f"Countries that double, of five: {'; '.join(counts)}. Weighted by people instead of "
        f"value, the nominal ratio of the region is {mine['population_weighted_ratio']:.2f}."
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


def _change_of_countries(now: Mapping[str, float], before: Mapping[str, float]) -> str:
    """Which countries a scenario adds to those that double, or takes away; empty if none."""
    mine, base = countries_doubled(now), countries_doubled(before)
    parts = [f"{country_name(iso)} now doubles" for iso in mine if iso not in base]
    parts += [f"{country_name(iso)} no longer doubles" for iso in base if iso not in mine]
    return listed(parts)


def _policy_sentence(frame: pd.DataFrame, scenario: str, baseline: str) -> str:
    mine = ratios(frame, scenario, "nominal_usd")
    base = ratios(frame, baseline, "nominal_usd")
    old, new = f"{base[REGION]:.2f}", f"{mine[REGION]:.2f}"
    moves = f"stays at {new}" if old == new else f"moves from {old} to {new}"
    change = _change_of_countries(mine, base)
    if change:
        return f"With '{scenario}' the regional ratio {moves} in nominal US$; {change}."
    return (
        f"With '{scenario}' the regional ratio {moves} in nominal US$, and the same countries "
        f"double as under '{baseline}'."
    )


def _policies_sentence(frame: pd.DataFrame, scenarios: list[str], baseline: str) -> str:
    """The same for several scenarios at once."""
    base = ratios(frame, baseline, "nominal_usd")
    found = {name: ratios(frame, name, "nominal_usd") for name in scenarios}
    values = [f"{found[name][REGION]:.2f} with '{name}'" for name in scenarios]
    changes = [
        f"with '{name}' {change}"
        for name in scenarios
        if (change := _change_of_countries(found[name], base))
    ]
    countries = "; ".join(changes) or "the same countries double under all of them"
    return (
        f"The regional ratio in nominal US$ is {base[REGION]:.2f} under '{baseline}', "
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
    baseline: str,
    scenarios: tuple[str, ...],
    past: Mapping[str, float],
    source: str = "posterior",
) -> list[str]:
    """Sentences in the order in which they should be read; the levers' effects come after these.

    `past` holds, for countries whose baseline is past 1.5 when the policies start, that ratio;
    `source` is what parameters were drawn from.
    """
    sentences = [
        _doubling_sentence(frame, baseline, source),
        _countries_sentence(frame, together, baseline),
        _bar_sentence(bar),
        _uncertainty_sentence(frame, baseline, source),
    ]
    others = [name for name in scenarios if name != baseline]
    if len(others) > FEW:
        sentences.append(_policies_sentence(frame, others, baseline))
    else:
        sentences += [_policy_sentence(frame, name, baseline) for name in others]
    if past:
        sentences.append(_uninformative_sentence(past))
    return sentences
