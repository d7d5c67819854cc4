"""What the same hours bring by another order of calls.

It answers: what does it cost to call the likeliest leavers, or the largest clients, rather
than those whose call is expected to bring most. Public name: `economics.orders`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.clients.answers import in_currency
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number

ORDERS = {
    "plan": Text("by expected profit of the call", "по ожидаемой прибыли звонка"),
    "at_stake": Text("by money at stake", "по деньгам под риском"),
    "probability": Text("the likeliest leavers first", "сначала самые вероятные уходы"),
    "value": Text("the largest clients first", "сначала самые крупные клиенты"),
}


@dataclass(frozen=True, eq=False, repr=False)
class Orders(Result):
    """Expected profit of the same number of calls by other orders; made by `orders`."""

    unit = "number"
    digits = 2

    @property
    def formats(self) -> dict[str, str]:
        return dict.fromkeys(("estimate", "low", "high", "base"), "integer")

    def say(self, lang: str = "en") -> str:
        rows, currency = self.frame.set_index("order"), self.provenance.currency or ""
        told = {name: in_currency(value, currency, lang)
                for name, value in rows["estimate"].items()}  # fmt: skip
        many = number(rows.loc["plan", "base"], lang)
        return Text(
            f"The same {many} calls bring {told['plan']} if chosen by expected profit, "
            f"{told['probability']} if the likeliest leavers are called, {told['value']} if the "
            "largest clients are.",
            f"Те же звонки ({many}) приносят {told['plan']}, если выбирать по ожидаемой прибыли, "
            f"{told['probability']} — если звонить самым вероятным уходам, {told['value']} — если "
            "самым крупным.",
        ).in_language(lang)  # fmt: skip

    def headline(self, lang: str = "en") -> str:
        """The plan against the order that most people sort by."""
        rows, currency = self.frame.set_index("order"), self.provenance.currency or ""
        plan, likeliest = (in_currency(rows.loc[name, "estimate"], currency, lang)
                           for name in ("plan", "probability"))  # fmt: skip
        many = number(rows.loc["plan", "base"], lang)
        return Text(f"The same calls ({many}): {plan} by expected profit, {likeliest} if the "
                    "likeliest leavers are called",
                    f"Те же звонки ({many}): {plan} по ожидаемой прибыли, {likeliest} — если "
                    "звонить самым вероятным уходам").in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        return Text("Expected profit of the same number of calls by the order in which clients "
                    "are taken; lines: over the intervals of the probabilities",
                    "Ожидаемая прибыль того же числа звонков при разном порядке; линии — по "
                    "интервалам вероятностей").in_language(lang)  # fmt: skip

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.frame
        currency = self.provenance.currency or ""
        with charts.picture(self, ax) as axes:
            charts.dots(axes, rows[f"label_{lang}"].tolist(), rows["estimate"], rows["low"],
                        rows["high"], reference=0.0,
                        texts=[in_currency(value, currency, lang) for value in rows["estimate"]]
                        )  # fmt: skip
            axes.xaxis.set_major_formatter(lambda value, _: in_currency(value, "", lang))
        return axes


def orders(plan: Result) -> Orders | CannotSay:
    """Expected profit of as many calls as the plan makes, in four orders.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    Orders or CannotSay
        `frame`: ``order`` (plan, at_stake, probability, value), ``label_en, label_ru,
        estimate, low, high, base`` (calls). The orders other than the plan's do not ask
        whether a call can change the reason to leave, as nobody does who sorts a table.

    Examples
    --------
    >>> from clientlab.churn.economics import Offer, plan
    >>> clients = pd.DataFrame({"client_id": ["a", "b"], "probability": [0.4, 0.5],
    ...                         "value": [1000, 100], "cause": "price"})
    >>> made = plan(clients, Offer(success=0.3, acceptance=0.5, contact=20), hours=1)
    >>> orders(made).frame.set_index("order")["estimate"].round().to_dict()
    {'plan': 40.0, 'at_stake': 40.0, 'probability': -12.0, 'value': 40.0}
    """
    if isinstance(plan, CannotSay):
        return plan
    table = plan.frame.assign(at_stake=plan.frame["probability"] * plan.frame["value"])
    chosen = table["decision"].isin(["call", "held_out"])
    many = int(chosen.sum())
    if not many:
        return CannotSay.because(
            Text("By which order to call: no call pays.", "В каком порядке звонить: ни один звонок "
                 "не окупается."), plan.provenance,
        )  # fmt: skip
    rows = []
    for name, label in ORDERS.items():
        best = table[chosen] if name == "plan" else table.sort_values(
            [name, "client_id"], ascending=[False, True]).head(many)  # fmt: skip
        sums = best[["estimate", "low", "high"]].sum()
        rows.append({"order": name, "label_en": label.en, "label_ru": label.ru, **sums,
                     "base": many})  # fmt: skip
    frame = pd.DataFrame(rows)
    frame[["low", "high"]] = np.sort(frame[["low", "high"]].to_numpy(), axis=1)
    return Orders(frame, plan.provenance, plan.notes[:1])
