"""A crosstab as the table that is handed round: options down, groups across.

It answers: who does what, on which base, and which groups each is higher than. Cells in
brackets were not tested, those with a star stand on fewer than 30.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from clientlab.practices.crosstab_rows import told_tests
from clientlab.practices.crosstab_tests import SMALL
from clientlab.wording import Text, number

if TYPE_CHECKING:
    from clientlab.practices.crosstab_result import Crosstab
    from clientlab.session.tables import Table


def banner_table(found: Crosstab) -> Table:
    """The table of one or more questions by one or more banners.

    Parameters
    ----------
    found : Crosstab
    """
    from clientlab.session.tables import Table
    from clientlab.session.texts import language

    lang = language()
    heads = _heads(found, lang)
    rows = []
    for question, own in found.frame.groupby("question", sort=False):
        rows.append(_bases(found, str(question), own, heads, lang))
        for option in dict.fromkeys(own["option"]):
            cells = own[own["option"] == option]
            row = {"": cells.iloc[0][f"label_{lang}"]}
            for _, cell in cells.iterrows():
                row[heads[cell["banner"], cell["group"]]] = found.value_of(cell, lang, letters=True)
            rows.append(row)
    frame = pd.DataFrame(rows, columns=["", *heads.values()]).fillna("")
    told = [_legend(found), told_tests(found.tables, found.adjust)]
    parts = [text.in_language(lang) for text in told if text]
    footer = " · ".join((*parts, found.provenance.footer(lang)))
    return Table(frame, tuple(heads.values()), footer)


def _heads(found: Crosstab, lang: str) -> dict[tuple[str, str], str]:
    """Title of the column of every group; with several banners, the question before it."""
    cells = found.frame.drop_duplicates(["banner", "group"])
    several = cells["banner"].nunique() > 1
    heads = {}
    for _, cell in cells.iterrows():
        before = f"{found.asked(cell['banner'], lang)} " if several else ""
        heads[cell["banner"], cell["group"]] = (
            f"{before}{cell['letter']}: {found.group_of(cell, lang)}"
        )
    return heads


def _bases(
    found: Crosstab, question: str, own: pd.DataFrame, heads: dict[tuple[str, str], str], lang: str
) -> dict[str, str]:
    base = Text("Base", "База").in_language(lang)
    several = found.frame["question"].nunique() > 1
    row = {"": f"{found.asked(question, lang)} {base}" if several else base}
    for place, cells in own.groupby(["banner", "group"], sort=False):
        most = cells.loc[cells["base"].idxmax()]
        said = number(most["base"], lang)
        if most["base"] - most["effective_base"] >= 0.5:
            worth = Text("worth", "эфф.").in_language(lang)
            said += f" ({worth} {number(most['effective_base'], lang)})"
        row[heads[place]] = said
    return row


def _legend(found: Crosstab) -> Text:
    marks = set(found.frame["mark"])
    parts = [Text("Letters: higher than that group", "Буквы: выше этой группы")]
    if "grey" in marks:
        parts.append(Text(f"( ): base under {found.min_base}, not tested",
                          f"( ): база меньше {found.min_base}, не проверялось"))  # fmt: skip
    if "small" in marks:
        parts.append(Text(f"*: base under {SMALL}", f"*: база меньше {SMALL}"))
    return Text("; ".join(part.en for part in parts), "; ".join(part.ru for part in parts))
