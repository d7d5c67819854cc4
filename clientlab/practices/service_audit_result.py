"""Two views of the rules of service, as a result: what is said, decided and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.practices.codebook import Question
from clientlab.results import Result
from clientlab.stats.estimate import Estimate
from clientlab.wording import Text, number, percent, plural

NOTHING = Estimate(np.nan, np.nan, np.nan, np.nan, np.nan)
VERDICTS = {
    "higher": Text("the team sees itself better", "команда видит себя лучше"),
    "lower": Text("clients see it better", "клиенты видят лучше"),
    "cannot": Text("cannot be told apart", "не отличить"),
}


@dataclass(frozen=True, eq=False, repr=False)
class ServiceAudit(Result):
    """Two views of the rules of service; made by `service_audit`.

    Attributes
    ----------
    question : Question
    overall : Estimate
        Mean of all rules, managers less clients.
    level : float
    """

    question: Question | None = None
    overall: Estimate = NOTHING
    level: float = 0.95

    unit: ClassVar[str] = "score"
    formats: ClassVar[dict] = {
        **dict.fromkeys(("managers", "managers_low", "managers_high", "clients", "clients_low",
                         "clients_high"), "score"),
        "p_value": "p_value", "adjusted": "p_value", "managers_base": "integer",
    }  # fmt: skip
    cell_words: ClassVar[dict] = {"verdict": VERDICTS}

    def told(self, verdict: str) -> pd.DataFrame:
        """Rules of one verdict, the widest gap first."""
        return self.frame[self.frame["verdict"] == verdict]

    def _said(self, row: pd.Series, lang: str) -> str:
        ours, theirs = (number(row[view], lang, digits=1) for view in ("managers", "clients"))
        against = Text("against", "против").in_language(lang)
        return f"«{row[f'label_{lang}']}» {ours} {against} {theirs}"

    def headline(self, lang: str = "en") -> str:
        for verdict, head in (("higher", Text("We see ourselves above our clients' view",
                                              "Видим себя лучше, чем клиенты")),
                              ("lower", Text("Clients see us above our own view",
                                             "Клиенты видят нас лучше, чем мы сами"))):  # fmt: skip
            rows = self.told(verdict)
            if len(rows):
                more = len(rows) - 1
                tail = Text(f"; {more} more {plural(more, 'rule', 'rules')}",
                            f"; ещё правил: {more}").in_language(lang) if more else ""  # fmt: skip
                return f"{head.in_language(lang)}: {self._said(rows.iloc[0], lang)}{tail}"
        return Text(
            "On no rule can the two views be told apart",
            "Ни по одному правилу два взгляда не отличить",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        row = self.frame.iloc[0]
        gap, low, high = (_signed(row[part], lang) for part in ("estimate", "low", "high"))
        team, people = (number(row[base], lang) for base in ("managers_base", "base"))
        sure = int((self.frame["verdict"] != "cannot").sum())
        return Text(
            f"{self.headline(lang)}. Widest gap {gap} ({low} to {high}) marks: "
            f"«{row['label_en']}»; {sure} of {len(self.frame)} rules can be told apart; bases "
            f"{team} and {people}, {percent(self.level)}.",
            f"{self.headline(lang)}. Наибольший разрыв {gap} (от {low} до {high}) балла: "
            f"«{row['label_ru']}»; различимо правил: {sure} из {len(self.frame)}; базы {team} и "
            f"{people}, {percent(self.level, lang)}.",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        rows = self.told("higher")
        if len(rows):
            label = rows.iloc[0][f"label_{lang}"]
            return Text(
                f"Ask three clients for the last time «{label}» failed, before training anybody.",
                f"Спросить трёх клиентов, когда в последний раз не вышло «{label}», и только потом "
                "учить людей.",
            ).in_language(lang)
        return Text(
            "Train nobody for the sake of this audit: on no rule is the team surely above its "
            "clients' view. That does not show that the views agree.",
            "Ради этого аудита никого не учить: ни по одному правилу команда не оценила себя "
            "заведомо выше, чем клиенты. Это не доказывает, что взгляды совпадают.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        level = percent(self.level, lang)
        ends = ""
        if self.question is not None:
            ends = f"{self.question.low:g}–{self.question.high:g}"
        return Text(
            f"Mean mark of each rule, {ends}: the team of itself, clients of the agency; intervals "
            f"of {level}, grey: cannot be told apart",
            f"Средняя оценка каждого правила, {ends}: команда о себе и клиенты; интервалы {level}, "
            "серым — не отличить",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, charts_market, texts

        lang = texts.language()
        rows = self.frame.sort_values("estimate", ascending=False, kind="stable")
        names = Text("the team", "команда"), Text("clients", "клиенты")
        with charts.picture(self, ax) as axes:
            charts_market.versus(
                axes, list(rows[f"label_{lang}"]),
                *(charts_market.Marks(name.in_language(lang), rows[view], rows[f"{view}_low"],
                                      rows[f"{view}_high"])
                  for name, view in zip(names, ("managers", "clients"), strict=True)),
                sure=(rows["verdict"] != "cannot").to_list(),
                texts=[_signed(value, lang) for value in rows["estimate"]],
                start=None if self.question is None else self.question.low,
            )  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes


def _signed(value: float, lang: str) -> str:
    return ("+" if value > 0 else "") + number(value, lang, digits=1)
