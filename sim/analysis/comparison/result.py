"""A comparison: what the runs of a study say, as tables and sentences."""

from __future__ import annotations

import math
import shutil
import weakref
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.contrasts import ASSUMPTIONS, POLICY, Contrasts
from sim.analysis.comparison.dominance import Dominated, dominated, dominated_by_levers
from sim.analysis.comparison.pairs import Pairs, independent, pairs_of, spread
from sim.analysis.comparison.plausibility import refusal_sentence, refused_draws, without
from sim.analysis.comparison.run_parameters import RunParameters
from sim.analysis.comparison.tables.effects import effects, needed_groups, needed_indicators
from sim.analysis.comparison.tables.own_indicators import own_tables, own_units
from sim.analysis.comparison.tables.summary import constant_share, region, summary
from sim.analysis.comparison.tables.trade import trade
from sim.analysis.comparison.tables.uncertainty import uncertainty
from sim.analysis.comparison.tables.welfare import welfare
from sim.analysis.comparison.years import panels, select
from sim.analysis.shown import ShownStudy
from sim.analysis.text.agreements import signatures
from sim.analysis.text.conclusion import conclusion
from sim.analysis.text.displacement import displacement
from sim.analysis.text.policy_findings import (
    findings,
    trade_findings,
    trust_findings,
    welfare_findings,
)
from sim.analysis.text.verdict import Answer, Evidence, verdict
from sim.analysis.validation.monte_carlo_error import precision
from sim.analysis.validation.prior_share import known_shares, known_studies
from sim.errors import MekongError
from sim.experiments.execution.execute import REFUSE, refuse_missing
from sim.experiments.run import drawn_from, is_central
from sim.experiments.storage.folder import opened, read_manifest, write_manifest
from sim.experiments.storage.local_path import local_path
from sim.experiments.storage.store import Store
from sim.quantile_bands import FEWEST, band_name
from sim.rows import rows_where
from sim.target import (
    BASE_YEAR,
    TARGET_YEAR,
    fans,
    informative,
    median,
    own_ratios,
)
from sim.units import COUNTRIES, REGION

FAN = ["low", "median", "high"]
BESIDE = ("row_paths", "channels", "parts")  # tables that need the studies inside the folder


