"""The page: `mekong dashboard` runs this file with Streamlit."""

from __future__ import annotations

import streamlit as st

from sim.analysis.comparison.result import Comparison
from sim.analysis.preview import Preview
from sim.analysis.tables import as_csv
from sim.dashboard.controls import (
    first_mixes,
    mix_controls,
    place_words,
    put_mix,
    put_world,
    world_controls,
)
from sim.dashboard.fullruns import FOLDER, LIMITS, FullRun, Kept, needs, unfinished
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
from sim.dashboard.plaintext import plain, told
from sim.dashboard.previews import shared
from sim.dashboard.views import ACCOUNT, PATHS, PLACES, headline, png, show, statistic, views_of
from sim.errors import InputError, MekongError
from sim.parameters.posterior import posterior_draws
from sim.report.page import render
from sim.scenario import Scenario

POLL_SECONDS = 1.0
MOST_DRAWS = 100
MOST_KEPT = 5  # unfinished full runs that are shown
QUESTION = "Does e-commerce double from 2022 to 2030, and what do two policy mixes change?"


def page() -> None:
    """The whole page."""
    st.set_page_config("Mekong policy mixes", layout="wide")
    st.title("Greater Mekong: two policy mixes side by side")
    st.caption(QUESTION + " Cambodia, Lao PDR, Myanmar, Thailand, Viet Nam.")
    _begin()
    with st.sidebar:
        world, mixes = _controls()
    try:
        scenarios = [baseline_of(world), *(scenario_of(mix, world) for mix in _named(mixes))]
    except InputError as error:
        st.error(told(error))
        return
    _remember(mixes, world)
    result = _result(scenarios)
    st.divider()
    left, right = st.columns(2)
    with left:
        _downloads(result, scenarios)
    with right:
        _full_run(scenarios)


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


def _result(scenarios: list[Scenario]) -> Comparison:
    """Show the result, at first of one parameter draw, and return the last one shown."""
    view, place = _choices(scenarios)
    key = tuple(scenario.fingerprint() for scenario in scenarios)
    full = FullRun.latest
    if full is not None and full.result is not None and full.key == key:
        st.success(f"Full run. {precision(full.result)}")
        headline(full.result)
        show(full.result, view, place)
        return full.result
    mark, body = st.empty(), st.empty()
    shown: Comparison | None = None

    def told_of(draws: int) -> None:  # also lets the page turn to what a person did meanwhile
        if shown is not None:
            mark.warning(f"Quick preview, {draws} of {shared().draws} parameter draws are done.")

    for result in shared().comparisons(scenarios, told_of):
        shown = result
        with body.container():
            headline(result)
            if result.pairs > 1 or view in (PATHS, ACCOUNT):
                show(result, view, place)
        mark.warning(f"Quick preview. {precision(result)}")  # last: it says what is seen below
    if shown is None:
        raise RuntimeError("a preview shows at least one result")
    return shown


def _choices(scenarios: list[Scenario]) -> tuple[str, str]:
    known = views_of(scenarios)
    left, right = st.columns([3, 1])
    view = left.segmented_control("View", known, default=known[0], key="view") or known[0]
    place = right.selectbox("Effects and costs in", PLACES, format_func=place_words, key="place")
    return view, place


def precision(result: Comparison) -> str:
    """Scale, runs, statistic and limits of the numbers of a result."""
    seeds = len(result.manifest["seeds"])
    what = result.drawn_words or "central parameters only"
    return (
        f"One agent represents {result.manifest['scale']:,} people; {what}, {seeds} random "
        f"seed{'s' if seeds > 1 else ''} each. {statistic(result)} Model error is not "
        f"included. Scenarios, not forecasts.{_advice(result)}"
    )


def _advice(result: Comparison) -> str:
    quick = isinstance(result, Preview)
    return ' Use "Full run" before quoting a number.' if quick else ""


def _downloads(result: Comparison, scenarios: list[Scenario]) -> None:
    st.subheader("Download and share")
    st.caption("The address of this page contains both mixes. Copy it to share them.")
    for name, table in (("summary", result.table), ("effects", result.effects)):
        st.download_button(
            f"{name}.csv", as_csv(table), f"{name}.csv", "text/csv", key=f"csv.{name}",
            on_click="ignore",
        )  # fmt: skip
    key = (tuple(s.fingerprint() for s in scenarios), result.pairs, result.drawn)
    if st.button("Prepare figure and report", key="prepare"):
        with st.spinner("drawing ..."):
            st.session_state["prepared"] = (key, png(result, "trajectory", 200), render(result))
    prepared = st.session_state.get("prepared")
    if prepared is not None and prepared[0] == key:
        st.download_button(
            "trajectory.png", prepared[1], "trajectory.png", "image/png", on_click="ignore"
        )
        st.download_button(
            "report.html", prepared[2], "report.html", "text/html", on_click="ignore"
        )


def _full_run(scenarios: list[Scenario]) -> None:
    st.subheader("Full run")
    st.caption(
        f"Smaller agents, more seeds and more parameter draws of the posterior. Limits: {LIMITS}. "
        f"Results are kept in {FOLDER}."
    )
    columns = st.columns(3)
    scale = columns[0].selectbox("People per agent", [5000, 2000, 1000, 500], index=2)
    seeds = int(columns[1].number_input("Seeds", 1, 20, 2, key="full.seeds"))
    most = min(MOST_DRAWS, len(posterior_draws()) - 1)
    draws = int(columns[2].number_input("Parameter draws", 0, most, 10, key="full.draws"))
    full = FullRun.latest
    running = full is not None and full.running
    try:
        runs, seconds = needs(len(scenarios), seeds, draws, scale)
        st.caption(f"{runs} runs, about {max(seconds / 60, 0.1):.1f} minutes on this machine.")
        if st.button("Start the full run", key="full.go", disabled=running, type="primary"):
            FullRun(scenarios, seeds, draws, scale)
    except InputError as error:
        st.error(told(error))
    if FullRun.latest is not None:
        _progress()
    for number, kept in enumerate(unfinished()[:MOST_KEPT]):
        _stopped(number, kept)


def _stopped(number: int, kept: Kept) -> None:
    """A full run that did not finish: continue or delete it."""
    st.info(plain(str(kept)))
    if kept.going_on:
        return
    left, right = st.columns(2)
    try:
        if left.button("Continue", key=f"kept.go.{number}"):
            FullRun.again(kept.folder)
            st.rerun()
        if right.button("Delete", key=f"kept.delete.{number}"):
            kept.discard()
            st.rerun()
    except MekongError as error:
        st.error(told(error))


@st.fragment(run_every=POLL_SECONDS)
def _progress() -> None:
    """Progress of the full run, updated every second."""
    full = FullRun.latest
    if full is None:
        return
    if full.running:
        left = full.left()
        ahead = "" if left is None else f", about {left / 60:.1f} minutes left"
        st.progress(full.done / max(full.total, 1), f"{full.done} of {full.total} runs{ahead}")
        if st.button("Cancel", key="full.cancel"):
            try:
                full.cancel()
            except MekongError as error:
                st.error(told(error))
        return
    if full.error:
        st.error(plain(full.error))
    elif full.result is None:
        st.info("The full run was cancelled. Finished runs are kept.")
    else:
        st.success("The full run is done. It is shown above until you change a mix.")
    if st.session_state.get("told") != id(full):
        st.session_state["told"] = id(full)
        st.rerun()


if __name__ == "__main__":
    page()
