"""Shares of R² among columns that go with each other.

X       y        R² of all   first alone   second alone   shares (lmg = johnson: two columns)
0 0     0        1.0         0.9           0.1            0.9, 0.1 (uncorrelated)
0 1     1
1 0     3
1 1     4
"""

import re
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.stats.importance import johnson, johnson_of, lmg, lmg_of

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "importance" / "values.txt"
OWN = np.array([[0, 0, 3], [1, 0, 5], [0, 1, 2], [1, 1, 8], [1, 1, 7], [0, 0, 1], [1, 1, 9],
                [0, 1, 4]], float)  # fmt: skip
OUTCOME = np.array([2, 4, 3, 9, 6, 1, 8, 5.0])
WEIGHTS = [1, 2, 1, 1, 3, 1, 2, 1]


def golden(name: str) -> np.ndarray:
    """Numbers that R printed under a title, without its row and column names."""
    lines = GOLDEN.read_text("utf-8").splitlines()
    start = lines.index(name) + 1
    rows = []
    for line in lines[start:]:
        if not line.lstrip().startswith("["):
            break
        if not re.fullmatch(r"[\s\[\],\d]*\]", line):  # a line of column names
            rows.append([float(part) for part in re.sub(r"\[.*?\]", "", line).split()])
    return np.array(rows) if name.startswith("cor") else np.concatenate(rows)


def swiss() -> np.ndarray:
    """Correlations of R's table `swiss`, its outcome (fertility) last."""
    blocks = golden("cor(swiss)").reshape(-1)
    # R prints columns 1–3 and then 4–6.
    printed = np.hstack([blocks[:18].reshape(6, 3), blocks[18:].reshape(6, 3)])
    order = [1, 2, 3, 4, 5, 0]
    return printed[np.ix_(order, order)]


def r_squared(X: np.ndarray, y: np.ndarray) -> float:
    """By the normal equations, one regression at a time."""
    design = np.column_stack([np.ones(len(X)), X])
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return 1 - left @ left / ((y - y.mean()) @ (y - y.mean()))


