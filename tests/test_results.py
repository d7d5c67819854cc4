"""The contract of a result, and the sentence that stands where there is none.

member       what it is
frame        tidy numbers
provenance   base, source, rows in = used + set aside
say(lang)    one sentence
"""

import pandas as pd
import pytest

from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance, Result
from clientlab.wording import Text

SOURCE = Text("a survey", "опрос")


def test_every_row_must_be_accounted_for():
    Provenance(source=SOURCE, rows_in=10, rows_used=7, rows_set_aside=3)
    with pytest.raises(InvalidValue) as caught:
        Provenance(source=SOURCE, rows_in=10, rows_used=7, rows_set_aside=2)
    assert str(caught.value) == (
        "10 rows were read, but 7 used and 2 set aside: every row must be accounted for."
    )


def test_the_footer_tells_base_window_and_source_in_both_languages():
    provenance = Provenance(
        source=SOURCE,
        base=1095,
        base_of=Text("agencies", "агентств"),
        rows_in=1100,
        rows_used=1095,
        rows_set_aside=5,
        window=("2024-01-01", "2024-12-31"),
        as_of="2025-01-15",
        weights="raked",
    )
    assert provenance.footer("en") == (
        "Base: 1,095 agencies · rows set aside: 5 · 2024-01-01 – 2024-12-31 · "
        "known on 2025-01-15 · weights: raked · Source: a survey"
    )
    assert provenance.footer("ru").startswith("База: 1\u00a0095 агентств · строк отложено: 5")


class Count(Result):
    def say(self, lang="en"):
        return "Two."

    def measures(self, lang="en"):
        return "a count"

    def plot(self, ax=None):
        from clientlab.session import charts

        with charts.picture(self, ax) as axes:
            charts.bars(axes, ["a"], self.frame["estimate"])
        return axes


def synthetic() -> Count:
    frame = pd.DataFrame(
        {"option": ["a"], "estimate": [0.5], "low": [0.1], "high": [0.9], "base": [4]}
    )
    return Count(frame, Provenance(source=SOURCE, base=4, synthetic=True))


def test_synthetic_data_are_marked_in_repr_table_and_picture():
    result = synthetic()
    assert repr(result) == "<SYNTHETIC DATA: Count: 1 rows, base 4>"
    assert "SYNTHETIC DATA" in result._repr_html_()
    texts = [text.get_text() for text in result.plot().figure.texts]
    assert any("SYNTHETIC DATA" in text for text in texts)


def test_the_table_formats_shares_and_bases():
    text = repr(synthetic().table())
    assert text.splitlines()[1].split() == ["a", "50%", "10%", "90%", "4"]


def test_cannot_say_is_a_sentence_and_draws_nothing():
    nothing = CannotSay.because(Text("No such question.", "Нет такого вопроса."))
    assert nothing.say("ru") == "Нет такого вопроса."
    assert repr(nothing) == "<cannot say: No such question.>"
    assert nothing.frame.empty
    with pytest.raises(InvalidValue) as caught:
        nothing.plot()
    assert str(caught.value) == "No such question."


def test_what_cannot_be_said_is_said_in_the_language_of_the_session():
    from clientlab.session import texts

    missing = CannotSay.because(Text("Nobody answered.", "Никто не ответил."))
    texts.speak("ru")
    assert missing._repr_html_() == "<p>Никто не ответил.</p>"
