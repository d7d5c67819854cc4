"""How long a client stays on average (LT), beside the number that is usually quoted.

It answers: how many months of the first five years, how many in all if the end of the
curve goes on as it did, and how far the mean tenure of today's clients is from both.
Public names are importable from `clientlab.clients.lifetime`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clientlab.clients.answers import without_brackets
from clientlab.clients.base import ClientBase
from clientlab.clients.curves import Curve
from clientlab.clients.durations import DAYS_IN_MONTH, durations
from clientlab.clients.group_differences import SMALL, Differences, compared, named
from clientlab.clients.lifetime_curves import about_curve, about_group, nobody_left, of_those
from clientlab.clients.quantity import MONTHS, Quantity
from clientlab.clients.redrawn import Redrawn, ends
from clientlab.clients.tail import Tail, assumption
from clientlab.clients.times import between, capital, in_time, stop
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import design, survival
from clientlab.wording import Text, number, plural

LIFETIME = Text("Lifetime of a client (LT)", "Срок жизни клиента (LT)")


@dataclass(frozen=True, eq=False, repr=False)
class Lifetime(Result):
    """Mean time a client stays, in months; made by `expected_lifetime`.

    Attributes
    ----------
    horizon : float
        Months of the restricted mean.
    by : str
        Column of `frame` with the group; empty if it is not broken down.
    begin : float
        Months that clients had stayed of whom the curve tells, 0: all who began.
    differences : Differences, optional
        Groups held against each other.
    """

    horizon: float = 60.0
    by: str = ""
    begin: float = 0.0
    differences: Differences | None = None

    @property
    def unit(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return "number"

    def of(self, measure: str = "restricted", group: Any = None) -> Quantity:
        """One of the numbers, with its unit: a time.

        Parameters
        ----------
        measure : str
            Of `frame`.
        group : object
            Of a broken down result.
        """
        rows = self.frame[self.frame["measure"] == measure]
        rows = rows if not self.by else rows[rows[self.by] == group]
        if len(rows) != 1:
            known = ", ".join(self.frame["measure"].unique())
            raise InvalidValue(f"{measure!r} is none of: {known}; or no such group.")
        row = rows.iloc[0]
        return Quantity(float(row["estimate"]), float(row["low"]), float(row["high"]), MONTHS)

    def say(self, lang: str = "en") -> str:
        return f"{self._told(lang, True)}."

    def headline(self, lang: str = "en") -> str:
        return self._told(lang, False)

    def _told(self, lang: str, whole: bool) -> str:
        if self.by:
            return self._of_groups(lang, whole)
        rows = self.frame.set_index("measure")
        if "tenure_left" not in rows.index:
            return nobody_left(rows.loc["restricted", "base"], lang).rstrip(".")
        lt, half, more = (rows.loc[name] for name in ("restricted", "median", "extrapolated"))
        now = self._row("tenure_today")
        of = in_time(self.horizon, lang)
        time = in_time(lt["estimate"], lang) + self._base(lt, lang) * whole
        parts = [Text(f"of the first {of} a client stays {time}",
                      f"за первые {of} клиент остаётся {time}").in_language(lang)]  # fmt: skip
        if pd.notna(half["estimate"]):
            time = in_time(half["estimate"], lang) + self._base(half, lang) * whole
            parts.insert(0, Text(f"half of the clients are gone after {time}",
                                 f"половина клиентов уходит за {time}"
                                 ).in_language(lang))  # fmt: skip
        if whole and more["estimate"] > lt["estimate"]:
            time = in_time(more["estimate"], lang) + self._base(more, lang)
            parts.append(Text(f"in all {time}, if the last rate goes on",
                              f"всего {time}, если темп ухода не изменится"
                              ).in_language(lang))  # fmt: skip
        if now is not None and self.verdict() is not None:
            told = self._against(now, lang) + self._base(now, lang) * whole
            parts = [parts[0], told] if not whole else [*parts, told]
        sentence = of_those(self.begin * DAYS_IN_MONTH, lang) + "; ".join(parts)
        return capital(sentence)

    def _row(self, measure: str) -> pd.Series | None:
        """The row of a measure; there is no tenure where nobody left or nobody is left."""
        rows = self.frame[self.frame["measure"] == measure]
        return rows.iloc[0] if len(rows) else None

    def verdict(self) -> int | None:
        """Mean tenure of today's clients against the time by which half are gone.

        Returns
        -------
        int or None
            1: it lies above the interval of the median, −1: below, 0: inside, None: one
            of the two is not to be told.
        """
        half, now = self._row("median"), self._row("tenure_today")
        if half is None or now is None or np.isnan([half["estimate"], half["low"]]).any():
            return None
        return int(now["estimate"] > half["high"]) - int(now["estimate"] < half["low"])

    def _against(self, tenure: pd.Series, lang: str) -> str:
        time = in_time(tenure["estimate"], lang)
        return {
            1: Text(f"the {time} of today's clients promise too much",
                    f"средний стаж нынешних, {time}, обещает лишнее"),
            -1: Text(f"the {time} of today's clients promise too little",
                     f"средний стаж нынешних, {time}, занижает срок"),
            0: Text(f"the {time} of today's clients answer another question",
                    f"средний стаж нынешних, {time}, отвечает на другой вопрос"),
        }[self.verdict() or 0].in_language(lang)  # fmt: skip

    def _base(self, row: pd.Series, lang: str) -> str:
        base = Text("base", "база").in_language(lang) + f" {number(row['base'], lang)}"
        if np.isnan(row["low"]):
            return f" ({base})"
        return f" ({between(row['low'], row['high'], lang, of=row['estimate'])}, {base})"

    def _of_groups(self, lang: str, whole: bool) -> str:
        verdict = capital(self.differences.say(lang)) if self.differences is not None else ""
        if not whole:
            return without_brackets(verdict)
        rows = self.frame[self.frame["measure"] == "restricted"].dropna(subset=["estimate"])
        rows = rows.sort_values(["estimate", "base"], ascending=False, kind="stable")
        told = [f"{named(self.by, row[self.by], lang)} — {in_time(row['estimate'], lang)}"
                + self._base(row, lang) for _, row in rows.iterrows()]  # fmt: skip
        time = in_time(self.horizon, lang)
        head = Text(f"Of the first {time} clients stay", f"За первые {time} клиенты остаются")
        return f"{verdict} {head.in_language(lang)}: {'; '.join(told)}"

    def decide(self, lang: str = "en") -> str:
        if self.by or self.verdict() is None:
            return ""
        return Text(
            "Quote the lifetime of a new client with its horizon; keep the tenure of today's "
            "clients for the anniversary cake.",
            "Называть срок жизни нового клиента вместе с горизонтом; стаж нынешних клиентов "
            "оставить для праздничного торта.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "How long a client stays; 95% intervals, clients drawn anew. Hollow: under an "
            "assumption. Grey: what is usually quoted",
            "Сколько клиент остаётся; 95%-е интервалы, бутстреп клиентов. Полый кружок — "
            "с допущением. Серым — то, что обычно называют",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        rows = self.frame[self.frame["estimate"].notna()]
        rows = rows[rows["measure"].isin(("restricted", "extrapolated"))] if self.by else rows
        names = [_label(row, self.by, lang) for _, row in rows.iterrows()]
        reach = max(2.2 * rows["estimate"].max(), self.horizon)
        in_years = reach >= 36
        unit = 12.0 if in_years else 1.0
        high = rows["high"].fillna(rows["estimate"]).clip(upper=reach)
        beyond = np.where(rows["high"] > reach, " →", "")  # the interval goes on
        with charts.picture(self, ax) as axes:
            charts.dots(
                axes, names, rows["estimate"] / unit,
                rows["low"].fillna(rows["estimate"]) / unit, high / unit,
                texts=[in_time(value, lang) + arrow for value, arrow in
                       zip(rows["estimate"], beyond, strict=True)],
                quiet=rows["measure"].str.startswith("tenure").to_list(),
                hollow=(rows["measure"] == "extrapolated").to_list(),
            )  # fmt: skip
            axes.set_xlim(left=0)
            charts.number_axis(axes.xaxis)
            label = Text("years", "годы") if in_years else Text("months", "месяцы")
            axes.set_xlabel(label.in_language(lang))
        return axes


def _label(row: pd.Series, by: str, lang: str) -> str:
    label = row[f"label_{lang}"]
    return f"{named(by, row[by], lang)}: {label}" if by else label


LABELS = {
    "median": Text("half are gone after", "половина уходит за"),
    "restricted": Text("stays, of the first {}", "остаётся, за первые {}"),
    "extrapolated": Text("stays in all, if the last rate goes on",
                         "остаётся всего, если темп ухода не изменится"),
    "tenure_today": Text("mean tenure of today's clients", "средний стаж нынешних клиентов"),
    "tenure_left": Text("mean tenure of those who left", "средний стаж ушедших"),
}  # fmt: skip


def expected_lifetime(
    base: ClientBase,
    *,
    horizon: float = 60,
    by: str | None = None,
    contract: str = "ongoing",
    silent_after: int | None = None,
    level: float = 0.95,
) -> Lifetime | CannotSay:
    """Mean time that a client stays (LT): restricted, extrapolated, and the naive numbers.

    Restricted: the area under the survival curve up to the horizon, no assumption.
    Where all entered late, both are those of clients who had stayed so long, with the time
    before. Extrapolated: that area up to the last day F that five clients are followed to, plus
    S(F) ÷ λ, where λ is the rate at which clients left in the last stretch with five
    leavers: from F on they leave at that rate (S1, S2; system B5).

    Parameters
    ----------
    base : ClientBase
    horizon : float
        Months; shortened to F, of groups to that of all with ten spells. Smaller groups
        that are not followed so long are NaN.
    by : str, optional
        Column of clients.
    contract, silent_after
        As for `transformation_rate`.
    level : float

    Returns
    -------
    Lifetime
        `frame`: the column `by`, ``measure, label_en, label_ru, estimate, low, high``
        (months), ``base``. Measures: restricted, median, extrapolated, tenure_today,
        tenure_left.
        An infinite end means that the end cannot be told. `of` gives one with its unit.

    Raises
    ------
    InvalidValue
        If the horizon is not positive, or the column or contract is not known.

    Notes
    -----
    Percentiles of 1,000 resamples of clients, all spells of a client together; on 400
    invented agencies of 240 clients the restricted mean of 36 months was covered in 95%.
    t intervals of the tenures. Mean tenure of today's clients is not a lifetime: long
    relationships are more often met on any one day, and none of them has ended.

    Examples
    --------
    Two of three leave after 30 and 60 days, (30 + 60 + 60.875) ÷ 3; all are seen for 90:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": list("abc"), "started_on": "2024-01-01",
    ...         "ended_on": ["2024-01-31", "2024-03-01", None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-05"],
    ...         "amount": [100]})}, observed_from="2024-01-01", observed_until="2024-03-31")
    >>> round(expected_lifetime(base, horizon=2).of().estimate * 30.4375, 2)
    50.29
    """
    if not 0 < horizon < np.inf:
        raise InvalidValue(f"horizon={horizon!r} must be a number of months, such as 60.")
    seen = durations(base, LIFETIME, contract=contract, by=by, silent_after=silent_after)
    if isinstance(seen, CannotSay):
        return seen
    groups = [(None, seen.frame)] if by is None else list(
        seen.frame.groupby(by, sort=True, dropna=False))  # fmt: skip
    curves = [Curve.of(part) for _, part in groups]
    # Where all left nothing is cut off: the curve is 0 from there on.
    reach = [np.inf if curve.left.all() else curve.followed() for curve in curves]
    large = [days for days, curve in zip(reach, curves, strict=True) if len(curve.exit) >= SMALL]
    months = min(float(horizon), max(min(large or reach) / DAYS_IN_MONTH, 1 / DAYS_IN_MONTH))
    short = sum(days < months * DAYS_IN_MONTH - 1e-9 for days in reach)
    notes, tables = [], []
    for (group, part), curve in zip(groups, curves, strict=True):
        rows, more = _measures(part, curve, months, level)
        tables.append(rows if by is None else rows.assign(**{by: [group] * len(rows)}))
        notes += more if by is None else []
    if months < horizon:
        notes.append(_shorter(months, horizon, by))
    notes += [_not_followed(short)] * (short > 0)
    if by is None:
        notes += about_curve(curves[0], seen)
    frame = pd.concat(tables, ignore_index=True)
    frame = frame[[*([] if by is None else [by]), *frame.columns.drop(by or [])]]
    return Lifetime(
        frame,
        seen.provenance,
        (*notes, *about_group(base, by), *seen.notes),
        horizon=months,
        by=by or "",
        begin=curves[0].begin / DAYS_IN_MONTH if by is None else 0.0,
        differences=None if by is None else compared(seen.frame, by),
    )


def _measures(
    part: pd.DataFrame, curve: Curve, months: float, level: float
) -> tuple[pd.DataFrame, list[Text]]:
    """The rows of one group, and what to know about them."""
    days, until = months * DAYS_IN_MONTH, curve.followed()
    again = Redrawn.of(curve, part["client_id"])
    if days > until + 1e-9 and not curve.left.all():
        restricted = np.nan, np.full(1, np.nan)
    else:
        restricted = (curve.begin + curve.area(np.array([days]))[0],
                      curve.begin + again.area(np.array([days]))[:, 0])  # fmt: skip
    rows, notes = [("restricted", *_in_months(*restricted, level), len(curve.exit))], []
    half = survival.quantile(curve.daily)
    ends_of_half = (half.low, half.high if half.high == half.high else np.inf)
    rows.append(("median", half.estimate / DAYS_IN_MONTH,
                 *(end / DAYS_IN_MONTH for end in ends_of_half), len(curve.exit)))  # fmt: skip
    tail = Tail.of(curve, until)
    if tail is None:
        left = int(curve.left.sum())
        rows.append(("extrapolated", np.nan, np.nan, np.nan, len(curve.exit)))
        notes.append(_not_guessed(left))
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            whole = curve.begin + curve.area(np.array([until]))[0] + curve.at(np.array([until]))[
                "survival"].iloc[0] / tail.rate  # fmt: skip
            left_over = again.at(np.array([until]))[:, 0]
            beyond = np.where(left_over > 0, left_over / tail.rates(again), 0.0)
        draws = curve.begin + again.area(np.array([until]))[:, 0] + beyond
        rows.append(("extrapolated", *_in_months(whole, draws, level), len(curve.exit)))
        notes += [assumption(tail)] * (not curve.left.all())
    for name, those in (("tenure_today", ~part["left"]), ("tenure_left", part["left"])):
        if those.any():
            rows.append((name, *_tenure(part.loc[those, "exit"], level)))
    columns = ["measure", "estimate", "low", "high", "base"]
    frame = pd.DataFrame(rows, columns=columns)
    for lang in ("en", "ru"):
        time = in_time(months, lang)
        labels = [LABELS[name].in_language(lang).format(time) for name in frame["measure"]]
        frame.insert(1 + (lang == "ru"), f"label_{lang}", labels)
    return frame, notes


def _in_months(days: float, draws: np.ndarray, level: float) -> tuple[float, float, float]:
    low, high = ends(draws, level)
    if low == high:  # nobody left, or one client: the resamples are all alike
        low = high = np.nan
    return days / DAYS_IN_MONTH, low / DAYS_IN_MONTH, high / DAYS_IN_MONTH


def _tenure(days: pd.Series, level: float) -> tuple[float, float, float, int]:
    months = days.to_numpy(float) / DAYS_IN_MONTH
    if len(months) < 2:
        return float(months.mean()), np.nan, np.nan, len(months)
    found = design.mean(months, design.Design(), level=level)
    return float(found.estimate), float(found.low), float(found.high), len(months)


def _not_followed(groups: int) -> Text:
    return Text(
        f"Not followed so long, and not told: {groups} {plural(groups, 'group', 'groups')}.",
        f"Наблюдались не так долго и не указаны — групп: {groups}.",
    )


def _not_guessed(left: int) -> Text:
    if not left:
        return Text("What comes after the last day seen is not guessed.",
                    "Что будет после последнего дня, не угадываем.")  # fmt: skip
    return Text(f"Only {left} left: what comes after the last day seen is not guessed.",
                f"Ушедших всего {left}: что будет дальше, не угадываем.")  # fmt: skip


def _shorter(months: float, horizon: float, by: str | None) -> Text:
    every = Text(" in every larger group", " в каждой крупной группе") if by else Text("", "")
    return Text(
        f"Asked for {in_time(horizon)}; five clients are followed{every.en} for {in_time(months)} "
        "only.",
        stop(
            f"Запрошен горизонт {in_time(horizon, 'ru')}; пятеро клиентов{every.ru} наблюдались "
            f"лишь {in_time(months, 'ru')}"
        ),
    )
