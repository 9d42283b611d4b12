"""Study files and designs that must be refused, looked at with --dry-run."""

from __future__ import annotations

from tests.reliability.bad import HEAD, STUDY, Bad

GRID = STUDY + '[design]\nkind = "grid"\n[inputs]\n'
CSV = STUDY + '[design]\nkind = "csv"\nfile = "points.csv"\n'
PRIOR = '[inputs]\n"parameters.trust_recovery" = "prior"'


def studies() -> list[Bad]:
    """Study files and designs, looked at with --dry-run."""
    ask = ("sweep", "bad.toml", "--dry-run")
    study: dict[str, tuple[str, str]] = {
        "seeds_billion": (STUDY + "seeds = 1000000000", "1 to 100,000"),
        "seeds_minus": (STUDY + "seeds = -1", "1 to 100,000"),
        "seeds_list_twice": (STUDY + "seeds = [1, 1]", "given twice"),
        "seeds_list_large": (STUDY + "seeds = [2147483648]", "is not a seed"),
        "seeds_list_long": (STUDY + "seeds = [" + "1," * 100_001 + "]", "100,001 entries"),
        "seeds_true": (STUDY + "seeds = true", "true or false"),
        "seeds_empty": (STUDY + "seeds = []", "no seeds"),
        "seeds_half": (STUDY + "seeds = 1.5", "a number n"),
        "runs": (
            STUDY + 'seeds = 100000\ndraws = 10000\ndraws_from = "prior"',
            "1,000,000,000 runs",
        ),
        "draws_huge": (STUDY + "draws = 1000000000", "0 to 10,000"),
        "scale_huge": (STUDY + "scale = 1000000000000", "up to 1,000,000"),
        "scale_0": (STUDY + "scale = 0", "scale = 0"),
        "scale_text": (STUDY + 'scale = "5000"', "is text"),
        "scenarios_many": (
            'title = "T"\nscenarios = [' + '"baseline",' * 50_000 + "]",
            "scenarios",
        ),
        "scenarios_none": ('title = "T"\nscenarios = []', "scenarios"),
        "scenarios_twice": ('title = "T"\nscenarios = ["both", "both"]', "two scenarios are named"),
        "sobol_huge": (
            STUDY + '[design]\nkind = "sobol"\nn = 1099511627776\n' + PRIOR,
            "points",
        ),
        "sobol_odd": (
            STUDY + '[design]\nkind = "sobol"\nn = 100\n' + PRIOR,
            "a power of two",
        ),
        "cube_minus": (
            STUDY + '[design]\nkind = "latin_hypercube"\nn = -1\n' + PRIOR,
            "too few",
        ),
        "cube_huge": (
            STUDY + '[design]\nkind = "latin_hypercube"\nn = 999999999999\n' + PRIOR,
            "points",
        ),
        "design_seed": (
            STUDY + '[design]\nkind = "latin_hypercube"\nn = 4\nseed = 99999999999\n' + PRIOR,
            "0 to 2147483647",
        ),
        "grid_huge": (
            GRID
            + '"parameters.trust_recovery" = ['
            + ",".join(str(i / 1e6) for i in range(90_000))
            + ']\n"parameters.imitation" = [0.1, 0.2]',
            "180000 points",
        ),
        "grid_nan": (GRID + '"parameters.trust_recovery" = [nan]', "does not say how to vary"),
        "grid_inf": (GRID + '"parameters.trust_recovery" = [inf]', "does not say how to vary"),
        "grid_true": (GRID + '"parameters.trust_recovery" = [true]', "does not say how to vary"),
        "grid_twice": (GRID + '"parameters.trust_recovery" = [0.1, 0.1]', "different values"),
        "input_unknown": (GRID + '"parameters.trust_recovry" = [0.1]', "trust_recovery"),
        "input_dots": (GRID + '"parameters....." = [0.1]', "there is no parameter"),
        "title_escape": ('title = "a\\u001b[2J"\nscenarios = ["baseline"]', "cannot be shown"),
        "title_none": ('scenarios = ["baseline"]', "'title' is missing"),
        "deep": (STUDY + "a = " + "[" * 100_000, "nested too deeply"),
    }
    found = [
        Bad(f"study_{name}", ask, (words,), {"bad.toml": text})
        for name, (text, words) in study.items()
    ]
    design: dict[str, tuple[str | bytes, str]] = {
        "semicolons": (HEAD.replace(",", ";") + "0,1;0,2\n", "not separated by commas"),
        "tabs": (HEAD.replace(",", "\t") + "0.1\t0.2\n", "not separated by commas"),
        "semicolon_in_a_row": (HEAD + "0.1;0.2\n", "line 2"),
        "short_row": (HEAD + "0.1,0.2\n0.1\n", "line 3"),
        "long_row": (HEAD + "0.1,0.2,0.3\n", "3 cells"),
        "blank_lines_count": (HEAD + "\n\n0.1,x\n", "line 4"),
        "words": (HEAD + "0.1,a fifth\n", "is not a number"),
        "decimal_comma_in_quotes": (HEAD + '"0,1","0,2"\n', "is not a number"),
        "underscore_number": (HEAD + "0.1,1_0\n", "is not a number"),
        "nan": (HEAD + "0.1,nan\n", "is not a number"),
        "inf": (HEAD + "0.1,inf\n", "is not a number"),
        "huge": (HEAD + "0.1,1e999\n", "is not a number"),
        "formula": (HEAD + "0.1,=1+1\n", "is not a number"),
        "nul": ((HEAD + "0.1,\x000.2\n").encode(), "points.csv, line 2"),
        "open_quote": (HEAD + '"0.1,0.2\n', "this is not a table in CSV"),
        "two_columns_alike": (
            "parameters.imitation,parameters.imitation\n0.1,0.2\n",
            "two columns",
        ),
        "column_without_name": ("parameters.imitation,\n0.1,0.2\n", "column 2 has no name"),
        "unknown_column": ("parameters.imitatio\n0.1\n", "there is no parameter"),
        "head_only": (HEAD, "holds no points"),
        "empty": ("", "holds no points"),
        "blank": ("\n\n\n", "holds no points"),
        "numbers_of_points_only": ("design_point\n1\n", "holds no points"),
        "utf_16": ((HEAD + "0.1,0.2\n").encode("utf-16"), "UTF-16"),
        "latin_1": (HEAD.encode() + b"0.1,\xe9\n", "not UTF-8"),
        "out_of_range": (HEAD + "0.1,999\n", "out of range"),
        "million_rows": (HEAD + "0.1,0.2\n" * 1_000_000, "up to 100,000"),
        "hundred_thousand_and_one": (HEAD + "0.1,0.2\n" * 100_001, "up to 100,000"),
        "large": (b"#" * 50_000_001, "too large"),
    }
    found += [
        Bad(f"design_{name}", ask, (words,), {"bad.toml": CSV, "points.csv": text})
        for name, (text, words) in design.items()
    ]
    for name, place, words in (
        ("missing", "nothing.csv", "cannot be read"),
        ("folder", ".", "not a regular file"),
        ("zero", "/dev/zero", "not a regular file"),
        ("urandom", "/dev/urandom", "not a regular file"),
    ):
        found.append(
            Bad(f"design_{name}", ask, (words,), {"bad.toml": CSV.replace("points.csv", place)})
        )
    for shard in ("0/2", "3/2", "1/0", "2", "a/b", "-1/2", "1/1/1"):
        found.append(
            Bad(
                f"shard_{shard}",
                ("sweep", "first_sweep", "--dry-run", f"--shard={shard}"),
                ("--shard",),
            )
        )
    for error in ("0", "-1", "nan"):
        found.append(
            Bad(
                f"until_se_{error}",
                ("sweep", "first_sweep", "--dry-run", f"--until-se={error}"),
                ("--until-se",),
            )
        )
    return found
