"""Whether clients pay in time, and how it changes.

It answers: what share of invoices is paid by its day, by period and by group. Credit notes
and negative amounts are left out; an invoice paid before its day is on time.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import ByGroup, OverTime, interval_of
from clientlab.clients.base import ClientBase
from clientlab.clients.growth import cannot_say, no_period
from clientlab.clients.nouns import INVOICES
from clientlab.clients.periods import IN_A_YEAR, PERIODS, complete
from clientlab.clients.positioning import of_client
from clientlab.clients.schema import labelled, tables
from clientlab.clients.spells import lacks_by
from clientlab.clients.windows import last_year
from clientlab.results import CannotSay
from clientlab.stats import design
from clientlab.stats.ratios import leverage_ratio
from clientlab.wording import Text, number, percent

NEEDED = ("due_on", "paid_on")
ON_TIME = Text("Invoices paid on time", "Счета, оплаченные в срок")
NONE_DUE = Text("no invoice with a due day fell due", "ни у одного счёта срок оплаты не наступил")
TESTED = 5_000_000  # rows × groups over which the test would need too much memory


def payment_discipline(base: ClientBase, *, period: str = "Q") -> OverTime | CannotSay:
    """Share of the invoices that fell due in a period and were paid by their due day.

    share = paid by the due day ÷ fell due in the period (S2; system B20). Invoices of a
    client go together: linearised logit intervals with clients as clusters, and the
    same clients in two periods count with their covariance. The first period lacks
    what was issued before the records begin.

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}
        Only periods that the records cover wholly.

    Returns
    -------
    OverTime
        `frame`: ``period, estimate, low, high, base`` (invoices), ``clients``,
        ``median_days_late`` of those paid late so far.

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    Of two invoices that fall due in the quarter one is paid a day late:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"],
    ...         "started_on": ["2023-05-01", "2023-06-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "amount": [100, 70],
    ...         "issued_on": ["2024-01-10", "2024-01-10"], "due_on": ["2024-01-20"] * 2,
    ...         "paid_on": ["2024-01-21", "2024-01-15"]})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> payment_discipline(base).frame[["estimate", "base", "median_days_late"]].values.tolist()
    [[0.5, 2.0, 1.0]]
    """
    periods = complete(base, period)
    missing = base.lacks(ON_TIME, invoices=NEEDED)
    if missing:
        return missing
    if periods.empty:
        return cannot_say(base, ON_TIME, no_period(period))
    rows = _fell_due(base, periods["first"].iloc[0], periods["last"].iloc[-1])
    number_of = np.searchsorted(periods["first"].to_numpy(), rows["due_on"].to_numpy(), "right") - 1
    parts = [rows[number_of == index] for index in range(len(periods))]
    if rows.empty:
        return _cannot(base, NONE_DUE)
    frame = pd.DataFrame(
        [
            {"period": first, **_share(part)}
            for first, part in zip(periods["first"], parts, strict=True)
        ]
    )
    return OverTime(
        frame, base.provenance(len(rows), INVOICES), _notes(frame),
        changes=_changes(frame, parts, period), period=period, subject=ON_TIME,
        of=INVOICES, better=1,
        what=Text(f"Paid by their due day, of invoices that fell due in the {PERIODS[period].en}; "
                  "95% intervals (clients as clusters)",
                  f"Оплачены в срок, от счетов со сроком оплаты за {PERIODS[period].ru}; 95%-е "
                  "интервалы (кластеры — клиенты)"),
        advice=Text("Ask those who began to pay late what has changed on their side.",
                    "Спросить тех, кто начал платить позже, что у них изменилось."),
    )  # fmt: skip


def payment_by(base: ClientBase, by: str) -> ByGroup | CannotSay:
    """Share of invoices paid on time by a column of clients, over the last 12 months.

    share = paid by the due day ÷ fell due since (S2; system B20), as in
    `payment_discipline`. Whether groups differ: Rao & Scott's F with clients as clusters.

    Parameters
    ----------
    base : ClientBase
    by : str
        Column of clients; undated ones are used as on the day of the export.

    Returns
    -------
    ByGroup
        `frame`: ``group, label_en, label_ru, estimate, low, high, base`` (invoices),
        ``clients, median_days_late``; the most punctual group first.

    Raises
    ------
    InvalidValue
        If there is no such column.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "region": ["North", "South"],
    ...         "started_on": ["2023-05-01", "2023-06-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "amount": [100, 70],
    ...         "issued_on": ["2024-01-10", "2024-01-10"], "due_on": ["2024-01-20"] * 2,
    ...         "paid_on": ["2024-01-21", "2024-01-15"]})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> payment_by(base, "region").frame[["group", "estimate", "base"]].values.tolist()
    [['South', 1.0, 1], ['North', 0.0, 1]]
    """
    missing = lacks_by(base, by, ON_TIME) or base.lacks(ON_TIME, invoices=NEEDED)
    if missing:
        return missing
    rows = _fell_due(base, last_year(base), base.day)
    if rows.empty:
        return _cannot(base, NONE_DUE)
    codes, values = pd.factorize(of_client(base, by)[rows["client"].to_numpy()])
    lines = []
    for code in np.unique(codes):
        value = None if code < 0 else values[code]
        label = labelled(by, value)
        lines.append({"group": value, "label_en": label.en, "label_ru": label.ru,
                      **_share(rows[codes == code])})  # fmt: skip
    frame = pd.DataFrame(lines).astype({"group": object})
    frame = frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    whole, meaning = _share(rows), tables()["clients"].by_name.get(by)
    meaning = meaning.meaning if meaning else Text(f"'{by}'", f"«{by}»")
    return ByGroup(
        frame, base.provenance(len(rows), INVOICES), _notes(frame),
        subject=ON_TIME, overall=whole["estimate"],
        told=_told_by(frame, whole, _differ(rows, codes), meaning),
        what=Text(f"Invoices paid on time, of those due since {last_year(base):%Y-%m-%d}, by "
                  f"{meaning.en}; line: all; 95% intervals (clients as clusters)",
                  f"Доля оплаченных в срок, срок с {last_year(base):%Y-%m-%d}; разрез: "
                  f"{meaning.ru}; линия — все; 95%-е интервалы (кластеры — клиенты)"),
    )  # fmt: skip


def _cannot(base: ClientBase, why: Text) -> CannotSay:
    return CannotSay.because(
        Text(f"{ON_TIME.en}: {why.en}.", f"{ON_TIME.ru}: {why.ru}."), base.provenance()
    )


def billed(invoices: pd.DataFrame, rows: np.ndarray) -> np.ndarray:
    """Of these rows the ones that are to be paid: no credit notes, nothing negative."""
    keep = invoices["amount"].to_numpy()[rows] > 0
    if "kind" in invoices:
        keep &= ~(invoices["kind"].iloc[rows] == "credit_note").fillna(False).to_numpy(bool)
    return rows[keep]


def _fell_due(base: ClientBase, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Invoices due between two days: ``client`` (index), ``due_on, on_time, late`` (days)."""
    invoices = base.tables["invoices"]
    due, codes = invoices["due_on"].to_numpy(), base.codes("invoices")[0]
    inside = (due >= first.to_datetime64()) & (due <= last.to_datetime64())
    rows = billed(invoices, np.flatnonzero(inside))
    found = pd.DataFrame({"client": codes[rows], "due_on": due[rows],
                          "paid_on": invoices["paid_on"].to_numpy()[rows]})  # fmt: skip
    if {"invoice_id", "service"} <= set(invoices):
        found = _as_invoices(found, invoices["invoice_id"].iloc[rows].reset_index(drop=True))
    late = (found["paid_on"] - found["due_on"]).dt.days
    return found.assign(on_time=(late <= 0).astype(float), late=late.where(late > 0))


