"""Every bad scenario is refused with exit status 2 and words that help."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import Scenario, load_scenario
from tests.unit.scenario.bad.case import TITLE, Bad, broadband
from tests.unit.scenario.bad.files import FILES
from tests.unit.scenario.bad.policy import POLICY
from tests.unit.scenario.bad.shape import SHAPE
from tests.unit.scenario.bad.values import VALUES

CASES = (*SHAPE, *VALUES, *POLICY, *FILES)
# words of pydantic and Python that must not reach a person
FOREIGN = re.compile(
    r"pydantic|validation error|Input should|type=|errors\.|Traceback|Extra inputs|_type\b|"
    r"<class|\bdict\b|\bstr\b|\bNone\b|valid string|tomllib"
)


def _write(folder: Path, bad: Bad) -> Path:
    for name, text in {**bad.others, "bad.toml": bad.text}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / "bad.toml"


@pytest.mark.parametrize("bad", CASES, ids=lambda bad: bad.name)
def test_refused_in_words(bad: Bad, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(_write(tmp_path, bad))
    message = str(caught.value)
    assert caught.value.exit_status == 2
    for words in bad.says:
        assert words in message, message
    assert ".toml" in message
    assert not FOREIGN.search(message.replace(str(tmp_path), "")), message


def test_no_case_is_listed_twice() -> None:
    assert len({bad.name for bad in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("basline", "did you mean 'baseline'?"),
        ("Baseline", "did you mean 'baseline'?"),
        ("nothing_like_it", "`mekong list scenarios` lists"),
        ("missing.toml", "there is no file 'missing.toml'"),
        ("some/where/both.toml", "did you mean 'both'?"),
        ("", "the name of the scenario is empty"),
        (".", "'.' is a folder"),
        ("a\0b", "there is no scenario"),
        ("x" * 5000, "there is no scenario"),
    ],
)
def test_a_name_that_leads_nowhere(given: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        load_scenario(given)
    assert says in str(caught.value)
    assert "baseline" in str(caught.value)


def test_a_folder_is_no_scenario(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder, not a scenario file"):
        load_scenario(tmp_path)


def test_something_else_is_no_scenario() -> None:
    with pytest.raises(InputError, match="a shipped name or the path of a file"):
        load_scenario(3)  # type: ignore[arg-type]


def test_all_problems_of_a_file_are_told_at_once_in_the_order_of_its_lines(tmp_path: Path) -> None:
    text = (
        'titel = "T"\n'
        + "[paths]\n"
        + 'covid = "never"\n'
        + "[parameters]\n"
        + "trust_level = 7\n"
        + broadband(places='countries = ["THB"]', level="level = -1", start='start = "soon"')
        + "[[levers.anti_scam_enforcement]]\n"
        + "level = 9\n"
    )
    with pytest.raises(InputError) as caught:
        load_scenario(_write(tmp_path, Bad("many", text, ())))
    message = str(caught.value)
    assert "cannot be used: 10 problems" in message
    lines = [int(number) for number in re.findall(r"bad\.toml, line (\d+)", message)]
    assert lines == [1, 3, 5, 7, 8, 9, 10, 10, 11]
    assert "10. " in message


def test_a_dictionary_is_refused_with_the_name_it_was_given() -> None:
    with pytest.raises(InputError) as caught:
        Scenario.from_dict({"title": "T", "paths": {"covid": "never"}}, name="slider")
    assert "where: slider, paths.covid" in str(caught.value)


@pytest.mark.parametrize("table", [[], "baseline", None, {1: 2}, {"title": "T", "paths": {2: 3}}])
def test_what_is_no_dictionary_of_keys_is_refused(table: object) -> None:
    with pytest.raises(InputError):
        Scenario.from_dict(table, name="mine")  # type: ignore[arg-type]


def test_title_alone_is_enough(tmp_path: Path) -> None:
    assert load_scenario(_write(tmp_path, Bad("short", TITLE, ()))).title == "T"
