"""The command line as a person meets it: exit status, messages, JSON, quiet, resuming."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.analysis.comparison.compare import conduct
from sim.cli import app
from sim.cli.console.arguments import parse_seeds
from sim.cli.console.progress import Bar, Lines, duration
from sim.cli.console.sizes import announce
from sim.errors import InputError, MekongError
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from tests.helpers.made_up import made_up
from tests.helpers.readme_blocks import blocks
from tests.helpers.undrawn import without_pictures

COARSE = ("--scale", "100000", "--seeds", "2", "--draws", "0")


def mekong(*arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder is empty, runs are made up instead of simulated (`_made_up`), pictures empty."""
    monkeypatch.chdir(tmp_path)
    without_pictures(monkeypatch)
    return tmp_path


def break_runs(monkeypatch: pytest.MonkeyPatch, error: BaseException, seed: int) -> None:
    """Let the runs of one seed end in an error."""

    def breaking(job: Job, options: RunOptions) -> pd.DataFrame:
        if job.seed == seed:
            raise error
        return made_up(job, options)

    monkeypatch.setattr("sim.analysis.comparison.compare.conduct.__kwdefaults__", _with(breaking))


def _with(simulator: object) -> dict[str, object]:
    return {**(conduct.__kwdefaults__ or {}), "simulator": simulator}


@pytest.fixture(autouse=True)
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.analysis.comparison.compare.conduct.__kwdefaults__", _with(made_up))


# ---- the main job ---------------------------------------------------------------------------


def test_compare_prints_the_conclusion_before_the_effects_and_says_where_results_are(
    quick: Path,
) -> None:
    status, out, _ = mekong("compare", "baseline", "anti_scam", *COARSE)
    assert status == 0
    words = [
        *("Conclusion", "without any change in habits", "2030 over 2022", "Paired differences"),
        *("online shoppers", "from neighbours", "profit from these sales", "losses 2026-30"),
        *("cost of programmes", "Effects", "is not a welfare"),
    ]
    positions = [out.index(word) for word in words]
    assert positions == sorted(positions)
    (folder,) = (quick / "results").iterdir()
    assert folder.name.startswith("compare-baseline-anti_scam-")
    assert f"Results: results/{folder.name}" in out
    assert sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")) == sorted(
        [
            "constant_share.csv",
            "effects.csv",
            "figures",
            "log",
            "manifest.json",
            "precision.csv",
            "region.csv",
            "runs",
            "series",
            "summary.csv",
            "trade.csv",
            "uncertainty.csv",
            "conclusion.txt",
            "welfare.csv",
        ]
    )
    assert sorted(p.name for p in (folder / "figures").iterdir()) == (
        [
            f"{name}.{form}"
            for name in ("difference", "effects", "trajectory")
            for form in ("png", "svg")
        ]
    )
    assert len(out.splitlines()) < 110, "more than two screens"


def test_json_is_all_there_is_on_the_standard_output(quick: Path) -> None:
    status, out, _ = mekong("compare", "baseline", "anti_scam", *COARSE, "--json")
    assert status == 0
    found = json.loads(out)
    assert found["baseline"] == "baseline"
    assert found["scenarios"] == ["baseline", "anti_scam"]
    assert len(found["summary"]) == 2 * 6 * 3
    assert found["failed_runs"] == []
    assert "NaN" not in out


def test_common_rules_are_shown_on_three_paths_of_the_rest_of_the_world(quick: Path) -> None:
    words = ("compare", "baseline", "harmonization", "anti_scam", *COARSE, "--out", "o")
    arguments = (*words, "--seeds", "1")
    status, out, said = mekong(*arguments)
    assert status == 0, said
    assert "--row-paths shows" in out
    status, out, said = mekong(*arguments, "--row-paths")
    assert status == 0, said
    assert "3 of 7 runs are there already" in said
    assert "7 of 7 runs done" in said
    (header,) = [
        line for line in out.splitlines() if {"flat", "cheaper", "taxed"} <= {*line.split()}
    ]
    assert header.split() == ["flat", "cheaper", "taxed"]
    assert "diverted from the rest of the world" in out and "--row-paths shows" not in out
    table = pd.read_csv(quick / "o" / "row_paths.csv")
    assert table["row_path"].unique().tolist() == ["flat", "cheaper", "taxed"]
    assert table["scenario"].unique().tolist() == ["harmonization"]
    assert table["baseline"].unique().tolist() == ["baseline"]
    assert (quick / "o" / "row_paths" / "taxed" / "trade.csv").is_file()
    assert json.loads((quick / "o" / "manifest.json").read_text("utf-8"))["command"].endswith(
        "--row-paths"
    )
    found = json.loads(mekong(*arguments, "--row-paths", "--json")[1])
    assert len(found["row_paths"]) == len(table)


