"""The client budget: what the agency gives its clients beyond what they pay for.

It answers: how much of the budget planned in the contracts was spent, period by period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clientlab.clients.answers import OverTime
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CONTRACTS
from clientlab.clients.periods import IN_A_YEAR, PERIODS, called, complete, shorter
from clientlab.results import CannotSay
from clientlab.stats import design, resampling
from clientlab.wording import Text, number, percent


def client_budget(base: ClientBase, *, period: str = "Y") -> Spent | CannotSay:
    """How much of the client budget that was planned has been spent.

    estimate = Σ costs with the purpose 'client_budget' ÷ Σ contracts.client_budget of
    the contracts signed in the period (S1; system B26). A ratio over clients, linearised;
    NaN if a cost of the period tells no client.

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}
        Only periods that the records cover wholly.

    Returns
    -------
    Spent
        An `OverTime`; `frame`: ``period, planned, spent, estimates`` (Σ amount of these
        contracts), ``planned_share, estimate, low, high, base`` (contracts that tell a
        client budget).

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["2023-05-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-10"],
    ...         "amount": [1000]}),
    ...     "contracts": pd.DataFrame({"client_id": ["a"], "signed_on": ["2024-01-05"],
    ...         "amount": [1000], "client_budget": [50]}),
    ...     "costs": pd.DataFrame({"client_id": ["a"], "spent_on": ["2024-06-01"],
    ...         "amount": [40], "purpose": ["client_budget"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> client_budget(base).headline()
    'Client budget: of each 100 planned 80 were spent in 2024'
    """
    name = Text("Client budget", "Клиентский бюджет")
    periods = complete(base, period)
    missing = base.lacks(name, contracts=("client_budget",), costs=("purpose",))
    if missing:
        return missing
    parts = [_by_client(base, *days) for days in periods.itertuples(index=False)]
    rows = [{"period": first, **_spent(part)}
            for first, part in zip(periods["first"], parts, strict=True)]  # fmt: skip
    if not any(row["planned"] > 0 for row in rows):
        none = Text(
            f"no contract signed in a whole {PERIODS[period].en} plans one.{shorter(period).en}",
            "ни один договор, подписанный за полный период, его не закладывает."
            f"{shorter(period).ru}",
        )
        return CannotSay.because(Text(*(f"{a}: {b}" for a, b in zip(name, none, strict=True))),
                                 base.provenance())  # fmt: skip
    frame = pd.DataFrame(rows)
    return Spent(
        frame,
        base.provenance(int(frame["base"].sum()), CONTRACTS),
        _budget_notes(frame),
        changes=_budget_changes(frame, parts, period),
        period=period,
        subject=Text("Client budget, spent of each 100 planned",
                     "Клиентский бюджет, потрачено из каждых 100 запланированных"),
        what=Text(
            "Costs of doing more than was promised ÷ client budget in the contracts signed in the "
            f"{PERIODS[period].en}; 95% intervals (over clients)",
            "Расходы на сделанное сверх обещанного ÷ клиентский бюджет в договорах, подписанных "
            f"за {PERIODS[period].ru}; 95%-е интервалы (по клиентам)",
        ),
        of=CONTRACTS,
    )  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Spent(OverTime):
    """An `OverTime` told as 'of each 100 planned'; more or less is neither good nor bad."""

    def _head(self, lang: str) -> str:
        row = self.last
        spent, name = number(100 * row["estimate"], lang), called(row["period"], self.period, lang)
        return Text(
            f"Client budget: of each 100 planned {spent} were spent in {name}",
            f"Клиентский бюджет: из каждых 100 запланированных за {name} потрачено {spent}",
        ).in_language(lang)


def _by_client(base: ClientBase, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, Any]:
    """Planned and spent of one period by client; `spent` as a whole, `told` by client."""
    contracts, (codes, ids) = base.tables["contracts"], base.codes("contracts")
    plan = contracts["client_budget"]
    signed = (contracts["signed_on"].between(first, last) & plan.notna()).to_numpy(bool)
    planned = np.bincount(codes[signed], plan[signed].to_numpy(float), len(ids))
    amount = contracts.loc[signed, "amount"].sum() if "amount" in contracts else np.nan
    costs = base.tables["costs"]
    now = costs["spent_on"].between(first, last) & (costs["purpose"] == "client_budget")
    now = (now.fillna(False) & costs["amount"].notna()).to_numpy(bool)
    sums = costs.loc[now, "amount"].to_numpy(float)
    whose = np.full(len(sums), -1)
    if "client_id" in costs:
        whose = base.codes("costs")[0][now]
    told = bool((whose >= 0).all())
    spent = np.bincount(whose[whose >= 0], sums[whose >= 0], len(ids))
    return {"planned": planned, "spent": spent, "sum": float(sums.sum()), "told": told,
            "estimates": float(amount), "contracts": int(signed.sum())}  # fmt: skip


def _spent(part: dict[str, Any]) -> dict[str, float]:
    """One row of the frame: what was planned, what was spent, and the ratio."""
    planned = float(part["planned"].sum())
    low = high = np.nan
    there = (part["planned"] != 0) | (part["spent"] != 0)
    if part["told"] and there.sum() > 1 and planned > 0:
        found = design.ratio(part["spent"][there], part["planned"][there], design.Design())
        if found.se > 0:  # alike in all clients: the spread says nothing
            low, high = max(0.0, found.low), found.high
    return {
        "planned": planned,
        "spent": part["sum"],
        "estimates": part["estimates"],
        "planned_share": planned / part["estimates"] if part["estimates"] > 0 else np.nan,
        "estimate": part["sum"] / planned if planned > 0 else np.nan,
        "low": low, "high": high,
        "base": part["contracts"],
    }  # fmt: skip


def _budget_changes(frame: pd.DataFrame, parts: list[dict], period: str) -> pd.DataFrame:
    """The last period less the one before and the one a year ago, clients resampled."""
    rows = []
    for against, back in (("previous", 1), ("year_ago", IN_A_YEAR[period])):
        if len(frame) <= back or (against == "year_ago" and back == 1):
            continue
        now, then, values = frame.iloc[-1], frame.iloc[-1 - back], (np.nan,) * 3
        if pd.notna(now["low"]) and pd.notna(then["low"]):
            columns = [part[name] for part in (parts[-1], parts[-1 - back])
                       for name in ("spent", "planned")]  # fmt: skip
            there = np.any(columns, axis=0)
            try:
                found = resampling.bootstrap(_gap, tuple(column[there] for column in columns))
                values = found.estimate, found.low, found.high
            except ValueError:  # too few clients with a plan: resamples without any
                values = now["estimate"] - then["estimate"], np.nan, np.nan
        rows.append((against, then["period"], *values, int(then["base"])))
    return pd.DataFrame(rows, columns=["against", "period", "estimate", "low", "high", "base"])


def _gap(spent, planned, spent_then, planned_then, axis=0):
    with np.errstate(divide="ignore", invalid="ignore"):
        now, then = spent.sum(axis=axis) / planned.sum(axis=axis), spent_then.sum(axis=axis)
        return now - then / planned_then.sum(axis=axis)


def _budget_notes(frame: pd.DataFrame) -> tuple[Text, ...]:
    notes = [Text("A budget may be spent after the period in which its contract was signed.",
                  "Бюджет могут тратить и позже периода, в котором подписан договор.")]  # fmt: skip
    told = frame[frame["estimate"].notna()].iloc[-1]
    if pd.notna(told["planned_share"]):
        share = told["planned_share"]
        notes.append(Text(f"Planned in the last period: {percent(share, digits=1)} of estimates.",
                          f"Заложено за последний период: {percent(share, 'ru', digits=1)} "
                          "суммы смет."))  # fmt: skip
    if (frame["estimate"].notna() & frame["low"].isna()).any():
        notes.append(Text("No interval where a cost tells no client or only one client counts.",
                          "Интервала нет там, где у расхода не указан клиент или клиент всего "
                          "один."))  # fmt: skip
    return tuple(notes)
