"""The explorer in a real browser: its numbers, its controls, its languages; skipped without one.

Set MEKONG_SCREENSHOTS to a folder to keep pictures of what the browser showed.
"""

from __future__ import annotations

import math
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.analysis.emulation.outcome_emulators import PLACES, SHOWN
from sim.cli import app
from sim.explorer.page import Explorer, write_explorer
from sim.quantile_bands import interval
from tests.helpers.browsers import needs_browser
from tests.helpers.toy_optimum import toy_optimum
from tests.unit.analysis.test_optimum import PAY, RULES

pytestmark = needs_browser
QUICK = 50.0  # milliseconds within which a move is answered
OTHERS = 20  # mixes that are compared with Python


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Explorer:
    designed = toy_optimum(tmp_path_factory.mktemp("explorer") / "out")
    return write_explorer(designed.folder, check=0)


@pytest.fixture
def page(browser: Any, made: Explorer) -> Any:
    browser.get("about:blank")
    browser.get(made.path.as_uri())
    return browser


def one(page: Any, css: str) -> Any:
    return page.find_element("css selector", css)


def ask(page: Any, script: str, *values: Any) -> Any:
    return page.execute_script(script, *values)


def mix(page: Any, shares: list[float]) -> None:
    ask(page, "arguments[0].forEach((x, at) => explorer.mix.set(at, x * explorer.data.most[at]));"
        "explorer.show()", shares)  # fmt: skip


def shown(page: Any, outcome: str, place: str) -> str:
    row = f'[data-outcome="{outcome}"] [data-place="{place}"]'
    text: str = one(page, f"{row} .value").text + " | " + one(page, f"{row} .notes").text
    return text.replace("\u2212", "-")


