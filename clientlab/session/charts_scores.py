"""Pictures of predictions: curves in a square of shares, probabilities against what came."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from clientlab.session import style
from clientlab.session.texts import language
from clientlab.wording import percent

WIDTH = 26  # letters of a name beside the picture
GAP = 0.055  # of the height between names


def shares(
    ax: Axes,
    series: Mapping[str, tuple[Sequence[float], ...]],
    *,
    across: str,
    up: str,
    reference: tuple[Sequence[float], Sequence[float]] | None = None,
    quiet: Sequence[str] = (),
    top: float = 1.0,
) -> None:
    """Curves of a share against a share, each named at its right in its colour.

    Parameters
    ----------
    ax : Axes
    series : mapping of name to (x, y) or (x, y, low, high)
        Bands are drawn where ends are given.
    across, up : str
        What the axes measure.
    reference : (x, y), optional
        Dashed: what chance alone gives.
    quiet : sequence of str
        Series that are only held against the others: dashed.
    top : float
        End of the upward axis.
    """
    if reference is not None:
        ax.plot(*reference, color=style.QUIET, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
    ends = {}
    for (name, (x, y, *band)), colour in zip(series.items(), style.SERIES, strict=False):
        x, y = np.asarray(x, float), np.asarray(y, float)
        dash = (0, (5, 2)) if name in quiet else "-"
        ax.plot(x, y, color=colour, linestyle=dash)
        if band:
            ax.fill_between(x, *(np.asarray(end, float) for end in band), color=colour,
                            alpha=0.13, linewidth=0)  # fmt: skip
        ends[name] = (float(np.nanmean(y)), colour)
    _named(ax, ends)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, top)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, language())))
    ax.set_xlabel(across)
    ax.set_ylabel(up)
    ax.grid(linewidth=0.8)
    ax.tick_params(length=0, pad=8)
    ax.spines[["left", "bottom"]].set_visible(False)


def promised(
    ax: Axes,
    series: Mapping[str, tuple[Sequence[float], ...]],
    *,
    across: str,
    up: str,
) -> None:
    """Points of what was promised against what came, with intervals and the line of right.

    Parameters
    ----------
    ax : Axes
    series : mapping of name to (predicted, observed, low, high)
    across, up : str
    """
    every = np.concatenate([np.concatenate([np.asarray(part, float) for part in parts])
                            for parts in series.values()])  # fmt: skip
    top = min(1.0, 1.08 * float(np.nanmax(every)))
    ax.plot([0, top], [0, top], color=style.QUIET, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
    ends = {}
    for (name, parts), colour in zip(series.items(), style.SERIES, strict=False):
        x, y, low, high = (np.asarray(part, float) for part in parts)
        ax.vlines(x, low, high, color=colour, linewidth=3, alpha=0.6)
        ax.plot(x, y, color=colour, linewidth=1.4, alpha=0.7)
        ax.scatter(x, y, s=90, color=colour, zorder=3)
        ends[name] = (float(np.nanmean(y)), colour)
    if len(ends) > 1:
        _named(ax, ends)
    ax.set_xlim(0, top)
    ax.set_ylim(0, top)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, language())))
    ax.set_xlabel(across)
    ax.set_ylabel(up)
    ax.grid(linewidth=0.8)
    ax.tick_params(length=0, pad=8)
    ax.spines[["left", "bottom"]].set_visible(False)


def _named(ax: Axes, ends: Mapping[str, tuple[float, str]]) -> None:
    """Names in a column to the right, in the order of the curves, the highest first."""
    place = 0.97
    for name in sorted(ends, key=lambda one: -ends[one][0]):
        lines = textwrap.wrap(name, WIDTH) or [name]
        ax.annotate("\n".join(lines), (1.0, place), (10, 0), xycoords="axes fraction",
                    textcoords="offset points", va="top", color=ends[name][1],
                    size=style.SIZES["label"], parse_math=False, annotation_clip=False)  # fmt: skip
        place -= GAP * len(lines) + 0.02
