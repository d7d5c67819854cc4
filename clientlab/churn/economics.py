"""Whom to call with so many hours or so much money, and from which success on it pays.

It answers: which clients to call, what that costs, what it is expected to bring, how often
a call must work for it not to lose money. How often it works and how often an offer is
taken are assumptions of the analyst: they are asked for and have no default. A random part
of the list can be left uncalled, so that next quarter the success is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real

import numpy as np
import pandas as pd

from clientlab.churn.call_list import call_list
from clientlab.churn.choosing import best_within
from clientlab.churn.measuring import Measured, measured
from clientlab.churn.orders import Orders, orders
from clientlab.churn.plan_words import PlanWords, plan_notes
from clientlab.clients.schema import tables
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text

__all__ = ["Measured", "Offer", "Orders", "Plan", "asked_for", "measured", "orders", "plan"]

# They leave whatever we do, or we want them to: no hour is spent on them.
NEVER = ("outgrew", "let_go", "closed")
NOT_BY_A_CALL = ("finished",)  # a new project is a sale of its own; give it a rate to try
WHY = {
    "call": Text("call", "звонить"),
    "held_out": Text("left uncalled to compare", "не звонить: для сравнения"),
    "no_budget": Text("pays, but hours or money are used up", "окупается, но часов или денег нет"),
    "does_not_pay": Text("a call costs more than it brings", "звонок дороже, чем принесёт"),
    "not_by_a_call": Text("would leave for a reason that a call does not change",
                          "уйдёт по причине, которую звонок не изменит"),
}  # fmt: skip
FACTORS = np.linspace(0, 2, 21)  # of the assumed success, drawn in the picture


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a call is, costs and achieves: the assumptions of the analyst.

    Parameters
    ----------
    success : float or mapping of reason to float
        Share of those who would have left and take the offer that stay for it. One rate
        for every reason a call can change, or one by reason of leaving; reasons not named
        count as 0. Has no default: nobody but you knows it.
    acceptance : float
        Share of the called who take the offer, those who would have stayed included.
        Has no default.
    contact : float
        Money that a call costs, the manager's hours included.
    incentive : float
        Money given to everybody who takes the offer; 0 if it is attention only.
    hours : float
        Hours of a manager that a call takes.

    Raises
    ------
    InvalidValue
        If a rate is no number of 0–1, a cost or the hours no number of 0 or more, a reason is
        not known, or a rate is given to clients who outgrew us, closed or are let go.

    Examples
    --------
    >>> Offer(success=0.3, acceptance=0.5, contact=4_000, hours=2).rates()["price"]
    0.3
    """

    success: float | Mapping[str, float]
    acceptance: float
    contact: float
    incentive: float = 0.0
    hours: float = 1.0

    def __post_init__(self) -> None:
        known = tables()["clients"]["end_reason"].allowed
        if isinstance(self.success, Mapping):
            unknown = [name for name in self.success if name not in known]
            if unknown:
                raise InvalidValue(
                    f"success: {unknown[0]!r} is no reason of leaving; known: {', '.join(known)}."
                )
            wrong = [name for name in NEVER if self.success.get(name)]
            if wrong:
                raise InvalidValue(
                    f"success: {wrong[0]!r} has a rate of {self.success[wrong[0]]!r}, but no hour "
                    "is spent on clients who outgrew us, closed or are let go. Leave it out."
                )
        given = self.success.values() if isinstance(self.success, Mapping) else [self.success]
        for name, value in [*(("success", one) for one in given), ("acceptance", self.acceptance)]:
            if not isinstance(value, Real) or not 0 <= value <= 1:
                raise InvalidValue(f"{name}={value!r} is a share: between 0 and 1, say 0.3.")
        for name in ("contact", "incentive", "hours"):
            value = getattr(self, name)
            if not isinstance(value, Real) or not 0 <= value < np.inf:
                raise InvalidValue(f"{name}={value!r} must be 0 or more.")

    def rates(self) -> dict[str, float]:
        """Success by reason of leaving."""
        known = tables()["clients"]["end_reason"].allowed
        if isinstance(self.success, Mapping):
            return {name: float(self.success.get(name, 0.0)) for name in known}
        return {name: 0.0 if name in NEVER + NOT_BY_A_CALL else float(self.success)
                for name in known}  # fmt: skip

    @property
    def cost(self) -> float:
        """Expected money of one call: the contact, and the incentive where it is taken."""
        return self.contact + self.acceptance * self.incentive


