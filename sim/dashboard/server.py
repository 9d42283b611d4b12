"""The server of the page: Streamlit, with what the first visitor needs made ready meanwhile.

`python -m sim.dashboard.server` takes the options of `streamlit run`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path

PAGE = Path(__file__).with_name("app.py")
GUARDED = Path(__file__).with_name("guarded_page.py")
VISITOR_SECONDS = 4.0  # in which a browser that is opened with the server has loaded the page


def make_ready(patience: float = VISITOR_SECONDS) -> None:
    """Read the estimates and import the page; then import and run what it goes on with.

    Who comes within `patience` seconds has an answer before that begins. What is solved for a
    parameter draw is solved once; later previews need a quarter of the time.
    """
    import sim.dashboard.app
    from sim.dashboard.controls import first_mixes, preset_words
    from sim.dashboard.mixes import SharedAssumptions, baseline_of, scenario_of, shipped_mixes
    from sim.dashboard.quick import ANSWERED, fits
    from sim.dashboard.worker import start

    fits()
    for name in shipped_mixes():
        preset_words(name)
    ANSWERED.wait(patience)
    start()  # there, while this process imports the rest of the page
    import sim.dashboard.results  # noqa: F401
    from sim.dashboard.previews import shared

    world = SharedAssumptions()
    mixes = [shipped_mixes()[name] for name in first_mixes().values()]
    list(shared().comparisons([baseline_of(world), *(scenario_of(m, world) for m in mixes)]))


def serve(options: Sequence[str]) -> None:
    """Serve the page until the process is stopped."""
    # The browser takes a second or two to load the page's frame; the first picture needs that long.
    threading.Thread(target=make_ready, name="make ready", daemon=True).start()
    from streamlit.web.cli import main

    main(args=["run", str(GUARDED), *options])


if __name__ == "__main__":
    serve(sys.argv[1:])
