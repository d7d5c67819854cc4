"""Whether the same clients buy more: of the same services, and of new ones.

It answers: how much revenue the clients of before added, and who sold it. Public names
are importable from `clientlab.clients.kpis`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.clients.answers import WRITE, ByGroup, interval_of, money
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CLIENTS, RECURRING
from clientlab.clients.periods import PERIODS, called, complete, shorter
from clientlab.clients.revenue_months import MONTH, of_kind
from clientlab.clients.schema import tables
from clientlab.results import CannotSay
from clientlab.stats import design
from clientlab.stats.estimate import Estimate
from clientlab.wording import Text, counted, number, percent

EXPANSION = Text("Expansion revenue", "Допродажи")
SELLERS = tables()["invoices"]["sold_by"].allowed
WHAT = {
    "up_sell": Text("up-sell", "рост прежних услуг"),
    "cross_sell": Text("cross-sell", "новые услуги"),
}
NOT_TOLD = Text("not told who", "кто — не указано")


def expansion(base: ClientBase, *, period: str = "Q") -> ByGroup | CannotSay:
    """What current clients bought more in the last whole period, and who sold it.

    Of clients with R0 > 0, the recurring revenue of the month before the period, and R1
    of its last month: up-sell = Σ max(R1 − R0, 0) by client and service bought in the 12
    months before; cross-sell = revenue of any kind in the last month for services not
    bought before; both ÷ Σ R0 (S2, S4; system B21). What several sellers sold of a
    service is shared out by what they billed. Linearised t intervals over clients.

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}

    Returns
    -------
    ByGroup
        `frame`: ``group`` (say 'up_sell: account'), ``label_en, label_ru, estimate, low,
        high, base`` (clients with R0 > 0), ``count`` (clients who bought), ``revenue``,
        ``what, sold_by``. Without services up-sell only.

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    In March a pays 20 more for SEO, b buys design for 30; both paid 100 in December:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": list("ababb"),
    ...         "amount": [100, 100, 120, 90, 30], "service": ["SEO"] * 4 + ["design"],
    ...         "issued_on": ["2023-12-05"] * 2 + ["2024-03-05"] * 3})},
    ...     observed_from="2023-12-01", observed_until="2024-03-31")
    >>> expansion(base).frame[["group", "estimate", "base"]].values.tolist()
    [['up_sell', 0.1, 2], ['cross_sell', 0.15, 2]]
    """
    periods = complete(base, period)
    early = periods["first"] - pd.DateOffset(months=1) < base.observed_from
    periods = periods[~early.to_numpy(bool)]
    if periods.empty:
        return cannot_say(base, EXPANSION, no_period(period, before=True))
    first, last = periods.iloc[-1][["first", "last"]]
    sold = _sold(base, first, last)
    if not len(sold.before):
        why = Text(f"no recurring revenue in the month before {first:%Y-%m-%d}",
                   f"нет регулярной выручки в месяце до {first:%Y-%m-%d}")  # fmt: skip
        return cannot_say(base, EXPANSION, why)
    frame = _lines(sold)
    provenance = base.provenance(len(sold.before), RECURRING)
    told, leader = _told(sold, Text(*(called(first, period, lang) for lang in ("en", "ru"))))
    return ByGroup(
        frame, provenance, (*sold.notes, *without_interval(frame)), subject=EXPANSION, told=told,
        what=Text("Revenue that the same clients added by the last month of the period ÷ their "
                  "recurring revenue of the month before it; 95% intervals (t)",
                  "Выручка, добавленная теми же клиентами к последнему месяцу периода, ÷ их "
                  "регулярная выручка за месяц до него; 95%-е интервалы (t)"),
        advice=_advice(frame, leader),
    )  # fmt: skip


@dataclass(frozen=True)
class _Sold:
    """R0 by client, and what was added: kind of sale → (clients, sellers)."""

    before: np.ndarray
    added: dict[str, np.ndarray]
    sellers: tuple[str | None, ...]
    notes: tuple[Text, ...]

    def share(self, part: np.ndarray) -> dict[str, float]:
        """Σ part ÷ Σ R0 with its interval."""
        found = ends_of(part, lambda: design.ratio(part, self.before, design.Design()))
        share = float(part.sum() / self.before.sum())
        return {"estimate": share, "low": np.fmax(found["low"], 0.0) + 0 * found["low"],
                "high": found["high"]}  # fmt: skip


def _sold(base: ClientBase, first: pd.Timestamp, last: pd.Timestamp) -> _Sold:
    """What clients with R0 > 0 added, by seller; see `expansion`."""
    rows, has_service = _rows(base), base.has("invoices", "service")
    before = rows[rows["regular"] & (rows["month"] == first - pd.DateOffset(months=1))]
    paid = before.groupby("client")["amount"].sum()
    paid = paid[paid > 0]
    end = rows[(rows["month"] == last.replace(day=1)) & rows["client"].isin(paid.index)]
    earlier = rows[(rows["issued_on"] < first) & (rows["amount"] > 0)
                   & (rows["issued_on"] >= base.observed_from)]  # fmt: skip
    lately = earlier[earlier["issued_on"] >= first - pd.DateOffset(months=12)]
    cells = pd.DataFrame(
        {
            "all": end.groupby("cell")["amount"].sum(),
            "regular": end[end["regular"]].groupby("cell")["amount"].sum(),
        }
    )
    cells = cells.fillna(0.0)
    spent = before.groupby("cell")["amount"].sum().reindex(cells.index, fill_value=0.0)
    told = ~cells.index.isin(end.loc[~end["told"], "cell"])
    ever = cells.index.isin(earlier["cell"].unique()) | ~told
    year = cells.index.isin(lately["cell"].unique()) | ~told
    gain = {"up_sell": (cells["regular"] - spent).clip(lower=0.0) * year}
    if has_service:
        gain["cross_sell"] = cells["all"].clip(lower=0.0) * ~ever
    added = {what: _by_seller(end[end["regular"]] if what == "up_sell" else end, values, paid.index)
             for what, values in gain.items()}  # fmt: skip
    back = int((ever & ~year & (cells["all"] > 0)).sum())
    sellers = (*SELLERS, None) if base.has("invoices", "sold_by") else (None,)
    notes = _expansion_notes(base, first, back, int((~end["told"]).sum()))
    return _Sold(paid.to_numpy(), added, sellers, notes)


def _rows(base: ClientBase) -> pd.DataFrame:
    """Invoices in numbers: ``client, cell`` (client and service), ``told`` (the service),
    ``month, issued_on, amount, regular, seller``.
    """
    invoices, codes = base.tables["invoices"], base.codes("invoices")[0]
    issued, service = invoices["issued_on"], np.zeros(len(invoices), np.int64)
    count = 1
    if base.has("invoices", "service"):
        service, names = pd.factorize(invoices["service"])
        count = len(names) + 1
    seller = np.full(len(invoices), -1)
    if base.has("invoices", "sold_by"):
        seller = pd.Categorical(invoices["sold_by"], categories=list(SELLERS)).codes
    return pd.DataFrame({
        "client": codes, "cell": codes.astype(np.int64) * count + service % count,
        "told": service >= 0, "issued_on": issued, "amount": invoices["amount"],
        "month": issued.to_numpy().astype(MONTH).astype("datetime64[s]"),
        "regular": of_kind(base, invoices, "recurring"), "seller": seller})  # fmt: skip


def _by_seller(end: pd.DataFrame, gain: pd.Series, clients: pd.Index) -> np.ndarray:
    """What was added, shape (clients, sellers), shared out by what each seller billed."""
    billed = end[end["amount"] > 0]
    keys = [billed["client"], billed["cell"], billed["seller"]]
    parts = billed.groupby(keys)["amount"].sum().reset_index()
    whole = parts.groupby("cell")["amount"].transform("sum")
    parts["gain"] = parts["amount"] / whole * parts["cell"].map(gain)
    table = parts.pivot_table(index="client", columns="seller", values="gain", aggfunc="sum")
    columns = [*range(len(SELLERS)), -1]
    return table.reindex(index=clients, columns=columns).fillna(0.0).to_numpy(float)


def _lines(sold: _Sold) -> pd.DataFrame:
    """A row by kind of sale and seller; those told by no row are left out."""
    rows = []
    for what, table in sold.added.items():
        for seller, part in zip(sold.sellers, table[:, -len(sold.sellers) :].T, strict=True):
            if seller is None and len(sold.sellers) > 1 and not part.any():
                continue
            label = WHAT[what]
            if len(sold.sellers) > 1:
                who = SELLERS[seller] if seller else NOT_TOLD
                label = Text(f"{label.en}: {who.en}", f"{label.ru}: {who.ru}")
            rows.append({
                "group": f"{what}: {seller}" if seller else what,
                "label_en": label.en, "label_ru": label.ru, **sold.share(part),
                "base": len(part), "count": int((part > 0).sum()), "revenue": part.sum(),
                "what": what, "sold_by": seller})  # fmt: skip
    return pd.DataFrame(rows)


def _leader(sold: _Sold) -> tuple[Text | None, float]:
    """Who sold more than anybody else by more than chance gives, and what part of all."""
    everything = np.sum(list(sold.added.values()), axis=0)
    sums, whole = everything[:, :-1], everything.sum()
    top, second = np.argsort(-sums.sum(axis=0), kind="stable")[:2]
    if len(sold.sellers) == 1 or not sold.share(sums[:, top] - sums[:, second])["low"] > 0:
        return None, np.nan
    return SELLERS[sold.sellers[top]], float(sums[:, top].sum() / whole)


def _told(sold: _Sold, name: Text) -> tuple[Text, Text | None]:
    """The answer in a sentence, and who sells most."""
    leader, part = _leader(sold)
    head, ends, base = (Text(*said) for said in zip(_said(sold, "en"), _said(sold, "ru"),
                                                    strict=True))  # fmt: skip
    end = Text("", "")
    if len(sold.sellers) > 1 and sum(sold.added.values()).any():
        end = Text(" Who sells most cannot be told.", " Кто продаёт больше всех, сказать нельзя.")
    if leader:
        end = Text(f" Who sold most: {leader.en}, {percent(part)}.",
                   f" Кто продал больше всех: {leader.ru}, {percent(part, 'ru')}.")  # fmt: skip
    return Text(
        f"Added by the same clients in {name.en}, of their recurring revenue: {head.en} (95% "
        f"intervals: {ends.en}; base {base.en} a month).{end.en}",
        f"Те же клиенты добавили за {name.ru}, к регулярной выручке: {head.ru} (95%-е интервалы: "
        f"{ends.ru}; база {base.ru} в месяц).{end.ru}",
    ), leader  # fmt: skip


def _said(sold: _Sold, lang: str) -> tuple[str, str, str]:
    """Shares, their intervals and the base as they are read out."""
    heads, ends = [], []
    for what, table in sold.added.items():
        label, share = WHAT[what].in_language(lang), sold.share(table.sum(axis=1))
        heads.append(f"{label} {WRITE['share'](share['estimate'], lang)}")
        reach = Text("none", "нет").in_language(lang)
        if not np.isnan(share["low"]):
            reach = interval_of(share["low"], share["high"], "share", lang)
        ends.append(f"{label} {reach}")
    clients = len(sold.before)
    base = f"{number(clients, lang)} {counted(clients, CLIENTS, lang)}"
    return ", ".join(heads), "; ".join(ends), f"{base}, {money(sold.before.sum(), lang)}"


def _advice(frame: pd.DataFrame, leader: Text | None) -> Text:
    if not frame["estimate"].any():
        return Text("Agree whose work it is to sell to current clients.",
                    "Договориться, кто продаёт нынешним клиентам.")  # fmt: skip
    if leader:
        return Text(f"Ask what works where most is sold ({leader.en}), and use it elsewhere.",
                    f"Узнать, что работает там, где продают больше всего ({leader.ru}), и "
                    "применить у остальных.")  # fmt: skip
    return Text("", "")


def _expansion_notes(
    base: ClientBase, first: pd.Timestamp, back: int, untold: int
) -> tuple[Text, ...]:
    """What is counted in neither, and what is not known."""
    notes = [Text("One-off projects of services bought before are in neither; cross-sell may be a "
                  "one-off.",
                  "Разовые проекты по прежним услугам не входят никуда; продажа новой услуги может "
                  "быть разовой.")]  # fmt: skip
    if not base.has("invoices", "service"):
        notes.append(Text("Invoices do not tell the service: what is new cannot be told from more "
                          "of the same, all counts as up-sell.",
                          "В счетах нет услуг: новые услуги от прежних не отличить, всё считается "
                          "ростом прежних."))  # fmt: skip
    elif untold:
        notes.append(
            Text(
                f"Lines of the last month without a service, counted as bought before: {untold}.",
                f"Строк последнего месяца без услуги, считаются прежними: {untold}.",
            )
        )
    if back:
        notes.append(
            Text(
                f"Services that came back after more than 12 months, in neither: {back}.",
                f"Услуги, вернувшиеся после 12 месяцев, не входят никуда: {back}.",
            )
        )
    if first - pd.DateOffset(months=12) < base.observed_from:
        notes.append(
            Text(
                "The records hold fewer than 12 months before the period: some services "
                "that look new are not.",
                "До периода записано меньше 12 месяцев: часть услуг лишь кажется новой.",
            )
        )
    return tuple(notes)


def ends_of(values: pd.Series | np.ndarray, made: Callable[[], Estimate]) -> dict[str, float]:
    """Estimate and interval; NaN where one client, or clients all alike, say nothing."""
    try:
        found = made()
    except ValueError:
        found = None
    estimate = float(np.mean(values)) if len(values) else np.nan
    # All alike: no spread to judge by, but for the noise of floats.
    if found is None or not found.se > 1e-12 * abs(found.estimate):
        return {"estimate": estimate, "low": np.nan, "high": np.nan}
    return {"estimate": estimate, "low": float(found.low), "high": float(found.high)}


def without_interval(frame: pd.DataFrame) -> tuple[Text, ...]:
    """A note on numbers without an interval; none if all have one."""
    bare = int((frame["low"].isna() & (frame["base"] > 0)).sum())
    if not bare:
        return ()
    return (
        Text(
            f"No interval where one client, or clients all alike, stand behind a number: "
            f"{bare} of {len(frame)}.",
            f"Без интервала, один клиент или все одинаковы: {bare} из {len(frame)}.",
        ),
    )


def no_period(period: str, before: bool = False) -> Text:
    """That the records cover no whole period, and which shorter one to try."""
    if before:
        return Text(f"the records cover no whole {PERIODS[period].en} with the month before it."
                    f"{shorter(period).en}",
                    f"записи не покрывают ни одного полного периода ({PERIODS[period].ru}) вместе "
                    f"с месяцем до него.{shorter(period).ru}")  # fmt: skip
    return Text(
        f"the records cover no whole {PERIODS[period].en}.{shorter(period).en}",
        f"записи не покрывают ни одного полного периода ({PERIODS[period].ru})."
        f"{shorter(period).ru}",
    )


def cannot_say(base: ClientBase, what: Text, why: Text) -> CannotSay:
    """A sentence in place of a number: subject and reason."""
    return CannotSay.because(
        Text(
            *(
                f"{subject}: {reason.rstrip('.')}."
                for subject, reason in zip(what, why, strict=True)
            )
        ),
        base.provenance(),
    )
