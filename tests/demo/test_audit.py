"""The invented audit and expectations: what was planted stands in the answers.

rule     planted   clients' marks lower by about it
warns      0.9     rounding and the ends of the scale take or add a little
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.demo import demo_audit, demo_expectations
from clientlab.demo.audit import (
    GAPS,
    NULL,
    PLANTED,
    PRIORITIES,
    demo_audit_answers,
    demo_expectations_answers,
)
from clientlab.practices import expectations_form, service_audit_form


def marks(frame, form, grid):
    """Mean mark of each row of a grid in an export; an empty cell is none."""
    question = next(one for one in form.questions if one.id == grid)
    means = {row.id: pd.to_numeric(frame[f"{question.text.en} [{row.text.en}]"], errors="coerce")
             for row in question.rows}  # fmt: skip
    return pd.DataFrame(means).mean()


def test_the_same_seed_gives_the_same_answers_and_another_one_others():
    pd.testing.assert_frame_equal(demo_audit_answers("clients"), demo_audit_answers("clients"))
    assert not demo_audit_answers("clients").equals(demo_audit_answers("clients", seed=13))
    pd.testing.assert_frame_equal(demo_expectations_answers(), demo_expectations_answers())


def test_all_of_it_is_marked_synthetic_and_read_without_a_problem():
    for survey in (*demo_audit(), demo_expectations()):
        assert survey.synthetic
        assert not list(survey.check())


@pytest.mark.parametrize("reversed", [False, True])
def test_planted_gaps_of_the_audit_are_in_the_marks_and_turn_round(reversed):
    forms = {view: service_audit_form(view) for view in ("managers", "clients")}
    seeds = range(20)
    mean = sum(
        (marks(demo_audit_answers("managers", seed=seed, reversed=reversed), forms["managers"],
               "rules")
         - marks(demo_audit_answers("clients", seed=seed, reversed=reversed), forms["clients"],
                 "rules"))
        for seed in seeds
    ) / len(seeds)  # fmt: skip
    for rule, planted in GAPS.items():
        assert mean[rule] == pytest.approx(-planted if reversed else planted, abs=0.25)
    assert mean.drop(list(GAPS)).abs().max() < 0.12


def test_planted_expectations_are_in_the_marks():
    form, seeds = expectations_form(), range(20)
    frames = [demo_expectations_answers(seed=seed) for seed in seeds]
    parts = [marks(one, form, "perceived") - marks(one, form, "expected") for one in frames]
    gap = sum(parts) / len(seeds)
    for side, planted in PLANTED.items():
        assert gap[side] == pytest.approx(planted, abs=0.3)
    assert gap[list(NULL)].abs().max() < 0.1


def test_clients_name_three_and_managers_rank_all():
    team, clients = demo_audit()
    ranked = ~np.isnan(clients.answers["wishes"].values)
    assert set(ranked.sum(axis=1)) == {3}
    assert not np.isnan(team.answers["priorities"].values).any()
    assert team.answers["priorities"].values.mean(axis=0).argmin() == list(
        one.id for one in team.codebook["priorities"].options
    ).index(max(PRIORITIES, key=PRIORITIES.__getitem__))


def test_agencies_and_clients_are_whole():
    team, clients = demo_audit()
    assert (len(team), len(np.unique(team.clusters))) == (120, 40)
    assert (len(clients), len(np.unique(clients.clusters))) == (150, 70)
    asked = demo_expectations()
    assert (len(asked), len(np.unique(asked.clusters))) == (120, 55)
