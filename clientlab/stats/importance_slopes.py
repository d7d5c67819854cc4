"""Regressions of many redrawn samples at once, from sums of products by cluster.

It answers: which slope has each column, how much does it move when one cluster is left
out, and what becomes of it when it is shrunk. All that a regression needs of a sample is
the matrix of weighted sums of products of its columns; clusters drawn anew or left out are
sums of such matrices, so that nothing is fitted to rows twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

# Ridge penalties tried, as a part of the variance of a column: 1 halves a lone slope.
PENALTIES = tuple(float(10**power) for power in np.linspace(-3, 1.5, 19))
TINY = 1e-10


def moments(columns: np.ndarray, weights: np.ndarray, clusters: ArrayLike | None) -> np.ndarray:
    """Weighted sums of products of all columns, by cluster.

    Parameters
    ----------
    columns : ndarray of shape (n, q)
        The outcome last; columns held fixed first, the constant among them.
    weights : ndarray of shape (n,)
    clusters : array_like, shape (n,), optional
        Without it, every row is a cluster.

    Returns
    -------
    ndarray of shape (clusters, q, q)

    Examples
    --------
    >>> moments(np.array([[1.0, 2], [1, 3], [1, 5]]), np.ones(3), [0, 1, 1]).tolist()
    [[[1.0, 2.0], [2.0, 4.0]], [[2.0, 8.0], [8.0, 34.0]]]
    """
    products = weights[:, None, None] * columns[:, :, None] * columns[:, None, :]
    if clusters is None:
        return products
    codes = np.unique(np.asarray(clusters), return_inverse=True)[1]
    found = np.zeros((codes.max() + 1, *products.shape[1:]))
    np.add.at(found, codes, products)
    return found


def left_over(sums: np.ndarray, held: int) -> np.ndarray:
    """Sums of products of what the first `held` columns leave of the others.

    Parameters
    ----------
    sums : ndarray of shape (…, q, q)
    held : int
        The constant counts.

    Returns
    -------
    ndarray of shape (…, q − held, q − held)
    """
    inner, edge = sums[..., :held, :held], sums[..., :held, held:]
    inverse = np.linalg.pinv(inner, rcond=TINY, hermitian=True)
    return sums[..., held:, held:] - np.swapaxes(edge, -1, -2) @ inverse @ edge


def slopes(sums: np.ndarray, held: int, penalty: float = 0.0) -> np.ndarray:
    """Coefficients of all columns but the outcome, those of the held ones first.

    Parameters
    ----------
    sums : ndarray of shape (…, q, q)
    held : int
        Columns that are not shrunk, the constant among them.
    penalty : float
        Added to the mean square of every other column (ridge); 0 is least squares. What
        cannot be told apart gets the coefficients of least length.

    Returns
    -------
    ndarray of shape (…, q − 1)
    """
    among, with_outcome = sums[..., :-1, :-1], sums[..., :-1, -1]
    shrunk = np.zeros(among.shape[-1])
    shrunk[held:] = penalty
    total = sums[..., 0, 0]  # of the constant: the sum of the weights
    pressed = among + total[..., None, None] * np.diag(shrunk)
    inverse = np.linalg.pinv(pressed, rcond=TINY, hermitian=True)
    return (inverse @ with_outcome[..., None])[..., 0]


def jackknife(sums: np.ndarray, held: int, penalty: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Slopes and their standard errors, leaving out one cluster at a time.

    Parameters
    ----------
    sums : ndarray of shape (clusters, q, q)
    held : int
    penalty : float
        As for `slopes`; the error is then that of the shrunken slope, without its bias.

    Returns
    -------
    slope, se : ndarray of shape (q − 1 − held,)

    Notes
    -----
    √((G − 1)/G Σ (b₋g − b)²), the cluster-robust CV3 of MacKinnon, Nielsen & Webb (2023);
    with rows as clusters, HC3 but for the factor. With t of one degree less than clusters,
    400 samples: 93–97% of slopes of 19 ticks of 180 rows in 40 clusters, 93–95% of slopes of
    one practice over 36 agencies.
    """
    total = sums.sum(axis=0)
    whole = slopes(total, held, penalty)[held:]
    without = slopes(total - sums, held, penalty)[:, held:]
    count = len(sums)
    return whole, np.sqrt((count - 1) / count * ((without - whole) ** 2).sum(axis=0))


def best_penalty(sums: np.ndarray, held: int) -> float:
    """The ridge penalty that predicts clusters best which it has not seen.

    Parameters
    ----------
    sums : ndarray of shape (clusters, q, q)
    held : int

    Returns
    -------
    float
        Of `PENALTIES`; columns should have a mean square of 1.
    """
    without = sums.sum(axis=0) - sums
    errors = []
    for penalty in PENALTIES:
        found = slopes(without, held, penalty)
        away = np.concatenate([-found, np.ones((len(found), 1))], axis=1)
        errors.append(np.einsum("gi,gij,gj->", away, sums, away))
    return PENALTIES[int(np.argmin(errors))]


def redrawn(sums: np.ndarray, replicates: int, seed: int) -> np.ndarray:
    """Sums of products of samples in which clusters are drawn anew.

    Returns
    -------
    ndarray of shape (replicates, q, q)
    """
    random = np.random.default_rng(seed)
    count = len(sums)
    times = random.multinomial(count, np.full(count, 1 / count), size=replicates)
    return np.tensordot(times.astype(float), sums, axes=1)
