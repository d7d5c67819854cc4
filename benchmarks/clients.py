"""The base on a day and days past due for every client, beside plain pandas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.timing import row

INVOICES, CLIENTS = 10_000_000, 200_000
DAY = pd.Timestamp("2024-06-30")


def run() -> list[dict[str, Any]]:
    """Time each task and its peer; reading the base is not counted."""
    from clientlab.clients import ClientBase
    from clientlab.clients.past_due import days_past_due
    from clientlab.clients.segments import rcm

    invoices = _invoices()
    clients = pd.DataFrame({"client_id": _ids(), "started_on": pd.Timestamp("2018-01-01"),
                            "capacity": 2000.0})  # fmt: skip
    base = ClientBase.read(
        {"clients": clients, "invoices": invoices},
        observed_from="2018-01-01",
        observed_until="2026-08-31",
    )
    return [
        row(
            "as_of a day, days past due of every client",
            INVOICES,
            lambda: days_past_due(base.as_of(DAY)),
            "pandas: filter, mask, group by",
            lambda: _by_pandas(invoices),
        ),
        row(
            "RCM of every client: inputs, fifths, codes",
            INVOICES,
            lambda: rcm(base),
            "pandas: group by, last day and sum, cut",
            lambda: _rcm_by_pandas(invoices),
        ),
    ]


def _ids() -> np.ndarray:
    return np.array([f"c{number:06d}" for number in range(CLIENTS)], dtype=object)


def _invoices() -> pd.DataFrame:
    random = np.random.default_rng(0)
    issued = np.datetime64("2018-01-01") + random.integers(0, 3000, INVOICES).astype("m8[D]")
    paid = issued + random.integers(0, 40, INVOICES).astype("m8[D]")
    return pd.DataFrame(
        {
            "client_id": pd.Series(_ids()[random.integers(0, CLIENTS, INVOICES)], dtype="str"),
            "issued_on": issued.astype("M8[s]"),
            "due_on": (issued + np.timedelta64(15, "D")).astype("M8[s]"),
            "paid_on": paid.astype("M8[s]"),
            "amount": random.integers(1, 1000, INVOICES).astype(float),
        }
    )


def _by_pandas(invoices: pd.DataFrame) -> pd.Series:
    known = invoices[invoices["issued_on"] <= DAY]
    unpaid = known[(known["paid_on"].isna() | (known["paid_on"] > DAY)) & (known["due_on"] < DAY)]
    late = (DAY - unpaid["due_on"]).dt.days
    return late.groupby(unpaid["client_id"]).max().reindex(known["client_id"].unique())


def _rcm_by_pandas(invoices: pd.DataFrame) -> pd.DataFrame:
    """Recency, money of all time and of the last year, in fifths."""
    last = invoices["issued_on"].max()
    recent = invoices["amount"].where(invoices["issued_on"] > last - pd.Timedelta(days=365), 0)
    frame = (
        invoices.assign(recent=recent)
        .groupby("client_id")
        .agg(last=("issued_on", "max"), money=("amount", "sum"), recent=("recent", "sum"))
    )
    frame["left"] = (2000.0 - frame["recent"]).clip(lower=0)
    for name in ("last", "money", "left"):
        frame[f"{name}_code"] = pd.qcut(frame[name].rank(method="first"), 5, labels=False) + 1
    return frame
