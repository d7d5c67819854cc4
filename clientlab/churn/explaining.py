"""Why a client is on the list, in a manager's words.

It answers: which things known of a client move its probability up, and what to do about
the first of them. The parts add up to the prediction. They are what the model saw, not
why the client will leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.churn.attribution import Attribution, attribute
from clientlab.churn.playbook import NOTHING
from clientlab.churn.reason_rows import rows_of_client, usual_value
from clientlab.clients.answers import without_brackets
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance, Result
from clientlab.wording import Text, number, percent

__all__ = ["Attribution", "Reasons", "attribute", "reasons", "why"]

PLAIN = Text("nothing stands out", "ничего особенного")
DRAWN = 9  # topics in the picture; the others are one row, so that what is drawn adds up


@dataclass(frozen=True, eq=False, repr=False)
class Reasons(Result):
    """Parts of predictions by topic; made by `reasons`.

    Attributes
    ----------
    attribution : Attribution
        Parts by feature, of all clients.
    top : int
        Reasons told of each client.
    """

    attribution: Attribution = field(
        default_factory=lambda: Attribution(pd.DataFrame(), 0.0, exact=True)
    )
    top: int = 3
    digits: ClassVar[int] = 2

    @property
    def unit(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return "score"

    @property
    def formats(self) -> dict[str, str]:
        return {"part": "score", "value": "number", "usual": "number"}

    def of(self, client: Any) -> pd.DataFrame:
        """All topics of one client, the strongest first.

        Raises
        ------
        InvalidValue
            If the client is not in the list.
        """
        rows = self.frame[self.frame["client_id"] == client]
        if rows.empty:
            raise InvalidValue(f"{client!r} is not among the explained clients.")
        return rows

    def words(self, client: Any, lang: str = "en") -> str:
        """The reasons of one client in a manager's words, for the list."""
        rows = self.of(client)
        # What is not known, or usually a good sign, stands in the frame: no manager says it.
        rows = rows[(rows["part"] > 0) & rows["agrees"]].head(self.top)
        told = [row[f"phrase_{lang}"] for _, row in rows.iterrows()]
        return "; ".join(told) if told else PLAIN.in_language(lang)

    def step(self, client: Any) -> Text:
        """What to do about the strongest reason that has a step; empty if none has."""
        rows = self.of(client)
        rows = rows[(rows["part"] > 0) & (rows["step_en"] != "")]
        return Text(rows["step_en"].iloc[0], rows["step_ru"].iloc[0]) if len(rows) else NOTHING

    def say(self, lang: str = "en") -> str:
        first = self.frame["client_id"].iloc[0]
        told, base = self.words(first, lang), number(len(self.attribution.parts), lang)
        return Text(f"Client {first} leaves with a probability of {self._model_says(first)}: "
                    f"{told} (base {base} clients).",
                    f"Клиент {first} уйдёт с вероятностью {self._model_says(first, 'ru')}: {told} "
                    f"(база: клиентов {base}).").in_language(lang)  # fmt: skip

    def _model_says(self, client: Any, lang: str = "en") -> str:
        """The probability that the parts add up to."""
        told = self.attribution.probability
        ids = told.index.get_level_values("client_id") if isinstance(
            told.index, pd.MultiIndex) else told.index  # fmt: skip
        return percent(float(told[ids == client].iloc[0]), lang)

    def headline(self, lang: str = "en") -> str:
        return without_brackets(self.say(lang))

    def decide(self, lang: str = "en") -> str:
        step = self.step(self.frame["client_id"].iloc[0])
        return step.in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text("What moves the probability of this client away from the mean, on the logit "
                    "scale; the parts add up",
                    "Что отличает вероятность этого клиента от средней, в логитах; части "
                    "складываются").in_language(lang)  # fmt: skip

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        rows = _drawn(self.of(self.frame["client_id"].iloc[0]))
        told = [f"{'+' if part > 0 else ''}{number(part, lang, digits=2)}"
                for part in rows["part"]]  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts.dots(axes, rows[f"phrase_{lang}"].tolist(), rows["part"],
                        np.minimum(rows["part"], 0), np.maximum(rows["part"], 0), texts=told,
                        reference=0.0, quiet=(rows["part"] <= 0).to_list())  # fmt: skip
            charts.number_axis(axes.xaxis)
        return axes


def _drawn(rows: pd.DataFrame) -> pd.DataFrame:
    """The largest parts to either side and the sum of the others, the largest first."""
    if len(rows) <= DRAWN + 1:
        return rows
    most = rows["part"].abs().nlargest(DRAWN).index
    rest = rows.drop(index=most)["part"]
    others = Text(f"the other {len(rest)} together", f"остальные {len(rest)} вместе")
    row = {"part": rest.sum(), "phrase_en": others.en, "phrase_ru": others.ru}
    shown = pd.concat([rows.loc[most, list(row)], pd.DataFrame([row])], ignore_index=True)
    return shown.sort_values("part", ascending=False, kind="stable")


