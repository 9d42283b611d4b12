"""What a rule of one's own declares, through a study: designs, workers, tables, repetition."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.comparison.compare import run
from sim.analysis.export import export
from sim.errors import InputError
from sim.experiments.design import make_design
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import run_jobs
from sim.experiments.own_rules.loading import load_rules, rules_of
from sim.experiments.own_rules.serialization import packed, unpacked
from sim.experiments.provenance.fingerprint import Rules, rules_hash
from sim.experiments.replay import study_in
from sim.experiments.run import Job
from sim.experiments.storage.store import Store
from sim.experiments.study_file import load_study
from sim.model.model import MekongModel
from sim.model.rules import own_parameters, own_rules

RULE = """
from sim.agents.own import field, mean, parameter

calm = field("index 0 to 1", 0.0, 1.0)
calming = parameter("index 0 to 1", 0.0, 1.0, 0.25)
mean_calm = mean("calm", "index 0 to 1")


def consumer_quarter(person, env, params, rng):
    person.calm = params.calming
    person.victim = person.adult and person.connected


def scam_loss(person, env, params):
    return 4.0 if person.victim else 0.0
"""
STUDY = """
title = "Calm"
scenarios = ["baseline"]
scale = 500000
[design]
kind = "grid"
[inputs]
"parameters.calming" = [0.25, 0.75]
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    """The rule in a file."""
    path = tmp_path_factory.mktemp("calm") / "calm.py"
    path.write_text(RULE, encoding="utf-8")
    return load_rules(path)


def a_quarter(job: Job, options: RunOptions) -> pd.DataFrame:
    """One quarter of some hundred people, in plain Python."""
    parts = {"seed": job.seed, "scale": job.scale, "parameters": job.parameters}
    model = MekongModel(
        job.scenario, engine="objects", rules=rules_of(options), market=False, **parts
    )
    model.step()
    return model.indicators()


def test_a_design_varies_a_parameter_in_workers(tmp_path: Path, rules: Rules) -> None:
    file = tmp_path / "calm.toml"
    file.write_text(STUDY, encoding="utf-8")
    with pytest.raises(InputError, match="no parameter 'calming'"):
        load_study(file)
    study = load_study(file, rules=rules)
    assert len({job.run for job in study.jobs}) == 2
    kept = []
    for workers in (1, 2):
        store = Store(tmp_path / str(workers))
        options = RunOptions("objects", threads=1, rules=rules, workers=workers)
        assert run_jobs(study.jobs, options, store, simulator=a_quarter) == 0
        paths = sorted([*store.folder.glob("runs/*"), *store.folder.glob("series/*")])
        kept.append([(path.name, path.read_bytes()) for path in paths])
    assert kept[0] == kept[1]
    runs, series = (
        pd.concat(pd.read_parquet(path) for path in sorted((tmp_path / "2" / name).glob("*")))
        for name in ("runs", "series")
    )
    assert sorted(runs["x.parameters.calming"]) == [0.25, 0.75]
    series = series[(series.country == "GMS5") & (series.group == "all")]
    assert sorted(series[series.indicator == "mean_calm"].value) == pytest.approx([0.25, 0.75])
    assert (series[series.indicator == "scam_losses_usd"].value > 0).all()


def test_a_prior_of_the_parameter_is_its_range(rules: Rules) -> None:
    own = own_parameters(rules)
    design = make_design("grid", {"parameters.calming": "prior"}, own=own)
    assert [row[0] for row in design.rows] == pytest.approx([0.0, 0.25, 1.0])
    with pytest.raises(InputError, match="out of range"):
        make_design("grid", {"parameters.calming": [2.0]}, own=own)


def test_functions_beside_the_rule_go_along(rules: Rules) -> None:
    """Those with which the loop counts are not called by the rule itself."""
    there = unpacked(packed(rules))["consumer"]
    assert there.__globals__["scam_loss"].__code__.co_code == (
        rules["consumer"].__globals__["scam_loss"].__code__.co_code
    )
    assert rules_hash({"consumer": there}) == rules_hash(rules)


def test_what_is_declared_is_part_of_the_identity() -> None:
    namespace = {"__name__": "__main__"}
    hashes = set()
    for start in (0.0, 0.5):
        exec(
            "from sim.agents.own import field\n"
            "class Mine:\n"
            f"    calm = field('index', 0.0, 1.0, start={start})\n"
            "    def consumer_quarter(person, env, params, rng):\n"
            "        person.calm = 0.5\n",
            namespace,
        )
        hashes.add(rules_hash(own_rules(namespace["Mine"])))
    assert len(hashes) == 2


def test_tables_exports_and_repetition_know_it(tmp_path: Path, rules: Rules) -> None:
    result = run("baseline", scale=1_000_000, rules=rules, out=tmp_path / "calm")
    table = result.tables["own_indicators"]
    assert set(table.indicator) == {"mean_calm"} and set(table.unit) == {"index 0 to 1"}
    assert table.value.to_numpy() == pytest.approx(0.25, abs=1e-4)
    assert result.manifest["own_parameters"] == {"calming": "index 0 to 1"}
    path, _ = export(tmp_path / "calm", indicators=["mean_calm"], out=tmp_path / "out")
    assert set(pd.read_csv(path)["indicator"]) == {"mean_calm"}
    assert study_in(tmp_path / "calm", rules).own == own_parameters(rules)
