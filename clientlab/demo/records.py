"""What the invented agency wrote down: the tables, made from the true world.

It answers: which rows would its CRM and its accounts hold. States without a record of
their own (`bond`, `politics`) reach the tables only through what they cause.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.demo.world import ANSWER_HOURS, CAUSES, MANAGERS, World

START = np.datetime64("2018-01", "M")
CHANNELS = ("referral", "inbound", "outbound", "tender", "partner")
MODELS = ("fixed_price", "time_materials", "retainer", "out_staff")
ROLES = ("agency", "production", "three_roles")
INDUSTRIES = (
    "retail", "banking", "real estate", "pharma", "education", "manufacturing", "telecom",
    "food", "tourism", "logistics", "gambling", "tobacco",
)  # fmt: skip
SERVICES = (
    "SEO", "context ads", "support", "development", "design", "SMM", "analytics", "content",
    "CRM marketing", "consulting",
)  # fmt: skip
REFUSALS = (
    "price", "lost the tender", "chose a contractor they knew", "slow answer", "no budget",
    "not our profile", "",
)  # fmt: skip
SEASON = np.array([0.86, 0.95, 1.0, 1.0, 0.96, 0.98, 0.94, 0.95, 1.02, 1.06, 1.1, 1.18])


class Records:
    """The tables of one world; each method makes one of them.

    Parameters
    ----------
    world : World
    seed : int
        Of the details that the world leaves open: days, amounts, words.
    sign : {1, −1}
        −1 turns the drifts of payments, scores and deals, as in the world.
    """

    def __init__(self, world: World, *, seed: int, sign: float) -> None:
        self.world, self.sign = world, sign
        self.random = np.random.default_rng([seed, 1])
        self.months = world.there.shape[1]
        self.last = (START + self.months).astype("M8[D]") - np.timedelta64(1, "D")
        whose = world.traits["client"]  # of each spell
        many = int(whose.max()) + 1
        names = [f"C{number:0{len(str(many))}d}" for number in range(1, many + 1)]
        self.ids = np.array(names, dtype=object)[whose]
        self.is_first = np.arange(len(whose)) < many
        self.returns = self.is_first & np.isin(whose, whose[~self.is_first])
        self.began = self._day(world.started)
        self.ended = np.where(world.ended >= 0, self._day(world.ended), np.datetime64("NaT", "D"))
        self.fee = np.round(np.exp(11.8 + 0.6 * np.clip(world.traits["size"], -2, 2)) / 1000) * 1000
        years = (self.last - self.began).astype(int) / 365.25
        self.score = world.traits["size"] + 0.35 * years
        current = np.isnat(self.ended)
        cut = np.quantile(self.score[current], 0.85) if current.any() else np.inf
        self.clients_key = (self.score >= cut)[whose]
        self.first_service = self.random.integers(0, len(SERVICES), many)[whose]

    def _day(self, months: np.ndarray) -> np.ndarray:
        """A day of each month, uniformly."""
        first = (START + months).astype("M8[D]")
        return first + self.random.integers(0, 28, len(months)).astype("m8[D]")

    def _there(self, chance: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
        """Client-months drawn from those in which clients were there the whole month."""
        whole = self.world.there & (self.world.ended[:, None] != np.arange(self.months))
        return np.nonzero(whole & (self.random.random(whole.shape) < chance))

    def _state(self, name: str, who: np.ndarray, month: np.ndarray) -> np.ndarray:
        return self.world.states[name][who, month].astype(float)

    def _before_last(self, days: np.ndarray) -> np.ndarray:
        """Days up to the last of the records; what happens later is not known."""
        return np.where(days <= self.last, days, np.datetime64("NaT", "D"))

    def clients(self) -> pd.DataFrame:
        traits, world, random = self.world.traits, self.world, self.random
        many = len(self.ids)
        cause = np.array([*CAUSES, ""], dtype=object)[world.cause]
        told = np.where(random.random(many) < 0.2, "unknown", cause)
        silent = traits["project"] & (random.random(many) < 0.75)  # projects just stop
        silent &= ~self.returns  # whose return is written down, so was the end
        ended = np.where(silent, np.datetime64("NaT", "D"), self.ended)
        notice = ended - random.integers(20, 45, many).astype("m8[D]")
        noticed = (random.random(many) < 0.6) & ~traits["project"] & (notice > self.began)
        referred = (traits["channel"] == 0) & (traits["client"] > 0)
        # By somebody who came before, and the same whenever the client comes again.
        by = np.floor(random.random(many) * traits["client"]).astype(int)[traits["client"]]
        return pd.DataFrame(
            {
                "client_id": self.ids,
                "name": [f"Client {name[1:]}" for name in self.ids],
                "started_on": self.began,
                "ended_on": ended,
                "end_reason": np.where(np.isnat(ended), "", told),
                "notice_on": np.where(noticed, notice, np.datetime64("NaT", "D")),
                "contract": np.where(traits["project"], "project", "ongoing"),
                "financial_model": np.array(MODELS)[traits["model"]],
                "role_model": np.array(ROLES)[traits["role"]],
                "industry": np.array(INDUSTRIES)[traits["industry"]],
                "channel": np.array(CHANNELS)[traits["channel"]],
                "referred_by": np.where(referred, self.ids[by], ""),
                "tier": np.array(["C", "B", "A"])[np.digitize(traits["size"], [-0.4, 0.9])],
                "key_client": self.clients_key.astype(int),
                "manager": self._manager_names(self._last_manager()),
                "competence": traits["competence"].astype(int),
                "capacity": np.round(self.fee * 12 * np.exp(random.normal(0.5, 0.5, many)), -4),
            }
        )

    def _last_manager(self) -> np.ndarray:
        last = np.where(self.world.ended >= 0, self.world.ended, self.months - 1)
        return self.world.states["manager"][np.arange(len(last)), last]

    def _manager_names(self, codes: np.ndarray) -> np.ndarray:
        return np.array([f"AM-{number + 1}" for number in range(MANAGERS)])[codes.astype(int)]

    def invoices(self) -> pd.DataFrame:
        project = self.world.traits["project"]
        spend = np.exp(np.clip(self.world.states["spend"], -1.5, 1.5))
        regular, month = self._there(np.where(project, 0, 1)[:, None])
        orders, at = self._there(np.where(project, 0.30, 0.06)[:, None] * spend)
        parts = [
            self._bills(regular, month, "recurring", self.first_service[regular]),
            self._bills(orders, at, "project", self._other_service(orders, at)),
        ]
        returned = self.random.random(len(regular)) < 0.006
        notes = parts[0][returned].assign(kind="credit_note", paid_on=np.datetime64("NaT", "D"))
        notes["amount"] = -np.round(notes["amount"] * 0.3, -2)
        notes["issued_on"] = notes["issued_on"] + pd.Timedelta(days=9)
        notes["due_on"] = np.datetime64("NaT", "D")
        frame = pd.concat([*parts, notes[notes["issued_on"] <= self.last]])
        frame = frame.sort_values(["issued_on", "client_id", "kind"], kind="stable")
        frame.insert(1, "invoice_id", np.arange(1, len(frame) + 1))
        return frame.reset_index(drop=True)

    def _other_service(self, who: np.ndarray, month: np.ndarray) -> np.ndarray:
        """Mostly the first service again, sometimes another one of few."""
        other = (self.first_service[who] + 1 + (month // 18 + who) % 3) % len(SERVICES)
        again = self.random.random(len(who)) < 0.6
        return np.where(again, self.first_service[who], other)

    def _bills(
        self, who: np.ndarray, month: np.ndarray, kind: str, service: np.ndarray
    ) -> pd.DataFrame:
        random = self.random
        level = np.exp(np.clip(self._state("spend", who, month), -1.5, 1.5))
        # Orders follow the season, fees by contract hardly do.
        season = SEASON[month % 12] ** (0.2 if kind == "recurring" else 1.0)
        size = {"recurring": 1.0, "project": 1.6}[kind]
        spread = np.exp(random.normal(0, 0.03 if kind == "recurring" else 0.5, len(who)))
        amount = np.maximum(np.round(self.fee[who] * size * level * season * spread, -2), 5000)
        issued = (START + month).astype("M8[D]")
        day = random.integers(0, 5, len(who)) if kind == "recurring" else random.integers(
            0, 28, len(who))  # fmt: skip
        issued = issued + day.astype("m8[D]")
        due = issued + np.array([10, 15, 30])[who % 3].astype("m8[D]")
        late = self._state("late", who, month) + self.sign * 0.5 * (month / self.months)
        delay = np.round(3.2 * late + random.gumbel(-3, 4.5, len(who)))
        paid = np.maximum(due + delay.astype(int).astype("m8[D]"), issued)
        sold = random.choice(["sales", "account", "client"], len(who), p=[0.25, 0.5, 0.25])
        return pd.DataFrame(
            {
                "client_id": self.ids[who],
                "issued_on": issued,
                "amount": amount.astype(int),
                "kind": kind,
                "service": np.array(SERVICES)[service],
                "due_on": due,
                "paid_on": self._before_last(paid),
                "sold_by": self._sellers(who, month) if kind == "recurring" else sold,
            }
        )

    def _sellers(self, who: np.ndarray, month: np.ndarray) -> np.ndarray:
        """Who sold the fee of a year of a client: at first sales, later mostly others."""
        names = np.array(["sales", "account", "client"])
        sold = self.random.choice(3, (len(self.ids), self.months // 12 + 20), p=[0.3, 0.45, 0.25])
        year = (month - self.world.started[who]) // 12
        return names[np.where(year == 0, 0, sold[who, np.minimum(year, sold.shape[1] - 1)])]

    def feedback(self) -> pd.DataFrame:
        random, project = self.random, self.world.traits["project"]
        often = np.where(random.random(len(project)) < 0.08, 0.5, 0.14)
        who, month = self._there(np.where(project, 0.06, often)[:, None])
        people = random.choice([1, 2, 3], len(who), p=[0.65, 0.25, 0.10])
        who, month = np.repeat(who, people), np.repeat(month, people)
        person = np.concatenate([np.arange(count) for count in people]) if len(people) else people
        asked = (START + month).astype("M8[D]") + random.integers(0, 20, len(who)).astype("m8[D]")
        answered = self._before_last(asked + random.integers(0, 9, len(who)).astype("m8[D]"))
        answered = np.where(random.random(len(who)) < 0.7, answered, np.datetime64("NaT", "D"))
        drift = -self.sign * 1.2 * month / self.months
        mood = 7.9 + 0.95 * self._state("bond", who, month) + drift
        nps = np.clip(np.round(mood + random.normal(0, 1.5, len(who))), 0, 10)
        csi = np.clip(np.round(mood / 2 + random.normal(0, 0.6, len(who))), 1, 5)
        silent = np.isnat(answered)
        frame = pd.DataFrame(
            {
                "client_id": self.ids[who],
                "person_id": [f"{self.ids[w]}-P{p + 1}" for w, p in zip(who, person, strict=True)],
                "asked_on": asked,
                "answered_on": answered,
                "nps": pd.array(np.where(silent, -1, nps).astype(int), dtype="Int64"),
                "csi": pd.array(np.where(silent, -1, csi).astype(int), dtype="Int64"),
            }
        )
        frame.loc[silent, ["nps", "csi"]] = pd.NA
        return frame.sort_values(["asked_on", "person_id"], kind="stable", ignore_index=True)

    def requests(self) -> pd.DataFrame:
        random = self.random
        who, month = self._there(0.75)
        count = random.poisson(1.1, len(who)) + self._state("claims", who, month).astype(int)
        claims = np.repeat(self._state("claims", who, month).astype(int), count)
        first = np.concatenate([np.arange(n) for n in count]) if len(count) else count
        who, month = np.repeat(who, count), np.repeat(month, count)
        day = (START + month).astype("M8[D]") + random.integers(0, 28, len(who)).astype("m8[D]")
        minute = random.integers(9 * 60, 17 * 60, len(who))
        asked = day.astype("M8[m]") + minute.astype("m8[m]")
        median = 60 * ANSWER_HOURS[self._state("manager", who, month).astype(int)]
        took = np.maximum(np.round(median * np.exp(random.normal(0, 0.7, len(who)))), 1)
        is_claim = first < claims
        kinds = random.choice(["question", "change", "report", "bug"], len(who))
        causes = random.choice(["deadline", "mistake", "no answer", "result"], len(who))
        frame = pd.DataFrame(
            {
                "client_id": self.ids[who],
                "asked_at": asked,
                "answered_at": asked + took.astype(int).astype("m8[m]"),
                "type": np.where(is_claim, "claim", kinds),
                "promised_hours": 1,
                "is_claim": is_claim.astype(int),
                "cause": np.where(is_claim, causes, ""),
                "manager": self._manager_names(self._state("manager", who, month)),
            }
        )
        frame = frame.sort_values(["asked_at", "client_id"], kind="stable", ignore_index=True)
        frame.insert(0, "request_id", np.arange(1, len(frame) + 1))
        return frame
