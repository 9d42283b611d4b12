"""What is measured: one registry, and the table that a run hands out.

Additive indicators are sums over people, scaled from agents to persons; shares and means are
ratios of two of them. A year is the sum of its flows and the stock of its last quarter; the ratio
of a year is the ratio of its parts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.units import QUARTERS_PER_YEAR, REGION, quarter_label, quarter_of, year_of

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ("all", "urban", "rural", "women", "men", "q1", "q2", "q3", "q4", "q5")


@dataclass(frozen=True)
class Indicator:
    """One series: `kind` is stock, flow or share; a share is `of` one indicator over another."""

    name: str
    unit: str
    kind: str
    definition: str
    grouped: bool = True
    of: tuple[str, str] | None = None


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
              of=("victims", "connected_adults")),
    Indicator("trust", "index 0 to 1", "share", "mean trust of adults who use the internet",
              of=("trust_sum", "connected_adults")),
    Indicator("skill", "index 0 to 1", "share", "mean digital skill",
              of=("skill_sum", "population")),
    Indicator("coverage", "share", "share", "population within broadband coverage",
              grouped=False, of=("covered", "population")),
    Indicator("network_capital_usd", "constant 2022 US$", "stock", "broadband capital",
              grouped=False),
    Indicator("budget_revenue_usd", "constant 2022 US$", "flow",
              "public money for digital programmes", grouped=False),
    Indicator("budget_spending_usd", "constant 2022 US$", "flow",
              "spending on all programmes of a scenario", grouped=False),
    Indicator("budget_returned_usd", "constant 2022 US$", "flow",
              "unspent money that returned to the treasury", grouped=False),
    Indicator("budget_carry_usd", "constant 2022 US$", "stock",
              "unspent money carried on", grouped=False),
    Indicator("spending_broadband_investment_usd", "constant 2022 US$", "flow",
              "public money spent on broadband", grouped=False),
    Indicator("spending_anti_scam_enforcement_usd", "constant 2022 US$", "flow",
              "public money spent against scams", grouped=False),
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


class Series:
    """Additive values of a run by quarter, country and group; hands out the tidy table.

    `sums[name]` has the shape (quarters, countries, groups); what is not kept by group has one.
    """

    def __init__(
        self, first: int, countries: tuple[str, ...], sums: dict[str, NDArray[np.float64]]
    ) -> None:
        self.first = first
        self.countries = countries
        self.sums = sums

    def table(self, yearly: bool = False) -> pd.DataFrame:
        """Columns country, quarter (or year), indicator, group, value, unit."""
        import pandas as pd

        quarters = len(next(iter(self.sums.values())))
        labels = [quarter_label(self.first + k) for k in range(quarters)]
        if yearly:
            labels = [str(year_of(self.first + k)) for k in self._year_ends(quarters)]
        places = [*self.countries, REGION]
        frames = []
        for indicator in INDICATORS.values():
            values = self._values(indicator, yearly)
            groups = GROUPS[: values.shape[2]]
            shape = values.shape
            frames.append(
                pd.DataFrame(
                    {
                        "country": _codes(places, (1, shape[1], 1), shape),
                        "quarter": _codes(labels, (shape[0], 1, 1), shape),
                        "indicator": _constant(indicator.name, list(INDICATORS), values.size),
                        "group": _codes(list(GROUPS), (1, 1, len(groups)), shape),
                        "value": values.ravel(),
                        "unit": _constant(indicator.unit, _UNITS, values.size),
                    }
                )
            )
        table = pd.concat(frames, ignore_index=True)
        return table.rename(columns={"quarter": "year"}) if yearly else table

    def _values(self, indicator: Indicator, yearly: bool) -> NDArray[np.float64]:
        if indicator.of is None:
            return self._additive(indicator.name, indicator.kind, yearly)
        top, bottom = (self._additive(name, _kind(name), yearly) for name in indicator.of)
        bottom = bottom[:, :, : top.shape[2]]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), 0.0)

    def _additive(self, name: str, kind: str, yearly: bool) -> NDArray[np.float64]:
        values = self.sums[name]
        if yearly:
            ends = self._year_ends(len(values))
            if kind == "flow":
                values = np.stack([values[end - 3 : end + 1].sum(axis=0) for end in ends])
            else:
                values = values[ends]
        return np.concatenate([values, values.sum(axis=1, keepdims=True)], axis=1)

    def _year_ends(self, quarters: int) -> list[int]:
        last = QUARTERS_PER_YEAR - 1
        return [k for k in range(last, quarters) if quarter_of(self.first + k) == last]


_UNITS = list(dict.fromkeys(indicator.unit for indicator in INDICATORS.values()))
_HIDDEN = {"trust_sum": "stock", "skill_sum": "stock", "covered": "stock"}


def _kind(name: str) -> str:
    return INDICATORS[name].kind if name in INDICATORS else _HIDDEN[name]


def _codes(names: list[str], shape: tuple[int, ...], whole: tuple[int, ...]) -> pd.Categorical[Any]:
    codes = np.broadcast_to(np.arange(math.prod(shape)).reshape(shape), whole).ravel()
    return _categorical(codes, names)


def _constant(name: str, names: list[str], size: int) -> pd.Categorical[Any]:
    return _categorical(np.full(size, names.index(name)), names)


def _categorical(codes: NDArray[np.int_], names: list[str]) -> pd.Categorical[Any]:
    import pandas as pd

    return pd.Categorical.from_codes(codes, categories=pd.Index(names))
