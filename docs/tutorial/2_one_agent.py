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
# # 2. The life of one agent, and a rule of your own
#
# All results of the model come from people and small firms that each follow a short rule. Here you
# follow one of them, read its rule, change it, and see the effect in five countries.

# %%
# %matplotlib inline
import inspect

import matplotlib.pyplot as plt
import pandas as pd

import mekong
from sim.agents import consumer
from sim.agents.consumer import consumer_quarter
from sim.figures.style import COLOURS, house_style
from sim.rng import decision, event_occurs

# %% [markdown]
# ## One person
#
# `mekong.trace` follows one person through a run; on the command line it is `mekong trace baseline
# --country THA --consumer 4 --scale 20000`. What never changes about a person (`person`) follows
# from their number. What they remember (`table`) changes from quarter to quarter.

# %%
one = mekong.trace("baseline", consumer=4, country="THA", scale=20_000)
print(one.person)
print(*one.story, sep="\n")

# %%
one.table.iloc[::8]

# %% [markdown]
# The same seed always gives the same life. Another seed gives another population: other people with
# the same numbers, and other random numbers. All scenarios under one seed have the same people.

# %%
again = mekong.trace("baseline", consumer=4, country="THA", scale=20_000)
other = mekong.trace("baseline", consumer=4, country="THA", scale=20_000, seed=2)
print("same seed, same life:", again.story == one.story)
print("seed 2, same person:", other.person == one.person)

# %% [markdown]
# ## The rule
#
# A rule is one function: what ONE person does in ONE quarter. It gets four things: `person` (what
# the person remembers, and who they are), `env` (what they see), `params` (the parameters of their
# country), and `rng` (the key of their random draws). The whole rule is `consumer_quarter` in
# `sim/agents/consumer.py`:

# %%
print(inspect.getsource(consumer.consumer_quarter))
print(inspect.getsource(consumer.shop_or_stop))

# %% [markdown]
# Three things to note:
#
# - Rates are **hazards** per year. In a quarter `event_occurs(rng, STOP_SHOPPING, h)` is true with
#   the probability `1 - exp(-h/4)`.
# - A draw has a **name** (`STOP_SHOPPING`). It depends on seed, country, person, quarter and that
#   name, and on nothing else. A rule may therefore use more draws without changing the random
#   numbers of anyone else.
# - Everyone reads how the **last quarter** ended. No order of agents can matter.
#
# ## A rule of your own
#
# Suppose that victims of fraud stop buying online at once. Write the ordinary rule, and one more
# statement. (For your own file: `mekong new rule mine` writes the whole rule as `mine.py`, and
# `mekong run baseline --rule mine.py` runs with it.)


# %%
def once_bitten(person, env, params, rng):
    """As the ordinary rule, but a person who was just defrauded stops buying online."""
    consumer_quarter(person, env, params, rng)
    if person.victim:
        person.shopper = False
        person.spending = 0.0


# %% mystnb={"image": {"alt": "Buyers and purchases by year: shipped rule and changed rule"}}
shipped = mekong.MekongModel("baseline", scale=20_000).run().indicators(yearly=True)
changed = mekong.MekongModel("baseline", scale=20_000, rules={"consumer": once_bitten}).run()
changed = changed.indicators(yearly=True)


def path(series: pd.DataFrame, indicator: str, country: str = "GMS5") -> pd.Series:
    """One series of everybody, by year."""
    mine = series.query(f"country == '{country}' and indicator == '{indicator}' and group == 'all'")
    return mine.set_index(mine["year"].astype(int))["value"]


with house_style():
    figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.6))
    for axes, (indicator, unit, title) in zip(
        panels,
        (
            ("shoppers", 1e6, "People who buy online, million"),
            ("gmv_real_usd", 1e9, "Online purchases, billion 2022 US$"),
        ),
        strict=True,
    ):
        for colour, name, series in zip(
            COLOURS, ("shipped rule", "once bitten"), (shipped, changed), strict=False
        ):
            line = path(series, indicator) / unit
            axes.plot(line.index, line, color=colour, linewidth=2)
            axes.annotate(
                name, (2030, line.loc[2030]), (6, 0), textcoords="offset points", va="center",
                color=colour,
            )  # fmt: skip
        axes.set_title(title)
        axes.set_xlim(2015, 2030)
        axes.set_ylim(0, None)
        axes.set_xticks(range(2015, 2031, 5))
    figure.suptitle("Baseline, the five countries together", x=0.01, ha="left", fontweight="bold")
    plt.show()

