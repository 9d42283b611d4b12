"""Models for tests that are about people only: no sellers, so that they stay quick."""

from __future__ import annotations

from typing import Any

from sim.model.engine.compiled import compile_quarter
from sim.model.engine.objects import plain_quarter
from sim.model.model import MekongModel


def people_model(*arguments: Any, **options: Any) -> MekongModel:
    """A model without sellers and trade; arguments as those of `MekongModel`."""
    return MekongModel(*arguments, market=False, **options)


def in_objects(model: MekongModel) -> MekongModel:
    """A compiled model that goes on in the object engine, from where it is; people only."""
    people = model.people
    people._quarter = plain_quarter(people.kind, people.rule, people.consumers, compile_quarter)
    return model
