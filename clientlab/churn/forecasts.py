"""Next quarter in money, from the probabilities of the clients of today.

It answers: how many clients and how much recurring revenue are expected to be lost, by
manager or segment, and how the forecast of a quarter ago did. What lifetime alone tells
is `clientlab.clients.lifetime.expected_losses`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.at_risk import announced, ends
from clientlab.churn.risk_lists import RiskList, Scored, score_today
from clientlab.clients.base import ClientBase
from clientlab.clients.losses import ALL, ExpectedLosses, loss_row, recurring_fee
from clientlab.clients.nouns import CURRENT
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text, plural


@dataclass(frozen=True, eq=False, repr=False)
class Forecast(ExpectedLosses):
    """Losses expected from the probability of each client; made by `next_quarter`."""

    digits: ClassVar[int] = 2

    def decide(self, lang: str = "en") -> str:
        return Text("Put this loss into the plan of the quarter, and new business of that size "
                    "beside it; the clients themselves are on the Monday list.",
                    "Заложить эти потери в план квартала и рядом — новый бизнес того же размера; "
                    "сами клиенты — в списке на понедельник.").in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        return Text(f"Clients expected to leave in {self.days} days, from the probability of each; "
                    "lines: 95% of forecasts, chance of the quarter included",
                    f"Сколько клиентов уйдёт за {self.days} дней, по вероятности каждого; линии — "
                    "95% прогнозов, с учётом случайности квартала").in_language(lang)  # fmt: skip


def next_quarter(
    source: ClientBase | RiskList | CannotSay,
    model: Any = None,
    *,
    by: str | None = None,
    horizon: Any = "90D",
    every: int = 3,
    contract: str = "ongoing",
    features: Mapping[str, Any] | None = None,
    level: float = 0.95,
) -> Forecast | CannotSay:
    """Clients and recurring revenue expected to be lost within the horizon (B30).

    Sum of the calibrated probabilities of the clients of today, and of probability ×
    recurring revenue a month. The forecast of one horizon ago, made by the same recipe
    from what was known then, stands beside what came.

    Parameters
    ----------
    source : ClientBase, RiskList or CannotSay
        A list saves fitting the model of today again; it then says horizon and contract.
    model : estimator, optional
    by : str, optional
        Column of clients: "manager", "industry".
    horizon, every, contract, features
        As for `risk_list`.
    level : float

    Returns
    -------
    Forecast or CannotSay
        `frame`: ``group, base, estimate, low, high`` (clients), ``revenue`` (recurring a
        month), ``revenue_lost, revenue_low, revenue_high``; the last row is "all".
        `before`: ``estimate, low, high, base, came`` of a horizon ago; empty if the past
        was too short for a forecast.

    Raises
    ------
    InvalidValue
        If the column is not known.

    Notes
    -----
    Intervals of forecasts: calibration on clients drawn anew, and on each draw who leaves
    by chance; seeded.

    Examples
    --------
    >>> from clientlab.churn.models import spline_logistic
    >>> from clientlab.demo import DEMO
    >>> found = next_quarter(ClientBase.read(DEMO), spline_logistic(), by="manager", every=6)
    >>> bool(abs(found.frame["estimate"].iloc[:-1].sum() - found.overall["estimate"]) < 1e-9)
    True
    """
    if isinstance(source, CannotSay):
        return source
    how = {"horizon": horizon, "every": every, "contract": contract, "features": features}
    if isinstance(source, RiskList):
        now, base = source.scored, source.scored.base
        model = now.model if model is None else model
        how |= {"horizon": now.training.horizon, "contract": now.training.contract}
    else:
        base = source
        now = score_today(base, model, **how)
    if isinstance(now, CannotSay):
        return now
    gone = _gave_notice(now)
    frame = _rows(now, gone, by, level)
    then = score_today_before(base, model, now.training.horizon, how)
    before = pd.Series(dtype=float)
    if then is not None:
        told = _gave_notice(then)
        before = _rows(then, told, None, level).iloc[-1][["estimate", "low", "high", "base"]].copy()
        before["came"] = _came(base, then, told)
    provenance = replace(base.provenance(int(frame["base"].iloc[-1]), CURRENT),
                         as_of=f"{base.day:%Y-%m-%d}")  # fmt: skip
    notes = (*_about_notice(len(gone)), *now.training.notes)
    return Forecast(frame, provenance, notes, by=by or "", days=now.training.horizon.days,
                    overall=frame.iloc[-1], announced=len(gone), before=before)  # fmt: skip


def score_today_before(
    base: ClientBase, model: Any, length: pd.Timedelta, how: Mapping[str, Any]
) -> Scored | None:
    """The same recipe on what was known one horizon ago; None if that was too little."""
    day = base.day - length
    if day <= base.observed_from:
        return None
    then = score_today(base.as_of(day), model, **how)
    return None if isinstance(then, CannotSay) else then


def _groups(base: ClientBase, by: str | None, clients: pd.Index) -> pd.Series | None:
    if by is None:
        return None
    table = base.tables["clients"]
    if by not in table:
        raise InvalidValue(f"by={by!r} is not in 'clients'; it has {', '.join(table)}.")
    last = table.sort_values("started_on").drop_duplicates("client_id", keep="last")
    return last.set_index("client_id")[by].reindex(clients).reset_index(drop=True)


def _gave_notice(found: Scored) -> pd.Index:
    """Clients of the day who are not at risk any more: they are as good as gone."""
    return announced(found.base, found.training.contract, found.training.silent_after)


def _about_notice(count: int) -> list[Text]:
    if not count:
        return []
    return [Text(f"{count} {plural(count, 'has', 'have')} given notice and "
                 f"{plural(count, 'counts', 'count')} as gone.",
                 f"Предупредили об уходе и считаются ушедшими: {count}.")]  # fmt: skip


def _rows(found: Scored, gone: pd.Index, by: str | None, level: float) -> pd.DataFrame:
    """Losses by group, the largest first, and of all clients."""
    clients = found.clients.append(gone)
    chance = found.line.draws(found.score)
    chance = np.hstack([chance, np.ones((len(chance), len(gone)))])
    random = np.random.default_rng(0)
    leaves = random.random((len(chance) - 1, chance.shape[1])) < chance[1:]
    fee = recurring_fee(found.base).reindex(clients).fillna(0.0).clip(lower=0.0).to_numpy()
    groups = _groups(found.base, by, clients)
    named = pd.DataFrame({"group": [] if groups is None else groups})
    parts = [*named.groupby("group", sort=True, dropna=False).indices.items()]
    everybody = np.arange(chance.shape[1])
    frame = pd.DataFrame([
        loss_row(name, chance[0, who], leaves[:, who], fee[who], level)
        for name, who in [*parts, (ALL, everybody)]
    ])  # fmt: skip
    by_group = frame.iloc[:-1].sort_values("estimate", ascending=False, kind="stable")
    return pd.concat([by_group, frame.iloc[-1:]], ignore_index=True)


def _came(base: ClientBase, then: Scored, announced_then: pd.Index) -> int:
    """Of the clients there then, who ended within the horizon after that day."""
    # Project clients end where their silence says so, and by the threshold known then.
    spells = ends(base, then.training.contract, then.training.silent_after)
    end = then.base.day + then.training.horizon
    gone = spells[(spells["ended_on"] > then.base.day) & (spells["ended_on"] <= end)]
    return int(pd.Index(gone["client_id"].unique()).isin(then.clients.append(announced_then)).sum())
