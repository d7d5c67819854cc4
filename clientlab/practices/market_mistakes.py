"""Two mistakes that everybody makes with a market, run on purpose.

It answers: what would be said of a measured share tested against a claimed one, and of an
order of means without uncertainty. Both results are shown beside the right ones, never alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from clientlab.practices.placing import Placed, place
from clientlab.practices.published import Published
from clientlab.practices.rankings import Ranking, ranking
from clientlab.practices.survey import Survey
from clientlab.results import CannotSay, Result
from clientlab.stats import proportions
from clientlab.wording import Text, number, percent, percent_range

FEWEST = 20  # respondents that make two halves of ten


def measured_against_claim(
    measured: Any, published: Published | CannotSay, *, synthetic: bool = False
) -> MeasuredAgainstClaim | CannotSay:
    """A mistake: the measured share in the range of our median tested against the claim.

    The usual test takes every request for a witness and the claim for a known constant.

    Parameters
    ----------
    measured, published, synthetic
        As for `place`.

    Returns
    -------
    MeasuredAgainstClaim
        `frame`: ``option, label_en, label_ru, claimed, estimate, low, high, base, p_value``
        and ``agencies``, the base that counts: 1.

    Examples
    --------
    >>> from clientlab.practices import published
    >>> found = measured_against_claim([10] * 900 + [100] * 300, published("response_speed"))
    >>> found.frame[["base", "agencies"]].values.tolist()
    [[1200, 1]]
    """
    found = place(measured, published, synthetic=synthetic)
    if isinstance(found, CannotSay):
        return found
    row = found.held
    if row is None:
        return CannotSay.because(
            Text("Our median is in no printed range, so even the mistake cannot be made.",
                 "Наша медиана не попадает ни в один вариант: даже ошибиться не с чем.")
        )  # fmt: skip
    row = found.frame.loc[_widest(found)]
    share, base = int(row["count"]), int(row["base"])
    interval = proportions.interval(share, base)
    claimed = float(row["published"])
    frame = pd.DataFrame({
        "option": [row["option"]], "label_en": [row["label_en"]], "label_ru": [row["label_ru"]],
        "claimed": [claimed], "estimate": [interval.estimate], "low": [interval.low],
        "high": [interval.high], "base": [base], "p_value": [_score(share, base, claimed)],
        "agencies": [1],
    })  # fmt: skip
    note = Text(
        "A mistake, shown on purpose: no number on this slide may be quoted.",
        "Ошибка, показанная намеренно: ни одно число отсюда нельзя называть.",
    )
    return MeasuredAgainstClaim(frame, found.provenance, (note,))


def order_in_halves(
    survey: Survey | CannotSay | None, question: str | None, *, seed: int = 0
) -> OrderInHalves | CannotSay:
    """A mistake: options put into an order by their means alone, in two halves of one survey.

    Parameters
    ----------
    survey, question
        As for `ranking`.
    seed : int
        Of the halving; clusters stay whole.

    Returns
    -------
    OrderInHalves
        `frame`: ``option, label_en, label_ru, first, second`` (places by the mean in each
        half), ``base`` and ``base_second``.

    Examples
    --------
    >>> from clientlab.demo import demo_audit
    >>> found = order_in_halves(demo_audit()[0], "rules")
    >>> found.moved > 0
    True
    """
    whole = ranking(survey, question)
    if isinstance(whole, CannotSay):
        return whole
    groups = np.arange(len(survey)) if survey.clusters is None else survey.clusters
    names = np.unique(groups)
    chosen = np.random.default_rng(seed).permutation(names)[: len(names) // 2]
    first = np.isin(groups, chosen)
    halves = [ranking(survey.only(mask), question) for mask in (first, ~first)]
    if len(survey) < FEWEST or any(isinstance(half, CannotSay) for half in halves):
        return CannotSay.because(
            Text("Too few answers to make two halves of.", "Мало ответов, чтобы делить пополам."),
            survey.provenance(0),
        )
    one, other = (half.frame.set_index("option") for half in halves if isinstance(half, Ranking))
    frame = whole.frame[["option", "label_en", "label_ru"]].copy()
    frame["first"] = one.loc[frame["option"], "estimate"].to_numpy()
    frame["second"] = other.loc[frame["option"], "estimate"].to_numpy()
    frame["base"] = int(one["base"].max())
    frame["base_second"] = int(other["base"].max())
    note = Text(
        "Places by the mean alone, as they are usually shown.",
        "Места по одному среднему, как их обычно и показывают.",
    )
    return OrderInHalves(frame, whole.provenance, (note,), text=whole.text)


@dataclass(frozen=True, eq=False, repr=False)
class MeasuredAgainstClaim(Result):
    """The mistaken test; made by `measured_against_claim`."""

    formats: ClassVar[dict] = {"claimed": "percent", "p_value": "p_value"}

    def headline(self, lang: str = "en") -> str:
        row = self.frame.iloc[0]
        base = number(row["base"], lang)
        sure = row["p_value"] < 0.05
        another, same = (
            Text("surely another share", "доли точно разные"),
            Text("no difference", "разницы нет"),
        )
        verdict = (another if sure else same).in_language(lang)
        return Text(
            f"Tested anyway: «{verdict}» — on {base} requests, but of one agency",
            f"Проверили всё равно: «{verdict}» — по {base} запросам, но одного агентства",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        row = self.frame.iloc[0]
        share, ends = percent(row["estimate"], lang), percent_range(row["low"], row["high"], lang)
        claimed = percent(row["claimed"], lang)
        return Text(
            f"{self.headline(lang)}: {share} ({ends}) against {claimed}, base "
            f"{number(row['base'])}.",
            f"{self.headline(lang)}: {share} ({ends}) против {claimed}, база "
            f"{number(row['base'], lang)}.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Share of our requests as if each were an agency, with its interval; line: the claim "
            "as if it were exact",
            "Доля наших запросов, как будто каждый — агентство, с интервалом; линия — заявленное, "
            "как будто оно точное",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, row = texts.language(), self.frame.iloc[0]
        with charts.picture(self, ax) as axes:
            charts.dots(axes, [row[f"label_{lang}"]], [row["estimate"]], [row["low"]],
                        [row["high"]], reference=row["claimed"],
                        texts=[percent(row["estimate"], lang)])  # fmt: skip
            axes.set_xlim(0, 1)
            charts.share_axis(axes.xaxis)
        return axes


@dataclass(frozen=True, eq=False, repr=False)
class OrderInHalves(Result):
    """Places by the mean in two halves; made by `order_in_halves`."""

    text: Text = Text("", "")

    unit: ClassVar[str] = "number"

    @property
    def moved(self) -> int:
        """Options whose place is another one in the other half."""
        return int((self.frame["first"] != self.frame["second"]).sum())

    def headline(self, lang: str = "en") -> str:
        moved, all_ = self.moved, len(self.frame)
        return Text(
            f"{moved} of {all_} places by the mean are others in the other half of the same "
            "answers",
            f"В другой половине тех же ответов другие места по среднему: {moved} из {all_}",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        one, other = (number(self.frame[name].iloc[0], lang) for name in ("base", "base_second"))
        return Text(f"{self.headline(lang)} (bases {one} and {other}).",
                    f"{self.headline(lang)} (базы {one} и {other}).").in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        return Text(
            f"{self.text.en} Place by the mean in each half",
            f"{self.text.ru} Место по среднему в каждой половине",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, charts_market, texts

        lang, rows = texts.language(), self.frame
        names = Text("first half", "первая половина"), Text("second half", "вторая половина")
        ends = rows[["first", "second"]].agg(["min", "max"], axis=1)
        with charts.picture(self, ax) as axes:
            charts_market.rank_ranges(
                axes, list(rows[f"label_{lang}"]), rows["first"], ends["min"], ends["max"],
                texts=[""] * len(rows), printed=rows["second"],
                names=(names[0].in_language(lang), names[1].in_language(lang)),
            )  # fmt: skip
            axes.set_xlabel(Text("place", "место").in_language(lang))
        return axes


def _widest(found: Placed) -> Any:
    """The range of our median that the most agencies claim: the one that is boasted with."""
    rows = found.frame[(found.frame["limit"] >= found.median)
                       & (found.frame["above"] < found.median)]  # fmt: skip
    return rows["published"].idxmax()


def _score(hits: int, base: int, claimed: float) -> float:
    from scipy.special import ndtr

    if not 0 < claimed < 1:
        return float("nan")
    z = (hits / base - claimed) / np.sqrt(claimed * (1 - claimed) / base)
    return float(2 * ndtr(-abs(z)))
