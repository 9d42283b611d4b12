"""Pictures one after another, as a page or in a notebook: a slider, a button, nothing from outside.

`animate(result).save("communities.html")` writes the page; as the last line of a cell of a notebook
`animate(result)` shows it there.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from sim.analysis.community_history import BUYERS, VICTIMS, CommunityHistory
from sim.experiments.storage.atomic_write import write_text
from sim.experiments.storage.local_path import output_file
from sim.figures.communities import community_frames
from sim.figures.style import written

DPI = 90
MILLISECONDS = 250  # for which a picture is shown
NAMES = {BUYERS: "share who buy online", VICTIMS: "share defrauded in the quarter"}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ font-family: sans-serif; margin: 1em; background: white; color: #222 }}</style>
</head><body>{body}</body></html>
"""
_BODY = """<div id="{id}" role="group" aria-label="{title}">
<img alt="{alt}" style="max-width: 100%; height: auto; display: block">
<button type="button" style="min-width: 5em">Play</button>
<label>Quarter <input type="range" min="0" max="{last}" value="0" style="width: 60%"></label>
<output aria-live="off"></output>
</div>
<script>
(function () {{
  const box = document.getElementById("{id}");
  const labels = {labels}, frames = {frames};
  const image = box.querySelector("img"), slider = box.querySelector("input");
  const button = box.querySelector("button"), said = box.querySelector("output");
  let timer = null;
  function show(at) {{
    slider.value = at;
    slider.setAttribute("aria-valuetext", labels[at]);
    image.src = "data:image/png;base64," + frames[at];
    image.alt = {alt_text} + ", " + labels[at];
    said.textContent = labels[at];
  }}
  function stop() {{ clearInterval(timer); timer = null; button.textContent = "Play"; }}
  button.onclick = function () {{
    if (timer) {{ stop(); return; }}
    button.textContent = "Pause";
    if (+slider.value === labels.length - 1) {{ show(0); }}
    timer = setInterval(function () {{
      if (+slider.value >= labels.length - 1) {{ stop(); return; }}
      show(+slider.value + 1);
    }}, {pause});
  }};
  slider.oninput = function () {{ stop(); show(+slider.value); }};
  show(0);
}})();
</script>"""


@dataclass(frozen=True)
class Animation:
    """Pictures with their labels; a notebook shows them with a slider, `save` writes a page."""

    title: str
    labels: tuple[str, ...]
    pictures: tuple[bytes, ...]  # PNG

    def _repr_html_(self) -> str:
        title = html.escape(self.title)
        return _BODY.format(
            id=f"mekong-{hashlib.sha256(b''.join(self.pictures)).hexdigest()[:12]}",
            title=title,
            alt=title,
            alt_text=_script(self.title),
            last=len(self.labels) - 1,
            labels=_script(self.labels),
            frames=_script([base64.b64encode(one).decode() for one in self.pictures]),
            pause=MILLISECONDS,
        )

    def save(self, path: str | Path) -> Path:
        """Write it as one page that needs nothing else. Raises OutputError."""
        file = output_file(path)
        page = _PAGE.format(title=html.escape(self.title), body=self._repr_html_())
        write_text(file, page)
        return file


def animate(
    result: CommunityHistory, progress: Callable[[int, int], None] | None = None
) -> Animation:
    """Communities as an animation, a picture for each quarter."""
    rule = f", rule '{result.rule}'" if result.rule else ""
    title = f"Communities under '{result.scenario}'{rule}"
    caption = (
        f"A cell is a community of {int(result.communities['people'].median()):,} agents; one "
        f"agent represents {result.scale:,} people. One run, seed {result.seed}, central "
        "parameters. Position within a country has no meaning beyond towns and countryside."
    )
    names = {name: NAMES.get(name, f"mean of {name.replace('_', ' ')}") for name in result.values}
    frames: Iterator[tuple[str, Figure]] = community_frames(
        result.communities, result.quarters, result.values, names, title, caption
    )
    labels, pictures = [], []
    for label, figure in frames:
        labels.append(label)
        pictures.append(written(figure, "png", DPI))
        if progress:
            progress(len(labels), len(result.quarters))
    return Animation(title, tuple(labels), tuple(pictures))


def _script(thing: object) -> str:
    """A value as it may stand inside a script."""
    return json.dumps(thing).replace("<", "\\u003c")