# %%
fewer = 1 - path(changed, "shoppers").loc[2030] / path(shipped, "shoppers").loc[2030]
less = 1 - path(changed, "gmv_real_usd").loc[2030] / path(shipped, "gmv_real_usd").loc[2030]
print(f"In 2030 {fewer:.0%} fewer people buy online, and purchases are {less:.0%} lower.")

# %% [markdown]
# With either rule the origins of purchases in 2019 to 2021 equal those observed: preference weights
# are solved again for a rule of your own. All other results can change.
#
# ## Two engines, one rule
#
# Before a run the rule is translated to machine code (`engine="compiled"`). With `engine="objects"`
# the same function runs as plain Python on Mesa agents: slow, but you can put a `breakpoint()` into
# the rule and step through it. The two give the same numbers, to the last bit. Here they run a
# small world, without firms, to the end of 2017.

# %%
short = mekong.Scenario.from_dict(
    {"extends": "baseline", "title": "Three years", "horizon": {"end": "2017Q4"}}, name="short"
)
worlds = {
    engine: mekong.MekongModel(
        short, scale=200_000, engine=engine, rules={"consumer": once_bitten}, market=False
    ).run()
    for engine in ("compiled", "objects")
}
rows = {engine: world.consumers.rows for engine, world in worlds.items()}
same_bytes = rows["compiled"].tobytes() == rows["objects"].tobytes()
print(f"{len(rows['objects'])} people; same bytes in both engines: {same_bytes}")

# %% [markdown]
# `model.consumers` is everybody, as one table of records. `[i]` is a single agent that views its
# row, and `select` and `agg` work over all of them.

# %%
people = worlds["compiled"].consumers
print(people[4], "shops:", people[4].shopper, "trust:", round(people[4].trust, 3))
shoppers = people.select(lambda rows: rows["shopper"])
print(f"{len(shoppers)} of {len(people)} agents shop; their mean trust is", end=" ")
print(f"{shoppers.agg('trust', lambda column: column.mean()):.3f}")

# %% [markdown]
# ## A rule with its own random numbers
#
# A new decision needs a new name, so that its draws are independent of all others. Here a person
# who lost trust talks to a friend about once a year, and returns to the usual level. Both rules run
# without firms (`market=False`, prices stay as they are), which is quicker.

# %%
TALK = decision("talk to a friend")


def comforted(person, env, params, rng):
    """Once bitten, but about once a year one talks to a friend and trusts again."""
    once_bitten(person, env, params, rng)
    if person.connected and event_occurs(rng, TALK, 1.0):
        person.trust = max(person.trust, params.trust_level)


for rule in (once_bitten, comforted):
    world = mekong.MekongModel(
        "baseline", scale=20_000, rules={"consumer": rule}, market=False
    ).run()
    yearly = world.indicators(yearly=True)
    trust, buyers = (path(yearly, name).loc[2030] for name in ("trust", "shoppers"))
    print(f"{rule.__name__:12s} trust {trust:.3f}, {buyers / 1e6:.1f} million shoppers in 2030")

# %% [markdown]
# ## What a rule may not do
#
# A rule is arithmetic on one agent. (A `print` in it speaks for every agent in every quarter; take
# `mekong.trace` to watch a single one.) Powers, lists and dictionaries, and random numbers other
# than keyed draws are refused with a reason, before anything runs. Try it:


# %%
def squared(person, env, params, rng):
    """A rule that the two engines would not compute alike."""
    person.trust = person.trust**2


try:
    mekong.MekongModel("baseline", scale=200_000, rules={"consumer": squared}, market=False)
except mekong.InputError as error:
    print(error)

# %% [markdown]
# Next: [a small study](3_a_study.py), or the [exercises](exercises.md) 4 to 6.
