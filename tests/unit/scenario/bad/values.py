"""Right keys with impossible values: levels, places, quarters, paths, parameters."""

from __future__ import annotations

from tests.unit.scenario.bad.case import TITLE, Bad, broadband

BLOCK = "levers.broadband_investment[0]"
ENFORCE = '[[levers.anti_scam_enforcement]]\ncountries = "all"\nstart = "2026Q1"\n'
PARAMETERS = TITLE + "[parameters]\n"

LEVELS = (
    Bad(
        "level_negative",
        TITLE + broadband(level="level = -1"),
        (f"line 4, {BLOCK}.level", "-1.0 is below the range", "0 to 200", "0 changes nothing"),
    ),
    Bad("level_too_high", TITLE + broadband(level="level = 200.1"), ("200.1 is above the range",)),
    Bad("other_lever", TITLE + ENFORCE + "level = 5.5\n", ("0 to 5 (1/year)", "is above")),
    Bad("level_nan", TITLE + broadband(level="level = nan"), (f"{BLOCK}.level", "nan is not a")),
    Bad("level_inf", TITLE + broadband(level="level = inf"), ("inf is above the range",)),
    Bad("level_minus_inf", TITLE + broadband(level="level = -inf"), ("-inf is below",)),
    Bad("level_overflow", TITLE + broadband(level="level = 1e999"), ("inf is above the range",)),
    Bad("level_huge", TITLE + broadband(level=f"level = 1{'0' * 400}"), (f"{BLOCK}.level",)),
    Bad(
        "lag_negative",
        TITLE + broadband(more="lag_years = -0.5"),
        (f"line 6, {BLOCK}.lag_years", "-0.5 years is negative", "0 to 16 (years)"),
    ),
    Bad(
        "ramp_century",
        TITLE + broadband(more="ramp_years = 100"),
        (f"{BLOCK}.ramp_years", "longer than the model runs", "0 to 16 (years)"),
    ),
    Bad("ramp_nan", TITLE + broadband(more="ramp_years = nan"), ("nan years cannot be used",)),
)

PLACES = (
    Bad(
        "country_unknown",
        TITLE + broadband(places='countries = ["THB"]'),
        (f"line 3, {BLOCK}.countries", "'THB'", "KHM, LAO, MMR, THA, VNM", "did you mean 'THA'?"),
    ),
    Bad("country_name", TITLE + broadband(places='countries = ["Laos"]'), ("write 'LAO'",)),
    Bad("country_lower", TITLE + broadband(places='countries = ["khm"]'), ("mean 'KHM'?",)),
    Bad("country_twice", TITLE + broadband(places='countries = ["KHM", "KHM"]'), ("listed twice",)),
    Bad("country_empty", TITLE + broadband(places="countries = []"), ("list of places is empty",)),
    Bad("country_region", TITLE + broadband(places='countries = ["GMS5"]'), ("'GMS5' is not a",)),
    Bad(
        "no_scope",
        TITLE + broadband(places=""),
        ("does not say where the lever is used", "exactly one of countries"),
    ),
    Bad(
        "two_scopes",
        TITLE + broadband(places='countries = "all"\nregion = "GMS5"'),
        ("countries and region are both given", "keep countries"),
    ),
    Bad(
        "pair_for_country_lever",
        TITLE + broadband(places='pairs = ["KHM-THA"]'),
        (f"line 3, {BLOCK}.pairs", "cannot be set by pairs", "write countries = ..."),
    ),
    Bad(
        "pair_as_country",
        TITLE + broadband(places='countries = ["KHM-THA"]'),
        ("'KHM-THA' is not a place here",),
    ),
    Bad(
        "overlap",
        TITLE + broadband() + broadband(places='countries = ["LAO"]', start='start = "2028Q1"'),
        (
            "levers.broadband_investment[0] and levers.broadband_investment[1] both set LAO",
            "from 2028Q1 to 2030Q4",
            "end the earlier block",
        ),
    ),
    Bad(
        "overlap_by_a_quarter",
        TITLE + broadband(more='end = "2027Q4"') + broadband(start='start = "2027Q4"'),
        ("from 2027Q4 to 2027Q4", "one level at a time"),
    ),
    Bad(
        "lever_unknown",
        TITLE + '[[levers.broadband_investement]]\ncountries = "all"\nlevel = 1\n',
        ("there is no lever 'broadband_investement'", "did you mean 'broadband_investment'?"),
    ),
)

QUARTERS = (
    Bad("fifth_quarter", TITLE + broadband(start='start = "2026Q5"'), ("'2026Q5' is not a quart",)),
    Bad("only_a_year", TITLE + broadband(start='start = "2026"'), (f"{BLOCK}.start", "'2026'")),
    Bad("before_the_start", TITLE + broadband(start='start = "2014Q4"'), ("2015Q1 to 2030Q4",)),
    Bad("after_the_end", TITLE + broadband(more='end = "2031Q1"'), ("2031Q1 is outside",)),
    Bad(
        "end_before_start",
        TITLE + broadband(more='end = "2025Q4"'),
        (f"line 6, {BLOCK}.end", "the end 2025Q4 comes before the start 2026Q1", "or later"),
    ),
    Bad(
        "horizon_start",
        TITLE + '[horizon]\nstart = "2016Q1"\n',
        ("line 3, horizon.start", "cannot start in 2016Q1", "allowed: 2015Q1"),
    ),
    Bad("horizon_end", TITLE + '[horizon]\nend = "2031Q1"\n', ("cannot end in 2031Q1", "2030Q4")),
    Bad("horizon_early", TITLE + '[horizon]\nend = "2014Q4"\n', ("cannot end in 2014Q4",)),
    Bad("horizon_words", TITLE + '[horizon]\nend = "end"\n', ("'end' is not a quarter",)),
    Bad(
        "lever_after_horizon",
        TITLE + '[horizon]\nend = "2024Q4"\n' + broadband(),
        ("line 3, horizon.end", "starts in 2026Q1, after the run ends in 2024Q4"),
    ),
)

