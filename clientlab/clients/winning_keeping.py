"""Whether winning a client is at least three times as dear as keeping one.

Public names are importable from `clientlab.clients.value`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from clientlab.clients.acquisition import acquisition_cost
from clientlab.clients.answers import interval_of, without_brackets
from clientlab.clients.base import ClientBase
from clientlab.clients.last_months import nothing_in
from clientlab.clients.nouns import NEW_CLIENTS
from clientlab.clients.retention_costs import retention_cost
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number

RATIO = Text("Winning against keeping", "Привлечение к удержанию")
AT_LEAST = 3  # times as dear, as the article says


@dataclass(frozen=True, eq=False, repr=False)
class WinningToKeeping(Result):
    """CAC against the cost of keeping a client for a year."""

    @property
    def unit(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return "number"

    def verdict(self) -> int:
        """1: surely at least three times as dear, −1: surely less, 0: cannot be told."""
        row = self.frame.iloc[0]
        return int(row["low"] >= AT_LEAST) - int(row["high"] < AT_LEAST)

    def say(self, lang: str = "en") -> str:
        row = self.frame.iloc[0]
        ratio = number(row["estimate"], lang, digits=1)
        ends = interval_of(row["low"], row["high"], "number", lang)
        told = {
            1: Text(f"at least {AT_LEAST}, as is often said",
                    f"не меньше {AT_LEAST}, как и говорят"),
            -1: Text(f"less than the {AT_LEAST} that is often said",
                     f"меньше {AT_LEAST}, вопреки тому, что говорят"),
            0: Text(f"whether it is at least {AT_LEAST}, as is often said, cannot be told",
                    f"не меньше ли это {AT_LEAST}, как говорят, сказать нельзя"),
        }[self.verdict()].in_language(lang)  # fmt: skip
        base = number(row["base"], lang)
        return Text(
            f"Winning a client costs {ratio} times what keeping one for a year does (95% interval "
            f"{ends}, {base} new clients): {told}.",
            f"Привлечь клиента стоит в {ratio} раза больше, чем удержать на год (95%-й интервал "
            f"{ends}, новых клиентов {base}): {told}.",
        ).in_language(lang)

    def headline(self, lang: str = "en") -> str:
        return without_brackets(self.say(lang))

    def decide(self, lang: str = "en") -> str:
        if self.verdict() == 1:
            return Text("Spend the next ruble on keeping first.",
                        "Следующий рубль потратить сначала на удержание."
                        ).in_language(lang)  # fmt: skip
        return Text("Do not quote 'three times dearer' about this agency.",
                    "Не говорить «в три раза дороже» об этом агентстве."
                    ).in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        return Text(
            "CAC ÷ full cost of keeping a client for twelve months; dashed: the three times of the "
            "article (S3)",
            "CAC ÷ полная стоимость удержания клиента за двенадцать месяцев; пунктир — «в три "
            "раза» из статьи (S3)",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        row = self.frame.iloc[0]
        with charts.picture(self, ax) as axes:
            charts.dots(
                axes, [RATIO.in_language(lang)], [row["estimate"]], [row["low"]], [row["high"]],
                texts=[number(row["estimate"], lang, digits=1)], reference=float(AT_LEAST),
            )  # fmt: skip
            axes.set_xlim(0, 1.15 * max(row["high"], AT_LEAST))
            charts.number_axis(axes.xaxis)
        return axes


def acquisition_to_retention(base: ClientBase, *, months: int = 12) -> WinningToKeeping | CannotSay:
    """How many times as dear winning a client is as keeping one for a year.

    CAC ÷ 12 · full cost of keeping a client a month, both over the same months. S3 says
    'at least three' and not per which time: a year is our reading (choices.md; system B7).

    Parameters
    ----------
    base : ClientBase
    months : int

    Returns
    -------
    WinningToKeeping
        `frame`: ``estimate, low, high, base`` (new clients). Normal on the scale of
        logarithms: the number who came is Poisson, the cost of keeping varies by month.

    Examples
    --------
    >>> from clientlab.demo import DEMO
    >>> found = acquisition_to_retention(ClientBase.read(DEMO))
    >>> bool(found.frame["low"].iloc[0] < found.frame["estimate"].iloc[0])
    True
    """
    won = acquisition_cost(base, months=months)
    kept = retention_cost(base, months=months)
    for part in (won, kept):
        if isinstance(part, CannotSay):
            return part
    top, under = won.overall, kept.row("full", "client_month")
    if not top["clients"]:
        none = Text("nobody came", "не пришёл никто")
        return nothing_in(base, RATIO, won.window, none)
    ratio = top["estimate"] / (12 * under["estimate"])
    spread = 1 / top["clients"]
    notes = [*kept.notes]
    if pd.notna(under["low"]) and under["low"] > 0:
        # The reach of t on months − 1 is kept: log(high ÷ low) ÷ (2 · 1.96) would be normal.
        spread += (np.log(under["high"] / under["low"]) / (2 * special.ndtri(0.975))) ** 2
    reach = np.exp(special.ndtri(0.975) * np.sqrt(spread))
    frame = pd.DataFrame({"estimate": [ratio], "low": [ratio / reach], "high": [ratio * reach],
                          "base": [int(top["clients"])]})  # fmt: skip
    return WinningToKeeping(frame, base.provenance(int(top["clients"]), NEW_CLIENTS), tuple(notes))
