"""Invented snapshots for the examples of docstrings: no records, no files, quick."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from clientlab.results import Provenance
from clientlab.wording import Text


def example(clients: int = 120, *, seed: int = 0) -> Any:
    """Small invented snapshots for examples: two features, of which `load` drives clients away.

    Returns
    -------
    object with ``X, y, keys, horizon, provenance``
        Four days, 120 days apart.
    """
    random = np.random.default_rng(seed)
    days = pd.date_range("2023-01-01", periods=4, freq="120D")
    there, rows = np.ones(clients, bool), []
    for day in days:
        load, noise = random.normal(size=(2, clients))
        left = there & (random.random(clients) < 1 / (1 + np.exp(3.2 - 1.8 * load)))
        for one in np.flatnonzero(there):
            gone = day + pd.Timedelta(days=int(random.integers(5, 90))) if left[one] else pd.NaT
            rows.append((f"c{one:03}", day, load[one], noise[one], int(left[one]), gone))
        there &= ~left
    table = pd.DataFrame(rows, columns=["client_id", "day", "load", "noise", "y", "left_on"])
    table = table.set_index(["client_id", "day"])
    keys = table.reset_index()[["client_id", "day", "left_on"]].set_index(table.index)
    source = Provenance(source=Text("invented example", "выдуманный пример"), synthetic=True)
    return SimpleNamespace(X=table[["load", "noise"]], y=table["y"], keys=keys,
                           horizon=pd.Timedelta("90D"), provenance=source)  # fmt: skip
