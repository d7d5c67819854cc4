"""The data that a figure really draws, as one line of text.

It answers: which numbers and words are on the picture. `nbval` ignores images,
so this line is what it compares; the same line is part of the alternative text.
It reads the finished figure, not the code that made it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.category import StrCategoryLocator
from matplotlib.collections import Collection, LineCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator

from clientlab.problems import InvalidValue

LISTED = 80  # longer series are told by their ends and a checksum of all values


def digest(figure: Figure, *, digits: int = 3) -> str:
    """Everything drawn in a figure: labels, bars, lines, boxes, cells, points, texts.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    digits : int
        Significant digits kept of every number.

    Returns
    -------
    str
        One line; axes of a figure with facets are numbered.

    Raises
    ------
    InvalidValue
        If nothing is drawn: a picture that proves nothing must not be stored.

    Examples
    --------
    >>> figure = Figure()
    >>> bars = figure.add_subplot().bar(["yes", "no"], [0.547, 0.453])
    >>> digest(figure)
    'x yes, no | bars 0.547 0.453'
    """
    pieces = []
    for index, ax in enumerate(figure.axes):
        drawn = list(_drawn(ax, digits))
        if drawn:
            name = f"[{index + 1}] " if len(figure.axes) > 1 else ""
            pieces.append(name + " | ".join([*_labels(ax), *drawn]))
    if not pieces:
        raise InvalidValue(
            "Nothing is drawn in this figure, so nothing of it could be checked. "
            "Draw first, then call show()."
        )
    return " || ".join(pieces)


def _labels(ax: Axes) -> Iterator[str]:
    if ax.get_title():
        yield ax.get_title()
    for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
        if axis.get_label_text():
            yield f"{name}: {axis.get_label_text()}"
        if isinstance(axis.get_major_locator(), FixedLocator | StrCategoryLocator):
            ticks = [" ".join(tick.get_text().split()) for tick in axis.get_ticklabels()]
            if any(ticks):
                yield f"{name} " + ", ".join(ticks)


def _drawn(ax: Axes, digits: int) -> Iterator[str]:
    contained = set()
    for container in ax.containers:
        bars = [part for part in container if isinstance(part, Rectangle)]
        contained.update(map(id, bars))
        if bars:
            lying = getattr(container, "orientation", "vertical") == "horizontal"
            drawn = "bars " + _listed([_bar(bar, lying, digits) for bar in bars])
            yield drawn + _colours([bar.get_facecolor() for bar in bars])
    for patch in ax.patches:
        if id(patch) not in contained:
            path = patch.get_patch_transform().transform_path(patch.get_path())
            yield "patch " + _numbers(path.get_extents().extents, digits)
    for line in ax.lines:
        x, y = line.get_xdata(orig=False), line.get_ydata(orig=False)
        if len(x):
            yield f"line {_numbers(x, digits)} : {_numbers(y, digits)}"
    for collection in ax.collections:
        yield from _collection(collection, digits)
    for image in ax.images:
        yield "cells " + _numbers(np.ma.filled(image.get_array(), np.nan).ravel(), digits)
    for text in ax.texts:
        if text.get_text().strip():
            yield f"'{' '.join(text.get_text().split())}'"
    legend = ax.get_legend()
    if legend:
        yield "legend " + ", ".join(text.get_text() for text in legend.get_texts())


def _colours(colours: Iterable) -> str:
    """Colours of the marks, where not all have the same: grey may be the whole message."""
    names = [to_hex(colour) for colour in colours]
    return " coloured " + _listed(names) if len(set(names)) > 1 else ""


def _bar(bar: Rectangle, lying: bool, digits: int) -> str:
    """What a bar says: its length, or both of its ends if it does not start at zero."""
    start, length = (bar.get_x(), bar.get_width()) if lying else (bar.get_y(), bar.get_height())
    if start == 0 or np.isnan(start):
        return _written(length, digits)
    return f"{_written(start, digits)}:{_written(start + length, digits)}"


def _collection(collection: Collection, digits: int) -> Iterator[str]:
    if isinstance(collection, QuadMesh):
        values = np.ma.filled(np.ma.asarray(collection.get_array(), dtype=float), np.nan)
        yield "cells " + _numbers(values.ravel(), digits)
    elif isinstance(collection, LineCollection):
        points = [point for segment in collection.get_segments() for point in segment]
        if points:
            drawn = "segments " + _numbers(np.ravel(points), digits)
            yield drawn + _colours(collection.get_colors())
    elif len(collection.get_offsets()) and np.any(collection.get_offsets()):
        drawn = "points " + _numbers(np.ma.filled(collection.get_offsets(), np.nan).ravel(), digits)
        yield drawn + _colours(collection.get_facecolors())
    else:
        for path in collection.get_paths():
            yield "area " + _numbers(path.vertices.ravel(), digits)


def _numbers(values: Iterable[float], digits: int) -> str:
    return _listed([_written(float(value), digits) for value in values])


def _listed(written: list[str]) -> str:
    if len(written) <= LISTED:
        return " ".join(written)
    check = zlib.crc32(" ".join(written).encode())
    return f"{written[0]} … {written[-1]} ({len(written)} values, checksum {check:08x})"


def _written(value: float, digits: int) -> str:
    # Cutting to ten digits first makes 0.5475 round alike whatever its last bit.
    text = f"{float(f'{value:.10g}'):.{digits}g}"
    return "0" if text == "-0" else text
