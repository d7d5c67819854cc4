"""How the answers were drawn, and what that does to a variance.

It answers: given the influence of every row on an estimate, how uncertain is the
estimate under weights, strata, clusters, a finite population and raked margins. It
deliberately knows no estimates: those are in `clientlab.stats.design`, from which
`Design` and `effective_base` are importable too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from clientlab.stats.design_input import (
    check_fpc,
    check_weights,
    effective_base,
    kept,
    labels,
    margin_columns,
    optional_numbers,
)


@dataclass(frozen=True, eq=False, repr=False)
class Design:
    """How the rows were drawn. Every argument has one value per row, or is None.

    Parameters
    ----------
    weights : array_like of float, shape (rows,), optional
        How many people a row stands for, or anything proportional to that. Without
        them every row weighs the same; with `fpc` it then weighs N / n of its stratum.
    strata : array_like, shape (rows,), optional
        Groups that were drawn from separately, a quota cell say.
    clusters : array_like, shape (rows,), optional
        What was drawn as one: the agency whose managers all answered. A cluster lies
        in one stratum.
    fpc : float or array_like, shape (rows,), optional
        Size of the population that the stratum was drawn from, counted in clusters if
        there are clusters, otherwise in rows: 90 managers work here, 60 answered. One
        number if there are no strata.
    margins : data frame, or array_like of shape (rows,) or list of such, optional
        The columns that the weights were raked to. What they explain of an answer is
        no longer uncertain; see Notes.

    Raises
    ------
    ValueError
        If lengths differ; weights are negative, missing or all 0; strata, clusters,
        fpc or margins are missing somewhere; a stratum has one cluster (its variance
        is not known; R's default fails too) without being complete; a cluster lies in
        two strata; fpc differs within a stratum or is smaller than the sample.

    Notes
    -----
    Taylor linearisation with ultimate clusters, as R's `svydesign` and `svyrecvar`:
    over strata h, V = Σ (1 − n_h / N_h) · n_h / (n_h − 1) · Σ_i (z_hi − z̄_h)², z_hi the
    sum of influences in cluster i. Only the first stage counts.

    `margins` takes the residuals of the influences on the dummies of all margins
    (Deville & Särndal 1992). The projection leaves rows unweighted, which is exact if
    all rows had the same weight before raking, and is what R's `rake` does; projecting
    with the final weights, the usual alternative, differs little as long as the
    weights do. Weights that were not raked to these margins make it wrong.

    Examples
    --------
    >>> Design(weights=[1, 1, 2, 2], clusters=["a", "a", "b", "c"])
    Design: 4 rows, 3 clusters, 2 degrees of freedom, effective base 3.6
    """

    weights: Any = None
    strata: Any = None
    clusters: Any = None
    fpc: Any = None
    margins: Any = None

    def __post_init__(self) -> None:
        """Copy what was given, check it, and keep it unchangeable."""
        given = {
            "weights": optional_numbers(self.weights, "weights"),
            "strata": labels(self.strata, "strata"),
            "clusters": labels(self.clusters, "clusters"),
            "fpc": optional_numbers(self.fpc, "fpc"),
            "margins": margin_columns(self.margins),
        }
        for name, column in given.items():
            object.__setattr__(self, name, column)
        if self.rows is None:
            return
        self._check_lengths()
        check_weights(self.weights)
        check_fpc(self.fpc)
        self._check_strata()
        object.__setattr__(self, "weights", self._full_weights())

    def __repr__(self) -> str:
        """One line: rows, strata, clusters, degrees of freedom, effective base."""
        if self.rows is None:
            return "Design: every row drawn alone, with the same weight"
        parts = [f"{self.rows} rows"]
        if self.strata is not None:
            parts.append(f"{self.clusters_drawn.size} strata")
        if self.clusters is not None:
            parts.append(f"{self.stratum_of_cluster.size} clusters")
        degrees = self.degrees((self.weights > 0)[:, None])[0]
        parts.append(f"{degrees} degrees of freedom")
        parts.append(f"effective base {effective_base(self.weights):.1f}")
        return "Design: " + ", ".join(parts)

    @cached_property
    def rows(self) -> int | None:
        """Number of rows; None if nothing was given that has any."""
        columns = [self.weights, self.strata, self.clusters, self.fpc, *(self.margins or [])]
        return next((len(c) for c in columns if c is not None and c.ndim), None)

    def of_length(self, rows: int) -> Design:
        """This design for data of `rows` rows, or the sentence that says why not."""
        if self.rows is None:
            if rows < 2:
                raise ValueError(f"There are {rows} rows; a variance needs at least 2.")
            return Design(
                weights=np.ones(rows) if self.fpc is None else None,
                fpc=None if self.fpc is None else np.full(rows, self.fpc),
            )
        if self.rows != rows:
            raise ValueError(
                f"The data have {rows} rows and the design {self.rows}. Give the design of the "
                "same rows in the same order; set what does not count to NaN instead of leaving "
                "it out."
            )
        return self

    @cached_property
    def cluster_of_row(self) -> np.ndarray:
        """Number of the cluster of each row; without clusters each row is its own."""
        if self.clusters is None:
            return np.arange(self.rows)
        return np.unique(self.clusters, return_inverse=True)[1]

    @cached_property
    def stratum_of_row(self) -> np.ndarray:
        """Number of the stratum of each row; all 0 without strata."""
        if self.strata is None:
            return np.zeros(self.rows, dtype=np.intp)
        return np.unique(self.strata, return_inverse=True)[1]

    @cached_property
    def stratum_of_cluster(self) -> np.ndarray:
        """Number of the stratum of each cluster."""
        of_cluster = np.empty(self.cluster_of_row.max() + 1, dtype=np.intp)
        of_cluster[self.cluster_of_row] = self.stratum_of_row
        return of_cluster

    @cached_property
    def clusters_drawn(self) -> np.ndarray:
        """Number of clusters drawn in each stratum."""
        return np.bincount(self.stratum_of_cluster)

    @cached_property
    def share_not_drawn(self) -> np.ndarray:
        """What of each stratum's population was not drawn, 1 − n / N; 1 without fpc."""
        if self.fpc is None:
            return np.ones(self.clusters_drawn.size)
        population = np.empty(self.clusters_drawn.size)
        population[self.stratum_of_row] = self.fpc
        return 1 - self.clusters_drawn / population

    def cluster_sums(self, columns: np.ndarray) -> np.ndarray:
        """Sums of columns (rows × k) over each cluster (clusters × k)."""
        if self.clusters is None:
            return columns
        return _group_sums(columns, self.cluster_of_row, self.stratum_of_cluster.size)

    def deviations(self, influence: np.ndarray) -> np.ndarray:
        """The clusters' share of the variance: D with V = DᵀD.

        `influence` (rows × k) is weighted and sums to the linearised estimate.
        """
        totals = self.cluster_sums(self._lessmargin_columns(influence))
        drawn, left = self.clusters_drawn, self.share_not_drawn
        factor = np.sqrt(left * drawn / np.maximum(drawn - 1, 1))
        if drawn.size == 1:
            return factor * (totals - totals.mean(axis=0))
        stratum = self.stratum_of_cluster
        means = _group_sums(totals, stratum, drawn.size) / drawn[:, None]
        return factor[stratum, None] * (totals - means[stratum])

    def degrees(self, inside: np.ndarray) -> np.ndarray:
        """Clusters less strata that hold a row inside, for each column (rows × k)."""
        if self.clusters is not None:
            inside = self.cluster_sums(inside.astype(float)) > 0
        if self.clusters_drawn.size == 1:
            return inside.sum(axis=0) - 1
        sums = _group_sums(inside.astype(float), self.stratum_of_cluster, self.clusters_drawn.size)
        return inside.sum(axis=0) - (sums > 0).sum(axis=0)

    def _lessmargin_columns(self, influence: np.ndarray) -> np.ndarray:
        """Influences less what the raked margins explain of them."""
        if self.margins is None:
            return influence
        weights = self.weights[:, None]
        plain = np.divide(influence, weights, out=np.zeros_like(influence), where=weights > 0)
        basis = self._margin_basis
        return weights * (plain - basis @ (basis.T @ plain))

    @cached_property
    def _margin_basis(self) -> np.ndarray:
        """Orthonormal columns that span the dummies of all margins."""
        dummies = [
            (np.unique(margin)[None, :] == margin[:, None]).astype(float) for margin in self.margins
        ]
        stacked = np.column_stack(dummies) * (self.weights > 0)[:, None]
        left, sizes, _ = np.linalg.svd(stacked, full_matrices=False)
        return left[:, sizes > 1e-10 * sizes[0]]

    def _full_weights(self) -> np.ndarray:
        if self.weights is not None:
            return self.weights
        if self.fpc is None:
            return kept(np.ones(self.rows))
        return kept(self.fpc / self.clusters_drawn[self.stratum_of_row])

    def _check_lengths(self) -> None:
        margins = {f"margin {i}": margin for i, margin in enumerate(self.margins or [], start=1)}
        columns = {"weights": self.weights, "strata": self.strata, "clusters": self.clusters}
        columns |= {"fpc": self.fpc} | margins
        lengths = {name: len(c) for name, c in columns.items() if c is not None and c.ndim}
        if len(set(lengths.values())) > 1:
            found = ", ".join(f"{name} has {length}" for name, length in lengths.items())
            raise ValueError(f"The lengths differ: {found}. Each needs one value per row.")

    def _check_strata(self) -> None:
        astray = np.flatnonzero(self.stratum_of_cluster[self.cluster_of_row] != self.stratum_of_row)
        if astray.size:
            cluster = np.asarray(self.clusters)[astray[0]].item()
            raise ValueError(
                f"Cluster {cluster!r} lies in more than one stratum. If "
                "clusters were numbered anew in each stratum, join both names into one; otherwise "
                "the stratum is a trait to compare by, not a stratum."
            )
        names = [None] if self.strata is None else np.unique(self.strata)
        if self.fpc is not None:
            self._check_population(names)
        unit = "row" if self.clusters is None else "cluster"
        lonely = np.flatnonzero((self.clusters_drawn == 1) & (self.share_not_drawn > 0))
        if lonely.size and self.strata is None:
            raise ValueError(f"There is one {unit} only; a variance needs at least 2.")
        if lonely.size:
            found = ", ".join(repr(names[i].item()) for i in lonely)
            raise ValueError(
                f"{lonely.size} of {len(names)} strata have one {unit} only: {found}. A variance "
                f"needs at least 2 {unit}s in each; join the stratum with one like it."
            )

    def _check_population(self, names: Any) -> None:
        if self.fpc.ndim == 0:
            if len(names) > 1:
                raise ValueError(
                    f"fpc is one number but there are {len(names)} strata; give each row the size "
                    "of its own stratum's population."
                )
            object.__setattr__(self, "fpc", kept(np.full(self.rows, float(self.fpc))))
        unit = "rows" if self.clusters is None else "clusters"
        for number, name in enumerate(names):
            sizes = np.unique(self.fpc[self.stratum_of_row == number])
            place = "" if name is None else f" of stratum {name.item()!r}"
            drawn = self.clusters_drawn[number]
            if sizes.size > 1:
                raise ValueError(
                    f"fpc takes {sizes.size} values within the rows{place}, from {sizes[0]:g} to "
                    f"{sizes[-1]:g}; a population has one size."
                )
            if sizes[0] < drawn:
                raise ValueError(
                    f"fpc{place} is {sizes[0]:g}, smaller than the {drawn} {unit} drawn. It is the "
                    f"size of the population in {unit}, not a share."
                )


def _group_sums(columns: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    sums = [np.bincount(group, weights=column, minlength=groups) for column in columns.T]
    return np.column_stack(sums) if sums else np.empty((groups, 0))
