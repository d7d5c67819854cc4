"""How long clients stay: the share still there month by month.

It answers: what share stays a year, three, five, and which groups stay longer.
Public names are importable from `clientlab.clients.lifetime`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from clientlab.clients.answers import WRITE, interval_of, without_brackets
from clientlab.clients.base import ClientBase
from clientlab.clients.curves import Curve, ends_of
from clientlab.clients.durations import DAYS_IN_MONTH, Durations, durations
from clientlab.clients.group_differences import SMALL, Differences, compared, named
from clientlab.clients.schema import tables
from clientlab.clients.times import capital, in_time
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number, plural

CURVE = Text("Share still there", "Доля оставшихся")
FEW_AT_RISK = 10  # months with fewer under observation are drawn grey, and not told
GROUPS = 6  # lines in one picture, the largest groups
BANDS = 3  # groups up to which their intervals are drawn
MARKS = (12, 24, 36, 48, 60)  # months that are told


@dataclass(frozen=True, eq=False, repr=False)
class Survival(Result):
    """Share still there month by month; made by `survival`.

    Attributes
    ----------
    by : str
        Column of `frame` with the group; empty if it is not broken down.
    curves : dict of group to Curve
        None is the group of all.
    tenure : float
        Mean years that today's clients have been there: the naive number.
    differences : Differences, optional
        Groups held against each other.
    """

    by: str = ""
    curves: dict = field(default_factory=dict)
    tenure: float = float("nan")
    differences: Differences | None = None

    @property
    def formats(self) -> dict[str, str]:
        return dict.fromkeys(("month", "at_risk", "left"), "integer")

    def at(self, month: float) -> pd.DataFrame:
        """The row of each group at the end of a month."""
        return self.frame[self.frame["month"] == month]

    def median(self, level: float = 0.95):
        """Months by which half of all clients have left, an `Estimate`; NaN if not seen."""
        from clientlab.stats.estimate import Estimate
        from clientlab.stats.survival import quantile

        found = quantile(next(iter(self.curves.values())).daily)
        return Estimate(*(part / DAYS_IN_MONTH for part in found[:4]), np.inf)

    def say(self, lang: str = "en") -> str:
        if self.differences is not None:
            return capital(self.differences.say(lang))
        known = self.frame.dropna(subset=["estimate"])
        if not self.frame["left"].any():
            return nobody_left(self.frame["at_risk"].max(), lang)
        if known.empty:
            return Text("No month was watched to its end.",
                        "Ни один месяц не наблюдался до конца.").in_language(lang)  # fmt: skip
        marks = known[known["month"].isin(MARKS) & (known["at_risk"] >= FEW_AT_RISK)]
        last = known[known["at_risk"] >= min(FEW_AT_RISK, known["at_risk"].max())].tail(1)
        marks = pd.concat([marks.head(1), marks.iloc[1:].tail(1)]) if len(marks) else last
        told = [_told(row, lang) for _, row in marks.iterrows()]
        head = Text("still there after", "остаются").in_language(lang)
        sentence = f"{self._given(lang)}{head} {'; '.join(told)}."
        return capital(sentence)

    def _given(self, lang: str) -> str:
        return of_those(next(iter(self.curves.values())).begin, lang)

    def headline(self, lang: str = "en") -> str:
        if self.differences is not None:
            return capital(self.differences.headline(lang))
        return without_brackets(self.say(lang))

    def decide(self, lang: str = "en") -> str:
        return "" if self.differences is None else self.differences.decide(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Share of clients still there, by month of the relationship; 95% intervals (log-log), "
            "late entry allowed for",
            "Доля клиентов, остающихся с нами, по месяцам сотрудничества; 95%-е интервалы "
            "(log-log), с учётом позднего входа",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        largest = sorted(self.curves, key=lambda one: -len(self.curves[one].exit))[:GROUPS]
        series, quiet = {}, []
        for group in largest:
            curve = self.curves[group]
            name = self._name(group, lang) if self.by else ""
            small = bool(self.by) and len(curve.exit) < SMALL
            # Bands of many groups lie on each other; the table has all intervals.
            series[name] = drawn_steps(curve)[: 2 if small or len(largest) > BANDS else 4]
            quiet += [name] * small
        marks = {}
        if not self.by and not np.isnan(self.tenure):
            tenure = in_time(12 * self.tenure, lang)
            label = Text(f"mean tenure of today's clients: {tenure}",
                         f"средний стаж нынешних клиентов: {tenure}")  # fmt: skip
            marks[label.in_language(lang)] = 12 * self.tenure
        with charts.picture(self, ax) as axes:
            charts.steps(axes, series, marks=marks, quiet=quiet)
            axes.set_xlabel(Text("month of the relationship", "месяц сотрудничества"
                                 ).in_language(lang))  # fmt: skip
        return axes

    def _name(self, group, lang: str) -> str:
        return f"{named(self.by, group, lang)} · {number(len(self.curves[group].exit), lang)}"


def of_those(begin: float, lang: str) -> str:
    """Whom a curve speaks of that begins on a day of the relationship, if that is not the first."""
    months = round(begin / DAYS_IN_MONTH)
    if not months:
        return ""
    return Text(
        f"of those who had stayed {months} {plural(months, 'month', 'months')}, ",
        f"из проработавших {months} мес. ",
    ).in_language(lang)


def drawn_steps(curve: Curve) -> tuple[np.ndarray, ...]:
    """Steps in months up to the day to which enough are followed."""
    daily = curve.daily
    rows = daily[daily["time"] <= curve.followed(FEW_AT_RISK)]
    start = np.array([curve.begin / DAYS_IN_MONTH])
    month = np.append(start, rows["time"] / DAYS_IN_MONTH)
    return (month, np.append(1.0, rows["survival"]), np.append(1.0, rows["low"].fillna(1.0)),
            np.append(1.0, rows["high"].fillna(1.0)))  # fmt: skip


def _told(row: pd.Series, lang: str) -> str:
    month, base = int(row["month"]), number(row["at_risk"], lang)
    years = month // 12
    after = f"{month} {Text(plural(month, 'month', 'months'), 'мес.').in_language(lang)}"
    if month % 12 == 0:
        forms = Text(plural(years, "year", "years"), plural(years, "год", "года", "лет"))
        after = f"{years} {forms.in_language(lang)}"
    value = WRITE["share"](row["estimate"], lang)
    under = Text("followed to then", "под наблюдением").in_language(lang)
    ends = ""
    if pd.notna(row["low"]):
        ends = interval_of(row["low"], row["high"], "share", lang) + ", "
    head = f"{after}: {value}" if lang == "en" else f"{value} через {after}"
    return f"{head} ({ends}{base} {under})"


def survival(
    base: ClientBase,
    *,
    by: str | None = None,
    contract: str = "ongoing",
    silent_after: int | None = None,
    level: float = 0.95,
) -> Survival | CannotSay:
    """Share of clients still there at the end of each month of the relationship.

    Kaplan–Meier's daily curve with late entry: a client who began before the records did
    is at risk from the day they begin, since whoever left before is in no file (S1;
    system B4).

    Parameters
    ----------
    base : ClientBase
    by : str, optional
        Column of clients. ``by="contract"`` with ``contract="all"`` holds clients with a
        contract against those who work order by order. A column that is only known as it
        is today (tier, key client) is told with a warning.
    contract, silent_after
        As for `transformation_rate`.
    level : float

    Returns
    -------
    Survival
        `frame`: the column `by`, ``month, at_risk, left, estimate, low, high``; log-log
        intervals, NaN before anybody left, and where the month was not seen to its end.
        Counted are spells; `at_risk` are those under observation on any day of the month.

    Raises
    ------
    InvalidValue
        If the column or the contract is not known.

    Notes
    -----
    Days: exit = last day − started_on, entry = max(0, first day of the records − started_on),
    at risk on (entry, exit]; month m ends 30.4375 · m days after the start. All as R:
    ``survfit(Surv(entry, exit, left) ~ 1, conf.type = "log-log")``.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": list("abcd"), "started_on": "2024-01-01",
    ...         "ended_on": ["2024-01-20", "2024-02-20", None, None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-05"],
    ...         "amount": [100]})}, observed_from="2024-01-01", observed_until="2024-03-31")
    >>> survival(base).frame["estimate"].head(2).tolist()
    [0.75, 0.5]
    """
    seen = durations(base, CURVE, contract=contract, by=by, silent_after=silent_after)
    if isinstance(seen, CannotSay):
        return seen
    groups = {None: seen.frame} if by is None else dict(
        list(seen.frame.groupby(by, sort=True, dropna=False)))  # fmt: skip
    curves = {group: Curve.of(part, level) for group, part in groups.items()}
    frame = pd.concat([_rows(curve, by, group) for group, curve in curves.items()],
                      ignore_index=True)  # fmt: skip
    here = seen.frame[~seen.frame["left"]]
    notes = [*seen.notes]
    differences = None
    if by is None:
        notes = [*about_curve(next(iter(curves.values())), seen), *notes]
    else:
        differences = compared(seen.frame, by)
        notes = [*differences.notes, *about_group(base, by), *notes]
    return Survival(
        frame, seen.provenance, tuple(notes), by=by or "", curves=curves,
        tenure=float(here["exit"].mean() / 365.25) if len(here) else np.nan,
        differences=differences,
    )  # fmt: skip


def _rows(curve: Curve, by: str | None, group) -> pd.DataFrame:
    months = curve.months
    start, end = np.maximum(ends_of(months - 1), curve.begin), ends_of(months)
    found = curve.at(end)
    frame = pd.DataFrame(
        {
            "month": months,
            "at_risk": curve.at_risk(start, end),
            "left": curve.leaving(start, end),
            "estimate": found["survival"],
            "low": found["low"],
            "high": found["high"],
        }
    )
    if by is not None:
        frame.insert(0, by, group)
    return frame


def nobody_left(at_risk: float, lang: str) -> str:
    """That nobody has left of so many under observation."""
    count = int(at_risk)
    return Text(
        f"Nobody has left of {number(count)} {plural(count, 'client', 'clients')} under "
        "observation: nothing can be said of when clients leave.",
        f"Из наблюдавшихся клиентов ({number(count, 'ru')}) не ушёл никто: когда уходят клиенты, "
        "сказать нельзя.",
    ).in_language(lang)


def about_curve(curve: Curve, seen: Durations) -> list[Text]:
    """Where the curve begins, and what stands outside of it."""
    notes = []
    begin = round(curve.begin / DAYS_IN_MONTH)
    if curve.begin:
        notes.append(
            Text(
                f"Told of those who had stayed {begin} {plural(begin, 'month', 'months')}: before "
                "that nobody, or too few, were under observation.",
                f"Только для проработавших {begin} мес.: раньше никто или почти никто не "
                "наблюдался.",
            )
        )
    outside = len(seen.frame) - len(curve.exit)
    if outside:
        notes.append(
            Text(
                f"Apart from this stretch, seen only before or after a gap: {outside} "
                f"{plural(outside, 'spell', 'spells')}.",
                f"Вне этого отрезка, до или после разрыва в наблюдении: {outside}.",
            )
        )
    if seen.late:
        notes.append(
            Text(
                f"{number(seen.late)} of {number(len(seen.frame))} began before the records; they "
                "count from the day on which the records begin.",
                f"{number(seen.late, 'ru')} из {number(len(seen.frame), 'ru')} начали до начала "
                "записей; учитываются со дня их начала.",
            )
        )
    left = int(curve.left.sum())
    if 0 < left < FEW_AT_RISK:
        notes.append(
            Text(
                f"Only {left} left: a curve of {left} {plural(left, 'step', 'steps')}.",
                f"Ушедших всего {left}: столько же ступеней у кривой.",
            )
        )
    return notes


def about_group(base: ClientBase, by: str | None) -> list[Text]:
    """A warning if the column to break down by is known only as it is today."""
    if by is None or by not in tables()["clients"].undated:
        return []
    return [
        Text(
            f"'{by}' is known only as it is today. Who stayed long had time to become what it "
            "says: this is no forecast for a new client of the group.",
            f"«{by}» известен только на сегодня. У тех, кто остался надолго, было время им стать: "
            "о новых клиентах группы это не говорит.",
        )
    ]
