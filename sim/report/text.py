"""What the report says that no number decides: headings, what tables hold, what is left out."""

from __future__ import annotations

HEADINGS = {
    "trajectory": "Each country against the doubling",
    "growth": "Where the growth comes from",
    "effects": "What the policies change",
    "inclusion": "Who takes part",
    "map": "Trade across the borders of the five",
    "crackdown": "At home, next door and in sum: action against scams",
    "signing": "When to sign, and how fast to carry out",
}

TABLES = {
    "summary": "2022, 2030 and their ratio by scenario, country and measure (medians of runs)",
    "bar": "how high the bar is: growth at a constant online share",
    "region": "the five together, by value and by people",
    "uncertainty": "spread from parameters and from luck",
    "effects": "paired differences (medians of runs): effects of policy, and of assumptions apart",
    "trade": "what is created and what only moves",
    "welfare": "who gains and who pays",
    "row_paths": "common rules on other paths of the rest of the world",
    "growth": "people, connection, shoppers, spending, prices (means of runs, which add up)",
    "inclusion": "adults who buy online by area, sex and income fifth",
    "spillover": "action against scams at home, next door and in sum",
    "parameters": "every parameter: values in the runs, prior, source",
}

LEFT_OUT = (
    "The value of e-commerce is not welfare: who gains and who pays is told apart from it, and "
    "those rows are no parts of one sum.",
    "Income, prices, exchange rates and population come from outside (national accounts and the "
    "IMF); policies here do not change them.",
    "Jobs, wages, health services, environment and energy are not in the model; nor are trade in "
    "services across borders and business between firms.",
    "Brands and sellers of the rest of the world are given masses: they do not enter, leave or "
    "answer to rivals.",
    "Values of e-commerce in Cambodia, Lao PDR and Myanmar rest on one or two published figures "
    "each; their past is reconstructed and their bands are wide.",
    "Figures on scams differ between sources by a factor of twenty to sixty; losses are as good as "
    "the share of cases that is taken to be reported.",
    "Levers of grade D have no measured effect. They are zero unless a scenario is marked "
    "illustrative, and stay out of every ranking.",
    "What happened after 2023 is not in the data on outcomes, on purpose: the model is judged on "
    "years that it has not seen.",
)
