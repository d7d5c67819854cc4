"""Printed figures made ready to be compared: on which base, and which option is which of ours.

It answers: what was printed as a point and what as a bound, which base fits, which of our
options is meant. It computes no difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from clientlab.practices.bases import possible_bases
from clientlab.practices.codebook import Question, matched, places
from clientlab.practices.published import Published
from clientlab.practices.published_shares import published_topline
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

TYPES = {"multi": ("multi",), "single": ("single",), "bands": ("ordered", "single")}
BELOW, ABOVE = ("almost",), ("more_than", "at_least")  # the printed share is under, over it
TOGETHER = "_cumulative"  # ending of an option that holds the ranges up to it


class Figures(NamedTuple):
    """Printed figures in 0–1 by option, and the bases they stand on.

    Attributes
    ----------
    rows : DataFrame
        Index the option: ``published, precision``; of an exact figure the share k / n.
    bases : Series
        Respondents by option; NaN where none is known.
    how : {"smallest", "neighbouring", "named", "unknown"}
    base : int or None
        The base that all share.
    """

    rows: pd.DataFrame
    bases: pd.Series
    how: str
    base: int | None

    def following(self, study: Published) -> Figures | None:
        """The same on the next base that fits all figures; None where there is no such."""
        if self.how != "smallest":
            return None
        fitting = possible_bases(study)
        if isinstance(fitting, CannotSay):
            return None
        larger = fitting.frame["base"][fitting.frame["base"] > self.base]
        if larger.empty:
            return None
        return figures_of(study, int(larger.iloc[0]))


def figures_of(study: Published, base: int | Mapping[str, int] | None) -> Figures:
    """Figures printed as percent, on a base that is named or fits them."""
    frame = study.frame[study.frame["unit"].str.startswith("percent")]
    rows = pd.DataFrame(
        {"published": frame["figure"].to_numpy(float) / 100, "precision": frame["precision"].array},
        index=pd.Index(frame["option"], name="option"),
    )
    shares, how = published_topline(study, base=base), "named"
    if base is None:
        how = "smallest"
        if isinstance(shares, CannotSay) and len(study.percents):
            own, how = possible_bases(study), "neighbouring"
            neighbours = {} if isinstance(own, CannotSay) else own.neighbouring
            shares = published_topline(study, base=neighbours) if neighbours else shares
    if isinstance(shares, CannotSay):
        bases = pd.Series(np.nan, index=rows.index)
        alone = base if isinstance(base, int) else None
        if alone is not None:
            bases[:] = alone
        return Figures(rows, bases, "unknown" if alone is None else "named", alone)
    exact = shares.frame.set_index("option")
    rows.loc[exact.index, "published"] = exact["count"] / exact["base"]
    bases = exact["base"].reindex(rows.index).astype(float)
    bases = bases.fillna(float(exact["base"].min()))  # a bound: the question's smallest base
    one = exact["base"].unique()
    return Figures(rows, bases, how, int(one[0]) if len(one) == 1 else None)


def options_matched(question: Question, study: Published, rows: pd.DataFrame) -> pd.DataFrame:
    """Printed options and ours: index the printed one, ``own`` (place), ``upto`` (bool)."""
    if study.type not in TYPES.get(question.type, ()):
        raise InvalidValue(
            f"{question.id!r} is of type {question.type!r} and was printed as {study.type!r}: "
            "shares of a list with one answer and of one with many are not alike. Ask it as it was "
            "printed."
        )
    names = places(question.choices)
    labels = study.frame.set_index("option")
    found = {}
    for option in rows.index:
        whole = option.removesuffix(TOGETHER)
        tried = [option, whole, *labels.loc[option, ["label_en", "label_ru"]]]
        own = next((place for text in tried if (place := matched(names, text)) >= 0), -1)
        if own >= 0 and (whole == option or question.is_ordered):
            found[option] = (own, whole != option)
    if not found:
        raise InvalidValue(
            f"No option is on both sides. Printed: {', '.join(rows.index)}. Ours: "
            f"{', '.join(option.id for option in question.choices)}. Give the options of the "
            "codebook the printed ids, or add the printed wording: also: [\"…\"]."
        )  # fmt: skip
    return pd.DataFrame.from_dict(found, orient="index", columns=["own", "upto"]).join(
        labels[["label_en", "label_ru"]]
    )
