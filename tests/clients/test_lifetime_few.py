"""What is said of next to nothing: nobody left, one left, all left, all entered late.

spell     started     ended     the mistake that must not be made
c0        2024-01-01  07-15     one leaver of twelve: a critical month, a value of five years
a b c     2024-01-01  40–60 d   all left: something assumed beyond what was seen
a b       700 days earlier      the time before the records forgotten, or invented
new       2024-12-20            a new group shortens what is told of the others
"""

import numpy as np
import pandas as pd
import pytest
from scipy import special

from clientlab.clients import ClientBase
from clientlab.clients.durations import DAYS_IN_MONTH
from clientlab.clients.lifetime import (
    expected_lifetime,
    expected_losses,
    reasons,
    survival,
    transformation_rate,
    usual_mistakes,
)
from clientlab.clients.value import churn_point, lifetime_value
from clientlab.results import CannotSay

WINDOW = {"observed_from": "2024-01-01", "observed_until": "2024-06-30"}


def base_of(spells: pd.DataFrame, invoices=None, **window) -> ClientBase:
    if invoices is None:
        first = spells.iloc[:1]
        invoices = pd.DataFrame({"client_id": first["client_id"], "amount": 100,
                                 "issued_on": first["started_on"]})  # fmt: skip
    return ClientBase.read({"clients": spells, "invoices": invoices}, **(window or WINDOW))


def _spells(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["client_id", "started_on", "ended_on"])


FEW = {
    "no leavers": [("a", "2024-01-01", None), ("b", "2024-02-01", None)],
    "one leaver": [("a", "2024-01-01", "2024-02-01"), ("b", "2024-02-01", None)],
    "all left in one month": [("a", "2024-01-01", "2024-03-01"), ("b", "2024-02-01", "2024-03-20")],
    "one client": [("a", "2024-01-01", None)],
    "one client who left": [("a", "2024-01-01", "2024-01-01")],
    "all enter late": [("a", "2020-01-01", "2024-03-01"), ("b", "2020-02-01", None),
                       ("c", "2020-03-01", None)],
    "came on the last day": [("a", "2024-06-30", None)],
}  # fmt: skip
ALL = (
    transformation_rate, survival, expected_lifetime, reasons, expected_losses, usual_mistakes,
    lambda base: reasons(base, kinds=True),
    lambda base: survival(base, by="industry"),
    lambda base: expected_lifetime(base, by="industry"),
    lambda base: expected_losses(base, by="industry"),
)  # fmt: skip


@pytest.mark.parametrize("which", list(FEW))
@pytest.mark.parametrize("analysis", ALL)
def test_with_next_to_nothing_it_says_what_it_can(which, analysis):
    spells = _spells(FEW[which]).assign(industry=["bank", None, "shop"][: len(FEW[which])])
    result = analysis(base_of(spells))
    for lang in ("en", "ru"):
        for words in (result.say(lang), result.headline(lang), result.decide(lang)):
            assert "nan" not in words
            assert "∞" not in words
        assert result.say(lang).endswith(".")
    result.table()
    if not isinstance(result, CannotSay) and len(result.frame):
        assert result.plot().figure.axes


def test_all_entering_late_is_told_of_those_who_had_stayed():
    found = survival(base_of(_spells(FEW["all enter late"])))
    assert found.frame["month"].iloc[0] == 47  # the youngest had been there for 1,401 days
    assert found.say().startswith("Of those who had stayed 46 months, still there after ")
    assert any("before that nobody" in note.en for note in found.notes)


def test_a_gap_in_observation_is_not_bridged():
    young = [(f"y{n}", "2024-03-01", None) for n in range(6)]
    old = [(f"o{n}", "2010-01-01", None) for n in range(9)]
    found = survival(base_of(_spells(young + old)))
    assert found.frame["month"].iloc[0] > 100
    assert any("seen only before or after a gap: 6 spells" in note.en for note in found.notes)


