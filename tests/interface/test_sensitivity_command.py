"""`mekong evidence sensitivity` end to end on few runs, and its check by agents on made-up ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.sensitivity import inputs as consumerside
from sim.analysis.sensitivity import result as sensitivity
from sim.analysis.sensitivity import runs as sensitivityruns
from sim.analysis.sensitivity import settings as sensitivitysettings
from sim.analysis.sensitivity.agent_check import compared, trade_survey
from sim.errors import InputError, MekongError, OutputError
from sim.meanfield.outcomes import EFFECT, LEVEL, PLACES, RATIO, VALUE, Quantity, years_from
from sim.meanfield.recording import Recording
from sim.parameters.values import ParameterSet
from sim.report.writer import plot, save

INPUTS = ("scam_hazard", "imitation", "adoption_shift", "exchange_rate_drift", "trust_recovery")
FEW = {
    "n": 2,
    "draws": 24,
    "years": (2023, 2030),
    "scale": 200_000,
    "outcomes": (VALUE, RATIO),
    "market": False,
}


@pytest.fixture(scope="module")
def few() -> pytest.MonkeyPatch:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sensitivitysettings, "FEWEST_DRAWS", 10)
        # Three groups have 8 sets where nine have 512.
        merged = {
            mechanism: group if group in ("scams", "adoption") else "the rest"
            for mechanism, group in consumerside.GROUP_OF.items()
        }
        patch.setattr(consumerside, "GROUP_OF", merged)
        chosen = tuple(one for one in consumerside.inputs() if one.name in INPUTS)
        patch.setattr(consumerside, "inputs", lambda: chosen)
        yield patch


@pytest.fixture(scope="module")
def found(few, tmp_path_factory) -> sensitivity.GlobalSensitivity:
    folder = tmp_path_factory.mktemp("sensitivity") / "out"
    result = sensitivity.sensitivity("anti_scam", settings=FEW, folder=folder)
    save(result)
    return result


def test_shares_sum_to_one_for_every_place_and_before_a_policy_there_is_none(found) -> None:
    keys = ["kind", "outcome", "country", "year"]
    assert found.table.groupby(keys)["share"].sum().to_numpy() == pytest.approx(1.0)
    assert set(found.shapley["country"]) == set(PLACES)
    effects = found.shapley[found.shapley["kind"] == EFFECT]
    assert set(effects["year"]) == {2030}
    assert set(found.shapley[found.shapley["outcome"] == VALUE]["year"]) == {2023, 2030}
    names = [one.name for one in consumerside.inputs()]
    assert set(found.sobol["input"]) == set(names)


def test_the_drift_of_a_currency_moves_nothing_before_it_begins(found) -> None:
    rows = found.sobol[(found.sobol["kind"] == LEVEL) & (found.sobol["country"] == "THA")]
    drift = rows[rows["input"] == "exchange_rate_drift"].set_index(["outcome", "year"])["total"]
    assert drift[VALUE, 2023] == 0.0 < drift[VALUE, 2030]


def test_tables_figures_and_manifest_are_written(found) -> None:
    names = {path.name for path in found.folder.rglob("*.csv")}
    assert names == {"sobol.csv", "shapley_effects.csv", "information.csv"}
    for name in ("shapley", "sobol", "information"):
        assert (found.folder / "figures" / f"{name}.png").stat().st_size > 10_000
    table = pd.read_csv(found.folder / "information.csv")
    decisions = table.groupby(["kind", "outcome"], sort=False)
    assert len(decisions) == 3
    assert all(rows["reduction"].is_monotonic_decreasing for _, rows in decisions)
    assert table["gain_usd"].notna().sum() == len(table) // 3
    with pytest.raises(InputError, match="no figure"):
        plot(found, "tornado")


def test_the_same_question_resumes_and_gives_the_same_and_another_is_refused(
    found, monkeypatch
) -> None:
    monkeypatch.setattr(sensitivityruns, "_one", lambda *_: pytest.fail("a run was repeated"))
    again = sensitivity.sensitivity("anti_scam", settings=FEW, folder=found.folder)
    pd.testing.assert_frame_equal(again.sobol, found.sobol, check_exact=True)
    assert again.manifest == found.manifest
    with pytest.raises(OutputError, match="another question: it differs in seed"):
        sensitivity.sensitivity("anti_scam", settings={**FEW, "seed": 8}, folder=found.folder)


def test_a_run_that_failed_is_named_and_done_again_and_never_taken_for_zero(
    found, tmp_path, monkeypatch
) -> None:
    run, calls = sensitivity.Pair.run, []

    def fails(self, values: ParameterSet):
        calls.append(values)
        if len(calls) == 5:
            raise ArithmeticError("no trust left")
        return run(self, values)

    monkeypatch.setattr(sensitivity.Pair, "run", fails)
    name = consumerside.inputs()[3].name
    words = rf"1 of 2 failed .*: block 1 \({name}\) \(ArithmeticError: no trust left\)"
    with pytest.raises(MekongError, match=words):
        sensitivity.sensitivity("anti_scam", settings=FEW, folder=tmp_path / "out")
    assert len(calls) == FEW["n"] * (len(INPUTS) + 2)
    again = sensitivity.sensitivity("anti_scam", settings=FEW, folder=tmp_path / "out")
    assert len(calls) == FEW["n"] * (len(INPUTS) + 2) + 1 + FEW["draws"]
    pd.testing.assert_frame_equal(again.sobol, found.sobol, check_exact=True)
    pd.testing.assert_frame_equal(again.shapley, found.shapley, check_exact=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"draws": 9}, "9 draws"),
        ({"agents": 3}, "3 draws"),
        ({"source": "guess"}, "guess"),
        ({"outcomes": ("gmv_nominal",)}, "gmv_nominal"),
        ({"worth": 2.0}, "no share"),
        ({"n": 100}, "balanced"),
        ({"blocks": 64}, "no setting 'blocks'"),
        ({"baseline": "anti_scam"}, "itself"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_runs(changes, words, monkeypatch) -> None:
    monkeypatch.setattr(Recording, "__init__", lambda *_, **__: pytest.fail("something ran"))
    with pytest.raises(InputError, match=words):
        settings = {"draws": 200, **changes}
        baseline = settings.pop("baseline", "baseline")
        sensitivity.sensitivity("anti_scam", baseline, settings)
    with pytest.raises(InputError, match="are not years"):
        years_from("2030,soon")


def test_draws_of_the_posterior_have_no_sobol_indices(few) -> None:
    result = sensitivity.sensitivity(
        "anti_scam", settings={**FEW, "draws": 12, "source": "posterior"}
    )
    assert not len(result.sobol) and len(result.shapley)
    with pytest.raises(InputError, match="no Sobol"):
        plot(result, "sobol")


# ---- the check by agents --------------------------------------------------------------------


def made_up_agents(draws: range, noise: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Agents whose ratio is the mean field's plus what the share of trade adds; and the former."""
    rng = np.random.default_rng(1)
    mean_field = rng.standard_normal((len(draws), 2))
    rows = []
    for place in PLACES:
        iso = place if place != "GMS5" else "THA"
        share = [np.log(ParameterSet.draw(k).get(iso, "intra_region_share")) for k in draws]
        share = np.array(share) - np.mean(share)
        for at, draw_number in enumerate(draws):
            effect = mean_field[at, 1] + noise * share[at]
            for scenario, value in (("baseline", 1.0), ("policy", np.exp(effect))):
                rows.append((scenario, draw_number, place, "nominal_usd",
                             np.exp(mean_field[at, 0]), value))  # fmt: skip
    columns = ["scenario", "draw", "country", "measure", "ratio", "value_2030"]
    return pd.DataFrame(rows, columns=columns), mean_field


