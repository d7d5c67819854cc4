"""The forms that ship: both views of the audit, and expectations."""

import re

import pytest

from clientlab.practices import expectations_form, service_audit_form
from clientlab.problems import InvalidValue


def test_both_views_are_asked_about_the_same_twelve_rules():
    team, clients = (service_audit_form(view).questions[0] for view in ("managers", "clients"))
    assert team.rows == clients.rows
    assert len(team.rows) == 12
    assert (team.low, team.high) == (clients.low, clients.high) == (1, 5)
    assert team.text != clients.text


def test_expectations_are_asked_three_ways_of_the_same_sides():
    expected, perceived, importance = expectations_form().questions
    assert expected.rows == perceived.rows == importance.rows
    assert [row.id for row in expected.rows] == [
        "speed", "quality", "initiative", "price", "reporting", "understanding"]  # fmt: skip


@pytest.mark.parametrize(
    "form",
    [
        lambda: service_audit_form("managers"),
        lambda: service_audit_form("clients"),
        expectations_form,
    ],
)
def test_every_text_is_in_both_languages(form):
    for question in form().questions:
        for part in (question, *question.rows, *question.options):
            assert re.search("[а-яё]", part.text.ru, re.IGNORECASE) or part.text.ru == "PR"
            assert not re.search("[а-яё]", part.text.en, re.IGNORECASE)


def test_the_printed_ranks_have_their_options():
    assert "retention" in [one.id for one in service_audit_form("managers")["priorities"].options]
    assert "client_service" in [one.id for one in service_audit_form("clients")["wishes"].options]


def test_an_unknown_view_is_refused():
    message = "view='bosses' is not known; use one of managers, clients."
    with pytest.raises(InvalidValue, match="^" + re.escape(message) + "$"):
        service_audit_form("bosses")
