"""What is measured: one registry, and the table that a run hands out.

Additive indicators are sums over people, scaled from agents to persons; shares and means are
ratios of two of them. A year is the sum of its flows and the stock of its last quarter; the ratio
of a year is the ratio of its parts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import MekongError
from sim.policy.levers import LEVERS
from sim.units import QUARTERS_PER_YEAR, REGION, ROW, quarter_label, quarter_of, year_of

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ("all", "urban", "rural", "women", "men", "q1", "q2", "q3", "q4", "q5")
FIRM_GROUPS = ("all", "urban", "rural", "women", "men", "micro", "small", "medium")
ALL_GROUPS = list(dict.fromkeys([*GROUPS, *FIRM_GROUPS]))
FIRMS = "firms"  # what `Indicator.grouped` says of those by groups of firms
ROUNDING = 1e-3  # of amounts of money that are kept in whole units


@dataclass(frozen=True)
class Indicator:
    """One series: `kind` is stock, flow or share; a share is `of` one indicator over another."""

    name: str
    unit: str
    kind: str
    definition: str
    grouped: bool | str = True  # by groups of people; "firms" by groups of firms
    of: tuple[str, str] | None = None
    may_exceed_one: bool = False

    @property
    def most(self) -> float:
        """The largest value that it can have: one for a share and for an index of 0 to 1."""
        bounded = self.unit in ("share", "index 0 to 1") and not self.may_exceed_one
        return 1.0 if bounded else math.inf


def _table(*rows: Indicator) -> dict[str, Indicator]:
    return {row.name: row for row in rows}


INDICATORS = _table(
    Indicator("gmv_real_usd", "constant 2022 US$", "flow",
              "online purchases of residents from all origins, with fees, VAT and fake shops"),
    Indicator("gmv_nominal_usd", "US$", "flow",
              "the same at the prices and exchange rates of the time"),
    Indicator("gmv_us_prices", "2022 US$ at US prices", "flow",
              "nominal purchases deflated by US consumer prices"),
    Indicator("consumption_usd", "constant 2022 US$", "flow", "consumption of residents"),
    Indicator("consumption_nominal_usd", "US$", "flow",
              "consumption at the prices and exchange rates of the time"),
    Indicator("income_usd", "constant 2022 US$", "flow", "income of residents"),
    Indicator("population", "persons", "stock", "people of all ages"),
    Indicator("adults", "persons", "stock", "people of 15 years and over"),
    Indicator("connected", "persons", "stock", "people who use the internet"),
    Indicator("connected_adults", "persons", "stock", "adults who use the internet"),
    Indicator("account_holders", "persons", "stock", "adults with a payment account"),
    Indicator("shoppers", "persons", "stock", "adults who buy online"),
    Indicator("victims", "persons", "flow", "people who lost money to a scam in the period"),
    Indicator("scam_losses_usd", "constant 2022 US$", "flow", "what victims lost"),
    Indicator("newly_connected", "persons", "flow", "people who began to use the internet"),
    Indicator("dropped_out", "persons", "flow", "people who stopped using the internet"),
    Indicator("new_accounts", "persons", "flow", "people who opened an account"),
    Indicator("new_shoppers", "persons", "flow", "people who began to buy online"),
    Indicator("lapsed_shoppers", "persons", "flow", "people who stopped buying online"),
    Indicator("consumption_share", "share", "share", "online purchases over consumption",
              of=("gmv_real_usd", "consumption_usd")),
    Indicator("internet_users_share", "share", "share", "internet users over population",
              of=("connected", "population")),
    Indicator("account_share", "share", "share", "account holders over adults",
              of=("account_holders", "adults")),
    Indicator("adults_buying_online_share", "share", "share", "shoppers over adults",
              of=("shoppers", "adults")),
    Indicator("spend_per_shopper_usd", "constant 2022 US$", "share",
              "online purchases over shoppers at the end of the period",
              of=("gmv_real_usd", "shoppers")),
    Indicator("victim_rate", "share", "share", "victims over adults who use the internet",
              of=("victims", "connected_adults"),
              may_exceed_one=True),  # one may fall victim in every quarter of a year
    Indicator("trust", "index 0 to 1", "share", "mean trust of adults who use the internet",
              of=("trust_sum", "connected_adults")),
    Indicator("skill", "index 0 to 1", "share", "mean digital skill",
              of=("skill_sum", "population")),
    Indicator("coverage", "share", "share", "population within broadband coverage",
              grouped=False, of=("covered", "population")),
    Indicator("network_capital_usd", "constant 2022 US$", "stock",
              "capital of networks that decides whom they reach", grouped=False),
    Indicator("quality_capital_usd", "constant 2022 US$", "stock",
              "capital of networks that decides their quality", grouped=False),
    Indicator("budget_revenue_usd", "constant 2022 US$", "flow",
              "public money for digital programmes", grouped=False),
    Indicator("budget_grants_usd", "constant 2022 US$", "flow",
              "grants from the regional fund", grouped=False),
    Indicator("budget_spending_usd", "constant 2022 US$", "flow",
              "spending on all programmes of a scenario", grouped=False),
    Indicator("budget_returned_usd", "constant 2022 US$", "flow",
              "unspent money that returned to the treasury", grouped=False),
    Indicator("budget_carry_usd", "constant 2022 US$", "stock",
              "unspent money carried on", grouped=False),
    Indicator("gmv_home_usd", "constant 2022 US$", "flow",
              "online purchases from sellers at home", grouped=False),
    Indicator("gmv_region_usd", "constant 2022 US$", "flow",
              "online purchases from small firms of the other four countries", grouped=False),
    Indicator("gmv_row_usd", "constant 2022 US$", "flow",
              "online purchases from China and the rest of the world", grouped=False),
    Indicator("purchase_fraud_usd", "constant 2022 US$", "flow",
              "what fake shops took", grouped=False),
    Indicator("exports_region_usd", "constant 2022 US$", "flow",
              "online sales of small firms to the other four countries", grouped=False),
    Indicator("exports_row_usd", "constant 2022 US$", "flow",
              "online sales of small firms to the rest of the world", grouped=False),
    Indicator("smes", "firms", "stock", "micro, small and medium firms", grouped="firms"),
    Indicator("smes_online", "firms", "stock", "small firms with an online shop", grouped="firms"),
    Indicator("sme_exporters", "firms", "stock",
              "small firms that sell online to any of the other four countries", grouped="firms"),
    Indicator("shops_opened", "firms", "flow", "firms that opened a shop", grouped="firms"),
    Indicator("shops_closed", "firms", "flow", "firms that closed their shop", grouped="firms"),
    Indicator("smes_online_share", "share", "share", "firms with an online shop over firms",
              grouped="firms", of=("smes_online", "smes")),
    Indicator("seller_revenue_usd", "constant 2022 US$", "flow",
              "online sales of small firms at consumer prices", grouped="firms"),
    Indicator("seller_profit_usd", "constant 2022 US$", "flow",
              "operating profit of small firms from online sales, less fixed costs", grouped=False),
    Indicator("online_price_index", "2019-21 = 1", "share",
              "price index of all online varieties, weighted by spending", grouped=False,
              of=("price_spending", "spending_all")),
    Indicator("receipts_smes_usd", "constant 2022 US$", "flow",
              "kept by small firms out of the purchases of residents", grouped=False),
    Indicator("receipts_brands_usd", "constant 2022 US$", "flow",
              "kept by home brands out of the purchases of residents", grouped=False),
    Indicator("receipts_row_usd", "constant 2022 US$", "flow",
              "kept by sellers in the rest of the world", grouped=False),
    Indicator("receipts_platforms_usd", "constant 2022 US$", "flow",
              "platform fees on the purchases of residents", grouped=False),
    Indicator("receipts_logistics_usd", "constant 2022 US$", "flow",
              "cross-border logistics", grouped=False),
    Indicator("receipts_payments_usd", "constant 2022 US$", "flow",
              "fees of cross-border payments", grouped=False),
    Indicator("receipts_treasury_vat_usd", "constant 2022 US$", "flow",
              "value added tax on online purchases", grouped=False),
    Indicator("receipts_treasury_tariff_usd", "constant 2022 US$", "flow",
              "tariffs on online purchases", grouped=False),
    Indicator("receipts_compliance_usd", "constant 2022 US$", "flow",
              "lost to customs procedures, rules and data restrictions", grouped=False),
    Indicator("flow_usd", "constant 2022 US$", "flow",
              "online sales of small firms, by exporter and importer", grouped="pairs"),
    Indicator("flow_exporters", "firms", "stock",
              "small firms that sell online to a country", grouped="pairs"),
    Indicator("regulatory_distance", "index 0 to 1", "stock",
              "distance between the rules of two countries", grouped="pairs"),
    *(
        Indicator(f"spending_{lever.name}_usd", "constant 2022 US$", "flow",
                  f"public money spent on: {lever.title}", grouped=False)
        for lever in LEVERS.values()
    ),
    Indicator("syndicate_capital", "capital of 2023 = 1", "stock",
              "capital of scam syndicates that work from the country", grouped=False),
    Indicator("syndicate_removed", "capital of 2023 = 1", "flow",
              "syndicate capital removed by enforcement", grouped=False),
    Indicator("syndicate_left", "capital of 2023 = 1", "flow",
              "removed capital that reopened in another host", grouped=False),
    Indicator("syndicate_arrived", "capital of 2023 = 1", "flow",
              "syndicate capital that came from another host", grouped=False),
    Indicator("syndicate_takings_usd", "constant 2022 US$", "flow",
              "what syndicates in a host took from victims everywhere", grouped=False),
    Indicator("lever_shortfall_usd", "constant 2022 US$", "flow",
              "cost of planned programmes that the budget did not buy", grouped=False),
    Indicator("investment_lost_usd", "constant 2022 US$", "flow",
              "public broadband money that never became capital", grouped=False),
)  # fmt: skip


def group_matrix() -> NDArray[np.int64]:
    """Which cells belong to which group: (10 groups, 20 cells) of zeros and ones."""
    cells = np.arange(20)
    fifth, woman, rural = cells % 5, cells // 5 % 2, cells // 10
    rows = [cells >= 0, rural == 0, rural == 1, woman == 1, woman == 0]
    rows += [fifth == k for k in range(5)]
    return np.array(rows, dtype=np.int64)


def firm_matrix() -> NDArray[np.int64]:
    """Which cells of firms belong to which group: (8 groups, 12 cells) of zeros and ones."""
    cells = np.arange(12)
    size, woman, rural = cells % 3, cells // 3 % 2, cells // 6
    rows = [cells >= 0, rural == 0, rural == 1, woman == 1, woman == 0]
    rows += [size == k for k in range(3)]
    return np.array(rows, dtype=np.int64)


class Series:
    """Additive values of a run by quarter, country and group; hands out the tidy table.

    `sums[name]` has the shape (quarters, countries, groups); what is not kept by group has one, and
    what is kept by pair has (quarters, exporters, importers), the rest of the world being the last
    importer. `own` are indicators that a person's own rules declare.
    """

    def __init__(
        self,
        first: int,
        countries: tuple[str, ...],
        sums: dict[str, NDArray[np.float64]],
        own: Mapping[str, Indicator] | None = None,
    ) -> None:
        self.first = first
        self.countries = countries
        self.sums = sums
        self.indicators = {**INDICATORS, **(own or {})}

    def table(self, yearly: bool = False) -> pd.DataFrame:
        """Columns country, quarter (text; or year, a whole number), indicator, group, value, unit.

        `country` is a code, GMS5 for the five countries together, or a pair of exporter and
        importer. Raises MekongError for a value that is not finite, and for a share that is not
        from 0 to 1.
        """
        import pandas as pd

        quarters = len(next(iter(self.sums.values())))
        labels: list[str] | list[int] = [quarter_label(self.first + k) for k in range(quarters)]
        if yearly:
            labels = [year_of(self.first + k) for k in self._year_ends(quarters)]
        pairs = self._pairs()
        places = [*self.countries, REGION, *(f"{one}-{other}" for one, other in pairs)]
        codes: list[NDArray[np.int_]] = []
        found = []
        all_units = _units(self.indicators)
        for position, indicator in enumerate(self.indicators.values()):
            if not self._has(indicator):
                continue
            values = self._values(indicator, yearly)
            offset = len(self.countries) + 1 if indicator.grouped == "pairs" else 0
            _refuse_impossible(indicator, values, labels, places[offset:])
            groups = np.array([ALL_GROUPS.index(g) for g in _groups(indicator, values.shape[2])])
            times, homes, of = np.indices(values.shape).reshape(3, -1)
            names, units = np.empty_like(times), np.empty_like(times)
            names[:], units[:] = position, all_units.index(indicator.unit)
            codes.append(np.stack([homes + offset, times, names, groups[of], units]))
            found.append(values.ravel())
        # One categorical a column: one an indicator, put together, takes ten times as long.
        place, time, name, group, unit_of = np.concatenate(codes, axis=1)
        table = pd.DataFrame(
            {
                "country": _categorical(place, places),
                "quarter": _categorical(time, labels, ordered=True),
                "indicator": _categorical(name, list(self.indicators)),
                "group": _categorical(group, ALL_GROUPS),
                "value": np.concatenate(found),
                "unit": _categorical(unit_of, all_units),
            }
        )
        if not yearly:
            return table
        years = table["quarter"].astype(int)
        return table.assign(quarter=years).rename(columns={"quarter": "year"})

    def of_region(self) -> dict[str, list[float]]:
        """Values of the five countries together and of everybody, by indicator and quarter."""
        return {
            name: self._values(indicator, yearly=False)[:, -1, 0].tolist()
            for name, indicator in self.indicators.items()
            if self._has(indicator) and indicator.grouped != "pairs"
        }

    def _pairs(self) -> list[tuple[str, str]]:
        markets = [*self.countries, ROW]
        return [(one, other) for one in self.countries for other in markets if one != other]

    def _has(self, indicator: Indicator) -> bool:
        return all(name in self.sums for name in indicator.of or (indicator.name,))

    def _values(self, indicator: Indicator, yearly: bool) -> NDArray[np.float64]:
        if indicator.grouped == "pairs":
            values = self._over_time(indicator.name, indicator.kind, yearly)
            markets = [*self.countries, ROW]
            rows = [self.countries.index(one) for one, _ in self._pairs()]
            columns = [markets.index(other) for _, other in self._pairs()]
            return values[:, rows, columns][:, :, None]
        if indicator.of is None:
            return self._additive(indicator.name, indicator.kind, yearly)
        top, bottom = (self._additive(name, _kind(name), yearly) for name in indicator.of)
        bottom = bottom[:, :, : top.shape[2]]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(bottom == 0, 0.0, top / bottom)

    def _additive(self, name: str, kind: str, yearly: bool) -> NDArray[np.float64]:
        values = self._over_time(name, kind, yearly)
        return np.concatenate([values, values.sum(axis=1, keepdims=True)], axis=1)

    def _over_time(self, name: str, kind: str, yearly: bool) -> NDArray[np.float64]:
        values = self.sums[name]
        if not yearly:
            return values
        ends = self._year_ends(len(values))
        if kind == "flow":
            return np.stack([values[end - 3 : end + 1].sum(axis=0) for end in ends])
        return values[ends]

    def _year_ends(self, quarters: int) -> list[int]:
        last = QUARTERS_PER_YEAR - 1
        return [k for k in range(last, quarters) if quarter_of(self.first + k) == last]


def _units(indicators: Mapping[str, Indicator]) -> list[str]:
    return list(dict.fromkeys(indicator.unit for indicator in indicators.values()))


# Sums that are no indicators themselves; those of a person's own rule are stocks.
PARTS = {
    "trust_sum": "stock",
    "skill_sum": "stock",
    "covered": "stock",
    "price_spending": "flow",
    "spending_all": "flow",
}


def _refuse_impossible(
    indicator: Indicator,
    values: NDArray[np.float64],
    times: Sequence[str] | Sequence[int],
    places: Sequence[str],
) -> None:
    """Raises MekongError for the first of the values (time, place, group) that cannot be."""
    bounded = math.isfinite(indicator.most)
    least = 0.0 if bounded else -np.finfo(float).max
    most = indicator.most + ROUNDING if bounded else np.finfo(float).max
    if not values.size or (values.min() >= least and values.max() <= most):  # NaN is neither
        return
    wrong = ~((values >= least) & (values <= most))
    time, place, group = np.argwhere(wrong)[0].tolist()
    people = _groups(indicator, values.shape[2])[group]
    raise MekongError(
        f"the indicator {indicator.name} became {values[time, place, group]:.6g}",
        where=f"{places[place]}, {times[time]}" + (f", group {people}" if group else ""),
        allowed="0 to 1" if bounded else "a finite number",
        todo="check your own rule or subclass of the model, and the parameters of the run",
    )


def _kind(name: str) -> str:
    return INDICATORS[name].kind if name in INDICATORS else PARTS.get(name, "stock")


def _groups(indicator: Indicator, count: int) -> tuple[str, ...]:
    return (FIRM_GROUPS if indicator.grouped == "firms" else GROUPS)[:count]


def _categorical(
    codes: NDArray[np.int_], names: Sequence[str] | Sequence[int], ordered: bool = False
) -> pd.Categorical[Any]:
    import pandas as pd

    return pd.Categorical.from_codes(codes, categories=pd.Index(names), ordered=ordered)
