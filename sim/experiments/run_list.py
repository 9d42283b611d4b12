"""All runs of a study, made one by one when they are asked for, so that no study fills memory.

Runs come in rows: all scenarios under one parameter draw, one point of the design and one seed,
so that what an interruption leaves behind can be compared. A scenario that a point does not change
(a baseline under a design of levers, a parameter at its central value) is run once, at the first
point at which it is the same run.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import overload

from sim.errors import InputError
from sim.experiments.design import Design
from sim.experiments.inputs import applies, in_force, is_there, overrides, with_levers
from sim.experiments.run import Job, asked_of, parameters_of
from sim.parameters.joint_constraints import JOINED
from sim.parameters.table import Parameter
from sim.scenario import Scenario


@dataclass(frozen=True)
class Shard:
    """Part `number` of `of` (from 1) of the rows of a study."""

    number: int = 1
    of: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            raise InputError(
                f"{self.number}/{self.of} is not a part of a study",
                where="--shard",
                allowed="1/4, 2/4, 3/4, 4/4 for a study in four parts",
            )

    def has(self, line: int) -> bool:
        """Whether a row of the study is in this part; rows are counted in the order of `Jobs`."""
        return line % self.of == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def shard_from(text: str) -> Shard:
    """A shard as it is written in a manifest, such as 2/4."""
    number, _, of = text.partition("/")
    return Shard(int(number), int(of))


def joined(parameters: Iterable[str]) -> bool:
    """Whether any of these overrides (`name` or `THA.name`) must fit together with others."""
    return any(key.rpartition(".")[2] in JOINED for key in parameters)


@dataclass(frozen=True)
class Jobs(Sequence[Job]):
    """The runs of a study, as a sequence that holds none of them.

    Draws change slowest, then points, then seeds; with `seeds_first` seeds change slowest.
    """

    scenarios: tuple[Scenario, ...]
    baseline: str
    seeds: tuple[int, ...]
    draws: tuple[int, ...]
    scale: int
    design: Design = field(default_factory=Design)
    shard: Shard = field(default_factory=Shard)
    rules: str = ""
    own: tuple[Parameter, ...] = ()
    study: str = ""
    seeds_first: bool = False
    counterfactuals: Mapping[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()

    @property
    def _unchanged(self) -> tuple[str, ...]:
        """Scenarios whose levers no design varies."""
        return (self.baseline, *self.added)

    @cached_property
    def _block(self) -> list[list[int]]:
        """For each point, which scenarios run there: those that it makes into a run not yet had."""
        seen: list[set[tuple[object, ...]]] = [set() for _ in self.scenarios]
        block = []
        for point in self.design.points:
            values = tuple(in_force(self.design.inputs, self.design.values(point)))
            here = []
            for number, scenario in enumerate(self.scenarios):
                key = self._content(scenario, values)
                if key not in seen[number]:
                    seen[number].add(key)
                    here.append(number)
            block.append(here)
        return block

    def _content(self, scenario: Scenario, values: tuple[float, ...]) -> tuple[object, ...]:
        """What tells a run from others of its scenario: a value that is there anyway does not."""
        inputs = self.design.inputs
        changed = overrides(inputs, values)
        if len(self.draws) == 1:
            drawn = parameters_of(self.draws[0], own=self.own)
            changed = {k: value for k, value in changed.items() if not is_there(drawn, k, value)}
        mine = with_levers(scenario, inputs, values, self._unchanged)
        levers = "" if mine is scenario else mine.fingerprint()
        if levers and levers == scenario.fingerprint():
            levers = ""
        return (levers, *sorted(changed.items()))

    @property
    def _joined(self) -> bool:
        """Whether the design varies a parameter that must fit together with others."""
        return any(i.of_world and i.parameter in JOINED for i in self.design.inputs)

    def refuse_misfits(self) -> None:
        """Refuse runs whose parameters do not fit together, before anything runs.

        Raises InputError that names the first such point, draw and scenario.
        """
        setting = [s for s in self.scenarios if joined(s.overrides)]
        if not self._joined and not setting:
            return
        inputs = self.design.inputs
        for point in self.design.points if self._joined else self.design.points[:1]:
            changes = tuple(overrides(inputs, self.design.values(point)).items())
            changes = changes if self._joined else ()
            for draw in self.draws:
                place = f"point {point} of the design, draw {draw}" if changes else f"draw {draw}"
                chosen = parameters_of(draw, changes, self.own)
                try:
                    chosen.refuse_misfits(dict(changes))
                    for scenario in setting:
                        place = f"{place}, scenario '{scenario.name}'"
                        chosen.with_scenario(scenario.overrides)
                except InputError as error:
                    raise InputError(
                        error.what,
                        where=f"{place}: {error.where}" if error.where else place,
                        allowed=error.allowed,
                        todo=error.todo,
                    ) from None

    @cached_property
    def moved(self) -> tuple[int, ...]:
        """Points whose parameters do not fit together in some draw, so that they are moved."""
        inputs = self.design.inputs
        if not self._joined:
            return ()
        found = []
        for point in self.design.points:
            changes = tuple(overrides(inputs, self.design.values(point)).items())
            asked = (asked_of(draw, changes, self.own) for draw in self.draws)
            if any(each.inside() is not each for each in asked):
                found.append(point)
        return tuple(found)

    @cached_property
    def _starts(self) -> list[int]:
        """Runs of one seed and draw before each point; the last entry is all of them."""
        return [0, *accumulate(len(here) for here in self._block)]

    def _place(self, number: int) -> tuple[int, int, int, int]:
        """Places of draw, replication, point and scenario of a run of the whole study."""
        each = self._starts[-1]
        if self.seeds_first:
            repeat, within = divmod(number, each)
            replication, drawn = divmod(repeat, len(self.draws))
            row = bisect_right(self._starts, within) - 1
            return drawn, replication, row, self._block[row][within - self._starts[row]]
        drawn, within = divmod(number, each * len(self.seeds))
        row = bisect_right(self._starts, within // len(self.seeds)) - 1
        here = self._block[row]
        replication, which = divmod(within - self._starts[row] * len(self.seeds), len(here))
        return drawn, replication, row, here[which]

    @cached_property
    def _mine(self) -> range | list[int]:
        """Numbers of the runs of this shard."""
        whole = self._starts[-1] * len(self.draws) * len(self.seeds)
        if self.shard.of == 1:
            return range(whole)
        mine = []
        for number in range(whole):
            drawn, replication, row, _ = self._place(number)
            line = (drawn * len(self._block) + row) * len(self.seeds) + replication
            if self.shard.has(line):
                mine.append(number)
        return mine

    def __len__(self) -> int:
        return len(self._mine)

    @overload
    def __getitem__(self, index: int) -> Job: ...

    @overload
    def __getitem__(self, index: slice) -> list[Job]: ...

    def __getitem__(self, index: int | slice) -> Job | list[Job]:
        if isinstance(index, slice):
            return [self._job(number) for number in self._mine[index]]
        return self._job(self._mine[index])

    def _job(self, number: int) -> Job:
        drawn, replication, row, which = self._place(number)
        point = self.design.points[row]
        scenario, inputs = self.scenarios[which], self.design.inputs
        values = in_force(inputs, self.design.values(point))
        return Job(
            scenario=with_levers(scenario, inputs, values, self._unchanged),
            baseline=self._against(scenario.name),
            seed=self.seeds[replication],
            draw=self.draws[drawn],
            scale=self.scale,
            replication=replication + 1,
            design_point=point,
            changes=tuple(overrides(inputs, values).items()),
            point_values=tuple(
                (i.name, value if applies(i, scenario, self._unchanged) else math.nan)
                for i, value in zip(inputs, values, strict=True)
            ),
            drawn=len(self.draws) > 1,
            rules=self.rules,
            own=self.own,
            study=self.study,
        )

    def _against(self, name: str) -> str:
        """What a scenario is compared with: its counterfactual unless that is itself."""
        other = self.counterfactuals.get(name, self.baseline)
        return self.baseline if other == name else other
