"""Who would act together, in sentences: alone, all together, who leaves, what keeps them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.text.formatting import country_name, listed, money, signed_money
from sim.rows import rows_where

if TYPE_CHECKING:
    import pandas as pd

_ACTION = {"agreement": "sign common rules", "crackdown": "raid scam compounds together"}


def cooperation(frame: pd.DataFrame) -> list[str]:
    """What the table of `mekong mix coalitions` says of who would sign, as text."""
    action = _ACTION[str(frame["game"].iloc[0])]
    sizes = frame.groupby("coalition", sort=False)["member"].sum()
    largest = rows_where(frame, coalition=str(sizes.index[-1]))
    found = [_alone(frame, list(sizes.index[sizes == 1]))] if (sizes == 1).any() else []
    found += [_together(largest, action), _leaving(largest)]
    found += [_settled(frame, largest), _outside(frame, largest, sizes)]
    return [sentence for sentence in found if sentence]


def _alone(frame: pd.DataFrame, singles: list[str]) -> str:
    told = []
    for iso in singles:
        row = rows_where(frame, coalition=iso, country=iso).iloc[0]
        told.append(
            f"{country_name(iso)} {signed_money(row['gain_usd'])} "
            f"({money(row['low'])} to {money(row['high'])})"
        )
    return f"If neighbours do not act, a country that acts alone gains: {'; '.join(told)}."


def _together(largest: pd.DataFrame, action: str) -> str:
    losers = [country_name(iso) for iso in largest["country"][largest["gain_usd"] < 0.0]]
    shares = (
        "; every one of them gains"
        if not losers
        else "; every one of them loses"
        if len(losers) == len(largest)
        else f"; {listed(losers)} would lose"
    )
    whole = float(largest["coalition_gain_usd"].iloc[0])
    return (
        f"If {_named(largest)} {action}, they {'lose' if whole < 0.0 else 'gain'} "
        f"{money(abs(whole))} over 2026-2030 together{shares}."
    )


def _leaving(largest: pd.DataFrame) -> str:
    one = largest.iloc[0]
    leaving = rows_where(largest, wants="leave")
    in_runs = f"in {100 * one['deviation_proof_in']:.0f} % of {one['runs']} runs nobody would leave"
    if leaving.empty:
        return f"No member would do better by leaving it ({in_runs})."
    told = [
        f"{country_name(row['country'])} (by {money(row['gain_otherwise_usd'] - row['gain_usd'])})"
        for row in leaving.to_dict("records")
    ]
    paid = (
        "which the others gain by it, so it can be paid"
        if one["can_be_paid"]
        else "more than the others gain by it, so no payment holds it together"
    )
    return (
        f"{listed(told)} would do better by leaving ({in_runs}). Keeping all of them in takes "
        f"{money(one['side_payment_usd'])}, {paid}."
    )


def _settled(frame: pd.DataFrame, largest: pd.DataFrame) -> str:
    """Coalitions that nobody would leave and nobody would join, as payments are not made."""
    if not (largest["wants"] == "leave").any():
        return ""
    whole = float(largest["coalition_gain_usd"].iloc[0])
    found = []
    for name, rows in frame.groupby("coalition", sort=False):
        if rows["wants"].isin(["stay", "watch"]).all():
            found.append(f"{name} ({money(float(rows['coalition_gain_usd'].iloc[0]))})")
    if not found:
        alone = frame[frame["member"] & (frame["coalition"] == frame["country"])]
        nobody = " Nobody would act." if (alone["wants"] == "leave").all() else ""
        return f"Without payments no coalition lasts: each has a country that goes.{nobody}"
    return (
        f"Without payments these coalitions last, with what members gain: {listed(found)}; all "
        f"together would gain {money(whole)}."
    )


def _outside(frame: pd.DataFrame, largest: pd.DataFrame, sizes: pd.Series) -> str:
    """What a country outside gains when all others act: the size of free riding or exclusion."""
    told = []
    for iso in largest["country"]:
        others = [
            name for name in sizes.index[sizes == len(largest) - 1] if iso not in name.split("+")
        ]
        if others and len(largest) > 2:
            row = rows_where(frame, coalition=others[0], country=iso).iloc[0]
            told.append(f"{country_name(iso)} {signed_money(row['gain_usd'])}")
    return f"Who stays out while all others act gains: {', '.join(told)}." if told else ""


def _named(largest: pd.DataFrame) -> str:
    isos = [country_name(iso) for iso in largest["country"]]
    return "all five countries" if len(isos) == 5 else listed(isos)
