"""Pictures of money that depends on an assumption; used through `clientlab.session.charts`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from clientlab.session import style
from clientlab.session.charts_lifetime import _marked
from clientlab.session.texts import language
from clientlab.wording import percent


def slope(
    ax: Axes,
    x: Sequence[float],
    y: Sequence[float],
    band: tuple[Sequence[float], Sequence[float]],
    *,
    marks: Mapping[str, float],
    write: Callable[[float], str],
) -> None:
    """Money against an assumed share: a line with its band, zero and marked shares.

    Parameters
    ----------
    ax : Axes
    x, y : sequences of float
        Assumed share and money.
    band : (low, high)
    marks : mapping of label to share
        Dashed verticals.
    write : callable
        How money is written at the axis.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    ax.fill_between(x, *(np.asarray(end, float) for end in band), color=style.MAIN, alpha=0.15,
                    linewidth=0)  # fmt: skip
    ax.plot(x, y, color=style.MAIN)
    ax.axhline(0, color=style.INK, linewidth=1.2)
    ax.set_xlim(x[0], x[-1])
    _marked(ax, {f"{name}: {percent(at, language())}": at for name, at in marks.items()})
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, language())))
    ax.grid(axis="y", linewidth=0.8)
    ax.tick_params(length=0, pad=8)
    ax.spines[["left", "bottom"]].set_visible(False)
