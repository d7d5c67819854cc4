"""Pictures over the time of a relationship; used through `clientlab.session.charts`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, MaxNLocator

from clientlab.session import style
from clientlab.session.texts import language
from clientlab.wording import number, percent

NEAR = 0.06  # of the height: names closer than this are moved apart


def steps(
    ax: Axes,
    series: Mapping[str, tuple[Sequence[float], ...]],
    *,
    assumed: Mapping[str, tuple[Sequence[float], ...]] | None = None,
    marks: Mapping[str, float] | None = None,
    quiet: Sequence[str] = (),
    write: Callable[[float], str] | None = None,
    stepped: bool = True,
    top: float | None = 1.0,
) -> None:
    """Curves over time with bands and their names at their ends.

    Parameters
    ----------
    ax : Axes
    series : mapping of name to (x, y) or (x, y, low, high)
        An empty name is not written.
    assumed : mapping of name to (x, y) or (x, y, low, high), optional
        What was not observed: dashed, in the colour of its series, its band paler.
    marks : mapping of label to x, optional
        Dashed verticals with a label.
    quiet : sequence of str
        Series that are only held against the others: grey, without a band.
    write : callable, optional
        How a value is written at the axis; as percent by default.
    stepped : bool
        The value holds until the next one.
    top : float, optional
        End of the axis of values.
    """
    drawn = "post" if stepped else None
    ends = {}
    colours = iter(style.SERIES)
    for name, (x, y, *band) in series.items():
        x, y = np.asarray(x, float), np.asarray(y, float)
        colour = style.QUIET if name in quiet else next(colours)
        one = {"marker": "o", "markersize": 9} if len(x) == 1 else {}
        ax.plot(x, y, color=colour, drawstyle=f"steps-{drawn}" if drawn else "default",
                linestyle=(0, (5, 2)) if name in quiet else "-", **one)  # fmt: skip
        if band:
            ax.fill_between(x, *(np.asarray(end, float) for end in band), step=drawn,
                            color=colour, alpha=0.15, linewidth=0)  # fmt: skip
        last = x[-1], y[-1]
        if assumed and name in assumed:
            more_x, more_y, *more = (np.asarray(part, float) for part in assumed[name])
            ax.plot(more_x, more_y, color=colour, linestyle=(0, (2, 2)), linewidth=2)
            if more:
                ax.fill_between(more_x, *more, step=drawn, color=colour, alpha=0.08, linewidth=0)
            last = more_x[-1], more_y[-1]
        if name:
            ends[name] = (*last, colour)
    reach = max((values[1] for values in ends.values()), default=1.0) if top is None else top
    _names(ax, ends, reach or 1.0)
    if top is not None:
        ax.set_ylim(0, top)
    else:
        ax.set_ylim(bottom=0)
    ax.set_xlim(left=0)
    _marked(ax, marks or {})
    ax.yaxis.set_major_formatter(FuncFormatter(
        lambda value, _: (write or (lambda v: percent(v, language())))(value)))  # fmt: skip
    _months(ax)
    ax.grid(axis="y", linewidth=0.8)
    ax.spines[["left", "bottom"]].set_visible(False)


def hazards(
    ax: Axes,
    place: Sequence[float],
    bars: Sequence[float],
    points: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    width: float,
) -> None:
    """Shares of two bases by month: bars behind, points with intervals before them."""
    place = np.asarray(place, float)
    ax.bar(place, bars, width=width, color=style.HALF)
    ax.vlines(place, low, high, color=style.MAIN, linewidth=2, alpha=0.7)
    ax.scatter(place, points, s=60, color=style.MAIN, zorder=3)
    top = np.nanmax(np.concatenate([np.asarray(high, float), np.asarray(points, float)]), initial=0)
    ax.set_ylim(0, min(1.05, 1.08 * top) or 1.0)
    ax.set_xlim(0, place.max(initial=1.0) + width)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, language())))
    _months(ax)
    ax.grid(axis="y", linewidth=0.8)
    ax.spines[["left", "bottom"]].set_visible(False)


def bands(
    ax: Axes, x: Sequence[float], parts: Mapping[str, Sequence[float]], colours: Sequence[str]
) -> None:
    """Shares on top of each other over time, named at their right ends."""
    x, below = np.asarray(x, float), np.zeros(len(x))
    middles = {}
    for (name, values), colour in zip(parts.items(), colours, strict=True):
        above = below + np.asarray(values, float)
        ax.fill_between(x, below, above, step="post", color=colour, linewidth=0)
        middles[name] = (x[-1], (below[-1] + above[-1]) / 2, style.INK)
        below = above
    ax.set_ylim(0, 1)
    ax.set_xlim(x[0], x[-1])
    _names(ax, middles, 1.0)
    share = FuncFormatter(lambda value, _: percent(value, language()))
    ax.yaxis.set_major_formatter(share)
    _months(ax)
    ax.spines[["left", "bottom"]].set_visible(False)


def money_axis(axis: Axis, write: Callable[[float], str]) -> None:
    """Few round amounts: their words are long."""
    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))


def _names(ax: Axes, ends: Mapping[str, tuple[float, float, str]], reach: float) -> None:
    """Names beside the ends of curves, moved up until none touches the one below it."""
    place = -np.inf
    right = max((end[0] for end in ends.values()), default=0.0)
    for name in sorted(ends, key=lambda one: ends[one][1]):
        x, y, colour = ends[name]
        place = max(y, place + NEAR * reach * max(1, len(textwrap.wrap(name, 26))))
        ax.annotate(textwrap.fill(name, 26), (x if x == right else right, place), (8, 0),
                    textcoords="offset points", va="center", color=colour,
                    size=style.SIZES["label"], parse_math=False, annotation_clip=False)  # fmt: skip


def _marked(ax: Axes, marks: Mapping[str, float]) -> None:
    top = ax.get_ylim()[1]
    for row, (label, x) in enumerate(marks.items()):
        ax.axvline(x, color=style.CONTRAST, linewidth=1.4, linestyle=(0, (4, 3)))
        ax.annotate(textwrap.fill(label, 30), (x, top * (0.98 - 0.13 * row)), (6, 0),
                    textcoords="offset points", va="top", color=style.CONTRAST,
                    size=style.SIZES["label"], parse_math=False)  # fmt: skip


def _months(ax: Axes) -> None:
    """Ticks at whole years where there are any."""
    ax.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 1.2, 2.4, 3, 6, 10], integer=True))
    if ax.get_xlim()[1] >= 24:
        step = 12 * max(1, -(-int(ax.get_xlim()[1]) // (12 * 10)))
        ax.set_xticks(np.arange(0, ax.get_xlim()[1] + 1e-9, step))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, language())))
    ax.tick_params(length=0, pad=8)
