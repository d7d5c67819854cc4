"""Invented answers to the service audit and to the form of expectations, with known truth.

It answers: does the kit find the gaps that were planted, and none where none is. Marks are
rounded and cut at the ends of their scale, so that what is planted is met a little smaller.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.practices.codebook import Codebook
from clientlab.practices.forms import expectations_form, service_audit_form
from clientlab.practices.survey import Survey
from clientlab.wording import Text

MANAGERS, AGENCIES = 120, 40
PEOPLE, CLIENTS = 150, 70  # who answer for the clients
ASKED, OF_CLIENTS = 120, 55  # who tell what they expect
# Marks of 1–5 by which the team sees itself above its clients; other rules: no gap.
GAPS = {"promises": 0.8, "warns": 0.9, "listens": 0.7, "advises": -0.7}
LOADINGS = np.linspace(0.45, 0.75, 12)  # of one attitude to service in the twelve rules
# Utility of each item, in units of the noise of a choice (Gumbel).
PRIORITIES = {"sales": 2.0, "retention": 1.4, "pr_marketing": 1.1, "new_services": 0.9,
              "optimisation": 0.6, "people": 0.2, "finances": -0.4}  # fmt: skip
WISHES = {"client_service": 1.2, "project_management": 1.1, "speed": 0.8, "creative_ideas": 0.7,
          "price": 0.3, "expertise": 0.0, "reports": -0.5}  # fmt: skip
NAMED = 3  # wishes that a client names
# Perceived less expected, and how much more than other sides it matters, in marks of 1–10.
PLANTED = {"initiative": -1.8, "understanding": -1.2, "price": -0.7, "reporting": 0.8}
MATTERS = {"quality": 1.0, "initiative": 0.9, "understanding": 0.6, "reporting": -1.8}
NULL = ("speed", "quality")  # no gap


def demo_audit(*, seed: int = 12, reversed: bool = False) -> tuple[Survey, Survey]:
    """The service audit of an invented holding: its managers and its clients; SYNTHETIC.

    Parameters
    ----------
    seed : int
    reversed : bool
        Turn every planted gap and order round.

    Returns
    -------
    tuple of Survey
        120 managers in 40 agencies, 150 people of 70 clients (clusters).

    Examples
    --------
    >>> managers, clients = demo_audit()
    >>> managers, len(clients)
    (<SYNTHETIC DATA: Survey: 120 respondents, 13 questions>, 150)
    """
    clusters = {"managers": "agency", "clients": "client"}
    first, second = (
        Survey.from_frame(
            demo_audit_answers(view, seed=seed, reversed=reversed), service_audit_form(view),
            clusters=column, source=SOURCES[view], synthetic=True,
        )
        for view, column in clusters.items()
    )  # fmt: skip
    return first, second


def demo_expectations(*, seed: int = 12, reversed: bool = False) -> Survey:
    """What 120 people of 55 invented clients expect, get and care about; SYNTHETIC.

    Examples
    --------
    >>> demo_expectations()
    <SYNTHETIC DATA: Survey: 120 respondents, 18 questions>
    """
    frame = demo_expectations_answers(seed=seed, reversed=reversed)
    return Survey.from_frame(frame, expectations_form(), clusters="client",
                             source=SOURCES["clients"], synthetic=True)  # fmt: skip


SOURCES = {
    "managers": Text("invented holding, its managers", "придуманный холдинг, менеджеры"),
    "clients": Text("invented holding, its clients", "придуманный холдинг, клиенты"),
}


def demo_audit_answers(view: str, *, seed: int = 12, reversed: bool = False) -> pd.DataFrame:
    """The answers of one view as a form exports them: a column for each row of the grid.

    Parameters
    ----------
    view : {"managers", "clients"}
    seed : int
    reversed : bool

    Returns
    -------
    DataFrame of str, 14 columns
    """
    book, sign = service_audit_form(view), -1.0 if reversed else 1.0
    random = np.random.default_rng([seed, view == "clients"])
    people, groups = (MANAGERS, AGENCIES) if view == "managers" else (PEOPLE, CLIENTS)
    letter, column = ("A", "agency") if view == "managers" else ("C", "client")
    who = _members(random, people, groups)
    rules = book.questions[0].rows
    level = 3.6 + 0.25 * np.sin(np.arange(len(rules)))  # rules differ, alike in both views
    below = np.array([GAPS.get(rule.id, 0.0) for rule in rules]) * sign
    if view == "clients":
        level = level - below
    attitude = 0.5 * random.normal(size=groups)[who] + 0.87 * random.normal(size=people)
    marks = level + LOADINGS * attitude[:, None] + random.normal(0, 0.75, (people, len(rules)))
    frame = _grid(book, "rules", np.clip(np.round(marks), 1, 5))
    frame = frame.mask(random.random(frame.shape) < 0.01, "")  # a row left out here and there
    asked = book.questions[1]
    utilities, named = (PRIORITIES, None) if view == "managers" else (WISHES, NAMED)
    frame[asked.text.en] = _ranked(random, book, asked.id, utilities, who, sign, named)
    frame.insert(0, column, [f"{letter}{n + 1:02d}" for n in who])
    return frame


def demo_expectations_answers(*, seed: int = 12, reversed: bool = False) -> pd.DataFrame:
    """The same as a form exports it: three grids of 1–10."""
    book, sign = expectations_form(), -1.0 if reversed else 1.0
    random = np.random.default_rng([seed, 3])
    who = _members(random, ASKED, OF_CLIENTS)
    sides = [row.id for row in book.questions[0].rows]
    shape = (ASKED, len(sides))

    def by_side(table: dict[str, float]) -> np.ndarray:
        return np.array([table.get(side, 0.0) for side in sides])

    demanding = random.normal(0, 0.7, OF_CLIENTS)[who] + random.normal(0, 0.5, ASKED)
    content = random.normal(0, 0.5, OF_CLIENTS)[who]
    expected = 7.4 + demanding[:, None] + random.normal(0, 0.8, shape)
    perceived = expected + sign * by_side(PLANTED) + content[:, None] + random.normal(0, 1.0, shape)
    importance = 7.0 + by_side(MATTERS) + random.normal(0, 1.2, shape) + (
        random.normal(0, 0.8, ASKED)[:, None])  # fmt: skip
    tables = [np.clip(np.round(values), 1, 10) for values in (expected, perceived, importance)]
    # The ends of the scale cut what is perceived more often: in half of the clients, chosen at
    # random, the two change places where no gap is planted, so that there is none.
    coin = np.random.default_rng([seed, 4]).random((OF_CLIENTS, len(sides))) < 0.5
    turned = coin[who] & np.isin(sides, NULL)
    tables[:2] = [np.where(turned, tables[1 - n], tables[n]) for n in (0, 1)]
    names = ("expected", "perceived", "importance")
    parts = [_grid(book, name, marks) for name, marks in zip(names, tables, strict=True)]
    frame = pd.concat(parts, axis=1)
    frame.insert(0, "client", [f"C{n + 1:02d}" for n in who])
    return frame


def _members(random: np.random.Generator, people: int, groups: int) -> np.ndarray:
    """One of every group at least, the others anywhere."""
    rest = random.integers(groups, size=people - groups)
    return np.sort(np.concatenate([np.arange(groups), rest]))


def _grid(book: Codebook, name: str, marks: np.ndarray) -> pd.DataFrame:
    question = next(one for one in book.questions if one.id == name)
    headers = [f"{question.text.en} [{row.text.en}]" for row in question.rows]
    return pd.DataFrame(marks.astype(int).astype(str).astype(object), columns=headers)


def _ranked(
    random: np.random.Generator,
    book: Codebook,
    name: str,
    utilities: dict[str, float],
    who: np.ndarray,
    sign: float,
    named: int | None,
) -> list[str]:
    """Options in the order of their utility to everybody, the best first, in one cell."""
    ids, labels = list(utilities), {one.id: one.text.en for one in book[name].options}
    own = random.normal(0, 0.5, (who.max() + 1, len(ids)))[who]
    worth = sign * np.array(list(utilities.values())) + own + random.gumbel(size=own.shape)
    order = np.argsort(-worth, axis=1)[:, :named]
    return ["; ".join(labels[ids[place]] for place in row) for row in order]
