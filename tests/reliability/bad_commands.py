"""Command lines that must be refused: options, names, scenario files; studies stand beside."""

from __future__ import annotations

from tests.reliability.bad import TITLE, Bad
from tests.reliability.bad_studies import studies

BLOCK = '[[levers.broadband_investment]]\ncountries = "all"\nlevel = 1.0\nstart = "2026Q1"\n'
DIGITS = "9" * 5_000
HUGE = "1000000000"
LONG = "9" * 23


def _options() -> list[Bad]:
    """Absurd values of options of the commands that run something."""
    found = []
    run, compare = ("run", "baseline"), ("compare", "baseline", "both")
    for seeds, words in (
        ("0", "0 seeds cannot be taken"),
        ("", "are not seeds"),
        (",", "are not seeds"),
        ("1,1", "a seed is given twice"),
        ("1..1000000000", "are not seeds"),
        ("1-5", "are not seeds"),
        ("1.5", "are not seeds"),
        ("1e3", "are not seeds"),
        ("one", "are not seeds"),
        ("\u0661", "are not seeds"),
        ("99999999999", "1 to 100,000"),
        ("1000000000", "1 to 100,000"),
        ("2147483648,", "is not a seed"),
        ("99999999999999999999", "too many digits"),
        (DIGITS, "too many digits"),
        (f"1,{DIGITS}", "too many digits"),
        ("=1+1", "are not seeds"),
        ("\x1b[31m1", "\\x1b"),
    ):
        for command in (run, compare) if len(seeds) < 4 else (run,):
            found.append(
                Bad(f"{command[0]}_seeds_{seeds[:24]!a}", (*command, "--seeds", seeds), (words,))
            )
    for option, values in {
        "--scale": ("0", "-5", "1000000000000", "2000000", "1e6", "ten", "", "1.5", "nan", DIGITS),
        "--draws": ("-1", "1000000000", "100000", "1e3", "many", DIGITS),
        "--threads": ("0", "-1", "1000000000", "two", "1.5"),
        "--workers": ("0", "-1", "1000000000", "all", "0.5"),
        "--engine": ("", "Compiled", "fast"),
    }.items():
        for value in values:
            digits = len(value) > 100
            found.append(
                Bad(
                    f"run{option}_{value[:16]!a}",
                    (*run, f"{option}={value}"),
                    () if digits else (option.strip("-"),),
                )
            )
    found += [
        Bad("prior_draws_huge", (*run, "--prior", "--draws", "1000000000"), ("0 to 10,000",)),
        Bad(
            "compare_workers_0", (*compare, "--workers", "0"), ("0 workers cannot run", "--workers")
        ),
        Bad("compare_scale_0", (*compare, "--scale", "0"), ("scale 0 cannot be run",)),
        Bad("compare_baseline_unknown", (*compare, "--baseline", "basline"), ("'baseline'?",)),
        Bad("compare_nothing", ("compare",), ()),
        Bad(
            "compare_one_twice",
            ("compare", "baseline", "both", "both"),
            ("two scenarios are named",),
        ),
        Bad("no_such_command", ("compair",), ("did you mean `mekong compare`?",)),
        Bad("former_command", ("life", "baseline"), ("did you mean `mekong trace`?",)),
        Bad(
            "moved_command",
            ("levers",),
            ("did you mean `mekong list levers` or `mekong mix levers`?",),
        ),
        Bad(
            "command_of_another_group", ("mix", "verify"), ("did you mean `mekong study verify`?",)
        ),
        Bad("command_like_none", ("xyzzy",), ("`mekong --help` lists the commands",)),
        Bad("no_such_option", (*run, "--sedes", "1"), ()),
        Bad(
            "life_two",
            ("trace", "baseline", "--consumer", "1", "--sme", "1"),
            ("give one of the two",),
        ),
        Bad("life_country", ("trace", "baseline", "--country", "XXX"), ("XXX",)),
        Bad("life_scale_0", ("trace", "baseline", "--scale", "0"), ("scale 0",)),
        Bad("life_scale_huge", ("trace", "baseline", "--scale", "9999999999"), ("to 1,000,000",)),
        Bad("life_minus_one", ("trace", "baseline", "--scale", "100000", "--consumer=-1"), ()),
        Bad("life_seed_minus", ("trace", "baseline", "--scale", "100000", "--seed=-1"), ()),
        Bad("life_seed_huge", ("trace", "baseline", "--scale", "100000", "--seed=99999999999"), ()),
        Bad("scorecard_years", ("mix", "kpis", "baseline", "--years", "soon"), ("are not years",)),
        Bad(
            "scorecard_country",
            ("mix", "kpis", "baseline", "--country", "USA"),
            ("no place 'USA'", "GMS5"),
        ),
        Bad("scorecard_scale", ("mix", "kpis", "baseline", "--scale=-1"), ("scale -1",)),
        Bad("scorecard_threads", ("mix", "kpis", "baseline", "--threads=0"), ("0 threads",)),
        Bad(
            "scorecard_seeds", ("mix", "kpis", "baseline", "--seeds=1000000000"), ("1 to 100,000",)
        ),
        Bad(
            "attribute_country",
            ("mix", "attribute", "both", "--country", "thailand"),
            ("--country",),
        ),
        Bad("attribute_scale", ("mix", "attribute", "both", "--scale", "0"), ("scale 0",)),
        Bad("attribute_draws", ("mix", "attribute", "both", "--draws=-3"), ("-3 parameter draws",)),
        Bad(
            "attribute_levers", ("mix", "attribute", "both", "--levers", "nonsense"), ("nonsense",)
        ),
        Bad("attribute_workers", ("mix", "attribute", "both", "--workers=0"), ("0 workers",)),
        Bad("attribute_permutations", ("mix", "attribute", "everything", "--permutations=-4"), ()),
        Bad(
            "attribute_permutations_huge",
            ("mix", "attribute", "everything", "--permutations=1000000000"),
            (),
        ),
        Bad("frontier_budget_nan", ("mix", "frontier", "--budget", "nan"), ()),
        Bad("frontier_budget_minus", ("mix", "frontier", "--budget=-5"), ()),
        Bad("frontier_budget_inf", ("mix", "frontier", "--budget", "inf"), ()),
        Bad("frontier_steps_minus", ("mix", "frontier", "--steps=-1"), ()),
        Bad("frontier_steps_huge", ("mix", "frontier", "--steps=1000000000"), ()),
        Bad("frontier_levers", ("mix", "frontier", "--levers", "x"), ()),
        Bad("robustness_one", ("mix", "robustness", "both"), ()),
        Bad(
            "robustness_futures_0", ("mix", "robustness", "both", "coordinated", "--futures=0"), ()
        ),
        Bad(
            "robustness_futures_huge",
            ("mix", "robustness", "both", "coordinated", "--futures=1000000000"),
            (),
        ),
        Bad(
            "robustness_criterion",
            ("mix", "robustness", "both", "coordinated", "--criterion=x"),
            ("--criterion",),
        ),
        Bad("required_target_nan", ("mix", "threshold", "trust_recovery", "--target", "nan"), ()),
        Bad("required_target_minus", ("mix", "threshold", "trust_recovery", "--target=-1"), ()),
        Bad("required_what", ("mix", "threshold", "trust_recovry"), ("trust_recovery",)),
        Bad("required_measure", ("mix", "threshold", "trust_recovery", "--measure", "euro"), ()),
        Bad("required_scale", ("mix", "threshold", "trust_recovery", "--scale", "0"), ("scale 0",)),
        Bad(
            "parameters_name", ("list", "parameters", "--name", "trust"), ("there is no parameter",)
        ),
        Bad("levers_name", ("list", "levers", "--name", "broadband"), ()),
        Bad("export_nothing", ("study", "export", "nowhere"), ()),
        Bad("figures_nothing", ("study", "figures", "nowhere"), ("nowhere",)),
        Bad("figures_style", ("study", "figures", "nowhere", "--style", "poster"), ("paper",)),
        Bad("figures_width", ("study", "figures", "nowhere", "--width", "wide"), ("--width",)),
        Bad("figures_narrow", ("study", "figures", "nowhere", "--width", "50"), ("140 to 400",)),
        Bad("export_format", ("study", "export", "nowhere", "--to", "ods"), ()),
        Bad("data_add_nothing", ("data", "add", "nowhere.csv", "nowhere"), ("nowhere.csv",)),
        Bad("diff_nothing", ("diff", "nowhere", "nowhere"), ("nowhere",)),
        Bad("cite_nothing", ("cite", "nowhere"), ("nowhere",)),
        Bad("package_nothing", ("study", "package", "nowhere"), ("nowhere",)),
        Bad("verify_nothing", ("study", "verify", "nowhere"), ()),
        Bad("rerun_nothing", ("study", "rerun", "nowhere", "abc"), ()),
        Bad("new_kind", ("new", "scenaro", "x"), ()),
        Bad("new_from_no_rule", ("new", "rule", "x", "--from", "feer"), ("no rule 'feer'", "fear")),
        Bad("rule_none", ("rule",), ("no rule is given", "mekong list rules")),
        Bad("rule_unknown", ("rule", "feer"), ("no file 'feer'",)),
        Bad("community_scenario", ("community", "nonsense"), ("nonsense",)),
        Bad(
            "new_from_unknown",
            ("new", "scenario", "x", "--from", "nonsense"),
            ("no shipped scenario",),
        ),
        Bad("forecast_draws", ("evidence", "forecast", "--draws=-1"), ()),
        Bad("forecast_scale", ("evidence", "forecast", "--draws=1", "--scale=0"), ("scale 0",)),
        Bad("recovery_times", ("evidence", "self-test", "--times=0"), ()),
    ]
    return found


