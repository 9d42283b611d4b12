"""The page behind its guard, as Streamlit serves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.starlette import App

from sim.dashboard.guard import Guard, known_hosts

PAGE = Path(__file__).with_name("app.py")
_ADDRESS, _NAMES = known_hosts()
_GUARD: Any = (Guard, (), {"address": _ADDRESS, "names": _NAMES})  # class, arguments, options

app = App(PAGE, middleware=[_GUARD])
