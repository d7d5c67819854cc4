"""What `check_no_leakage` found: which features look ahead, and how it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.snapshot_rates import table_name
from clientlab.problems import InvalidValue
from clientlab.results import Result
from clientlab.wording import Text, number, plural

HOW = {
    "truncated": Text("changes if nothing later had been recorded",
                      "меняется, если позже ничего не записано"),
    "scrambled": Text("changes if something else had happened later",
                      "меняется, если позже случилось другое"),
    "relabelled": Text("does not follow the client under another name",
                       "не следует за клиентом под другим именем"),
    "fails": Text("stops on the base of that day", "не считается на базе того дня"),
    "unsteady": Text("gives other values each time", "каждый раз даёт другие значения"),
    "holds": Text("carries data of its own along", "несёт с собой свои данные"),
    "outcome": Text("has a value that tells who left", "выдаёт значением, кто ушёл"),
}  # fmt: skip
SHORT = {
    "truncated": Text("later rows\ntaken away", "без того,\nчто позже"),
    "scrambled": Text("another\nfuture", "другое\nбудущее"),
    "relabelled": Text("other\nnames", "другие\nимена"),
    "fails": Text("stops", "не считается"),
    "unsteady": Text("not steady", "не повторяется"),
    "holds": Text("own data", "свои\nданные"),
    "outcome": Text("tells who\nleft", "выдаёт\nушедших"),
}


@dataclass(frozen=True, eq=False, repr=False)
class Leakage(Result):
    """Which features look ahead, and how it was seen; made by `check_no_leakage`.

    `frame` has a row for each feature, day and way in which it was seen: ``feature, day,
    how, clients`` (with another value), ``base`` (clients looked at), ``why_en, why_ru``.

    Attributes
    ----------
    features : tuple of str
        All that were checked.
    days : tuple of Timestamp
    by_table : mapping of table to int
        How many of them rest on each table.
    """

    features: tuple[str, ...] = ()
    days: tuple[pd.Timestamp, ...] = ()
    by_table: Mapping[str, tuple[str, ...]] | None = None

    unit: ClassVar[str] = "number"
    formats: ClassVar[dict[str, str]] = {"clients": "integer", "base": "integer"}

    @property
    def ok(self) -> bool:
        """Whether features were checked, and none was seen to look ahead."""
        return self.frame.empty and bool(self.features)

    @property
    def named(self) -> list[str]:
        """The features that look ahead, in their order."""
        return [name for name in self.features if name in set(self.frame["feature"])]

    def raise_if_any(self) -> Leakage:
        """Stop where a feature looks ahead; else the result itself.

        Raises
        ------
        InvalidValue
            Also if nothing could be checked.
        """
        if not self.ok:
            raise InvalidValue(self.say())
        return self

    def say(self, lang: str = "en") -> str:
        lines = [self.headline(lang) + self._base(lang) + "."]
        why = f"why_{lang}"
        for name in self.named:
            rows = self.frame[self.frame["feature"] == name].drop_duplicates("how")
            told = "; ".join(
                HOW[how].in_language(lang) + (f" ({text})" if text else "")
                for how, text in zip(rows["how"], rows[why], strict=True)
            )
            lines.append(f"{name}: {told}.")
        return " ".join(lines)

    @property
    def telling(self) -> list[str]:
        """Those of `named` that only tell who left: a leak, or a good sign."""
        ahead = set(self.frame.loc[self.frame["how"] != "outcome", "feature"])
        return [name for name in self.named if name not in ahead]

    def headline(self, lang: str = "en") -> str:
        count, telling = len(self.features), len(self.telling)
        bad = len(self.named) - telling
        if not count:
            return Text(
                "Nothing could be checked: no feature has a value on these days",
                "Проверить нечего: ни у одного признака в эти даты нет значений",
            ).in_language(lang)
        if telling:
            en, ru = (number(count, lang) for lang in ("en", "ru"))
            features, of = (
                plural(count, "feature", "features"),
                plural(count, "признака", "признаков", "признаков"),
            )
            first = Text(f"Of {en} {features} ", f"Из {ru} {of} ")
            if bad:
                looks = plural(bad, "looks", "look")
                first = Text(f"{number(bad)} of {en} {features} {looks} ahead, ",
                             f"Заглядывают вперёд: {number(bad, 'ru')} из {ru} {of}, ещё "
                             )  # fmt: skip
            then = Text(f"{number(telling)}{' more' if bad else ''} "
                        f"{plural(telling, 'tells', 'tell')} who left",
                        f"{number(telling, 'ru')} "
                        f"{plural(telling, 'выдаёт', 'выдают', 'выдают')} ушедших")  # fmt: skip
            return first.in_language(lang) + then.in_language(lang)
        if not bad and count == 1:
            return Text("The one feature does not look ahead",
                        "Единственный признак не заглядывает вперёд").in_language(lang)  # fmt: skip
        if not bad:
            return Text(
                f"None of {number(count)} features looks ahead",
                f"Ни один из {number(count, 'ru')} "
                f"{plural(count, 'признака', 'признаков', 'признаков')} не заглядывает вперёд",
            ).in_language(lang)
        return Text(
            f"{number(bad)} of {number(count)} {plural(count, 'feature', 'features')} "
            f"{plural(bad, 'looks', 'look')} ahead",
            f"Заглядывают вперёд: {number(bad, 'ru')} из {number(count, 'ru')} "
            f"{plural(count, 'признака', 'признаков', 'признаков')}",
        ).in_language(lang)

    def _base(self, lang: str) -> str:
        days, base = len(self.days), int(self.provenance.base or 0)
        return Text(
            f" (checked on {days} {plural(days, 'day', 'days')}, base {number(base)} "
            f"{plural(base, 'client', 'clients')}; exact comparison, no interval)",
            f" (проверено дней: {days}, база {number(base, 'ru')} "
            f"{plural(base, 'клиент', 'клиента', 'клиентов')}; точное сравнение, без интервала)",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        if self.ok:
            return ""
        telling, parts = self.telling, []
        if ahead := [name for name in self.named if name not in telling]:
            parts.append(Text(
                f"Leave out until their days are known: {', '.join(ahead)}. A history table "
                "(client_id, column, value, known_on) gives undated values their days back.",
                f"Убрать, пока не известны даты: {', '.join(ahead)}. Таблица history "
                "(client_id, column, value, known_on) возвращает значениям даты.",
            ))  # fmt: skip
        if telling:
            parts.append(Text(
                f"Ask who writes these values and when: {', '.join(telling)}. Written after the "
                "end they are a leak; written before it, a very good sign.",
                f"Спросить, кто и когда вносит эти значения: {', '.join(telling)}. Внесённые "
                "после ухода — утечка, внесённые раньше — очень сильный признак.",
            ))  # fmt: skip
        return " ".join(part.in_language(lang) for part in parts)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Features computed again: without the future, with another one, under other names",
            "Признаки пересчитаны: без будущего, с другим будущим, под другими именами",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, style, texts

        lang = texts.language()
        seen = set(zip(self.frame["feature"], self.frame["how"], strict=True))
        rare = {"fails", "unsteady"} - set(self.frame["how"])
        ways = [how for how in HOW if how not in rare]
        named = self.named[:14]
        clean = {
            table: sum(name not in self.named for name in names)
            for table, names in (self.by_table or {}).items()
        }
        rows = [*named, *(f"{table_name(table).in_language(lang)}: {count}"
                          for table, count in clean.items() if count)]  # fmt: skip
        grid = np.zeros((len(rows), len(ways)))
        for at, name in enumerate(named):
            grid[at] = [float((name, how) in seen) for how in ways]
        clear, ahead = (Text("nothing seen", "не замечено"),
                        Text("seen", "замечено"))  # fmt: skip
        kinds = [(clear.in_language(lang), style.CANNOT), (ahead.in_language(lang), style.MAIN)]
        with charts.picture(self, ax) as axes:
            names = [SHORT[how].in_language(lang) for how in ways]
            charts.matrix(axes, grid, rows, names, kinds)
        return axes
