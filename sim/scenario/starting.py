"""A file to start from: a shipped scenario with comments on what else can be written."""

from __future__ import annotations

from pathlib import Path

from sim.errors import InputError, OutputError, did_you_mean
from sim.parameters.channels import CHANNELS
from sim.policy.levers import LEVERS, Lever
from sim.resources import shipped
from sim.scenario.files import shipped_scenarios
from sim.scenario.names import scenario_name
from sim.scenario.paths import PATHS

_HEAD = """\
# A scenario of your own, begun as a copy of the shipped scenario '{name}'.
# Change it, then:  mekong validate {file}   and   mekong compare baseline {file}
# Lines that begin with # are comments.

"""

_TAIL = """
# ---- What else a scenario can say; take away the # to use it ----
# A lever written here replaces the same lever of the scenario named under `extends`.
"""

_HORIZON = """
# [horizon]
# end = "2030Q4"      # the last quarter of the run
"""

_PARAMETERS = """
# [parameters]        # `mekong list parameters` lists them with their ranges
# trust_recovery = 0.5
# THA.shopper_lapse = 0.05
"""

_LEVER = """
# [[levers.{name}]]
# {scope} = "all"   # or a list such as {some}
# level = {level}         # {range_text}
# start = "2026Q1"
# end = "2030Q4"      # left out: for good
# lag_years = {lag}     # from paying for it to its effect
# ramp_years = {ramp}    # time in which it is built up
"""


def copy_shipped(kind: str, name: str, dest: str | Path) -> Path:
    """Write a commented copy of the shipped `name` to `dest` and return where it is.

    `kind` is "scenario". `.toml` is added where `dest` has no ending. Raises InputError for an
    unknown kind or name or where `dest` is called like a shipped scenario, OutputError where `dest`
    exists already or cannot be written.
    """
    if kind != "scenario":
        raise InputError(f"there is nothing shipped of the kind '{kind}'", allowed="scenario")
    names = shipped_scenarios()
    if name not in names:
        todo = did_you_mean(name, names) or None
        raise InputError(
            f"there is no shipped scenario '{name}'", allowed=", ".join(names), todo=todo
        )
    path = Path(dest)
    path = path if path.suffix else path.with_name(path.name + ".toml")
    scenario_name(path.stem, str(path))
    if path.stem in names:
        raise InputError(
            f"'{path.stem}' is the name of a shipped scenario, which it would hide behind",
            todo="choose another name",
        )
    _write_new(path, _text(name, path.name))
    return path


def _text(name: str, file: str) -> str:
    body = shipped("scenarios", f"{name}.toml").read_text(encoding="utf-8")
    parts = {"[horizon]": _HORIZON, "[paths]": _path_lines(), "[parameters]": _PARAMETERS}
    parts["[channels]"] = _channel_lines()
    parts |= {f"[[levers.{lever.name}]]": _lever_lines(lever) for lever in LEVERS.values()}
    unused = [text for head, text in parts.items() if head not in body]
    return _HEAD.format(name=name, file=file) + body + _TAIL + "".join(unused)


def _path_lines() -> str:
    lines = ["", "# [paths]"]
    for path in PATHS.values():
        lines += [f"# {path.meaning}:"]
        lines += [f'#   "{choice}" = {meaning}' for choice, meaning in path.choices.items()]
        lines += [f'# {path.name} = "{path.default}"']
    return "\n".join(lines) + "\n"


def _channel_lines() -> str:
    lines = [
        "",
        "# [channels]          # all are on; false switches one off, in the baseline as well",
    ]
    for channel in CHANNELS.values():
        lines += [f"# {channel.meaning}", f"# {channel.name} = false"]
    return "\n".join(lines) + "\n"


def _lever_lines(lever: Lever) -> str:
    return _LEVER.format(
        name=lever.name,
        scope=lever.scope,
        some="[" + ", ".join(f'"{place}"' for place in lever.places[:2]) + "]",
        level=float(lever.neutral),
        range_text=lever.range_text,
        lag=float(lever.lag_years),
        ramp=float(lever.ramp_years),
    )


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except FileExistsError:
        raise OutputError(
            f"'{path}' exists already", todo="choose another name, or remove it first"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        raise OutputError(f"'{path}' cannot be written: {reason}") from None
