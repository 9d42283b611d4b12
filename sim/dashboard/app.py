"""The page: `mekong dashboard` runs this file with Streamlit."""

from __future__ import annotations

import streamlit as st

from sim.dashboard.controls import (
    first_mixes,
    mix_controls,
    put_mix,
    put_world,
    question_controls,
    world_controls,
)
from sim.dashboard.links import SIDES, link_of, read_link
from sim.dashboard.mixes import (
    BASELINE,
    Mix,
    SharedAssumptions,
    baseline_of,
    mix_of_file,
    own_name,
    scenario_of,
    uploaded,
    world_of,
)
from sim.dashboard.page_parts import SHOWN, Slot, style
from sim.dashboard.plaintext import plain, told
from sim.dashboard.quick import ANSWERED, NOW, estimates_of, in_sight, show_answers
from sim.errors import InputError
from sim.scenario import Scenario

QUESTION = "Does e-commerce double from 2022 to 2030, and what do two policy mixes change?"
HINT = "The levers are behind the arrows at the top left."


def page() -> None:
    """The whole page: first the estimate of the mixes, then what their runs say."""
    st.set_page_config("Mekong policy mixes", layout="wide")
    style()
    st.title("Greater Mekong: two policy mixes side by side")
    st.caption(QUESTION + " Cambodia, Lao PDR, Myanmar, Thailand, Viet Nam.")
    _begin()
    question_controls()
    st.container(key="open-hint").caption(HINT)
    with st.sidebar:
        now = st.container(key=NOW)
        world, mixes = _controls()
    try:
        scenarios = [baseline_of(world), *(scenario_of(mix, world) for mix in _named(mixes))]
    except InputError as error:
        st.error(told(error))
        return
    _remember(mixes, world)
    found = estimates_of(scenarios[1:], world)
    with now:
        in_sight(found, dict(zip(found, SIDES.values(), strict=True)))
    answer = Slot("answer")
    if SHOWN not in st.session_state:
        with answer.container():
            show_answers(found, {one.name: one.title for one in scenarios[1:]})
    ANSWERED.set()
    # Late, since this loads the model and Matplotlib: the answer above needs neither.
    from sim.dashboard.results import show_results

    show_results(scenarios, found, answer)


def _begin() -> None:
    """Set the widgets from the link, once a session."""
    state = st.session_state
    if "begun" in state:
        return
    state["begun"] = True
    parts = {name: st.query_params.get_all(name) for name in st.query_params}
    shown = read_link(parts, first_mixes())
    state["faults"] = [told(fault) for fault in shown.faults]
    state["notes"] = []
    for side, mix in shown.mixes.items():
        put_mix(side, mix)
    put_world(shown.world)


def _controls() -> tuple[SharedAssumptions, dict[str, Mix]]:
    messages = st.container()
    mixes = {}
    tabs = st.tabs([*SIDES.values(), "World", "Files"])
    for (side, title), tab in zip(SIDES.items(), tabs[:2], strict=True):
        with tab:
            mixes[side] = own_name(mix_controls(side), title)
    with tabs[2]:
        st.caption("Shared by both mixes and the baseline.")
        world = world_controls()
    with tabs[3]:
        _files(mixes, world)
    with messages:
        _tell(world, mixes)
    return world, mixes


def _tell(world: SharedAssumptions, mixes: dict[str, Mix]) -> None:
    """Messages about a link or a file, for as long as nobody changes what they are about."""
    state = st.session_state
    if state.setdefault("told_about", (world, mixes)) != (world, mixes):
        state["faults"], state["notes"] = [], []
    for fault in state["faults"]:
        st.error(fault)
    for note in state["notes"]:
        st.info(note)


def _files(mixes: dict[str, Mix], world: SharedAssumptions) -> None:
    for side, title in SIDES.items():
        st.file_uploader(
            f"Load a scenario file (TOML) into {title}",
            type=["toml"],
            key=f"upload.{side}",
            on_change=_load,
            args=(side,),
        )
        try:
            scenario = scenario_of(mixes[side], world)
        except InputError:
            continue
        st.download_button(
            f"Save {title} as a scenario file",
            scenario.to_toml(),
            file_name=f"{scenario.name.replace(' ', '_')}.toml",
            mime="application/toml",
            key=f"save.{side}",
            on_click="ignore",
        )


def _load(side: str) -> None:
    """A file was sent: its levers go into one mix, its world into the page."""
    state = st.session_state
    file = state[f"upload.{side}"]
    state["faults"], state["notes"] = [], []
    state.pop("told_about", None)
    if file is None:
        return
    try:
        scenario = uploaded(file.getvalue(), file.name)
    except InputError as error:
        state["faults"] = [told(error)]
        return
    world = world_of(scenario)
    put_mix(side, mix_of_file(scenario))
    put_world(world)
    state["notes"] = [plain(note) for note in _of_file(scenario, world, file.name, SIDES[side])]


def _of_file(scenario: Scenario, world: SharedAssumptions, file: str, side: str) -> list[str]:
    """What was loaded from a file, in sentences."""
    count = len(scenario.levers)
    found = [f"'{file[:60]}' is loaded into {side}: {count} lever{'s' if count != 1 else ''}."]
    assumed = [f"{name} = {choice}" for name, choice in world.paths.items()]
    many = len(world.parameters)
    assumed += [f"{many} parameter{'s' if many != 1 else ''}"] * bool(many)
    assumed += [f"channel {name} off" for name in world.channels_off]
    found.append(
        f"Its assumptions ({', '.join(assumed)}) now apply to both mixes and the baseline (World)."
        if assumed
        else "It sets no assumptions, so both mixes and the baseline use the defaults."
    )
    if scenario.baseline != BASELINE:
        found.append(
            f"It names '{scenario.baseline}' as its baseline; this page compares with "
            f"'{BASELINE}' under the same assumptions."
        )
    return found


def _named(mixes: dict[str, Mix]) -> list[Mix]:
    """The mixes under names that differ from each other and from the baseline's."""
    taken, found = {BASELINE}, []
    for side, mix in mixes.items():
        name = mix.name if mix.name not in taken else f"{mix.name[:20]} {side.upper()}"
        taken.add(name)
        found.append(Mix(name, mix.levers, mix.about))
    return found


def _remember(mixes: dict[str, Mix], world: SharedAssumptions) -> None:
    """Keep the address of the page in step with what it shows."""
    try:
        wanted = link_of(mixes, world)
    except InputError as error:
        wanted = {}
        st.info(told(error))
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


if __name__ == "__main__":
    page()
