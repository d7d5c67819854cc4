"""The clients that a plan chooses from, checked at its door.

It answers: has every client a probability, a value, and a probability for each reason of
leaving that adds up.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.schema import tables
from clientlab.problems import InvalidType, InvalidValue
from clientlab.results import Provenance, Result
from clientlab.wording import Text


def call_list(clients: pd.DataFrame | Result) -> tuple[pd.DataFrame, Provenance, tuple[Text, ...]]:
    """The table of clients with a column of probability for each reason."""
    provenance = Provenance(source=Text("list of clients", "список клиентов"))
    if isinstance(clients, Result):
        provenance, frame = clients.provenance, clients.frame
        if "probability" not in frame:
            frame = frame.rename(columns={"estimate": "probability"})
    elif isinstance(clients, pd.DataFrame):
        frame = clients
    else:
        raise InvalidType(f"clients is a {type(clients).__name__}: pass a table or a risk list.")
    _check(frame)
    frame = frame.reset_index(drop=True)
    shares, notes = _by_reason(frame)
    p = frame["probability"].astype(float)
    low = frame["low"] if "low" in frame else p
    high = frame["high"] if "high" in frame else p
    base = frame["base"] if "base" in frame else pd.Series(len(frame), index=frame.index)
    table = pd.DataFrame({
        "client_id": frame["client_id"], "probability": p, "value": frame["value"].astype(float),
        "p_low": low.fillna(p).astype(float), "p_high": high.fillna(p).astype(float), "base": base,
    })  # fmt: skip
    return pd.concat([table, shares], axis=1), provenance, notes


def _check(frame: pd.DataFrame) -> None:
    """Every client once, with a probability and a value."""
    missing = [name for name in ("client_id", "probability", "value") if name not in frame]
    if missing:
        raise InvalidValue(f"clients: column {missing[0]!r} is missing; it has "
                           f"{', '.join(frame)}.")  # fmt: skip
    p, value = (frame[name].to_numpy(float) for name in ("probability", "value"))
    if not ((p >= 0) & (p <= 1)).all():
        raise InvalidValue("probability leaves 0–1 or is missing in "
                           f"{int((~((p >= 0) & (p <= 1))).sum())} of {len(p)} rows.")  # fmt: skip
    if np.isnan(value).any():
        raise InvalidValue(f"value is missing in {int(np.isnan(value).sum())} of {len(p)} rows: "
                           "what is not known cannot be weighed.")  # fmt: skip
    twice = frame["client_id"][frame["client_id"].duplicated()]
    if len(twice):
        raise InvalidValue(f"client {twice.iloc[0]!r} stands twice in the list.")


def _by_reason(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Text, ...]]:
    """Probability of leaving for each reason; a note where reasons are not told."""
    known = list(tables()["clients"]["end_reason"].allowed)
    p = frame["probability"].astype(float)
    shares = pd.DataFrame(0.0, index=frame.index, columns=pd.Index(known))
    told = [name for name in known if name in frame]
    if told:
        shares[told] = frame[told].astype(float)
        if (np.abs(shares.sum(axis=1) - p) > 1e-6).any():
            raise InvalidValue("The probabilities by reason do not add up to 'probability'.")
        return shares, ()
    if "cause" in frame:
        wrong = sorted(set(frame["cause"]) - set(known))
        if wrong:
            raise InvalidValue(f"cause {wrong[0]!r} is not known; known: {', '.join(known)}.")
        for name in known:
            shares[name] = np.where(frame["cause"] == name, p, 0.0)
        return shares, ()
    shares["unknown"] = p
    return shares, (Text(
        "Reasons are not told: every leaver counts as one who could be kept, so the profit is too "
        "high.",
        "Причины не указаны: каждый уходящий считается удержимым, прибыль завышена.",
    ),)  # fmt: skip
