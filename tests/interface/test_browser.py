"""The dashboard and the report in a real browser without a screen; skipped where there is none.

Set MEKONG_SCREENSHOTS to a folder to keep pictures of what the browser showed.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.cli.dashboard import command
from sim.report.page import write_report
from sim.scenario import load_scenario
from tests.helpers.browsers import needs_browser
from tests.helpers.made_up import policy, scenario
from tests.unit.figures.test_more_figures import result

SERVER = "sim.dashboard.server"
COARSE = 200_000
PATIENCE = 60.0  # seconds until a page that never comes is a fault

pytestmark = needs_browser


def until(found: Callable[[], Any], what: str) -> Any:
    """What `found` gives once it gives something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if value := found():
                return value
        except Exception as error:
            if "StaleElement" not in type(error).__name__:
                raise
        time.sleep(0.1)
    raise AssertionError(f"not seen in the browser: {what}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard as the command starts it, with small runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("server")
    small = home / "small.py"
    small.write_text(
        "import sys\n"
        "from sim.dashboard.fullruns import FullRun\n"
        "from sim.dashboard.previews import Previews\n"
        "from sim.dashboard.server import serve\n"
        f"Previews.__init__.__defaults__ = ({COARSE}, 2)\n"
        "begin = FullRun.__init__\n"
        f"FullRun.__init__ = lambda run, *what: begin(run, *what[:3], {COARSE})\n"
        "if __name__ == '__main__':\n"
        "    serve(sys.argv[1:])\n",
        encoding="utf-8",
    )
    words = command("127.0.0.1", port, browser=False)
    words = [words[0], str(small), *words[words.index(SERVER) + 1 :]]
    checkout = Path(__file__).resolve().parents[2]
    path = os.pathsep.join([str(checkout), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            words,
            cwd=home,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": path},
        )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(f"{address}/_stcore/health"), "the server")
        yield address
    finally:
        process.terminate()
        process.wait(30)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def all_of(browser: Any, css: str) -> list[Any]:
    found: list[Any] = browser.find_elements("css selector", css)
    return found


def body(browser: Any) -> str:
    text: str = browser.find_element("css selector", "body").text
    return text


def whole(browser: Any) -> str:
    """The text of the page once all draws are there."""
    until(lambda: "2 draws of the posterior" in body(browser), "a preview with all draws")
    return body(browser)


def costs_of(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"'{name}'"))


