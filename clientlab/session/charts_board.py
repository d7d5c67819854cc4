"""Pictures of the traffic-light board; used through `clientlab.session.charts`."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from clientlab.session import style

LINES = 15  # names in a column; more would be smaller than 12 pt


def tiles(
    ax: Axes,
    columns: Sequence[tuple[str, str, str, Sequence[str]]],
    *,
    more: str = "… {}",
) -> None:
    """Names in columns, each under a tile with a letter, for those who see no colour.

    Parameters
    ----------
    ax : Axes
    columns : sequence of (letter, title, colour, lines)
    more : str
        How the lines that find no room are counted.
    """
    width = 1 / len(columns)
    for place, (letter, title, colour, lines) in enumerate(columns):
        left = place * width
        ink = "white" if _is_dark(colour) else style.INK
        box = {"boxstyle": "round,pad=0.35", "facecolor": colour, "edgecolor": "none"}
        ax.text(left + 0.015, 0.985, letter, size=20, weight="bold", color=ink, bbox=box, va="top")
        ax.text(left + 0.065, 0.965, title, size=16, weight="bold", color=style.INK, va="top")
        shown = list(lines[:LINES])
        if len(lines) > LINES:
            shown = [*lines[: LINES - 1], more.format(len(lines) - LINES + 1)]
        limit = int(100 * width)  # letters of 13 pt that fit into a column
        for row, text in enumerate(shown):
            text = text if len(text) <= limit else text[: limit - 1] + "…"
            ax.text(left + 0.005, 0.85 - row * 0.057, text, size=13, va="top", color=style.INK,
                    parse_math=False)  # fmt: skip
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.set_axis_off()


def _is_dark(colour: str) -> bool:
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.55
