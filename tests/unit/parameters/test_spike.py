"""A prior with a spike: exactly zero with a given probability, and the usual prior otherwise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from sim.errors import InputError
from sim.parameters.table import _read_row, parameter_table

PLAIN = replace(parameter_table()["quality_spending"], low=0.09, central=0.1, high=0.3)
ROW = {
    "name": "one", "mechanism": "m", "symbol": "", "unit": "1", "low": "0", "central": "0.3",
    "high": "1", "minimum": "0", "maximum": "1", "prior": "linear, 0.25 at zero",
    "status": "swept", "meaning": "M", "source": "judgement",
    **dict.fromkeys(("KHM", "LAO", "MMR", "THA", "VNM"), ""),
}  # fmt: skip


def test_a_quarter_is_zero_and_the_rest_is_the_prior() -> None:
    spiked = replace(PLAIN, spike=0.25)
    scores = ndtri((np.arange(4_000) + 0.5) / 4_000)
    values = np.array([spiked.quantile("", z) for z in scores])
    assert (values == 0.0).mean() == 0.25
    rest = np.array([PLAIN.quantile("", z) for z in ndtri((np.arange(3_000) + 0.5) / 3_000)])
    assert values[1_000:] == pytest.approx(rest, rel=1e-9)


def test_the_table_says_it_in_words() -> None:
    parameter = _read_row(ROW, "here")
    assert (parameter.prior, parameter.spike) == ("linear", 0.25)
    assert _read_row(ROW | {"prior": "linear"}, "here").spike == 0.0


@pytest.mark.parametrize(
    "wrong",
    [{"prior": "linear, 1.5 at zero"}, {"prior": "linear, 0.25 at one"},
     {"low": "-0.1", "minimum": "-1"}, {"THA": "0.2"}],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(InputError):
        _read_row(ROW | wrong, "here")
