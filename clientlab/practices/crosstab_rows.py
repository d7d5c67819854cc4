"""Rows of a banner with their letters: what a crosstab is made of.

It answers: what stands in each cell, how many tests were made, what chance would give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase

import numpy as np
import pandas as pd

from clientlab.practices.crosstab_tests import ALPHA, NONE, SMALL, Banner, Cells, pairs_of
from clientlab.wording import Text, number

LETTERS = [*ascii_uppercase, *(f"A{letter}" for letter in ascii_uppercase)]


@dataclass(frozen=True, eq=False)
class Rows:
    """One kind of rows of one banner: options of several questions beside each other."""

    banner: Banner
    banner_labels: list[Text]
    questions: list[str]
    options: list[str]
    labels: list[Text]
    cells: Cells
    adjusted: np.ndarray
    letters: np.ndarray
    min_base: int
    hidden: tuple[int, ...] = ()

    def frame(self) -> pd.DataFrame:
        rows, groups = self.cells.estimate.shape
        names = np.array(LETTERS, object)[:groups]
        mark = np.where(self.cells.effective_base < SMALL, "small", "").astype(object)
        mark[self.untested] = "grey"
        mark[:, list(self.hidden)] = "hidden"

        def down(values: list) -> np.ndarray:
            return np.repeat(np.array(values, object), groups)

        return pd.DataFrame(
            {
                "question": down(self.questions),
                "banner": self.banner.question,
                "option": down(self.options),
                "label_en": down([label.en for label in self.labels]),
                "label_ru": down([label.ru for label in self.labels]),
                "group": np.tile(np.array(self.banner.names, object), rows),
                "letter": np.tile(names, rows),
                "letters": self.letters.ravel(),
                "count": np.where(self.cells.count < 0, np.nan, self.cells.count).ravel(),
                "estimate": self.cells.estimate.ravel(),
                "low": self.cells.low.ravel(),
                "high": self.cells.high.ravel(),
                "base": self.cells.base.ravel(),
                "effective_base": self.cells.effective_base.ravel(),
                "mark": mark.ravel(),
                "measure": self.cells.kind,
            }
        )

    @property
    def untested(self) -> np.ndarray:
        return self.cells.effective_base < self.min_base

    def without(self, groups: list[int]) -> Rows:
        """Blank groups, by place; neither their tests nor letters that name them stay."""
        if not groups:
            return self
        gone = np.isin(np.arange(len(self.banner.names)), groups)
        pairs = gone[pairs_of(len(gone))].any(axis=1)
        blank = {name: np.where(gone, np.nan, getattr(self.cells, name))
                 for name in ("estimate", "low", "high")}  # fmt: skip
        cells = replace(
            self.cells, **blank, count=np.where(gone, -1, self.cells.count),
            p_value=np.where(pairs, np.nan, self.cells.p_value),
            test=np.where(pairs, NONE, self.cells.test),
        )  # fmt: skip
        own = {LETTERS[group] for group in groups}
        kept = [["" if gone[place] else joined_letters(
                    [one for one in letters_in(found, len(gone)) if one not in own], len(gone))
                 for place, found in enumerate(row)] for row in self.letters]  # fmt: skip
        return replace(
            self, cells=cells, adjusted=np.where(pairs, np.nan, self.adjusted),
            letters=np.array(kept, object).reshape(self.letters.shape), hidden=tuple(groups),
        )  # fmt: skip


def told_tests(tables: Sequence[Rows], adjust: str | None) -> Text | None:
    """How many tests were made, and how many letters chance alone would give.

    Corrected, a row has a letter by chance in up to 5 of 100; not corrected, a pair.
    """
    made = [~np.isnan(table.cells.p_value) for table in tables]
    pairs, rows = (sum(int(one.sum()) for one in made),
                   sum(int(one.any(axis=1).sum()) for one in made))  # fmt: skip
    if not pairs:
        return None
    what, chance = Text("letters", "букв"), ALPHA * pairs
    if adjust:
        what, chance = Text("rows with a letter", "строк с буквой"), ALPHA * rows
    return Text(
        f"tested pairs: {number(pairs)}, rows: {number(rows)}; without any difference, {what.en} "
        f"by chance: up to {number(chance, digits=1)}",
        f"проверено пар: {number(pairs, 'ru')}, строк: {number(rows, 'ru')}; без всяких различий "
        f"{what.ru} случайно: до {number(chance, 'ru', digits=1)}",
    )


def beyond_chance(tables: Sequence[Rows], adjust: str | None) -> bool:
    """One letter at least holds after a correction over all rows of the table, too."""
    made = [table.adjusted for table in tables]
    tested = [~np.isnan(one) for one in made]
    family = sum(int((one.any(axis=1) if adjust else one).sum()) for one in tested)
    least = min((np.nanmin(one) for one, there in zip(made, tested, strict=True) if there.any()),
                default=np.nan)  # fmt: skip
    return bool(least * family < ALPHA)


def joined_letters(letters: list[str], groups: int) -> str:
    """'ABD'; with more than 26 groups 'A AB AD'."""
    return ("" if groups <= len(ascii_uppercase) else " ").join(letters)


def letters_in(text: str, groups: int) -> list[str]:
    """The letters that `joined_letters` put together."""
    return list(text) if groups <= len(ascii_uppercase) else text.split()
