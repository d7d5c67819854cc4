"""Speed beside what else computes the same: `python -m benchmarks [NAME …]`.

Every task is timed against its peer in one run, best of three; a ratio above 1 says
how many times faster we are. Nothing is asserted: timings depend on the machine.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(path.stem for path in HERE.glob("[a-z]*.py") if path.stem != "timing")


def main(chosen: list[str]) -> None:
    """Print a line for every task of the chosen modules, all by default."""
    unknown = [name for name in chosen if name not in NAMES]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}.")
    print(f"{'task':<46}{'rows':>11}{'ours, s':>10}{'peer, s':>10}{'ratio':>8}  peer")
    for name in chosen or NAMES:
        for row in importlib.import_module(f"benchmarks.{name}").run():
            print(
                f"{row['task']:<46}{row['rows']:>11,}{row['seconds']:>10.4f}"
                f"{row['peer_seconds']:>10.4f}{row['ratio']:>8.1f}  {row['peer']}"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
