"""What is wrong with an analyst's input: all of it at once, in plain words.

It answers: which table, which column, which rows, what is wrong, what to type
next. It deliberately repairs nothing and drops nothing.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SEVERITIES = ("note", "warning", "error")
ROWS_SHOWN = 5


class ClientlabError(Exception):
    """Anything the kit refuses; catch this to catch all of it."""


class InvalidValue(ClientlabError, ValueError):
    """A value that is of the right type and cannot be used."""


class InvalidType(ClientlabError, TypeError):
    """A value of the wrong type."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with one column of one table.

    Parameters
    ----------
    table : str
        Name of the table, as the analyst knows it.
    message : str
        What is wrong, with value and count, and the rule: a sentence or two.
    column : str, optional
        Column at fault; empty if it is the table as a whole.
    rows : tuple of int, optional
        Row numbers as the analyst sees them in the file (the header is row 1).
    severity : {"error", "warning", "note"}
        An error stops the work, a warning changes what can be said, a note is
        only good to know.
    fix : str, optional
        The next line to type.

    Examples
    --------
    >>> print(Problem("figures", "2 values are not numbers ('n/a').", column="figure", rows=(3, 9)))
    figures, column 'figure', rows 3, 9: 2 values are not numbers ('n/a').
    """

    table: str
    message: str
    column: str = ""
    rows: tuple[int, ...] = ()
    severity: str = "error"
    fix: str = ""

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise InvalidValue(
                f"Severity {self.severity!r} is not known; use one of {', '.join(SEVERITIES)}."
            )

    @property
    def place(self) -> str:
        """Where it is: table, column, rows."""
        parts = [self.table]
        if self.column:
            parts.append(f"column '{self.column}'")
        if self.rows:
            shown = ", ".join(str(row) for row in self.rows[:ROWS_SHOWN])
            more = len(self.rows) - ROWS_SHOWN
            word = "row" if len(self.rows) == 1 else "rows"
            parts.append(f"{word} {shown}" + (f" and {more} more" if more > 0 else ""))
        return ", ".join(parts)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f" {self.fix}" if self.fix else "")


class Problems(Sequence[Problem]):
    """The list the analyst reads, worst first.

    Parameters
    ----------
    problems : iterable of Problem

    Examples
    --------
    >>> found = Problems([Problem("figures", "the table is empty.")])
    >>> found.worst
    'error'
    >>> found.raise_if_errors()
    Traceback (most recent call last):
    ...
    clientlab.problems.InvalidValue: figures: the table is empty.
    """

    def __init__(self, problems: Sequence[Problem] = ()) -> None:
        self._problems = tuple(
            sorted(problems, key=lambda problem: -SEVERITIES.index(problem.severity))
        )

    def __getitem__(self, index):
        return self._problems[index]

    def __len__(self) -> int:
        return len(self._problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._problems)

    @property
    def worst(self) -> str | None:
        """The gravest severity found, None if there is no problem."""
        return self._problems[0].severity if self._problems else None

    def raise_if_errors(self) -> None:
        """Raise one `InvalidValue` that tells every error.

        Raises
        ------
        InvalidValue
            If any problem has the severity "error".
        """
        errors = [problem for problem in self if problem.severity == "error"]
        if errors:
            raise InvalidValue("\n".join(str(problem) for problem in errors))

    def __str__(self) -> str:
        if not self:
            return "No problems found."
        return "\n".join(f"{problem.severity}: {problem}" for problem in self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{problem.severity}</td><td>{html.escape(problem.place)}</td>"
            f"<td>{html.escape(' '.join(filter(None, (problem.message, problem.fix))))}</td></tr>"
            for problem in self
        )
        head = "<tr><th>severity</th><th>where</th><th>what</th></tr>"
        return f"<table>{head}{rows}</table>" if self else "<p>No problems found.</p>"
