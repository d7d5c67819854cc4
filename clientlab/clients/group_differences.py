"""Whether groups stay for different times: log-rank for all, restricted means by pair.

It answers: which group stays longer, by how many months, and is it more than chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from clientlab.clients.answers import interval_of, without_brackets
from clientlab.clients.curves import Curve
from clientlab.clients.durations import DAYS_IN_MONTH
from clientlab.clients.schema import labelled, tables
from clientlab.stats import proportions
from clientlab.stats import survival as stats
from clientlab.wording import Text, number

SMALL = 10  # spells of a group under which it is not compared


@dataclass(frozen=True, eq=False)
class Differences:
    """Groups held against each other.

    Attributes
    ----------
    by : str
    horizon : float
        Months up to which all groups are followed.
    means : DataFrame
        ``group, estimate, low, high, base``: months stayed up to the horizon, 95%.
    pairs : DataFrame
        ``one, other, estimate, low, high, p_value, adjusted``: months by which `one`
        stays longer; Holm over all pairs. Of a group that nobody left the mean has no error
        that could be told: its pairs are tested by log-rank, without an interval.
    statistic, p_value : float
        Log-rank over all groups; NaN if it cannot be told.
    notes : tuple of Text
    """

    by: str
    horizon: float
    means: pd.DataFrame
    pairs: pd.DataFrame
    statistic: float
    p_value: float
    notes: tuple[Text, ...]

    @property
    def sure(self) -> pd.DataFrame:
        """Pairs that differ after the correction, the surest first."""
        rows = self.pairs[self.pairs["adjusted"] < 0.05]
        return rows.sort_values(["adjusted", "p_value"], kind="stable")

    def headline(self, lang: str = "en") -> str:
        return without_brackets(self.say(lang))

    def say(self, lang: str = "en") -> str:
        if len(self.means) < 2:
            return Text(f"Nothing to compare: fewer than two groups have {SMALL} spells.",
                        f"Сравнивать нечего: групп хотя бы из {SMALL} периодов меньше двух."
                        ).in_language(lang)  # fmt: skip
        horizon = number(self.horizon, lang)
        if self.sure.empty:
            best, worst = self.means.iloc[0], self.means.iloc[-1]
            told = [f"{number(row['estimate'], lang, digits=1)} ({self._name(row['group'], lang)}"
                    + _reaching(row, lang) + ")" for row in (best, worst)]  # fmt: skip
            return Text(
                f"Groups cannot be told apart: of the first {horizon} months they stay from "
                f"{told[1]} to {told[0]}.",
                f"Группы различить нельзя: за первые {horizon} мес. остаются от {told[1]} "
                f"до {told[0]}.",
            ).in_language(lang)
        row = self.sure.iloc[0]
        one, other = self._name(row["one"], lang), self._name(row["other"], lang)
        gap = number(row["estimate"], lang, digits=1)
        ends = ""
        if pd.notna(row["low"]):
            reach = interval_of(row["low"], row["high"], "number", lang)
            ends = Text(f"95% interval {reach}, ", f"95%-й интервал {reach}, ").in_language(lang)
        return Text(
            f"{one}: {gap} months longer than {other} (of the first {horizon} months; "
            f"{ends}adjusted p {_p(row['adjusted'], lang)}).",
            f"{one}: на {gap} мес. дольше, чем {other} (за первые {horizon} мес.; "
            f"{ends}p с поправкой {_p(row['adjusted'], lang)}).",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        if len(self.means) < 2:
            return ""
        if self.sure.empty:
            same = Text("Plan the same lifetime for all groups.",
                        "Планировать одинаковый срок для всех групп.")  # fmt: skip
            return same.in_language(lang)
        if self.by in tables()["clients"].undated:
            return Text("Do not promise this time to new clients: who stays gets the label.",
                        "Не обещать этот срок новым клиентам: ярлык получают те, кто остался."
                        ).in_language(lang)  # fmt: skip
        row = self.sure.iloc[0]
        one, other = self._name(row["one"], lang), self._name(row["other"], lang)
        return Text(f"Find out what is done otherwise for {one} than for {other}.",
                    f"Выяснить, что для группы «{one}» делается иначе, чем для группы «{other}»."
                    ).in_language(lang)  # fmt: skip

    def _name(self, group, lang: str) -> str:
        return named(self.by, group, lang)


def named(by: str, group: Any, lang: str) -> str:
    """A group as it is read out: a flag by what it tells, a code by its first words."""
    value = None if pd.isna(group) else group
    column = tables()["clients"].by_name.get(by)
    label = labelled(by, value).in_language(lang)
    if value is not None and column is not None and column.kind == "flag":
        meaning = column.meaning.in_language(lang).removeprefix("is a ")
        return meaning if value else Text(f"no {meaning}", f"не {meaning}").in_language(lang)
    return label.split(": ")[0]


def compared(frame: pd.DataFrame, by: str) -> Differences:
    """Compare the groups of spells that are large enough.

    Parameters
    ----------
    frame : DataFrame
        ``entry, exit, left`` and the column `by`.
    by : str
    """
    parts, notes = {}, []
    for group, part in frame.groupby(by, sort=True, dropna=False):
        curve = Curve.of(part)
        if len(part) >= SMALL and curve.begin == 0:
            parts[group] = curve
    small = frame[by].nunique(dropna=False) - len(parts)
    if small:
        notes.append(
            Text(
                f"Not compared, fewer than {SMALL} spells or none seen from its beginning: "
                f"{small} of the groups.",
                f"Не сравниваются, меньше {SMALL} периодов или ни один не виден с начала: "
                f"{small} из групп.",
            )
        )
    nothing = Differences(by, np.nan, pd.DataFrame(columns=["group"]), pd.DataFrame(
        columns=["one", "other", "estimate", "low", "high", "p_value", "adjusted"]), np.nan,
        np.nan, tuple(notes))  # fmt: skip
    if len(parts) < 2:
        return nothing
    days = min(curve.followed() for curve in parts.values())
    days = max(np.floor(days / DAYS_IN_MONTH), 1.0) * DAYS_IN_MONTH
    if any(curve.end < days and curve.daily["survival"].iloc[-1] > 0 for curve in parts.values()):
        return nothing
    found = {group: stats.restricted_mean(c.exit, c.left, days, entry=c.entry)
             for group, c in parts.items()}  # fmt: skip
    means = pd.DataFrame(
        [(group, *(part / DAYS_IN_MONTH for part in (e.estimate, e.low, e.high, e.se)),
          len(parts[group].exit)) for group, e in found.items()],
        columns=["group", "estimate", "low", "high", "se", "base"],
    )  # fmt: skip
    means.loc[means["se"] == 0, ["low", "high", "se"]] = np.nan  # nobody left
    means = means.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)
    whole = frame[frame[by].isin([g for g in parts if not pd.isna(g)])]
    test = stats.logrank(whole["exit"], whole["left"], whole[by].astype(str).to_numpy(object),
                         entry=whole["entry"]) if whole[by].nunique() > 1 else None  # fmt: skip
    return Differences(
        by, float(days / DAYS_IN_MONTH), means.drop(columns="se"), _pairs(means, parts),
        test.statistic if test else np.nan, test.p_value if test else np.nan,
        (*notes, *_told_test(test)),
    )  # fmt: skip


def _pairs(means: pd.DataFrame, parts: dict) -> pd.DataFrame:
    one, two = np.triu_indices(len(means), 1)
    value, se = means["estimate"].to_numpy(), means["se"].to_numpy()
    gap, reach = value[one] - value[two], np.hypot(se[one], se[two])
    names = means["group"].to_numpy(object)
    p = 2 * special.ndtr(-np.abs(gap / reach))
    for place in np.flatnonzero(np.isnan(reach)):
        p[place] = _of_two(parts[names[one[place]]], parts[names[two[place]]])
    return pd.DataFrame(
        {
            "one": names[one],
            "other": names[two],
            "estimate": gap,
            "low": gap - 1.959964 * reach,
            "high": gap + 1.959964 * reach,
            "p_value": p,
            "adjusted": proportions.adjust(p),
        }
    )


def _of_two(one: Curve, other: Curve) -> float:
    """Log-rank of two groups; 1 if nobody left of either."""
    exit, left, entry = (np.concatenate([getattr(one, name), getattr(other, name)])
                         for name in ("exit", "left", "entry"))  # fmt: skip
    if not left.any():
        return 1.0
    group = np.repeat([0, 1], [len(one.exit), len(other.exit)])
    return float(stats.logrank(exit, left, group, entry=entry).p_value)


def _reaching(row: pd.Series, lang: str) -> str:
    if pd.isna(row["low"]):
        return ""
    return f"; {interval_of(row['low'], row['high'], 'number', lang)}"


def _told_test(test) -> list[Text]:
    if test is None:
        return []
    return [
        Text(
            f"All groups together: log-rank χ² = {number(test.statistic, digits=1)}, p "
            f"{_p(test.p_value, 'en')}. Pairs by restricted mean, corrected for their number.",
            f"Все группы вместе: лог-ранг χ² = {number(test.statistic, 'ru', digits=1)}, p "
            f"{_p(test.p_value, 'ru')}. Пары — по ограниченному среднему, с поправкой на их число.",
        )
    ]


def _p(value: float, lang: str) -> str:
    if value < 0.001:
        return f"< {number(0.001, lang, digits=3)}"
    return f"= {number(value, lang, digits=3)}"
