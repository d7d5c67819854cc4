"""How early a number tells who leaves: in the next quarter, in the one after it, and so on.

It answers: how long before a client leaves could it have been known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.snapshot_table import Snapshots, snapshots
from clientlab.churn.telling_numbers import Telling, auc_line, of_clients, too_few
from clientlab.clients.times import capital
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number


@dataclass(frozen=True, eq=False, repr=False)
class Early(Result):
    """How well a number tells leavers apart, by how far off the leaving is.

    `frame`: ``from_days, to_days, estimate, low, high, base`` (clients), ``left``.

    Attributes
    ----------
    label : Text
    """

    label: Text = Text("", "")

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2
    formats: ClassVar[dict[str, str]] = dict.fromkeys(
        ("from_days", "to_days", "base", "left"), "integer"
    )

    @property
    def reach(self) -> float:
        """Days up to which leavers are surely told apart, from the first on; 0 if never."""
        sure = (self.frame["low"] > 0.5) | (self.frame["high"] < 0.5)
        first = sure.cummin()
        return float(self.frame.loc[first, "to_days"].max()) if first.any() else 0.0

    def headline(self, lang: str = "en") -> str:
        label, days = self.label.in_language(lang), number(self.reach, lang)
        if not self.reach:
            return Text(
                f"{capital(label)}: cannot be told to warn at any distance",
                f"Показатель «{label}»: ни за какой срок не видно, что предупреждает",
            ).in_language(lang)
        return Text(
            f"{capital(label)}: warns of leavers up to {days} days ahead",
            f"Показатель «{label}» предупреждает об уходе за срок до {days} дней",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        lines = [
            Text(f"{row['from_days']}–{row['to_days']} days ahead", f"за {row['from_days']}–"
                 f"{row['to_days']} дней").in_language(lang)
            + f": AUC {number(row['estimate'], lang, digits=2)} ("
            + f"{number(row['low'], lang, digits=2)}–{number(row['high'], lang, digits=2)}, "
            + Text(f"base {number(row['base'])}, left {number(row['left'])})",
                   f"база {number(row['base'], 'ru')}, ушли {number(row['left'], 'ru')})"
                   ).in_language(lang)
            for row in self.frame.to_dict("records")
        ]  # fmt: skip
        return f"{self.headline(lang)}. {'; '.join(lines)}."

    def measures(self, lang: str = "en") -> str:
        return Text(
            "AUC among clients still there, by days from the look at them to the leaving; 95% "
            "intervals, clients resampled",
            "AUC среди ещё не ушедших, по дням от взгляда до ухода; 95%-е интервалы, клиенты "
            "разыграны заново",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, frame = texts.language(), self.frame
        unit = Text("days", "дней").in_language(lang)
        names = [f"{a}–{b} {unit}" for a, b in zip(frame["from_days"], frame["to_days"],
                                                   strict=True)]  # fmt: skip
        unsure = ~((frame["low"] > 0.5) | (frame["high"] < 0.5))
        written = [number(value, lang, digits=2) for value in frame["estimate"]]
        with charts.picture(self, ax) as axes:
            charts.dots(axes, names, frame["estimate"], frame["low"], frame["high"], reference=0.5,
                        texts=written, quiet=unsure.to_list())  # fmt: skip
            charts.number_axis(axes.xaxis)
            axes.set_xlim(right=axes.get_xlim()[1] + 0.03)  # for the last number
        return axes


def how_early(
    snaps: Snapshots | CannotSay,
    what: str | Telling | CannotSay,
    *,
    steps: int = 3,
    level: float = 0.95,
    seed: int = 0,
) -> Early | CannotSay:
    """How well a number tells who leaves in the next horizon, in the one after it, and so on.

    Parameters
    ----------
    snaps : Snapshots
        Only their days of which all steps have a label are used.
    what : str or Telling
        A feature that is a number, or the most telling one of a result of `telling`.
    steps : int
        Horizons to look ahead.
    level : float
        The intervals hold for all steps together.
    seed : int

    Returns
    -------
    Early
        CannotSay where fewer than ten clients left in the first step.

    Raises
    ------
    InvalidValue
        If the feature is not one of the snapshots.
    """
    for given in (snaps, what):
        if isinstance(given, CannotSay):
            return given
    name = what if isinstance(what, str) else str(what.frame["name"].iloc[0])
    if name not in snaps.features or snaps.base is None:
        raise InvalidValue(
            f"{name!r} is no feature of these snapshots; they have {', '.join(snaps.X)}."
        )
    base, one = snaps.base, snaps.horizon
    used = [day for day in snaps.days if day + steps * one <= base.observed_until]
    if not used:
        short = Text(f"The records are too short to look {steps * one.days} days ahead.",
                     f"Записи слишком коротки, чтобы смотреть на {steps * one.days} дней вперёд."
                     )  # fmt: skip
        return CannotSay.because(short, base.provenance())
    feature = {name: snaps.features[name]}
    snaps = snapshots(base, used, horizon=steps * one, features=feature, contract=snaps.contract,
                      silent_after=snaps.silent_after)  # fmt: skip
    if name not in snaps.X:
        none = Text(f"{feature[name].meaning.en}: not known on these days.",
                    f"{feature[name].meaning.ru}: на эти дни не известно.")  # fmt: skip
        return CannotSay.because(none, snaps.provenance)
    lines = []
    survived = snaps.keys["days_at_risk"].to_numpy()
    for step in range(steps):
        first, last = step * one.days, (step + 1) * one.days
        there = (survived > first) | (snaps.y.to_numpy() == 0)
        left = there & (snaps.y.to_numpy() == 1) & (survived <= last)
        line = auc_line(_only(snaps, there, left), snaps.X.loc[there, name],
                     1 - (1 - level) / steps, seed)  # fmt: skip
        if line is not None:
            lines.append({"from_days": first + 1, "to_days": last, **line})
    if not lines or lines[0]["from_days"] != 1:
        left = snaps.keys.loc[survived <= one.days, "client_id"].nunique()
        return CannotSay.because(too_few(left, one), snaps.provenance)
    return Early(pd.DataFrame(lines), of_clients(snaps), (), label=feature[name].meaning)


def _only(snaps: Snapshots, rows: np.ndarray, left: np.ndarray) -> Snapshots:
    """Some rows with another label."""
    y = pd.Series(left[rows].astype(int), index=snaps.X.index[rows], name="left")
    return replace(snaps, X=snaps.X[rows], y=y, keys=snaps.keys[rows])
