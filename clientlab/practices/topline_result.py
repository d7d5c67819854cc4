"""The answers to one question as a result: what is said, drawn and tabled.

It answers: which answer is most frequent, how good is the mean, how many lie within a
range and those before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clientlab.results import Result
from clientlab.stats.estimate import Estimate
from clientlab.wording import Text, number, percent, percent_range

if TYPE_CHECKING:
    from clientlab.session.tables import Table

FEW = 10  # base under which a bar is grey


@dataclass(frozen=True, eq=False, repr=False)
class Topline(Result):
    """Answers to one question; made by `topline`.

    Attributes
    ----------
    question : Question
    summary : mapping of name to Estimate
        "mean", "median" or "nps".
    level : float
    """

    question: Any = None
    summary: dict[str, Estimate] = field(default_factory=dict)
    level: float = 0.95

    def _said(self, row: pd.Series, lang: str) -> str:
        ends = _ends(row["low"], row["high"], lang)
        return f"«{row[f'label_{lang}']}» — {percent(row['estimate'], lang)}{ends}"

    def headline(self, lang: str = "en") -> str:
        if self.summary:
            return self._of_summary(lang, False)
        rows = self.frame.sort_values("estimate", ascending=False, kind="stable")
        if self.question.type == "text":
            count = number(len(self.frame), lang)
            return Text(f"Different texts: {count}", f"Разных текстов: {count}").in_language(lang)
        if self.question.type == "bands":
            return self._of_bands(lang)
        head = {
            "multi": Text("Ticked most often", "Чаще всего отмечают"),
            "ranking": Text("Most often in first place", "Чаще всего на первом месте"),
        }.get(self.question.type, Text("Most often", "Чаще всего"))
        return f"{head.in_language(lang)}: {self._said(rows.iloc[0], lang)}"

    def _of_bands(self, lang: str) -> str:
        """The first range within which at least half of the answers lie."""
        half = self.frame[self.frame["cumulative"] >= 0.5].iloc[0]
        share = percent(half["cumulative"], lang)
        ends = _ends(half["cumulative_low"], half["cumulative_high"], lang)
        label = half[f"label_{lang}"]
        return Text(
            f"«{label}» and the ranges before it: {share}{ends}",
            f"«{label}» и предыдущие варианты: {share}{ends}",
        ).in_language(lang)

    def _of_summary(self, lang: str, with_base: bool) -> str:
        name, found = next(iter(self.summary.items()))
        names = {"mean": Text("Mean", "Среднее"), "nps": Text("NPS", "NPS")}
        scale, digits = (100, 0) if name == "nps" else (1, 1)
        value, low, high = (number(scale * float(part), lang, digits=digits)
                            for part in (found.estimate, found.low, found.high))  # fmt: skip
        said = f"{names[name].in_language(lang)}: {value}"
        if not np.isnan(found.low):
            said += Text(f" ({low} to {high})", f" (от {low} до {high})").in_language(lang)
        if "median" in self.summary and with_base:
            middle = number(float(self.summary["median"].estimate), lang, digits=1)
            said += Text(f", median {middle}", f", медиана {middle}").in_language(lang)
        return said

    def say(self, lang: str = "en") -> str:
        said = self._of_summary(lang, True) if self.summary else self.headline(lang)
        base, share = number(self.provenance.base or 0, lang), percent(self.level, lang)
        tail = Text(f"; base {base}, intervals of {share}.", f"; база {base}, интервалы {share}.")
        return f"{self.question.text.in_language(lang)} {said}{tail.in_language(lang)}"

    def measures(self, lang: str = "en") -> str:
        base = number(self.provenance.base or 0, lang)
        of = Text(f"Share of {base} who were asked and answered",
                  f"Доля от {base}, кого спросили и кто ответил")  # fmt: skip
        if "cumulative" in self.frame:
            of = Text(f"{of.en}; in brackets with all before it",
                      f"{of.ru}; в скобках вместе с предыдущими")  # fmt: skip
        return f"{self.question.text.in_language(lang)} {of.in_language(lang)}"

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.frame
        if self.question.type in ("multi", "single", "ranking", "text") and not (
            self.question.is_ordered
        ):
            rows = rows.sort_values("estimate", ascending=False, kind="stable")
        rows = rows.head(25)
        texts_of = [percent(share, lang) for share in rows["estimate"]]
        if "cumulative" in rows:
            together = [percent(share, lang) for share in rows["cumulative"]]
            texts_of = [f"{own} ({all})" for own, all in zip(texts_of, together, strict=True)]
        with charts.picture(self, ax) as axes:
            charts.bars(axes, list(rows[f"label_{lang}"]), rows["estimate"],
                        low=rows["low"], high=rows["high"], texts=texts_of,
                        quiet=(rows["base"] < FEW).to_list())  # fmt: skip
        return axes

    def table(self) -> Table:
        """Options, counts, shares with intervals and bases, in the language of the session."""
        from clientlab.session import tables, texts

        lang = texts.language()
        frame = self.frame.drop(columns=["option", "label_en", "label_ru"])
        frame.insert(0, "label", self.frame[f"label_{lang}"])
        formats = dict.fromkeys(("estimate", "low", "high"), "percent") | dict.fromkeys(
            ("cumulative", "cumulative_low", "cumulative_high"), "percent"
        )
        return tables.table(frame, formats=formats, footer=self.provenance.footer(lang))


def _ends(low: float, high: float, lang: str) -> str:
    """' (56–72%)'; nothing where there is no interval."""
    return "" if np.isnan(low) else f" ({percent_range(low, high, lang)})"
