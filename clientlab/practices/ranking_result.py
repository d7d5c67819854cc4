"""A ranking as a result: what is said, decided and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd

from clientlab.results import Result
from clientlab.wording import Text, number, percent

VERDICTS = {
    "higher": Text("higher with us", "у нас выше"),
    "lower": Text("lower with us", "у нас ниже"),
    "cannot": Text("cannot be told apart", "не отличить"),
    "": Text("", ""),
}


class Agreement(NamedTuple):
    """Kendall's W and the test that nobody prefers anything; `base` ranked enough for it."""

    w: float
    p_value: float
    test: str
    base: int

    @property
    def verdict(self) -> str:
        """'sure', 'cannot', 'same' (one order for all) or 'untested'."""
        if np.isnan(self.p_value):
            return "same" if self.w > 1 - 1e-9 else "untested"
        return "sure" if self.p_value < 0.05 else "cannot"


NONE = Agreement(np.nan, np.nan, "", 0)


@dataclass(frozen=True, eq=False, repr=False)
class Ranking(Result):
    """Options in their order; made by `ranking`.

    Attributes
    ----------
    text : Text
    pairs : DataFrame
        ``first, second, difference, low, high, p_value, adjusted``.
    agreement : Agreement
    level : float
    kind : {"ranking", "grid"}
    """

    text: Text = Text("", "")
    pairs: Any = None
    agreement: Agreement = NONE
    level: float = 0.95
    kind: str = "ranking"

    unit: ClassVar[str] = "number"
    formats: ClassVar[dict] = {"probability_first": "percent", "mean": "score",
                               "mean_low": "score", "mean_high": "score"}  # fmt: skip
    cell_words: ClassVar[dict] = {"verdict": VERDICTS}

    @property
    def may_be_first(self) -> pd.DataFrame:
        """Options that the tests allow to be first."""
        return self.frame[self.frame["low"] == 1]

    def _printed(self) -> pd.DataFrame:
        if "published_rank" not in self.frame:
            return self.frame.head(0)
        return self.frame[self.frame["published_rank"].notna()]

    def headline(self, lang: str = "en") -> str:
        rows = self._printed()
        if len(rows):
            row = rows.iloc[0]
            own = _range(row["low"], row["high"], lang)
            said = VERDICTS[row["verdict"]].in_language(lang)
            place = number(row["published_rank"], lang)
            return Text(
                f"«{row['label_en']}»: place {own} of {len(self.frame)} with us, {place} in print: "
                f"{said}",
                f"«{row['label_ru']}»: у нас место {own} из {len(self.frame)}, в публикации "
                f"{place}: {said}",
            ).in_language(lang)
        return self._first(lang)

    def _first(self, lang: str) -> str:
        rows = self.may_be_first
        names = [f"«{label}»" for label in rows[f"label_{lang}"]]
        if len(rows) == 1:
            return Text(f"{names[0]} comes first, surely",
                        f"{names[0]} — точно на первом месте").in_language(lang)  # fmt: skip
        shown = ", ".join(names[:2])
        more = len(rows) - 2
        tail = Text(f" or {more} more", f" или ещё {more}").in_language(lang) if more > 0 else ""
        return Text(
            f"Which comes first cannot be told: {shown}{tail}",
            f"Что на первом месте, сказать нельзя: {shown}{tail}",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        row = self.frame.iloc[0]
        own = _range(row["low"], row["high"], lang)
        sure, all_pairs = int((self.pairs["adjusted"] < 1 - self.level).sum()), len(self.pairs)
        base = number(self.provenance.base or 0, lang)
        first = percent(row["probability_first"], lang)
        printed = f"{self.headline(lang)}. " if len(self._printed()) else ""
        return printed + Text(
            f"{self._first(lang)}. «{row['label_en']}» may be place {own} of {len(self.frame)}, "
            f"first in {first} of the resamples; {sure} of {all_pairs} pairs can be told apart; "
            f"base {base}, {percent(self.level)} for all places at once.",
            f"{self._first(lang)}. Для «{row['label_ru']}» возможно место {own} из "
            f"{len(self.frame)}, первое в {first} повторных выборок; различимы {sure} из "
            f"{all_pairs} пар; база {base}, {percent(self.level, lang)} для всех мест сразу.",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        rows = self.may_be_first
        if len(rows) == 1:
            label = rows.iloc[0][f"label_{lang}"]
            return Text(f"Plan «{label}» first; order the rest only where places do not overlap.",
                        f"«{label}» планировать первым; остальное упорядочить лишь там, где места "
                        "не пересекаются.").in_language(lang)  # fmt: skip
        return Text(
            f"Choose among the {len(rows)} that may be first by cost, not by their mean.",
            f"Между вариантами, которые могут быть первыми ({len(rows)}), выбирать по затратам, "
            "а не по среднему.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        share = percent(self.level, lang)
        return Text(
            f"{_ended(self.text.en)} Places that the answers allow ({share} for all at once); to "
            "the right, how often it comes first in resamples",
            f"{_ended(self.text.ru)} Места, возможные по ответам ({share} для всех сразу); справа "
            "— как часто первое в повторных выборках",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, charts_market, texts

        lang, rows = texts.language(), self.frame.dropna(subset=["low"])
        names = Text("ours", "у нас"), Text("in print", "в публикации")
        with charts.picture(self, ax) as axes:
            charts_market.rank_ranges(
                axes, list(rows[f"label_{lang}"]), rows["estimate"], rows["low"], rows["high"],
                texts=[percent(share, lang) for share in rows["probability_first"]],
                printed=rows.get("published_rank"),
                names=(names[0].in_language(lang), names[1].in_language(lang)),
            )  # fmt: skip
            axes.set_xlabel(Text("place", "место").in_language(lang))
        return axes


def _range(low: float, high: float, lang: str) -> str:
    first, last = number(low, lang), number(high, lang)
    return first if first == last else f"{first}–{last}"


def _ended(text: str) -> str:
    """A question that is followed by a sentence."""
    return text if text.endswith(("?", "!", ".", ":")) else text + "."
