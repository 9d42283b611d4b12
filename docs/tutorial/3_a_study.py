# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. A small study, from question to figure
#
# **Question.** The five governments act against scam operations from 2026 on. How hard should they
# try, and does it matter whether they do it together?
#
# Every study has the same steps: define what would be an answer, write the scenarios, check them,
# run them with common random numbers, draw one figure, and write down what could be wrong with it.
# This notebook goes through them.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import mekong
from sim.figures.style import COLOURS, DATA, house_style
from sim.policy.levers import LEVERS

# %% [markdown]
# ## 1. What would be an answer?
#
# Losses to scams that are avoided over 2026-2030, and the cost of the programme, for several levels
# of the lever. If the first dollar avoids more than the last one, there is a level at which one
# should stop.
#
# First look at what the lever is:

# %%
lever = LEVERS["anti_scam_enforcement"]
print(lever.title, "-", lever.range_text)
print(lever.meaning)
print("Evidence grade:", lever.grade, "-", lever.source)
for name in lever.price_parameters:
    price = mekong.parameter_table()[name]
    print("Price:", price.central, price.unit, f"({price.low} to {price.high}),", price.source)

# %% [markdown]
# ## 2. The scenarios
#
# A scenario is a file or, from Python, the same keys in a dictionary. Each level is tried once by
# all five countries together and once by Thailand alone.

# %%
LEVELS = (0.25, 0.5, 1.0)
WHO = {"together": "all", "Thailand alone": ["THA"]}


def programme(name: str, countries: str | list[str], level: float) -> mekong.Scenario:
    """Enforcement at one level from 2026 to the end, by some countries."""
    block = {"countries": countries, "level": level, "start": "2026Q1"}
    table = {
        "extends": "baseline",
        "title": f"Enforcement {level:g}, {name}",
        "question": "How hard should they try?",
        "levers": {"anti_scam_enforcement": [block]},
    }
    return mekong.Scenario.from_dict(table, name=f"{name} {level:g}")


programmes = [programme(who, places, x) for who, places in WHO.items() for x in LEVELS]
print(programmes[0].to_toml())

# %% [markdown]
# ## 3. Run, and check
#
# The baseline and the six programmes, two seeds each. Before any result: did the budgets pay for
# what was planned? A programme that was not funded was not tested.

# %%
SEEDS = 2
result = mekong.compare("baseline", *programmes, seeds=SEEDS, scale=20_000)
effects = result.effects[result.effects["group"] == "all"]


def effect(indicator: str, country: str = "GMS5") -> pd.DataFrame:
    """Paired effects of one indicator, one row a scenario."""
    chosen = effects.query(f"indicator == '{indicator}' and country == '{country}'")
    return chosen.set_index("scenario")[["effect", "low", "high", "cost_usd"]]


unpaid = effect("lever_shortfall_usd_cumulative")["effect"]
paid = effect("scam_losses_usd_cumulative")["cost_usd"]
(paid / (paid + unpaid)).rename("share of the plan that was paid").round(3).to_frame()

# %% [markdown]
# ## 4. The table
#
# Losses avoided are minus the effect on `scam_losses_usd_cumulative`. The interval over seeds is
# random variation. A negative number would be a programme after which people lose more.

# %%
losses = effect("scam_losses_usd_cumulative")
table = pd.DataFrame(
    {
        "who": [name.rpartition(" ")[0] for name in losses.index],
        "level": [float(name.rpartition(" ")[2]) for name in losses.index],
        "avoided": -losses["effect"],
        "low": -losses["high"],
        "high": -losses["low"],
        "cost": losses["cost_usd"],
    }
).sort_values(["who", "level"], ascending=[False, True])
table["avoided per US$"] = table["avoided"] / table["cost"]
(table.set_index(["who", "level"]) / [1e6, 1e6, 1e6, 1e6, 1]).round(2)

# %%
together = table[table["who"] == "together"]
steps = together[["avoided", "cost"]].diff().fillna(together[["avoided", "cost"]])
marginal = (steps["avoided"] / steps["cost"]).set_axis(together["level"])
print("Losses avoided by the next dollar, all five countries together (US$):")
print(marginal.round(2).to_string())

# %% [markdown]
# ## 5. What depends on one number?
#
# The effect of the lever rests on `enforcement_effect`, by how much enforcement lowers the hazard
# of fraud. Its prior is wide. Run baseline and programme at both of its ends: a scenario
# must always be compared with a baseline that has the same parameters.

# %%
about = mekong.parameter_table()["enforcement_effect"]
print(f"{about.name}: {about.low} to {about.high}, central {about.central}. {about.source}")


def with_effect(scenario: mekong.Scenario, value: float, name: str) -> mekong.Scenario:
    """The same scenario with another value of the parameter."""
    table = scenario.as_dict()
    table["parameters"] = {"enforcement_effect": value}
    return mekong.Scenario.from_dict(table, name=name)


