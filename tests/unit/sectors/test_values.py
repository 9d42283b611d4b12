"""Values of the account by draw: the right row, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.parameters.table import parameter_table, sector_table
from sim.parameters.values import PRIOR_DRAWS
from sim.sectors import values as room
from sim.sectors.values import prior_values, sector_values, with_estimates
from sim.units import COUNTRIES

ROWS = "draw,THA.media_share,media_growth\n0,0.02,0.05\n1,0.03,0.01\n"


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of two draws in place of the shipped one."""
    file = tmp_path / "draws.csv"
    file.write_text(ROWS, encoding="utf-8")
    monkeypatch.setattr(room, "shipped", lambda *parts: tmp_path / parts[-1])
    room._of_draw.cache_clear()
    yield file
    room._of_draw.cache_clear()


def test_each_run_has_the_row_of_its_own_draw(shipped: Path) -> None:
    found = sector_values([1, 0, PRIOR_DRAWS])
    assert found["media_share"][:, COUNTRIES.index("THA")].tolist() == [0.03, 0.02, 0.02]
    assert found["media_growth"][0].tolist() == [0.01] * len(COUNTRIES)
    prior = prior_values(1)["media_share"]["VNM"]  # not in the file: that of the prior's draw
    assert found["media_share"][0, COUNTRIES.index("VNM")] == prior


def test_draws_of_the_prior_need_no_estimates(shipped: Path) -> None:
    shipped.unlink()
    found = sector_values([PRIOR_DRAWS + 3])
    expected = [prior_values(3)["travel_share"][iso] for iso in COUNTRIES]
    assert found["travel_share"][0].tolist() == expected
    with pytest.raises(InputError, match="no estimates"):
        sector_values([0])


@pytest.mark.parametrize("draw", [2, -1])
def test_a_draw_that_was_not_estimated_is_refused(shipped: Path, draw: int) -> None:
    with pytest.raises(InputError, match=f"no draw {draw}") as refused:
        sector_values([draw])
    assert "0 (central) to 1" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ROWS.replace("0.03", "much"), "cannot be read"),
        (ROWS.replace("media_growth", "madia_growth"), "no parameter of the account"),
        (ROWS.replace("\n1,", "\n5,"), "is missing"),
    ],
)
def test_a_broken_file_is_refused(shipped: Path, text: str, words: str) -> None:
    shipped.write_text(text, encoding="utf-8")
    room._estimated.cache_clear()
    with pytest.raises(InputError, match=words):
        sector_values([0])


def test_no_parameter_of_the_account_is_one_of_a_run() -> None:
    assert not set(sector_table()) & set(parameter_table())


def test_estimates_change_one_country_or_all() -> None:
    base = prior_values(0)
    found = with_estimates(base, {"LAO.media_share": 0.5, "travel_growth": 0.1})
    assert found["media_share"]["LAO"] == 0.5
    assert found["media_share"]["THA"] == base["media_share"]["THA"]
    assert set(found["travel_growth"].values()) == {0.1}
    assert base["media_share"]["LAO"] != 0.5


def test_the_shipped_draws_belong_to_the_shipped_posterior() -> None:
    from sim.parameters.posterior import posterior_draws

    found = sector_values(range(len(posterior_draws())))
    for name, parameter in sector_table().items():
        assert np.isfinite(found[name]).all()
        assert (found[name] >= parameter.minimum).all(), name
        assert (found[name] <= parameter.maximum).all(), name
