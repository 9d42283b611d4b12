"""Which names surely have a value at each line of a rule, and whether it surely returns one.

Python stops at a name that has no value yet; compiled code would go on with whatever is there. So
a rule that reads a name which only some ways to that line have set is refused.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable

from sim.errors import InputError
from sim.model.engine.compiler.constructs import place_in

Known = frozenset[str] | None  # None: no way leads there


def refuse_unset(tree: ast.FunctionDef, function: types.FunctionType) -> None:
    """Raises InputError for a name that may have no value, and for a return that may have none."""
    arguments = (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)
    given = frozenset(argument.arg for argument in arguments)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    flow = _Flow(function, {n.id for n in names if isinstance(n.ctx, ast.Store)} - given)
    falls = flow.block(tree.body, given) is not None
    if flow.returns and (falls or flow.bare):
        raise InputError(
            f"'{tree.name}' returns a value on some ways and nothing on others",
            where=place_in(function),
            todo="write return with a number at the end of every way",
        )


def _either(one: Known, other: Known) -> Known:
    if one is None or other is None:
        return other if one is None else one
    return one & other


class _Flow:
    """Walks through a function; `own` are the names that it sets."""

    def __init__(self, function: types.FunctionType, own: Iterable[str]) -> None:
        self.function = function
        self.own = set(own)
        self.returns = self.bare = False
        self._breaks: list[Known] = []

    def block(self, body: list[ast.stmt], known: Known) -> Known:
        """What is known after some statements."""
        for statement in body:
            if known is None:
                return None  # never reached
            known = self._statement(statement, known)
        return known

    def _statement(self, node: ast.stmt, known: frozenset[str]) -> Known:
        if isinstance(node, ast.If):
            known = self._read(node.test, known)
            return _either(self.block(node.body, known), self.block(node.orelse, known))
        if isinstance(node, ast.While):
            known = self._read(node.test, known)
            endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
            if endless and not _leaves(node.body):
                raise InputError(
                    "this loop never ends",
                    where=place_in(self.function, node),
                    todo="leave it with break or return, or give while a condition that changes",
                )
            return self._loop(node, known, None if endless else known)
        if isinstance(node, ast.For):
            known = self._read(node.iter, known)
            inside = known | {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
            if not _surely_some(node.iter):
                return self._loop(node, inside, known)
            return self._loop(node, inside, inside, hazard_to_probability=True)
        if isinstance(node, ast.Break):
            self._breaks[-1] = _either(self._breaks[-1], known)
            return None
        if isinstance(node, ast.Continue):
            return None
        if isinstance(node, ast.Return):
            self.returns |= node.value is not None and not _is_none(node.value)
            self.bare |= node.value is None or _is_none(node.value)
            if node.value is not None:
                self._read(node.value, known)
            return None
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self._need(node.target, known)
        return self._read(node, known)

    def _loop(
        self,
        node: ast.While | ast.For,
        inside: frozenset[str],
        without: Known,
        hazard_to_probability: bool = False,
    ) -> Known:
        """After a loop: where it ended by itself, or with a break."""
        self._breaks.append(None)
        after = self.block(node.body, inside)
        left = self._breaks.pop()
        if hazard_to_probability and after is not None and not _jumps(node):
            without = after
        return _either(self.block(node.orelse, without) if without is not None else None, left)

    def _read(self, node: ast.AST, known: frozenset[str]) -> frozenset[str]:
        """Looks at the names read in an expression or plain statement, then adds those it sets."""
        names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
        walrus = frozenset(
            n.target.id
            for n in ast.walk(node)
            if isinstance(n, ast.NamedExpr) and isinstance(n.target, ast.Name)
        )
        for name in names:
            if isinstance(name.ctx, ast.Load):
                self._need(name, known | walrus)
        return known | {name.id for name in names if isinstance(name.ctx, ast.Store)}

    def _need(self, name: ast.Name, known: frozenset[str]) -> None:
        if name.id in self.own and name.id not in known:
            raise InputError(
                f"'{name.id}' may have no value here: not every way to this line sets it",
                where=place_in(self.function, name),
                todo=f"set {name.id} before the if or the loop",
            )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _jumps(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Continue) for inner in ast.walk(node))


def _leaves(body: list[ast.stmt], inner: bool = False) -> bool:
    """Whether a statement in the body of a loop ends that loop; `inner` within another loop."""
    for node in body:
        if isinstance(node, ast.Return) or (isinstance(node, ast.Break) and not inner):
            return True
        loop = isinstance(node, ast.While | ast.For)
        if _leaves(getattr(node, "body", []), inner or loop):
            return True
        if _leaves(getattr(node, "orelse", []), inner):
            return True
    return False


def _surely_some(node: ast.expr) -> bool:
    """Whether a loop over this surely goes round once: a tuple, or range() of a written number."""
    if isinstance(node, ast.Tuple | ast.List):
        return bool(node.elts)
    if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range"):
        return False
    last = node.args[0] if len(node.args) == 1 else None
    return isinstance(last, ast.Constant) and isinstance(last.value, int) and last.value > 0