WORLD = (
    Bad("path_unknown", TITLE + '[paths]\ngrowht = "weo"\n', ("line 3, paths.growht", "'growth'?")),
    Bad("path_value", TITLE + '[paths]\ncovid = "non"\n', ('"observed" or "none"', "mean 'none'?")),
    Bad("path_number", TITLE + "[paths]\ngrowth = 2\n", ("growth = 2 is a number", '"weo"')),
    Bad(
        "parameter_unknown",
        PARAMETERS + "trust_recovry = 0.5\n",
        ("line 3, parameters.trust_recovry", "did you mean 'trust_recovery'?"),
    ),
    Bad(
        "parameter_too_high",
        PARAMETERS + "trust_level = 1.5\n",
        ("line 3, parameters.trust_level", "1.5 is out of range", "0 to 1"),
    ),
    Bad(
        "parameter_country",
        PARAMETERS + "THB.shopper_lapse = 0.1\n",
        ("parameters.THB.shopper_lapse", "'THB' is not one of the five", "did you mean 'THA'?"),
    ),
    Bad(
        "parameter_of_country_unknown",
        PARAMETERS + "THA.shopper_laps = 0.1\n",
        ("parameters.THA.shopper_laps", "did you mean 'shopper_lapse'?"),
    ),
    Bad("parameter_of_country_range", PARAMETERS + "KHM.trust_level = -1\n", ("-1 is out of",)),
    Bad("parameter_nan", PARAMETERS + "trust_level = nan\n", ("nan is out of range", "0 to 1")),
    Bad("parameter_inf", PARAMETERS + "trust_recovery = inf\n", ("inf is out of range",)),
    Bad("parameter_text", PARAMETERS + 'trust_level = "0.5"\n', ("take away the quotes",)),
    Bad("parameter_true", PARAMETERS + "trust_level = true\n", ("is true or false", "a number")),
    Bad("parameter_huge", PARAMETERS + f"trust_level = 1{'0' * 400}\n", ("more than 18 digits",)),
    Bad(
        "parameters_without_a_mean",
        PARAMETERS + "pareto_shape = 1.5\n",
        (
            "line 3, parameters.pareto_shape",
            "pareto_shape = 1.5 does not fit variety_substitution = 3.8",
            "pareto_shape / (variety_substitution - 1) from 1.2 to 2.5",
            "the nearest that fits is pareto_shape = 3.4",
        ),
    ),
    Bad(
        "parameters_in_a_loop",
        PARAMETERS + "variety_substitution = 3\nTHA.price_elasticity = 12\n",
        ("price_elasticity = 12 does not fit variety_substitution = 3", "up to 0.8"),
    ),
    Bad(
        "parameters_more_than_all_from_abroad",
        PARAMETERS + "intra_region_share = 0.2698\nrow_share = 0.7744\n",
        ("line 3, parameters.intra_region_share", "does not fit row_share = 0.7744", "up to 0.95"),
    ),
    Bad(
        "parameters_more_than_all_from_abroad_in_one_country",
        PARAMETERS + "THA.row_share = 0.9\nTHA.intra_region_share = 0.2\n",
        ("intra_region_share = 0.2 does not fit row_share = 0.9 in Thailand", "= 0.05"),
    ),
    Bad(
        "parameters_weights_of_contacts",
        PARAMETERS + "neighbour_weight = 0.7\ncommunity_weight = 0.4\n",
        ("neighbour_weight + community_weight up to 1", "nearest that fits"),
    ),
    Bad(
        "parameters_dearer_when_linked",
        PARAMETERS + "remittance_fee_linked = 0.2\n",
        ("remittance_fee_linked = 0.2 does not fit remittance_fee = 0.063",),
    ),
    Bad(
        "parameters_in_two_age_bands",
        PARAMETERS + "VNM.older_share_of_adults = 0.9\n",
        ("older_share_of_adults = 0.9 does not fit youth_share_of_adults", "in Viet Nam"),
    ),
    Bad(
        "parameters_that_do_not_fit_told_at_once",
        PARAMETERS
        + "intra_region_share = 0.3\nrow_share = 0.8\npareto_shape = 2\ntrust_level = 2\n",
        (
            "3 problems",
            "2 is out of range",
            "does not fit row_share",
            "pareto_shape = 2 does not fit",
        ),
    ),
    Bad("country_alone", PARAMETERS + "KHM = 3\n", ("'KHM' is a country, not a parameter",)),
    Bad(
        "parameter_twice",
        PARAMETERS + '"THA.trust_level" = 0.5\nTHA.trust_level = 0.6\n',
        ("THA.trust_level is given twice",),
    ),
)

VALUES = (*LEVELS, *PLACES, *QUARTERS, *WORLD)
