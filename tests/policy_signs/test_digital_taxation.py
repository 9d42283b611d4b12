"""A tax on purchases from abroad brings revenue and lowers those purchases; accounts add up.

Grade A: nothing here depends on an effect that somebody would have to measure.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.model import MekongModel
from sim.units import FIRST_QUARTER
from tests.policy_signs.trial import Floats, at, block, books_close, national, trial, untouched

FIRST = "2017Q1"
RECIPIENTS = (
    *("smes", "brands", "row", "platforms", "logistics", "payments"),
    *("treasury_vat", "treasury_tariff", "compliance"),
)


def _taxed(rate: float, places: object = "all") -> MekongModel:
    return trial(block("digital_taxation", rate, places, FIRST)).run()


def _abroad(model: MekongModel) -> Floats:
    return national(model, "gmv_row_usd") + national(model, "gmv_region_usd")


def test_revenue_rises_and_purchases_from_abroad_fall() -> None:
    """All online purchases fall too, home sellers gain; where few agents buy nothing may move."""
    model, plain = _taxed(0.1), untouched()
    late = slice(at("2018Q1"), None)
    for series, sign in (
        (national(model, "receipts_treasury_vat_usd") - national(plain, VAT), 1.0),
        (_abroad(model) - _abroad(plain), -1.0),
        (national(model, "gmv_home_usd") - national(plain, "gmv_home_usd"), 1.0),
        (national(model, "gmv_real_usd") - national(plain, "gmv_real_usd"), -1.0),
    ):
        moved = sign * series[late].sum(axis=0)
        assert (moved >= 0.0).all() and (moved[2:] > 0.0).all()


def test_the_rate_falls_on_what_comes_from_abroad_in_its_first_quarter() -> None:
    """A taxed purchase at price p leaves rate / (1 + VAT + rate) of it to the treasury."""
    rate = 0.1
    model, plain = _taxed(rate), untouched()
    q = at(FIRST)
    assert (national(model, VAT)[:q] == national(plain, VAT)[:q]).all()
    assert model.trade_sector is not None
    for place, iso in enumerate(model.countries):
        home = national(model, "gmv_home_usd")[q, place]
        share = model.values[iso]["vat_registered_share"] * model.trade_sector.data.vat_rate[iso]
        on_home = home * share / (1.0 + share)
        start = model.trade_sector.data.low_value_vat_from[iso]
        old = model.trade_sector.data.vat_rate[iso] if start and q + FIRST_QUARTER >= start else 0.0
        whole = old + rate
        on_imports = _abroad(model)[q, place] * whole / (1.0 + whole)
        assert national(model, VAT)[q, place] == pytest.approx(on_home + on_imports, rel=1e-6)


def test_a_higher_rate_lowers_imports_further() -> None:
    imports = [_abroad(untouched())[-4:].sum()]
    for rate in (0.02, 0.1, 0.3, 0.5):
        imports.append(_abroad(_taxed(rate))[-4:].sum())
    assert np.all(np.diff(imports) < 0.0)


def test_only_the_taxing_country_buys_less_abroad() -> None:
    """Its partners sell less to it; what they buy is their own business."""
    model, plain = _taxed(0.2, ["VNM"]), untouched()
    bought, usual = (_abroad(run)[-4:].sum(axis=0) for run in (model, plain))
    assert bought[4] < 0.9 * usual[4]
    assert bought[:4].sum() == pytest.approx(usual[:4].sum(), rel=0.03)
    exports = (
        national(model, "exports_region_usd")[-4:] - national(plain, "exports_region_usd")[-4:]
    )
    assert exports[:, :4].sum() < 0.0


def test_every_dollar_still_has_a_recipient() -> None:
    """Purchases of residents are what all kinds of recipients get, plus fake shops."""
    model = _taxed(0.3)
    paid_out = sum(national(model, f"receipts_{name}_usd") for name in RECIPIENTS)
    paid_out = paid_out + national(model, "purchase_fraud_usd")
    assert paid_out == pytest.approx(national(model, "spending_all"), rel=1e-12, abs=1e-3)
    books_close(model)


VAT = "receipts_treasury_vat_usd"
