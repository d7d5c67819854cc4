"""Twelve snapshots × three windows of ten million rows, beside DuckDB and plain pandas.

The same sums, counts and last days from all three, or it stops: a key of client × time in
microseconds once lost twelve rows without a word.
"""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.timing import row

EVENTS, CLIENTS = 10_000_000, 100_000
WINDOWS = (30, 90, 365)
DAYS = pd.date_range("2024-01-01", periods=12, freq="MS")
FIRST = np.datetime64("2020-01-01")


def run() -> list[dict[str, Any]]:
    """Time the table against its peers; reading the base is not counted."""
    from clientlab.churn import snapshots
    from clientlab.churn.feature_windows import Rows, Window
    from clientlab.churn.features import FEATURES, Feature
    from clientlab.clients import ClientBase

    events, words = _events(), FEATURES["spend_90"]
    clients = pd.DataFrame({"client_id": _ids(), "started_on": FIRST})
    base = ClientBase.read({"clients": clients, "invoices": events},
                           observed_from=FIRST, observed_until="2024-12-31")  # fmt: skip
    amounts = Rows("invoices", column="amount")
    made: dict[str, Any] = {"last": Window(Rows("invoices"), "since")}
    for days in WINDOWS:
        made[f"count_{days}"] = Window(Rows("invoices"), "count", days)
        made[f"sum_{days}"] = Window(amounts, "sum", days)
    features = {name: Feature(one, words.meaning, "count", words.high, words.low)
                for name, one in made.items()}  # fmt: skip

    def ours() -> pd.DataFrame:
        return snapshots(base, DAYS, horizon="1D", features=features).X

    tracemalloc.start()
    found = _checksum(ours())
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    print(f"snapshots: {peak:,.0f} MB more at the peak, checksum {found}")  # noqa: T201
    rows = []
    for peer, call in (("DuckDB: one range join", _by_duckdb), ("pandas: group by", _by_pandas)):
        told = _checksum(call(events))
        if told != found:
            raise ValueError(f"{peer}: {told} where we have {found}.")
        rows.append(row("snapshots: 12 days × 3 windows", EVENTS, ours, peer,
                        lambda call=call: call(events)))  # fmt: skip
    return rows


def _ids() -> np.ndarray:
    return np.array([f"c{number:06d}" for number in range(CLIENTS)], dtype=object)


def _events() -> pd.DataFrame:
    random = np.random.default_rng(0)
    issued = FIRST + random.integers(0, 1800, EVENTS).astype("m8[D]")
    return pd.DataFrame(
        {
            "client_id": pd.Series(_ids()[random.integers(0, CLIENTS, EVENTS)], dtype="str"),
            "issued_on": issued.astype("M8[s]"),
            "amount": random.integers(1, 100_000, EVENTS) / 100,
        }
    )


def _checksum(frame: pd.DataFrame) -> tuple[int, ...]:
    """Clients without a row count nothing: their silence is not compared."""
    total = [int(np.rint(100 * frame[f"{how}_{days}"].sum())) for days in WINDOWS
             for how in ("count", "sum")]  # fmt: skip
    seen = frame["count_365"] > 0
    return (*total, int(frame.loc[seen, "last"].sum()))


def _by_pandas(events: pd.DataFrame) -> pd.DataFrame:
    """A filter and a group by for every day and window."""
    parts = []
    for day in DAYS:
        known = events[events["issued_on"] <= day]
        columns = {"last": (day - known.groupby("client_id")["issued_on"].max()).dt.days}
        for days in WINDOWS:
            rows = known[known["issued_on"] > day - pd.Timedelta(days=days)]
            amount = rows.groupby("client_id")["amount"]
            columns |= {f"count_{days}": amount.count(), f"sum_{days}": amount.sum()}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts)


def _by_duckdb(events: pd.DataFrame) -> pd.DataFrame:
    import duckdb

    days = pd.DataFrame({"day": DAYS})
    windows = ", ".join(
        f"count(*) FILTER (issued_on > day - INTERVAL {n} DAY) AS count_{n}, "
        f"coalesce(sum(CAST(amount AS DECIMAL(12, 2))) FILTER (issued_on > day - INTERVAL {n} DAY),"
        f" 0) AS sum_{n}"
        for n in WINDOWS
    )
    query = (
        f"SELECT client_id, day, {windows}, date_diff('day', max(issued_on), day) AS last "
        "FROM days JOIN events ON issued_on <= day GROUP BY client_id, day"
    )
    with duckdb.connect() as connection:
        connection.register("events", events)
        connection.register("days", days)
        frame = connection.execute(query).df()
    return frame.astype({f"sum_{n}": float for n in WINDOWS})
