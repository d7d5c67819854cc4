"""How many answers are needed, and what those that came can show.

It answers: which margin a base gives, which difference two groups must have to be
seen. Planning only: once the answers are in, their own interval says more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance, Result
from clientlab.stats import proportions
from clientlab.wording import Text, number, percent

SPLITS = {
    (0.5, 0.5): Text("two halves", "две половины"),
    (1 / 3, 1 / 3): Text("two of three equal groups", "две из трёх равных групп"),
    (0.35, 0.3): Text("35% against 30%", "35% против 30%"),
    (0.2, 0.15): Text("20% against 15%", "20% против 15%"),
}
FEWEST = 4  # respondents of whom two groups can be made
WITHOUT_BASE = Text(
    "No base is known for these figures, so nothing can be planned from it.",
    "База этих цифр неизвестна, поэтому от неё нечего планировать.",
)
PLANNED = Text("planning formula, no data", "расчёт при планировании, без данных")


def detectable_difference(
    base: int | Result,
    *,
    splits: Mapping[tuple[float, float], Text] | None = None,
    share: float = 0.5,
    power: float = 0.8,
    level: float = 0.95,
    comparisons: int = 1,
) -> DetectableDifference | CannotSay:
    """The smallest difference between two groups that a base would usually show.

    The share of the second group is raised above `share` until the two-sided test
    of two independent shares finds the difference with the wanted power:
    ``power = Φ((d − z·√(p̄·q̄·(1/n1 + 1/n2))) / √(p1·q1/n1 + p2·q2/n2))`` with p̄ the
    pooled share (Fleiss, Levin & Paik 2003, section 4.2; for equal groups the
    formula of R's `power.prop.test`).

    Parameters
    ----------
    base : int or Result
        Respondents in all; of a result, the base that stands under its pictures.
    splits : mapping of (share of first group, share of second) to Text, optional
        Groups to compare; by default from two halves down to the two smallest of
        four unequal groups.
    share : float
        Share in the first group, from which the second one rises.
    power : float
        How often the difference should be found.
    level : float
    comparisons : int
        Number of comparisons to be made; the level is divided among them
        (Bonferroni).

    Returns
    -------
    DetectableDifference
        `frame`: ``groups, base_first, base_second, base, estimate``; the estimate is
        a difference of shares, NaN where not even 100% would be found.

    Raises
    ------
    InvalidValue
        If a share, level or power leaves (0, 1), or a split needs more than the base;
        a result with fewer than four respondents gives a sentence instead.

    Examples
    --------
    >>> found = detectable_difference(95)
    >>> round(float(found.frame.loc[0, "estimate"]), 2)
    0.27
    """
    _check(share=share, power=power, level=level)
    if isinstance(base, CannotSay):
        return base
    if isinstance(base, Result):
        source, base = base.provenance, base.provenance.base
        if base is None:
            return CannotSay.because(WITHOUT_BASE, source)
        if base < FEWEST:
            return CannotSay.because(_too_few(base), source)
    if base < FEWEST or comparisons < 1:
        raise InvalidValue(
            f"base={base}, comparisons={comparisons}: two groups need at least {FEWEST} "
            "respondents, and one comparison is the fewest."
        )
    rows = []
    for (first, second), text in (splits or SPLITS).items():
        if first <= 0 or second <= 0 or first + second > 1 + 1e-9:
            raise InvalidValue(
                f"Groups of {first:g} and {second:g} of the respondents: shares must be positive "
                "and not exceed 1 together."
            )
        n1, n2 = max(1, round(base * first)), max(1, round(base * second))
        if first + second > 1 - 1e-9:
            n2 = base - n1
        difference = _detectable(n1, n2, share, power, 1 - (1 - level) / comparisons)
        rows.append((text, n1, n2, n1 + n2, difference))
    frame = pd.DataFrame(rows, columns=["groups", "base_first", "base_second", "base", "estimate"])
    provenance = Provenance(
        source=PLANNED, base=base, base_of=Text("respondents in all", "ответивших всего")
    )
    notes = (_assumed(share, power, level, comparisons),)
    return DetectableDifference(frame, provenance, notes, power, share)


def required_base(
    margin: float,
    *,
    share: float = 0.5,
    population: int | None = None,
    level: float = 0.95,
) -> int:
    """How many answers give a share with an interval of ± `margin`.

    The smallest n whose Wilson interval at `share` is at most 2 · `margin` wide, and
    stays so for larger n; with a finite population, fewer (n / (1 + (n − 1) / N)).

    Parameters
    ----------
    margin : float
        Half the width of the interval, as a share: 0.1 is ten percentage points.
    share : float
        Expected share; 0.5 needs the most answers.
    population : int, optional
        How many there are to ask in all, where it is known (60 managers).
    level : float

    Returns
    -------
    int

    Raises
    ------
    InvalidValue
        If margin, share or level leaves (0, 1), or the population is not positive.

    Examples
    --------
    >>> required_base(0.10)
    93
    >>> required_base(0.10, population=60)
    37
    """
    _check(margin=margin, share=share, level=level)
    low, high = 1, 2
    while _half_width(high, share, level) > margin:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _half_width(middle, share, level) > margin else (low, middle)
    if population is None:
        return high
    if population < 1:
        raise InvalidValue(f"population={population}: there must be at least one to ask.")
    return min(population, int(np.ceil(high / (1 + (high - 1) / population) - 1e-9)))


@dataclass(frozen=True, eq=False, repr=False)
class DetectableDifference(Result):
    """Smallest differences that would usually be found; made by `detectable_difference`."""

    power: float = 0.8
    share: float = 0.5

    unit: ClassVar[str] = "points"

    def _group(self, row: pd.Series, lang: str) -> str:
        versus = Text("and", "и").in_language(lang)
        bases = f"{row['base_first']} {versus} {row['base_second']}"
        return f"{row['groups'].in_language(lang)}: {bases}"

    def _rows(self, lang: str) -> list[tuple[str, str]]:
        """Groups and the difference that would be found, those with one, smallest first."""
        found = self.frame.dropna(subset="estimate").sort_values("estimate", kind="stable")
        return [
            (row["groups"].in_language(lang), number(100 * row["estimate"], lang))
            for _, row in found.iterrows()
        ]

    def say(self, lang: str = "en") -> str:
        rows, base = self._rows(lang), number(self.provenance.base, lang)
        if not rows:
            return self.headline(lang) + "."
        listed = "; ".join(f"{groups}, {points}" for groups, points in rows)
        said = Text(
            f"Base {base}, difference in percentage points found {percent(self.power)} of the "
            f"time: {listed}.",
            f"База {base}, разница в процентных пунктах, которую находят в "
            f"{percent(self.power, 'ru')} случаев: {listed}.",
        ).in_language(lang)
        never = len(self.frame) - len(rows)
        if never:
            said += Text(
                f" Divisions into groups too small for any difference: {never}.",
                f" Делений на группы, слишком малые для любой разницы: {never}.",
            ).in_language(lang)
        return said

    def headline(self, lang: str = "en") -> str:
        rows, base = self._rows(lang), number(self.provenance.base, lang)
        if not rows:
            return Text(
                f"A base of {base} would usually show no difference between groups, however large",
                f"База {base} обычно не покажет разницы групп, какой бы большой она ни была",
            ).in_language(lang)
        groups, points = rows[0]
        share = percent(self.share, lang)
        return Text(
            f"A base of {base} usually shows a difference from {share} of {points} percentage "
            f"points or more between {groups}",
            f"База {base} обычно показывает отличие от {share} на {points} и более процентных "
            f"пунктов ({groups})",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        if not self._rows(lang):
            return Text(
                "Do not compare groups; report the answers of all together.",
                "Не сравнивайте группы; показывайте ответы всех вместе.",
            ).in_language(lang)
        return Text(
            "Break the answers down only where you expect a difference of this size; otherwise "
            "collect more answers first.",
            "Делите ответы на группы только там, где ждёте разницу такого размера; иначе сначала "
            "соберите больше ответов.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Smallest difference between two groups that would usually be found, percentage points",
            "Наименьшая разница двух групп, которую обычно найдут, процентные пункты",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        rows = self.frame
        never = Text("not even 100 points", "не хватит и 100 пунктов").in_language(lang)
        with charts.picture(self, ax) as axes:
            charts.bars(
                axes,
                [self._group(row, lang) for _, row in rows.iterrows()],
                rows["estimate"].fillna(1),
                texts=[
                    never if np.isnan(value) else number(100 * value, lang)
                    for value in rows["estimate"]
                ],
                quiet=list(rows["estimate"].isna()),
            )
        return axes


def smallest_detectable(
    n1: float, n2: float, *, share: float = 0.5, power: float = 0.8, level: float = 0.95
) -> float:
    """Smallest difference from `share` that two groups show so often (score test).

    Examples
    --------
    >>> round(smallest_detectable(50, 50), 3)
    0.267
    """
    return _detectable(n1, n2, share, power, level)


def _detectable(n1: float, n2: float, share: float, power: float, level: float) -> float:
    from scipy.optimize import brentq
    from scipy.stats import norm

    z = norm.ppf((1 + level) / 2)

    def lacking(other: float) -> float:
        pooled = (n1 * share + n2 * other) / (n1 + n2)
        null = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
        spread = np.sqrt(share * (1 - share) / n1 + other * (1 - other) / n2)
        return norm.cdf((other - share - z * null) / spread) - power

    if lacking(1.0) < 0:
        return float("nan")
    return float(brentq(lacking, share, 1.0, xtol=1e-12)) - share


def _half_width(n: int, share: float, level: float) -> float:
    found = proportions.interval(n * share, n, level=level)
    return (found.high - found.low) / 2


def _check(**shares: float) -> None:
    for name, value in shares.items():
        if not 0 < value < 1:
            raise InvalidValue(f"{name}={value:g} must lie between 0 and 1, both excluded.")


def _assumed(share: float, power: float, level: float, comparisons: int) -> Text:
    return Text(
        f"Assumed: {percent(share)} in the first group, found {percent(power)} of the time, level "
        f"{percent(level)}, {number(comparisons)} comparison(s). For planning only.",
        f"Принято: {percent(share, 'ru')} в первой группе, находят в {percent(power, 'ru')} "
        f"случаев, уровень {percent(level, 'ru')}, сравнений: {number(comparisons)}. Только для "
        "планирования.",
    )


def _too_few(base: int) -> Text:
    return Text(
        f"Too few to make two groups of: base {base}.",
        f"Слишком мало, чтобы делить на две группы: база {base}.",
    )
