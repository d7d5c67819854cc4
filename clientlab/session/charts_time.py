"""Pictures of numbers by period and by age; used through `clientlab.session.charts`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from clientlab.session import style
from clientlab.session.texts import language
from clientlab.wording import percent

TICKS = 9  # more labels of periods than this run into each other


def over_time(
    ax: Axes,
    labels: Sequence[str],
    values: Sequence[float],
    low: Sequence[float] | None = None,
    high: Sequence[float] | None = None,
    *,
    write: Callable[[float], str] | None = None,
    tick: Callable[[float], str] | None = None,
    from_zero: bool = True,
) -> None:
    """A number by period: points with intervals, the last one marked and written out.

    Parameters
    ----------
    ax : Axes
    labels : sequence of str
        Periods, in order.
    values, low, high : sequences of float
        NaN leaves a gap: not observable.
    write : callable, optional
        How a value is written; as percent by default.
    tick : callable, optional
        How a value is written at the axis, if not so.
    from_zero : bool
        The axis of values begins at zero.
    """
    write = write or (lambda value: percent(value, language()))
    values = np.asarray(values, dtype=float)
    place = np.arange(len(values))
    ax.plot(place, values, color=style.CANNOT, linewidth=1.5, zorder=1)
    colours = np.where(place == len(values) - 1, style.MAIN, style.QUIET)
    if low is not None and high is not None:
        ax.vlines(place, low, high, color=colours, linewidth=3, alpha=0.7)
    ax.scatter(place, values, s=80, color=colours, zorder=3, clip_on=False)  # whole at zero too
    seen = np.flatnonzero(~np.isnan(values))
    if len(seen):
        last = seen[-1]
        ax.annotate(
            write(values[last]),
            (last, values[last]),
            (12, 0),
            textcoords="offset points",
            va="center",
            color=style.MAIN,
            size=style.SIZES["value"],
            weight="bold",
            parse_math=False,
        )
    step = max(1, -(-len(labels) // TICKS))
    shown = place[::-1][::step][::-1]
    ax.set_xticks(shown, [str(labels[index]) for index in shown])
    ax.set_xlim(-0.6, len(values) - 0.4 + 0.04 * len(values) + 0.3)
    if from_zero:
        ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]) if np.nanmin(values, initial=0) < 0 else 0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: (tick or write)(value)))
    ax.grid(axis="y", linewidth=0.8)
    ax.tick_params(length=0, pad=8)
    ax.spines[["left", "bottom"]].set_visible(False)


def heat(
    ax: Axes,
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    write: Callable[[float], str] | None = None,
    top: float | None = None,
    texts: Sequence[Sequence[str]] | None = None,
    quiet: np.ndarray | None = None,
) -> None:
    """A table of numbers as cells, darker for more; cells without a number stay empty.

    Parameters
    ----------
    ax : Axes
    values : ndarray of shape (rows, columns)
        NaN is not observable and stays white.
    rows, columns : sequences of str
    write : callable, optional
        How a value is written in its cell; as percent by default. Cells are left
        without text where there are too many to be read.
    top : float, optional
        Value of the darkest colour; the largest by default.
    texts : sequence of sequences of str, optional
        What is written in each cell instead.
    quiet : ndarray of bool, shape (rows, columns), optional
        Cells that nothing is said of: grey.
    """
    from matplotlib.colors import LinearSegmentedColormap

    write = write or (lambda value: percent(value, language()))
    values = np.asarray(values, dtype=float)
    colours = LinearSegmentedColormap.from_list("cells", ["#eef3f8", style.MAIN])
    reach = top if top is not None else float(np.nanmax(values, initial=0)) or 1.0
    ax.pcolormesh(
        np.ma.masked_invalid(values),
        cmap=colours,
        vmin=0,
        vmax=reach,
        edgecolors="white",
        linewidth=1.5,
    )
    grey = np.zeros(values.shape, bool) if quiet is None else np.asarray(quiet, bool)
    if grey.any():
        over = np.ma.masked_where(~grey, np.ones(values.shape))
        ax.pcolormesh(over, cmap=LinearSegmentedColormap.from_list("grey", ["#e3e6ea"] * 2),
                      edgecolors="white", linewidth=1.5)  # fmt: skip
    if values.shape[0] <= 20 and values.shape[1] <= 18:
        for (row, column), value in np.ndenumerate(values):
            if not np.isnan(value):
                colour = "white" if value > 0.6 * reach and not grey[row, column] else style.INK
                told = texts[row][column] if texts is not None else write(value)
                ax.text(column + 0.5, row + 0.5, told, ha="center", va="center",
                        size=12, color=colour, parse_math=False)  # fmt: skip
    ax.invert_yaxis()
    # A table that is read cell by cell needs the name of every row.
    every = 1 if texts is not None else max(1, -(-len(rows) // (2 * TICKS)))
    ax.set_yticks(np.arange(len(rows))[::every] + 0.5, list(rows)[::every], size=12)
    step = max(1, -(-len(columns) // (2 * TICKS)))
    width = max(9, min(22, 72 // max(len(columns), 1)))  # as wide as a column is
    names = [textwrap.fill(name, width, break_long_words=False) if texts is not None else name
             for name in columns]  # fmt: skip
    ax.set_xticks(np.arange(len(columns))[::step] + 0.5, names[::step], size=12)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
