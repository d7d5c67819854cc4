"""Time to an event: curves, tests and regression, all with late entry.

It answers: how long do spells last, what ends them, which groups differ. A spell is at
risk on (entry, exit]; ties are taken as they are. It deliberately has no parametric
models and no time-varying covariates.
"""

from clientlab.stats.survival_cox import CoxFit, cox
from clientlab.stats.survival_curves import (
    aalen_johansen,
    kaplan_meier,
    quantile,
    restricted_mean,
)
from clientlab.stats.survival_intervals import INTERVALS
from clientlab.stats.survival_partial import TIES
from clientlab.stats.survival_tests import gray, logrank

__all__ = [
    "INTERVALS",
    "TIES",
    "CoxFit",
    "aalen_johansen",
    "cox",
    "gray",
    "kaplan_meier",
    "logrank",
    "quantile",
    "restricted_mean",
]
