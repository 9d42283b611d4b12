"""The notebooks and the solutions run, and say what their text says.

Each is run once, as a plain program. What the text states and the code does not print is held here.
"""

from __future__ import annotations

import functools
import re
import runpy
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RunPython

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial"
NAMES = ("1_first_run", "2_one_agent", "3_a_study", "4_solutions")


@functools.cache
def ran(name: str) -> dict[str, Any]:
    """Everything that a notebook has computed, by its name."""
    import matplotlib.pyplot as plt

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*non-interactive.*")
        found = runpy.run_path(str(TUTORIAL / f"{name}.py"), run_name=f"notebook_{name}")
    found["figures"] = [plt.figure(number) for number in plt.get_fignums()]
    plt.close("all")
    sys.modules.pop(f"notebook_{name}", None)
    return found


# ---- the first run --------------------------------------------------------------------------


def test_the_table_can_be_made_by_hand() -> None:
    first = ran("1_first_run")
    assert first["by_hand"] == pytest.approx(first["in_table"], rel=1e-12)
    assert first["halfway"] == pytest.approx(2**0.5)


def test_columns_that_the_text_explains_are_in_the_tables() -> None:
    result = ran("1_first_run")["result"]
    text = (TUTORIAL / "1_first_run.py").read_text(encoding="utf-8")
    for name in ("growth_nominal", "growth_real", "share_must_rise_nominal"):
        assert name.removesuffix("nominal") in text
        assert name in result.constant_share.columns
    assert {"nominal_usd", "real_usd", "consumption_share"} == set(result.table["measure"])


def test_pairs_take_luck_out() -> None:
    first = ran("1_first_run")
    assert 0 < first["spread_of_effect"] < 0.5 * first["spread_of_level"]


def test_the_better_off_and_the_towns_lead() -> None:
    share = ran("1_first_run")["share"].loc[2030]
    assert share["q5"] > share["q3"] > share["q1"] > 0
    assert share["urban"] > share["rural"]


def test_what_is_saved_is_what_the_page_of_results_lists() -> None:
    saved = {path.name for path in ran("1_first_run")["folder"].iterdir()}
    assert {"summary.csv", "effects.csv", "conclusion.txt", "manifest.json", "figures"} <= saved


# ---- one agent ------------------------------------------------------------------------------


def test_a_life_hangs_on_the_seed_alone() -> None:
    lives = ran("2_one_agent")
    assert lives["again"].table.equals(lives["one"].table)
    assert lives["other"].person != lives["one"].person


def test_the_changed_rule_does_what_its_sentence_says() -> None:
    """Nobody who was just cheated shops; fewer people shop, and less is bought."""
    agents = ran("2_one_agent")
    rows = agents["world"].consumers.rows
    assert rows["victim"].any()
    assert not (rows["victim"] & rows["shopper"]).any()
    assert 0 < agents["fewer"] < 1
    assert 0 < agents["less"] < 1


def test_both_engines_give_the_same_bytes() -> None:
    assert ran("2_one_agent")["same_bytes"] is True


def test_a_power_is_refused_in_words() -> None:
    agents = ran("2_one_agent")
    with pytest.raises(agents["mekong"].InputError, match="powers differ"):
        agents["mekong"].MekongModel(
            scale=500_000, rules={"consumer": agents["squared"]}, market=False
        )


# ---- a study --------------------------------------------------------------------------------


def test_every_dollar_avoids_something() -> None:
    study = ran("3_a_study")
    marginal = study["marginal"].to_numpy()
    assert marginal.min() > 0
    assert (study["together"]["avoided"].diff().dropna() > 0).all()


def test_the_band_goes_from_the_low_to_the_high_end_of_the_prior() -> None:
    study = ran("3_a_study")
    assert (study["ends"]["low"] < study["ends"]["high"]).all()


def test_programmes_were_paid_for() -> None:
    study = ran("3_a_study")
    assert (study["paid"] > 0).all()
    assert ((study["paid"] / (study["paid"] + study["unpaid"])) <= 1.0).all()


