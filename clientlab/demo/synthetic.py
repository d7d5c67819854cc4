"""An invented agency with known truth, of any size, the same for the same seed.

It answers: what would the kit say of an agency whose clients leave for reasons that we
made up. The truth (`DemoAgency.world`) is never written beside the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from clientlab.config import FILE
from clientlab.demo.records import START, Records
from clientlab.demo.records_more import OPTIONAL
from clientlab.demo.records_service import SERVICE
from clientlab.demo.world import World, simulate
from clientlab.problems import InvalidValue

SETTINGS = """\
# SYNTHETIC DATA: an invented agency, written by `python -m clientlab demo`.

[base]
name = "Demo agency"
synthetic = true
observed_from = {first}
observed_until = {last}
currency = "RUB"

[agency]
not_industries = ["gambling", "tobacco"]
"""
MONTHS = 104  # January 2018 to August 2026
MORE = OPTIONAL | SERVICE
TABLES = ("clients", "invoices", "feedback", "requests", *MORE)


@dataclass(frozen=True)
class DemoAgency:
    """Tables of an invented agency, and the truth behind them.

    Attributes
    ----------
    tables : dict of str to DataFrame
    world : World
        The truth: hazards by client, month and cause.
    observed_from, observed_until : Timestamp
    """

    tables: dict[str, pd.DataFrame]
    world: World
    observed_from: pd.Timestamp
    observed_until: pd.Timestamp

    def write(self, folder: str | Path) -> None:
        """Write every table as CSV, and clientlab.toml; the truth is not written."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in self.tables.items():
            text = frame.to_csv(index=False, lineterminator="\n", date_format=_form(name))
            (folder / f"{name}.csv").write_text(text, "utf-8", newline="\n")
        days = {
            "first": f"{self.observed_from:%Y-%m-%d}",
            "last": f"{self.observed_until:%Y-%m-%d}",
        }
        (folder / FILE).write_text(SETTINGS.format(**days), "utf-8", newline="\n")


def _form(table: str) -> str:
    return "%Y-%m-%d %H:%M" if table == "requests" else "%Y-%m-%d"


def demo_agency(
    clients: int = 240,
    *,
    seed: int = 2026,
    reversed: bool = False,
    random_leaving: bool = False,
    leavers: int | None = None,
    tables: Sequence[str] = TABLES,
) -> DemoAgency:
    """Invent an agency.

    Parameters
    ----------
    clients : int
        Clients who are there at any time of the records, 2018 to August 2026.
    seed : int
    reversed : bool
        Turn every effect round: what kept clients now drives them away.
    random_leaving : bool
        Everybody leaves with the same probability: nothing can be predicted.
    leavers : int, optional
        At most so many leave in the records; the others stay.
    tables : sequence of str
        Tables to make; fewer are quicker.

    Returns
    -------
    DemoAgency

    Raises
    ------
    InvalidValue
        If there is no client, or no such table.

    Examples
    --------
    >>> agency = demo_agency(20, tables=("clients", "invoices"))
    >>> agency.tables["clients"]["client_id"].nunique()
    20
    """
    unknown = [name for name in tables if name not in TABLES]
    if unknown or clients < 1:
        raise InvalidValue(
            f"tables={unknown!r} are not made; known: {', '.join(TABLES)}."
            if unknown
            else f"clients={clients} must be at least 1."
        )
    sign = -1.0 if reversed else 1.0
    world = simulate(clients, MONTHS, seed=seed, sign=sign, random_leaving=random_leaving,
                     leavers=leavers)  # fmt: skip
    records = Records(world, seed=seed, sign=sign)
    own = {"clients": records.clients, "invoices": records.invoices, "feedback": records.feedback,
           "requests": records.requests}  # fmt: skip
    # All are made in one order whatever is asked for, so that a table does not depend on others.
    made = {name: own[name]() if name in own else MORE[name](records) for name in TABLES
            if name in tables}  # fmt: skip
    first, last = pd.Timestamp(START.astype("M8[D]")), pd.Timestamp(records.last)
    return DemoAgency(made, world, first, last)
