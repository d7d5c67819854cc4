"""How long clients stay and why they leave (systems B4, B5, C1, and B30 by lifetime alone).

It answers: what share is still there after a year, in which month most leave, how long a
client stays, for which reasons clients go, how many will be gone next quarter. Durations
are days; spells that began before the records enter late.
"""

from clientlab.clients.group_differences import Differences
from clientlab.clients.lifetime_curves import Survival, survival
from clientlab.clients.lifetime_mean import Lifetime, expected_lifetime
from clientlab.clients.lifetime_reasons import Reasons, reasons
from clientlab.clients.losses import ExpectedLosses, expected_losses
from clientlab.clients.mistakes import Mistakes, usual_mistakes
from clientlab.clients.quantity import Quantity
from clientlab.clients.transformation import TransformationRate, transformation_rate

__all__ = [
    "Differences",
    "ExpectedLosses",
    "Lifetime",
    "Mistakes",
    "Quantity",
    "Reasons",
    "Survival",
    "TransformationRate",
    "expected_lifetime",
    "expected_losses",
    "reasons",
    "survival",
    "transformation_rate",
    "usual_mistakes",
]
