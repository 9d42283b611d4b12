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
# # Solutions
#
# One way each to the [exercises](exercises.md). Yours may differ and be right.

# %%
# %matplotlib inline
import numpy as np

import mekong
from sim.agents.consumer import (
    STOP_SHOPPING,
    buy,
    connect_or_drop_out,
    learn,
    learn_whom_to_trust,
    meet_scam,
    open_account,
)
from sim.agents.contacts import shoppers_among_neighbours
from sim.agents.firm import sme_quarter
from sim.rng import decision, event_occurs
from sim.target import years_late
from sim.units import exponential

# %% [markdown]
# ## Exercise 1
#
# One table with two columns of ratios.

# %%
result = mekong.compare("baseline", seeds=2, scale=20_000)
ratios = result.table.pivot(index="country", columns="measure", values="ratio")
only_real = ratios[(ratios["real_usd"] >= 2) & (ratios["consumption_share"] < 2)]
print("Double in constant US$, but not as a share:", ", ".join(only_real.index))
ratios.round(2)

# %% [markdown]
# In these countries income growth is part of the explanation: people spend more on everything, also
# online.
#
# ## Exercise 2
#
# The trajectory had the ratio r in the year 2022 + 8 log2(r), so 2030 is late by 8 (1 - log2(r))
# years.

# %%
late = {iso: years_late(ratio) for iso, ratio in ratios["consumption_share"].items()}
in_table = result.table.query("measure == 'consumption_share'").set_index("country")["gap_years"]
print({iso: round(years, 2) for iso, years in late.items()})

# %% [markdown]
# Negative means ahead. A gap in years can be compared between countries of any size, one in US$
# cannot.
#
# ## Exercise 3
#
# Without firms (`market=False`) a run is quick, so even a finer scale costs little.


# %%
def ratio_of(seed: int, scale: int) -> float:
    """Value of 2030 over that of 2022 in constant US$, Viet Nam."""
    table = mekong.MekongModel("baseline", seed=seed, scale=scale, market=False).run()
    yearly = table.indicators(yearly=True)
    chosen = yearly.query("country == 'VNM' and indicator == 'gmv_real_usd' and group == 'all'")
    values = chosen.set_index("year")["value"]
    return float(values[2030] / values[2022])


SEEDS = range(1, 7)
spread = {
    scale: np.std([ratio_of(seed, scale) for seed in SEEDS], ddof=1) for scale in (80_000, 5_000)
}
for scale, deviation in spread.items():
    print(f"one agent for {scale:6,d} people: standard deviation over seeds {deviation:.3f}")

# %% [markdown]
# Sixteen times as many agents should leave about a quarter of the spread, since random variation
# falls with the square root of their number; six seeds show this only roughly. Parameter
# uncertainty does not shrink with the scale (exercise 7).
#
# ## Exercise 4
#
# The shipped rule with one part replaced. The draws of a new decision need a name of their own.

# %%
FOLLOW = decision("follow a friend")


def only_friends(person, env, params, rng):
    """People begin to shop only as neighbours do; country, place, age and income have no effect."""
    if person.connected and person.adult:
        if person.shopper:
            distrust = params.trust_sensitivity * (params.trust_level - person.trust)
            if event_occurs(rng, STOP_SHOPPING, params.shopper_lapse * exponential(distrust)):
                person.shopper = False
        elif event_occurs(rng, FOLLOW, params.imitation * shoppers_among_neighbours(env)):
            person.shopper = True
        open_account(person, env, params, rng)
        meet_scam(person, env, params, rng)
        learn_whom_to_trust(person, env, params)
    connect_or_drop_out(person, env, params, rng)
    learn(person, env, params, rng)
    buy(person, env, params)


def buyers(rules=None, engine="compiled", scenario="baseline", scale=20_000):
    """People who buy online at the end, by country."""
    world = mekong.MekongModel(
        scenario, scale=scale, rules=rules, engine=engine, market=False
    ).run()
    series = world.indicators().query("indicator == 'shoppers' and group == 'all'")
    return series[series["quarter"] == world.quarter].set_index("country")["value"]


shipped, friends = buyers(), buyers({"consumer": only_friends})
short = mekong.Scenario.from_dict(
    {"extends": "baseline", "title": "Two years", "horizon": {"end": "2016Q4"}}, name="short"
)
mine = {"consumer": only_friends}
engines_agree = buyers(mine, "objects", short, 200_000).equals(
    buyers(mine, "compiled", short, 200_000)
)
print((friends / shipped).round(2).to_string())
print("both engines agree:", engines_agree)

# %% [markdown]
# Where almost nobody shopped in 2014, few people have a friend to follow, so friends alone hardly
# start adoption: the lower the start, the larger the loss. That is why the rule also has
# `innovation` and the shares of country and community.
#
# ## Exercise 5
#
# `sme_quarter` does the rest; the wrapper reverses one decision.


# %%
def stubborn(firm, env, params, rng):
    """A firm that once opened a shop never closes it."""
    was_online = firm.online
    sme_quarter(firm, env, params, rng)
    if was_online and not firm.online:
        firm.online = True
        firm.sells_to[env.home] = 1


shops = {}
for name, rules in (("shipped", None), ("stubborn", {"sme": stubborn})):
    world = mekong.MekongModel("baseline", scale=50_000, rules=rules).run()
    last = world.indicators(yearly=True).query("country == 'GMS5' and year == 2030")
    last = last[last["group"] == "all"].set_index("indicator")["value"]
    shops[name] = last[["smes_online", "shops_closed", "gmv_real_usd"]]
print({name: values.round(0).to_dict() for name, values in shops.items()})

# %% [markdown]
# Many more shops, hardly more purchases: those that would have closed are the weak ones, which sell
# little. Counting shops is a poor measure of success.
#
# ## Exercise 6
#
# Nothing was run: a wrong name is refused first, with the nearest right one.

# %%
try:
    mekong.Scenario.from_dict(
        {
            "extends": "baseline",
            "title": "Slip of the pen",
            "levers": {
                "anti_scam_enforcment": [{"countries": "all", "level": 0.5, "start": "2026Q1"}]
            },
        },
        name="slip",
    )
except mekong.InputError as error:
    refusal = str(error)
    print(refusal)

# %% [markdown]
# ## Exercise 7
#
# `ParameterSet.draw(k)` is the k-th draw of the posterior; draw 0 is the central set.


# %%
def doubling(seed: int, draw: int) -> float:
    """Value of 2030 over that of 2022 in constant US$, the five countries together."""
    world = mekong.MekongModel(
        "baseline", seed=seed, scale=20_000, parameters=mekong.ParameterSet.draw(draw), market=False
    ).run()
    yearly = world.indicators(yearly=True)
    chosen = yearly.query("country == 'GMS5' and indicator == 'gmv_real_usd' and group == 'all'")
    values = chosen.set_index("year")["value"]
    return float(values[2030] / values[2022])


over_seeds = [doubling(seed, 0) for seed in range(1, 9)]
over_draws = [doubling(1, draw) for draw in range(1, 9)]
print(f"seeds:      {min(over_seeds):.2f} to {max(over_seeds):.2f}")
print(f"parameters: {min(over_draws):.2f} to {max(over_draws):.2f}")

# %% [markdown]
# An interval over seeds depends on the number of agents. The uncertainty about the world is in the
# parameter draws.
