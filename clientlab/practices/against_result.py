"""Our answers beside printed ones, as a result: what is said, decided and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from clientlab.results import Result
from clientlab.wording import Text, number, percent, percent_range, plural

VERDICTS = {
    "higher": Text("more often with us", "у нас чаще"),
    "lower": Text("less often with us", "у нас реже"),
    "cannot": Text("cannot be told apart", "не отличить"),
}
BOUNDS = {"almost": Text("under {}", "меньше {}"), "more_than": Text("over {}", "больше {}"),
          "at_least": Text("at least {}", "не меньше {}")}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class AgainstPublished(Result):
    """Our shares and the printed ones; made by `against_published`.

    Attributes
    ----------
    question : Question
    level : float
    asked : Text
        Whom the study counts.
    adjust : str
    next_base : int or None
        On which the verdicts were tried again.
    base_named : bool
        The base of the study was given, not told from its figures.
    """

    question: Any = None
    level: float = 0.95
    asked: Text = Text("", "")
    adjust: str = "holm"
    next_base: int | None = None
    base_named: bool = False

    unit: ClassVar[str] = "points"
    formats: ClassVar[dict] = {
        **dict.fromkeys(("ours", "ours_low", "ours_high"), "percent"),
        **dict.fromkeys(("published", "published_low", "published_high"), "percent1"),
        "p_value": "p_value", "adjusted": "p_value", "effective_base": "integer",
        "published_base": "integer",
    }  # fmt: skip
    cell_words: ClassVar[dict] = {"verdict": VERDICTS, "verdict_next": VERDICTS}

    def told(self, verdict: str) -> pd.DataFrame:
        """Rows of one verdict, the largest difference first."""
        rows = self.frame[self.frame["verdict"] == verdict]
        size = (rows["ours"] - rows["published"]).abs()
        return rows.loc[size.sort_values(ascending=False, kind="stable").index]

    def _printed(self, row: pd.Series, lang: str) -> str:
        share = percent(row["published"], lang)
        words = BOUNDS.get(row["precision"])
        return words.in_language(lang).format(share) if words else share

    def _said(self, row: pd.Series, lang: str) -> str:
        own, theirs = percent(row["ours"], lang), self._printed(row, lang)
        bound = row["precision"] in BOUNDS
        against = Text(" against", ", в публикации" if bound else " против").in_language(lang)
        return f"«{row[f'label_{lang}']}» {own}{against} {theirs}"

    def headline(self, lang: str = "en") -> str:
        parts, shown = [], 0
        for verdict in ("lower", "higher"):
            rows = self.told(verdict)
            if len(rows):
                head = VERDICTS[verdict].in_language(lang)
                parts.append(f"{head}: {self._said(rows.iloc[0], lang)}")
                shown += 1
        if not parts:
            options = len(self.frame)
            return Text(
                f"None of {options} {plural(options, 'answer', 'answers')} can be told apart from "
                "the printed ones",
                f"Ни один вариант из {options} не отличить от напечатанного",
            ).in_language(lang)
        more = int((self.frame["verdict"] != "cannot").sum()) - shown
        tail = Text(f"; {more} more {plural(more, 'difference', 'differences')}",
                    f"; ещё отличий: {more}").in_language(lang) if more else ""  # fmt: skip
        said = "; ".join(parts) + tail
        return said[0].upper() + said[1:]

    def say(self, lang: str = "en") -> str:
        size = (self.frame["ours"] - self.frame["published"]).abs()
        sure = self.frame["verdict"] != "cannot"
        row = self.frame.loc[(size + sure).idxmax()]
        ends = percent_range(row["ours_low"], row["ours_high"], lang)
        low, high = (number(100 * row[end], lang) for end in ("low", "high"))
        gap = Text(f"{low} to {high} points", f"от {low} до {high} п. п.").in_language(lang)
        if pd.isna(row["estimate"]):
            gap = Text(f"at least {low} points" if pd.isna(row["high"]) else
                       f"at most {high} points",
                       f"не меньше {low} п. п." if pd.isna(row["high"]) else
                       f"не больше {high} п. п.").in_language(lang)  # fmt: skip
        own, theirs = number(row["base"], lang), number(row["published_base"], lang)
        theirs += "" if self.base_named else Text(" or more", " или больше").in_language(lang)
        return Text(
            f"{self.headline(lang)}. Widest: {self._said(row, lang)} (ours {ends}, base {own}; "
            f"theirs {theirs}): difference {gap}, {percent(self.level)}.",
            f"{self.headline(lang)}. Самое большое отличие: {self._said(row, lang)} (у нас {ends}, "
            f"база {own}; у них {theirs}): разность {gap}, {percent(self.level, lang)}.",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        alone = [option.id for option in self.question.choices if option.exclusive]
        rows = self.told("lower")
        rows = rows[~rows["option"].isin(alone)]  # to do nothing more often is no practice
        if rows.empty:
            return Text(
                "Do not call us behind the market in any of these: this survey does not show it.",
                "Не говорить, что мы в чём-то из этого отстаём от рынка: опрос этого не показал.",
            ).in_language(lang)
        label = rows.iloc[0][f"label_{lang}"]
        if self.question.type != "multi":  # an answer out of one list is not left out
            return Text(
                f"Decide whether fewer of us should say «{label}» than there: one answer of a list "
                "is neither ahead nor behind by itself.",
                f"Решить, должны ли у нас реже отвечать «{label}»: сам по себе один ответ из "
                "списка — ни лучше, ни хуже.",
            ).in_language(lang)
        return Text(
            f"Talk about «{label}»: is it left out on purpose? That the market does it does not "
            "show that it helps.",
            f"Обсудить «{label}»: не делаем намеренно? То, что это делает рынок, ещё не значит, "
            "что это помогает.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        level = percent(self.level, lang)
        return Text(
            f"{self.question.text.en} Share of ours and of {self.asked.en} in print, intervals of "
            f"{level}; grey: cannot be told apart",
            f"{self.question.text.ru} Доля у нас и у {self.asked.ru} в публикации, интервалы "
            f"{level}; серым — не отличить",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, charts_market, texts

        lang = texts.language()
        order = (self.frame["ours"] - self.frame["published"]).sort_values(kind="stable").index
        rows = self.frame.loc[order]
        ours, theirs = Text("ours", "у нас"), Text("in print", "в публикации")
        with charts.picture(self, ax) as axes:
            charts_market.versus(
                axes, list(rows[f"label_{lang}"]),
                charts_market.Marks(ours.in_language(lang), rows["ours"], rows["ours_low"],
                                    rows["ours_high"]),
                charts_market.Marks(theirs.in_language(lang), rows["published"],
                                    rows["published_low"], rows["published_high"]),
                sure=(rows["verdict"] != "cannot").to_list(),
                texts=[f"{percent(row['ours'], lang)} · {self._printed(row, lang)}"
                       for _, row in rows.iterrows()],
            )  # fmt: skip
            charts.share_axis(axes.xaxis)
        return axes
