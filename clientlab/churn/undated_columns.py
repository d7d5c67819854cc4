"""What a source overwrites without a date, and so nobody can tell of an earlier day.

It answers: of which columns is it lost what was known then, and what to write down from
today on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CLIENTS
from clientlab.clients.schema import tables
from clientlab.clients.store import to_day
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number, percent

SHORT = {
    "tier": Text("segment", "сегмент"),
    "key_client": Text("key client", "ключевой клиент"),
    "manager": Text("account manager", "аккаунт-менеджер"),
    "competence": Text("competence", "компетентность"),
    "capacity": Text("capacity", "ёмкость"),
}


@dataclass(frozen=True, eq=False, repr=False)
class Undated(Result):
    """What the source overwrites, and how much of it is dated; made by `undated`.

    `frame`: ``column, label_en, label_ru, dated, base, estimate`` (dated ÷ base). A complete
    count, no interval.

    Attributes
    ----------
    day : Timestamp
    """

    day: pd.Timestamp = pd.NaT

    formats: ClassVar[dict[str, str]] = {"dated": "integer", "base": "integer"}

    def headline(self, lang: str = "en") -> str:
        lost = self.frame[self.frame["dated"] < self.frame["base"]]
        day = f"{self.day:%d.%m.%Y}" if lang == "ru" else f"{self.day:%Y-%m-%d}"
        if lost.empty:
            return Text(
                f"All columns that the source overwrites are dated on {day}",
                f"Все перезаписываемые поля на {day} датированы",
            ).in_language(lang)
        told = ", ".join(lost[f"label_{lang}"].head(3)) + ("…" if len(lost) > 3 else "")
        return Text(f"Nobody can tell any more what was known on {day}: {told}",
                    f"Уже не узнать, что знали {day}: {told}").in_language(lang)  # fmt: skip

    def say(self, lang: str = "en") -> str:
        lines = [
            f"{row[f'label_{lang}']}: {number(row['dated'], lang)} "
            + Text("of", "из").in_language(lang)
            + f" {number(row['base'], lang)} ({percent(row['estimate'], lang)})"
            for row in self.frame.to_dict("records")
        ]
        base = Text(
            "values with a date, complete count, no interval",
            "значений с датой, полный подсчёт, без интервала",
        ).in_language(lang)
        return f"{self.headline(lang)} ({base}). {'; '.join(lines)}."

    def decide(self, lang: str = "en") -> str:
        return Text(
            "From today on write every change of these columns down: table history (client_id, "
            "column, value, known_on), or a copy of the export each month.",
            "С сегодняшнего дня записывать каждое изменение этих полей: таблица history "
            "(client_id, column, value, known_on) или копия выгрузки раз в месяц.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Share of the values in today's export of which it is known whether they stood there "
            "that day",
            "Доля значений сегодняшней выгрузки, о которых известно, стояли ли они там в тот день",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        with charts.picture(self, ax) as axes:
            charts.bars(axes, self.frame[f"label_{lang}"], self.frame["estimate"])
            axes.set_xlim(0, 1.12)
        return axes


def undated(base: ClientBase, day: Any = None) -> Undated | CannotSay:
    """Of the columns that their source overwrites, how many values are dated on a day.

    Parameters
    ----------
    base : ClientBase
    day : date-like, optional
        An earlier day; by default 90 days ago, or the first of the records.

    Returns
    -------
    Undated
        CannotSay where the files hold no such column.

    Raises
    ------
    InvalidValue
        If the day lies before the records.
    """
    if day is None:
        day = max(base.day - pd.Timedelta(days=90), base.observed_from)
    then, clients = base.as_of(day).tables["clients"], base.tables["clients"]
    known = clients["client_id"].isin(then["client_id"])
    last = clients[known].drop_duplicates("client_id", keep="last")
    shown = then.drop_duplicates("client_id", keep="last").set_index("client_id")
    lines = []
    for name in tables()["clients"].undated:
        if name not in last:
            continue
        there = last.loc[last[name].notna(), "client_id"]
        dated = int(shown[name].reindex(there).notna().sum())
        label = SHORT.get(name, tables()["clients"][name].meaning)
        lines.append({"column": name, "label_en": label.en, "label_ru": label.ru, "dated": dated,
                      "base": len(there), "estimate": dated / len(there) if len(there) else np.nan}
                     )  # fmt: skip
    lines = [line for line in lines if line["base"]]
    if not lines:
        listed = ", ".join(tables()["clients"].undated)
        none = Text(f"The files hold none of the columns that a source overwrites ({listed}).",
                    f"В файлах нет полей, которые источник перезаписывает ({listed}).")  # fmt: skip
        return CannotSay.because(none, base.provenance())
    frame = pd.DataFrame(lines).sort_values("estimate", kind="stable", ignore_index=True)
    return Undated(frame, base.provenance(int(known.sum()), CLIENTS), (), day=to_day(day, "day"))
