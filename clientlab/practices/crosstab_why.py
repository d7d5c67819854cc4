"""Why a letter stands where it stands, in a sentence.

It answers: by which test, on which bases, with which correction; what a table without one
would have printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from clientlab.practices.crosstab_tests import ADJUSTMENTS, ALPHA
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay
from clientlab.wording import Text, number, percent_range, plural

if TYPE_CHECKING:
    from clientlab.practices.crosstab_result import Crosstab

NOBODY = Text("No two groups are large enough to be compared",
              "Нет двух групп, достаточно больших для сравнения")  # fmt: skip
TESTS = {
    "score": Text("score test of two shares", "тест двух долей (score)"),
    "exact": Text("Fisher's exact test", "точный тест Фишера"),
    "welch": Text("Welch's test of means", "тест Уэлча для средних"),
    "linearised": Text("linearised t test", "линеаризованный t-тест"),
    "linearised, score": Text("the larger p of the linearised and the score test",
                              "большее p из линеаризованного и score-теста"),
}  # fmt: skip


def why(
    found: Crosstab,
    pair: str,
    option: str | None,
    question: str | None,
    banner: str | None,
    lang: str,
) -> str:
    """The sentence of `Crosstab.why`."""
    row = _one_row(found, option, question, banner)
    letters = [part.strip().upper() for part in pair.replace("<", ">").split(">")]
    if pair.count("<") == 1:
        letters.reverse()
    cells = row.set_index("letter")
    unknown = [letter for letter in letters if letter not in cells.index]
    if len(letters) != 2 or unknown or letters[0] == letters[1]:
        known = ", ".join(cells.index)
        raise InvalidValue(f"{pair!r} is no pair of groups such as 'B>C'; there are {known}.")
    return _told(found, cells, letters, lang)


def largest(found: Crosstab, lang: str, *, ends: bool = False) -> str:
    """The surest difference and how many more there are, or that there is none.

    Parameters
    ----------
    found : Crosstab
    lang : {"en", "ru"}
    ends : bool
        With the interval of each group.
    """
    tests = found.tests()
    if not tests["p_value"].notna().any():
        return NOBODY.in_language(lang)
    tests = tests[tests["differ"]]
    if not len(tests):
        return Text("No groups can be told apart", "Группы различить нельзя").in_language(lang)
    best = tests.sort_values(["adjusted", "difference"], ascending=[True, False]).iloc[0]
    rows = found.frame
    for name in ("question", "banner", "option"):
        rows = rows[rows[name] == best[name]]
    up, down = (rows[rows["group"] == best[side]].iloc[0] for side in ("higher", "lower"))
    label = up[f"label_{lang}"]
    label = f"«{label}»" if up["measure"] == "share" else label[0].upper() + label[1:]
    told = ", ".join(
        f"{found.group_of(cell, lang)} — {found.value_of(cell, lang)}"
        f"{_ends(cell, lang) if ends else ''}"
        for cell in (up, down)
    )
    more = len(tests) - 1
    tail = Text(f"; {more} more {plural(more, 'difference', 'differences')}",
                f"; ещё различий: {more}").in_language(lang)  # fmt: skip
    return f"{label}: {told}{tail * bool(more)}"


def _ends(cell: pd.Series, lang: str) -> str:
    if pd.isna(cell["low"]):
        return ""
    if cell["measure"] == "share":
        return f" ({percent_range(cell['low'], cell['high'], lang)})"
    scale, digits = (100, 0) if cell["measure"] == "nps" else (1, 1)
    low, high = (number(scale * cell[end], lang, digits=digits) for end in ("low", "high"))
    return Text(f" ({low} to {high})", f" (от {low} до {high})").in_language(lang)


def surest(found: Crosstab | CannotSay) -> Text | CannotSay:
    """The surest difference of a crosstab, and why it stands there.

    Parameters
    ----------
    found : Crosstab

    Returns
    -------
    Text, or CannotSay if it is given one or nothing was tested

    Examples
    --------
    >>> from clientlab.demo import demo_survey
    >>> from clientlab.practices import crosstab
    >>> surest(crosstab(demo_survey(), "upsell_ways", "role_model")).en.split(" (")[0]
    '«A separate salesperson sells on»: C'
    """
    if isinstance(found, CannotSay):
        return found
    tests = found.tests()
    tests = tests[tests["adjusted"].notna()]
    if tests.empty:
        return CannotSay.because(Text(f"{NOBODY.en}.", f"{NOBODY.ru}."), found.provenance)
    best = tests.sort_values(["adjusted", "p_value"], kind="stable").iloc[0]
    place = {name: best[name] for name in ("option", "question", "banner")}
    rows = found.frame
    for name, value in place.items():
        rows = rows[rows[name] == value]
    letter = rows.set_index("group")["letter"]
    pair = f"{letter[best['higher']]}>{letter[best['lower']]}"
    said = [f"«{rows.iloc[0][f'label_{lang}']}»: {found.why(pair, **place, lang=lang)}"
            for lang in ("en", "ru")]  # fmt: skip
    return Text(*said)


def _told(found: Crosstab, cells: pd.DataFrame, letters: list[str], lang: str) -> str:
    one, two = (cells.loc[letter] for letter in letters)
    tests = found.tests()
    tests = tests[(tests["question"] == one["question"]) & (tests["option"] == one["option"])
                  & (tests["banner"] == one["banner"])]  # fmt: skip
    among = {one["group"], two["group"]}
    sides = zip(tests["higher"], tests["lower"], strict=True)
    test = tests[[{a, b} == among for a, b in sides]].iloc[0]
    said = "; ".join(
        f"{letter} ({found.group_of(cell, lang)}) {found.value_of(cell, lang)} "
        f"({Text('base', 'база').in_language(lang)} {number(cell['effective_base'], lang)})"
        for letter, cell in zip(letters, (one, two), strict=True)
    )
    if pd.isna(test["p_value"]):
        return said + _untested(found, (one, two)).in_language(lang)
    name = TESTS[test["test"]].in_language(lang)
    p = _p_value(test["p_value"], lang)
    corrected = _corrected(found, test, int(tests["p_value"].notna().sum()), lang)
    higher = test["differ"] and one["estimate"] > two["estimate"]
    verdict = Text("higher", "выше") if higher else Text("no letter", "буквы нет")
    lone = Text("; a table without correction would print a letter",
                "; таблица без поправки поставила бы букву")  # fmt: skip
    lonely = bool(test["p_value"] < ALPHA and not test["differ"])
    return (f"{said}; {name}, p {p}, {corrected}: {verdict.in_language(lang)}"
            f"{lone.in_language(lang) * lonely}.")  # fmt: skip


def _untested(found: Crosstab, cells: tuple[pd.Series, pd.Series]) -> Text:
    if any(cell["mark"] == "hidden" for cell in cells):
        return Text("; not shown: the group is too small.", "; не показано: группа мала.")
    least = min(cell["effective_base"] for cell in cells)
    if least >= found.min_base:
        return Text("; not tested: no spread.", "; не проверялось: разброса нет.")
    return Text(
        f"; not tested: a base of {number(least)} is under {found.min_base}.",
        f"; не проверялось: база {number(least, 'ru')} меньше {found.min_base}.",
    )


def _corrected(found: Crosstab, test: pd.Series, family: int, lang: str) -> str:
    rule = ADJUSTMENTS.get(found.adjust or "", "")
    if not rule:
        return Text("not corrected", "без поправки").in_language(lang)
    adjusted = _p_value(test["adjusted"], lang)
    en, ru = plural(family, "pair", "pairs"), plural(family, "пару", "пары", "пар")
    return Text(
        f"corrected for {family} {en} ({rule}) {adjusted}",
        f"с поправкой на {family} {ru} ({rule}) {adjusted}",
    ).in_language(lang)


def _one_row(
    found: Crosstab, option: str | None, question: str | None, banner: str | None
) -> pd.DataFrame:
    rows = found.frame
    for name, chosen in (("question", question), ("banner", banner), ("option", option)):
        if chosen is not None:
            rows = rows[rows[name] == chosen]
        known = list(dict.fromkeys(rows[name]))
        if len(known) != 1:
            listed = ", ".join(known or dict.fromkeys(found.frame[name]))
            raise InvalidValue(f"Say {name}=…: one of {listed}.")
    return rows


def _p_value(p: float, lang: str) -> str:
    """'= 0.031', '< 0.0001'."""
    return f"< {number(0.0001, lang, digits=4)}" if p < 1e-4 else f"= {number(p, lang, digits=4)}"
