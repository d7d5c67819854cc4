"""What the reader of a crosstab must know: bases, tests, chance, corrections.

It answers: which cells were not tested, which difference could be seen at all, how many
letters chance alone would give.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clientlab.practices.crosstab_rows import LETTERS, Rows, beyond_chance, told_tests
from clientlab.practices.crosstab_tests import ADJUSTMENTS, SMALL
from clientlab.practices.planning import smallest_detectable
from clientlab.wording import Text, number


def notes_of(tables: Sequence[Rows], min_base: int, adjust: str | None) -> tuple[Text, ...]:
    """Small bases, what was tested, what chance gives, which correction.

    Parameters
    ----------
    tables : sequence of Rows
    min_base : int
    adjust : str or None
    """
    cells = sum(table.cells.estimate.size for table in tables)
    grey = sum(int(table.untested.sum()) for table in tables)
    small = sum(int((table.cells.effective_base < SMALL).sum()) for table in tables) - grey
    notes = []
    if grey:
        notes.append(
            Text(
                f"{grey} of {cells} cells have an effective base under {min_base}: shown in grey, "
                "not tested.",
                f"{grey} из {cells} ячеек с эффективной базой меньше {min_base}: серые, не "
                "проверялись.",
            )
        )
    if small > 0:
        notes.append(
            Text(
                f"{small} of {cells} cells stand on fewer than {SMALL} (*): exact or cautious "
                "tests.",
                f"{small} из {cells} ячеек стоят меньше чем на {SMALL} (*): тесты точные, "
                "осторожные.",
            )
        )
    shares = [table for table in tables if table.cells.kind == "share"]
    if shares and len({table.banner.question for table in tables}) == 1:
        notes += _detectable(shares, min_base)
    if made := told_tests(tables, adjust):
        notes.append(Text(f"{made.en.capitalize()}.", f"{made.ru.capitalize()}."))
    if any((table.letters != "").any() for table in tables) and not beyond_chance(tables, adjust):
        notes.append(
            Text(
                "No letter would hold if the pairs were corrected over all rows.",
                "Ни одна буква не выдержала бы поправки по всем строкам сразу.",
            )
        )
    rule = ADJUSTMENTS.get(adjust or "")
    notes.append(
        Text(
            f"Pairs are corrected within a row ({rule}).",
            f"Пары с поправкой внутри строки ({rule}).",
        )
        if rule
        else Text("Pairs are not corrected for their number.", "Поправки на число пар нет.")
    )
    return tuple(notes)


def _detectable(tables: Sequence[Rows], min_base: int) -> list[Text]:
    """How large a difference each group could show against all others."""
    base = np.max([table.cells.effective_base.max(axis=0) for table in tables], axis=0)
    rest = base.sum() - base
    names = LETTERS[: len(base)]
    found = {name: smallest_detectable(own, other) for name, own, other in
             zip(names, base, rest, strict=False)
             if min(own, other) >= max(min_base, 2)}  # fmt: skip
    said = ", ".join(f"{name} {number(100 * least)}" for name, least in found.items()
                     if not np.isnan(least))  # fmt: skip
    if not said:
        return []
    return [
        Text(
            "Found in 4 of 5 such surveys: a group that differs from all others by so many "
            f"points: {said} (one comparison, share of 50%, independent answers).",
            f"В 4 из 5 таких опросов находят отличие группы от остальных на столько п. п.: {said} "
            "(одно сравнение, доля 50%, независимые ответы).",
        )
    ]
