"""What one call of show or finding sends to the notebook.

thing          picture  text                      finding
result         yes      headline, digest, footer  with decision and notes
CannotSay      no       the sentence              no picture
table          no       the table                 -
"""

import base64
import io
import json
from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from PIL import Image

from clientlab.practices import possible_bases, published, published_topline
from clientlab.problems import InvalidType, InvalidValue
from clientlab.session import findings
from clientlab.session.findings import FINDING_MIME, check_answer, finding, show
from clientlab.session.style import setup
from clientlab.wording import Text


@pytest.fixture
def sent(monkeypatch) -> list[dict]:
    """Outputs as a notebook would get them."""
    outputs: list[dict] = []
    monkeypatch.setattr(findings, "_emit", outputs.append)
    return outputs


@pytest.fixture(scope="module")
def shares():
    return published_topline(published("loyalty_methods"))


def test_a_result_becomes_a_slide_with_its_words(sent, shares):
    show(shares)
    first, notes = sent
    picture = Image.open(io.BytesIO(base64.b64decode(first["image/png"])))
    assert picture.width / picture.height == pytest.approx(16 / 9, abs=0.01)
    lines = first["text/plain"].splitlines()
    assert lines[0] == shares.headline("en")
    assert lines[1] == shares.measures("en")
    assert lines[2] == shares.provenance.footer("en")
    assert "bars 0.558 0.547" in lines[3]
    assert FINDING_MIME not in first
    assert "Who chose to answer" in notes["text/markdown"]


def test_a_finding_carries_everything_a_slide_needs(sent, shares):
    finding(shares)
    content = sent[0][FINDING_MIME]
    assert content["headline"] == shares.headline("en")
    assert content["decision"] == shares.decide("en")
    assert content["notes"] == [note.en for note in shares.notes]
    assert content["lang"] == "en"
    assert content["synthetic"] is False
    assert content["data"]["estimate"][:2] == [0.547, 0.484]
    assert "bars 0.558 0.547" in content["alt"]
    assert shares.decide("en") in sent[1]["text/plain"]


def test_the_sentence_with_base_and_interval_stands_below_a_shorter_headline(sent, shares):
    finding(shares)
    assert shares.say("en") != shares.headline("en")
    assert sent[0][FINDING_MIME]["said"] == shares.say("en")
    assert sent[1]["text/plain"].splitlines()[0] == shares.say("en")


def test_a_headline_that_is_the_whole_sentence_is_not_said_twice(sent, shares):
    finding(shares, shares.say("en").rstrip("."))
    assert sent[0][FINDING_MIME]["said"] == ""
    assert shares.say("en") not in sent[1]["text/plain"]


def test_what_is_missing_in_the_numbers_is_null(sent, shares):
    frame = shares.frame.head(2).assign(
        name=["a", None],
        endless=[1.5, float("inf")],
        day=pd.to_datetime(["2024-01-31", None]),
        count=pd.array([1, None]),
    )
    frame.loc[frame.index[1], "estimate"] = float("nan")
    finding(replace(shares, frame=frame))
    data = json.loads(json.dumps(sent[0][FINDING_MIME]["data"], allow_nan=False))
    assert data["name"] == ["a", None]
    assert data["day"] == ["2024-01-31 00:00:00", None]
    assert data["count"] == [1, None]
    assert data["endless"] == [1.5, None]
    assert data["estimate"] == [0.547, None]


def test_headline_and_decision_of_the_analyst_replace_our_own(sent, shares):
    finding(shares, Text("Ours", "Наш"), decision="Ask again.")
    content = sent[0][FINDING_MIME]
    assert (content["headline"], content["decision"]) == ("Ours", "Ask again.")


def test_the_language_of_the_session_is_that_of_everything(sent, shares):
    setup("ru")
    finding(shares)
    content = sent[0][FINDING_MIME]
    assert content["lang"] == "ru"
    assert content["headline"].startswith("Чаще всего отмечают: «Постоянно улучшают")
    assert "База: 95 агентств" in content["footer"]
    assert "55,8%" in sent[0]["text/plain"] or "56%" in sent[0]["text/plain"]


def test_what_cannot_be_said_is_a_sentence_without_a_picture(sent):
    show(possible_bases(published(None)))
    said = "Cannot say: This study has no such question, so nothing is said here."
    assert sent == [{"text/plain": said, "text/markdown": said}]


def test_no_base_at_all_is_a_finding_with_its_picture(sent):
    show(possible_bases([33.3, 50.1], largest=100))
    assert "image/png" in sent[0]
    assert sent[0]["text/plain"].startswith("No base of 1–100 fits all of these figures (2)")


def test_tables_and_frames_are_text_and_html(sent):
    show(pd.DataFrame({"option": ["да"], "count": [1234]}), "Counts")
    assert sent[0]["text/plain"] == "Counts\noption count\n    да 1,234"
    assert sent[0]["text/html"].startswith("<p><b>Counts</b></p><table")
    assert "id=" not in sent[0]["text/html"]


def test_axes_of_the_analyst_need_a_sentence(sent):
    figure, ax = plt.subplots()
    ax.bar(["a"], [1])
    with pytest.raises(InvalidValue) as caught:
        show(ax)
    assert str(caught.value) == (
        "A picture needs a headline that says what it shows: show(ax, 'Half of us answer…')."
    )
    show(ax, "One bar")
    assert sent[0]["text/plain"] == "One bar\nx a | bars 1"
    plt.close(figure)


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(InvalidType) as caught:
        show(object())
    assert str(caught.value) == (
        "show() does not know what to do with a object. "
        "Give it a result, a table, a DataFrame, Axes with a headline, or a sentence."
    )


def test_an_object_with_the_members_of_a_result_is_enough(sent, shares):
    class Foreign:
        frame, provenance, notes, digits = shares.frame, shares.provenance, (), 3
        say = headline = measures = decide = staticmethod(lambda lang="en": "Foreign.")
        plot = staticmethod(shares.plot)

    show(Foreign())
    assert sent[0]["text/plain"].startswith("Foreign.\nForeign.")


def test_the_picture_is_the_same_bytes_twice(sent, shares):
    show(shares)
    show(shares)
    assert sent[0] == sent[2]


def test_showing_changes_nothing_of_the_result(sent, shares):
    before = shares.frame.copy()
    show(shares)
    pd.testing.assert_frame_equal(shares.frame, before)


@pytest.mark.parametrize(
    ("given", "right", "said"),
    [
        (None, 3, "Not answered yet. Count."),
        (2, 3, "Not yet. Count."),
        (3, 3, "Right."),
        (0.333, 1 / 3, "Right."),
        (0.34, 1 / 3, "Not yet. Count."),
    ],
)
def test_exercises_are_checked_without_giving_the_answer_away(sent, given, right, said):
    check_answer(given, right, hint=Text("Count.", "Посчитайте."))
    assert sent[0]["text/plain"] == said


def test_outside_a_notebook_the_text_is_printed(capsys):
    show("Plain words.")
    assert capsys.readouterr().out == "Plain words.\n"
