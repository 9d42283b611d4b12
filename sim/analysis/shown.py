"""How a result looks: a line in a console, a page in a notebook, public names in `dir()`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.series import as_cube, long_series
from sim.errors import InputError
from sim.experiments.storage.store import Store

if TYPE_CHECKING:
    import xarray

MOST_ROWS, MOST_SENTENCES = 12, 6


class ShownResult:
    """What results of all kinds have in common. A kind names its own `shown_tables`."""

    kind: str
    shown_tables: tuple[str, ...] = ("table",)

    def __dir__(self) -> Iterable[str]:
        return sorted(name for name in super().__dir__() if not name.startswith("_"))

    def __repr__(self) -> str:
        record = manifest_of(self)
        scenarios = ", ".join(record.get("scenarios", ()))
        facts = [f"{type(self).__name__} of {scenarios or getattr(self, 'folder', self.kind)}"]
        if "runs" in record:
            facts.append(f"{record['runs']} runs, one agent represents {record['scale']:,} people")
        facts.append(f"tables: {', '.join(self.shown_tables)}")
        return f"<{'; '.join(facts)}>"

    def _repr_html_(self) -> str:
        """The page of a notebook: what was asked, what it says, the first rows of its table."""
        record = manifest_of(self)
        title = record.get("title") or ", ".join(record.get("scenarios", ())) or self.kind
        parts = [f"<h4>{escape(self.kind.capitalize())}: {escape(str(title))}</h4>"]
        said = [str(one) for one in self._sentences()]
        parts += [f"<p>{escape(one)}</p>" for one in said[:MOST_SENTENCES]]
        table = getattr(self, self.shown_tables[0])
        parts.append(_rows(table))
        if len(table) > MOST_ROWS:
            parts.append(f"<p>First {MOST_ROWS} of {len(table)} rows.</p>")
        names = ", ".join(f"<code>.{escape(name)}</code>" for name in self.shown_tables)
        parts.append(f"<p>Tables: {names}. {escape(_provenance(record))}</p>")
        return "\n".join(parts)

    def _sentences(self) -> Sequence[object]:
        for name in ("conclusion", "sentences", "findings"):
            said = getattr(self, name, None)
            if isinstance(said, list | tuple):
                return said
        return ()


class ShownStudy(ShownResult):
    """A result that has the series of its runs."""

    store: Store
    runs: pd.DataFrame
    manifest: dict[str, Any]
    shown_tables: tuple[str, ...] = (
        "table",
        "effects",
        "trade",
        "welfare",
        "region",
        "uncertainty",
        "runs",
    )

    def series(
        self,
        indicators: str | Sequence[str] | None = None,
        groups: str | Sequence[str] | None = None,
        *,
        countries: str | Sequence[str] | None = None,
        quarterly: bool = False,
    ) -> pd.DataFrame:
        """The runs as one long table: years are whole numbers, quarters periods.

        Without names the headline indicators of everybody; `indicators="all"` and `groups="every"`
        give all there is. Raises InputError for unknown names.
        """
        return long_series(
            self.store, self.runs, indicators, groups, countries=countries, quarterly=quarterly
        )

    def to_xarray(
        self,
        indicators: str | Sequence[str] | None = None,
        groups: str | Sequence[str] | None = None,
        *,
        quarterly: bool = False,
    ) -> xarray.Dataset:
        """The same as a cube: a variable an indicator, over run, country, time and group.

        Raises InputError for unknown names, or where xarray is not installed.
        """
        table = self.series(indicators, groups, quarterly=quarterly)
        return as_cube(table, attributes(self.manifest))


class SavedTables(ShownResult):
    """The tables of a folder as they were written, by the name of the file; `table` is the first.

    `kind` says which command made them, `manifest` with what.
    """

    def __init__(self, folder: Path, record: dict[str, Any], kind: str) -> None:
        self.folder, self.manifest, self.kind = folder, record, kind

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables, that of the folder's kind before the others."""
        files = sorted(
            self.folder.glob("*.csv"), key=lambda path: (path.stem != self.kind, path.stem)
        )
        return {path.stem: pd.read_csv(path) for path in files}

    @property
    def table(self) -> pd.DataFrame:
        """The main table; one without rows where the folder holds none."""
        return next(iter(self.tables.values()), pd.DataFrame())


def attributes(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a file of another program says of where its numbers come from."""
    return {
        "title": str(record.get("title") or ", ".join(record["scenarios"])),
        "source": f"mekong-digital-economy {record['environment']['sim']}",
        "commit": str(record.get("commit") or ""),
        "command": str(record.get("command") or ""),
        "study": str(record.get("study", "")),
    }


def _provenance(record: Mapping[str, Any]) -> str:
    if "environment" not in record:
        return ""
    commit = str(record.get("commit") or "")[:10]
    text = f"Version {record['environment']['sim']}" + (f", commit {commit}" if commit else "")
    if "seeds" in record:
        text += f"; {record['runs']} runs, {_many(record['seeds'], 'seed')}"
        drawn = [draw for draw in record["draws"] if draw]
        text += f", {_many(drawn, 'parameter draw')}" if drawn else ", central parameters"
        text += f"; one agent represents {record['scale']:,} people"
    return text + "."


def _many(things: Sequence[object], word: str) -> str:
    return f"{len(things)} {word}{'s' if len(things) != 1 else ''}"


def manifest_of(result: object) -> dict[str, Any]:
    """The manifest of a result of whatever kind; empty where it has none."""
    found: dict[str, Any] = getattr(getattr(result, "about_runs", result), "manifest", {})
    return found


def _rows(table: pd.DataFrame) -> str:
    if not isinstance(table, pd.DataFrame):
        raise InputError("this result has no table")
    text: str = table.head(MOST_ROWS).to_html(
        border=0, index=False, na_rep="", float_format=lambda value: f"{value:,.4g}", escape=True
    )
    return text
