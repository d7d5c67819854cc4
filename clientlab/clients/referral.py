"""Whom clients bring: the share of new clients who came by recommendation.

It answers: how many of those who began in a period came because somebody recommended us.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import SMALL, OverTime
from clientlab.clients.base import ClientBase
from clientlab.clients.churn_rates import changes_of
from clientlab.clients.growth import cannot_say, no_period
from clientlab.clients.periods import PERIODS, complete
from clientlab.clients.spells import spells
from clientlab.results import CannotSay
from clientlab.stats import proportions
from clientlab.wording import Text

NEW = Text("new client|new clients", "новый клиент|новых клиента|новых клиентов")
REFERRAL = Text("New clients by referral", "Новые клиенты по рекомендации")


def referral_rate(base: ClientBase, *, period: str = "Y") -> OverTime | CannotSay:
    """Share of the clients who came in a period that came by referral.

    share = new clients with channel 'referral' ÷ new clients whose channel is known; new
    in the period in which their first spell began (S3; system B21). Wilson intervals.

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}
        Only periods that the records cover wholly.

    Returns
    -------
    OverTime
        `frame`: ``period, count`` (by referral), ``base`` (channel known), ``estimate,
        low, high, new`` (all who came).

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    Three came, the channel of two is known:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b", "c"], "started_on": "2024-05-01",
    ...         "channel": ["referral", "tender", None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "amount": [1],
    ...         "issued_on": ["2024-06-01"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> referral_rate(base).frame[["count", "base", "estimate", "new"]].values.tolist()
    [[1.0, 2.0, 0.5, 3.0]]
    """
    periods = complete(base, period)
    missing = base.lacks(REFERRAL, clients=("channel",))
    if missing:
        return missing
    if periods.empty:
        return cannot_say(base, REFERRAL, no_period(period))
    frame = _referred(base, periods)
    if not frame["base"].any():
        why = Text("in no whole period did a client come whose channel is known",
                   "ни в одном полном периоде нет новых клиентов с известным каналом")  # fmt: skip
        return cannot_say(base, REFERRAL, why)
    unknown = int((frame["new"] - frame["base"]).sum())
    note = Text(
        f"New clients whose channel is not told, in no share: {unknown}.",
        f"Новые клиенты без указанного канала, не входят ни в одну долю: {unknown}.",
    )
    few = int(frame["base"].between(1, SMALL - 1).sum())
    small = Text(
        f"{few} of {len(frame)} shares stand on fewer than {SMALL} new clients.",
        f"Менее чем по {SMALL} новым клиентам посчитано долей: {few} из {len(frame)}.",
    )
    return OverTime(
        frame, base.provenance(int(frame["base"].sum()), NEW),
        ((note,) if unknown else ()) + ((small,) if few else ()),
        changes=changes_of(frame.rename(columns={"count": "lost"}), period), period=period,
        subject=REFERRAL, better=1,
        of=NEW,
        what=Text(f"Came by referral, of clients whose first spell began in the "
                  f"{PERIODS[period].en} and whose channel is known; 95% intervals (Wilson)",
                  f"Пришли по рекомендации, от новых клиентов с известным каналом за "
                  f"{PERIODS[period].ru}; 95%-е интервалы (Уилсон)"),
        advice=Text("Ask the most content clients this month whom they would recommend us to.",
                    "В этом месяце спросить самых довольных клиентов, кому нас порекомендовать."),
    )  # fmt: skip


def _referred(base: ClientBase, periods: pd.DataFrame) -> pd.DataFrame:
    """New clients by period, and those of them who came by referral."""
    frame = spells(base, "channel").sort_values("started_on", kind="stable")
    frame = frame.drop_duplicates("client_id")  # the first spell of each
    rows = []
    for first, last in zip(periods["first"], periods["last"], strict=True):
        channel = frame.loc[frame["started_on"].between(first, last), "channel"]
        rows.append(((channel == "referral").sum(), channel.notna().sum(), len(channel)))
    count, known, new = np.array(rows, dtype=np.int64).T
    share = proportions.interval(count, known)
    return pd.DataFrame({"period": periods["first"], "count": count, "base": known,
                         "estimate": share.estimate, "low": share.low, "high": share.high,
                         "new": new})  # fmt: skip
