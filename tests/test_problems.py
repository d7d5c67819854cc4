"""What the analyst reads when an input is wrong.

table    column  rows     severity  message
figures  figure  3, 9     error     2 values are not numbers ('n/a').
figures  -       -        note      guessed: cp1251
"""

import pytest

from clientlab.problems import ClientlabError, InvalidType, InvalidValue, Problem, Problems

BAD = Problem("figures", "2 values are not numbers ('n/a').", column="figure", rows=(3, 9))
NOTE = Problem("figures", "guessed: cp1251.", severity="note")


def test_a_problem_reads_as_place_and_sentence():
    assert str(BAD) == "figures, column 'figure', rows 3, 9: 2 values are not numbers ('n/a')."
    assert str(NOTE) == "figures: guessed: cp1251."


def test_the_fix_follows_the_sentence():
    problem = Problem("figures", "column 'unit' is missing.", fix="Add it.")
    assert str(problem) == "figures: column 'unit' is missing. Add it."


def test_many_rows_are_counted_not_listed():
    problem = Problem("figures", "empty.", rows=tuple(range(2, 12)))
    assert problem.place == "figures, rows 2, 3, 4, 5, 6 and 5 more"


def test_one_row_is_a_row():
    assert Problem("figures", "empty.", rows=(7,)).place == "figures, row 7"


def test_the_worst_comes_first():
    problems = Problems([NOTE, BAD])
    assert problems.worst == "error"
    assert list(problems) == [BAD, NOTE]
    assert str(problems).splitlines()[0].startswith("error: figures, column 'figure'")


def test_errors_are_raised_all_at_once_and_notes_are_not():
    other = Problem("figures", "the table is empty.")
    with pytest.raises(InvalidValue) as caught:
        Problems([NOTE, BAD, other]).raise_if_errors()
    assert str(caught.value) == f"{BAD}\n{other}"
    assert Problems([NOTE]).raise_if_errors() is None


def test_no_problems_say_so():
    assert Problems().worst is None
    assert str(Problems()) == "No problems found."
    assert Problems()._repr_html_() == "<p>No problems found.</p>"


def test_html_escapes_what_came_from_the_file():
    html = Problems([Problem("a<b", "value '<script>'")])._repr_html_()
    assert "<script>" not in html
    assert "a&lt;b" in html


def test_an_unknown_severity_is_refused():
    with pytest.raises(InvalidValue) as caught:
        Problem("figures", "x", severity="fatal")
    assert str(caught.value) == ("Severity 'fatal' is not known; use one of note, warning, error.")


def test_our_errors_are_the_errors_of_python_too():
    assert issubclass(InvalidValue, ValueError)
    assert issubclass(InvalidValue, ClientlabError)
    assert issubclass(InvalidType, TypeError)
    assert issubclass(InvalidType, ClientlabError)