def test_agents_show_what_the_mean_field_leaves_out() -> None:
    draws = range(1, 301)
    agents, mean_field = made_up_agents(draws, noise=1.0)
    agents.loc[(agents["country"] == "LAO") & (agents["draw"] == 7), "ratio"] = np.nan
    places = {
        Quantity(LEVEL, RATIO, place, 2030): 0 for place in PLACES
    } | {Quantity(EFFECT, VALUE, place, 2030): 1 for place in PLACES}  # fmt: skip
    table = compared(agents, "baseline", mean_field, places, draws).set_index(["kind", "country"])
    assert table.loc[(LEVEL, "THA"), "explained"] == pytest.approx(1.0)
    assert table.loc[(LEVEL, "LAO"), "draws"] == 299
    effect = table.loc[(EFFECT, "KHM")]
    assert 0.3 < effect["low"] < effect["explained"] < effect["high"] < 1.0
    assert effect["rest_most_related_to"] == "KHM.intra_region_share"
    assert effect["related"] > 0.95
    rows = trade_survey(agents, "baseline", draws, seed=1)
    worth = {row[0]: row[8] for row in rows}
    assert worth[LEVEL] < 0.05 < 0.2 < worth[EFFECT]


def test_too_few_draws_say_nothing() -> None:
    draws = range(1, 13)
    agents, mean_field = made_up_agents(draws, noise=0.0)
    agents.loc[agents["draw"] > 2, "ratio"] = np.nan
    places = {Quantity(LEVEL, RATIO, "THA", 2030): 0}
    table = compared(agents, "baseline", mean_field, places, draws)
    assert table["draws"].tolist() == [2] and table["explained"].isna().all()
    assert trade_survey(agents, "baseline", draws, seed=1) == []


def test_the_command_says_what_it_does_and_writes(run_mekong, tmp_path: Path) -> None:
    done = run_mekong("evidence", "sensitivity", "anti_scam", "--draws", "5", cwd=tmp_path)
    assert done.returncode == 2 and "5 draws are too few" in done.stderr
    assert not (tmp_path / "results").exists()
