"""Whom the agency works for in fact, and how much more than promised it does.

It answers: what share of the revenue of the last 12 months comes from which clients,
and from industries that the agency says it does not work with; how much of the planned
client budget was spent. Shares of revenue are facts of the books: they have no interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clientlab.clients.answers import ByGroup, OverTime, in_currency
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CLIENTS, CONTRACTS
from clientlab.clients.periods import IN_A_YEAR, PERIODS, called, complete
from clientlab.clients.schema import labelled, tables
from clientlab.clients.spells import lacks_by
from clientlab.clients.windows import last_year
from clientlab.results import CannotSay
from clientlab.stats import design, resampling
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


def client_budget(base: ClientBase, *, period: str = "Y") -> Spent | CannotSay:
    """How much of the client budget that was planned has been spent.

    estimate = Σ costs with the purpose 'client_budget' ÷ Σ contracts.client_budget of
    the contracts signed in the period (S1; system B26). A ratio over clients, linearised;
    NaN if a cost of the period tells no client.

    Parameters
    ----------
    base : ClientBase
    period : {"M", "Q", "Y"}
        Only periods that the records cover wholly.

    Returns
    -------
    Spent
        An `OverTime`; `frame`: ``period, planned, spent, estimates`` (Σ amount of these
        contracts), ``planned_share, estimate, low, high, base`` (contracts that tell a
        client budget).

    Raises
    ------
    InvalidValue
        If the period is not known.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["2023-05-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-10"],
    ...         "amount": [1000]}),
    ...     "contracts": pd.DataFrame({"client_id": ["a"], "signed_on": ["2024-01-05"],
    ...         "amount": [1000], "client_budget": [50]}),
    ...     "costs": pd.DataFrame({"client_id": ["a"], "spent_on": ["2024-06-01"],
    ...         "amount": [40], "purpose": ["client_budget"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> client_budget(base).headline()
    'Client budget: of each 100 planned 80 were spent in 2024'
    """
    name = Text("Client budget", "Клиентский бюджет")
    periods = complete(base, period)
    missing = base.lacks(name, contracts=("client_budget",), costs=("purpose",))
    if missing:
        return missing
    parts = [_by_client(base, *days) for days in periods.itertuples(index=False)]
    rows = [{"period": first, **_spent(part)}
            for first, part in zip(periods["first"], parts, strict=True)]  # fmt: skip
    if not any(row["planned"] > 0 for row in rows):
        none = Text(
            f"no contract signed in a whole {PERIODS[period].en} plans one.",
            "ни один договор, подписанный за полный период, его не закладывает.",
        )
        return CannotSay.because(Text(*(f"{a}: {b}" for a, b in zip(name, none, strict=True))),
                                 base.provenance())  # fmt: skip
    frame = pd.DataFrame(rows)
    return Spent(
        frame,
        base.provenance(int(frame["base"].sum()), CONTRACTS),
        _budget_notes(frame),
        changes=_budget_changes(frame, parts, period),
        period=period,
        subject=Text("Client budget, spent of each 100 planned",
                     "Клиентский бюджет, потрачено из каждых 100 запланированных"),
        what=Text(
            "Costs of doing more than was promised ÷ client budget in the contracts signed in the "
            f"{PERIODS[period].en}; 95% intervals (over clients)",
            "Расходы на сделанное сверх обещанного ÷ клиентский бюджет в договорах, подписанных "
            f"за {PERIODS[period].ru}; 95%-е интервалы (по клиентам)",
        ),
        of=CONTRACTS,
    )  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Spent(OverTime):
    """An `OverTime` told as 'of each 100 planned'; more or less is neither good nor bad."""

    def _head(self, lang: str) -> str:
        row = self.last
        spent, name = number(100 * row["estimate"], lang), called(row["period"], self.period, lang)
        return Text(
            f"Client budget: of each 100 planned {spent} were spent in {name}",
            f"Клиентский бюджет: из каждых 100 запланированных за {name} потрачено {spent}",
        ).in_language(lang)


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
    return ByGroup(
        frame, base.provenance(int(frame["base"].sum()), CLIENTS), notes,
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


def _by_client(base: ClientBase, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, Any]:
    """Planned and spent of one period by client; `spent` as a whole, `told` by client."""
    contracts, (codes, ids) = base.tables["contracts"], base.codes("contracts")
    plan = contracts["client_budget"]
    signed = (contracts["signed_on"].between(first, last) & plan.notna()).to_numpy(bool)
    planned = np.bincount(codes[signed], plan[signed].to_numpy(float), len(ids))
    amount = contracts.loc[signed, "amount"].sum() if "amount" in contracts else np.nan
    costs = base.tables["costs"]
    now = costs["spent_on"].between(first, last) & (costs["purpose"] == "client_budget")
    now = (now.fillna(False) & costs["amount"].notna()).to_numpy(bool)
    sums = costs.loc[now, "amount"].to_numpy(float)
    whose = np.full(len(sums), -1)
    if "client_id" in costs:
        whose = base.codes("costs")[0][now]
    told = bool((whose >= 0).all())
    spent = np.bincount(whose[whose >= 0], sums[whose >= 0], len(ids))
    return {"planned": planned, "spent": spent, "sum": float(sums.sum()), "told": told,
            "estimates": float(amount), "contracts": int(signed.sum())}  # fmt: skip


def _spent(part: dict[str, Any]) -> dict[str, float]:
    """One row of the frame: what was planned, what was spent, and the ratio."""
    planned = float(part["planned"].sum())
    low = high = np.nan
    there = (part["planned"] != 0) | (part["spent"] != 0)
    if part["told"] and there.sum() > 1 and planned > 0:
        found = design.ratio(part["spent"][there], part["planned"][there], design.Design())
        if found.se > 0:  # alike in all clients: the spread says nothing
            low, high = max(0.0, found.low), found.high
    return {
        "planned": planned,
        "spent": part["sum"],
        "estimates": part["estimates"],
        "planned_share": planned / part["estimates"] if part["estimates"] > 0 else np.nan,
        "estimate": part["sum"] / planned if planned > 0 else np.nan,
        "low": low, "high": high,
        "base": part["contracts"],
    }  # fmt: skip


def _budget_changes(frame: pd.DataFrame, parts: list[dict], period: str) -> pd.DataFrame:
    """The last period less the one before and the one a year ago, clients resampled."""
    rows = []
    for against, back in (("previous", 1), ("year_ago", IN_A_YEAR[period])):
        if len(frame) <= back or (against == "year_ago" and back == 1):
            continue
        now, then, values = frame.iloc[-1], frame.iloc[-1 - back], (np.nan,) * 3
        if pd.notna(now["low"]) and pd.notna(then["low"]):
            columns = [part[name] for part in (parts[-1], parts[-1 - back])
                       for name in ("spent", "planned")]  # fmt: skip
            there = np.any(columns, axis=0)
            try:
                found = resampling.bootstrap(_gap, tuple(column[there] for column in columns))
                values = found.estimate, found.low, found.high
            except ValueError:  # too few clients with a plan: resamples without any
                values = now["estimate"] - then["estimate"], np.nan, np.nan
        rows.append((against, then["period"], *values, int(then["base"])))
    return pd.DataFrame(rows, columns=["against", "period", "estimate", "low", "high", "base"])


def _gap(spent, planned, spent_then, planned_then, axis=0):
    with np.errstate(divide="ignore", invalid="ignore"):
        now, then = spent.sum(axis=axis) / planned.sum(axis=axis), spent_then.sum(axis=axis)
        return now - then / planned_then.sum(axis=axis)


def _budget_notes(frame: pd.DataFrame) -> tuple[Text, ...]:
    notes = [Text("A budget may be spent after the period in which its contract was signed.",
                  "Бюджет могут тратить и позже периода, в котором подписан договор.")]  # fmt: skip
    told = frame[frame["estimate"].notna()].iloc[-1]
    if pd.notna(told["planned_share"]):
        share = told["planned_share"]
        notes.append(Text(f"Planned in the last period: {percent(share, digits=1)} of estimates.",
                          f"Заложено за последний период: {percent(share, 'ru', digits=1)} "
                          "суммы смет."))  # fmt: skip
    if (frame["estimate"].notna() & frame["low"].isna()).any():
        notes.append(Text("No interval where a cost tells no client or only one client counts.",
                          "Интервала нет там, где у расхода не указан клиент или клиент всего "
                          "один."))  # fmt: skip
    return tuple(notes)
