"""The file of a survey as a frame: any export, and SPSS with its labels.

It answers: what stands in the cells. Codes of SPSS are replaced by their labels, since
codebooks know options by name; a variable is called by its label where that is known.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from clientlab.problems import InvalidValue, Problem
from clientlab.reading import read_table
from clientlab.wording import plural


def read_export(
    path: str | Path, knows: Callable[[str], bool]
) -> tuple[pd.DataFrame, list[Problem]]:
    """A frame with the headers of the export, and what is wrong with the file.

    Parameters
    ----------
    path : path
    knows : callable
        Whether a header belongs to the codebook.

    Returns
    -------
    frame : DataFrame
        The index holds the rows of the file.
    problems : list of Problem
    """
    path = Path(path)
    if path.suffix.lower() == ".sav" and path.is_file():
        return _spss(path, knows), []
    raw = read_table(path, repeats=True)
    found = list[Problem]()
    if not any(map(knows, raw.frame.columns)):  # a title above, or commas in the questions
        other = read_table(path, recognised=knows, repeats=True)
        if any(map(knows, other.frame.columns)):
            raw = other
            text = f"the questions do not stand in the first row: read as {raw.guessed}."
            found.append(Problem("survey", text, severity="note"))
    left = sorted((*raw.totals, *raw.repeated))
    if left:
        text = "rows left out: a sum, or the header once more."
        found.append(Problem("survey", text, rows=tuple(left), severity="warning"))
    if raw.empty:
        count = len(raw.empty)
        text = f"{count} {plural(count, 'row', 'rows')} with nothing in any cell: no respondent."
        found.append(Problem("survey", text, rows=raw.empty, severity="note"))
    return raw.frame, [*found, *raw.problems("survey")]


def _spss(path: Path, knows: Callable[[str], bool]) -> pd.DataFrame:
    try:
        import pyreadstat
    except ImportError as error:
        raise InvalidValue(
            f"{path.name}: SPSS files are read by pyreadstat, which is not installed: "
            "python -m pip install 'clientlab[spss]'"
        ) from error
    try:
        frame, meta = pyreadstat.read_sav(str(path), user_missing=False)
    except pyreadstat.ReadstatError as error:
        raise InvalidValue(
            f"{path.name}: this is not a file that SPSS saved. Save it again as .sav."
        ) from error
    frame = pd.DataFrame(frame)
    columns = {}
    for name in frame:
        column = frame[name].astype(object)
        labels = meta.variable_value_labels.get(name, {})
        if labels:
            column = column.map(lambda value, labels=labels: labels.get(value, value))
        label = meta.column_names_to_labels.get(name)
        use = label and label not in columns and not knows(name) and knows(label)
        columns[label if use else name] = column
    return pd.DataFrame(columns).set_axis(range(2, len(frame) + 2))
