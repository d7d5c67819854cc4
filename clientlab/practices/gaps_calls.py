"""Whom to ask first about a gap: the clients whose people see it widest.

It answers: which five clients to call. It is a list to talk by, not an order of clients: few
people stand behind each line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from clientlab.practices.gaps_result import Gaps
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number, plural


def whom_to_ask(
    found: Gaps | CannotSay, side: str | None = None, *, count: int = 5
) -> WhomToAsk | CannotSay:
    """The clients with the widest gap on one side of service.

    Parameters
    ----------
    found : Gaps
        Of a survey that was read with ``clusters=`` the column of the client.
    side : str, optional
        By default the one to act on first, or the one that surely falls short most.
    count : int

    Returns
    -------
    WhomToAsk
        `frame`: ``client, gap`` (mean of its people, perceived less expected) and
        ``people``, the widest first; only clients with less than they expected.

    Raises
    ------
    InvalidValue
        If there is no such side.

    Examples
    --------
    >>> from clientlab.demo import demo_expectations
    >>> from clientlab.practices import gaps
    >>> len(whom_to_ask(gaps(demo_expectations())).frame)
    5
    """
    if isinstance(found, CannotSay):
        return found
    nothing = replace(found.provenance, base=0)
    chosen = found.of("act") if len(found.of("act")) else found.short
    if side is None and chosen.empty:
        return CannotSay.because(
            Text("No side surely falls short, so there is nobody to ask about one.",
                 "Уверенных провалов нет, поэтому спрашивать не о чем."), nothing,
        )  # fmt: skip
    side = str(chosen.iloc[0]["side"]) if side is None else side
    rows = found.frame[found.frame["side"] == side]
    if rows.empty:
        raise InvalidValue(f"There is no side {side!r}; use {', '.join(found.frame['side'])}.")
    frame = found.by_client
    if frame.empty:
        return CannotSay.because(
            Text("It is not known which client answered: name the column (clusters=…).",
                 "Неизвестно, кто из клиентов ответил: назовите колонку (clusters=…)."), nothing,
        )  # fmt: skip
    frame = frame[(frame["side"] == side) & (frame["gap"] < 0)].sort_values(
        ["gap", "people", "client"], ascending=[True, False, True], kind="stable"
    )
    if frame.empty:
        return CannotSay.because(
            Text("No client got less than it expected here.",
                 "Здесь никто не получил меньше, чем ждал."), nothing,
        )  # fmt: skip
    frame = frame[["client", "gap", "people"]].head(count).reset_index(drop=True)
    least, most = int(frame["people"].min()), int(frame["people"].max())
    people = str(least) if least == most else f"{least}–{most}"
    note = Text(
        f"People behind each line: {people}. An occasion to call, not an order of clients.",
        f"Человек за каждой строкой: {people}. Это повод позвонить, а не порядок клиентов.",
    )
    label = Text(rows.iloc[0]["label_en"], rows.iloc[0]["label_ru"])
    return WhomToAsk(frame, found.provenance, (note,), label=label)


@dataclass(frozen=True, eq=False, repr=False)
class WhomToAsk(Result):
    """Clients to call about one side of service; made by `whom_to_ask`."""

    label: Text = Text("", "")

    unit: ClassVar[str] = "number"
    formats: ClassVar[dict] = {"people": "integer"}

    def headline(self, lang: str = "en") -> str:
        count = len(self.frame)
        names = ", ".join(self.frame["client"].head(5))
        return Text(
            f"Ask {plural(count, 'this client', 'these clients')} first about «{self.label.en}»: "
            f"{names}",
            f"О «{self.label.ru}» сначала спросить: {names}",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        row = self.frame.iloc[0]
        gap, people = number(row["gap"], lang, digits=1), int(row["people"])
        return Text(
            f"{self.headline(lang)}. Widest: {row['client']}, {gap} by {people} "
            f"{plural(people, 'person', 'people')}.",
            f"{self.headline(lang)}. Самый большой разрыв: {row['client']}, {gap}, ответили "
            f"{people}.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"«{self.label.en}»: perceived less expected, mean of the people of each client",
            f"«{self.label.ru}»: восприятие минус ожидания, среднее людей каждого клиента",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.frame
        words = Text("{} · people: {}", "{} · ответили: {}").in_language(lang)
        with charts.picture(self, ax) as axes:
            charts.dots(
                axes, list(rows["client"]), rows["gap"], rows["gap"], rows["gap"], reference=0.0,
                texts=[words.format(number(gap, lang, digits=1), people)
                       for gap, people in zip(rows["gap"], rows["people"], strict=True)],
            )  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes
