"""The page of the explorer: whole in one small file, with numbers of the emulator and checks."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import html5lib
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.analysis.emulation.check_runs import COLUMNS, check_study, unseen_mixes
from sim.analysis.emulation.designed_runs import DesignedRuns
from sim.analysis.emulation.outcome_emulators import SHOWN, outcome_emulators
from sim.analysis.policy_mixes.mix_outcomes import mix_numbers
from sim.cli import app
from sim.errors import InputError
from sim.explorer import payload as records
from sim.explorer.page import TABLE, Explorer, write_explorer
from sim.units import COUNTRIES
from tests.helpers.toy_optimum import CurvedWorld, toy_optimum

CHECKED = 4


@pytest.fixture(scope="module")
def world() -> CurvedWorld:
    return CurvedWorld()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, world: CurvedWorld) -> Explorer:
    folder = toy_optimum(tmp_path_factory.mktemp("explorer") / "out", world).folder
    return write_explorer(folder, check=CHECKED, threads=1, workers=1, simulator=world)


@pytest.fixture(scope="module")
def text(made: Explorer) -> str:
    return made.path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tree(text: str) -> Any:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


@pytest.fixture(scope="module")
def data(tree: Any) -> dict[str, Any]:
    (found,) = (e for e in tree.iter("script") if e.get("id") == "data")
    content: dict[str, Any] = json.loads(found.text)
    return content


def test_it_is_one_small_file_that_fetches_nothing(text: str, tree: Any, made: Explorer) -> None:
    assert made.path.name == "explorer.html" and made.path.stat().st_size < 3_000_000
    assert not re.search(r"https?:|//\w+\.\w|@import|url\(", text)
    tags = {str(element.tag) for element in tree.iter()}
    assert not tags & {"link", "img", "iframe", "object", "base", "form"}
    assert all("src" not in element.attrib for element in tree.iter())
    assert "default-src 'none'" in text


def test_every_slider_ends_where_the_design_ends(tree: Any, made: Explorer) -> None:
    ends = {dose: float(most) for dose, most in zip(made.designed.doses, made.designed.most,
                                                     strict=True)}  # fmt: skip
    sliders = [e for e in tree.iter("input") if e.get("type") == "range"]
    single = {int(e.get("data-at")): float(e.get("max")) for e in sliders if e.get("data-at")}
    assert single == dict(enumerate(ends.values()))
    joint = {e.get("data-lever"): float(e.get("max")) for e in sliders if e.get("data-lever")}
    assert joint == {
        lever: max(most for dose, most in ends.items() if dose.lever == lever)
        for lever in ("payments_interoperability", "paperless_customs")
    }
    for slider in sliders:
        steps = float(slider.get("max")) / float(slider.get("step"))
        assert steps == pytest.approx(200, abs=1e-9)


def test_every_control_has_a_name(tree: Any) -> None:
    names = {e.get("id") for e in tree.iter() if e.get("id")}
    for control in (*tree.iter("input"), *tree.iter("textarea")):
        assert set(control.get("aria-labelledby").split()) <= names
    assert any(e.get("aria-live") == "polite" for e in tree.iter("p"))


def test_the_fits_are_there_to_the_last_digit(data: dict[str, Any], made: Explorer) -> None:
    assert data["width"] == 8
    fit = made.emulators.emulators["purchases_usd"].fits["THA"]
    kept = data["fits"]["purchases_usd"]["THA"]
    weights = np.frombuffer(base64.b64decode(kept["weights"]), "<f8")
    assert weights.tobytes() == fit.weights.tobytes()
    assert kept["lengths"] == fit.lengths.tolist()


def test_a_large_result_has_shorter_numbers_and_a_larger_one_is_refused(
    made: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def record() -> dict[str, Any]:
        return records.payload(made.designed, made.emulators, [], None)

    size = len(json.dumps(record()["fits"]))
    monkeypatch.setattr(records, "LARGEST", records.TEXT + int(0.8 * size))
    assert record()["width"] == 4
    monkeypatch.setattr(records, "LARGEST", records.TEXT + int(0.1 * size))
    with pytest.raises(InputError, match="fewer draws or points"):
        record()


def test_mixes_that_were_not_fitted_are_predicted_and_compared(made: Explorer) -> None:
    checks = made.checks
    assert checks is not None
    assert list(checks.columns) == COLUMNS and set(checks["mixes"]) == {CHECKED}
    assert len(checks) == len(SHOWN) * (1 + len(COUNTRIES))
    whole = checks[checks["country"] == "GMS5"].set_index("outcome")
    assert whole.loc["purchases_usd", "explained"] > 0.8
    assert whole.loc["cost_usd", "explained"] > 0.999
    assert np.isnan(whole.loc["sme_exporters", "explained"])  # it never changes
    assert whole.loc["sme_exporters", "mean_absolute_error"] == 0.0
    kept = pd.read_csv(made.designed.folder / TABLE)
    assert kept["within_error"].to_numpy() == pytest.approx(checks["within_error"].to_numpy())


def test_the_comparison_is_that_of_full_runs(made: Explorer) -> None:
    name, study, shares = check_study(made.designed, CHECKED)
    again = DesignedRuns(made.designed.folder)
    store = again.store(name)
    assert len(store.runs()) == (CHECKED + 1) * len(study.draws)
    numbers = mix_numbers(store).set_index(["scenario", "country", "draw"]).sort_index()
    numbers = numbers["purchases_usd"]
    full = [
        (numbers[f"check-{at}", "GMS5"] - numbers["baseline", "GMS5"]).mean()
        for at in range(CHECKED)
    ]
    said = made.emulators.effects(shares)["purchases_usd", "GMS5"].mean(axis=1)
    assert made.checks is not None
    row = made.checks.iloc[0]
    assert (row["outcome"], row["country"]) == ("purchases_usd", "GMS5")
    assert row["mean_absolute_error"] == pytest.approx(np.abs(full - said).mean())


def test_a_second_call_runs_nothing_and_a_page_can_do_without(
    made: Explorer, world: CurvedWorld, tmp_path: Path
) -> None:
    before, folder = world.runs, made.designed.folder
    first = made.path.read_bytes()
    again = write_explorer(folder, check=CHECKED, threads=1, workers=1, simulator=world)
    assert world.runs == before and again.path.read_bytes() == first
    other = write_explorer(folder, tmp_path / "page.html", check=0)
    assert other.checks is None and world.runs == before
    assert '"check": []' in other.path.read_text(encoding="utf-8")
    more = write_explorer(folder, tmp_path / "page.html", check=2, threads=1, workers=1,
                          simulator=world)  # fmt: skip
    assert world.runs - before == 3 * 4 and more.checks is not None


def test_the_designed_mixes_are_not_among_the_checks(made: Explorer) -> None:
    found = unseen_mixes(made.designed.doses, 6)
    design = made.designed.responses.shares
    assert all(np.abs(design - mix).max(axis=1).min() > 0.01 for mix in found)
    alone = {dose.lever for dose, share in zip(made.designed.doses, found[1], strict=True) if share}
    assert len(alone) == 3
    whole = outcome_emulators(made.designed.responses, ["purchases_usd"])
    assert whole.error("purchases_usd", "GMS5") == made.emulators.error("purchases_usd", "GMS5")


@pytest.mark.parametrize("mixes", [-1, 1, 1000])
def test_a_number_of_checks_is_refused(made: Explorer, mixes: int) -> None:
    with pytest.raises(InputError, match="test mixes cannot be compared"):
        write_explorer(made.designed.folder, check=mixes)


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a result folder"):
        write_explorer(tmp_path)


def test_the_command_says_where_the_page_is(made: Explorer, tmp_path: Path) -> None:
    out = tmp_path / "sent.html"
    words = ["mix", "explorer", str(made.designed.folder), "--check", "0", "--out", str(out)]
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"page": str(out), "check": []}
    said = CliRunner().invoke(app, [*words[:2], str(tmp_path)])
    assert said.exit_code == 2 and "not a result folder" in said.stderr
