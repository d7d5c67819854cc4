"""Why clients leave: reasons that compete, with 'unknown' as one of them.

It answers: what share of all clients leaves for each reason by each month, how much of it
for a good reason, and what one would have said who treats every other reason as if those
clients had stayed. Public names are importable from `clientlab.clients.lifetime`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.clients.answers import WRITE, interval_of
from clientlab.clients.base import ClientBase
from clientlab.clients.curves import Curve, ends_of
from clientlab.clients.durations import DAYS_IN_MONTH, UNKNOWN, durations
from clientlab.clients.lifetime_curves import about_curve, nobody_left
from clientlab.clients.redrawn import drawn, ends, enough_for
from clientlab.clients.spells import reasons as labels
from clientlab.clients.times import headed, in_time, stop
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import survival as stats
from clientlab.stats.estimate import quantile_of
from clientlab.wording import Text, number, percent

REASONS = Text("Reasons for leaving", "Причины ухода")
GOOD = ("outgrew", "in_house", "finished")  # the work was done, or done well
BAD = ("dissatisfied", "price")
KINDS = {
    "good": Text("for a good reason", "по хорошей причине"),
    "bad": Text("for a reason that service or price gave", "из-за сервиса или цены"),
    "other": Text("for a reason outside of the work", "по причине вне работы"),
    UNKNOWN: Text("for an unknown reason", "по неизвестной причине"),
}
HORIZON = 36  # months, if so long is followed


@dataclass(frozen=True, eq=False, repr=False)
class Reasons(Result):
    """Share of all clients that each reason has ended by each month; made by `reasons`.

    Attributes
    ----------
    at : int
        Month that is told and drawn.
    kinds : bool
        Reasons are grouped into good, bad, other and unknown.
    spells, leavers : int
    gap : tuple of float
        Share that left for a bad reason less that for a good one at that month, with its
        interval; NaN if the reasons are not grouped.
    """

    at: int = HORIZON
    kinds: bool = False
    spells: int = 0
    leavers: int = 0
    gap: tuple[float, float, float] = (np.nan, np.nan, np.nan)

    @property
    def formats(self) -> dict[str, str]:
        return dict.fromkeys(("month", "at_risk", "left"), "integer") | {"one_minus_km": "percent"}

    @property
    def cell_words(self) -> dict:
        return {"reason": KINDS if self.kinds else labels()}

    @property
    def told(self) -> pd.DataFrame:
        """The month that is told, the most frequent reason first."""
        rows = self.frame[self.frame["month"] == self.at]
        return rows.sort_values(["estimate", "reason"], ascending=[False, True], kind="stable")

    def say(self, lang: str = "en") -> str:
        rows = self.told
        time = in_time(self.at, lang)
        if self.kinds:
            return self._of_kinds(rows, time, lang)
        named = rows[rows["reason"] != UNKNOWN]
        top = (named if len(named) else rows).iloc[0]
        value = WRITE["share"](top["estimate"], lang) + self._ends(top, lang)
        if named.empty:
            return Text(
                stop(f"No reason is written down: {value} of all clients left by {time}"),
                stop(f"Причины не записаны: {value} всех клиентов ушли за {time}"),
            ).in_language(lang)
        name = labels()[top["reason"]].in_language(lang)
        alone, whole = (
            percent(rows[column].sum(), lang) for column in ("one_minus_km", "estimate")
        )
        first = Text(stop(f"Named most often: {name}, {value} of all clients by {time}"),
                     stop(f"Чаще всего: {name}, {value} всех клиентов за {time}")
                     ).in_language(lang)  # fmt: skip
        if alone == whole:  # one reason, or none that could keep another from coming
            return first
        return f"{first} " + Text(
            f"All reasons together took {whole}; each taken alone they would add up to {alone}.",
            f"Все причины вместе — {whole}; если считать каждую отдельно, сумма была бы {alone}.",
        ).in_language(lang)

    def _of_kinds(self, rows: pd.DataFrame, time: str, lang: str) -> str:
        told = []
        for row in rows.to_dict("records"):
            if row["reason"] != UNKNOWN or row["estimate"] > 0:
                name = KINDS[row["reason"]].in_language(lang)
                value = WRITE["share"](row["estimate"], lang)
                told.append(f"{name} {value}{self._ends(row, lang)}")
        share = {row["reason"]: row["estimate"] for row in rows.to_dict("records")}
        bad, good = (percent(share.get(kind, 0.0), lang) for kind in ("bad", "good"))
        verdict = {
            1: Text(f"More leave for a bad reason than for a good one, {bad} against {good}",
                    f"По плохой причине уходит больше, чем по хорошей: {bad} против {good}"),
            -1: Text(f"More leave for a good reason than for a bad one, {good} against {bad}",
                     f"По хорошей причине уходит больше, чем по плохой: {good} против {bad}"),
            0: Text(f"Whether more leave for a good or a bad reason cannot be told, {good} "
                    f"against {bad}",
                    "По какой причине уходит больше, хорошей или плохой, сказать нельзя: "
                    f"{good} против {bad}"),
        }[self.verdict()].in_language(lang)  # fmt: skip
        head = Text(f"Of all clients leave by {time}", f"За {time} уходят").in_language(lang)
        return f"{verdict}. {head}: {'; '.join(told)}." if told else f"{verdict}."

    def _ends(self, row, lang: str) -> str:
        base = Text("base", "база").in_language(lang) + f" {number(self.spells, lang)}"
        if pd.isna(row["low"]):
            return f" ({base})"
        return f" ({interval_of(row['low'], row['high'], 'share', lang)}, {base})"

    def verdict(self) -> int:
        """1: more leave for a bad reason than for a good one, −1: fewer, 0: not to be told."""
        _, low, high = self.gap
        return int(low > 0) - int(high < 0)

    def headline(self, lang: str = "en") -> str:
        return headed(self.say(lang))

    def decide(self, lang: str = "en") -> str:
        if self.kinds:
            return {
                1: Text("Take the reasons that service or price gave to the people who can end "
                        "them, one by one.",
                        "Разобрать причины из-за сервиса и цены по одной с теми, кто может их "
                        "устранить."),
                -1: Text("Stay in touch with those who left for a good reason: they come back and "
                         "recommend.",
                         "Держать связь с ушедшими по хорошей причине: они возвращаются и "
                         "рекомендуют."),
                0: Text("Write down the reason of every leaver for a year; then ask again.",
                        "Год записывать причину каждого ухода, потом спросить снова."),
            }[self.verdict()].in_language(lang)  # fmt: skip
        return Text("Ask every leaver for the reason; never enter a guess: 'unknown' is an answer.",
                    "Спрашивать причину у каждого ушедшего; догадок не вносить: «неизвестно» — "
                    "тоже ответ.").in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        time = in_time(self.at, lang)
        if self.kinds:
            return Text("Share of all clients by month of the relationship (Aalen–Johansen)",
                        "Доля всех клиентов по месяцам сотрудничества (Аален–Йохансен)"
                        ).in_language(lang)  # fmt: skip
        return Text(
            f"Share of all clients that the reason ended by {time} (Aalen–Johansen, 95% "
            "intervals). Hollow: 1 − Kaplan–Meier of that reason alone, which is too much",
            f"Доля всех клиентов, ушедших по причине за {time} (Аален–Йохансен, 95%-е интервалы). "
            "Полый кружок — 1 − Каплан–Майер по одной причине: завышает",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, style, texts

        lang = texts.language()
        with charts.picture(self, ax) as axes:
            if self.kinds:
                return self._bands(axes, lang)
            rows = self.told
            names = [labels()[reason].in_language(lang) for reason in rows["reason"]]
            low, high = rows["low"].fillna(rows["estimate"]), rows["high"].fillna(rows["estimate"])
            texts_ = [WRITE["share"](value, lang) for value in rows["estimate"]]
            right = np.fmax(high, rows["one_minus_km"])
            charts.dots(axes, names, rows["estimate"], low, right.where(rows["high"].isna(), high),
                        quiet=(rows["reason"] == UNKNOWN).to_list())  # fmt: skip
            place = np.arange(len(rows))
            axes.scatter(rows["one_minus_km"], place, s=110, c="white", zorder=2,
                         edgecolors=style.CONTRAST, linewidths=2)  # fmt: skip
            for row, (end, text) in enumerate(zip(right, texts_, strict=True)):
                axes.annotate(text, (end, row), (12, 0), textcoords="offset points", va="center",
                              size=style.SIZES["value"], parse_math=False)  # fmt: skip
            axes.set_xlim(left=0)
            charts.share_axis(axes.xaxis)
        return axes

    def _bands(self, axes, lang: str):
        from clientlab.session import charts, style

        rows = self.frame[self.frame["month"] <= self.at]
        wide = rows.pivot(index="month", columns="reason", values="estimate")
        kinds = [kind for kind in KINDS if kind in wide]
        wide = wide[kinds].reindex([wide.index[0] - 1, *wide.index], fill_value=0.0)
        colours = {"bad": style.CONTRAST, "good": style.BOARD["green"], "other": style.HALF,
                   UNKNOWN: style.CANNOT}  # fmt: skip
        order = [kind for kind in ("bad", "other", UNKNOWN, "good") if kind in kinds]
        names = {kind: f"{KINDS[kind].in_language(lang)}: "
                 f"{percent(wide[kind].iloc[-1], lang)}" for kind in order}  # fmt: skip
        charts.bands(axes, wide.index.to_numpy(float), {names[kind]: wide[kind] for kind in order},
                     [colours[kind] for kind in order])  # fmt: skip
        axes.set_xlabel(Text("month of the relationship", "месяц сотрудничества"
                             ).in_language(lang))  # fmt: skip
        return axes


def reasons(
    base: ClientBase,
    *,
    at: int | None = None,
    kinds: bool = False,
    good: Sequence[str] = GOOD,
    bad: Sequence[str] = BAD,
    level: float = 0.95,
) -> Reasons | CannotSay:
    """Share of all clients that each reason has ended, month by month.

    Reasons compete: who took the work in-house cannot be lost for the price any more.
    Aalen–Johansen's estimator with late entry; an end without a reason is a reason of its
    own, 'unknown' (S3, S0, S2; system C1). Beside it 1 − Kaplan–Meier of each reason alone,
    which treats all other leavers as if they might still leave for it, and is too high.

    Parameters
    ----------
    base : ClientBase
        Clients with an ongoing contract: projects that fall silent give no reason.
    at : int, optional
        Month to tell; by default 36, or the last month that ten are followed to.
    kinds : bool
        Group the reasons into good, bad, other (business closed, let go by us) and unknown.
    good, bad : sequence of str
        Codes of reasons; the literature leaves the grouping open (choices.md).
    level : float

    Returns
    -------
    Reasons
        `frame`: ``month, reason, estimate, low, high, at_risk, left, one_minus_km``;
        log-log intervals of the share itself, as R's survfit, NaN before the reason has
        ended any; all NaN where the month was not seen to its end. Counted are spells.

    Raises
    ------
    InvalidValue
        If a reason is not known or stands in both groups, or `at` is not positive.

    Examples
    --------
    Four clients; one leaves for the price, later one for no reason told:

    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": list("abcd"), "started_on": "2024-01-01",
    ...         "ended_on": ["2024-01-20", "2024-02-20", None, None],
    ...         "end_reason": ["price", None, None, None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-05"],
    ...         "amount": [100]})}, observed_from="2024-01-01", observed_until="2024-03-31")
    >>> reasons(base).frame[["month", "reason", "estimate"]].values.tolist()[:4]
    [[1, 'price', 0.25], [1, 'unknown', 0.0], [2, 'price', 0.25], [2, 'unknown', 0.25]]
    """
    _checked(at, good, bad)
    seen = durations(base, REASONS)
    if isinstance(seen, CannotSay):
        return seen
    curve = Curve.of(seen.frame, level)
    why = np.where(curve.left, seen.frame["reason"].to_numpy()[curve.rows], "")
    detailed = why
    if kinds:
        kind = dict.fromkeys(good, "good") | dict.fromkeys(bad, "bad") | {UNKNOWN: UNKNOWN, "": ""}
        why = np.array([kind.get(reason, "other") for reason in why], dtype=object)
    told = _month(curve, at)
    base_of = _with_unknown(seen.provenance.base_of, detailed)
    provenance = base.provenance(len(curve.exit), base_of)
    notes = (*about_curve(curve, seen), *seen.notes)
    if not curve.left.any():
        nobody = (nobody_left(len(curve.exit), lang) for lang in ("en", "ru"))
        return CannotSay.because(Text(*nobody), provenance)
    frame = _frame(curve, why, level)
    gap = (np.nan,) * 3
    if kinds:
        clients = seen.frame["client_id"].to_numpy()[curve.rows]
        gap = _gap(curve, why, clients, told * DAYS_IN_MONTH, level)
    return Reasons(
        frame, provenance, notes, at=told, kinds=kinds, spells=len(curve.exit),
        leavers=int(curve.left.sum()), gap=gap,
    )  # fmt: skip


def _checked(at: int | None, good: Sequence[str], bad: Sequence[str]) -> None:
    if at is not None and (isinstance(at, bool) or at < 1):
        raise InvalidValue(f"at={at!r} must be a month from 1 on, such as 36.")
    unknown = [reason for reason in (*good, *bad) if reason not in labels()]
    both = set(good) & set(bad)
    if unknown or both:
        told = f"{unknown[0]!r} is no reason" if unknown else f"{min(both)!r} is good and bad"
        raise InvalidValue(f"{told}. The reasons are: {', '.join(labels())}.")


def _month(curve: Curve, at: int | None) -> int:
    """The month to tell: the one asked for, or the last that ten are followed to."""
    months = curve.months
    whole = months[curve.seen(ends_of(months))]
    last = months[-1] if curve.left.all() else int(curve.followed(10) // DAYS_IN_MONTH)
    asked = at or min(months[0] - 1 + HORIZON, last)
    return int(np.clip(asked, months[0], whole[-1] if len(whole) else months[0]))


def _frame(curve: Curve, why: np.ndarray, level: float) -> pd.DataFrame:
    found = stats.aalen_johansen(curve.exit, why, entry=curve.entry, level=level)
    months = curve.months
    end, start = ends_of(months), np.maximum(ends_of(months - 1), curve.begin)
    at_risk = curve.at_risk(start, end)
    rows = []
    for reason, part in found.groupby("cause", sort=True):
        place = np.searchsorted(part["time"].to_numpy(), end + 1e-9)
        this = why == reason
        alone = stats.kaplan_meier(curve.exit, this, entry=curve.entry)["survival"]
        gone = np.append(0.0, part["incidence"])[place]
        se = np.append(0.0, part["se"])[place]
        low, high = stats.INTERVALS["log-log"](gone, se, quantile_of(level))
        left = np.histogram(curve.exit[this], np.append(start, end[-1]) + 1e-9)[0]
        rows.append(
            pd.DataFrame(
                {
                    "month": months,
                    "reason": reason,
                    "estimate": gone,
                    "low": low,
                    "high": high,
                    "at_risk": at_risk,
                    "left": left,
                    "one_minus_km": np.append(0.0, 1 - alone)[place],
                }
            )
        )
    frame = pd.concat(rows)
    told = ["estimate", "low", "high", "one_minus_km"]
    frame.loc[~curve.seen(ends_of(frame["month"].to_numpy())), told] = np.nan
    return frame.sort_values(["month", "reason"], kind="stable", ignore_index=True)


def _gap(
    curve: Curve, why: np.ndarray, clients: np.ndarray, day: float, level: float
) -> tuple[float, float, float]:
    """Incidence of bad less good reasons by a day; percentiles of resampled clients."""
    score = np.select([why == "bad", why == "good"], [1.0, -1.0], 0.0)
    length = int(day) + 1
    weights = np.vstack([np.ones(len(clients)), drawn(clients, enough_for(len(clients)), 0)])
    values = np.empty(len(weights))
    gone = curve.left & (curve.exit <= day)
    entry, exit = (np.minimum(part, length) for part in (curve.entry, curve.exit))
    for row, weight in enumerate(weights):
        risk = np.cumsum(np.bincount(entry, weight, length + 1)
                         - np.bincount(exit, weight, length + 1))[:-1]  # fmt: skip
        left = np.bincount(exit[gone], weight[gone], length + 1)[1:]
        net = np.bincount(exit[gone], (weight * score)[gone], length + 1)[1:]
        rate = np.divide(left, risk, where=left > 0, out=np.zeros(length))
        before = np.append(1.0, np.cumprod(1 - np.minimum(rate, 1.0))[:-1])
        values[row] = (before * np.divide(net, risk, where=left > 0, out=np.zeros(length))).sum()
    low, high = ends(values[1:], level)
    return float(values[0]), low, high


def _with_unknown(base_of: Text, why: np.ndarray) -> Text:
    """What the base counts, with the share of leavers whose reason nobody knows."""
    gone = int((why != "").sum())
    if not gone:
        return base_of
    share = (why == UNKNOWN).sum() / gone
    told = Text(f", reason unknown of {percent(share)} of {number(gone)} who left",
                f", причина неизвестна у {percent(share, 'ru')} из {number(gone, 'ru')} ушедших"
                )  # fmt: skip
    return Text(*("|".join(form + more for form in forms.split("|"))
                  for forms, more in zip(base_of, told, strict=True)))  # fmt: skip