def _monthly(spells: pd.DataFrame) -> pd.DataFrame:
    """100 on the 5th of every month of 2024 in which the client was there."""
    rows = [
        (client, 100, day)
        for client, start, end in spells[["client_id", "started_on", "ended_on"]].to_numpy()
        for day in pd.date_range("2024-01-05", "2024-12-05", freq="MS") + pd.Timedelta(days=4)
        if pd.Timestamp(start) <= day <= pd.Timestamp(end or "2024-12-31")
    ]
    return pd.DataFrame(rows, columns=["client_id", "amount", "issued_on"])


def _of_2024(rows) -> ClientBase:
    spells = _spells(rows).astype(object)
    return base_of(spells, _monthly(spells), observed_from="2024-01-01",
                   observed_until="2024-12-31")  # fmt: skip


@pytest.fixture(scope="module")
def one_leaver() -> ClientBase:
    rows = [(f"c{n}", f"2024-0{n % 6 + 1}-01", None) for n in range(12)]
    return _of_2024([*rows[1:], ("c0", "2024-01-01", "2024-07-15")])


def test_one_leaver_makes_no_critical_month_and_no_value_of_five_years(one_leaver):
    rate = transformation_rate(one_leaver)
    assert rate.say().startswith("No month stands out from chance; most leave in month 7: 8.3% of")
    assert rate.decide() == "Do not pick a critical month: none stands out from chance."
    worth = lifetime_value(one_leaver)
    assert worth.horizon == 10  # five are followed to day 306
    assert " of revenue in the first 10 months" in worth.say()
    assert any(note.en == "Asked for 5 years; too few have left to say what comes after 10 months, "
               "where the following ends." for note in worth.notes)  # fmt: skip


def test_a_forecast_beyond_what_was_followed_names_its_assumption(one_leaver):
    found = expected_losses(one_leaver)
    assert found.overall["estimate"] > 0
    assert found.overall["high"] >= 1
    told = next(note.en for note in found.notes if note.en.startswith("Assumed, not seen for "))
    assert told.endswith("1 leaver).")


def test_a_month_stands_out_where_leavers_crowd_by_binomial_chance():
    """Seven of nine left in month 3 of 10; 12 at risk of 99 months: 0.12⁷ · 36 · 10 < 0.05."""
    rows = [(f"c{n}", "2024-01-01", "2024-03-20" if n < 7 else None) for n in range(20)]
    rows[7] = ("c7", "2024-01-01", "2024-06-20")
    rate = transformation_rate(_of_2024(rows))
    assert rate.say().startswith("Most leave in month 3: 35% of those still there")
    assert rate.decide() == "Put a call before month 3, for every client, into the calendar."


def test_where_all_left_nothing_is_assumed():
    """Three stay 40, 50 and 60 days: the mean is 50, whatever the horizon."""
    rows = [(name, "2024-01-01", f"2024-{day}") for name, day in
            zip("abc", ("02-10", "02-20", "03-01"), strict=True)]  # fmt: skip
    base = _of_2024(rows)
    found = expected_lifetime(base)
    assert found.horizon == 60
    for measure in ("restricted", "extrapolated"):
        assert found.of(measure).estimate * DAYS_IN_MONTH == pytest.approx(50)
    assert not any(note.en.startswith(("Assumed", "Asked")) for note in found.notes)
    assert "if the last rate goes on" not in found.say()
    assert reasons(base).say() == "No reason is written down: 100% (base 3) of all clients left " \
                                  "by 2 months."  # fmt: skip


def test_those_who_entered_late_are_told_with_the_time_before():
    """Two entered after 700 days; one leaves at 800, one is seen to 1,065: S = 1/2 from 800 on."""
    opens = pd.Timestamp("2024-01-01") - pd.Timedelta(days=700)
    start = f"{opens:%Y-%m-%d}"
    rows = [("a", start, "2024-04-10"), ("b", start, None)]
    base = _of_2024(rows)
    found = expected_lifetime(base, horizon=30)
    expected = 800 + 0.5 * (30 * DAYS_IN_MONTH - 800)
    assert found.of().estimate * DAYS_IN_MONTH == pytest.approx(expected)
    assert found.say().startswith("Of those who had stayed 23 months, ")
    worth = lifetime_value(base, horizon=30)
    assert worth.say().startswith("A client who had stayed 23 months brings ")
    assert churn_point(base).gain[0] > 0


