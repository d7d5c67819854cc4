"""What it costs to win a client (CAC), by channel, and when it is paid back.

Public names are importable from `clientlab.clients.value`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

from clientlab.clients.answers import in_currency
from clientlab.clients.base import ClientBase
from clientlab.clients.last_months import last_months, nothing_in
from clientlab.clients.lifetime_worth import LifetimeValue, lifetime_value
from clientlab.clients.nouns import NEW_CLIENTS
from clientlab.clients.schema import labelled
from clientlab.clients.spells import spells
from clientlab.clients.times import headed, in_time
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number

CAC = Text("Cost of winning a client (CAC)", "Стоимость привлечения клиента (CAC)")
ALL = "all"
ALL_CHANNELS = Text("all channels", "все каналы")
LEVEL = 0.95


@dataclass(frozen=True, eq=False, repr=False)
class AcquisitionCost(Result):
    """Cost of one new client by channel; made by `acquisition_cost`.

    Attributes
    ----------
    window : str
        Months that are counted.
    overall : Series
        The row of all channels.
    worth_known : bool
        Whether it could be told what clients bring.
    """

    window: str = ""
    overall: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    worth_known: bool = True

    @property
    def unit(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return "number"

    @property
    def formats(self) -> dict[str, str]:
        columns = ("spent", "clients", "estimate", "low", "high", "base", "payback", "payback_high")
        return dict.fromkeys(columns, "integer")

    def say(self, lang: str = "en") -> str:
        row, currency = self.overall, self.provenance.currency or ""
        spent = in_currency(row["spent"], currency, lang)
        if not row["clients"]:
            least = in_currency(row["low"], currency, lang)
            return Text(f"{spent} were spent in {self.window} and nobody came: a client costs at "
                        f"least {least} (95%).",
                        f"За {self.window} потрачено {spent}, не пришёл никто: клиент стоит не "
                        f"меньше {least} (95%).").in_language(lang)  # fmt: skip
        told = in_currency(row["estimate"], currency, lang)
        ends = f"{in_currency(row['low'], '', lang)} – {in_currency(row['high'], '', lang)}"
        base = Text("new clients", "новых клиентов").in_language(lang)
        head = Text(f"A new client costs {told} (95% interval {ends}, {number(row['clients'])} "
                    f"{base})",
                    f"Новый клиент стоит {told} (95%-й интервал {ends}, {base} "
                    f"{number(row['clients'], 'ru')})").in_language(lang)  # fmt: skip
        return f"{head}; {self._payback(row, lang)}."

    def _payback(self, row: pd.Series, lang: str) -> str:
        if not self.worth_known:
            return Text("when it is paid back cannot be told",
                        "когда это окупится, сказать нельзя").in_language(lang)  # fmt: skip
        if np.isnan(row["payback"]):
            return Text("what clients bring does not pay it back in the time seen",
                        "за наблюдавшееся время не окупается").in_language(lang)  # fmt: skip
        time = in_time(row["payback"], lang)
        late = row["payback_high"]
        most = Text("never in the time seen", "не окупается за наблюдавшееся время")
        most = most.in_language(lang) if np.isnan(late) else in_time(late, lang)
        return Text(f"paid back after {time} (at the high end of the cost: {most})",
                    f"окупается за {time} (при верхней границе стоимости: {most})"
                    ).in_language(lang)  # fmt: skip

    def headline(self, lang: str = "en") -> str:
        return headed(self.say(lang))

    def decide(self, lang: str = "en") -> str:
        rows = self.frame[self.frame["clients"] > 0]
        rows = rows[rows["channel"] != ALL].dropna(subset=["low", "high"])
        if len(rows) < 2:
            return ""
        dear, cheap = rows["low"].idxmax(), rows["high"].idxmin()
        if rows.loc[dear, "low"] > rows.loc[cheap, "high"]:
            one, other = (labelled("channel", rows.loc[i, "channel"]).in_language(lang)
                          for i in (dear, cheap))  # fmt: skip
            return Text(f"Before moving money, compare what clients of '{one}' and '{other}' "
                        "bring.",
                        f"Прежде чем переносить бюджет, сравнить, что приносят клиенты каналов "
                        f"«{one}» и «{other}».").in_language(lang)  # fmt: skip
        return Text("Do not move money between channels for this table: the intervals overlap.",
                    "Не переносить бюджет между каналами из-за этой таблицы: интервалы "
                    "пересекаются.").in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"Spent in {self.window} ÷ clients who began then; 95% intervals (exact, Poisson). "
            "Grey: fewer than 10 clients",
            f"Потрачено за {self.window} ÷ начавшие тогда клиенты; 95%-е интервалы (точные, "
            "Пуассон). Серым — меньше 10 клиентов",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts
        from clientlab.session.charts_lifetime import money_axis

        lang, currency = texts.language(), self.provenance.currency or ""
        rows = self.frame.dropna(subset=["spent"])
        rows = rows[rows["estimate"].notna()].sort_values("estimate", ascending=False)
        reach = 2.5 * rows["estimate"].max()
        high = rows["high"].fillna(np.inf).clip(upper=reach)
        names = [_channel(row["channel"]).in_language(lang) + f" · {number(row['clients'], lang)}"
                 for _, row in rows.iterrows()]  # fmt: skip
        arrows = np.where(rows["high"].fillna(np.inf) > reach, " →", "")
        with charts.picture(self, ax) as axes:
            charts.dots(
                axes, names, rows["estimate"], rows["low"], high,
                texts=[in_currency(value, currency, lang) + arrow
                       for value, arrow in zip(rows["estimate"], arrows, strict=True)],
                quiet=(rows["clients"] < 10).to_list(),
            )  # fmt: skip
            axes.set_xlim(left=0)
            money_axis(axes.xaxis, lambda value: in_currency(value, "", lang))
        return axes


def _channel(code) -> Text:
    return ALL_CHANNELS if code == ALL else labelled("channel", None if pd.isna(code) else code)


def acquisition_cost(
    base: ClientBase, *, months: int = 12, worth: LifetimeValue | None = None
) -> AcquisitionCost | CannotSay:
    """What one new client cost, by channel, and after how many months it is paid back.

    CAC = spent on winning clients in the last whole months ÷ clients whose first spell
    began in them (S3; system B7). Payback is the month in which the sum of `lifetime_value`,
    survival included, passes it. Money works later than it is spent: over a year that
    matters little.

    Parameters
    ----------
    base : ClientBase
        Needs the table acquisition.
    months : int
        Whole months counted back from the last day; fewer if the records are shorter.
    worth : LifetimeValue, optional
        For the payback; by default that of clients with an ongoing contract, 60 months.

    Returns
    -------
    AcquisitionCost
        `frame`: ``channel`` ("all" last), ``spent, clients, estimate, low, high, base,
        payback, payback_high`` (months, at the estimate and at the high end; NaN: not
        in the months seen). Exact Poisson ends for the number who came; infinite where
        nobody did.

    Raises
    ------
    InvalidValue
        If `months` is no positive whole number, or `worth` is broken down.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2024-02-01",
    ...                              "channel": "referral"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a", "b"], "issued_on": "2024-02-05",
    ...                               "amount": 900}),
    ...     "acquisition": pd.DataFrame({"spent_on": ["2024-01-31"], "channel": ["referral"],
    ...                                  "amount": [1000]})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> float(acquisition_cost(base, months=3).overall["estimate"])
    500.0
    """
    if missing := base.lacks(CAC, acquisition=()):
        return missing
    found = last_months(base, CAC, months)
    if isinstance(found, CannotSay):
        return found
    first, last, window = found
    spent = base.tables["acquisition"]
    spent = spent[(spent["spent_on"] >= first) & (spent["spent_on"] <= last)]
    started = spells(base, "channel").drop_duplicates("client_id")
    came = started[(started["started_on"] >= first) & (started["started_on"] <= last)]
    money = spent.groupby("channel")["amount"].sum()
    has_channel = base.has("clients", "channel")
    counts = came["channel"].value_counts() if has_channel else pd.Series(dtype=int)
    if not money.sum() > 0:
        return nothing_in(base, CAC, window, Text("nothing was spent", "трат нет"))
    names = sorted({*money.index, *counts.index}) if has_channel else []
    rows = [(name, money.get(name, np.nan), int(counts.get(name, 0))) for name in names]
    rows.append((ALL, float(money.sum()), len(came)))
    frame = pd.DataFrame(rows, columns=["channel", "spent", "clients"])
    frame["clients"] = frame["clients"].astype(float)
    with np.errstate(divide="ignore"):
        low, high = poisson_ends(frame["clients"].to_numpy())
        frame["estimate"] = (frame["spent"] / frame["clients"]).replace(np.inf, np.nan)
        frame["low"], frame["high"] = frame["spent"] / high, frame["spent"] / low
    frame["base"] = frame["clients"]
    worth = lifetime_value(base) if worth is None else worth
    notes = _acquisition_notes(base, came, has_channel)
    if isinstance(worth, CannotSay):
        frame["payback"] = frame["payback_high"] = np.nan
    else:
        if worth.by:
            raise InvalidValue(f"worth is broken down by {worth.by!r}; give that of all clients.")
        frame["payback"] = [_passes(worth, value) for value in frame["estimate"]]
        frame["payback_high"] = [_passes(worth, value) for value in frame["high"]]
        notes.append(Text(f"Payback counts {worth.subject.en} of a client who may leave any month.",
                          f"Окупаемость — показатель «{worth.subject.ru}» клиента, который может "
                          "уйти в любой месяц."))  # fmt: skip
    return AcquisitionCost(
        frame, base.provenance(len(came), NEW_CLIENTS), tuple(notes), window=window,
        overall=frame.iloc[-1], worth_known=not isinstance(worth, CannotSay),
    )  # fmt: skip


def _passes(worth: LifetimeValue, cost: float) -> float:
    """Month in which the sum passes the cost."""
    seen = worth.by_month[worth.by_month["seen"]]
    enough = seen["estimate"].to_numpy() >= cost
    return float(seen["month"].to_numpy()[np.argmax(enough)]) if enough.any() else np.nan


def _acquisition_notes(base: ClientBase, came: pd.DataFrame, has_channel: bool) -> list[Text]:
    if not has_channel:
        return [Text("The files do not tell how clients came (clients.channel): one number.",
                     "В файлах не указано, откуда пришли клиенты (clients.channel): число одно на "
                     "всех.")]  # fmt: skip
    untold = int(came["channel"].isna().sum())
    if not untold:
        return []
    return [Text(f"New clients without a channel, counted in the total only: {untold}.",
                 f"Новые клиенты без канала учтены только в итоге: {untold}.")]  # fmt: skip


def poisson_ends(count: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Exact interval of a mean of which a count was seen (Garwood 1936).

    Examples
    --------
    >>> [round(float(end), 2) for end in poisson_ends(10)]
    [4.8, 18.39]
    """
    count, tail = np.asarray(count, dtype=float), (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(count > 0, special.gammaincinv(np.maximum(count, 1), tail), 0.0)
    return low, special.gammaincinv(count + 1, 1 - tail)
