"""Churn of clients: who was there on the first day of a period and left in it.

It answers: what share left, month by month or year by year, for all clients or by any
of their columns. Clients who work order by order have no end of contract: for them see
`silence`. Public names are importable from `clientlab.clients.kpis`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.clients.answers import WRITE, OverTime
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CLIENTS
from clientlab.clients.periods import IN_A_YEAR, PERIODS, called, complete, shorter
from clientlab.clients.schema import labelled, tables
from clientlab.clients.spells import counted, lacks_by, ongoing
from clientlab.results import CannotSay
from clientlab.stats import proportions
from clientlab.wording import Text, number, percent, plural

NAME = Text("Churn of clients", "Отток клиентов")


@dataclass(frozen=True, eq=False, repr=False)
class ChurnBy(OverTime):
    """An `OverTime`; if it is broken down, its last period by group.

    Attributes
    ----------
    by : str
        Column of `frame` with the group; empty if it is not broken down.
    """

    by: str = ""

    def groups(self) -> pd.DataFrame:
        """The last period that has a number, a row by group, the highest first."""
        known = self.frame[self.frame["estimate"].notna()]
        rows = self.frame[self.frame["period"] == known["period"].max()]
        rows = rows[rows["base"] > 0]
        return rows.sort_values(["estimate", "base"], ascending=False, kind="stable")

    def differ(self) -> bool:
        """Whether any two groups of the last period can be told apart (Fisher, Holm)."""
        rows = self.groups()
        one, two = np.triu_indices(len(rows), 1)
        if not len(one):
            return False
        lost, base = rows["lost"].to_numpy(int), rows["base"].to_numpy(int)
        p = proportions.fisher(lost[one], base[one], lost[two], base[two])
        return bool((proportions.adjust(p) < 1 - self.level).any())

    def headline(self, lang: str = "en") -> str:
        return self._by_group(lang, False) if self.by else super().headline(lang)

    def say(self, lang: str = "en") -> str:
        return f"{self._by_group(lang, True)}." if self.by else super().say(lang)

    def _by_group(self, lang: str, with_base: bool) -> str:
        """The highest and the lowest group, and whether any two differ."""
        rows = self.groups()
        when = called(rows["period"].iloc[0], self.period, lang)
        told = [self._of_group(row, lang, with_base) for _, row in rows.iloc[[0, -1]].iterrows()]
        head = f"{self.subject.in_language(lang)}, {when}"
        if len(rows) == 1:
            return f"{head}: {told[0]}"
        if rows["estimate"].nunique() == 1:
            value = WRITE["share"](rows["estimate"].iloc[0], lang)
            base = f" ({Text('base', 'база').in_language(lang)} {number(rows['base'].sum(), lang)})"
            each = Text(f"{value} in each of {len(rows)} groups",
                        f"{value} в каждой группе, их {len(rows)}").in_language(lang)  # fmt: skip
            return f"{head}: {each}{base * with_base}"
        same = Text("groups cannot be told apart", "группы различить нельзя")
        verdict = Text("groups differ", "группы различаются") if self.differ() else same
        return Text(
            f"{head}: {verdict.en}; highest {told[0]}, lowest {told[1]}",
            f"{head}: {verdict.ru}; больше всего {told[0]}, меньше всего {told[1]}",
        ).in_language(lang)

    def _of_group(self, row: pd.Series, lang: str, with_base: bool) -> str:
        group = labelled(self.by, None if pd.isna(row[self.by]) else row[self.by])
        value = WRITE["share"](row["estimate"], lang)
        base = self._base(row, lang) if with_base else ""
        return f"{group.in_language(lang)} — {value}{base}"

    def decide(self, lang: str = "en") -> str:
        if not self.by:
            return super().decide(lang)
        if self.differ():
            return Text("Ask first what the group that loses most has in common.",
                        "Сначала спросить, что общего у группы с самым высоким оттоком."
                        ).in_language(lang)  # fmt: skip
        return Text("Do not rank the groups: their intervals overlap too far.",
                    "Не ранжировать группы: их интервалы слишком перекрываются."
                    ).in_language(lang)  # fmt: skip

    def plot(self, ax=None):
        if not self.by:
            return super().plot(ax)
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.groups().head(20)
        values = [None if pd.isna(value) else value for value in rows[self.by]]
        with charts.picture(self, ax) as axes:
            charts.dots(
                axes,
                [f"{labelled(self.by, value).in_language(lang)} · {number(base, lang)}"
                 for value, base in zip(values, rows["base"], strict=True)],
                rows["estimate"], rows["low"], rows["high"],
                texts=[WRITE["share"](value, lang) for value in rows["estimate"]],
                reference=rows["lost"].sum() / rows["base"].sum(),
                quiet=(rows["base"] < 10).to_list(),
            )  # fmt: skip
            axes.set_xlim(left=0)
            charts.share_axis(axes.xaxis)
        return axes


def churn_rate(
    base: ClientBase, *, period: str = "Q", by: str | None = None, level: float = 0.95
) -> ChurnBy | CannotSay:
    """Share of the clients there on the first day of a period who left in it.

    churn = clients active on the first day whose spell ended in the period ÷ clients
    active on the first day (S1, S3; system B3). Clients are counted, not spells; those
    who came and went inside of the period are counted beside. Only clients with an
    ongoing contract: project clients end by silence (`silence_churn`).

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}
        Only periods that the records cover wholly.
    by : str, optional
        Column of clients. Undated columns are used as on the day of the export.
    level : float

    Returns
    -------
    ChurnBy
        An `OverTime`; with `by` it tells the last period, group by group.
        `frame`: ``period`` (first day), the column `by`, ``lost, base, estimate, low,
        high, came, came_and_went``; Wilson intervals. A period without clients has NaN.

    Raises
    ------
    InvalidValue
        If the period or the column is not known.

    Examples
    --------
    Two clients on 1 January, one of them leaves in February:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"],
    ...         "started_on": ["2023-05-01", "2023-06-01"], "ended_on": ["2024-02-01", None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2023-06-01"],
    ...         "amount": [100]})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> churn_rate(base).frame[["lost", "base", "estimate"]].values.tolist()
    [[1.0, 2.0, 0.5]]
    """
    if missing := lacks_by(base, by, NAME):
        return missing
    frame = ongoing(base, by or "")
    periods = complete(base, period)
    rows, changes = rates(frame, periods, period, by, level)
    if not len(rows):
        return CannotSay.because(_no_period(base, period), base.provenance())
    if not rows["base"].any():
        reason = Text(
            "Churn of clients: on the first day of no period was anybody a client with an ongoing "
            "contract.",
            "Отток клиентов: ни в один период на первый день не было клиентов с постоянным "
            "договором.",
        )
        return CannotSay.because(reason, base.provenance())
    last = rows["period"] == rows.loc[rows["base"] > 0, "period"].max()
    return ChurnBy(
        rows,
        base.provenance(frame["client_id"].nunique(), CLIENTS),
        notes_of(rows[last] if by else rows, by)
        + _since(frame, periods["last"].iloc[-1], period)
        + _all_ongoing(base),
        by=by or "",
        changes=changes,
        period=period,
        subject=NAME,
        what=Text(
            f"Left in the {PERIODS[period].en}, of clients with an ongoing contract there on its "
            f"first day{', the number beside a group; line: all' * bool(by)}; {percent(level)} "
            "intervals (Wilson)",
            f"Ушли за {PERIODS[period].ru}, от клиентов с постоянным договором на его первый день"
            f"{' (число у группы); линия — все' * bool(by)}; {percent(level, 'ru')}-е интервалы "
            "(Уилсон)",
        ),
        advice=Text(
            "Call those who left in the last year this week; write down the reasons that repeat.",
            "На этой неделе позвонить ушедшим за год и записать повторяющиеся причины.",
        ),
        better=-1,
        level=level,
    )


def rates(
    frame: pd.DataFrame,
    periods: pd.DataFrame,
    period: str,
    by: str | None = None,
    level: float = 0.95,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Churn of any spells by period and group, and the change of the last period.

    Returns
    -------
    rows, changes
        As in `OverTime.frame` and `OverTime.changes`.
    """
    groups = [(None, frame)] if by is None else list(frame.groupby(by, sort=True, dropna=False))
    rows = []
    for first, last in zip(periods["first"], periods["last"], strict=True):
        for group, part in groups:
            count = counted(part, first, last)
            rows.append({"period": first, **({} if by is None else {by: group}), **count})
    names = ["period", *([] if by is None else [by]), "lost", "base"]
    if not rows:
        return pd.DataFrame(columns=[*names, "estimate", "low", "high"]), pd.DataFrame()
    table = pd.DataFrame(rows)
    share = proportions.interval(table["lost"].to_numpy(), table["base"].to_numpy(), level=level)
    table["estimate"], table["low"], table["high"] = share.estimate, share.low, share.high
    table = table[[*names, "estimate", "low", "high", "came", "came_and_went"]]
    return table, pd.DataFrame() if by else changes_of(table, period, level)


