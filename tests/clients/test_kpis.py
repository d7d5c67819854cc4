"""Every indicator of the list, on bases that have little or nothing.

base            clients  left   what an indicator does
demo            240      ~100   a number with base, drawn, in both languages
small           40       3      a number or a sentence
required only   240      ~100   names the table that it lacks
empty           0        0      a sentence
"""

import json

import pandas as pd
import pytest

from clientlab.clients import ClientBase, kpis
from clientlab.clients.kpis import KPIS
from clientlab.clients.schema import UNDATED, tables
from clientlab.demo import demo_agency
from clientlab.results import CannotSay
from clientlab.session.findings import _columns


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
        assert json.dumps(_columns(result.frame, result.digits), allow_nan=False)


@pytest.mark.parametrize("name", [name for name, kpi in KPIS.items() if kpi.needs])
def test_a_missing_table_is_named(bases, name):
    result = KPIS[name].function(bases["required"])
    assert isinstance(result, CannotSay)
    assert all(table in result.say() for table in KPIS[name].needs)


# --- whatever became known later changes no indicator ----------------------------------

DAY = pd.Timestamp("2025-03-31")


def later_row(name: str, frame: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(frame[tables()[name].known_at]).dt.normalize() > DAY


def later_cells(name: str, frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Which cells of each column became known after the day, or have no day at all."""
    table, row, found = tables()[name], later_row(name, frame), {}
    for column in frame:
        found[column] = row.copy()
        if table[column].known_at == UNDATED:
            found[column] = pd.Series(True, index=frame.index)
        elif column in table.later and table.later[column] in frame:
            found[column] |= pd.to_datetime(frame[table.later[column]]) > DAY
    return found


def deleted(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    cells = later_cells(name, frame)
    kept = ~later_row(name, frame)
    blank = {column: frame[column].astype(object).mask(cells[column]) for column in frame}
    return pd.DataFrame(blank)[kept]


def changed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Days a little later, numbers much larger, other words; never another identifier."""
    cells, found = later_cells(name, frame), {}
    for column in frame:
        spec, values = tables()[name][column], frame[column].astype(object)
        if spec.is_day:
            other = pd.to_datetime(frame[column]) + pd.Timedelta(days=20)
        elif spec.kind == "code":
            other = pd.Series(list(spec.allowed)[-1], index=frame.index)
        elif spec.kind in ("money", "number"):
            other = pd.to_numeric(frame[column]) * 7 + 1
        elif spec.kind == "integer":
            other = pd.Series(spec.high or 1, index=frame.index)
        elif spec.kind == "id":
            other = values
        else:
            other = pd.Series("1" if spec.kind == "flag" else "other", index=frame.index)
        found[column] = values.mask(cells[column] & frame[column].notna(), other.astype(object))
    return pd.DataFrame(found)


def entered_late(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Every third row a second time, of new clients and numbers, typed in after the day."""
    more = frame.iloc[::3].copy()
    for column in more:
        if tables()[name][column].kind == "id":
            more[column] = "late-" + more[column].astype(str)
    more["entered_on"] = DAY + pd.Timedelta(days=3)
    return pd.concat([frame.assign(entered_on=pd.NaT), more], ignore_index=True)


@pytest.fixture(scope="module")
def known_then():
    """The base of the day: as it is, and with everything later deleted, changed, added to."""
    agency = demo_agency(60)
    window = {"observed_from": agency.observed_from, "observed_until": agency.observed_until}
    found = {"as it is": ClientBase.read(agency.tables, **window).as_of(DAY)}
    for change in (deleted, changed, entered_late):
        other = {name: change(name, frame) for name, frame in agency.tables.items()}
        found[change.__name__] = ClientBase.read(other, **window).as_of(DAY)
    return found


@pytest.fixture(scope="module")
def told_then(known_then):
    return {name: kpi.function(known_then["as it is"]) for name, kpi in KPIS.items()}


@pytest.mark.parametrize("change", ["deleted", "changed", "entered_late"])
@pytest.mark.parametrize("name", list(KPIS))
def test_what_became_known_later_changes_nothing(known_then, told_then, name, change):
    before, after = told_then[name], KPIS[name].function(known_then[change])
    pd.testing.assert_frame_equal(before.frame, after.frame)
    for lang in ("en", "ru"):
        assert before.say(lang) == after.say(lang)
    assert before.notes == after.notes


def test_something_of_every_table_became_known_later(known_then):
    for name, frame in demo_agency(60).tables.items():
        cells = pd.DataFrame(later_cells(name, frame))
        assert cells.to_numpy().any() or name == "services"
        assert len(known_then["as it is"].tables[name]) == (~later_row(name, frame)).sum()


def test_the_list_is_complete():
    for name, kpi in KPIS.items():
        assert getattr(kpis, name) is kpi.function
        assert kpi.formula
        assert kpi.source
        assert kpi.meaning.ru
        assert name in kpis.__all__
