"""The invented agency as it really is: states of clients month by month, and who leaves why.

It answers: with which probability does each client leave in each month, by cause. This
is the truth that the tables show only in part: `records` writes down what an agency
would have written down, and two states (`bond`, `politics`) leave no record of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CAUSES = ("outgrew", "in_house", "dissatisfied", "price", "finished", "closed", "let_go")
BURN_IN = 132  # months before the records: eleven years in which early clients came
HORIZON = 3  # months of the 90-day risk
MANAGERS = 7
RETURN, AWAY = 0.08, (4, 15)  # share of the lost who return, after so many months
LAST_YEAR = 12
ARRIVALS = 0.32  # 0.5 would be a number of new clients that grows evenly
LEVEL = {1.0: 0.75, -1.0: 0.0}  # log hazard: either agency loses about a fifth in a year
STRENGTH = {1.0: 1.0, -1.0: 1.15}  # turned round, effects offset each other: as predictable


@dataclass(frozen=True)
class World:
    """Spells × months, the truth; a client who returned has two rows.

    Attributes
    ----------
    hazard : ndarray of shape (spells, months, causes)
        Probability of leaving in a month by cause, given the states of that month, of
        whoever is there; states go on after the client left.
    there : ndarray of bool, shape (spells, months)
        Whether the client was there on the first day of the month.
    started, ended, cause : ndarray of int, shape (spells,)
        Month (0 is the first of the records, negative before) of the start, of the end
        (−1: still there) and index of the cause (−1).
    traits : dict of arrays, shape (spells,)
        What does not change: size, habit of payment, manager, model … and `client`, the
        number of the client whose spell it is.
    states : dict of arrays, shape (spells, months)
        What does: bond, claims, late payment, spend, handover …
    """

    hazard: np.ndarray
    there: np.ndarray
    started: np.ndarray
    ended: np.ndarray
    cause: np.ndarray
    traits: dict[str, np.ndarray]
    states: dict[str, np.ndarray]

    def risk(self, month: int) -> tuple[np.ndarray, np.ndarray]:
        """Clients there on the first day of a month, and their true 90-day risk.

        The hazard of that month, held for three months: what could be known by one who
        sees all states, and no future.

        Returns
        -------
        clients : ndarray of int
        risk : ndarray of float
        """
        clients = np.flatnonzero(self.there[:, month])
        monthly = self.hazard[clients, month].sum(axis=1)
        return clients, 1 - (1 - monthly) ** HORIZON

    def left_within(self, month: int) -> np.ndarray:
        """Of the clients there on the first day of a month, who left within 3 months."""
        clients = np.flatnonzero(self.there[:, month])
        ended = self.ended[clients]
        return (ended >= month) & (ended < month + HORIZON)


def simulate(
    clients: int,
    months: int,
    *,
    seed: int,
    sign: float = 1.0,
    random_leaving: bool = False,
    leavers: int | None = None,
) -> World:
    """Let clients come, live through their months, and leave.

    Parameters
    ----------
    clients : int
        Who are there at any time in the months of the records.
    months : int
        Months of the records.
    seed : int
    sign : {1, −1}
        −1 turns every effect round.
    random_leaving : bool
        Every client leaves with the same probability: nothing can be predicted.
    leavers : int, optional
        At most so many leave in the months of the records: clients who stay are taken
        before others who leave.

    Returns
    -------
    World
    """
    random = np.random.default_rng(seed)
    many = int(clients * 2.2) + 60
    while True:
        found = _live(random, _traits(random, many, months), months, sign, random_leaving)
        seen = random.permutation(np.flatnonzero(found.ended >= -1))
        if leavers is not None:
            gone = seen[found.ended[seen] >= 0][:leavers]
            stay = seen[found.ended[seen] == -1][: clients - len(gone)]
            seen = np.concatenate([gone, stay])
        if len(seen) >= clients:
            world = _taken(found, seen[:clients])
            # Whoever asks for a number of leavers wants each to leave once.
            return world if leavers is not None else _with_returns(
                random, world, months, sign, random_leaving)  # fmt: skip
        many = int(many * 1.5)


def _with_returns(
    random: np.random.Generator, world: World, months: int, sign: float, random_leaving: bool
) -> World:
    """Some of those who left begin again: the same traits, states drawn anew."""
    away = random.integers(*AWAY, len(world.ended))
    back = (world.ended >= 0) & (world.cause != CAUSES.index("closed"))
    back &= (random.random(len(back)) < RETURN) & (world.ended + away < months - 1)
    if not back.any():
        return world
    traits = {name: values[back] for name, values in world.traits.items()}
    traits["started"] = (world.ended + away)[back] + BURN_IN
    client = traits.pop("client")
    again = _live(random, traits, months, sign, random_leaving)
    again.traits["client"] = client
    both = [(getattr(world, name), getattr(again, name))
            for name in ("hazard", "there", "started", "ended", "cause")]  # fmt: skip
    return World(
        *(np.concatenate(pair) for pair in both),
        {name: np.concatenate([values, again.traits[name]])
         for name, values in world.traits.items()},
        {name: np.concatenate([values, again.states[name]])
         for name, values in world.states.items()},
    )  # fmt: skip


def _taken(world: World, rows: np.ndarray) -> World:
    order = rows[np.argsort(world.started[rows], kind="stable")]
    return World(
        world.hazard[order],
        world.there[order],
        world.started[order],
        world.ended[order],
        world.cause[order],
        {name: values[order] for name, values in world.traits.items()}
        | {"client": np.arange(len(order))},
        {name: values[order] for name, values in world.states.items()},
    )


def _traits(random: np.random.Generator, many: int, months: int) -> dict[str, np.ndarray]:
    """What a client brings along."""
    size = random.normal(size=many)
    project = random.random(many) < 0.35
    model = np.where(
        project,
        random.choice([0, 1], many, p=[0.6, 0.4]),
        random.choice([0, 2, 3], many, p=[0.2, 0.65, 0.15]),
    )
    # Fewer came in the early years, when the agency was small.
    arrival = (BURN_IN + months - 1) * random.random(many) ** ARRIVALS
    return {
        "started": np.floor(arrival).astype(int),
        "size": size,
        "project": project,
        "model": model,
        "role": random.choice(3, many, p=[0.4, 0.35, 0.25]),
        "industry": random.choice(
            12, many, p=[0.14, 0.13, 0.12, 0.11, 0.1, 0.1, 0.08, 0.07, 0.06, 0.05, 0.025, 0.015]
        ),
        "channel": random.choice(5, many, p=[0.34, 0.26, 0.16, 0.14, 0.10]),
        "manager": random.choice(MANAGERS, many, p=[0.2, 0.18, 0.16, 0.14, 0.12, 0.11, 0.09]),
        "competence": np.clip(np.round(3 + 0.4 * size + random.normal(0, 0.9, many)), 1, 5),
        "habit": random.normal(0, 1, many),  # pays late by habit
        "politics": random.normal(0, 1, many),  # leaves no record
    }


# Hours of working time to the first answer, by manager: most inside of the published bands.
ANSWER_HOURS = np.array([0.2, 0.3, 0.45, 0.6, 0.8, 1.2, 2.4])
SLOW = np.log(ANSWER_HOURS / 0.6)


def _live(
    random: np.random.Generator, traits: dict, months: int, sign: float, random_leaving: bool
) -> World:
    """Month by month; only the months of the records are kept."""
    started = traits.pop("started")
    many = len(started)
    names = ("bond", "claims", "late", "spend", "handover", "growth")
    states = {name: np.zeros((many, months), np.float32) for name in names}
    hazard = np.zeros((many, months, len(CAUSES)), np.float32)
    there = np.zeros((many, months), bool)
    manager = np.zeros((many, months), np.int8)
    now = {name: np.zeros(many) for name in names}
    now["bond"] = random.normal(0, 1, many)
    who = traits["manager"].copy()
    alive, ended, cause = np.ones(many, bool), np.full(many, -1), np.full(many, -1)
    for step in range(BURN_IN + months):
        month = step - BURN_IN
        _next_states(random, now, traits, who)
        here = alive & (started < step)
        chance = _hazards(now, traits, who, step - started, month, months, sign, random_leaving)
        gone, why = _leave(random, chance * here[:, None])
        if month >= 0:
            there[:, month] = here
            hazard[:, month] = chance
            manager[:, month] = who
            for name in names:
                states[name][:, month] = now[name]
        ended[gone], cause[gone] = (month if month >= 0 else -2), why[gone]
        alive &= ~gone
    states["manager"] = manager
    return World(hazard, there, started - BURN_IN, ended, cause, traits, states)


def _next_states(random: np.random.Generator, now: dict, traits: dict, who: np.ndarray) -> None:
    """One month further; changed in place, since months follow each other."""
    many = len(who)
    moved = random.random(many) < 0.012
    who[moved] = random.integers(0, MANAGERS, int(moved.sum()))
    now["handover"] = np.where(moved, 6, np.maximum(now["handover"] - 1, 0))
    push = -0.12 * SLOW[who] - 0.05 * (now["handover"] > 0)
    now["bond"] = 0.9 * now["bond"] + push + random.normal(0, 0.42, many)
    rate = np.exp(-1.5 - 0.55 * now["bond"])
    now["claims"] = random.poisson(np.minimum(rate, 4))
    now["late"] = 0.8 * now["late"] + 0.2 * traits["habit"] + random.normal(0, 0.35, many)
    now["late"] = now["late"] - 0.05 * now["bond"]
    shock = random.normal(0, 0.10, many)
    now["growth"] = 0.7 * now["growth"] + 0.02 * now["bond"] + shock
    now["spend"] = 0.985 * now["spend"] + 0.25 * now["growth"]


def _hazards(
    now: dict,
    traits: dict,
    who: np.ndarray,
    age: np.ndarray,
    month: int,
    months: int,
    sign: float,
    random_leaving: bool,
) -> np.ndarray:
    """Probability of leaving this month, by cause."""
    size, late, bond = traits["size"], now["late"], now["bond"]
    referral = (traits["channel"] == 0).astype(float)
    years = np.maximum(age, 0) / 12
    common = -0.5 * np.log1p(years) + 0.45 * ((age >= 3) & (age <= 12)) - 0.6 * size
    common = common + 0.5 * traits["politics"] - 0.3 * referral
    if month >= months - LAST_YEAR:
        common = common + 0.7
    calls = np.column_stack(
        [
            -7.2 + 2.0 * now["growth"] + 0.3 * size,
            -7.0 + 0.3 * (traits["competence"] - 3) + 0.3 * size,
            -5.9 - 1.0 * bond + 0.30 * np.minimum(now["claims"], 4)
            + 0.5 * (now["handover"] > 0) + 0.30 * SLOW[who],
            -6.1 - 1.2 * now["spend"] + 0.4 * late,
            -6.4 + 1.0 * traits["project"] - 0.8 * now["spend"],
            -6.9 + 0.6 * late,
            -7.6 + 0.6 * late - 0.6 * size,
        ]
    )  # fmt: skip
    start = np.array([-7.2, -7.0, -5.9, -6.1, -6.4, -6.9, -7.6])
    if random_leaving:
        return np.broadcast_to(np.exp(start + 1.0), calls.shape)
    effects = STRENGTH[sign] * sign * (calls - start + common[:, None])
    return np.minimum(np.exp(start + LEVEL[sign] + effects), 0.12)


def _leave(random: np.random.Generator, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Who leaves, and for which cause: the causes compete."""
    draw = random.random(len(chance))
    upto = np.cumsum(chance, axis=1)
    gone = draw < upto[:, -1]
    return gone, (draw[:, None] >= upto).sum(axis=1)
