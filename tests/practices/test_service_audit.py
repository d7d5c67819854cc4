"""Two views of the rules of service, and whether the rules go together.

golden   8 managers in 5 agencies, 12 people of 8 clients: difference 1.125, se 0.2394
         (golden/practices/market.R, svyby and svycontrast)
"""

import re

import numpy as np
import pandas as pd
import pytest

from clientlab.demo import demo_audit
from clientlab.demo.audit import GAPS, demo_audit_answers
from clientlab.practices import Survey, consistency, service_audit, service_audit_form
from clientlab.practices.service_audit_views import _compared
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import reliability

RULES = ["warns", "listens", "plain"]
BOOK = {"name": "x", "questions": [
    {"id": "rules", "type": "grid", "text": {"en": "How often?", "ru": "Как часто?"}, "low": 1,
     "high": 5, "rows": [{"id": rule} for rule in RULES]},
    {"id": "note", "type": "text", "text": "Note"}]}  # fmt: skip
MANAGERS = [4, 5, 4, 4, 3, 5, 4, 4, 4, 4]
CLIENTS = [3, 3, 4, 2, 3, 3, 2, 4, 3, 3, 4, 2]
UNITS = ["a", "a", "b", "c", "c", "c", "d", "e", "f", "f", "g", "h"]


def survey(marks, units, **more):
    frame = pd.DataFrame({f"rules {rule}": marks for rule in RULES}).assign(unit=units, **more)
    return Survey.from_frame(frame, BOOK, clusters="unit")


def test_the_difference_with_clusters_equals_r():
    # R: svycontrast(svyby(~mark, ~view, svydesign(~unit), svymean, covmat = TRUE), c(-1, 1));
    # eight managers, fewer than the analysis tells anything of
    managers = survey(MANAGERS[:8], list("AABBCCDE"))
    clients = survey(CLIENTS, UNITS)
    marks = [pd.DataFrame({rule: values for rule in RULES}, dtype=float)
             for values in (MANAGERS[:8], CLIENTS)]  # fmt: skip
    frame, overall = _compared(managers, clients, marks, "holm", 0.95)
    half = 2.17881282966723 * 0.239385108214196  # R: qt(.975, 12)
    assert frame["estimate"].tolist() == pytest.approx([1.125] * 3)
    assert frame.loc[0, ["low", "high"]].tolist() == pytest.approx([1.125 - half, 1.125 + half])
    assert overall.estimate == pytest.approx(1.125)


def test_an_agency_and_its_clients_are_one_cluster():
    managers = survey(MANAGERS, list("AABBCCDEFG"))
    apart = service_audit(managers, survey(CLIENTS, UNITS))
    same = service_audit(managers, survey(CLIENTS, list("AABCCCDEFFGH")))
    assert any(note.en.startswith("7 clusters are in both surveys") for note in same.notes)
    assert not any("in both surveys" in note.en for note in apart.notes)
    assert same.frame.loc[0, "estimate"] == apart.frame.loc[0, "estimate"]
    assert same.frame.loc[0, "low"] != apart.frame.loc[0, "low"]


def test_planted_gaps_are_found_and_no_others():
    found = service_audit(*demo_audit()).frame.set_index("rule")
    sure = found[found["verdict"] != "cannot"]
    assert set(sure.index) == set(GAPS)
    for rule, gap in GAPS.items():
        assert np.sign(sure.loc[rule, "estimate"]) == np.sign(gap)


def test_reversed_views_turn_the_words():
    before, after = service_audit(*demo_audit()), service_audit(*demo_audit(reversed=True))
    assert "«Tells early that something goes wrong»" in before.headline()
    assert "«Advises and leaves the decision to the client»" in after.headline()
    assert set(before.told("higher")["rule"]) == set(after.told("lower")["rule"])


def test_the_words_tell_both_bases_and_the_interval():
    found = service_audit(*demo_audit())
    assert re.search(
        r"Widest gap \+1\.1 \(\+0\.8 to \+1\.3\) marks: «Tells early .+»; 4 of 12 "
        r"rules can be told apart; bases 117 and 148, 95%\.$",
        found.say(),
    )
    assert found.say("ru").startswith("Видим себя лучше, чем клиенты: «Заранее сообщают о сбоях»")
    assert found.provenance.synthetic
    assert found.provenance.base == 270
    assert found.decide().startswith("Ask three clients for the last time")


def test_equal_views_are_not_told_apart():
    found = service_audit(
        survey(MANAGERS, list("ABCDEFGHIJ")), survey(MANAGERS, list("klmnopqrst"))
    )
    assert found.headline() == "On no rule can the two views be told apart"
    assert found.decide().startswith(
        "Train nobody for the sake of this audit: on no rule is the team"
    )


def test_views_in_which_everybody_says_the_same_are_told_by_their_number():
    ours, theirs = survey([5] * 10, list("ABCDEFGHIJ")), survey([3] * 12, UNITS)
    found = service_audit(ours, theirs)  # 8 clients, the fewer: 2 · ½⁸, three times for Holm
    assert found.frame["p_value"].tolist() == pytest.approx([2 / 256] * 3)
    assert found.frame["verdict"].tolist() == ["higher"] * 3
    same = service_audit(ours, survey([5] * 12, UNITS))
    assert same.frame["p_value"].tolist() == [1, 1, 1]


