"""The C loop of `consumer.c`: compiled with gcc and called on the arrays of a moment."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.agents import consumer, contacts
from sim.model.engine import people_loop as chunk
from sim.model.engine.people import PARAMETERS, VIEW
from sim.model.population.people import CELLS, HOME, LOG_INCOME, PROPENSITY, RANK, RANK_BINS
from sim.units import MONTHS_PER_YEAR, USD_SCALE

FLAGS = ("-O3", "-march=native", "-fopenmp")
# Without fused multiply-add each operation is rounded by itself, as Python rounds it.
ROUNDED = "-ffp-contract=off"

_C_TYPES = {"f4": "float", "f8": "double", "i8": "int64_t", "b1": "bool"}
_RECORDS = {"row": consumer.CONSUMER, "home": HOME, "view": VIEW, "parameters": PARAMETERS}
_DECISIONS = (
    "CONNECT", "DISCONNECT", "OPEN_ACCOUNT", "START_SHOPPING", "STOP_SHOPPING", "MEET_SCAM",
    "BE_TRAINED",
)  # fmt: skip
_MEASURES = (
    "CONNECTED", "CONNECTED_ADULTS", "ACCOUNTS", "SHOPPERS", "VICTIMS", "NEW_CONNECTED",
    "DROPPED_OUT", "NEW_ACCOUNTS", "NEW_SHOPPERS", "LAPSED_SHOPPERS", "SPENDING", "LOSSES", "TRUST",
    "SKILL", "READY", "SPENDING_OF_HOLDERS", "MEASURES",
)  # fmt: skip
_NUMBERS = {
    "CELLS": CELLS,
    "RANK_BINS": RANK_BINS,
    "USD_SCALE": USD_SCALE,
    "NEIGHBOURS": contacts.NEIGHBOURS,
    "LOCAL_SHARE": contacts.LOCAL_SHARE,
    "SHOPS": contacts.SHOPS,
    "DEFRAUDED": contacts.DEFRAUDED,
    "RANK": RANK,
    "LOG_INCOME": LOG_INCOME,
    "PROPENSITY": PROPENSITY,
    "MONTHS_PER_YEAR": MONTHS_PER_YEAR,
}


def header() -> str:
    """`records.h`: the records as C structs and the constants, as the package has them."""
    lines = ["#pragma once"]
    for name, layout in _RECORDS.items():
        fields = layout.fields or {}
        lines += [f"struct __attribute__((packed)) {name} {{"]
        lines += [f"    {_C_TYPES[kind.str[1:]]} {field};" for field, (kind, *_) in fields.items()]
        lines += ["};", f'_Static_assert(sizeof(struct {name}) == {layout.itemsize}, "{name}");']
    lines += [f"#define {name} {getattr(consumer, name)}u" for name in _DECISIONS]
    lines += [f"#define {name} {getattr(chunk, name)}" for name in _MEASURES]
    lines += [f"#define {name} {value!r}" for name, value in _NUMBERS.items()]
    return "\n".join(lines) + "\n"


def library(folder: Path, name: str, source: str, *more_flags: str) -> ctypes.CDLL:
    """A C file that stands beside this one, compiled and loaded. It must leave arithmetic alone."""
    made = folder / f"{name}.so"
    command = ["gcc", "-std=gnu11", *FLAGS, *more_flags, "-Wall", "-Wextra", "-Werror"]
    command += ["-shared", "-fPIC", f"-I{folder}", str(Path(__file__).with_name(source))]
    subprocess.run([*command, "-o", str(made), "-lm"], check=True)
    loaded = ctypes.CDLL(str(made))
    if np.array(5e-324) * 1.0 == 0.0:
        raise RuntimeError(f"{source} with {more_flags} makes this process flush subnormal numbers")
    return loaded


def build(folder: Path, name: str, *more_flags: str) -> Callable[..., None]:
    """The C loop: called with the number of threads and the arguments of a quarter."""
    (folder / "records.h").write_text(header(), encoding="utf-8")
    function = library(folder, name, "consumer.c", *more_flags).live_one_quarter
    function.restype = None

    def quarter(threads: int, chunks: int, *arrays: NDArray[Any]) -> None:
        if not all(isinstance(array, np.ndarray) and array.flags.c_contiguous for array in arrays):
            raise TypeError("the C loop takes contiguous arrays")
        places = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
        function(ctypes.c_int(threads), ctypes.c_int64(chunks), *places)

    return quarter
