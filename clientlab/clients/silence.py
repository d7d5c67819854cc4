"""Churn of project clients: they do not end a contract, they fall silent.

It answers: after how many days without an invoice does a project client count as lost,
and how much does the churn depend on that choice. Clients with an ongoing contract are
in `churn_rates`. Public names are importable from
`clientlab.clients.kpis`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from clientlab.clients.answers import WRITE, interval_of
from clientlab.clients.base import ClientBase
from clientlab.clients.churn_rates import rates
from clientlab.clients.nouns import PROJECT_CLIENTS
from clientlab.clients.periods import complete
from clientlab.clients.spells import contract_of
from clientlab.clients.windows import client_days
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.stats import survival
from clientlab.wording import Text, number, percent, plural

THRESHOLDS = (30, 60, 90, 120, 150, 180, 270, 365)
TOLERANCE = 1e-9  # float noise of a product must not cost a day
ENOUGH = 20  # returns under which 95% of them is nothing but the longest one
LIMIT = Text("Silence of project clients", "Молчание проектных клиентов")


class Invoiced(NamedTuple):
    """The days with an invoice of each project client, by client, then by day."""

    codes: np.ndarray
    days: np.ndarray  # datetime64[D]
    last: np.ndarray  # whether it is the last day of its client
    day: np.datetime64
    ids: pd.Index
    clients: int
    mixed: int

    def gaps(self) -> np.ndarray:
        """Days to the next invoice; of the last one, to the day of the base."""
        following = np.append(self.days[1:], self.day)
        return (np.where(self.last, self.day, following) - self.days).astype(float)

    def spells(self, days: int) -> pd.DataFrame:
        """Spells at a threshold, with codes of clients in place of identifiers."""
        ends = self.last | (self.gaps() > days)
        begins = np.append(True, ends[:-1])[: len(ends)]
        ended = self.days[ends] + np.timedelta64(days, "D")
        ended = np.where(ended <= self.day, ended, np.datetime64("NaT"))
        return pd.DataFrame(
            {
                "client_id": self.codes[ends],
                "started_on": self.days[begins].astype("datetime64[s]"),
                "ended_on": ended.astype("datetime64[s]"),
            }
        )


@dataclass(frozen=True, eq=False, repr=False)
class SilenceThreshold(Result):
    """Days of silence after which a project client counts as lost, and what hangs on it.

    Attributes
    ----------
    days : int
    share : float
        Share of the returns that had happened by then.
    gaps, clients : int
        Returns behind it, and project clients.
    window : str
        The year of the churn in `frame`.
    """

    days: int = 0
    share: float = 0.95
    gaps: int = 0
    clients: int = 0
    window: str = ""

    @property
    def formats(self) -> dict[str, str]:
        return dict.fromkeys(("estimate", "low", "high"), "percent1") | {
            "lost": "integer",
            "threshold_days": "integer",
        }

    @property
    def chosen(self) -> pd.Series:
        """The row of the chosen threshold."""
        return self.frame[self.frame["chosen"]].iloc[0]

    def say(self, lang: str = "en") -> str:
        row, share = self.chosen, percent(self.share, lang)
        head = Text(
            f"Project clients who returned did so within {in_days(self.days)} in {share} of cases "
            f"({number(self.gaps)} {plural(self.gaps, 'gap', 'gaps')} of {number(self.clients)} "
            f"{plural(self.clients, 'client', 'clients')})",
            f"Вернувшиеся проектные клиенты в {share} случаев возвращались не позднее чем "
            f"через {in_days(self.days, 'ru')} (пауз: "
            f"{number(self.gaps, 'ru')}, клиентов: {number(self.clients, 'ru')})",
        ).in_language(lang)
        if pd.isna(row["estimate"]):
            tail = Text("what churn that makes the records are too short to tell",
                        "какой это отток, записи слишком коротки, чтобы сказать")  # fmt: skip
            return f"{head}; {tail.in_language(lang)}."
        ends = interval_of(row["low"], row["high"], "share", lang)
        value, base = WRITE["share"](row["estimate"], lang), number(row["base"], lang)
        tail = Text(
            f"lost by that rule, {self.window}: {value} (95% interval {ends}, base {base})",
            f"по этому правилу ушли, {self.window}: {value} (95%-й интервал {ends}, база {base})",
        )
        return f"{head}; {tail.in_language(lang)}."

    def headline(self, lang: str = "en") -> str:
        return self.say(lang).split(" (")[0]

    def decide(self, lang: str = "en") -> str:
        return Text(
            f"Agree that a project client silent for {in_days(self.days)} is lost "
            "(silent_after_days in clientlab.toml), and call before that day, not after it.",
            f"Договориться: проектный клиент, молчащий {in_days(self.days, 'ru')}, потерян "
            "(silent_after_days в clientlab.toml), и звонить до этого срока, а не после.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"Churn of project clients, {self.window}, by the days of silence that count as lost; "
            "95% intervals (Wilson)",
            f"Отток проектных клиентов, {self.window}, в зависимости от того, сколько дней "
            "молчания считать уходом; 95%-е интервалы (Уилсон)",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, style, texts

        lang, frame = texts.language(), self.frame
        chosen = frame["chosen"].to_numpy()
        colours = np.where(chosen, style.MAIN, style.QUIET)
        place = frame["threshold_days"].to_numpy(float)
        with charts.picture(self, ax) as axes:
            axes.axvline(self.days, color=style.MAIN, linewidth=1.2, linestyle=(0, (4, 3)))
            axes.plot(place, frame["estimate"], color=style.CANNOT, linewidth=1.5, zorder=1)
            axes.vlines(place, frame["low"], frame["high"], color=colours, linewidth=3, alpha=0.7)
            axes.scatter(place, frame["estimate"], s=80, color=colours, zorder=3)
            axes.scatter(self.days, self.chosen["estimate"], s=80, color=style.MAIN, zorder=4)
            value = self.chosen["estimate"]
            text = in_days(self.days, lang)
            if pd.notna(value):
                text += f": {WRITE['share'](value, lang)}"
            top = np.nanmax(frame["high"].fillna(0)) or 1.0
            axes.annotate(text, (self.days, 1.1 * top), (8, 0), textcoords="offset points",
                          va="top", color=style.MAIN, size=style.SIZES["value"], weight="bold",
                          parse_math=False)  # fmt: skip
            axes.set_ylim(0, 1.12 * top)
            near = (np.abs(place - self.days) < 12) & ~chosen  # labels would run into each other
            axes.set_xticks(place[~near], [number(days, lang) for days in place[~near]])
            axes.set_xlabel(Text("days of silence", "дней молчания").in_language(lang))
            axes.set_xlim(0, place.max() + 45)
            charts.share_axis(axes.yaxis)
            axes.grid(axis="y", linewidth=0.8)
            axes.tick_params(length=0)
            axes.spines[["left", "bottom"]].set_visible(False)
        return axes


def silence_threshold(base: ClientBase, *, share: float = 0.95) -> SilenceThreshold | CannotSay:
    """Days of silence by which most project clients who return at all have returned.

    With S the Kaplan–Meier curve of the gaps between days with an invoice (the current
    silence of a client is a gap not ended yet) and T its last time, the smallest N with
    1 − S(N) ≥ share · (1 − S(T)) (S1; system B3). The share of returns later than T is
    not observable: the longer the records, the better N.

    Parameters
    ----------
    base : ClientBase
        Needs `contract` in clients: clients all of whose spells are projects.
    share : float
        Of the returns, 0–1.

    Returns
    -------
    SilenceThreshold
        `days`; `frame`: ``threshold_days, lost, base, estimate, low, high, chosen``, the
        churn of the last complete year (or of the twelve months to the day of the base)
        by threshold, Wilson intervals. NaN where the records begin less than the threshold
        before that year: who had been silent so long is not to be seen.

    Raises
    ------
    InvalidValue
        If the share leaves (0, 1).

    Examples
    --------
    One client, an invoice every ten days, then a silence of 90:

    >>> days = pd.date_range("2024-01-01", periods=21, freq="10D")
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["2024-01-01"],
    ...                              "contract": ["project"]}),
    ...     "invoices": pd.DataFrame({"client_id": "a", "issued_on": days, "amount": 100})},
    ...     observed_from="2024-01-01", observed_until="2024-10-17")
    >>> found = silence_threshold(base)
    >>> found.days, found.gaps
    (10, 20)
    """
    if not 0 < share < 1:
        raise InvalidValue(f"share={share} must lie between 0 and 1, such as 0.95.")
    if missing := base.lacks(LIMIT, clients=("contract",)):
        return missing
    seen = invoiced(base)
    gaps = seen.gaps()
    returns = int((~seen.last).sum())
    if returns < ENOUGH:
        return CannotSay.because(_few(returns), base.provenance())
    # A client invoiced on the very last day has not been silent for any time.
    under = gaps > 0
    curve = survival.kaplan_meier(gaps[under], ~seen.last[under])
    returned = 1 - curve["survival"].to_numpy()
    by_then = np.flatnonzero(returned >= share * returned[-1] - TOLERANCE)[0]
    days = int(curve["time"].iloc[by_then])
    frame, window = _sensitivity(base, seen, days)
    return SilenceThreshold(
        frame,
        base.provenance(
            seen.clients,
            PROJECT_CLIENTS,
        ),
        _notes(base, seen, frame, returned[-1]),
        days=days,
        share=share,
        gaps=returns,
        clients=seen.clients,
        window=window,
    )


def silence_spells(base: ClientBase, days: int) -> pd.DataFrame:
    """Spells of project clients, made of their invoices.

    Invoices no more than `days` apart are one spell. It begins with its first invoice and
    ends `days` after its last one, if that day has come (S1; system B3).

    Parameters
    ----------
    base : ClientBase
    days : int

    Returns
    -------
    pandas.DataFrame
        ``client_id, started_on, ended_on`` as in clients; NaT while it may go on. Empty
        where no file tells of project clients.

    Raises
    ------
    InvalidValue
        If `days` is not a positive whole number.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["2024-01-01"],
    ...                              "contract": ["project"]}),
    ...     "invoices": pd.DataFrame({"client_id": "a", "amount": 100,
    ...         "issued_on": ["2024-01-01", "2024-01-20", "2024-06-01"]})},
    ...     observed_from="2024-01-01", observed_until="2024-06-10")
    >>> silence_spells(base, 30)[["started_on", "ended_on"]].astype("str").values.tolist()
    [['2024-01-01', '2024-02-19'], ['2024-06-01', nan]]
    """
    seen = invoiced(base)
    frame = seen.spells(checked_days(days))
    return frame.assign(client_id=seen.ids[frame["client_id"].to_numpy()])


def invoiced(base: ClientBase) -> Invoiced:
    """Days with an invoice of the clients all of whose spells are projects."""
    codes, ids = base.codes("clients")
    project = (contract_of(base.tables["clients"]) == "project").to_numpy(bool)
    some, other = np.zeros(len(ids), bool), np.zeros(len(ids), bool)
    some[codes[project]], other[codes[~project]] = True, True
    only = some & ~other
    rows = base.codes("invoices")[0]
    amount = base.tables["invoices"]["amount"].to_numpy(float)
    # A credit note is no order: it does not end a silence.
    who, days = client_days(base, "invoices", only[rows] & (amount > 0))
    last = np.append(who[1:] != who[:-1], True)[: len(who)]
    day = base.day.to_datetime64().astype("datetime64[D]")
    return Invoiced(who, days, last, day, ids, int(last.sum()), int((some & other).sum()))


def checked_days(days: int) -> int:
    """A threshold of silence as a whole number of days; InvalidValue if it is none."""
    if isinstance(days, bool) or not isinstance(days, int | np.integer) or days < 1:
        raise InvalidValue(f"A threshold of {days!r} days is none: give a whole number, say 120.")
    return int(days)


def _sensitivity(base: ClientBase, seen: Invoiced, chosen: int) -> tuple[pd.DataFrame, str]:
    """Churn of one year at each threshold, and the name of the year."""
    years = complete(base, "Y")
    if len(years):
        year = years.tail(1)
        window = str(year["first"].iloc[0].year)
    else:
        first = base.day - pd.DateOffset(years=1) + pd.Timedelta(days=1)
        year = pd.DataFrame({"first": [first], "last": [base.day]})
        window = f"{first:%Y-%m-%d} – {base.day:%Y-%m-%d}"
    rows = []
    others = (days for days in THRESHOLDS if abs(days - chosen) > 0.1 * chosen)
    for days in sorted({*others, chosen}):
        if year["first"].iloc[0] < base.observed_from + pd.Timedelta(days=days):
            found = dict.fromkeys(("lost", "base", "estimate", "low", "high"), np.nan)
        else:
            found = rates(seen.spells(days), year, "Y")[0].iloc[0]
        rows.append({"threshold_days": days, **found, "chosen": days == chosen})
    columns = ["threshold_days", "lost", "base", "estimate", "low", "high", "chosen"]
    frame = pd.DataFrame(rows)[columns]
    return frame.astype(dict.fromkeys(columns[1:6], float)), window


def in_days(days: int, lang: str = "en") -> str:
    """'1 day', '21 день'."""
    word = Text(plural(days, "day", "days"), plural(days, "день", "дня", "дней"))
    return f"{number(days, lang)} {word.in_language(lang)}"


def _few(returns: int) -> Text:
    return Text(
        f"{LIMIT.en}: {number(returns)} {plural(returns, 'gap', 'gaps')} between invoices of "
        f"project clients, at least {ENOUGH} are needed. Choose the threshold yourselves: "
        "silence_churn(base, threshold=120).",
        f"{LIMIT.ru}: пауз между счетами проектных клиентов — {number(returns, 'ru')}, нужно хотя "
        f"бы {ENOUGH}. Выберите порог сами: silence_churn(base, threshold=120).",
    )


def _notes(
    base: ClientBase, seen: Invoiced, frame: pd.DataFrame, returned: float
) -> tuple[Text, ...]:
    """What the threshold stands on, and which rows of the frame cannot be known."""
    notes = [
        Text(
            f"Only returns that the records show ({percent(returned)} of silences end in one): a "
            "client may still return later.",
            f"Учтены только возвраты внутри записей (так кончаются {percent(returned, 'ru')} "
            "пауз): вернуться могут и позже.",
        )
    ]
    short = frame.loc[frame["estimate"].isna() & frame["base"].isna(), "threshold_days"]
    if len(short):
        notes.append(
            Text(
                f"Not observable from {in_days(int(short.iloc[0]))} on: the records begin on "
                f"{base.observed_from:%Y-%m-%d}, later than that long before the year.",
                f"Начиная с порога в {in_days(int(short.iloc[0]), 'ru')} не наблюдается: записи "
                f"начинаются {base.observed_from:%Y-%m-%d}, меньше чем за этот срок до начала "
                "года.",
            )
        )
    return (*notes, *mixed_contracts(seen))


def mixed_contracts(seen: Invoiced) -> tuple[Text, ...]:
    """A note on clients with both kinds of contract; none without them."""
    if not seen.mixed:
        return ()
    return (
        Text(
            f"Left out, with both an ongoing contract and projects: {seen.mixed}.",
            f"Не входят те, у кого были и постоянный договор, и проекты: {seen.mixed}.",
        ),
    )
