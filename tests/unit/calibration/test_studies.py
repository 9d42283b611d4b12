"""Studies as terms of the likelihood: on made-up worlds whose parameters are known."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import genpareto, norm

from sim.calibration.studies import effects, evidence, left_out, outputs, posterior
from sim.calibration.studies.coordinates import (
    PARAMETERS,
    features_at,
    overrides_at,
    scores_of,
    values_at,
)
from sim.calibration.studies.emulator import fit
from sim.calibration.studies.experiments import EXPERIMENTS
from sim.calibration.studies.posterior import Sample
from sim.calibration.studies.table import COLUMNS, PublishedStudy, fitted, load_studies
from sim.errors import InputError
from sim.experiments.paired_runs import PairedRuns
from sim.parameters.posterior import posterior_draws
from sim.parameters.table import parameter_table
from sim.parameters.values import PRIOR_DRAWS, ParameterSet

STUDIES = load_studies()
ROW = {
    **dict.fromkeys(COLUMNS, ""),
    **{"name": "one", "authors": "Somebody", "year": "2020", "title": "T", "country": "Here"},
    **{"design": "trial", "grade": "A", "kind": "size", "estimate": "0.1"},
    **{"unit": "relative_change", "error_basis": "none", "horizon_quarters": "4"},
    **{"transport": "developing", "transport_error": "0.075", "experiment": "payments_sales"},
    **{"use": "fit", "checked_in": "abstract", "url": "https://example.org"},
}


def written(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "studies.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


# ---- the table ------------------------------------------------------------------------------


def test_enough_studies_enter_and_none_of_them_set_a_prior() -> None:
    entered = fitted(STUDIES)
    assert len({study.paper for study in entered}) >= 24
    assert all(study.url.startswith("http") and study.checked_in for study in entered)
    assert not any("from memory" in study.checked_in for study in STUDIES)


def test_estimates_that_conflict_both_enter() -> None:
    for experiment in ("protection_purchases", "safeguards_revenue", "payments_sales"):
        assert len({s.paper for s in fitted(STUDIES) if s.experiment == experiment}) > 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"url": ""}, "without url"),
        ({"checked_in": " "}, "without checked_in"),
        ({"experiment": "none"}, "no experiment"),
        ({"experiment": "payment_sales"}, "payments_sales"),
        ({"unit": "share_points"}, "unit"),
        ({"transport_error": "0.02"}, "too small a transport error"),
        ({"transport_error": "0"}, "no transport error"),
        ({"estimate": "large"}, "a number"),
        ({"estimate": ""}, "no estimate"),
        ({"kind": "sign"}, "only a sign"),
        ({"standard_error": "0.1"}, "rests on"),
        ({"use": "fitted"}, "fit"),
        ({"year": "20"}, "1990"),
    ],
)
def test_a_study_that_cannot_be_one_is_refused(
    tmp_path: Path, changed: dict[str, str], told: str
) -> None:
    with pytest.raises(InputError, match=r"studies\.csv, line 2") as refused:
        load_studies(written(tmp_path, {**ROW, **changed}))
    assert told in str(refused.value)


def test_a_study_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="twice"):
        load_studies(written(tmp_path, ROW, ROW))


# ---- parameters -----------------------------------------------------------------------------


def test_coordinates_are_parameters_with_one_value_that_keep_their_prior() -> None:
    estimated = {name.rpartition(".")[2] for name in posterior_draws()[1].estimated}
    for name in PARAMETERS:
        parameter = parameter_table()[name]
        assert parameter.status == "swept" and not parameter.by_country, name
    assert not estimated & set(PARAMETERS)


def test_scores_give_back_the_draws_of_the_prior() -> None:
    drawn = ParameterSet.prior_draw(7)
    for name, value in overrides_at(scores_of([7])[0]).items():
        assert value == pytest.approx(drawn.get("THA", name), rel=1e-3, abs=1e-5), name


# ---- emulators ------------------------------------------------------------------------------


def test_an_emulator_finds_the_terms_that_are_there() -> None:
    """A product of two parameters in an exponent, with noise, as effects are made."""
    rng = np.random.default_rng(1)
    features = rng.standard_normal((300, 20))
    known = 3.0 + features[:, 3] - 0.4 * features[:, 3] * features[:, 7]
    answers = np.exp(known + 0.2 * rng.standard_normal(300))
    answers[::10] = math.nan
    found = fit(features, answers)
    assert {(), (3,), (3, 7)} <= set(found.terms)
    assert found.explained > 0.8
    assert np.median(found.answer(features) / np.exp(known)) == pytest.approx(1.0, abs=0.1)
    drawn = np.arcsinh(found.drawn(features, rng) / found.size) - found.mean(features)
    assert np.std(drawn) == pytest.approx(found.spread, rel=0.2)


def test_small_answers_of_both_signs_are_explained_as_they_are() -> None:
    rng = np.random.default_rng(2)
    features = rng.standard_normal((300, 8))
    known = 0.01 * features[:, 2]
    found = fit(features, known + 0.001 * rng.standard_normal(300))
    assert set(found.terms) >= {(2,)} and found.explained > 0.95
    assert np.quantile(np.abs(found.answer(features) - known), 0.9) < 0.002
    assert np.median(found.spread_of_answer(features)) == pytest.approx(0.001, rel=0.5)


def test_an_emulator_of_noise_has_no_terms_and_explains_nothing() -> None:
    rng = np.random.default_rng(3)
    found = fit(rng.standard_normal((300, 20)), rng.standard_normal(300))
    assert found.terms == ((),)
    assert found.explained < 0.05
    with pytest.raises(ValueError, match="answers"):
        fit(rng.standard_normal((20, 5)), np.zeros(20))


# ---- weights --------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [0.1, 0.5, 0.9])
def test_the_shape_of_a_pareto_tail_is_found(shape: float) -> None:
    weights = 1.0 + genpareto.rvs(shape, size=40_000, random_state=4)
    assert posterior.pareto_shape(weights) == pytest.approx(shape, abs=0.12)


def made_up_sample(points: int = 100_000) -> Sample:
    """The answer of one experiment is the score of its first parameter; the other knows nothing."""
    scores = np.random.default_rng(5).standard_normal((points, len(PARAMETERS)))
    answers = {"payments_sales": scores[:, 0], "payments_firms": scores[:, 1]}
    spreads = dict.fromkeys(answers, np.full(points, 0.3))
    return Sample(scores, answers, spreads, np.ones(points))


def study(name: str = "one", **changed: object) -> PublishedStudy:
    """A study whose figure is one standard deviation of the prior, with an error of 0.4."""
    numbers = {"year": 2020, "estimate": 1.0, "standard_error": math.nan}
    numbers |= {"horizon_quarters": 4, "transport_error": 0.4}
    return PublishedStudy(**{**ROW, **numbers, "name": name, "title": name, **changed})  # type: ignore[arg-type]


def test_a_normal_study_gives_the_posterior_of_conjugate_priors() -> None:
    sample = made_up_sample()
    found = posterior.weights_of(posterior.terms([study()], sample).sum(axis=0))
    variance = 0.3**2 + 0.4**2  # prior 1, data 1
    mean = float(found.values @ sample.scores[:, 0])
    assert mean == pytest.approx(1.0 / (1.0 + variance), abs=0.02)
    spread = math.sqrt(float(found.values @ (sample.scores[:, 0] - mean) ** 2))
    assert spread == pytest.approx(math.sqrt(variance / (1.0 + variance)), abs=0.02)
    assert float(found.values @ sample.scores[:, 1]) == pytest.approx(0.0, abs=0.03)
    assert found.pareto_k < 0.7 and 1000 < found.effective < len(sample)


def test_a_printed_error_widens_the_term() -> None:
    sample = made_up_sample()
    width = posterior.spread_of(study(standard_error=1.2), sample)
    assert width == pytest.approx(math.sqrt(0.3**2 + 0.4**2 + 1.2**2))


def test_a_sign_is_a_probit_term() -> None:
    sample = made_up_sample()
    sign = study(kind="sign", unit="sign", estimate=-1.0, transport_error=0.75)
    width = math.sqrt(0.3**2 + 0.75**2 * norm.ppf(0.84) ** 2)  # the prior's deviation is one
    wanted = norm.logcdf(-sample.answers["payments_sales"] / width)
    assert posterior.term(sign, sample) == pytest.approx(wanted, rel=0.05, abs=0.01)


def test_two_figures_of_one_paper_count_as_one() -> None:
    sample = made_up_sample()
    twice = [study("one"), study("two", title="one")]
    assert posterior.terms(twice, sample).sum(axis=0) == pytest.approx(
        posterior.terms([study()], sample).sum(axis=0)
    )


# ---- leaving one out ------------------------------------------------------------------------


def test_a_study_left_out_is_not_seen() -> None:
    """Its own figure may be anything: what the others predict for it stays."""
    sample = made_up_sample(20_000)
    tables = []
    for own in (1.0, -3.0):
        studies = [study("own", estimate=own), study("other"), study("again", title="own")]
        table = left_out.left_out(studies, sample, posterior.terms(studies, sample))
        tables.append(table.set_index("name"))
    own, moved = (table.loc["own", ["predicted", "low", "high"]] for table in tables)
    assert own.tolist() == pytest.approx(moved.tolist())
    assert tables[0].loc["other", "predicted"] != tables[1].loc["other", "predicted"]


def test_a_prediction_by_hand() -> None:
    """One other study: the prediction is normal about its posterior."""
    sample = made_up_sample(200_000)
    studies = [study("own"), study("other")]
    row = left_out.left_out(studies, sample, posterior.terms(studies, sample)).iloc[0]
    variance = 0.3**2 + 0.4**2
    mean, spread = 1.0 / (1.0 + variance), math.sqrt(variance / (1.0 + variance) + variance)
    assert row["predicted"] == pytest.approx(mean, abs=0.02)
    assert row["high"] == pytest.approx(norm.ppf(0.95, mean, spread), abs=0.04)
    assert row["rank"] == pytest.approx(norm.cdf(1.0, mean, spread), abs=0.02)
    assert row["log_score"] == pytest.approx(norm.logpdf(1.0, mean, spread), abs=0.02)
    assert row["prior_log_score"] == pytest.approx(
        norm.logpdf(1.0, 0.0, math.sqrt(1.0 + variance)), abs=0.02
    )
    assert row["inside_50"] and row["inside_90"]


def test_a_prediction_survives_answers_beyond_all_measure() -> None:
    """An emulator may give a point in a thousand an answer of 1e30; quantiles do not notice."""
    sample = made_up_sample(20_000)
    answers = {name: values.copy() for name, values in sample.answers.items()}
    answers["payments_sales"][::5000] = 1e30
    wild = Sample(sample.scores, answers, sample.spreads, sample.factor)
    studies = [study("own"), study("other")]
    found = [
        left_out.left_out(studies, one, posterior.terms(studies, one)).iloc[0]
        for one in (sample, wild)
    ]
    for name in ("predicted", "low", "high"):
        assert found[1][name] == pytest.approx(found[0][name], abs=0.01), name


# ---- a whole estimation ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def made_up_effects() -> np.ndarray:
    """Answers of 200 draws: each experiment hangs on one parameter, each policy on two."""
    features = features_at(scores_of(range(1, 201)))
    rng = np.random.default_rng(6)
    count = len(effects.COLUMNS)
    answers = np.stack([0.1 * features[:, n % len(PARAMETERS)] for n in range(count)], axis=1)
    answers[:, len(EXPERIMENTS) :] += 0.05 * features[:, :1]
    return answers + 0.02 * rng.standard_normal(answers.shape)


def test_made_up_studies_give_back_the_parameters_of_their_world(
    made_up_effects: np.ndarray,
) -> None:
    truth = scores_of([5001])
    target = 0.1 * features_at(truth)[0]
    studies = tuple(
        study(
            name,
            experiment=name,
            unit=experiment.unit,
            estimate=float(target[number % len(PARAMETERS)]),
            transport_error=0.03,
        )
        for number, (name, experiment) in enumerate(EXPERIMENTS.items())
        if number < 6
    )
    found = evidence.estimate(studies, made_up_effects, points=50_000)
    assert found.weights.pareto_k < 0.7
    table = evidence.parameters_table(found).iloc[:6]
    true = values_at(truth)[0][:6]
    assert ((table["posterior_low"] <= true) & (true <= table["posterior_high"])).sum() >= 5
    assert (table["contraction"] > 0.3).all()
    policies = evidence.policies_table(found)
    assert policies["share"].min() < 0.8 and (policies["share"] <= 1.0).all()


def test_the_same_seed_gives_the_same_files(made_up_effects: np.ndarray, tmp_path: Path) -> None:
    folders, few = [], made_up_effects[:60]
    for name in ("one", "again"):
        found = evidence.estimate(STUDIES, few, seed=3, points=2_000)
        outputs.save(found, few, tmp_path / name, 20_000)
        folders.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})
    assert folders[0] == folders[1]
    kept = outputs.kept_effects(tmp_path / "one" / outputs.EFFECTS)
    assert kept == pytest.approx(few, rel=1e-5)


def test_effects_of_other_experiments_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "effects.csv"
    path.write_text("prior_draw,payments\n1,0.1\n", encoding="utf-8")
    with pytest.raises(InputError, match="other experiments"):
        outputs.kept_effects(path)


# ---- experiments ----------------------------------------------------------------------------


def test_experiments_answer_under_any_draw() -> None:
    """Where groups are too small for an answer there is none, and never an infinite one."""
    answers = effects.effects_in(3, scale=200_000)
    assert answers.shape == (len(effects.COLUMNS),)
    assert not np.isinf(answers).any()
    assert np.isfinite(answers[len(EXPERIMENTS) :]).all()
    assert np.isfinite(answers).sum() > 0.8 * len(answers)


def test_pairs_run_under_the_parameters_that_are_asked_for() -> None:
    drawn = PairedRuns(200_000, [1], draw=PRIOR_DRAWS + 4)
    changed = PairedRuns(200_000, [1], draw=PRIOR_DRAWS + 4, changes={"coverage_income": 0.07})
    values = [one.model("baseline", 1).values["THA"] for one in (drawn, changed)]
    wanted = ParameterSet.prior_draw(4)
    assert values[0]["coverage_income"] == wanted.get("THA", "coverage_income")
    assert values[1]["coverage_income"] == 0.07
    assert values[1]["payment_cost"] == wanted.get("THA", "payment_cost")


def test_a_course_that_teaches_nothing_changes_nobody() -> None:
    neutral = {"training_gain": 0.0, "training_sales_effect": 0.0}
    paired_runs = PairedRuns(50_000, [1], changes=neutral)
    with pytest.raises(ZeroDivisionError):  # nobody is known to have been taught
        EXPERIMENTS["training_shops"].run(paired_runs)
