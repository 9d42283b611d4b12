"""The table of coefficients: complete, in order, and refused where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.gains.coefficients import TABLE_FILE, central, coefficients, read_coefficients
from sim.parameters.table import parameter_table, sector_table


def test_every_coefficient_has_bounds_a_unit_and_a_source() -> None:
    found = coefficients()
    assert len(found) == 8
    for one in found.values():
        assert 0.0 < one.low < one.central < one.high or one.high == 1.0, one.name
        assert one.unit and len(one.source) > 20, one.name
    assert central()["shop_sales_per_worker"] == 9.0


def test_no_name_is_that_of_another_parameter() -> None:
    assert not set(coefficients()) & {*parameter_table(), *sector_table()}


def test_shares_stay_shares() -> None:
    for name in ("offline_displacement", "shop_taxed_share", "import_taxed_share"):
        assert coefficients()[name].high <= 1.0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0.45,0.7,1,", "0.7,0.45,1,", "low, central and high are 0.7, 0.45 and 1"),
        ("0.45,0.7,1,", "0,0.7,1,", "allowed: numbers above zero in this order"),
        ("0.45,0.7,1,", "few,0.7,1,", "unreadable"),
        ("US$ per US$,", ",", "'offline_displacement' lacks unit"),
        (
            "micro_sales_per_worker,",
            "offline_displacement,",
            "'offline_displacement' is listed twice",
        ),
    ],
)
def test_a_broken_table_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = TABLE_FILE.read_text(encoding="utf-8")
    assert old in text
    broken = tmp_path / "coefficients.csv"
    broken.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_coefficients(broken)
    assert said in str(refused.value) and "coefficients.csv, line" in str(refused.value)
