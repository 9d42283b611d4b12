"""Rules that never run: both engines refuse the same ones, in the same words."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from numba import njit

from sim.agents.consumer import CONSUMER, CONSUMER_BOUNDS, consumer_quarter
from sim.agents.firm import MARKETS, SME, SME_BOUNDS
from sim.errors import InputError, MekongError
from sim.experiments.execution.options import RunOptions
from sim.experiments.own_rules.loading import check_rules, load_rules
from sim.experiments.own_rules.serialization import packed, unpacked
from sim.experiments.provenance.fingerprint import rules_hash
from sim.model.engine.compiled import consumer_kind
from sim.model.engine.compiler.intrinsics import by_market
from sim.model.engine.compiler.translator import Program
from sim.model.engine.field_bounds import ImpossibleValue
from sim.model.model import MekongModel
from tests.helpers.lively import lively_market
from tests.helpers.lively import one_quarter as one_quarter_of
from tests.reliability.bad_rules import (
    COMPLAINTS,
    CONSTRUCTS,
    FILES,
    FIRMS,
    GIVES_UP,
    IMPOSSIBLE,
    TOO_LARGE,
    BadRule,
)
from tests.reliability.bad_rules import (
    CONSUMER as PERSON,
)
from tests.reliability.bad_rules import (
    SME as FIRM,
)

SCALE = 1_000_000


def written(bad: BadRule, folder: Path) -> Path:
    """The file of a bad rule."""
    path = folder / "bad.py"
    path.write_bytes(bad.data)
    return path


def lacking(bad: BadRule, error: MekongError) -> list[str]:
    """Words that the message should have and has not."""
    message = str(error)
    assert "numba" not in message.lower() and "nopython" not in message and len(message) < 1000
    return [word for word in bad.words if word not in message]


def one_quarter(path: Path, engine: str) -> MekongError:
    """What a quarter under the rule of a file says."""
    rules = load_rules(path)
    with pytest.raises(MekongError) as told:
        MekongModel(scale=SCALE, engine=engine, rules=rules, market=False).step()
    return told.value


def test_every_number_that_an_agent_remembers_has_bounds() -> None:
    for record, bounds in ((CONSUMER, CONSUMER_BOUNDS), (SME, SME_BOUNDS)):
        assert list(bounds) == [n for n in record.names or () if record[n].kind == "f"]


def firms_say(path: Path, engine: str) -> MekongError:
    """What a quarter of a small market says under the rule of a file."""
    market = lively_market(rule=load_rules(path)["sme"], engine=engine)
    with pytest.raises(MekongError) as told:
        one_quarter_of(market, 0)
    return told.value


def compiled_too(bad: BadRule) -> bool:
    """Few are compiled, as that takes seconds: one of each function that counts or refuses."""
    return bad.name in {"infinite habit", "negative loss", "in a helper", "negative hazard"}


@pytest.mark.parametrize("bad", IMPOSSIBLE, ids=lambda bad: bad.name)
def test_impossible_values_of_people(bad: BadRule, tmp_path: Path) -> None:
    path = written(bad, tmp_path)
    engines = ["objects", *(["compiled"] if compiled_too(bad) else [])]
    for error in [one_quarter(path, engine) for engine in engines]:
        assert isinstance(error, ImpossibleValue) and not lacking(bad, error)
        assert f"--consumer {error.number} " in str(error)


@pytest.mark.parametrize("bad", FIRMS, ids=lambda bad: bad.name)
def test_impossible_values_of_firms(bad: BadRule, tmp_path: Path) -> None:
    error = firms_say(written(bad, tmp_path), "objects")
    assert isinstance(error, ImpossibleValue) and not lacking(bad, error)


def test_what_markets_pay_is_read_as_in_python_and_never_outside() -> None:
    row = np.arange(10.0, 10.0 + MARKETS)
    read = njit(lambda array, place: by_market(array)[place])
    for place in range(-MARKETS, MARKETS):
        assert read(row, place) == row[place]
    for place in (MARKETS, -MARKETS - 1, 10**11, -(10**11)):
        with pytest.raises(IndexError):
            read(row, place)


def test_nothing_is_written_outside_of_a_firm(tmp_path: Path) -> None:
    """In compiled code too, where it would be the next firm or the end of the program."""
    path = tmp_path / "outside.py"
    path.write_text(f"{FIRM}    k = 100000000 if firm.goods else 0\n    firm.sells_to[k] = 0\n")
    error = firms_say(path, "compiled")
    assert "ended with an error" in str(error) and "outside.py" in str(error)
    assert "index" in str(firms_say(path, "objects"))


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_in_compiled_code_is_lost_on_no_thread(threads: int, tmp_path: Path) -> None:
    """It would leave out the people of the country that come after."""
    people = int(MekongModel(scale=SCALE, market=False).people.places.size[-1])
    path = tmp_path / "last.py"
    path.write_text(
        f"{PERSON}    levels = (0.1, 0.2)\n    k = 0\n"
        f"    if env.country_size == {people} and env.number == 7:\n        k = 2\n"
        "    person.trust = levels[k]\n"
    )
    model = MekongModel(scale=SCALE, threads=threads, rules=load_rules(path), market=False)
    with pytest.raises(ImpossibleValue, match="ended with an error") as told:
        model.step()
    assert (told.value.country, told.value.number) == ("VNM", 7)
    assert "--country VNM --consumer 7 " in str(told.value)


def test_both_engines_say_the_same(tmp_path: Path) -> None:
    """One file for people and firms with a fault for each."""
    path = tmp_path / "both.py"
    people = next(bad for bad in IMPOSSIBLE if bad.name == "absurd spending")
    firms = next(bad for bad in FIRMS if bad.name == "sells without a shop")
    path.write_text(people.text + firms.text)
    for say in (one_quarter, firms_say):
        told = [say(path, engine) for engine in ("compiled", "objects")]
        assert str(told[0]) == str(told[1]) and isinstance(told[0], ImpossibleValue)


@pytest.mark.parametrize("bad", GIVES_UP, ids=lambda bad: bad.name)
def test_arithmetic_that_plain_python_refuses(bad: BadRule, tmp_path: Path) -> None:
    path = written(bad, tmp_path)
    engines = ["objects", *(["compiled"] if compiled_too(bad) else [])]
    for engine in engines:
        error = one_quarter(path, engine)
        assert isinstance(error, ImpossibleValue) and not lacking(bad, error)
        assert "person 0 of KHM" in str(error) and "bad.py" in str(error)
    with pytest.raises(InputError) as told:
        check_rules(RunOptions(engine="compiled", rules=load_rules(path)))
    assert not lacking(bad, told.value) and "line " in str(told.value)


@pytest.mark.parametrize("bad", TOO_LARGE, ids=lambda bad: bad.name)
def test_whole_numbers_that_compiled_code_cannot_hold(bad: BadRule, tmp_path: Path) -> None:
    error = one_quarter(written(bad, tmp_path), "compiled")
    assert isinstance(error, ImpossibleValue) and not lacking(bad, error)


@pytest.mark.parametrize("bad", CONSTRUCTS, ids=lambda bad: bad.name)
def test_what_cannot_be_compiled_is_refused_with_file_and_line(
    bad: BadRule, tmp_path: Path
) -> None:
    rule = load_rules(written(bad, tmp_path))["consumer"]
    with pytest.raises(InputError) as told:
        Program(consumer_kind()).add(rule)
    assert not lacking(bad, told.value) and "bad.py, line" in str(told.value)


@pytest.mark.parametrize(
    "body",
    [
        "if person.adult:\n    x = 0.1\nelse:\n    x = 0.2\nperson.trust = x",
        "for x in (0.1, 0.2):\n    y = x\nperson.trust = y",
        "for k in range(3):\n    y = 0.1 * k\nperson.trust = y",
        "while True:\n    y = 0.5\n    if y > 0.1:\n        break\nperson.trust = y",
        "while True:\n    if person.trust > 0.5:\n        return\n    person.trust = 0.6",
        "while True:\n    for k in range(3):\n        break\n    else:\n        break\n    break",
        "if not person.adult:\n    return\nx = 0.5\nperson.trust = x",
        "if person.adult:\n    x = 0.5\nelse:\n    return\nperson.trust = x",
        "if (x := person.trust) > 0.5:\n    person.trust = x",
        "x, y = 0.1, 0.2\nx += y\nperson.trust = x",
    ],
)
def test_names_that_always_have_a_value_are_let_through(body: str, tmp_path: Path) -> None:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    path = tmp_path / "good.py"
    path.write_text(f"def consumer_quarter(person, env, params, rng):\n{lines}")
    Program(consumer_kind()).add(load_rules(path)["consumer"])


@pytest.mark.parametrize("bad", COMPLAINTS, ids=lambda bad: bad.name)
def test_complaints_of_the_compiler_are_told_with_file_and_line(
    bad: BadRule, tmp_path: Path
) -> None:
    error = one_quarter(written(bad, tmp_path), "compiled")
    assert isinstance(error, InputError) and not lacking(bad, error), str(error)
    assert "bad.py, line" in str(error) and "float64" not in str(error)


@pytest.mark.parametrize("bad", FILES, ids=lambda bad: bad.name)
def test_files_that_hold_no_rule(bad: BadRule, tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        load_rules(written(bad, tmp_path))
    assert not lacking(bad, told.value) and "bad.py" in str(told.value)


def test_a_folder_is_no_rule(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        load_rules(tmp_path)


def test_what_a_rule_prints_is_not_among_the_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "loud rule.py"
    path.write_text(
        "print('read')\n\n\ndef consumer_quarter(person, env, params, rng):\n    print('acts')\n"
    )
    MekongModel(scale=SCALE, engine="objects", rules=load_rules(path), market=False).step()
    out, err = capsys.readouterr()
    assert out == "" and "read" in err and "acts" in err


def test_a_file_beside_the_rule_can_be_imported_but_hides_no_library(tmp_path: Path) -> None:
    (tmp_path / "helper_beside.py").write_text("def half(x):\n    return 0.5 * x\n")
    (tmp_path / "math.py").write_text("raise SystemExit\n")
    path = tmp_path / "mine.py"
    head = "import math\n\nfrom helper_beside import half\n\n\n"
    path.write_text(
        head
        + "def consumer_quarter(person, env, params, rng):\n"
        + "    person.trust = half(math.exp(-1.0))\n"
    )
    rules = load_rules(path)
    MekongModel(scale=SCALE, engine="objects", rules=rules, market=False).step()


@pytest.mark.parametrize(
    ("head", "use"),
    [
        ("import helper_of_mine", "helper_of_mine.half(0.5)"),
        ("import helper_of_mine as h", "h.half(0.5)"),
        ("import helper_of_mine", "helper_of_mine.LEVEL"),
        ("import helper_of_mine\n\n\ndef part(x):\n    return helper_of_mine.half(x)", "part(1.0)"),
    ],
)
def test_a_module_of_ones_own_is_refused_as_a_whole(head: str, use: str, tmp_path: Path) -> None:
    """In both engines: it would not be sent to workers, nor be part of what the study is."""
    (tmp_path / "helper_of_mine.py").write_text("LEVEL = 0.5\n\n\ndef half(x):\n    return x / 2\n")
    path = tmp_path / "mine.py"
    path.write_text(
        f"{head}\n\n\ndef consumer_quarter(person, env, params, rng):\n    person.trust = {use}\n"
    )
    with pytest.raises(InputError, match="from helper_of_mine import f"):
        load_rules(path)


def test_a_file_with_its_kind_beside_a_file_named_as_a_library(tmp_path: Path) -> None:
    for name in ("numpy", "numba", "sim", "random"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit\n")
    path = tmp_path / "mine.py"
    path.write_text(
        "import numpy\n\nfrom sim.units import logarithm\n\nKIND = 'consumer'\n\n\n"
        "def mine(person, env, params, rng):\n    person.trust = logarithm(1.5)\n"
    )
    rules = load_rules(path)
    MekongModel(scale=SCALE, engine="objects", rules=rules, market=False).step()
    Program(consumer_kind()).add(rules["consumer"])


def with_helper(folder: Path, level: float) -> Path:
    """A rule with a helper, in a folder of its own."""
    folder.mkdir(exist_ok=True)
    (folder / "helper.py").write_text(f"LEVEL = {level}\n\n\ndef value(x=LEVEL):\n    return x\n")
    path = folder / "rule.py"
    path.write_text(
        "from helper import value\n\n\n"
        "def consumer_quarter(person, env, params, rng):\n    person.trust = value()\n"
    )
    return path


def test_each_rule_has_its_own_helper_and_the_helper_is_part_of_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "helper.py").write_text("value = None\n")
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")
    loaded, hashes = [], set()
    for name, level in (("a", 0.3), ("b", 0.7), ("a", 0.5)):  # as long, in the same second
        loaded.append(load_rules(with_helper(tmp_path / name, level)))
        hashes.add(rules_hash(loaded[-1]))
    assert "helper" not in sys.modules
    assert len(hashes) == 3
    for rules, level in zip(loaded, (0.3, 0.7, 0.5), strict=True):
        model = MekongModel(scale=SCALE, engine="objects", rules=rules, market=False)
        model.step()
        assert set(model.people.rows["trust"].tolist()) <= {0.0, float(np.float32(level))}
        assert unpacked(packed(rules))["consumer"].__globals__["value"]() == level


def test_what_a_file_sets_while_it_is_read_is_put_back(tmp_path: Path) -> None:
    path = tmp_path / "sets.py"
    path.write_text(
        "import os\nimport sys\nimport numpy as np\n\nnp.seterr(all='raise')\n"
        "os.environ['MEKONG_CACHE'] = '/x'\nos.chdir('/')\nsys.path.insert(0, '/x')\n\n\n"
        "def consumer_quarter(person, env, params, rng):\n    person.trust = 0.5\n"
    )
    before = np.geterr(), dict(os.environ), os.getcwd(), list(sys.path)
    load_rules(path)
    assert (np.geterr(), dict(os.environ), os.getcwd(), list(sys.path)) == before


def test_a_rule_for_plain_python_alone_is_refused_before_any_run(tmp_path: Path) -> None:
    """Every run of a study has a market, which is solved in compiled code."""
    path = tmp_path / "plain.py"
    for body in (
        "try:\n        person.trust = 0.5\n    finally:\n        pass",
        "person.trust = {1: 0.5}[1]",
    ):
        path.write_text(f"def consumer_quarter(person, env, params, rng):\n    {body}\n")
        rules = load_rules(path)
        MekongModel(scale=SCALE, engine="objects", rules=rules, market=False).step()
        with pytest.raises(InputError, match=r"plain\.py, line 2"):
            check_rules(RunOptions(engine="objects", rules=rules))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise GeneratorExit", "GeneratorExit"),
        ("params.trust_recovery = 0.9", "can only be read"),
        ("env.covid = 0.9", "can only be read"),
    ],
)
def test_plain_python_refuses_it_too(body: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "plain.py"
    path.write_text(f"def consumer_quarter(person, env, params, rng):\n    {body}\n")
    with pytest.raises(MekongError, match=words) as told:
        MekongModel(scale=SCALE, engine="objects", rules=load_rules(path), market=False).step()
    assert "plain.py, line 2" in str(told.value)


def test_ctrl_c_in_a_rule_is_no_failed_rule(tmp_path: Path) -> None:
    path = tmp_path / "slow.py"
    path.write_text(
        "import signal\n\n\ndef consumer_quarter(person, env, params, rng):\n"
        "    signal.raise_signal(signal.SIGINT)\n"
    )
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # may have been ignored
    try:
        with pytest.raises(KeyboardInterrupt):
            MekongModel(scale=SCALE, engine="objects", rules=load_rules(path), market=False).step()
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("word", ["async def", "def"])
def test_a_rule_that_would_never_be_carried_out(word: str, tmp_path: Path) -> None:
    path = tmp_path / "waits.py"
    end = "" if word == "async def" else "    yield\n"
    path.write_text(
        f"{word} consumer_quarter(person, env, params, rng):\n    person.trust = 0.5\n{end}"
    )
    with pytest.raises(InputError, match="never be carried out"):
        MekongModel(scale=SCALE, engine="objects", rules=load_rules(path), market=False)


def test_a_rule_that_ends_the_program_is_a_failed_rule(tmp_path: Path) -> None:
    path = tmp_path / "ends.py"
    path.write_text(
        "import sys\n\n\ndef consumer_quarter(person, env, params, rng):\n    sys.exit(0)\n"
    )
    with pytest.raises(MekongError, match="ends the program") as told:
        MekongModel(scale=SCALE, engine="objects", rules=load_rules(path), market=False).step()
    assert "ends.py, line 5" in str(told.value)


def test_the_shipped_rule_passes_the_trial() -> None:
    check_rules(RunOptions(engine="objects", rules={"consumer": consumer_quarter}))
