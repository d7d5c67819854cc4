"""How pictures look: one palette, one slide size, one place to change them.

It answers: which colour means what, where the title stands. `setup` is the only
function of the package that sets anything global; only notebooks call it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from clientlab.session import texts

SLIDE = (13.333, 7.5)  # inches, 16:9
DPI = 110

INK = "#1f2933"
QUIET = "#52606d"  # text of second rank; 6.5:1 on white
RULE = "#d5dbe1"
MAIN = "#0b5fa5"  # what the finding is about
CONTRAST = "#c2571a"  # what it is held against
HALF = "#8fb8dc"  # what depends on something unknown
CANNOT = "#c4cbd2"  # what cannot be said
# The board's colours differ in lightness too, and each carries its letter.
BOARD = {"red": "#b3301f", "yellow": "#f0c52e", "green": "#1f7a5c"}
# Okabe & Ito's colours, darkened to be read on white: for series without a rank.
SERIES = (MAIN, CONTRAST, "#00795c", "#8a4f9e", "#7a6a00", "#3b7ea1")

SIZES = {"title": 25, "subtitle": 15, "label": 14, "value": 14, "footer": 12}
LEFT, RIGHT = 0.03, 0.97  # of the slide's width
LINE = 1.28  # height of a line of text, in sizes
BREAK = re.compile(r" (?!(?:thousand|mln|bn|тыс|млн|млрд)\b|[₽$€])")  # not within an amount

RC = {
    "figure.dpi": 72,
    "savefig.dpi": DPI,
    "font.family": "DejaVu Sans",  # ships with matplotlib, draws Cyrillic and ₽
    "font.size": SIZES["label"],
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "axes.labelsize": SIZES["label"],
    "axes.edgecolor": RULE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "grid.color": RULE,
    "xtick.color": QUIET,
    "ytick.color": INK,
    "xtick.labelsize": SIZES["label"],
    "ytick.labelsize": SIZES["label"],
    "legend.frameon": False,
    "legend.fontsize": SIZES["label"],
    "lines.linewidth": 2.5,
    "axes.prop_cycle": matplotlib.cycler(color=SERIES),
}


def setup(lang: str = "en") -> None:
    """Prepare a notebook: language, number formats, theme, seeds.

    Parameters
    ----------
    lang : {"en", "ru"}
        Language of everything that `show` and `finding` emit.

    Raises
    ------
    InvalidValue
        If there are no texts in that language.

    Examples
    --------
    >>> setup("en")
    """
    import random

    import numpy as np
    import pandas as pd
    import seaborn as sns

    texts.speak(lang)
    sns.set_theme(style="white", rc=RC)
    pd.set_option("display.precision", 3, "display.width", 110, "display.max_columns", 20)
    np.set_printoptions(precision=3, suppress=True)
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - for code of the analyst that uses the old interface


@contextmanager
def slide(ax: Axes | None = None) -> Iterator[Axes]:
    """Axes to draw on in the house theme: those given, or the only ones of a new slide."""
    with matplotlib.rc_context(RC):
        if ax is None:
            # Not registered with pyplot: nothing to close, nothing shown twice.
            figure = Figure(figsize=SLIDE, layout=None)
            ax = figure.add_axes((0.06, 0.12, 0.88, 0.66))
        yield ax


def frame(figure: Figure, headline: str, measures: str = "", footer: str = "") -> None:
    """Write title, subtitle and footer of a slide, and fit the axes between them.

    Called again with another headline, it replaces the texts.
    """
    for text in [text for text in figure.texts if text.get_gid() in SIZES]:
        text.remove()
    height = figure.get_figheight() * 72
    size = SIZES["title"]
    while _lines(figure, headline, size, "bold") > 2 and size > SIZES["title"] - 6:
        size -= 1
    top = 1 - 20 / height
    top -= _write(figure, "title", headline, top, size=size, weight="bold", color=INK)
    if measures:
        top -= _write(figure, "subtitle", measures, top - 4 / height, color=QUIET) + 4 / height
    lines = _lines(figure, footer, SIZES["footer"])
    bottom = (12 + lines * SIZES["footer"] * LINE) / height
    _write(figure, "footer", footer, bottom, color=QUIET)
    _fit(figure, bottom + 0.02, top - 0.015)


def _write(figure: Figure, kind: str, text: str, y: float, **style) -> float:
    """Write a text under `y` and return the height that it takes."""
    style.setdefault("size", SIZES[kind])
    lines = wrap(figure, text, style["size"], style.get("weight", "normal"))
    # A dollar sign is money here, never the start of a formula.
    figure.text(LEFT, y, "\n".join(lines), va="top", ha="left", gid=kind, parse_math=False, **style)
    return len(lines) * style["size"] * LINE / (figure.get_figheight() * 72)


def _lines(figure: Figure, text: str, size: float, weight: str = "normal") -> int:
    return len(wrap(figure, text, size, weight))


def wrap(
    figure: Figure, text: str, size: float, weight: str = "normal", width: float = RIGHT - LEFT
) -> list[str]:
    """Lines of a text that are no wider than a part of the figure.

    A number stays with its thousand and its currency.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.font_manager import FontProperties

    renderer = FigureCanvasAgg(figure).get_renderer()
    font = FontProperties(family=RC["font.family"], size=size, weight=weight)
    limit = width * figure.get_figwidth() * figure.dpi
    lines: list[str] = []
    for word in BREAK.split(text):
        longer = f"{lines[-1]} {word}" if lines else word
        wide = renderer.get_text_width_height_descent(longer, font, ismath=False)[0] > limit
        if lines and not wide:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _fit(figure: Figure, bottom: float, top: float) -> None:
    """Move the axes so that nothing of them, labels included, leaves the space."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(figure).get_renderer()
    space = (LEFT, bottom, RIGHT, top)
    for _ in range(3):  # labels grow and shrink with the axes: a few rounds settle them
        boxes = [
            ax.get_tightbbox(renderer).transformed(figure.transFigure.inverted())
            for ax in figure.axes
        ]
        whole = (
            min(box.x0 for box in boxes),
            min(box.y0 for box in boxes),
            max(box.x1 for box in boxes),
            max(box.y1 for box in boxes),
        )
        places = [ax.get_position() for ax in figure.axes]
        inner = (
            min(place.x0 for place in places),
            min(place.y0 for place in places),
            max(place.x1 for place in places),
            max(place.y1 for place in places),
        )
        margins = [abs(edge - tight) for edge, tight in zip(inner, whole, strict=True)]
        x0, y0 = space[0] + margins[0], space[1] + margins[1]
        x1, y1 = space[2] - margins[2], space[3] - margins[3]
        if x1 - x0 < 0.1 or y1 - y0 < 0.1:
            return  # labels leave no room: better crowded than turned inside out
        for ax, place in zip(figure.axes, places, strict=True):
            scale_x = (x1 - x0) / (inner[2] - inner[0])
            scale_y = (y1 - y0) / (inner[3] - inner[1])
            ax.set_position(
                (
                    x0 + (place.x0 - inner[0]) * scale_x,
                    y0 + (place.y0 - inner[1]) * scale_y,
                    place.width * scale_x,
                    place.height * scale_y,
                )
            )


def png(figure: Figure) -> bytes:
    """The figure as PNG bytes, without a date or a version in them."""
    from io import BytesIO

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image  # matplotlib itself writes PNG with it

    drawn, small = BytesIO(), BytesIO()
    FigureCanvasAgg(figure)
    with matplotlib.rc_context(RC):
        figure.savefig(drawn, format="png", dpi=DPI, metadata={"Software": None})
    plt.close(figure)
    # Few colours need no more: a third of the size in every notebook and handout.
    colours = Image.open(drawn).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    colours.save(small, "PNG", optimize=True)
    return small.getvalue()
