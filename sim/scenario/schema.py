"""The shape of a scenario file: which keys there are and what kind of value each takes.

The descriptions are shown in error messages ("must be ...") and in the documentation.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_STRICT = ConfigDict(extra="forbid", strict=True, frozen=True)


def _places(value: Any) -> Any:
    if isinstance(value, str) and value != "all":
        raise PydanticCustomError("places", "places")
    return ["all"] if value == "all" else value


PlaceList = Annotated[list[str], BeforeValidator(_places)]


class HorizonTable(BaseModel):
    """[horizon]: the first and the last quarter of the run."""

    model_config = _STRICT
    start: str | None = Field(None, description='a quarter in quotes, "2015Q1"')
    end: str | None = Field(None, description='a quarter in quotes, such as "2030Q4"')


class LeverBlock(BaseModel):
    """[[levers.NAME]]: one lever at one level, somewhere, for some time."""

    model_config = _STRICT
    countries: PlaceList | None = Field(
        None, description='"all" or a list of country codes such as ["KHM", "LAO"]'
    )
    pairs: PlaceList | None = Field(
        None, description='"all" or a list of pairs such as ["KHM-THA", "THA-VNM"]'
    )
    region: str | None = Field(None, description='"GMS5"')
    level: float = Field(description="a number in the unit of the lever, without quotes")
    start: str = Field(description='a quarter in quotes, such as "2026Q1"')
    end: str | None = Field(
        None, description='the last quarter in which it is on, in quotes, such as "2030Q4"'
    )
    lag_years: float | None = Field(None, description="a number of years, without quotes")
    ramp_years: float | None = Field(None, description="a number of years, without quotes")


class ScenarioTable(BaseModel):
    """A whole file."""

    model_config = _STRICT
    extends: str | None = Field(
        None, description='a shipped name or a path in quotes, such as "baseline"'
    )
    title: str = Field(description='a short name in quotes, such as "Coordinated programme"')
    question: str | None = Field(None, description="the question it answers, in quotes")
    reference: str | None = Field(None, description="the document behind it, in quotes")
    baseline: str | None = Field(
        None, description='what it is compared with: a shipped name or a path, such as "baseline"'
    )
    illustrative: bool | None = Field(
        None, description="true or false: whether it uses levers without any measured effect"
    )
    agreements: str | None = Field(None, description='"planned" or "endogenous", in quotes')
    governments: str | None = Field(
        None, description='"planned", "reactive", "learning" or "task_force", in quotes'
    )
    horizon: HorizonTable = Field(HorizonTable(), description="a table, written [horizon]")
    paths: dict[str, Any] = Field({}, description="a table, written [paths]")
    parameters: dict[str, Any] = Field({}, description="a table, written [parameters]")
    channels: dict[str, Any] = Field({}, description="a table, written [channels]")
    levers: dict[str, list[LeverBlock]] = Field(
        {}, description="blocks that begin with [[levers.NAME]], in double brackets"
    )


KEYS: dict[str, tuple[str, ...]] = {
    "": tuple(ScenarioTable.model_fields),
    "horizon": tuple(HorizonTable.model_fields),
    "levers": tuple(LeverBlock.model_fields),
}
