"""Segments of current clients by recency, capacity and money: the RCM codes.

It answers: whom to leave as is, whom to consider parting with, of whom to find out why
they do not come. Public names are importable from `clientlab.clients.kpis`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.spells import current
from clientlab.clients.windows import by_client, last_year
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number, percent, plural

NAME = Text("RCM codes", "Коды RCM")
SMALL_BASE = 50  # under it fifths hold too few clients: two levels
UNKNOWN = "–"
SCORES = ["recency", "capacity", "monetary"]
# High on recency, capacity and money (5 and 4, or 1 of 0/1), or low (1 and 2, or 0).
READINGS = {
    "+++": Text("leave as is", "оставить как есть"),
    "++-": Text("consider parting", "подумать о расставании"),
    "-++": Text(
        "capacity is there: find out why they do not come",
        "ёмкость есть: узнать, почему не приходят",
    ),
}


@dataclass(frozen=True, eq=False, repr=False)
class Codes(Result):
    """RCM codes of the current clients; made by `rcm`.

    Attributes
    ----------
    levels : {5, 2}
    """

    levels: int = 5
    formats: ClassVar[dict] = dict.fromkeys(
        ("recency", "capacity", "monetary", "recency_days", "capacity_left", "revenue_to_date"),
        "integer",
    )

    def pattern(self) -> pd.Series:
        """'+', '-' or '.' for high, low and neither, of each client in turn."""
        middle = (self.levels - 1) / 2 + (self.levels == 5)
        signs = [
            np.where(score > middle, "+", np.where(score < middle, "-", "."))
            for score in (self.frame[name].to_numpy() for name in SCORES)
        ]
        return pd.Series(np.char.add(np.char.add(*signs[:2]), signs[2]), index=self.frame.index)

    def of_reading(self, pattern: str) -> pd.DataFrame:
        """The clients of one reading, those with most revenue first.

        Parameters
        ----------
        pattern : {"+++", "++-", "-++"}
        """
        return self.frame[self.pattern() == pattern]

    def say(self, lang: str = "en") -> str:
        total = len(self.frame)
        found = self.pattern().value_counts()
        parts = [
            f"{reading.in_language(lang)} — {number(found.get(key, 0), lang)}"
            for key, reading in READINGS.items()
        ]
        if self.frame["capacity"].isna().all():
            parts = [self._without_capacity().in_language(lang)]
        base = Text(
            f" (base {number(total)} current {plural(total, 'client', 'clients')}; no interval: "
            "all of them)",
            f" (база {number(total, 'ru')} {_current(total)}; без интервала: это все)",
        )
        return f"{NAME.in_language(lang)}: {'; '.join(parts)}{base.in_language(lang)}."

    def _without_capacity(self) -> Text:
        """Recency and money alone, which no reading of the codes is about."""
        signs = self.pattern()
        both, none = ((signs == f"{sign}.{sign}").sum() for sign in "+-")
        return Text(
            "nobody's capacity is told, without it they are not read; recency and money both high "
            f"— {number(both)}, both low — {number(none)}",
            "ёмкость не указана ни у кого, без неё коды не читаются; давность и деньги высокие — "
            f"{number(both, 'ru')}, низкие — {number(none, 'ru')}",
        )

    def headline(self, lang: str = "en") -> str:
        return self.say(lang).rsplit(" (", 1)[0]

    def decide(self, lang: str = "en") -> str:
        lines = []
        for key, text in (("-++", Text("Ask why they do not come", "Спросить, почему не приходят")),
                          ("++-", Text("Consider parting", "Подумать о расставании"))):  # fmt: skip
            ids = self.of_reading(key)["client_id"]
            if len(ids):
                more = "…" if len(ids) > 5 else ""
                lines.append(f"{text.in_language(lang)}: {', '.join(ids.head(5))}{more}.")
        return " ".join(lines)

    def measures(self, lang: str = "en") -> str:
        rows, columns = self._sides()
        top = self.levels if self.levels == 5 else 1
        if self.levels == 2:
            return Text(
                "Clients by code: recency, capacity left, revenue so far; 1 is above the middle "
                "of current clients",
                "Клиенты по кодам: давность, остаток ёмкости, выручка за всё время; 1 — выше "
                "середины текущих клиентов",
            ).in_language(lang)
        return Text(
            f"Clients by {rows.en} (rows) and {columns.en} (columns), in fifths of current "
            f"clients; {top} is best",
            f"Клиенты: {rows.ru} (строки) и {columns.ru} (столбцы), по пятым долям текущих "
            f"клиентов; {top} — лучшая",
        ).in_language(lang)

    def _sides(self) -> tuple[Text, Text]:
        """What the picture shows: capacity gives way to money where nobody's is known."""
        recency = Text("recency", "давность")
        if self.frame["capacity"].isna().all():
            return recency, Text("revenue so far", "выручка за всё время")
        return recency, Text("capacity left", "остаток ёмкости")

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        with charts.picture(self, ax) as axes:
            if self.levels == 2:
                counts = self.frame["code"].value_counts(sort=False)
                # Best codes on top, codes with a dash at the end.
                order = sorted(counts.index, key=lambda code: code.replace(UNKNOWN, " "))[::-1]
                counts = counts[order]
                first = self.frame.assign(_of=self.pattern()).groupby("code")["_of"].first()
                known = [READINGS.get(first[code]) for code in counts.index]
                labels = [
                    code + (f" · {reading.in_language(lang)}" if reading else "")
                    for code, reading in zip(counts.index, known, strict=True)
                ]
                charts.bars(axes, labels, counts.to_numpy(), quiet=[not one for one in known],
                            texts=[number(count, lang) for count in counts])  # fmt: skip
            else:
                grid, across = self._grid()
                rows, columns = self._sides()
                charts.heat(axes, grid, ["5", "4", "3", "2", "1"], across,
                            write=lambda value: number(value, lang))  # fmt: skip
                axes.set_ylabel(rows.in_language(lang))
                axes.set_xlabel(columns.in_language(lang))
                axes.xaxis.set_label_position("top")
        return axes

    def _grid(self) -> tuple[np.ndarray, list[str]]:
        """Clients by recency and the other side, the best recency on top."""
        other = "monetary" if self.frame["capacity"].isna().all() else "capacity"
        column = self.frame[other].fillna(0).astype(int)
        cells = pd.crosstab(self.frame["recency"], column)
        names = [name for name in range(6) if name or 0 in cells]
        cells = cells.reindex(index=range(5, 0, -1), columns=names, fill_value=0)
        return cells.to_numpy(float), [str(name) if name else UNKNOWN for name in names]


