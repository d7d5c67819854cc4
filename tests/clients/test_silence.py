"""Silence of project clients: gaps between invoices, spells made of them, churn by them.

day of the base: 2024-12-31
a   11 invoices, 10 days apart, then silent for 100 (or 15) days
b   gaps of 20 days nine times, then one of 60, then silent for 100 days

all silent for 100: at risk 22   S(10) 12/22   S(20) 3/22   S(60) 2/22
                    95% of 20/22 is 19/22: reached at 20
a silent for 15:    S(20) = 12/22 · 2/11   S(60) half of it: 95% is reached at 60
"""

import numpy as np
import pandas as pd
import pytest

from clientlab.clients import ClientBase, silence
from clientlab.clients.silence import silence_spells, silence_threshold
from clientlab.clients.silence_churn import silence_churn
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import proportions

END = pd.Timestamp("2024-12-31")


def invoices_of(client: str, gaps: list[int], silent: int, amount: float = 100) -> pd.DataFrame:
    back = np.append(np.cumsum(gaps[::-1])[::-1], 0) + silent
    return pd.DataFrame({"client_id": client, "issued_on": END - pd.to_timedelta(back, "D"),
                         "amount": amount})  # fmt: skip


def two(a_silent: int = 100) -> pd.DataFrame:
    return pd.concat([invoices_of("a", [10] * 10, a_silent),
                      invoices_of("b", [20] * 9 + [60], 100)], ignore_index=True)  # fmt: skip


def read(invoices, contract: dict | str = "project", start="2023-01-01", **source) -> ClientBase:
    ids = pd.unique(invoices["client_id"]) if len(invoices) else ["a"]
    kinds = contract if isinstance(contract, dict) else dict.fromkeys(ids, contract)
    clients = pd.DataFrame({"client_id": list(kinds), "started_on": "2020-01-01",
                            "contract": list(kinds.values())})  # fmt: skip
    return ClientBase.read({"clients": clients, "invoices": invoices},
                           observed_from=start, observed_until=END)  # fmt: skip


def many(clients: int = 40) -> ClientBase:
    """Three years; every client has an invoice every 40 days, and then none, in turn."""
    rows = [invoices_of(f"c{n:02d}", [40] * 20, 20 + 12 * n) for n in range(clients)]
    return read(pd.concat(rows, ignore_index=True), start="2021-01-01")


def test_the_threshold_of_the_docstring():
    found = silence_threshold(read(two()))
    assert (found.days, found.gaps, found.clients) == (20, 20, 2)
    assert silence_threshold(read(two()), share=0.96).days == 60


def test_a_silence_that_goes_on_is_a_gap_not_ended_yet():
    assert silence_threshold(read(two(a_silent=15))).days == 60


def test_a_client_invoiced_on_the_last_day_has_no_silence():
    assert silence_threshold(read(two(a_silent=0))).days == 20


def test_credit_notes_and_second_invoices_of_a_day_are_no_gaps():
    more = pd.concat([two(), two().assign(amount=5), invoices_of("a", [], 3, amount=-50)])
    found = silence_threshold(read(more))
    assert (found.days, found.gaps) == (20, 20)


def test_fewer_than_twenty_gaps_are_too_few_to_say():
    result = silence_threshold(read(two().iloc[1:]))
    assert isinstance(result, CannotSay)
    assert result.say().startswith("Silence of project clients: 19 gaps between invoices")
    assert "— 19, нужно хотя бы 20" in result.say("ru")


