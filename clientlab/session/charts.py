"""One function per kind of picture: values in, marks on axes out.

It answers: how is this kind of comparison drawn. Notebooks never style; results
call these functions inside `picture`, which adds title, subtitle and footer.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import Formatter

from clientlab.results import Result
from clientlab.session import style
from clientlab.session.charts_board import tiles
from clientlab.session.charts_lifetime import bands, hazards, steps
from clientlab.session.charts_money import slope
from clientlab.session.charts_time import heat, over_time
from clientlab.session.texts import language
from clientlab.wording import number, percent

__all__ = [
    "bands",
    "bars",
    "dots",
    "hazards",
    "heat",
    "lines",
    "matrix",
    "number_axis",
    "over_time",
    "picture",
    "ranges",
    "share_axis",
    "slope",
    "steps",
    "tiles",
    "wrapped",
]

LABEL_WIDTH = 38
ONE_LINE = 64  # where rows are many, a second line would run into the next row
CROWDED = 14  # rows from which labels are set smaller, never under 12 pt


@contextmanager
def picture(result: Result, ax: Axes | None) -> Iterator[Axes]:
    """Axes for one result: `ax` itself, or a whole slide with its texts."""
    with style.slide(ax) as axes:
        yield axes
        if ax is None:
            lang = language()
            style.frame(
                axes.figure,
                result.headline(lang),
                result.measures(lang),
                result.provenance.footer(lang),
            )


def wrapped(label: str, width: int = LABEL_WIDTH) -> str:
    """A long label on two or three lines instead of cut or turned."""
    return "\n".join(textwrap.wrap(label, width, break_long_words=False)) or label


def _row_labels(labels: Sequence[str]) -> list[str]:
    width = LABEL_WIDTH if len(labels) < CROWDED else ONE_LINE
    return [wrapped(str(label), width) for label in labels]


class _Numbers(Formatter):
    """Numbers with the decimals that tell the ticks apart, in the language of the session."""

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        step = min(np.diff(np.unique(values)), default=1.0)
        digits = next(n for n in range(12) if abs(step - round(step, n)) < 1e-6 * step or n == 11)
        return [number(value, language(), digits=digits) for value in values]

    def __call__(self, value: float, pos: int | None = None) -> str:
        return number(value, language(), digits=2)


def number_axis(axis) -> None:
    """Ticks with the decimal mark of the language."""
    axis.set_major_formatter(_Numbers())


class _Percents(_Numbers):
    """Shares as percent, with the decimals that tell the ticks apart."""

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        return [f"{text}%" for text in super().format_ticks([100 * value for value in values])]

    def __call__(self, value: float, pos: int | None = None) -> str:
        return percent(value, language())


def share_axis(axis) -> None:
    """Ticks as percent."""
    axis.set_major_formatter(_Percents())


def bars(
    ax: Axes,
    labels: Sequence[str],
    values: Sequence[float],
    *,
    low: Sequence[float] | None = None,
    high: Sequence[float] | None = None,
    texts: Sequence[str] | None = None,
    quiet: Sequence[bool] | None = None,
) -> None:
    """Horizontal bars from zero, first on top, with intervals and their values.

    Parameters
    ----------
    ax : Axes
    labels, values : sequences of equal length
    low, high : sequences of float, optional
        Ends of the intervals, drawn as a thin line over the end of the bar.
    texts : sequence of str, optional
        What stands to the right of each bar; the value in percent by default.
    quiet : sequence of bool, optional
        Bars drawn in grey: what cannot be said or is only context.
    """
    values = np.asarray(values, dtype=float)
    place = np.arange(len(values))
    size = _row_size(len(values))
    grey = np.zeros(len(values), bool) if quiet is None else np.asarray(quiet, bool)
    colours = np.where(grey, style.CANNOT, style.MAIN)
    ax.barh(place, values, height=0.66, color=colours)
    ends = values
    if low is not None and high is not None:
        halo = [withStroke(linewidth=4, foreground="white")]
        ax.hlines(place, low, high, color=style.INK, linewidth=1.8, path_effects=halo)
        ends = np.fmax(values, np.asarray(high, dtype=float))
    reach = np.nanmax(ends, initial=0) or 1.0  # all zero: an axis needs a width
    gap = 0.008 * reach
    for row, (end, value) in enumerate(zip(ends, values, strict=True)):
        text = percent(value, language()) if texts is None else texts[row]
        ax.text(end + gap, row, text, va="center", size=size, color=style.INK, parse_math=False)
    ax.set_yticks(place, _row_labels(labels), size=size, parse_math=False)
    ax.set_ylim(len(values) - 0.4, -0.6)
    ax.set_xlim(0, reach * 1.12)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_visible(False)
    ax.spines[["bottom", "left"]].set_visible(False)


def dots(
    ax: Axes,
    labels: Sequence[str],
    values: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    reference: float | None = None,
    texts: Sequence[str] | None = None,
    quiet: Sequence[bool] | None = None,
    hollow: Sequence[bool] | None = None,
) -> None:
    """Points with intervals, one row each, against an optional reference line.

    Parameters are those of `bars`; `reference` is the value of 'no difference', `hollow`
    marks what stands on an assumption.
    """
    values, low, high = (np.asarray(part, dtype=float) for part in (values, low, high))
    place = np.arange(len(values))
    size = _row_size(len(values))
    grey = np.zeros(len(values), bool) if quiet is None else np.asarray(quiet, bool)
    colours = np.where(grey, style.CANNOT, style.MAIN)
    if reference is not None:
        ax.axvline(reference, color=style.QUIET, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
    ax.hlines(place, low, high, color=colours, linewidth=3)
    inside = colours if hollow is None else np.where(np.asarray(hollow, bool), "white", colours)
    ax.scatter(values, place, s=110, c=inside, edgecolors=colours, linewidths=2, zorder=3)
    if texts is not None:
        for row, text in enumerate(texts):
            ax.annotate(
                text,
                (high[row], row),
                (8, 0),
                textcoords="offset points",
                va="center",
                size=size,
                parse_math=False,
            )
    ax.set_yticks(place, _row_labels(labels), size=size, parse_math=False)
    ax.set_ylim(len(values) - 0.4, -0.6)
    number_axis(ax.xaxis)  # the decimal mark of the language; callers may write otherwise
    ax.grid(axis="x", linewidth=0.8)
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)


def ranges(
    ax: Axes,
    labels: Sequence[str],
    low: Sequence[float],
    high: Sequence[float],
    *,
    mark: Sequence[float],
) -> None:
    """Shares that are possible, from `low` to `high`, with a mark inside each range."""
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    place = np.arange(len(low))
    ax.barh(place, high - low, left=low, height=0.5, color=style.CANNOT)
    ax.scatter(mark, place, s=150, marker="D", color=style.MAIN, zorder=3)
    for row, (start, end) in enumerate(zip(low, high, strict=True)):
        if end > start:
            for at, side in ((start, "right"), (end, "left")):
                space = "\N{FIGURE SPACE}"
                text = percent(at, language())
                text = text + space if side == "right" else space + text
                ax.text(at, row, text, va="center", ha=side, size=style.SIZES["value"])
    ax.set_yticks(place, list(labels))
    ax.set_ylim(len(low) - 0.4, -0.6)
    ax.set_xlim(-0.05, 1.05)
    share_axis(ax.xaxis)
    ax.grid(axis="x", linewidth=0.8)
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)


def matrix(
    ax: Axes,
    codes: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    categories: Sequence[tuple[str, str]],
) -> None:
    """Cells of a few kinds, told apart by colour and named above the picture.

    Parameters
    ----------
    ax : Axes
    codes : ndarray of shape (rows, columns)
        Index into `categories`; NaN leaves the cell empty.
    rows, columns : sequences of str
    categories : sequence of (label, colour)
    """
    from matplotlib.colors import ListedColormap

    colours = ListedColormap([colour for _, colour in categories])
    mesh = np.ma.masked_invalid(np.asarray(codes, dtype=float))
    ax.pcolormesh(
        mesh,
        cmap=colours,
        vmin=-0.5,
        vmax=len(categories) - 0.5,
        edgecolors="white",
        linewidth=1.5,
    )
    ax.invert_yaxis()
    size = max(12, _row_size(len(rows)))
    ax.set_yticks(np.arange(len(rows)) + 0.5, _row_labels(rows), size=size)
    ax.set_xticks(np.arange(len(columns)) + 0.5, list(columns), size=size)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    handles = [_swatch(label, colour) for label, colour in categories]
    ax.legend(
        handles=handles,
        loc="lower right",  # grows over the column of labels, never out of the slide
        bbox_to_anchor=(1.0, 1.0),
        ncols=len(handles),
        handlelength=1.1,
        handleheight=1.1,
        borderaxespad=0.2,
        columnspacing=1.6,
    )


def lines(
    ax: Axes,
    x: Sequence[float],
    series: Mapping[str, Sequence[float]],
    *,
    bands: Mapping[str, tuple[Sequence[float], Sequence[float]]] | None = None,
) -> None:
    """Lines with their names at their ends, and bands of uncertainty.

    Parameters
    ----------
    ax : Axes
    x : sequence of float
    series : mapping of name to values
    bands : mapping of name to (low, high), optional
    """
    nudge = _apart([values[-1] for values in series.values()], series, bands)
    one = {"marker": "o", "markersize": 9} if len(x) == 1 else {}  # a line of one point is none
    for (name, values), colour in zip(series.items(), style.SERIES, strict=False):
        ax.plot(x, values, color=colour, **one)
        if bands and name in bands:
            ax.fill_between(x, *bands[name], color=colour, alpha=0.15, linewidth=0)
        ax.annotate(
            wrapped(name, 24),
            (x[-1], values[-1]),
            (8, nudge[name]),
            textcoords="offset points",
            va="center",
            color=colour,
            size=style.SIZES["label"],
            parse_math=False,
        )
    ax.grid(axis="y", linewidth=0.8)
    ax.spines["left"].set_visible(False)


def _apart(
    ends: Sequence[float],
    series: Mapping[str, Sequence[float]],
    bands: Mapping[str, tuple[Sequence[float], Sequence[float]]] | None,
) -> dict[str, float]:
    """Points by which names at the ends of lines move, so that neighbours do not touch."""
    drawn = [*series.values(), *(side for pair in (bands or {}).values() for side in pair)]
    reach = np.nanmax(np.concatenate([np.asarray(one, float) for one in drawn]), initial=0) or 1.0
    names = list(series)
    order = np.argsort(ends)
    moved = dict.fromkeys(names, 0.0)
    for below, above in pairwise(order):
        if ends[above] - ends[below] < 0.06 * reach:
            moved[names[below]] -= 9
            moved[names[above]] += 9
    return moved


def _swatch(label: str, colour: str):
    from matplotlib.patches import Patch

    return Patch(facecolor=colour, label=label)


def _row_size(rows: int) -> int:
    return style.SIZES["value"] if rows < CROWDED else 12
