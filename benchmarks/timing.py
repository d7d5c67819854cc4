"""One row of a benchmark: our seconds, the peer's, their ratio."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def row(
    task: str, rows: int, ours: Callable[[], Any], peer: str, theirs: Callable[[], Any]
) -> dict[str, Any]:
    """Time a task and its peer in turn, best of three each."""
    seconds, peer_seconds = best(ours), best(theirs)
    return {
        "task": task,
        "rows": rows,
        "seconds": seconds,
        "peer": peer,
        "peer_seconds": peer_seconds,
        "ratio": peer_seconds / seconds,
    }


def best(call: Callable[[], Any], *, times: int = 3) -> float:
    """Seconds of the fastest of several calls."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)
