"""The optional tables of the invented agency, one function each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.demo.records import CHANNELS, INDUSTRIES, REFUSALS, SEASON, SERVICES, START, Records

NOT_YET = np.datetime64("NaT", "D")
# How a manager uses the colours: added to what is felt before it becomes a colour.
LENIENT = np.array([0.0, 0.5, -0.3, 0.9, 0.0, -0.5, 0.3])


def board(records: Records) -> pd.DataFrame:
    """A colour on Fridays for key clients; some weeks are forgotten."""
    random, world = records.random, records.world
    key = np.flatnonzero(records.clients_key)
    begun = (START + max(0, records.months - 32)).astype("M8[D]")  # the board began late
    days = np.arange(begun, records.last + np.timedelta64(1, "D"))
    fridays = days[(days.astype(int) + 3) % 7 == 4]
    of = (fridays.astype("M8[M]") - START).astype(int)
    who, at = np.meshgrid(key, np.arange(len(fridays)), indexing="ij")
    here = world.there[who, of[at]] & (world.ended[who] != of[at])
    who, month, friday = who[here], of[at[here]], fridays[at[here]]
    manager = records._state("manager", who, month).astype(int)
    felt = 0.8 * records._state("bond", who, month) + LENIENT[manager]
    felt = felt - 0.35 * records._state("claims", who, month) + random.normal(0, 0.8, len(who))
    frame = pd.DataFrame(
        {
            "client_id": records.ids[who],
            "filled_on": friday,
            "colour": np.array(["red", "yellow", "green"])[np.digitize(felt, [-1.3, 0.9])],
            "manager": records._manager_names(manager),
        }
    )
    kept = random.random(len(frame)) < 0.94
    return frame[kept].sort_values(["filled_on", "client_id"], kind="stable", ignore_index=True)


def assignments(records: Records) -> pd.DataFrame:
    """The manager at the start of the records, and every handover."""
    manager = records.world.states["manager"].astype(int)
    there = records.world.there
    before = np.roll(manager, 1, axis=1)
    changed = there & np.roll(there, 1, axis=1) & (before != manager)
    changed[:, 0] = there[:, 0]
    first = there.argmax(axis=1)
    begun = there.any(axis=1)
    changed[np.flatnonzero(begun), first[begun]] = True
    who, month = np.nonzero(changed)
    day = (START + month).astype("M8[D]")
    start = month == first[who]
    frame = pd.DataFrame(
        {
            "client_id": records.ids[who],
            "from_on": np.where(start, np.minimum(day, records.began[who]), day),
            "manager": records._manager_names(manager[who, month]),
        }
    )
    return frame.sort_values(["from_on", "client_id"], kind="stable", ignore_index=True)


def people(records: Records) -> pd.DataFrame:
    """One to three people of a client; some leave for another company."""
    random = records.random
    count = random.choice([1, 2, 3], len(records.ids), p=[0.5, 0.35, 0.15])
    count = np.where(records.is_first, count, 0)  # of a client who returned they are known
    who = np.repeat(np.arange(len(records.ids)), count)
    number = np.concatenate([np.arange(n) for n in count])
    end = np.where(np.isnat(records.ended), records.last, records.ended)
    stay = (random.exponential(5.5 * 365, len(who))).astype(int).astype("m8[D]")
    met = records.began[who] + (60 * number).astype("m8[D]")
    met = np.minimum(met, end[who])
    left = np.where(met + stay <= records.last, met + stay, NOT_YET)
    gone = ~np.isnat(left)
    known = gone & (random.random(len(who)) < 0.6)
    roles = np.where(number == 0, "works", np.where(number == 1, "decides", "influences"))
    other = [f"Company {n}" for n in random.integers(1, 400, len(who))]
    return pd.DataFrame(
        {
            "person_id": [f"{records.ids[w]}-P{n + 1}" for w, n in zip(who, number, strict=True)],
            "client_id": records.ids[who],
            "met_on": met,
            "position": np.array(["marketing manager", "head of marketing", "owner"])[number],
            "role": roles,
            "left_on": left,
            "went_to": np.where(known, other, ""),
        }
    )


def touches(records: Records) -> pd.DataFrame:
    """Contacts in the last three years, rarer where the bond is weak."""
    random = records.random
    recent = np.arange(records.months) >= records.months - 36
    who, month = records._there(np.where(recent, 1.0, 0.0)[None, :])
    count = random.poisson(np.exp(0.75 + 0.25 * records._state("bond", who, month)))
    who, month = np.repeat(who, count), np.repeat(month, count)
    day = (START + month).astype("M8[D]") + random.integers(0, 28, len(who)).astype("m8[D]")
    kind = random.choice(["report", "message", "call", "meeting"], len(who), p=[0.3, 0.4, 0.2, 0.1])
    client = (random.random(len(who)) < 0.3) & (kind != "report")
    late = random.random(len(who)) < 0.02
    entered = day + random.integers(3, 25, len(who)).astype("m8[D]")
    frame = pd.DataFrame(
        {
            "client_id": records.ids[who],
            "happened_on": day,
            "channel": np.where(kind == "meeting", "meeting", np.where(kind == "call", "phone",
                                random.choice(["mail", "messenger"], len(who)))),
            "kind": kind,
            "began_by": np.where(client, "client", "us"),
            "manager": records._manager_names(records._state("manager", who, month)),
            "entered_on": np.where(late & (entered <= records.last), entered, NOT_YET),
        }
    )  # fmt: skip
    return frame.sort_values(["happened_on", "client_id"], kind="stable", ignore_index=True)


def deals_lost(records: Records) -> pd.DataFrame:
    """About three refusals for a deal that was won; the ratio drifts."""
    random = records.random
    new = np.bincount(np.maximum(records.world.started, -1) + 1, minlength=records.months + 1)[1:]
    drift = 1 + records.sign * 0.5 * (np.arange(records.months) / records.months - 0.5)
    count = random.poisson(3.0 * np.maximum(new.mean(), 0.05) * drift * SEASON[
        np.arange(records.months) % 12])  # fmt: skip
    month = np.repeat(np.arange(records.months), count)
    many = len(month)
    day = (START + month).astype("M8[D]") + random.integers(0, 28, many).astype("m8[D]")
    opened = day - random.integers(10, 90, many).astype("m8[D]")
    release = day + random.integers(60, 400, many).astype("m8[D]")
    frame = pd.DataFrame(
        {
            "company": [f"Company {n}" for n in random.integers(400, 4000, many)],
            "opened_on": opened,
            "lost_on": day,
            "reason": random.choice(REFUSALS, many, p=[0.27, 0.17, 0.15, 0.13, 0.1, 0.08, 0.1]),
            "industry": random.choice(INDUSTRIES, many),
            "channel": random.choice(CHANNELS, many, p=[0.15, 0.3, 0.25, 0.2, 0.1]),
            "amount": (np.round(np.exp(random.normal(13, 0.8, many)), -4)).astype(int),
            "attractiveness": random.integers(1, 6, many),
            "capacity_score": random.integers(1, 6, many),
            "pitch": random.integers(1, 6, many),
            "release_on": np.where(random.random(many) < 0.4, release, NOT_YET),
        }
    )
    frame = frame.sort_values("lost_on", kind="stable", ignore_index=True)
    frame.insert(0, "deal_id", [f"D{number}" for number in range(1, many + 1)])
    return frame


def contracts(records: Records) -> pd.DataFrame:
    """An estimate a year for every client, part of it kept for more than was promised."""
    random = records.random
    age = np.arange(records.months)[None, :] - records.world.started[:, None]
    who, month = np.nonzero(records.world.there & (age % 12 == 1))
    day = (START + month).astype("M8[D]") + random.integers(0, 10, len(who)).astype("m8[D]")
    estimate = np.round(records.fee[who] * 12 * np.exp(random.normal(0, 0.1, len(who))), -3)
    kept = random.random(len(who)) < 0.7
    model = np.array(["fixed_price", "time_materials", "retainer", "out_staff"])
    frame = pd.DataFrame(
        {
            "client_id": records.ids[who],
            "signed_on": day,
            "financial_model": model[records.world.traits["model"][who]],
            "amount": estimate.astype(int),
            "client_budget": np.where(kept, np.round(0.03 * estimate, -2), 0).astype(int),
        }
    )
    frame = frame.sort_values(["signed_on", "client_id"], kind="stable", ignore_index=True)
    frame.insert(1, "contract_id", np.arange(1, len(frame) + 1))
    return frame


def costs(records: Records) -> pd.DataFrame:
    """Work by client and month, the client budget that was spent, and overhead."""
    random = records.random
    who, month = records._there(1.0)
    level = np.exp(np.clip(records._state("spend", who, month), -1.5, 1.5))
    share = np.clip(0.58 + 0.06 * random.normal(size=len(records.ids)), 0.4, 0.8)[who]
    share = share * np.where(records.world.traits["project"][who], 0.6, 1.0)
    work = _cost(records, who, month, np.round(records.fee[who] * level * share, -2), "production",
                 "payroll")  # fmt: skip
    gift, at = records._there(0.10)
    gifts = _cost(records, gift, at, np.round(0.1 * records.fee[gift], -2), "client_budget",
                  "operating")  # fmt: skip
    month = np.arange(records.months)
    overhead = _cost(records, None, month, np.full(len(month), 900_000.0), "overhead", "fixed")
    service = _cost(records, None, month, np.full(len(month), 550_000.0), "service", "payroll")
    frame = pd.concat([work, gifts, overhead, service])
    return frame.sort_values(["spent_on", "purpose", "client_id"], kind="stable",
                             ignore_index=True)  # fmt: skip


def _cost(
    records: Records,
    who: np.ndarray | None,
    month: np.ndarray,
    amount: np.ndarray,
    purpose: str,
    nature: str,
) -> pd.DataFrame:
    last = (START + month + 1).astype("M8[D]") - np.timedelta64(1, "D")
    ids = "" if who is None else records.ids[who]
    return pd.DataFrame(
        {"client_id": ids, "spent_on": last, "amount": amount.astype(int), "purpose": purpose,
         "nature": nature}
    )  # fmt: skip


def acquisition(records: Records) -> pd.DataFrame:
    """What new clients cost, by channel and month."""
    month = np.repeat(np.arange(records.months), len(CHANNELS))
    channel = np.tile(np.arange(len(CHANNELS)), records.months)
    level = np.array([30, 160, 180, 120, 60])[channel] * 1000
    spread = np.exp(records.random.normal(0, 0.25, len(month)))
    return pd.DataFrame(
        {
            "spent_on": (START + month + 1).astype("M8[D]") - np.timedelta64(1, "D"),
            "channel": np.array(CHANNELS)[channel],
            "amount": np.round(level * spread, -3).astype(int),
        }
    )


def history(records: Records) -> pd.DataFrame:
    """Dated changes of tiers, for every second client: the others stay undated."""
    random = records.random
    even = np.arange(len(records.ids)) % 2 == 0
    who, month = records._there(np.where(even, 0.02, 0.0)[:, None])
    day = (START + month).astype("M8[D]") + random.integers(0, 28, len(who)).astype("m8[D]")
    frame = pd.DataFrame(
        {
            "client_id": records.ids[who],
            "column": "tier",
            "value": random.choice(["A", "B", "C"], len(who)),
            "known_on": day,
        }
    )
    return frame.sort_values(["known_on", "client_id"], kind="stable", ignore_index=True)


def services(records: Records) -> pd.DataFrame:
    """What the agency sells, and since when."""
    years = [2009, 2010, 2010, 2009, 2009, 2012, 2013, 2014, 2016, 2019]
    days = [np.datetime64(f"{year}-01-15") for year in years]
    return pd.DataFrame({"service": SERVICES, "offered_from": days, "offered_until": NOT_YET})


OPTIONAL = {
    "contracts": contracts, "people": people, "touches": touches, "board": board,
    "assignments": assignments, "history": history, "costs": costs, "acquisition": acquisition,
    "deals_lost": deals_lost, "services": services,
}  # fmt: skip
