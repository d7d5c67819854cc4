"""Which numbers of respondents fit a set of printed percentages.

It answers: how many people can stand behind figures whose base was not printed.
A base that fits is possible, not proven: the notes say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd

from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance, Result
from clientlab.wording import Text, number, plural

COINCIDENCE = 0.001  # expected pairs by chance up to which two neighbouring bases are a sign
SHOWN_AROUND = 6  # bases shown on either side of the neighbouring ones


def possible_bases(
    percents: Sequence[float] | Mapping[str, float] | Any,
    *,
    decimals: int = 1,
    smallest: int = 1,
    largest: int = 1000,
) -> PossibleBases | CannotSay:
    """Every base n for which each printed percentage is a rounded k/n.

    A base n fits the percentage p if some whole k has |100·k/n − p| of at most half
    a unit of the last printed digit. Compared exactly, in whole numbers; a share
    that lies half way between two printable figures fits both of them, because it
    is not known how the author rounded.

    Parameters
    ----------
    percents : sequence or mapping of float, Series, or Published
        Percentages, 0–100, as printed. Of a `Published` question only those
        printed exactly as percent count.
    decimals : int
        Decimals that were printed; a `Published` question knows its own.
    smallest, largest : int
        Range of bases that are tried.

    Returns
    -------
    PossibleBases
        `frame` by fitting base: ``base`` and one column per percentage with its
        count k. The columns are named by the keys of a mapping, else by the
        percentage itself. Where several counts fit (large bases), the one nearest
        to p is given, and the note says how many bases that concerns.

    Raises
    ------
    InvalidValue
        If there is no percentage, one is outside of 0–100, one has more digits
        than `decimals`, or the range is empty.

    Examples
    --------
    >>> possible_bases([14.6, 18.8], largest=150).frame
       base  14.6  18.8
    0    48     7     9
    1    96    14    18
    2   144    21    27
    """
    if isinstance(percents, CannotSay):
        return percents
    source = getattr(percents, "provenance", None)
    if source is not None:
        labels = dict(zip(percents.percents.index, _label_pairs(percents), strict=True))
        decimals = percents.decimals
        percents = percents.percents
    else:
        labels = {}
    if not 1 <= smallest <= largest:
        raise InvalidValue(
            f"No base lies between smallest={smallest} and largest={largest}. "
            "Give 1 <= smallest <= largest."
        )
    printed = _printed(percents, decimals)
    bases = np.arange(smallest, largest + 1)
    low, high = _counts(np.array(list(printed.values())), bases, decimals)
    fits = low <= high
    joint = fits.all(axis=1)
    nearest = _nearest(np.array(list(printed.values())), bases, decimals).clip(low, high)
    frame = pd.DataFrame(nearest[joint], columns=list(printed))
    frame.insert(0, "base", bases[joint])
    several = int((low < high)[joint].any(axis=1).sum())
    provenance = Provenance(
        source=source.source if source else Text("percentages as printed", "проценты из печати"),
        rows_in=len(printed),
        rows_used=len(printed),
        rows_set_aside=0,
    )
    every = pd.DataFrame(fits, index=pd.Index(bases, name="base"), columns=list(printed))
    return PossibleBases(frame, provenance, _notes(joint.sum(), several), every, labels, decimals)


@dataclass(frozen=True, eq=False, repr=False)
class PossibleBases(Result):
    """Bases that fit printed percentages; made by `possible_bases`.

    Attributes
    ----------
    fits : pandas.DataFrame of bool
        Every base that was tried (rows) by percentage (columns).
    labels : dict of Text
        Labels of the percentages, where they are known.
    """

    fits: pd.DataFrame = None  # type: ignore[assignment]
    labels: dict[str, Text] = None  # type: ignore[assignment]
    decimals: int = 1

    unit = "number"

    @property
    def smallest(self) -> int | None:
        """The smallest base that fits all; None if none was found."""
        return int(self.frame["base"].iloc[0]) if len(self.frame) else None

    @property
    def neighbouring(self) -> dict[str, int]:
        """A base of n or n + 1 for each percentage, where all together need a larger one.

        One person who skipped an option gives it a base of its own. Empty if there is
        no such pair below the joint base, or if arbitrary percentages would fall into
        one so early by chance: the expected number of such pairs up to it is
        Σ ((2n + 1) / printable percentages)^figures, and at most 0.001 is taken for a
        sign. Of simulated sets of 2–6 figures that do share a base of 60, 95 or 150,
        0–5% are told otherwise (1,500 draws each; most at 60, which has many divisors).
        """
        fits = self.fits.to_numpy()
        pairs = (fits[:-1] | fits[1:]).all(axis=1) & ~(fits[:-1].all(axis=1) | fits[1:].all(axis=1))
        if not pairs.any():
            return {}
        first = int(np.argmax(pairs))
        lower = int(self.fits.index[first])
        if self.smallest is not None and self.smallest <= lower:
            return {}
        printable = 100 * 10**self.decimals + 1
        shares = np.minimum(1, (2 * self.fits.index[: first + 1].to_numpy() + 1) / printable)
        if (shares ** fits.shape[1]).sum() > COINCIDENCE:
            return {}
        return {
            option: lower if fits[first, column] else lower + 1
            for column, option in enumerate(self.fits.columns)
        }

    def say(self, lang: str = "en") -> str:
        figures, count = self.fits.shape[1], len(self.frame)
        tried = f"{number(self.fits.index[0], lang)}–{number(self.fits.index[-1], lang)}"
        if self.smallest is None:
            return Text(
                f"No base of {tried} fits all of these figures ({figures}).",
                f"Ни одна база из {tried} не подходит всем этим цифрам ({figures}).",
            ).in_language(lang)
        least = number(self.smallest, lang)
        fit = plural(count, "подходит", "подходят", "подходят")
        if self.fits.index[0] > 1:  # nothing is known of the bases that were not tried
            return Text(
                f"Of the bases {tried}, {count} {plural(count, 'fits', 'fit')} these figures "
                f"({figures}); the smallest is {least}.",
                f"Из баз {tried} этим цифрам ({figures}) {fit} {count}; наименьшая {least}.",
            ).in_language(lang)
        return Text(
            f"The base of these figures ({figures}) cannot be under {least}; of the bases {tried}, "
            f"{count} {plural(count, 'fits', 'fit')}.",
            f"База этих цифр ({figures}) не может быть меньше {least}; из баз {tried} "
            f"{fit} {count}.",
        ).in_language(lang)

    def headline(self, lang: str = "en") -> str:
        own = list(self.neighbouring.values())
        if not own:
            return self.say(lang).rstrip(".")
        limit = number(self.smallest or int(self.fits.index[-1]) + 1, lang)
        lower, some, rest = min(own), own.count(min(own)), own.count(max(own))
        return Text(
            f"These {len(own)} figures cannot share one base under {limit}: {some} of them fit "
            f"{lower}, the other {rest} fit {lower + 1}",
            f"Общая база этих цифр ({len(own)}) не может быть меньше {limit}: для базы {lower} "
            f"подходят {some}, для {lower + 1} остальные {rest}",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        if self.smallest is None and not self.neighbouring:
            return Text(
                "Put no interval on these shares before their authors have told the base.",
                "Не строить интервалов для этих долей, пока авторы не назовут базу.",
            ).in_language(lang)
        if self.neighbouring:
            return Text(
                "Give each option its own base, and do not add these shares up.",
                "Указывайте для каждого варианта свою базу и не складывайте эти доли.",
            ).in_language(lang)
        least = number(self.smallest, lang)
        return Text(
            f"Quote the study as «{least} or more answered», and ask its authors for the base.",
            f"Ссылайтесь на исследование как «ответили {least} или больше» и спросите базу у "
            "авторов.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Which numbers of respondents each printed percentage can come from",
            "Из какого числа ответивших может получиться каждый напечатанный процент",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, style, texts

        lang = texts.language()
        own = self.neighbouring.values()
        middle = min(own) if own else self.smallest or int(self.fits.index[0])
        window = self.fits.loc[middle - SHOWN_AROUND : middle + SHOWN_AROUND + 1]
        names = [self._label(option, lang) for option in window.columns]
        kinds = [
            (Text("cannot be", "невозможно").in_language(lang), "#e8ecef"),
            (Text("possible", "возможно").in_language(lang), style.MAIN),
        ]
        with charts.picture(self, ax) as axes:
            charts.matrix(axes, window.to_numpy().T, names, [str(b) for b in window.index], kinds)
            axes.set_xlabel(Text("respondents", "ответивших").in_language(lang))
        return axes

    def _label(self, option: str, lang: str) -> str:
        label = self.labels.get(option)
        return label.in_language(lang) if label else str(option)


def _label_pairs(study: Any) -> list[Text]:
    options = study.percents.index
    pairs = zip(study.labels("en", options), study.labels("ru", options), strict=True)
    return [Text(en, ru) for en, ru in pairs]


def _printed(percents: Any, decimals: int) -> dict[str, int]:
    """Percentages as whole numbers of the last printed digit, by name."""
    if decimals < 0:
        raise InvalidValue(f"decimals={decimals}: the number of printed decimals is 0 or more.")
    named = percents.items() if hasattr(percents, "items") else ((str(p), p) for p in percents)
    units: dict[str, int] = {}
    taken = {"base"}  # the column of the bases themselves
    for name, value in named:
        try:
            exact = Decimal(str(value)).scaleb(decimals)
        except InvalidOperation:
            raise InvalidValue(f"{value!r} is not a percentage; give numbers of 0–100.") from None
        if not exact.is_finite() or not 0 <= exact <= 100 * 10**decimals:
            raise InvalidValue(f"{value} is not a percentage; give numbers of 0–100.")
        if exact != exact.to_integral_value():
            raise InvalidValue(
                f"{value} has more digits than decimals={decimals}. Give the percentages as "
                "printed, and the number of decimals printed."
            )
        unique, repeat = str(name), 2
        while unique in taken:
            unique, repeat = f"{name} ({repeat})", repeat + 1
        taken.add(unique)
        units[unique] = int(exact)
    if not units:
        raise InvalidValue("There is no percentage to fit a base to; give at least one.")
    return units


def _counts(units: np.ndarray, bases: np.ndarray, decimals: int) -> tuple[np.ndarray, np.ndarray]:
    """Smallest and largest count that fit, by base and percentage; none: low > high."""
    # |100 k / n − u / 10^d| <= 1 / (2 · 10^d), multiplied out:
    # 2u − 1 <= 200 · 10^d · k / n <= 2u + 1
    scale = 200 * 10**decimals
    n = bases[:, None]
    low = -((-n * (2 * units - 1)) // scale)
    high = (n * (2 * units + 1)) // scale
    return np.maximum(low, 0), np.minimum(high, n)


def _nearest(units: np.ndarray, bases: np.ndarray, decimals: int) -> np.ndarray:
    scale = 200 * 10**decimals
    return (2 * units * bases[:, None] + scale // 2 - 1) // scale


def _notes(count: int, several: int) -> tuple[Text, ...]:
    notes = []
    if count:
        notes.append(
            Text(
                "A base that fits is possible, not proven: multiples of it and others fit as well.",
                "Подходящая база возможна, но не доказана: подходят и кратные ей, и другие.",
            )
        )
    if several:
        notes.append(
            Text(
                f"For {several} of the bases several counts fit a figure; the nearest is given.",
                f"Для {several} из баз цифре подходит больше одного числа ответов; дано ближайшее.",
            )
        )
    return tuple(notes)
