"""What has been run: the answer of all draws, the chosen view, downloads, the full run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from sim.analysis.comparison.plausibility import refusal_sentence
from sim.analysis.comparison.result import Comparison
from sim.analysis.emulation.estimates import Estimate
from sim.analysis.preview import Preview
from sim.analysis.tables import as_csv
from sim.dashboard.charts import colours_of, difference_rows
from sim.dashboard.fullruns import FOLDER, LIMITS, FullRun, Kept, needs, unfinished
from sim.dashboard.lever_words import place_words
from sim.dashboard.page_parts import SHOWN, Slot
from sim.dashboard.plaintext import plain, told
from sim.dashboard.previews import DRAWS, shared
from sim.dashboard.quick import Found, show_answers, stale_words
from sim.dashboard.views import (
    ACCOUNT,
    COMMUNITIES,
    PATHS,
    PLACES,
    differences,
    headline,
    png,
    show,
    show_communities,
    statistic,
    views_of,
)
from sim.errors import InputError, MekongError
from sim.parameters.posterior import posterior_draws
from sim.report.page import render
from sim.scenario import Scenario

POLL_SECONDS = 1.0
MOST_DRAWS = 100
MOST_KEPT = 5  # unfinished full runs that are shown


def show_results(scenarios: list[Scenario], found: Found, answer: Slot) -> None:
    """All below the first answer, which gives way to that of the runs once all are done."""
    result = _result(scenarios, found, answer)
    st.divider()
    left, right = st.columns(2)
    with left:
        _downloads(result, scenarios)
    with right:
        _full_run(scenarios)


def _result(scenarios: list[Scenario], found: Found, answer: Slot) -> Comparison:
    """Show what the runs say, and return the last result shown.

    While they run, what the page showed before stays where it is; Streamlit dims it.
    """
    view, place = _choices(scenarios)
    key = tuple(scenario.fingerprint() for scenario in scenarios)
    mark, body = st.empty(), Slot("body")
    if view == COMMUNITIES:
        with body.container():
            show_communities(scenarios)
    full = FullRun.latest
    if full is not None and full.result is not None and full.key == key:
        mark.success(f"Full run. {precision(full.result)}")
        with answer.container():
            headline(full.result)
        _show(body, full.result, view, place)
        return full.result
    draws = shared().draws
    estimated = {name: one for name, one in found.items() if isinstance(one, Estimate)}
    complete = len(estimated) == len(found)
    if complete and not shared().known(scenarios):
        with answer.container():
            show_answers(found, {one.name: one.title for one in scenarios[1:]})
            if words := stale_words():
                st.warning(plain(words))
            _estimated_differences(estimated, [one.name for one in scenarios])
    why = "".join(f" No estimate of '{name}': {one}." for name, one in found.items()
                  if isinstance(one, str))  # fmt: skip

    told_of = telling(mark, draws, why)
    shown: Comparison | None = None
    for result in shared().comparisons(scenarios, told_of):
        whole = len(result.manifest["draws"]) == draws  # some of them may have been left out
        if complete and not whole and SHOWN in st.session_state:
            continue  # the estimate says more than one draw, and the result before is still there
        shown = result
        st.session_state[SHOWN] = True
        if whole or not complete:
            with answer.container():
                headline(result)
        if result.pairs > 1 or view in (PATHS, ACCOUNT):
            _show(body, result, view, place)
        mark.warning(f"Quick preview. {precision(result)}")  # last: it says what is seen below
    if shown is None:
        raise RuntimeError("a preview shows at least one result")
    return shown


def _show(body: Slot, result: Comparison, view: str, place: str) -> None:
    """A view of what the runs say; that of communities has a run of its own."""
    if view != COMMUNITIES:
        with body.container():
            show(result, view, place)


def telling(mark: DeltaGenerator, draws: int, why: str) -> Callable[[int], None]:
    """Says how many draws are done, where that has changed; many pages may wait at once.

    Each call also lets the page turn to what a person did meanwhile.
    """
    said = None

    def told_of(done: int) -> None:
        nonlocal said
        if done == said:
            st.session_state.get(SHOWN)  # Streamlit looks up here, and sends nothing
            return
        said = done
        mark.info(plain(f"Runs of these mixes: {done} of {draws} parameter draws are done.{why}"))

    return told_of


def _estimated_differences(estimated: Mapping[str, Estimate], names: Sequence[str]) -> None:
    """What the mixes add by year, by the estimate."""
    by_mix = {name: difference_rows(one.by_year) for name, one in estimated.items()}
    st.markdown("**Estimated difference from the baseline, five countries**")
    differences(by_mix, colours_of(names))


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
    left_out = "".join(f" {words}" for words in refusal_sentence(result.refused))
    return (
        f"One agent represents {result.manifest['scale']:,} people; {what}, {seeds} random "
        f"seed{'s' if seeds > 1 else ''} each. {statistic(result)} Model error is not "
        f"included. Scenarios, not forecasts.{_advice(result)}{left_out}"
    )


def _advice(result: Comparison) -> str:
    quick = isinstance(result, Preview)
    return ' Use "Full run" before quoting a number.' if quick else ""


def _downloads(result: Comparison, scenarios: list[Scenario]) -> None:
    st.header("Download and share")
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
    st.header("Full run")
    st.caption(
        f"Smaller agents, more seeds and more parameter draws of the posterior. Limits: {LIMITS}. "
        f"Results are kept in {FOLDER}."
    )
    columns = st.columns(3)
    scale = columns[0].selectbox("People per agent", [5000, 2000, 1000, 500], index=2)
    seeds = int(columns[1].number_input("Seeds", 1, 20, 2, key="full.seeds"))
    most = min(MOST_DRAWS, len(posterior_draws()) - 1)
    draws = int(columns[2].number_input("Parameter draws", 0, most, DRAWS, key="full.draws"))
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
