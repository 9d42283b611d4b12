"""`mekong new rule`: the rule of the package as a file of one's own, to change."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from types import ModuleType

from sim.agents import consumer
from sim.agents import firm as sme
from sim.errors import InputError, OutputError, did_you_mean, known_name
from sim.experiments.own_rules.gallery import shipped_rule, shipped_rules
from sim.experiments.own_rules.loading import KINDS

_FOR_THE_TYPE_CHECKER = "  # type: ignore[no-untyped-def]"
_HOMES: dict[str, ModuleType] = {"consumer": consumer, "sme": sme}
_SAME = {"person": "consumer", "people": "consumer", "firm": "sme", "seller": "sme"}
_RECORDS = ("CONSUMER", "SME")
_WHO = {
    "consumer": "ONE person does in ONE quarter",
    "sme": "ONE small firm does in ONE quarter",
}
_SEEN = {
    "consumer": "`person` is the agent, `env` what they see, `params` their country's parameters",
    "sme": "`firm` is the agent, `env` what it sees, `params` its country's parameters",
}
_COMPARE = {"consumer": "broadband", "sme": "harmonization"}
_CARE = {
    "consumer": "\nLosses to scams are counted with `scam_loss` of this file.\n",
    "sme": "\nSales and costs come from `sales_capability` and `cost_factor` of this file.\n",
}

_HEAD = '''"""A rule of your own: what {who}.

Change any function below, then see what it does beside the shipped rule, what becomes of the
baseline, and what a policy does when everybody follows this one:

    mekong rule {file}
    mekong run baseline --rule {file}
    mekong compare baseline {other} --rule {file}

{seen},
`rng` the key of its random draws. Only plain arithmetic: write x * x instead of x ** 2, and take
exponential and logarithm from sim.units.
{care}"""

'''


def new_rule(dest: str | Path, kind: str = "consumer", start_from: str | None = None) -> Path:
    """Write the shipped rule of a kind as a file to start from, or one of the short examples.

    Raises InputError or OutputError.
    """
    if kind not in KINDS:
        raise InputError(
            f"there is no rule for '{kind}'",
            where="--kind",
            allowed=", ".join(KINDS),
            todo=f"write '{_SAME[kind]}'" if kind in _SAME else did_you_mean(kind, KINDS) or None,
        )
    path = Path(dest)
    path = path if path.suffix else path.with_name(path.name + ".py")
    if path.suffix != ".py" or not path.stem.isidentifier():
        raise InputError(
            f"'{path.name}' cannot be the name of a rule",
            allowed="letters, digits and _, not beginning with a digit",
        )
    text = _starting_text(path.name, kind) if start_from is None else _example(start_from)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise OutputError(
            f"'{path}' is there already", todo="choose another name, or remove it first"
        ) from error
    except OSError as error:
        raise OutputError(
            f"the rule cannot be written: {error.strerror}", where=str(path)
        ) from error
    return path


def _example(name: str) -> str:
    known_name(name, shipped_rules(), "--from", "rule", "the names that `mekong list rules` shows")
    return (shipped_rule(name) or Path()).read_text(encoding="utf-8")


def _starting_text(file: str, kind: str) -> str:
    """The functions of the shipped rule with their imports; records stay in the package."""
    source = inspect.getsource(_HOMES[kind]).replace(_FOR_THE_TYPE_CHECKER, "")
    lines = source.splitlines(keepends=True)
    imports, body = [], []
    for node in ast.parse(source).body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        text = "".join(lines[first - 1 : node.end_lineno])
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("sim."):
            imports.append(text)
        elif isinstance(node, ast.FunctionDef):
            body.append("\n\n" + text)
        elif isinstance(node, ast.Assign) and not _defines_record(node):
            body.append(text)
    head = _HEAD.format(
        who=_WHO[kind], seen=_SEEN[kind], other=_COMPARE[kind], file=file, care=_CARE[kind]
    )
    return head + "".join(imports) + f'\nKIND = "{kind}"\n' + "".join(body)


def _defines_record(node: ast.Assign) -> bool:
    return any(isinstance(t, ast.Name) and t.id in _RECORDS for t in node.targets)
