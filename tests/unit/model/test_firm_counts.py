"""I6 and I7 for firms: stocks and flows add up exactly, and only those trade who can."""

from __future__ import annotations

import numpy as np
import pytest

from sim.agents.firm import MARKETS
from sim.model.engine import firm_loop as shops
from sim.model.engine.firms import Sellers
from sim.model.population.firms import CELLS
from sim.units import USD_SCALE
from tests.helpers.lively import FIRMS, LIVELY, READY, lively_market, one_quarter
from tests.verification.bazaar import COUNT, sellers, values

SELLS = slice(shops.SELLS_TO, shops.SELLS_TO + MARKETS)
ENTERED = slice(shops.ENTERED, shops.ENTERED + MARKETS)
LEFT = slice(shops.LEFT, shops.LEFT + MARKETS)


def test_stocks_and_flows_of_sellers_add_up_exactly() -> None:
    """Shops and markets: what there was, plus who came, less who left, in every cell."""
    market = lively_market(rows=400)
    online, sells = _stocks(market.sellers)
    for number in range(24):
        counts = one_quarter(market, number).counted
        opened, closed = counts[:, :, shops.OPENED], counts[:, :, shops.CLOSED]
        assert (counts[:, :, shops.ONLINE] == online + opened - closed).all()
        assert (counts[:, :, SELLS] == sells + counts[:, :, ENTERED] - counts[:, :, LEFT]).all()
        assert opened.sum() > 0
        assert closed.sum() > 0
        assert (counts[:, :, ENTERED].sum(axis=(0, 1)) > 0).all()
        here = np.arange(COUNT)
        assert (counts[here, :, shops.ENTERED + here] == opened).all()
        assert (counts[here, :, shops.LEFT + here] == closed).all()
        online, sells = _stocks(market.sellers)
        assert (counts[:, :, shops.ONLINE] == online).all()
        assert (counts[:, :, SELLS] == sells).all()
        assert (counts >= 0).all()
        exporters = counts[:, :, shops.EXPORTERS]
        assert (exporters <= counts[:, :, shops.ONLINE]).all()
        assert (counts[:, :, shops.ONLINE] <= counts[:, :, shops.FIRMS]).all()
        assert (sells <= online[:, :, None]).all()
        regional = sells[:, :, :COUNT].copy()
        regional[here, :, here] = 0
        assert (exporters >= regional.max(axis=2)).all()
        assert (exporters <= regional.sum(axis=2)).all()


def _stocks(stock: Sellers) -> tuple[np.ndarray, np.ndarray]:
    """Units of firms online and selling, by country, cell and market, straight from the rows."""
    online = np.zeros((COUNT, CELLS), dtype=np.int64)
    sells = np.zeros((COUNT, CELLS, MARKETS), dtype=np.int64)
    units = (stock.weights.astype(float) * USD_SCALE).astype(np.int64)
    for number in np.flatnonzero(stock.rows["online"]):
        country, cell = _cell(stock, int(number))
        online[country, cell] += units[number]
        sells[country, cell] += units[number] * stock.rows["sells_to"][number]
    return online, sells


def _cell(stock: Sellers, number: int) -> tuple[int, int]:
    firm = stock.smes[number]
    country = int(np.searchsorted(stock.first, number, side="right")) - 1
    return country, firm.size + 3 * firm.woman_owned + 6 * (not firm.urban)


def test_every_firm_is_counted_once_a_quarter() -> None:
    market = lively_market(rows=200)
    counts = one_quarter(market, 0).counted
    assert counts[:, :, shops.FIRMS].sum(axis=1) / USD_SCALE == pytest.approx(FIRMS, rel=1e-5)


def test_only_ready_firms_open_a_shop_and_only_goods_cross_a_border() -> None:
    """A firm is ready below the share of its area; without goods it sells at home."""
    market = lively_market(rows=400)
    stock = market.sellers
    before = stock.rows["online"].copy()
    firms = [stock.smes[number] for number in range(len(stock.rows))]
    country = np.searchsorted(stock.first, np.arange(len(firms)), side="right") - 1
    urban = np.array([firm.urban for firm in firms])
    goods = np.array([firm.goods for firm in firms])
    ready = np.array([firm.readiness for firm in firms]) < READY[country, np.where(urban, 0, 1)]
    assert 0.5 < goods.mean() < 0.8
    opened = 0
    for number in range(16):
        one_quarter(market, number)
        new = stock.rows["online"] & ~before
        assert not (new & ~ready).any()
        opened += int(new.sum())
        before = stock.rows["online"].copy()
        abroad = stock.rows["sells_to"].astype(bool)
        abroad[np.arange(len(firms)), country] = False
        assert not abroad[~goods].any()
        assert not stock.rows["sells_to"][~before].any()
        assert stock.rows["sells_to"][before, country[before]].all()
    assert opened > 100
    assert (~ready).sum() > 100
    assert abroad[goods].any(axis=0).all()


def test_start_stock_is_the_named_share_of_the_best_firms() -> None:
    stock = sellers(FIRMS, values({"start_seller_share": 0.02}), rows=2_000)
    for country, firms in enumerate(FIRMS):
        first, size = int(stock.first[country]), int(stock.registries["size"][country])
        mine = slice(first, first + size)
        online = stock.rows["online"][mine]
        share = stock.weights[mine][online].sum() / firms
        assert share == pytest.approx(0.02, rel=0.02)
        assert (np.diff(online.astype(int)) >= 0).all()  # none above a firm that is online is not
        assert (stock.rows["sells_to"][mine].sum(axis=1) == online).all()
        assert (stock.rows["sells_to"][mine, country] == online).all()


# Sales.


def test_firms_book_what_was_sold_in_the_quarter_before() -> None:
    """Revenue over rows, times weight, is the market's sales to 1e-5."""
    market = lively_market(rows=300)
    last = None
    for number in range(12):
        trade_outcome = one_quarter(market, number)
        stock = market.sellers
        booked = np.add.reduceat(stock.weights * stock.rows["revenue"].astype(float), stock.first)
        if last is not None:
            assert booked == pytest.approx(last.sales.sum(axis=1), rel=1e-5)
        last = trade_outcome


def test_strengths_in_the_books_are_those_of_the_rows() -> None:
    """Also at the start, before anything was counted."""
    market = lively_market(rows=300)
    start = market.sellers.start_strengths()
    for number in range(5):
        one_quarter(market, number)
    stock = market.sellers
    trade_outcome = one_quarter(market, 5)
    power = values(LIVELY)[0]["variety_substitution"] - 1.0
    sales_capability = stock.weights * np.exp(power * (stock.productivity.astype(float)))
    assert (stock.rows["shift"] == 0).all()
    by_country = np.add.reduceat(
        sales_capability[:, None] * stock.rows["sells_to"], stock.first, axis=0
    )
    assert trade_outcome.strengths == pytest.approx(by_country, rel=1e-5)
    assert (start[np.arange(COUNT), np.arange(COUNT)] > 0).all()
    assert start.sum() == pytest.approx(np.trace(start))


def test_online_owners_learn_by_selling() -> None:
    market = lively_market(rows=200)
    rows = market.sellers.rows
    one_quarter(market, 0)
    online = rows["online"].copy()
    before = rows["skill"].copy()
    one_quarter(market, 1)
    assert (rows["skill"][online] > before[online]).all()
    assert (rows["skill"][~online] == before[~online]).all()
    assert (rows["skill"] <= 1).all()
