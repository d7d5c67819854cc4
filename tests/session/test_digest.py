"""The line under a picture tells what was drawn; nbval compares this line.

drawn                  digest
bars yes 0.547 no 0.3  x yes, no | bars 0.547 0.3
the two swapped        x yes, no | bars 0.3 0.547
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.figure import Figure

from clientlab.problems import InvalidValue
from clientlab.session import charts
from clientlab.session.digest import digest


def drawn(draw, *args, **kwargs) -> str:
    figure, ax = plt.subplots()
    try:
        draw(ax, *args, **kwargs)
        return digest(figure)
    finally:
        plt.close(figure)


def test_bars_are_listed_with_their_names():
    assert drawn(lambda ax: ax.bar(["yes", "no"], [0.547, 0.3])) == "x yes, no | bars 0.547 0.3"


def test_a_swapped_bar_changes_the_line():
    upright = drawn(lambda ax: ax.barh(["yes", "no"], [0.547, 0.3]))
    swapped = drawn(lambda ax: ax.barh(["yes", "no"], [0.3, 0.547]))
    assert upright == "y yes, no | bars 0.547 0.3"
    assert swapped == "y yes, no | bars 0.3 0.547"


def test_swapped_names_of_bars_change_the_line():
    assert drawn(lambda ax: ax.barh(["no", "yes"], [0.547, 0.3])) == "y no, yes | bars 0.547 0.3"


def test_a_bar_that_starts_elsewhere_changes_the_line():
    one = drawn(lambda ax: ax.barh(["a"], [0.2], left=0.1))
    other = drawn(lambda ax: ax.barh(["a"], [0.2], left=0.3))
    assert one != other


def test_a_changed_point_of_a_line_changes_the_line():
    assert drawn(lambda ax: ax.plot([1, 2, 3], [1, 0.8, 0.5])) == "line 1 2 3 : 1 0.8 0.5"
    assert drawn(lambda ax: ax.plot([1, 2, 3], [1, 0.7, 0.5])) == "line 1 2 3 : 1 0.7 0.5"


def test_one_changed_point_among_a_thousand_changes_the_line():
    values = np.linspace(1, 0, 1000)
    other = values.copy()
    other[500] -= 0.01
    assert drawn(lambda ax: ax.plot(values)) != drawn(lambda ax: ax.plot(other))


def test_a_changed_box_changes_the_line():
    data = pd.DataFrame({"tier": ["a"] * 5 + ["b"] * 5, "margin": [*range(5), *range(5, 10)]})
    swapped = data.assign(tier=["b"] * 5 + ["a"] * 5)
    order = ["a", "b"]
    one = drawn(lambda ax: sns.boxplot(data, x="tier", y="margin", order=order, ax=ax))
    other = drawn(lambda ax: sns.boxplot(swapped, x="tier", y="margin", order=order, ax=ax))
    assert one != other
    assert "patch" in one


def test_a_changed_heat_map_cell_changes_the_line():
    cells = np.array([[0.1, 0.2], [0.3, 0.4]])
    one = drawn(lambda ax: sns.heatmap(cells, ax=ax, cbar=False))
    other = drawn(lambda ax: sns.heatmap(cells[::-1], ax=ax, cbar=False))
    assert "cells 0.1 0.2 0.3 0.4" in one
    assert "cells 0.3 0.4 0.1 0.2" in other
    assert drawn(lambda ax: ax.imshow(cells)) == "cells 0.1 0.2 0.3 0.4"


def test_points_intervals_areas_and_words_are_listed():
    def draw(ax):
        ax.scatter([1, 2], [3, 4])
        ax.hlines([0], [0.1], [0.9])
        ax.fill_between([0, 1], [0, 0], [1, 2])
        ax.text(0, 0, "half")

    line = drawn(draw)
    assert "points 1 3 2 4" in line
    assert "segments 0.1 0 0.9 0" in line
    assert "area" in line
    assert "'half'" in line


def test_every_facet_is_numbered():
    figure = Figure()
    for ax, values in zip(figure.subplots(1, 2), ([1, 2], [3, 4]), strict=True):
        ax.bar([0, 1], values)
    assert digest(figure) == "[1] bars 1 2 || [2] bars 3 4"


def test_numbers_keep_three_digits_and_ties_ignore_float_noise():
    assert drawn(lambda ax: ax.bar([0], [0.123456])) == "bars 0.123"
    assert drawn(lambda ax: ax.bar([0], [0.1 + 0.2])) == drawn(lambda ax: ax.bar([0], [0.3]))
    noisy = 0.5475 * (1 + 2**-52)
    assert drawn(lambda ax: ax.bar([0], [noisy])) == drawn(lambda ax: ax.bar([0], [0.5475]))


def test_scores_of_learned_models_keep_two():
    figure = Figure()
    figure.add_subplot().bar([0], [0.8512])
    assert digest(figure, digits=2) == "bars 0.85"


def test_a_missing_value_is_listed_as_such():
    assert drawn(lambda ax: ax.bar([0, 1], [0.5, np.nan])) == "bars 0.5 nan"


def test_an_empty_figure_is_an_error():
    with pytest.raises(InvalidValue) as caught:
        drawn(lambda ax: ax.set_title("nothing"))
    assert str(caught.value) == (
        "Nothing is drawn in this figure, so nothing of it could be checked. "
        "Draw first, then call show()."
    )


@pytest.mark.parametrize("kind", ["bars", "dots"])
def test_a_mark_that_turns_grey_changes_the_digest(kind):
    def drawn(quiet):
        figure = Figure()
        ax = figure.add_subplot()
        if kind == "bars":
            charts.bars(ax, ["a", "b"], [0.5, 0.4], quiet=quiet)
        else:
            charts.dots(ax, ["a", "b"], [0.5, 0.4], [0.4, 0.3], [0.6, 0.5], quiet=quiet)
        return digest(figure)

    assert drawn([True, False]) != drawn([False, True])
    assert "coloured" in drawn([True, False])
    assert "coloured" not in drawn([True, True])


def test_bars_that_are_all_zero_are_drawn():
    figure = Figure()
    charts.bars(figure.add_subplot(), ["a", "b"], [0.0, 0.0])
    assert "bars 0 0" in digest(figure)
