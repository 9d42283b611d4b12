"""The dashboard's parts without a browser: mixes, links, uploads, previews, full runs, the page."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from streamlit.testing.v1 import AppTest

from sim.analysis.preview import AccountPreview, GainsPreview
from sim.cli.dashboard import command
from sim.dashboard import fullruns, previews
from sim.dashboard.account import ACCOUNT
from sim.dashboard.charts import PLACES
from sim.dashboard.controls import first_mixes, steps_of
from sim.dashboard.fullruns import FullRun, needs, unfinished
from sim.dashboard.links import LONGEST, mix_from, mix_text, world_from, world_text
from sim.dashboard.mixes import (
    Mix,
    SharedAssumptions,
    baseline_of,
    mix_of,
    own_name,
    scenario_of,
    shipped_mixes,
    uploaded,
    world_of,
)
from sim.dashboard.previews import FILLING, Previews
from sim.dashboard.results import telling
from sim.dashboard.server import PAGE, make_ready
from sim.dashboard.views import INDENT, account_scorecard, views_of
from sim.dashboard.worker import in_worker
from sim.errors import InputError, MekongError
from sim.figures.captions import place_name
from sim.policy.levers import LEVERS
from sim.scenario import Scenario, load_scenario, shipped_scenarios
from sim.units import REGION

COARSE = 200_000
LEVELS = ("country", "indicator", "group")


# ---- mixes, links, files ----------------------------------------------------------------------


def test_every_shipped_mix_becomes_the_scenario_it_came_from() -> None:
    assert next(iter(shipped_mixes())) == "baseline" and len(shipped_mixes()) > 15
    assert "coordinated_low" not in shipped_mixes()  # another world
    for name, mix in shipped_mixes().items():
        assert (
            scenario_of(mix, SharedAssumptions()).fingerprint() == load_scenario(name).fingerprint()
        )


def test_a_mix_and_its_world_survive_the_address() -> None:
    for name in shipped_scenarios():
        scenario = load_scenario(name)
        mix, world = Mix("my mix", mix_of(scenario).levers), world_of(scenario)
        again = mix_from(mix_text(mix), "other"), world_from(world_text(world))
        assert again == (mix, world), name
        assert scenario_of(*again).fingerprint() == scenario.fingerprint()
    assert mix_text(shipped_mixes()["coordinated"]) == "coordinated"
    assert mix_text(Mix("nothing")) == "name:nothing" and mix_from("name:nothing", "x") == Mix(
        "nothing"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("coordinatd", "did you mean 'coordinated'"),
        ("broadband_investment:4", "cannot be read"),
        ("broadband_investment:x:all:2026Q1::1:0", "where a number belongs"),
        ("broadband_investment:4000:all:2026Q1::1:0", "0 to 200"),
        ("broadband_investment:4:FRA:2026Q1::1:0", "FRA"),
        ("broadband_investment:nan:all:2026Q1::1:0", "nan"),
        ("name:<b>;broadband_investment:4:all:2026Q1::1:0", "cannot be the name"),
        ("x:" * LONGEST, "too long"),
    ],
)
def test_bad_links_are_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        mix_from(text, "Mix A")
    assert says in str(refused.value)


@pytest.mark.parametrize("text", ["growth:sideways", "grwth:low", "trust_recovery:99", "x"])
def test_bad_worlds_are_refused_in_words(text: str) -> None:
    with pytest.raises(InputError):
        world_from(text)


def test_the_baseline_lives_in_the_same_world_as_the_mixes() -> None:
    world = SharedAssumptions({"growth": "low"}, {"trust_recovery": 0.4, "THA.shopper_lapse": 0.05})
    base, mix = baseline_of(world), scenario_of(Mix("mine"), world)
    assert base.fingerprint() == mix.fingerprint()
    assert base.paths["growth"] == "low" and base.parameters["THA.shopper_lapse"] == 0.05
    assert baseline_of(SharedAssumptions()) == load_scenario("baseline")


def test_talks_are_for_mixes_that_have_something_to_talk_about() -> None:
    world = SharedAssumptions({"agreements": "endogenous", "treaty": "regional"})
    talking = scenario_of(shipped_mixes()["harmonization"], world)
    assert (talking.paths["agreements"], talking.paths["treaty"]) == ("endogenous", "regional")
    for other in (scenario_of(Mix("nothing"), world), baseline_of(world)):
        assert (other.paths["agreements"], other.paths["treaty"]) == ("planned", "pairs")


def test_a_changed_shipped_mix_loses_its_name() -> None:
    shipped = shipped_mixes()["broadband"]
    assert own_name(shipped, "Mix A") == shipped
    changed = Mix("broadband", {})
    assert own_name(changed, "Mix A").name == "Mix A"


def test_an_uploaded_file_is_a_scenario() -> None:
    text = load_scenario("coordinated").to_toml().encode()
    assert uploaded(text, "mine.toml").fingerprint() == load_scenario("coordinated").fingerprint()
    child = b'extends = "coordinated"\ntitle = "child"\n'
    assert "regulatory_harmonization" in uploaded(child, "c.toml").levers


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe\x00", "UTF-16"),
        (b"title = ", "not TOML"),
        (b'titel = "x"\n', "titel"),
        (b'title = "x"\n[[levers.broadband_investment]]\ncountries = "all"\nlevel = -1\n'
         b'start = "2026Q1"\n', "0 to 200"),
        (b'extends = "/etc/passwd"\ntitle = "x"\n', "not a shipped scenario"),
        (b'baseline = "../secret.toml"\ntitle = "x"\n', "not a shipped scenario"),
        (b"#" * 200_000, "too large"),
    ],
)  # fmt: skip
def test_bad_uploads_are_refused_in_words_without_a_path_of_this_machine(
    data: bytes, says: str
) -> None:
    with pytest.raises(InputError) as refused:
        uploaded(data, "mine.toml")
    assert says in str(refused.value) and "mine.toml" in str(refused.value)
    assert "mekong-upload" not in str(refused.value)


def test_sliders_span_the_range_of_the_lever_table() -> None:
    for lever in LEVERS.values():
        steps = steps_of(lever)
        assert steps == sorted(set(steps)) and lever.neutral in steps
        assert (steps[0], steps[-1]) == (lever.minimum, lever.maximum)
        assert 8 <= len(steps) <= 30


# ---- previews and full runs -------------------------------------------------------------------


def three() -> list[Scenario]:
    return [load_scenario(name) for name in ("baseline", "crackdown_khm", "broadband")]


def test_a_preview_comes_at_once_with_one_draw_then_with_all() -> None:
    store = Previews(scale=COARSE, draws=2)
    shown = list(store.comparisons(three()))
    assert [result.pairs for result in shown] == [1, 2]
    assert shown[1].scenarios == ("baseline", "crackdown_khm", "broadband")
    again = list(store.comparisons(three()))
    assert [result.pairs for result in again] == [2]
    assert again[0].table.equals(shown[1].table)


def test_the_page_is_about_the_whole_digital_economy_where_it_was_asked_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some = three()[:1]
    assert "Digital economy" not in views_of(some)
    monkeypatch.setenv(ACCOUNT, "digital-economy")
    assert views_of(some)[0] == "Digital economy"
    (result,) = Previews(scale=COARSE, draws=1).comparisons(some)
    assert isinstance(result, AccountPreview)
    rows = account_scorecard(result)
    assert rows[""].iloc[-2] == "digital economy"
    assert rows["Five countries together"].str.startswith("×").all()


def test_the_page_says_who_gains_where_it_was_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    some = three()[:2]
    assert "Who gains" not in views_of(some)
    monkeypatch.setenv(ACCOUNT, "who-gains")
    assert "Who gains" in views_of(some) and "Digital economy" not in views_of(some)
    (result,) = Previews(scale=COARSE, draws=1).comparisons(some)
    assert isinstance(result, GainsPreview)
    assert any("Who gains from" in one.sentence for one in result.answers)


def test_the_page_hears_of_every_draw_so_that_it_can_turn_to_something_else() -> None:
    store, heard = Previews(scale=COARSE, draws=3), list[int]()
    assert len(list(store.comparisons(three()[:1], heard.append))) == 2
    assert heard == sorted(heard) and {1, 2} <= set(heard) <= {0, 1, 2}
    before = list(heard)
    list(store.comparisons(three()[:1], heard.append))
    assert heard == before  # nothing was waited for


def test_a_page_that_waits_sends_nothing_where_nothing_has_changed() -> None:
    mark = Mock()
    told = telling(mark, 20, "")
    for done in (0, 0, 0, 1, 1, 2):
        told(done)
    said = [call.args[0] for call in mark.info.call_args_list]
    assert [words.split(": ")[-1].split(" of ")[0] for words in said] == ["0", "1", "2"]


def test_a_page_that_waits_for_a_run_is_free_to_turn_to_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(previews, "in_worker", lambda *_: gate.wait(60.0))

    def moved(draws: int) -> None:
        raise KeyError(draws)

    with pytest.raises(KeyError, match="0"):  # while the first run is held
        list(Previews(scale=COARSE, draws=2).comparisons(three()[:1], moved))
    gate.set()


def test_runs_stop_when_the_page_turns_to_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    def held(turn: int, function: Any, one: Scenario, draw: int, scale: int) -> Any:
        assert draw == 1 or gate.wait(60.0)
        return in_worker(turn, function, one, draw, scale)

    monkeypatch.setattr(previews, "PROCESSES", 1)
    monkeypatch.setattr(previews, "in_worker", held)
    store = Previews(scale=COARSE, draws=3)

    def enough(draws: int) -> None:
        raise KeyError(draws)  # as Streamlit does when somebody moved a slider meanwhile

    with pytest.raises(KeyError):
        list(store.comparisons(three()[:1], enough))  # shows draw 1 while draw 2 is held
    gate.set()
    for thread in threading.enumerate():
        if thread.name == FILLING:
            thread.join(60.0)
    assert {draw for _, draw in store._runs} <= {1, 2}  # the run at hand ends, the rest rests


def test_runs_go_on_while_the_page_shows_the_first_draw() -> None:
    store = Previews(scale=COARSE, draws=2)
    shown = store.comparisons(three()[:1])
    assert next(shown).pairs == 1
    end = time.monotonic() + 60.0
    while not store.known(three()[:1]):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert next(shown).pairs == 2


def test_a_run_is_done_again_in_a_new_process_when_the_first_is_killed(tmp_path: Path) -> None:
    here = os.getpid()
    first, second = (in_worker(0, os.getpid) for _ in range(2))
    assert here != first == second
    mark = tmp_path / "killed"
    assert in_worker(0, killed_once, mark) == "done"
    assert in_worker(0, os.getpid) not in (here, first)
    with pytest.raises(MekongError, match=r"ended twice \(killed by signal 9\)[^$]*memory"):
        in_worker(0, killed_once, tmp_path / "no" / "such folder")
    with pytest.raises(MekongError, match=r"ended twice \(exit status 7\)") as told:
        in_worker(0, os._exit, 7)
    assert "memory" not in str(told.value)
    with pytest.raises(InputError, match="nonsense"):
        in_worker(0, load_scenario, "nonsense")


def killed_once(mark: Path) -> str:
    """What the system does to a process that takes too much memory, the first time."""
    if not mark.is_file():
        if mark.parent.is_dir():
            mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def test_what_is_too_much_for_the_page_is_refused_before_it_runs() -> None:
    runs, seconds = needs(3, 2, 10, 1000)
    assert runs == 60 and seconds > 0
    for too_much in ((3, 20, 100, 1000), (3, 1, 1, 1)):
        with pytest.raises(InputError, match="at most 600 runs"):
            needs(*too_much)


def test_a_full_run_ends_with_the_comparison_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sim.analysis.comparison.compare import compare

    full = FullRun(three()[:2], seeds=1, draws=0, scale=COARSE)
    with pytest.raises(InputError, match="another full run"):
        FullRun(three()[:2], seeds=1, draws=0, scale=COARSE)
    full.wait(120)
    assert not full.running and full.error == "" and full.result is not None
    expected = compare(*three()[:2], seeds=1, scale=COARSE)
    assert full.result.table.equals(expected.table)
    assert (full.done, full.total) == (2, 2)


def until(found: Any, seconds: float = 120.0) -> Any:
    """What `found` gives once it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError("not seen in time")