def test_consistency_is_cronbachs_alpha_of_complete_respondents():
    managers, _ = demo_audit()
    found = consistency(managers)
    columns = np.column_stack(
        [
            managers.answers[f"rules.{row.id}"].values
            for row in service_audit_form("managers").questions[0].rows
        ]
    )
    known = ~np.isnan(columns).any(axis=1)
    assert found.alpha.estimate == pytest.approx(reliability.alpha(columns).estimate)
    assert found.provenance.base == known.sum() == 107
    assert found.frame["estimate"].is_monotonic_increasing
    assert any(note.en == "Left a row out, not used: 13." for note in found.notes)


def test_the_verdict_needs_the_whole_interval():
    random = np.random.default_rng(0)
    noise = pd.DataFrame(random.integers(1, 6, (60, 3)), columns=[f"rules {r}" for r in RULES])
    apart = consistency(Survey.from_frame(noise, BOOK))
    assert apart.verdict == "apart"
    assert apart.headline().startswith("The 3 rows do not make one score: α")
    attitude = random.normal(size=14)[:, None]
    some = np.clip(np.round(3 + attitude + random.normal(0, 0.9, (14, 3))), 1, 5)
    open_ = consistency(Survey.from_frame(
        pd.DataFrame(some, columns=[f"rules {r}" for r in RULES]), BOOK))  # fmt: skip
    assert open_.verdict == "cannot"
    assert "не видно" in open_.headline("ru")
    assert consistency(demo_audit()[0]).verdict == "sum"


def test_who_gives_one_mark_to_all_is_told():
    frame = demo_audit_answers("managers")
    rows = [header for header in frame if header.startswith("How often")]
    frame.loc[:4, rows] = "5"
    found = consistency(Survey.from_frame(frame, service_audit_form("managers")))
    assert any(note.en.startswith("One mark for every row: 5.") for note in found.notes)


def test_too_few_and_nothing_end_in_a_sentence():
    few, many = survey(MANAGERS[:9], list("ABCDEFGHI")), survey(CLIENTS, UNITS)
    two = Survey.from_frame(
        pd.DataFrame({"rules warns": MANAGERS, "rules listens": MANAGERS}), BOOK)  # fmt: skip
    said = [
        service_audit(few, many), service_audit(many, None), service_audit(many, many, None),
        consistency(few), consistency(two), consistency(None), consistency(many, None),
        consistency(survey([3] * 12, list("ABCDEFGHIJKL"))),
    ]  # fmt: skip
    assert all(isinstance(one, CannotSay) for one in said)
    assert said[0].say() == (
        "9 of the managers in 9 clusters answered: too few to compare two views (10 and 5 are "
        "needed)."
    )
    assert said[3].say() == (
        "9 respondents of 9 clusters answered all 3 rows: too few to tell whether marks go "
        "together (10 and 5 are needed)."
    )
    assert said[4].say() == ("2 rows were asked; whether marks go together is told from 3 rows on.")
    assert said[7].say() == "Everybody has the same sum of marks: nothing can go together."


def test_grids_that_do_not_fit_are_refused():
    team = survey(MANAGERS, list("ABCDEFGHIJ"))
    ten = {"name": "x", "questions": [BOOK["questions"][0] | {"high": 10}]}
    other = Survey.from_frame(pd.DataFrame({"rules warns": MANAGERS}), ten)
    rows = {"name": "x", "questions": [BOOK["questions"][0] | {"rows": [{"id": "new"}]}]}
    strange = Survey.from_frame(pd.DataFrame({"rules new": MANAGERS}), rows)
    cases = {
        "'rules' has the scale 1–5 in one survey and 1–10 in the other: marks of two scales "
        "cannot be subtracted.": lambda: service_audit(team, other),
        "'rules' has no row that both surveys hold. One: warns, listens, plain. The other: new.":
            lambda: service_audit(team, strange),
        "'note' is no grid of scales. The codebook has: rules.": lambda: consistency(team, "note"),
    }  # fmt: skip
    for message, call in cases.items():
        with pytest.raises(InvalidValue, match="^" + re.escape(message) + "$"):
            call()


def test_pictures_and_tables_can_be_made():
    for found in (service_audit(*demo_audit()), consistency(demo_audit()[1])):
        assert len(found.plot().figure.axes) == 1
        assert len(found.table().frame) == 12
        assert repr(found).startswith("<SYNTHETIC DATA: ")


@pytest.mark.simulation
def test_rules_without_a_gap_are_not_told_apart_more_often_than_promised():
    from scipy.stats import binom

    runs, false, hit = 400, 0, {rule: 0 for rule in GAPS}
    forms = [service_audit_form(view) for view in ("managers", "clients")]
    for seed in range(1000, 1000 + runs):
        sides = [Survey.from_frame(demo_audit_answers(view, seed=seed), form, clusters=column)
                 for view, form, column in zip(("managers", "clients"), forms,
                                               ("agency", "client"), strict=True)]  # fmt: skip
        found = service_audit(*sides).frame.set_index("rule")
        sure = found.index[found["verdict"] != "cannot"]
        false += bool(set(sure) - set(GAPS))
        for rule in GAPS:
            hit[rule] += rule in sure
    assert false <= binom.ppf(0.99, runs, 0.05)
    assert min(hit.values()) / runs >= 0.9
