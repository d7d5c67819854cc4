"""What `drivers` found, in words and as a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from clientlab.results import Result
from clientlab.wording import MINUS, Text, counted, number

DRAWN = 15  # practices of a picture, the most important
NAMED = 2  # practices of a headline in each direction


@dataclass(frozen=True, eq=False, repr=False)
class Drivers(Result):
    """Practices that go with an outcome; made by `drivers`.

    Attributes
    ----------
    label : Text
        What the outcome is.
    forms : Text
        What was counted.
    method : {"lmg", "johnson", "alone"}
    explained : float
        R² of all practices after what is held fixed; NaN if each was taken alone.
    level : float
    """

    label: Text = Text("", "")
    forms: Text = Text("", "")
    method: str = "lmg"
    explained: float = math.nan
    level: float = 0.95

    formats: ClassVar[dict] = {
        "p_value": "p_value", "p_adjusted": "p_value", "direction": "integer",
    } | dict.fromkeys(("slope", "slope_low", "slope_high", "shrunk", "shrunk_low", "shrunk_high"),
                      "score")  # fmt: skip

    def found(self, direction: int) -> pd.DataFrame:
        """Practices beyond chance in one direction, the most important first."""
        return self.frame.loc[self.frame["direction"] == direction]

    def _named(self, direction: int, lang: str) -> str:
        labels = [f"«{label}»" for label in self.found(direction)[f"label_{lang}"]]
        more = len(labels) - NAMED
        tail = Text(f" and {more} more", f" и ещё {more}").in_language(lang) if more > 0 else ""
        return ", ".join(labels[:NAMED]) + tail

    def headline(self, lang: str = "en") -> str:
        what = self.label.in_language(lang)
        up, down = self._named(1, lang), self._named(-1, lang)
        if not up and not down:
            return Text(
                f"«{what}»: no practice goes with it beyond chance",
                f"«{what}»: ни одна практика не связана с этим сильнее, чем случайно",
            ).in_language(lang)
        higher = Text(f"higher with {up}", f"выше там, где {up}").in_language(lang)
        lower = Text(f"lower with {down}", f"ниже там, где {down}").in_language(lang)
        return f"«{what}»: " + "; ".join(
            part for part, any_ in ((higher, up), (lower, down)) if any_
        )

    def say(self, lang: str = "en") -> str:
        told = self.frame[self.frame["direction"] != 0]
        base, count = self.provenance.base or 0, len(self.frame)
        of = f"{number(base, lang)} {counted(base, self.forms, lang)}"
        level = number(100 * self.level, lang)
        rows = "; ".join(self._said(row, lang) for _, row in told.iterrows())
        if not rows:
            return Text(
                f"{self.headline('en')}: none of {count}, corrected for their number; base {of}. "
                "That does not show that there is no link.",
                f"{self.headline('ru')}: ни одна из {count} с поправкой на их число; база: {of}. "
                "Это не доказывает, что связи нет.",
            ).in_language(lang)
        return Text(
            f"{self.headline('en')}. {rows}. Base {of}, intervals of {level}%; beyond chance "
            f"{len(told)} of {count} practices. An association, not a cause.",
            f"{self.headline('ru')}. {rows}. База: {of}, интервалы {level}%; сильнее случайного — "
            f"{len(told)} из {count} практик. Это связь, а не причина.",
        ).in_language(lang)

    def _said(self, row: pd.Series, lang: str) -> str:
        """One practice: its size, the interval of that, and the cautious size."""
        digits = digits_of(row["slope"])
        ends = (number(row[end], lang, digits=digits) for end in ("slope_low", "slope_high"))
        between = Text("{} to {}", "от {} до {}").in_language(lang).format(*ends)
        size, careful = (signed(row[name], lang, digits) for name in ("slope", "shrunk"))
        unit = UNITS_SAID[row["unit"]].in_language(lang)
        less = Text("shrunk", "с осторожностью").in_language(lang)
        return f"«{row[f'label_{lang}']}» {size} {unit} ({between}; {less} {careful})"

    def decide(self, lang: str = "en") -> str:
        up, down = self.found(1), self.found(-1)
        what = self.label.in_language(lang)
        if up.empty and down.empty:
            more = counted(5, self.forms, lang)
            return Text(
                f"Take no practice up and drop none on this evidence; outcomes of more {more} "
                "would tell, another look at these would not.",
                f"По этим данным ничего не вводить и не отменять: ответ дадут результаты большего "
                f"числа {more}, а не новый взгляд на эти.",
            ).in_language(lang)
        parts = []
        if len(up):
            first = up.iloc[0][f"label_{lang}"]
            parts.append(Text(
                f"Choose by lot who begins with «{first}» this quarter and who later, name who "
                f"sees to it, and compare «{what}» after two quarters.",
                f"Жребием выберите, кто начнёт «{first}» в этом квартале, а кто позже, назначьте "
                f"ответственного и сравните «{what}» через два квартала.",
            ).in_language(lang))  # fmt: skip
        if len(down):
            first = down.iloc[0][f"label_{lang}"]
            parts.append(Text(
                f"Before «{first}» is stopped anywhere: ask three who do it whether it is done "
                "for clients who are already going.",
                f"Прежде чем где-либо отменять «{first}», спросите троих, кто это делает: не для "
                "тех ли клиентов, кто уже уходит.",
            ).in_language(lang))  # fmt: skip
        return " ".join(parts)

    def measures(self, lang: str = "en") -> str:
        what = self.label.in_language(lang)
        of = counted(1 if lang == "ru" else 2, self.forms, lang)
        how = {
            "lmg": Text("all practices at once (LMG)", "все практики вместе (LMG)"),
            "johnson": Text("all practices at once (Johnson’s weights)",
                            "все практики вместе (веса Джонсона)"),
            "alone": Text("each practice alone", "каждая практика отдельно"),
        }[self.method].in_language(lang)  # fmt: skip
        return Text(
            f"Share of the differences in «{what}» between {of} that goes with each practice, "
            f"{how}; ▲ higher, ▼ lower where it is done, grey: cannot be told from chance",
            f"Доля различий в «{what}», связанная с практикой (единица — {of}), {how}; ▲ выше, ▼ "
            "ниже там, где так делают, серое — от случайности не отличить",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, charts_drivers, texts

        lang, rows = texts.language(), self.frame.head(DRAWN)
        written = [signed(row["slope"], lang, digits_of(row["slope"])) if row["direction"] else ""
                   for _, row in rows.iterrows()]  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts_drivers.importance(
                axes, list(rows[f"label_{lang}"]), rows["estimate"], rows["low"], rows["high"],
                direction=list(rows["direction"]), texts=written,
            )  # fmt: skip
        return axes


UNITS_SAID = {
    "tick": Text("where all do it against nobody", "если так делают все, а не никто"),
    "point": Text("a point", "на балл"),
    "deviation": Text("a standard deviation", "на стандартное отклонение"),
}


def signed(value: float, lang: str, digits: int) -> str:
    """A difference with its sign.

    Examples
    --------
    >>> signed(4.06, "en", 1), signed(-0.2, "ru", 1) == f"{MINUS}0,2"
    ('+4.1', True)
    """
    text = number(abs(value), lang, digits=digits)
    return f"{MINUS if value < 0 else '+'}{text}"


def digits_of(value: float) -> int:
    """Decimals that leave two significant digits, none for larger numbers.

    Examples
    --------
    >>> digits_of(0.123), digits_of(4.1), digits_of(-41.2)
    (2, 1, 0)
    """
    if not math.isfinite(value) or value == 0:
        return 1
    return min(4, max(0, 1 - math.floor(math.log10(abs(value)))))
