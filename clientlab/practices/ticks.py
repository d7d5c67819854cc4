"""A column for each option: which texts mean 'ticked'.

It answers: is 'Нет' the option 'none of these' or the word no, is 2 a no or the code of
the second option. One cell cannot tell; the columns of a question together can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clientlab.practices.codebook import Option
from clientlab.values import NO, YES, normalised

TICKED = YES | {"выбрано", "отмечено", "checked", "selected", "ticked", "1.0"}
NOT_TICKED = NO | {"не выбрано", "не отмечено", "unchecked", "not selected", "not checked", "0.0"}
UNREAD = -2


def readings(
    options: Sequence[Option], texts: Mapping[int, Sequence[str]]
) -> tuple[dict[int, list[int]], bool]:
    """What every text of every column means.

    Parameters
    ----------
    options : sequence of Option
    texts : mapping of place of an option to its distinct texts
        '' is an empty cell.

    Returns
    -------
    meaning : dict of place to list of int
        1 ticked, 0 not ticked, `UNREAD`.
    guessed : bool
        The columns hold 1 and 2, read as 'yes' and 'no'.

    Examples
    --------
    >>> none = Option(id="none", label="Нет")
    >>> readings([none, Option(id="calls")], {0: ["Нет"], 1: ["calls"]})[0]
    {0: [1], 1: [1]}
    >>> readings([none, Option(id="calls")], {0: ["Нет"], 1: ["Да", "Нет"]})[0]
    {0: [0], 1: [1, 0]}
    """
    own = {place: _names(options[place]) for place in texts}
    low = {place: [text.casefold() for text in column] for place, column in texts.items()}
    says_yes = any(text in TICKED and text not in own[place]
                   for place, column in low.items() for text in column)  # fmt: skip
    ones = _one_is_yes(low, own)

    def meaning(place: int, text: str) -> int:
        if ones:
            return 1 if text == "1" else 0
        if text == "0":
            return 0
        if (text in own[place] or normalised(text) in own[place]) and not (
            says_yes and text in NOT_TICKED
        ):
            return 1
        if text in TICKED:
            return 1
        return 0 if text in NOT_TICKED else UNREAD

    return {place: [meaning(place, text) for text in column] for place, column in low.items()}, ones


def _one_is_yes(low: Mapping[int, list[str]], own: Mapping[int, set[str]]) -> bool:
    """Only 1 and 2, and 2 is not simply the code of its own option."""
    held = {text for column in low.values() for text in column} - {""}
    if "2" not in held or not held <= {"1", "2"}:
        return False
    return any("2" in column and ("1" in column or "2" not in own[place])
               for place, column in low.items())  # fmt: skip


def _names(option: Option) -> set[str]:
    names = [name.casefold().strip() for name in option.names]
    return {*names, *(normalised(name) for name in names)} - {""}
