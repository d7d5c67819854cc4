"""Deals: which share is won, and why the others refuse.

It answers: do more of those who ask become clients than a year ago, and what do those say
who do not. Public names are importable from `clientlab.clients.kpis`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import ByGroup, OverTime, in_currency, interval_of
from clientlab.clients.base import ClientBase
from clientlab.clients.churn_rates import changes_of
from clientlab.clients.nouns import DEALS, REFUSALS
from clientlab.clients.periods import PERIODS, complete, shorter
from clientlab.clients.spells import spells
from clientlab.results import CannotSay
from clientlab.stats import proportions
from clientlab.values import normalised
from clientlab.wording import Text, number, percent, plural

WON = Text("Deals won", "Выигранные сделки")
REFUSED = Text("Reasons of refusal", "Причины отказа")


def win_rate(base: ClientBase, *, period: str = "Y") -> OverTime | CannotSay:
    """Share of the decided deals that were won.

    Won: clients whose first spell began in the period; lost: rows of deals_lost with
    `lost_on` in it; estimate = won ÷ (won + lost), Wilson interval (S1; system B1). Work
    sold to clients already there is no deal here, nor is a client who returned.

    Parameters
    ----------
    base : ClientBase
        Needs deals_lost.
    period : {"M", "Q", "Y"}
        Only periods that the records cover wholly.

    Returns
    -------
    OverTime
        `frame`: ``period, won, lost, base, estimate, low, high``. Begins with the period
        of the first refusal written down: before it, lost deals were not recorded.

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": "2024-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-06-01"],
    ...         "amount": [1]}),
    ...     "deals_lost": pd.DataFrame({"company": ["x", "y", "z"], "lost_on": "2024-01-20"})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> win_rate(base).frame[["won", "lost", "base", "estimate"]].values.tolist()
    [[1.0, 3.0, 4.0, 0.25]]
    """
    periods = complete(base, period)
    if missing := base.lacks(WON, deals_lost=()):
        return missing
    lost = base.tables["deals_lost"]["lost_on"]
    periods = periods[periods["last"] >= lost.min()] if len(lost) else periods.iloc[:0]
    won = spells(base).groupby("client_id")["started_on"].min()
    rows = pd.DataFrame(
        [(first, won.between(first, last).sum(), lost.between(first, last).sum())
         for first, last in periods.itertuples(index=False)],
        columns=["period", "won", "lost"],
    )  # fmt: skip
    rows["base"] = rows["won"] + rows["lost"]
    if not rows["base"].any():
        return CannotSay.because(_no_deals(base, period), base.provenance())
    found = proportions.interval(rows["won"].to_numpy(), rows["base"].to_numpy())
    rows["estimate"], rows["low"], rows["high"] = found.estimate, found.low, found.high
    deals = DEALS
    return OverTime(
        rows,
        base.provenance(int(rows["base"].sum()), deals),
        _deal_notes(base, rows["period"].iloc[0]),
        changes=changes_of(rows.assign(lost=rows["won"]), period),
        period=period,
        subject=Text("Share of deals won", "Доля выигранных сделок"),
        what=Text(
            f"New clients of the {PERIODS[period].en} ÷ new clients and refusals; 95% intervals "
            "(Wilson)",
            f"Новые клиенты за {PERIODS[period].ru} ÷ новые клиенты и отказы; 95%-е интервалы "
            "(Уилсон)",
        ),
        advice=Text(
            "Read the refusals of the last months aloud, and write again to those worth it.",
            "Прочитать вслух отказы последних месяцев и снова написать тем, кто того стоит.",
        ),
        of=DEALS,
        better=1,
    )


def refusal_reasons(base: ClientBase, *, months: int | None = None) -> ByGroup | CannotSay:
    """Why deals were refused: share of each reason among refusals that give one.

    estimate = refusals with the reason ÷ refusals with any, Wilson intervals (S1; system
    B1). Reasons that differ in case, spaces or punctuation only are one.

    Parameters
    ----------
    base : ClientBase
        Needs `reason` in deals_lost.
    months : int, optional
        Only the refusals of so many last months; by default all.

    Returns
    -------
    ByGroup
        `frame`: ``group, label_en, label_ru, estimate, low, high, base, count, amount``
        (sum of the proposals refused for it; NaN if none is told), the most frequent first.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": "2024-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-06-01"],
    ...         "amount": [1]}),
    ...     "deals_lost": pd.DataFrame({"reason": ["Price", "price ", "no budget", ""],
    ...                                 "lost_on": "2024-01-20"})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> refusal_reasons(base).frame[["group", "count", "base"]].values.tolist()
    [['Price', 2, 3], ['no budget', 1, 3]]
    """
    if missing := base.lacks(REFUSED, deals_lost=("reason",)):
        return missing
    rows = base.tables["deals_lost"]
    if months is not None:
        rows = rows[rows["lost_on"] > base.day - pd.DateOffset(months=months)]
    told = rows[rows["reason"].notna()]
    if not len(told):
        reason = Text(f"{REFUSED.en}: none of {number(len(rows))} refusals tells one.",
                      f"{REFUSED.ru}: не указана ни у одного отказа ({number(len(rows), 'ru')})."
                      )  # fmt: skip
        return CannotSay.because(reason, base.provenance())
    frame = _by_reason(told)
    notes = [] if len(told) == len(rows) else [_untold(len(rows) - len(told), len(rows))]
    return ByGroup(
        frame,
        base.provenance(
            len(told),
            REFUSALS,
        ),
        tuple(notes),
        subject=REFUSED,
        told=_told_reason(frame),
        what=Text(
            "Share of refusals that give a reason; 95% intervals (Wilson)",
            "Доля от отказов с указанной причиной; 95%-е интервалы (Уилсон)",
        ),
        advice=Text(
            f"Ask of the next proposal: what in it answers '{frame['group'].iloc[0]}'?",
            f"Спросить о следующем предложении: что в нём отвечает на «{frame['group'].iloc[0]}»?",
        ),
    )


def _by_reason(told: pd.DataFrame) -> pd.DataFrame:
    """Refusals by reason; the spelling met most often names it."""
    keys = told["reason"].map(lambda text: normalised(str(text)))
    amount = told["amount"] if "amount" in told else pd.Series(np.nan, index=told.index)
    spelled = told["reason"].astype(str).str.strip()
    grouped = amount.groupby(keys)
    names = spelled.groupby(keys).agg(lambda texts: texts.value_counts().index[0])
    count = keys.value_counts().reindex(names.index).to_numpy()
    found = proportions.interval(count, len(told))
    frame = pd.DataFrame(
        {
            "group": names.to_numpy(), "label_en": names.to_numpy(), "label_ru": names.to_numpy(),
            "estimate": found.estimate, "low": found.low, "high": found.high,
            "base": len(told), "count": count, "amount": grouped.sum(min_count=1).to_numpy(float),
        }
    )  # fmt: skip
    return frame.sort_values(["count", "group"], ascending=[False, True], ignore_index=True)


def _told_reason(frame: pd.DataFrame) -> Text:
    """The most frequent reason, and whether the second can be told from it."""
    first = frame.iloc[0]
    lines = []
    for lang in ("en", "ru"):
        share = percent(first["estimate"], lang)
        ends = interval_of(first["low"], first["high"], "share", lang)
        base, tail = number(first["base"], lang), Text("", "")
        many = plural(int(first["base"]), "отказ", "отказа", "отказов")
        if len(frame) > 1 and not _ahead(frame):
            second = frame["group"].iloc[1]
            tail = Text(f"; not clearly ahead of '{second}'", f"; от «{second}» не отличить")
        lines.append(Text(
            f"Most frequent reason of refusal: {first['group']}, {share}{tail.en} (95% interval "
            f"{ends}, base {base} refusals).",
            f"Самая частая причина отказа: {first['group']}, {share}{tail.ru} (95%-й интервал "
            f"{ends}, база {base} {many}).",
        ).in_language(lang))  # fmt: skip
    return Text(*lines)


def _ahead(frame: pd.DataFrame) -> bool:
    """Whether the first reason leads the second: of both together, more than half."""
    first, second = frame["count"].iloc[:2]
    return bool(proportions.interval(first, first + second).low > 0.5)


def _untold(missing: int, total: int) -> Text:
    return Text(
        f"No reason is told for {number(missing)} of {number(total)} refusals "
        f"({percent(missing / total)}): the shares are of the others.",
        f"Причина не указана у {number(missing, 'ru')} из {number(total, 'ru')} отказов "
        f"({percent(missing / total, 'ru')}): доли — от остальных.",
    )


def _deal_notes(base: ClientBase, begin: pd.Timestamp) -> tuple[Text, ...]:
    notes = []
    since = base.tables["deals_lost"]["lost_on"].min()
    if since > begin + pd.Timedelta(days=31):
        notes.append(
            Text(
                f"Refusals are written down since {since:%Y-%m-%d}: the first share is too high.",
                f"Отказы записаны с {since:%Y-%m-%d}: первая доля завышена.",
            )
        )
    notes.append(
        Text(
            "Refusals that nobody wrote down make the share look higher than it is.",
            "Незаписанные отказы делают долю выше, чем она есть.",
        )
    )
    if base.has("deals_lost", "amount"):
        amount = base.tables["deals_lost"]["amount"]
        if amount.notna().any():
            total = Text(*(in_currency(float(amount.sum()), base.currency, lang)
                           for lang in ("en", "ru")))  # fmt: skip
            notes.append(
                Text(
                    f"Proposals refused so far, where the amount is told: {total.en}.",
                    f"Сумма отвергнутых предложений, где она указана: {total.ru}.",
                )
            )
    return tuple(notes)


def _no_deals(base: ClientBase, period: str) -> Text:
    window = f"{base.observed_from:%Y-%m-%d} – {base.observed_until:%Y-%m-%d}"
    return Text(
        f"{WON.en}: the records ({window}) have no whole {PERIODS[period].en} with refusals "
        f"written down.{shorter(period).en}",
        f"{WON.ru}: в записях ({window}) нет полного периода ({PERIODS[period].ru}), когда отказы "
        f"записывали.{shorter(period).ru}",
    )
