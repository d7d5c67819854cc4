"""What a ranking of clients is worth in money: expected maximum profit.

Public names are importable from `clientlab.stats.scoring`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clientlab.stats.scoring_input import column, need_both_classes, outcomes_and


class Profit(NamedTuple):
    """What retention earns when as many clients are contacted as pays best.

    Attributes
    ----------
    profit : float
        Expected maximum profit per client of the whole base, in the unit of `clv`.
    share : float
        Expected share of the base that is contacted for it.
    """

    profit: float
    share: float


def expected_maximum_profit(
    y: ArrayLike,
    score: ArrayLike,
    *,
    clv: ArrayLike,
    incentive: float,
    contact: float,
    alpha: float,
    beta: float,
) -> Profit:
    """What a ranking is worth in money when the best number of clients is contacted.

    Everyone above a cut of `score` is contacted and offered the incentive. A client who
    would have left accepts and stays with probability gamma, and then earns
    ``clv - incentive - contact``; one who refuses costs `contact`. A client who would
    have stayed takes the incentive: ``-incentive - contact``.

    Parameters
    ----------
    y : array-like of shape (n,)
        1 = left, 0 = stayed; both must occur.
    score : array-like of shape (n,)
        Higher = contacted earlier; equal scores are contacted together.
    clv : float or array-like of shape (n,)
        Value of a client who is kept, above 0: one for all, or one per client (then the
        profit is the sum over the clients contacted, each at its own value; the order
        stays that of `score`: to call by expected value pass probability × value as
        `score`). Values of clients who stayed are not used.
    incentive, contact : float
        Cost of the offer and of the contact per client, 0 or more, in the unit of `clv`.
    alpha, beta : float
        gamma ~ Beta(alpha, beta), both above 0; the mean is alpha / (alpha + beta).

    Returns
    -------
    Profit
        `profit` per client of the base and the `share` to contact, both averaged over
        gamma. There is no interval: resample clients.

    Raises
    ------
    ValueError
        Missing values, lengths that differ, y not 0/1, one class only, a value, cost or
        parameter out of its range.

    Notes
    -----
    Verbraken, Verbeke & Baesens (2013), "A novel profit maximizing metric for measuring
    classification performance of customer churn prediction models", the EMPC measure;
    they use alpha 6, beta 14, clv 200, incentive 10, contact 1. For a given gamma the
    profit of a cut is gamma · A - B, with A and B sums over the clients above it, so the
    best cut runs along the upper convex hull of the points (B, A) (with one `clv` for
    all: that of the ROC curve), and the mean over gamma is a sum of incomplete Beta
    functions. The cut is chosen with hindsight, hence 'maximum': on few clients it
    promises more than the next list will earn. That the best cut is known for each
    gamma, and alpha, beta themselves, are assumptions of the analyst.

    Examples
    --------
    >>> result = expected_maximum_profit(
    ...     [1, 0, 0, 0], [4, 3, 2, 1], clv=200, incentive=10, contact=1, alpha=6, beta=14
    ... )
    >>> round(result.profit, 3), round(result.share, 3)
    (14.0, 0.25)
    """
    left, score = outcomes_and(y, score, names=("score",))
    need_both_classes(left, "Profit")
    _checked_costs(incentive=incentive, contact=contact)
    _checked_acceptance(alpha=alpha, beta=beta)
    gain = np.where(left == 1, _values(clv, len(left)) - incentive, 0.0)
    cost = contact + incentive * (1 - left)
    _, where, count = np.unique(-score, return_inverse=True, return_counts=True)
    gains, costs, sizes = (
        np.concatenate([[0.0], np.cumsum(part)]) / len(left)
        for part in (np.bincount(where, gain), np.bincount(where, cost), count)
    )
    best, starts = _upper_hull(costs, gains)
    below, mean_below = _beta_parts(np.append(starts, 1.0), alpha, beta)
    # To contact nobody earns 0: what lies below is rounding.
    profit = max(0.0, float(gains[best] @ mean_below - costs[best] @ below))
    return Profit(profit, float(sizes[best] @ below))


def _upper_hull(costs: np.ndarray, gains: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which cuts maximise gamma · gain - cost for some gamma in 0-1, and from which gamma on.

    `costs` must not fall; the first cut (nobody is contacted) is the best at gamma 0.
    """
    best, starts = [0], [0.0]
    for cut in range(1, len(costs)):
        start = 0.0
        while best:
            more = gains[cut] - gains[best[-1]]
            if more <= 0:
                start = np.inf
                break
            start = (costs[cut] - costs[best[-1]]) / more
            if start > starts[-1]:
                break
            best.pop()
            starts.pop()
        if start < 1:
            best.append(cut)
            starts.append(start)
    return np.array(best), np.array(starts)


def _beta_parts(ends: np.ndarray, alpha: float, beta: float) -> tuple[np.ndarray, np.ndarray]:
    """Probability of gamma between neighbouring `ends`, and its mean over each piece."""
    from scipy import special

    probability = np.diff(special.betainc(alpha, beta, ends))
    mean = alpha / (alpha + beta) * np.diff(special.betainc(alpha + 1, beta, ends))
    return probability, mean


def _values(clv: ArrayLike, size: int) -> np.ndarray:
    """`clv` as one positive value, or one per client."""
    values = column(np.atleast_1d(np.asarray(clv)), "clv")
    if len(values) not in (1, size):
        raise ValueError(
            f"clv has {len(values)} values for {size} clients. Pass one value for all clients, "
            f"or one per client in the order of y."
        )
    fit = (values > 0) & np.isfinite(values)
    if not fit.all():
        raise ValueError(
            f"clv is not above 0 and finite in {int((~fit).sum())} of {len(values)} values "
            f"(the first is {values[~fit][0]:g}). It is what a kept client is "
            f"worth: leave out clients who are worth nothing."
        )
    return values


def _checked_costs(**costs: float) -> None:
    """Refuse a cost that is negative, missing or endless."""
    for name, cost in costs.items():
        if not 0 <= cost < np.inf:
            raise ValueError(
                f"{name} is {cost:g}. A cost per client is 0 or more, in the unit of clv: "
                f"pass the amount itself, without a minus."
            )


def _checked_acceptance(**parameters: float) -> None:
    """Refuse parameters that no Beta distribution has."""
    for name, value in parameters.items():
        if not 0 < value < np.inf:
            raise ValueError(
                f"{name} is {value:g}. Both parameters of the Beta distribution of acceptance lie "
                f"above 0: alpha=6, beta=14 means 30% accept on average."
            )
