"""Misspelt keys, wrong types, keys in the wrong place, missing keys."""

from __future__ import annotations

from tests.unit.scenario.bad.case import TITLE, Bad, broadband

BLOCK = "levers.broadband_investment[0]"
TOP = 'titel = "T"\n'

SHAPE = (
    Bad("top_key", TITLE + 'quesion = "Q"\n', ("line 2, quesion", "did you mean 'question'?")),
    Bad("title_misspelt", TOP, ("2 problems", "'title' is missing", "did you mean 'title'?")),
    Bad("empty_file", "", ("'title' is missing", "add title = ...", "bad.toml")),
    Bad("only_comments", "# nothing\n", ("'title' is missing",)),
    Bad("empty_title", 'title = " "\n', ("the title is empty", "line 1, title")),
    Bad("title_a_number", "title = 5\n", ("title = 5 is a number", "put it in quotes")),
    Bad("title_a_list", 'title = ["a"]\n', ('title = ["a"] is a list', "a short name in quotes")),
    Bad("reference_true", TITLE + "reference = true\n", ("reference = true is true or false",)),
    Bad("question_a_table", TITLE + "[question]\n", ("question =", "is a table", "in quotes")),
    Bad(
        "horizon_key",
        TITLE + '[horizon]\nstop = "2030Q4"\n',
        ("unknown key 'stop'", "line 3, horizon.stop", "start, end"),
    ),
    Bad(
        "horizon_near",
        TITLE + '[horizon]\nstrat = "2015Q1"\n',
        ("horizon.strat", "did you mean 'start'?"),
    ),
    Bad("horizon_text", TITLE + 'horizon = "2030Q4"\n', ("'horizon' is text", "written [horizon]")),
    Bad("paths_list", TITLE + "paths = [1]\n", ("'paths' is a list, not a table", "[paths]")),
    Bad("channels_text", TITLE + 'channels = "off"\n', ("'channels' is text", "[channels]")),
    Bad(
        "channel_unknown",
        TITLE + "[channels]\nvarety = false\n",
        ("channels.varety", "there is no channel 'varety'", "did you mean 'variety'?"),
    ),
    Bad(
        "channel_in_quotes",
        TITLE + '[channels]\nvariety = "false"\n',
        ('variety = "false" is text', "true (on) or false (off)", "take away the quotes"),
    ),
    Bad(
        "channel_a_number",
        TITLE + "[channels]\nvariety = 0\n",
        ("variety = 0 is a number", "true (on) or false (off)"),
    ),
    Bad("parameters_number", TITLE + "parameters = 3\n", ("'parameters' is a number",)),
    Bad(
        "lever_key",
        TITLE + broadband(more="lag_yeers = 1"),
        ("line 6", f"{BLOCK}.lag_yeers", "did you mean 'lag_years'?"),
    ),
    Bad(
        "lever_places_key",
        TITLE + broadband(places='countrys = "all"'),
        (f"{BLOCK}.countrys", "did you mean 'countries'?", "does not say where the lever is used"),
    ),
    Bad("top_table", TITLE + "[lever]\n", ("unknown key 'lever'", "did you mean 'levers'?")),
    Bad(
        "lever_at_the_top",
        TITLE + '[[broadband_investment]]\ncountries = "all"\n',
        ("begin a lever with [[levers.broadband_investment]]",),
    ),
    Bad(
        "level_at_the_top",
        TITLE + "level = 3\n",
        ("unknown key 'level'", "belongs under [[levers.NAME]]"),
    ),
    Bad(
        "title_in_a_block",
        broadband() + TITLE,
        ("'title' is missing", "belongs at the top of the file, above the first table"),
    ),
    Bad(
        "end_at_the_top",
        TITLE + 'end = "2030Q4"\n',
        ("unknown key 'end'", "belongs under [horizon]"),
    ),
    Bad(
        "one_bracket",
        TITLE + '[levers.broadband_investment]\ncountries = "all"\n',
        ("written as one table", "write [[levers.broadband_investment]]", "line 2"),
    ),
    Bad(
        "levers_list", TITLE + "[[levers]]\nlevel = 1\n", ("'levers' is a list", "[[levers.NAME]]")
    ),
    Bad("levers_text", TITLE + 'levers = "all"\n', ("'levers' is text", "[[levers.NAME]]")),
    Bad(
        "blocks_of_numbers",
        TITLE + "[levers]\nbroadband_investment = [2.0]\n",
        ("levers.broadband_investment[0]", "is a number", "line 3"),
    ),
    Bad(
        "level_text",
        TITLE + broadband(level='level = "2.0"'),
        (f"line 4, {BLOCK}.level", 'level = "2.0" is text', "take away the quotes"),
    ),
    Bad(
        "level_true",
        TITLE + broadband(level="level = true"),
        (f"{BLOCK}.level", "level = true is true or false", "a number in the unit"),
    ),
    Bad(
        "level_list",
        TITLE + broadband(level="level = [1, 2]"),
        ("level = [1, 2] is a list", "second [[levers. ...]] block"),
    ),
    Bad(
        "level_table",
        TITLE + broadband(level="level = {KHM = 1}"),
        (f"{BLOCK}.level", "is a table", "a number in the unit"),
    ),
    Bad("no_level", TITLE + broadband(level=""), (f"{BLOCK}.level", "'level' is missing")),
    Bad("no_start", TITLE + broadband(start=""), (f"{BLOCK}.start", "'start' is missing")),
    Bad(
        "lag_text",
        TITLE + broadband(more='lag_years = "1"'),
        (f"{BLOCK}.lag_years", 'lag_years = "1" is text', "take away the quotes"),
    ),
    Bad(
        "start_number",
        TITLE + broadband(start="start = 26"),
        (f"{BLOCK}.start", "start = 26 is a number", '"2026Q1"'),
    ),
    Bad(
        "start_date",
        TITLE + broadband(start="start = 2026-01-01"),
        (f"{BLOCK}.start", "is a date or time", "a quarter in quotes"),
    ),
    Bad(
        "countries_text",
        TITLE + broadband(places='countries = "KHM"'),
        (f"{BLOCK}.countries", '"KHM" is one piece of text', 'write ["KHM"]'),
    ),
    Bad(
        "countries_numbers",
        TITLE + broadband(places="countries = [1]"),
        (f"{BLOCK}.countries[0]", "1 is a number, not text", "codes in quotes"),
    ),
    Bad(
        "countries_true",
        TITLE + broadband(places="countries = true"),
        (f"{BLOCK}.countries", "countries = true is true or false", '"all" or a list'),
    ),
)
