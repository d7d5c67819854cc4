"""Two mistakes run on purpose.

requests  900 of 1,200 within the hour, claimed 'almost 70%': z = 0.05 / √(0.7 · 0.3 / 1200) = 3.78
halves    places by the mean of marks, one half beside the other
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.demo import demo_audit
from clientlab.practices import (
    Survey,
    measured_against_claim,
    order_in_halves,
    published,
    ranking,
)
from clientlab.results import CannotSay

WAITS = [10] * 900 + [100] * 300


def test_the_test_of_requests_as_if_they_were_agencies_is_the_usual_one():
    found = measured_against_claim(WAITS, published("response_speed"), synthetic=True)
    row = found.frame.iloc[0]
    assert row["option"] == "within_1_h_cumulative"
    # R: prop.test(900, 1200, .7, correct = FALSE)$p.value = 0.0001570522842
    assert row["p_value"] == pytest.approx(0.0001570522842, rel=1e-9)
    assert (row["base"], row["agencies"]) == (1200, 1)
    assert found.headline().startswith("Tested anyway: «surely another share» — on 1,200 requests")
    assert found.provenance.synthetic
    assert "no number on this slide may be quoted" in found.notes[0].en


def test_where_nothing_is_placed_nothing_is_tested_either():
    study = published("response_speed")
    said = [measured_against_claim(waits, study) for waits in (None, [500, 600, 700])]
    assert all(isinstance(one, CannotSay) for one in said)


def test_halves_are_of_whole_clusters_and_share_nobody():
    managers, _ = demo_audit()
    found = order_in_halves(managers, "rules")
    assert found.frame["base"].iloc[0] + found.frame["base_second"].iloc[0] == 120
    assert set(found.frame["first"]) <= set(np.arange(1, 12.5, 0.5))
    names = np.unique(managers.clusters)
    chosen = np.random.default_rng(0).permutation(names)[: len(names) // 2]
    half = ranking(managers.only(np.isin(managers.clusters, chosen)), "rules").frame
    expected = half.set_index("option").loc[found.frame["option"], "estimate"]
    assert found.frame["first"].tolist() == expected.tolist()


def test_the_words_count_the_places_that_differ():
    found = order_in_halves(demo_audit()[0], "rules")
    moved = int((found.frame["first"] != found.frame["second"]).sum())
    assert found.headline().startswith(f"{moved} of 12 places by the mean are others")
    assert f"{moved} из 12" in found.headline("ru")


def test_too_few_to_halve_end_in_a_sentence():
    asked = {"id": "q", "type": "ranking", "text": "?", "options": [{"id": "a"}, {"id": "b"}]}
    book = {"name": "x", "questions": [asked]}
    few = Survey.from_frame(pd.DataFrame({"q a": [1] * 12, "q b": [2] * 12}), book)
    assert order_in_halves(few, "q").say() == "Too few answers to make two halves of."
    assert isinstance(order_in_halves(None, "q"), CannotSay)


def test_they_can_be_drawn():
    drawn = (
        measured_against_claim(WAITS, published("response_speed")),
        order_in_halves(demo_audit()[0], "rules"),
    )
    for found in drawn:
        assert len(found.plot().figure.axes) == 1
        assert len(found.table().frame) == len(found.frame)
