"""What the colours of the board say: what follows a colour, and how managers use them.

It answers: does red pass by itself, who gives green how often, and is green of one manager
worth as much as green of another. Managers do not have the same clients: a share of green
cannot be told from better clients. Two views can: what happened after a green week, and
clients who were handed over.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import ByGroup, Cells, interval_of
from clientlab.clients.base import ClientBase
from clientlab.clients.board import COLOURS, NAME, filled
from clientlab.clients.nouns import HANDOVERS, PAIRS_OF_WEEKS, WEEKS
from clientlab.clients.spells import spells
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats import design
from clientlab.stats.ratios import leverage_ratio
from clientlab.wording import Text, counted, number, percent

AROUND = 8  # weeks before and after a handover
FEW = 5  # handovers below which nothing is said
NOT_THE_MANAGER = Text(
    "Managers do not have the same clients: this cannot be told from better clients.",
    "У менеджеров разные клиенты: это не отличить от того, что клиенты лучше.",
)


def transitions(base: ClientBase) -> Cells | CannotSay:
    """From colour to colour: what the next week brought, by the colour of this one.

    estimate = weeks followed by the colour ÷ weeks followed by any; only weeks that follow
    each other. Clients are clusters (`stats.ratios.leverage_ratio`; S1, system B15).

    Parameters
    ----------
    base : ClientBase
        Needs the table board.

    Returns
    -------
    Cells
        `frame`: ``colour, next, count, base`` (weeks), ``estimate, low, high``.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "board": pd.DataFrame({"client_id": "a", "colour": ["red", "red", "green"],
    ...         "filled_on": ["2024-01-05", "2024-01-12", "2024-01-19"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> transitions(base).frame.query("colour == 'red'")[["next", "count"]].values.tolist()
    [['red', 1], ['yellow', 0], ['green', 1]]
    """
    rows = filled(base)
    if isinstance(rows, CannotSay):
        return rows
    after = rows.shift(-1)
    follows = (after["client_id"] == rows["client_id"]) & (after["week"] == rows["week"] + 1)
    pairs = rows.assign(next=after["colour"])[follows.to_numpy()]
    if not len(pairs):
        reason = Text(f"{NAME.en}: no client has colours in two weeks that follow each other.",
                      f"{NAME.ru}: ни у одного клиента нет цветов за две недели подряд."
                      )  # fmt: skip
        return CannotSay.because(reason, base.provenance())
    lines = []
    for colour in COLOURS:
        part = pairs[pairs["colour"] == colour]
        for following in COLOURS:
            hit = (part["next"] == following).to_numpy()
            share = _share(hit, part["client_id"])
            lines.append({"colour": colour, "next": following, "count": int(hit.sum()), **share})
    frame = pd.DataFrame(lines)
    frame["_row"] = frame["colour"].map(list(COLOURS).index)
    frame["_column"] = frame["next"].map(list(COLOURS).index)
    names = dict(enumerate(COLOURS.values()))
    return Cells(
        frame,
        base.provenance(len(pairs), PAIRS_OF_WEEKS),
        rows="_row",
        columns="_column",
        row_names=names,
        column_names=names,
        told=_told_next(frame),
        what=Text(
            "Rows: colour of a week; columns: colour of the next; share of the row",
            "Строки — цвет недели, столбцы — цвет следующей; доля по строке",
        ),
    )


def colours_by_manager(base: ClientBase, *, colour: str = "green") -> ByGroup | CannotSay:
    """How often each manager gives a colour.

    estimate = weeks of the colour ÷ weeks with any, by who gave it; clients are clusters
    (S1; system B15).

    Parameters
    ----------
    base : ClientBase
        Needs `manager` in board.
    colour : {"red", "yellow", "green"}

    Returns
    -------
    ByGroup
        `frame`: ``group`` (manager), ``label_en, label_ru, estimate, low, high, base``
        (weeks), ``clients``.

    Raises
    ------
    InvalidValue
        If the colour is not known.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "board": pd.DataFrame({"client_id": ["a", "b"], "colour": ["red", "green"],
    ...         "manager": ["Ann", "Bob"], "filled_on": ["2024-01-05", "2024-01-12"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> colours_by_manager(base).frame[["group", "estimate", "base"]].values.tolist()
    [['Bob', 1.0, 1], ['Ann', 0.0, 1]]
    """
    if colour not in COLOURS:
        raise InvalidValue(f"colour={colour!r} is not known; use one of {', '.join(COLOURS)}.")
    rows = _managed(base)
    if isinstance(rows, CannotSay):
        return rows
    name = COLOURS[colour]
    frame = _by_manager(rows, (rows["colour"] == colour).to_numpy())
    return ByGroup(
        frame,
        base.provenance(len(rows), WEEKS),
        (NOT_THE_MANAGER,),
        subject=name,
        told=_told_range(
            frame,
            Text(f"Share of {name.en} weeks by manager", f"Доля недель «{name.ru}» по менеджерам"),
            WEEKS,
        ),
        what=Text(
            f"Weeks marked {name.en}, of weeks with a colour; line: all; 95% intervals (clients as "
            "clusters)",
            f"Недели с цветом «{name.ru}» от недель с любым; линия — все; 95%-е интервалы (клиенты "
            "— кластеры)",
        ),
        overall=float((rows["colour"] == colour).mean()),
    )


def leniency(base: ClientBase, *, horizon: int = 90) -> ByGroup | CannotSay:
    """What green was worth: clients who left soon after a green week, by manager.

    estimate = green weeks after which the client left within the horizon ÷ green weeks
    whose horizon the records cover; clients are clusters (system B15).

    Parameters
    ----------
    base : ClientBase
        Needs `manager` in board, `ended_on` in clients.
    horizon : int
        Days.

    Returns
    -------
    ByGroup
        `frame` as of `colours_by_manager`. Weeks whose horizon runs past the records are
        left out and counted in a note.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a", "b"], "started_on": "2023-05-01",
    ...                              "ended_on": ["2024-02-01", None]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "board": pd.DataFrame({"client_id": ["a", "b"], "colour": "green",
    ...         "manager": ["Ann", "Bob"], "filled_on": ["2024-01-05", "2024-01-12"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> leniency(base).frame[["group", "estimate"]].values.tolist()
    [['Ann', 1.0], ['Bob', 0.0]]
    """
    rows = _managed(base)
    if isinstance(rows, CannotSay):
        return rows
    if missing := base.lacks(NAME, clients=("ended_on",)):
        return missing
    green = rows[rows["colour"] == "green"]
    seen = (green["filled_on"] + pd.Timedelta(days=horizon) <= base.day).to_numpy()
    if not seen.any():
        reason = Text(
            f"{NAME.en}: no green week lies {horizon} days before the end of the records.",
            f"{NAME.ru}: ни одной зелёной недели не позже чем за {horizon} дней до конца записей.",
        )
        return CannotSay.because(reason, base.provenance())
    left = _left_within(base, green, horizon)[seen]
    frame = _by_manager(green[seen], left)
    late = int((~seen).sum())
    notes = (
        Text(f"Green weeks of the last {horizon} days, of which the end is not known: {late}.",
             f"Зелёные недели за последние {horizon} дней, исход которых неизвестен: {late}."),
    )  # fmt: skip
    return ByGroup(
        frame,
        base.provenance(int(seen.sum()), WEEKS),
        notes if late else (),
        subject=NAME,
        told=_told_range(
            frame,
            Text(f"Green weeks after which the client left within {horizon} days",
                 f"Зелёные недели, после которых клиент ушёл за {horizon} дней"),
            WEEKS,
        ),
        what=Text(
            f"Of green weeks, those after which the client left within {horizon} days, by who gave "
            "the colour; line: all; 95% intervals (clients as clusters)",
            f"Доля зелёных недель, после которых клиент ушёл за {horizon} дней, по менеджеру; "
            "линия — все; 95%-е интервалы (клиенты — кластеры)",
        ),
        overall=float(left.mean()),
    )  # fmt: skip


def handed_over(base: ClientBase) -> ByGroup | CannotSay:
    """The same clients under two managers: share of green against the other manager.

    For each handover the share of green in up to eight weeks after it less that in up to
    eight before; for a manager, that of clients taken over, and with the sign turned that
    of clients given away. Mean over handovers, t interval (system B15). A handover may
    itself change the relation: read it as a difference in use only if it holds for many.

    Parameters
    ----------
    base : ClientBase
        Needs `manager` in board.

    Returns
    -------
    ByGroup
        `frame`: ``group`` (manager), ``label_en, label_ru, estimate`` (difference of
        shares, −1 to 1), ``low, high, base`` (handovers). Managers with fewer than five
        handovers are left out.

    Examples
    --------
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": "2023-05-01"}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-01-01"],
    ...         "amount": [1]}),
    ...     "board": pd.DataFrame({"client_id": "a", "colour": "green", "manager": "Ann",
    ...         "filled_on": ["2024-01-05"]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> handed_over(base).say()
    'Traffic-light board: no manager has 5 handovers of clients on the board, the most is 0.'
    """
    rows = _managed(base)
    if isinstance(rows, CannotSay):
        return rows
    moves = _handovers(rows)
    told = moves.groupby("manager").size() if len(moves) else pd.Series(dtype=int)
    known = [manager for manager, count in told.items() if count >= FEW]
    if not known:
        most = int(told.max()) if len(told) else 0
        reason = Text(
            f"{NAME.en}: no manager has {FEW} handovers of clients on the board, the most is "
            f"{most}.",
            f"{NAME.ru}: ни у одного менеджера нет {FEW} передач клиентов с табло, больше всего — "
            f"{most}.",
        )
        return CannotSay.because(reason, base.provenance())
    lines = []
    for manager in known:
        part = moves[moves["manager"] == manager]
        found = design.mean(part["gap"].to_numpy(), design.Design())
        lines.append(_line(manager, float(found.estimate), found.low, found.high, len(part)))
    frame = pd.DataFrame(lines).sort_values("estimate", ascending=False, ignore_index=True)
    return ByGroup(
        frame,
        base.provenance(len(moves) // 2, HANDOVERS),
        (Text("A handover may itself change the relation.",
              "Передача клиента и сама может изменить отношения."),),
        subject=NAME,
        told=_told_same(frame),
        what=Text(
            "Share of green weeks under this manager less that under the other one, same clients, "
            f"up to {AROUND} weeks on either side; 95% intervals (t)",
            "Доля зелёных недель у этого менеджера минус у другого, те же клиенты, до "
            f"{AROUND} недель с каждой стороны; 95%-е интервалы (t)",
        ),
        overall=0.0,
    )  # fmt: skip


def _managed(base: ClientBase) -> pd.DataFrame | CannotSay:
    """Colours of which it is told who gave them."""
    if missing := base.lacks(NAME, board=("manager",)):
        return missing
    rows = filled(base)
    if isinstance(rows, CannotSay):
        return rows
    rows = rows[rows["manager"].notna()]
    if not len(rows):
        reason = Text(f"{NAME.en}: of no colour it is told who gave it.",
                      f"{NAME.ru}: ни у одного цвета не указан менеджер.")  # fmt: skip
        return CannotSay.because(reason, base.provenance())
    return rows


def _share(hit: np.ndarray, clients: pd.Series) -> dict[str, float]:
    """``base, estimate, low, high`` of a share of weeks; clients are clusters."""
    if not len(hit):
        return {"base": 0, "estimate": np.nan, "low": np.nan, "high": np.nan}
    weeks = pd.DataFrame({"client": clients.to_numpy(), "hit": hit}).groupby("client")["hit"]
    found = leverage_ratio(weeks.sum().to_numpy(), weeks.size().to_numpy(), bounded=True)
    return {"base": len(hit), "estimate": float(hit.mean()), "low": float(found.low),
            "high": float(found.high)}  # fmt: skip


def _by_manager(rows: pd.DataFrame, hit: np.ndarray) -> pd.DataFrame:
    lines = []
    for manager, at in sorted(rows.groupby("manager").indices.items()):
        share = _share(hit[at], rows["client_id"].iloc[at])
        clients = rows["client_id"].iloc[at].nunique()
        line = _line(manager, share["estimate"], share["low"], share["high"], share["base"])
        lines.append(line | {"clients": clients})
    frame = pd.DataFrame(lines)
    return frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)


def _line(manager: str, estimate: float, low: float, high: float, base: float) -> dict:
    return {
        "group": manager,
        "label_en": str(manager),
        "label_ru": str(manager),
        "estimate": estimate,
        "low": float(low),
        "high": float(high),
        "base": int(base),
    }


def _left_within(base: ClientBase, rows: pd.DataFrame, horizon: int) -> np.ndarray:
    """Whether the client of each row left within so many days after it."""
    ends = spells(base)[["client_id", "ended_on"]].dropna()
    both = rows.reset_index()[["index", "client_id", "filled_on"]].merge(ends, on="client_id")
    after = (both["ended_on"] - both["filled_on"]).dt.days
    hit = both.loc[(after > 0) & (after <= horizon), "index"]
    return rows.index.isin(hit)


def _handovers(rows: pd.DataFrame) -> pd.DataFrame:
    """``manager, gap``: two rows for each change of manager on the board."""
    found = []
    green = (rows["colour"] == "green").to_numpy(float)
    for at in rows.groupby("client_id", sort=True).indices.values():
        managers = rows["manager"].to_numpy()[at]
        turns = np.flatnonzero(managers[1:] != managers[:-1]) + 1
        edges = [0, *turns, len(at)]
        for number_, turn in enumerate(turns):
            before = at[max(edges[number_], turn - AROUND) : turn]
            after = at[turn : min(edges[number_ + 2], turn + AROUND)]
            gap = green[after].mean() - green[before].mean()
            found += [(managers[turn], gap), (managers[turn - 1], -gap)]
    return pd.DataFrame(found, columns=["manager", "gap"])


def _told_next(frame: pd.DataFrame) -> Text:
    """How often red is followed by red."""
    row = frame[(frame["colour"] == "red") & (frame["next"] == "red")].iloc[0]
    lines = []
    for lang in ("en", "ru"):
        if not row["base"]:
            lines.append(Text("No red week was followed by another week with a colour.",
                              "Ни за одной красной неделей не следовала неделя с цветом."
                              ).in_language(lang))  # fmt: skip
            continue
        share, base = percent(row["estimate"], lang), number(row["base"], lang)
        weeks = counted(row["base"], WEEKS, lang)
        ends = "" if pd.isna(row["low"]) else interval_of(row["low"], row["high"], "share", lang)
        told = Text(f"95% interval {ends}, ", f"95%-й интервал {ends}, ") if ends else Text("", "")
        lines.append(Text(
            f"After a red week the next is red again in {share} of cases ({told.en}base {base} red "
            f"{weeks}).",
            f"После красной недели следующая снова красная в {share} случаев ({told.ru}база "
            f"{base} {weeks}).",
        ).in_language(lang))  # fmt: skip
    return Text(*lines)


def _told_range(frame: pd.DataFrame, what: Text, of: Text) -> Text:
    """Highest and lowest manager of those with a few clients, and whether they differ."""
    first, last = frame.iloc[0], frame.iloc[-1]
    apart = len(frame) > 1 and first["low"] > last["high"]
    lines = []
    for lang in ("en", "ru"):
        told = [f"{row['group']} {percent(row['estimate'], lang)}{_ends(row, of, lang)}"
                for row in (first, last)]  # fmt: skip
        if len(frame) == 1:
            lines.append(f"{what.in_language(lang)}: {told[0]}.")
            continue
        verdict = Text(
            "the intervals are apart", "интервалы не пересекаются") if apart else Text(
            "the intervals overlap", "интервалы пересекаются")  # fmt: skip
        lines.append(Text(
            f"{what.en}: from {told[1]} to {told[0]}; {verdict.en}.",
            f"{what.ru}: от {told[1]} до {told[0]}; {verdict.ru}.",
        ).in_language(lang))  # fmt: skip
    return Text(*lines)


def _ends(row: pd.Series, of: Text, lang: str) -> str:
    base = f"{number(row['base'], lang)} {counted(row['base'], of, lang)}"
    if pd.isna(row["low"]):
        return f" ({base})"
    return f" ({interval_of(row['low'], row['high'], 'share', lang)}, {base})"


def _told_same(frame: pd.DataFrame) -> Text:
    """Managers whose green differs from that of others on the same clients."""
    more = frame[frame["low"] > 0]["group"].tolist()
    fewer = frame[frame["high"] < 0]["group"].tolist()
    if not more and not fewer:
        return Text(
            "On the same clients no manager gives green more or less often than the others, as "
            f"far as can be told (base {number(frame['base'].sum())} handovers).",
            "На тех же клиентах ни один менеджер не ставит зелёный заметно чаще или реже других "
            f"(база: передач {number(frame['base'].sum(), 'ru')}).",
        )
    en = "; ".join(
        filter(
            None,
            (
                "more often: " + ", ".join(more) if more else "",
                "less often: " + ", ".join(fewer) if fewer else "",
            ),
        )
    )
    ru = "; ".join(filter(None, ("чаще: " + ", ".join(more) if more else "",
                                 "реже: " + ", ".join(fewer) if fewer else "")))  # fmt: skip
    return Text(
        f"On the same clients green is given {en} (base {number(frame['base'].sum())} handovers).",
        f"На тех же клиентах зелёный ставят {ru} (база: передач "
        f"{number(frame['base'].sum(), 'ru')}).",
    )
