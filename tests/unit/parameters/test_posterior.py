"""Draws of the posterior: the shipped file, how it becomes parameters, and bad files."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.calibration.posterior.prior import EXTRAS, MODULES, PriorSpace
from sim.calibration.studies.coordinates import PARAMETERS
from sim.errors import InputError
from sim.experiments.run import (
    asked_of,
    draw_list,
    drawn_from,
    drawn_inputs,
    equal_draws_before,
    is_central,
    parameters_of,
    run_id,
)
from sim.experiments.study import build_study
from sim.experiments.study_file import load_study
from sim.parameters import posterior
from sim.parameters.posterior import posterior_draw, posterior_draws
from sim.parameters.table import parameter_table
from sim.parameters.values import ONE_FOR_ALL, PRIOR_DRAWS, ParameterSet
from sim.scenario import load_scenario
from sim.units import COUNTRIES
from tests.conftest import CHECKOUT
from tests.helpers.central import PRIOR_CENTRAL

LAST = len(posterior_draws()) - 1
ESTIMATED = {name for names in MODULES.values() for name in names}


# ---- the shipped file -----------------------------------------------------------------------


def test_the_file_has_every_dimension_of_the_estimation_and_no_other() -> None:
    labels = [
        f"observation.{dimension.name}" if dimension.name in space.extras else dimension.label
        for space in map(PriorSpace, MODULES)
        for dimension in space.dimensions
    ]
    path = CHECKOUT / "calibration" / "posterior" / "draws.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        studied = [f"studied.{name}" for name in PARAMETERS]
        assert next(csv.reader(lines)) == ["draw", "prior_draw", *labels, *studied]


def test_row_0_is_the_central_set_and_the_rows_after_it_are_draws() -> None:
    assert [draw.number for draw in posterior_draws()] == list(range(LAST + 1))
    assert LAST >= 60  # as many as `mekong evidence prior-share` takes
    assert posterior_draw(0).prior_draw == 0
    assert all(draw.prior_draw > 0 for draw in posterior_draws()[1:])
    extras = {extra.name for group in EXTRAS.values() for extra in group}
    assert all(set(draw.observation) == extras for draw in posterior_draws())


@pytest.mark.parametrize("number", [0, 1, LAST])
def test_a_draw_is_what_was_estimated_on_a_draw_of_the_prior(number: int) -> None:
    row = posterior_draw(number)
    found = ParameterSet.draw(number)
    prior = ParameterSet.prior_draw(row.prior_draw).with_studied(row.studied)
    assert set(row.studied) == set(PARAMETERS)
    assert found.draw_number == number
    for name in parameter_table():
        for iso in COUNTRIES:
            told = row.estimated.get(f"{iso}.{name}", row.estimated.get(name))
            assert (told is not None) == (name in ESTIMATED)
            expected = prior.get(iso, name) if told is None else told
            assert found.get(iso, name) == expected, (iso, name)


def test_the_central_set_is_draw_0_and_not_that_of_the_prior() -> None:
    assert ParameterSet.central().as_dict() == ParameterSet.draw(0).as_dict()
    central = ParameterSet.central()
    moved = {
        name
        for name in parameter_table()
        if any(central.get(iso, name) != PRIOR_CENTRAL.get(iso, name) for iso in COUNTRIES)
    }
    assert ESTIMATED < moved <= ESTIMATED | set(PARAMETERS)


@pytest.mark.parametrize("number", range(0, LAST + 1, max(1, LAST // 25)))
def test_every_draw_lies_within_the_bounds_of_the_table(number: int) -> None:
    ParameterSet.draw(number).with_overrides(posterior_draw(number).estimated)  # refuses others


def test_the_wheel_has_what_a_run_reads() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for name in ("posterior/draws.csv", "targets.csv", "prior_share.csv"):
        assert included[f"calibration/{name}"] == f"sim/shipped/calibration/{name}"
        assert (CHECKOUT / "calibration" / name).is_file()


# ---- numbers of draws -----------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 17])
def test_large_numbers_are_draws_of_the_prior(number: int) -> None:
    found = ParameterSet.draw(PRIOR_DRAWS + number)
    assert found.as_dict() == ParameterSet.prior_draw(number).as_dict()
    assert found.draw_number == PRIOR_DRAWS + number


def test_studies_number_their_draws_after_what_they_are_of() -> None:
    assert draw_list(0) == (0,) and draw_list(3) == (1, 2, 3)
    assert draw_list(0, prior=True) == (10_000,)
    assert draw_list(3, prior=True) == (10_001, 10_002, 10_003)
    assert [drawn_from(draws) for draws in ((0,), (1, 2), (10_000,), (10_001,))] == [
        *("posterior", "posterior", "prior", "prior")
    ]
    assert [is_central(draw) for draw in (0, 1, 10_000, 10_001)] == [True, False, True, False]


def test_the_prior_has_more_draws_than_the_posterior() -> None:
    assert len(draw_list(LAST)) == LAST
    assert len(draw_list(LAST + 1, prior=True)) == LAST + 1
    with pytest.raises(InputError) as refused:
        draw_list(LAST + 1)
    assert f"no draw {LAST + 1}" in refused.value.what
    assert refused.value.allowed == f"0 (central) to {LAST}"
    assert refused.value.where and refused.value.todo


def test_a_study_file_says_where_draws_come_from(tmp_path: Path) -> None:
    head = 'title = "A study"\nscenarios = ["baseline", "broadband"]\ndraws = 2\nscale = 100000\n'

    def draws(text: str) -> tuple[int, ...]:
        path = tmp_path / "study.toml"
        path.write_text(head + text, encoding="utf-8")
        return load_study(path).draws

    assert draws("") == draws('draws_from = "posterior"\n') == (1, 2)
    assert draws('draws_from = "prior"\n') == (10_001, 10_002)
    with pytest.raises(InputError) as refused:
        draws('draws_from = "data"\n')
    assert "draws_from" in str(refused.value) and '"posterior" or "prior"' in str(refused.value)


def test_prior_and_posterior_are_different_runs() -> None:
    baseline = load_scenario("baseline")
    sets = [ParameterSet.draw(number) for number in (0, 1, PRIOR_DRAWS, PRIOR_DRAWS + 1)]
    assert len({run_id(baseline, one, 1, 1000) for one in sets}) == 4
    studies = [build_study(["baseline"], draws=n, prior=p) for n in (0, 1) for p in (False, True)]
    assert len({study.short_hash() for study in studies}) == 4


def test_what_differs_by_country_is_listed_by_country() -> None:
    """A column of the outcomes for each value that draws change, under the name of study files."""
    listed = drawn_inputs()
    names = [name for name, _, _ in listed]
    assert len(set(names)) == len(names)
    one, other = ParameterSet.draw(1), ParameterSet.draw(2)
    for name, p in parameter_table().items():
        columns = {f"parameters.{iso}.{name}" for iso in COUNTRIES}
        by_country = [len({one.get(iso, name) for iso in COUNTRIES}) > 1, p.by_country]
        if p.status == "fixed" or p.low == p.high:
            expected = set()
        elif all(by_country) and name not in ONE_FOR_ALL:
            expected = columns
        else:
            expected = {f"parameters.{name}"}
        assert expected == {n for n, _, parameter in listed if parameter == name}, name
        varies = any(one.get(iso, name) != other.get(iso, name) for iso in COUNTRIES)
        assert not varies or expected, f"{name} varies between draws and is in no column"
    assert {"parameters.THA.spending_level", "parameters.imitation"} <= set(names)
    assert ("parameters.KHM.spending_level", "KHM", "spending_level") in listed


def test_a_point_that_weighs_twice_is_two_runs(shipped_file: Path) -> None:
    """Resampling repeats a point; under one seed the two are the same run, and both must count."""
    rows = shipped_file.read_text(encoding="utf-8").splitlines()
    rows[3] = "2" + rows[2].removeprefix("1")
    shipped_file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    kept = (equal_draws_before, asked_of, parameters_of)
    for cached in kept:
        cached.cache_clear()
    try:
        study = build_study(["baseline", "broadband"], draws=3)
        assert study.jobs[0].asked.as_dict() == study.jobs[2].asked.as_dict()
        assert len({job.part for job in study.jobs}) == 6
    finally:
        for cached in kept:
            cached.cache_clear()


# ---- bad files ------------------------------------------------------------------------------


Edit = Callable[[list[list[str]]], None]


def _cell(text: str) -> Edit:
    return lambda rows: rows[3].__setitem__(4, text)


def _short(rows: list[list[str]]) -> None:
    rows[3] = rows[3][:-1]


def _lost(rows: list[list[str]]) -> None:
    del rows[3]


def _nameless(rows: list[list[str]]) -> None:
    rows[0][1] = "prior"


BAD: dict[str, tuple[Edit, int]] = {
    "a word": (_cell("much"), 4),
    "nothing": (_cell(""), 4),
    "a cell short": (_short, 4),
    "a row lost": (_lost, 4),
    "no prior_draw": (_nameless, 2),
}


@pytest.fixture
def shipped_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "draws.csv"
    path.write_bytes((CHECKOUT / "calibration" / "posterior" / "draws.csv").read_bytes())
    monkeypatch.setattr(posterior, "shipped", lambda *parts: path)
    return path


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_is_named_with_its_line(name: str, shipped_file: Path) -> None:
    edit, line = BAD[name]
    with shipped_file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    edit(rows)
    with shipped_file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows(rows)
    with pytest.raises(InputError) as refused:
        ParameterSet.central()
    assert refused.value.where == f"calibration/posterior/draws.csv, line {line}"
    assert "posterior" in refused.value.what
    assert "mekong evidence calibrate" in str(refused.value.todo)


def test_without_the_file_the_person_is_told_how_to_make_it(shipped_file: Path) -> None:
    shipped_file.unlink()
    with pytest.raises(InputError) as refused:
        ParameterSet.draw(3)
    assert refused.value.where == "calibration/posterior/draws.csv"
    assert "no draws of the posterior" in refused.value.what
    assert "mekong evidence calibrate" in str(refused.value.todo)
    assert ParameterSet.draw(PRIOR_DRAWS).as_dict() == PRIOR_CENTRAL.as_dict()


@pytest.mark.parametrize("number", [-1, LAST + 1, PRIOR_DRAWS - 1])
def test_a_draw_that_is_not_there_is_refused_with_what_there_is(number: int) -> None:
    with pytest.raises(InputError, match=f"no draw {number}") as refused:
        ParameterSet.draw(number)
    assert refused.value.allowed == f"0 (central) to {LAST}"