def test_who_has_only_project_clients_is_told_how_to_ask():
    spells = _spells(FEW["no leavers"]).assign(contract="project")
    told = 'Share still there: all clients work order by order; ask with contract="project".'
    assert survival(base_of(spells)).say() == told


def test_nobody_left_is_a_sentence_everywhere():
    base = _of_2024(FEW["no leavers"])
    for analysis in (transformation_rate, survival, expected_lifetime, reasons, usual_mistakes):
        assert analysis(base).say().startswith("Nobody has left of 2 clients under observation")
        assert analysis(base).say("ru").startswith("Из наблюдавшихся клиентов (2) не ушёл никто")
    assert expected_losses(base).say("ru") == (
        "Ожидаемые потери: пока никто не ушёл, сказать нечего.")  # fmt: skip


def test_a_small_group_does_not_shorten_what_is_told_of_the_others():
    """Ten and more of a bank leave over 11 months; one shop is new: nothing of it is known."""
    rows = [(f"c{n}", "2024-01-01", f"2024-{n + 2:02d}-05" if n < 8 else None) for n in range(14)]
    spells = _spells([*rows, ("new", "2024-12-20", None)]).astype(object)
    spells = spells.assign(industry=["bank"] * 14 + ["shop"])
    base = base_of(spells, _monthly(spells), observed_from="2024-01-01",
                   observed_until="2024-12-31")  # fmt: skip
    stay = expected_lifetime(base, by="industry", horizon=10)
    assert stay.horizon == 10
    assert np.isnan(stay.of("restricted", "shop").estimate)
    assert stay.of("restricted", "bank").estimate > 0
    assert any(note.en == "Not followed so long, and not told: 1 group." for note in stay.notes)
    worth = lifetime_value(base, by="industry", horizon=36)
    assert worth.horizon == 36
    assert np.isnan(worth.of("expected", "shop").estimate)
    assert any(note.en == "Too few have left to tell so far, left empty: 1 group."
               for note in worth.notes)  # fmt: skip
    for result in (stay, worth):
        assert "nan" not in result.say()
        assert "shop" not in result.say().split("first")[-1]
        assert result.plot().figure.axes


def test_a_group_that_nobody_left_has_no_sure_mean():
    """Ten of whom none left against ten of whom two did.

    Bank: 60 + 0.8 · 92.2 days = 4.39 months, error 73.75 · (2 ÷ 80)^½ = 0.38 months.
    """
    rows = [(f"c{n}", "2024-01-01", "2024-03-01" if n < 2 else None) for n in range(20)]
    spells = _spells(rows).assign(industry=["bank"] * 10 + ["shop"] * 10)
    found = survival(base_of(spells), by="industry")
    means = found.differences.means.set_index("group")
    assert np.isnan(means.loc["shop", ["low", "high"]].astype(float)).all()
    assert np.isnan(found.differences.pairs["low"].iloc[0])
    # Both left on day 60, 10 of 20 at risk in bank: (2 − 1)² ÷ (2 · ½ · ½ · 18/19).
    statistic = 1 / (2 * 0.25 * 18 / 19)
    assert found.differences.pairs["p_value"].iloc[0] == pytest.approx(
        1 - special.chdtr(1, statistic))  # fmt: skip
    assert found.say() == ("Groups cannot be told apart: of the first 5 months they stay from 4.4 "
                           "(bank; 3.6 to 5) to 5.0 (shop).")  # fmt: skip


def test_reasons_that_do_not_compete_are_not_added_up():
    spells = _spells([("a", "2024-01-01", "2024-03-01"), ("b", "2024-01-01", None)])
    found = reasons(base_of(spells.assign(end_reason=["price", None])))
    assert found.say() == "Named most often: price, 50% (1–91%, base 2) of all clients by 5 months."
