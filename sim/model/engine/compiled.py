"""The compiled engine: the rule over rows of a structured array, over fixed chunks.

`compile_quarter` writes the rule, all it calls, and the loop of `people_loop` into one module
named by the hash of its sources, so a changed rule is compiled anew and an unchanged one never is.
"""

from __future__ import annotations

import functools
import inspect
import os
import types
from collections.abc import Callable
from typing import Any

import numba

from sim.agents.consumer import (
    CONSUMER,
    CONSUMER_BOUNDS,
    CountryEnvironment,
    Person,
    PersonEnvironment,
    consumer_quarter,
    scam_loss,
)
from sim.agents.firm import (
    SME,
    SME_BOUNDS,
    Firm,
    FirmCountryEnvironment,
    FirmEnvironment,
    cost_factor,
    sales_capability,
    sme_quarter,
)
from sim.agents.own import declared_by
from sim.errors import InputError
from sim.model.engine import firm_loop, people_loop
from sim.model.engine.compiler.cache import compiled_module
from sim.model.engine.compiler.constructs import place_in
from sim.model.engine.compiler.kind import Kind
from sim.model.engine.compiler.translator import CALLED_BY_COMPILED, Program
from sim.model.engine.firm_loop import trade_one_quarter
from sim.model.engine.people_loop import live_one_quarter
from sim.model.engine.rule_helpers import beside
from sim.model.population.synthesis import deal
from sim.parameters.table import parameter_table

Rule = Callable[..., None]
AGENTS_PER_THREAD = 10_000  # with fewer, waking a thread takes longer than its work
_NOT_CALLED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def consumer_kind(rule: Rule = consumer_quarter) -> Kind:
    """What a consumer's rule may read and write, with what it adds itself."""
    kind = Kind(
        agent="person",
        record=CONSUMER,
        fixed=Person._fields,
        own=PersonEnvironment._fields,
        shared=shared_fields(CountryEnvironment, PersonEnvironment),
        parameters=(*parameter_table(), "trust_sensitivity"),
        bounds=CONSUMER_BOUNDS,
        first_column=people_loop.MEASURES,
    )
    return kind.with_own(declared_by(rule))


def sme_kind(rule: Rule = sme_quarter) -> Kind:
    """What a firm's rule may read and write, with what it adds itself."""
    kind = Kind(
        agent="firm",
        record=SME,
        fixed=Firm._fields,
        own=FirmEnvironment._fields,
        shared=shared_fields(FirmCountryEnvironment, FirmEnvironment),
        parameters=(*parameter_table(), "trust_sensitivity"),
        bounds=SME_BOUNDS,
        first_column=firm_loop.MEASURES,
    )
    return kind.with_own(declared_by(rule))


def shared_fields(country: Any, own: Any) -> tuple[str, ...]:
    """What a rule sees of its country: all but the key of the draws and the agent's own fields."""
    return tuple(x for x in country._fields if x not in ("stream_key", *own._fields))


def check_rule(rule: Rule, kind: Kind) -> None:
    """Refuses a rule that does not take the four arguments of its kind, by name."""
    code = getattr(rule, "__code__", None)
    names = list(code.co_varnames[: code.co_argcount]) if code else []
    if names != kind.arguments:
        raise InputError(
            f"the rule of a {kind.agent} takes four arguments, not ({', '.join(names)})",
            where=getattr(rule, "__qualname__", repr(rule)),
            allowed=f"def rule({', '.join(kind.arguments)}): ...",
        )
    if isinstance(rule, types.FunctionType) and rule.__code__.co_flags & _NOT_CALLED:
        raise InputError(
            "a rule that waits or yields would never be carried out",
            where=place_in(rule),
            todo="take out async, await and yield",
        )


def check_counting(function: Callable[..., Any], kind: Kind) -> None:
    """Refuses a function of an indicator that does not take one agent."""
    code = getattr(function, "__code__", None)
    names = list(code.co_varnames[: code.co_argcount]) if code else []
    if names != [kind.agent]:
        raise InputError(
            f"an indicator is counted with a function of one {kind.agent}",
            where=place_in(function) if isinstance(function, types.FunctionType) else str(function),
            allowed=f"def {getattr(function, '__name__', 'count')}({kind.agent}): ...",
        )


def compile_quarter(rule: Rule = consumer_quarter) -> Callable[..., None]:
    """The compiled quarter of people: called with the chunks and arrays of `live_one_quarter`."""
    return _people_quarter() if rule is consumer_quarter else _people_quarter_of(rule)


