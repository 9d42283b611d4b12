"""`mekong run`: one scenario."""

from __future__ import annotations

from sim.cli.console.options import (
    COMPARISON_SCALE,
    ECOMMERCE,
    Account,
    Draws,
    Engine,
    Json,
    Out,
    Prior,
    Quiet,
    Rule,
    Scale,
    ScenarioName,
    Seeds,
    Threads,
    Workers,
)


def run(
    scenario: ScenarioName,
    seeds: Seeds = "1",
    draws: Draws = 0,
    prior: Prior = False,
    scale: Scale = COMPARISON_SCALE,
    engine: Engine = "compiled",
    threads: Threads = None,
    workers: Workers = None,
    rule: Rule = None,
    out: Out = None,
    account: Account = ECOMMERCE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run one scenario, once unless more seeds or draws are asked for."""
    from sim.cli.console.comparison import conduct

    conduct(
        "run",
        [scenario],
        seeds=seeds,
        draws=draws,
        prior=prior,
        scale=scale,
        engine=engine,
        threads=threads,
        workers=workers,
        rule=rule,
        out=out,
        account=account,
        json=json,
        quiet=quiet,
    )
