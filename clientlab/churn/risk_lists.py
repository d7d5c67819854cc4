"""The Monday list: whom to look at first, how likely each leaves, what is at stake, why.

It answers: the clients of today by money at stake, each with its probability and how sure
it is, its reasons in a manager's words, the step, and whose it is. Public names are
importable from `clientlab.churn`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clientlab.churn.at_risk import with_left_out
from clientlab.churn.explaining import Reasons, reasons
from clientlab.churn.likely import Recalibrated, recalibrate, unseen
from clientlab.churn.preparation import ready
from clientlab.churn.risk_list_words import RiskListWords, card, doubt, one_event
from clientlab.churn.snapshot_table import Snapshots, month_ends, snapshots
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CURRENT
from clientlab.clients.schema import tables
from clientlab.clients.windows import by_client
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number, percent

LIST = Text("The list of clients at risk", "Список клиентов под риском")
LEAVERS = 10  # fewer say nothing of who leaves
YEAR = 365
YOUNG = 90  # days: a client of fewer is not stretched to a year from them


@dataclass(frozen=True, eq=False)
class Scored:
    """A model fitted on the past of a base, and what it says of today.

    Attributes
    ----------
    base : ClientBase
    model : fitted estimator
    training : Snapshots
    today : DataFrame
        Features of the clients of today.
    line : Recalibrated
    score : ndarray
        What the model itself says of each client of today.
    """

    base: ClientBase
    model: Any
    training: Snapshots
    today: pd.DataFrame
    line: Recalibrated
    score: np.ndarray

    @property
    def clients(self) -> pd.Index:
        """Identifiers of the clients of today, in the order of `today`."""
        return self.today.index.get_level_values("client_id")


@dataclass(frozen=True, eq=False, repr=False)
class RiskList(RiskListWords, Result):
    """Clients of today by money at stake; made by `risk_list`.

    Attributes
    ----------
    scored : Scored
        The model, what it was fitted on and how it was calibrated.
    reasons : Reasons
    """

    scored: Scored = field(default=None)  # pyright: ignore[reportAssignmentType]
    reasons: Reasons = field(default=None)  # pyright: ignore[reportAssignmentType]

    def workbook(self, path: str | Path, lang: str = "en") -> Path:
        """Write the list as an Excel workbook for account managers.

        Parameters
        ----------
        path : path
            Ending in .xlsx; its folder must exist.
        lang : {"en", "ru"}

        Returns
        -------
        Path
        """
        from clientlab.session.workbook import write_workbook

        return write_workbook(path, self.sheets(lang), lang)


def risk_list(
    base: ClientBase,
    model: Any = None,
    *,
    horizon: Any = "90D",
    every: int = 3,
    margin: float | None = None,
    contract: str = "ongoing",
    features: Mapping[str, Any] | None = None,
) -> RiskList | CannotSay:
    """The clients of today by money at stake, with probability, reasons, step and owner.

    The model is fitted on the snapshots of the past whose horizon is over; its probability
    is calibrated on clients it had not seen. Money at stake = probability × value; value =
    what the client was invoiced in the last 12 months × margin (C9).

    Parameters
    ----------
    base : ClientBase
    model : estimator, optional
        Any with ``predict_proba`` that takes a DataFrame; by default `default_model()`.
    horizon : timedelta-like
    every : int
        Months between two days of the training.
    margin : float, optional
        Share of revenue that is profit; without it the value is revenue, and it says so.
    contract : {"ongoing", "project", "all"}
    features : mapping of name to Feature, optional

    Returns
    -------
    RiskList or CannotSay
        `frame`: ``rank, client_id, name, owner, estimate, low, high`` (probability of
        leaving within the horizon), ``base`` (client-days learned from), ``value,
        at_stake, reasons_en, reasons_ru, step_en, step_ru``, and a column for each reason
        of leaving with its part of the probability. With fewer than 10 leavers in the
        past there is no list.

    Raises
    ------
    InvalidValue
        If the margin is no share, the model has no `predict_proba`, or the base cannot be
        cut into snapshots.

    Notes
    -----
    The interval is of the share that leaves among clients scored alike, from clients drawn
    anew: it is as narrow as the past is long, and says nothing of one person's will.

    Examples
    --------
    >>> from clientlab.churn.models import spline_logistic
    >>> from clientlab.demo import DEMO
    >>> found = risk_list(ClientBase.read(DEMO), spline_logistic(), every=6)
    >>> bool((found.frame["at_stake"].diff().dropna() <= 0).all())
    True
    """
    if margin is not None and not 0 < margin <= 1:
        raise InvalidValue(f"margin={margin!r} is a share of revenue: between 0 and 1, say 0.35.")
    found = score_today(base, model, horizon=horizon, every=every, contract=contract,
                        features=features)  # fmt: skip
    if isinstance(found, CannotSay):
        return found
    told = found.line.told(found.score)
    told.insert(0, "client_id", found.clients)
    why = reasons(found.model, found.today, background=found.training.X,
                  features=found.training.features, provenance=base.provenance(len(told), CURRENT)
                  )  # fmt: skip
    frame = told.assign(base=found.line.rows)
    frame["value"] = yearly_value(base, found.clients) * (margin or 1.0)
    frame["at_stake"] = frame["estimate"] * frame["value"]
    names, owners = _called(base)
    frame["name"] = [names.get(one, one) for one in frame["client_id"]]
    frame["owner"] = [owners.get(one, "") for one in frame["client_id"]]
    for lang in ("en", "ru"):
        frame[f"reasons_{lang}"] = [why.words(one, lang) for one in frame["client_id"]]
        frame[f"step_{lang}"] = [why.step(one).in_language(lang) for one in frame["client_id"]]
    parts = by_reason(found) * frame["estimate"].to_numpy()[:, None]
    frame = pd.concat([frame, parts.reset_index(drop=True)], axis=1)
    frame = frame.sort_values(["at_stake", "client_id"], ascending=[False, True])
    frame = frame.reset_index(drop=True)
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    first = ["rank", "client_id", "name", "owner"]
    frame = frame[[*first, *frame.columns.drop(first)]]
    provenance = base.provenance(len(frame), CURRENT, as_of=f"{base.day:%Y-%m-%d}")
    notes = (*_notes(found, margin), *why.notes, *found.training.notes)
    return RiskList(frame, provenance, tuple(dict.fromkeys(notes)), scored=found, reasons=why)


def score_today(
    base: ClientBase,
    model: Any = None,
    *,
    horizon: Any = "90D",
    every: int = 3,
    contract: str = "ongoing",
    features: Mapping[str, Any] | None = None,
) -> Scored | CannotSay:
    """Fit a model on the past of a base and score the clients of its last day.

    Parameters are those of `risk_list`.

    Returns
    -------
    Scored or CannotSay
    """
    from clientlab.churn.features import FEATURES

    days = month_ends(base, every=every, horizon=horizon)
    if not days:
        return CannotSay.because(
            Text(f"{LIST.en}: the records are too short to learn from; they must reach a year "
                 "and the horizon back. Add earlier ones, or take a shorter horizon.",
                 f"{LIST.ru}: история слишком коротка, нужны год и горизонт прогноза. Добавьте "
                 "более ранние записи или возьмите горизонт короче."),
            base.provenance(),
        )  # fmt: skip
    whole = snapshots(base, [*days, base.day], horizon=horizon, contract=contract,
                      features=FEATURES if features is None else features)  # fmt: skip
    leavers = int(whole.y.groupby(whole.clients).max().sum()) if len(whole) else 0
    if leavers < LEAVERS or whole.censored.empty:
        return _too_few(base, leavers, len(whole.censored), contract)
    if model is None:
        from clientlab.churn.defaults import default_model

        model = default_model()
    from sklearn.base import clone

    if not hasattr(model, "predict_proba"):
        raise InvalidValue(
            f"{type(model).__name__} ranks, but gives no probabilities (predict_proba). Wrap it: "
            f"sklearn.calibration.CalibratedClassifierCV({type(model).__name__}())."
        )
    past = whole.at(days)
    fitted = clone(ready(model, past.X)).fit(past.X, past.y)
    # The default model keeps what it said of clients that it had held out.
    held_out = getattr(fitted, "held_out_", None)
    score = unseen(model, past.X, past.y, past.clients) if held_out is None else held_out
    line = recalibrate(past.y.to_numpy(), np.asarray(score), past.clients)
    now = whole.censored[whole.censored.index.get_level_values("day") == base.day]
    return Scored(base, fitted, past, now, line, fitted.predict_proba(now)[:, 1])


def _too_few(base: ClientBase, leavers: int, today: int, contract: str) -> CannotSay:
    if not today:
        nobody = Text(f"{LIST.en}: nobody can leave any more after {base.day:%Y-%m-%d}.",
                      f"{LIST.ru}: после {base.day:%d.%m.%Y} уходить некому.")  # fmt: skip
        return CannotSay.because(with_left_out(nobody, base, contract), base.provenance())
    return CannotSay.because(
        Text(f"{LIST.en}: {number(leavers)} clients left in the days that can be learned from; "
             f"under {LEAVERS} no model can be told from chance. Go by the rules (RULES) and the "
             "board.",
             f"{LIST.ru}: в днях, на которых можно учиться, ушло клиентов: "
             f"{number(leavers, 'ru')}; до {LEAVERS} никакая модель не отличима от случая. "
             "Ориентируйтесь на правила (RULES) и светофор."),
        base.provenance(),
    )  # fmt: skip


def yearly_value(base: ClientBase, clients: pd.Index) -> np.ndarray:
    """Invoiced in the last 12 months, stretched to a year for younger clients; 0 or more.

    Parameters
    ----------
    base : ClientBase
    clients : Index of identifiers

    Returns
    -------
    ndarray of float, shape (clients,), in money
    """
    since = max(base.day - pd.Timedelta(days=YEAR - 1), base.observed_from)
    billed = by_client(base, "invoices", "amount", since=since, how="sum").reindex(clients)
    spells = base.tables["clients"]
    last = spells.sort_values("started_on").drop_duplicates("client_id", keep="last")
    started = pd.DatetimeIndex(last.set_index("client_id")["started_on"].reindex(clients))
    first = np.maximum(started, since)
    days = np.clip((base.day - first).days.to_numpy() + 1, YOUNG, YEAR)
    return np.clip(billed.fillna(0).to_numpy() * YEAR / days, 0, None)


def by_reason(found: Scored) -> pd.DataFrame:
    """Shares of the probability by reason of leaving, rows as the clients of today.

    From a multinomial hazard fitted on the reasons of those who left; who leaves at all is
    the model's question, not this one's.
    """
    from clientlab.churn.hazard import MultinomialHazard

    keys, days = found.training.keys, found.training.horizon.days
    model = MultinomialHazard(horizon=days).fit(found.training.X, keys["cause"])
    parts = model.predict_causes(found.today)
    known = list(tables()["clients"]["end_reason"].allowed)
    return parts.div(parts.sum(axis=1), axis=0).reindex(columns=known).fillna(0.0)


def _called(base: ClientBase) -> tuple[dict[str, str], dict[str, str]]:
    """Names and managers by client, as known today."""
    last = base.tables["clients"].sort_values("started_on")
    last = last.drop_duplicates("client_id", keep="last").set_index("client_id")
    names, owners = (last[name].dropna().to_dict() if name in last else {}
                     for name in ("name", "manager"))  # fmt: skip
    return names, owners


def _notes(found: Scored, margin: float | None) -> list[Text]:
    notes = [card(found)]
    if found.line.slope[1] <= 0:
        notes.append(doubt(found))
    if (event := one_event(found.training)) is not None:
        notes.append(event)
    if margin is None:
        notes.append(Text("Value is revenue, not profit: give margin=0.35, or whatever yours is.",
                          "Ценность — выручка, не прибыль: задайте margin=0.35 или свою долю."
                          ))  # fmt: skip
    else:
        notes.append(Text(f"Value is {percent(margin)} of revenue: your number.",
                          f"Ценность — {percent(margin, 'ru')} выручки: ваше число."
                          ))  # fmt: skip
    return notes
