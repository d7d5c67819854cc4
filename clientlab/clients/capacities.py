"""How much work is there to do for a client, and how much of it is taken.

It answers: what share of the capacity of today's clients the agency has, with whom the
rest is, and what was there with those who refused. Public names are importable from
`clientlab.clients.value`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import ByGroup, in_currency
from clientlab.clients.base import ClientBase
from clientlab.clients.growth import ends_of
from clientlab.clients.last_months import last_months, nothing_in
from clientlab.clients.nouns import CURRENT, DEALS
from clientlab.clients.spells import current
from clientlab.results import CannotSay
from clientlab.stats import design
from clientlab.wording import Text, number, percent, percent_range

CAPACITY = Text("Capacity of clients", "Ёмкость клиентов")
LOST = Text("Capacity of lost deals", "Ёмкость отказов")


def capacity(base: ClientBase) -> ByGroup | CannotSay:
    """Work the agency could do for each client in a year, and what is left of it.

    Share taken = revenue of the last 365 days ÷ capacity; left = capacity − revenue, at
    least 0 (S1; system B9).

    Parameters
    ----------
    base : ClientBase
        Needs `capacity` in clients, which is known on the day of the export only.

    Returns
    -------
    ByGroup
        `frame`: ``group`` (client_id), ``label_en, label_ru, capacity, revenue, taken,
        estimate`` (left, money), ``low, high`` (NaN: a number of one client), ``base``, by
        what is left. `told` has the share of all with a linearised t interval.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2024-01-01",
    ...                              "capacity": [1000, 500]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "issued_on": "2024-02-05",
    ...                               "amount": [250, 600]})})
    >>> capacity(base).frame[["group", "taken", "estimate"]].values.tolist()
    [['a', 0.25, 750.0], ['b', 1.2, 0.0]]
    """
    if missing := base.lacks(CAPACITY, clients=("capacity",)):
        return missing
    names = ("name",) if base.has("clients", "name") else ()
    here = current(base, "capacity", *names)
    known = here[here["capacity"] > 0].reset_index(drop=True)
    window = f"{base.day:%Y-%m-%d}"
    if known.empty:
        none = Text("no current client has a capacity that is known",
                    "ни у одного текущего клиента ёмкость не известна")  # fmt: skip
        return nothing_in(base, CAPACITY, window, none)
    invoices, (codes, ids) = base.tables["invoices"], base.codes("invoices")
    since = base.day - pd.Timedelta(days=364)
    recent = (invoices["issued_on"] >= since).to_numpy() & (codes >= 0)
    sums = np.bincount(codes[recent], invoices["amount"].to_numpy(float)[recent], len(ids))
    revenue = np.maximum(sums[ids.get_indexer(known["client_id"])], 0.0)
    size = known["capacity"].to_numpy(float)
    label = known["name"] if names else known["client_id"]
    label = label.fillna(known["client_id"])
    frame = pd.DataFrame(
        {
            "group": known["client_id"],
            "label_en": label,
            "label_ru": label,
            "capacity": size,
            "revenue": revenue,
            "taken": revenue / size,
            "estimate": np.maximum(size - revenue, 0.0),
            "low": np.nan,
            "high": np.nan,
            "base": 1,
        }
    )
    frame = frame.sort_values(["estimate", "group"], ascending=[False, True], ignore_index=True)
    share = ends_of(revenue / size, lambda: design.ratio(revenue, size, design.Design()))
    share["estimate"] = float(revenue.sum() / size.sum())
    return ByGroup(
        frame.assign(base=len(known)), base.provenance(len(known), CURRENT),
        _notes(base, here, known, frame, since), subject=CAPACITY,
        told=_told(base, frame, share),
        what=Text("Capacity left: work the agency could do in a year less revenue of the last 365 "
                  "days",
                  "Свободная ёмкость: объём работ за год минус выручка за последние 365 дней"),
        advice=Text("Bring one idea to each of the first five clients this month.",
                    "Принести по одной идее каждому из первых пяти клиентов в этом месяце."),
        unit_of_estimate="money",
    )  # fmt: skip


def _told(base: ClientBase, frame: pd.DataFrame, share: dict[str, float]) -> Text:
    first = frame.iloc[0]
    said = []
    for lang in ("en", "ru"):
        ends = ""
        if not np.isnan(share["low"]):
            reach = percent_range(max(share["low"], 0.0), share["high"], lang)
            ends = f" ({reach}, {number(len(frame), lang)})"
        whole = in_currency(frame["capacity"].sum(), base.currency, lang)
        left = in_currency(first["estimate"], base.currency, lang)
        taken = percent(share["estimate"], lang)
        said.append(Text(
            f"Taken of the capacity of current clients, {whole} a year: {taken}{ends}. Most is "
            f"left with {first['label_en']}: {left}.",
            f"Занято {taken}{ends} ёмкости текущих клиентов, {whole} в год. Больше всего свободно "
            f"у {first['label_ru']}: {left}.").in_language(lang))  # fmt: skip
    return Text(*said)


def _notes(
    base: ClientBase,
    here: pd.DataFrame,
    known: pd.DataFrame,
    frame: pd.DataFrame,
    since: pd.Timestamp,
) -> tuple[Text, ...]:
    notes = []
    if len(known) < len(here):
        many = len(here) - len(known)
        notes.append(
            Text(
                f"Capacity is not known of {many} of {len(here)} current clients.",
                f"Ёмкость не известна у {many} из {len(here)} текущих клиентов.",
            )
        )
    over = int((frame["taken"] > 1).sum())
    if over:
        notes.append(
            Text(
                f"More was billed than the capacity of {over}: that number is too low.",
                f"Выставлено больше ёмкости у {over}: ёмкость занижена.",
            )
        )
    if since < base.observed_from:
        notes.append(
            Text(
                "The records are shorter than a year: the share taken is too low.",
                "Записи короче года: занятая доля занижена.",
            )
        )
    return tuple(notes)


def lost_capacity(base: ClientBase, *, months: int = 12) -> ByGroup | CannotSay:
    """What was there with those who refused: the analogue of LTV for non-clients.

    Amounts of the proposals refused in the last whole months, by the capacity for us that
    was noted, 1–5 (S1; system B9).

    Parameters
    ----------
    base : ClientBase
        Needs deals_lost with amounts; capacity_score is used if it is there.
    months : int

    Returns
    -------
    ByGroup
        `frame`: ``group`` (score; None: not noted), ``label_en, label_ru, count, estimate``
        (sum of amounts), ``low, high`` (NaN: all deals are counted), ``base``.

    Raises
    ------
    InvalidValue
        If `months` is no positive whole number.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["2024-01-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-05"],
    ...                               "amount": [9]}),
    ...     "deals_lost": pd.DataFrame({"lost_on": ["2024-02-01"] * 3, "amount": [100, 50, 70],
    ...                                 "capacity_score": [5, 5, 2]})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> lost_capacity(base, months=3).frame[["group", "count", "estimate"]].values.tolist()
    [[5, 2, 150.0], [2, 1, 70.0]]
    """
    if missing := base.lacks(LOST, deals_lost=("amount",)):
        return missing
    found = last_months(base, LOST, months)
    if isinstance(found, CannotSay):
        return found
    first, last, window = found
    deals = base.tables["deals_lost"]
    deals = deals[(deals["lost_on"] >= first) & (deals["lost_on"] <= last)]
    if not deals["amount"].sum() > 0:
        return nothing_in(base, LOST, window, Text("no amounts", "сумм нет"))
    score = deals["capacity_score"] if "capacity_score" in deals else pd.Series(
        np.nan, index=deals.index)  # fmt: skip
    rows = []
    for value in sorted(score.dropna().unique(), reverse=True):
        part = deals[score == value]
        rows.append((int(value), f"capacity {int(value)} of 5", f"ёмкость {int(value)} из 5",
                     len(part), part["amount"].sum()))  # fmt: skip
    unknown = deals[score.isna()]
    if len(unknown):
        rows.append((None, "not noted", "не отмечена", len(unknown), unknown["amount"].sum()))
    columns = ["group", "label_en", "label_ru", "count", "estimate"]
    frame = pd.DataFrame(rows, columns=columns).astype({"group": object, "estimate": float})
    frame = frame.assign(low=np.nan, high=np.nan, base=frame["count"])
    bare = int(deals["amount"].isna().sum())
    notes = (Text(f"Refusals without an amount, counted as nothing: {bare}.",
                  f"Отказы без суммы посчитаны как ноль: {bare}."),) * bool(bare)  # fmt: skip
    whole = [in_currency(deals["amount"].sum(), base.currency, lang) for lang in ("en", "ru")]
    high = frame[frame["group"].map(lambda one: one is not None and one >= 4)]
    share = high["estimate"].sum() / frame["estimate"].sum()
    return ByGroup(
        frame, base.provenance(len(deals), DEALS), notes, subject=LOST,
        told=Text(
            f"Refused in {window}: {whole[0]} in {len(deals)} proposals; {percent(share)} of it "
            "with companies of capacity 4 or 5.",
            f"Отказы за {window}: {whole[1]}, предложений {len(deals)}; {percent(share, 'ru')} "
            "этой суммы — компании с ёмкостью 4 или 5.",
        ),
        what=Text("Sum of the proposals that were refused, by the capacity for us",
                  "Сумма предложений, на которые отказали, по ёмкости для нас"),
        advice=Text("Write to those of capacity 4 and 5 shortly before their release.",
                    "Написать компаниям с ёмкостью 4 и 5 незадолго до их релиза."),
        unit_of_estimate="money",
    )  # fmt: skip
