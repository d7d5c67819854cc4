"""The three shapes of an answer about a client base, and how each is said.

It answers: how is a number by period, by group, or by cell told and drawn. The
indicators compute frames and name themselves; the words that follow the numbers
('rose', 'cannot be told apart') are here, once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from clientlab.clients.nouns import CLIENTS
from clientlab.clients.periods import called
from clientlab.results import Result
from clientlab.wording import Text, counted, number, percent, percent_range

SMALL = 30  # bases under it are marked

# How an estimate of a unit is written: its value, its interval, a difference of two.
Writer = Callable[[float, str], str]


def money(value: float, lang: str = "en") -> str:
    """Money as it is read out: '1.4 mln', '350 thousand'.

    Examples
    --------
    >>> money(1_430_000), money(350_400), money(-90)
    ('1.4 mln', '350 thousand', '−90')
    >>> money(1_430_000, "ru").replace("\N{NO-BREAK SPACE}", " ")
    '1,4 млн'
    """
    size = abs(value)
    for unit, word in ((1e9, Text("bn", "млрд")), (1e6, Text("mln", "млн"))):
        if size >= 0.9995 * unit:
            digits = 1 if size < 100 * unit else 0
            return f"{number(value / unit, lang, digits=digits)} {word.in_language(lang)}"
    if size >= 1e4:
        word = Text("thousand", "тыс.").in_language(lang)
        return f"{number(value / 1e3, lang)} {word}"
    return number(value, lang)


MARKS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "KZT": "₸", "UAH": "₴", "BYN": "Br"}


def in_currency(value: float, currency: str, lang: str = "en") -> str:
    """Money with the mark of its currency, where it is known.

    Examples
    --------
    >>> in_currency(1_430_000, "RUB"), in_currency(1_430_000, "")
    ('1.4 mln\N{NO-BREAK SPACE}₽', '1.4 mln')
    """
    return money(value, lang) + (
        f"\N{NO-BREAK SPACE}{MARKS.get(currency, currency)}" * bool(currency)
    )


WRITE: dict[str, Writer] = {
    "share": lambda value, lang: percent(value, lang, digits=int(0 < abs(value) < 0.1)),
    "points": lambda value, lang: number(100 * value, lang),
    "score": lambda value, lang: number(value, lang, digits=2),
    "number": lambda value, lang: number(
        value, lang, digits=0 if abs(value) >= 20 or float(value).is_integer() else 1
    ),
    "money": money,
}


def interval_of(low: float, high: float, unit: str, lang: str) -> str:
    """An interval in the unit of its estimate: '2.0–8.6%'.

    Examples
    --------
    >>> interval_of(0.02, 0.086, "share", "en"), interval_of(-0.1, 0.2, "points", "en")
    ('2.0–8.6%', '−10 to 20')
    """
    if unit == "share":
        return percent_range(low, high, lang, digits=1 if max(abs(low), abs(high)) < 0.1 else 0)
    first, last = WRITE[unit](low, lang), WRITE[unit](high, lang)
    return Text(f"{first} to {last}", f"от {first} до {last}").in_language(lang)


def gap_of(value: float, unit: str, lang: str) -> str:
    """A difference with its sign; of shares in percentage points."""
    sign = "+" if value > 0 else ""
    if unit == "share":
        points = Text("points", "п. п.").in_language(lang)
        return f"{sign}{number(100 * value, lang, digits=1)} {points}"
    return sign + WRITE[unit](value, lang)


def without_brackets(told: str) -> str:
    """The first sentence as a title: what stands in brackets is in the words below it.

    Examples
    --------
    >>> without_brackets("From 2% (0–12%, 199 weeks) to 52% (11–91%, 309 weeks).")
    'From 2% to 52%'
    """
    first = re.split(r"\. (?=[A-ZА-Я])", told)[0]
    return re.sub(r" \([^()]*\)", "", first).rstrip(".")


@dataclass(frozen=True, eq=False, repr=False)
class OverTime(Result):
    """A number by period, the last one held against the one before and a year ago.

    Attributes
    ----------
    changes : pandas.DataFrame
        ``against`` ("previous", "year_ago"), ``period``, ``estimate, low, high, base``:
        last period less that one.
    period : {"M", "Q", "Y"}
    subject : Text
        What is measured, as the subject of a sentence in the singular.
    what : Text
        The definition, for the subtitle.
    advice : Text
        What to decide when it has turned for the worse.
    of : Text
        What the base counts, in its forms: 'client|clients'.
    better : {1, -1, 0}
        Whether more is better, worse, or neither.
    level : float
        Of the intervals.
    """

    changes: pd.DataFrame = field(default_factory=pd.DataFrame)
    period: str = "Q"
    subject: Text = Text("", "")
    what: Text = Text("", "")
    advice: Text = Text("", "")
    of: Text = CLIENTS
    better: int = 0
    level: float = 0.95
    unit_of_estimate: str = "share"

    @property
    def unit(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.unit_of_estimate

    @property
    def formats(self) -> dict[str, str]:
        return {"lost": "integer", "count": "integer"}

    @property
    def last(self) -> pd.Series:
        """The last period that has a number."""
        rows = self.frame[self.frame["estimate"].notna()]
        return (rows if len(rows) else self.frame).iloc[-1]

    def verdict(self, against: str = "year_ago") -> int | None:
        """1 it rose, −1 it fell, 0 cannot be told apart, None nothing to compare with."""
        rows = self.changes[self.changes["against"] == against] if len(self.changes) else []
        if not len(rows) or pd.isna(rows.iloc[0]["low"]):
            return None
        row = rows.iloc[0]
        return int(row["low"] > 0) - int(row["high"] < 0)

    def headline(self, lang: str = "en") -> str:
        turn = self._turned(lang)
        return self._head(lang) + (f", {turn}" if turn else "")

    def _head(self, lang: str) -> str:
        """The number of the last period, without base and interval."""
        row = self.last
        name = called(row["period"], self.period, lang)
        value = WRITE[self.unit](row["estimate"], lang)
        during = Text("in", "за").in_language(lang)
        return f"{self.subject.in_language(lang)}: {value} {during} {name}"

    def _told(self) -> int | None:
        """The verdict of the headline: against a year ago, else the period before."""
        told = self.verdict("year_ago")
        return self.verdict("previous") if told is None else told

    def _turned(self, lang: str) -> str:
        told = self._told()
        if self.verdict("year_ago") is None:
            before = Text("than the period before", "чем за период до того")
            same = Text("not clearly different from the period before",
                        "от прошлого периода не отличить")  # fmt: skip
        else:
            before = Text("than a year ago", "чем год назад")
            same = Text(
                "not clearly different from a year ago", "от того же периода год назад не отличить"
            )
        if told is None:
            return ""
        if told == 0:
            return same.in_language(lang)
        word = Text("more", "больше") if told > 0 else Text("less", "меньше")
        comma = "," if lang == "ru" else ""
        return f"{word.in_language(lang)}{comma} {before.in_language(lang)}"

    def say(self, lang: str = "en") -> str:
        row = self.last
        if pd.isna(row["estimate"]):
            none = Text("no complete period has a number", "ни за один период числа нет")
            return f"{self.subject.in_language(lang)}: {none.in_language(lang)}."
        parts = [self._head(lang) + self._base(row, lang)]
        for line in self.changes.to_dict("records"):
            parts.append(self._change(line, lang))
        return "; ".join(part for part in parts if part) + "."

    def _base(self, row: pd.Series, lang: str) -> str:
        base, of = number(row["base"], lang), counted(row["base"], self.of, lang)
        if pd.isna(row["low"]):
            return Text(f" (base {base} {of}; no interval)", f" (база {base} {of}; без интервала)"
                        ).in_language(lang)  # fmt: skip
        ends = interval_of(row["low"], row["high"], self.unit, lang)
        share = percent(self.level, lang)
        head = Text(f"{share} interval", f"{share}-й интервал").in_language(lang)
        word = Text("base", "база").in_language(lang)
        return f" ({head} {ends}, {word} {base} {of})"

    def _change(self, line: Mapping, lang: str) -> str:
        if pd.isna(line["estimate"]):
            return ""
        name = called(line["period"], self.period, lang)
        gap = gap_of(line["estimate"], self.unit, lang)
        against = Text("against", "к").in_language(lang)
        if pd.isna(line["low"]):
            return f"{against} {name}: {gap}"
        if self.unit == "share":
            ends = interval_of(100 * line["low"], 100 * line["high"], "number", lang)
        else:
            ends = interval_of(line["low"], line["high"], self.unit, lang)
        told = int(line["low"] > 0) - int(line["high"] < 0)
        verdict = {
            1: Text("a rise", "рост"),
            -1: Text("a fall", "снижение"),
            0: Text("cannot be told from no change", "от нуля не отличить"),
        }[told].in_language(lang)
        return f"{against} {name}: {gap} ({ends}), {verdict}"

    def decide(self, lang: str = "en") -> str:
        told = self._told()
        if self.better and told == -self.better:
            return self.advice.in_language(lang)
        if told == 0:
            return Text(
                "Do not explain the change to the room: it is within what chance gives. Look at "
                "longer periods.",
                "Не объяснять изменение: оно в пределах случайного. Смотреть на более длинные "
                "периоды.",
            ).in_language(lang)
        return ""

    def measures(self, lang: str = "en") -> str:
        return self.what.in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        frame = self.frame.drop_duplicates("period")
        with charts.picture(self, ax) as axes:
            charts.over_time(
                axes,
                [called(first, self.period, lang) for first in frame["period"]],
                frame["estimate"],
                frame["low"],
                frame["high"],
                write=lambda value: WRITE[self.unit](value, lang),
                tick=self._tick(frame["high"].max(), lang),
            )
        return axes

    def _tick(self, top: float, lang: str) -> Callable[[float], str] | None:
        """Percent at the axis without the decimals that only small values need."""
        if self.unit != "share":
            return None
        return lambda value: percent(value, lang, digits=int(top < 0.05))


@dataclass(frozen=True, eq=False, repr=False)
class ByGroup(Result):
    """A number by group: shares that add up, or estimates beside each other.

    `frame` has the columns ``group, label_en, label_ru, estimate, low, high, base``.

    Attributes
    ----------
    subject, what, advice, of : Text
        As for `OverTime`.
    overall : float
        The number of all groups together, drawn as a line; NaN if there is none.
    told : Text
        The answer in a sentence, made by the indicator from its numbers.
    marked : str
        Column of `frame` that tells the groups which the answer is about: the others are
        drawn grey. Without one, small groups are, if they have intervals.
    """

    subject: Text = Text("", "")
    what: Text = Text("", "")
    advice: Text = Text("", "")
    told: Text = Text("", "")
    marked: str = ""
    overall: float = float("nan")
    unit_of_estimate: str = "share"

    @property
    def unit(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.unit_of_estimate

    @property
    def formats(self) -> dict[str, str]:
        return {"base": "integer", "count": "integer"}

    def say(self, lang: str = "en") -> str:
        return self.told.in_language(lang)

    def headline(self, lang: str = "en") -> str:
        return without_brackets(self.told.in_language(lang))

    def decide(self, lang: str = "en") -> str:
        return self.advice.in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return self.what.in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        frame = self.frame.head(20)
        labels = frame["label_ru" if lang == "ru" else "label_en"]
        written = [WRITE[self.unit](value, lang) for value in frame["estimate"]]
        known = frame["low"].notna().any()
        small = ~frame[self.marked] if self.marked else (frame["base"] < 10)
        with charts.picture(self, ax) as axes:
            if pd.isna(self.overall) and (frame["estimate"] >= 0).all():
                quiet = (small & (known or bool(self.marked))).to_list()  # facts are never small
                charts.bars(axes, labels, frame["estimate"], texts=written, quiet=quiet,
                            low=frame["low"] if known else None,
                            high=frame["high"] if known else None)  # fmt: skip
            else:
                low = frame["low"].fillna(frame["estimate"])
                high = frame["high"].fillna(frame["estimate"])
                reference = None if pd.isna(self.overall) else self.overall
                charts.dots(axes, labels, frame["estimate"], low, high, texts=written,
                            reference=reference, quiet=small.to_list())  # fmt: skip
                if self.unit == "share" and (low >= 0).all():
                    axes.set_xlim(left=0)
                axes.xaxis.set_major_formatter(lambda value, _: WRITE[self.unit](value, lang))
        return axes


@dataclass(frozen=True, eq=False, repr=False)
class Cells(Result):
    """Numbers in a grid of rows and columns; what cannot be observed stays empty.

    Attributes
    ----------
    rows, columns, value : str
        Columns of `frame` that make the grid.
    row_names, column_names : mapping of value to Text, optional
    told, what, advice : Text
    drawn : int, optional
        So many of the last rows are drawn; the others stand in `frame` only.
    """

    rows: str = ""
    columns: str = ""
    value: str = "estimate"
    row_names: Mapping = field(default_factory=dict)
    column_names: Mapping = field(default_factory=dict)
    told: Text = Text("", "")
    what: Text = Text("", "")
    advice: Text = Text("", "")
    unit_of_estimate: str = "share"
    drawn: int | None = None

    formats: ClassVar[dict] = {"base": "integer"}

    @property
    def unit(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.unit_of_estimate

    def say(self, lang: str = "en") -> str:
        return self.told.in_language(lang)

    def headline(self, lang: str = "en") -> str:
        return without_brackets(self.told.in_language(lang))

    def decide(self, lang: str = "en") -> str:
        return self.advice.in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return self.what.in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        grid = self.frame.pivot(index=self.rows, columns=self.columns, values=self.value)
        if self.drawn is not None:
            grid = grid.tail(self.drawn).dropna(axis="columns", how="all")
        named = [_named(name, self.row_names, lang) for name in grid.index]
        across = [_named(name, self.column_names, lang) for name in grid.columns]
        with charts.picture(self, ax) as axes:
            charts.heat(axes, grid.to_numpy(float), named, across,
                        write=lambda value: WRITE[self.unit](value, lang))  # fmt: skip
        return axes


def _named(value, names: Mapping, lang: str) -> str:
    return names[value].in_language(lang) if value in names else str(value)
