"""What every estimate of `clientlab.stats` looks like.

It answers: which number, how uncertain, on how many degrees of freedom. It
deliberately knows nothing about how the number was found.
"""

from typing import Any, NamedTuple


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