ends = {}
for end, value in (("low", about.low), ("high", about.high)):
    plain = with_effect(mekong.load_scenario("baseline"), value, f"baseline {end}")
    tried = [with_effect(s, value, s.name) for s in programmes[: len(LEVELS)]]
    other = mekong.compare(plain, *tried, seeds=1, scale=20_000).effects
    chosen = other.query(
        "indicator == 'scam_losses_usd_cumulative' and country == 'GMS5' and group == 'all'"
    )
    ends[end] = -chosen["effect"].to_numpy()
print({end: (values / 1e9).round(2).tolist() for end, values in ends.items()}, "US$ billion")

# %% [markdown]
# ## 6. One figure
#
# The question is in the title, the units are on the axes, the lines are named where they end, and
# the grey line is the point at which a dollar spent avoids a dollar of losses.

# %% mystnb={"image": {"alt": "Losses to scams avoided against cost, by who takes part"}}
with house_style():
    figure, axes = plt.subplots(figsize=(7.2, 4.4))
    axes.fill_between(
        together["cost"] / 1e9, ends["low"] / 1e9, ends["high"] / 1e9,
        color=COLOURS[0], alpha=0.16, linewidth=0,
    )  # fmt: skip
    for colour, who in zip(COLOURS, WHO, strict=False):
        mine = table[table["who"] == who]
        axes.plot(
            mine["cost"] / 1e9, mine["avoided"] / 1e9, color=colour, linewidth=2, marker="o",
            markersize=5,
        )  # fmt: skip
        axes.annotate(
            who, (mine["cost"].iloc[-1] / 1e9, mine["avoided"].iloc[-1] / 1e9), (8, 0),
            textcoords="offset points", va="center", color=colour, fontweight="bold",
        )  # fmt: skip
    for level, cost, avoided in zip(
        together["level"], together["cost"] / 1e9, together["avoided"] / 1e9, strict=True
    ):
        axes.annotate(
            f"{level:g} a year", (cost, avoided), (-5, 5), textcoords="offset points", ha="right",
            fontsize=8, color=COLOURS[0],
        )  # fmt: skip
    largest = float(together["cost"].max() / 1e9)
    axes.plot([0, largest], [0, largest], color=DATA, linewidth=1.2, linestyle="--")
    axes.annotate(
        "a dollar for a dollar", (largest, largest), (8, 0), textcoords="offset points",
        va="center", color=DATA,
    )  # fmt: skip
    axes.set_xlim(0, 1.3 * largest)
    axes.set_ylim(0, 1.08 * float(np.max(ends["high"]) / 1e9))
    axes.set_xlabel("cost of the programme 2026-2030, billion 2022 US$")
    axes.set_ylabel("losses to scams avoided 2026-2030,\nbillion 2022 US$")
    axes.set_title("How hard should the five countries try to stop scams?")
    figure.supxlabel(
        f"Points: median of {SEEDS} seeds at the central parameters, one agent for 20,000 people. "
        "Band: together,\nwith enforcement_effect at the 5th and the 95th percentile of its prior, "
        "one seed. Scenarios, not forecasts.",
        x=0.01, ha="left", fontsize=8, color=DATA,
    )  # fmt: skip
    plt.show()

# %% [markdown]
# ## 7. The finding
#
# A finding is a sentence with a number, its interval, and what it is compared with. This one writes
# itself from the table, so that it cannot go out of date:

# %%
first, last = marginal.index[0], marginal.index[-1]
row = together[together["level"] == 0.5].iloc[0]
least, most = (values[LEVELS.index(0.5)] / 1e9 for values in (ends["low"], ends["high"]))
finding = (
    f"At level 0.5 a programme of all five countries avoids US$ {row['avoided'] / 1e9:.1f} billion "
    f"of losses over 2026-2030, at a cost of US$ {row['cost'] / 1e9:.1f} billion. The next dollar "
    f"avoids US$ {marginal[first]:.1f} when one begins, and US$ {marginal[last]:.1f} between the "
    f"two highest levels. What a unit of enforcement does is known so badly that the same "
    f"programme could avoid US$ {least:.1f} to {most:.1f} billion."
)
print(finding)

# %% [markdown]
# ## 8. What could be wrong with it
#
# - **One number at a time.** The band moves a single parameter. `draws=50` moves all of them at
#   once, and `result.uncertainty` then separates parameters and random variation.
# - **The scale.** With 20,000 people an agent, victims in a small country are a handful of agents.
#   Repeat at `scale=1000` before you quote anything.
# - **What is not counted.** Losses are not the whole harm of scams, and the work of those who are
#   forced into compounds is in no number here.
# - **The cost.** It is a price per unit of GDP from few cases. Vary it over its range, too.
# - **Is it a finding?** That the first dollar has the largest effect follows from the form of the
#   rule: protection acts on the hazard as exp(-effect x level). The model gives the size, not the
#   shape.
#
# To keep the study for others, write the scenarios as files (`to_toml`), run `mekong compare
# baseline one.toml two.toml --seeds 20 --draws 50 --out results/scams`, and hand over the folder:
# the manifest in it holds everything that is needed to repeat it.
