"""What we measured, placed among ranges that others only claim; never tested.

It answers: into which printed range do our measured times fall, and how many agencies claim
it. A difference is refused: one side timed every request, the other told a habit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clientlab.practices.against_matching import TOGETHER
from clientlab.practices.published import Published, printed
from clientlab.problems import InvalidType, InvalidValue
from clientlab.results import CannotSay, Provenance, Result
from clientlab.wording import Text, number, percent

MINUTES = {"min": 1, "h": 60, "d": 1440}
_WITHIN = re.compile(r"within_(\d+)_(min|h|d)")
REQUESTS = Text("request|requests", "запрос|запроса|запросов")
NEVER = Text(
    "Placed, not tested: agencies told a habit, we timed requests. No difference and no interval "
    "of one would mean anything.",
    "Помещено, но не проверено: агентства назвали привычку, а мы засекли запросы. Разность и её "
    "интервал ничего бы не значили.",
)


def place(
    measured: ArrayLike | pd.Series | None,
    published: Published | CannotSay,
    *,
    limits: Mapping[str, float] | None = None,
    counts: Text = REQUESTS,
    source: Text | None = None,
    synthetic: bool = False,
) -> Placed | CannotSay:
    """Place measured times among printed ranges.

    Parameters
    ----------
    measured : array_like of float or timedelta, or None
        Minutes from request to first reaction, one for each request; NaN where nobody has
        answered, which counts as longer than every range. None: nothing was measured.
    published : Published
        A question whose options are ranges, such as 'response_speed'.
    limits : mapping of option to float, optional
        Upper end of each range in minutes. By default read from its id ('within_15_min',
        'within_3_h'); a range begins where the one before it ends, one called
        '…_cumulative' at 0.
    counts : Text
        What was measured, in its forms: 'request|requests'.
    source : Text, optional
    synthetic : bool

    Returns
    -------
    Placed
        `frame` by printed range: ``option, label_en, label_ru, above, limit`` (minutes),
        ``published`` (0–1), ``precision, count, share, base`` (all requests: counted, so
        without an interval) and ``holds_median``.

    Raises
    ------
    InvalidType, InvalidValue
        If something measured is no number or negative, or a range has no limit.

    Examples
    --------
    >>> from clientlab.practices import published
    >>> found = place([10, 20, 45, 50, 200, None], published("response_speed"))
    >>> found.frame[["option", "count", "holds_median"]].values.tolist()[:2]
    [['within_15_min', 1, False], ['within_1_h_cumulative', 4, True]]
    """
    if isinstance(published, CannotSay):
        return published
    minutes = _minutes(measured)
    if minutes is None or not len(minutes):
        return CannotSay.because(
            Text("Nothing was measured here, so nothing is placed.",
                 "Здесь ничего не измерено, поэтому и помещать нечего.")
        )  # fmt: skip
    frame = _ranges(published, limits)
    unanswered = int(np.isnan(minutes).sum())
    waited = np.where(np.isnan(minutes), np.inf, minutes)
    inside = [(waited <= row.limit) & ((waited > row.above) | (row.above == 0))
              for row in frame.itertuples()]  # fmt: skip
    median = float(np.sort(waited)[(len(waited) - 1) // 2])  # the lower one: an observed time
    frame["count"] = [int(one.sum()) for one in inside]
    frame["share"] = frame["count"] / len(waited)
    frame["base"] = len(waited)
    holding = frame[(frame["limit"] >= median) & (frame["above"] < median)]
    smallest = holding["limit"].idxmin() if len(holding) else None
    frame["holds_median"] = frame.index == smallest
    own = source or Text("own records", "собственные записи")
    said = published.provenance.source
    provenance = Provenance(
        source=Text(f"{own.en}; {said.en}", f"{own.ru}; {said.ru}"), base=len(waited),
        base_of=counts, rows_in=len(waited), rows_used=len(waited), rows_set_aside=0,
        synthetic=synthetic,
    )  # fmt: skip
    return Placed(frame, provenance, _notes(unanswered, published), title=published.title,
                  median=median, asked=published.asked, counts=counts,
                  figures=published.frame.set_index("option"))  # fmt: skip


def reaction_times(requests: pd.DataFrame | None) -> pd.Series | None:
    """How long each request of a client base waited for its first answer, for `place`.

    Parameters
    ----------
    requests : DataFrame or None
        ``asked_at, answered_at``, moments. None, or without both: None.

    Returns
    -------
    Series of timedelta, or None
        By the calendar, nights and weekends included; NaT where nobody has answered.

    Examples
    --------
    >>> moments = pd.to_datetime(pd.Series(["2026-03-02 10:00", "2026-03-02 10:40"]))
    >>> table = pd.DataFrame({"asked_at": moments[:1], "answered_at": moments[1:].to_numpy()})
    >>> reaction_times(table).dt.total_seconds().tolist()
    [2400.0]
    """
    if requests is None or not {"asked_at", "answered_at"} <= set(requests):
        return None
    return requests["answered_at"] - requests["asked_at"]


@dataclass(frozen=True, eq=False, repr=False)
class Placed(Result):
    """Measured times among printed ranges; made by `place`.

    Attributes
    ----------
    title : Text
    median : float
        Minutes; infinite if half were not answered.
    asked, counts : Text
        Whom the study counts, and what we counted.
    figures : DataFrame
        The printed figures by option.
    """

    title: Text = Text("", "")
    median: float = np.nan
    asked: Text = Text("", "")
    counts: Text = REQUESTS
    figures: Any = field(default=None)

    formats: ClassVar[dict] = {"published": "percent1", "share": "percent", "limit": "integer",
                               "above": "integer"}  # fmt: skip

    @property
    def held(self) -> pd.Series | None:
        """The printed range that holds our median; None if it is in none."""
        rows = self.frame[self.frame["holds_median"]]
        return rows.iloc[0] if len(rows) else None

    def _printed(self, row: pd.Series, lang: str) -> str:
        return printed(self.figures.loc[row["option"]], lang)

    def headline(self, lang: str = "en") -> str:
        row = self.held
        if np.isinf(self.median):
            return Text(
                "Half of what we measured had no reaction at all",
                "На половину измеренного не было никакой реакции",
            ).in_language(lang)
        waits = _duration(self.median, lang)
        if row is None:
            return Text(
                f"Our median is {waits}: in none of the printed ranges",
                f"Наша медиана — {waits}: ни в одном из напечатанных вариантов",
            ).in_language(lang)
        claim = self._printed(row, lang)
        return Text(
            f"Our median is {waits}: the range «{row['label_en']}», which {claim} of "
            f"{self.asked.en} claim",
            f"Наша медиана — {waits}: вариант «{row['label_ru']}», его называют {claim} "
            f"{self.asked.ru}",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        row = self.frame.iloc[0] if self.held is None else self.held
        share, base = percent(row["share"], lang), number(row["base"], lang)
        return Text(
            f"{self.headline(lang)}. In «{row['label_en']}»: {share} of {base} measured. "
            "Placed, not tested.",
            f"{self.headline(lang)}. В «{row['label_ru']}»: {share} из {base} измеренных. "
            "Помещено, не проверено.",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        return Text(
            "Quote our measured time with its base; do not say how much faster than the market "
            "we are.",
            "Называть своё измеренное время с базой; не говорить, насколько мы быстрее рынка.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"{self.title.en}: our share measured in each range; beside it what {self.asked.en} "
            "claim. Blue: the range of our median",
            f"{self.title.ru}: измеренная доля у нас в каждом варианте; рядом — что говорят о себе "
            "агентства. Синий — вариант нашей медианы",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        words = Text("{} of ours · {} claim it", "{} у нас · называют {}").in_language(lang)
        with charts.picture(self, ax) as axes:
            charts.bars(
                axes, list(self.frame[f"label_{lang}"]), self.frame["share"],
                texts=[words.format(percent(row["share"], lang), self._printed(row, lang))
                       for _, row in self.frame.iterrows()],
                quiet=(~self.frame["holds_median"]).to_list(),
            )  # fmt: skip
            left, right = axes.get_xlim()
            axes.set_xlim(left, right * 1.35)  # room for two figures in words
        return axes


def _minutes(measured: Any) -> np.ndarray | None:
    if measured is None:
        return None
    column = pd.Series(measured)
    if pd.api.types.is_timedelta64_dtype(column):
        values = column.dt.total_seconds().to_numpy(float) / 60
    else:
        try:
            values = column.to_numpy(dtype=float, na_value=np.nan)
        except (TypeError, ValueError):
            raise InvalidType(
                "Measured times must be minutes or differences of moments, with NaN where nobody "
                "answered."
            ) from None
    below = int((values < 0).sum())
    if below:
        raise InvalidValue(
            f"{below} of {len(values)} measured times are negative: answered before asked. Look at "
            "the two columns of moments."
        )
    return values


def _ranges(study: Published, limits: Mapping[str, float] | None) -> pd.DataFrame:
    rows = study.frame[study.frame["unit"].str.startswith("percent")]
    ends = dict(limits or {})
    for option in rows["option"]:
        hit = _WITHIN.match(option)
        if hit:
            ends.setdefault(option, float(hit[1]) * MINUTES[hit[2]])
    missing = [option for option in rows["option"] if option not in ends]
    if missing:
        raise InvalidValue(
            f"It is not known where {', '.join(missing)} ends. Name the upper ends in minutes: "
            f"limits={{{missing[0]!r}: 60, …}}."
        )
    frame = pd.DataFrame({
        "option": rows["option"], "label_en": rows["label_en"], "label_ru": rows["label_ru"],
        "limit": rows["option"].map(ends).astype(float),
        "published": rows["figure"] / 100, "precision": rows["precision"],
    }).sort_values("limit", kind="stable", ignore_index=True)  # fmt: skip
    before = [0.0, *frame["limit"][:-1]]
    together = frame["option"].str.endswith(TOGETHER)
    frame.insert(3, "above", np.where(together, 0.0, before))
    return frame


def _duration(minutes: float, lang: str) -> str:
    if minutes < 100:
        return f"{number(minutes, lang)} {Text('min', 'мин').in_language(lang)}"
    if minutes < 2880:
        hours = number(minutes / 60, lang, digits=1)
        return f"{hours} {Text('h', 'ч').in_language(lang)}"
    return f"{number(minutes / 1440, lang, digits=1)} {Text('days', 'дн.').in_language(lang)}"


def _notes(unanswered: int, study: Published) -> tuple[Text, ...]:
    notes = [
        NEVER,
        Text(
            "Minutes are placed as they came; count working hours first if that is what agencies "
            "mean.",
            "Минуты взяты как есть; если агентства имеют в виду рабочее время, сначала считайте "
            "его.",
        ),
    ]
    if unanswered:
        notes.append(
            Text(
                f"{number(unanswered)} had no reaction yet: counted as longer than every range.",
                f"Без реакции: {number(unanswered, 'ru')}; считаются дольше любого варианта.",
            )
        )
    if (study.frame["precision"] != "exact").any():
        notes.append(
            Text(
                "'Almost' and 'more than' are bounds; the words are kept.",
                "«Почти» и «больше» — границы; слова сохранены.",
            )
        )
    return tuple(notes)
