"""The one table of bad inputs: what each is, what it is called, and the exit status of its refusal.

python -m tests.reliability.table          prints the table of docs/reliability.md
"""

from __future__ import annotations

from typing import NamedTuple

from tests.reliability import bad_rules
from tests.reliability.bad_commands import BAD_COMMANDS
from tests.reliability.bad_environments import CASES as ENVIRONMENTS
from tests.unit.experiments.test_what_lies_in_a_folder import MANIFESTS
from tests.unit.parameters.test_joint_constraints import MISFITS
from tests.unit.scenario.test_bad_scenarios import CASES as SCENARIOS

RULES = (
    *bad_rules.IMPOSSIBLE,
    *bad_rules.FIRMS,
    *bad_rules.GIVES_UP,
    *bad_rules.TOO_LARGE,
    *bad_rules.CONSTRUCTS,
    *bad_rules.FILES,
)


class Entry(NamedTuple):
    """One bad input."""

    kind: str
    name: str
    status: int


def entries() -> list[Entry]:
    """Every bad input that a test tries, once."""
    return [
        *(Entry("scenario file", case.name, 2) for case in SCENARIOS),
        *(Entry("parameters that do not fit together", str(case), 2) for case in MISFITS),
        *(Entry(_kind_of(case.name), case.name, case.status) for case in BAD_COMMANDS),
        *(Entry("rule", case.name, 2) for case in RULES),
        *(Entry("result folder", name, 2) for name in MANIFESTS),
        *(Entry("environment", case.name, case.status) for case in ENVIRONMENTS if case.status),
    ]


def _kind_of(name: str) -> str:
    head = name.partition("_")[0]
    return {"study": "study", "design": "design"}.get(head, "command line")


def counts() -> dict[str, int]:
    """How many there are of each kind."""
    found: dict[str, int] = {}
    for entry in entries():
        found[entry.kind] = found.get(entry.kind, 0) + 1
    return found


def as_markdown() -> str:
    """The counts as the table of the page."""
    rows = [f"| {kind} | {number} |" for kind, number in counts().items()]
    total = f"| **all** | **{len(entries())}** |"
    return "\n".join(["| kind | bad inputs |", "|---|---|", *rows, total])


if __name__ == "__main__":
    print(as_markdown())
