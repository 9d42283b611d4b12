"""The server of the dashboard from outside: who may speak to it, and many sessions at once."""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.cli.dashboard import command
from sim.dashboard import previews
from sim.dashboard.controls import first_mixes
from sim.dashboard.guard import Guard
from sim.dashboard.links import read_link
from sim.dashboard.mixes import baseline_of, scenario_of
from sim.dashboard.previews import Previews
from sim.dashboard.worker import Single
from tests.conftest import RunPython

COARSE = 200_000
PATIENCE = 120.0
SESSIONS = 20


# ---- the guard --------------------------------------------------------------------------------


def status(guard: Guard, headers: list[tuple[str, str]], kind: str = "http") -> int:
    """What a request with these headers gets; 200 where it is passed on."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    scope = {
        "type": kind,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }
    asyncio.run(guard(scope, receive, send))
    first = sent[0]
    return int(first["status"]) if "status" in first else 403


async def site(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200})


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8501", "127.0.0.1", "127.0.0.1:9", "[::1]:8501", "LOCALHOST."]
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_names_of_this_machine_are_served(host: str, kind: str) -> None:
    assert status(Guard(site), [("host", host)], kind) == 200
    assert status(Guard(site), [("host", host), ("origin", f"http://{host}")], kind) == 200


@pytest.mark.parametrize(
    "headers",
    [
        [("host", "evil.example")],
        [("host", "evil.example:8501")],
        [("host", "127.0.0.1.evil.example")],
        [("host", "localhost.evil.example")],
        [("host", "127.0.0.1@evil.example")],
        [("host", "evil.example@127.0.0.1")],
        [("host", "127.0.0.1/evil.example")],
        [("host", "127.0.0.1:port")],
        [("host", "192.168.1.7:8501")],
        [("host", "[::1")],
        [("host", "")],
        [],
        [("host", "localhost"), ("host", "evil.example")],
        [("host", "localhost"), ("origin", "http://evil.example")],
        [("host", "localhost:8501"), ("origin", "http://localhost:3000")],
        [("host", "localhost"), ("origin", "null")],
        [("host", "localhost"), ("origin", "http://localhost"), ("origin", "http://evil.example")],
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_everybody_else_is_refused(headers: list[tuple[str, str]], kind: str) -> None:
    assert status(Guard(site), headers, kind) == 403


def test_a_server_for_others_answers_to_its_address_and_the_names_it_was_given() -> None:
    guard = Guard(site, address="0.0.0.0", names=["maps.example.org"])
    for host in ("10.0.0.3:8501", "maps.example.org", socket.gethostname(), "localhost"):
        assert status(guard, [("host", host)]) == 200
    assert status(guard, [("host", "evil.example")]) == 403


# ---- a real server ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The server as the command starts it; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    home = tmp_path_factory.mktemp("server")
    checkout = Path(__file__).resolve().parents[2]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            command("127.0.0.1", port, browser=False),
            cwd=home,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(checkout)},
        )
    try:
        end = time.monotonic() + PATIENCE
        while asked(port, "localhost") != 200:
            assert time.monotonic() < end, (home / "log").read_text()
            time.sleep(0.3)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def asked(port: int, host: str, path: str = "/_stcore/health", **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", host)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec_WebSocket_Version": "13",
}


def test_a_real_server_refuses_other_names_and_other_pages(server: int) -> None:
    for path in ("/", "/_stcore/health", "/_stcore/host-config", "/media/x"):
        assert asked(server, f"127.0.0.1:{server}", path) != 403
        assert asked(server, "evil.example", path) == 403
        assert asked(server, f"evil.example:{server}", path) == 403
    stream, here = "/_stcore/stream", f"127.0.0.1:{server}"
    assert asked(server, here, stream, **UPGRADE, Origin=f"http://{here}") == 101
    assert asked(server, here, stream, **UPGRADE, Origin="http://evil.example") == 403
    assert asked(server, "evil.example", stream, **UPGRADE, Origin="http://evil.example") == 403


# ---- many sessions ----------------------------------------------------------------------------


def test_twenty_sessions_at_once_all_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Previews.__init__, "__defaults__", (COARSE, 1))
    previews.shared.cache_clear()
    levels = [1.0 + number / 4 for number in range(SESSIONS)]
    shown: dict[float, str] = {}

    def visit(level: float) -> None:
        mix = f"name:mine;broadband_investment:{level}:all:2026Q1::1:0"
        link = read_link({"a": [mix], "b": ["baseline"]}, first_mixes())
        assert not link.faults
        mine = scenario_of(link.mixes["a"], link.world)
        *_, result = previews.shared().comparisons([baseline_of(link.world), mine])
        shown[level] = " ".join(result.verdict)

    visitors = [threading.Thread(target=visit, args=(level,)) for level in levels]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join(PATIENCE * 4)
    assert sorted(shown) == levels
    assert all("'mine'" in text and "costs US$" in text for text in shown.values())
    assert len(set(shown.values())) == SESSIONS  # everybody sees their own
    store = previews.shared()
    assert len(store._runs) == SESSIONS + 1  # the baseline is run once for all
    assert all(run.done() for run in store._runs.values())


def test_what_all_sessions_share_is_made_once() -> None:
    made: list[object] = []

    def slowly() -> object:
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    single, found = Single(slowly), list[object]()
    asking = [threading.Thread(target=lambda: found.append(single())) for _ in range(SESSIONS)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert len(made) == 1 and found == made * SESSIONS
    single.cache_clear()
    assert single() is made[1]


def test_memory_of_runs_is_bounded_however_many_sessions_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(previews, "MOST_PANELS", 5)
    monkeypatch.setattr(previews, "in_worker", lambda turn, function, scenario, draw, scale: draw)
    store = Previews(scale=COARSE, draws=10)
    from sim.scenario import load_scenario

    names = ("baseline", "broadband", "payments", "harmonization")
    several = [
        threading.Thread(
            target=lambda name: [store.panel(load_scenario(name), d) for d in range(1, 11)],
            args=(names[number % 4],),
        )
        for number in range(SESSIONS)
    ]
    for one in several:
        one.start()
    for one in several:
        one.join(PATIENCE)
        assert not one.is_alive()
    assert len(store._runs) <= 5


def test_what_the_first_answer_needs_loads_no_pictures(run_python: RunPython) -> None:
    """A person waits for it; Matplotlib and what only reads results back come later."""
    rooms = "sim.dashboard.controls, sim.dashboard.page_parts, sim.dashboard.quick"
    slow = "{'matplotlib', 'numba', 'sim.analysis.load'}"
    done = run_python("-c", f"import sys, {rooms}; print({slow} & sys.modules.keys())")
    assert done.stdout.strip() == "set()", done.stderr
    late = "{'sim.analysis.load', 'matplotlib.backends.backend_pdf'}"
    done = run_python("-c", f"import sys, sim.report.writer; print({late} & sys.modules.keys())")
    assert done.stdout.strip() == "set()", done.stderr
