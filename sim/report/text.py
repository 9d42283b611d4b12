"""Fixed text of the report: headings, descriptions of tables, limits of the model."""

from __future__ import annotations

from sim.target import POSTERIOR_ORIGIN

HEADINGS = {
    "digital_economy": "The digital economy by sector",
    "digital_economy_trajectory": "The digital economy of each country against the doubling",
    "difference": "What the policies change",
    "trajectory": "Each country against the doubling",
    "growth": "Where the growth comes from",
    "effects": "Effects of the policies",
    "who_gains": "Who gains, and ranges of jobs and tax",
    "channels": "What passes through each channel",
    "inclusion": "Who buys online",
    "map": "Trade between the five countries",
    "crackdown": "Domestic, spillover and total effects of anti-scam enforcement",
    "signing": "Date of signing and speed of implementation",
}

TABLES = {
    "digital_economy": "the doubling of the digital economy by sector, place and measure",
    "digital_economy_years": "sectors by year, with published ranges (nominal US$)",
    "digital_economy_effects": "what policies change in each sector (medians of runs)",
    "digital_economy_levers": "direct effects of levers on sectors, all zero, with reasons",
    "six_markets": "six markets of South-East Asia, and the five countries of the model",
    "who_gains_groups": "effects by income, area, sex and firm size, and shares of the whole",
    "who_gains_ranges": "ranges of jobs, tax and offline sales (over coefficients and runs)",
    "who_gains_coefficients": "coefficients behind the ranges: bounds and sources",
    "summary": "2022, 2030 and their ratio by scenario, country and measure (medians of runs)",
    "constant_share": "constant-share benchmark: growth at the online share of 2022",
    "region": "the five countries together, weighted by value and by population",
    "uncertainty": "uncertainty from parameters and from random variation",
    "effects": "paired differences (medians of runs): effects of policies, and of assumptions",
    "trade": "trade creation and trade diversion",
    "welfare": "who gains and who pays",
    "row_paths": "common rules with other prices in the rest of the world",
    "channels": "effects with all channels on, with one off, and the difference",
    "parts": "what each lever of a mix adds and costs, by place (means of runs)",
    "growth": "components of growth (means of runs): people, users, shoppers, spending, prices",
    "inclusion": "adults who buy online by area, sex and income fifth",
    "spillover": "domestic, spillover and total effects of anti-scam enforcement",
    "own_indicators": "indicators that the rule itself declares, by scenario, place and year",
    "parameters": "every parameter: values in the runs, prior, source",
}

LEFT_OUT = (
    "The value of e-commerce is not a welfare measure. Gains and losses are reported separately; "
    "these items overlap and must not be added up.",
    "Income, prices, exchange rates and population are exogenous (national accounts and the IMF); "
    "policies in the model do not change them.",
    "Jobs, wages, health services, environment and energy are not in the model, nor are "
    "cross-border trade in services and trade between firms. Ranges of jobs, tax and offline sales "
    "are an account after the run (--account who-gains).",
    "Brands and sellers of the rest of the world are exogenous: they do not enter, leave or "
    "respond to competitors.",
    "E-commerce values of Cambodia, Lao PDR and Myanmar are based on one or two published figures "
    "each; earlier years are reconstructed and intervals are wide.",
    "Figures on scams differ between sources by a factor of twenty to sixty; estimated losses "
    "depend on the assumed share of cases that is reported.",
    "Levers of grade D have no measured effect. They are zero unless a scenario is marked "
    "illustrative, and they are excluded from every ranking.",
    f"Outcomes after {POSTERIOR_ORIGIN} are deliberately not in the fit: the model is tested on "
    "years that it has not seen.",
)
