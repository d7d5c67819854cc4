"""Pictures of our side beside another: the market, the client, what was expected.

Used through `clientlab.session.charts`' theme; each is one function of values.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from clientlab.session import style

MANY = 9  # rows from which each label has one line


class Marks(NamedTuple):
    """One side of a comparison: values with intervals (NaN: no end) and its name."""

    name: str
    values: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def versus(
    ax: Axes,
    labels: Sequence[str],
    ours: Marks,
    theirs: Marks,
    *,
    sure: Sequence[bool],
    texts: Sequence[str],
    start: float | None = 0.0,
) -> None:
    """Two sides in each row, with intervals; what cannot be told apart is grey.

    Parameters
    ----------
    ax : Axes
    labels : sequence of str
    ours, theirs : Marks
    sure : sequence of bool
        Rows whose sides differ surely.
    texts : sequence of str
        What stands to the right of each row.
    start : float or None
        Where the scale begins; 0 for shares.
    """
    place, told = np.arange(len(labels)), np.asarray(sure, bool)
    size = _size(len(labels))
    sides = [(ours, -0.17, "o", style.MAIN), (theirs, 0.17, "D", style.CONTRAST)]
    ends = []
    for side, shift, marker, colour in sides:
        values, low, high = (np.asarray(part, float) for part in side[1:])
        colours = np.where(told, colour, style.CANNOT)
        low, high = np.where(np.isnan(low), values, low), np.where(np.isnan(high), values, high)
        ax.hlines(place + shift, low, high, color=colours, linewidth=2.5)
        ax.scatter(values, place + shift, s=60, marker=marker, c=colours, zorder=3)
        ends.append(high)
    for row, text in enumerate(texts):
        right = max(side[row] for side in ends)
        ax.annotate(text, (right, row), (9, 0), textcoords="offset points", va="center",
                    size=size, color=style.INK if told[row] else style.QUIET,
                    parse_math=False)  # fmt: skip
    _named(ax, sides)
    ax.set_yticks(place, _in_rows(labels), size=size, parse_math=False)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.grid(axis="x", linewidth=0.8)
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    reach = max(np.nanmax(side) for side in ends)
    left = ax.get_xlim()[0] if start is None else start
    ax.set_xlim(left, reach + 0.22 * (reach - left))  # room for the texts


def rank_ranges(
    ax: Axes,
    labels: Sequence[str],
    ranks: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    texts: Sequence[str],
    printed: Sequence[float] | None = None,
    names: tuple[str, str] = ("", ""),
) -> None:
    """Possible places of each item, the best on the left; a printed place as a diamond.

    Parameters
    ----------
    ax : Axes
    labels : sequence of str
    ranks, low, high : sequences of float
    texts : sequence of str
        What stands to the right of each row.
    printed : sequence of float, optional
        Place that a study printed, NaN for none.
    names : tuple of str
        What circle and diamond are called, where anything was printed.
    """
    ranks, low, high = (np.asarray(part, float) for part in (ranks, low, high))
    place, size, items = np.arange(len(labels)), _size(len(labels)), len(labels)
    ax.hlines(place, low, high, color=style.HALF, linewidth=11)
    ax.scatter(ranks, place, s=230, color=style.MAIN, zorder=3)
    for row, text in enumerate(texts):
        ax.text(items + 0.45, row, text, va="center", ha="left", size=size, color=style.INK,
                parse_math=False)  # fmt: skip
    if printed is not None and not np.isnan(np.asarray(printed, float)).all():
        ax.scatter(printed, place, s=80, marker="D", color=style.CONTRAST, zorder=4)
        marks = [(Marks(name, [], [], []), 0.0, marker, colour) for name, marker, colour in
                 zip(names, "oD", (style.MAIN, style.CONTRAST), strict=True)]  # fmt: skip
        _named(ax, marks)
    ax.set_xticks(np.arange(1, items + 1), [str(n) for n in range(1, items + 1)], size=size)
    ax.set_xlim(0.6, items + 1.6)
    ax.set_yticks(place, _in_rows(labels), size=size, parse_math=False)
    ax.set_ylim(items - 0.4, -0.6)
    ax.grid(axis="x", linewidth=0.8)
    ax.tick_params(axis="both", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)


def corners(
    ax: Axes,
    labels: Sequence[str],
    across: Marks,
    up: Marks,
    *,
    sure: Sequence[bool],
    names: tuple[str, str, str, str],
) -> None:
    """Items on two scales with intervals on both, and what each corner means.

    Parameters
    ----------
    ax : Axes
    labels : sequence of str
    across, up : Marks
        Positions; the cross stands at 0 and 0.
    sure : sequence of bool
        Items whose corner is sure; the others are grey.
    names : tuple of str
        Corners: lower right, upper right, upper left, lower left.
    """
    x, x_low, x_high = (np.asarray(part, float) for part in across[1:])
    y, y_low, y_high = (np.asarray(part, float) for part in up[1:])
    told = np.asarray(sure, bool)
    colours = np.where(told, style.MAIN, style.CANNOT)
    ax.axhline(0, color=style.QUIET, linewidth=1.2, zorder=0)
    ax.axvline(0, color=style.QUIET, linewidth=1.2, zorder=0)
    ax.hlines(y, x_low, x_high, color=colours, linewidth=2)
    ax.vlines(x, y_low, y_high, color=colours, linewidth=2)
    ax.scatter(x, y, s=120, c=colours, zorder=3)
    wide = 1.25 * np.nanmax(np.abs([x_low, x_high]), initial=0.2)
    tall = 1.25 * np.nanmax(np.abs([y_low, y_high]), initial=0.2)
    ax.set_xlim(-wide, wide)
    ax.set_ylim(-tall, tall)
    halo = [withStroke(linewidth=4, foreground="white")]
    sides = _free(x / (2 * wide) + 0.5, y / (2 * tall) + 0.5, [len(label) for label in labels])
    for row, (label, (right, above)) in enumerate(zip(labels, sides, strict=True)):
        ax.annotate(label, (x[row], y[row]), (9 if right else -9, 8 if above else -8),
                    textcoords="offset points", ha="left" if right else "right",
                    va="bottom" if above else "top", size=style.SIZES["value"], color=style.INK,
                    path_effects=halo, parse_math=False, zorder=5)  # fmt: skip
    spots = [(0.99, 0.02, "right", "bottom"), (0.99, 0.98, "right", "top"),
             (0.01, 0.98, "left", "top"), (0.01, 0.02, "left", "bottom")]  # fmt: skip
    for (at, height, ha, va), name in zip(spots, names, strict=True):
        ax.text(at, height, name, transform=ax.transAxes, ha=ha, va=va, size=style.SIZES["value"],
                weight="bold", color=style.QUIET, path_effects=halo, zorder=4)  # fmt: skip
    ax.set_xlabel(across.name)
    ax.set_ylabel(up.name)
    ax.grid(linewidth=0.6)


def labelled(ax: Axes, labels: Sequence[str]) -> None:
    """Long labels of many rows, each on one line."""
    ax.set_yticks(np.arange(len(labels)), _in_rows(labels), size=_size(len(labels)),
                  parse_math=False)  # fmt: skip


def _free(x: np.ndarray, y: np.ndarray, letters: Sequence[int]) -> list[tuple[bool, bool]]:
    """To the right of its point or not, above it or not: where a name meets the fewest others.

    Positions are shares of the axes; a letter is about 0.0095 wide, a line 0.05 high.
    """
    taken = [(px - 0.012, px + 0.012, py - 0.02, py + 0.02) for px, py in zip(x, y, strict=True)]
    found = []
    for px, py, count in zip(x, y, letters, strict=True):
        best = None
        for right, above in ((True, True), (True, False), (False, True), (False, False)):
            width = 0.0095 * count
            left = px + 0.008 if right else px - 0.008 - width
            low = py + 0.012 if above else py - 0.062
            box = (left, left + width, low, low + 0.05)
            hits = sum(_meet(box, other) for other in taken)
            hits += 3 * (box[0] < 0 or box[1] > 1 or box[2] < 0 or box[3] > 1)
            if best is None or hits < best[0]:
                best = (hits, box, (right, above))
        if best is not None:  # there is always a first side
            taken.append(best[1])
            found.append(best[2])
    return found


def _meet(one: tuple, other: tuple) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def _in_rows(labels: Sequence[str]) -> list[str]:
    """Two lines where rows are few; one where the second would meet the next row."""
    width = 38 if len(labels) < MANY else 64
    return [textwrap.fill(str(label), width, break_long_words=False) for label in labels]


def _size(rows: int) -> int:
    return style.SIZES["value"] if rows < 14 else 12


def _named(ax: Axes, sides: Sequence[tuple]) -> None:
    """What the marks mean, above the picture."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], marker=marker, color=colour, linestyle="none", markersize=9,
                      label=side.name) for side, _, marker, colour in sides]  # fmt: skip
    ax.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(handles),
              borderaxespad=0.2, columnspacing=1.6)  # fmt: skip
