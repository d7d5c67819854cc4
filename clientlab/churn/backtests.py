"""A test in time: what would each candidate have said then, and was it right.

It answers: how well do models, rules, the board or a health score tell who leaves, on
days whose outcome they could not know. Which may be called better is in `verdicts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.churn import backtest_words as words
from clientlab.churn.backtest_measures import (
    HIGHER_IS_BETTER,
    MEASURES,
    Resamples,
    first_alarms,
    interval,
    measured,
    of_one_score,
)
from clientlab.churn.candidates import is_model, label, named
from clientlab.churn.effective import caution, effective_parameters
from clientlab.churn.origins import LEAVERS, Origin, held, origins, taught, too_few_to_teach
from clientlab.churn.predicting import predicted
from clientlab.churn.preparation import ready
from clientlab.churn.rules import Rule
from clientlab.clients.base import ClientBase
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance, Result
from clientlab.wording import Text, number

COLUMNS = ["candidate", "measure", "estimate", "low", "high", "base"]
EVERYBODY = Text(
    "Every client of the test days left: there is nobody to tell the leavers from.",
    "В даты проверки ушли все: сравнить ушедших не с кем.",
)


@dataclass(frozen=True, eq=False, repr=False)
class Backtest(Result):
    """Measures of all candidates over all test days; made by `backtest`.

    Attributes
    ----------
    predictions : DataFrame
        ``client_id, day, candidate, score, probability, alarm, known, y, left_on, lead``:
        what was said of each client on each test day, and what came. `known` is False
        where a candidate said nothing and was put in the middle of the others.
    unseen : DataFrame
        As `frame`, with every client judged by a model that never saw any row of his;
        empty if no folds were asked for.
    days : DataFrame
        One row per test day: ``day, trained_from, trained_until, training_rows,
        training_leavers, clients, leavers``.
    labels : dict of candidate to Text
    kinds : dict of candidate to 'model', 'rule' or 'column'
    draws, unseen_draws : dict of candidate to dict of measure to ndarray
        The resamples behind the intervals, the same clients for all candidates.
    horizon : Timedelta
    level : float
    unseen_folds : int
        Parts of the clients behind `unseen`; 0 if it was left out.
    """

    predictions: pd.DataFrame = field(default_factory=pd.DataFrame)
    unseen: pd.DataFrame = field(default_factory=pd.DataFrame)
    days: pd.DataFrame = field(default_factory=pd.DataFrame)
    labels: Mapping[str, Text] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    draws: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict)
    unseen_draws: Mapping[str, Mapping[str, np.ndarray]] = field(default_factory=dict)
    horizon: pd.Timedelta = pd.Timedelta("90D")  # noqa: RUF009 - immutable
    level: float = 0.95
    unseen_folds: int = 0

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2

    @property
    def cell_words(self) -> dict[str, Mapping]:
        return {"candidate": self.labels, "measure": MEASURES}

    def of(self, measure: str) -> pd.DataFrame:
        """Rows of one measure, the best candidate first.

        Parameters
        ----------
        measure : str
            A key of `backtest_measures.MEASURES`.
        """
        rows = self.frame[self.frame["measure"] == measure]
        best_first = not HIGHER_IS_BETTER.get(measure, True)
        return rows.sort_values("estimate", ascending=best_first, kind="stable")

    def rows_of(self, candidate: str) -> pd.DataFrame:
        """Predictions of one candidate, in the order that all candidates share.

        Raises
        ------
        InvalidValue
            If it was not tested.
        """
        if candidate not in self.labels:
            raise InvalidValue(f"{candidate!r} was not tested; there are {', '.join(self.labels)}.")
        rows = self.predictions
        return rows[rows["candidate"] == candidate].reset_index(drop=True)

    @property
    def leavers(self) -> int:
        """Clients who left within the horizon of a test day."""
        first = self.rows_of(next(iter(self.labels)))
        return int(first["client_id"][first["y"] == 1].nunique())

    def headline(self, lang: str = "en") -> str:
        return words.headline(self, lang)

    def say(self, lang: str = "en") -> str:
        return words.say(self, lang)

    def measures(self, lang: str = "en") -> str:
        return words.measures(self, lang)

    def card(self, lang: str = "en") -> str:
        """The model card: what was tested on whom and when, and how it came out."""
        return words.card(self, lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, rows = texts.language(), self.of("auc")
        names = [self.labels[name].in_language(lang) for name in rows["candidate"]]
        unsure = [not (low > 0.5 or high < 0.5) for low, high in zip(rows["low"], rows["high"],
                                                                     strict=True)]  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts.dots(axes, names, rows["estimate"], rows["low"], rows["high"], reference=0.5,
                        texts=[number(value, lang, digits=2) for value in rows["estimate"]],
                        quiet=unsure)  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes


def backtest(
    candidates: Any,
    snapshots: Any,
    *,
    base: ClientBase | None = None,
    test_days: Any = None,
    gap: Any = None,
    profit: Mapping[str, Any] | None = None,
    among: pd.Series | None = None,
    refit_every: int = 1,
    unseen_folds: int = 3,
    level: float = 0.95,
    seed: int = 0,
) -> Backtest | CannotSay:
    """Test candidates on days whose outcome they could not know.

    For each test day a model is fitted on the days that lie a whole horizon or more before
    it, and asked about the clients of the test day. A client may have been there on an
    earlier training day, as in use; `unseen` shows the same for clients never seen.

    Parameters
    ----------
    candidates : mapping of name to candidate, or a list
        A model (anything with `fit` and `predict_proba`; a bare estimator of scikit-learn
        gets `Prepared` before it where the features hold words or gaps), a rule
        (``RULES["silence"]`` or its name), a `Column` of any table, the name of a numeric
        feature, or a Series by ``(client_id, day)`` of scores with the day on which each
        became known.
    snapshots : Snapshots
    base : ClientBase, optional
        Rules and columns are read from it as it was on each day; by default the base that
        the snapshots were taken from.
    test_days : sequence of date-like, optional
        By default every day with ten leavers in its training days, or with two if there
        is none with ten.
    gap : timedelta-like, optional
        Between the last training day and the test day; the horizon by default.
    profit : mapping, optional
        Your assumptions ``clv, incentive, contact, alpha, beta`` of
        `scoring.expected_maximum_profit`; without them profit is left out.
    among : Series of bool by client_id and day, optional
        Test on these rows only; training keeps all.
    refit_every : int
        Test days for which a model is kept before it is fitted anew, on older days only.
    unseen_folds : int
        Parts of the clients for `unseen`; 0 leaves it out, and saves as many fits.
    level : float
    seed : int

    Returns
    -------
    Backtest
        `frame`: ``candidate, measure, estimate, low, high, base`` (clients; of
        lead_days the leavers caught). Measures: auc, average_precision, log_loss, brier,
        calibration_slope, lift_10, lead_days and, with assumptions, profit. CannotSay
        where fewer than ten clients left after the test days.

    Raises
    ------
    InvalidValue
        If the gap cannot be kept, or a candidate cannot be scored.

    Notes
    -----
    Estimates are **pooled**: the rows of all test days are one list, and each measure is
    that of `clientlab.stats.scoring` on it. So the level of a model, which moves from fit to
    fit, counts as well as its order: a model that says nearly the same of everybody may
    come under 0.5. Intervals draw clients with all their rows;
    they are of the models as they were fitted, not of those that another past would have
    taught.

    A model that gives no threshold raises the alarm for the riskiest tenth of each day,
    ties only where all of them fit in; a rule at its own threshold. lead_days: from the
    first alarm within the horizon to the last day of the client, mean of those caught.
    Scores that are no probabilities get one from the training days: the share that left
    at each score, never falling as the score rises. Probabilities are cut at 0.001 and
    0.999. A candidate that says nothing of a client puts him in the middle of that day.

    Examples
    --------
    >>> from clientlab.churn.models import spline_logistic
    >>> from clientlab.churn.backtest_example import example
    >>> tested = backtest({"model": spline_logistic()}, example(), unseen_folds=0)
    >>> tested.of("auc")["estimate"].round(2).tolist()
    [0.86]
    """
    if isinstance(snapshots, CannotSay):
        return snapshots
    wanted, base = named(candidates), base or getattr(snapshots, "base", None)
    X, y, horizon = _checked(snapshots)
    wanted = {name: ready(one, X) for name, one in wanted.items()}
    found = origins(X.index.get_level_values("day"), horizon, test_days=test_days, gap=gap)
    found = found if test_days is not None else taught(found, y)
    if not found:
        return too_few_to_teach(y)
    found = held(found, refit_every)
    if refused := _refused(y, found, among):
        return refused
    rows, missing, fitted = predicted(wanted, X, y, found, base=base, seed=seed)
    if not len(rows):
        reasons = [one.reason for one in missing.values()]
        return CannotSay.because(Text(" ".join(one.en for one in reasons),
                                      " ".join(one.ru for one in reasons)))  # fmt: skip
    rows = _with_ends(rows if among is None else _among(rows, among), snapshots)
    told = {name: one for name, one in wanted.items() if name not in missing}
    frame, draws = _measures(rows, list(told), profit, level, seed)
    unseen, apart_draws = pd.DataFrame(columns=COLUMNS), {}
    models = {name: one for name, one in told.items() if is_model(one)}
    if unseen_folds and models:
        apart = predicted(models, X, y, found, folds=unseen_folds, seed=seed)[0]
        apart = apart if among is None else _among(apart, among)
        apart = _with_ends(apart, snapshots)
        unseen, apart_draws = _measures(apart, list(models), profit, level, seed)
    labels = {name: label(name, one) for name, one in told.items()}
    notes = [*_cautions(fitted, X, y, found[-1], labels),
             *words.notes(rows, labels, missing, profit is None)]  # fmt: skip
    return Backtest(
        frame, _provenance(snapshots, rows, found), tuple(notes), rows, unseen,
        _days(rows, y, found), labels, {name: _kind(one) for name, one in told.items()}, draws,
        apart_draws, horizon, level, unseen_folds if models else 0,
    )  # fmt: skip


def _checked(snapshots: Any) -> tuple[pd.DataFrame, pd.Series, pd.Timedelta]:
    """Features and labels with one index, and the horizon."""
    X = snapshots.X
    if list(X.index.names) != ["client_id", "day"]:
        raise InvalidValue(
            f"The index of snapshots.X is {list(X.index.names)}; it must be client_id and day."
        )
    if len(X) != len(snapshots.y):
        raise InvalidValue(f"snapshots.X has {len(X)} rows and y {len(snapshots.y)}.")
    y = pd.Series(np.asarray(snapshots.y, int), index=X.index, name="y")
    return X, y, pd.Timedelta(snapshots.horizon)


def _among(rows: pd.DataFrame, among: pd.Series) -> pd.DataFrame:
    at = pd.MultiIndex.from_frame(rows[["client_id", "day"]])
    return rows[among.reindex(at).fillna(False).to_numpy(bool)].reset_index(drop=True)


def _refused(y: pd.Series, found: list[Origin], among: pd.Series | None) -> CannotSay | None:
    """A sentence where too few left after the test days to measure anything."""
    days = [one.day for one in found]
    inside = y.index.get_level_values("day").isin(days)
    if among is not None:
        inside &= among.reindex(y.index).fillna(False).to_numpy(bool)
    tested = y[inside]
    left = tested[tested == 1].index.get_level_values("client_id").nunique()
    if left < LEAVERS:
        return words.too_few(left, len(days))
    return CannotSay.because(EVERYBODY) if tested.all() else None


def _with_ends(rows: pd.DataFrame, snapshots: Any) -> pd.DataFrame:
    """With the day on which the client left, and the days until then."""
    keys = getattr(snapshots, "keys", None)
    if keys is None or "left_on" not in keys:
        rows = rows.assign(left_on=pd.NaT)
    else:
        inside = {"client_id", "day"} <= set(keys.columns)
        ends = keys.reset_index(drop=inside)[["client_id", "day", "left_on"]]
        rows = rows.merge(ends, on=["client_id", "day"], how="left", validate="many_to_one")
    lead = (pd.to_datetime(rows["left_on"]) - rows["day"]) / pd.Timedelta(days=1)
    return rows.assign(lead=lead.where(rows["y"] == 1))


def _measures(
    rows: pd.DataFrame, names: list[str], profit: Mapping[str, Any] | None, level: float, seed: int
) -> tuple[pd.DataFrame, dict[str, dict[str, np.ndarray]]]:
    """Every measure of every candidate with its interval, and the resamples behind it."""
    told, draws = [], {}
    resamples = None
    for name in names:
        part = rows[rows["candidate"] == name].reset_index(drop=True)
        resamples = resamples or Resamples(part["client_id"], seed=seed)
        clients, caught = part["client_id"].nunique(), len(first_alarms(part))
        leavers = part[part["y"] == 1]
        left, one_score = leavers["client_id"].nunique(), leavers["score"].nunique() == 1
        found = measured(part, resamples, profit)
        draws[name] = {measure: drawn for measure, (_, drawn) in found.items()}
        for measure, (estimate, drawn) in found.items():
            behind = caught if measure == "lead_days" else left
            ends = interval(measure, estimate, drawn, behind, level)
            if measure == "auc" and one_score and not np.isnan(ends[0]):
                ends = of_one_score(estimate, ends, left, level)
            base = caught if measure == "lead_days" else clients
            told.append((name, measure, estimate, *ends, base))
    return pd.DataFrame(told, columns=COLUMNS), draws


def _cautions(
    fitted: Mapping[str, Any],
    X: pd.DataFrame,
    y: pd.Series,
    last: Origin,
    labels: Mapping[str, Text],
) -> list[Text]:
    on = X.index.get_level_values("day").isin(list(last.trained_on))
    left = y[on][y[on] == 1].index.get_level_values("client_id").nunique()
    told = [caution(labels[name], *effective_parameters(model, X[on]), left)
            for name, model in fitted.items()]  # fmt: skip
    return [one for one in told if one is not None]


def _kind(candidate: Any) -> str:
    return "model" if is_model(candidate) else "rule" if isinstance(candidate, Rule) else "column"


def _days(rows: pd.DataFrame, y: pd.Series, found: list[Origin]) -> pd.DataFrame:
    first = rows[rows["candidate"] == rows["candidate"].iloc[0]]
    days, told = y.index.get_level_values("day"), []
    for one in found:
        train, test = y[days.isin(list(one.trained_on))], first[first["day"] == one.day]
        left = train[train == 1].index.get_level_values("client_id").nunique()
        told.append((one.day, one.trained_on[0], one.trained_on[-1], len(train), left,
                     len(test), int(test["y"].sum())))  # fmt: skip
    columns = ["day", "trained_from", "trained_until", "training_rows", "training_leavers",
               "clients", "leavers"]  # fmt: skip
    return pd.DataFrame(told, columns=columns)


def _provenance(snapshots: Any, rows: pd.DataFrame, found: list[Origin]) -> Provenance:
    own = getattr(snapshots, "provenance", None)
    if own is None:
        own = Provenance(source=Text("snapshots made by hand", "срезы, составленные вручную"))
    first = rows[rows["candidate"] == rows["candidate"].iloc[0]]
    base, left = first["client_id"].nunique(), first["client_id"][first["y"] == 1].nunique()
    tested = (f"{found[0].day:%Y-%m-%d}", f"{found[-1].day:%Y-%m-%d}")
    return replace(own, base=base, base_of=words.base_of(len(found), left), window=tested,
                   as_of=None, rows_in=None, rows_used=None, rows_set_aside=None)  # fmt: skip