@pytest.mark.parametrize("block", ["main-job", "six-scenarios", "row-paths"])
def test_comparisons_of_the_readme_run_as_they_stand(
    quick: Path, checkout: Path, block: str
) -> None:
    (command,) = blocks((checkout / "README.md").read_text(encoding="utf-8"))[block]
    program, *arguments = command.split()
    status, out, said = mekong(*arguments, "--scale", "100000", "--seeds", "1", "--draws", "0")
    assert (program, status) == ("mekong", 0), said
    names = [name for name in arguments if not name.startswith("-")][1:]
    assert all(f" {name} " in out for name in names)
    assert "because only" in out or block == "main-job"


def test_three_paths_need_a_scenario_with_common_rules(quick: Path) -> None:
    status, _, said = mekong("compare", "baseline", "anti_scam", *COARSE, "--row-paths")
    assert status == 2
    assert "regulatory_harmonization" in said and "mekong compare baseline harmonization" in said
    assert not (quick / "results").exists()


def test_quiet_says_nothing(quick: Path) -> None:
    assert mekong("run", "baseline", "--scale", "100000", "--quiet", "--out", "a") == (0, "", "")
    assert (quick / "a" / "summary.csv").is_file()


def test_the_same_study_resumes_and_another_is_refused(quick: Path) -> None:
    first = mekong("compare", "baseline", "anti_scam", *COARSE, "--out", "here")
    assert first[0] == 0
    again = mekong("compare", "baseline", "anti_scam", *COARSE, "--out", "here")
    assert again[0] == 0
    assert "4 of 4 runs are there already" in again[2]
    other = mekong("compare", "baseline", "broadband", *COARSE, "--out", "here")
    assert other[0] == 3
    assert "another study" in other[2] and "--out" in other[2]
    assert other[1] == ""


def test_the_first_name_is_the_baseline_unless_another_is_asked_for(quick: Path) -> None:
    _, out, _ = mekong(
        *("compare", "anti_scam", "broadband", "--baseline", "baseline"),
        *(*COARSE, "--seeds", "1", "--json"),
    )
    assert json.loads(out)["scenarios"] == ["baseline", "anti_scam", "broadband"]
    _, out, _ = mekong("compare", "anti_scam", "baseline", *COARSE, "--seeds", "1", "--json")
    assert json.loads(out)["baseline"] == "anti_scam"


