"""The values that a run uses: central, changed by a scenario, or a draw."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence

from scipy.special import ndtri

from sim.errors import InputError, did_you_mean
from sim.parameters.joint_constraints import Misfit, misfits, settle
from sim.parameters.posterior import posterior_draw
from sim.parameters.table import Parameter, parameter_table
from sim.parameters.trust import trust_sensitivity
from sim.rng import AgentRng, decision, stream_key, uniform
from sim.units import COUNTRIES, REGION

ONE_FOR_ALL = (
    "pareto_shape",
    "variety_substitution",
    "reference_distance",
    "negotiable_distance",
    "agreement_compliance",
    "harmonization_unit_cost",
    "syndicate_growth",
    "scam_revenue_ratio",
    "scam_market_saturation",
    "displaced_share",
    "outside_demand_share",
    "outside_demand_start",
    "start_syndicate_capital",
    *("scam_path_2015", "scam_path_2019", "scam_path_2021", "scam_path_2022"),
    *("scam_path_2024", "scam_path_2025", "host_crowding", "outside_demand_trend"),
    "enforcement_in_force",
    "compound_revenue",
    "coordination_unit_cost",
    "agreement_hazard",
    "agreement_gain_weight",
    "task_force_boost",
    "regional_fund",
    "gap_weight",
    "kpi_error",
    "learning_rate",
    "row_price_trend",
    "ai_scam_offence",
)
SHARED_WEIGHT = math.sqrt(0.5)  # a country value varies half with the region, half by itself
PRIOR_DRAWS = 10_000  # draws of the posterior have smaller numbers, draws of the prior larger ones


class ParameterSet:
    """Values of every parameter in every country; immutable.

    `draw` 0 is the central set and draw k >= 1 the k-th draw of the posterior. Number 10,000 + k is
    the k-th draw of the prior, 10,000 its central set. `own` are parameters that a person's own
    rule declares; no draw moves them.
    """

    def __init__(
        self,
        values: Mapping[str, Mapping[str, float]],
        draw: int = 0,
        own: Sequence[Parameter] = (),
    ) -> None:
        self._values = {name: dict(by_country) for name, by_country in values.items()}
        self.draw_number = draw
        self.own = tuple(own)

    @classmethod
    def central(cls) -> ParameterSet:
        """Every parameter at its central value."""
        return cls.draw(0)

    @classmethod
    def draw(cls, number: int) -> ParameterSet:
        """Draw `number`: of the posterior, or of the prior above `PRIOR_DRAWS`.

        A draw of the posterior is what was estimated from data, on what studies say of policies,
        on the prior draw of everything else.
        """
        if number >= PRIOR_DRAWS:
            return cls._numbered(cls.prior_draw(number - PRIOR_DRAWS), number)
        drawn = posterior_draw(number)
        values = cls.prior_draw(drawn.prior_draw).with_studied(drawn.studied)
        return cls._numbered(values.with_overrides(drawn.estimated), number)

    @classmethod
    def _numbered(cls, values: ParameterSet, number: int) -> ParameterSet:
        return cls(values._values, number)

    @classmethod
    def prior_draw(cls, number: int) -> ParameterSet:
        """Draw `number` of the prior; the same number is the same draw whatever else is drawn."""
        if number < 0:
            raise InputError(f"{number} is not the number of a draw", allowed="0, 1, 2, ...")
        table = parameter_table()
        return cls({name: values_of_draw(table[name], number) for name in table}, number).inside()

    def with_own(self, own: Sequence[Parameter]) -> ParameterSet:
        """A copy with parameters of a person's own rule, at their defaults where they are new."""
        if not own:
            return self
        values = {one.name: dict.fromkeys(COUNTRIES, one.central) for one in own}
        return ParameterSet({**values, **self._values}, self.draw_number, own)

    def with_overrides(self, overrides: Mapping[str, float]) -> ParameterSet:
        """A copy in which `{"name": value}` or `{"THA.name": value}` stand.

        Raises InputError for a value out of its bounds and for values that do not fit together.
        """
        changed = self.asked(overrides)
        changed.refuse_misfits(overrides)
        return changed

    def with_studied(self, studied: Mapping[str, float]) -> ParameterSet:
        """A draw of the prior with values that studies gave; what does not fit beside them moves.

        Raises InputError for a value out of its bounds.
        """
        return self.asked(studied).inside()

    def asked(self, overrides: Mapping[str, float]) -> ParameterSet:
        """The same without a look at what fits together (see `inside`)."""
        values = {name: dict(by_country) for name, by_country in self._values.items()}
        table = with_own_rows(self.own)
        for key in sorted(overrides, key=lambda key: "." in key):  # one country beats all five
            places, name = _places(key, table)
            value = _checked(key, table[name], overrides[key])
            for iso in places:
                values[name][iso] = value
        return ParameterSet(values, self.draw_number, self.own)

    def inside(self, designs: bool = True) -> ParameterSet:
        """The same, with values that do not fit together moved to the nearest that do.

        Draws of the prior and points of a design pass through here: `joint_constraints` says
        which parameter moves, and what is refused in designs and moves only without `designs`.
        """
        return self._settled((), designs)

    def with_scenario(self, overrides: Mapping[str, float]) -> ParameterSet:
        """The parameters of a run: a scenario's values on top of a draw.

        Drawn values that do not fit beside them move, the scenario's never do. Raises InputError
        where no drawn value can move, and for a set that did not fit together before.
        """
        self.refuse_misfits()
        changed = self.asked(overrides)._settled(overrides, designs=False)
        changed.refuse_misfits(overrides)
        return changed

    def misfits(self, given: Iterable[str] = ()) -> list[Misfit]:
        """What does not fit together; `given` are the overrides that a person has set."""
        return list(misfits(self._values, given))

    def refuse_misfits(self, given: Iterable[str] = ()) -> None:
        """Raises InputError that tells everything that does not fit together."""
        refuse(self.misfits(given))

    def refuse_out_of_bounds(self) -> None:
        """Raises InputError for a set that was put together by hand and cannot be run."""
        table = parameter_table()
        for name in table:
            by_country = self._values.get(name, {})
            for iso in COUNTRIES:
                if iso not in by_country:
                    raise InputError(
                        f"'{name}' has no value for {iso}",
                        where="parameters",
                        todo="start from ParameterSet.central() and change it by with_overrides",
                    )
                _checked(f"{iso}.{name}", table[name], by_country[iso])

    def _settled(self, kept: Iterable[str], designs: bool) -> ParameterSet:
        if not self.misfits():
            return self
        values = {name: dict(by_country) for name, by_country in self._values.items()}
        settle(values, kept, designs)
        same = values == self._values
        return self if same else ParameterSet(values, self.draw_number, self.own)

    def replaced(self, other: ParameterSet, names: Iterable[str]) -> ParameterSet:
        """A copy with the values of some parameters taken from another set."""
        values = {name: dict(by_country) for name, by_country in self._values.items()}
        values |= {name: dict(other._values[name]) for name in names}
        return ParameterSet(values, self.draw_number, self.own)

    def get(self, country: str, name: str) -> float:
        """The value of one parameter in one country."""
        return self._values[name][country]

    def in_country(self, country: str) -> dict[str, float]:
        """All values of one country, with those that follow from others (`trust_sensitivity`)."""
        values = {name: by_country[country] for name, by_country in self._values.items()}
        values["trust_sensitivity"] = trust_sensitivity(values)
        return values

    def as_dict(self) -> dict[str, float | dict[str, float]]:
        """One number where all countries agree, else one per country."""
        return {
            name: by_country[COUNTRIES[0]]
            if len(set(by_country.values())) == 1
            else dict(by_country)
            for name, by_country in self._values.items()
        }

    def fingerprint(self) -> str:
        """Hash of all values."""
        text = json.dumps(self._values, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def refuse(found: Sequence[Misfit]) -> None:
    """Raises one InputError for all misfits found, if there are any."""
    if not found:
        return
    errors = [
        InputError(m.what, where=f"parameters.{m.name}", allowed=m.allowed, todo=m.todo)
        for m in found
    ]
    if len(errors) == 1:
        raise errors[0]
    told = [f"{number}. {error}" for number, error in enumerate(errors, start=1)]
    raise InputError("\n".join([f"parameters do not fit together: {len(told)} problems", *told]))


def values_of_draw(parameter: Parameter, number: int) -> dict[str, float]:
    """Values by country of a parameter in draw `number` of the prior; 0 is the central one."""
    if number == 0 or parameter.status == "fixed":
        return {iso: parameter.central_in(iso) for iso in COUNTRIES}
    shared = shared_score(parameter.name, number)
    if not parameter.by_country:
        return {iso: parameter.quantile(iso, shared) for iso in COUNTRIES}
    return {
        iso: parameter.quantile(iso, SHARED_WEIGHT * (shared + _score(iso, parameter.name, number)))
        for iso in COUNTRIES
    }


def shared_score(name: str, number: int) -> float:
    """Standard normal score that the countries share in a draw of the prior."""
    return _score(REGION, name, number)


def _score(place: str, name: str, number: int) -> float:
    luck = AgentRng(stream_key(0, f"prior:{place}", 0), number)
    return float(ndtri(uniform(luck, decision(name))))


def with_own_rows(own: Sequence[Parameter]) -> Mapping[str, Parameter]:
    """The table of parameters with those of a person's own rule."""
    return {**parameter_table(), **{one.name: one for one in own}} if own else parameter_table()


def _places(key: str, table: Mapping[str, Parameter]) -> tuple[Iterable[str], str]:
    iso, dot, name = key.rpartition(".")
    if name not in table:
        raise InputError(
            f"there is no parameter '{name}'",
            where=f"parameters.{key}",
            allowed="the names that `mekong list parameters` lists",
            todo=did_you_mean(name, table) or None,
        )
    if dot and name in ONE_FOR_ALL:
        raise InputError(
            f"'{name}' has one value for all countries",
            where=f"parameters.{key}",
            todo=f"write {name} = ... without a country",
        )
    if dot and iso not in COUNTRIES:
        raise InputError(
            f"'{iso}' is not one of the five countries",
            where=f"parameters.{key}",
            allowed=", ".join(COUNTRIES),
            todo=did_you_mean(iso, COUNTRIES) or None,
        )
    return ((iso,) if dot else COUNTRIES), name


def _checked(key: str, parameter: Parameter, value: float) -> float:
    allowed = f"{parameter.minimum:g} to {parameter.maximum:g} ({parameter.unit})"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{value!r} is not a number", where=f"parameters.{key}", allowed=allowed)
    if not parameter.minimum <= value <= parameter.maximum:  # false for NaN too
        raise InputError(f"{value:g} is out of range", where=f"parameters.{key}", allowed=allowed)
    return float(value)
