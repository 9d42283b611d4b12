"""Keys about levers of every kind, agreements and governments, and the world outside."""

from __future__ import annotations

from sim.parameters.table import parameter_table
from sim.policy.levers import LEVERS
from sim.scenario.paths import PATHS
from tests.unit.scenario.bad.case import TITLE, Bad

PAIR = '[[levers.regulatory_harmonization]]\n{places}\nlevel = 1\nstart = "2026Q1"\n'
# shares of budgets, of GDP, of capital, of what was agreed: none can be above one
GOVERNED = ("government", "broadband", "skill", "regulation", "syndicates")
PAIR_KEY = "line 3, levers.regulatory_harmonization[0].pairs"
FUND = '[[levers.innovation_fund]]\ncountries = "all"\nlevel = 5\nstart = "2026Q1"\n'


def _block(name: str, level: object, start: str = "2026Q1") -> str:
    return (
        f"{TITLE}illustrative = true\n[[levers.{name}]]\n"
        f'{LEVERS[name].scope} = "all"\nlevel = {level}\nstart = "{start}"\n'
    )


def _pairs(places: str) -> str:
    return TITLE + PAIR.format(places=places)


ABOVE = tuple(
    Bad(
        f"above_{name}",
        _block(name, lever.maximum * 1.01),
        (
            f"line 5, levers.{name}[0].level",
            f"is above the range of {name}",
            f"0 to {lever.maximum:g} ({lever.unit})",
        ),
    )
    for name, lever in LEVERS.items()
)

BELOW = tuple(
    Bad(f"below_{name}", _block(name, -0.01), (f"is below the range of {name}", "0 changes"))
    for name in LEVERS
)

EARLY = tuple(
    Bad(
        f"early_{name}",
        _block(name, LEVERS[name].maximum, "2014Q4"),
        (f"line 6, levers.{name}[0].start", "2014Q4 is outside", "2015Q1 to 2030Q4"),
    )
    for name in LEVERS
)

ILLUSTRATIVE = (
    Bad(
        "illustrative_text",
        TITLE + 'illustrative = "yes"\n',
        ("line 2, illustrative", 'illustrative = "yes" is text', "true or false"),
    ),
    Bad("illustrative_one", TITLE + "illustrative = 1\n", ("illustrative = 1 is a number",)),
    Bad("illustrative_list", TITLE + "illustrative = []\n", ("illustrative = [] is a list",)),
    Bad("illustrative_near", TITLE + "ilustrative = true\n", ("did you mean 'illustrative'?",)),
    Bad(
        "illustrative_in_a_block",
        TITLE + FUND + "illustrative = true\n",
        ("line 6", "'illustrative' belongs at the top of the file, above the first table"),
    ),
    Bad(
        "unmeasured",
        TITLE + FUND,
        (
            "line 2, levers.innovation_fund",
            "'innovation_fund' has grade D: no effect of it has been measured",
            "add the line illustrative = true",
        ),
    ),
    Bad("unmeasured_false", TITLE + "illustrative = false\n" + FUND, ("has grade D", "line 3")),
    Bad(
        "unmeasured_parent",
        'extends = "parent.toml"\ntitle = "Child"\nillustrative = false\n',
        ("'innovation_fund' has grade D", "bad.toml"),
        {"parent.toml": TITLE + "illustrative = true\n" + FUND},
    ),
    *(
        Bad(
            f"unmeasured_{name}",
            _block(name, lever.maximum).replace("illustrative = true\n", ""),
            (f"'{name}' has grade D", "illustrative = true"),
        )
        for name, lever in LEVERS.items()
        if lever.grade == "D"
    ),
)

GOVERNING = (
    Bad(
        "agreements_misspelt",
        TITLE + 'agreements = "endogenus"\n',
        ("line 2, agreements", 'cannot be "endogenus"', "did you mean 'endogenous'?"),
    ),
    Bad("agreements_number", TITLE + "agreements = 3\n", ("agreements = 3 is a number", "quotes")),
    Bad("agreements_near", TITLE + 'agreement = "planned"\n', ("did you mean 'agreements'?",)),
    Bad(
        "governments_misspelt",
        TITLE + 'governments = "taskforce"\n',
        (
            "line 2, governments",
            'cannot be "taskforce"',
            '"planned" or "reactive" or "learning" or "task_force"',
            "did you mean 'task_force'?",
        ),
    ),
    Bad("governments_true", TITLE + "governments = true\n", ("is true or false", "in quotes")),
    Bad("governments_near", TITLE + 'goverments = "learning"\n', ("did you mean 'governments'?",)),
    Bad(
        "governments_in_horizon",
        TITLE + '[horizon]\ngovernments = "learning"\n',
        ("'governments' belongs at the top of the file",),
    ),
    Bad(
        "governments_twice",
        TITLE + 'governments = "planned"\n[paths]\ngovernments = "learning"\n',
        ("line 2, governments", "governments is given twice"),
    ),
    Bad(
        "agreements_twice",
        TITLE + 'agreements = "planned"\n[paths]\nagreements = "planned"\n',
        ("agreements is given twice",),
    ),
)

