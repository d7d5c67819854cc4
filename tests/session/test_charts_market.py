"""Pictures of two sides, of ranks, of a map with corners.

points   (0, 0) and (0.02, 0): their names would lie on each other, so they stand on two sides
"""

import numpy as np
import pytest
from matplotlib.figure import Figure

from clientlab.session.charts_market import Marks, _free, corners, rank_ranges, versus
from clientlab.session.digest import digest


@pytest.fixture
def ax():
    return Figure().add_subplot()


def test_names_of_neighbours_do_not_lie_on_each_other():
    first, second = _free(np.array([0.5, 0.52]), np.array([0.5, 0.5]), [20, 20])
    assert first != second


def test_a_name_at_the_edge_turns_inwards():
    assert _free(np.array([0.95]), np.array([0.5]), [20])[0][0] is False


def test_what_cannot_be_told_apart_is_grey_on_both_sides(ax):
    side = Marks("ours", [0.5, 0.2], [0.4, 0.1], [0.6, 0.3])
    other = Marks("theirs", [0.1, 0.2], [0.05, np.nan], [0.2, np.nan])
    versus(ax, ["a", "b"], side, other, sure=[True, False], texts=["50% · 10%", "20% · 20%"])
    drawn = digest(ax.figure)
    assert drawn.count("#c4cbd2") == 4
    assert ax.get_xlim()[0] == 0
    assert "legend ours, theirs" in drawn


def test_a_printed_place_is_drawn_only_where_there_is_one(ax):
    rank_ranges(ax, ["a", "b"], [1, 2], [1, 1], [2, 2], texts=["60%", "40%"],
                printed=[np.nan, np.nan])  # fmt: skip
    assert ax.get_legend() is None
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "2"]


def test_the_cross_of_a_map_stands_in_its_middle(ax):
    corners(ax, ["a"], Marks("x", [1], [0.5], [1.5]), Marks("y", [-1], [-2], [0]), sure=[True],
            names=("act", "keep", "spare", "later"))  # fmt: skip
    assert ax.get_xlim()[0] == -ax.get_xlim()[1]
    assert ax.get_ylim()[0] == -ax.get_ylim()[1]
