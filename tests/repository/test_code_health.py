"""The project read by the checks of `code_checks`, and the checks put to the test."""

from __future__ import annotations

import csv
import hashlib
import re
import shlex
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.policy.levers import LEVERS
from tests.helpers.code_checks import (
    CALLED_BY_RULES,
    CHECKOUT,
    LONGEST_FILE,
    MOST_FILES,
    ONE_FILE_EACH,
    SIM,
    broken_links,
    constant_powers,
    dynamic_imports,
    import_circles,
    imports_by_module,
    loose_keywords,
    loose_numbers,
    mentioned,
    mesa_imports,
    pages,
    relative,
    results_in_figures,
    sources,
    undocumented,
    unrepeatable,
    wrong_imports,
)
from tests.helpers.readme_blocks import blocks, programs

Check = Callable[[str, str], list[str]]


def complaints_about_sources(check: Check) -> list[str]:
    found = [check(relative(path), path.read_text(encoding="utf-8")) for path in sources()]
    assert len(found) > 5, "no sources were read"
    return [complaint for complaints in found for complaint in complaints]


# ---- the project ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "check",
    [
        wrong_imports,
        dynamic_imports,
        results_in_figures,
        mesa_imports,
        unrepeatable,
        undocumented,
        loose_keywords,
    ],
)
def test_no_source_file_gives_cause_for_complaint(check: Check) -> None:
    assert complaints_about_sources(check) == []


def test_no_modules_import_one_another() -> None:
    files = {relative(path): path.read_text(encoding="utf-8") for path in sources()}
    assert len(imports_by_module(files)["sim.model.model"]) > 5
    assert import_circles(files) == []


def test_rules_and_what_they_call_have_no_constant_powers() -> None:
    read = [path for path in sources() if relative(path).startswith(CALLED_BY_RULES)]
    assert "agents/consumer.py" in map(relative, read)
    found = [constant_powers(relative(path), path.read_text(encoding="utf-8")) for path in read]
    assert [complaint for complaints in found for complaint in complaints] == []


RULES = [relative(path) for path in sources() if relative(path).startswith("agents/")]
RULES += [f"model/market/{name}.py" for name in ("demand", "regulation", "trade_costs")]


@pytest.mark.parametrize("place", RULES)
def test_coefficients_of_rules_are_in_the_parameter_table(place: str) -> None:
    assert loose_numbers(place, (SIM / place).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("return 0.5 * a + 0.5 * b", 0),
        ("return 0.5 * a", 1),
        ("return 0.5 * a + b", 1),
        ("return 1.0 - 2.0 * a", 0),
        ("return a if b else 12.0", 1),
        ("x = 3\n    return x", 1),
    ],
)
def test_numbers_in_a_rule_are_found(body: str, found: int) -> None:
    assert len(loose_numbers("rule.py", f"LEAST = 1e-9\ndef f(a, b):\n    {body}\n")) == found


def test_files_can_be_read_in_a_sitting() -> None:
    lengths = {relative(path): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert {place: n for place, n in lengths.items() if n > LONGEST_FILE} == {}


def test_folders_can_be_taken_in_at_a_glance() -> None:
    folders = Counter(path.parent for path in sources() if path.name != "__init__.py")
    assert folders[SIM / "model"] > 10
    sizes = {relative(folder): n for folder, n in folders.items() if n > MOST_FILES}
    assert {place for place in sizes if place not in ONE_FILE_EACH} == set()


def test_no_two_classes_share_a_name() -> None:
    places: dict[str, list[str]] = {}
    for path in sources():
        for name in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE):
            places.setdefault(name, []).append(relative(path))
    assert len(places) > 100
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_no_file_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}
    assert [relative(path) for path in sources() if path.name in drawers] == []
    assert not [path for path in SIM.rglob("util*") if path.is_dir()]


def test_every_parameter_is_used() -> None:
    with (SIM / "parameters" / "table.csv").open(encoding="utf-8", newline="") as table:
        names = [row["name"] for row in csv.DictReader(table)]
    assert len(names) > 10
    used = set().union(*(mentioned(path.read_text(encoding="utf-8")) for path in sources()))
    used |= {name for lever in LEVERS.values() for name in lever.price_parameters}
    assert sorted(set(names) - used) == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(CHECKOUT).as_posix())
