"""Sliders and choices, made from the tables of levers, paths and parameters."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import streamlit as st

from sim.dashboard.lever_words import (
    block_words,
    evidence,
    explained,
    long_level,
    place_words,
    short_level,
)
from sim.dashboard.links import digits
from sim.dashboard.mixes import (
    BASELINE,
    QUESTIONS,
    Block,
    Mix,
    SharedAssumptions,
    shipped_mixes,
)
from sim.dashboard.plaintext import plain
from sim.parameters.channels import CHANNELS
from sim.parameters.table import Parameter, parameter_table
from sim.parameters.values import ParameterSet
from sim.policy.levers import LEVERS, Lever
from sim.policy.schedule import LONGEST_YEARS
from sim.scenario import PATHS, load_scenario
from sim.units import COUNTRIES, quarter_index, quarter_label

FOR_GOOD = "no end"
STARTS = [quarter_label(k) for k in range(quarter_index("2026Q1"), quarter_index("2030Q4") + 1)]
FIRST_STARTS = STARTS[0]
STEPS = 20  # of a slider with a small range
LARGE = 5.0  # a range above this has steps 1, 2, 5
MOST_PARAMETERS = 6  # with a control each; more are shown as a list
ALL_DIGITS = "%.15g"


def steps_of(lever: Lever) -> list[float]:
    """The levels that a slider offers: even steps, or 0.5, 1, 2, 5 ... where the range is wide."""
    if lever.maximum <= LARGE:
        width = (lever.maximum - lever.minimum) / STEPS
        return [round(lever.minimum + k * width, 10) for k in range(STEPS + 1)]
    found, size = [lever.neutral], 0.5
    while size < lever.maximum:
        found += [step * size for step in (1, 2, 4) if step * size < lever.maximum]
        size *= 10
    return [*found, lever.maximum]


def put_mix(side: str, mix: Mix) -> None:
    """Set the widgets of one side to a mix; widgets that are not there yet begin with it."""
    state = st.session_state
    for key in [key for key in state if str(key).startswith(f"{side}.")]:
        del state[key]
    state[f"{side}.name"] = mix.name
    state[f"{side}.loaded"] = mix
    for lever, blocks in mix.levers.items():
        block, about = blocks[0], LEVERS[lever]
        if len(blocks) > 1 or float(block["level"]) == about.neutral:
            state[f"{side}.{lever}.blocks"] = blocks  # no slider can show these
            continue
        places = block[about.scope]
        state[f"{side}.{lever}.level"] = float(block["level"])
        state[f"{side}.{lever}.places"] = (
            list(about.places)
            if places == "all"
            else ([places] if isinstance(places, str) else list(places))
        )
        state[f"{side}.{lever}.start"] = block["start"]
        state[f"{side}.{lever}.end"] = block.get("end", FOR_GOOD)
        state[f"{side}.{lever}.lag"] = float(block["lag_years"])
        state[f"{side}.{lever}.ramp"] = float(block["ramp_years"])


def put_world(world: SharedAssumptions) -> None:
    """Set the widgets of the world."""
    state = st.session_state
    for key in [key for key in state if str(key).startswith("world.")]:
        del state[key]
    for name, choice in world.paths.items():
        state[f"world.{name}"] = choice
    state["world.channels_off"] = list(world.channels_off)
    listed = len(world.parameters) > MOST_PARAMETERS
    state["world.listed"] = dict(world.parameters) if listed else {}
    state["world.parameters"] = [] if listed else list(world.parameters)
    for name, value in world.parameters.items():
        state[f"world.parameter.{name}"] = float(value)


def mix_controls(side: str) -> Mix:
    """The widgets of one mix; returns what they say."""
    st.selectbox(
        "Start from",
        list(shipped_mixes()),
        index=None,
        placeholder="a prepared mix",
        key=f"from.{side}",
        format_func=preset_words,
        on_change=_start_from,
        args=(side,),
        help="Sets every slider below to a prepared mix.",
    )
    name = st.text_input("Name", key=f"{side}.name", max_chars=24)
    levers: dict[str, list[Block]] = {}
    ordered = sorted(LEVERS.values(), key=lambda lever: lever.grade == "D")
    shown_break = False
    for lever in ordered:
        if lever.grade == "D" and not shown_break:
            shown_break = True
            st.caption("No effect of these has been measured: shown, never ranked.")
        blocks = _lever_controls(side, lever)
        if blocks:
            levers[lever.name] = blocks
    loaded: Mix | None = st.session_state.get(f"{side}.loaded")
    order = dict.fromkeys([*(loaded.levers if loaded else ()), *LEVERS])
    made = {lever: levers[lever] for lever in order if lever in levers}
    return Mix(name, made, _about(side, made))


def _about(side: str, levers: dict[str, list[Block]]) -> dict[str, str]:
    """The texts of the file that was loaded, for as long as its levers are as they were."""
    loaded: Mix | None = st.session_state.get(f"{side}.loaded")
    if loaded is None or not loaded.about:
        return {}
    if not loaded.same_levers(levers):
        st.caption("Changed since the file was loaded: its title and question no longer apply.")
        return {}
    for key, text in loaded.about.items():
        st.caption(f"From the file, {key}: {plain(text)}")
    return loaded.about


@cache
def preset_words(name: str) -> str:
    """A shipped mix by its title and question."""
    one = load_scenario(name)
    return "No new policy" if name == BASELINE else f"{one.title}: {one.question}"


def question_controls() -> None:
    """A question to begin with: it sets both mixes."""
    st.selectbox(
        "Start from a question",
        range(len(QUESTIONS)),
        index=None,
        placeholder="choose one, or set the levers yourself",
        format_func=lambda at: QUESTIONS[at].words,
        key="question",
        on_change=_ask,
        help="Sets both mixes to the two whose comparison answers it.",
    )


def _ask() -> None:
    at = st.session_state["question"]
    if at is not None:
        put_mix("a", shipped_mixes()[QUESTIONS[at].a])
        put_mix("b", shipped_mixes()[QUESTIONS[at].b])


def _start_from(side: str) -> None:
    chosen = st.session_state[f"from.{side}"]
    if chosen:
        put_mix(side, shipped_mixes()[chosen])


def _lever_controls(side: str, lever: Lever) -> list[Block]:
    key = f"{side}.{lever.name}"
    fixed: list[Block] | None = st.session_state.get(f"{key}.blocks")
    if fixed is not None:
        st.markdown(f"**{lever.title}**", help=explained(lever))
        for block in fixed:
            st.caption(plain(block_words(lever, block)))
        st.button(
            f"Set one level of {lever.title.lower()} instead",
            key=f"drop.{key}",
            on_click=_drop,
            args=(f"{key}.blocks",),
        )
        return fixed
    state = st.session_state
    state.setdefault(f"{key}.level", lever.neutral)
    options = sorted({*steps_of(lever), float(state[f"{key}.level"])})
    level = st.select_slider(
        lever.title,
        options,
        key=f"{key}.level",
        format_func=lambda level: short_level(lever, level),
        help=explained(lever),
    )
    if level == lever.neutral:
        return []
    return [{**_where_and_when(key, lever), "level": float(level)}]


def _drop(key: str) -> None:
    del st.session_state[key]


def _where_and_when(key: str, lever: Lever) -> Block:
    state = st.session_state
    for name, value in (
        ("places", list(lever.places)),
        ("start", FIRST_STARTS),
        ("end", FOR_GOOD),
        ("lag", lever.lag_years),
        ("ramp", lever.ramp_years),
    ):
        state.setdefault(f"{key}.{name}", value)
    starts = sorted({*STARTS, state[f"{key}.start"]})
    ends = [FOR_GOOD, *sorted({*STARTS, state[f"{key}.end"]} - {FOR_GOOD})]
    st.caption(f"{plain(long_level(lever, state[f'{key}.level']))}. {plain(evidence(lever))}")
    with st.expander(f"Where and when: {lever.title.lower()}"):
        places = st.multiselect(
            "Where", list(lever.places), key=f"{key}.places", format_func=place_words
        )
        left, right = st.columns(2)
        start = left.selectbox("From", starts, key=f"{key}.start")
        end = right.selectbox("Until", ends, key=f"{key}.end")
        longest = float(LONGEST_YEARS)
        lag = left.number_input(
            "Lag, years", 0.0, longest, step=0.5, key=f"{key}.lag", format=ALL_DIGITS
        )
        ramp = right.number_input(
            "Phase-in, years", 0.0, longest, step=1.0, key=f"{key}.ramp", format=ALL_DIGITS
        )
    where: Any = "all" if len(places) == len(lever.places) else places
    block: Block = {lever.scope: places[0] if lever.scope == "region" and places else where}
    block["start"] = start
    if end != FOR_GOOD:
        block["end"] = end
    return block | {"lag_years": float(lag), "ramp_years": float(ramp)}


def sentence(words: str) -> str:
    """The words with a capital at their beginning; those of names stay."""
    return words[:1].upper() + words[1:]


def world_controls() -> SharedAssumptions:
    """What all runs share; returns what the widgets say."""
    paths: dict[str, str] = {}
    for name, path in PATHS.items():
        choices = list(path.choices)
        st.session_state.setdefault(f"world.{name}", path.default)
        made = st.selectbox(
            sentence(path.meaning.partition(";")[0]),
            choices,
            key=f"world.{name}",
            format_func=lambda choice, path=path: f"{choice}: {path.choices.get(choice, '')}",
        )
        if made != path.default:
            paths[name] = made
    st.session_state.setdefault("world.parameters", [])
    table = parameter_table()
    known = {**dict.fromkeys(table), **dict.fromkeys(st.session_state["world.parameters"])}
    chosen = st.multiselect(
        "Parameters to set",
        list(known),
        key="world.parameters",
        max_selections=MOST_PARAMETERS,
        help="Each applies to every run on this page, including the baseline.",
    )
    listed: dict[str, float] = st.session_state.setdefault("world.listed", {})
    set_here = {name: _parameter(name, table) for name in chosen}
    if listed:
        _show_listed(listed, set_here)
    off = st.multiselect(
        "Channels switched off",
        list(CHANNELS),
        key="world.channels_off",
        format_func=lambda name: CHANNELS[name].title,
        help="A mechanism that is off does nothing in any run on this page, baseline included.",
    )
    return SharedAssumptions(
        paths, {**listed, **set_here}, tuple(name for name in CHANNELS if name in off)
    )


def _show_listed(listed: dict[str, float], set_here: dict[str, float]) -> None:
    """Parameters of a file that are too many for controls: all of them are used."""
    st.markdown(f"**From the file: {len(listed)} parameters**")
    rows = [
        (name, digits(set_here.get(name, value)), parameter_table()[name.rpartition(".")[2]].unit)
        for name, value in listed.items()
    ]
    st.dataframe(pd.DataFrame(rows, columns=["parameter", "value", "unit"]), hide_index=True)
    st.caption("All of them apply to every run on this page. Choose one above to change it.")
    st.button("Remove the parameters of the file", key="world.forget", on_click=_forget)


def _forget() -> None:
    st.session_state["world.listed"] = {}
    st.session_state["world.parameters"] = []


def _parameter(name: str, table: dict[str, Parameter]) -> float:
    iso, _, plain = name.rpartition(".")
    p = table[plain]
    key = f"world.parameter.{name}"
    values = ParameterSet.central()
    used = sorted(values.get(one, plain) for one in ([iso] if iso else COUNTRIES))
    st.session_state.setdefault(key, used[len(used) // 2])
    return float(
        st.number_input(
            f"{name}, {p.unit}",
            min_value=float(p.minimum),
            max_value=float(p.maximum),
            key=key,
            format=ALL_DIGITS,
            help=f"{p.meaning} Prior: {p.low:g} / {p.central:g} / {p.high:g}. Source: {p.source}.",
        )
    )


def first_mixes() -> dict[str, str]:
    """What the page shows to somebody who came without a link."""
    return {"a": "coordinated", "b": "broadband" if "broadband" in shipped_mixes() else BASELINE}