def rcm(base: ClientBase, *, levels: int | None = None) -> Codes | CannotSay:
    """Recency, capacity and money of every current client, as a code of three digits.

    recency_days = day − last invoice; capacity_left = capacity − revenue invoiced in the
    last 12 months, at least 0; revenue_to_date = amounts of the invoices paid so far, all
    years. Each is scored by fifths of average rank, ties share a score, 5 is best:
    score = ⌈5 · (rank − ½) ÷ n⌉. In a small base 1 where the rank is above its mean
    (n + 1) ÷ 2, else 0 (S1; system B13). A credit note is no sign of activity; it lessens
    the revenue of the year, and that so far once it has a day of payment.

    Parameters
    ----------
    base : ClientBase
    levels : {5, 2}, optional
        By default 2 with fewer than 50 current clients, else 5.

    Returns
    -------
    Codes
        `frame`: ``client_id, recency, capacity, monetary`` (scores), ``code,
        recency_days, capacity_left, revenue_to_date``; a row for each client there on the
        day of the base, those with most revenue first. Where capacity is not told or there
        is no invoice, the number is NaN and the digit '–'.

    Raises
    ------
    InvalidValue
        If the number of levels is not known.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2024-01-01",
    ...                              "capacity": [1000, 300]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "amount": [100, 200],
    ...         "issued_on": ["2024-02-01", "2024-03-01"]})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> rcm(base).frame[["client_id", "code", "recency_days", "capacity_left"]].values.tolist()
    [['b', '101', 30.0, 100.0], ['a', '010', 59.0, 900.0]]
    """
    if levels not in (None, 2, 5):
        raise InvalidValue(f"levels={levels!r} is not known; use 5 or 2.")
    now = _current_clients(base)
    if len(now) < 2:
        return CannotSay.because(_too_few(len(now)), base.provenance())
    levels = levels or (2 if len(now) < SMALL_BASE else 5)
    by_issue = _paid(base) is None
    numbers = _numbers(base, now)
    frame = pd.DataFrame({"client_id": now.index})
    better = {"recency": -numbers["recency_days"], "capacity": numbers["capacity_left"],
              "monetary": numbers["revenue_to_date"]}  # fmt: skip
    for name, values in better.items():
        frame[name] = score(values, levels)
    # Letters, not a number: the code 010 would lose its first digit.
    frame["code"] = _code(frame)
    frame = pd.concat([frame, numbers], axis=1)
    frame = frame.sort_values("revenue_to_date", ascending=False, kind="stable")
    return Codes(
        frame.reset_index(drop=True),
        base.provenance(len(frame), Text("current clients", _current(len(frame)))),
        _notes(frame, levels, by_issue),
        levels=levels,
    )