def changes_of(table: pd.DataFrame, period: str, level: float = 0.95) -> pd.DataFrame:
    """The last period less the one before and the one a year ago (Newcombe).

    Clients at risk in both periods are not counted twice: given who is there on the
    first day, what happens in one period is independent of the other.
    """
    rows = []
    for against, back in (("previous", 1), ("year_ago", IN_A_YEAR[period])):
        if len(table) <= back or (against == "year_ago" and back == 1):
            continue
        now, then = table.iloc[-1], table.iloc[-1 - back]
        if now["base"] and then["base"]:
            gap = proportions.difference(now["lost"], now["base"], then["lost"], then["base"],
                                         level=level)  # fmt: skip
            values = float(gap.estimate), float(gap.low), float(gap.high)
        else:
            values = (np.nan,) * 3
        rows.append((against, then["period"], *values, int(then["base"])))
    return pd.DataFrame(rows, columns=["against", "period", "estimate", "low", "high", "base"])


def notes_of(rows: pd.DataFrame, by: str | None) -> tuple[Text, ...]:
    """What to know about rates of churn."""
    notes = []
    small = int((rows["base"] < 30).sum())
    if small:
        notes.append(
            Text(
                f"{small} of {len(rows)} rates stand on fewer than 30 clients.",
                f"Менее чем по 30 клиентам посчитано долей: {small} из {len(rows)}.",
            )
        )
    flown = int(rows["came_and_went"].sum())
    if flown:
        notes.append(
            Text(
                f"Came and went inside of one period, counted in no rate: {flown}.",
                f"Пришли и ушли внутри одного периода, не входят ни в одну долю: {flown}.",
            )
        )
    if by and by in tables()["clients"].undated:
        notes.append(
            Text(
                f"'{by}' is as on the day of the export, also for earlier periods.",
                f"«{by}» — на день выгрузки, также и для прошлых периодов.",
            )
        )
    return tuple(notes)