def _as_invoices(lines: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """One row per invoice of several services: paid when its last line is."""
    named = ids.notna()
    # Not paid must stay the last: max() would pass over what is missing.
    never = pd.Timestamp.max.floor("D")
    grouped = lines[named].assign(paid_on=lines["paid_on"].astype("datetime64[ns]").fillna(never))
    keys = ["client", ids[named]]
    whole = grouped.groupby(keys, sort=False).agg({"due_on": "max", "paid_on": "max"})
    whole = whole.reset_index()[list(lines)]
    whole["paid_on"] = whole["paid_on"].mask(whole["paid_on"] == never)
    return pd.concat([whole, lines[~named]], ignore_index=True)


def _ends(made) -> tuple[float, float, float]:
    """Estimate and interval; NaN where there is too little or the spread says nothing."""
    try:
        found = made()
    except ValueError:  # one client, or none
        return (np.nan,) * 3
    return float(found.estimate), float(found.low), float(found.high)


def _share(rows: pd.DataFrame) -> dict[str, float]:
    """Share on time of some invoices, with base, clients and the median delay."""
    hit = rows["on_time"].to_numpy()
    by_client = rows.groupby("client")["on_time"]
    on_time = leverage_ratio(by_client.sum().to_numpy(), by_client.size().to_numpy(), bounded=True)
    return {
        "estimate": float(hit.mean()) if len(hit) else np.nan, "low": on_time.low,
        "high": on_time.high, "base": len(hit), "clients": rows["client"].nunique(),
        "median_days_late": float(rows["late"].median()) if rows["late"].notna().any() else np.nan,
    }  # fmt: skip


def _changes(frame: pd.DataFrame, parts: list[pd.DataFrame], period: str) -> pd.DataFrame:
    """The last period less the one before and the one a year ago."""
    lines = []
    for against, back in (("previous", 1), ("year_ago", IN_A_YEAR[period])):
        if len(frame) <= back or (against == "year_ago" and back == 1):
            continue
        both = pd.concat([parts[-1 - back], parts[-1]])
        now = np.repeat([0, 1], [len(parts[-1 - back]), len(parts[-1])])
        _, low, high = _ends(lambda both=both, now=now: _gap(both, now))
        then = frame.iloc[-1 - back]
        gap = frame["estimate"].iloc[-1] - then["estimate"]
        if low == high:  # all alike in both periods: no spread to judge by
            low = high = np.nan
        lines.append((against, then["period"], gap, low, high, int(then["base"])))
    return pd.DataFrame(lines, columns=["against", "period", "estimate", "low", "high", "base"])


def _gap(both: pd.DataFrame, now: np.ndarray):
    plan = design.Design(clusters=both["client"])
    return design.difference(both["on_time"].to_numpy(), now, plan)


def _differ(rows: pd.DataFrame, codes: np.ndarray) -> bool | None:
    """Whether groups differ more than chance gives; None if it cannot be told."""
    if len(rows) * (codes.max() + 2) > TESTED:
        return None
    try:
        with np.errstate(all="ignore"):
            found = design.rao_scott(codes, rows["on_time"].to_numpy(),
                                     design.Design(clusters=rows["client"]))  # fmt: skip
    except ValueError:
        return None
    return None if np.isnan(found.p) else bool(found.p < 0.05)


def _told_by(frame: pd.DataFrame, whole: dict, differ: bool | None, by: Text) -> Text:
    """Which group pays best and worst, and whether that can be told from chance."""
    best, worst, base = frame.iloc[0], frame.iloc[-1], int(whole["base"])
    all_of = []
    for lang, head, of in (("en", "all:", "invoices"), ("ru", "все:", "счетов")):
        ends = ""
        if not np.isnan(whole["low"]):
            word = Text("95% interval", "95%-й интервал").in_language(lang)
            ends = f", {word} {interval_of(whole['low'], whole['high'], 'share', lang)}"
        unit = Text("base", "база").in_language(lang)
        all_of.append(f" ({head} {percent(whole['estimate'], lang)}{ends}, {unit} "
                      f"{number(base, lang)} {of}).")  # fmt: skip
    if len(frame) == 1:
        head = Text(
            f"Paid on time: {percent(whole['estimate'])}; there is one group only",
            f"Оплачено в срок: {percent(whole['estimate'], 'ru')}; группа всего одна",
        )
    elif differ:
        head = Text(
            f"Payment on time differs by {by.en}: {best['label_en']} {percent(best['estimate'])}, "
            f"{worst['label_en']} {percent(worst['estimate'])}",
            f"Оплата в срок различается (разрез: {by.ru}): {best['label_ru']} "
            f"{percent(best['estimate'], 'ru')}, {worst['label_ru']} "
            f"{percent(worst['estimate'], 'ru')}",
        )
    elif differ is None:
        head = Text(f"Whether payment on time differs by {by.en} cannot be told",
                    f"Различается ли оплата в срок, сказать нельзя: разрез — {by.ru}")  # fmt: skip
    else:
        head = Text(f"Groups cannot be told apart in paying on time: {by.en}",
                    f"По оплате в срок группы не отличить: {by.ru}")  # fmt: skip
    return Text(head.en + all_of[0], head.ru + all_of[1])


def _notes(frame: pd.DataFrame) -> tuple[Text, ...]:
    notes = []
    if frame["median_days_late"].notna().any():
        notes.append(
            Text(
                "Days late are of invoices paid so far: what is unpaid is later still.",
                "Дни задержки — по уже оплаченным счетам: у неоплаченных она больше.",
            )
        )
    bare = int((frame["low"].isna() & (frame["base"] > 0)).sum())
    if bare:
        notes.append(
            Text(
                f"No interval with invoices of one client only: {bare} of {len(frame)}.",
                f"Без интервала, счета одного клиента: {bare} из {len(frame)}.",
            )
        )
    few = int(((frame["clients"] < 30) & (frame["base"] > 0)).sum())
    if few:
        notes.append(
            Text(
                f"{few} of {len(frame)} shares stand on fewer than 30 clients.",
                f"Менее чем по 30 клиентам посчитано долей: {few} из {len(frame)}.",
            )
        )
    return tuple(notes)
