"""Banners with letters, toplines and raking, beside plain pandas and statsmodels."""

from __future__ import annotations

import tracemalloc
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.timing import row

QUESTIONS, OPTIONS, BANNERS = 50, 5, (3, 4, 5, 6)
SIZES = (1_000, 100_000, 1_000_000)
PEER_UP_TO = 100_000  # the peer takes most of a minute at 1e6
TICKS = 20


def run() -> list[dict[str, Any]]:
    """Time each task and its peer; reading the answers is not counted."""
    from clientlab.practices import crosstab, rake, topline

    rows = []
    asked, by = [f"q{n}" for n in range(QUESTIONS)], [f"b{n}" for n in range(len(BANNERS))]
    for size in SIZES:
        survey, frame = _survey(size)
        peer = frame if size <= PEER_UP_TO else frame.head(PEER_UP_TO)
        rows.append(
            row(
                "50 questions × 4 banners, pairs, letters", size,
                lambda survey=survey: crosstab(survey, asked, by),
                f"pandas, statsmodels at {len(peer):,}",
                lambda peer=peer: _by_pandas(peer, asked, by),
            )
        )  # fmt: skip
    many = _ticks(SIZES[-1])
    rows.append(
        row("topline of 20 options", SIZES[-1], lambda: topline(many, "m"), "pandas mean, Wilson",
            lambda: _topline_by_pandas(many))
    )  # fmt: skip
    targets = {f"b{n}": {f"o{k}": share for k, share in enumerate(_shares(groups))}
               for n, groups in enumerate(BANNERS)}  # fmt: skip
    rows.append(
        row("raking to 4 margins", SIZES[-1], lambda: rake(survey, targets), "pandas, map",
            lambda: _rake_by_pandas(frame, targets))
    )  # fmt: skip
    tracemalloc.start()
    crosstab(survey, asked, by)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    data = sum(one.values.nbytes + one.asked.nbytes + one.answered.nbytes
               for one in survey.answers.values())  # fmt: skip
    rows.append({"task": "  peak memory of the largest banner, of the data", "rows": SIZES[-1],
                 "seconds": peak / data, "peer": "(ratio, not seconds)", "peer_seconds": np.nan,
                 "ratio": np.nan})  # fmt: skip
    return rows


def _survey(size: int):
    from clientlab.practices import Survey

    random = np.random.default_rng(0)
    names = {f"q{n}": OPTIONS for n in range(QUESTIONS)} | {
        f"b{n}": groups for n, groups in enumerate(BANNERS)}  # fmt: skip
    questions = [
        {"id": name, "type": "single", "text": name, "options": [{"id": f"o{k}"} for k in range(n)]}
        for name, n in names.items()
    ]
    book = {"name": "x", "questions": questions}
    frame = pd.DataFrame(
        {
            name: pd.Categorical.from_codes(
                random.integers(0, count, size), categories=[f"o{k}" for k in range(count)]
            )
            for name, count in names.items()
        }
    )
    return Survey.from_frame(frame, book), frame


def _ticks(size: int):
    from clientlab.practices import Survey

    random = np.random.default_rng(1)
    book = {"name": "x", "questions": [{"id": "m", "type": "multi", "text": "m",
            "options": [{"id": f"o{k}"} for k in range(TICKS)]}]}  # fmt: skip
    frame = pd.DataFrame({f"m o{k}": (random.random(size) < 0.3).astype("int8")
                          for k in range(TICKS)})  # fmt: skip
    return Survey.from_frame(frame, book)


def _shares(groups: int) -> np.ndarray:
    return np.arange(1, groups + 1) / np.arange(1, groups + 1).sum()


def _by_pandas(frame: pd.DataFrame, asked: list[str], by: list[str]) -> int:
    """Crosstab, z tests of all pairs of a row at once, Holm within the row; no letters."""
    from scipy.stats import norm
    from statsmodels.stats.multitest import multipletests

    found = 0
    for question in asked:
        for banner in by:
            counts = pd.crosstab(frame[question], frame[banner])
            base = counts.sum().to_numpy()
            one, two = np.array(list(combinations(range(len(base)), 2))).T
            for hits in counts.to_numpy():
                pooled = (hits[one] + hits[two]) / (base[one] + base[two])
                se = np.sqrt(pooled * (1 - pooled) * (1 / base[one] + 1 / base[two]))
                p = 2 * norm.sf(abs(hits[one] / base[one] - hits[two] / base[two]) / se)
                found += int(multipletests(p, method="holm")[0].sum())
    return found


def _topline_by_pandas(survey) -> pd.DataFrame:
    from statsmodels.stats.proportion import proportion_confint

    hits = pd.DataFrame(survey.answers["m"].values == 1)
    low, high = proportion_confint(hits.sum(), len(hits), method="wilson")
    return pd.DataFrame({"share": hits.mean(), "low": low, "high": high})


def _rake_by_pandas(frame: pd.DataFrame, targets: dict[str, dict[str, float]]) -> pd.Series:
    weights = pd.Series(1.0, index=frame.index)
    for _ in range(20):
        for name, shares in targets.items():
            now = weights.groupby(frame[name], observed=False).sum() / weights.sum()
            weights = weights * frame[name].map(pd.Series(shares) / now).astype(float)
    return weights