def alive(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_cancelled_full_run_ends_its_process_keeps_what_is_done_and_makes_room() -> None:
    full = FullRun(three(), seeds=20, draws=0, scale=COARSE)
    until(lambda: full.done >= 1)
    pid = full.worker.pid
    assert alive(pid)
    full.cancel()
    full.wait(10)
    assert not full.running and full.cancelled and full.result is None and full.error == ""
    until(lambda: not alive(pid), 10)
    (kept,) = unfinished()
    assert kept.cancelled and not kept.going_on and 1 <= kept.done < kept.total == 60
    assert "was cancelled at" in str(kept)
    after = FullRun(three()[:1], seeds=1, draws=0, scale=COARSE)
    after.wait(120)
    assert after.result is not None and after.error == ""
    assert [one.folder for one in unfinished()] == [kept.folder]
    kept.discard()
    assert unfinished() == []


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="looks at processes in /proc")
@pytest.mark.parametrize("cancelled", [False, True])
def test_a_full_run_survives_a_kill_of_the_page(tmp_path: Path, cancelled: bool) -> None:
    page = tmp_path / "page.py"
    page.write_text(
        "import time\n"
        "from sim.dashboard.fullruns import FullRun\n"
        "from sim.scenario import load_scenario\n"
        "if __name__ == '__main__':\n"
        "    names = ('baseline', 'crackdown_khm')\n"
        f"    full = FullRun([load_scenario(n) for n in names], 3, 0, {COARSE})\n"
        "    while not full.done:\n"
        "        time.sleep(0.02)\n"
        f"    if {cancelled}:\n"
        "        full.cancel()\n"
        "    print(full.worker.pid, flush=True)\n"
        "    time.sleep(600)\n",
        encoding="utf-8",
    )
    process = subprocess.Popen([sys.executable, str(page)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    if not cancelled:
        until(lambda: unfinished()[0].going_on)
    process.kill()
    process.wait(30)
    process.stdout.close()
    until(lambda: not alive(worker), 15)  # nothing is orphaned
    (kept,) = unfinished()
    assert (kept.cancelled, kept.going_on, kept.total) == (cancelled, False, 6)
    assert kept.done >= 1
    again = FullRun.again(kept.folder)
    again.wait(240)
    assert again.error == "" and again.result is not None and again.found == kept.done
    assert unfinished() == [] and not (kept.folder / fullruns.CANCELLED).exists()
    from sim.analysis.comparison.compare import compare

    expected = compare(*three()[:2], seeds=3, draws=0, scale=COARSE)
    assert again.result.table.equals(expected.table)


def test_the_page_shows_what_was_stopped_and_goes_on_with_it() -> None:
    full = FullRun(three()[:2], seeds=20, draws=0, scale=COARSE)
    until(lambda: full.done >= 1)
    full.cancel()
    full.wait(10)
    FullRun.latest = None  # as after a new start
    page = opened(a="crackdown_khm", b="baseline")
    assert any("was cancelled at" in info.value for info in page.info)
    page.button(key="kept.go.0").click().run()
    assert not page.exception and FullRun.latest is not None
    FullRun.latest.cancel()
    FullRun.latest.wait(10)
    page.run()
    page.button(key="kept.delete.0").click().run()
    assert not page.exception and unfinished() == []


# ---- the page ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Small runs on the page, and full runs in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(FullRun, "latest", None)
    monkeypatch.setattr(Previews.__init__, "__defaults__", (COARSE, 2))
    previews.shared.cache_clear()


def opened(**link: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    for name, text in link.items():
        page.query_params[name] = text
    return page.run()


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label.split(":")[0].replace("\\", ""): metric.value for metric in page.metric}


def written(page: AppTest) -> str:
    """The parts of the page that are HTML."""
    return "\n".join(found.proto.body for found in page.get("html"))


def alternatives(page: AppTest) -> list[str]:
    """What is said in place of each picture."""
    return re.findall(r'<img [^>]*alt="([^"]{20,})"', written(page))


def charts(page: AppTest) -> list[dict[str, Any]]:
    return [json.loads(found.proto.spec) for found in page.get("vega_lite_chart")]


def test_the_page_opens_with_two_mixes_and_marks_a_preview() -> None:
    page = opened()
    assert not page.exception and not page.error
    assert list(metrics(page)) == ["baseline", "coordinated", "broadband"]
    (mark,) = [w.value for w in page.warning if w.value.startswith("Quick preview.")]
    assert "200,000 people; 2 draws of the posterior, 1 random seed each" in mark
    assert "medians over 2 parameter draws; ranges are the range of 2 draws (lowest" in mark
    first, _, *paths = charts(page)
    assert [layer["mark"]["type"] for layer in first["layer"]] == ["rule", "area", "line"]
    heads = [text.value.strip("*") for text in page.markdown]
    at = heads.index("coordinated")
    assert heads[at : at + 2] == ["coordinated", "broadband"]
    assert "difference from the baseline" in first["description"]
    assert [head for head in heads if head in map(place_name, PLACES)] == [*map(place_name, PLACES)]
    assert len(paths) == len(PLACES)
    layers = paths[0]["layer"]
    assert [layer["mark"]["type"] for layer in layers] == ["area", *["line"] * 4, "point", "rule"]
    assert layers[0]["encoding"]["color"]["scale"]["domain"] == [*metrics(page)]
    assert "US$" in layers[1]["encoding"]["y"]["title"]
    assert "In 2030: baseline" in paths[0]["description"]
    said = [text.value for text in page.markdown]
    told = [said.index(next(s for s in said if begins in s)) for begins in (
        "'coordinated' ", "Under 'baseline'", "without any change in habits"
    )]  # fmt: skip
    assert told == sorted(told)


def test_the_page_names_draws_that_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sim.analysis.comparison.result.refused_draws",
        lambda years, baseline: (2,) if 2 in years.index.get_level_values("draw") else (),
    )
    for link in ({"a": "crackdown_khm", "b": "baseline"}, {"a": "payments", "b": "delivery"}):
        page = opened(**link)
        assert not page.exception and not page.error
        (mark,) = [w.value for w in page.warning if w.value.startswith("Quick preview.")]
        assert "1 draw of the posterior" in mark and "Left out: parameter draw 2, with" in mark
        said = [text.value.replace("\\", "") for text in page.markdown]
        assert any(words.startswith(f"**'{link['a']}' (") for words in said)
        page.select_slider(key=f"a.{next(iter(load_scenario(link['a']).levers))}.level").run()
        assert not page.exception


def test_a_slider_moves_the_result_and_the_address() -> None:
    page = opened(a="crackdown_khm", b="baseline")
    before = next(text.value for text in page.markdown if "costs" in text.value)
    slider = page.select_slider(key="a.anti_scam_enforcement.level")
    slider.set_value(2.0).run()
    after = next(text.value for text in page.markdown if "costs" in text.value)
    assert not page.exception and before != after
    assert list(metrics(page)) == ["baseline", "Mix A", "baseline B"]
    assert "anti_scam_enforcement:2:KHM:2026Q1" in page.query_params["a"]


def test_a_link_restores_both_mixes_and_the_world() -> None:
    mine = "name:mine;broadband_investment:4:KHM.LAO:2027Q1:2029Q4:1:2"
    page = opened(a=mine, b="crackdown_khm", w="growth:low,trust_recovery:0.4")
    assert not page.exception and not page.error
    assert page.select_slider(key="a.broadband_investment.level").value == 4.0
    assert page.multiselect(key="a.broadband_investment.places").value == ["KHM", "LAO"]
    assert page.selectbox(key="a.broadband_investment.start").value == "2027Q1"
    assert page.selectbox(key="world.growth").value == "low"
    assert page.number_input(key="world.parameter.trust_recovery").value == 0.4
    assert page.query_params["a"] == mine
    assert page.query_params["w"] == "growth:low,trust_recovery:0.4"


def test_a_broken_link_is_explained_and_the_page_still_works() -> None:
    page = opened(a="coordinatd")
    assert not page.exception
    assert "did you mean 'coordinated'" in page.error[0].value
    assert "coordinated" in metrics(page)


def test_a_shipped_mix_is_chosen_and_a_bad_file_is_refused_in_words() -> None:
    page = opened(a="baseline", b="baseline")
    page.selectbox(key="from.a").set_value("payments").run()
    assert "payments" in metrics(page) and page.query_params["a"] == "payments"
    page.file_uploader(key="upload.b").set_value(("bad.toml", b'titel = "x"\n', "a/b")).run()
    assert not page.exception
    told = [error.value.replace("\\", "") for error in page.error]
    assert any("titel" in words and "bad.toml" in words for words in told)
    assert "payments" in metrics(page)
    good = load_scenario("crackdown_khm").to_toml().encode()
    page.file_uploader(key="upload.b").set_value(("good.toml", good, "a/b")).run()
    assert not page.error and not page.exception
    assert page.select_slider(key="b.anti_scam_enforcement.level").value == 1.0


def test_a_name_that_cannot_be_is_refused_in_words() -> None:
    page = opened(a="baseline", b="baseline")
    page.text_input(key="a.name").set_value("<script>").run()
    assert not page.exception and "cannot be the name" in page.error[0].value


@pytest.mark.parametrize(
    "view", ["Effects", "Costs", "Who buys online", "Map", "Growth", "Communities"]
)
def test_every_view_shows_something(view: str) -> None:
    page = opened(a="crackdown_khm", b="broadband")
    page.segmented_control(key="view").set_value(view).run()
    assert not page.exception and not page.error
    shown = {
        "Effects": lambda: "victims" in written(page),
        "Communities": lambda: page.radio(key="communities").value == "broadband",
        "Costs": lambda: any("US\\$" in m.value or "US$" in m.value for m in page.markdown),
    }.get(view, lambda: alternatives(page))
    assert shown()


def test_two_mixes_have_a_map_each_and_parts_of_a_row_stand_further_in() -> None:
    page = opened(a="crackdown_khm", b="harmonization")
    page.segmented_control(key="view").set_value("Map").run()
    maps = alternatives(page)
    assert ["crackdown_khm" in maps[0], "harmonization" in maps[1]] == [True, True]
    page.segmented_control(key="view").set_value("Effects").run()
    rows = re.findall(r'<th scope="row">(.*?)</th>', written(page))
    at = rows.index("E-commerce and people in 2030: online shoppers")
    assert rows[at + 1] == f"{INDENT}rural"
    labels = [box.label for box in page.selectbox]
    assert "The border between Cambodia and Thailand, closed since July 2025" in labels


def test_figure_and_report_are_prepared_on_request() -> None:
    page = opened(a="crackdown_khm", b="baseline")
    page.button(key="prepare").click().run()
    assert not page.exception
    assert {"trajectory.png", "report.html"} <= {b.label for b in page.get("download_button")}


def test_a_full_run_from_the_page_replaces_the_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(a="crackdown_khm", b="baseline")
    real = FullRun.__init__

    def coarse_run(self: FullRun, scenarios: Any, seeds: int, draws: int, scale: int) -> None:
        real(self, scenarios, 1, 0, COARSE)

    monkeypatch.setattr(FullRun, "__init__", coarse_run)
    page.button(key="full.go").click().run()
    assert FullRun.latest is not None
    FullRun.latest.wait(120)
    page.run()
    assert not page.exception
    assert any(message.value.startswith("Full run.") for message in page.success)
    page.select_slider(key="a.anti_scam_enforcement.level").set_value(2.0).run()
    assert any(mark.value.startswith("Quick preview.") for mark in page.warning)


def test_two_people_do_not_disturb_one_another() -> None:
    one, other = opened(a="crackdown_khm", b="baseline"), opened(a="payments", b="baseline")
    one.select_slider(key="a.anti_scam_enforcement.level").set_value(2.0).run()
    other.run()
    assert list(metrics(other)) == ["baseline", "payments", "baseline B"]
    assert one.session_state["a.anti_scam_enforcement.level"] == 2.0
    assert other.session_state["a.anti_scam_enforcement.level"] == 0.0


def test_the_command_listens_on_this_machine_only() -> None:
    words = command("127.0.0.1", 8501, browser=False)
    assert "--server.address=127.0.0.1" in words and "--server.maxUploadSize=1" in words
    assert "--browser.gatherUsageStats=false" in words
    assert words[1:3] == ["-m", "sim.dashboard.server"]


def test_the_server_makes_ready_what_the_page_opens_with() -> None:
    make_ready(patience=0.0)
    world = SharedAssumptions()
    known = {mix: scenario_of(shipped_mixes()[mix], world) for mix in first_mixes().values()}
    for scenario in (baseline_of(world), *known.values()):
        assert (scenario.fingerprint(), 1) in previews.shared()._runs


def test_a_run_that_two_people_ask_for_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store, done = Previews(scale=COARSE, draws=1), []
    ordinary = previews.in_worker

    def counted(*arguments: Any) -> Any:
        done.append(arguments)
        time.sleep(0.2)
        return ordinary(*arguments)

    monkeypatch.setattr(previews, "in_worker", counted)
    two = [
        threading.Thread(target=store.panel, args=(load_scenario("baseline"), 1)) for _ in range(2)
    ]
    for one in two:
        one.start()
    for one in two:
        one.join()
    assert len(done) == 1


def test_a_preview_is_the_study_of_the_same_draws() -> None:
    from sim.analysis.comparison.compare import compare

    *_, preview = Previews(scale=COARSE, draws=3).comparisons(three())
    study = compare(*three(), seeds=[1], draws=3, scale=COARSE)
    assert preview.table.equals(study.table) and preview.effects.equals(study.effects)
    assert preview.drawn_words == study.drawn_words == "3 draws of the posterior"


def test_a_preview_shows_what_parameters_do_and_not_seeds_alone() -> None:
    from sim.analysis.comparison.compare import compare

    *_, preview = Previews(scale=COARSE // 20, draws=4).comparisons(three())
    seeds_alone = compare(*three(), seeds=4, draws=0, scale=COARSE // 20)

    spans = []
    for result in (preview, seeds_alone):
        table = result.table
        rows = table[(table["country"] == REGION) & (table["measure"] == "nominal_usd")]
        spans.append(float((rows["high"] - rows["low"]).iloc[0]))
    assert spans[0] > 2 * spans[1]


@pytest.mark.parametrize(
    ("draws", "words"),
    [
        (1, "range of 1 seeds"),
        (2, "range of 2 draws"),
        (4, "range of 4 draws"),
    ],
)
def test_a_range_is_called_what_it_is(draws: int, words: str) -> None:
    *_, preview = Previews(scale=COARSE, draws=draws).comparisons(three()[:1])
    assert preview.band == words
    row = preview.table[preview.table["country"] == "THA"].iloc[0]  # many agents even when coarse
    finals = []
    for draw in range(1, draws + 1):
        years = previews.in_worker(0, previews.run_of, three()[0], draw, COARSE).years
        path = years.xs((row["country"], "gmv_nominal_usd", "all"), level=LEVELS).iloc[0]
        finals.append(path[2030] / path[2022])
    assert (row["low"], row["high"]) == pytest.approx((min(finals), max(finals)))
