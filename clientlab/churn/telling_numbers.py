"""Which single number told leavers from the others before they left.

It answers: what could have been known. Each number stands alone here: what several tell
together is a question for a model, whether a model is worth it one for the backtest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.backtest_measures import Resamples, interval
from clientlab.churn.features import FEATURES
from clientlab.churn.rules import Rule
from clientlab.churn.snapshot_table import Snapshots
from clientlab.clients.nouns import CLIENTS
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance, Result
from clientlab.stats import scoring
from clientlab.stats import weighted_scoring as weighted
from clientlab.wording import Text, number, plural

FEWEST = 10  # clients who left, and who stayed, under which a number is not told
SHOWN = 10
ZERO = pd.Timedelta(0)
NAMED = 3


@dataclass(frozen=True, eq=False, repr=False)
class Telling(Result):
    """Numbers by how well each alone tells leavers apart; made by `telling`.

    `frame`: ``name, label_en, label_ru, phrase_en, phrase_ru, estimate, low, high, base``
    (clients with a value), ``left`` (of them), the most telling first. An AUC over ½ means
    that leavers have higher values, under ½ lower ones.

    Attributes
    ----------
    horizon : Timedelta
    left, days : int
        Clients who left within a horizon; days they were looked at.
    level : float
        At which the intervals of all numbers together hold.
    """

    horizon: pd.Timedelta = ZERO
    left: int = 0
    days: int = 0
    level: float = 0.95

    unit: ClassVar[str] = "score"
    digits: ClassVar[int] = 2
    formats: ClassVar[dict[str, str]] = {"base": "integer", "left": "integer"}

    @property
    def sure(self) -> pd.DataFrame:
        """The numbers that surely tell leavers apart."""
        return self.frame[(self.frame["low"] > 0.5) | (self.frame["high"] < 0.5)]

    def headline(self, lang: str = "en") -> str:
        sure, count = self.sure, len(self.frame)
        if sure.empty:
            return Text(
                f"None of {number(count)} {plural(count, 'number', 'numbers')} alone tells leavers "
                "apart",
                f"Ни один показатель из {number(count, 'ru')} в одиночку не отличает ушедших",
            ).in_language(lang)
        told = ", ".join(sure[f"phrase_{lang}"].head(NAMED)) + ("…" if len(sure) > NAMED else "")
        return Text(f"Before leaving: {told}", f"Перед уходом: {told}").in_language(lang)

    def say(self, lang: str = "en") -> str:
        top = self.sure if len(self.sure) else self.frame
        lines = [
            f"{row[f'label_{lang}']}: AUC {number(row['estimate'], lang, digits=2)} "
            f"({number(row['low'], lang, digits=2)}–{number(row['high'], lang, digits=2)}, "
            + Text(f"base {number(row['base'])} {plural(row['base'], 'client', 'clients')}, "
                   f"left {number(row['left'])})",
                   f"база {number(row['base'], 'ru')} "
                   f"{plural(row['base'], 'клиент', 'клиента', 'клиентов')}, ушли "
                   f"{number(row['left'], 'ru')})").in_language(lang)
            for row in top.head(NAMED).to_dict("records")
        ]  # fmt: skip
        return f"{self.headline(lang).rstrip('…')}. {'; '.join(lines)}."

    def decide(self, lang: str = "en") -> str:
        if self.sure.empty:
            return Text(
                "Do not build an alarm on one of these numbers; look at them together, and collect "
                "more leavers.",
                "Не строить тревогу на одном из этих показателей: смотреть на них вместе и копить "
                "данные об ушедших.",
            ).in_language(lang)
        told = self.sure.iloc[0][f"label_{lang}"]
        return Text(
            f"Look at this in every account review: {told}.",
            f"Смотреть на каждом разборе клиента: {told}.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        days, count = self.horizon.days, len(self.frame)
        return Text(
            f"AUC of each number alone, leaving within {days} days: over 0.5 leavers have more of "
            f"it, under 0.5 less; 95% intervals for all {count} together, clients resampled",
            f"AUC каждого показателя в одиночку, уход за {days} дней: выше 0,5 — у ушедших больше, "
            f"ниже — меньше; 95%-е интервалы сразу для всех ({count}), клиенты разыграны заново",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, frame = texts.language(), self.frame.head(SHOWN)
        unsure = ~((frame["low"] > 0.5) | (frame["high"] < 0.5))
        written = [number(value, lang, digits=2) for value in frame["estimate"]]
        with charts.picture(self, ax) as axes:
            charts.dots(axes, frame[f"label_{lang}"], frame["estimate"], frame["low"],
                        frame["high"], reference=0.5, texts=written,
                        quiet=unsure.to_list())  # fmt: skip
            charts.number_axis(axes.xaxis)
            axes.set_xlim(right=axes.get_xlim()[1] + 0.03)  # for the last number
        return axes


def telling(
    snaps: Snapshots | CannotSay,
    numbers: Sequence[str] | Mapping[str, Rule] | None = None,
    *,
    level: float = 0.95,
    seed: int = 0,
) -> Telling | CannotSay:
    """How well each number alone tells who leaves, on the days of the snapshots (C2, C4, C10).

    Rows of all days are one list; intervals draw clients with all their rows, and hold for
    all numbers together (Bonferroni), since the best of fifty looks good by chance.

    Parameters
    ----------
    snaps : Snapshots
    numbers : names of features, or mapping of name to Rule, optional
        By default all features that are numbers.
    level : float
    seed : int

    Returns
    -------
    Telling
        CannotSay where fewer than ten clients left, or none of the numbers is known.

    Raises
    ------
    InvalidValue
        If a name is not a feature of the snapshots and not one of `FEATURES`.

    Examples
    --------
    >>> from clientlab.churn import month_ends, snapshots
    >>> from clientlab.clients import ClientBase
    >>> from clientlab.demo import DEMO
    >>> base = ClientBase.read(DEMO)
    >>> some = {name: FEATURES[name] for name in ("nps_last", "claims_90", "channel")}
    >>> found = telling(snapshots(base, month_ends(base, every=3), features=some))
    >>> sorted(found.frame["name"])
    ['claims_90', 'nps_last']
    """
    if isinstance(snaps, CannotSay):
        return snaps
    left = snaps.keys.loc[snaps.y == 1, "client_id"].nunique()
    if left < FEWEST:
        return CannotSay.because(too_few(left, snaps.horizon), snaps.provenance)
    told, unknown = _columns(snaps, numbers)
    lines = []
    share = 1 - (1 - level) / max(len(told), 1)
    for name, (label, phrases, column) in told.items():
        line = auc_line(snaps, column, share, seed)
        if line is None:
            unknown.append(name)
            continue
        phrase = phrases[0] if line["estimate"] >= 0.5 else phrases[1]
        lines.append({"name": name, "label_en": label.en, "label_ru": label.ru,
                      "phrase_en": phrase.en, "phrase_ru": phrase.ru, **line})  # fmt: skip
    if not lines:
        none = Text("None of these numbers is known of ten leavers and ten others.",
                    "Ни один из этих показателей не известен у десяти ушедших и десяти других."
                    )  # fmt: skip
        return CannotSay.because(none, snaps.provenance)
    frame = pd.DataFrame(lines)
    order = (frame["estimate"] - 0.5).abs().round(9).sort_values(ascending=False, kind="stable")
    return Telling(
        frame.loc[order.index].reset_index(drop=True),
        of_clients(snaps),
        _notes(unknown, len(lines)),
        horizon=snaps.horizon,
        left=left,
        days=len(snaps.days),
        level=level,
    )


def of_clients(snaps: Snapshots) -> Provenance:
    """The provenance of snapshots, with clients in place of rows as the base."""
    many = int(snaps.X.index.unique("client_id").size)
    return replace(snaps.provenance, base=many, base_of=CLIENTS)


def _columns(
    snaps: Snapshots, numbers: Sequence[str] | Mapping[str, Rule] | None
) -> tuple[dict[str, tuple[Text, tuple[Text, Text], pd.Series]], list[str]]:
    """Label, phrases for more and for less, and values of each number; and what is missing."""
    if isinstance(numbers, Mapping):
        return _of_rules(snaps, numbers)
    wanted = [name for name in snaps.X if pd.api.types.is_float_dtype(snaps.X[name].dtype)]
    unknown = []
    if numbers is not None:
        strange = [name for name in numbers if name not in snaps.X and name not in FEATURES]
        if strange:
            raise InvalidValue(
                f"{strange[0]!r} is no feature of these snapshots; they have {', '.join(snaps.X)}."
            )
        unknown = [name for name in numbers if name not in wanted]
        wanted = [name for name in numbers if name in wanted]
    features = {name: snaps.features[name] for name in wanted}
    return {
        name: (one.meaning, (one.high, one.low), snaps.X[name]) for name, one in features.items()
    }, unknown


def _of_rules(
    snaps: Snapshots, rules: Mapping[str, Rule]
) -> tuple[dict[str, tuple[Text, tuple[Text, Text], pd.Series]], list[str]]:
    found: dict[str, list[pd.Series]] = {}
    if snaps.base is None:
        raise InvalidValue("These snapshots do not carry their base: make them by snapshots(…).")
    for day in snaps.days:
        known = snaps.base.as_of(day)
        clients = snaps.keys.loc[snaps.keys["day"] == day, "client_id"]
        for name, rule in rules.items():
            score = rule.score(known)
            if not isinstance(score, CannotSay):
                found.setdefault(name, []).append(
                    score.reindex(clients.to_numpy()).set_axis(clients.index)
                )
    told = {}
    for name, parts in found.items():
        label = rules[name].label
        more, less = (Text(f"'{label.en}' {en}", f"«{label.ru}» {ru}")
                      for en, ru in (("higher", "выше"), ("lower", "ниже")))  # fmt: skip
        told[name] = label, (more, less), pd.concat(parts).reindex(snaps.X.index)
    return told, [name for name in rules if name not in found]


def auc_line(snaps: Snapshots, column: pd.Series, level: float, seed: int) -> dict | None:
    """AUC of one number with its interval; None with too few leavers or others."""
    known = column.notna().to_numpy()
    y, values = snaps.y.to_numpy()[known], column.to_numpy(float)[known]
    clients = snaps.clients[known]
    left = len(np.unique(clients[y == 1]))
    if left < FEWEST or len(np.unique(clients[y == 0])) < FEWEST:
        return None
    resamples = Resamples(clients, replicates=1000, seed=seed)
    drawn = resamples.of(lambda weights: weighted.auc(y, values, weights))
    estimate = float(scoring.auc(y, values).estimate)
    low, high = interval("auc", estimate, drawn, left, level)
    return {"estimate": estimate, "low": low, "high": high, "base": len(np.unique(clients)),
            "left": left}  # fmt: skip


def too_few(left: int, horizon: pd.Timedelta) -> Text:
    """That too few left to be told apart."""
    days = horizon.days
    return Text(
        f"What tells leavers apart: {left} {plural(left, 'client', 'clients')} left within {days} "
        f"days after one of these days, at least {FEWEST} are needed.",
        f"Что отличает ушедших: за {days} дней после этих дат "
        f"{plural(left, 'ушёл', 'ушли', 'ушло')} {left} "
        f"{plural(left, 'клиент', 'клиента', 'клиентов')}, нужно хотя бы {FEWEST}.",
    )


def _notes(unknown: list[str], count: int) -> tuple[Text, ...]:
    notes = [
        Text(
            "Each number stands alone, without the others: it goes with leaving, it need not cause "
            "it.",
            "Каждый показатель взят в одиночку: он сопутствует уходу, но не обязательно его "
            "причина.",
        )
    ]
    if unknown:
        listed = ", ".join(unknown)
        notes.append(
            Text(
                f"Not told, known of too few leavers or of too few others: {listed}.",
                f"Не показаны, известны у слишком немногих ушедших или других: {listed}.",
            )
        )
    return tuple(notes)
