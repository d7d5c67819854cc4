"""The rules that people use to see who is about to leave, as scores with an alarm.

It answers: what would silence, a red board or a late payment have said of each client on
a day. A rule is a function of a base, so of ``base.as_of(day)`` it says what could be
said that day. The alarm is a constant of the rule, set before anybody looked at who left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from clientlab.churn import rule_scores
from clientlab.clients.base import ClientBase
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text, number


@dataclass(frozen=True)
class Rule:
    """A rule of thumb: a score for every client, and the score that raises the alarm.

    Attributes
    ----------
    name : str
    label : Text
        What it is called in the room.
    meaning : Text
        What it counts, with its unit and window.
    function : callable
        Takes a base, returns a Series by ``client_id``: higher is more at risk, NaN is
        'says nothing of this client'; or `CannotSay`, where it does not apply.
    threshold : float
        The alarm is raised from this score on, in the unit of the score.
    needs : mapping of table to columns
        What the files must hold.
    source : str
    """

    name: str
    label: Text
    meaning: Text
    function: Callable[[ClientBase], pd.Series | CannotSay]
    threshold: float
    needs: Mapping[str, tuple[str, ...]]
    source: str

    def score(self, base: ClientBase) -> pd.Series | CannotSay:
        """What the rule says of each client on the day of the base.

        Parameters
        ----------
        base : ClientBase

        Returns
        -------
        Series by client_id, or CannotSay if the files lack what the rule needs
        """
        missing = base.lacks(self.label, **{name: tuple(more) for name, more in self.needs.items()})
        if missing:
            return missing
        found = self.function(base)
        return found if isinstance(found, CannotSay) else found.astype(float)

    def alarm(self, base: ClientBase) -> pd.Series | CannotSay:
        """Whether it raises the alarm for each client; never where it says nothing.

        Parameters
        ----------
        base : ClientBase

        Returns
        -------
        Series of bool by client_id, or CannotSay
        """
        found = self.score(base)
        return found if isinstance(found, CannotSay) else found >= self.threshold

    def at(self, threshold: float) -> Rule:
        """The same rule with another alarm.

        Parameters
        ----------
        threshold : float
            In the unit of the score. Set it before you look at who left.

        Returns
        -------
        Rule

        Raises
        ------
        InvalidValue
            If it is no number.

        Examples
        --------
        >>> RULES["silence"].at(45).threshold
        45.0
        """
        if not np.isfinite(threshold):
            raise InvalidValue(f"threshold={threshold!r} must be a number, such as 30.")
        return replace(self, threshold=float(threshold))

    def said(self, lang: str = "en") -> str:
        """The rule with its alarm, in words.

        Examples
        --------
        >>> RULES["silence"].said()
        'silence: days since the last contact or request; alarm from 30'
        """
        alarm = Text("alarm from", "тревога от").in_language(lang)
        digits = len(f"{self.threshold:g}".partition(".")[2])
        label, meaning = self.label.in_language(lang), self.meaning.in_language(lang)
        return f"{label}: {meaning}; {alarm} {number(self.threshold, lang, digits=digits)}"


def _several(base: ClientBase) -> pd.Series | CannotSay:
    """How many of the other rules raise the alarm for each client."""
    alarms = [rule.alarm(base) for name, rule in RULES.items() if name != "several"]
    told = [one.astype(float) for one in alarms if not isinstance(one, CannotSay)]
    if len(told) < 2:
        reason = Text(
            f"{RULES['several'].label.en}: needs two rules that apply; there are {len(told)}.",
            f"{RULES['several'].label.ru}: нужно хотя бы два правила, есть {len(told)}.",
        )
        return CannotSay.because(reason, base.provenance())
    return pd.concat(told, axis=1).sum(axis=1)


def _rules(*rules: Rule) -> dict[str, Rule]:
    return {rule.name: rule for rule in rules}


RULES: dict[str, Rule] = _rules(
    Rule("silence", Text("silence", "молчание"),
         Text("days since the last contact or request", "дней с последнего контакта или запроса"),
         rule_scores.silence, 30, {}, "S1"),
    Rule("no_invoice", Text("no invoice", "нет счетов"),
         Text("days since the last invoice", "дней с последнего счёта"),
         rule_scores.no_invoice, 60, {"invoices": ("issued_on",)}, "S1, S2"),
    Rule("less_work", Text("less work", "работ меньше"),
         Text("fall of invoiced money, last 90 days against the 90 before, as a share",
              "падение суммы счетов за 90 дней к предыдущим 90, доля"),
         rule_scores.less_work, 0.3, {"invoices": ("amount",)}, "S2"),
    Rule("late_payment", Text("late payment", "просрочка оплаты"),
         Text("most days late of invoices unpaid or due in the last 90 days",
              "наибольшая просрочка в днях: счета неоплаченные или со сроком за последние 90 дней"),
         rule_scores.late_payment, 14, {"invoices": ("due_on", "paid_on")}, "S2"),
    Rule("claims", Text("claims", "претензии"),
         Text("claims in the last 90 days", "претензий за последние 90 дней"),
         rule_scores.claims, 2, {"requests": ("is_claim",)}, "S1, S4"),
    Rule("low_nps", Text("low NPS", "низкий NPS"),
         Text("10 less the last score of the last 12 months",
              "10 минус последняя оценка за 12 месяцев"),
         rule_scores.low_nps, 4, {"feedback": ("nps",)}, "S1"),
    Rule("red_board", Text("red board", "красный на светофоре"),
         Text("colour of the last four weeks: 0 green, 1 yellow, 2 red",
              "цвет за последние четыре недели: 0 зелёный, 1 жёлтый, 2 красный"),
         rule_scores.red_board, 2, {"board": ("colour",)}, "S1"),
    Rule("red_streak", Text("red streak", "красная серия"),
         Text("weeks in a row with the colour red", "недель подряд с красным цветом"),
         rule_scores.red_streak, 2, {"board": ("colour",)}, "S1"),
    Rule("rcm", Text("RCM code", "код RCM"),
         Text("how low the digits of the code are: 0 all at best, 1 all at worst",
              "насколько низки цифры кода: 0 все лучшие, 1 все худшие"),
         rule_scores.rcm, 0.65, {}, "S1"),
    Rule("several", Text("several alarms", "несколько тревог"),
         Text("how many of the other rules raise the alarm", "сколько других правил дали тревогу"),
         _several, 2, {}, "S1, S2"),
)  # fmt: skip
