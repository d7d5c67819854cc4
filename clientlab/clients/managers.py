"""What hangs on each account manager: clients, revenue, and churn beside the load.

It answers: whose desk is too full, and do the clients of busy managers leave more often.
Clients are not dealt out at random: what happens to a manager's clients is not what the
manager did. Public names are importable from `clientlab.clients.kpis`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import ByGroup, in_currency, interval_of
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CLIENTS, CURRENT
from clientlab.clients.spells import contract_of, current, ongoing
from clientlab.clients.windows import by_client, last_year
from clientlab.results import CannotSay
from clientlab.stats import proportions
from clientlab.wording import Text, counted, number, percent

LOAD = Text("Load of managers", "Нагрузка менеджеров")
CHURN = Text("Churn by manager", "Отток по менеджерам")
NOBODY = Text("no manager told", "менеджер не указан")
FEW_MANAGERS = 4  # fewer desks do not tell busy from other ones
ONLY_A_DESK = Text(
    "Clients are not dealt out at random: a difference between managers is not what they did.",
    "Клиентов распределяют не случайно: разница между менеджерами — ещё не их заслуга или вина.",
)


def manager_load(base: ClientBase) -> ByGroup | CannotSay:
    """Clients, projects and revenue on the desk of each manager.

    estimate = invoiced in the last 12 months to the present clients of the manager ÷ to all
    present clients (S0, S4; system B27). Facts of the books: no interval.

    Parameters
    ----------
    base : ClientBase
        Needs `manager` in clients, or assignments.

    Returns
    -------
    ByGroup
        `frame`: ``group`` (manager), ``label_en, label_ru, estimate, low, high, base``
        (current clients), ``projects`` (of them, clients who work by project), ``revenue``.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2024-01-01",
    ...                              "manager": ["Ann", "Bob"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "issued_on": "2024-02-01",
    ...         "amount": [300, 100]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> manager_load(base).frame[["group", "estimate", "base"]].values.tolist()
    [['Ann', 0.75, 1], ['Bob', 0.25, 1]]
    """
    frame = _desks(base)
    if isinstance(frame, CannotSay):
        return frame
    total = frame["revenue"].sum()
    frame["estimate"] = frame["revenue"] / total if total > 0 else np.nan
    frame = frame.sort_values(["revenue", "base"], ascending=False, kind="stable")
    frame = _labelled(frame.reset_index(drop=True))
    if not total > 0:
        reason = Text(f"{LOAD.en}: the present clients have no revenue in the last 12 months.",
                      f"{LOAD.ru}: у текущих клиентов нет выручки за последние 12 месяцев."
                      )  # fmt: skip
        return CannotSay.because(reason, base.provenance())
    first, clients = last_year(base), int(frame["base"].sum())
    columns = ["group", "label_en", "label_ru", "estimate", "low", "high", "base", "projects"]
    return ByGroup(
        frame[[*columns, "revenue"]],
        base.provenance(
            clients,
            CURRENT,
        ),
        _unmanaged(frame),
        subject=LOAD,
        told=_told_load(frame, base.currency),
        what=Text(
            f"Share of revenue since {first:%Y-%m-%d} of present clients; facts of the books: no "
            "interval",
            f"Доля выручки с {first:%Y-%m-%d} от текущих клиентов; факты учёта: без интервала",
        ),
        advice=_second_person(frame),
    )


def churn_by_manager(base: ClientBase) -> ByGroup | CannotSay:
    """Churn of the last 12 months by the manager of its first day, beside the load.

    estimate = clients with an ongoing contract there on the first day who left ÷ all of
    them, by the manager they had that day; Wilson intervals (S0, S4; systems B3, B27). The
    manager of a later day would be wrong: whoever takes over leaving clients would lose
    them. The rates of managers with more clients than the median
    are held against those of the others (pooled t).

    Parameters
    ----------
    base : ClientBase
        Needs managers with dates: assignments, or history of the column.

    Returns
    -------
    ByGroup
        `frame`: ``group`` (manager), ``label_en, label_ru, estimate, low, high, base,
        lost``; `overall` is the churn of all.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-01-01",
    ...                              "ended_on": ["2024-05-01", None]}),
    ...     "assignments": pd.DataFrame({"client_id": ["a", "b"], "from_on": "2023-01-01",
    ...                                  "manager": ["Ann", "Bob"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "issued_on": "2024-02-01",
    ...         "amount": [300, 100]})},
    ...     observed_from="2023-01-01", observed_until="2024-12-31")
    >>> churn_by_manager(base).frame[["group", "lost", "base"]].values.tolist()
    [['Ann', 1, 1], ['Bob', 0, 1]]
    """
    rows = _at_risk(base)
    if isinstance(rows, CannotSay):
        return rows
    frame = rows.groupby("group", dropna=False)["left"].agg(lost="sum", base="size").reset_index()
    share = proportions.interval(frame["lost"].to_numpy(), frame["base"].to_numpy())
    frame["estimate"], frame["low"], frame["high"] = share.estimate, share.low, share.high
    frame = frame.sort_values(["estimate", "base"], ascending=False, kind="stable")
    frame = _labelled(frame.reset_index(drop=True))
    first = last_year(base)
    return ByGroup(
        frame[["group", "label_en", "label_ru", "estimate", "low", "high", "base", "lost"]],
        base.provenance(len(rows), CLIENTS),
        (ONLY_A_DESK,),
        subject=CHURN,
        told=_told_churn(rows, frame),
        what=Text(
            f"Left since {first:%Y-%m-%d}, of clients with an ongoing contract there that day, by "
            "the manager of that day; 95% intervals (Wilson)",
            f"Ушли с {first:%Y-%m-%d}, от клиентов с постоянным договором на этот день, по "
            "менеджеру этого дня; 95%-е интервалы (Уилсон)",
        ),
        overall=float(rows["left"].mean()),
    )


def _desks(base: ClientBase) -> pd.DataFrame | CannotSay:
    """``group, base, projects, revenue``: the present clients of each manager."""
    if "manager" not in base.tables["clients"]:
        return base.lacks(LOAD, clients=("manager",)) or _undated(base, LOAD)
    now = current(base, "manager", "contract")
    if now["manager"].isna().all():
        return _undated(base, LOAD)
    year = by_client(base, "invoices", "amount", how="sum", since=last_year(base))
    now = now.assign(
        group=now["manager"].astype(object).where(now["manager"].notna(), None),
        project=(contract_of(now) == "project").to_numpy(),
        revenue=year.reindex(now["client_id"]).to_numpy(),
    )
    found = now.groupby("group", dropna=False).agg(
        base=("client_id", "size"), projects=("project", "sum"), revenue=("revenue", "sum")
    )
    return found.reset_index().assign(low=np.nan, high=np.nan)


def _at_risk(base: ClientBase) -> pd.DataFrame | CannotSay:
    """``group, left``: clients there on the first of the last 12 months."""
    first = last_year(base)
    if first > base.day - pd.Timedelta(days=360):
        reason = Text(f"{CHURN.en}: the records are shorter than 12 months.",
                      f"{CHURN.ru}: записи короче 12 месяцев.")  # fmt: skip
        return CannotSay.because(reason, base.provenance())
    then = base.as_of(first)
    if "manager" not in then.tables["clients"]:
        return base.lacks(CHURN, clients=("manager",)) or _undated(base, CHURN)
    known = then.tables["clients"].drop_duplicates("client_id", keep="last")
    manager = known.set_index("client_id")["manager"]
    if manager.isna().all():
        return _undated(base, CHURN)
    kept = ongoing(base)
    kept = kept[((kept["started_on"] <= first) & ~(kept["ended_on"] < first)).to_numpy()]
    kept = kept.drop_duplicates("client_id", keep="last")
    if not len(kept):
        reason = Text(f"{CHURN.en}: nobody had an ongoing contract on {first:%Y-%m-%d}.",
                      f"{CHURN.ru}: на {first:%Y-%m-%d} не было клиентов с постоянным договором."
                      )  # fmt: skip
        return CannotSay.because(reason, base.provenance())
    named = kept["client_id"].map(manager).astype(object)
    left = kept["ended_on"].notna().to_numpy()  # as known on the day of the base
    return pd.DataFrame({"group": named.where(named.notna(), None).to_numpy(), "left": left})


def _labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """Names for the picture, with the clients of each: 'Ann · 12 clients'."""
    columns = {}
    for lang in ("en", "ru"):
        named = frame["group"].where(frame["group"].notna(), NOBODY.in_language(lang))
        columns[f"label_{lang}"] = [
            f"{name} · {number(count, lang)} {counted(count, CLIENTS, lang)}"
            for name, count in zip(named, frame["base"], strict=True)
        ]
    return frame.assign(**columns)


def _told_load(frame: pd.DataFrame, currency: str) -> Text:
    row, clients = frame[frame["group"].notna()].iloc[0], int(frame["base"].sum())
    lines = []
    for lang in ("en", "ru"):
        own, share = number(row["base"], lang), percent(row["estimate"], lang)
        revenue = in_currency(row["revenue"], currency, lang)
        total = number(clients, lang)
        of = counted(row["base"], CLIENTS, lang)
        lines.append(Text(
            f"Fullest desk: {row['group']}, {share} of revenue with {own} {of} (of {total} "
            f"current clients; {revenue}; no interval).",
            f"Самая большая нагрузка: {row['group']}, {share} выручки и {own} {of} (из {total} "
            f"текущих; {revenue}; без интервала).",
        ).in_language(lang))  # fmt: skip
    return Text(*lines)


def _second_person(frame: pd.DataFrame) -> Text:
    """Advice where one desk holds half as much again as an even share, at least."""
    named = frame[frame["group"].notna()]
    row, even = named.iloc[0], 1 / len(named)
    if len(named) > 1 and row["estimate"] < 1.5 * even:
        return Text("", "")
    return Text(
        f"Name a second person for the largest clients of {row['group']}.",
        f"Назначить второго человека крупнейшим клиентам (менеджер: {row['group']}).",
    )


def _told_churn(rows: pd.DataFrame, frame: pd.DataFrame) -> Text:
    """Churn of all, and whether busy managers lose more."""
    whole = proportions.interval(int(rows["left"].sum()), len(rows))
    busy, lines = _busy(frame), []
    for lang in ("en", "ru"):
        value = percent(float(whole.estimate), lang)
        ends = interval_of(float(whole.low), float(whole.high), "share", lang)
        base = number(len(rows), lang)
        lines.append(Text(
            f"{busy.en}; all together lost {value} in 12 months (95% interval {ends}, base {base} "
            f"{counted(len(rows), CLIENTS, 'en')}).",
            f"{busy.ru}; все вместе за 12 месяцев потеряли {value} (95%-й интервал {ends}, база "
            f"{base} {counted(len(rows), CLIENTS, 'ru')}).",
        ).in_language(lang))  # fmt: skip
    return Text(*lines)


def _busy(frame: pd.DataFrame) -> Text:
    """Managers above the median load against the others."""
    named = frame[frame["group"].notna()]
    few = Text("Too few managers to tell whether the busy ones lose more clients",
               "Менеджеров слишком мало, чтобы судить, чаще ли уходят от загруженных")  # fmt: skip
    if len(named) < FEW_MANAGERS:
        return few
    from statsmodels.stats.weightstats import CompareMeans

    busy = (named["base"] > named["base"].median()).to_numpy()
    share = named["estimate"].to_numpy()
    if min(busy.sum(), (~busy).sum()) < 2 or not np.ptp(share) > 0:
        return few
    # Rates of managers, not clients: with so few clusters a linearised interval says
    # 'they differ' in 9–11% of cases in which they do not, this test in 4–6%.
    low, high = CompareMeans.from_data(share[busy], share[~busy]).tconfint_diff()
    if not (low > 0 or high < 0):
        return Text("Whether busy managers lose more clients cannot be told",
                    "Чаще ли уходят от загруженных менеджеров, сказать нельзя")  # fmt: skip
    if low > 0:
        return Text("Managers with more clients lost a larger share of them",
                    "Менеджеры с бо́льшим числом клиентов потеряли бо́льшую их долю")  # fmt: skip
    return Text("Managers with more clients lost a smaller share of them",
                "Менеджеры с бо́льшим числом клиентов потеряли меньшую их долю")  # fmt: skip


def _unmanaged(frame: pd.DataFrame) -> tuple[Text, ...]:
    notes = [ONLY_A_DESK]
    nobody = int(frame.loc[frame["group"].isna(), "base"].sum())
    if nobody:
        notes.append(Text(f"Current clients without a manager in the files: {number(nobody)}.",
                          "Текущих клиентов, у которых менеджер в файлах не указан: "
                          f"{number(nobody, 'ru')}."))  # fmt: skip
    return tuple(notes)


def _undated(base: ClientBase, name: Text) -> CannotSay:
    reason = Text(
        f"{name.en}: the files do not date who managed whom. Give assignments (client_id, "
        "from_on, manager).",
        f"{name.ru}: в файлах нет дат, кто кого вёл. Добавьте таблицу assignments (client_id, "
        "from_on, manager).",
    )
    return CannotSay.because(reason, base.provenance())
