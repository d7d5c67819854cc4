"""What a backtest says, in both languages; used by `backtests` alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from clientlab.churn.backtest_measures import MEASURES
from clientlab.churn.origins import LEAVERS
from clientlab.results import CannotSay
from clientlab.wording import Text, number, percent, plural

if TYPE_CHECKING:
    from clientlab.churn.backtests import Backtest

POOLED = Text(
    "All test days make one list of client-days; intervals draw clients with all their rows.",
    "Все даты проверки сложены в один список; в интервалах заново выбираются клиенты со всеми "
    "своими строками.",
)
SCORES = Text(
    "Rules and columns are no probabilities: theirs is the share that left at such a score on "
    "training days.",
    "Правила и столбцы не вероятности: за вероятность взята доля ушедших при такой оценке в даты "
    "обучения.",
)
NO_PROFIT = Text(
    "Profit is left out: it needs your assumptions (profit={'clv': …, 'incentive': …, 'contact': "
    "…, 'alpha': …, 'beta': …}).",
    "Прибыли здесь нет: нужны ваши допущения (profit={'clv': …, 'incentive': …, 'contact': …, "
    "'alpha': …, 'beta': …}).",
)


def base_of(days: int, left: int) -> Text:
    """What the base counts."""
    en = f"on {number(days)} test {plural(days, 'day', 'days')}, {number(left)} of them left"
    days_ru = f"{number(days, 'ru')} {plural(days, 'дату', 'даты', 'дат')} проверки"
    ru = f"за {days_ru}, из них ушли {number(left, 'ru')}"
    return Text(f"client {en}|clients {en}", f"клиент {ru}|клиента {ru}|клиентов {ru}")


def _only(left: int) -> Text:
    return Text(f"Only {left}" if left else "No", f"только {left}" if left else "0")


def too_few(left: int, days: int) -> CannotSay:
    """The refusal: a measure on a few leavers says who they were, not how good a score is."""
    return CannotSay.because(Text(
        f"{_only(left).en} {plural(left, 'client', 'clients')} left within the horizon of {days} "
        f"test {plural(days, 'day', 'days')}; under {LEAVERS} no measure is told. Test on more "
        "days, or wait.",
        f"После {days} {plural(days, 'даты', 'дат')} проверки в пределах горизонта "
        f"{plural(left, 'ушёл', 'ушли', 'ушло')} {_only(left).ru} "
        f"{plural(left, 'клиент', 'клиента', 'клиентов')}; если их меньше {LEAVERS}, мер не "
        "называем. Нужно больше дат или больше времени.",
    ))  # fmt: skip


def notes(
    rows: pd.DataFrame,
    labels: Mapping[str, Text],
    missing: Mapping[str, CannotSay],
    without_profit: bool,
) -> list[Text]:
    """What the reader must know of this test."""
    told = [POOLED]
    unknown = 1 - rows.groupby("candidate", sort=False)["known"].mean()
    silent = unknown[unknown > 0]
    if len(silent):
        en, ru = (
            ", ".join(f"{labels[str(name)].in_language(lang)} {percent(share, lang)}"
                      for name, share in silent.items()) for lang in ("en", "ru")
        )  # fmt: skip
        told.append(Text(
            f"Rows of which nothing is said, put in the middle of their day: {en}.",
            f"Строки, о которых ничего не сказано и которые стоят в середине своей даты: {ru}.",
        ))  # fmt: skip
    if len(unknown) and rows["probability"].notna().all() and _any_score(rows):
        told.append(SCORES)
    told += [one.reason for one in missing.values()]
    return [*told, NO_PROFIT] if without_profit else told


def _any_score(rows: pd.DataFrame) -> bool:
    return bool((rows["score"] != rows["probability"]).any())


def clients(count: float | None, lang: str) -> str:
    """A number of clients in words: 'base 121 clients'."""
    many = int(count or 0)
    return Text(
        f"base {number(many)} {plural(many, 'client', 'clients')}",
        f"база {number(many, 'ru')} {plural(many, 'клиент', 'клиента', 'клиентов')}",
    ).in_language(lang)


def end(value: float, lang: str) -> str:
    """An end of a difference; one that would be read as 0 says on which side of it it lies."""
    if 0 < abs(value) < 0.005:
        above, below = Text("just above 0", "чуть выше 0"), Text("just below 0", "чуть ниже 0")
        return (above if value > 0 else below).in_language(lang)
    return number(value, lang, digits=2)


def between(value: float, low: float, high: float, lang: str) -> str:
    """A difference with its interval: '0.03 (−0.05 … 0.11)'."""
    if pd.isna(low):
        return number(value, lang, digits=2) + Text(" (no interval)", " (без интервала)"
                                                    ).in_language(lang)  # fmt: skip
    return f"{number(value, lang, digits=2)} ({end(low, lang)} … {end(high, lang)})"


def span(row: Any, lang: str, digits: int = 2) -> str:
    """An estimate with its interval: '0.72 (0.61–0.81)'."""
    value, low, high = (number(end, lang, digits=digits)
                        for end in (row["estimate"], row["low"], row["high"]))  # fmt: skip
    if pd.isna(row["low"]):
        return value + Text(" (no interval)", " (без интервала)").in_language(lang)
    return f"{value} ({low}–{high})"


def headline(tested: Backtest, lang: str) -> str:
    """The highest and the lowest AUC, as the title of a slide."""
    rows = tested.of("auc")
    best = rows.iloc[0]
    name, value = tested.labels[best["candidate"]], number(best["estimate"], lang, digits=2)
    if len(rows) == 1:
        return Text(f"AUC of '{name.en}' on days it could not know: {value}",
                    f"AUC «{name.ru}» на датах, которых он не знал: {value}"
                    ).in_language(lang)  # fmt: skip
    last = rows.iloc[-1]
    least, worst = number(last["estimate"], lang, digits=2), tested.labels[last["candidate"]]
    return Text(
        f"Highest AUC on days unknown to them: '{name.en}', {value}; lowest: '{worst.en}', {least}",
        f"Самый высокий AUC на неизвестных датах: «{name.ru}», {value}; самый низкий: "
        f"«{worst.ru}», {least}",
    ).in_language(lang)


def say(tested: Backtest, lang: str) -> str:
    """AUC of every candidate with interval, clients and leavers."""
    parts = [f"{tested.labels[row['candidate']].in_language(lang)} {span(row, lang)}"
             for _, row in tested.of("auc").iterrows()]  # fmt: skip
    left = tested.leavers
    tail = Text(
        f"{number(left)} left; {percent(tested.level)} intervals.",
        f"ушли {number(left, 'ru')}; интервалы {percent(tested.level, 'ru')}.",
    )
    base = clients(tested.provenance.base, lang)
    return f"AUC: {'; '.join(parts)}; {base}, {tail.in_language(lang)}"


def measures(tested: Backtest, lang: str) -> str:
    """What is drawn."""
    ahead = f"{tested.horizon / pd.Timedelta(days=1):g}"
    return Text(
        f"AUC: chance that one who left within {ahead} days had been ranked above one who stayed; "
        "0.5 is a coin. 95% intervals, grey: not told apart from a coin",
        f"AUC: вероятность, что ушедший за {ahead} дней стоял выше оставшегося; 0,5 это монета. "
        "95%-е интервалы, серое: не отличить от монеты",
    ).in_language(lang)


def card(tested: Backtest, lang: str) -> str:
    """Provenance of a backtest in sentences: the model card."""
    days, ahead = tested.days, f"{tested.horizon / pd.Timedelta(days=1):g}"
    last = days.iloc[-1]
    count = len(days)
    lines = [
        Text(
            f"Asked: who leaves within {ahead} days after the end of a day, from what was known "
            "that day.",
            f"Вопрос: кто уйдёт за {ahead} дней после даты, по тому, что было известно в тот день.",
        ),
        Text(
            f"Tested on {count} {plural(count, 'day', 'days')}, {days['day'].iloc[0]:%Y-%m-%d} to "
            f"{last['day']:%Y-%m-%d}, by models fitted on days at least {ahead} days older only; "
            f"at the last one on {number(last['training_rows'])} rows with "
            f"{number(last['training_leavers'])} leavers.",
            f"Проверка: {count} {plural(count, 'дата', 'даты', 'дат')}, с "
            f"{days['day'].iloc[0]:%d.%m.%Y} по {last['day']:%d.%m.%Y}; модели построены "
            f"только по датам старше не менее чем на {ahead} дней, в последний раз по "
            f"{number(last['training_rows'], 'ru')} строкам, ушедших "
            f"{number(last['training_leavers'], 'ru')}.",
        ),
    ]
    written = [one.in_language(lang) for one in lines]
    for name, text in tested.labels.items():
        rows = tested.frame[tested.frame["candidate"] == name]
        told = [f"{MEASURES[row['measure']].in_language(lang)} "
                f"{span(row, lang, 0 if row['measure'] in ('lead_days', 'profit') else 2)}"
                for _, row in rows.iterrows() if not pd.isna(row["estimate"])]  # fmt: skip
        written.append(f"{text.in_language(lang)}: {'; '.join(told)}.")
    written += [note.in_language(lang) for note in tested.notes]
    written.append(tested.provenance.footer(lang) + ".")
    return "\n".join(f"- {line}" for line in written)