def asked_for(
    success: float | Mapping[str, float] | None,
    acceptance: float | None,
    *,
    demo: bool = False,
    **costs: float,
) -> Offer | CannotSay:
    """An offer, or a sentence that asks for what is missing of it.

    Parameters
    ----------
    success, acceptance : as for `Offer`, or None
        What the analyst has not said yet.
    demo : bool
        The clients are invented: then 0.25 and 0.5 are invented, too.
    **costs : float
        ``contact, incentive, hours`` of `Offer`.

    Returns
    -------
    Offer or CannotSay

    Examples
    --------
    >>> print(asked_for(None, 0.5, contact=6_000).say())
    Whom to call: say success= and acceptance=; nobody knows them but you. To start: what \
share of those who wanted to leave stayed after a talk last year?
    """
    if demo:
        success = 0.25 if success is None else success
        acceptance = 0.5 if acceptance is None else acceptance
    if success is None or acceptance is None:
        return CannotSay.because(Text(
            "Whom to call: say success= and acceptance=; nobody knows them but you. To start: what "
            "share of those who wanted to leave stayed after a talk last year?",
            "Кому звонить: задайте success= и acceptance=, кроме вас их никто не знает. Для "
            "начала: какая доля собиравшихся уйти осталась после разговора в прошлом году?",
        ))  # fmt: skip
    return Offer(success=success, acceptance=acceptance, **costs)


@dataclass(frozen=True, eq=False, repr=False)
class Plan(PlanWords, Result):
    """Whom to call; made by `plan`.

    Attributes
    ----------
    offer : Offer
    hours, money : float
        What there is; infinite if not limited.
    break_even : float
        Success rate from which calling this list does not lose money; infinite if it
        never can.
    assumed : float
        Mean success assumed for those on the list who leave.
    curve : DataFrame
        ``success, estimate, low, high``: profit of this list if the success were another.
    """

    offer: Offer = field(default_factory=lambda: Offer(success=0, acceptance=0, contact=0))
    hours: float = np.inf
    money: float = np.inf
    break_even: float = np.nan
    assumed: float = np.nan
    curve: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def called(self) -> pd.DataFrame:
        """The rows to call, the most profitable first."""
        return self.frame[self.frame["decision"] == "call"]

    @property
    def held_out(self) -> pd.DataFrame:
        """The rows left uncalled to compare with."""
        return self.frame[self.frame["decision"] == "held_out"]


def plan(
    clients: pd.DataFrame | Result,
    offer: Offer | CannotSay,
    *,
    hours: float | None = None,
    money: float | None = None,
    hold_out: float = 0.0,
    seed: int = 0,
) -> Plan | CannotSay:
    """The clients to call that bring most within the hours and the money.

    Expected profit of a call: acceptance × value × Σ over reasons (probability of leaving
    for it × success with it) − contact − acceptance × incentive. The list is the set with
    the highest sum that fits into hours and money (a knapsack, solved exactly by SciPy's
    HiGHS). Those whose risk is mostly of reasons that no call changes (outgrew us, closed,
    let go by us) are never on it (S3: only such leaving is good; S1: part properly).

    Parameters
    ----------
    clients : DataFrame or RiskList
        ``client_id, probability`` (of leaving within the horizon), ``value`` (money that a
        kept client brings); optional ``low, high`` of the probability, and either a column
        ``cause`` (the likeliest reason) or one column for each reason with its
        probability. Without reasons every leaver counts as one who could be kept, and a
        note says so.
    offer : Offer
    hours, money : float, optional
        What there is; without both everybody whose call pays is on the list.
    hold_out : float
        Share of the list, 0–0.5, drawn at random and not called: what happens to them
        tells next quarter what the calls did (`measured`).
    seed : int

    Returns
    -------
    Plan or CannotSay
        `frame`: ``client_id, probability, value, estimate, low, high, base, hours, cost,
        decision, label_en, label_ru``; `estimate` is the expected profit of calling this
        client, `low` and `high` at the ends of the interval of its probability.

    Raises
    ------
    InvalidValue, InvalidType
        If a column is missing or a number cannot be used.

    References
    ----------
    Verbraken, Verbeke & Baesens (2013), the profit of a contact with acceptance; here by
    client and reason of leaving.

    Examples
    --------
    Of two clients one would bring 0.5 × 1,000 × 0.4 × 0.3 − 20 = 40, the other nothing:

    >>> clients = pd.DataFrame({"client_id": ["a", "b"], "probability": [0.4, 0.1],
    ...                         "value": [1000, 1000], "cause": "price"})
    >>> found = plan(clients, Offer(success=0.3, acceptance=0.5, contact=20))
    >>> found.called[["client_id", "estimate"]].values.tolist()
    [['a', 40.0]]
    >>> round(found.break_even, 3)
    0.1
    """
    for given in (clients, offer):
        if isinstance(given, CannotSay):
            return given
    table, provenance, notes = call_list(clients)
    if table.empty:
        return CannotSay.because(Text("Whom to call: the list is empty.",
                                      "Кому звонить: список пуст."), provenance)  # fmt: skip
    limits = {"hours": hours, "money": money}
    for name, value in limits.items():
        if value is not None and not value >= 0:
            raise InvalidValue(f"{name}={value!r} must be 0 or more, or left out.")
    if not 0 <= hold_out <= 0.5:
        raise InvalidValue(f"hold_out={hold_out!r} is a share of the list: between 0 and 0.5.")
    left = {name: np.inf if value is None else float(value) for name, value in limits.items()}
    frame = _profits(table, offer)
    frame["decision"] = _decided(frame, offer, left["hours"], left["money"], hold_out, seed)
    for lang in ("en", "ru"):
        frame[f"label_{lang}"] = [WHY[code].in_language(lang) for code in frame["decision"]]
    order = frame["decision"].map({code: place for place, code in enumerate(WHY)})
    frame = (frame.assign(order=order)
             .sort_values(["order", "estimate", "client_id"], ascending=[True, False, True])
             .drop(columns=["order"]).reset_index(drop=True))  # fmt: skip
    called = frame[frame["decision"] == "call"]
    factor, assumed = _break_even(called, offer)
    shown = ["client_id", "probability", "value", "estimate", "low", "high", "base", "hours",
             "cost", "decision", "label_en", "label_ru"]  # fmt: skip
    told = plan_notes(frame, hold_out, provenance.currency or "")
    return Plan(
        frame[shown], provenance, (*told, *notes), offer=offer,
        hours=left["hours"], money=left["money"], break_even=float(factor * assumed),
        assumed=float(assumed), curve=_curve(called, offer, assumed),
    )  # fmt: skip


