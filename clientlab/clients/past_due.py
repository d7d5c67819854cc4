"""What is past due today: who owes money whose day has passed, how much, for how long.

It answers: whom to call this week. Credit notes and negative amounts are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.clients.answers import in_currency, money
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CLIENTS
from clientlab.clients.payments import NEEDED, billed
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number, plural

TOP = 15


@dataclass(frozen=True, eq=False, repr=False)
class PastDue(Result):
    """What is past due on a day, by client; facts of the books, without interval.

    Attributes
    ----------
    day : Timestamp
    names : mapping of client to its name
        Of the clients that are drawn.
    currency : str
    """

    day: pd.Timestamp = pd.NaT
    names: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""

    unit: ClassVar[str] = "number"
    formats: ClassVar[dict[str, str]] = dict.fromkeys(
        ("days_past_due", "overdue", "invoices_overdue"), "integer"
    )

    @property
    def late(self) -> pd.DataFrame:
        """Clients with anything past due."""
        return self.frame[self.frame["invoices_overdue"] > 0]

    def headline(self, lang: str = "en") -> str:
        late = self.late
        if late.empty:
            return Text("Nothing is past due", "Просроченных счетов нет").in_language(lang)
        owed, count = in_currency(late["overdue"].sum(), self.currency, lang), len(late)
        days = int(late["days_past_due"].max())
        return Text(
            f"Past due: {owed} of {number(count)} {plural(count, 'client', 'clients')}, the "
            f"oldest for {number(days)} {plural(days, 'day', 'days')}",
            f"Просрочено: {owed} у {number(count, 'ru')} "
            f"{plural(count, 'клиента', 'клиентов')}, дольше всего — {number(days, 'ru')} "
            f"{plural(days, 'день', 'дня', 'дней')}",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        known, invoices = len(self.frame), int(self.late["invoices_overdue"].sum())
        return self.headline(lang) + Text(
            f" ({self.day:%Y-%m-%d}; invoices past due: {number(invoices)}; base {number(known)} "
            f"{plural(known, 'client', 'clients')}).",
            f" ({self.day:%Y-%m-%d}; просроченных счетов: {number(invoices, 'ru')}; база "
            f"{number(known, 'ru')} {plural(known, 'клиент', 'клиента', 'клиентов')}).",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"Unpaid invoices whose due day has passed by {self.day:%Y-%m-%d}, and the days since "
            f"the oldest; the {TOP} clients who owe most",
            f"Неоплаченные счета, срок которых прошёл к {self.day:%Y-%m-%d}, и дни с самого "
            f"старого; {TOP} клиентов с наибольшим долгом",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        if self.late.empty:
            return ""
        return Text("Call those who owe longest this week: ask whether they are content first.",
                    "На этой неделе позвонить должникам: сначала спросить, всем ли довольны."
                    ).in_language(lang)  # fmt: skip

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, top = texts.language(), self.late.head(TOP)
        unit = Text("d", "дн.").in_language(lang)
        written = [f"{money(row.overdue, lang)} · {number(row.days_past_due, lang)} {unit}"
                   for row in top.itertuples()]  # fmt: skip
        with charts.picture(self, ax) as axes:
            names = [self.names.get(client, client) for client in top["client_id"]]
            charts.bars(axes, names, top["overdue"], texts=written)
        return axes


def days_past_due(base: ClientBase) -> PastDue | CannotSay:
    """Days past due, money and invoices past due of every client on the day of the base.

    days = day − due day of the oldest invoice that is not paid by the end of the day,
    0 if there is none (S2; system B20). Due on the day itself is not past due.

    Parameters
    ----------
    base : ClientBase

    Returns
    -------
    PastDue
        `frame`: ``client_id, days_past_due, overdue`` (money), ``invoices_overdue``; a
        row for each client known to the base, those who owe most first.

    Raises
    ------
    InvalidValue
        Never; without due days or payments in the files it cannot say.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"],
    ...         "started_on": ["2023-05-01", "2023-06-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "amount": [100, 70],
    ...         "issued_on": ["2024-01-10", "2024-01-10"], "due_on": ["2024-01-20"] * 2,
    ...         "paid_on": [None, "2024-01-15"]})},
    ...     observed_from="2024-01-01", observed_until="2024-01-31")
    >>> days_past_due(base).frame.values.tolist()
    [['a', 11, 100.0, 1], ['b', 0, 0.0, 0]]
    """
    missing = base.lacks(Text("Days past due", "Дни просрочки"), invoices=NEEDED)
    if missing:
        return missing
    days, owed, count = _overdue(base)
    codes, ids = base.codes("clients")
    known = np.flatnonzero(np.bincount(codes, minlength=len(ids)))
    known = known[np.argsort(-owed[known], kind="stable")]
    frame = pd.DataFrame({
        "client_id": ids[known], "days_past_due": days[known], "overdue": owed[known],
        "invoices_overdue": count[known]})  # fmt: skip
    names = {}
    if base.has("clients", "name"):
        drawn = np.isin(codes, known[:TOP])
        rows = base.tables["clients"].loc[drawn, ["client_id", "name"]].dropna()
        names = dict(zip(rows["client_id"], rows["name"], strict=True))
    note = Text("A credit note does not lessen what is past due.",
                "Сторно просроченную сумму не уменьшает.")  # fmt: skip
    provenance = base.provenance(len(frame), CLIENTS)
    return PastDue(frame, provenance, (note,), base.day, names, base.currency)


def _overdue(base: ClientBase) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days, money and invoices past due by index of the client."""
    invoices, (codes, ids) = base.tables["invoices"], base.codes("invoices")
    day = base.day.to_datetime64()
    # Few invoices are unpaid: only these are looked at further.
    rows = np.flatnonzero(np.isnat(invoices["paid_on"].to_numpy()))
    rows = billed(invoices, rows[invoices["due_on"].to_numpy()[rows] < day])
    client, due = codes[rows], invoices["due_on"].to_numpy()[rows]
    days = np.zeros(len(ids), dtype=np.int64)
    np.maximum.at(days, client, (day - due) // np.timedelta64(1, "D"))
    owed = np.bincount(client, invoices["amount"].to_numpy()[rows], len(ids))
    if {"invoice_id", "service"} <= set(invoices):  # lines of one invoice count once
        lines = pd.DataFrame({"client": client, "id": invoices["invoice_id"].iloc[rows].array})
        client = client[~(lines.duplicated() & lines["id"].notna()).to_numpy()]
    return days, owed, np.bincount(client, minlength=len(ids))
