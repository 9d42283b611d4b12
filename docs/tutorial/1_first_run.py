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
# # 1. A first run, and how to read it
#
# The program asks one question: does e-commerce in Cambodia, Lao PDR, Myanmar, Thailand and Viet
# Nam reach twice its 2022 value by 2030, and what do policies add to it? This notebook runs the
# question once, and explains the answer: the conclusion, its table, what a policy changes, and what
# the numbers do not say.
#
# One agent represents `scale` people. At `scale=20_000` a run takes less than a second once the
# rules are compiled, which happens in the first run. That is fine for learning. For numbers that
# you quote take the default of 1000 or finer.

# %%
# %matplotlib inline
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

import mekong
from sim.figures.style import COLOURS, house_style
from sim.target import trajectory

SEEDS = 6
result = mekong.compare("baseline", "coordinated", seeds=SEEDS, scale=20_000)

# %% [markdown]
# ## The conclusion
#
# `baseline` is the policy in force at the end of 2025. `coordinated` adds common rules, broadband
# and anti-scam enforcement from 2026 on. The conclusion begins with the baseline: growth and habit
# alone may double e-commerce, and then a policy that "achieves the doubling" has achieved nothing.

# %%
for sentence in result.conclusion:
    print("-", sentence)

# %% [markdown]
# ## The table behind the sentences
#
# `result.table` is the file `summary.csv`: one row for each scenario, country and measure. `GMS5`
# is the five countries together. There are three measures, and they are never mixed:
#
# - `nominal_usd`: current US$. It includes growth of incomes and prices.
# - `real_usd`: constant 2022 US$. Inflation is removed.
# - `consumption_share`: online spending over all spending of households. Income growth is removed
#   as well.
#
# `ratio` is the value of 2030 over that of 2022, the median over runs. `low` and `high` are the
# smallest and the largest; from 40 independent draws on they are the 5th and 95th percentile.

# %%
columns = ["scenario", "measure", "ratio", "low", "high", "share_doubled", "year_doubled"]
result.table.query("country == 'GMS5'")[columns].round(3)

# %% [markdown]
# You can check this. `result.years` has the values of each run, one row a run and one column a
# year, so the ratio can be computed again by hand:

# %%
paths = result.years.xs(("baseline", "GMS5", "gmv_real_usd", "all"))
by_hand = (paths[2030] / paths[2022]).median()
in_table = result.table.query(
    "scenario == 'baseline' and country == 'GMS5' and measure == 'real_usd'"
)["ratio"].item()
print(f"by hand {by_hand:.4f}, in the table {in_table:.4f}")

# %% [markdown]
# ## The picture
#
# The dashed line is the doubling, V(2022) x 2^((year - 2022)/8): about 9 per cent a year. Grey dots
# are what was observed. No run reads them; runs are compared with them. They end in 2024.

# %% mystnb={"image": {"alt": "E-commerce by year: baseline, doubling, and what the policy adds"}}
mekong.plot(result)

# %%
halfway = trajectory(1.0, 2026)
print(f"Halfway, in 2026, the line is at {halfway:.3f} times 2022: the square root of two.")

# %% [markdown]
# ## What growth alone would bring
#
# If everyone spent the same share of consumption online as in 2022, e-commerce would still grow
# with incomes and prices. `growth_nominal` and `growth_real` are that growth by 2030, and
# `share_must_rise_...` is the factor by which the online share must grow for the doubling. Quote
# them with the result: a doubling that growth alone would bring says little about policy.

# %%
result.constant_share.query("country in ['KHM', 'THA', 'GMS5']").round(2)

# %% [markdown]
# ## Who takes part
#
# One run in more detail. `MekongModel` is the model itself; `indicators(yearly=True)` is
# everything that was measured. `mekong list indicators` explains each name.

