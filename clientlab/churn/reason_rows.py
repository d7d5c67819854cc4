"""What is told of each topic of a client: its value against the usual one, in words.

It answers: which feature speaks for a topic, is its value high or low, is that what
practice expects before leaving, and what is to be done about it. The parts come from
`attribution`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from clientlab.churn.playbook import NOTHING, PLAYBOOK, TOPIC_OF, topic_of
from clientlab.clients.schema import tables
from clientlab.wording import Text, number

AGAINST = Text(" (unexpected: usually a good sign)", " (неожиданно: обычно это хороший знак)")


def usual_value(values: pd.Series) -> Any:
    """The median of numbers, the most frequent of codes."""
    known = values.dropna()
    if known.empty:
        return np.nan
    if pd.api.types.is_numeric_dtype(known):
        return float(known.astype(float).median())
    return known.astype(str).mode().iloc[0]


def rows_of_client(client: Any, values: pd.Series, parts: pd.Series, usual: Mapping[str, Any],
               features: Mapping[str, Any]) -> list[dict[str, Any]]:  # fmt: skip
    """One row for each topic of a client, the largest part first."""
    table = pd.DataFrame({"part": parts, "topic": [topic_of(name) for name in parts.index]})
    sums = table.groupby("topic", sort=False)["part"].sum()
    sums = sums.sort_values(ascending=False, kind="stable")
    rows = []
    for topic, part in sums.items():
        mine = table[table["topic"] == topic]["part"]
        # The feature that speaks for the topic moves it the same way.
        name = (mine if part >= 0 else -mine).idxmax()
        phrase, agrees = _phrase(features.get(name), name, values[name], usual[name], part > 0)
        # A column of one's own may bear the name of a topic: it has no step for that.
        step = PLAYBOOK[topic].step if name in TOPIC_OF and agrees else NOTHING
        rows.append({
            "client_id": client, "topic": topic, "feature": name,
            "value": _as_number(values[name]), "usual": _as_number(usual[name]),
            "code": values[name] if isinstance(values[name], str) else "",
            "part": float(part), "agrees": agrees, "phrase_en": phrase.en,
            "phrase_ru": phrase.ru, "step_en": step.en, "step_ru": step.ru,
            "source": PLAYBOOK[topic].source if step.en else "",
        })  # fmt: skip
    return rows


def _phrase(feature: Any, name: str, value: Any, usual: Any, risky: bool) -> tuple[Text, bool]:
    """Words for the value, and whether it is what practice expects before leaving."""
    if pd.isna(value):
        meaning = feature.meaning if feature else Text(name, name)
        return Text(f"not known: {meaning.en}", f"неизвестно: {meaning.ru}"), False
    if isinstance(usual, str) or isinstance(value, str):
        meaning = feature.meaning if feature else Text(name, name)
        told = _label(name, value)
        return Text(f"{meaning.en}: {told.en}", f"{meaning.ru}: {told.ru}"), True
    high = bool(value > usual) if pd.notna(usual) else bool(value > 0)
    if feature is None:
        return Text(f"{name}: {number(value, digits=1)}", f"{name}: {number(value, 'ru', digits=1)}"
                    ), True  # fmt: skip
    told = Text(feature.phrase(high, "en"), feature.phrase(high, "ru"))
    if value == usual:
        return told, False
    as_expected = feature.worse == 0 or (feature.worse > 0) == high
    if risky and not as_expected:
        return Text(told.en + AGAINST.en, told.ru + AGAINST.ru), False
    return told, as_expected


def _as_number(value: Any) -> float:
    return np.nan if isinstance(value, str) else float(value)


def _label(name: str, value: Any) -> Text:
    """The words of a code of the table of clients; anything else as it is."""
    clients = tables()["clients"]
    allowed = clients[name].allowed if name in {column.name for column in clients.columns} else {}
    told = (allowed or {}).get(value, Text(str(value), str(value)))
    return Text(*(words.split(":")[0] for words in told))
