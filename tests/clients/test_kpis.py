"""Every indicator of the list, on bases that have little or nothing.

base            clients  left   what an indicator does
demo            240      ~100   a number with base, drawn, in both languages
small           40       3      a number or a sentence
required only   240      ~100   names the table that it lacks
empty           0        0      a sentence
"""

import pandas as pd
import pytest

from clientlab.clients import ClientBase, kpis
from clientlab.clients.kpis import KPIS
from clientlab.demo import demo_agency
from clientlab.results import CannotSay


def read(agency, *names) -> ClientBase:
    parts = {name: agency.tables[name] for name in (names or agency.tables)}
    return ClientBase.read(
        parts, observed_from=agency.observed_from, observed_until=agency.observed_until
    )


@pytest.fixture(scope="module")
def bases():
    agency = demo_agency()
    nothing = {"clients": agency.tables["clients"].iloc[:0],
               "invoices": agency.tables["invoices"].iloc[:0]}  # fmt: skip
    return {
        "demo": read(agency),
        "small": read(demo_agency(40, leavers=3)),
        "one": read(demo_agency(1, seed=5)),
        "required": read(agency, "clients", "invoices"),
        "empty": ClientBase.read(nothing, observed_from="2024-01-01", observed_until="2024-12-31"),
    }


# One row per client or person: facts, not estimates.
LISTS = ("days_past_due", "moved_people", "rcm", "week", "streaks")
RARE = ("handed_over",)  # 14 key clients change hands four times
NAMES = ("demo", "small", "one", "required", "empty")


@pytest.mark.parametrize("which", NAMES)
@pytest.mark.parametrize("name", list(KPIS))
def test_it_answers_or_says_why_not(bases, name, which):
    result = KPIS[name].function(bases[which])
    for lang in ("en", "ru"):
        assert result.say(lang).endswith(".")
        assert "nan" not in result.say(lang)
        assert "NaT" not in result.say(lang)
    if which == "demo" and name not in RARE:
        assert not isinstance(result, CannotSay)
    if not isinstance(result, CannotSay):
        assert {"base", "at_risk"} & set(result.frame) or name in LISTS
        assert result.provenance.base is not None
        result.table()
        assert result.plot().figure.axes


@pytest.mark.parametrize("name", [name for name, kpi in KPIS.items() if kpi.needs])
def test_a_missing_table_is_named(bases, name):
    result = KPIS[name].function(bases["required"])
    assert isinstance(result, CannotSay)
    assert all(table in result.say() for table in KPIS[name].needs)


@pytest.mark.parametrize("name", list(KPIS))
def test_what_became_known_later_changes_nothing(name):
    agency = demo_agency(60)
    day = pd.Timestamp("2025-03-31")
    before = KPIS[name].function(read(agency).as_of(day))
    cut = {
        table: frame[pd.to_datetime(frame.iloc[:, list(frame).index(known)]) <= day]
        for table, frame in agency.tables.items()
        for known in [_known(table)]
    }
    cut["invoices"] = cut["invoices"].assign(
        paid_on=cut["invoices"]["paid_on"].where(cut["invoices"]["paid_on"] <= day)
    )
    shorter = ClientBase.read(cut, observed_from=agency.observed_from, observed_until="2026-08-31")
    after = KPIS[name].function(shorter.as_of(day))
    pd.testing.assert_frame_equal(before.frame, after.frame)
    assert before.say() == after.say()


def _known(table: str) -> str:
    from clientlab.clients.schema import tables

    return tables()[table].known_at


def test_the_list_is_complete():
    for name, kpi in KPIS.items():
        assert getattr(kpis, name) is kpi.function
        assert kpi.formula
        assert kpi.source
        assert kpi.meaning.ru
        assert name in kpis.__all__
