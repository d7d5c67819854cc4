"""Churn: there on the first day of the period, left in it.

client  contract  started     ended         Q1 2024         Q2 2024
a       ongoing   2023-05-01  2024-02-15    there, lost
b       ongoing   2023-06-01                there           there
c       ongoing   2024-01-01  2024-03-31    there, lost     (its last day was in Q1)
d       ongoing   2024-02-01  2024-03-01    came and went
e       ongoing   2024-02-10  2024-04-01                    there, lost (on the first day)
b2 = a again      2024-04-20                                (came)
p       project   2023-01-01  2024-02-01    not counted: order by order
                                            2 of 3          1 of 2
"""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientlab.clients import ClientBase
from clientlab.clients.churn_rates import churn_rate
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import proportions

CLIENTS = pd.DataFrame(
    [
        ("a", "ongoing", "2023-05-01", "2024-02-15", "shop"),
        ("b", "ongoing", "2023-06-01", None, "bank"),
        ("c", "ongoing", "2024-01-01", "2024-03-31", "bank"),
        ("d", "ongoing", "2024-02-01", "2024-03-01", "bank"),
        ("e", "ongoing", "2024-02-10", "2024-04-01", "shop"),
        ("a", "ongoing", "2024-04-20", None, "shop"),
        ("p", "project", "2023-01-01", "2024-02-01", "shop"),
    ],
    columns=["client_id", "contract", "started_on", "ended_on", "industry"],
)
INVOICES = pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"], "amount": [1]})


def read(clients=CLIENTS, start="2024-01-01", end="2024-06-30") -> ClientBase:
    return ClientBase.read(
        {"clients": clients, "invoices": INVOICES}, observed_from=start, observed_until=end
    )


def many(left_then: int, left_now: int, there: int = 100) -> ClientBase:
    """So many clients on the first days of two years; so many of them leave in each."""
    rows = [(f"x{i}", "2020-01-01", "2024-06-01" if i < left_then else None) for i in range(there)]
    rows += [(f"y{i}", "2024-12-01", "2025-06-01" if i < left_now else None)
             for i in range(left_then)]  # fmt: skip
    rows += [(f"z{i}", "2024-12-01", "2025-07-01") for i in range(max(0, left_now - left_then))]
    frame = pd.DataFrame(rows, columns=["client_id", "started_on", "ended_on"])
    invoices = INVOICES.assign(client_id="x0")
    return ClientBase.read({"clients": frame, "invoices": invoices},
                           observed_from="2024-01-01", observed_until="2025-12-31")  # fmt: skip


