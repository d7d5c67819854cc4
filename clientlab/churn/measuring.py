"""What the calls did: those who were called against those left uncalled by chance.

It answers: did fewer of the called leave. Public name: `economics.measured`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CLIENTS
from clientlab.clients.store import to_day
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import proportions
from clientlab.wording import Text, number, percent, percent_range

GROUPS = {
    "call": Text("called", "звонили"),
    "held_out": Text("left uncalled", "не звонили"),
    "difference": Text("difference", "разница"),
}


@dataclass(frozen=True, eq=False, repr=False)
class Measured(Result):
    """Share that left of the called and of the uncalled; made by `measured`."""

    def say(self, lang: str = "en") -> str:
        rows = self.frame.set_index("group")
        called, out, gap = (rows.loc[name] for name in GROUPS)
        word = Text("fewer of the called left", "из тех, кому звонили, ушло меньше")
        if gap["high"] >= 0:
            word = Text("more of the called left", "из тех, кому звонили, ушло больше")
        if gap["low"] <= 0 <= gap["high"]:
            word = Text("whether the calls helped cannot be told",
                        "помогли ли звонки, сказать нельзя")  # fmt: skip
        told = [f"{percent(row['estimate'], lang)} ({percent_range(row['low'], row['high'], lang)},"
                f" {Text('base', 'база').in_language(lang)} {number(row['base'], lang)})"
                for row in (called, out)]  # fmt: skip
        ends = (number(100 * gap[end], lang) for end in ("low", "high"))
        points = " … ".join(ends)
        return Text(f"{word.en[0].upper()}{word.en[1:]}: {told[0]} of the called left, {told[1]} "
                    f"of the uncalled; difference {points} points.",
                    f"{word.ru[0].upper()}{word.ru[1:]}: ушли {told[0]} из тех, кому звонили, и "
                    f"{told[1]} из остальных; разница {points} п. п."
                    ).in_language(lang)  # fmt: skip

    def headline(self, lang: str = "en") -> str:
        return self.say(lang).split(": ")[0]

    def measures(self, lang: str = "en") -> str:
        return Text("Share that left, of clients on one list of which a random part was not called",
                    "Доля ушедших среди клиентов одного списка, случайной части которого не звонили"
                    ).in_language(lang)  # fmt: skip

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.frame.iloc[:2]
        with charts.picture(self, ax) as axes:
            charts.dots(axes, [GROUPS[name].in_language(lang) for name in rows["group"]],
                        rows["estimate"], rows["low"], rows["high"],
                        texts=[percent(value, lang) for value in rows["estimate"]])  # fmt: skip
            axes.set_xlim(left=0)
            charts.share_axis(axes.xaxis)
        return axes


def measured(
    plan: Result, base: ClientBase, *, day: Any, horizon: str = "90D", level: float = 0.95
) -> Measured | CannotSay:
    """Share that left of the called against those left uncalled at random.

    Parameters
    ----------
    plan : Plan
        With clients held out.
    base : ClientBase
        Its records reach `horizon` past `day`.
    day : date-like
        The day of the plan.
    horizon : str
        As the plan's probabilities: "90D".
    level : float

    Returns
    -------
    Measured or CannotSay
        `frame`: ``group`` (call, held_out, difference), ``estimate, low, high, base``:
        Wilson's intervals, Newcombe's of the difference. By intention: whoever was on the
        list to be called counts as called, reached or not.

    Raises
    ------
    InvalidValue
        If the horizon is not over yet.
    """
    if isinstance(plan, CannotSay):
        return plan
    start = to_day(day, "day")
    end = start + pd.Timedelta(horizon)
    if end > base.day:
        raise InvalidValue(
            f"The calls of {start:%Y-%m-%d} can be measured from {end:%Y-%m-%d} on; the records "
            f"end on {base.day:%Y-%m-%d}."
        )
    lists = {name: plan.frame.loc[plan.frame["decision"] == name, "client_id"]
             for name in ("call", "held_out")}  # fmt: skip
    if min(len(ids) for ids in lists.values()) == 0:
        return CannotSay.because(
            Text("What the calls did: nobody was left uncalled, so there is nothing to compare "
                 "with. Plan with hold_out=0.1.",
                 "Что дали звонки: сравнить не с кем, без звонка никого не оставили. Планируйте с "
                 "hold_out=0.1."),
            base.provenance(),
        )  # fmt: skip
    spells = base.tables["clients"]
    ended = spells[(spells["ended_on"] > start) & (spells["ended_on"] <= end)]
    gone = {name: int(ids.isin(ended["client_id"]).sum()) for name, ids in lists.items()}
    rows = []
    for name, ids in lists.items():
        found = proportions.interval(gone[name], len(ids), level=level)
        rows.append((name, float(found.estimate), float(found.low), float(found.high), len(ids)))
    gap = proportions.difference(gone["call"], len(lists["call"]), gone["held_out"],
                                 len(lists["held_out"]), level=level)  # fmt: skip
    total = sum(len(ids) for ids in lists.values())
    rows.append(("difference", float(gap.estimate), float(gap.low), float(gap.high), total))
    frame = pd.DataFrame(rows, columns=["group", "estimate", "low", "high", "base"])
    return Measured(frame, base.provenance(total, CLIENTS))
