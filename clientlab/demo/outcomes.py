"""What the client base of the invented holding says of its agencies, with known truth.

It answers: how long clients stay, how content they are and how many buy more, by agency of
`demo_survey`, as somebody would take it from the accounts. `DRIVES` is in it; all other
practices go with nothing. As in life, some agencies are missing, small ones more often.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.demo.survey import demo_survey

# Outcome: middle, noise of an agency with 40 clients, and for each practice by how much an
# agency where all do it lies above one where nobody does.
DRIVES = {
    "months": (27.0, 2.0, {"feedback": 15.0, "discounts": -18.0}),
    "nps": (24.0, 9.0, {"faster_response": 55.0}),
    "upsell": (22.0, 4.0, {"expertise": 25.0}),
}
KNOWN = 0.9
STRANGERS = ("A91", "A92")  # agencies of the holding where nobody was asked


def demo_outcomes(*, seed: int = 40, reversed: bool = False, known: float = KNOWN) -> pd.DataFrame:
    """Outcomes by agency, to be joined with `demo_survey` of the same seed; SYNTHETIC.

    Parameters
    ----------
    seed : int
    reversed : bool
        Turn every planted effect round.
    known : float
        Share of the agencies of the survey that are in the table; of those with up to 30
        people more are missing. A smaller share leaves out more of the same agencies.

    Returns
    -------
    DataFrame
        ``agency, clients`` (their number), ``months`` (mean months a client stays),
        ``nps`` (−100 to 100), ``upsell`` (percent of clients who bought more).

    Examples
    --------
    >>> demo_outcomes().shape, demo_outcomes(known=0.6).shape
    ((38, 5), (26, 5))
    """
    survey = demo_survey(seed=seed, reversed=reversed)
    random = np.random.default_rng([seed, 9])
    names, agency = np.unique(np.asarray(survey.cluster_names, str), return_inverse=True)
    clients = random.integers(15, 90, len(names))
    table = {"agency": names, "clients": clients}
    practice = survey.answers["loyalty_methods"]
    places = {option.id: place for place, option in enumerate(practice.question.choices)}
    for outcome, (middle, noise, effects) in DRIVES.items():
        values = middle + noise * np.sqrt(40 / clients) * random.normal(size=len(names))
        for option, effect in effects.items():
            ticked = practice.values[:, places[option]] == 1
            share = np.bincount(agency, ticked) / np.bincount(agency)
            values += (-effect if reversed else effect) * (share - ticked.mean())
        table[outcome] = np.round(values, 1)
    frame = pd.DataFrame(table)
    frame["upsell"] = frame["upsell"].clip(0, 100)
    frame["nps"] = frame["nps"].clip(-100, 100)
    return _with_gaps(frame, survey, agency, known, random)


def _with_gaps(frame, survey, agency, known, random) -> pd.DataFrame:
    """Without the agencies that the accounts do not know, and with two nobody asked."""
    size = survey.answers["size"].values[np.unique(agency, return_index=True)[1]]
    missing = random.random(len(frame)) + 0.5 * (size >= 2)
    kept = np.sort(np.argsort(missing)[::-1][: round(known * len(frame))])
    strangers = pd.DataFrame(
        {
            "agency": STRANGERS,
            "clients": random.integers(15, 90, len(STRANGERS)),
            "months": np.round(random.normal(DRIVES["months"][0], 5, len(STRANGERS)), 1),
            "nps": np.round(random.normal(DRIVES["nps"][0], 15, len(STRANGERS)), 1),
            "upsell": np.round(random.uniform(10, 40, len(STRANGERS)), 1),
        }
    )
    return pd.concat([frame.iloc[kept], strangers], ignore_index=True)
