"""What reaches the page from outside: links, uploaded files and texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlencode

import pytest
from streamlit.testing.v1 import AppTest

from sim.dashboard import previews
from sim.dashboard.controls import MOST_PARAMETERS, first_mixes
from sim.dashboard.links import (
    LONGEST,
    VERSION,
    digits,
    link_of,
    mix_from,
    mix_text,
    read_link,
    world_from,
    world_text,
)
from sim.dashboard.mixes import (
    Mix,
    SharedAssumptions,
    mix_of_file,
    scenario_of,
    shipped_mixes,
    uploaded,
    world_of,
)
from sim.dashboard.plaintext import plain, told
from sim.dashboard.previews import Previews
from sim.dashboard.server import PAGE
from sim.errors import InputError
from sim.parameters.table import parameter_table
from sim.scenario import Scenario

COARSE = 200_000
LEVER = (
    '[[levers.broadband_investment]]\ncountries = ["KHM", "LAO"]\nlevel = {}\nstart = "2026Q1"\n'
)


def many_parameters() -> str:
    """A valid table of more parameters than there are controls, with all their digits."""
    found, lines = 0, ["[parameters]"]
    for name, p in parameter_table().items():
        value = p.central * 1.0123456789012345
        if not p.minimum < value < p.maximum:
            continue
        try:
            Scenario.from_dict({"title": "x", "parameters": {name: value}}, name="x")
        except InputError:
            continue
        lines.append(f"{name} = {value!r}")
        found += 1
        if found == MOST_PARAMETERS + 4:
            return "\n".join(lines) + "\n"
    raise AssertionError("too few parameters")


# ---- links ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [0.1, 1 / 3, 12.3456789, 1e-7, 0.15000000000000002, 4.0, 199.99999999999997, 123456.7]
)
def test_numbers_of_a_link_are_exact(value: float) -> None:
    assert float(digits(value)) == value
    world = SharedAssumptions({"growth": "low"}, {"trust_recovery": 0.4 + value * 1e-9})
    assert world_from(world_text(world)) == world


@pytest.mark.parametrize("level", [3.1234567, 0.30000000000000004, 1e-7, 7.000001])
def test_a_link_leads_back_to_the_very_scenario(level: float) -> None:
    block = {
        "countries": ["KHM"],
        "level": level,
        "start": "2027Q1",
        "end": "2029Q3",
        "lag_years": 1 / 3,
        "ramp_years": 2 / 7,
    }
    mix = Mix("mine", {"broadband_investment": [block]}, {"title": "50:50; a+b, ü & 100 %"})
    paths = {"governments": "reactive", "row": "taxed"}
    world = SharedAssumptions(paths, {"THA.shopper_lapse": 0.05 + 1e-12}, ("variety",))
    link = link_of({"a": mix, "b": shipped_mixes()["payments"]}, world)
    shown = read_link(parse_qs(urlencode(link)), first_mixes())
    assert shown.faults == [] and shown.world == world and shown.mixes["a"] == mix
    again = scenario_of(shown.mixes["a"], shown.world)
    assert again.to_toml() == scenario_of(mix, world).to_toml()


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"v": ["1"]}, "another version"),
        ({"v": ["99"], "a": ["payments"]}, "another version"),
        ({"v": ["2", "2"]}, "another version"),
        ({"a": ["payments", "broadband"]}, "gives 'a' 2 times"),
        ({"w": ["growth:low", "growth:high"]}, "gives 'w' 2 times"),
        ({"w": ["growth:low,growth:high"]}, "gives 'growth' twice"),
        ({"w": ["trust_recovery:0.4,trust_recovery:0.5"]}, "gives 'trust_recovery' twice"),
        ({"w": ["off:variety,off:variety"]}, "gives 'variety' twice"),
        ({"w": ["off:vriety"]}, "cannot be read"),
        ({"a": ["name:x;name:y"]}, "name of a mix twice"),
        ({"c": ["payments"]}, "does not know: c"),
        ({"w": ["trust_recovery:nan"]}, "'nan' where a number belongs"),
        ({"w": ["trust_recovery:inf"]}, "'inf' where a number belongs"),
        ({"w": ["trust_recovery:1e999"]}, "where a number belongs"),
        ({"w": ["trust_recovery:1_0"]}, "where a number belongs"),
        ({"w": ["trust_recovery:٤"]}, "where a number belongs"),
        ({"w": ["trust_recovery:-1e300"]}, "trust_recovery"),
        ({"w": ["governments:anarchic"]}, "anarchic"),
        ({"w": ["x" * (LONGEST + 1)]}, "too long"),
        ({"a": ["broadband_investment:1e300:all:2026Q1::1:0"]}, "above the range"),
        ({"a": ["broadband_investment:4:all:9999Q9::1:0"]}, "9999Q9"),
        ({"a": ["broadband_investment:4:all:2026Q1::-1:0"]}, "negative"),
        ({"a": ["broadband_investment:4:all:2026Q1::1:1e6"]}, "longer than the model runs"),
        ({"a": [";".join(["broadband_investment:4:all:2026Q1::1:0"] * 2)]}, "one level at a time"),
        ({"a": ["name:__import__('os');x:1"]}, "cannot be read"),
        ({"a": ["name:x;illustrative:maybe"]}, "illustrative"),
        ({"a": ["name:x;title:" + "t" * 600]}, "600 characters"),
    ],
)
def test_links_that_cannot_be_followed_are_refused_in_words(
    parts: Mapping[str, Sequence[str]], says: str
) -> None:
    shown = read_link(parts, first_mixes())
    assert any(says in str(fault) for fault in shown.faults), [str(f) for f in shown.faults]
    assert shown.world == SharedAssumptions()  # nothing of a bad part is taken
    for side, name in first_mixes().items():
        if side != "a" or "payments" not in parts.get("a", []) or "v" in parts:
            assert shown.mixes[side] == shipped_mixes()[name]
    assert all(len(str(fault)) < 1500 for fault in shown.faults)


def test_links_of_the_first_form_are_still_read() -> None:
    shown = read_link({"a": ["coordinated"], "w": ["growth:low"]}, first_mixes())
    assert shown.faults == [] and shown.world == SharedAssumptions({"growth": "low"})
    assert VERSION in link_of(shown.mixes, shown.world).values()


def test_what_is_too_long_for_a_link_is_said_and_has_none() -> None:
    block = {"countries": "all", "level": 1.0, "start": "2026Q1", "lag_years": 0, "ramp_years": 0}
    mix = Mix("long", {"broadband_investment": [block] * 400})
    with pytest.raises(InputError, match="too long for a link"):
        link_of({"a": mix}, SharedAssumptions())


# ---- uploads ----------------------------------------------------------------------------------


def test_everything_in_a_file_is_in_the_scenario_that_is_run() -> None:
    text = (
        'title = "Half & half"\nquestion = "What if?"\nreference = "a paper"\nillustrative = true\n'
        'governments = "reactive"\n[paths]\ngrowth = "low"\nrow = "taxed"\n'
        + many_parameters()
        + LEVER.format(3.1234567891)
    )
    scenario = uploaded(text.encode(), "mine.toml")
    run = scenario_of(mix_of_file(scenario), world_of(scenario))
    assert run.fingerprint() == scenario.fingerprint() and run.illustrative
    for field in ("title", "question", "reference"):
        assert getattr(run, field) == getattr(scenario, field)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = " + "9" * 5000, "not TOML"),
        ('title = "x"\n[horizon]\nend = "2028Q4"\n', "2028Q4"),
        ('title = "x"\n[horizon]\nend = "2022Q4"\n', "2022Q4"),
        ('title = "' + "t" * 600 + '"\n', "600 characters"),
        ('title = "x"\n' + LEVER.format(1) * 201, "201 blocks"),
        ('title = "x"\n[parameters]\n' + "".join(f"p{i} = 1\n" for i in range(900)), "parameters"),
        ('title = "x"\n[parameters]\ntrust_recovery = nan\n', "trust_recovery"),
        ('title = "x"\n[parameters.THA]\n' + "".join(f"p{i} = 1\n" for i in range(3000)), "3,000"),
        ("x" + ".a" * 20_000 + " = 1\n", "nested too deeply"),
        ('title = "x"\n[x' + ".a" * 5000 + "]\n", "nested too deeply"),
        ('title = "x"\ny = [{a' + ".a" * 9000 + " = 1}]\n", "nested too deeply"),
        ("x = " + "[" * 20_000 + "]" * 20_000, "nested too deeply"),
        ('title = "x"\n' + "#" * 60_000, "too large"),
        ('extends = "../../etc/passwd"\ntitle = "x"\n', "not a shipped scenario"),
        ('baseline = "/etc/hostname"\ntitle = "x"\n', "not a shipped scenario"),
    ],
)  # fmt: skip
def test_uploads_that_cannot_be_used_are_refused(text: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        uploaded(text.encode(), "mine.toml")
    assert says in str(refused.value) and len(str(refused.value)) < 6000


# ---- texts ------------------------------------------------------------------------------------

EVIL = [
    "**bold**", "<script>alert(1)</script>", "[a](javascript:alert(1))", "![](http://evil/x.png)",
    "$x^2$", ":red[x]", "`code`", "# heading", "__x__", "www.evil.example", "http://evil.example",
    "1. one", "- item", "    code", "a@b.example", ":material/home:", ":smile:", "~~x~~", "a | b",
    "> quote", "&lt;b&gt;", "\\*x\\*", "->", "line\u2028# other", "\x1b[31mred", "\u202eevil",
]  # fmt: skip


@pytest.mark.parametrize("text", EVIL)
def test_text_is_never_markdown(text: str) -> None:
    shown = plain(text)
    bare = shown.replace("\u2060", "")
    for sign in "*_`$<>[]()!#|~:&@":
        assert shown.count(sign) == shown.count("\\" + sign), (sign, shown)
    assert "www." not in shown and "http:" not in shown and "\x1b" not in shown
    assert "\u202e" not in shown and not bare.startswith(("    ", "- ", "# ", "> "))


def test_words_survive_being_made_plain() -> None:
    assert plain("Mix A adds 12 % in 2030") == "Mix A adds 12 % in 2030"
    error = InputError("bad *x*", where="[a](b)", allowed="$1", todo="run `x`")
    assert told(error).split("\n\n")[0] == r"bad \*x\*"


# ---- the page ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small runs on the page."""
    monkeypatch.setattr(Previews.__init__, "__defaults__", (COARSE, 1))
    previews.shared.cache_clear()