def test_the_finding_has_the_numbers_of_the_table() -> None:
    study = ran("3_a_study")
    row = study["together"].set_index("level").loc[0.5]
    numbers = re.findall(r"US\$ ([\d.]+)", study["finding"])
    assert numbers[:2] == [f"{row['avoided'] / 1e9:.1f}", f"{row['cost'] / 1e9:.1f}"]


@pytest.mark.parametrize(
    ("name", "count"), [("1_first_run", 1), ("2_one_agent", 1), ("3_a_study", 1)]
)
def test_figures_have_titles_units_and_data(name: str, count: int) -> None:
    figures = ran(name)["figures"]
    assert len(figures) == count
    for figure in figures:
        labels = [axes.get_ylabel() + axes.get_title(loc="left") for axes in figure.axes]
        units = ("%", "US$", "million", "billion")
        assert all(axes.get_title(loc="left") for axes in figure.axes)
        assert any(unit in label for label in labels for unit in units)
        for axes in figure.axes:
            assert all(len(line.get_xdata()) > 1 for line in axes.lines)
            assert axes.lines


# ---- exercises ------------------------------------------------------------------------------


def test_every_exercise_but_the_last_has_a_solution() -> None:
    asked = re.findall(r"^(\d)\. ", (TUTORIAL / "exercises.md").read_text("utf-8"), re.MULTILINE)
    solved = re.findall(
        r"^# ## Exercise (\d)", (TUTORIAL / "4_solutions.py").read_text("utf-8"), re.MULTILINE
    )
    assert asked == [*solved, str(len(solved) + 1)]


def test_solutions_of_the_first_run() -> None:
    solved = ran("4_solutions")
    assert len(solved["only_real"]) > 0
    for place, years in solved["late"].items():
        assert years == pytest.approx(solved["in_table"][place], abs=1e-9)
    coarse, fine = solved["spread"].values()
    assert fine < 0.7 * coarse  # a few seeds each


def test_solutions_about_rules() -> None:
    solved = ran("4_solutions")
    assert solved["engines_agree"] is True
    kept = solved["friends"] / solved["shipped"]
    assert kept.max() < 0.8
    assert kept[["KHM", "LAO", "MMR"]].max() < kept[["THA", "VNM"]].min()
    shops, stubborn = solved["shops"]["shipped"], solved["shops"]["stubborn"]
    assert stubborn["shops_closed"] == 0 < shops["shops_closed"]
    assert stubborn["smes_online"] > 1.3 * shops["smes_online"]
    assert stubborn["gmv_real_usd"] == pytest.approx(shops["gmv_real_usd"], rel=0.05)
    assert "did you mean 'anti_scam_enforcement'?" in solved["refusal"]


def test_parameters_spread_more_than_luck() -> None:
    solved = ran("4_solutions")
    luck, parameters = solved["over_seeds"], solved["over_draws"]
    assert max(parameters) - min(parameters) > 3 * (max(luck) - min(luck))


# ---- the pages around them ------------------------------------------------------------------


def test_commands_of_the_tutorial_run(run_mekong: Any, tmp_path: Path) -> None:
    from tests.helpers.readme_blocks import blocks

    page = (TUTORIAL / "index.md").read_text(encoding="utf-8")
    commands = [c for c in blocks(page)["tutorial"] if c.startswith(".venv/bin/mekong ")]
    assert len(commands) == 4
    for command in commands:
        done = run_mekong(*command.split()[1:], cwd=tmp_path)
        assert done.returncode == 0, done.stderr


def test_a_notebook_without_widgets_begins_without_a_warning(run_python: RunPython) -> None:
    program = (
        "import sys, types\n"
        "for name in ('IPython', 'ipykernel.zmqshell'):\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        "sys.modules['IPython'].get_ipython = lambda: None\n"
        "sys.modules['ipywidgets'] = None\n"
        "import sim.model.model\n"
    )
    done = run_python("-c", program)
    assert (done.returncode, done.stderr) == (0, "")
