"""Estimates from a sample with weights, strata, clusters or a finite population.

It answers: mean, total, ratio, share, Net Promoter Score and difference of two groups,
each with the interval that fits how the rows were drawn; and whether two questions go
together (`rao_scott`). It deliberately has no multi-stage designs and no replicate
weights.

Common to all: y may be one column (rows,) or a table (rows, k), which gives arrays of
k numbers. NaN means no answer: the row leaves the domain but stays in the design, as
with R's `subset()` and `na.rm`. Degrees of freedom are the clusters that hold an answer
less the strata that do (rows instead of clusters without any), as R's `degf` of a
subset. A column with no degree of freedom is refused if it stands alone and NaN in a
table.
"""

from clientlab.stats.design_association import rao_scott
from clientlab.stats.design_differences import contrast, covariance, difference, p_value
from clientlab.stats.design_input import effective_base
from clientlab.stats.design_means import mean, ratio, total
from clientlab.stats.design_sample import Design
from clientlab.stats.design_shares import METHODS, NPS_METHODS, nps, proportion

__all__ = [
    "METHODS",
    "NPS_METHODS",
    "Design",
    "contrast",
    "covariance",
    "difference",
    "effective_base",
    "mean",
    "nps",
    "p_value",
    "proportion",
    "rao_scott",
    "ratio",
    "total",
]