def opened(**link: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=240)
    for name, text in link.items():
        page.query_params[name] = text
    return page.run()


def test_a_file_with_many_parameters_is_run_whole_and_its_link_leads_back() -> None:
    page = opened(a="baseline", b="baseline")
    text = 'title = "Mine"\n[paths]\nconflict = "worse"\n' + many_parameters() + LEVER.format(3.125)
    page.file_uploader(key="upload.a").set_value(("mine.toml", text.encode(), "a/b")).run()
    assert not page.exception and not page.error
    wanted = uploaded(text.encode(), "mine.toml")
    made = [key for key, _ in previews.shared()._runs]
    assert wanted.fingerprint() in made
    said = " ".join(info.value for info in page.info)
    assert "conflict" in said and f"{MOST_PARAMETERS + 4} parameters" in said
    listed = [one.value for one in page.dataframe if "parameter" in one.value.columns]
    assert len(listed[0]) == MOST_PARAMETERS + 4
    link = {name: page.query_params[name] for name in page.query_params}
    flat = {name: v if isinstance(v, str) else v[0] for name, v in link.items()}
    previews.shared.cache_clear()
    again = opened(**flat)
    assert not again.exception and not again.error
    assert wanted.fingerprint() in [key for key, _ in previews.shared()._runs]


@pytest.mark.parametrize("lag", ["12", "0.123456789", "15.5"])
def test_values_beyond_the_usual_are_kept_by_the_controls(lag: str) -> None:
    link = f"name:mine;broadband_investment:3.1234567:KHM:2026Q1::{lag}:0"
    page = opened(a=link, b="baseline")
    assert not page.exception and not page.error
    assert page.query_params["a"] in (link, [link])


@pytest.mark.parametrize("evil", ["**x**", "[a](javascript:alert(1))", "<script>", "$x$"])
def test_the_page_shows_bad_links_as_text(evil: str) -> None:
    page = opened(a=evil + ":", b=evil, w=evil)
    assert not page.exception and len(page.error) == 3
    assert all(plain(evil) in error.value for error in page.error)


def test_a_mix_is_read_from_its_text() -> None:
    for name, mix in shipped_mixes().items():
        assert mix_from(mix_text(mix), "other") == mix, name
