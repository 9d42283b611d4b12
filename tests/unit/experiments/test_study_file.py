"""Study files: what they mean, and how a bad one is refused before anything runs."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.experiments.run_list import Shard
from sim.experiments.study import Study
from sim.experiments.study_file import load_study, shipped_studies
from sim.units import quarter_index

HEAD = """
title = "A study"
scenarios = ["baseline", "coordinated"]
scale = 100000
"""
GRID = '\n[design]\nkind = "grid"\n'


def written(folder: Path, text: str, name: str = "study.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def study(folder: Path, text: str) -> Study:
    return load_study(written(folder, HEAD + text))


BAD = {
    "seeds = 0": ("0 seeds cannot be taken", "1 to 100,000"),
    'seeds = "three"': ('seeds = "three" is text', "a number n"),
    "sedes = 3": ("unknown key 'sedes'", "did you mean 'seeds'?"),
    "draws = -1": ("draws = -1", "whole number of parameter draws"),
    'baseline = "baselin"': ("baselin", "did you mean 'baseline'?"),
    "[inputs]\n'parameters.imitation' = 'prior'": ("no design", "lever_combinations"),
    "[design]\nn = 4": ("'kind' is missing", "latin_hypercube"),
    "[design]\nkind = 'sobl'\n": ("there is no design 'sobl'", "did you mean 'sobol'?"),
    "[design]\nkind = 'sobol'\n[inputs]\n'parameters.imitation' = 'prior'": ("sobol needs", "n"),
    "[design]\nkind = 'sobol'\nn = 6\n[inputs]\n'parameters.imitation' = 'prior'": (
        "not balanced",
        "a power of two",
    ),
    GRID: ("nothing to vary", "[inputs]"),
    GRID + "n = 4\n[inputs]\n'parameters.imitation' = [0.2]": ("as many points", "take n out"),
    GRID + "[inputs]\n'parameters.imitaton' = [0.2]": ("imitaton", "did you mean 'imitation'?"),
    GRID + "[inputs]\n'parameters.imitation' = [99]": ("out of range", "1/year"),
    GRID + "[inputs]\n'parameters.imitation' = [0.2, 0.2]": ("different values", "[0, 2, 4]"),
    GRID + "[inputs]\n'parameters.imitation' = 'high'": ("how to vary", '"prior"'),
    GRID + "[inputs]\n'levers.broadband_investment.level' = 'prior'": ("no prior", "[0, 8]"),
    GRID + "[inputs]\n'levers.broadband_investment.level' = [-3]": ("below the range", "0 to"),
    GRID + "[inputs]\n'levers.brodband_investment.level' = [3]": ("there is no lever", "broadband"),
    GRID + "[inputs]\n'levers.broadband_investment.FRA.level' = [3]": ("'FRA'", "KHM, LAO"),
    GRID + "[inputs]\n'levers.digital_skills.level' = [3]": ("no scenario but the baseline", "add"),
    GRID + "[inputs]\n'levers.anti_scam_enforcement.start' = ['2026']": ("not a quarter", "2026Q1"),
    GRID + "[inputs]\n'levers.anti_scam_enforcement.start' = [2026.1]": (
        "2026.1 is not",
        "2026.25",
    ),
    GRID + "[inputs]\n'levers.anti_scam_enforcement.start' = ['2041Q1']": ("outside", "2030Q4"),
    GRID + "[inputs]\n'levers.anti_scam_enforcement.start' = 2027": ("how to vary", '"2028Q1"'),
    GRID + "[inputs]\n'levers.anti_scam_enforcement.ramp_years' = [-1]": ("negative", "0 to 16"),
    GRID + "[inputs]\n'levers.anti_scam_enforcement.start' = 'prior'": ("no prior", "bounds"),
    GRID + "[inputs]\n'levers.anti_scam_enforcement.lag_years' = [1]": ("not something", "start"),
    GRID + "[inputs]\n'women_share' = [0.5]": ("not something to vary", "parameters.NAME"),
    "[design]\nkind = 'csv'\nfile = 'nowhere.csv'": ("cannot be read", "nowhere.csv"),
}


@pytest.mark.parametrize("text", BAD, ids=[text.strip().replace("\n", " ")[-50:] for text in BAD])
def test_a_bad_study_file_is_refused_with_what_where_and_what_to_do(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(InputError) as caught:
        study(tmp_path, text)
    said = str(caught.value)
    assert all(words in said for words in BAD[text]), said
    assert caught.value.exit_status == 2
    assert "Traceback" not in said and "pydantic" not in said


def test_a_message_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"study\.toml, line 10, inputs\.parameters\.imitation"):
        study(tmp_path, GRID + "\n[inputs]\n'parameters.imitation' = [99]")


def test_an_input_that_a_scenario_sets_itself_is_refused(tmp_path: Path) -> None:
    own = 'title = "mine"\nextends = "baseline"\n[parameters]\nimitation = 0.3\n'
    written(tmp_path, own, "mine.toml")
    text = HEAD.replace('"coordinated"', '"mine.toml"') + GRID + "[inputs]\n'parameters.{}' = [0.2]"
    for name in ("imitation", "THA.imitation"):
        with pytest.raises(InputError, match="'mine' sets imitation itself"):
            load_study(written(tmp_path, text.format(name)))


def test_scenarios_are_looked_for_beside_the_study(tmp_path: Path) -> None:
    folder = tmp_path / "étude à moi ມ"
    folder.mkdir()
    written(folder, 'title = "mine"\nextends = "baseline"\n', "mine.toml")
    found = load_study(written(folder, HEAD.replace('"coordinated"', '"mine.toml"')))
    assert found.names == ("baseline", "mine")


def test_a_csv_of_rows_is_a_design(tmp_path: Path) -> None:
    lines = (
        "design_point,parameters.imitation,levers.broadband_investment.KHM.level\n1,0.2,\n2,,8\n"
    )
    written(tmp_path, lines, "points.csv")
    found = study(tmp_path, "[design]\nkind = 'csv'\nfile = 'points.csv'")
    rows = found.design.rows
    assert rows[0][0] == 0.2 and math.isnan(rows[0][1])
    assert math.isnan(rows[1][0]) and rows[1][1] == 8.0
    written(tmp_path, lines.replace("0.2", "a fifth"), "points.csv")
    with pytest.raises(InputError, match=r"\"a fifth\" is not a number .points\.csv, line 2"):
        study(tmp_path, "[design]\nkind = 'csv'\nfile = 'points.csv'")


def test_parameters_move_every_scenario_and_levers_only_policies(tmp_path: Path) -> None:
    text = GRID + (
        "[inputs]\n'parameters.imitation' = [0.2, 0.4]\n"
        "'levers.broadband_investment.KHM.level' = [0, 8]\n"
    )
    jobs = study(tmp_path, text).jobs
    base = [job for job in jobs if job.scenario.name == "baseline"]
    policy = [job for job in jobs if job.scenario.name == "coordinated"]
    # A baseline is run once for each value of the parameter, not for each level of the lever.
    assert [dict(job.inputs)["parameters.imitation"] for job in base] == [0.2, 0.4]
    assert all(math.isnan(job.inputs[1][1]) for job in base)
    assert len(policy) == 4 and len({job.run for job in jobs}) == 6
    for job in policy:
        wanted, level = (value for _, value in job.inputs)
        assert job.parameters.get("VNM", "imitation") == wanted
        schedules = job.scenario.levers["broadband_investment"]
        there = {place: s.level for s in schedules for place in s.places}
        assert there["KHM"] == level and there["THA"] != level


def test_a_baseline_that_uses_a_lever_keeps_its_level(tmp_path: Path) -> None:
    text = GRID + "[inputs]\n'levers.broadband_investment.level' = [0, 8]\n"
    head = HEAD.replace('"baseline"', '"broadband"') + 'baseline = "broadband"\n'
    jobs = load_study(written(tmp_path, head + text)).jobs
    levels = {"broadband": set[float](), "coordinated": set[float]()}
    for job in jobs:
        levels[job.scenario.name] |= {s.level for s in job.scenario.levers["broadband_investment"]}
    assert levels["coordinated"] == {0.0, 8.0}
    assert len(levels["broadband"]) == 1 and levels["broadband"].isdisjoint({0.0, 8.0})
    assert len([job for job in jobs if job.scenario.name == "broadband"]) == 1


def test_a_lever_that_is_off_is_the_scenario_without_it(tmp_path: Path) -> None:
    jobs = study(tmp_path, "[design]\nkind = 'lever_combinations'").jobs
    used = [tuple(job.scenario.levers) for job in jobs if job.scenario.name == "coordinated"]
    assert len(set(used)) == 16 and () in used
    none = next(
        job for job in jobs if job.scenario.name == "coordinated" and not job.scenario.levers
    )
    assert none.run == jobs[0].run and jobs[0].scenario.name == "baseline"


def test_every_shard_has_whole_rows_and_all_together_are_the_study(tmp_path: Path) -> None:
    text = "seeds = 5\n" + GRID + "[inputs]\n'parameters.imitation' = [0.2, 0.4]\n"
    path = written(tmp_path, HEAD + text)
    whole = [job.run for job in load_study(path).jobs]
    parts = [[*load_study(path, shard=Shard(number, 3)).jobs] for number in (1, 2, 3)]
    assert sorted(job.run for part in parts for job in part) == sorted(whole)
    for part in parts:
        sides = [
            {(job.seed, job.design_point) for job in part if job.scenario.name == name}
            for name in ("baseline", "coordinated")
        ]
        assert sides[0] == sides[1]
    assert [len(part) for part in parts] == [8, 6, 6]
    with pytest.raises(InputError, match="4/3 is not a part"):
        Shard(4, 3)


def test_a_study_of_many_runs_holds_none_of_them(tmp_path: Path) -> None:
    text = (
        "seeds = 100000\ndraws = 100\n" + GRID + "[inputs]\n'parameters.imitation' = [0.2, 0.4]\n"
    )
    jobs = study(tmp_path, text).jobs
    assert len(jobs) == 100_000 * 100 * 2 * 2
    last = jobs[len(jobs) - 1]
    assert (last.seed, last.draw, last.design_point) == (100_000, 100, 2)


@pytest.mark.parametrize("name", shipped_studies())
def test_shipped_studies_are_valid_and_small_enough(name: str) -> None:
    found = load_study(name)
    assert found.title and 1 < len(found.jobs) <= 1000


PERIODS = """
title = "Periods"
[[levers.broadband_investment]]
countries = ["KHM", "LAO"]
level = 4.0
start = "2026Q1"
end = "2027Q4"
[[levers.broadband_investment]]
countries = ["THA"]
level = 2.0
start = "2026Q1"
end = "2026Q4"
[[levers.broadband_investment]]
countries = ["THA"]
level = 4.0
start = "2028Q1"
"""


@pytest.mark.parametrize(
    ("name", "start", "words"),
    [
        ("levers.broadband_investment.start", "2026Q1", "in THA in several periods"),
        ("levers.broadband_investment.THA.start", "2026Q1", "one block of the lever"),
        ("levers.broadband_investment.KHM.start", "2028Q1", "the end 2027Q4 comes before"),
    ],
)
def test_dates_that_a_scenario_cannot_have_are_refused(
    name: str, start: str, words: str, tmp_path: Path
) -> None:
    written(tmp_path, PERIODS, "periods.toml")
    text = f'title = "A"\nscenarios = ["baseline", "periods.toml"]\n{GRID}[inputs]\n'
    with pytest.raises(InputError, match=re.escape(words)) as told:
        load_study(written(tmp_path, text + f'"{name}" = ["{start}"]\n'))
    assert name in str(told.value)


def test_one_place_may_start_at_another_time(tmp_path: Path) -> None:
    written(tmp_path, PERIODS, "periods.toml")
    text = f'title = "A"\nscenarios = ["baseline", "periods.toml"]\n{GRID}[inputs]\n'
    made = load_study(
        written(tmp_path, text + '"levers.broadband_investment.KHM.start" = ["2027Q2"]\n')
    )
    (job,) = [job for job in made.jobs if job.scenario.name == "periods"]
    starts = {b.places: b.start for b in job.scenario.levers["broadband_investment"][:2]}
    assert starts == {("LAO",): quarter_index("2026Q1"), ("KHM",): quarter_index("2027Q2")}
    assert dict(job.inputs) == {"levers.broadband_investment.KHM.start": 2027.25}


def test_a_csv_design_may_name_quarters(tmp_path: Path) -> None:
    name = "levers.anti_scam_enforcement.start"
    (tmp_path / "points.csv").write_text(f"{name}\n2027Q3\n2028.25\n", encoding="utf-8")
    made = study(tmp_path, "[design]\nkind = 'csv'\nfile = 'points.csv'\n")
    assert made.design.rows == ((2027.5,), (2028.25,))


def test_a_sampled_start_is_a_quarter_between_its_bounds(tmp_path: Path) -> None:
    text = "[design]\nkind = 'latin_hypercube'\nn = 90\n[inputs]\n"
    made = study(tmp_path, text + "'levers.anti_scam_enforcement.start' = ['2026Q1', '2028Q1']\n")
    found = [row[0] for row in made.design.rows]
    assert sorted(set(found)) == [2026 + k / 4 for k in range(9)]
    assert all(found.count(value) == 10 for value in set(found))