def _since(frame: pd.DataFrame, last: pd.Timestamp, period: str) -> tuple[Text, ...]:
    """Who left after the last whole period, which no rate counts yet."""
    gone = frame.loc[(frame["ended_on"] > last).to_numpy(), "client_id"].nunique()
    if not gone:
        return ()
    word = plural(gone, "client", "clients")
    return (
        Text(
            f"Not yet in a rate: {gone} {word} who left since, in a {PERIODS[period].en} that is "
            "not over.",
            f"Ещё не вошли ни в одну долю ушедшие позже, за неполный период "
            f"({PERIODS[period].ru}): {gone}.",
        ),
    )


def _all_ongoing(base: ClientBase) -> tuple[Text, ...]:
    if base.has("clients", "contract"):
        return ()
    return (
        Text(
            "The files do not tell who works order by order (clients.contract): all clients are "
            "taken as ongoing.",
            "В файлах не указано, кто работает от заказа к заказу (clients.contract): все клиенты "
            "считаются постоянными.",
        ),
    )


def _no_period(base: ClientBase, period: str) -> Text:
    window = f"{base.observed_from:%Y-%m-%d} – {base.observed_until:%Y-%m-%d}"
    return Text(
        f"Churn of clients: the records ({window}) cover no whole "
        f"{PERIODS[period].en}.{shorter(period).en}",
        f"Отток клиентов: записи ({window}) не покрывают ни одного полного периода "
        f"({PERIODS[period].ru}).{shorter(period).ru}",
    )