def test_churn_by_threshold_is_that_of_the_last_complete_year():
    base = many()
    found = silence_threshold(base)
    assert (found.days, found.window) == (40, "2024")
    frame = found.frame.set_index("threshold_days")
    assert frame.index.tolist() == [30, 40, 60, 90, 120, 150, 180, 270, 365]
    assert frame.index[frame["chosen"]].tolist() == [40]
    # c00–c28 have their last invoice in 2024 less 40 days or later and were there on 1 January.
    first = pd.Timestamp("2024-01-01")
    last = [END - pd.Timedelta(days=20 + 12 * n + 40) for n in range(40)]
    ends = [day + pd.Timedelta(days=80) for day in last]  # last invoice + 40
    ends = [
        day - pd.Timedelta(days=40) + pd.Timedelta(days=40)
        for day in (END - pd.Timedelta(days=20 + 12 * n) + pd.Timedelta(days=40) for n in range(40))
    ]
    lost = sum(first <= day <= END for day in ends)
    there = sum(day >= first for day in ends)
    assert frame.loc[40, ["lost", "base"]].tolist() == [lost, there]
    wilson = proportions.interval(lost, there)
    assert frame.loc[40, "low"] == pytest.approx(float(wilson.low))


def test_a_year_too_near_to_the_begin_of_the_records_is_not_observable():
    found = silence_threshold(read(two(), start="2023-11-01"))
    frame = found.frame.set_index("threshold_days")
    unseen = frame["base"].eq(0) | (frame.index > 61)
    assert frame["estimate"].isna().tolist() == unseen.tolist()
    assert frame.loc[90:, ["lost", "base"]].isna().all(axis=None)
    assert found.notes[1].en.startswith("Not observable from 90 days on: the records begin on 2023")


def test_without_a_complete_year_it_is_the_last_twelve_months():
    base = read(two(), start="2023-06-01").as_of("2024-11-30")
    assert silence_threshold(base).window == "2023-12-01 – 2024-11-30"


def test_spells_by_hand():
    rows = pd.concat([invoices_of("a", [30, 31, 30], 30), invoices_of("b", [5], 31)])
    spells = silence_spells(read(rows), 30)
    assert spells["client_id"].tolist() == ["a", "a", "b"]
    back = [(END - day).days for day in spells["started_on"]]
    assert back == [121, 60, 36]
    ends = [None if pd.isna(day) else (END - day).days for day in spells["ended_on"]]
    assert ends == [61, 0, 1]  # the last invoice + 30 days; the base of this day knows its end
    assert silence_spells(read(rows), 31)["ended_on"].isna().tolist() == [True, False]


def test_churn_of_quarters_by_hand():
    rows = pd.concat([invoices_of("a", [100, 80, 80], 10), invoices_of("b", [40], 180),
                      invoices_of("c", [], 20)])  # fmt: skip
    # a: Apr 5 2024, Jul 14, Oct 2, Dec 21. b: May 25, Jul 4. c: Dec 11.
    frame = silence_churn(read(rows), threshold=90).frame.set_index("period")
    assert frame.loc["2024-07-01", ["lost", "base"]].tolist() == [1, 2]  # a until Jul 4
    assert frame.loc["2024-10-01", ["lost", "base", "came"]].tolist() == [1, 2, 1]  # b, Oct 2
    assert frame["base"].iloc[0] == 0
    assert np.isnan(frame["estimate"].iloc[0])


def test_periods_in_which_not_all_clients_can_be_seen_are_left_out():
    first = silence_churn(read(two()), threshold=100).frame["period"].iloc[0]
    assert first == pd.Timestamp("2023-07-01")
    assert isinstance(silence_churn(read(two()), threshold=700), CannotSay)


def test_the_threshold_comes_from_the_analyst_then_the_settings_then_the_gaps(tmp_path):
    assert "90 days without an invoice (chosen by you)" in (
        silence_churn(many(), threshold=90).measures()
    )
    assert "40 days without an invoice (chosen from the gaps" in silence_churn(many()).measures()
    base = many()
    for name in ("clients", "invoices"):
        base.tables[name].to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "clientlab.toml").write_text(
        "[base]\nobserved_from = 2021-01-01\nobserved_until = 2024-12-31\n"
        "[agency]\nsilent_after_days = 75\n"
    )
    told = silence_churn(ClientBase.read(tmp_path))
    assert "75 days without an invoice (chosen in clientlab.toml)" in told.measures()
    assert "75 дней без счёта (выбор из clientlab.toml)" in told.measures("ru")


