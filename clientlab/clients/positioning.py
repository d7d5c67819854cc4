"""Whom the agency works for in fact.

It answers: what share of the revenue of the last 12 months comes from which clients,
and from industries that the agency says it does not work with. Shares of revenue
are facts of the books: they have no interval.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import ByGroup, in_currency
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CLIENTS
from clientlab.clients.schema import labelled, tables
from clientlab.clients.spells import lacks_by
from clientlab.clients.windows import last_year
from clientlab.results import CannotSay
from clientlab.wording import Text, number, percent, plural

FACTS = Text(
    "Shares of revenue are facts of the books, not estimates: they have no interval.",
    "Доли выручки — факты учёта, а не оценки: интервала у них нет.",
)


def of_client(base: ClientBase, column: str) -> np.ndarray:
    """The value of a column of clients by index of the client; of the last spell told.

    Returns
    -------
    ndarray of object
        In the order of ``base.codes("clients")[1]``; None where it is not told.
    """
    codes, ids = base.codes("clients")
    values, found = base.tables["clients"][column], np.full(len(ids), None, object)
    told = values.notna().to_numpy(bool)
    found[codes[told]] = values[told].to_numpy(object)  # the last one of a client stays
    return found


def revenue_by(base: ClientBase, by: str) -> ByGroup | CannotSay:
    """Revenue of the last 12 months by any column of clients.

    share = revenue of the group ÷ revenue of all, Σ invoices.amount, credit notes taken
    off (S1; system B2). Of a client with several spells the last value that is told
    counts.

    Parameters
    ----------
    base : ClientBase
    by : str
        Column of clients, say ``financial_model``.

    Returns
    -------
    ByGroup
        `frame`: ``group, label_en, label_ru, estimate, low, high, base`` (clients with
        an invoice), ``revenue``; the largest first. ``low, high`` are NaN: a fact.

    Raises
    ------
    InvalidValue
        If there is no such column.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "region": ["North", "South"],
    ...         "started_on": ["2023-05-01", "2023-06-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b", "b"], "amount": [100, 200, 100],
    ...         "issued_on": ["2024-01-10", "2024-01-20", "2024-02-01"]})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> revenue_by(base, "region").frame[["group", "estimate", "base"]].values.tolist()
    [['South', 0.75, 1], ['North', 0.25, 1]]
    """
    if missing := lacks_by(base, by, Text("Revenue by group", "Выручка по группам")):
        return missing
    frame = _shares(base, by)
    if isinstance(frame, CannotSay):
        return frame
    return _answer(base, by, frame, _leads(base, by, frame), _notes(base, frame))


def positioning(base: ClientBase) -> ByGroup | CannotSay:
    """Revenue by industry against the industries the agency says it does not work with.

    share = revenue of the industry ÷ revenue of the last 12 months (S1; system B22).
    The industries are ``[agency] not_industries`` in clientlab.toml, compared without
    regard to case.

    Parameters
    ----------
    base : ClientBase

    Returns
    -------
    ByGroup
        `frame` as of `revenue_by`, and ``excluded``: the agency says it does not work
        with it.

    Raises
    ------
    InvalidValue
        Never; without industries in the files it cannot say.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "industry": ["Banks", "Retail"],
    ...         "started_on": ["2023-05-01", "2023-06-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "amount": [300, 100],
    ...         "issued_on": ["2024-01-10", "2024-01-20"]})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> positioning(base).headline()
    'Industry with most revenue: Banks, 75%'
    """
    missing = base.lacks(Text("Positioning", "Позиционирование"), clients=("industry",))
    if missing:
        return missing
    frame = _shares(base, "industry")
    if isinstance(frame, CannotSay):
        return frame
    said = {name.strip().casefold() for name in base.config.not_industries}
    notes = _notes(base, frame)
    excluded = [str(group).strip().casefold() in said for group in frame["group"]]
    frame = frame.assign(excluded=np.array(excluded, bool) & frame["group"].notna().to_numpy())
    if not said:
        notes += (_how_to_set(),)
        return _answer(base, "industry", frame, _leads(base, "industry", frame), notes)
    mark = Text(" (we say we do not work with them)", " (заявлено: не работаем)")
    for lang in ("en", "ru"):
        named = frame[f"label_{lang}"]
        frame[f"label_{lang}"] = named.where(~frame["excluded"], named + mark.in_language(lang))
    return _answer(base, "industry", frame, _against(base, frame), notes)


def _shares(base: ClientBase, by: str) -> pd.DataFrame | CannotSay:
    """Revenue of the last 12 months by group, the largest first."""
    invoices, codes = base.tables["invoices"], base.codes("invoices")[0]
    inside = (invoices["issued_on"] >= last_year(base)).to_numpy()
    codes, amount = codes[inside], invoices["amount"].to_numpy(float)[inside]
    known = (codes >= 0) & ~np.isnan(amount)
    codes, amount = codes[known], amount[known]
    total = amount.sum()
    if not total > 0:
        return CannotSay.because(
            Text("Revenue by group: the last 12 months have no revenue.",
                 "Выручка по группам: за последние 12 месяцев выручки нет."),
            base.provenance())  # fmt: skip
    groups, values = pd.factorize(of_client(base, by))
    groups = np.where(groups < 0, len(values), groups)  # not told is a group of its own
    revenue = np.bincount(groups[codes], amount, len(values) + 1)
    clients = np.bincount(groups[np.unique(codes)], minlength=len(values) + 1)
    named = [*values, None]
    labels = [labelled(by, value) for value in named]
    frame = pd.DataFrame({
        "group": pd.Series(named, dtype=object), "label_en": [label.en for label in labels],
        "label_ru": [label.ru for label in labels], "estimate": revenue / total, "low": np.nan,
        "high": np.nan, "base": clients, "revenue": revenue})  # fmt: skip
    frame = frame[frame["base"] > 0]
    return frame.sort_values("revenue", ascending=False, kind="stable", ignore_index=True)


def _answer(base: ClientBase, by: str, frame: pd.DataFrame, told: Text, notes) -> ByGroup:
    first, last = f"{last_year(base):%Y-%m-%d}", f"{base.day:%Y-%m-%d}"
    column = tables()["clients"].by_name.get(by)
    meaning = column.meaning if column else Text(f"'{by}'", f"«{by}»")
    advice = Text("", "")
    if "excluded" in frame and frame["excluded"].any():
        advice = Text(
            "Decide: either say that we work with these industries, or take no more of them.",
            "Решить: либо открыто работать с этими отраслями, либо больше их не брать.",
        )
    marked = "excluded" if "excluded" in frame and frame["excluded"].any() else ""
    return ByGroup(
        frame, base.provenance(int(frame["base"].sum()), CLIENTS), notes, marked=marked,
        subject=Text("Share of revenue", "Доля выручки"), told=told, advice=advice,
        what=Text(f"Share of revenue from {first} to {last} by {meaning.en}",
                  f"Доля выручки с {first} по {last}; разрез: {meaning.ru}"),
    )  # fmt: skip


def _notes(base: ClientBase, frame: pd.DataFrame) -> tuple[Text, ...]:
    notes = [FACTS]
    if last_year(base) == base.observed_from:
        notes.append(Text("The records are no longer than 12 months: all of them are used.",
                          "Записи не длиннее 12 месяцев: взяты все."))  # fmt: skip
    none = frame[frame["group"].isna()]
    if len(none):
        share = float(none["estimate"].iloc[0])
        notes.append(Text(f"No group is told for {percent(share)} of revenue.",
                          f"Группа не указана у {percent(share, 'ru')} выручки."))  # fmt: skip
    if (frame["revenue"] < 0).any():
        notes.append(
            Text(
                "A group has more credit notes than invoices: its share is negative.",
                "В одной из групп сторно больше счетов: её доля отрицательна.",
            )
        )
    return tuple(notes)


def _clients(count: int) -> Text:
    return Text(
        f"{number(count)} {plural(count, 'client', 'clients')}",
        f"{number(count, 'ru')} {plural(count, 'клиент', 'клиента', 'клиентов')}",
    )


def _leads(base: ClientBase, by: str, frame: pd.DataFrame) -> Text:
    """The group with most revenue, in a sentence."""
    row, clients = frame.iloc[0], _clients(int(frame["base"].iloc[0]))
    head = Text(f"Group with most revenue by '{by}'", f"Больше всего выручки по полю «{by}»")
    if by == "industry":
        head = Text("Industry with most revenue", "Отрасль с наибольшей выручкой")
    return Text(
        f"{head.en}: {row['label_en']}, {percent(row['estimate'])} "
        f"({in_currency(row['revenue'], base.currency)}, {clients.en}).",
        f"{head.ru}: {row['label_ru']}, {percent(row['estimate'], 'ru')} "
        f"({in_currency(row['revenue'], base.currency, 'ru')}, {clients.ru}).",
    )


def _against(base: ClientBase, frame: pd.DataFrame) -> Text:
    """What comes from industries the agency says it does not work with."""
    inside = frame[frame["excluded"]]
    if inside.empty:
        return Text(
            "No revenue comes from industries that we say we do not work with "
            f"(since {last_year(base):%Y-%m-%d}).",
            "Из отраслей, с которыми, как заявлено, не работаем, выручки нет "
            f"(с {last_year(base):%Y-%m-%d}).",
        )
    clients, revenue = _clients(int(inside["base"].sum())), float(inside["revenue"].sum())
    share = float(inside["estimate"].sum())
    return Text(
        f"From industries that we say we do not work with: {percent(share)} of revenue "
        f"({clients.en}, {in_currency(revenue, base.currency)}).",
        f"Из отраслей, с которыми, как заявлено, не работаем: {percent(share, 'ru')} выручки "
        f"({clients.ru}, {in_currency(revenue, base.currency, 'ru')}).",
    )


def _how_to_set() -> Text:
    line = '[agency] not_industries = ["…"]'
    return Text(f"Which industries the agency says it does not work with is not set: {line} in "
                "clientlab.toml.",
                f"Не задано, с какими отраслями агентство, по его словам, не работает: {line} в "
                "clientlab.toml.")  # fmt: skip
