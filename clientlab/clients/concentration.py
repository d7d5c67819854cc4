"""How much of the revenue comes from how few clients.

It answers: what does the agency lose if its largest client leaves. Facts of the books: no
interval. Public names are importable from `clientlab.clients.kpis`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import WRITE, ByGroup
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import WITH_REVENUE
from clientlab.clients.positioning import FACTS
from clientlab.clients.windows import last_year
from clientlab.results import CannotSay
from clientlab.wording import Text, number, percent, plural

TOP = (1, 3, 5, 10)  # the largest clients whose share is told


def concentration(base: ClientBase) -> ByGroup | CannotSay:
    """How much of the revenue of the last 12 months comes from the largest clients.

    share = revenue of the k largest ÷ revenue of all clients with revenue above 0, credit
    notes taken off; effective number of clients = 1 ÷ Σ share² (Herfindahl; system B3).

    Parameters
    ----------
    base : ClientBase

    Returns
    -------
    ByGroup
        `frame`: ``group`` (k: 1, 3, 5, 10, as far as there are so many), ``label_en,
        label_ru, estimate, low, high, base`` (clients), ``revenue``. ``low, high`` are
        NaN: facts of the books.

    Raises
    ------
    InvalidValue
        Never; without revenue it cannot say.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": list("abc"), "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": list("abc"), "amount": [50, 30, 20],
    ...         "issued_on": "2024-01-10"})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> concentration(base).frame[["group", "estimate", "base"]].values.tolist()
    [[1.0, 0.5, 3.0], [3.0, 1.0, 3.0]]
    """
    invoices, (codes, ids) = base.tables["invoices"], base.codes("invoices")
    inside = invoices["issued_on"].to_numpy() >= last_year(base).to_datetime64()
    sums = np.bincount(codes[inside], invoices["amount"].to_numpy(float)[inside], len(ids))
    paid = np.sort(sums[sums > 0])[::-1]
    window = f"{last_year(base):%Y-%m-%d} – {base.observed_until:%Y-%m-%d}"
    if not len(paid):
        return CannotSay.because(
            Text(f"Concentration of revenue: no client has revenue in {window}.",
                 f"Концентрация выручки: за {window} ни у одного клиента нет выручки."),
            base.provenance())  # fmt: skip
    shares = paid / paid.sum()
    effective = 1 / float((shares**2).sum())
    return ByGroup(
        _largest(paid),
        base.provenance(len(paid), WITH_REVENUE),
        _facts(effective, int((sums < 0).sum())),
        subject=Text("Concentration of revenue", "Концентрация выручки"),
        told=_told(shares, effective, window),
        what=Text(f"Revenue of the largest clients ÷ revenue of all, {window}",
                  f"Выручка крупнейших клиентов ÷ выручка всех, {window}"),
        advice=Text("Decide what the agency does if its largest client "
                    f"({WRITE['share'](shares[0], 'en')} of revenue) leaves.",
                    "Решить, что делает агентство, если уйдёт крупнейший клиент "
                    f"({WRITE['share'](shares[0], 'ru')} выручки)."),
    )  # fmt: skip


def _largest(paid: np.ndarray) -> pd.DataFrame:
    """Share of the k largest, of revenue in falling order."""
    top = [k for k in TOP if k <= len(paid)]
    most = np.cumsum(paid)[np.array(top) - 1]
    return pd.DataFrame({
        "group": top,
        "label_en": ["the largest client" if k == 1 else f"{k} largest clients" for k in top],
        "label_ru": ["крупнейший клиент" if k == 1 else
                     f"{k} {plural(k, '', 'крупнейших клиента', 'крупнейших клиентов')}"
                     for k in top],
        "estimate": most / paid.sum(), "low": np.nan, "high": np.nan, "base": len(paid),
        "revenue": most})  # fmt: skip


def _told(shares: np.ndarray, effective: float, window: str) -> Text:
    """What the largest clients bring, and how many equal ones that would be."""
    count, top = len(shares), min(5, len(shares))
    if count == 1:
        return Text(f"All revenue comes from one client ({window}; base 1 client).",
                    f"Вся выручка — от одного клиента ({window}; база 1 клиент).")  # fmt: skip
    most = shares[:top].sum()
    if top == count:
        more = Text("", "")
    else:
        more = Text(
            f", {top} largest {percent(most)}", f", {top} крупнейших — {percent(most, 'ru')}"
        )
    return Text(
        f"The largest client brings {WRITE['share'](shares[0], 'en')} of revenue{more.en} "
        f"({window}; as concentrated as {number(effective, digits=1)} equal clients; base "
        f"{number(count)} clients).",
        f"Крупнейший клиент приносит {WRITE['share'](shares[0], 'ru')} выручки{more.ru} ({window}; "
        f"эффективное число клиентов {number(effective, 'ru', digits=1)}; база "
        f"{number(count, 'ru')} {plural(count, 'клиент', 'клиента', 'клиентов')}).",
    )


def _facts(effective: float, negative: int) -> tuple[Text, ...]:
    """That these are facts, and what was left out."""
    notes = [
        FACTS,
        Text(f"Effective number of clients, 1 ÷ Σ share²: {number(effective, digits=1)}.",
             "Эффективное число клиентов, 1 ÷ Σ доля²: "
             f"{number(effective, 'ru', digits=1)}."),
    ]  # fmt: skip
    if negative:
        notes.append(
            Text(
                f"Clients with more credit notes than invoices, left out: {negative}.",
                f"Клиенты, у которых сторно больше счетов, не учтены: {negative}.",
            )
        )
    return tuple(notes)
