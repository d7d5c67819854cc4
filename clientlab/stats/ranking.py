"""Which comes first, and how sure is the order.

It answers: the rank of each item with the interval of that rank and the probability of
being first, and whether the respondents agree at all. It deliberately has no model of
how people rank (Plackett–Luce, Bradley–Terry).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clientlab.stats.estimate import checked_level

BEST = ("low", "high")
UNRANKED = ("missing", "last")


class Friedman(NamedTuple):
    """Test of agreement: χ² on `df`, its p-value, Kendall's W, respondents used."""

    statistic: float
    df: int
    p_value: float
    kendall_w: float
    base: int


def ranks(
    answers: ArrayLike,
    *,
    best: str = "low",
    clusters: ArrayLike | None = None,
    level: float = 0.95,
    replicates: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Rank of each item by its mean rank, with its uncertainty.

    Parameters
    ----------
    answers : data frame or array_like of float, shape (respondents, items)
        Ranks or scores; the columns of a frame name the items. NaN: not ranked.
    best : {"low", "high"}
        Whether the low number is the best (ranks) or the high one (scores).
    clusters : array_like, shape (respondents,), optional
        Whose respondents they are: drawn together.
    level : float
    replicates, seed : int
        Resamples of respondents, and what they start from.

    Returns
    -------
    DataFrame
        One row per item, best first: ``item``, ``mean_rank``, ``estimate`` (its rank,
        1 is best, ties share the mean), ``low`` and ``high`` of the rank,
        ``probability_first`` (share of the resamples in which it is first, ties
        shared), ``base`` (respondents who ranked it). An item nobody ranked has NaN.

    Raises
    ------
    ValueError
        If there are fewer than 2 items or respondents, lengths differ, or there is one
        cluster only.

    Notes
    -----
    Each respondent's numbers become ranks among the items that this respondent ranked,
    ties the mean. Rank r among m of k items counts as r (k + 1) / (m + 1), its expected
    place if the missing items lie evenly (Skillings & Mack 1981). This suits items that
    were not shown. If respondents name a top 3, what they left out is last, not
    missing: fill it with one number worse than the rest.

    Percentiles of bootstrapped ranks. Items whose means are equal or nearly so have no
    fixed rank, and no bootstrap interval of the rank is exact there (Hall & Miller
    2009; Xie, Singh & Zhang 2009): read overlapping intervals as "cannot say". Of items
    whose mean utilities are 0.6 standard deviations apart, the true rank is covered at
    least 93.5% of the time for n = 20, 50, 95.
    `rank_interval` is the cautious alternative.

    Examples
    --------
    >>> names = ["calls", "visits", "gifts"]
    >>> answers = pd.DataFrame([[1, 2, 3], [1, 2, 3], [2, 1, 3], [1, 2, 3]], columns=names)
    >>> ranks(answers)[["item", "mean_rank", "estimate", "low", "high"]]
         item  mean_rank  estimate  low  high
    0   calls       1.25       1.0  1.0   2.0
    1  visits       1.75       2.0  1.0   2.0
    2   gifts       3.00       3.0  3.0   3.0
    """
    table, items = _answers(answers)
    if best not in BEST:
        raise ValueError(f"best={best!r} is not known; use one of {', '.join(BEST)}.")
    checked_level(level)
    if replicates < 200:
        raise ValueError(f"replicates={replicates} is too few for an interval; use 200 or more.")
    known = ~np.isnan(table)
    placed = _within(table if best == "low" else -table)
    sums, counts = _by_cluster(np.where(known, placed, 0), known.astype(float), clusters)
    with np.errstate(invalid="ignore"):
        mean_rank = sums.sum(axis=0) / counts.sum(axis=0)
    drawn = _resampled(sums, counts, replicates, seed)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(drawn, tails, axis=0, method="inverted_cdf")
    first = drawn == drawn.min(axis=1, keepdims=True)
    probability = (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
    base = known.sum(axis=0)
    frame = pd.DataFrame(
        {
            "item": items,
            "mean_rank": mean_rank,
            "estimate": pd.Series(mean_rank).rank().to_numpy(),
            "low": low,
            "high": high,
            "probability_first": probability,
            "base": base,
        }
    )
    frame.loc[base == 0, ["low", "high", "probability_first"]] = np.nan
    return frame.sort_values("mean_rank", kind="stable", ignore_index=True)


def places(answers: ArrayLike, *, best: str = "low", unranked: str = "missing") -> np.ndarray:
    """Rank of every answer within its row, ties the mean.

    Parameters
    ----------
    answers : data frame or array_like of float, shape (respondents, items)
    best : {"low", "high"}
    unranked : {"missing", "last"}
        What NaN means: the item was not shown, so that ranks are stretched over all items
        (Notes of `ranks`), or it was left out of a top 3 and shares the last places.

    Returns
    -------
    ndarray, shape (respondents, items)
        Whoever ranked nothing has NaN.

    Raises
    ------
    ValueError
        As for `ranks`, or if `unranked` is not known.

    Examples
    --------
    >>> places([[1, 2, np.nan, np.nan]], unranked="last").tolist()
    [[1.0, 2.0, 3.5, 3.5]]
    """
    table, _ = _answers(answers, respondents=1)
    if best not in BEST:
        raise ValueError(f"best={best!r} is not known; use one of {', '.join(BEST)}.")
    if unranked not in UNRANKED:
        raise ValueError(f"unranked={unranked!r} is not known; use one of {', '.join(UNRANKED)}.")
    table = table if best == "low" else -table
    if unranked == "last":
        ranked = ~np.isnan(table).all(axis=1, keepdims=True)
        table = np.where(np.isnan(table) & ranked, np.inf, table)
    return _within(table)


def friedman(answers: ArrayLike) -> Friedman:
    """Whether respondents rank the items alike: Friedman's test and Kendall's W.

    Parameters
    ----------
    answers : data frame or array_like of float, shape (respondents, items)
        Ranks or scores. Respondents who left out an item are left out.

    Returns
    -------
    Friedman
        ``statistic, df, p_value, kendall_w, base``; W is 0 for no agreement at all and
        1 for the same order from everyone. NaN if everyone ties all items.

    Raises
    ------
    ValueError
        If there are fewer than 2 items or fewer than 2 complete respondents.

    Notes
    -----
    R: ``friedman.test``, corrected for ties; W = χ² / (n (k − 1)). The χ² approximation
    wants n · k of about 30; below it is conservative.

    Examples
    --------
    >>> found = friedman([[1, 2, 3], [1, 3, 2], [2, 1, 3], [1, 2, 3]])
    >>> found.statistic, round(found.p_value, 4), found.kendall_w
    (4.5, 0.1054, 0.5625)
    """
    from scipy.special import chdtrc

    table, items = _answers(answers)
    table = table[~np.isnan(table).any(axis=1)]
    people, count = len(table), len(items)
    if people < 2:
        raise ValueError(
            f"{people} respondents ranked all {count} items; the test needs at least 2."
        )
    placed = _within(table)
    between = ((placed.sum(axis=0) - people * (count + 1) / 2) ** 2).sum()
    within = ((placed - (count + 1) / 2) ** 2).sum()
    if within == 0:
        nan = float("nan")
        return Friedman(nan, count - 1, nan, nan, people)
    statistic = float((count - 1) * between / within)
    p_value = float(chdtrc(count - 1, statistic))
    return Friedman(statistic, count - 1, p_value, statistic / (people * (count - 1)), people)


def rank_interval(low: ArrayLike, high: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Ranks that intervals of the items allow; 1 is the item with the highest value.

    Parameters
    ----------
    low, high : array_like of float, shape (items,)
        Intervals of the items' values, such as shares.

    Returns
    -------
    tuple of ndarray
        Best and worst possible rank of each item.

    Raises
    ------
    ValueError
        If the lengths differ, an end is NaN, or a low end exceeds the high one.

    Notes
    -----
    Klein, Wright & Wieczorek (2020), "A joint confidence region for an overall ranking
    of populations": best rank 1 + the number of items wholly above, worst k − the
    number wholly below. All ranks hold at once with the probability that all intervals
    do: for 95% over k items take intervals of level 1 − 0.05 / k.

    Examples
    --------
    >>> best, worst = rank_interval([0.5, 0.2, 0.45], [0.7, 0.3, 0.6])
    >>> best.tolist(), worst.tolist()
    ([1, 3, 1], [2, 3, 2])
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if low.shape != high.shape or low.ndim != 1:
        raise ValueError(f"low has the shape {low.shape} and high {high.shape}; give one per item.")
    wrong = int((~(low <= high)).sum())
    if wrong:
        raise ValueError(f"{wrong} of {low.size} intervals are NaN or end before they begin.")
    best = 1 + (low[None, :] > high[:, None]).sum(axis=1)
    worst = low.size - (high[None, :] < low[:, None]).sum(axis=1)
    return best, worst


def _answers(answers: Any, respondents: int = 2) -> tuple[np.ndarray, list[Any]]:
    frame = answers if isinstance(answers, pd.DataFrame) else pd.DataFrame(np.asarray(answers))
    try:
        table = frame.to_numpy(dtype=float, na_value=np.nan)
    except (ValueError, TypeError):
        raise TypeError("Answers must be numbers, with NaN where one is missing.") from None
    if len(table) < respondents or table.shape[1] < 2:
        raise ValueError(
            f"There are {len(table)} respondents and {table.shape[1]} items; a ranking needs at "
            "least 2 of both."
        )
    if np.isnan(table).all():
        raise ValueError(f"All answers of {len(table)} respondents are missing.")
    return table, list(frame.columns)


def _within(table: np.ndarray) -> np.ndarray:
    """Rank of each answer within its row, on the scale of all items."""
    from scipy.stats import rankdata

    placed = rankdata(table, axis=1, nan_policy="omit")
    ranked = (~np.isnan(table)).sum(axis=1, keepdims=True)
    return placed * (table.shape[1] + 1) / (ranked + 1)


def _by_cluster(
    placed: np.ndarray, known: np.ndarray, clusters: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray]:
    if clusters is None:
        return placed, known
    labels = np.asarray(clusters, dtype=object)  # keeps a missing one missing
    if labels.shape != (len(placed),):
        raise ValueError(
            f"clusters have the shape {labels.shape} and there are {len(placed)} respondents; give "
            "one per respondent."
        )
    codes, found = pd.factorize(labels)
    if (codes < 0).any() or len(found) < 2:
        raise ValueError(
            f"There are {len(found)} clusters, and {int((codes < 0).sum())} respondents have none; "
            "resampling needs at least 2, and one for everybody."
        )
    sums = [np.zeros((len(found), placed.shape[1])) for _ in range(2)]
    for total, part in zip(sums, (placed, known), strict=True):
        np.add.at(total, codes, part)
    return sums[0], sums[1]


def _resampled(sums: np.ndarray, counts: np.ndarray, replicates: int, seed: int) -> np.ndarray:
    """Ranks of the items in each resample of clusters, (replicates, items)."""
    from scipy.stats import rankdata

    random, drawn = np.random.default_rng(seed), len(sums)
    times = random.multinomial(drawn, np.full(drawn, 1 / drawn), size=replicates).astype(float)
    with np.errstate(invalid="ignore"):
        means = (times @ sums) / (times @ counts)
    # An item that a resample lacks is put last there rather than left out of the order.
    return rankdata(np.where(np.isnan(means), np.inf, means), axis=1)
