"""Which options of a printed multi-select differ, whatever the unprinted overlap.

It answers: 54.7% ticked one way and 48.4% another; the same people ticked both, and
nobody printed how many. It deliberately assumes nothing about that number: each
comparison is made at both ends of what is possible.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.practices.published_shares import PublishedTopline
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import proportions
from clientlab.wording import Text, number

VERDICTS = {
    "differ": Text("differ whatever the overlap", "различаются всегда"),
    "depends": Text("depends on the unprinted overlap", "зависит от пересечения"),
    "cannot_tell": Text("cannot be told apart", "не различить"),
}

ONE_OPTION = Text(
    "There is one option only, so there is nothing to compare it with.",
    "Вариант всего один, сравнивать его не с чем.",
)

OTHER_TYPE = Text(
    "The answers to this question are ordered or contain each other, so their shares are not "
    "compared pair by pair.",
    "Ответы на этот вопрос упорядочены или включают друг друга, поэтому их доли не сравниваются "
    "попарно.",
)
UNADJUSTED = Text("Without correction: ", "Без поправки: ")
ONE_BY_ONE = Text(
    "The interval of a pair is that of this pair alone; the verdicts count all pairs, so an "
    "interval may leave out 0 where the verdict does not claim a difference.",
    "Интервал пары построен для неё одной, а выводы учитывают все пары: интервал может не "
    "содержать 0 и там, где вывод разницы не утверждает.",
)


def published_differences(
    shares: PublishedTopline | CannotSay, *, level: float = 0.95, adjust: str = "holm"
) -> PublishedDifferences | CannotSay:
    """Compare every two options of one multi-select by bounds over their overlap.

    With k1 and k2 of n people ticking the options and o ticking both, k1 − o ticked
    only the first and k2 − o only the second; the McNemar test and the score
    interval of the difference depend on o, which lies between max(0, k1 + k2 − n)
    and min(k1, k2). p-values are taken at both ends and each set is adjusted over
    all pairs: a pair differs whatever the overlap if the larger one stays under
    1 − `level`, and cannot be told apart if the smaller one does not. The adjusted
    p-values never fall when a raw one rises, so the verdicts hold for every
    combination of overlaps, also where not all of the ends are possible at once.

    Of a question with a single answer nobody gave both: the overlap is 0, and nothing
    depends on it.

    Parameters
    ----------
    shares : PublishedTopline
        Options of a multi-select or single choice; all on one base.
    level : float
    adjust : {"holm", "bh", "bonferroni", None}
        Correction for the number of pairs; None: none, to see what it changes.

    Returns
    -------
    PublishedDifferences, or CannotSay of one option or of nested or ordered ones
        `frame` by pair, the higher option first: ``first, second, estimate, low,
        high, base, p_smallest, p_largest, verdict`` with the p-values adjusted and
        `verdict` one of differ, depends, cannot_tell. The interval is that of one
        pair by itself, over all overlaps.

    Raises
    ------
    InvalidValue
        If the options stand on different bases.

    Examples
    --------
    >>> from clientlab.practices import published, published_topline
    >>> pairs = published_differences(published_topline(published("loyalty_methods")))
    >>> len(pairs.frame)
    171
    """
    if isinstance(shares, CannotSay):
        return shares
    rows = shares.frame.sort_values("estimate", ascending=False, kind="stable")
    bases = sorted(set(rows["base"]))
    if len(bases) > 1:
        listed = ", ".join(str(base) for base in bases)
        raise InvalidValue(
            f"The options stand on different bases ({listed}), so the same people did not answer "
            "all of them. Compare options of one base."
        )
    if len(rows) < 2:
        return CannotSay.because(ONE_OPTION, shares.provenance)
    if shares.type not in ("multi", "single"):
        return CannotSay.because(OTHER_TYPE, shares.provenance)
    pairs = list(combinations(range(len(rows)), 2))
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    counts, options = rows["count"].to_numpy(), rows["option"].to_numpy()
    bounds = proportions.paired_difference_bounds(
        counts[first],
        counts[second],
        bases[0],
        both=None if shares.type == "multi" else 0,
        level=level,
    )
    smallest, largest = (
        p if adjust is None else proportions.adjust(p, adjust)
        for p in (bounds.p_smallest, bounds.p_largest)
    )
    alpha = 1 - level
    verdict = np.select(
        [largest < alpha, smallest >= alpha], ["differ", "cannot_tell"], default="depends"
    )
    frame = pd.DataFrame(
        {
            "first": options[first],
            "second": options[second],
            "estimate": bounds.estimate,
            "low": bounds.low,
            "high": bounds.high,
            "base": bases[0],
            "p_smallest": smallest,
            "p_largest": largest,
            "verdict": verdict,
        }
    )
    labels = {row["option"]: Text(row["label_en"], row["label_ru"]) for _, row in rows.iterrows()}
    notes = (_correction_note(adjust, len(pairs), alpha), ONE_BY_ONE, *shares.notes)
    return PublishedDifferences(
        frame, shares.provenance, notes, shares.title, tuple(options), labels, adjust is not None
    )


@dataclass(frozen=True, eq=False, repr=False)
class PublishedDifferences(Result):
    """Verdicts on all pairs of options; made by `published_differences`."""

    title: Text = Text("", "")
    options: tuple[str, ...] = ()
    labels: dict[str, Text] = None  # type: ignore[assignment]
    adjusted: bool = True

    unit: ClassVar[str] = "points"
    formats: ClassVar[dict] = {"p_smallest": "p_value", "p_largest": "p_value"}
    cell_words: ClassVar[dict] = {"verdict": VERDICTS}

    def count(self, verdict: str) -> int:
        """Pairs with one verdict: differ, depends or cannot_tell."""
        return int((self.frame["verdict"] == verdict).sum())

    def say(self, lang: str = "en") -> str:
        pairs = number(len(self.frame), lang)
        differ, depends, cannot = (self.count(verdict) for verdict in VERDICTS)
        base = number(self.frame["base"].iloc[0], lang)
        return self._mark(lang) + Text(
            f"Pairs compared: {pairs}. They differ whatever the overlap: {differ}; cannot be told "
            f"apart by any: {cannot}; depend on answers that nobody printed: {depends} (base "
            f"{base}).",
            f"Сравнили пар: {pairs}. Различаются при любом пересечении: {differ}; не различить ни "
            f"при каком: {cannot}; зависят от того, что не напечатано: {depends} (база {base}).",
        ).in_language(lang)

    def _mark(self, lang: str) -> str:
        return "" if self.adjusted else UNADJUSTED.in_language(lang)

    def headline(self, lang: str = "en") -> str:
        return self._mark(lang) + self._first_place(lang)

    def _first_place(self, lang: str) -> str:
        top = self.options[0]
        open_ones = self._not_surely_below(top)
        name = self.labels[top].in_language(lang)
        if not open_ones:
            return Text(
                f"«{name}» is ticked more often than every other option, whatever the overlap",
                f"«{name}» отмечают чаще всех остальных вариантов при любом пересечении",
            ).in_language(lang)
        if open_ones == len(self.options) - 1:
            return Text(
                f"The first place is not settled: «{name}» is not surely above any other option",
                f"Первое место не определено: «{name}» не заведомо выше ни одного другого варианта",
            ).in_language(lang)
        return Text(
            f"The first place is not settled: «{name}» is not surely above {open_ones} of the "
            f"other {len(self.options) - 1}",
            f"Первое место не определено: «{name}» не заведомо выше {open_ones} из остальных "
            f"{len(self.options) - 1}",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        if not self.adjusted:
            return ""
        equals = self._not_surely_below(self.options[0])
        if equals == 0:
            return Text(
                "The first option may be called the most common one; compare the others pair by "
                "pair.",
                "Первый вариант можно назвать самым частым; остальные сравнивайте попарно.",
            ).in_language(lang)
        return Text(
            f"Treat the first option and those that may equal it ({equals}) as one group: choose "
            "among them by what they cost and whom they suit, not by rank.",
            f"Считайте первый вариант и те, что могут быть ему равны ({equals}), одной группой: "
            "выбирайте по цене и пользе для клиента, а не по месту.",
        ).in_language(lang)

    def _not_surely_below(self, top: str) -> int:
        rows = self.frame[self.frame["first"] == top]
        return int((rows["verdict"] != "differ").sum())

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Options from the most to the least ticked; each cell compares the option of its row "
            "with that of its column",
            "Варианты от частых к редким; клетка сравнивает вариант строки с вариантом столбца",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, style, texts

        lang = texts.language()
        place = {option: index for index, option in enumerate(self.options)}
        codes = np.full((len(place), len(place)), np.nan)
        order = list(VERDICTS)
        for row in self.frame.itertuples():
            codes[place[row.second], place[row.first]] = order.index(row.verdict)
        kinds = [
            (f"{text.in_language(lang)}: {self.count(verdict)}", colour)
            for (verdict, text), colour in zip(
                VERDICTS.items(), (style.MAIN, style.HALF, style.CANNOT), strict=True
            )
        ]
        names = [
            f"{index + 1}. {self.labels[option].in_language(lang)}"
            for option, index in place.items()
        ]
        with charts.picture(self, ax) as axes:
            charts.matrix(
                axes, codes[1:, :-1], names[1:], [str(n + 1) for n in range(len(names) - 1)], kinds
            )
            axes.set_xlabel(Text("number of the option", "номер варианта").in_language(lang))
        return axes


def _correction_note(adjust: str | None, pairs: int, alpha: float) -> Text:
    if adjust is None:
        expected = number(alpha * pairs)
        return Text(
            f"Not corrected for {pairs} comparisons: if nothing differed, chance alone would still "
            f"find about {expected}.",
            f"Без поправки на {pairs} сравнений: если бы ничто не различалось, случай нашёл бы "
            f"около {expected}.",
        )
    name = {"holm": "Holm", "bh": "Benjamini–Hochberg", "bonferroni": "Bonferroni"}[adjust]
    return Text(
        f"McNemar tests at both ends of the possible overlap, {name} correction for {pairs} pairs.",
        f"Критерий Макнемара на обоих концах пересечения, поправка {name} на {pairs} пар.",
    )
