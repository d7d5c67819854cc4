"""Does the board know something that the model does not, and the model what the board does not?

It answers: what is the weekly colour worth as a predictor, alone and beside the records.
All three are tested on the same clients and days, those of whom a colour was known. Red
says that the team did something wrong: an event of ours, not a forecast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from clientlab.churn.backtest_measures import MEASURES, difference
from clientlab.churn.backtest_words import between, clients
from clientlab.churn.backtests import Backtest, backtest
from clientlab.churn.candidates import BOARD, Column
from clientlab.churn.verdicts import gap
from clientlab.clients.base import ClientBase
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number, percent

QUESTIONS: dict[str, Text] = {
    "board_adds": Text("the board added to the model", "светофор добавлен к модели"),
    "model_adds": Text("the model added to the board", "модель добавлена к светофору"),
    "model_alone": Text("the model without the board against the board",
                        "модель без светофора против светофора"),
}  # fmt: skip
PAIRS = {
    "board_adds": ("with_board", "without_board"),
    "model_adds": ("with_board", "board"),
    "model_alone": ("without_board", "board"),
}
NAMES = {
    "with_board": Text("model with the board", "модель со светофором"),
    "without_board": Text("model without the board", "модель без светофора"),
    "board": Text("board alone", "один светофор"),
}
EVENT = Text(
    "Red is an event of ours, not a forecast: it says that the team did something wrong. That it "
    "goes before leaving, or does not, says nothing against filling it in.",
    "Красный означает наше событие, а не прогноз: команда что-то сделала не так. Предшествует он "
    "уходу или нет, заполнять светофор стоит в любом случае.",
)


class Only:
    """A model that is shown some columns only.

    Parameters
    ----------
    model : estimator
    columns : sequence of str
    """

    def __init__(self, model: Any, columns: Sequence[str]) -> None:
        self.model, self.columns = model, list(columns)

    def fit(self, X: pd.DataFrame, y: Any) -> Only:
        """Fit on these columns."""
        from clientlab.churn.predicting import fitted

        self.inner = fitted(self.model, X[self.columns], pd.Series(y, index=X.index))
        self.classes_ = getattr(self.inner, "classes_", (0, 1))
        return self

    def predict_proba(self, X: pd.DataFrame) -> Any:
        """Probabilities from these columns."""
        return self.inner.predict_proba(X[self.columns])


@dataclass(frozen=True, eq=False, repr=False)
class BoardTest(Result):
    """What board and model add to each other; made by `board_test`.

    Attributes
    ----------
    tested : Backtest
    measure : str
    everyone : bool
        Tested on all clients, not only on those of the board.
    """

    tested: Backtest = None  # type: ignore[assignment]
    measure: str = "auc"
    everyone: bool = False

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2
    cell_words: ClassVar[dict] = {"question": QUESTIONS}

    def of(self, question: str) -> pd.Series:
        """The row of one question: 'board_adds', 'model_adds', 'model_alone'."""
        return self.frame.set_index("question").loc[question]

    def _answer(self, question: str) -> str:
        row = self.of(question)
        return "yes" if row["low"] > 0 else "no" if row["high"] < 0 else "open"

    def headline(self, lang: str = "en") -> str:
        board = {
            "yes": Text("The board adds to the model", "Светофор добавляет к модели"),
            "no": Text("The board makes the model worse", "Светофор ухудшает модель"),
            "open": Text("Whether the board adds to the model cannot be told",
                         "Добавляет ли светофор к модели, не сказать"),
        }[self._answer("board_adds")]  # fmt: skip
        model = {
            "yes": Text("the model adds to the board", "модель добавляет к светофору"),
            "no": Text("the model is worse than the board alone",
                       "модель хуже одного светофора"),
            "open": Text("whether the model adds to the board cannot either",
                         "добавляет ли модель к светофору, тоже"),
        }[self._answer("model_adds")]  # fmt: skip
        if self._answer("model_adds") == "open" and self._answer("board_adds") != "open":
            model = Text("whether the model adds to the board cannot be told",
                         "добавляет ли модель к светофору, не сказать")  # fmt: skip
        return f"{board.in_language(lang)}; {model.in_language(lang)}"

    def say(self, lang: str = "en") -> str:
        told = []
        for _, row in self.frame.iterrows():
            gap = between(row["estimate"], row["low"], row["high"], lang)
            told.append(f"{QUESTIONS[row['question']].in_language(lang)} {gap}")
        base, left = clients(self.provenance.base, lang), number(self.tested.leavers, lang)
        name = MEASURES[self.measure].in_language(lang)
        return Text(
            f"Difference in {name}: {'; '.join(told)}; {base}, {left} left.",
            f"Разница в {name}: {'; '.join(told)}; {base}, ушли {left}.",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        if self._answer("board_adds") == "yes":
            return Text("Keep the board among the inputs of the model, and keep filling it in.",
                        "Оставить светофор среди входов модели и заполнять его дальше."
                        ).in_language(lang)  # fmt: skip
        return Text(
            "Do not read a colour as a probability to leave; use the board for what it is, a list "
            "of mistakes to repair.",
            "Не читать цвет как вероятность ухода; светофор это список ошибок, которые надо "
            "исправить.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        name = MEASURES[self.measure].in_language(lang)
        on = Text("all clients", "всех клиентах") if self.everyone else (
            Text("the clients of the board", "клиентах светофора"))  # fmt: skip
        return Text(
            f"Difference in {name} on {on.en}, same clients and days; intervals hold for all "
            "three; grey: contains 0",
            f"Разница в {name} на {on.ru}, те же клиенты и даты; интервалы верны для всех трёх "
            "сразу; серое: содержит 0",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.frame
        unsure = [not (low > 0 or high < 0) for low, high in zip(rows["low"], rows["high"],
                                                                 strict=True)]  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts.dots(axes, [QUESTIONS[name].in_language(lang) for name in rows["question"]],
                        rows["estimate"], rows["low"], rows["high"], reference=0.0, quiet=unsure,
                        texts=[number(value, lang, digits=2)
                               for value in rows["estimate"]])  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes


def board_test(
    model: Any,
    snapshots: Any,
    *,
    base: ClientBase | None = None,
    board: Column = BOARD,
    features: Sequence[str] | None = None,
    everyone: bool = False,
    measure: str = "auc",
    level: float = 0.95,
    **more: Any,
) -> BoardTest | CannotSay:
    """Whether the board adds to the model, and the model to the board (system C10).

    Nested within the backtest: the same model with and without the features of the board,
    and the colour alone, on the rows of which a colour was known that day.

    Parameters
    ----------
    model : estimator
    snapshots : Snapshots
    base : ClientBase, optional
        By default that of the snapshots.
    board : Column
        The colour as a number; any other column is tested alike.
    features : sequence of str, optional
        Features that come from the board; by default those that need its table, and the
        colour itself where there are none.
    everyone : bool
        Test on all clients, those without a colour in the middle of the board: for boards
        of a few key clients, of whom too few leave.
    measure : str
    level : float
        Of the three intervals together (Bonferroni).
    **more
        Passed to `backtest`: ``test_days, gap, refit_every, seed``.

    Returns
    -------
    BoardTest
        `frame`: ``question, estimate, low, high, base``; above 0 the first is better.

    Raises
    ------
    InvalidValue
        If a named feature is not in the snapshots, or there is no base.
    """
    if isinstance(snapshots, CannotSay):
        return snapshots
    base = base or getattr(snapshots, "base", None)
    if base is None:
        raise InvalidValue("The board is read from the records: pass base=base.")
    colour = _colour(board, snapshots, base)
    if isinstance(colour, CannotSay):
        return colour
    X, own = _columns(snapshots, board, colour, features)
    rest = [name for name in X if name not in own]
    candidates = {"with_board": Only(model, list(X)), "without_board": Only(model, rest),
                  "board": board}  # fmt: skip
    among = None if everyone else colour.notna()
    tested = backtest(candidates, _Rows(X, snapshots), base=base, among=among, unseen_folds=0,
                      level=level, **more)  # fmt: skip
    if isinstance(tested, CannotSay):
        if everyone:
            return tested
        on_board = Text(
            f"Of the clients on the board: {tested.reason.en} everyone=True tests on all clients.",
            f"О клиентах светофора: {tested.reason.ru} Проверка на всех клиентах: everyone=True.",
        )
        return CannotSay.because(on_board, base.provenance())
    rows = []
    for question, (first, second) in PAIRS.items():
        estimate, drawn = gap(tested, first, second, measure)
        ends = difference(estimate, drawn, tested.leavers, 1 - (1 - level) / len(PAIRS))
        rows.append((question, estimate, *ends, tested.provenance.base))
    columns = ["question", "estimate", "low", "high", "base"]
    notes = (EVENT, _coloured(colour)) if everyone else (EVENT,)
    return BoardTest(pd.DataFrame(rows, columns=columns), tested.provenance, notes, tested,
                     measure, everyone)  # fmt: skip


def _coloured(colour: pd.Series) -> Text:
    share = float(colour.notna().mean())
    return Text(
        f"All clients: a colour was known of {percent(share)} of the rows, the others stand in the "
        "middle of the board.",
        f"Все клиенты: цвет известен в {percent(share, 'ru')} строк, остальные стоят в середине "
        "светофора.",
    )


@dataclass(frozen=True, eq=False)
class _Rows:
    """Snapshots with other features."""

    X: pd.DataFrame
    of: Any = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.of, name)


def _colour(board: Column, snapshots: Any, base: ClientBase) -> pd.Series | CannotSay:
    """The colour as a number, by row of the snapshots."""
    from clientlab.churn.candidates import scores

    days = {pd.Timestamp(day): base.as_of(day) for day in snapshots.X.index.unique("day")}
    return scores(board, snapshots.X, days)


def _columns(
    snapshots: Any, board: Column, colour: pd.Series, features: Sequence[str] | None
) -> tuple[pd.DataFrame, list[str]]:
    """Features with those of the board, and which these are."""
    X, known = snapshots.X, getattr(snapshots, "features", {}) or {}
    if features is not None:
        missing = [name for name in features if name not in X]
        if missing:
            raise InvalidValue(f"{missing[0]!r} is not a feature of these snapshots.")
        return X, list(features)
    own = [name for name, one in known.items() if name in X and board.table in _tables(one)]
    if own:
        return X, own
    name = f"{board.table}_{board.column}"
    return X.assign(**{name: colour.to_numpy()}), [name]


def _tables(feature: Any) -> Mapping[str, Any]:
    return getattr(feature, "tables", None) or getattr(feature, "needs", None) or {}