def score(values: pd.Series, levels: int) -> np.ndarray:
    """Scores by average rank, more is better; ties share one, NaN has none.

    Parameters
    ----------
    values : Series of float
    levels : {5, 2}
        1 to 5, or 0 and 1.

    Examples
    --------
    >>> score(pd.Series([10, 20, 20, 30, 40]), 5).tolist()
    [1.0, 2.0, 2.0, 4.0, 5.0]
    >>> score(pd.Series([10, 20, np.nan]), 2).tolist()
    [0.0, 1.0, nan]
    """
    rank, known = values.rank(method="average").to_numpy(), int(values.notna().sum())
    if levels == 2:
        return np.where(np.isnan(rank), np.nan, rank > (known + 1) / 2)
    return np.clip(np.ceil(levels * (rank - 0.5) / max(known, 1)), 1, levels)


def _current_clients(base: ClientBase) -> pd.Series:
    """Capacity by client, of those there on the day of the base."""
    frame = current(base, "capacity")
    return pd.to_numeric(frame.set_index("client_id")["capacity"]).astype(float)


def _numbers(base: ClientBase, capacity: pd.Series) -> pd.DataFrame:
    """The three numbers behind the scores, in the order of `capacity`."""
    positive = base.tables["invoices"]["amount"].to_numpy(float) > 0
    last = by_client(base, "invoices", how="last", rows=positive)
    year = by_client(base, "invoices", "amount", how="sum", since=last_year(base))
    ever = by_client(base, "invoices", "amount", how="sum", rows=_paid(base))
    at = last.index.get_indexer(capacity.index)
    left = capacity.to_numpy() - year.to_numpy()[at]
    return pd.DataFrame(
        {
            "recency_days": (base.day - last.iloc[at]).dt.days.to_numpy(float),
            "capacity_left": np.where(np.isnan(left), np.nan, np.maximum(left, 0)),
            "revenue_to_date": ever.to_numpy()[at],
        }
    )


def _paid(base: ClientBase) -> np.ndarray | None:
    """Which invoices are paid; None where no file tells it of any."""
    invoices = base.tables["invoices"]
    if "paid_on" not in invoices:
        return None
    paid = invoices["paid_on"].notna().to_numpy()
    return paid if paid.any() else None


def _code(frame: pd.DataFrame) -> pd.Series:
    digits = [
        frame[name].map({float(value): str(value) for value in range(6)}).fillna(UNKNOWN)
        for name in SCORES
    ]
    return digits[0] + digits[1] + digits[2]


def _current(count: int) -> str:
    """'1 текущий клиент', without the number: as it follows one."""
    return plural(count, "текущий клиент", "текущих клиента", "текущих клиентов")


def _too_few(count: int) -> Text:
    if not count:
        return Text(
            f"{NAME.en}: nobody is a client on the day of the base.",
            f"{NAME.ru}: на день базы нет ни одного текущего клиента.",
        )
    return Text(
        f"{NAME.en}: one current client cannot be ranked among others.",
        f"{NAME.ru}: единственного текущего клиента не с кем сравнить.",
    )


def _notes(frame: pd.DataFrame, levels: int, by_issue: bool) -> tuple[Text, ...]:
    """What the codes stand on."""
    notes = []
    if by_issue:
        notes.append(
            Text(
                "No payments are told: revenue so far is what was invoiced, paid or not.",
                "Оплаты не указаны: выручка за всё время — по выставленным счетам.",
            )
        )
    missing = int(frame["capacity"].isna().sum())
    if missing:
        share = missing / len(frame)
        notes.append(
            Text(
                f"Capacity is not known of {missing} of {len(frame)} clients ({percent(share)}): "
                "'–' in the middle of the code.",
                f"Ёмкость не известна у {missing} из {len(frame)} клиентов "
                f"({percent(share, 'ru')}): «–» в середине кода.",
            )
        )
    silent = int(frame["recency"].isna().sum())
    if silent:
        notes.append(
            Text(
                f"Without any invoice, so without recency: {silent}.",
                f"Ни одного счёта, поэтому давности нет: {silent}.",
            )
        )
    if levels == 2:
        notes.append(
            Text(
                "1 and 0 only: above the middle rank of current clients, or not.",
                "Только 1 и 0: выше среднего ранга текущих клиентов или нет.",
            )
        )
    return tuple(notes)