def test_the_choice_is_a_note_with_what_another_one_gives():
    result = silence_churn(many(), threshold=120)
    other = silence_churn(many(), threshold=90).frame["estimate"].iloc[-1]
    assert f"120 days of silence is a choice, in the last period instead with 90: {other:.0%}" in (
        result.notes[0].en
    )
    assert f"при 90: {other:.0%}" in result.notes[0].ru


def test_clients_with_both_contracts_and_ongoing_ones_are_left_out():
    clients = pd.DataFrame({"client_id": ["a", "b", "b", "o"],
                            "started_on": ["2020-01-01", "2020-01-01", "2024-01-01", "2020-01-01"],
                            "ended_on": [None, "2023-12-31", None, None],
                            "contract": ["project", "ongoing", "project", "ongoing"]})  # fmt: skip
    rows = pd.concat([two(), invoices_of("o", [5] * 30, 1)])
    base = ClientBase.read({"clients": clients, "invoices": rows},
                           observed_from="2023-01-01", observed_until=END)  # fmt: skip
    assert silence_spells(base, 100)["client_id"].unique().tolist() == ["a"]
    assert (
        silence_churn(base, threshold=100)
        .notes[-1]
        .en.endswith("ongoing contract and projects: 1.")
    )


def test_without_the_column_or_a_project_client_it_says_so():
    bare = ClientBase.read(
        {"clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2020-01-01"}),
         "invoices": two()}, observed_from="2023-01-01", observed_until=END)  # fmt: skip
    assert silence_threshold(bare).say() == (
        "Silence of project clients: needs clients.contract, which the files do not hold."
    )
    assert silence_churn(bare).say().startswith("Churn of project clients: needs clients.contract")
    assert silence_spells(bare, 30).empty
    none = silence_churn(read(two(), "ongoing"), threshold=30)
    assert none.say().startswith("Churn of project clients: no client of the records whose")
    assert (
        silence_churn(read(two(), "ongoing")).say().startswith("Silence of project clients: 0 gaps")
    )


def test_one_client_nobody_lost_and_everybody_lost():
    one = silence_churn(read(invoices_of("a", [40] * 20, 5), start="2020-01-01"), threshold=60)
    assert one.frame["estimate"].dropna().tolist() == [0.0] * len(one.frame["estimate"].dropna())
    gone = silence_churn(read(invoices_of("a", [5], 150)), threshold=60)
    assert gone.frame["estimate"].max() == 1


@pytest.mark.parametrize("wrong", [0, -5, 12.5, True])
def test_a_threshold_that_is_none_is_refused(wrong):
    with pytest.raises(InvalidValue, match=r"^A threshold of .* days is none"):
        silence_churn(many(), threshold=wrong)
    with pytest.raises(InvalidValue, match=r"^share=1 must lie between 0 and 1"):
        silence_threshold(many(), share=1)


def test_what_became_known_later_changes_nothing():
    early = two().query("issued_on <= '2024-09-01'")
    full = pd.concat([two(), invoices_of("a", [7] * 5, 3)], ignore_index=True)
    for function in (silence_threshold, lambda base: silence_churn(base, threshold=30)):
        before = function(read(early).as_of("2024-09-01"))
        after = function(read(full).as_of("2024-09-01"))
        pd.testing.assert_frame_equal(before.frame, after.frame)
        assert before.say() == after.say()


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_it_is_said_drawn_and_tabled(lang):
    from clientlab.session import setup

    setup(lang)
    result = silence_threshold(many())
    assert result.say(lang).startswith(result.headline(lang))
    assert ("within 40 days in 95%" if lang == "en" else "через 40 дней") in result.headline(lang)
    assert result.decide(lang)
    assert "2024" in result.measures(lang)
    axes = result.plot()
    assert any("40 d" in text.get_text() or "40 д" in text.get_text() for text in axes.texts)
    assert "%" in repr(result.table())
    churn = silence_churn(many())
    assert churn.say(lang)
    assert churn.headline(lang)
    assert len(churn.plot().collections) == 2
    setup("en")


def test_the_names_of_days_follow_russian_grammar():
    found = [silence.in_days(days, "ru") for days in (1, 22, 120)]
    assert found == ["1 день", "22 дня", "120 дней"]
