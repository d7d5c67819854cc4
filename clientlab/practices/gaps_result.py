"""Gaps as a result: what is said, where to act first, the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.results import Result
from clientlab.stats.estimate import Estimate
from clientlab.wording import Text, number, percent, plural

CELLS = {
    "act": Text("act first", "сначала сюда"),
    "keep": Text("keep it up", "так держать"),
    "spare": Text("more than needed", "больше, чем нужно"),
    "later": Text("later", "потом"),
    "cannot": Text("cannot be told apart", "сказать нельзя"),
}
NOTHING = Estimate(np.nan, np.nan, np.nan, np.nan, np.nan)


@dataclass(frozen=True, eq=False, repr=False)
class Gaps(Result):
    """Perceived less expected, by side of service; made by `gaps`.

    Attributes
    ----------
    overall, unweighted : Estimate
        Mean score of the respondents, weighted by what matters to each, and plain.
    level : float
    ends : tuple of float
        Of the scale.
    clients : int
    weighs : bool
        Importance was asked.
    by_client : DataFrame
        ``client, side, gap, people`` where clients have names: means of what their people
        said.
    """

    overall: Estimate = NOTHING
    unweighted: Estimate = NOTHING
    level: float = 0.95
    ends: tuple[float, float] = (1.0, 10.0)
    clients: int = 0
    weighs: bool = True
    by_client: Any = None

    unit: ClassVar[str] = "score"
    formats: ClassVar[dict] = {
        **dict.fromkeys(("expected", "perceived", "importance", "contribution",
                         "contribution_low", "contribution_high", "matters", "matters_low",
                         "matters_high"), "score"),
        **dict.fromkeys(("p_value", "adjusted", "matters_adjusted"), "p_value"),
    }  # fmt: skip
    cell_words: ClassVar[dict] = {"cell": CELLS}

    def of(self, cell: str) -> pd.DataFrame:
        """Sides of one corner, the worst contribution first."""
        return self.frame[self.frame["cell"] == cell]

    @property
    def short(self) -> pd.DataFrame:
        """Sides that surely fall short of what is expected, the largest gap first."""
        rows = self.frame[(self.frame["adjusted"] < 1 - self.level) & (self.frame["estimate"] < 0)]
        return rows.sort_values("estimate", kind="stable")

    def _gap(self, row: pd.Series, lang: str) -> str:
        value, low, high = (_signed(row[part], lang) for part in ("estimate", "low", "high"))
        ends = Text(f"{low} to {high}", f"от {low} до {high}").in_language(lang)
        return f"«{row[f'label_{lang}']}» {value} ({ends})"

    def headline(self, lang: str = "en") -> str:
        act, short = self.of("act"), self.short
        if len(act):
            more = len(act) - 1
            tail = Text(f", and {more} more", f", и ещё {more}").in_language(lang) if more else ""
            head = Text("Act first", "Сначала сюда").in_language(lang)
            return f"{head}: {self._gap(act.iloc[0], lang)}{tail}"
        if len(short):
            head = Text("Short of what is expected", "Меньше ожидаемого").in_language(lang)
            return f"{head}: {self._gap(short.iloc[0], lang)}"
        rows = self.frame[(self.frame["adjusted"] < 1 - self.level)]
        if len(rows):
            row = rows.loc[rows["estimate"].idxmax()]
            head = Text(
                "Nothing surely falls short; above what is expected",
                "Уверенных провалов нет; выше ожиданий",
            )
            return f"{head.in_language(lang)}: {self._gap(row, lang)}"
        return Text("No gap can be told from chance",
                    "Ни одного разрыва не отличить от случайности").in_language(lang)  # fmt: skip

    def say(self, lang: str = "en") -> str:
        found = self.overall
        value, low, high = (
            _signed(float(part), lang) for part in (found.estimate, found.low, found.high)
        )
        people = self.provenance.base or 0
        scale = f"{self.ends[0]:g}–{self.ends[1]:g}"
        weighted = Text("weighted by what matters to each", "с весами важности каждому")
        plain = Text("all sides alike", "все стороны поровну")
        how = (weighted if self.weighs else plain).in_language(lang)
        return Text(
            f"{self.headline(lang)}. Perceived less expected over all sides, {how}: {value} "
            f"({low} to {high}) on a scale of {scale}; {people} "
            f"{plural(people, 'person', 'people')} of {self.clients} "
            f"{plural(self.clients, 'client', 'clients')}, {percent(self.level)}.",
            f"{self.headline(lang)}. Восприятие минус ожидания по всем сторонам, {how}: {value} "
            f"(от {low} до {high}) по шкале {scale}; {people} "
            f"{plural(people, 'человек', 'человека', 'человек')}, клиентов {self.clients}, "
            f"{percent(self.level, lang)}.",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        act, spare = self.of("act"), self.of("spare")
        if len(act):
            row = act.iloc[0]
            said = Text(
                f"Ask the five clients with the widest gap in «{row['label_en']}» what they miss, "
                "and agree on one change by the next quarter.",
                f"Спросить пятерых клиентов с самым большим разрывом по стороне "
                f"«{row['label_ru']}», чего не хватает, и договориться об одном изменении до "
                "следующего квартала.",
            ).in_language(lang)
            if len(spare):
                label = spare.iloc[0][f"label_{lang}"]
                hours = Text(" The hours may come from «{}».", " Часы можно взять у стороны «{}».")
                said += hours.in_language(lang).format(label)
            return said
        if len(self.short):
            label = self.short.iloc[0]
            return Text(
                f"«{label['label_en']}» falls short, and it is not sure that it matters more than "
                "the rest: ask what mending it would be worth before working on it.",
                f"«{label['label_ru']}» хуже ожидаемого, но не видно, что это важнее остального: "
                "прежде чем чинить, спросить, чего это стоит для клиента.",
            ).in_language(lang)
        return Text(
            "Nothing surely falls short: change nothing for the sake of these gaps.",
            "Уверенных провалов нет: ради этих разрывов ничего не менять.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        level = percent(self.level, lang)
        if not self.weighs:
            return Text(
                f"Perceived less expected, marks; intervals of {level}",
                f"Восприятие минус ожидания, баллы; интервалы {level}",
            ).in_language(lang)
        return Text(
            f"Gap and importance of each side of service, marks; intervals of {level}, grey: "
            "corner not sure",
            f"Разрыв и важность каждой стороны сервиса, баллы; интервалы {level}, серым — угол "
            "не ясен",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, charts_market, texts

        lang, rows = texts.language(), self.frame
        labels = list(rows[f"label_{lang}"])
        gap = Text("perceived less expected", "восприятие минус ожидания").in_language(lang)
        with charts.picture(self, ax) as axes:
            if not self.weighs:
                charts.dots(axes, labels, rows["estimate"], rows["low"], rows["high"],
                            reference=0.0, texts=[_signed(v, lang) for v in rows["estimate"]],
                            quiet=(rows["adjusted"] >= 1 - self.level).to_list())  # fmt: skip
                axes.set_xlabel(gap)
                return axes
            across = Text("matters more than the other sides →", "важнее других сторон →")
            charts_market.corners(
                axes, labels,
                charts_market.Marks(across.in_language(lang), rows["matters"],
                                    rows["matters_low"], rows["matters_high"]),
                charts_market.Marks(gap, rows["estimate"], rows["low"], rows["high"]),
                sure=(rows["cell"] != "cannot").to_list(),
                names=tuple(CELLS[name].in_language(lang)
                            for name in ("act", "keep", "spare", "later")),  # type: ignore[arg-type]
            )  # fmt: skip
            charts.number_axis(axes.xaxis)
            charts.number_axis(axes.yaxis)
        return axes


def _signed(value: float, lang: str) -> str:
    return ("+" if value > 0 else "") + number(value, lang, digits=1)