def _profits(table: pd.DataFrame, offer: Offer) -> pd.DataFrame:
    """Expected profit of calling each client, at its probability and at both ends of it."""
    rates = pd.Series(offer.rates())
    shares = table[rates.index]
    p = table["probability"].to_numpy()
    kept = shares.to_numpy() @ rates.to_numpy()  # probability to leave and be kept
    frame = table.copy()
    frame["kept"] = kept
    frame["never"] = shares[list(NEVER)].sum(axis=1)
    frame["reached"] = shares[rates.index[rates > 0]].sum(axis=1)
    scale = {"estimate": 1.0, "low": _ratio(table["p_low"], p), "high": _ratio(table["p_high"], p)}
    for name, factor in scale.items():
        gain = offer.acceptance * table["value"] * kept * factor
        frame[name] = gain - offer.cost
    frame["hours"], frame["cost"] = offer.hours, offer.cost
    return frame


def _ratio(end: pd.Series, p: np.ndarray) -> np.ndarray:
    return np.divide(end.to_numpy(float), p, out=np.ones_like(p), where=p > 0)


def _decided(
    frame: pd.DataFrame, offer: Offer, hours: float, money: float, hold_out: float, seed: int
) -> np.ndarray:
    """What to do with each client."""
    decision = np.full(len(frame), "does_not_pay", dtype=object)
    lost = (frame["never"] > frame["probability"] / 2) | (
        (frame["kept"] == 0) & (frame["probability"] > 0) & any(offer.rates().values())
    )
    decision[lost.to_numpy()] = "not_by_a_call"
    pays = ((frame["estimate"] > 0) & ~lost).to_numpy()
    decision[pays] = "no_budget"
    rows = np.flatnonzero(pays)
    costs = {"hours": (frame["hours"], hours), "money": (frame["cost"], money)}
    chosen = rows[best_within(
        frame["estimate"].to_numpy()[rows],
        [(weight.to_numpy(float)[rows], limit) for weight, limit in costs.values()],
    )]  # fmt: skip
    decision[chosen] = "call"
    if hold_out and len(chosen):
        random = np.random.default_rng(seed)
        # Of a list of one nobody is held out: there would be no call to compare with.
        many = min(max(1, round(hold_out * len(chosen))), len(chosen) - 1)
        decision[random.choice(chosen, many, replace=False)] = "held_out"
    return decision


def _break_even(called: pd.DataFrame, offer: Offer) -> tuple[float, float]:
    """Cost ÷ gain of the list, and the mean success assumed where a call can succeed."""
    reach = (called["value"] * called["reached"]).sum()
    gain = (called["value"] * called["kept"]).sum()
    assumed = gain / reach if reach > 0 else np.nan
    whole = offer.acceptance * gain
    return (called["cost"].sum() / whole if whole > 0 else np.inf), assumed


def _curve(called: pd.DataFrame, offer: Offer, assumed: float) -> pd.DataFrame:
    cost = called["cost"].sum()
    rows = {"success": FACTORS * assumed}
    for name in ("estimate", "low", "high"):
        gain = (called[name] + called["cost"]).sum()
        rows[name] = FACTORS * gain - cost
    return pd.DataFrame(rows)[lambda frame: frame["success"] <= 1]
