"""Random valid scenarios and studies are written, read back, and are what they were."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiments.storage.csv_cells import cell_of, text_of
from sim.experiments.study import manifest
from sim.experiments.study_file import load_study
from sim.parameters.table import Parameter, parameter_table
from sim.policy.levers import LEVERS
from sim.scenario import PATHS, Scenario, load_scenario
from sim.units import FIRST_QUARTER, LAST_QUARTER, quarter_label

# Parameters that must fit one another have tests of their own.
TOGETHER = ("pareto_shape", "variety_substitution", "price_elasticity")
SEEN = st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S"))
TITLES = st.text(SEEN, min_size=1, max_size=60).filter(str.strip)
FREE = {name: p for name, p in parameter_table().items() if name not in TOGETHER}


@st.composite
def blocks(draw: st.DrawFn, name: str) -> list[dict[str, Any]]:
    """One or two blocks of a lever, the second after the first."""
    lever = LEVERS[name]
    first = draw(st.integers(FIRST_QUARTER, LAST_QUARTER - 2))
    end = draw(st.integers(first, LAST_QUARTER - 1))
    spans = [(first, end), *([(end + 1, None)] if draw(st.booleans()) else [])]
    found = []
    for start, last in spans:
        some = st.lists(st.sampled_from(lever.places), min_size=1, unique=True)
        where: Any = lever.places[0] if lever.scope == "region" else draw(some | st.just("all"))
        block = {lever.scope: where, "level": draw(st.floats(lever.minimum, lever.maximum))}
        block["start"] = quarter_label(start)
        if last is not None:
            block["end"] = quarter_label(last)
        if draw(st.booleans()):
            block["ramp_years"] = draw(st.floats(0.0, 16.0))
        found.append(block)
    return found


def _values(parameter: Parameter) -> st.SearchStrategy[float]:
    """Its prior range; where that is relative to values of countries, no more than is allowed."""
    return st.floats(max(parameter.low, parameter.minimum), min(parameter.high, parameter.maximum))


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """The keys of a valid scenario file."""
    table: dict[str, Any] = {"title": draw(TITLES), "illustrative": True}
    if draw(st.booleans()):
        table["question"] = draw(st.text(SEEN | st.just("\n"), max_size=80))
    chosen = draw(st.lists(st.sampled_from(sorted(FREE)), unique=True, max_size=3))
    table["parameters"] = {n: draw(_values(FREE[n])) for n in chosen}
    free = [name for name in PATHS if name not in ("agreements", "treaty")]
    paths = draw(st.lists(st.sampled_from(free), unique=True, max_size=3))
    table["paths"] = {name: draw(st.sampled_from(list(PATHS[name].choices))) for name in paths}
    levers = draw(st.lists(st.sampled_from(list(LEVERS)), unique=True, max_size=3))
    table["levers"] = {name: draw(blocks(name)) for name in levers}
    return table


@settings(max_examples=60)
@given(scenarios(), st.from_regex(r"[A-Za-z\u1780-\u17b3][A-Za-z0-9_]{4,20}", fullmatch=True))
def test_a_scenario_is_read_back_unchanged(table: dict[str, Any], name: str) -> None:
    made = Scenario.from_dict(table, name=f"x{name}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{made.name}.toml"
        path.write_text(made.to_toml(), encoding="utf-8")
        read = load_scenario(path)
    assert read == made
    assert read.fingerprint() == made.fingerprint()
    assert read.to_toml() == made.to_toml()


@st.composite
def studies(draw: st.DrawFn) -> dict[str, Any]:
    """The keys of a valid study file with a grid."""
    table: dict[str, Any] = {"title": draw(TITLES), "scenarios": ["baseline", "coordinated"]}
    seeds = st.lists(st.integers(0, 2**31 - 1), unique=True, min_size=1, max_size=4)
    table["seeds"] = draw(seeds | st.integers(1, 5))
    table["scale"] = draw(st.integers(1, 1_000_000))
    table["draws"] = draw(st.integers(0, 3))
    values = st.lists(st.floats(0.0, 8.0), unique=True, min_size=1, max_size=3)
    table["design"] = {"kind": draw(st.sampled_from(["grid", "one_at_a_time"]))}
    table["inputs"] = {"levers.broadband_investment.KHM.level": draw(values)}
    return table


@settings(max_examples=15)
@given(studies())
def test_a_study_is_read_back_and_its_manifest_says_it(table: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.toml"
        path.write_text(tomli_w.dumps(table), encoding="utf-8")
        study = load_study(path)
        points = Path(folder) / "points.csv"
        points.write_text(study.design.as_csv(), encoding="utf-8")
        again = {k: v for k, v in table.items() if k != "inputs"}
        path.write_text(tomli_w.dumps(again | {"design": {"kind": "csv", "file": "points.csv"}}))
        reread = load_study(path)
    record = manifest(study, "compiled", None, "mekong sweep study.toml")
    wanted = table["seeds"]
    assert record["title"] == table["title"]
    assert record["seeds"] == (list(range(1, wanted + 1)) if isinstance(wanted, int) else wanted)
    assert record["scale"] == table["scale"]
    assert record["draws"] == (list(range(1, table["draws"] + 1)) or [0])
    assert reread.design.fingerprint() == study.design.fingerprint()
    assert reread.identity() == study.identity()


@given(st.text(max_size=20) | st.from_regex(r"'*[=+@\t\r-].{0,5}", fullmatch=True))
def test_a_cell_is_read_back_and_is_never_a_formula(text: str) -> None:
    cell = str(cell_of(text))
    assert text_of(cell) == text
    if cell[:1] in tuple("=+-@\t\r"):
        float(cell)
