"""Churn of project clients period by period, at a threshold of silence.

It answers: which share of those not silent on the first day fell silent in the period, and
how much that number owes to the threshold.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import WRITE, OverTime
from clientlab.clients.base import ClientBase
from clientlab.clients.churn_rates import notes_of, rates
from clientlab.clients.nouns import PROJECT_CLIENTS
from clientlab.clients.periods import PERIODS, checked_period, complete
from clientlab.clients.silence import (
    THRESHOLDS,
    Invoiced,
    checked_days,
    in_days,
    invoiced,
    mixed_contracts,
    silence_threshold,
)
from clientlab.results import CannotSay
from clientlab.wording import Text, number

NAME = Text("Churn of project clients", "Отток проектных клиентов")


def silence_churn(
    base: ClientBase, *, threshold: int | None = None, period: str = "Q"
) -> OverTime | CannotSay:
    """Share of the project clients there on the first day of a period who fell silent in it.

    A client is lost on the day that is `threshold` days after the last invoice, see
    `silence_spells`; churn = lost in the period ÷ there on its first day, as in
    `churn_rate` (S1; system B3).

    Parameters
    ----------
    base : ClientBase
        Needs `contract` in clients.
    threshold : int, optional
        Days; by default ``silent_after_days`` of clientlab.toml, without it
        `silence_threshold`.
    period : {"M", "Q", "Y"}

    Returns
    -------
    OverTime
        `frame`: ``period, lost, base, estimate, low, high, came, came_and_went``; Wilson
        intervals. Only periods that begin at least `threshold` days after the records do:
        before that it is not to be seen who was still a client.

    Raises
    ------
    InvalidValue
        If the period is not known, or the threshold is no positive whole number.

    Examples
    --------
    Invoices to a and b in December; a gets another in March:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-10-01",
    ...                              "contract": "project"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b", "a"], "amount": 100,
    ...         "issued_on": ["2023-12-20", "2023-12-20", "2024-03-01"]})},
    ...     observed_from="2023-10-01", observed_until="2024-03-31")
    >>> silence_churn(base, threshold=80).frame[["lost", "base", "estimate"]].values.tolist()
    [[1.0, 2.0, 0.5]]
    """
    checked_period(period)
    if missing := base.lacks(NAME, clients=("contract",)):
        return missing
    chosen = _chosen(base, threshold)
    if isinstance(chosen, CannotSay):
        return chosen
    days, source = chosen
    seen = invoiced(base)
    rows, changes = _rates(base, seen, days, period)
    if not len(rows) or not rows["base"].any():
        return CannotSay.because(_nothing(base, seen, days, period), base.provenance())
    text = Text(f"{in_days(days)} without an invoice ({source.en})",
                f"{in_days(days, 'ru')} без счёта ({source.ru})")  # fmt: skip
    return OverTime(
        rows,
        base.provenance(
            seen.clients,
            PROJECT_CLIENTS,
        ),
        (_instead(base, seen, days, period), *notes_of(rows, None), *mixed_contracts(seen)),
        changes=changes,
        period=period,
        subject=NAME,
        what=Text(
            f"Fell silent in the {PERIODS[period].en}, of project clients there on its first day; "
            f"lost: {text.en}; 95% intervals (Wilson)",
            f"Замолчали за {PERIODS[period].ru}, от проектных клиентов на его первый день; уход: "
            f"{text.ru}; 95%-е интервалы (Уилсон)",
        ),
        advice=Text(
            "Call the project clients whose silence nears the threshold, before they pass it.",
            "Позвонить проектным клиентам, чьё молчание близко к порогу, пока его не прошли.",
        ),
        better=-1,
    )


def _chosen(base: ClientBase, threshold: int | None) -> tuple[int, Text] | CannotSay:
    """The threshold and who chose it."""
    if threshold is not None:
        return checked_days(threshold), Text("chosen by you", "ваш выбор")
    if base.config.silent_after_days is not None:
        told = Text("chosen in clientlab.toml", "выбор из clientlab.toml")
        return checked_days(base.config.silent_after_days), told
    found = silence_threshold(base)
    if isinstance(found, CannotSay):
        return found
    told = Text("chosen from the gaps between invoices", "выбор по паузам между счетами")
    return found.days, told


def _rates(
    base: ClientBase, seen: Invoiced, days: int, period: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Churn by period, of the periods on whose first day all clients can be seen."""
    periods = complete(base, period)
    begin = base.observed_from + pd.Timedelta(days=days)
    return rates(seen.spells(days), periods[periods["first"] >= begin], period)


def _nothing(base: ClientBase, seen: Invoiced, days: int, period: str) -> Text:
    if not seen.clients:
        return Text(
            f"{NAME.en}: no client of the records whose contract is a project has an invoice.",
            f"{NAME.ru}: в записях нет проектных клиентов со счетами.",
        )
    window = f"{base.observed_from:%Y-%m-%d} – {base.observed_until:%Y-%m-%d}"
    return Text(
        f"{NAME.en}: no whole {PERIODS[period].en} of the records ({window}) begins "
        f"{in_days(days)} after them or later with a project client there. Use a shorter "
        "period or threshold.",
        f"{NAME.ru}: внутри записей ({window}) нет полного периода ({PERIODS[period].ru}), который "
        f"начинается через {in_days(days, 'ru')} после их начала или позже и застаёт проектных "
        "клиентов. Возьмите период или порог короче.",
    )


def _instead(base: ClientBase, seen: Invoiced, days: int, period: str) -> Text:
    """How much hangs on the choice: the last period at the thresholds beside it."""
    less = max((one for one in THRESHOLDS if one <= 0.8 * days), default=None)
    more = min((one for one in THRESHOLDS if one >= 1.25 * days), default=None)
    told: dict[str, list[str]] = {"en": [], "ru": []}
    for other in (less, more):
        rows = _rates(base, seen, other, period)[0] if other else ()
        value = rows["estimate"].iloc[-1] if len(rows) else np.nan
        for lang in told:
            if other and pd.notna(value):
                word = Text("with", "при").in_language(lang)
                told[lang].append(f"{word} {number(other, lang)}: {WRITE['share'](value, lang)}")
    en, ru = "; ".join(told["en"]), "; ".join(told["ru"])
    return Text(
        f"{in_days(days)} of silence is a choice"
        + (f", in the last period instead {en}." * bool(en)
                                                   or "."),
        f"Порог в {in_days(days, 'ru')} молчания — это выбор"
        + (f"; за последний период иначе было бы: {ru}." * bool(ru) or "."),
    )  # fmt: skip
