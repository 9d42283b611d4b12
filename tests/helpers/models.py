"""Models for tests that are about people only: no sellers, so that they stay quick."""

from __future__ import annotations

from typing import Any

from sim.model.model import MekongModel


def people_model(*arguments: Any, **options: Any) -> MekongModel:
    """A model without sellers and trade; arguments as those of `MekongModel`."""
    return MekongModel(*arguments, market=False, **options)