@functools.cache
def _people_quarter() -> Callable[..., None]:
    return _people_quarter_of(consumer_quarter)


def _people_quarter_of(rule: Rule) -> Callable[..., None]:
    kind = consumer_kind(rule)
    return _compile(kind, live_one_quarter, rule, {"loss": beside(rule, scam_loss)})


def compile_trade(rule: Rule = sme_quarter) -> Callable[..., None]:
    """The compiled quarter of firms: called with the chunks and arrays of `trade_one_quarter`."""
    return _firms_quarter() if rule is sme_quarter else _firms_quarter_of(rule)


@functools.cache
def _firms_quarter() -> Callable[..., None]:
    return _firms_quarter_of(sme_quarter)


def _firms_quarter_of(rule: Rule) -> Callable[..., None]:
    helpers = {"size": beside(rule, sales_capability), "saved": beside(rule, cost_factor)}
    return _compile(sme_kind(rule), trade_one_quarter, rule, helpers)


def _compile(
    kind: Kind, loop: Callable[..., None], rule: Rule, helpers: dict[str, Callable[..., object]]
) -> Callable[..., None]:
    check_rule(rule, kind)
    for function in declared_by(rule).functions:
        check_counting(function, kind)
    return compile_loop(kind, loop, {"rule": rule} | helpers)


def compile_loop(
    kind: Kind, loop: Callable[..., None], functions: dict[str, Callable[..., object]]
) -> Callable[..., None]:
    """A loop over chunks: `run(first, last, ...)` calls `loop(chunk, ...)` from first to last.

    Arguments of the loop that `functions` names are the agents' own functions; `select` is the
    function that reads the parameters of a country, `see` the one that puts together what an agent
    sees, `possible` the one that holds a record against its bounds, and `count` the one that counts
    indicators of a person's own.
    """
    program = Program(kind)
    bind = {"select": "select_used", "see": "see_env", "possible": "possible_row"}
    bind |= {"has_own": "HAS_OWN", "count": "count_row"}
    bind |= {name: program.add(function) for name, function in functions.items()}
    loop_name = program.add(loop, bind)
    count_row = kind.counting("count_row", program.add)
    used = sorted(program.parameters) or [next(iter(parameter_table()))]
    code = loop.__code__
    arrays = ", ".join(n for n in code.co_varnames[1 : code.co_argcount] if n not in bind)
    fields = "\n".join(f"    {name}: float" for name in used)
    values = ", ".join(f"record.{name}" for name in used)
    seen = "\n".join(f"    {name}: float" for name in kind.seen)
    text = f"""
from typing import NamedTuple


class Used(NamedTuple):
{fields}


{CALLED_BY_COMPILED}
def select_used(parameters, country):
    record = parameters[country]
    return Used({values})


class Env(NamedTuple):
{seen}


{CALLED_BY_COMPILED}
{kind.seeing("see_env")}

{CALLED_BY_COMPILED}
{kind.within_bounds("possible_row")}

{program.text()}

HAS_OWN = {bool(kind.own_indicators)}


{CALLED_BY_COMPILED}
{count_row}

@njit(error_model='numpy', nogil=True)
def run(first, last, {arrays}):
    for chunk in range(first, last):
        {loop_name}(chunk, {arrays})
"""
    run: Callable[..., None] = compiled_module(text).run
    return run


@functools.cache
def compile_start() -> Callable[..., None]:
    """The compiled dealing of start stocks."""
    program = Program(consumer_kind())
    name = program.add(deal)
    arguments = ", ".join(deal.__code__.co_varnames[1 : deal.__code__.co_argcount])
    text = f"""{program.text()}

@njit(error_model='numpy', nogil=True)
def run(first, last, {arguments}):
    for chunk in range(first, last):
        {name}(chunk, {arguments})
"""
    run: Callable[..., None] = compiled_module(text).run
    return run


def use_threads(threads: int | None, agents: int) -> int:
    """The number of threads for so many agents; None means as many as pay, of those there are."""
    most = numba.config.NUMBA_NUM_THREADS
    if threads is None:
        available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else most
        threads = max(1, min(available, most, agents // AGENTS_PER_THREAD))
    if not 1 <= threads <= most:
        raise InputError(
            f"{threads} threads requested, {most} available",
            where="threads",
            allowed=f"1 to {most}",
        )
    return threads
