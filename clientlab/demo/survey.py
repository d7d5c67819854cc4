"""Two invented surveys: one with the published totals, one with planted effects.

It answers: what would the kit say of a survey whose truth we made up. Neither is to be
quoted, and they are never mixed: the first holds the published counts and nothing else,
the second holds effects (`PLANTED`) and questions that depend on nothing (`NULL`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from clientlab.practices.codebook import Codebook, questionnaire
from clientlab.practices.survey import Survey
from clientlab.wording import Text

# Published counts (S4): ticks and base by option; see `practices.possible_bases`.
LOYALTY_BASE = 95
LOYALTY = {
    "feedback": 52, "client_benefit": 46, "expertise": 53, "greetings": 50, "bonuses": 15,
    "discounts": 16, "free_work": 34, "events": 28, "community": 5, "special_terms": 28,
    "simpler_processes": 15, "gamification": 3, "flexibility": 45, "priority": 23,
    "faster_response": 46, "other_help": 31, "training": 20, "replace_manager": 47, "image": 16,
}  # fmt: skip
UPSELL = {
    "expand": (70, 96), "new_services": (53, 96), "salesperson": (18, 96), "team_lead": (35, 97),
    "director": (38, 97), "none": (15, 97),
}  # fmt: skip
ROWS = 97

AGENCIES, MANAGERS = 40, 180
SPREAD = 0.35  # log-odds by which agencies differ beyond what was planted
# Question, option, banner, group: log-odds by which the group differs from all others.
PLANTED = {
    ("upsell_ways", "salesperson", "role_model", "three_roles"): 2.2,
    ("loyalty_methods", "training", "size", "s81"): 1.9,
    ("loyalty_methods", "free_work", "financial_model", "fixed_price"): 1.6,
    ("loyalty_methods", "flexibility", "size", "s1_10"): 1.5,
    ("kpis_measured", "margin", "role_model", "agency"): 1.6,
}
SLOWER = {"production": 1.1, "three_roles": 0.0, "agency": 0.0}  # steps of response speed
KNOWS_MORE = {"production": 1.6, "three_roles": 0.0, "agency": 0.0}  # points of 10
NULL = ("region",)  # depends on nothing, and nothing on it
QUALITIES = [0.2, 0.25, 0.18, 0.12, 0.1, 0.1, 0.05]


def published_respondents() -> Survey:
    """Rows whose totals equal the published ones, question by question; SYNTHETIC.

    Only totals were published: how answers go together was drawn at random and means
    nothing, so that everything which joins two answers is refused.

    Returns
    -------
    Survey
        97 rows; 95 answered the loyalty question, 96 the first three ways of up-sell and
        97 the others.

    Examples
    --------
    >>> published_respondents()
    <SYNTHETIC DATA: Survey: 97 respondents, 2 questions>
    """
    random = np.random.default_rng(95)
    columns: dict[str, np.ndarray] = {}
    for option, ticks in LOYALTY.items():
        column = np.full(ROWS, np.nan)
        column[:LOYALTY_BASE] = 0
        column[random.choice(LOYALTY_BASE, ticks, replace=False)] = 1
        columns[f"loyalty_methods {option}"] = column
    alone = UPSELL["none"][0]  # they sell nothing more; all others tick at least one way
    others = ROWS - alone
    for option, (ticks, base) in UPSELL.items():
        column = np.zeros(ROWS)
        if option == "none":
            column[:alone] = 1
        else:
            places = others if base == ROWS else others - 1
            column[alone + random.choice(places, ticks, replace=False)] = 1
            column[-1] = column[-1] if base == ROWS else np.nan
        columns[f"upsell_ways {option}"] = column
    # Whoever ticked nothing takes a tick from somebody with several: totals stay.
    _everybody_ticks(columns, alone)
    frame = pd.DataFrame(columns).astype("Int64")
    book = questionnaire().only("loyalty_methods", "upsell_ways")
    source = Text(
        "invented rows with the published totals", "придуманные строки с опубликованными итогами"
    )
    made = Survey.from_frame(frame, book, source=source, synthetic=True)
    return replace(made, marginals_only=True)


def _everybody_ticks(columns: dict[str, np.ndarray], alone: int) -> None:
    ways = [f"upsell_ways {option}" for option in UPSELL if option != "none"]
    for row in range(alone, ROWS):
        if any(columns[way][row] == 1 for way in ways):
            continue
        for way in ways:
            givers = [other for other in range(alone, ROWS) if columns[way][other] == 1
                      and sum(columns[one][other] == 1 for one in ways) > 1]  # fmt: skip
            if givers and columns[way][row] == 0:
                columns[way][givers[0]], columns[way][row] = 0, 1
                break


def demo_survey(*, seed: int = 40, reversed: bool = False) -> Survey:
    """A survey of 180 managers in 40 agencies of an invented holding; SYNTHETIC.

    Agencies differ in size, services, region and models; `PLANTED` effects are in the
    answers, `NULL` ones are not. Managers of one agency answer alike (clusters).

    Parameters
    ----------
    seed : int
    reversed : bool
        Turn every planted effect round.

    Returns
    -------
    Survey

    Examples
    --------
    >>> demo_survey()
    <SYNTHETIC DATA: Survey: 180 respondents, 17 questions>
    """
    frame = demo_answers(seed=seed, reversed=reversed)
    source = Text("invented holding", "придуманный холдинг")
    return Survey.from_frame(frame, questionnaire(), clusters="agency", source=source,
                             synthetic=True)  # fmt: skip


def demo_answers(*, seed: int = 40, reversed: bool = False) -> pd.DataFrame:
    """The same as a form would export it: a column for each question, ticks in one cell.

    Returns
    -------
    DataFrame of str, shape (180, 19)
        Headers are the questions in English; `agency` tells who belongs together.
    """
    random = np.random.default_rng(seed)
    sign = -1.0 if reversed else 1.0
    book = questionnaire()
    agencies = _agencies(random)
    size = np.maximum(1, random.poisson(MANAGERS / AGENCIES - 1, AGENCIES) + 1)
    who = np.repeat(np.arange(AGENCIES), size)
    while len(who) != MANAGERS:  # one more or less, where chance allows
        place = random.integers(AGENCIES)
        size[place] = max(1, size[place] + np.sign(MANAGERS - len(who)))
        who = np.repeat(np.arange(AGENCIES), size)
    traits = {name: values[who] for name, values in agencies.items() if name != "services"}
    answers: dict[str, np.ndarray] = {"agency": np.array([f"A{n + 1:02d}" for n in who], object)}
    for name in ("size", "region", "financial_model", "role_model"):
        answers[name] = np.array([book[name].option(code).text.en for code in traits[name]], object)
    answers["services"] = np.array([agencies["services"][n] for n in who], object)
    for name in ("upsell_ways", "loyalty_methods", "kpis_measured", "kpis_paid"):
        answers[name] = _ticks(random, book, name, traits, who, sign)
    few = np.char.find(answers["kpis_measured"].astype(str), "None of these") >= 0
    answers["kpis_paid"] = np.where(
        few | (answers["kpis_measured"] == ""), "", answers["kpis_paid"]
    )
    answers |= _marks(random, book, traits, who, sign)
    for name, shares in (("quality_important", QUALITIES), ("quality_lacking", QUALITIES[::-1]),
                         ("interests", [0.3, 0.2, 0.35, 0.15])):  # fmt: skip
        labels = [option.text.en for option in book[name].options]
        answers[name] = random.choice(np.array(labels, object), MANAGERS, p=shares)
    frame = pd.DataFrame(
        {name: pd.Series(values, dtype=object) for name, values in answers.items()}
    )
    for name in ("quality_lacking", "projects_per_manager", "task_detail"):  # not everybody answers
        frame.loc[random.random(MANAGERS) < 0.05, name] = ""
    headers = {question.id: question.text.en for question in book.questions}
    return frame[["agency", *headers]].rename(columns=headers)


def _agencies(random: np.random.Generator) -> dict[str, np.ndarray]:
    def choice(codes: tuple[str, ...], shares: list[float]) -> np.ndarray:
        return random.choice(np.array(codes, object), AGENCIES, p=shares)

    services = questionnaire()["services"].options
    sold = [", ".join(option.text.en for option in services if random.random() < 0.45)
            or services[0].text.en for _ in range(AGENCIES)]  # fmt: skip
    return {
        "size": choice(("s1_10", "s11_30", "s31_80", "s81"), [0.25, 0.3, 0.25, 0.2]),
        "region": choice(("moscow", "petersburg", "million", "elsewhere"), [0.4, 0.2, 0.25, 0.15]),
        "financial_model": choice(("fixed_price", "time_materials", "retainer", "out_staff"),
                                  [0.35, 0.2, 0.35, 0.1]),
        "role_model": choice(("agency", "production", "three_roles"), [0.4, 0.3, 0.3]),
        "services": np.array(sold, object),
    }  # fmt: skip


def _ticks(
    random: np.random.Generator,
    book: Codebook,
    name: str,
    traits: Mapping[str, np.ndarray],
    who: np.ndarray,
    sign: float,
) -> np.ndarray:
    """A multi-select as packed cells; '' where nothing was ticked."""
    options = [option for option in book[name].options if not option.exclusive]
    ticked = np.zeros((MANAGERS, len(options)), bool)
    for place, option in enumerate(options):
        published = {"loyalty_methods": LOYALTY, "upsell_ways": {
            way: ticks for way, (ticks, _) in UPSELL.items()}}.get(name, {})  # fmt: skip
        share = published.get(option.id, 34) / ROWS
        odds = np.log(share / (1 - share)) + random.normal(0, SPREAD, AGENCIES)[who]
        for (question, wanted, banner, group), effect in PLANTED.items():
            if (question, wanted) == (name, option.id):
                odds = odds + sign * effect * (traits[banner] == group)
        ticked[:, place] = random.random(MANAGERS) < 1 / (1 + np.exp(-odds))
    alone = next((option.text.en for option in book[name].options if option.exclusive), "")
    labels = np.array([option.text.en for option in options], object)
    cells = [", ".join(labels[row]) or alone for row in ticked]
    return np.array(cells, object)


def _marks(
    random: np.random.Generator,
    book: Codebook,
    traits: Mapping[str, np.ndarray],
    who: np.ndarray,
    sign: float,
) -> dict[str, np.ndarray]:
    """Scales and ranges; agencies differ here too."""

    def scale(middle: float, shift: np.ndarray | float = 0.0) -> np.ndarray:
        marks = (
            middle + shift + random.normal(0, 0.6, AGENCIES)[who] + random.normal(0, 1.6, MANAGERS)
        )
        return np.clip(np.round(marks), 1, 10).astype(int).astype(str).astype(object)

    def band(name: str, shares: list[float], shift: np.ndarray | float = 0.0) -> np.ndarray:
        labels = [option.text.en for option in book[name].options]
        cuts = np.cumsum(shares)[:-1]
        logit = np.log(cuts / (1 - cuts))
        latent = random.logistic(size=MANAGERS) + random.normal(0, 0.4, AGENCIES)[who] + shift
        return np.array(labels, object)[(latent[:, None] > logit).sum(axis=1)]

    slower = np.array([SLOWER[role] for role in traits["role_model"]])
    knows = np.array([KNOWS_MORE[role] for role in traits["role_model"]])
    return {
        "knowledge_needed": scale(7.4),
        "knowledge_actual": scale(5.8, sign * knows),
        "task_detail": scale(6.3),
        "response_speed": band(
            "response_speed", [0.15, 0.22, 0.33, 0.19, 0.07, 0.04], sign * slower
        ),
        "projects_per_manager": band("projects_per_manager", [0.12, 0.33, 0.3, 0.16, 0.09]),
    }
