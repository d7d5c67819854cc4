"""Snapshots of a whole history, or the sentence why there are none.

It answers: from which days can a test in time be made at all. A notebook that is given a
base of one client or of three months must end with sentences, not with an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clientlab.churn.at_risk import with_left_out
from clientlab.churn.features import FEATURES, Feature
from clientlab.churn.snapshot_table import Snapshots, month_ends, snapshots
from clientlab.clients.base import ClientBase
from clientlab.results import CannotSay
from clientlab.wording import Text


def history(
    base: ClientBase,
    *,
    every: int = 3,
    horizon: Any = "90D",
    features: Mapping[str, Feature] = FEATURES,
    first: Any = None,
    contract: str = "ongoing",
) -> Snapshots | CannotSay:
    """Clients at risk at the end of every so many months, as far back as the records go.

    Parameters
    ----------
    base : ClientBase
    every : int
        Months between two days.
    horizon : timedelta-like
    features : mapping of name to Feature
    first : date-like, optional
        No earlier day; by default a year after the records begin.
    contract : {"ongoing", "project", "all"}
        Whose leaving, as for `snapshots`.

    Returns
    -------
    Snapshots
        CannotSay where the records are too short for a single day with a label, or
        nobody was at risk on any.

    Raises
    ------
    InvalidValue
        If the horizon is no number of whole days.

    Examples
    --------
    >>> import pandas as pd
    >>> base = ClientBase.read({
    ...     "clients": pd.DataFrame({"client_id": ["a"], "started_on": ["2024-01-01"]}),
    ...     "invoices": pd.DataFrame({"client_id": ["a"], "issued_on": ["2024-02-01"],
    ...                               "amount": [100]})},
    ...     observed_from="2024-01-01", observed_until="2024-12-31")
    >>> history(base)
    <cannot say: No day can be tested: it needs a year of records before it and 90 days after \
it; the records run from 2024-01-01 to 2024-12-31.>
    """
    days = month_ends(base, every=every, horizon=horizon, first=first)
    if not days:
        import pandas as pd

        ahead = pd.Timedelta(horizon).days
        ends = (base.observed_from, base.observed_until)
        en, ru = (" – ".join(f"{day:{form}}" for day in ends) for form in ("%Y-%m-%d", "%d.%m.%Y"))
        reason = Text(
            f"No day can be tested: it needs a year of records before it and {ahead} days after "
            f"it; the records run from {en.replace(' – ', ' to ')}.",
            f"Проверить нельзя ни на одну дату: до неё нужен год записей, после неё {ahead} дней; "
            f"записи: {ru}.",
        )
        return CannotSay.because(reason, base.provenance())
    found = snapshots(base, days, horizon=horizon, features=features, contract=contract)
    if not len(found.X):
        reason = Text("On none of the days was anybody at risk of leaving.",
                      "Ни на одну дату уходить было некому.")  # fmt: skip
        return CannotSay.because(with_left_out(reason, base, contract), base.provenance())
    return found
