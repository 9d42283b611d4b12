"""A scenario as the model uses it: parents merged, defaults filled in, every number checked."""

from __future__ import annotations

import hashlib
import json
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from sim.errors import InputError
from sim.parameters.channels import CHANNELS, with_channels_off
from sim.parameters.table import Parameter
from sim.policy.levers import LEVERS
from sim.policy.schedule import Schedule
from sim.scenario.check import Checked
from sim.scenario.files import SourceFile, find, read
from sim.scenario.limits import refuse_large_table
from sim.scenario.merge import with_parents
from sim.scenario.names import scenario_name
from sim.scenario.paths import PATHS
from sim.scenario.plain import plain_table
from sim.units import FIRST_QUARTER, LAST_QUARTER, quarter_label

DEFAULT_BASELINE = "baseline"


@dataclass(frozen=True)
class Scenario:
    """One question in full. Get it from `load_scenario` or `Scenario.from_dict`.

    `start` and `end` are quarter indices; `paths` holds a choice for every outside path;
    `parameters` the values that it sets (`name` or `THA.name`); `levers` the schedules of every
    lever used, in the order in which they are paid where money falls short; `channels_off` the
    channels that are switched off.
    """

    name: str
    title: str
    question: str
    reference: str
    baseline: str
    start: int
    end: int
    paths: dict[str, str]
    parameters: dict[str, float]
    levers: dict[str, tuple[Schedule, ...]]
    illustrative: bool = False
    channels_off: tuple[str, ...] = ()
    source_file: Path | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", scenario_name(self.name))

    @classmethod
    def from_dict(
        cls, table: Mapping[str, Any], *, name: str, own: Sequence[Parameter] = ()
    ) -> Scenario:
        """A scenario from the same keys as in a file; paths are relative to the working folder.

        Raises InputError as for a file, with `name` where a message would name the file. `own` are
        the parameters that a rule of one's own declares.
        """
        if not isinstance(name, str):
            raise InputError(f"{name!r} is not a name", allowed="the name of the scenario, as text")
        scenario_name(name)
        if not isinstance(table, Mapping):
            raise InputError(
                f"{reprlib.repr(table)} is not a dictionary of scenario keys", where=name
            )
        refuse_large_table(table, name)
        return _scenario(SourceFile(name, name, Path.cwd(), plain_table(table, name), {}), own)

    @property
    def overrides(self) -> dict[str, float]:
        """What it puts on top of a draw: the parameters it sets, and those of channels off."""
        no_incomes = ("income",) if self.paths["income_feedback"] == "off" else ()
        return with_channels_off(self.parameters, (*self.channels_off, *no_incomes))

    def as_dict(self) -> dict[str, Any]:
        """The resolved scenario with the keys of a file; `from_dict` reads it back."""
        return {
            "title": self.title,
            "question": self.question,
            "reference": self.reference,
            "baseline": self.baseline,
            "illustrative": self.illustrative,
            "horizon": {"start": quarter_label(self.start), "end": quarter_label(self.end)},
            "paths": dict(self.paths),
            "parameters": nested(self.parameters),
            "channels": dict.fromkeys(self.channels_off, False),
            "levers": {
                lever: [_block(schedule) for schedule in schedules]
                for lever, schedules in self.levers.items()
            },
        }

    def to_toml(self) -> str:
        """The resolved scenario as the text of a file, without `extends`."""
        table = self.as_dict()
        blocks = [
            f"[[levers.{lever}]]\n{tomli_w.dumps(block)}"
            for lever, schedules in table.pop("levers").items()
            for block in schedules
        ]  # one by one: the writer puts short lists first, and the order decides what is paid
        return "\n".join([tomli_w.dumps(table), *blocks])

    def fingerprint(self) -> str:
        """Hash (hex) of everything in the scenario that determines numbers.

        Name, title, question, reference and baseline do not count, nor does how places are
        distributed over blocks. The order of levers counts only where it decides what is paid.
        """
        ordered = self.paths["shortfall"] == "in_order"
        content = {
            "start": self.start,
            "end": self.end,
            "paths": self.paths,
            "parameters": self.overrides,
            "order": list(self.levers) if ordered else [],
            "levers": sorted(
                row
                for schedules in self.levers.values()
                for schedule in schedules
                for row in self._rows(schedule)
            ),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _rows(self, schedule: Schedule) -> list[tuple[str, str, int, int, float, float, float]]:
        end = self.end if schedule.end is None else min(schedule.end, self.end)
        rest = (float(schedule.level), float(schedule.lag_years), float(schedule.ramp_years))
        return [(schedule.lever, place, schedule.start, end, *rest) for place in schedule.places]


def load_scenario(name_or_path: str | Path, own: Sequence[Parameter] = ()) -> Scenario:
    """Read a scenario by its shipped name or by the path of a file.

    `own` are the parameters that a rule of one's own declares. Raises InputError that tells
    everything wrong with it.
    """
    if not isinstance(name_or_path, str | Path):
        raise InputError(
            f"{name_or_path!r} is not a scenario", allowed="a shipped name or the path of a file"
        )
    return _scenario(read(find(name_or_path, Path())), own)


def _scenario(source: SourceFile, own: Sequence[Parameter]) -> Scenario:
    name = scenario_name(source.name, source.label)
    values: Checked = with_parents(source, own)
    return Scenario(
        name=name,
        title=values.title,
        question=values.question or "",
        reference=values.reference or "",
        baseline=values.baseline or DEFAULT_BASELINE,
        start=FIRST_QUARTER if values.start is None else values.start,
        end=LAST_QUARTER if values.end is None else values.end,
        paths={name: values.paths.get(name, path.default) for name, path in PATHS.items()},
        parameters=dict(sorted(values.parameters.items())),
        levers={name: blocks for name, blocks in values.levers.items() if blocks},
        illustrative=bool(values.illustrative),
        channels_off=tuple(name for name in CHANNELS if not values.channels.get(name, True)),
        source_file=source.path,
    )


def _block(schedule: Schedule) -> dict[str, Any]:
    lever = LEVERS[schedule.lever]
    places: Any = list(schedule.places)
    if lever.scope == "region":
        places = schedule.places[0]
    elif schedule.places == lever.places:
        places = "all"
    block = {
        lever.scope: places,
        "level": float(schedule.level),
        "start": quarter_label(schedule.start),
    }
    if schedule.end is not None:
        block["end"] = quarter_label(schedule.end)
    return block | {
        "lag_years": float(schedule.lag_years),
        "ramp_years": float(schedule.ramp_years),
    }


def nested(parameters: Mapping[str, float]) -> dict[str, Any]:
    """`THA.name` as a table of its country, as TOML writes it."""
    found: dict[str, Any] = {}
    for key, value in parameters.items():
        iso, dot, name = key.rpartition(".")
        if dot:
            found.setdefault(iso, {})[name] = value
        else:
            found[name] = value
    return found