class Comparison(ShownStudy):
    """The results of one study, read from its folder.

    `table` has the columns of `summary.csv`; `effects`, `trade` and `welfare` those of their files;
    `contrasts` says what is compared with what: the policy of a scenario with its counterfactual
    (`paired`), and this with the baseline, which shows what assumptions change (`assumed`);
    `uncertainty` separates the two sources of spread, `region` has the five countries together,
    `constant_share` growth at a constant online share; `refused` are draws left out. `conclusion`,
    `findings` (of which `about_trade`) are sentences: first the target, then the levers.

    `years` has one row for each scenario, country, indicator, group, seed and draw (its index), and
    one column a year; `runs` one row a run. Values are in the unit of their indicator, money in
    whole US$. Raises MekongError when a scenario has no finished run, and where runs are missing
    unless `missing` is "drop".
    """

    kind = "comparison"

    def __init__(self, folder: Path, temporary: bool = False, missing: str = REFUSE) -> None:
        self._temporary = temporary
        if temporary:
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.folder = folder = local_path(folder)
        self.manifest: dict[str, Any] = read_manifest(folder)
        self.store = Store(folder)
        refuse_missing(self.store, self.manifest, missing)
        self.runs = self.store.runs()
        self.baseline: str = self.manifest["baseline"]
        self.failed = rows_where(self.runs, status="failed").reset_index(drop=True)
        self._refuse_empty()
        self.row_paths, self.channels, self.parts = (self._beside(name) for name in BESIDE)
        self.inside: dict[str, Comparison] = {}  # studies in its folder, `row_paths/cheaper`
        self.settings = RunParameters(self.manifest)
        wanted = needed_indicators(own_units(self.manifest))
        self._receive(*panels(self.store.series(wanted, needed_groups()), self.runs))

    def _beside(self, name: str) -> pd.DataFrame | None:
        """A table that was made from this and other studies in its folder."""
        file = self.folder / f"{name}.csv"
        return pd.read_csv(file) if file.is_file() else None

    def _receive(self, years: pd.DataFrame, quarters: pd.DataFrame) -> None:
        """Take the values of all runs; what they say is worked out when it is asked for."""
        self.refused = refused_draws(years, self.baseline)
        self.years, self.quarters = without(years, self.refused), without(quarters, self.refused)
        self.contrasts = Contrasts(self.manifest)
        self.scenarios = self.contrasts.names
        self.every = tuple(self.manifest["scenarios"])
        self.paired, self.assumed = self._paired(self.years)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every scenario, place and measure against the doubling."""
        return summary(self.years, self.every)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Paired differences, with their cost and how much of them is prior."""
        shares, own = known_shares(self.manifest), own_units(self.manifest)
        return _joined(effects(self.paired, own, shares=shares), effects(self.assumed, own))

    @cached_property
    def trade(self) -> pd.DataFrame:
        """What is created and what is diverted."""
        return _joined(*(trade(some, self.settings) for some in (self.paired, self.assumed)))

    @cached_property
    def welfare(self) -> pd.DataFrame:
        """Who gains and who pays."""
        both = zip((self.paired, self.assumed), self._paired(self.quarters), strict=True)
        return _joined(*(welfare(years, quarters) for years, quarters in both))

    @cached_property
    def uncertainty(self) -> pd.DataFrame:
        """Spread from parameters and from random variation."""
        return uncertainty(self.years, self.every)

    @cached_property
    def region(self) -> pd.DataFrame:
        """The five countries together, weighted by value and by population."""
        return region(self.table, self.years, self.every)

    @cached_property
    def constant_share(self) -> pd.DataFrame:
        """Growth at a constant online share, and the rise that a doubling requires."""
        return constant_share(self.years, self.baseline)

    @cached_property
    def past(self) -> dict[str, float]:
        """Countries past 1.5 times 2022 in the baseline as the policies start, with that ratio."""
        return self.past_of("gmv_nominal_usd")

    @property
    def answers(self) -> list[Answer]:
        """What each policy adds, avoids and costs; and with it who gains and what it rests on."""
        studies = known_studies(self.manifest)
        evidence = Evidence(self.effects, self.parts, self._dominated, studies)
        return verdict(self.contrasts, self.paired, self.assumed, self.settings, evidence)

    @property
    def verdict(self) -> list[str]:
        """The answers as paragraphs."""
        return [str(answer) for answer in self.answers]

    @property
    def conclusion(self) -> list[str]:
        """Sentences on the target, and on mixes that do no better than a part of them."""
        alone = [] if self.parts is None else dominated_by_levers(self.parts)
        return [*self._conclusion, *alone, *refusal_sentence(self.refused)]

    @cached_property
    def _dominated(self) -> list[Dominated]:
        return dominated(self.paired, self.settings)

    @cached_property
    def _conclusion(self) -> list[str]:
        read = (self.table, self.region, self.constant_share, self.contrasts, self.past)
        found = [str(one) for one in self._dominated]
        return conclusion(*read, self.drawn_from) + found

    @cached_property
    def about_trade(self) -> list[str]:
        """Sentences on common rules."""
        return trade_findings(self.trade, self.changed_levers, self._independent[0])

    @cached_property
    def about_others(self) -> list[str]:
        """Sentences on agreements, syndicates and trust."""
        return [
            *signatures(self.paired),
            *displacement(self.paired),
            *trust_findings(self.changed_levers),
        ]

    @cached_property
    def findings(self) -> list[str]:
        """Sentences on the levers."""
        return [
            *findings(self.effects, self.pairs, self.contrasts),
            *self.about_trade,
            *self.about_others,
            *welfare_findings(self.welfare),
        ]

    @property
    def changed_levers(self) -> dict[str, tuple[str, ...]]:
        """By scenario with a policy of its own: the levers that differ from its counterfactual."""
        return {
            name: self.settings.changed_levers(name, pairs.against)
            for name, pairs in self.paired.items()
        }

    def _paired(self, table: pd.DataFrame) -> tuple[dict[str, Pairs], dict[str, Pairs]]:
        """The pairs of every scenario with a policy of its own, and those of assumptions."""
        policy, assumed = dict[str, Pairs](), dict[str, Pairs]()
        for contrast in self.contrasts.all:
            found = pairs_of(table, contrast.mine, contrast.against, contrast.effect_of)
            into = assumed if contrast.effect_of == ASSUMPTIONS else policy
            into[contrast.scenario] = found
        return policy, assumed

    def _refuse_empty(self) -> None:
        finished = set(self.runs.loc[self.runs["status"] == "done", "scenario"])
        for scenario in self.manifest["scenarios"]:
            if scenario not in finished:
                log = self.store.log()
                errors = [text for text in log.get("error", []) if text]
                raise MekongError(
                    f"no run of '{scenario}' finished" + (f": {errors[0]}" if errors else ""),
                    where=None if self._temporary else str(self.folder),
                    todo="the log/ table holds every error with its traceback",
                )

    @property
    def failed_beside(self) -> int:
        """How many runs failed of the studies inside its folder."""
        return sum(len(part.failed) for part in self.inside.values())

    @property
    def pairs(self) -> int:
        """Runs of the baseline, each of which is one side of a pair."""
        finished = without(rows_where(self.runs, status="done"), self.refused)
        return int((finished["scenario"] == self.baseline).sum())

    @property
    def drawn(self) -> int:
        """Parameter draws that count; 0 for the central parameters alone."""
        draws = {draw for draw in self.manifest["draws"] if not is_central(draw)}
        return len(draws - set(self.refused))

    @property
    def drawn_from(self) -> str:
        """What parameters are drawn from: "posterior" or "prior"."""
        return drawn_from(self.manifest["draws"])

    @property
    def drawn_words(self) -> str:
        """`"10 draws of the posterior"`; of central values alone nothing."""
        many = f"{self.drawn} draw{'s' if self.drawn > 1 else ''} of the {self.drawn_from}"
        return many if self.drawn else ""

    @property
    def band(self) -> str:
        """What low and high are in this comparison."""
        return band_name(*self._independent)

    @property
    def _independent(self) -> tuple[int, str]:
        finished = without(rows_where(self.runs, status="done"), self.refused)
        mine = rows_where(finished, scenario=self.baseline)
        return independent(zip(mine["seed"], mine["draw"], strict=True))

    def past_of(self, indicator: str) -> dict[str, float]:
        """The same of another indicator."""
        start = self.manifest.get("policy_start_year")
        before = None if start is None else int(start) - 1
        if before not in self.years.columns:  # policies from the first year on: nothing came before
            return {}
        past: dict[str, float] = {}
        for iso in COUNTRIES:
            paths = select(self.years, self.baseline, iso, indicator)
            base = paths[BASE_YEAR].where(paths[BASE_YEAR] > 0, np.nan)
            ratio = median((paths[before] / base).to_numpy(np.float64))
            if not informative(ratio):
                past[iso] = ratio
        return past

    def fan(self, scenario: str, country: str, indicator: str = "gmv_nominal_usd") -> pd.DataFrame:
        """Yearly low, median and high over runs, in the indicator's unit; the index is the year."""
        paths = select(self.years, scenario, country, indicator)
        return _quantiles(paths.to_numpy(np.float64), paths)

    def growth(
        self, scenario: str, country: str, indicator: str = "gmv_nominal_usd"
    ) -> pd.DataFrame:
        """The same of every run's path over its own value of 2022."""
        paths = select(self.years, scenario, country, indicator)
        years = [int(year) for year in paths.columns]
        return _quantiles(own_ratios(paths.to_numpy(np.float64), years), paths)

    def difference(self, scenario: str, country: str = REGION) -> pd.DataFrame:
        """Low, median and high of what a policy adds to purchases (constant 2022 US$), by year.

        From the year before the first policies to 2030.
        """
        pairs = self.paired[scenario]
        mine, theirs = pairs.paths(country, "gmv_real_usd")
        index = [int(period) for period in pairs.periods]
        table = pd.DataFrame(fans(mine - theirs, pairs.draws), index=index, columns=FAN)
        first = int(self.manifest.get("policy_start_year") or TARGET_YEAR) - 1
        return table[(table.index >= first) & (table.index <= TARGET_YEAR)]

    def level(self, country: str, indicator: str, group: str = "all", first: int = 0) -> float:
        """The baseline's median in 2030, or its sum from the year `first` on; nan if unknown."""
        paths = select(self.years, self.baseline, country, indicator, group)
        start = first or TARGET_YEAR
        years = [year for year in paths.columns if start <= int(year) <= TARGET_YEAR]
        return median(paths[years].sum(axis=1, skipna=False).to_numpy(np.float64))

    def relative(
        self,
        scenario: str,
        indicator: str,
        country: str = REGION,
        group: str = "all",
        effect_of: str = POLICY,
    ) -> tuple[float, float, float] | None:
        """Effect of 2030 over the other side: median, low and high of runs; None if unknown."""
        pairs = (self.assumed if effect_of == ASSUMPTIONS else self.paired)[scenario]
        if not pairs.has(country, indicator, group):
            return None
        mine, theirs = pairs.both(country, indicator, group)
        return spread(mine / np.where(theirs > 0, theirs, np.nan) - 1.0, pairs.draws)

    def cost(self, scenario: str) -> float:
        """Median over runs of the cost of a policy up to 2030, five countries; nan if unknown."""
        rows = rows_where(self.effects, scenario=scenario, country=REGION)
        rows = rows[rows["effect_of"] != ASSUMPTIONS]
        return float(rows["cost_usd"].iloc[0]) if len(rows) else math.nan

    def precision(self) -> pd.DataFrame:
        """Every headline number with its Monte-Carlo error."""
        return precision(self.years, self.every, self.contrasts)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file."""
        found = {
            "summary": self.table,
            "effects": self.effects,
            "trade": self.trade,
            "welfare": self.welfare,
            "uncertainty": self.uncertainty,
            "precision": self.precision(),
            "region": self.region,
            "constant_share": self.constant_share,
        }
        found |= {name: beside for name in BESIDE if (beside := getattr(self, name)) is not None}
        return found | own_tables(self.years, self.manifest) | self.account_tables

    @property
    def account_tables(self) -> dict[str, pd.DataFrame]:
        """Those of an account beside e-commerce alone, by the name of the file."""
        return {}

    def notes(self) -> Mapping[str, str]:
        """What a reader of the tables must know; kept in the manifest."""
        return {
            "low_high": f"{self.band} (percentiles from {FEWEST} independent draws on)",
            "gap_years": "years by which 2030 lags the doubling trajectory; negative when ahead",
            "effect_of": "policy: against the same assumptions; assumptions: without policy",
            "cost_usd": "paired difference in all spending on levers up to 2030, constant 2022 US$",
            "prior_share": "variance over draws of the posterior / of the prior, at most 1",
            "cumulative": "sums over 2026-2030",
            "trade": "values are medians over pairs, so parts need not add up; those of a pair do",
            "welfare": "the value of e-commerce is not welfare, and the rows overlap",
        }

    def copy_runs(self, folder: Path) -> None:
        """Copy what is needed to read the result again. Raises OutputError for another study's."""
        with opened(folder, self.manifest):
            write_manifest(folder, read_manifest(self.folder))
            self.store.copy_to(Store(folder))

    def __str__(self) -> str:
        return "\n\n".join([*self.verdict, *self.conclusion, *self.findings])


def _joined(*frames: pd.DataFrame) -> pd.DataFrame:
    """Tables of the same columns below one another."""
    known = [frame for frame in frames if len(frame)]
    return pd.concat(known, ignore_index=True) if known else frames[0]


def _quantiles(values: NDArray[np.float64], paths: pd.DataFrame) -> pd.DataFrame:
    fan = fans(values.T, independent(paths.index.to_list())[0])
    return pd.DataFrame(fan, index=[int(year) for year in paths.columns], columns=FAN)
