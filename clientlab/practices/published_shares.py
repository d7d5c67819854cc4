"""Printed shares with the intervals that a base implies.

It answers: how sure is a share of which only the percentage was printed. It
deliberately never assumes a base in silence: it takes one that the analyst names,
or the smallest that fits the figures, and says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from clientlab.practices.bases import possible_bases
from clientlab.practices.published import Published
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance, Result
from clientlab.stats import proportions
from clientlab.wording import Text, number, percent, percent_range

if TYPE_CHECKING:
    from clientlab.session.tables import Table


def published_topline(
    study: Published | CannotSay,
    *,
    base: int | Mapping[str, int] | None = None,
    level: float = 0.95,
) -> PublishedTopline | CannotSay:
    """Shares of one question with the intervals that a base implies.

    Parameters
    ----------
    study : Published
        Only figures printed exactly as percent are used; the rest is noted.
    base : int or mapping of option to int, optional
        How many answered. By default the smallest base that fits all figures,
        which makes the intervals the widest that the figures allow.
    level : float

    Returns
    -------
    PublishedTopline, or CannotSay if the options share no plausible base and none is named
        `frame` by option: ``option, label_en, label_ru, count, estimate, low, high,
        base``; Wilson intervals of count / base.

    Raises
    ------
    InvalidValue
        If a named base is missing for an option, or does not fit its figure.

    Examples
    --------
    >>> from clientlab.practices import published
    >>> shares = published_topline(published("loyalty_methods"))
    >>> print(shares.frame.loc[[0], ["option", "count", "base"]].to_string(index=False))
      option  count  base
    feedback     52    95
    """
    if isinstance(study, CannotSay):
        return study
    percents = study.percents
    if percents.empty:
        return CannotSay.because(NO_PERCENTS, study.provenance)
    if base is None:
        found = possible_bases(study)
        if found.neighbouring:
            return CannotSay.because(NO_BASE, study.provenance)
        if found.smallest is None:
            return CannotSay.because(NONE_FITS, study.provenance)
        bases = pd.Series(found.smallest, index=percents.index)
    else:
        bases = _named_bases(percents.index, base)
    counts = [
        _count(option, figure, int(bases[option]), study.decimals)
        for option, figure in percents.items()
    ]
    estimate = proportions.interval(counts, bases.to_numpy(), level=level)
    frame = pd.DataFrame(
        {
            "option": percents.index,
            "label_en": study.labels("en", percents.index),
            "label_ru": study.labels("ru", percents.index),
            "count": counts,
            "estimate": estimate.estimate,
            "low": estimate.low,
            "high": estimate.high,
            "base": bases.to_numpy(),
        }
    )
    left_out = len(study.frame) - len(percents)
    notes = [_base_note(base), WHO_ANSWERED]
    if left_out:
        notes.insert(0, _left_out(left_out))
    provenance = Provenance(
        source=study.provenance.source,
        base=int(bases.min()),
        base_of=_base_of(base, study.asked),
        rows_in=len(study.frame),
        rows_used=len(percents),
        rows_set_aside=left_out,
    )
    return PublishedTopline(frame, provenance, tuple(notes), study.title, level, study.type)


NO_BASE = Text(
    "These options cannot share a plausible base, so no interval is given on one. Name the bases: "
    "published_topline(study, base=possible_bases(study).neighbouring), or a number that you know.",
    "У этих вариантов не может быть правдоподобной общей базы, поэтому интервала нет. Назовите "
    "базы: published_topline(study, base=possible_bases(study).neighbouring), или известное число.",
)
NONE_FITS = Text(
    "No base up to 1,000 fits these figures, so no interval is given. If you know how many "
    "answered, name it: published_topline(study, base=…).",
    "Ни одна база до 1000 не подходит этим цифрам, поэтому интервала нет. Если вы знаете, сколько "
    "ответило, назовите: published_topline(study, base=…).",
)
NO_PERCENTS = Text(
    "None of these figures was printed as an exact percentage, so no interval can be given.",
    "Ни одна из этих цифр не напечатана точным процентом, поэтому интервала нет.",
)
WHO_ANSWERED = Text(
    "An interval covers chance alone. Who chose to answer it does not cover, however large the "
    "base.",
    "Интервал учитывает только случайность. Кто решил ответить, он не учитывает, какой бы ни "
    "была база.",
)


def _named_bases(options: pd.Index, base: int | Mapping[str, int]) -> pd.Series:
    if not isinstance(base, Mapping):
        return pd.Series(base, index=options)
    missing = [option for option in options if option not in base]
    if missing:
        raise InvalidValue(
            f"No base is named for {', '.join(missing)}. "
            "Name one for every option, or one number for all."
        )
    return pd.Series({option: base[option] for option in options})


def _count(option: str, figure: float, base: int, decimals: int) -> int:
    fitting = possible_bases({option: figure}, decimals=decimals, smallest=base, largest=base)
    if fitting.frame.empty:
        raise InvalidValue(
            f"{figure:g}% of {option!r} is not a rounded share of {base} answers. "
            "possible_bases() lists the bases that fit."
        )
    return int(fitting.frame[option].iloc[0])


def _base_of(base: int | Mapping[str, int] | None, asked: Text) -> Text:
    if base is None:
        return Text(
            f"{asked.en}, the smallest base that fits", f"{asked.ru}, наименьшая подходящая"
        )
    if isinstance(base, Mapping) and len(set(base.values())) > 1:
        top = max(base.values())
        return Text(
            f"to {top} {asked.en}, by option, as named", f"до {top} {asked.ru}, как названо"
        )
    return Text(f"{asked.en}, as named", f"{asked.ru}, как названо")


def _base_note(base: int | Mapping[str, int] | None) -> Text:
    if base is None:
        return Text(
            "The base was not printed. It is the smallest that fits every figure: a larger one "
            "would make the intervals narrower, a smaller one is impossible.",
            "База не напечатана. Взята наименьшая, при которой возможны все цифры: большая сузила "
            "бы интервалы, меньшая невозможна.",
        )
    return Text(
        "The base was not printed; it was named for this reading.",
        "База не напечатана; она названа для этого чтения.",
    )


def _left_out(count: int) -> Text:
    return Text(
        f"Left out: {count} not printed exactly as percent.",
        f"Отложено: {count}, напечатаны не точным процентом.",
    )


@dataclass(frozen=True, eq=False, repr=False)
class PublishedTopline(Result):
    """Shares with the intervals that a base implies; made by `published_topline`."""

    title: Text = Text("", "")
    level: float = 0.95
    type: str = "multi"

    formats: ClassVar[dict] = {"estimate": "percent1"}

    def table(self) -> Table:
        """Options with their counts, the most frequent first, in the language of the session."""
        from clientlab.session import tables, texts

        lang = texts.language()
        rows = self.frame.sort_values("estimate", ascending=False, kind="stable")
        shown = rows[["count", "estimate", "low", "high", "base"]]
        shown.insert(0, "label", rows[f"label_{lang}"])
        formats = {"low": "percent", "high": "percent", **self.formats}
        return tables.table(shown, formats=formats, footer=self.provenance.footer(lang))

    def _said(self, share: float, lang: str) -> str:
        """The options with this share: the first by name, how many more."""
        rows = self.frame[self.frame["estimate"] == share]
        row, more = rows.iloc[0], len(rows) - 1
        ends = percent_range(row["low"], row["high"], lang)
        tied = Text(f" and {more} more", f" и ещё {more}").in_language(lang) if more else ""
        return f"«{row[f'label_{lang}']}»{tied}, {percent(share, lang)} ({ends})"

    def headline(self, lang: str = "en") -> str:
        top = self._said(self.frame["estimate"].max(), lang)
        return Text(f"Ticked most often: {top}", f"Чаще всего отмечают: {top}").in_language(lang)

    def say(self, lang: str = "en") -> str:
        said, least = self.headline(lang), self.frame["estimate"].min()
        if least < self.frame["estimate"].max():
            last = self._said(least, lang)
            said += Text(f"; least often: {last}", f"; реже всего: {last}").in_language(lang)
        base, level = number(self.frame["base"].min(), lang), percent(self.level, lang)
        return said + Text(
            f". Base {base}, intervals of {level}.", f". База {base}, интервалы {level}."
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        return Text(
            "Use the list to find common practices that you lack; quote a share only with its "
            "interval.",
            "Найдите по списку частые практики, которых нет у вас; называйте долю только с "
            "интервалом.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        how = Text(
            f"share of those who answered, with the interval of {percent(self.level)}",
            f"доля ответивших, с интервалом {percent(self.level, 'ru')}",
        )
        return f"{self.title.in_language(lang)}: {how.in_language(lang)}"

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        rows = self.frame.sort_values("estimate", ascending=False, kind="stable")
        with charts.picture(self, ax) as axes:
            charts.bars(
                axes,
                list(rows[f"label_{lang}"]),
                rows["estimate"],
                low=rows["low"],
                high=rows["high"],
            )
        return axes
