"""Checks that read source code and pages: each turns a text into a list of complaints.

`tests/repository/test_code_health.py` turns them on the project, and shows that each can complain.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SIM = CHECKOUT / "sim"

# A room imports only from rooms before it, or from its own.
ROOMS = (
    "_version",
    "errors",
    "units",
    "accounts",
    "quantile_bands",
    "rows",
    "resources",
    "rng",
    "parameters",
    "policy",
    "data",
    "scenario",
    "agents",
    "model",
    "target",
    "sectors",
    "gains",
    "meanfield",
    "experiments",
    "calibration",
    "analysis",
    "figures",
    "report",
    "explorer",
    "dashboard",
    "cli",
    "__main__",
    "alias",
)
LONGEST_FILE = 400
MOST_FILES = 18  # of a folder, its empty __init__.py aside
ONE_FILE_EACH = ("figures", "cli")  # a file for a picture, and for a command
# May load modules by name: the package its own names when first used, and a person's rule file.
ALIAS = "alias/mekong.py"  # the package under another name
LOADS_BY_NAME = {"__init__.py", ALIAS, "experiments/own_rules/rule_file.py"}
RESTORES_START_METHOD = "agents/mesa_adapter.py"  # Mesa changes it on import; this puts it back
MESA_ROOMS = {"agents", "model", "dashboard"}
RULES_WITHOUT_MESA = {"agents/consumer.py", "agents/contacts.py", "agents/firm.py"}
CALLED_BY_RULES = ("agents", "units.py", "rng.py")
POWERS = {"pow", "math.pow", "np.power"}
GENERATORS = {"Generator", "SeedSequence", "BitGenerator", "PCG64", "Philox", "default_rng"}
KEYWORDS_ARE_COLUMNS = "rows.py"  # of a table, which refuses one that it does not have


def sources() -> list[Path]:
    return sorted(SIM.rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(SIM).as_posix()


def pages() -> list[Path]:
    found = [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md"), *CHECKOUT.glob("results/*.md")]
    return sorted(found)


def room_of(place: str) -> str:
    """`"agents/consumer.py"` is in the room `agents`, `"units.py"` in `units`."""
    return place.split("/")[0].removesuffix(".py")


def imported_modules(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported anywhere in a file, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, "." * node.level + (node.module or "")
            elif node.module == "sim":
                for alias in node.names:
                    yield node.lineno, f"sim.{alias.name}".replace("__version__", "_version")
            else:
                yield node.lineno, node.module or ""


def wrong_imports(place: str, source: str) -> list[str]:
    """Imports of a later room or of a room not in the list, of the whole package, relative ones."""
    here = room_of(place)
    if place in ("__init__.py", ALIAS):
        return []
    if here not in ROOMS:
        return [f"{place}: '{here}' has no place in ROOMS"]
    complaints = []
    for line, name in imported_modules(ast.parse(source)):
        if name.startswith("."):
            complaints.append(f"{place}:{line}: relative import {name}")
        elif name == "sim":
            complaints.append(f"{place}:{line}: imports the package as a whole")
        elif name.startswith("sim."):
            there = name.split(".")[1]
            if there not in ROOMS:
                complaints.append(f"{place}:{line}: sim.{there} has no place in ROOMS")
            elif ROOMS.index(there) > ROOMS.index(here):
                complaints.append(f"{place}:{line}: {here} imports from the later room {there}")
    return complaints


def module_of(place: str) -> str:
    """`"sim.units"` of `"units.py"`, `"sim.scenario"` of `"scenario/__init__.py"`."""
    return ".".join(["sim", *place.removesuffix(".py").split("/")]).removesuffix(".__init__")


def imports_by_module(files: Mapping[str, str]) -> dict[str, set[str]]:
    """What each module imports of the others, anywhere in its file, for type checkers too.

    `files` are sources by place. The package's own `__init__` is left out: it names what it loads
    when somebody asks for it.
    """
    known = {module_of(place) for place in files}
    found: dict[str, set[str]] = {}
    for place, source in files.items():
        names: set[str] = set()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                names |= inner & known or {node.module}
        found[module_of(place)] = (names & known) - {module_of(place)}
    found.pop("sim", None)
    return found


def import_circles(files: Mapping[str, str]) -> list[str]:
    """Modules that import one another, whatever the way round."""
    imports = imports_by_module(files)
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return [" -> ".join(reversed(error.args[1]))]
    return []


def dynamic_imports(place: str, source: str) -> list[str]:
    """Modules loaded by name, which hides from every other check what a file depends on."""
    if place in LOADS_BY_NAME:
        return []
    complaints = []
    for node in ast.walk(ast.parse(source)):
        name = dotted(node.func) if isinstance(node, ast.Call) else ""
        if name.rpartition(".")[2] in {"import_module", "__import__", "module_from_spec"}:
            complaints.append(f"{place}:{node.lineno}: {name}")
        elif isinstance(node, ast.ImportFrom) and node.module == "importlib":
            loaders = [alias.name for alias in node.names if alias.name != "metadata"]
            complaints += [f"{place}:{node.lineno}: importlib.{each}" for each in loaders]
        elif isinstance(node, ast.Import):
            complaints += [
                f"{place}:{node.lineno}: {alias.name}"
                for alias in node.names
                if alias.name == "importlib"
            ]
    return complaints


def results_in_figures(place: str, source: str) -> list[str]:
    """Figures that know of results: they take tables, and only words come from the analysis."""
    if room_of(place) != "figures":
        return []
    return [
        f"{place}:{line}: {name}"
        for line, name in imported_modules(ast.parse(source))
        if name.startswith("sim.analysis") and not name.startswith("sim.analysis.text.")
    ]


def mesa_imports(place: str, source: str) -> list[str]:
    """Mesa outside the few places that may know it."""
    allowed = room_of(place) in MESA_ROOMS and place not in RULES_WITHOUT_MESA
    names = [] if allowed else list(imported_modules(ast.parse(source)))
    return [
        f"{place}:{line}: {name}"
        for line, name in names
        if name.split(".")[0] == "mesa" or name.startswith("sim.agents.mesa_adapter")
    ]


def dotted(node: ast.AST) -> str:
    """`np.random.seed` of an attribute chain, or an empty string."""
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return node.id if isinstance(node, ast.Name) else ""


def is_set(node: ast.AST) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    return isinstance(node, ast.Call) and dotted(node.func) in {"set", "frozenset"}


def unrepeatable(place: str, source: str) -> list[str]:
    """Hidden randomness, orders that depend on the hash seed, and settings that change results."""
    tree = ast.parse(source)
    complaints = [
        f"{place}:{line}: the module {name}"
        for line, name in imported_modules(tree)
        if name in {"random", "secrets", "numpy.random"} or name.startswith("numpy.random.")
    ]
    for node in ast.walk(tree):
        found = ""
        if isinstance(node, ast.Attribute) and re.match(r"(np|numpy)\.random\.", dotted(node)):
            if node.attr not in GENERATORS:
                found = f"global generator {dotted(node)}"
        elif isinstance(node, ast.Call):
            name = dotted(node.func)
            if name.endswith("default_rng") and not (node.args or node.keywords):
                found = "a generator without a seed"
            elif any(
                keyword.arg == "fastmath"
                and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
                for keyword in node.keywords
            ):
                found = "fastmath breaks the equality of the engines"
            elif name in {"list", "tuple", "enumerate", "iter"} and node.args:
                found = "the order of a set" if is_set(node.args[0]) else ""
        elif isinstance(node, ast.For | ast.comprehension) and is_set(node.iter):
            found = "the order of a set"
        name = dotted(node).rpartition(".")[2]
        if name == "set_start_method" and place != RESTORES_START_METHOD:
            found = "the start method of processes belongs to the user's program"
        if found:
            line = getattr(node, "lineno", 0) or getattr(getattr(node, "iter", node), "lineno", 0)
            complaints.append(f"{place}:{line}: {found}")
    return complaints


def is_number(node: ast.AST) -> bool:
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def loose_numbers(place: str, source: str) -> list[str]:
    """Numbers in the functions of a rule that are neither 0, 1, 2 nor the halves of an average.

    Every other coefficient is a row of the parameter table, or a named bound at the top of a file.
    An average is `0.5 * a + 0.5 * b`.
    """
    tree = ast.parse(source)
    halves = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
        for part in _halves(node)
    }
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    return [
        f"{place}:{node.lineno}: {node.value}"
        for function in functions
        for node in (n for part in function.body for n in ast.walk(part))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and node.value not in (0, 1, 2)
        and id(node) not in halves
    ]


def _halves(average: ast.BinOp) -> list[ast.AST]:
    """The constants of `0.5 * a + 0.5 * b`; none of any other sum."""
    found: list[ast.AST] = []
    for side in (average.left, average.right):
        if isinstance(side, ast.BinOp) and isinstance(side.op, ast.Mult):
            found += [n for n in (side.left, side.right) if getattr(n, "value", None) == 0.5]
    return found if len(found) == 2 else []


def constant_powers(place: str, source: str) -> list[str]:
    """Powers in function bodies whose last bit differs between Numba and Python."""
    complaints = []
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]
    for node in (node for function in functions for node in ast.walk(function)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            bad = is_number(node.right)
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Pow):
            bad = is_number(node.value)
        else:
            bad = isinstance(node, ast.Call) and dotted(node.func) in {
                "pow",
                "math.pow",
                "np.power",
            }
        if bad:
            complaints.append(
                f"{place}:{node.lineno}: write a constant power as products or a root"
            )
    return complaints


def undocumented(place: str, source: str) -> list[str]:
    """Public functions, methods and classes without a docstring."""

    def visit(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.ClassDef]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                yield node
                if isinstance(node, ast.ClassDef):
                    yield from visit(node.body)

    return [
        f"{place}:{node.lineno}: {node.name}"
        for node in visit(ast.parse(source).body)
        if not ast.get_docstring(node)
    ]


def loose_keywords(place: str, source: str) -> list[str]:
    """Functions that pass on whatever they are given."""
    if place == KEYWORDS_ARE_COLUMNS:
        return []
    return [
        f"{place}:{node.lineno}: {node.name}(**{node.args.kwarg.arg})"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.args.kwarg
    ]


def mentioned(source: str) -> set[str]:
    """Names read as attributes, and whole strings, but not what a lever says that it moves."""
    tree = ast.parse(source)
    said = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "moves"
        for inner in ast.walk(node.value)
    }
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            names.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in said:
            names.add(node.value)
    return names


def broken_links(page: Path, text: str) -> list[str]:
    """Links to files that do not exist, and `paths/in/code/style` that do not."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    complaints = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            continue
        if not (page.parent / target.split("#")[0]).exists():
            complaints.append(f"{page.name}: ({target})")
    rooms = r"sim|scenarios|calibration|results|tests|docs|\.ci"
    for target in re.findall(rf"`((?:{rooms})/[\w./-]*)`", prose):
        if not (CHECKOUT / target).exists():
            complaints.append(f"{page.name}: `{target}`")
    return complaints
