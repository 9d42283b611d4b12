"""Parameters for tests of mechanisms: values that stand still when the posterior is made anew."""

from __future__ import annotations

from sim.parameters.values import PRIOR_DRAWS, ParameterSet

PRIOR_CENTRAL = ParameterSet.draw(PRIOR_DRAWS)
"""The prior's central set. The central set of a run without parameters comes from the data."""