OUTSIDE = (
    *(
        Bad(
            f"path_{name}",
            TITLE + f'[paths]\n{name} = "{path.default}x"\n',
            (
                f"line 3, paths.{name}",
                f'{name} cannot be "{path.default}x"',
                f"did you mean '{path.default}'?",
                *(f'"{choice}"' for choice in path.choices),
            ),
        )
        for name, path in PATHS.items()
    ),
    *(
        Bad(
            f"path_{name}_number",
            TITLE + f"[paths]\n{name} = 1\n",
            (f"{name} = 1 is a number", "put the name of a choice in quotes"),
        )
        for name in PATHS
    ),
    Bad("path_near", TITLE + '[paths]\nconflct = "worse"\n', ("did you mean 'conflict'?",)),
)

PAIRS = (
    Bad(
        "pair_of_one",
        _pairs('pairs = ["KHM"]'),
        (PAIR_KEY, "'KHM' is not a place here", "two different countries", "KHM-LAO, KHM-MMR"),
    ),
    Bad(
        "pair_with_itself",
        _pairs('pairs = ["KHM-KHM"]'),
        (PAIR_KEY, "'KHM-KHM' is not a place here", "two different countries"),
    ),
    Bad("pair_turned", _pairs('pairs = ["THA-KHM"]'), ("write 'KHM-THA'", "alphabetical order")),
    Bad("pair_unknown", _pairs('pairs = ["KHM-THB"]'), ("did you mean 'KHM-THA'?",)),
    Bad("pair_of_three", _pairs('pairs = ["KHM-LAO-THA"]'), ("'KHM-LAO-THA' is not a place",)),
    Bad("pair_of_region", _pairs('pairs = ["GMS5"]'), ("'GMS5' is not a place here",)),
    Bad("pair_twice", _pairs('pairs = ["KHM-THA", "KHM-THA"]'), ("'KHM-THA' is listed twice",)),
    Bad("pairs_empty", _pairs("pairs = []"), ("the list of places is empty", "KHM-LAO")),
    Bad("pairs_text", _pairs('pairs = "KHM-THA"'), ('write ["KHM-THA"]', "not a list")),
    Bad(
        "countries_for_pairs",
        _pairs('countries = ["KHM", "THA"]'),
        ("regulatory_harmonization cannot be set by countries", "write pairs = ..."),
    ),
    Bad("pairs_and_countries", _pairs('pairs = "all"\ncountries = "all"'), ("are both given",)),
    Bad(
        "pairs_overlap",
        TITLE
        + PAIR.format(places='pairs = "all"')
        + PAIR.format(places='pairs = ["LAO-VNM"]').replace("2026Q1", "2028Q1"),
        ("both set LAO-VNM from 2028Q1 to 2030Q4", "one level at a time"),
    ),
)

TOGETHER = (
    Bad(
        "talks_about_nothing",
        TITLE + 'agreements = "endogenous"\n',
        ("line 2, agreements", "no block of regulatory_harmonization", "the start of the talks"),
    ),
    Bad(
        "talks_about_nothing_below",
        TITLE + '[paths]\nagreements = "endogenous"\n' + FUND.replace("innovation_fund", "x"),
        ("there is no lever 'x'",),
    ),
    Bad(
        "talks_taken_out",
        'extends = "talks_pairs"\ntitle = "Child"\n[levers]\nregulatory_harmonization = []\n',
        ("paths.agreements", "no block of regulatory_harmonization"),
    ),
    Bad(
        "treaty_without_talks",
        TITLE + '[paths]\ntreaty = "regional"\n' + PAIR.format(places='pairs = "all"'),
        ("line 3, paths.treaty", "agreements are planned", 'agreements = "endogenous"'),
    ),
    Bad(
        "treaty_planned_by_a_child",
        'extends = "talks_treaty"\ntitle = "Child"\nagreements = "planned"\n',
        ("paths.treaty", "agreements are planned"),
    ),
    *(
        Bad(
            f"more_than_all_{name}",
            TITLE + f"[parameters]\n{name} = 1.5\n",
            (f"line 3, parameters.{name}", "1.5 is out of range"),
        )
        for name, parameter in parameter_table().items()
        if parameter.unit.startswith("share") and parameter.mechanism in GOVERNED
    ),
)

POLICY = (*TOGETHER, *ABOVE, *BELOW, *EARLY, *ILLUSTRATIVE, *GOVERNING, *OUTSIDE, *PAIRS)