# %% mystnb={"image": {"alt": "Adults who buy online by year, by income and by place"}}
model = mekong.MekongModel("baseline", scale=20_000).run()
series = model.indicators(yearly=True)
online = series[
    (series["indicator"] == "adults_buying_online_share") & (series["country"] == "GMS5")
]
share = online.pivot(index="year", columns="group", values="value").astype(float)
share.index = share.index.astype(int)

FIFTHS = {"q5": "richest fifth", "q3": "middle fifth", "q1": "poorest fifth"}
AREAS = {"urban": "towns", "rural": "countryside"}
with house_style():
    figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True)
    for axes, groups, title in zip(panels, (FIFTHS, AREAS), ("By income", "By place"), strict=True):
        for colour, (group, name) in zip(COLOURS, groups.items(), strict=False):
            axes.plot(share.index, 100 * share[group], color=colour, linewidth=2)
            axes.annotate(
                name, (2030, 100 * share[group].loc[2030]), (6, 0), textcoords="offset points",
                va="center", color=colour,
            )  # fmt: skip
        axes.set_title(title)
        axes.set_xlim(2015, 2030)
        axes.set_ylim(0, None)
        axes.set_xticks(range(2015, 2031, 5))
    panels[0].set_ylabel("adults who buy online, %")
    figure.suptitle("Baseline, the five countries together", x=0.01, ha="left", fontweight="bold")
    plt.show()

# %% [markdown]
# ## What a policy changes
#
# An effect is a **paired** difference: the same seed and the same parameters, with and without the
# policy. Both runs use the same random numbers (common random numbers), so only the policy differs.
# `effects` has them with their interval and cost.

# %%
headline = ["gmv_real_usd", "shoppers", "sme_exporters", "scam_losses_usd_cumulative"]
effects = result.effects.query("country == 'GMS5' and group == 'all'").set_index("indicator")
effects.loc[headline, ["effect", "low", "high", "unit", "cost_usd"]].round(0)

# %% [markdown]
# Why pairs? Compare how much the baseline varies from seed to seed with how much the effect does:


# %%
def purchases_of_2030(scenario: str) -> pd.Series:
    """Online purchases of the five countries in constant 2022 US$, by seed."""
    return result.years.xs((scenario, "GMS5", "gmv_real_usd", "all"))[2030].droplevel("draw")


base, policy = purchases_of_2030("baseline"), purchases_of_2030("coordinated")
spread_of_level = base.std()
spread_of_effect = (policy - base).std()
print(
    f"Standard deviation over {SEEDS} seeds: of the level US$ {spread_of_level / 1e6:.0f} million,"
)
print(f"of the paired effect US$ {spread_of_effect / 1e6:.0f} million.")
print(f"Unpaired, the effect would vary by {2**0.5 * spread_of_level / 1e6:.0f} million.")

# %% mystnb={"image": {"alt": "What the policy changes in six outcomes of 2030, with ranges"}}
mekong.plot(result, "effects")

# %% [markdown]
# ## Keep it
#
# `save` writes tables, figures, sentences and a manifest with everything that is needed to repeat
# the study. With `compare(..., out="results/first")` every run is kept as soon as it ends, and a
# study resumes after a crash.

# %%
folder = mekong.save(result, Path(tempfile.mkdtemp()) / "first")
print(*sorted(path.name for path in folder.iterdir()), sep="\n")

# %% [markdown]
# ## What these numbers do not say
#
# - **Random variation is not the uncertainty of the result.** All runs above use the central
#   parameters, so intervals show random variation only, and that of a policy is much too narrow.
#   `draws=40` also varies the parameters within their posterior. It takes longer; intervals then
#   cover both.
# - **The value of e-commerce is not welfare.** A purchase that moves from a market to a screen
#   raises it. `result.welfare` has gains and losses.
# - **A scenario is not a forecast.** The model is fitted to figures up to 2024; later outcomes
#   are held out.
# - **At this scale an agent is 20,000 people.** An effect on fewer people than that is shown
#   as zero or too large.
#
# Next: [the life of one agent](2_one_agent.py). To practise: [exercises](exercises.md).
