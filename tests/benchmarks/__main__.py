"""The benchmarks, in one command: `python -m tests.benchmarks` (docs/benchmarks.md explains it)."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks import kernels, peers, processes, sellers, sweeps
from tests.benchmarks.machine import cores, machine
from tests.benchmarks.moment import moment
from tests.benchmarks.table import Table

FULL, QUICK = 25, 250  # people an agent stands for: ten million and one million agents
ALL_QUARTERS, SOME_QUARTERS = 64, 16
MESA_AGENTS = 20_000
PEERS_ADULTS = 1_000_000
COMPILED_NS, AGAINST_C, AGAINST_MESA = 60.0, 1.5, 40.0
SELLER_NS, SELLER_BYTES, WHOLE_RUN_S = 90.0, 32.0, 2.5
SWEEP_SECONDS_A_RUN, EFFICIENCY, STORE_SHARE, PARENT_MB = 0.48, 0.85, 0.05, 5.0
SELLER_ROWS = 400_000  # a country


def main() -> None:
    """Measures what was asked for, prints a table and keeps it if wanted."""
    wanted = _arguments()
    table = Table(machine())
    for part, measure in PARTS.items():
        if part in wanted.only:
            measure(table, wanted)
    table.say_budgets()
    if wanted.json:
        wanted.json.write_text(json.dumps(table.as_dict(), indent=2) + "\n", encoding="utf-8")


def _kernels(table: Table, wanted: argparse.Namespace) -> None:
    now = moment(wanted.quarter, wanted.scale, cores())
    table.title(
        f"The consumers' quarter {now.quarter}, {now.agents:,} agents, best of {wanted.repeats},"
        " in turn: ns of wall time per agent and quarter"
    )
    for threads in [t for t in (2, 1) if t <= cores()]:
        times, unlike = kernels.against_c(now, threads, wanted.repeats)
        ours = times[kernels.COMPILED]
        for name, time in times.items():
            table.time(name, time, ours)
        table.note(
            f"differing in any bit from the compiled rule: C {unlike['rows']} rows,"
            f" {unlike['sums']} sums; C, each operation rounded, none"
        )
        table.compiled = table.compiled or ours
        if threads == 2:
            table.budget("compiled, two threads, ns", ours.best, COMPILED_NS, "at most")
            ratio = ours.best / times[kernels.C].best
            table.budget("compiled / C, two threads", ratio, AGAINST_C, "at most")
    if "numpy" in wanted.only:
        time, gaps = kernels.in_numpy(now, max(wanted.repeats // 2, 1))
        table.time("NumPy", time, table.compiled)
        table.note("NumPy against compiled: " + _words(gaps))


def _mesa(table: Table, wanted: argparse.Namespace) -> None:
    time, shares = kernels.as_mesa(wanted.quarter, MESA_AGENTS, wanted.repeats)
    table.time(f"plain Mesa, {time.agents:,} agents", time, table.compiled)
    table.note(_words(shares))
    if table.compiled:
        ratio = time.best / table.compiled.best
        table.budget("plain Mesa / compiled, two threads", ratio, AGAINST_MESA, "at least")


def _peers(table: Table, wanted: argparse.Namespace) -> None:
    adults = PEERS_ADULTS // (10 if wanted.quick else 1)
    table.title(
        f"The simple rule, about {adults:,} adults ({MESA_AGENTS:,} objects),"
        f" {peers.QUARTERS} quarters, best of {wanted.repeats}, in turn: ns an adult and quarter"
    )
    left_out = [peer.package for peer in peers.PEERS if not peer.installed]
    if left_out:
        table.note(f"not installed, left out: {', '.join(dict.fromkeys(left_out))}")
    times, of_cores = peers.in_one_run(adults, MESA_AGENTS, wanted.repeats)
    table.note(f"versions: {peers.versions()}")
    for name, time in times.items():
        table.time(name, time, times[peers.PRODUCT])
    table.note("the same in time of cores, over the product on one thread")
    for name, time in of_cores.items():
        table.time(name, time, of_cores[peers.ONE_THREAD])
    for peer in peers.PEERS:
        if peer.installed:
            size = MESA_AGENTS if peer.objects else adults
            table.value(peer.name, processes.bytes_of_peer(peer.name, size), "bytes an adult")
    table.value(peers.PRODUCT, processes.bytes_of_peer(peers.PRODUCT, adults), "bytes an adult")


def _sellers(table: Table, wanted: argparse.Namespace) -> None:
    threads = cores()
    time, size = sellers.firms_quarter(wanted.quarter, SELLER_ROWS, threads, wanted.repeats)
    table.title(f"The firms' quarter {wanted.quarter}, {time.agents:,} rows: ns a row and quarter")
    table.time("compiled", time, None)
    table.value("a row", size, "bytes")
    table.budget("firms, compiled, two threads, ns", time.best, SELLER_NS, "at most")
    table.budget("bytes a firm's row", size, SELLER_BYTES, "at most")
    trade, people = (min(seconds) for seconds in sellers.whole_runs(threads, wanted.repeats))
    table.title("A whole run at scale 1000, 2015 to 2030, rules compiled and tastes solved")
    table.value("with sellers and trade", trade, "s")
    table.value("people alone", people, "s")
    table.budget("whole run, scale 1000, s", trade, WHOLE_RUN_S, "at most")


def _memory(table: Table, wanted: argparse.Namespace) -> None:
    found = processes.whole_run(wanted.scale, wanted.quarters, cores())
    table.title(f"A run of {found['agents']:,} agents over {found['quarters']} quarters")
    arrays: Any = found["bytes an agent"]
    table.value("arrays", sum(arrays.values()), "bytes an agent: " + _words(arrays))
    table.value("peak above an idle model", found["peak bytes an agent"], "bytes an agent")
    table.value("peak", found["peak GB"], "GB")
    table.value("building", found["build s"], "s")
    table.value(f"all quarters, {cores()} threads", found["ns an agent and quarter"], "ns")


def _growth(table: Table, _: argparse.Namespace) -> None:
    table.title("Twenty models in one process, resident memory")
    found = processes.twenty_models()
    for name, value in found.items():
        table.value(name, value, "")
    first, last = found.values()
    table.budget("growth from model 4 to 20, MB", last - first, 5.0, "at most")


def _commands(table: Table, wanted: argparse.Namespace) -> None:
    table.title("What a person types, seconds of wall time")
    budgets = {
        "compare, first time": 60.0,
        "compare, once compiled": 30.0,
        "import sim": 1.5,
        "mekong --help": 1.0,
    }
    for name, seconds in processes.seconds_of_commands(wanted.repeats).items():
        table.value(name, seconds, "s")
        if name in budgets:
            table.budget(f"{name}, s", seconds, budgets[name], "at most")


def _sweeps(table: Table, wanted: argparse.Namespace) -> None:
    table.title(f"A sweep of {wanted.runs} runs at scale 5000, start of the processes included")
    found = {
        "one worker": sweeps.throughput(wanted.runs, 1),
        "two workers": sweeps.throughput(wanted.runs, 2),
        "two workers of a Dask cluster": sweeps.on_dask(wanted.runs, 2),
    }
    rates = {name: each["runs"] / each["seconds"] for name, each in found.items()}
    for name, rate in rates.items():
        table.value(name, rate, "runs a second")
    for name in ("one worker", "two workers"):
        table.value(
            f"cores, {name}", found[name]["core seconds"] / wanted.runs, "seconds of a core a run"
        )
    efficiency = rates["two workers"] / rates["one worker"] / 2
    table.budget(
        "seconds a run, two workers", 1 / rates["two workers"], SWEEP_SECONDS_A_RUN, "at most"
    )
    table.budget("efficiency of two workers", efficiency, EFFICIENCY, "at least")
    early, *_, late = found["two workers"]["memory"]
    table.value("memory of the parent after 10 % of the runs", early, "MB")
    table.value("memory of the parent at the end", late, "MB")
    table.budget("growth of the parent, MB", late - early, PARENT_MB, "at most")
    cost = sweeps.store_overhead(wanted.repeats)
    table.value("a run", 1e3 * cost["run"], "ms of one core")
    table.value("keeping it", 1e3 * cost["keep"], "ms of one core")
    table.budget("keeping / running", cost["keep"] / cost["run"], STORE_SHARE, "at most")


PARTS: dict[str, Callable[[Table, argparse.Namespace], None]] = {
    "kernels": _kernels,
    "mesa": _mesa,
    "peers": _peers,
    "sellers": _sellers,
    "memory": _memory,
    "growth": _growth,
    "commands": _commands,
    "sweeps": _sweeps,
}


def _words(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in values.items())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parts = [*PARTS, "numpy"]
    parser.add_argument(
        "--only", nargs="+", choices=parts, default=parts, metavar="PART",
        help=f"parts to measure, of {', '.join(parts)} (numpy goes with kernels)",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="one million agents, not ten")
    parser.add_argument("--repeats", type=int, default=5, help="times each thing is measured")
    parser.add_argument("--runs", type=int, default=200, help="runs of a sweep")
    parser.add_argument("--quarter", default="2022Q4", help="the quarter that is lived again")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the table here")
    wanted = parser.parse_args()
    wanted.scale = QUICK if wanted.quick else FULL
    wanted.quarters = SOME_QUARTERS if wanted.quick else ALL_QUARTERS
    if "numpy" in wanted.only and "kernels" not in wanted.only:
        parser.error("numpy is measured on the moment of kernels: add kernels to --only")
    return wanted


if __name__ == "__main__":
    main()
