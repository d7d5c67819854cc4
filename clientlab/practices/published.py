"""Figures that others printed: as printed, and with the interval they imply.

It answers: what does a study say, on which base could it stand, how wide is the
interval. It deliberately never assumes a base in silence: it takes one that the
analyst names, or the smallest that fits the figures, and says which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from clientlab.practices.bases import possible_bases
from clientlab.practices.study import Study
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance, Result
from clientlab.stats import proportions
from clientlab.wording import Text, number, percent, percent_range

FIGURES = Path(__file__).resolve().parents[2] / "data" / "published" / "figures.csv"

PRECISIONS = {
    "exact": Text("{}", "{}"),
    "almost": Text("almost {}", "почти {}"),
    "more_than": Text("more than {}", "больше {}"),
    "at_least": Text("at least {}", "не меньше {}"),
    "rank": Text("place {}", "место {}"),
}
UNITS = {"years": Text("{} years", "{} г."), "ratio": Text("{} times", "{} раза")}
NO_QUESTION = Text(
    "This study has no such question, so nothing is said here.",
    "В этом исследовании нет такого вопроса, поэтому здесь ничего не сказано.",
)


def published(name: str | None, *, source: str | Path | None = None) -> Published | CannotSay:
    """The printed figures of one question.

    Parameters
    ----------
    name : str or None
        Question, e.g. 'loyalty_methods'. None: the study has no such question; what
        depends on it then says so in a sentence.
    source : path, optional
        A study of your own in the same form (columns `source, question, type,
        option, label_en, figure, unit, precision`, optionally `label_ru, remark`).
        By default the figures of the five source articles.

    Returns
    -------
    Published
        `frame` by option: ``option, label_en, label_ru, figure, decimals, unit,
        precision, remark, source``; figures in the unit in which they were printed.

    Raises
    ------
    InvalidValue
        If the file has problems (all of them are told), or no such question.

    Examples
    --------
    >>> published("response_speed").frame["figure"].tolist()
    [14.6, 70.0, 18.8]
    """
    if name is None:
        return CannotSay.because(NO_QUESTION)
    study = Study.read(source or FIGURES)
    if name not in study.questions:
        raise InvalidValue(
            f"Question {name!r} is not in {study.path.name}; it has: "
            f"{', '.join(study.questions)}. Use one of these, or None to leave the question out."
        )
    rows = study.frame[study.frame["question"] == name].drop(columns="question")
    title = study.title(name)
    provenance = Provenance(
        source=study.credit(rows["source"].unique()),
        base_of=Text("not printed", "не напечатана"),
        rows_in=len(rows),
        rows_used=len(rows),
        rows_set_aside=0,
    )
    return Published(rows.reset_index(drop=True), provenance, (), name, title)


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
        if found.smallest is None or found.neighbouring:
            return CannotSay.because(NO_BASE, study.provenance)
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
        base_of=_base_of(base),
        rows_in=len(study.frame),
        rows_used=len(percents),
        rows_set_aside=left_out,
    )
    return PublishedTopline(frame, provenance, tuple(notes), study.title, level)


def unanswered(
    shares: PublishedTopline | CannotSay,
    option: str | None = None,
    *,
    answered: Sequence[float] = (1.0, 0.75, 0.5, 0.25),
) -> Unanswered | CannotSay:
    """What the share of all who were asked could be, had only some of them answered.

    With a share p among the answered part r, the share among all lies between
    r·p (nobody else) and r·p + 1 − r (everybody else): no assumption, no interval
    of sampling on top (Manski 1989, "Anatomy of the selection problem").

    Parameters
    ----------
    shares : PublishedTopline
    option : str, optional
        By default the option with the highest share.
    answered : sequence of float
        Shares of those asked who answered, 0–1.

    Returns
    -------
    Unanswered
        `frame`: ``option, answered, estimate, low, high, base``.

    Raises
    ------
    InvalidValue
        If there is no such option, or `answered` leaves (0, 1].

    Examples
    --------
    >>> bounds = unanswered(published_topline(published("loyalty_methods")), "feedback")
    >>> bounds.frame.query("answered == 0.5")[["low", "high"]].round(3).values.tolist()
    [[0.274, 0.774]]
    """
    if isinstance(shares, CannotSay):
        return shares
    rows = shares.frame.set_index("option")
    option = rows["estimate"].idxmax() if option is None else option
    if option not in rows.index:
        raise InvalidValue(f"Option {option!r} is not among: {', '.join(rows.index)}.")
    wrong = [share for share in answered if not 0 < share <= 1]
    if wrong:
        raise InvalidValue(f"A share of answers must lie in (0, 1]; got {wrong[0]:g}.")
    row = rows.loc[option]
    frame = pd.DataFrame({"option": option, "answered": list(answered)})
    frame["estimate"] = row["estimate"]
    frame["low"] = frame["answered"] * row["estimate"]
    frame["high"] = frame["low"] + 1 - frame["answered"]
    frame["base"] = row["base"]
    label = Text(row["label_en"], row["label_ru"])
    return Unanswered(frame, shares.provenance, (), label)


NO_BASE = Text(
    "These options cannot share a plausible base, so no interval is given on one. Name the bases: "
    "published_topline(study, base=possible_bases(study).neighbouring), or a number that you know.",
    "У этих вариантов не может быть правдоподобной общей базы, поэтому интервала нет. Назовите "
    "базы: published_topline(study, base=possible_bases(study).neighbouring), или известное число.",
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


def _base_of(base: int | Mapping[str, int] | None) -> Text:
    if base is None:
        return Text("agencies, the smallest base that fits", "агентств, наименьшая подходящая")
    if isinstance(base, Mapping) and len(set(base.values())) > 1:
        top = max(base.values())
        return Text(f"to {top}, by option, as named", f"до {top}, по вариантам, как названо")
    return Text("as named", "как названо")


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
class Published(Result):
    """The printed figures of one question, untouched; made by `published`."""

    question: str = ""
    title: Text = Text("", "")

    unit: ClassVar[str] = "number"

    @property
    def decimals(self) -> int:
        """Decimals that the question was printed with: the most that any figure has."""
        exact = self.frame.set_index("option").loc[self.percents.index, "decimals"]
        return int(exact.max()) if len(exact) else 1

    @property
    def percents(self) -> pd.Series:
        """Figures printed exactly as percent, by option: those that imply a base."""
        exact = (self.frame["precision"] == "exact") & self.frame["unit"].str.startswith("percent")
        return self.frame[exact].set_index("option")["figure"]

    def labels(self, lang: str, options: Sequence[str] | None = None) -> list[str]:
        """Labels in one language, of all options or of some."""
        labels = self.frame.set_index("option")[f"label_{lang}"]
        return list(labels if options is None else labels.loc[list(options)])

    def say(self, lang: str = "en") -> str:
        top = self.frame.loc[self.frame["figure"].idxmax()]
        said = f"«{top[f'label_{lang}']}», {printed(top, lang)}"
        return Text(
            f"Figures printed: {len(self.frame)}; the highest: {said}; no base was printed",
            f"Напечатано цифр: {len(self.frame)}; наибольшая: {said}; база не напечатана",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        as_printed = Text(
            "as printed, grey: not an exact figure", "как напечатано, серым: неточные"
        )
        return f"{self.title.in_language(lang)}: {as_printed.in_language(lang)}"

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        rows = self.frame.sort_values("figure", ascending=False, kind="stable")
        with charts.picture(self, ax) as axes:
            charts.bars(
                axes,
                list(rows[f"label_{lang}"]),
                rows["figure"],
                texts=[printed(row, lang) for _, row in rows.iterrows()],
                quiet=list(rows["precision"] != "exact"),
            )
        return axes


@dataclass(frozen=True, eq=False, repr=False)
class PublishedTopline(Result):
    """Shares with the intervals that a base implies; made by `published_topline`."""

    title: Text = Text("", "")
    level: float = 0.95

    formats: ClassVar[dict] = {"estimate": "percent1"}

    def _said(self, row: pd.Series, lang: str) -> str:
        share, ends = percent(row["estimate"], lang), percent_range(row["low"], row["high"], lang)
        return f"«{row[f'label_{lang}']}», {share} ({ends})"

    def headline(self, lang: str = "en") -> str:
        top = self._said(self.frame.loc[self.frame["estimate"].idxmax()], lang)
        return Text(f"Ticked most often: {top}", f"Чаще всего отмечают: {top}").in_language(lang)

    def say(self, lang: str = "en") -> str:
        last = self._said(self.frame.loc[self.frame["estimate"].idxmin()], lang)
        base, level = number(self.frame["base"].min(), lang), percent(self.level, lang)
        return self.headline(lang) + Text(
            f"; least often: {last}. Base {base}, intervals of {level}.",
            f"; реже всего: {last}. База {base}, интервалы {level}.",
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


@dataclass(frozen=True, eq=False, repr=False)
class Unanswered(Result):
    """Bounds of a share among all who were asked; made by `unanswered`."""

    label: Text = Text("", "")

    formats: ClassVar[dict] = {"answered": "percent"}

    def say(self, lang: str = "en") -> str:
        row = self.frame.loc[self.frame["answered"].idxmin()]
        ends = percent_range(row["low"], row["high"], lang)
        part, printed_share = percent(row["answered"], lang), percent(row["estimate"], lang)
        return Text(
            f"If {part} of those asked answered, the printed {printed_share} of "
            f"«{self.label.en}» is compatible with {ends} of all",
            f"Если ответили {part} опрошенных, напечатанные {printed_share} "
            f"(«{self.label.ru}») совместимы с {ends} среди всех",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        return Text(
            "In a survey of your own, spend the effort on answers from those already asked, not on "
            "more addresses, and print how many were asked.",
            "В своём опросе добивайтесь ответов от тех, кого уже спросили, а не новых адресов, и "
            "печатайте, скольких спросили.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Possible share among all who were asked, by how many of them answered",
            "Возможная доля среди всех опрошенных в зависимости от того, сколько ответили",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        answer = Text("{} answered", "ответили {}").in_language(lang)
        with charts.picture(self, ax) as axes:
            charts.ranges(
                axes,
                [answer.format(percent(share, lang)) for share in self.frame["answered"]],
                self.frame["low"],
                self.frame["high"],
                mark=self.frame["estimate"],
            )
        return axes


def printed(row: pd.Series, lang: str) -> str:
    """One figure in the words in which it was printed: 'almost 70%'.

    Parameters
    ----------
    row : Series with `figure, unit, precision`
    lang : {"en", "ru"}
    """
    figure = row["figure"]
    digits = 0 if figure == round(figure) else 1
    if row["unit"].startswith("percent"):
        said = percent(figure / 100, lang, digits=digits)
    else:
        unit = UNITS.get(row["unit"], Text("{}", "{}")).in_language(lang)
        said = unit.format(number(figure, lang, digits=digits))
    return PRECISIONS[row["precision"]].in_language(lang).format(said)
