"""What those who did not answer could have said.

It answers: within which bounds lies the share among all who were asked. It
deliberately assumes nothing about them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from clientlab.practices.published_shares import PublishedTopline
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number, percent, percent_range


def unanswered(
    shares: PublishedTopline | CannotSay,
    option: str | None = None,
    *,
    answered: Sequence[float] = (1.0, 0.75, 0.5, 0.25),
) -> Unanswered | CannotSay:
    """What the share of all who were asked could be, had only some of them answered.

    With a share p among the answered part r, the share among all lies between
    r·p (nobody else) and r·p + 1 − r (everybody else): no assumption, no interval
    of sampling on top (Manski 1989, "Anatomy of the selection problem").

    Parameters
    ----------
    shares : PublishedTopline
    option : str, optional
        By default the option with the highest share.
    answered : sequence of float
        Shares of those asked who answered, 0–1.

    Returns
    -------
    Unanswered
        `frame`: ``option, answered, estimate, low, high, base``.

    Raises
    ------
    InvalidValue
        If there is no such option, or `answered` leaves (0, 1].

    Examples
    --------
    >>> from clientlab.practices import published, published_topline
    >>> bounds = unanswered(published_topline(published("loyalty_methods")), "feedback")
    >>> bounds.frame.query("answered == 0.5")[["low", "high"]].round(3).values.tolist()
    [[0.274, 0.774]]
    """
    if isinstance(shares, CannotSay):
        return shares
    rows = shares.frame.set_index("option")
    option = rows["estimate"].idxmax() if option is None else option
    if option not in rows.index:
        raise InvalidValue(f"Option {option!r} is not among: {', '.join(rows.index)}.")
    wrong = [share for share in answered if not 0 < share <= 1]
    if wrong:
        raise InvalidValue(f"A share of answers must lie in (0, 1]; got {wrong[0]:g}.")
    row = rows.loc[option]
    frame = pd.DataFrame({"option": option, "answered": list(answered)})
    frame["estimate"] = row["estimate"]
    frame["low"] = frame["answered"] * row["estimate"]
    frame["high"] = frame["low"] + 1 - frame["answered"]
    frame["base"] = row["base"]
    label = Text(row["label_en"], row["label_ru"])
    return Unanswered(frame, shares.provenance, shares.notes[:-1], label)


@dataclass(frozen=True, eq=False, repr=False)
class Unanswered(Result):
    """Bounds of a share among all who were asked; made by `unanswered`."""

    label: Text = Text("", "")

    formats: ClassVar[dict] = {"answered": "percent"}

    def say(self, lang: str = "en") -> str:
        base = number(self.frame["base"].iloc[0], lang)
        return self.headline(lang) + Text(f" (base {base}).", f" (база {base}).").in_language(lang)

    def headline(self, lang: str = "en") -> str:
        row = self.frame.loc[self.frame["answered"].idxmin()]
        ends = percent_range(row["low"], row["high"], lang)
        part, printed_share = percent(row["answered"], lang), percent(row["estimate"], lang)
        return Text(
            f"If {part} of those asked answered, the printed {printed_share} of "
            f"«{self.label.en}» is compatible with {ends} of all",
            f"Если ответили {part} опрошенных, напечатанные {printed_share} "
            f"(«{self.label.ru}») совместимы с {ends} среди всех",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        return Text(
            "In a survey of your own, spend the effort on answers from those already asked, not on "
            "more addresses, and print how many were asked.",
            "В своём опросе добивайтесь ответов от тех, кого уже спросили, а не новых адресов, и "
            "печатайте, скольких спросили.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        return Text(
            "Possible share among all who were asked, by how many of them answered",
            "Возможная доля среди всех опрошенных в зависимости от того, сколько ответили",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang = texts.language()
        answer = Text("{} answered", "ответили {}").in_language(lang)
        with charts.picture(self, ax) as axes:
            charts.ranges(
                axes,
                [answer.format(percent(share, lang)) for share in self.frame["answered"]],
                self.frame["low"],
                self.frame["high"],
                mark=self.frame["estimate"],
            )
        return axes