def _analyses() -> list[Bad]:
    """Absurd values of options of the commands that estimate, analyse and show."""
    sobol, games = ("evidence", "sensitivity", "--quiet"), ("mix", "coalitions", "agreement")
    refit, fit = (
        ("evidence", "hindcast", "--plan", "quick"),
        ("evidence", "calibrate", "--plan", "quick"),
    )
    ledger = ("evidence", "forecast", "--draws", "1", "--scale", "1000000")
    need, robust = (
        ("mix", "threshold", "trust_recovery"),
        ("mix", "robustness", "both", "coordinated"),
    )
    order = ("mix", "sequence", "coordinated")
    moved = ("mix", "swap", "broadband_investment", "anti_scam_enforcement")
    few, power, roots = "to 10,000", "a power of two", "0 to 2147483647"
    given: tuple[tuple[tuple[str, ...], str, tuple[str, ...], str], ...] = (
        (sobol, "n", ("0", "-1", "3"), power),
        (sobol, "n", ("1000000000000", "1073741824", "32768"), "up to 16,384"),
        (sobol, "draws", ("0", "-1", "199", "10001", HUGE, LONG), few),
        (sobol, "draws", ("nan", "inf", "1e3", ""), "--draws"),
        (sobol, "seed", ("-1", "2147483648", LONG), roots),
        (sobol, "from", ("", "data"), "--from"),
        (sobol, "outcomes", ("", ",", " , ,"), "no names are given"),
        (sobol, "outcomes", ("happiness",), "there is no outcome"),
        (sobol, "worth", ("nan", "inf", "-inf", "1e400", "-1", "1.01"), "0 to 1"),
        (sobol, "agents", ("-1", "9", "10001", HUGE), few),
        (sobol, "scale", ("0", "-1", "1000001", LONG), "to 1,000,000"),
        (sobol, "years", ("1999", "2031", "2023,2031"), "2015 to 2030"),
        (
            sobol,
            "years",
            ("", ",", "soon", "-2030", "2030.5", "\u0662\u0660\u0663\u0660"),
            "not years",
        ),
        (sobol, "workers", ("0", "-1"), "1 or more"),
        (sobol, "threads", ("0", "-1"), "1 or more"),
        (sobol, "baseline", ("coordinated",), "with itself"),
        (("study", "convergence"), "scales", ("0", "5000", "5000,5000"), "two or more"),
        (
            ("study", "convergence"),
            "scales",
            ("0,5000", "5000,9999999999", f"1,{LONG}"),
            "to 1,000,000",
        ),
        (
            ("study", "convergence"),
            "scales",
            ("", ",", "nan,5000", "-5,10", "1e3,10"),
            "are not scales",
        ),
        (("study", "convergence"), "seeds", ("0", HUGE), "1 to 100,000"),
        (("study", "convergence"), "workers", ("0", "-3"), "1 or more"),
        (games, "among", ("KHM", "KHM,KHM"), "two members"),
        (games, "among", ("XXX", "khm,tha", "KHM,GMS5"), "not a country"),
        (games, "among", ("", ","), "no names are given"),
        (games, "scale", ("0", "-1", LONG), "to 1,000,000"),
        (games, "seeds", ("0", HUGE), "1 to 100,000"),
        (games, "seeds", ("1,1",), "twice"),
        (games, "threads", ("0", HUGE), "threads"),
        (("evidence", "commissions"), "scale", ("0", LONG), "to 1,000,000"),
        (("evidence", "commissions"), "seeds", ("0", HUGE), "1 to 100,000"),
        (("evidence", "commissions"), "threads", ("0", "-1"), "1 or more"),
        (("evidence", "replication"), "scale", ("0", LONG), "to 1,000,000"),
        (("evidence", "replication"), "seeds", ("0", HUGE), "1 to 100,000"),
        (("evidence", "replication"), "threads", ("0", "-1"), "1 or more"),
        (("evidence", "prior-share"), "draws", ("0", "1", "-1"), "2 or more"),
        (("evidence", "prior-share"), "draws", ("10001", HUGE), few),
        (("evidence", "prior-share"), "scale", ("0", LONG), "to 1,000,000"),
        (("evidence", "prior-share"), "workers", ("0",), "1 or more"),
        (refit, "seed", ("-1", "2147483648", LONG), roots),
        (fit, "seed", ("-1", "2147483648", LONG), roots),
        (fit, "figures", ("gone.csv", ".", "s3://bucket/new.csv"), "a CSV file"),
        (fit, "figures", ("",), "path is empty"),
        (fit, "workers", ("0", "-1"), "1 or more"),
        (fit, "workers", ("1000000",), "cores here"),
        (("evidence", "self-test", "--times", "1"), "seed", ("-1", "4294967296"), roots),
        (("evidence", "self-test"), "times", ("-1", "10001", LONG), few),
        (ledger, "workers", ("0", "-1"), "1 or more"),
        (ledger, "workers", ("1000000",), "cores here"),
        (("evidence", "forecast"), "draws", ("0", HUGE), few),
        (("evidence", "forecast"), "draws", ("9999",), "the posterior has no draw"),
        (("dashboard",), "port", ("0", "-1", "65536", "nan", "1e3", "", LONG), "--port"),
        (("dashboard",), "address", ("", "a b", "http://x"), "--address"),
        (("dashboard",), "host", ("", "x/y", "a@b"), "--host"),
        (need, "target", ("0", "-inf", "inf", "1e400", "1e308", "1001"), "up to 1,000"),
        (need, "seeds", ("0", HUGE), "1 to 100,000"),
        (need, "threads", ("0",), "1 or more"),
        (need, "country", ("", "thailand", "ROW"), "--country"),
        (need, "scenario", ("nowhere", "."), "scenario"),
        (("mix", "frontier"), "budget", ("0", "1e-9", "1e300", "1e400"), "--budget"),
        (("mix", "frontier"), "seeds", ("0", HUGE), "1 to 100,000"),
        (("mix", "frontier"), "scale", ("0", "-1", LONG), "to 1,000,000"),
        (("mix", "frontier"), "workers", ("0", "1000000"), "workers"),
        (("mix", "frontier"), "threads", ("0", "-1"), "1 or more"),
        (("mix", "frontier"), "baseline", ("nowhere",), "there is no scenario"),
        (("mix", "frontier"), "levers", ("", ","), "no names are given"),
        (("mix", "attribute", "both"), "levers", ("", ","), "no names are given"),
        (("mix", "attribute", "both"), "permutations", ("nan", "1e2"), "--permutations"),
        (robust, "futures", ("-1", "nan"), "futures"),
        (order, "budget", ("nan", "inf", "0", "-1", "1e300", "1e-300"), "1,000,000 (million"),
        (order, "new", ("0", "8"), "1 to 7"),
        (order, "objective", ("value=1e-320", "value=\u0661", "losses=1_0"), "no weight of"),
        (order, "objective", ("value=0", "losses=0,value=0"), "all weights are zero"),
        (order, "points", ("9", HUGE), "10 to 1,000"),
        (moved, "amount", ("nan", "inf", "0", "-3", "1e9"), "0.001 to 100,000"),
        (moved, "seeds", ("0", "1,1", HUGE), "seed"),
        (moved, "workers", ("0", "-1"), "1 or more"),
        (moved, "scenario", ("baseline", "harmonization"), "does not use"),
        (("mix", "optimum"), "budget", ("nan", "inf", "0", "1e7"), "0.001 to 1,000,000"),
        (robust, "mix", ("nowhere",), "--mix"),
        (robust, "workers", ("0",), "1 or more"),
        (("mix", "kpis", "baseline"), "years", ("1999", "2031", "99999999"), "2015 to 2030"),
        (("mix", "kpis", "baseline"), "years", ("", "2030.0", "-1"), "are not years"),
    )
    return [
        Bad(
            f"{_name(command)}--{option}_{value[:18]!a}",
            (*command, f"--{option}={value}"),
            (words,),
        )
        for command, option, values, words in given
        for value in values
    ]


