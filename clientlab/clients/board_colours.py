"""What the colours of the board say: what follows a colour, and how managers use them.

It answers: does red pass by itself, who gives green how often, and is green of one manager
worth as much as green of another. Managers do not have the same clients: a share of green
cannot be told from better clients (`board_worth` looks further).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.answers import ByGroup, Cells, interval_of
from clientlab.clients.base import ClientBase
from clientlab.clients.board import COLOURS, NAME, filled
from clientlab.clients.nouns import PAIRS_OF_WEEKS, WEEKS
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.stats.ratios import leverage_ratio
from clientlab.wording import Text, counted, number, percent

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
    rows = managed(base)
    if isinstance(rows, CannotSay):
        return rows
    name = COLOURS[colour]
    frame = by_manager(rows, (rows["colour"] == colour).to_numpy())
    return ByGroup(
        frame,
        base.provenance(len(rows), WEEKS),
        (NOT_THE_MANAGER,),
        subject=name,
        told=told_range(
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


def managed(base: ClientBase) -> pd.DataFrame | CannotSay:
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


def by_manager(rows: pd.DataFrame, hit: np.ndarray) -> pd.DataFrame:
    """Share of hits by manager, clients as clusters; one row a manager."""
    lines = []
    for manager, at in sorted(rows.groupby("manager").indices.items()):
        share = _share(hit[at], rows["client_id"].iloc[at])
        clients = rows["client_id"].iloc[at].nunique()
        line = line_of(manager, share["estimate"], share["low"], share["high"], share["base"])
        lines.append(line | {"clients": clients})
    frame = pd.DataFrame(lines)
    return frame.sort_values("estimate", ascending=False, kind="stable", ignore_index=True)


def line_of(manager: str, estimate: float, low: float, high: float, base: float) -> dict:
    """One row of a frame by group."""
    return {
        "group": manager,
        "label_en": str(manager),
        "label_ru": str(manager),
        "estimate": estimate,
        "low": float(low),
        "high": float(high),
        "base": int(base),
    }


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


def told_range(frame: pd.DataFrame, what: Text, of: Text) -> Text:
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
