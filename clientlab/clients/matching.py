"""Whose row it is: identifiers, or names of clients in their place.

It answers: which client does each row belong to. A row of a client that the table of
clients lacks is set aside and listed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from clientlab.clients.door import Opened, listed
from clientlab.problems import Problem
from clientlab.values import company
from clientlab.wording import number, plural


def match_clients(opened: dict[str, Opened]) -> None:
    """Write the identifier of the client into every table that tells a client by name.

    Rows of a client that the table of clients lacks are set aside and listed.
    """
    clients = opened["clients"].frame
    ids = pd.Index(clients["client_id"].dropna().unique())
    by_name, by_number = _ids_by_name(clients), _ids_by_number(ids)
    for name, one in opened.items():
        if name == "clients" or "client_id" not in one.frame:
            continue
        told = one.frame["client_id"]
        codes, unique = pd.factorize(told)
        known = unique.isin(ids)
        matched = [
            value if is_known else by_name.get(company(str(value)), by_number.get(_bare(value)))
            for value, is_known in zip(unique, known, strict=True)
        ]
        table = np.append(np.array(matched, dtype=object), None)
        found = pd.Series(table[codes], index=told.index, dtype="str")
        others = unique[~known]
        named = sum(company(str(value)) in by_name for value in others)
        numbered = sum(_bare(value) in by_number for value in others
                       if company(str(value)) not in by_name)  # fmt: skip
        _tell_matches(name, one, named, "told by name")
        _tell_matches(name, one, numbered, "told by number, without the zeros before it,")
        _tell_unknown(name, one, told, found)
        one.frame["client_id"] = found


def _ids_by_name(clients: pd.DataFrame) -> dict[str, str]:
    """Identifiers by the name of the client, where one name is one client."""
    if "name" not in clients:
        names = clients[["client_id"]].assign(key=clients["client_id"].map(_key))
    else:
        names = clients[["client_id"]].assign(key=clients["name"].map(_key))
    pairs = names.dropna().drop_duplicates()
    single = pairs[~pairs["key"].duplicated(keep=False)]
    return dict(zip(single["key"], single["client_id"], strict=True))


def _ids_by_number(ids: pd.Index) -> dict[str, str]:
    """Identifiers without the zeros before them, which Excel eats: '000123' is 123."""
    bare = pd.Series(ids, index=ids).map(_bare).dropna()
    single = bare[~bare.duplicated(keep=False)]
    return dict(zip(single, single.index, strict=True))


def _bare(value: Any) -> str | None:
    text = str(value)
    return text.lstrip("0") or "0" if text.isdigit() else None


def _key(name: Any) -> str | None:
    return company(str(name)) if isinstance(name, str) and name else None


def _tell_matches(name: str, one: Opened, count: int, how: str) -> None:
    if count:
        word = plural(count, "client", "clients")
        text = f"{count} {word} {how} and matched to the table of clients."
        one.problems.append(Problem(name, text, column="client_id", severity="note"))


def _tell_unknown(name: str, one: Opened, told: pd.Series, found: pd.Series) -> None:
    """List the rows of clients that nobody knows, and set them aside."""
    lost = (told.notna() & found.isna()).to_numpy(bool)
    if not lost.any():
        return
    count, money = int(lost.sum()), ""
    if "amount" in one.frame:
        money = f", {number(one.frame['amount'][lost].sum())} in money"
    one.problems.append(
        Problem(
            name,
            f"{count} {plural(count, 'row', 'rows')}{money} of clients that the table of clients "
            f"lacks ({listed(told[lost])}). Set aside.",
            column="client_id",
            rows=tuple(told.index[lost]),
            fix="Add them to clients, or write them as they stand there.",
        )
    )
    one.set_aside(lost, "unknown client")
