"""What holds of any survey: size of weights, names of options, order of rows, forms."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clientlab.practices import Survey, crosstab, rake, topline
from clientlab.practices.packed import split_cell
from clientlab.problems import InvalidValue

OPTIONS = {"size": ("s", "m", "l"), "ways": ("calls", "mail", "chat")}
BOOK = {"name": "x", "questions": [
    {"id": "size", "type": "single", "text": "Size?", "ordered": True,
     "options": [{"id": one} for one in OPTIONS["size"]]},
    {"id": "ways", "type": "multi", "text": "Ways?",
     "options": [{"id": one} for one in OPTIONS["ways"]]},
    {"id": "mark", "type": "scale", "text": "Mark?", "low": 1, "high": 5},
    {"id": "nps", "type": "nps", "text": "Recommend?"}]}  # fmt: skip
QUESTIONS = ("size", "ways", "mark", "nps")
RESPONDENT = st.fixed_dictionaries({
    "size": st.sampled_from([*OPTIONS["size"], ""]),
    "ways": st.sets(st.sampled_from(OPTIONS["ways"])).map(lambda some: "; ".join(sorted(some))),
    "mark": st.integers(1, 5), "nps": st.integers(0, 10),
    "w": st.sampled_from([0.4, 1.0, 1.7, 3.1]), "agency": st.sampled_from("ABCDEFGH"),
})  # fmt: skip
ROWS = st.lists(RESPONDENT, min_size=12, max_size=60)


def survey(rows, **more) -> Survey:
    return Survey.from_frame(pd.DataFrame(rows), BOOK, **more)


def numbers_of(found) -> np.ndarray:
    return found.frame.select_dtypes("number").to_numpy(float)


@settings(max_examples=20, deadline=None)
@given(ROWS, st.sampled_from([0.01, 7.0, 1000.0]), st.booleans())
def test_weights_times_a_constant_change_nothing(rows, factor, clustered):
    clusters = "agency" if clustered else None
    scaled = [row | {"w": row["w"] * factor} for row in rows]
    one, two = (survey(some, weights="w", clusters=clusters) for some in (rows, scaled))
    for question in QUESTIONS:
        np.testing.assert_allclose(
            numbers_of(topline(one, question)), numbers_of(topline(two, question)), rtol=1e-9,
            atol=1e-12,
        )  # fmt: skip
    before, after = (crosstab(some, ["ways", "mark"], "size", min_base=2) for some in (one, two))
    np.testing.assert_allclose(numbers_of(before), numbers_of(after), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        before.tests()["p_value"], after.tests()["p_value"], rtol=1e-6, atol=1e-12
    )


@settings(max_examples=20, deadline=None)
@given(ROWS)
def test_equal_weights_are_no_weights_for_shares_and_bases(rows):
    plain, equal = survey(rows), survey([row | {"w": 2.5} for row in rows], weights="w")
    for question in QUESTIONS:
        one, two = topline(plain, question).frame, topline(equal, question).frame
        np.testing.assert_allclose(one["estimate"], two["estimate"], rtol=1e-12)
        assert one["count"].tolist() == two["count"].tolist()
        np.testing.assert_allclose(two["effective_base"], two["base"], rtol=1e-12)


@settings(max_examples=30, deadline=None)
@given(ROWS, st.booleans())
def test_shares_of_a_single_choice_add_up_and_lie_in_their_intervals(rows, weighted):
    assume(any(row["size"] for row in rows))
    found = topline(survey(rows, weights="w" if weighted else None), "size").frame
    assert found["estimate"].sum() == pytest.approx(1)
    assert found["cumulative"].iloc[-1] == pytest.approx(1)
    assert found["cumulative"].is_monotonic_increasing
    inside = found.dropna(subset=["low"])
    assert ((inside["low"] <= inside["estimate"] + 1e-12)
            & (inside["estimate"] <= inside["high"] + 1e-12)).all()  # fmt: skip
    assert inside[["low", "high"]].stack().between(0, 1).all()


@settings(max_examples=20, deadline=None)
@given(ROWS, st.permutations(OPTIONS["size"]), st.randoms(use_true_random=False))
def test_other_names_and_another_order_of_rows_change_no_letter(rows, names, random):
    assume(len({row["size"] for row in rows} - {""}) > 1)
    new = dict(zip(OPTIONS["size"], names, strict=True))
    moved = [row | {"size": new.get(row["size"], "")} for row in rows]
    random.shuffle(moved)
    before, after = (crosstab(survey(some), ["ways", "mark"], "size", min_base=2)
                     for some in (rows, moved))  # fmt: skip
    renamed = before.tests().replace({"higher": new, "lower": new})
    told = [_by_pair(frame) for frame in (renamed, after.tests())]
    assert set(told[0]) == set(told[1])
    for pair, (adjusted, differ) in told[0].items():
        np.testing.assert_allclose(adjusted, told[1][pair][0], rtol=1e-9, atol=1e-12)
        assert differ == told[1][pair][1]


def _by_pair(tests) -> dict:
    return {
        (row.question, row.option, frozenset((row.higher, row.lower))): (row.adjusted, row.differ)
        for row in tests.itertuples()
    }


@settings(max_examples=20, deadline=None)
@given(ROWS)
def test_packed_cells_and_columns_of_ticks_are_the_same_answers(rows):
    packed = survey(rows)
    ticks = pd.DataFrame(rows).drop(columns="ways")
    for option in OPTIONS["ways"]:
        ticks[f"ways[{option}]"] = [int(option in row["ways"].split("; ")) for row in rows]
    for question in QUESTIONS:
        pd.testing.assert_frame_equal(
            topline(packed, question).frame,
            topline(Survey.from_frame(ticks, BOOK), question).frame,
            check_exact=True,
        )


@settings(max_examples=20, deadline=None)
@given(ROWS, st.floats(0.1, 0.8))
def test_raked_answers_have_the_shares_asked_for(rows, share):
    made = survey(rows)
    made = made.only(made.answers["size"].answered)
    present = [one for one in OPTIONS["size"]
               if (made.answers["size"].values == OPTIONS["size"].index(one)).any()]  # fmt: skip
    assume(len(present) > 1)
    targets = {one: (share if n == 0 else (1 - share) / (len(present) - 1))
               for n, one in enumerate(present)}  # fmt: skip
    found = topline(rake(made, {"size": targets}), "size").frame.set_index("option")["estimate"]
    np.testing.assert_allclose(found[present], list(targets.values()), atol=1e-9)
    assert rake(made, {"size": targets}).weights.mean() == pytest.approx(1)


NAMES = ["calls", "calls, weekly", "calls, weekly; by phone", "re", "reports"]


@given(st.lists(st.sampled_from(range(len(NAMES))), unique=True),
       st.sampled_from([", ", ";", "\n", " | "]))  # fmt: skip
def test_every_set_of_options_is_split_again(chosen, separator):
    """An option that ends where another goes on is read as the longer one: here none does."""
    cell = separator.join(NAMES[place] for place in chosen)
    joined = any(f"calls{separator}weekly" in cell for _ in chosen)
    found, left = split_cell(cell, {name: place for place, name in enumerate(NAMES)})
    if not joined:
        assert (found, left) == (chosen, [])


def test_an_unknown_adjustment_and_level_are_refused():
    made = survey([{"size": "s", "ways": "", "mark": 1, "nps": 3}] * 3)
    with pytest.raises(InvalidValue):
        crosstab(made, "ways", "size", adjust="none")