def keep(browser: Any, name: str) -> None:
    if folder := os.environ.get("MEKONG_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        browser.save_screenshot(str(Path(folder) / f"{name}.png"))


def test_the_page_loads_with_two_mixes_and_a_drawn_figure(browser: Any, server: str) -> None:
    browser.get(f"{server}/?a=crackdown_khm&b=broadband")
    text = whole(browser)
    assert "'crackdown_khm'" in text and "'broadband'" in text and "Quick preview." in text
    assert len(until(lambda: all_of(browser, '[data-testid="stMetricValue"]'), "values")) == 3
    until(
        lambda: (
            all_of(browser, '[data-testid="stVegaLiteChart"] canvas')
            or all_of(browser, '[data-testid="stVegaLiteChart"] svg')
        ),
        "the figure",
    )
    keep(browser, "loaded")


def test_moving_a_slider_changes_the_figure_and_the_address(browser: Any, server: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    browser.get(f"{server}/?a=delivery&b=baseline")
    before = costs_of(whole(browser), "delivery")
    slider = until(
        lambda: next(
            (
                one.find_element("css selector", 'input[type="range"], [role="slider"]')
                for one in all_of(browser, '[data-testid="stSlider"]')
                if "Delivery networks" in one.text
            ),
            None,
        ),
        "the slider",
    )
    browser.execute_script("arguments[0].focus()", slider)
    ActionChains(browser).send_keys(Keys.ARROW_RIGHT * 3).perform()
    until(lambda: "delivery_networks" in browser.current_url, "a new address")
    after = until(
        lambda: next((x for x in body(browser).splitlines() if x.startswith("'Mix A'")), None),
        "the changed mix",
    )
    assert before.split("costs")[1] != after.split("costs")[1]
    keep(browser, "moved")
    link = browser.current_url
    until(lambda: "2 draws of the posterior" in body(browser), "all draws")
    shown = costs_of(body(browser), "Mix A")
    browser.get("about:blank")
    browser.get(link)
    assert costs_of(whole(browser), "Mix A") == shown


def test_the_answer_stays_while_a_slider_moves(browser: Any, server: str) -> None:
    from selenium.webdriver.common.keys import Keys

    browser.get(f"{server}/?a=payments&b=delivery")
    whole(browser)
    quick = until(lambda: all_of(browser, ".st-key-quick-answer"), "the quick answer")[0]
    before = quick.text
    assert "Mix A purchases 2030" in before and "cost US$" in before
    slider = browser.find_element(
        "css selector", '[class*="st-key-a-payments_interoperability-level"] [role="slider"], '
        '[class*="st-key-a-payments_interoperability-level"] input[type="range"]',
    )  # fmt: skip
    assert slider.get_attribute("aria-valuetext") or slider.get_attribute("aria-label")
    browser.execute_script("arguments[0].focus()", slider)
    slider.send_keys(Keys.ARROW_LEFT * 2)
    gone = []

    def answered() -> bool:
        gone.append("costs US$" not in browser.find_element("css selector", ".st-key-answer").text)
        gone.append(len(all_of(browser, '[data-testid="stVegaLiteChart"]')) < 8)
        return browser.find_element("css selector", ".st-key-quick-answer").text != before

    until(answered, "another estimate")
    assert not any(gone)
    keep(browser, "estimate")


@pytest.mark.parametrize("width", [390, 1366])
def test_nothing_is_cut_off(browser: Any, server: str, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(f"{server}/?a=coordinated&b=broadband")
    whole(browser)

    def boxes() -> list[dict[str, float]] | None:
        """Where the drawings are, once all eight are drawn; asked anew if the page changes."""
        drawn = [
            drawing[0].rect
            for panel in all_of(browser, '[data-testid="stVegaLiteChart"]')
            if (drawing := panel.find_elements("css selector", "canvas, svg"))
        ]
        return drawn if len(drawn) >= 8 else None

    for box in until(boxes, "eight drawings"):
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    wide = "return document.querySelector('[data-testid=stMain]').scrollWidth"
    assert browser.execute_script(wide) <= width
    keep(browser, f"width-{width}")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_bad_file_is_refused_in_words(browser: Any, server: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('titel = "x"\n', encoding="utf-8")
    browser.get(f"{server}/?a=baseline&b=baseline")
    whole(browser)
    tabs = until(lambda: all_of(browser, '[data-testid="stSidebar"] [role="tab"]'), "the tabs")
    next(tab for tab in tabs if tab.text == "Files").click()
    field = until(lambda: all_of(browser, 'input[type="file"]'), "a place for files")[0]
    field.send_keys(str(bad))
    until(lambda: "titel" in body(browser) and "bad.toml" in body(browser), "words on the file")
    keep(browser, "refused")
    good = tmp_path / "good.toml"
    good.write_text(load_scenario("crackdown_khm").to_toml(), encoding="utf-8")
    until(lambda: all_of(browser, 'input[type="file"]'), "a place for files")[0].send_keys(
        str(good)
    )
    until(lambda: "'good'" in whole(browser), "the mix from the file")


def button(browser: Any, words: str) -> Any:
    return until(
        lambda: next((x for x in all_of(browser, "button") if x.text.strip() == words), None),
        f"a button '{words}'",
    )


def press(browser: Any, words: str) -> None:
    """Press a button, at its place in the page; one that is being drawn anew is looked up again."""

    def pressed() -> bool:
        found = button(browser, words)
        browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
        if not found.is_enabled():
            return False
        browser.execute_script("arguments[0].click()", found)
        return True

    until(pressed, f"the button '{words}' pressed")


def cancelled(browser: Any) -> bool:
    """Press the button until it was heard: a page that is being drawn can lose a click."""
    if "The full run was cancelled." in body(browser):
        return True
    for found in all_of(browser, "button"):
        if found.text.strip() == "Cancel" and found.is_enabled():
            browser.execute_script("arguments[0].click()", found)
            time.sleep(2.0)
    return False


def put(browser: Any, label: str, value: int) -> None:
    """Type a number into a field of the full run."""
    from selenium.webdriver.common.keys import Keys

    def typed() -> bool:
        boxes = all_of(browser, '[data-testid="stNumberInput"]')
        box = next((box for box in boxes if label in box.text), None)
        if box is None:  # what stands below is drawn after the result
            return False
        field = box.find_element("css selector", "input")
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(str(value), Keys.ENTER)
        return bool(field.get_attribute("value") == str(value))

    until(typed, f"{value} in the field '{label}'")


def test_a_full_run_shows_progress_and_is_cancelled(browser: Any, server: str) -> None:
    browser.get(f"{server}/?a=crackdown_khm&b=baseline")
    whole(browser)
    until(lambda: "at most 600 runs" in body(browser), "the limits")
    put(browser, "Seeds", 9)  # enough to be still going on when it is cancelled
    until(lambda: "540 runs, about" in body(browser), "how much it will be")
    press(browser, "Start the full run")
    until(lambda: re.search(r"[1-9]\d* of 540 runs", body(browser)), "progress")
    keep(browser, "full-run")
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    try:
        browser.get(f"{server}/?a=harmonization&b=baseline")
        until(lambda: "of 540 runs" in whole(browser), "the run of the first in the second tab")
        assert not button(browser, "Start the full run").is_enabled()
        keep(browser, "full-run-second")
    finally:
        browser.close()
        browser.switch_to.window(first)
    until(lambda: cancelled(browser), "the end of it")
    assert "Quick preview." in body(browser)
    keep(browser, "full-run-cancelled")


def test_a_full_run_that_ends_is_shown_instead_of_the_preview(browser: Any, server: str) -> None:
    browser.get(f"{server}/?a=crackdown_khm&b=baseline")
    whole(browser)
    put(browser, "Parameter draws", 0)
    until(lambda: re.search(r"\b6 runs, about", body(browser)), "how much it will be")
    press(browser, "Start the full run")
    until(lambda: "The full run is done" in body(browser), "the end of it")
    until(lambda: "Full run. One agent represents" in body(browser), "its mark")
    assert "Quick preview." not in body(browser)
    keep(browser, "full-run-done")


def test_absurd_numbers_and_links_are_refused_in_words(browser: Any, server: str) -> None:
    browser.get(f"{server}/?a=nonsense&b=broadband_investment:99999:KHM:2026Q1::1:0")
    text = whole(browser)
    assert "the link names a mix 'nonsense' that does not exist" in text
    assert "99999.0 is above the range of broadband_investment" in text
    put(browser, "Parameter draws", 100)
    put(browser, "Seeds", 20)
    until(lambda: "6000 runs at scale 1,000 would take about" in body(browser), "the limits")
    assert "Start the full run" not in body(browser)
    keep(browser, "absurd")


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the server is a process beside it")
def test_the_command_serves_the_page_and_stops_with_it(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    start = "import sys; sys.argv[0] = 'mekong'; from sim.cli import main; sys.exit(main())"
    checkout = Path(__file__).resolve().parents[2]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", start, "dashboard", "--no-browser", "--port", port],
            cwd=tmp_path,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(checkout)},
        )
    address = f"http://127.0.0.1:{port}/_stcore/health"
    try:
        until(lambda: answers(address), "the server of the command")
    finally:
        process.terminate()
        process.wait(30)
    assert not answers(address)


def test_the_report_fits_a_phone_and_asks_nobody_for_anything(browser: Any, tmp_path: Path) -> None:
    folder = result(tmp_path / "out", scenario("plain"), policy(), seeds=1).folder
    page = write_report(folder)
    for name, width in (("desktop", 1280), ("phone", 390)):
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
        )
        browser.get(page.as_uri())
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        asked = browser.execute_script(
            "return performance.getEntriesByType('resource').map(e => e.name)"
        )
        assert [name for name in asked if not name.startswith("data:")] == []
        keep(browser, f"report-{name}")
    faults = [line for line in browser.get_log("browser") if page.name in json.dumps(line)]
    assert faults == []
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert len(printed["data"]) > 20_000
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
