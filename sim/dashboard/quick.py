"""The answer before anything has run: estimates of both mixes in words, and their differences."""

from __future__ import annotations

import html
import threading
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import streamlit as st

from sim.analysis.emulation.estimates import (
    COST,
    LOSSES,
    PURCHASES,
    Estimate,
    Estimates,
    same_model,
    shipped_estimates,
)
from sim.analysis.text.formatting import listed, money, signed_money, small_percent
from sim.dashboard.mixes import BASELINE, SharedAssumptions
from sim.dashboard.plaintext import plain
from sim.scenario import Scenario
from sim.target import FACTOR, TARGET_YEAR
from sim.units import COUNTRY_NAMES

LAST = f"{PURCHASES}_{TARGET_YEAR}"
NOW = "quick-answer"  # the key of what stays in sight while sliders move
ANSWERED = threading.Event()  # set once a page of this server has shown an answer
Found = Mapping[str, Estimate | str]  # by mix: its estimate, or why there is none


@cache
def fits() -> Estimates | None:
    """The fits of this server, read once; None where none are shipped."""
    return shipped_estimates()


@cache
def fits_are_current() -> bool:
    """Whether the fits were made with the rules, data and draws of this program."""
    known = fits()
    return known is not None and same_model(known.about)


def estimates_of(mixes: Sequence[Scenario], world: SharedAssumptions) -> Found:
    """The estimate of every mix in a world; the fits know the usual one alone."""
    known = fits()
    if known is None:
        return dict.fromkeys((one.name for one in mixes), "no estimates are installed")
    if world != SharedAssumptions():
        why = "estimates are for the usual assumptions, and others are set under World"
        return dict.fromkeys((one.name for one in mixes), why)
    return {one.name: known.estimate(one) for one in mixes}


def in_sight(found: Found, titles: Mapping[str, str]) -> None:
    """A line a mix that stays in sight while its sliders move."""
    lines = []
    for name, one in found.items():
        head = f"<b>{html.escape(titles[name])}</b> "
        lines.append(f"<p>{head}{html.escape(brief(one))}</p>")
    st.html(f'<div role="status" aria-live="polite">{"".join(lines)}</div>')


def brief(one: Estimate | str) -> str:
    """An estimate in a line."""
    if isinstance(one, str):
        return "no quick estimate; full runs answer"
    if not one.shares.any():
        return "no new policy"
    added, losses, cost = (float(np.median(one.effect(name))) for name in (LAST, LOSSES, COST))
    parts = [f"purchases {TARGET_YEAR} {_signed(added, one, LAST)}"]
    parts.append(f"losses avoided {_signed(losses, one, LOSSES)}")
    parts.append(f"cost {money(cost)}")
    short = [COUNTRY_NAMES[iso] for iso in one.unpaid]
    if short:
        parts.append(f"money runs out: {', '.join(short)}")
    return " · ".join(parts)


def _signed(value: float, one: Estimate, outcome: str) -> str:
    error = one.fits.error(outcome)
    return f"within ±{money(error)}" if abs(value) < error else signed_money(value)


def answer_of(name: str, title: str, one: Estimate) -> str:
    """What a mix changes by the estimate, as a sentence that can be repeated."""
    known = one.fits
    if not one.shares.any():
        return f"'{name}' changes nothing: it has no policy beyond the baseline."
    low, middle, high = one.summary(LAST)
    error = known.error(LAST)
    if abs(middle) < error:
        adds = f"changes online purchases in {TARGET_YEAR} by less than ±{money(error)}"
    else:
        share = float(np.median(one.effect(LAST) / known.base(LAST)))
        verb = "raises" if middle > 0 else "lowers"
        ends = sorted((abs(low), abs(high))) if low * high > 0 else (low, high)
        adds = (
            f"{verb} online purchases in {TARGET_YEAR} by about {money(abs(middle))} or "
            f"{small_percent(abs(share))} ({money(ends[0])} to {money(ends[1])})"
        )
    low, middle, high = one.summary(LOSSES)
    if abs(middle) >= known.error(LOSSES):
        verb = "avoids" if middle > 0 else "adds"
        adds += f", {verb} about {money(abs(middle))} of losses to scams in 2026-{TARGET_YEAR}"
    known_as = f"'{name}'" if title == name else f"'{name}' ({title})"
    return f"{known_as} {adds} and costs {money(one.summary(COST)[1])} up to {TARGET_YEAR}."


def money_short(name: str, one: Estimate) -> str:
    """That money runs out, where and for what; empty where it does not."""
    where = [
        f"{COUNTRY_NAMES[iso]} ({money(gap)}, {100 * share:.0f} % of the plan)"
        for iso, (gap, share) in one.unpaid.items()
    ]
    return short_of_money(name, where) if where else ""


def short_of_money(name: str, where: Sequence[str]) -> str:
    """The warning that budgets do not reach, and what that does to a mix."""
    return (
        f"Money runs out for '{name}' in {listed(where)}. What cannot be paid is not done, in "
        "equal proportion for all its levers there: more of one lever takes from the others."
    )


def show_answers(found: Found, titles: Mapping[str, str]) -> None:
    """Estimates in sentences, what they are worth, and the differences by year."""
    for name, one in found.items():
        if isinstance(one, str):
            st.markdown(plain(f"'{name}' has no quick estimate: {one}. Its runs are under way."))
            continue
        st.markdown(f"**{plain(answer_of(name, titles[name], one))}**")
        if words := money_short(name, one):
            st.warning(plain(words))
    known = fits()
    if known is None or all(isinstance(one, str) for one in found.values()):
        return
    st.markdown(plain(_baseline(known)))
    st.caption(plain(_worth(known, [one for one in found.values() if isinstance(one, Estimate)])))


def _baseline(known: Estimates) -> str:
    growth = known.ratios[0]
    doubled = int((growth >= FACTOR).sum())
    return (
        f"Without new policies ('{BASELINE}') e-commerce in the five countries together is "
        f"{np.median(growth):.2f} times its 2022 value in {TARGET_YEAR} "
        f"({growth.min():.2f} to {growth.max():.2f}); it doubles in {doubled} of "
        f"{len(growth)} parameter draws."
    )


def _worth(known: Estimates, some: Sequence[Estimate]) -> str:
    """What the estimates rest on, and their error."""
    about = known.about
    checked = len(about.get("checked", ()))
    also = f", and checked with {checked} prepared mixes" if checked else ""
    words = (
        f"Estimate, within about ±{money(known.error(LAST))} of full runs for purchases and "
        f"±{money(known.error(LOSSES))} for losses (root mean square error): fitted to "
        f"{about['points']} mixes that were run in full with {known.draws} parameter draws{also}. "
        "Medians over draws; ranges are the range of these draws."
    )
    if any(one.averaged for one in some):
        words += " Agreements that differ between pairs count by the trade of each pair."
    return words


def stale_words() -> str:
    """A warning where the fits were made with another version of the model; else empty."""
    if fits() is None or fits_are_current():
        return ""
    return (
        "The quick estimates were made with another version of the model or its data, so their "
        "error is not known here. The runs below are of this version."
    )
