"""What clients are worth and what they cost, in money (systems B5, B6, B7, B9).

It answers: what a client brings over its lifetime, what a point of churn is worth, what it
costs to win and to keep a client, how much work is left to do for them. A lifetime is a
time and stands in `lifetime`.
"""

from clientlab.clients.acquisition import AcquisitionCost, acquisition_cost
from clientlab.clients.capacities import capacity, lost_capacity
from clientlab.clients.lifetime_worth import LifetimeValue, lifetime_value
from clientlab.clients.quantity import Quantity
from clientlab.clients.retention_costs import RetentionCost, retention_cost
from clientlab.clients.winning_keeping import WinningToKeeping, acquisition_to_retention
from clientlab.clients.worth_of_churn import (
    ChurnPoint,
    Geometric,
    churn_point,
    geometric_lifetime_value,
)

__all__ = [
    "AcquisitionCost",
    "ChurnPoint",
    "Geometric",
    "LifetimeValue",
    "Quantity",
    "RetentionCost",
    "WinningToKeeping",
    "acquisition_cost",
    "acquisition_to_retention",
    "capacity",
    "churn_point",
    "geometric_lifetime_value",
    "lifetime_value",
    "lost_capacity",
    "retention_cost",
]
