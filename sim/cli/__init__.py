"""The command `mekong`. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.cli.application import app


def main() -> None:
    """Entry point of the command line."""
    from sim.cli.console.process import conduct

    conduct()


def __getattr__(name: str) -> object:
    if name == "app":
        from sim.cli.application import app

        return app
    raise AttributeError(f"module 'sim.cli' has no attribute '{name}'")


__all__ = ["app", "main"]
