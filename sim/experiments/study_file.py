"""A study as a file: read, checked in every value, and refused in words before anything runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sim.errors import InputError, did_you_mean, known_name, nearest
from sim.experiments.design import KINDS, Design, lever_combinations, make_design
from sim.experiments.design_file import read_design
from sim.experiments.inputs import applies, refuse_dates, refuse_overruled
from sim.experiments.limits import MOST_SCENARIOS, check_count, check_runs
from sim.experiments.provenance.fingerprint import Rules
from sim.experiments.run_list import Shard
from sim.experiments.study import Study, build_study
from sim.model.footprint import LARGEST_SCALE
from sim.model.rules import own_parameters, own_rules
from sim.parameters.table import Parameter
from sim.resources import shipped
from sim.rng import LARGEST_SEED
from sim.scenario import Scenario, load_scenario
from sim.scenario.check import text_problems
from sim.scenario.explain import key_of
from sim.scenario.files import SourceFile, find, read
from sim.scenario.problems import Problem, kind, refusal, shown

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)
_NEEDS_N = ("latin_hypercube", "sobol", "morris")


class DesignTable(BaseModel):
    """[design]: how the inputs are combined."""

    model_config = _STRICT
    kind: str = Field(description=f"one of {', '.join(KINDS)}, in quotes")
    n: int | None = Field(None, description="a whole number: points, or trajectories of morris")
    seed: int = Field(
        1, ge=0, le=LARGEST_SEED, description=f"a whole number from 0 to {LARGEST_SEED}"
    )
    scramble: bool = Field(True, description="true or false: a scrambled Sobol' sequence")
    file: str | None = Field(None, description="a CSV file in quotes, one column for each input")


class StudyTable(BaseModel):
    """A whole study file."""

    model_config = _STRICT
    title: str = Field(description="a short name in quotes")
    question: str = Field("", description="the question it answers, in quotes")
    scenarios: Annotated[list[str], Field(min_length=1)] = Field(
        description='shipped names or paths, such as ["baseline", "coordinated"]'
    )
    baseline: str | None = Field(None, description="the name of the scenario to compare with")
    scale: int = Field(
        5000,
        ge=1,
        le=LARGEST_SCALE,
        description=f"a whole number of people that one agent represents, up to {LARGEST_SCALE:,}",
    )
    seeds: int | list[int] = Field(1, description="a number n (seeds 1 to n) or a list [1, 2, 3]")
    draws: int = Field(0, ge=0, description="a whole number of parameter draws")
    draws_from: Literal["posterior", "prior"] = Field(
        "posterior", description='"posterior" or "prior"'
    )
    design: DesignTable | None = Field(None, description="a table, written [design]")
    inputs: dict[str, Any] = Field({}, description="a table, written [inputs]")


def shipped_studies() -> list[str]:
    """Names of the studies that come with the program."""
    return sorted(path.stem for path in shipped("scenarios", "studies").glob("*.toml"))


def find_study(name_or_path: str | Path) -> Path:
    """The file meant by a shipped name or a path. Raises InputError."""
    if isinstance(name_or_path, str) and name_or_path in shipped_studies():
        return shipped("scenarios", "studies", f"{name_or_path}.toml")
    path = Path(os.path.expanduser(name_or_path))
    try:
        if path.is_file():
            return path
        exists = path.exists()
    except (OSError, ValueError):
        exists = False
    near = nearest(path.stem, shipped_studies())
    if exists:
        raise InputError(
            f"'{name_or_path}' is a folder, a device or a pipe, not a study file",
            allowed="the path of a TOML file",
        )
    raise InputError(
        f"there is no study '{name_or_path}'",
        allowed=f"the path of a TOML file, or one of {', '.join(shipped_studies())}",
        todo=f"did you mean '{near}'?" if near else None,
    )


def load_study(
    name_or_path: str | Path, *, rules: Rules | None = None, shard: Shard | None = None
) -> Study:
    """The study in a file. Raises InputError: what is wrong, where, what is allowed."""
    path = find_study(name_or_path)
    source = read(path)
    table = _table(source)
    try:
        return _study(table, path.parent, rules, shard or Shard())
    except InputError as error:
        where = error.where
        problem = Problem(where or "", error.what, error.allowed, error.todo)
        if where is None or where.split(".")[0].split("[")[0] in StudyTable.model_fields:
            raise refusal(source.label, [problem], source.lines) from None
        raise


def _table(source: SourceFile) -> StudyTable:
    texts = text_problems(source.table)
    if texts:
        raise refusal(source.label, texts, source.lines)
    try:
        return StudyTable.model_validate(source.table)
    except ValidationError as error:
        problems = [
            _problem(found["type"], found["loc"], found["input"])
            for found in error.errors(include_url=False, include_context=False)
        ]
        raise refusal(source.label, problems, source.lines) from None


def _problem(code: str, location: tuple[int | str, ...], value: Any) -> Problem:
    shape: type[BaseModel] = DesignTable if location[:1] == ("design",) else StudyTable
    named = [str(part) for part in location if str(part) in shape.model_fields]
    name = str(location[-1])
    key = key_of(tuple(part for part in location if part not in ("int", "list[int]")))
    if code == "extra_forbidden":
        if location[:1] == ("inputs",) or "." in name:
            return Problem(key, f"unknown key '{name}'", todo="write inputs under [inputs]")
        fields = tuple(shape.model_fields)
        return Problem(key, f"unknown key '{name}'", ", ".join(fields), did_you_mean(name, fields))
    allowed = shape.model_fields[named[-1]].description if named else None
    if code == "missing":
        return Problem(key, f"'{name}' is missing", allowed, f"add {name} = ...")
    return Problem(key, f"{key} = {shown(value)} is {kind(value)}", allowed)


def _study(table: StudyTable, folder: Path, rules: Rules | None, shard: Shard) -> Study:
    check_count(len(table.scenarios), MOST_SCENARIOS, "scenarios")
    own = own_parameters(own_rules(rules))
    scenarios = [load_scenario(find(name, folder), own) for name in table.scenarios]
    names = [scenario.name for scenario in scenarios]
    baseline = table.baseline or names[0]
    if baseline not in names:
        scenarios.insert(0, load_scenario(find(baseline, folder), own))
        baseline = scenarios[0].name
    study = build_study(
        scenarios,
        baseline=baseline,
        seeds=table.seeds,
        draws=table.draws,
        prior=table.draws_from == "prior",
        scale=table.scale,
        rules=rules,
    )
    design = _design(table, study.scenarios, baseline, folder, own)
    check_runs(len(study.names), len(design.rows), len(study.seeds), len(study.draws))
    refuse_overruled(design.inputs, study.scenarios)
    _refuse_idle(design, study.scenarios, baseline)
    refuse_dates(design.inputs, design.rows, study.scenarios, (baseline,))
    return replace(study, design=design, shard=shard, title=table.title)


def _design(
    table: StudyTable,
    scenarios: tuple[Scenario, ...],
    baseline: str,
    folder: Path,
    own: tuple[Parameter, ...],
) -> Design:
    wanted = table.design
    if wanted is None:
        if table.inputs:
            raise InputError(
                "there are inputs but no design",
                where="inputs",
                allowed=", ".join(KINDS),
                todo='add [design] with kind = "grid" or another',
            )
        return Design()
    known_name(wanted.kind, KINDS, "design.kind", "design")
    if wanted.n is not None and wanted.kind not in _NEEDS_N:
        raise InputError(
            f"a design of kind {wanted.kind} has as many points as its values make",
            where="design.n",
            todo="take n out",
        )
    if wanted.kind == "csv":
        return _from_csv(wanted, table.inputs, folder, own)
    if wanted.file is not None:
        raise InputError(
            "only a csv design reads a file", where="design.file", todo='write kind = "csv"'
        )
    if wanted.kind == "lever_combinations" and not table.inputs:
        others = [s for s in scenarios if s.name != baseline]
        levers = list(dict.fromkeys(name for s in others for name in s.levers))
        if not levers:
            raise InputError("no scenario but the baseline uses a lever", where="scenarios")
        return lever_combinations(levers)
    if wanted.kind == "lever_combinations":
        _refuse_levels(table.inputs)
    return make_design(
        wanted.kind,
        table.inputs,
        n=wanted.n,
        seed=wanted.seed,
        scramble=wanted.scramble,
        own=own,
    )


def _refuse_levels(inputs: Mapping[str, Any]) -> None:
    for name in inputs:
        if not name.endswith(".on"):
            raise InputError(
                f"'{name}' is not a lever that is on or off",
                where=f"inputs.{name}",
                allowed='"levers.NAME.on" = [0, 1]',
            )


def _from_csv(
    wanted: DesignTable, inputs: Mapping[str, Any], folder: Path, own: tuple[Parameter, ...]
) -> Design:
    if inputs:
        raise InputError(
            "a csv design has its inputs in the file", where="inputs", todo="take [inputs] out"
        )
    if wanted.file is None:
        raise InputError(
            "a csv design needs a file", where="design.kind", todo='add file = "points.csv"'
        )
    try:
        return read_design(folder / wanted.file, wanted.file, own)
    except InputError as error:
        place = error.where or wanted.file
        what = error.what if wanted.file in error.what else f"{error.what} ({place})"
        raise InputError(
            what, where="design.file", allowed=error.allowed, todo=error.todo
        ) from None


def _refuse_idle(design: Design, scenarios: tuple[Scenario, ...], baseline: str) -> None:
    """An input that changes no scenario is a mistake."""
    for varied in design.inputs:
        if not any(applies(varied, scenario, (baseline,)) for scenario in scenarios):
            place = f" in {varied.place}" if varied.place else ""
            raise InputError(
                f"no scenario but the baseline uses {varied.target}{place}, so there is no date "
                "from which it could be varied",
                where=f"inputs.{varied.name}",
                todo="add a scenario that uses it; the baseline itself is never changed",
            )