def test_the_manifest_repeats_the_command_without_names_of_folders(quick: Path) -> None:
    (quick / "mine.toml").write_text('extends = "baseline"\ntitle = "Mine"\n', encoding="utf-8")
    status, _, said = mekong("compare", "baseline", str(quick / "mine.toml"), *COARSE, "--out", "o")
    assert status == 0, said
    text = (quick / "o" / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert manifest["command"] == (
        "mekong compare baseline mine.toml --seeds 1,2 --draws 0 --scale 100000"
    )
    assert str(quick) not in text
    assert manifest["environment"]["numpy"]
    assert set(manifest["resolved_scenarios"]) == {"baseline", "mine"}
    assert {"data_hash", "sources_hash", "seeds", "scale", "engine"} <= set(manifest)
    assert manifest["notes"]["low_high"].startswith("range of ")


def test_failed_runs_end_in_status_1_and_the_others_are_kept(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_runs(monkeypatch, ArithmeticError("gone wrong"), seed=2)
    status, out, said = mekong("compare", "baseline", "anti_scam", *COARSE, "--out", "o")
    assert status == 1
    assert "2 of 4 runs failed" in said
    assert "Conclusion" in out
    assert "Traceback" not in said + out
    assert len(json.loads((quick / "o/manifest.json").read_text("utf-8"))["failed_runs"]) == 2


def test_an_interruption_is_status_130_and_keeps_what_is_done(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_runs(monkeypatch, KeyboardInterrupt(), seed=2)
    status, _, said = mekong("compare", "baseline", "anti_scam", *COARSE, "--out", "o")
    assert status == 130
    assert "goes on from there" in said
    assert len(list((quick / "o" / "runs").glob("*.parquet"))) == 2


def test_an_internal_error_is_one_line_unless_asked_for_more(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr("sim.cli.console.comparison.build_study", broken)
    status, out, said = mekong("run", "baseline", "--scale", "100000")
    assert status == 1
    assert "internal error: ZeroDivisionError: a fault" in said
    assert "--debug" in said and "Traceback" not in said + out
    assert "Traceback" in mekong("--debug", "run", "baseline", "--scale", "100000")[2]


# ---- mistakes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "basline"), ["did you mean 'baseline'?"]),
        (("compare", "baseline", "brodband"), ["did you mean 'broadband'?"]),
        (("compare", "baseline", "--baseline", "nothing"), ["nothing"]),
        (("run", "baseline", "--seeds", "many"), ["'many' are not seeds", "1,2,3"]),
        (("run", "baseline", "--seeds", "1,1"), ["twice"]),
        (("run", "baseline", "--scale", "0"), ["scale 0", "1 (everyone)"]),
        (("run", "baseline", "--engine", "compield"), ["did you mean 'compiled'?"]),
        (("run", "baseline", "--account", "digital"), ["e-commerce, digital-economy"]),
        (("report", ".", "--account", "commerce"), ["did you mean 'e-commerce'?"]),
        (("run", "baseline", "--threads", "0"), ["0 threads"]),
        (("run", "baseline", "--rule", "absent.py"), ["absent.py", "mekong new rule"]),
        (("list", "parameters", "--name", "trust_recovry"), ["did you mean 'trust_recovery'?"]),
        (("list", "parameters", "--mechanism", "nothing"), ["no mechanism 'nothing'"]),
        (("validate", "absent.toml"), ["absent"]),
        (("trace", "baseline", "--country", "THI"), ["did you mean 'THA'?"]),
        (("trace", "baseline", "--scale", "100000", "--consumer", "99999999"), ["allowed: 0 to"]),
        (("trace", "baseline", "--scale", "100000", "--sme", "99999999"), ["no firm 99999999"]),
        (("trace", "baseline", "--sme", "1", "--consumer", "1"), ["one of the two"]),
        (("compare",), ["Missing argument"]),
        (("nonsense",), ["nonsense"]),
    ],
)
def test_a_mistake_is_status_2_and_says_what_to_do(
    quick: Path, arguments: tuple[str, ...], words: list[str]
) -> None:
    status, out, said = mekong(*arguments)
    assert status == 2
    assert out == ""
    for word in words:
        assert word in said
    assert "Traceback" not in said
    assert not (quick / "results").exists()


def test_an_output_that_cannot_be_written_is_status_3(quick: Path) -> None:
    (quick / "file").write_text("", encoding="utf-8")
    status, _, said = mekong("run", "baseline", "--scale", "100000", "--out", "file")
    assert status == 3
    assert "a file, not a folder" in said


# ---- other commands -------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["scenarios", "levers", "parameters", "indicators", "data"])
def test_lists_as_tables_and_as_json(command: str) -> None:
    status, out, _ = mekong("list", command)
    assert status == 0 and len(out.splitlines()) > 4
    status, out, _ = mekong("list", command, "--json")
    assert status == 0 and json.loads(out)


def test_gaps_name_the_rule_that_fills_them() -> None:
    status, out, _ = mekong("list", "data", "--gaps")
    assert status == 0 and "held" in out and "vat_rate" in out  # of countries, and of trade


def test_one_parameter_in_full() -> None:
    status, out, _ = mekong("list", "parameters", "--name", "trust_recovery")
    assert status == 0
    for word in ("trust_recovery", "unit", "source", "minimum"):
        assert word in out


def test_validate_and_new(quick: Path) -> None:
    status, out, _ = mekong("new", "scenario", "mine")
    assert status == 0 and (quick / "mine.toml").is_file()
    status, out, said = mekong("validate", "mine.toml")
    assert status == 0, said
    assert "'mine' is valid" in out and "broadband_investment" in out
    lever, regime, parameters, paths = (
        out.index(head)
        for head in (
            *("Levers (policy):", "How governments decide (policy):"),
            *("Parameters (assumptions):", "Outside paths (assumptions):"),
        )
    )
    assert lever < out.index("broadband_investment") < regime < out.index("governments =")
    assert parameters < out.index("  none") < paths < out.index("row = flat (default)")
    for name, said in (
        ("stagnation", "growth_deviation = -0.01"),
        ("anti_scam", "from 2026Q1, lag"),
        ("broadband", "2026Q1 to 2030Q4, lag"),
        ("task_force", "governments = task_force"),
    ):
        told = mekong("validate", name)[1]
        assert said in told and "for good" not in told
    assert mekong("new", "scenario", "mine")[0] == 3
    assert mekong("new", "rule", "my_rule")[0] == 0
    assert mekong("new", "rule", "my_rule")[0] == 3
    assert mekong("new", "rule", "my-rule")[0] == 2
    assert mekong("new", "thing", "x")[0] == 2
    status, _, said = mekong("new", "rule", "shop", "--kind", "sne")
    assert status == 2 and "did you mean 'sme'?" in said
    assert mekong("new", "rule", "shop", "--kind", "sme")[0] == 0
    assert "def open_or_close_shop(firm, env, params, rng):" in (quick / "shop.py").read_text(
        "utf-8"
    )
    (quick / "mine.toml").write_text('extends = "baseline"\ntitel = "x"\n', encoding="utf-8")
    status, _, said = mekong("validate", "mine.toml")
    assert status == 2 and "title" in said


def test_the_version() -> None:
    from sim import __version__

    assert mekong("--version")[:2] == (0, f"mekong {__version__}\n")


def test_help_loads_nothing_heavy(run_mekong, run_python) -> None:
    done = run_mekong("--help")
    assert done.returncode == 0
    for command in ("run", "compare", "list", "trace", "validate", "new"):
        assert command in done.stdout
    code = "import sys, sim.cli.application; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = set(run_python("-c", code).stdout.split())
    assert loaded.isdisjoint({"numpy", "pandas", "matplotlib", "numba", "mesa", "pyarrow"})


# ---- small parts ----------------------------------------------------------------------------


def test_seeds_on_the_command_line() -> None:
    assert parse_seeds("3") == 3
    assert parse_seeds("7,") == [7]
    assert parse_seeds("1, 2,9") == [1, 2, 9]
    for bad in ("", "x", "1.5", "-1", "1;2"):
        with pytest.raises(InputError):
            parse_seeds(bad)


def test_what_does_not_fit_is_refused_with_the_scale_that_would(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(InputError, match="GB of memory") as caught:
        announce(1, 1, 1, 1, free=2e9)
    assert caught.value.todo is not None and "--scale" in caught.value.todo
    fits = int(caught.value.todo.split("--scale ")[1].split()[0])
    announce(fits, 3, 1, 1, free=2e9)
    said = capsys.readouterr().err
    assert said.startswith("3 runs of ")
    assert "memory" in said


def test_durations_and_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert [duration(s) for s in (0.2, 61, 600, 7200)] == ["1 s", "61 s", "10 min", "2.0 h"]
    lines = Lines()
    lines(1, 3, 0)
    lines(2, 3, 0)
    lines(2, 3, 1)
    assert capsys.readouterr().err.splitlines() == [
        "1 of 3 runs are there already",
        "2 of 3 runs done, 1 failed",
    ]


def test_the_time_left_does_not_count_the_start_of_the_workers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("sim.cli.console.progress.time.monotonic", lambda: clock[0])
    lines = Lines()
    lines(0, 101, 0)
    for done, now in ((1, 40.0), (11, 60.0)):  # compiling took 40 s; then a run every 2 s
        clock[0] = now
        lines(done, 101, 0)
    first, second = capsys.readouterr().err.splitlines()
    assert first == "1 of 101 runs done, 90.0 an hour"  # how long a run takes is not known yet
    assert second.endswith("about 3 min left")
    lines(0, 11, 0)  # another count: its pace is its own
    for done, now in ((1, 75.0), (5, 87.0)):
        clock[0] = now
        lines(done, 11, 0)
    assert capsys.readouterr().err.endswith("5 of 11 runs done, 11 a minute, about 18 s left\n")


@pytest.mark.parametrize("kind", [Lines, Bar])
def test_what_is_said_on_the_way_is_never_a_picture(
    kind: type[Lines], capsys: pytest.CaptureFixture[str]
) -> None:
    with kind() as progress:
        progress.say("broadband:4:end: [bold]")
    assert "broadband:4:end: [bold]" in capsys.readouterr().err


def test_every_error_of_ours_has_a_status() -> None:
    assert MekongError("x").exit_status == 1


# ---- the real model -------------------------------------------------------------------------


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    from sim.experiments.execution.runner import simulate

    monkeypatch.setattr("sim.analysis.comparison.compare.conduct.__kwdefaults__", _with(simulate))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_real_comparison_from_end_to_end(real: Path) -> None:
    arguments = ("compare", "baseline", "both", "--scale", "50000", "--seeds", "2", "--draws", "0")
    status, out, said = mekong(*arguments, "--out", "o")
    assert status == 0, said
    assert "Conclusion" in out
    summary = pd.read_csv(real / "o" / "summary.csv")
    assert (summary["ratio"] > 0).all()
    paid = pd.read_csv(real / "o" / "effects.csv").query("country == 'GMS5'")["cost_usd"]
    assert (paid > 0).all()


def test_a_rule_of_ones_own_changes_the_numbers(real: Path) -> None:
    assert mekong("new", "rule", "mine")[0] == 0
    arguments = ("run", "baseline", "--scale", "100000", "--json")
    plain = json.loads(mekong(*arguments)[1])
    same = json.loads(mekong(*arguments, "--rule", "mine.py")[1])
    assert same["summary"] == plain["summary"]
    text = (real / "mine.py").read_text(encoding="utf-8")
    assert "type: ignore" not in text
    edited = text.replace(
        "def learn(person, env, params, rng):",
        "def learn(person, env, params, rng):\n    person.skill = 0.9\n    return\n\n\n"
        "def unused(person, params):",
    )
    (real / "mine.py").write_text(edited, encoding="utf-8")
    changed = json.loads(mekong(*arguments, "--rule", "mine.py")[1])
    assert changed["summary"] != plain["summary"]
    assert changed["folder"] != same["folder"] != plain["folder"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("def consumer_quarter(person, env, params, rng:\n    pass\n", "line 1"),
        ("import nothing_like_this\n", "nothing_like_this"),
        ("def consumer_quater(person, env, params, rng):\n    pass\n", "consumer_quarter"),
        (
            "def consumer_quarter(person, env, params, rng):\n    person.connectd = True\n",
            "connectd",
        ),
    ],
)
def test_a_rule_that_cannot_work_is_refused_before_anything_runs(
    real: Path, text: str, word: str
) -> None:
    (real / "bad.py").write_text(text, encoding="utf-8")
    status, _, said = mekong("run", "baseline", "--scale", "100000", "--rule", "bad.py")
    assert status == 2, said
    assert word in said
    assert not (real / "results").exists()


def test_a_rule_for_firms_of_ones_own_changes_the_numbers(real: Path) -> None:
    assert mekong("new", "rule", "shops", "--kind", "sme")[0] == 0
    arguments = ("run", "baseline", "--scale", "100000", "--json")
    plain = json.loads(mekong(*arguments)[1])
    same = json.loads(mekong(*arguments, "--rule", "shops.py")[1])
    assert same["summary"] == plain["summary"]
    (real / "eager.py").write_text(
        "from sim.agents.firm import sme_quarter\n\n"
        'KIND = "sme"\n\n\n'
        "def eager(firm, env, params, rng):\n"
        "    sme_quarter(firm, env, params, rng)\n"
        "    if firm.readiness < env.ready_share:\n"
        "        firm.online = True\n"
        "        firm.sells_to[env.home] = 1\n",
        encoding="utf-8",
    )
    changed = json.loads(mekong(*arguments, "--rule", "eager.py")[1])
    assert changed["summary"] != plain["summary"]


def test_the_life_of_one_firm(real: Path) -> None:
    arguments = ("trace", "baseline", "--country", "THA", "--sme", "9990", "--scale", "100000")
    status, out, said = mekong(*arguments)
    assert status == 0, said
    assert "Firm 9990 of Thailand" in out and "more productive" in out and "2030Q4" in out
    found = json.loads(mekong(*arguments, "--json")[1])
    assert found["kind"] == "sme" and found["firm"]["more_productive_than"] > 0.99
    assert len(found["quarters"]) == 65
    assert found["quarters"][0]["quarter"] == "2014Q4"
    assert any("begins to sell to" in sentence for sentence in found["story"])
    before = found["quarters"][0]
    for now in found["quarters"][1:]:
        assert (not before["online"] and now["online"]) == ("opens a shop" in now["what_happened"])
        assert (before["online"] and not now["online"]) == ("closes" in now["what_happened"])
        assert now["revenue"] == 0.0 or before["online"]
        assert now["online"] == ("THA" in now["sells_to"].split())
        before = now


def test_the_life_of_one_person(real: Path) -> None:
    arguments = ("trace", "baseline", "--country", "VNM", "--consumer", "3", "--scale", "100000")
    status, out, said = mekong(*arguments)
    assert status == 0, said
    assert "Person 3 of Viet Nam" in out and "2030Q4" in out
    found = json.loads(mekong(*arguments, "--json")[1])
    assert len(found["quarters"]) == 65
    assert found["quarters"][0]["quarter"] == "2014Q4"
    before = found["quarters"][0]
    for now in found["quarters"][1:]:
        begins = not before["connected"] and now["connected"]
        assert begins == ("goes online" in now["what_happened"])
        before = now