def _name(command: tuple[str, ...]) -> str:
    return command[1] if command[0] in ("study", "mix", "evidence") else command[0]


def _names() -> list[Bad]:
    """Names that a scenario may not have."""
    found = []
    for stem, words in {
        "_under": "begins with '_'",
        ".hidden": "begins with '.'",
        "-1": "begins with '-'",
        "007": "begins with '0'",
        "1e5": "begins with '1'",
        "2026-01-01": "begins with '2'",
        "=1+1": "holds '='",
        "@sum": "holds '@'",
        "+plus": "begins with '+'",
        " space": "begins with a space",
        "end ": "ends with a space",
        "dot.": "ends with '.'",
        "NA": "missing value",
        "nan": "missing value",
        "NaN": "missing value",
        "null": "missing value",
        "None": "missing value",
        "inf": "missing value",
        "true": "truth value",
        "on": "truth value",
        "yes": "truth value",
        "CON": "a device",
        "aux": "a device",
        "com1.x": "a device",
        "NaT": "missing value",
        "T": "truth value",
        "F": "truth value",
        "MAR1": "for a date",
        "Mar-3-2026": "for a date",
        "sept-2": "for a date",
        "a" * 121: "has 121 characters",
        "a" * 245: "has 245 characters",
        "\u1780" * 70: "200 bytes",
        "a\x1b[31m": "U+001B",
        "a\x07": "U+0007",
        "a\nb": "a line break",
        "a\tb": "a tab",
        "a,b": "holds ','",
        'a"b': "holds '\"'",
        "a'b": "holds '''",
        "a;b": "holds ';'",
        "a$b$": "holds '$'",
        "a<b>": "holds '<'",
        "[bold]": "holds '['",
        "a\\b": "holds '\\'",
        "a\u202eb": "U+202E",
        "a\u200bb": "U+200B",
        "a\u3164": "U+3164",
        "\u0301a": "begins with",
        "a%b": "holds '%'",
        "a\U0001f600": "holds",
        "a\x85b": "U+0085",
    }.items():
        file = f"./{stem}.toml"
        found.append(
            Bad(
                f"name_{stem[:20]!a}_{len(stem)}",
                ("validate", file),
                ("cannot be the name of a scenario", words),
                {file: TITLE},
            )
        )
    for stem in ("_mine", "NA", "1e5", "con", "x" * 130):
        found.append(Bad(f"new_{stem[:12]!a}", ("new", "scenario", stem), ("cannot be the name",)))
    found.append(Bad("new_escape", ("new", "scenario", "a\x1bb"), ("has a control character",)))
    found.append(
        Bad(
            "alike",
            ("compare", "one.toml", "sub/ONE.toml"),
            ("differ only in capital letters",),
            {"one.toml": TITLE, "sub/ONE.toml": TITLE},
        )
    )
    return found


