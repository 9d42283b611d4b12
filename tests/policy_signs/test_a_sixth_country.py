"""The recipe for a country, followed in a copy of the tree: its name, its data, its parameters.

The sixth country is made up out of the rows of Lao PDR. After that it has people, firms, a budget,
neighbours to trade and sign with, and syndicates, without another edit.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from sim.parameters.values import ParameterSet

Run = Callable[..., "CompletedProcess[str]"]
NEW, LIKE, PARTNER = "XTL", "LAO", "VNM"  # of LAO itself it is as far as LAO is of VNM
GEOGRAPHY = ("distance_weighted_km", "shared_border", "common_language_spoken")
OWN = {"start_seller_share": "0.004", "host_share": "0.05"}
SCENARIO = """
extends = "baseline"
title = "A sixth"
question = "Does the sixth country sign?"
[horizon]
end = "2017Q4"
[[levers.regulatory_harmonization]]
pairs = ["LAO-XTL"]
level = 1.0
start = "2015Q1"
lag_years = 0
ramp_years = 0
[[levers.broadband_investment]]
countries = ["XTL"]
level = 0.5
start = "2015Q1"
"""
PROBE = """
import json
from sim.model.model import MekongModel
found = {}
for name in ("baseline", "sixth.toml"):
    model = MekongModel(name, scale=10_000, threads=1, firm_rows=50)
    while model.next_quarter <= 8071:
        model.step()
    table = model.indicators()
    found[name] = {
        f"{row.country} {row.indicator}": row.value
        for row in table[(table["quarter"] == "2017Q4") & (table["group"] == "all")].itertuples()
    }
print(json.dumps(found))
"""


def _more_rows(folder: Path) -> None:
    """Every row about the like country, and about its pairs, once more for the new one."""
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.reader(lines))
        if "country" not in rows[0]:
            continue
        at = rows[0].index("country")
        added = [[*row[:at], place, *row[at + 1 :]] for row in rows for place in _places(row, at)]
        # how many of the others a country has a payment link with is rebuilt from dates
        kept = [row for row in [*rows, *added] if row[0] != "position_qr_links_with_other_four"]
        with path.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows([kept[0], *sorted(kept[1:])])


def _places(row: list[str], at: int) -> list[str]:
    """Where a row stands once more: the new country, its pairs, and that of the two alike."""
    place = row[at]
    if place == LIKE:
        return [NEW]
    if row[0] not in GEOGRAPHY or LIKE not in place.split("-"):
        return []
    other = place.replace(LIKE, "").strip("-")
    pair = "-".join(sorted((NEW, other)))
    return [pair, f"{LIKE}-{NEW}"] if other == PARTNER else [pair]


def _more_parameters(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = list(rows[0])
    names.insert(names.index(PARTNER) + 1, NEW)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, names, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, NEW: OWN.get(row["name"], row[LIKE])})


@pytest.fixture(scope="module")
def tree(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a run needs, with the country added by the recipe."""
    copy = tmp_path_factory.mktemp("six")
    for name in ("sim", "scenarios", "calibration"):
        shutil.copytree(checkout / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    units = copy / "sim/units.py"
    text = units.read_text(encoding="utf-8")
    text = text.replace('"THA", "VNM")', f'"THA", "VNM", "{NEW}")', 1)
    units.write_text(
        text.replace('"VNM": "Viet Nam",', f'"VNM": "Viet Nam",\n    "{NEW}": "X",', 1)
    )
    _more_rows(copy / "calibration/data")
    _more_parameters(copy / "sim/parameters/table.csv")
    (copy / "sixth.toml").write_text(SCENARIO)
    return copy


@pytest.fixture(scope="module")
def found(tree: Path, run_python: Run) -> dict[str, dict[str, float]]:
    """The year 2015 in the copy, by scenario."""
    result = run_python("-c", PROBE, cwd=tree, PYTHONPATH=str(tree))
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_the_validator_knows_it(tree: Path, run_python: Run) -> None:
    good = run_python("-m", "sim", "validate", "sixth.toml", cwd=tree, PYTHONPATH=str(tree))
    assert good.returncode == 0, good.stderr


def test_it_lives_like_the_country_it_was_copied_from(found: dict[str, dict[str, float]]) -> None:
    plain = found["baseline"]
    for name in ("population", "adults", "smes", "budget_revenue_usd", "coverage"):
        assert plain[f"{NEW} {name}"] == pytest.approx(plain[f"{LIKE} {name}"], rel=0.02), name
    for name in ("connected", "gmv_home_usd", "gmv_row_usd", "syndicate_capital"):
        assert plain[f"{NEW} {name}"] > 0.0, name


def test_it_trades_and_signs_with_its_neighbours(found: dict[str, dict[str, float]]) -> None:
    plain, signed = found["baseline"], found["sixth.toml"]
    assert plain[f"{LIKE}-{NEW} flow_usd"] > 0.0
    assert plain[f"{NEW}-{PARTNER} flow_usd"] > 0.0
    name = f"{LIKE}-{NEW} regulatory_distance"
    central = ParameterSet.central().in_country(LIKE)
    removed = central["negotiable_distance"] * central["agreement_compliance"]
    assert signed[name] == pytest.approx(plain[name] * (1.0 - removed))
    paid = "spending_regulatory_harmonization_usd"
    assert signed[f"{NEW} {paid}"] == signed[f"{LIKE} {paid}"] > 0.0
    assert signed[f"{PARTNER} {paid}"] == 0.0
    assert signed[f"{NEW} spending_broadband_investment_usd"] > 0.0