def test_links_and_paths_on_pages_exist(page: Path) -> None:
    assert broken_links(page, page.read_text(encoding="utf-8")) == []


# ---- the README -----------------------------------------------------------------------------


def readme() -> dict[str, list[str]]:
    return blocks((CHECKOUT / "README.md").read_text(encoding="utf-8"))


def test_set_up_of_the_readme_ends_in_what_the_checks_run() -> None:
    (main_job,) = readme()["main-job"]
    (set_up,) = readme()["set-up-main-job"]
    (set_up_tests,) = readme()["set-up-tests"]
    assert readme()["quick"]
    assert set_up.endswith(f"&& .venv/bin/{main_job}")
    assert set_up_tests.endswith("&& .venv/bin/python -m pytest")
    checks = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8")
    assert "run_block set-up-main-job" in checks
    assert "run_block set-up-tests" in checks


@pytest.mark.parametrize("command", readme().get("quick", []))
def test_quick_commands_of_the_readme_run(command: str, run_mekong, tmp_path: Path) -> None:
    program, *arguments = shlex.split(command)
    assert program == "mekong"
    done = run_mekong(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_program_of_the_readme_runs(run_python, tmp_path: Path) -> None:
    program = programs((CHECKOUT / "README.md").read_text(encoding="utf-8"))["own-rule"]
    (tmp_path / "own_rule.py").write_text(program, encoding="utf-8")
    done = run_python("own_rule.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "gmv_real_usd" in done.stdout


# ---- the package as a whole -----------------------------------------------------------------


def test_importing_the_package_loads_nothing_heavy(run_python, tmp_path: Path) -> None:
    heavy = {"matplotlib", "mesa", "numba", "numpy", "pandas", "pyarrow", "pydantic", "scipy"}
    done = run_python("-c", "import sys, sim; print(sim.__version__, *sys.modules)", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    version, *modules = done.stdout.split()
    assert re.fullmatch(r"\d+\.\d+\.\d+\w*", version)
    assert "sim" in modules
    assert heavy & set(modules) == set()


def test_the_version_is_the_same_everywhere() -> None:
    code = (SIM / "_version.py").read_text(encoding="utf-8")
    (version,) = re.findall(r'__version__ = "(.+)"', code)
    citation = (CHECKOUT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.+)$", citation, re.MULTILINE) == [version]
    changes = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert version in re.findall(r"^## (\S+)", changes, re.MULTILINE)


def test_the_hash_seed_of_python_changes_no_byte(run_python) -> None:
    code = (
        "from sim.model.model import MekongModel\n"
        "model = MekongModel('baseline', seed=3, scale=50_000)\n"
        "for _ in range(6):\n"
        "    model.step()\n"
        "print(model.indicators().to_csv(index=False))\n"
    )
    digests = set()
    for hash_seed in ("1", "2718"):
        done = run_python("-W", "ignore", "-c", code, PYTHONHASHSEED=hash_seed)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("\n") > 100
        digests.add(hashlib.sha256(done.stdout.encode()).hexdigest())
    assert len(digests) == 1


# ---- the checks do complain -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "place", "bad"),
    [
        (wrong_imports, "units.py", "from sim.rng import uniform"),
        (wrong_imports, "agents/consumer.py", "def f():\n    from sim import model"),
        (wrong_imports, "model/model.py", "import sim"),
        (wrong_imports, "model/model.py", "from .agents import consumer"),
        (wrong_imports, "attic.py", ""),
        (dynamic_imports, "model/model.py", "import importlib"),
        (dynamic_imports, "cli/dashboard.py", "importlib.import_module('sim.units')"),
        (dynamic_imports, "model/model.py", "from importlib import import_module"),
        (dynamic_imports, "model/model.py", "sim = __import__('sim')"),
        (results_in_figures, "figures/fan.py", "from sim.analysis.sweep import Sweep"),
        (results_in_figures, "figures/fan.py", "def f():\n    from sim.analysis import sweep"),
        (mesa_imports, "units.py", "import mesa"),
        (mesa_imports, "agents/consumer.py", "from mesa import Agent"),
        (mesa_imports, "agents/consumer.py", "from sim.agents.mesa_adapter import mesa"),
        (unrepeatable, "model/model.py", "import random"),
        (unrepeatable, "model/model.py", "import numpy as np\nnp.random.seed(1)"),
        (unrepeatable, "model/model.py", "import numpy as np\nrng = np.random.default_rng()"),
        (unrepeatable, "model/engine/compiled.py", "@njit(fastmath=True)\ndef f(): pass"),
        (unrepeatable, "cli.py", "multiprocessing.set_start_method('spawn')"),
        (unrepeatable, "model/model.py", "for x in {1, 2}:\n    pass"),
        (unrepeatable, "model/model.py", "total = [x for x in set(names)]"),
        (unrepeatable, "model/model.py", "names = list({n for n in names})"),
        (constant_powers, "agents/firm.py", "def f(x):\n    return x**2"),
        (constant_powers, "agents/firm.py", "def f(x):\n    return x**-0.5"),
        (constant_powers, "agents/firm.py", "def f(x, y):\n    return math.pow(x, y)"),
        (undocumented, "model/model.py", "def run(): pass"),
        (undocumented, "model/model.py", "class M:\n    'A model.'\n    def run(self): pass"),
        (loose_keywords, "model/model.py", "def run(**options): pass"),
    ],
)
def test_a_check_complains(check: Check, place: str, bad: str) -> None:
    assert len(check(place, bad)) == 1


@pytest.mark.parametrize(
    ("check", "place", "good"),
    [
        (wrong_imports, "model/model.py", "from sim.agents.consumer import CONSUMER"),
        (wrong_imports, "agents/firm.py", "from sim.agents.contacts import neighbour"),
        (loose_keywords, "rows.py", "def rows(**values): pass"),
        (dynamic_imports, "cli/dashboard.py", "import importlib.util"),
        (dynamic_imports, "model/model.py", "from importlib import metadata"),
        (results_in_figures, "figures/fan.py", "from sim.analysis.text.formatting import short"),
        (results_in_figures, "report/page.py", "from sim.analysis.sweep import Sweep"),
        (mesa_imports, "model/model.py", "import mesa"),
        (unrepeatable, "model/model.py", "for x in sorted({1, 2}):\n    pass"),
        (unrepeatable, "model/model.py", "rng = np.random.default_rng(7)"),
        (constant_powers, "agents/firm.py", "LIMIT = 2**-16\ndef f(x, y):\n    return x**y"),
        (undocumented, "model/model.py", "def _run(): pass"),
    ],
)
def test_a_check_lets_good_code_pass(check: Check, place: str, good: str) -> None:
    assert check(place, good) == []


@pytest.mark.parametrize(
    "back",
    [
        "from sim.units import COUNTRIES",
        "def f():\n    import sim.units",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sim import units",
    ],
)
def test_circles_are_found_wherever_the_import_stands(back: str) -> None:
    files = {"units.py": "from sim.rng import uniform", "rng.py": "", "a/__init__.py": ""}
    assert import_circles(files) == []
    (circle,) = import_circles({**files, "rng.py": back})
    assert "sim.units" in circle and "sim.rng" in circle


def test_what_a_lever_says_that_it_moves_is_not_a_use() -> None:
    source = 'lever = Lever("x", moves=("scam_hazard",), basis="cost")\ny = p.trust_gain'
    assert {"cost", "trust_gain"} <= mentioned(source)
    assert "scam_hazard" not in mentioned(source)


def test_broken_links_are_found() -> None:
    page = CHECKOUT / "README.md"
    text = "[a](no-such.md) [b](https://example.org) `sim/units.py` `sim/attic.py`\n"
    assert broken_links(page, text) == ["README.md: (no-such.md)", "README.md: `sim/attic.py`"]


def test_blocks_of_commands_are_read() -> None:
    page = "<!-- commands: quick -->\n```console\n$ mekong list levers\nname  unit\n```\n"
    assert blocks(page) == {"quick": ["mekong list levers"]}
    other = page.replace("$ mekong list levers\nname  unit", "a && b")
    assert blocks(other) == {"quick": ["a && b"]}
    with pytest.raises(ValueError, match="two blocks"):
        blocks(page + page)
