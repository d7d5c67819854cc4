"""How the invented agency serves its clients: deadlines, expectations, risks, stages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.demo.records import START, Records
from clientlab.demo.records_more import NOT_YET
from clientlab.demo.world import SLOW

# Share of late deliveries of which a manager warns the client beforehand.
WARNS = np.array([0.75, 0.7, 0.6, 0.5, 0.45, 0.3, 0.15])
# Sides of service, and by how much the agency falls short of what is expected.
SHORT_OF = {
    "speed": 0.4, "quality": 0.6, "initiative": 1.8, "price": 0.9, "reporting": 0.2,
    "understanding of the business": 1.3,
}  # fmt: skip
RISKS = {
    "sales": ["budget is cut", "tender is repeated", "our contact leaves", "rival dumps prices"],
    "delivery": ["deadline slips", "key person is ill", "access is late", "scope grows",
                 "result is below forecast"],
}  # fmt: skip
ANSWERS = ("accept", "agree in writing", "name a substitute", "plan a reserve", "call weekly")
STAGES = ("executor", "contractor", "adviser", "partner")


def deliveries(records: Records) -> pd.DataFrame:
    """What was promised in the last three years: later where the bond is weak."""
    random = records.random
    recent = np.arange(records.months) >= records.months - 36
    who, month = records._there(np.where(recent, 0.8, 0.0)[None, :])
    manager = records._state("manager", who, month).astype(int)
    agreed = (START + month).astype("M8[D]") + random.integers(0, 28, len(who)).astype("m8[D]")
    promised = agreed + random.integers(5, 26, len(who)).astype("m8[D]")
    strain = -0.9 - 0.7 * records._state("bond", who, month) + 0.3 * SLOW[manager]
    late = random.random(len(who)) < 1 / (1 + np.exp(-strain))
    days = np.where(late, 1 + random.exponential(4, len(who)), -random.integers(0, 4, len(who)))
    delivered = promised + days.astype(int).astype("m8[D]")
    warned = promised - random.integers(1, 4, len(who)).astype("m8[D]")
    told = late & (random.random(len(who)) < WARNS[manager]) & (warned <= records.last)
    frame = pd.DataFrame(
        {
            "client_id": records.ids[who],
            "agreed_on": agreed,
            "promised_on": promised,
            "warned_on": np.where(told, warned, NOT_YET),
            "delivered_on": records._before_last(delivered),
        }
    )
    frame = frame.sort_values(["agreed_on", "client_id"], kind="stable", ignore_index=True)
    frame.insert(0, "delivery_id", np.arange(1, len(frame) + 1))
    return frame


def expectations(records: Records) -> pd.DataFrame:
    """Expected, perceived and important, asked of a part of the clients last year.

    Also of those who left since: a table of none but those who stayed would tell who stays.
    """
    random, last = records.random, records.months - 1
    here = np.flatnonzero(records.world.there[:, last] & (records.world.ended < 0))
    who = here[random.random(len(here)) < 0.45]
    asked = records.last - random.integers(20, 300, len(who)).astype("m8[D]")
    asked = np.maximum(asked, records.began[who])
    stayed = _answers(records, random, who, asked, np.full(len(who), last))
    # Drawn apart: tables made later do not depend on who left.
    random = random.spawn(1)[0]
    gone = np.flatnonzero(records.world.ended >= 0)
    gone = gone[random.random(len(gone)) < 0.45]
    asked = records.last - random.integers(20, 300, len(gone)).astype("m8[D]")
    there = (asked >= records.began[gone]) & (asked < records.ended[gone])
    gone, asked = gone[there], asked[there]
    left = _answers(records, random, gone, asked, (asked.astype("M8[M]") - START).astype(int))
    frame = pd.concat([stayed, left])
    return frame.sort_values(["asked_on", "client_id", "dimension"], kind="stable",
                             ignore_index=True)  # fmt: skip


def _answers(
    records: Records,
    random: np.random.Generator,
    who: np.ndarray,
    asked: np.ndarray,
    month: np.ndarray,
) -> pd.DataFrame:
    """A row for each client and side of service, by the bond of a month."""
    sides = list(SHORT_OF)
    row, side = (part.ravel() for part in np.meshgrid(np.arange(len(who)), np.arange(len(sides)),
                                                      indexing="ij"))  # fmt: skip
    bond = records._state("bond", who, month)[row]
    expected = random.normal(8.2, 1.0, len(row))
    gap = np.array(list(SHORT_OF.values()))[side] * records.sign - 0.6 * bond
    perceived = expected - gap + random.normal(0, 1.0, len(row))
    important = 7 + np.array([0.5, 1.2, 0.8, 0.0, -1.5, 0.6])[side] + random.normal(0, 1, len(row))
    return pd.DataFrame(
        {
            "client_id": records.ids[who[row]],
            "asked_on": asked[row],
            "dimension": np.array(sides)[side],
            "expected": _one_to_ten(expected),
            "perceived": _one_to_ten(perceived),
            "importance": _one_to_ten(important),
        }
    )


def _one_to_ten(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values), 1, 10).astype(int)


def risks(records: Records) -> pd.DataFrame:
    """The register of the last two years, in sales and in delivery."""
    random, many = records.random, 45
    raised = np.sort(records.last - random.integers(5, 720, many).astype("m8[D]"))
    stage = random.choice(list(RISKS), many, p=[0.35, 0.65])
    month = (raised.astype("M8[M]") - START).astype(int)
    whose = []
    for at, where in zip(month, stage, strict=True):
        there = np.flatnonzero(records.world.there[:, at])
        none = where == "sales" or not len(there)
        whose.append("" if none else records.ids[random.choice(there)])
    closed = raised + random.integers(20, 240, many).astype("m8[D]")
    done = (random.random(many) < 0.7) & (closed <= records.last)
    return pd.DataFrame(
        {
            "risk_id": [f"R{number}" for number in range(1, many + 1)],
            "client_id": whose,
            "raised_on": raised,
            "stage": stage,
            "risk": [str(random.choice(RISKS[where])) for where in stage],
            "probability": random.integers(1, 6, many),
            "impact": random.integers(1, 6, many),
            "answer": random.choice(ANSWERS, many),
            "owner": records._manager_names(random.integers(0, len(WARNS), many)),
            "closed_on": np.where(done, closed, NOT_YET),
        }
    )


def stages(records: Records) -> pd.DataFrame:
    """From executor towards partner, as the relation ages; one in ten steps leads back."""
    random = records.random
    end = np.where(np.isnat(records.ended), records.last, records.ended)
    rows = []
    for who in np.flatnonzero(records.is_first):
        day, stage = records.began[who], 0
        eager = 1 / (1 + np.exp(-0.8 * records.world.traits["size"][who]))
        while day <= end[who]:
            rows.append((records.ids[who], day, STAGES[stage]))
            step = -1 if stage and random.random() < 0.1 else 1
            if stage + step >= len(STAGES) or (step > 0 and random.random() > 0.4 + 0.5 * eager):
                break
            stage += step
            day = day + np.timedelta64(int(random.integers(240, 700)), "D")
    frame = pd.DataFrame(rows, columns=["client_id", "known_on", "stage"])
    return frame.sort_values(["known_on", "client_id"], kind="stable", ignore_index=True)


SERVICE = {
    "deliveries": deliveries, "expectations": expectations, "risks": risks, "stages": stages,
}  # fmt: skip