def keep(page: Any, name: str) -> None:
    if folder := os.environ.get("MEKONG_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.save_screenshot(str(Path(folder) / f"{name}.png"))


def test_the_page_calculates_what_python_does(page: Any, made: Explorer) -> None:
    shares = np.random.default_rng(5).random((OTHERS, len(made.designed.doses))) ** 2
    wanted = made.emulators.effects(shares)
    found = ask(
        page,
        "return arguments[0].map((mix) => { const made = explorer.emulator.evaluate("
        "mix.map((x, at) => x * explorer.data.most[at])); for (const byPlace of"
        " Object.values(made)) for (const place in byPlace)"
        " byPlace[place] = Array.from(byPlace[place]); return made; })",
        shares.tolist(),
    )
    for outcome in SHOWN:
        for place in PLACES:
            mine = np.array([row[outcome][place] for row in found])
            size = np.abs(wanted[outcome, place]).max()
            assert mine == pytest.approx(wanted[outcome, place], rel=1e-6, abs=1e-9 * size)


def test_what_is_shown_is_what_python_says(page: Any, made: Explorer) -> None:
    shares = [0.5] * len(made.designed.doses)
    mix(page, shares)
    levels = np.array(ask(page, "return explorer.mix.levels"))
    effects = made.emulators.effects((levels / made.designed.most)[None])
    for outcome, place in (("purchases_usd", "GMS5"), ("rural_shoppers", "THA")):
        values = effects[outcome, place][0]
        low, high = interval(values)
        text = shown(page, outcome, place)
        ends = [short(end, max(abs(low), abs(high))) for end in (low, high)]
        assert f"({ends[0]} to {ends[1]}" in text
        assert text.startswith("+US$ " * (outcome != "rural_shoppers"))
        assert short(values.mean()) in text.split(" (")[0]
        assert f"±{short(made.emulators.error(outcome, place))}" in text.split(" | ")[1]
    values = effects["purchases_usd", "GMS5"][0]
    said = one(page, "#sentence").text
    assert f"adds US$ {short(values.mean())}" in said
    cost = effects["cost_usd", "GMS5"][0].mean() / 5
    assert f"costs US$ {short(cost)} m of public money a year." in said
    from selenium.webdriver.support.ui import Select

    Select(one(page, "#where")).select_by_value("LAO")
    home = effects["purchases_usd", "LAO"][0].mean()
    said = one(page, "#sentence").text
    assert f"adds US$ {short(home)}" in said and "in Lao PDR" in said


def short(value: float, of: float | None = None) -> str:
    """Two significant digits, in the step of the larger end of a band where it is one's end."""
    if value == 0:
        return "0"
    size = float(f"{abs(value if of is None else of):.2g}")
    step = next((step for step in (1e9, 1e6, 1e3) if size >= step), 1.0)
    number = float(f"{value / step:.2g}")
    digits = max(0, 1 - math.floor(math.log10(abs(number)) + 1e-12))
    return f"{number:,.{digits}f}"


def test_nothing_changes_nothing_and_what_is_below_the_error_says_so(
    page: Any, made: Explorer
) -> None:
    one(page, "#reset").click()
    assert "No new policy" in one(page, "#sentence").text
    assert all("no change" in shown(page, outcome, place) for outcome in SHOWN for place in PLACES)
    at = made.designed.doses.index(("paperless_customs", "KHM"))
    share = [0.0] * len(made.designed.doses)
    share[at] = 0.001
    mix(page, share)
    assert "smaller than the error" in shown(page, "purchases_usd", "GMS5")
    assert "by less than the error of this page" in one(page, "#sentence").text
    share[at] = 1.0
    mix(page, share)
    assert "smaller than the error" not in shown(page, "cost_usd", "KHM")
    keep(page, "explorer")


def test_the_first_view_is_the_best_mix_and_the_sentence_stays_in_sight_on_a_phone(
    page: Any, made: Explorer
) -> None:
    assert one(page, "#start").get_attribute("value") == "best:best:common"
    levels = np.array(ask(page, "return explorer.mix.levels"))
    assert levels[:5] == pytest.approx(0.5 * made.designed.most[:5], rel=1e-3)
    assert "adds US$" in one(page, "#sentence").text
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    slider = one(page, f"#lever-{RULES} input[data-at]")
    ask(page, "arguments[0].scrollIntoView({block: 'center'})", slider)
    before = one(page, "#bar").text
    ask(
        page,
        "arguments[0].value = arguments[0].max;"
        "arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
        slider,
    )
    said = one(page, "#bar").text
    assert said == one(page, "#sentence").text != before
    place = ask(page, "const box = document.getElementById('bar').getBoundingClientRect();"
                      "return [box.top, box.bottom, innerHeight]")  # fmt: skip
    assert 0 < place[0] < place[1] <= place[2]
    assert ask(page, "return arguments[0].getBoundingClientRect().bottom", slider) < place[0]
    keep(page, "explorer_sentence_390")
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    page.get(made.path.as_uri() + "#lang=en&where=GMS5")  # a link to no policy stays one
    assert not any(ask(page, "return explorer.mix.levels"))


def test_a_move_is_answered_at_once(page: Any) -> None:
    times = []
    for step in range(40):
        at = step % 11
        times.append(ask(page, "explorer.mix.set(arguments[0], 0.01 * arguments[1]);"
                               "explorer.show(); return explorer.took", at, step))  # fmt: skip
    assert min(times) < QUICK, times  # the fastest: other work of the machine is none of the page's


def test_sliders_move_by_keyboard_for_all_countries_and_for_one(page: Any, made: Explorer) -> None:
    from selenium.webdriver.common.keys import Keys

    card = one(page, f"#lever-{PAY}")
    joint = card.find_element("css selector", "input[data-lever]")
    assert not card.find_element("css selector", ".country input").is_displayed()
    joint.send_keys(Keys.END)
    levels = ask(page, "return explorer.mix.levels")
    assert levels[:5] == made.designed.most[:5].tolist()
    assert "Highest dose tried" in card.find_element("css selector", ".ended").text
    summary = card.find_element("css selector", "summary")
    summary.send_keys(Keys.ENTER)
    own = card.find_element("css selector", '.country input[data-at="3"]')
    assert own.is_displayed()
    own.send_keys(Keys.HOME)
    assert ask(page, "return explorer.mix.levels[3]") == 0
    said = card.find_element("css selector", ".says").text
    assert said.startswith("differs by country") and "Thailand" not in said
    assert joint.get_attribute("aria-valuetext") == said
    assert own.get_attribute("aria-valuetext") == "not used"
    width = ask(page, "return getComputedStyle(arguments[0]).outlineStyle", own)
    assert width == "solid"  # the focus is seen


def test_a_link_holds_the_mix_and_the_language(page: Any, made: Explorer) -> None:
    mix(page, [0.3, 0.3, 0.3, 0.3, 0.3, 0.0, 0.2] + [0.0] * (len(made.designed.doses) - 7))
    link = ask(page, "explorer.speak('th'); explorer.where = 'VNM'; explorer.show();"
                     "return explorer.link()")  # fmt: skip
    levels = ask(page, "return explorer.mix.levels")
    sentence = one(page, "#sentence").text
    page.get("about:blank")
    page.get(link)
    assert ask(page, "return explorer.mix.levels") == levels
    assert one(page, "#sentence").text == sentence
    assert ask(page, "return document.documentElement.lang") == "th"
    assert one(page, "#where").get_attribute("value") == "VNM"
    assert one(page, "#draft").is_displayed()
    page.get(made.path.as_uri() + f"#{PAY}=1e9&nonsense=3&lang=xx&{RULES}.ZZZ=1")
    assert ask(page, "return explorer.mix.levels")[:5] == made.designed.most[:5].tolist()
    assert ask(page, "return document.documentElement.lang") == "en"


def test_a_text_that_a_language_lacks_is_in_english(page: Any) -> None:
    english = one(page, "#h-results").text
    ask(page, "delete explorer.data.strings.vi['results']; explorer.speak('vi')")
    assert one(page, "#h-results").text == english


def test_mixes_to_start_from(page: Any, made: Explorer) -> None:
    from selenium.webdriver.support.ui import Select

    start = Select(one(page, "#start"))
    start.select_by_value(f"lever:{RULES}")
    levels = np.array(ask(page, "return explorer.mix.levels"))
    assert levels[10] == made.designed.most[10] and np.count_nonzero(levels) == 1
    start.select_by_value("best:best:own")
    levels = np.array(ask(page, "return explorer.mix.levels"))
    assert levels[:5] == pytest.approx(0.5 * made.designed.most[:5], rel=1e-3)
    assert "online purchases" in one(page, "#about-start").text
    one(page, "#reset").click()
    assert not any(ask(page, "return explorer.mix.levels"))


def test_the_scenario_file_is_accepted(page: Any, made: Explorer, tmp_path: Path) -> None:
    for number, shares in enumerate(([0.0] * 11, [0.31] * 5 + [0.0, 1.0, 1e-6, 0.2, 0.2, 0.77])):
        mix(page, shares)
        time.sleep(0.5)  # the file is written when nothing moves
        text = one(page, "#toml").get_attribute("value")
        file = tmp_path / f"mine{number}.toml"
        file.write_text(text, encoding="utf-8")
        done = CliRunner().invoke(app, ["validate", str(file)])
        assert done.exit_code == 0, done.output
        from sim.scenario import load_scenario

        levels = ask(page, "return explorer.mix.levels")
        there = {
            (lever, place): schedule.level
            for lever, schedules in load_scenario(file).levers.items()
            for schedule in schedules
            for place in schedule.places
        }
        wanted = {
            (dose.lever, place): level
            for dose, level in zip(made.designed.doses, levels, strict=True)
            if level > 0
            for place in ([dose.place] if dose.place else ["KHM-LAO", "THA-VNM"])
        }
        assert {key: there[key] for key in wanted} == wanted
        assert len(there) == len(wanted) + 8 * (number == 1)


@pytest.mark.parametrize("width", [390, 1366])
def test_nothing_is_wider_than_the_screen(page: Any, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    for language in ask(page, "return Object.keys(explorer.data.languages)"):
        ask(page, "explorer.speak(arguments[0])", language)
        mix(page, [0.5] * 11)
        wide = ask(page, "return document.documentElement.scrollWidth")
        assert wide <= width, (language, wide)
    keep(page, f"explorer_{width}")
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    log = [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"]
    assert log == []
