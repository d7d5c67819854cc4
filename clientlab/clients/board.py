"""The weekly traffic light: the week at a glance, and colours that last.

It answers: with whom did it go wrong this week, and for how many weeks in a row. What the
colours say beyond that (from colour to colour, by manager) is in `board_colours`. A week
is Monday to Sunday; of several colours of a client in a week the last one counts.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.nouns import CLIENTS, WEEKS
from clientlab.clients.spells import spells
from clientlab.clients.store import to_day
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, counted, number

NAME = Text("Traffic-light board", "Светофор")
# The letter stands for those who do not tell the colours apart.
COLOURS = {
    "red": Text("red", "красный"),
    "yellow": Text("yellow", "жёлтый"),
    "green": Text("green", "зелёный"),
}
LETTERS = {"red": Text("R", "К"), "yellow": Text("Y", "Ж"), "green": Text("G", "З")}
NO_COLOUR = Text("no colour", "без цвета")
RECENT = 4  # weeks after which a client without a colour is off the board


@dataclass(frozen=True, eq=False, repr=False)
class Week(Result):
    """The board of one week; made by `week`.

    Attributes
    ----------
    monday : Timestamp
    """

    monday: pd.Timestamp = field(default_factory=lambda: pd.Timestamp(0))
    formats: ClassVar[dict] = {"weeks": "integer"}

    @property
    def cell_words(self) -> dict[str, dict]:
        return {"colour": COLOURS, "previous": COLOURS}

    def of(self, colour: str | None) -> pd.DataFrame:
        """Clients of one colour; None for those without."""
        column = self.frame["colour"]
        return self.frame[column.isna() if colour is None else column == colour]

    def headline(self, lang: str = "en") -> str:
        day = f"{self.monday:%d.%m.%Y}" if lang == "ru" else f"{self.monday:%Y-%m-%d}"
        parts = [f"{name.in_language(lang)} {number(len(self.of(colour)), lang)}"
                 for colour, name in COLOURS.items()]  # fmt: skip
        missing = len(self.of(None))
        if missing:
            parts.append(f"{NO_COLOUR.in_language(lang)} {number(missing, lang)}")
        head = Text(f"Week of {day}", f"Неделя с {day}").in_language(lang)
        return f"{head}: {', '.join(parts)}"

    def say(self, lang: str = "en") -> str:
        count = len(self.frame)
        base = Text("base {} {}; complete count, no interval", "база {} {}; полный подсчёт, без "
                    "интервала").in_language(lang)  # fmt: skip
        counts = number(count, lang), counted(count, CLIENTS, lang)
        return f"{self.headline(lang)} ({base.format(*counts)})."

    def decide(self, lang: str = "en") -> str:
        red = self.of("red")
        if not len(red):
            return ""
        names = ", ".join(red["name"].head(5)) + ("…" if len(red) > 5 else "")
        return Text(f"Say who calls the red ones this week: {names}.",
                    f"Решить, кто на этой неделе звонит красным: {names}."
                    ).in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Colours that managers gave to key clients; a number: weeks in a row with the colour",
            "Цвета, которые менеджеры поставили ключевым клиентам; число — недель подряд с этим "
            "цветом",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, style, texts

        lang, columns = texts.language(), []
        for colour in (*COLOURS, None):
            part = self.of(colour)
            if colour is None and not len(part):
                continue
            title = COLOURS.get(colour or "", NO_COLOUR).in_language(lang)
            letter = LETTERS[colour].in_language(lang) if colour else "–"
            lines = [f"{name} · {number(weeks, lang)}" if weeks > 1 else str(name)
                     for name, weeks in zip(part["name"], part["weeks"], strict=True)]  # fmt: skip
            columns.append((letter, f"{title}: {number(len(part), lang)}",
                            style.BOARD.get(colour or "", style.CANNOT), lines))  # fmt: skip
        with charts.picture(self, ax) as axes:
            more = Text("… and {} more", "… и ещё {}").in_language(lang)
            charts.tiles(axes, columns, more=more)
        return axes


@dataclass(frozen=True, eq=False, repr=False)
class Streaks(Result):
    """Weeks in a row with a colour; made by `streaks`.

    Attributes
    ----------
    colour : str
    """

    colour: str = "red"
    formats: ClassVar[dict] = {"current": "integer", "longest": "integer"}

    def say(self, lang: str = "en") -> str:
        return self.headline(lang) + Text(
            f" (base {number(len(self.frame))} {counted(len(self.frame), CLIENTS, 'en')} on the "
            "board; complete count, no interval).",
            f" (на табло {number(len(self.frame), 'ru')} "
            f"{counted(len(self.frame), CLIENTS, 'ru')}; полный подсчёт, без интервала).",
        ).in_language(lang)

    def headline(self, lang: str = "en") -> str:
        now = self.frame[self.frame["current"] > 0]
        colour = COLOURS[self.colour].in_language(lang)
        if not len(now):
            top = self.frame.sort_values("longest", kind="stable").iloc[-1]
            many = f"{number(top['longest'], lang)} {counted(top['longest'], WEEKS, lang)}"
            return Text(
                f"Nobody is {colour} now; longest so far: {top['name']}, {many}",
                f"Сейчас цвета «{colour}» нет ни у кого; дольше всего было: {top['name']}, {many}",
            ).in_language(lang)
        top = now.iloc[0]
        many = f"{number(top['current'], lang)} {counted(top['current'], WEEKS, lang)}"
        count = number(len(now), lang)
        return Text(
            f"{count} {counted(len(now), CLIENTS, 'en')} {colour} now; longest: {top['name']}, "
            f"{many} in a row",
            f"Сейчас «{colour}»: {count} {counted(len(now), CLIENTS, 'ru')}; дольше всех: "
            f"{top['name']}, {many} подряд",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        long = self.frame[self.frame["current"] >= 2]
        if self.colour != "red" or not len(long):
            return ""
        return Text(
            "Someone other than the manager calls those who stay red: "
            f"{', '.join(long['name'].head(5))}.",
            "Тем, кто остаётся красным, звонит кто-то кроме менеджера: "
            f"{', '.join(long['name'].head(5))}.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        colour = COLOURS[self.colour].in_language(lang)
        return Text(
            f"Weeks in a row with the colour {colour}: dark now, grey the longest so far",
            f"Недель подряд с цветом «{colour}»: тёмным сейчас, серым — самая длинная серия",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, style, texts

        lang, frame = texts.language(), self.frame.head(16)
        written = [
            f"{number(now, lang)} / {number(longest, lang)}"
            for now, longest in zip(frame["current"], frame["longest"], strict=True)
        ]
        with charts.picture(self, ax) as axes:  # fmt: skip
            charts.bars(axes, frame["name"], frame["longest"], texts=written,
                        quiet=[True] * len(frame))  # fmt: skip
            axes.barh(np.arange(len(frame)), frame["current"], height=0.66, color=style.MAIN)
        return axes


def week(base: ClientBase, week: Any = None) -> Week | CannotSay:
    """The board of one week at a glance, red first.

    Parameters
    ----------
    base : ClientBase
        Needs the table board (S1; system B15).
    week : date-like, optional
        Any day of the week, or its number as in '2026-W35'; by default the last week with
        a colour.

    Returns
    -------
    Week
        `frame`: ``client_id, name, manager, colour, previous`` (colour of the week before,
        missing if there was none), ``weeks`` (in a row with this colour, 0 without one).
        Clients who had a colour in the four weeks before and have none now are kept, with
        a missing colour, unless they have left.

    Raises
    ------
    InvalidValue
        If `week` is no date.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "board": pd.DataFrame({"client_id": ["a", "a", "b"], "colour": ["red", "red", "green"],
    ...         "filled_on": ["2024-01-05", "2024-01-12", "2024-01-05"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> week(base).frame[["client_id", "weeks"]].values.tolist()
    [['a', 2], ['b', 0]]
    >>> week(base).headline()
    'Week of 2024-01-08: red 1, yellow 0, green 0, no colour 1'
    """
    rows = filled(base)
    if isinstance(rows, CannotSay):
        return rows
    wanted = int(rows["week"].max()) if week is None else week_of(_day_of(week))
    known = rows[(rows["week"] <= wanted) & (rows["week"] >= wanted - RECENT)]
    monday = _monday(wanted)
    known = known[(known["week"] == wanted) | ~known["client_id"].isin(_gone(base, monday))]
    if not len(known):
        reason = Text(
            f"{NAME.en}: no colour in the week of {monday:%Y-%m-%d} nor in the {RECENT} before.",
            f"{NAME.ru}: на неделе с {monday:%d.%m.%Y} и за {RECENT} до неё цветов нет.",
        )
        return CannotSay.because(reason, base.provenance())
    return Week(
        _of_week(base, known, wanted),
        base.provenance(known["client_id"].nunique(), CLIENTS),
        _unfilled(known, wanted),
        monday=monday,
    )


def streaks(base: ClientBase, *, colour: str = "red") -> Streaks | CannotSay:
    """Weeks in a row with one colour, of every client that was ever on the board.

    A week without a colour ends a streak. The current streak is that of the last week of
    the board (S1; system B15).

    Parameters
    ----------
    base : ClientBase
        Needs the table board.
    colour : {"red", "yellow", "green"}

    Returns
    -------
    Streaks
        `frame`: ``client_id, name, manager`` (of the last colour), ``current, longest``
        (weeks), ``last_on`` (last day with the colour), the longest current ones first.

    Raises
    ------
    InvalidValue
        If the colour is not known.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "board": pd.DataFrame({"client_id": "a", "colour": ["red", "red", "green"],
    ...         "filled_on": ["2024-01-05", "2024-01-12", "2024-01-19"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> streaks(base).frame[["current", "longest"]].values.tolist()
    [[0, 2]]
    """
    if colour not in COLOURS:
        raise InvalidValue(f"colour={colour!r} is not known; use one of {', '.join(COLOURS)}.")
    rows = filled(base)
    if isinstance(rows, CannotSay):
        return rows
    rows = rows.assign(run=_runs(rows))
    mine, last = rows[rows["colour"] == colour], rows["week"].max()
    frame = rows.drop_duplicates("client_id", keep="last")[["client_id", "manager"]]
    frame = frame.set_index("client_id")
    now = mine[mine["week"] == last].set_index("client_id")["run"]
    frame["current"] = now.reindex(frame.index).fillna(0).astype(int)
    by_client = mine.groupby("client_id")
    frame["longest"] = by_client["run"].max().reindex(frame.index).fillna(0).astype(int)
    frame["last_on"] = by_client["filled_on"].max().reindex(frame.index)
    frame = _named(base, frame.reset_index())
    frame = frame.sort_values(["current", "longest"], ascending=False, kind="stable")
    columns = ["client_id", "name", "manager", "current", "longest", "last_on"]
    return Streaks(
        frame[columns].reset_index(drop=True),
        base.provenance(len(frame), CLIENTS),
        colour=colour,
    )


def filled(base: ClientBase) -> pd.DataFrame | CannotSay:
    """Colours by client and week, sorted so: ``client_id, filled_on, colour, manager, week``.

    `week` counts weeks from the first Monday of the calendar of the computer, so that
    consecutive weeks differ by one.
    """
    if missing := base.lacks(NAME, board=()):
        return missing
    rows = base.tables["board"]
    rows = rows[rows["colour"].notna()]
    if not len(rows):
        reason = Text(f"{NAME.en}: no colour was ever given.",
                      f"{NAME.ru}: ни одного цвета ещё не поставили.")  # fmt: skip
        return CannotSay.because(reason, base.provenance())
    rows = rows.assign(
        week=week_of(rows["filled_on"]),
        manager=rows["manager"].astype(object) if "manager" in rows else None,
        colour=rows["colour"].astype(object),
    )
    rows = rows.sort_values(["client_id", "filled_on"], kind="stable")
    rows = rows.drop_duplicates(["client_id", "week"], keep="last")
    return rows[["client_id", "filled_on", "colour", "manager", "week"]].reset_index(drop=True)


def week_of(days: Any) -> Any:
    """Number of the week of a day or of days, Monday first.

    Examples
    --------
    >>> week_of(pd.Timestamp("2024-01-08")) - week_of(pd.Timestamp("2024-01-07"))
    1
    """
    if isinstance(days, pd.Timestamp):
        return (int(days.to_datetime64().astype("M8[D]").astype(int)) + 3) // 7
    return (days.to_numpy().astype("M8[D]").astype(int) + 3) // 7


def _day_of(week: Any) -> pd.Timestamp:
    """A day of the week that is meant."""
    if isinstance(week, str) and (found := re.fullmatch(r"(\d{4})-?W(\d{2})", week)):
        with suppress(ValueError):
            return pd.Timestamp(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    return to_day(week, "week")


def _gone(base: ClientBase, day: pd.Timestamp) -> set[str]:
    """Clients all of whose spells ended before a day."""
    frame = spells(base)
    there = ~(frame["ended_on"] < day).to_numpy()
    return set(frame["client_id"]) - set(frame.loc[there, "client_id"])


def _monday(week: int) -> pd.Timestamp:
    return pd.Timestamp(np.datetime64(7 * week - 3, "D"))


def _runs(rows: pd.DataFrame) -> np.ndarray:
    """Of every colour, for how many weeks in a row the client has had it."""
    ids, colours = rows["client_id"].to_numpy(), rows["colour"].to_numpy()
    weeks = rows["week"].to_numpy()
    begins = np.ones(len(rows), bool)
    begins[1:] = (
        (ids[1:] != ids[:-1]) | (colours[1:] != colours[:-1]) | (weeks[1:] != weeks[:-1] + 1)
    )
    return weeks - weeks[begins][np.cumsum(begins) - 1] + 1


def _of_week(base: ClientBase, known: pd.DataFrame, wanted: int) -> pd.DataFrame:
    """One row for each client of the week and of those before it."""
    runs: pd.DataFrame = filled(base)  # pyright: ignore[reportAssignmentType]
    runs = runs.assign(weeks=_runs(runs))
    now = runs[runs["week"] == wanted].set_index("client_id")
    before = runs[runs["week"] == wanted - 1].set_index("client_id")["colour"]
    frame = known.drop_duplicates("client_id", keep="last")[["client_id", "manager"]]
    ids = frame["client_id"]
    frame = _named(base, frame).assign(
        colour=ids.map(now["colour"]).to_numpy(),
        previous=ids.map(before).to_numpy(),
        weeks=ids.map(now["weeks"]).fillna(0).astype(int).to_numpy(),
    )
    order = frame["colour"].map({name: place for place, name in enumerate(COLOURS)}).fillna(9)
    frame = frame.assign(_order=order).sort_values(
        ["_order", "weeks", "name"], ascending=[True, False, True], kind="stable"
    )
    columns = ["client_id", "name", "manager", "colour", "previous", "weeks"]
    return frame[columns].reset_index(drop=True)


def _named(base: ClientBase, frame: pd.DataFrame) -> pd.DataFrame:
    """With the name of each client; the identifier where no name is told."""
    clients = base.tables["clients"].drop_duplicates("client_id", keep="last")
    ids = frame["client_id"].astype(str)
    if "name" not in clients:
        return frame.assign(name=ids)
    names = frame["client_id"].map(clients.set_index("client_id")["name"]).astype(object)
    return frame.assign(name=names.where(names.notna(), ids).to_numpy())


def _unfilled(known: pd.DataFrame, wanted: int) -> tuple[Text, ...]:
    missing = known["client_id"].nunique() - (known["week"] == wanted).sum()
    if not missing:
        return ()
    return (
        Text(
            f"No colour this week, though there was one in the {RECENT} before: {missing}.",
            f"Цвета на этой неделе нет, хотя был за {RECENT} до неё: {missing}.",
        ),
    )
