"""Pictures and tables of any result: `plot` draws one, `save` writes all that belong to a folder.

A result says by `kind` what it is, by `tables` what its files hold and by `folder` where it is. The
pictures of each kind are chosen here, since figures know tables and nothing of results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from matplotlib.figure import Figure

from sim.analysis.comparison.result import Comparison
from sim.analysis.preview import Preview
from sim.analysis.shown import SavedTables
from sim.analysis.sweep import Sweep
from sim.analysis.tables import write_csv
from sim.errors import InputError, OutputError
from sim.experiments.storage.atomic_write import sweep_up, write_bytes, write_text
from sim.experiments.storage.local_path import output_folder
from sim.experiments.storage.lock import FolderLock
from sim.figures import global_sensitivity
from sim.figures.captions import place_name
from sim.figures.convergence import convergence
from sim.figures.frontier import front
from sim.figures.mix_captions import runs_words
from sim.figures.optimum import optimum as money_by_lever
from sim.figures.paper import WIDTH, check_width, for_paper
from sim.figures.robustness import robustness_bars
from sim.figures.rule_comparison import rule_comparison
from sim.figures.scenario_discovery import boxes
from sim.figures.sequence import sequence as calendar
from sim.figures.shapley import shapley_bars
from sim.figures.style import save as save_figure
from sim.figures.threshold import threshold
from sim.report.pictures import pictures
from sim.report.study_pictures import study_pictures

if TYPE_CHECKING:
    from sim.analysis.emulation.optimum import Optimum
    from sim.analysis.emulation.sequence import Sequencing
    from sim.analysis.policy_mixes.attribution import Attribution
    from sim.analysis.policy_mixes.frontier import Frontier
    from sim.analysis.policy_mixes.robustness import Robustness
    from sim.analysis.policy_mixes.single_levers import SingleLevers
    from sim.analysis.policy_mixes.swap import Swap
    from sim.analysis.rule_comparison import RuleComparison
    from sim.analysis.sensitivity.result import GlobalSensitivity
    from sim.analysis.thresholds.threshold import Threshold
    from sim.analysis.validation.convergence import Convergence

    Mixes: TypeAlias = (
        Attribution | Frontier | Optimum | Robustness | Sequencing | SingleLevers | Swap | Threshold
    )
    Result: TypeAlias = (
        Comparison | Sweep | Mixes | GlobalSensitivity | Convergence | RuleComparison | SavedTables
    )

Picture = Callable[[], Figure]
Pictures = Mapping[str, Picture | str]  # by the name of the file; or why this result has none
KEPT = (  # of a comparison
    *("digital_economy", "digital_economy_trajectory"),
    *("difference", "trajectory", "effects", "who_gains", "channels"),
)
_NO_BOX = "no box was found in this result"
_NO_INDICES = "draws from the posterior have no Sobol' indices: their inputs depend"


def plot(result: Result, which: str | None = None) -> Figure:
    """A picture of a result: its main one, or that of a name. Raises InputError for no such one."""
    found = _pictures(result)
    name = next(iter(found), "main") if which is None else which
    if name not in found:
        raise InputError(
            f"there is no figure '{name}' of this result",
            allowed=", ".join(found) or "none: it is a study of a design; see its tables",
        )
    draw = found[name]
    if isinstance(draw, str):
        raise InputError(draw)
    return draw()


def save(result: Result, folder: str | Path | None = None, figures: bool = True) -> Path:
    """Write the tables and pictures of a result, where its runs are or to `folder`.

    Returns the folder. Raises InputError where there is none, OutputError for trouble with it.
    """
    if isinstance(result, Preview):
        raise OutputError("a preview is not kept", todo="do the full run")
    where = result.folder if folder is None else output_folder(folder)
    if where is None:
        raise InputError("no folder was named", todo="name one: save(result, folder)")
    if isinstance(result, Comparison) and where.resolve() != result.folder.resolve():
        result.copy_runs(where)
    if isinstance(result, Sweep) and result.comparison is not None:
        save(result.comparison, where, figures)
    with FolderLock(where):
        for name, table in result.tables.items():
            write_csv(where / f"{name}.csv", table)
        if isinstance(result, Comparison):
            write_text(where / "conclusion.txt", f"{result}\n")
        _save_pictures(_kept(result) if figures else {}, where / "figures")
    if isinstance(result, Comparison):
        for part in result.inside.values():
            save(part, figures=False)
    return where


def save_figures(
    result: Result, folder: str | Path | None = None, *, paper: bool = False, width: float = WIDTH
) -> list[Path]:
    """Draw every figure that suits a result, into `figures` where its runs are or into `folder`.

    Each is a PNG and an SVG. For a `paper` each is a PDF and an SVG without title and caption,
    `width` millimetres wide, in a folder `paper`, and `captions.txt` has what was taken out and
    how small letters are. Returns the files. Raises InputError where nothing can be drawn or for a
    width, OutputError for trouble with the folder.
    """
    check_width(width)
    drawn = {name: draw for name, draw in _pictures(result).items() if not isinstance(draw, str)}
    if not drawn:
        raise InputError("this result has no figures", todo="see its tables")
    if folder is None and result.folder is None:
        raise InputError("no folder was named", todo="name one: save_figures(result, folder)")
    where = output_folder(folder) if folder is not None else Path(str(result.folder)) / "figures"
    where = where / "paper" if paper else where
    sweep_up(where)
    if not paper:
        return _save_pictures(drawn, where)
    files, told = [], []
    for name, draw in drawn.items():
        made = for_paper(draw(), width)
        for ending, data in made.files.items():
            files.append(where / f"{name}.{ending}")
            write_bytes(files[-1], data)
        smallest = f"Smallest letters at {width:g} mm: {made.smallest:.1f} points."
        told.append(f"{name}\n\n{made.title}. {made.caption}\n\n({smallest})\n")
    files.append(where / "captions.txt")
    write_text(files[-1], "\n".join(told))
    return files


def _save_pictures(found: Pictures, folder: Path) -> list[Path]:
    files: list[Path] = []
    for name, draw in found.items():
        if not isinstance(draw, str):
            files += save_figure(draw(), folder / name)
        else:  # that of an earlier question must not stay
            for ending in (".png", ".svg"):
                (folder / name).with_suffix(ending).unlink(missing_ok=True)
    return files


def _pictures(result: Result) -> Pictures:
    if isinstance(result, SavedTables):
        raise InputError(
            f"figures of this kind ('{result.kind}') are drawn by the command that makes the result"
        )
    return _BY_KIND[result.kind](result)


def _kept(result: Result) -> Pictures:
    """Those that are written with the tables; `mekong report --pictures` writes the others."""
    if isinstance(result, Sweep) and result.comparison is not None:
        return {}  # the comparison has them
    found = _pictures(result)
    if isinstance(result, Comparison):
        return {name: found[name] for name in KEPT if name in found}
    return found


def _sweep(result: Sweep) -> Pictures:
    if result.comparison is not None:
        return pictures(result.comparison)
    return study_pictures(result)


def _attribution(result: Attribution) -> Pictures:
    about = result.about_runs
    return {
        "attribution": lambda: shapley_bars(
            result.table,
            result.game.levers,
            band=result.band,
            permutations=result.permutations,
            runs=runs_words(about.seeds, about.draws, about.scale, result.pairs),
        )
    }


def _frontier(result: Frontier) -> Pictures:
    about = result.about_runs
    runs = runs_words(about.seeds, about.draws, about.scale, result.pairs)
    return {"frontier": lambda: front(result.table, runs=runs, baseline=result.baseline)}


def _optimum(result: Optimum) -> Pictures:
    from sim.analysis.emulation.purses import BEST, PURSES

    about = result.about_runs
    title = f"Best use of US$ {result.about['budget']:,.4g} million a year, 2026-2030"
    text = (
        f"Objective: {result.objective.words}. The mix that is best in expectation over the draws, "
        "found on an emulator of paired runs. Share of draws in whose best mix the lever is; what "
        "is lost where the best mix does without it and its money is spent again."
    )
    return {
        "optimum": lambda: money_by_lever(
            result.table[result.table["mix"] == BEST],
            purses=PURSES,
            title=title,
            unit=result.objective.unit,
            text=text,
            runs=runs_words(about.seeds, about.draws, about.scale, result.draws),
        )
    }


def _sequence(result: Sequencing) -> Pictures:
    from sim.analysis.emulation.timetables import FIRST, LAST, STRATEGIES

    about = result.about_runs
    text = (
        f"Objective: {result.objective.words}. Timetables that US$ {result.budget:,.4g} million a "
        "year can pay at expected costs, what is left being carried on; effects by an emulator of "
        f"paired runs, mean and {result.band}. Evidence settles everything, so its worth is an "
        "upper bound. Regret: shortfall from who knows everything today."
    )
    return {
        "sequence": lambda: calendar(
            result.table,
            result.strategies,
            years=range(FIRST, LAST + 1),
            words=STRATEGIES,
            title=f"When to start what: '{result.about['mix']}' under a yearly budget",
            text=text,
            runs=runs_words(about.seeds, about.draws, about.scale, result.draws),
            baseline=about.baseline,
        )
    }


def _robustness(result: Robustness) -> Pictures:
    from sim.analysis.policy_mixes.robustness import CRITERIA, REGRET_WORDS
    from sim.analysis.policy_mixes.states_of_the_world import OUTSIDE

    about = result.about_runs

    def bars() -> Figure:
        return robustness_bars(
            result.table,
            criteria=CRITERIA,
            outcomes=REGRET_WORDS,
            worlds=len(set(result.worlds)),
            seeds=about.seeds,
            scale=about.scale,
        )

    def first_box() -> Figure:
        runs = f"{len(result.futures)} futures of {about.seeds} seed"
        return boxes(
            result.boxes,
            result.points,
            result.fails,
            choices=OUTSIDE,
            criterion=CRITERIA[result.criterion],
            runs=f"{runs}; one agent represents {about.scale:,} people",
            baseline=result.baseline,
        )

    return {"robustness": bars, "boxes": first_box if result.found else _NO_BOX}


def _required(result: Threshold) -> Pictures:
    return {
        "required": lambda: threshold(
            result.row,
            result.points,
            text=" ".join(result.sentences),
            seeds=len(result.about["seeds"]),
            scale=result.about["scale"],
        )
    }


def _sensitivity(result: GlobalSensitivity) -> Pictures:
    names, sizes = result.manifest, result.manifest["identity"]
    asked = global_sensitivity.Asked(
        scenario=names["scenario"],
        baseline=names["baseline"],
        blocks=sizes["n"],
        draws=sizes["draws"],
        source=sizes["from"],
        worth=sizes["worth"],
    )
    return {
        "shapley": lambda: global_sensitivity.shapley(result.shapley, asked),
        "sobol": (lambda: global_sensitivity.sobol(result.sobol, asked))
        if len(result.sobol)
        else _NO_INDICES,
        "information": lambda: global_sensitivity.information(result.information, asked),
    }


def _convergence(result: Convergence) -> Pictures:
    return {"convergence": lambda: convergence(result.table)}


def _rule(result: RuleComparison) -> Pictures:
    from sim.analysis.rule_comparison import OWN, SHIPPED, name_in_words

    seeds = f"{result.seeds} seed{'s: means, and the least and the most' * (result.seeds > 1)}"
    prices = "" if result.market else "; online prices held constant"
    caption = (
        f"{place_name(result.country)}, scenario '{result.scenario}', {seeds}{prices}; one agent "
        f"represents {result.scale:,} people, central parameters. Grey: {SHIPPED}."
    )
    return {
        result.name: lambda: rule_comparison(
            result.table,
            {name: name_in_words(name) for name in result.shown},
            (SHIPPED, OWN),
            f"{result.title}. {result.finding}",
            caption,
        )
    }


_BY_KIND: dict[str, Callable[[Any], Pictures]] = {
    "attribution": _attribution,
    "comparison": pictures,
    "convergence": _convergence,
    "frontier": _frontier,
    "levers": lambda result: {},
    "optimum": _optimum,
    "required": _required,
    "robustness": _robustness,
    "rule": _rule,
    "sensitivity": _sensitivity,
    "sequence": _sequence,
    "swap": lambda result: {},
    "sweep": _sweep,
}