def test_the_table_of_the_docstring():
    frame = churn_rate(read()).frame
    assert frame["period"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-01", "2024-04-01"]
    assert frame[["lost", "base", "came", "came_and_went"]].values.tolist() == [
        [2, 3, 2, 1],
        [1, 2, 1, 0],
    ]
    wilson = proportions.interval([2, 1], [3, 2])
    assert frame["estimate"].tolist() == pytest.approx([2 / 3, 1 / 2])
    assert frame["low"].tolist() == pytest.approx(wilson.low.tolist())
    assert frame["high"].tolist() == pytest.approx(wilson.high.tolist())


def test_a_breakdown_adds_up():
    frame = churn_rate(read(), by="industry").frame
    sums = frame.groupby("period")[["lost", "base"]].sum()
    assert sums.values.tolist() == [[2, 3], [1, 2]]
    assert frame[frame["industry"] == "bank"][["lost", "base"]].values.tolist() == [[1, 2], [0, 1]]


def test_only_whole_periods_count():
    assert len(churn_rate(read(start="2024-01-02")).frame) == 1
    assert len(churn_rate(read(end="2024-06-29")).frame) == 1
    assert len(churn_rate(read(), period="M").frame) == 6


def test_the_change_is_newcombes_difference():
    changes = churn_rate(read()).changes
    assert changes["against"].tolist() == ["previous"]
    gap = proportions.difference(1, 2, 2, 3)
    assert changes.iloc[0][["estimate", "low", "high"]].tolist() == pytest.approx(
        [float(gap.estimate), float(gap.low), float(gap.high)]
    )


def test_the_words_follow_the_numbers():
    rose = churn_rate(many(5, 40), period="Y")
    fell = churn_rate(many(40, 5), period="Y")
    same = churn_rate(many(10, 11), period="Y")
    assert rose.frame[["lost", "base"]].values.tolist() == [[5, 100], [40, 135]]
    assert rose.headline() == "Churn of clients: 30% in 2025, more than the period before"
    assert fell.headline().endswith("less than the period before")
    assert same.headline().endswith("not clearly different from the period before")
    assert fell.headline("ru").endswith("меньше, чем за период до того")
    assert "a rise" in rose.say()
    assert "a fall" in fell.say()
    assert "cannot be told from no change" in same.say()
    assert "не отличить" in same.say("ru")


def test_it_says_base_and_interval():
    assert churn_rate(read()).say() == (
        "Churn of clients: 50% in Q2 2024 (95% interval 9–91%, base 2 clients); against Q1 2024: "
        "−16.7 points (−65 to 45), cannot be told from no change."
    )


def test_who_left_after_the_last_whole_period_is_told():
    result = churn_rate(read(end="2024-06-29"))
    assert result.frame["period"].max() == pd.Timestamp("2024-01-01")
    left = pd.to_datetime(CLIENTS["ended_on"]).between("2024-04-01", "2024-06-29")
    left &= CLIENTS["contract"] == "ongoing"
    assert left.sum() == 1
    assert "Not yet in a rate: 1 client who left since, in a quarter that is not over." in [
        note.en for note in result.notes
    ]
    assert not any("Not yet" in note.en for note in churn_rate(read()).notes)


def test_a_second_spell_of_a_client_is_the_same_client():
    frame = churn_rate(read(), period="M").frame.set_index("period")
    assert frame.loc["2024-05-01", "base"] == 2


def test_nobody_left():
    frame = churn_rate(read(CLIENTS[CLIENTS["client_id"] == "b"])).frame
    assert frame[["lost", "base", "estimate", "low"]].values.tolist() == [[0, 1, 0, 0]] * 2


def test_everybody_left():
    gone = CLIENTS.iloc[[0]].assign(ended_on="2024-02-15")
    frame = churn_rate(read(gone)).frame
    assert frame[["lost", "base"]].values.tolist() == [[1, 1], [0, 0]]
    assert frame["estimate"].isna().tolist() == [False, True]
    assert "100% in Q1 2024" in churn_rate(read(gone)).say()


def test_without_a_whole_period_it_says_so():
    result = churn_rate(read(start="2024-01-15", end="2024-03-15"))
    assert isinstance(result, CannotSay)
    assert result.say() == (
        "Churn of clients: the records (2024-01-15 – 2024-03-15) cover no whole quarter. Use "
        "period='M'."
    )


def test_without_ongoing_clients_it_says_so():
    result = churn_rate(read(CLIENTS[CLIENTS["contract"] == "project"]))
    assert result.say().startswith("Churn of clients: on the first day of no period was anybody")


def test_an_unknown_column_lists_those_there_are():
    with pytest.raises(InvalidValue) as caught:
        churn_rate(read(), by="colour")
    assert str(caught.value) == (
        "by='colour' is not a column of the clients of this base. Use one of: contract, industry."
    )


def test_an_unknown_period_lists_those_there_are():
    with pytest.raises(InvalidValue, match=r"^period='W' is not known; use one of M, Q, Y\.$"):
        churn_rate(read(), period="W")


def test_a_base_of_an_earlier_day_knows_nothing_of_later_ends():
    early = churn_rate(read().as_of("2024-03-31"))
    assert early.frame[["lost", "base"]].values.tolist() == [[2, 3]]
    changed = CLIENTS.assign(ended_on=CLIENTS["ended_on"].replace("2024-04-01", "2024-06-01"))
    pd.testing.assert_frame_equal(churn_rate(read(changed).as_of("2024-03-31")).frame, early.frame)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_it_is_drawn_and_tabled(lang):
    from clientlab.session import setup

    setup(lang)
    result = churn_rate(many(5, 40), period="Q")
    axes = result.plot()
    assert len(axes.collections) == 2
    assert "%" in repr(result.table())
    assert result.measures(lang)
    assert result.provenance.footer(lang)


def by_model(lost: dict[str, int], size: int = 40) -> ClientBase:
    """Clients of two financial models there all year; so many of each leave in May."""
    rows = [(f"{model}{number}", model, "2024-05-01" if number < gone else None)
            for model, gone in lost.items() for number in range(size)]  # fmt: skip
    clients = pd.DataFrame(rows, columns=["client_id", "financial_model", "ended_on"])
    return ClientBase.read(
        {
            "clients": clients.assign(started_on="2023-05-01"),
            "invoices": pd.DataFrame(
                {"client_id": [rows[0][0]], "issued_on": ["2024-01-01"], "amount": [1]}
            ),
        },
        observed_from="2024-01-01",
        observed_until="2024-12-31",
    )


def test_a_breakdown_tells_the_last_period_by_group_and_turns():
    high = churn_rate(by_model({"retainer": 20, "fixed_price": 2}), period="Y",
                      by="financial_model")  # fmt: skip
    low = churn_rate(by_model({"retainer": 2, "fixed_price": 20}), period="Y",
                     by="financial_model")  # fmt: skip
    assert high.say() == (
        "Churn of clients, 2024: groups differ; highest retainer — 50% (95% interval 35–65%, base "
        "40 clients), lowest fixed price — 5.0% (95% interval 1–17%, base 40 clients)."
    )
    assert low.headline("ru") == (
        "Отток клиентов, 2024: группы различаются; больше всего фиксированная цена — 50%, меньше "
        "всего ретейнер — 5,0%"
    )
    assert high.plot().get_yticklabels()[0].get_text() == "retainer · 40"


def test_groups_within_chance_are_not_ranked():
    near = churn_rate(by_model({"retainer": 4, "fixed_price": 2}), period="Y", by="financial_model")
    assert not near.differ()
    assert near.decide() == "Do not rank the groups: their intervals overlap too far."


def test_a_column_that_the_files_lack_is_named_and_an_unknown_one_refused():
    base = by_model({"retainer": 1})
    assert churn_rate(base, by="industry").say() == (
        "Churn of clients: needs clients.industry, which the files do not hold."
    )
    with pytest.raises(InvalidValue, match="by='colour' is not a column"):
        churn_rate(base, by="colour")


def test_groups_in_which_nobody_left_are_not_ranked():
    none = churn_rate(by_model({"retainer": 0, "fixed_price": 0}), period="Y", by="financial_model")
    assert none.say() == "Churn of clients, 2024: 0% in each of 2 groups (base 80)."
    assert none.headline("ru") == "Отток клиентов, 2024: 0% в каждой группе, их 2"


def test_the_decision_follows_the_comparison_of_the_headline():
    # Two years: none of 40 left in the first, 20 in the second; there is no year ago to Y.
    clients = pd.DataFrame(
        {"client_id": [f"c{n}" for n in range(40)], "started_on": "2022-05-01",
         "ended_on": ["2024-05-01"] * 20 + [None] * 20}
    )  # fmt: skip
    bills = pd.DataFrame({"client_id": ["c1"], "issued_on": ["2023-01-01"], "amount": [1]})
    base = ClientBase.read({"clients": clients, "invoices": bills},
                           observed_from="2023-01-01", observed_until="2024-12-31")  # fmt: skip
    result = churn_rate(base, period="Y")
    assert result.headline().endswith("more than the period before")
    assert result.decide().startswith("Call those who left")
    assert any("clients.contract" in note.en for note in result.notes)


def test_notes_of_a_breakdown_are_about_the_period_that_is_told():
    clients = CLIENTS.assign(region=["North", "South"] * (len(CLIENTS) // 2) + ["North"] * (
        len(CLIENTS) % 2), tier="gold")  # fmt: skip
    notes = [note.en for note in churn_rate(read(clients), by="region").notes]
    assert notes == ["2 of 2 rates stand on fewer than 30 clients."]
    notes = [note.en for note in churn_rate(read(clients), by="tier").notes]
    assert notes[-1] == "'tier' is as on the day of the export, also for earlier periods."


@st.composite
def any_spells(draw):
    """Up to six clients, each with up to three spells that do not overlap, over two years."""
    rows = []
    for client in range(draw(st.integers(1, 6))):
        days = sorted(draw(st.lists(st.integers(-200, 800), min_size=2, max_size=6, unique=True)))
        days = days[: len(days) // 2 * 2]
        still_there = draw(st.booleans())
        for start, end in zip(days[::2], days[1::2], strict=True):
            goes_on = still_there and end == days[-1]
            rows.append((f"c{client}", start, None if goes_on else end))
    return rows


@settings(max_examples=40, deadline=None)
@given(any_spells(), st.sampled_from("MQY"))
def test_every_rate_is_that_of_a_count_day_by_day(rows, period):
    start = pd.Timestamp("2023-01-01")
    day = {n: start + pd.Timedelta(days=n) for n in range(-200, 801)}
    clients = pd.DataFrame(
        [(client, day[first], None if last is None else day[last]) for client, first, last in rows],
        columns=["client_id", "started_on", "ended_on"],
    ).assign(contract="ongoing")
    result = churn_rate(read(clients, start="2023-01-01", end="2024-12-31"), period=period)
    if isinstance(result, CannotSay):
        return
    months = {"M": 1, "Q": 3, "Y": 12}[period]
    firsts = pd.date_range("2023-01-01", "2024-12-31", freq=f"{months}MS")
    assert result.frame["period"].tolist() == list(firsts)
    for first, lost, base in result.frame[["period", "lost", "base"]].itertuples(index=False):
        at = (first - start).days
        over = (first + pd.DateOffset(months=months) - start).days
        there = {client for client, began, ended in rows
                 if began <= at and (ended is None or at <= ended)}  # fmt: skip
        gone = {client for client, began, ended in rows
                if ended is not None and began <= at <= ended < over}  # fmt: skip
        assert (lost, base) == (len(gone), len(there))
