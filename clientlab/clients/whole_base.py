"""The whole base: who is a client, who left, who refused, and people who moved on.

It answers: how large is the base beyond the current clients, and whom do we know in which
new company. Public names are importable from `clientlab.clients.kpis`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.clients.answers import ByGroup
from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import PEOPLE, RECORDS
from clientlab.clients.spells import current, spells
from clientlab.results import CannotSay, Result
from clientlab.values import company, normalised
from clientlab.wording import Text, number, percent, plural

PARTS = Text("The whole base", "Вся база")
MOVED = Text("People who moved on", "Люди, сменившие компанию")
NAMES = {
    "current": Text("current clients", "текущие клиенты"),
    "churned": Text("clients who left", "ушедшие клиенты"),
    "refused": Text("deals refused", "отказы"),
    "people": Text("people who left a client", "люди, ушедшие от клиентов"),
}
NEEDED = {"refused": ("deals_lost", ()), "people": ("people", ("left_on",))}


def parts(base: ClientBase) -> ByGroup | CannotSay:
    """The four parts of a base: current, churned, refused, people who moved.

    Current: clients with a spell on the day of the base; churned: those whose spells have
    all ended; refused: rows of deals_lost; people: contacts whose `left_on` has come (S1;
    system B1). Counts of what the records hold, not estimates: no interval.

    Parameters
    ----------
    base : ClientBase

    Returns
    -------
    ByGroup
        `frame`: ``group`` (current, churned, refused, people), ``label_en, label_ru,
        estimate`` (how many), ``low, high`` (NaN), ``base``. A part whose table is
        missing has no row; a note names it.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01",
    ...                              "ended_on": [None, "2024-02-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "deals_lost": pd.DataFrame({"company": ["x", "y", "z"], "lost_on": "2024-01-20"})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> parts(base).frame[["group", "estimate"]].values.tolist()
    [['current', 1.0], ['churned', 1.0], ['refused', 3.0]]
    """
    everybody, now = spells(base)["client_id"].nunique(), len(current(base))
    if not everybody:
        reason = Text(f"{PARTS.en}: no client by the day of the base.",
                      f"{PARTS.ru}: на день базы ни одного клиента нет.")  # fmt: skip
        return CannotSay.because(reason, base.provenance())
    counts: dict[str, int] = {"current": now, "churned": everybody - now}
    if base.has("deals_lost"):
        counts["refused"] = len(base.tables["deals_lost"])
    if base.has("people", "left_on"):
        counts["people"] = int(base.tables["people"]["left_on"].notna().sum())
    frame = pd.DataFrame(
        {
            "group": list(counts),
            "label_en": [NAMES[name].en for name in counts],
            "label_ru": [NAMES[name].ru for name in counts],
            "estimate": np.array(list(counts.values()), float),
            "low": np.nan,
            "high": np.nan,
            "base": list(counts.values()),
        }
    )
    return ByGroup(
        frame,
        base.provenance(sum(counts.values()), RECORDS),
        _missing_parts(base, counts) + _companies(base),
        subject=PARTS,
        told=_told_parts(counts),
        what=Text(
            f"What the records hold by {base.day:%Y-%m-%d}; counts, not estimates: no interval",
            f"Что есть в записях на {base.day:%Y-%m-%d}; это подсчёт, а не оценка: без интервала",
        ),
        advice=_work_with(counts),
        unit_of_estimate="number",
    )


@dataclass(frozen=True, eq=False, repr=False)
class People(Result):
    """People who left a client; made by `moved_people`."""

    formats: ClassVar[dict] = {}

    def _known(self) -> pd.Series:
        return self.frame["went_to"].notna()

    def say(self, lang: str = "en") -> str:
        count, known = len(self.frame), int(self._known().sum())
        ours = int(self.frame["is_client"].sum())
        share = percent(known / count, lang)
        return Text(
            f"{number(count)} {plural(count, 'person', 'people')} left a client; "
            f"of {number(known)} ({share}) the new company is known, {number(ours)} of "
            "them at a client of ours (complete counts, no interval).",
            f"От клиентов ушли {number(count, 'ru')} "
            f"{plural(count, 'человек', 'человека', 'человек')}; новая компания известна для "
            f"{number(known, 'ru')} ({share}), из них у наших клиентов — {number(ours, 'ru')} "
            "(полный подсчёт, без интервала).",
        ).in_language(lang)

    def headline(self, lang: str = "en") -> str:
        return self.say(lang).rsplit(" (", 1)[0]

    def decide(self, lang: str = "en") -> str:
        new = self.frame[self._known() & ~self.frame["is_client"]]
        if not len(new):
            ask = Text("Ask each of them where they work now: they know us.",
                       "Узнать у каждого, где он теперь: нас он знает.")  # fmt: skip
            return ask.in_language(lang)
        return Text(
            "Write this month to those whose new company is no client yet; decision makers first.",
            "Написать в этом месяце тем, чья новая компания ещё не клиент; сначала тем, кто "
            "принимает решения.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text("People by the year in which they left a client; dark: the new company is "
                    "known",
                    "Люди по году ухода от клиента; тёмным — новая компания известна"
                    ).in_language(lang)  # fmt: skip

    def plot(self, ax=None):
        from clientlab.session import charts, style, texts

        lang = texts.language()
        years = self.frame["left_on"].dt.year
        count = self._known().groupby(years).agg(["size", "sum"])
        count = count.reindex(range(years.min(), years.max() + 1), fill_value=0)
        written = [
            Text(f"{number(row['size'])}, known: {number(row['sum'])}",
                 f"{number(row['size'], 'ru')}, известна: {number(row['sum'], 'ru')}"
                 ).in_language(lang)
            for row in count.to_dict("records")
        ]  # fmt: skip
        with charts.picture(self, ax) as axes:
            labels = [str(year) for year in count.index]
            charts.bars(axes, labels, count["size"], texts=written, quiet=[True] * len(count))
            axes.barh(np.arange(len(count)), count["sum"], height=0.66, color=style.MAIN)
        return axes


def moved_people(base: ClientBase) -> People | CannotSay:
    """People who left a client for another company: an asset with a list of its own.

    Contacts whose `left_on` has come, decision makers first, the latest first (S1; system
    B1). Whether the new company is a client is read off its name, without legal form.

    Parameters
    ----------
    base : ClientBase
        Needs `left_on` in people.

    Returns
    -------
    People
        `frame`: ``person_id, client_id, name`` (of the client left), ``position, role,
        left_on, went_to, is_client``.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "name": ["Alpha", "Beta LLC"],
    ...                              "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "people": pd.DataFrame({"person_id": ["p"], "client_id": ["a"],
    ...         "met_on": "2024-01-01", "left_on": "2024-03-01", "went_to": "beta"})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> moved_people(base).frame[["person_id", "went_to", "is_client"]].values.tolist()
    [['p', 'beta', True]]
    """
    if missing := base.lacks(MOVED, people=("left_on",)):
        return missing
    rows = base.tables["people"]
    rows = rows[rows["left_on"].notna()]
    if not len(rows):
        reason = Text(f"{MOVED.en}: nobody in the records left a client.",
                      f"{MOVED.ru}: в записях никто не уходил от клиента.")  # fmt: skip
        return CannotSay.because(reason, base.provenance())
    rows = rows.assign(**{name: None for name in ("position", "role", "went_to")
                          if name not in rows})  # fmt: skip
    clients = base.tables["clients"].drop_duplicates("client_id", keep="last")
    named = clients.set_index("client_id").get("name", pd.Series(dtype=object))
    ours = {_company(name) for name in named.dropna()}
    rows = rows.assign(
        name=rows["client_id"].map(named),
        is_client=[pd.notna(to) and _company(to) in ours for to in rows["went_to"]],
        _first=rows["role"].map({"decides": 0, "influences": 1}).fillna(2),
    ).sort_values(["_first", "left_on"], ascending=[True, False], kind="stable")
    columns = ["person_id", "client_id", "name", "position", "role", "left_on", "went_to"]
    frame = rows[[*columns, "is_client"]].reset_index(drop=True)
    return People(frame, base.provenance(len(frame), PEOPLE))


def _company(name: object) -> str:
    return normalised(company(str(name)))


def _told_parts(counts: dict[str, int]) -> Text:
    """All parts, with what stands behind each current client."""
    en = "; ".join(f"{NAMES[name].en} {number(count)}" for name, count in counts.items())
    ru = "; ".join(f"{NAMES[name].ru} — {number(count, 'ru')}" for name, count in counts.items())
    return Text(f"{PARTS.en}: {en} (complete counts, no interval).",
                f"{PARTS.ru}: {ru} (полный подсчёт, без интервала).")  # fmt: skip


def _work_with(counts: dict[str, int]) -> Text:
    """The largest part beside the current clients, if it is larger than these."""
    others = {name: count for name, count in counts.items() if name != "current"}
    largest = max(others, key=lambda name: others[name])
    if others[largest] <= counts["current"]:
        return Text("", "")
    return Text(
        f"Largest part of the base: {NAMES[largest].en}. Name who works with them.",
        f"Самая большая часть базы — {NAMES[largest].ru}: назначить, кто с ними работает.",
    )


def _missing_parts(base: ClientBase, counts: dict[str, int]) -> tuple[Text, ...]:
    notes = []
    for name, (table, columns) in NEEDED.items():
        if name in counts:
            continue
        where = ".".join((table, *columns))
        notes.append(Text(f"Not in the files: {NAMES[name].en} ({where}).",
                          f"В файлах нет: {NAMES[name].ru} ({where})."))  # fmt: skip
    projects = current(base, "contract")["contract"].eq("project").sum()
    if projects:
        notes.append(
            Text(
                f"{number(projects)} of the current clients work by project: some of them may "
                "have gone silent, see silence_threshold.",
                f"Из текущих клиентов {number(projects, 'ru')} — проектные: часть могла замолчать, "
                "см. silence_threshold.",
            )
        )
    return tuple(notes)


def _companies(base: ClientBase) -> tuple[Text, ...]:
    """A company may refuse more than once."""
    if not base.has("deals_lost", "company"):
        return ()
    names = base.tables["deals_lost"]["company"].dropna()
    distinct = names.map(_company).nunique()
    if distinct == len(names):
        return ()
    return (
        Text(
            f"The refusals that name a company come from {number(distinct)} companies.",
            f"Отказы, где названа компания, — от {number(distinct, 'ru')} "
            f"{plural(distinct, 'компании', 'компаний', 'компаний')}.",
        ),
    )
