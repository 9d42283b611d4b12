"""A grid of communities that plays: one page, or a cell of a notebook, with nothing from outside.

`animate(result).save("communities.html")` writes the page; as the last line of a cell of a notebook
`animate(result)` shows it there.
"""

from __future__ import annotations

import hashlib
import html
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.analysis.community_history import BUYERS, TOWN, VICTIMS, CommunityHistory
from sim.experiments.storage.atomic_write import write_text
from sim.experiments.storage.local_path import output_file
from sim.figures.style import COLOURS
from sim.units import COUNTRY_NAMES

MILLISECONDS = 250  # for which a quarter is shown
CELL, GAP, DIGITS = 14, 1, 3  # pixels of a community and between two; digits of a value
LEAST_TOP = 0.01  # of a scale of colours
NAMES = {BUYERS: "share who buy online", VICTIMS: "share defrauded in the quarter"}
_SCRIPT = Path(__file__).with_name("communities.js")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ font-family: sans-serif; margin: 1em; background: white; color: #222 }}</style>
</head><body>{body}</body></html>
"""


@dataclass(frozen=True)
class Animation:
    """A title and the HTML of what plays; a notebook shows it, `save` writes it as a page."""

    title: str
    content: str

    def _repr_html_(self) -> str:
        return self.content

    def save(self, path: str | Path) -> Path:
        """Write it as one page that needs nothing else. Raises InputError or OutputError."""
        file = output_file(path)
        write_text(file, _PAGE.format(title=html.escape(self.title), body=self.content))
        return file


def animate(result: CommunityHistory) -> Animation:
    """Communities as cells, coloured quarter by quarter, with a slider and a button."""
    rule = f", rule '{result.rule}'" if result.rule else ""
    title = f"Communities under '{result.scenario}'{rule}"
    names = {name: NAMES.get(name, f"mean of {name.replace('_', ' ')}") for name in result.values}
    data = {
        "quarters": result.quarters,
        "pause": MILLISECONDS,
        "fields": [
            {
                "name": names[name],
                "top": max(float(values.max()), LEAST_TOP),
                "low": min(float(values.min()), 0.0),
                "colour": COLOURS[place % len(COLOURS)],
                "values": np.round(values, DIGITS).tolist(),
            }
            for place, (name, values) in enumerate(result.values.items())
        ],
    }
    words = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    known = hashlib.sha256((title + words).encode()).hexdigest()[:12]
    script = _SCRIPT.read_text(encoding="utf-8")
    content = (
        f'<div id="mekong-{known}" role="group" aria-label="{html.escape(title)}">'
        f"<h2>{html.escape(title)}</h2>"
        '<p><button type="button" style="min-width:5em">Play</button> '
        '<label>Quarter <input type="range" min="0" value="0" style="width:50%" '
        f'max="{len(result.quarters) - 1}"></label> <output></output></p>'
        f"{''.join(_row(result, place, name) for place, name in enumerate(names.values()))}"
        f"<p><small>{_caption(result)}</small></p></div>"
        f'<script>(function () {{ const box = document.getElementById("mekong-{known}"); '
        f"const data = {words};\n{script}}})();</script>"
    )
    return Animation(title, content)


def _row(result: CommunityHistory, place: int, name: str) -> str:
    """The countries side by side for one field; a cell says which community it is."""
    parts = []
    for iso in dict.fromkeys(result.communities["country"]):
        mine = np.flatnonzero(result.communities["country"] == iso)
        wide = math.ceil(math.sqrt(len(mine)))
        tall = math.ceil(len(mine) / wide)
        step = CELL + GAP
        cells = "".join(
            f'<rect data-field="{place}" data-at="{at}" x="{k % wide * step}" '
            f'y="{k // wide * step}" width="{CELL}" height="{CELL}"><title></title></rect>'
            for k, at in enumerate(mine.tolist())
        )
        towns = int((result.communities["area"].iloc[mine] == TOWN).sum())
        parts.append(
            '<figure style="margin:0 1em 0.6em 0"><figcaption style="font-size:85%">'
            f"{COUNTRY_NAMES[iso]}<br>{towns} of {len(mine)} in towns</figcaption>"
            f'<svg width="{wide * step}" height="{tall * step}" role="img" '
            f'aria-label="{COUNTRY_NAMES[iso]}, {html.escape(name)}">{cells}</svg></figure>'
        )
    return (
        f'<h3 style="margin:0.6em 0 0.2em">{html.escape(name[0].upper() + name[1:])} '
        f'<small data-scale="{place}"></small></h3>'
        f'<div style="display:flex;flex-wrap:wrap;align-items:flex-end">{"".join(parts)}</div>'
    )


def _caption(result: CommunityHistory) -> str:
    return (
        f"A cell is a community of about {int(result.communities['people'].median()):,} agents, "
        "those of towns first, row by row; where it lies within its part of the country has no "
        f"meaning. One agent represents {result.scale:,} people. One run, seed {result.seed}, "
        f"central parameters{'' if result.market else '; online prices held constant'}."
    )
