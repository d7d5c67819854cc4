"""When the rows of a base became known, as numbers: for what goes through many days at once.

It answers: from which day is each row known, and how does a base look that forgot what its
source overwrites. `as_of` answers for one day; this is for those who need a hundred.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from clientlab.clients.base import ClientBase
from clientlab.clients.store import DAY


def known_on(base: ClientBase, table: str) -> np.ndarray:
    """The day from which each row of a table is known, in the order of its rows.

    The day of the row itself, or that on which it was entered, or the first day of its
    client, whichever is last.

    Parameters
    ----------
    base : ClientBase
    table : str

    Returns
    -------
    ndarray of datetime64[D], shape (rows of the table,)
        Never falls.

    Examples
    --------
    >>> import pandas as pd
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["2024-02-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": "a", "amount": [10, 20],
    ...         "issued_on": ["2024-02-05", "2024-02-03"], "entered_on": ["", "2024-03-01"]})},
    ...     observed_from="2024-01-01", observed_until="2024-03-31")
    >>> known_on(base, "invoices").astype(str).tolist()
    ['2024-02-05', '2024-03-01']
    """
    known = base._store.tables[table].known
    last = base.day.to_datetime64().astype(DAY)
    return known[: int(np.searchsorted(known, last, side="right"))]


def dated_only(base: ClientBase) -> ClientBase:
    """The base without what its source overwrites, also on the day of the export.

    A model is trained on days on which tier or capacity are missing: on the day of the
    export it must not meet them for the first time.
    """
    return replace(base, _is_export_day=False)