def _scenarios() -> list[Bad]:
    """Scenario files that are too large, too deep, or not text."""
    files: dict[str, tuple[str | bytes, str]] = {
        "deep_list": (TITLE + "a = " + "[" * 300_000, "nested too deeply"),
        "deep_table": (TITLE + "a = " + "{a=" * 200_000, "nested too deeply"),
        "deep_dots": (TITLE + "a" + ".a" * 400_000 + " = 1", "nested too deeply"),
        "deep_head": (TITLE + "[" + "a." * 400_000 + "a]", "nested too deeply"),
        "nine_deep": (TITLE + "a = " + "[" * 9 + "]" * 9, "nested too deeply"),
        "many_blocks": (TITLE + BLOCK * 1_500, "1,500 blocks"),
        "blocks_that_overlap": (TITLE + BLOCK * 320, "319 problems"),
        "many_keys": (TITLE + "".join(f"k{i} = 1\n" for i in range(60_000)), "60,001 keys"),
        "many_parameters": (
            TITLE
            + "".join(
                f"[parameters.A{k}]\n" + "".join(f"x{i} = 1\n" for i in range(200))
                for k in range(200)
            ),
            "40,000 parameters",
        ),
        "long_title": (f'title = "{"x" * 900_000}"', "900,000 characters"),
        "title_201": (f'title = "{"x" * 201}"', "201 characters"),
        "question_2001": (TITLE + f'question = "{"x" * 2_001}"', "2,001 characters"),
        "long_key": (TITLE + "k" * 50_000 + " = 1", "a key has 50,000 characters"),
        "digits": (TITLE + "x = 1" + "0" * 5_000, "thousands of digits"),
        "hexadecimal": (TITLE + "x = 0x" + "f" * 900_000, "more than 18 digits"),
        "quotes": (TITLE + 'x = "' + '\\"' * 400_000, "this is not TOML"),
        "fences": (TITLE + 'x = """' + '\\"""' * 200_000, "this is not TOML"),
        "places": (TITLE + BLOCK.replace('"all"', "[" + '"KHX",' * 90_000 + "]"), "90,000 entries"),
        "large": (b"#" * 2_000_000, "too large"),
        "title_escape": ('title = "a\\u001b[31m"', "cannot be shown"),
        "title_blank": ('title = "\\u200b\\u3164 "', "the title is empty"),
        "title_tags": ('title = "a\\U000E0041"', "cannot be shown"),
        "title_bidi": ('title = "a\\u202eb"', "cannot be shown"),
        "title_lines": ('title = "a\\nb"', "more than one line"),
        "question_bell": (TITLE + 'question = "a\\u0007"', "cannot be shown"),
        "reference_c1": (TITLE + 'reference = "a\\u0085"', "cannot be shown"),
        "key_escape": (TITLE + '"a\\u001b[31m" = 1', "\\x1b"),
        "utf_16": (TITLE.encode("utf-16"), "UTF-16"),
        "utf_16_bare": (TITLE.encode("utf-16-le"), "UTF-16"),
        "utf_32": (TITLE.encode("utf-32"), "UTF-16"),
        "latin_1": ('title = "caf\xe9"'.encode("latin-1"), "not UTF-8"),
        "nul": (TITLE.encode() + b"a = \x00", "this is not TOML"),
        "zip": (b"PK\x03\x04\xff\xfe", "not UTF-8"),
        "twice": (TITLE + TITLE, "overwrite"),
        "cr_only": (b'title = "T"\rquestion = "Q"\r', "this is not TOML"),
        "empty": (b"", "'title' is missing"),
        "level_true": (TITLE + BLOCK.replace("1.0", "true"), "true or false"),
        "level_text": (TITLE + BLOCK.replace("1.0", '"1.0"'), "take away the quotes"),
        "level_nan": (TITLE + BLOCK.replace("1.0", "nan"), "nan"),
        "level_date": (TITLE + BLOCK.replace("1.0", "2026-01-01"), "a date"),
        "start_five": (TITLE + BLOCK.replace("2026Q1", "2026Q5"), "2026Q5"),
        "start_other_digits": (
            TITLE + BLOCK.replace("2026Q1", "\u0662\u0660\u0662\u0666Q1"),
            "is not a quarter",
        ),
        "start_before": (TITLE + BLOCK.replace("2026Q1", "2014Q4"), "outside the time"),
    }
    return [
        Bad(f"file_{name}", ("validate", "bad.toml"), (words,), {"bad.toml": text})
        for name, (text, words) in files.items()
    ] + [
        Bad("folder", ("validate", "."), ("is a folder",)),
        Bad("device_zero", ("validate", "/dev/zero"), ("a device or a pipe",)),
        Bad("device_random", ("validate", "/dev/urandom"), ("a device or a pipe",)),
        Bad("device_null", ("validate", "/dev/null"), ("a device or a pipe",)),
        Bad("missing_file", ("validate", "mine.toml"), ("there is no file 'mine.toml'",)),
        Bad("long_path", ("validate", "x" * 5_000), ("there is no scenario",)),
        Bad("escape_in_path", ("validate", "a\x1b[31m.toml"), ("\\x1b",)),
        Bad("study_is_folder", ("sweep", "."), ("not a study file",)),
        Bad("study_is_device", ("sweep", "/dev/zero"), ("not a study file",)),
        Bad("study_misspelt", ("sweep", "first_swep"), ("did you mean 'first_sweep'",)),
    ]


BAD_COMMANDS: tuple[Bad, ...] = (
    *_options(),
    *_analyses(),
    *_names(),
    *_scenarios(),
    *studies(),
)