def reasons(
    model,
    X: pd.DataFrame,
    *,
    background: pd.DataFrame,
    features: Mapping[str, Any] | None = None,
    top: int = 3,
    provenance: Provenance | None = None,
) -> Reasons:
    """Why each client has its probability: parts by topic, in a manager's words.

    The part of a topic is the sum of the parts of its features on the logit scale; all
    parts and the baseline add up to the logit of the prediction (C8). A topic is told by
    its feature with the largest part, as higher or lower than usual; usual is the median
    of the background.

    Parameters
    ----------
    model : fitted estimator with ``predict_proba``
    X : DataFrame
        Clients to explain; index with a level ``client_id``, or the identifiers.
    background : DataFrame
        What they are held against: the clients of the training.
    features : mapping of name to Feature, optional
        Words and expected direction; by default `FEATURES`.
    top : int
        Reasons told of each client.
    provenance : Provenance, optional

    Returns
    -------
    Reasons
        `frame`: ``client_id, topic, feature, value, usual`` (numbers), ``code`` (what is no
        number), ``part, agrees`` (unusual, and
        what practice expects before leaving), ``phrase_en, phrase_ru, step_en, step_ru, source``;
        clients by falling probability, topics by falling part.

    Raises
    ------
    InvalidValue, InvalidType
        If the model cannot be asked, or there is nobody to explain.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = pd.DataFrame({"claims_90": [0, 5, 1, 4.0]}, index=pd.Index(list("abcd"),
    ...                  name="client_id"))
    >>> model = LogisticRegression().fit(X, [0, 1, 0, 1])
    >>> found = reasons(model, X, background=X)
    >>> found.words("b"), found.step("b").en[:27]
    ('has claims', 'Find the cause that recurs,')
    """
    if X.empty:
        raise InvalidValue("There is nobody to explain: X has no rows.")
    if features is None:
        from clientlab.churn.features import FEATURES

        features = FEATURES
    ids = X.index.get_level_values("client_id") if "client_id" in X.index.names else X.index
    if ids.has_duplicates:
        raise InvalidValue(
            f"Client {ids[ids.duplicated()][0]!r} has several rows: reasons are of one day. Take "
            "one day, say snapshots.at(day).X."
        )
    found = attribute(model, X, background=background)
    usual = {name: usual_value(background[name]) for name in X.columns}
    order = np.argsort(-found.probability.to_numpy(), kind="stable")
    rows = [row for place in order
            for row in rows_of_client(ids[place], X.iloc[place], found.parts.iloc[place], usual,
                                  features)]  # fmt: skip
    notes = [Text("A reason is what the model saw before others left, not why this client will.",
                  "Причина здесь — то, что модель видела перед уходом других, а не почему уйдёт "
                  "этот клиент.")]  # fmt: skip
    if not found.exact:
        notes.append(
            Text(
                "The model does not tell its parts: they are sampled Shapley values.",
                "Модель сама не раскрывает части: это выборочные значения Шепли.",
            )
        )
    nowhere = Provenance(source=Text("the model", "модель"), base=len(X))
    return Reasons(pd.DataFrame(rows), provenance or nowhere, tuple(notes), attribution=found,
                   top=top)  # fmt: skip


def why(risks: Result, client: Any = None) -> Result:
    """The reasons of one client of a risk list, for the room.

    Parameters
    ----------
    risks : RiskList, Reasons or CannotSay
    client : optional
        Identifier; by default the one with the highest probability.

    Returns
    -------
    Reasons or CannotSay
        Its picture and sentence are of this client; `frame` holds no other.

    Raises
    ------
    InvalidValue
        If the client is not on the list.
    """
    if isinstance(risks, CannotSay):
        return risks
    whole: Reasons = getattr(risks, "reasons", risks)
    rows = whole.of(whole.frame["client_id"].iloc[0] if client is None else client)
    return replace(whole, frame=rows.reset_index(drop=True),
                   notes=(*whole.notes, *_as_listed(whole, risks.frame, rows)))  # fmt: skip


def _as_listed(whole: Reasons, listed: pd.DataFrame, rows: pd.DataFrame) -> list[Text]:
    """Why the list has another probability than the parts add up to, where it has."""
    if "estimate" not in listed:
        return []
    client = rows["client_id"].iloc[0]
    told = percent(float(listed.loc[listed["client_id"] == client, "estimate"].iloc[0]))
    if told == whole._model_says(client):
        return []
    return [Text(f"On the list {told}: there probabilities are corrected by what came of clients "
                 "whom the model had not seen.",
                 f"В списке {told}: там вероятности поправлены по тому, что стало с клиентами, "
                 "которых модель не видела.")]  # fmt: skip
