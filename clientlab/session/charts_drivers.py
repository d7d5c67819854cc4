"""Pictures of what goes with an outcome; used by the results of `practices.drivers`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from clientlab.session import charts, style

ONE_LINE = 72  # a question as the name of a scale; a second line would run into the next row
SIGNS = {1: ("▲", style.MAIN), -1: ("▼", style.CONTRAST), 0: ("", style.CANNOT)}


def importance(
    ax: Axes,
    labels: Sequence[str],
    values: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    direction: Sequence[int],
    texts: Sequence[str],
) -> None:
    """Shares with intervals, a sign for each: up, down, or grey where none can be told.

    Parameters
    ----------
    ax : Axes
    labels, values, low, high : sequences of equal length
    direction : sequence of {1, 0, −1}
    texts : sequence of str
        Written to the right, after the sign.
    """
    values, low, high = (np.asarray(part, dtype=float) for part in (values, low, high))
    place = np.arange(len(values))
    colours = [SIGNS[int(one)][1] for one in direction]
    size = 12 if len(values) >= charts.CROWDED else style.SIZES["value"]
    width = ONE_LINE if len(values) >= charts.CROWDED else charts.LABEL_WIDTH
    ax.hlines(place, low, high, color=colours, linewidth=3)
    ax.scatter(place * 0 + values, place, s=90, c=colours, zorder=3)
    reach = float(np.nanmax(high, initial=0)) or 1.0
    for row, (end, one) in enumerate(zip(high, direction, strict=True)):
        mark, colour = SIGNS[int(one)]
        written = f"{mark} {texts[row]}".strip()
        if written:
            ax.annotate(written, (end, row), (8, 0), textcoords="offset points", va="center",
                        size=size, parse_math=False, weight="bold" if one else "normal",
                        color=colour if one else style.QUIET)  # fmt: skip
    ax.set_yticks(place, [charts.wrapped(str(label), width) for label in labels], size=size,
                  parse_math=False)  # fmt: skip
    ax.set_ylim(len(values) - 0.4, -0.6)
    ax.set_xlim(-0.012 * reach, min(1.0, reach) * 1.18)
    charts.share_axis(ax.xaxis)
    ax.grid(axis="x", linewidth=0.8)
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
