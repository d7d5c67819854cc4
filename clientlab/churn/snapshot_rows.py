"""The rows of snapshots: features, labels, and what is not known yet.

It answers: what does a table of clients and days hold, and how is a part of it taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from clientlab.churn.features import Feature
from clientlab.churn.snapshot_days import days_of
from clientlab.clients.base import ClientBase
from clientlab.results import SYNTHETIC, Provenance
from clientlab.wording import Text, number


@dataclass(frozen=True, eq=False, repr=False)
class Snapshots:
    """Clients at risk on many days; made by `snapshots`.

    Attributes
    ----------
    X : DataFrame
        Features, one row for each client and day; index ``client_id, day``.
    y : Series of int
        1 if the client left within (day, day + horizon].
    keys : DataFrame
        ``client_id, day, cause`` (of the leaving, '' if none), ``left_on, days_at_risk``
        (days within the horizon until the client left, or all).
    censored : DataFrame
        Features of the days whose horizon runs past the last record.
    horizon : Timedelta
    features : mapping of name to Feature
        What X is made of, without what the files do not hold.
    provenance : Provenance
    notes : tuple of Text
    base : ClientBase or None
        What they were taken from, so that rules can be asked about the same days.
    contract, silent_after
        Whose leaving they tell, as given to `snapshots`.
    """

    X: pd.DataFrame
    y: pd.Series
    keys: pd.DataFrame
    censored: pd.DataFrame
    horizon: pd.Timedelta
    features: Mapping[str, Feature]
    provenance: Provenance
    notes: tuple[Text, ...] = ()
    base: ClientBase | None = None
    contract: str = "ongoing"
    silent_after: int | None = None

    @property
    def clients(self) -> np.ndarray:
        """Whose each row of X is: rows of one client go together when they are split."""
        return self.X.index.get_level_values("client_id").to_numpy()

    @property
    def days(self) -> pd.DatetimeIndex:
        """Days with a label, rising."""
        return pd.DatetimeIndex(self.X.index.unique("day").sort_values(), name="day")

    def at(self, days: Any) -> Snapshots:
        """The rows of some days only; of a day with none, none.

        Parameters
        ----------
        days : date-like or sequence of them
        """
        wanted = days_of(days)
        rows = self.X.index.get_level_values("day").isin(wanted)
        more = self.censored.index.get_level_values("day").isin(wanted)
        labelled = self.X[rows]
        return replace(
            self,
            X=labelled,
            y=self.y[rows],
            keys=self.keys[rows],
            censored=self.censored[more],
            provenance=replace(self.provenance, base=len(labelled)),
        )

    def __len__(self) -> int:
        return len(self.X)

    def __repr__(self) -> str:
        mark = f"{SYNTHETIC.en}: " if self.provenance.synthetic else ""
        apart = f", {number(len(self.censored))} without a label" if len(self.censored) else ""
        return (
            f"<{mark}Snapshots of {number(self.X.index.unique('client_id').size)} clients on "
            f"{len(self.days)} days: {number(len(self.X))} rows, {number(int(self.y.sum()))} "
            f"leave within {self.horizon.days} days{apart}; {self.X.shape[1]} features>"
        )

    def _repr_html_(self) -> str:
        import html

        return f"<p>{html.escape(repr(self))}</p>"
