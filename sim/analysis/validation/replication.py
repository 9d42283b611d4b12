"""The replication table: what quoted studies measured, and what the same does inside the model.

A ratio near one says that the model agrees with a study, not that it is right; one far from one is
a finding about the model and is in the table like any other. `docs/replication.md` explains
each row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.validation import replication_runs as reruns
from sim.analysis.validation.paired_runs import PairedRuns
from sim.data.effects import Effect, load_effects
from sim.data.load import load_tables
from sim.errors import InputError, known_name
from sim.experiments.execution.progress import Overall, Progress
from sim.experiments.run import seed_list

SCALE = 10_000
SEEDS = 2
ORIGINS = {
    "solved": "a parameter is solved so that this comes out",
    "input": "the figure is an input of the model",
    "prior": "the study set the range of a parameter",
    "free": "the study was used nowhere",
}
COLUMNS = [
    *("name", "what", "published", "low", "high", "simulated", "ratio", "conclusion"),
    *("unit", "origin", "setting", "design", "source", "url", "note"),
]
_NEAR = 2.0  # a ratio within this factor of one agrees


class PublishedStudy(NamedTuple):
    """One row: `published` finds the figure among the effects, or gives one that is not there."""

    name: str
    what: str
    origin: str
    lever: str
    outcome: str
    source_id: str
    simulate: Callable[[PairedRuns], float]
    value: float = math.nan  # where the figure is not among the effects
    low: float = math.nan
    high: float = math.nan
    unit: str = "relative_change"
    where: str = ""  # part of `per` or `setting`, where a source has several figures
    source: str = ""


STUDIES = (
    PublishedStudy("payments_sales", "sales of micro firms when any account reaches any other",
          "free", "payments_interoperability", "small_merchant_card_sales", "nus_paylah",
          reruns.sales_of_micro_firms_after_payments),
    PublishedStudy("payments_firms", "shops opened when any account reaches any other",
          "free", "payments_interoperability", "new_firms", "agarwal_2020",
          reruns.shops_opened_after_payments),
    PublishedStudy("distance", "weight of distance on a platform against trade offline",
          "input", "sme_marketplace", "distance_effect_on_trade", "lendle_res",
          reruns.distance_effect),
    PublishedStudy("heterogeneity", "exports when the distance of rules falls by 0.05",
          "prior", "regulatory_harmonization", "services_exports", "oecd_nordas_2016",
          reruns.exports_after_smaller_distance),
    PublishedStudy("paperless", "cost of trade when customs become paperless",
          "prior", "paperless_customs", "trade_cost", "escap_2019",
          reruns.trade_cost_after_paperless),
    PublishedStudy("open_safe_data", "exports when data flow freely and are protected",
          "prior", "data_flow_openness", "exports", "oecd_wto_2025",
          reruns.exports_with_open_and_safe_data),
    PublishedStudy("localization", "Viet Nam's trade with its rules on data, after five years",
          "prior", "data_flow_openness", "trade_volume", "itif_2022",
          reruns.trade_under_data_localization, where="Viet Nam"),
    PublishedStudy("anti_scam_centre", "losses in the first year of a national anti-scam programme",
          "prior", "anti_scam_enforcement", "losses", "indue_aus_2025",
          reruns.losses_after_a_centre),
    PublishedStudy("losses_per_dollar", "losses avoided over public money in three years of it",
          "free", "anti_scam_enforcement", "losses_avoided_per_cost", "auspol_2025",
          reruns.losses_avoided_per_dollar),
    PublishedStudy("border_cut", "Thai cases when power and internet of compounds are cut",
          "free", "anti_scam_enforcement", "cases", "khaosod_2025",
          reruns.victims_after_a_border_cut, value=-0.2),
    PublishedStudy("victims_shopping", "shopping online a year after having been defrauded",
          "solved", "anti_scam_enforcement", "buying_or_banking_online", "bohme_moore_2012",
          reruns.shopping_of_victims, where="being a victim"),
    PublishedStudy("training", "sales of sellers who took a course",
          "input", "digital_skills", "sales", "",
          reruns.sales_of_trained_sellers, value=0.075, low=0.05, high=0.1,
          source="McKenzie 2021, review of business training"),
    PublishedStudy("cross_side", "pull of sellers on buyers over pull of buyers on sellers",
          "prior", "sme_marketplace", "sellers_pull_over_buyers_pull", "chu_manchanda",
          reruns.sellers_pull_over_buyers_pull),
)  # fmt: skip


def replicate(
    scale: int = SCALE,
    seeds: int | Sequence[int] = SEEDS,
    threads: int | None = None,
    progress: Progress | None = None,
    names: Sequence[str] = (),
) -> pd.DataFrame:
    """Rerun the named studies, or all; one row each, in the columns of `COLUMNS`.

    Raises InputError.
    """
    studies = named_studies(names)
    paired_runs = PairedRuns(scale, seed_list(seeds), threads)
    rows: list[dict[str, object]] = []
    shown = Overall(progress, len(studies))
    shown.add(0)
    for study in studies:
        rows.append(_row(study, _simulated(study, paired_runs)))
        shown.add()
    return pd.DataFrame(rows, columns=COLUMNS)


def named_studies(names: Sequence[str]) -> tuple[PublishedStudy, ...]:
    """The studies with these names, in the order of the table; all without any name.

    Raises InputError.
    """
    known = [study.name for study in STUDIES]
    for name in names:
        known_name(name, known, kind="study")
    return tuple(study for study in STUDIES if not names or study.name in names)


def published(study: PublishedStudy) -> Effect:
    """What a study found, from `effects.csv` unless the row itself gives it. Raises InputError."""
    if not math.isnan(study.value):
        return Effect(
            *(study.lever, study.outcome, study.value, study.low, study.high, study.unit),
            *("", "", "", study.source_id, ""),
        )
    found = [
        effect
        for effect in load_effects()
        if (effect.lever, effect.outcome, effect.source_id)
        == (study.lever, study.outcome, study.source_id)
        and (study.where in effect.per or study.where in effect.setting)
    ]
    if len(found) != 1:
        raise InputError(
            f"{len(found)} effects are those of '{study.name}'",
            where="effects.csv",
            allowed="exactly one",
        )
    return found[0]


def conclusion(simulated: float, effect: Effect) -> str:
    """Agreement of the model with a study within a factor of two, or how it differs."""
    ratio = simulated / effect.value
    if 1.0 / _NEAR <= ratio <= _NEAR:
        return "agrees"
    if effect.low <= simulated <= effect.high:
        return "in its range"
    if ratio < 0:
        return "other sign"
    return "weaker" if ratio < 1.0 else "stronger"


def _simulated(study: PublishedStudy, paired_runs: PairedRuns) -> float:
    """What the model gives for a study. Raises InputError where too few agents are concerned."""
    with np.errstate(all="ignore"):
        try:
            found = study.simulate(paired_runs)
        except ZeroDivisionError:
            found = math.nan
    if not math.isfinite(found):
        raise InputError(
            f"'{study.name}' cannot be measured with agents of {paired_runs.scale:,} people: "
            "too few are in the groups that the study compares",
            where="--scale",
            allowed=f"a finer scale, such as {max(paired_runs.scale // 10, 1):,}",
        )
    return found


def _row(study: PublishedStudy, simulated: float) -> dict[str, object]:
    effect = published(study)
    source = load_tables().sources.get(study.source_id)
    return {
        "name": study.name,
        "what": study.what,
        "published": effect.value,
        "low": effect.low,
        "high": effect.high,
        "simulated": simulated,
        "ratio": simulated / effect.value,
        "conclusion": conclusion(simulated, effect),
        "unit": effect.unit,
        "origin": study.origin,
        "setting": effect.setting,
        "design": effect.design,
        "source": f"{source.title} ({source.publisher})" if source else study.source,
        "url": source.url if source else "",
        "note": effect.note,
    }
