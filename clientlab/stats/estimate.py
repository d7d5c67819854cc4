"""What every estimate of `clientlab.stats` looks like.

It answers: which number, how uncertain, on how many degrees of freedom. It
deliberately knows nothing about how the number was found.
"""

from typing import Any, NamedTuple

INFINITE = float("inf")


class Estimate(NamedTuple):
    """A number with its uncertainty.

    Attributes
    ----------
    estimate : float or numpy.ndarray
        The number itself, in the unit of the input; shares are 0–1.
    se : float or numpy.ndarray
        Standard error at the estimate; NaN where the method has none.
    low, high : float or numpy.ndarray
        Ends of the confidence interval. They need not be `estimate` ± z · `se`:
        an interval for a share is not symmetric.
    df : float
        Degrees of freedom of the interval, ``inf`` for a normal or an exact one.

    Examples
    --------
    >>> Estimate(0.5, 0.1, 0.3, 0.7, float("inf")).high
    0.7
    """

    estimate: Any
    se: Any
    low: Any
    high: Any
    df: Any


def quantile_of(level: float, df: float = INFINITE) -> float:
    """Half the width of a two-sided interval, in standard errors.

    Parameters
    ----------
    level : float
        Confidence level, 0–1.
    df : float
        Degrees of freedom of Student's t; infinite is the normal distribution.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the level leaves (0, 1).

    Examples
    --------
    >>> round(quantile_of(0.95), 2), round(quantile_of(0.95, df=9), 2)
    (1.96, 2.26)
    """
    from scipy import special

    if not 0 < level < 1:
        raise ValueError(
            f"level is {level:g}. A confidence level lies between 0 and 1: use 0.95 for 95%."
        )
    upper = (1 + level) / 2
    return float(special.ndtri(upper) if df == INFINITE else special.stdtrit(df, upper))
