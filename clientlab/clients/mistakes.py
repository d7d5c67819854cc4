"""The same clients, counted as they usually are: what that does to the curve.

It answers: what share would be told as still there by those who take clients of before the
records for new ones, or who look only at clients that have left. Public names are
importable from `clientlab.clients.lifetime`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.curves import Curve, ends_of
from clientlab.clients.durations import durations
from clientlab.clients.lifetime_curves import CURVE, drawn_steps, nobody_left, of_those
from clientlab.clients.times import capital, in_time
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, percent

WAYS = {
    "right": Text("with late entry", "с поздним входом"),
    "no_late_entry": Text("as if all had been seen from their first day",
                          "будто всех видели с первого дня"),
    "leavers_only": Text("of those who left only", "только по ушедшим"),
}  # fmt: skip
MARKS = (12, 36, 60)


@dataclass(frozen=True, eq=False, repr=False)
class Mistakes(Result):
    """Three curves of the same clients; made by `usual_mistakes`.

    Attributes
    ----------
    at : int
        Month that is told.
    curves : dict of way to Curve
    """

    at: int = 60
    curves: dict = field(default_factory=dict)

    @property
    def cell_words(self) -> dict:
        return {"way": WAYS}

    def value(self, way: str) -> float:
        """Share still there at the month that is told."""
        rows = self.frame[(self.frame["way"] == way) & (self.frame["month"] == self.at)]
        return float(rows["estimate"].iloc[0]) if len(rows) else np.nan

    def say(self, lang: str = "en") -> str:
        told = {way: self.value(way) for way in self.curves}
        time = in_time(self.at, lang)
        said = {way: percent(value, lang) for way, value in told.items()}
        head = Text(f"still there after {time}: {said['right']}",
                    f"через {time} остаются {said['right']}").in_language(lang)  # fmt: skip
        parts = [capital(of_those(self.curves["right"].begin, lang) + head)]
        names = {"no_late_entry": Text("who takes all for new clients says",
                                       "кто считает всех новыми, скажет"),
                 "leavers_only": Text("who looks only at those who left says",
                                      "кто смотрит только на ушедших, скажет")}  # fmt: skip
        parts += [f"{names[way].in_language(lang)} {said[way]}" for way in names if way in said]
        return f"{'; '.join(parts)}."

    def headline(self, lang: str = "en") -> str:
        return self.say(lang).rstrip(".")

    def decide(self, lang: str = "en") -> str:
        return Text("Ask of every quoted lifetime: who could not have been in that file?",
                    "О каждом сроке жизни спрашивать: кого в этом файле быть не могло?"
                    ).in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        return Text("Share still there by month of the relationship, the same clients counted "
                    "three ways",
                    "Доля оставшихся по месяцам сотрудничества: те же клиенты, три способа счёта"
                    ).in_language(lang)  # fmt: skip

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        series = {WAYS[way].in_language(lang): drawn_steps(curve)[: 4 if way == "right" else 2]
                  for way, curve in self.curves.items()}  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts.steps(axes, series)
            axes.set_xlabel(Text("month of the relationship", "месяц сотрудничества"
                                 ).in_language(lang))  # fmt: skip
        return axes


def usual_mistakes(base: ClientBase) -> Mistakes | CannotSay:
    """Survival counted rightly, and in the two ways it is usually counted.

    Taking a client of before the records as seen from its first day adds days on which
    nobody could have been seen to leave: survival too high. Looking only at those who left
    forgets all who stay: too low (system B4, B5).

    Parameters
    ----------
    base : ClientBase
        Clients with an ongoing contract.

    Returns
    -------
    Mistakes
        `frame`: ``way`` (right, no_late_entry, leavers_only), ``month`` (12, 36, 60, if so
        long is followed), ``estimate, low, high, base`` (spells).

    Examples
    --------
    >>> from clientlab.demo import DEMO
    >>> found = usual_mistakes(ClientBase.read(DEMO))
    >>> found.value("leavers_only") < found.value("right") < found.value("no_late_entry")
    True
    """
    seen = durations(base, CURVE)
    if isinstance(seen, CannotSay):
        return seen
    frame = seen.frame
    curves = {"right": Curve.of(frame)}
    if not frame["left"].any():
        nobody = (nobody_left(len(frame), lang) for lang in ("en", "ru"))
        return CannotSay.because(Text(*nobody), seen.provenance)
    if seen.late:
        curves["no_late_entry"] = Curve.of(frame.assign(entry=0))
    curves["leavers_only"] = Curve.of(frame[frame["left"]].assign(entry=0))
    followed = curves["right"].told_months
    months = [month for month in MARKS if month <= followed] or [followed]
    rows = []
    for way, curve in curves.items():
        found = curve.at(ends_of(np.array(months))).assign(way=way, month=months)
        gone = curve.daily["survival"].iloc[-1] == 0
        found["survival"] = found["survival"].fillna(0.0 if gone else np.nan)
        rows.append(found.assign(base=len(curve.exit)))
    table = pd.concat(rows, ignore_index=True).rename(columns={"survival": "estimate"})
    notes = () if seen.late else (
        Text("Nobody began before the records: late entry changes nothing here.",
             "До начала записей никто не начинал: поздний вход ничего не меняет."),)  # fmt: skip
    return Mistakes(
        table[["way", "month", "estimate", "low", "high", "base"]], seen.provenance,
        (*notes, *seen.notes), at=months[-1], curves=curves,
    )  # fmt: skip
