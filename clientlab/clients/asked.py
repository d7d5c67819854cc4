"""How often clients are asked for a score: more than once a quarter is too often.

It answers: whom do we ask so often that they stop answering. The scores themselves are in
`feedback`. Public names are importable from `clientlab.clients.kpis`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import ByGroup
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CURRENT
from clientlab.results import CannotSay
from clientlab.stats import proportions
from clientlab.wording import Text, percent

QUARTER, YEAR = 91, 365  # days


def asked_often(base: ClientBase) -> set[str]:
    """Clients of whom a person was asked twice within a quarter, in the last year."""
    frame = base.tables["feedback"]
    who = ["client_id", "person_id"] if "person_id" in frame else ["client_id"]
    rows = frame[frame["asked_on"] > base.day - pd.Timedelta(days=YEAR)]
    rows = rows.drop_duplicates([*who, "asked_on"]).sort_values("asked_on", kind="stable")
    gap = rows.groupby(who, dropna=False)["asked_on"].diff()
    return set(rows.loc[gap < pd.Timedelta(days=QUARTER), "client_id"])


def asked_too_often(base: ClientBase) -> ByGroup | CannotSay:
    """Current clients by how often they were asked for a score in the last 12 months.

    More often than once a quarter is too often, once a year is the advice (S1; B8). A
    client is asked as often as the person of it who was asked most.

    Parameters
    ----------
    base : ClientBase

    Returns
    -------
    ByGroup
        `frame`: ``group`` ("none", "once", "some", "often"), ``label_en, label_ru,
        count, estimate, low, high, base`` (clients); Wilson intervals.

    Raises
    ------
    InvalidValue
        Never; without feedback in the files it cannot say.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "feedback": pd.DataFrame({"client_id": ["a", "a"],
    ...         "asked_on": ["2024-02-01", "2024-03-01"], "nps": [9, 9]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> asked_too_often(base).frame.set_index("group")["count"].to_dict()
    {'none': 1, 'once': 0, 'some': 0, 'often': 1}
    """
    name = Text("How often clients are asked", "Как часто спрашиваем клиентов")
    missing = base.lacks(name, feedback=("asked_on",))
    if missing:
        return missing
    clients = base.tables["clients"]
    current = clients
    if "ended_on" in clients:
        current = clients[~(clients["ended_on"] <= base.day)]
    ids = pd.Index(current["client_id"].unique())
    if not len(ids):
        reason = Text(f"{name.en}: there is no current client.", f"{name.ru}: клиентов сейчас нет.")
        return CannotSay.because(reason, base.provenance())
    frame = base.tables["feedback"]
    who = ["client_id", "person_id"] if "person_id" in frame else ["client_id"]
    rows = frame[frame["asked_on"] > base.day - pd.Timedelta(days=YEAR)]
    times = rows.groupby(who, dropna=False)["asked_on"].nunique()
    most = times.groupby("client_id").max().reindex(ids, fill_value=0)
    often = most.index.isin(sorted(asked_often(base)))
    group = np.where(often, 3, np.minimum(most.to_numpy(), 2))
    counts = np.bincount(group, minlength=4)
    share = proportions.interval(counts, np.full(4, len(ids)))
    labels = (
        Text("not asked", "не спрашивали"), Text("once", "один раз"),
        Text("more than once, not within a quarter", "больше раза, но не чаще раза в квартал"),
        Text("more often than once a quarter", "чаще раза в квартал"),
    )  # fmt: skip
    return ByGroup(
        pd.DataFrame(
            {
                "group": ["none", "once", "some", "often"],
                "label_en": [label.en for label in labels],
                "label_ru": [label.ru for label in labels],
                "count": counts,
                "estimate": share.estimate,
                "low": share.low,
                "high": share.high,
                "base": len(ids),
            }
        ),
        base.provenance(
            len(ids),
            CURRENT,
        ),
        subject=name,
        told=_told_often(counts, len(ids)),
        what=Text(
            "Current clients by questions for a score in the last 12 months; 95% intervals",
            "Текущие клиенты по числу опросов за 12 месяцев; 95%-е интервалы",
        ),
        advice=Text(
            "Stop asking those who are asked more than once a quarter; once a year is enough.",
            "Перестать спрашивать чаще раза в квартал: раза в год достаточно.",
        )
        if counts[3]
        else Text("", ""),
    )


def _told_often(counts: np.ndarray, clients: int) -> Text:
    share = proportions.interval(counts[3], clients)
    ends = (percent(float(share.low)), percent(float(share.high)))
    ends_ru = (percent(float(share.low), "ru"), percent(float(share.high), "ru"))
    return Text(
        f"Asked more often than once a quarter: {counts[3]} of {clients} current clients; never in "
        f"12 months: {counts[0]} (too often: {ends[0]} to {ends[1]}, base {clients}).",
        f"Чаще раза в квартал спрашивали {counts[3]} из {clients} текущих клиентов; ни разу за 12 "
        f"месяцев — {counts[0]} (слишком часто: от {ends_ru[0]} до {ends_ru[1]}, база {clients}).",
    )