def by_all_orders(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The definition: gains of each column over every order of entering."""
    k = X.shape[1]
    gains = np.zeros(k)
    orders = list(permutations(range(k)))
    for order in orders:
        for place, column in enumerate(order):
            before = r_squared(X[:, order[:place]], y) if place else 0.0
            gains[column] += r_squared(X[:, order[: place + 1]], y) - before
    return gains / len(orders)


def drawn(seed: int, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, k)) @ random.normal(size=(k, k))
    return X, X @ random.normal(size=k) + random.normal(size=n)


def test_lmg_of_rs_swiss_table_is_that_of_relaimpo():
    # relaimpo: calc.relimp(lm(Fertility ~ ., swiss), type = "lmg"); here R's lm over all subsets.
    assert lmg_of(swiss()) == pytest.approx(golden("swiss lmg"), abs=1e-10)


def test_johnson_of_rs_swiss_table_is_its_matrix_formula_in_r():
    assert johnson_of(swiss()) == pytest.approx(golden("swiss johnson"), abs=1e-10)


def test_lmg_of_eight_rows_is_rs():
    assert lmg(OWN, OUTCOME) == pytest.approx(golden("own lmg"), abs=5e-13)
    assert johnson(OWN, OUTCOME) == pytest.approx(golden("own johnson"), abs=5e-13)


def test_weights_count_as_in_rs_lm():
    found = lmg(OWN, OUTCOME, weights=WEIGHTS)
    assert found == pytest.approx(golden("own lmg weighted"), abs=5e-13)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_lmg_is_the_mean_gain_over_all_orders(k):
    X, y = drawn(k, 40, k)
    assert lmg(X, y) == pytest.approx(by_all_orders(X, y), abs=1e-12)


def test_two_columns_have_the_closed_form_and_both_methods_agree():
    X, y = drawn(7, 30, 2)
    r = np.corrcoef(np.column_stack([X, y]).T)
    a, b, ab = r[0, 2], r[1, 2], r[0, 1]
    whole = (a**2 + b**2 - 2 * a * b * ab) / (1 - ab**2)
    expected = [(a**2 + whole - b**2) / 2, (b**2 + whole - a**2) / 2]
    assert lmg(X, y) == pytest.approx(expected, abs=1e-12)
    assert johnson(X, y) == pytest.approx(expected, abs=1e-12)


def test_johnson_is_its_matrix_formula_by_hand():
    X, y = drawn(3, 50, 4)
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    # The nearest orthonormal columns to z (singular vectors), regressed back.
    left, _, right = np.linalg.svd(z, full_matrices=False)
    orthogonal = left @ right
    beta = orthogonal.T @ (y - y.mean()) / np.sqrt(((y - y.mean()) ** 2).sum())
    loading = orthogonal.T @ z / np.sqrt(len(y))
    assert johnson(X, y) == pytest.approx((loading**2).T @ beta**2, abs=1e-12)


@given(st.integers(0, 500), st.integers(1, 6))
def test_shares_sum_to_r_squared_and_are_never_negative(seed, k):
    X, y = drawn(seed, 25, k)
    for method in (lmg, johnson):
        found = method(X, y)
        assert found.sum() == pytest.approx(r_squared(X, y), abs=1e-9)
        assert (found >= -1e-12).all()


@given(st.integers(0, 200), st.permutations(range(4)))
def test_order_unit_and_direction_of_columns_change_nothing(seed, order):
    X, y = drawn(seed, 20, 4)
    scaled = X * [10, -0.1, 3, -7] + 5
    for method in (lmg, johnson):
        found = method(X, y)
        assert method(scaled, -2 * y + 1) == pytest.approx(found, abs=1e-7)
        assert method(X[:, order], y) == pytest.approx(found[list(order)], abs=1e-9)
        assert method(X, y, weights=np.full(20, 3.0)) == pytest.approx(found, abs=1e-9)


def test_a_weight_of_two_is_a_row_twice():
    X, y = drawn(1, 12, 3)
    twice = np.r_[np.arange(12), 4]
    weight = np.where(np.arange(12) == 4, 2.0, 1.0)
    for method in (lmg, johnson):
        assert method(X, y, weights=weight) == pytest.approx(method(X[twice], y[twice]), abs=1e-12)


def test_copies_share_evenly():
    X, y = drawn(2, 30, 2)
    alone = lmg(X, y)
    X = np.column_stack([X, X[:, 0]])
    for method in (lmg, johnson):
        found = method(X, y)
        assert found[0] == pytest.approx(found[2], abs=1e-9)
        assert found.sum() == pytest.approx(alone.sum(), abs=1e-9)


def test_stacks_are_computed_as_one_by_one():
    stack = np.array([np.cov(np.column_stack(drawn(seed, 20, 5)).T) for seed in range(7)])
    for method in (lmg_of, johnson_of):
        assert method(stack) == pytest.approx(np.array([method(one) for one in stack]), abs=1e-12)


def test_a_column_without_variance_in_a_redrawn_sample_gets_nothing():
    covariance = np.array([[0, 0, 0], [0, 1, 0.5], [0, 0.5, 1.0]])
    for method in (lmg_of, johnson_of):
        assert method(covariance) == pytest.approx([0, 0.25])


def test_what_cannot_be_shared_out_is_refused_in_words():
    with pytest.raises(ValueError, match=re.escape(
        "Constant: column 1 of X, y. What does not vary explains nothing."
    )):  # fmt: skip
        lmg([[1, 2], [3, 2], [5, 2]], [1, 1, 1])
    with pytest.raises(ValueError, match=re.escape(
        "1 of 3 rows have a missing value; leave them out first."
    )):  # fmt: skip
        johnson([[1], [np.nan], [2]], [1, 2, 3])
    with pytest.raises(ValueError, match=re.escape(
        "LMG of 17 columns needs 131,072 regressions; it is made for up to 16. Use johnson, or "
        "fewer columns."
    )):  # fmt: skip
        lmg_of(np.eye(18))
    with pytest.raises(ValueError, match=re.escape(
        "X has the shape (3,) and y (3,); give a table and one outcome for each of its rows."
    )):  # fmt: skip
        lmg([1, 2, 3], [1, 2, 3])
    with pytest.raises(ValueError, match=re.escape(
        "weights must be one number of 0 or more for each row, not all of them 0."
    )):  # fmt: skip
        lmg([[1], [2]], [1, 2], weights=[0, 0])
