"""A parent and a child scenario that several tests read."""

from __future__ import annotations

PARENT = """
title = "Parent"
question = "Which?"
reference = "A paper"
baseline = "broadband"
[horizon]
end = "2028Q4"
[paths]
exchange = "no_change"
[parameters]
trust_level = 0.6
shopper_lapse = 0.1
THA.shopper_lapse = 0.2
[[levers.broadband_investment]]
countries = ["THA", "KHM"]
level = 4
start = "2026Q1"
end = "2026Q4"
[[levers.broadband_investment]]
countries = ["LAO"]
level = 1.5
start = "2026Q1"
[[levers.anti_scam_enforcement]]
countries = "all"
level = 0.5
start = "2026Q1"
lag_years = 0
ramp_years = 2
"""
CHILD = """
extends = "parent.toml"
title = "Child"
[paths]
covid = "none"
[parameters]
trust_level = 0.65
VNM.shopper_lapse = 0.3
[[levers.broadband_investment]]
countries = ["VNM"]
level = 3
start = "2027Q1"
"""
