"""Revenue by client and month: recurring, of projects, or all.

It answers: who was billed how much for which month, and which invoices recur. It
computes no indicator: retention, expansion and cohorts stand on it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.clients.spells import contract_of

MONTH = "datetime64[M]"


def monthly(base: ClientBase, *, kind: str = "recurring") -> pd.DataFrame:
    """Revenue of clients by month of issue.

    Recurring is what is marked so, less the credit notes of clients who have any; where
    no file tells the kind of an invoice, all invoices of clients with an ongoing
    contract.

    Parameters
    ----------
    base : ClientBase
    kind : {"recurring", "project", "all"}

    Returns
    -------
    pandas.DataFrame of shape (clients with any, months)
        Index ``client_id``; columns are the first days of all months of the records.
    """
    invoices, (codes, ids) = base.tables["invoices"], base.codes("invoices")
    keep = of_kind(base, invoices, kind)
    months = pd.period_range(base.observed_from, base.observed_until, freq="M")
    at = invoices["issued_on"].to_numpy().astype(MONTH) - np.datetime64(months[0].start_time, "M")
    at = at.astype(int)
    inside = (invoices["issued_on"] >= base.observed_from).to_numpy()  # of a month begun before
    keep = keep & inside & (at < len(months))
    who, rows = np.unique(codes[keep], return_inverse=True)
    flat = rows * len(months) + at[keep]
    sums = np.bincount(flat, invoices["amount"].to_numpy(float)[keep], len(who) * len(months))
    return pd.DataFrame(
        sums.reshape(len(who), len(months)),
        index=pd.Index(ids[who], name="client_id"),
        columns=months.start_time,
    )


def of_kind(base: ClientBase, invoices: pd.DataFrame, kind: str) -> np.ndarray:
    """Which invoices are of a kind."""
    if kind == "all":
        return np.ones(len(invoices), bool)
    if "kind" not in invoices:
        clients = base.tables["clients"]
        projects = set(clients.loc[(contract_of(clients) == "project").to_numpy(), "client_id"])
        of_project = invoices["client_id"].isin(projects).to_numpy()
        return of_project if kind == "project" else ~of_project
    told = invoices["kind"]
    if kind == "project":
        return (told == "project").to_numpy(bool, na_value=False)
    # A kind that is not told counts as recurring: nothing marks it as a project.
    regular = ((told == "recurring") | told.isna()).to_numpy(bool, na_value=False)
    with_any = set(invoices.loc[regular, "client_id"])
    notes = (told == "credit_note").to_numpy(bool, na_value=False)
    return regular | (notes & invoices["client_id"].isin(with_any).to_numpy())
