"""Any indicator by any column of clients: by financial model, role model, channel, region.

It answers: in which groups is a number higher, and can they be told apart. Public names
are importable from `clientlab.clients.kpis`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from clientlab.clients.answers import WRITE, ByGroup, OverTime, interval_of
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CLIENTS
from clientlab.clients.periods import called
from clientlab.clients.positioning import of_client
from clientlab.clients.schema import labelled, tables
from clientlab.clients.spells import lacks_by
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import proportions
from clientlab.wording import Text, counted, number

GROUPS = 20  # more would be a list of clients, not a breakdown
# Answered period by period, and of rows that belong to clients: refusals belong to none.
INDICATORS = (
    "churn_rate", "revenue_retention", "silence_churn", "nps", "csi", "average_check",
    "payment_discipline", "client_budget", "referral_rate",
)  # fmt: skip


def breakdown(
    base: ClientBase, indicator: Callable[..., Any], by: str, *, period: str = "Y"
) -> ByGroup | CannotSay:
    """An indicator in the last whole period, by a column of clients (S1; system B2).

    The indicator is computed on the clients of each group alone. Shares of clients are
    compared by Fisher's exact test. Of other numbers, groups share no client and their
    difference has the variance of both: |a − b| > √((a − lᵃ)² + (uᵇ − b)²) for the ends
    that face each other (Zou and Donner 2008, Statistics in Medicine 27). All pairs are
    corrected for their number (Holm).

    Parameters
    ----------
    base : ClientBase
    indicator : function
        One that answers period by period: ``kpis.churn_rate, revenue_retention,
        silence_churn, nps, csi, average_check, payment_discipline, client_budget,
        referral_rate``.
    by : str
        Column of clients. Of a client with several spells the last value that is told
        counts; undated columns are used as on the day of the export.
    period : {"Y", "Q", "M"}

    Returns
    -------
    ByGroup
        `frame`: ``group, label_en, label_ru, count, estimate, low, high, base, clients``,
        the highest first; NaN where the indicator cannot be told of a group. `overall` is the
        number of all clients.

    Raises
    ------
    InvalidValue
        If there is no such column, or the indicator does not answer period by period.

    Notes
    -----
    Intervals of few units are wider than the normal ones that the correction supposes:
    groups are then told apart less often than they could be.

    Examples
    --------
    Nobody of two clients in Kazan left in 2024, both in Perm did:

    >>> from clientlab.clients import ClientBase
    >>> from clientlab.clients.kpis import breakdown, churn_rate
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b", "c", "d"],
    ...         "started_on": "2023-05-01", "region": ["Kazan", "Kazan", "Perm", "Perm"],
    ...         "ended_on": [None, None, "2024-03-01", "2024-06-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-05"],
    ...         "amount": [100]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> breakdown(base, churn_rate, "region").frame[["group", "estimate"]].values.tolist()
    [['Perm', 1.0], ['Kazan', 0.0]]
    """
    name = getattr(indicator, "__name__", repr(indicator))
    if name not in INDICATORS:
        raise InvalidValue(
            f"{name} cannot be broken down by clients. Use one of: kpis.{', '.join(INDICATORS)}."
        )
    whole = indicator(base, period=period)
    if isinstance(whole, CannotSay):
        return whole
    if missing := lacks_by(base, by, whole.subject):
        return missing
    codes, values = pd.factorize(of_client(base, by))
    if len(values) > GROUPS:
        raise InvalidValue(
            f"by={by!r} has {len(values)} values: of so few clients each nothing can be said. Use "
            f"a column with at most {GROUPS}."
        )
    day, ids = whole.last["period"], base.codes("clients")[1]
    lines = []
    for code in np.unique(codes):
        clients, value = ids[codes == code], None if code < 0 else values[code]
        label = labelled(by, value)
        part = indicator(base.of(clients), period=period)
        lines.append({"group": value, "label_en": label.en, "label_ru": label.ru,
                      **_of_period(part, day), "clients": len(clients)})  # fmt: skip
    frame = pd.DataFrame(lines).astype({"group": object})
    frame = frame.sort_values(["estimate", "base"], ascending=False, kind="stable",
                              ignore_index=True)  # fmt: skip
    return _answer(base, whole, frame, by)


def differences(frame: pd.DataFrame) -> np.ndarray:
    """Adjusted p-values of all pairs of groups whose interval is known (Holm).

    Parameters
    ----------
    frame : DataFrame
        ``estimate, low, high`` of groups that share nothing; with ``count`` and ``base``,
        shares of a count.

    Returns
    -------
    ndarray of shape (pairs,)
    """
    known = frame.dropna(subset=["low", "high"])
    if len(known) < 2:
        return np.empty(0)
    one, two = np.triu_indices(len(known), 1)
    if "count" in known and np.allclose(known["count"] / known["base"], known["estimate"]):
        hits, base = known["count"].to_numpy(int), known["base"].to_numpy(int)
        p = proportions.fisher(hits[one], base[one], hits[two], base[two])
        return np.asarray(proportions.adjust(p))
    estimate, low, high = (known[name].to_numpy(float) for name in ("estimate", "low", "high"))
    up, down = np.maximum(estimate[one], estimate[two]), np.minimum(estimate[one], estimate[two])
    first = np.where(estimate[one] >= estimate[two], one, two)
    second = one + two - first
    reach = np.hypot(up - low[first], high[second] - down)  # at 95%
    with np.errstate(divide="ignore", invalid="ignore"):
        z = special.ndtri(0.975) * (up - down) / reach
    p = np.where(reach > 0, 2 * special.ndtr(-z), np.where(up > down, 0.0, 1.0))
    return np.asarray(proportions.adjust(p))


def _of_period(part: OverTime | CannotSay, day: pd.Timestamp) -> dict[str, float]:
    """The row of one period; NaN and no base where there is none."""
    if not isinstance(part, CannotSay):
        rows = part.frame[part.frame["period"] == day]
        if len(rows):
            row = rows.iloc[0]
            hits = row.get("lost", row.get("count", np.nan))
            return {
                "count": float(hits),
                **{name: float(row[name]) for name in ("estimate", "low", "high", "base")},
            }
    return {"count": np.nan, "estimate": np.nan, "low": np.nan, "high": np.nan, "base": 0.0}


def _answer(base: ClientBase, whole: OverTime, frame: pd.DataFrame, by: str) -> ByGroup:
    known = frame[frame["estimate"].notna()]
    pairs = differences(known)
    differ = bool((pairs < 0.05).any())
    column = tables()["clients"].by_name.get(by)
    meaning = column.meaning if column else Text(f"'{by}'", f"«{by}»")
    when = Text(*(called(whole.last["period"], whole.period, lang) for lang in ("en", "ru")))
    return ByGroup(
        frame,
        base.provenance(int(frame["clients"].sum()), CLIENTS),
        _notes(frame, known, len(pairs), by, column is not None and column.known_at == "undated"),
        subject=whole.subject,
        overall=float(whole.last["estimate"]),
        unit_of_estimate=whole.unit,
        told=_told(whole, known, differ, len(pairs), when),
        what=Text(f"{whole.subject.en}, {when.en}, by {meaning.en}; line: all; 95% intervals",
                  f"{whole.subject.ru}, {when.ru}; разрез: {meaning.ru}; линия — все; 95%-е "
                  "интервалы"),
        advice=_advice(differ, len(known)),
    )  # fmt: skip


def _told(whole: OverTime, known: pd.DataFrame, differ: bool, pairs: int, when: Text) -> Text:
    said = {}
    for lang in ("en", "ru"):
        head = f"{whole.subject.in_language(lang)}, {when.in_language(lang)}"
        ends = [_group(row, whole, lang) for _, row in known.iloc[[0, -1]].iterrows()]
        if len(known) == 1:
            said[lang] = f"{head}: {ends[0]}."
            continue
        same = Text("groups cannot be told apart", "группы различить нельзя")
        verdict = (Text("groups differ", "группы различаются") if differ else same).in_language(
            lang
        )
        if not pairs:
            verdict = Text("groups without an interval", "группы без интервала").in_language(lang)
        said[lang] = Text(f"{head}: {verdict}; highest {ends[0]}, lowest {ends[1]}.",
                          f"{head}: {verdict}; больше всего {ends[0]}, меньше всего {ends[1]}."
                          ).in_language(lang)  # fmt: skip
    return Text(said["en"], said["ru"])


def _group(row: pd.Series, whole: OverTime, lang: str) -> str:
    label = row["label_ru" if lang == "ru" else "label_en"].split(":")[0]
    word = Text("base", "база").in_language(lang)
    base = f"{word} {number(row['base'], lang)} {counted(row['base'], whole.of, lang)}"
    if pd.notna(row["low"]):
        base = f"{interval_of(row['low'], row['high'], whole.unit, lang)}, {base}"
    return f"{label} — {WRITE[whole.unit](row['estimate'], lang)} ({base})"


def _advice(differ: bool, groups: int) -> Text:
    if groups < 2:
        return Text("", "")
    if differ:
        return Text("Ask what the groups at both ends do otherwise before you copy it.",
                    "Спросить, чем отличаются крайние группы, и лишь потом переносить их опыт."
                    )  # fmt: skip
    return Text("Do not rank the groups: their intervals overlap too far.",
                "Не ранжировать группы: их интервалы слишком перекрываются.")  # fmt: skip


def _notes(
    frame: pd.DataFrame, known: pd.DataFrame, pairs: int, by: str, undated: bool
) -> tuple[Text, ...]:
    notes = []
    if len(known) < len(frame):
        without = frame[frame["estimate"].isna()]
        notes.append(
            Text(
                f"Nothing to tell of: {'; '.join(without['label_en'])}.",
                f"Нечего сказать о группах: {'; '.join(without['label_ru'])}.",
            )
        )
    if pairs > 1:
        notes.append(
            Text(
                f"{pairs} pairs of groups were compared, corrected for their number (Holm).",
                f"Сравнений пар групп: {pairs}, с поправкой на их число (Холм).",
            )
        )
    if undated:
        notes.append(
            Text(
                f"'{by}' is as on the day of the export, also for the period before it.",
                f"«{by}» — на день выгрузки, в том числе для прошедшего периода.",
            )
        )
    return tuple(notes)
