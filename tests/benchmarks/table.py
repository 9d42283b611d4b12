"""What was measured, printed as it comes and kept for a file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tests.benchmarks.kernels import Timing


@dataclass(frozen=True)
class Budget:
    """A measured value and what it may be at most, or must be at least."""

    what: str
    value: float
    limit: float
    sense: str  # "at most" or "at least"

    @property
    def met(self) -> bool:
        """Whether the value keeps within the limit."""
        if self.sense == "at most":
            return self.value <= self.limit
        return self.value >= self.limit


class Table:
    """Lines of a benchmark, under titles."""

    def __init__(self, machine: dict[str, str]) -> None:
        self.machine = machine
        self.lines: list[dict[str, Any]] = []
        self.budgets: list[Budget] = []
        self.compiled: Timing | None = None  # on most threads: what others are compared with
        print(", ".join(f"{name} {value}" for name, value in machine.items()))

    def title(self, text: str) -> None:
        """Begins a part."""
        print(f"\n{text}", flush=True)

    def note(self, text: str) -> None:
        """A remark on the lines above it."""
        self.lines.append({"note": text})
        print(f"  ({text})", flush=True)

    def time(self, what: str, time: Timing, against: Timing | None) -> None:
        """A measured time, and how many times that of `against` it is."""
        ratio = time.best / against.best if against else None
        self.lines.append({"what": what, **asdict(time), "ratio": ratio})
        times = f"{ratio:8.2f} x" if ratio else ""
        threads = f"{time.threads} thread{'s' if time.threads > 1 else ''}"
        print(
            f"  {what:<28}{threads:<10}{time.best:9.1f} (median {time.median:.1f}){times}",
            flush=True,
        )

    def value(self, what: str, value: Any, unit: str) -> None:
        """One number."""
        self.lines.append({"what": what, "value": value, "unit": unit})
        print(f"  {what:<38}{value:9.2f} {unit}", flush=True)

    def budget(self, what: str, value: float, limit: float, sense: str) -> None:
        """A number that has a limit; all are printed at the end."""
        self.budgets.append(Budget(what, value, limit, sense))

    def say_budgets(self) -> None:
        """Prints every limit, and whether it is met."""
        print("\nBudgets" if self.budgets else "")
        for budget in self.budgets:
            conclusion = "met" if budget.met else "MISSED"
            limit = f"{budget.sense} {budget.limit:g}"
            print(f"  {budget.what:<38}{budget.value:9.2f}   {limit:<14}{conclusion}")

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        budgets = [{**asdict(budget), "met": budget.met} for budget in self.budgets]
        return {"machine": self.machine, "lines": self.lines, "budgets": budgets}
