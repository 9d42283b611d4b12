"""The table of enforcement in force before 2026."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.data.enforcement import LAST_START, hazard_in_force, load_enforcement
from sim.data.load import data_folder
from sim.errors import InputError
from sim.units import COUNTRIES, quarter_index


def test_every_country_has_an_action_and_every_hazard_says_that_it_is_a_judgement() -> None:
    actions = load_enforcement()
    assert {one.country for one in actions} == set(COUNTRIES)
    for one in actions:
        assert one.note.startswith("hazard is a judgement; ")
        assert 0.0 < one.hazard < 1.0


def test_hazards_add_up_while_actions_are_in_force() -> None:
    assert hazard_in_force("MMR", quarter_index("2023Q2")) == 0.0
    assert hazard_in_force("MMR", quarter_index("2024Q4")) == 0.3
    assert hazard_in_force("MMR", quarter_index("2025Q1")) == 0.2  # the northern one has ended
    assert hazard_in_force("MMR", LAST_START) == pytest.approx(0.6)
    assert hazard_in_force("MMR", quarter_index("2030Q4")) == hazard_in_force("MMR", LAST_START)
    assert hazard_in_force("THA", quarter_index("2023Q3")) == 0.0
    assert hazard_in_force("THA", quarter_index("2023Q4")) == 0.2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("campaign,KHM,2025Q4", "campaign,KHM,2026Q1", "anti_scam_enforcement"),
        ("2023Q3,2024Q4", "2023Q3,2023Q2", "no end before it"),
        ("aicoin_amnesty_2026", "recall", "not a source"),
        (",0.4,", ",-0.4,", "not a value"),
        ("campaign,KHM", "campaign,XXX", "not an allowed country"),
        ("zone_raid,LAO", "campaign,KHM", "listed twice"),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    path = folder / "enforcement.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"enforcement.csv, line \d+") as error:
        load_enforcement(folder)
    assert said in str(error.value)
