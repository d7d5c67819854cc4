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


def checked_level(level: float) -> float:
    """Return a confidence level, refuse what is none.

    Raises
    ------
    ValueError
        If it leaves (0, 1).

    Examples
    --------
    >>> checked_level(95)
    Traceback (most recent call last):
    ...
    ValueError: level=95 must lie between 0 and 1, such as 0.95.
    """
    if not 0 < level < 1:
        raise ValueError(f"level={level:g} must lie between 0 and 1, such as 0.95.")
    return level


def quantile_of(level: float, df: Any = INFINITE) -> Any:
    """Half the width of a two-sided interval, in standard errors.

    Parameters
    ----------
    level : float
        Confidence level, 0–1.
    df : float or array_like
        Degrees of freedom of Student's t; infinite is the normal distribution.

    Returns
    -------
    float, or ndarray if `df` is one

    Raises
    ------
    ValueError
        If the level leaves (0, 1).

    Examples
    --------
    >>> round(quantile_of(0.95), 2), round(quantile_of(0.95, df=9), 2)
    (1.96, 2.26)
    """
    from scipy.special import ndtri, stdtrit

    upper = (1 + checked_level(level)) / 2
    if isinstance(df, float | int):
        return float(ndtri(upper) if df == INFINITE else stdtrit(df, upper))
    return stdtrit(df, upper)
