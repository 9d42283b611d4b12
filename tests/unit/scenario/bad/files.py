"""Files that are not readable as TOML text, and families (`extends`, `baseline`) gone wrong."""

from __future__ import annotations

from tests.unit.scenario.bad.case import TITLE, Bad, broadband

TEXTS = (
    Bad("not_toml", TITLE + "level 2.0\n", ("this is not TOML", "line 2", "level 2.0")),
    Bad("open_quote", 'title = "T\n', ("this is not TOML", "line 1")),
    Bad("json", '{"title": "T"}', ("this is not TOML", "key = value")),
    Bad("key_twice", TITLE + TITLE, ("this is not TOML", "line 2", "overwrite")),
    Bad("word_without_quotes", "title = Baseline\n", ("this is not TOML", "invalid value")),
    Bad("open_to_the_end", TITLE + "x = [1,\n", ("this is not TOML", "bad.toml")),
    Bad("latin_1", "# caf\xe9\n".encode("latin-1") + TITLE.encode(), ("not UTF-8", "line 1")),
    Bad("utf_16", TITLE.encode("utf-16"), ("UTF-16", "save it as UTF-8")),
    Bad("binary", bytes(range(256)), ("bad.toml",)),
    Bad("too_large", b"#" * 1_000_001, ("too large", "up to 1 MB")),
    Bad("brackets", "a = " + "[" * 20_000, ("nested too deeply",)),
)

FAMILIES = (
    Bad(
        "self_cycle",
        'extends = "bad.toml"\n' + TITLE,
        ("in a circle", "bad.toml -> ", "line 1, extends", "take `extends` out"),
    ),
    Bad(
        "cycle_of_two",
        'extends = "b.toml"\n' + TITLE,
        ("in a circle", "bad.toml -> ", "b.toml -> "),
        {"b.toml": 'extends = "bad.toml"\n' + TITLE},
    ),
    Bad(
        "cycle_of_three",
        'extends = "b.toml"\n' + TITLE,
        ("in a circle", "b.toml -> ", "c.toml -> "),
        {
            "b.toml": 'extends = "sub/c.toml"\n' + TITLE,
            "sub/c.toml": 'extends = "../bad.toml"\n' + TITLE,
        },
    ),
    Bad(
        "cycle_above",
        'extends = "b.toml"\n' + TITLE,
        ("in a circle", "b.toml -> "),
        {"b.toml": 'extends = "b.toml"\n' + TITLE},
    ),
    Bad(
        "parent_misspelt",
        'extends = "brodband"\n' + TITLE,
        ("there is no scenario 'brodband'", "line 1, extends", "did you mean 'broadband'?"),
    ),
    Bad(
        "parent_file_missing",
        'extends = "../baseline2.toml"\n' + TITLE,
        ("there is no file '../baseline2.toml'", "did you mean 'baseline'?"),
    ),
    Bad(
        "parent_without_ending",
        'extends = "parent"\n' + TITLE,
        ("did you mean the file 'parent.toml'?",),
        {"parent.toml": TITLE},
    ),
    Bad("parent_empty", 'extends = ""\n' + TITLE, ("extends", "such as baseline")),
    Bad("parent_folder", 'extends = "."\n' + TITLE, ("'.' is a folder",)),
    Bad("parent_number", "extends = 3\n" + TITLE, ("extends = 3 is a number", "in quotes")),
    Bad("parent_list", 'extends = ["baseline"]\n' + TITLE, ("is a list", "a shipped name or")),
    Bad(
        "parent_is_bad",
        'extends = "b.toml"\n' + TITLE,
        ("b.toml, line 4, levers.broadband_investment[0].level", "-3.0 is below"),
        {"b.toml": TITLE + broadband(level="level = -3")},
    ),
    Bad("baseline_unknown", TITLE + 'baseline = "basline"\n', ("line 2, baseline", "'baseline'?")),
    Bad("nul_in_a_path", TITLE + 'baseline = "a\\u0000b"\n', ("line 2, baseline",)),
    Bad(
        "horizon_shorter_than_parent",
        'extends = "both"\n' + TITLE + '[horizon]\nend = "2025Q4"\n',
        ("2 problems", "line 4, horizon.end", "broadband_investment starts in 2026Q1"),
    ),
)

FILES = (*TEXTS, *FAMILIES)
