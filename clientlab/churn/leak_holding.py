"""What a feature carries along: data of its own, of which no day can be told.

It answers: does a function hold a table, a column, an array, a base or computed numbers.
Nothing that is recomputed on another base can change them, so this looks at the function.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from clientlab.clients.base import ClientBase
from clientlab.wording import Text

DEEP = 4  # functions that hold functions that hold …
TYPED = 4  # decimals that somebody types; computed numbers have more


def held(function: Any) -> Text | None:
    """What a function holds, in words; None if it holds nothing.

    Parameters
    ----------
    function : callable
        Closures, default values, parts of `functools.partial`, the object of a method and
        the module variables that it names are looked at. Numbers with up to four decimals
        count as typed by hand.

    Examples
    --------
    >>> rates = pd.Series({"banking": 0.25})
    >>> held(lambda base: base.tables["clients"]["industry"].map(rates)).en
    'a Series of 1'
    >>> held(lambda base: base.tables["clients"]["industry"].map({"banking": 0.3})) is None
    True
    """
    for value in _carried(function, 0, set()):
        found = _named(value)
        if found is not None:
            return found
    return None


def _carried(function: Any, depth: int, seen: set[int]) -> Iterator[Any]:
    """Everything that a function can reach without being given it."""
    if depth > DEEP or id(function) in seen:
        return
    seen.add(id(function))
    for value in _own(function):
        if callable(value) and not isinstance(value, type):
            if not str(getattr(value, "__module__", "")).startswith(("pandas", "numpy")):
                yield from _carried(value, depth + 1, seen)
        else:
            yield value


def _own(function: Any) -> Iterator[Any]:
    if isinstance(function, functools.partial):
        yield from (function.func, *function.args, *function.keywords.values())
        return
    function = inspect.unwrap(function)
    if inspect.ismethod(function):
        yield function.__self__
        function = function.__func__
    if not inspect.isfunction(function):
        yield from vars(function).values() if hasattr(function, "__dict__") else ()
        call = getattr(type(function), "__call__", None)  # noqa: B004 - an object of a class
        if inspect.isfunction(call):
            yield call
        return
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            continue
    for name in _names(function.__code__):
        if name in function.__globals__ and not inspect.ismodule(function.__globals__[name]):
            yield function.__globals__[name]


def _names(code: Any) -> Iterator[str]:
    """Names of a function's code, and of the functions written inside of it."""
    yield from code.co_names
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from _names(constant)


def _named(value: Any) -> Text | None:
    name = type(value).__name__
    if isinstance(value, pd.DataFrame):
        return Text(f"a DataFrame of {len(value)} rows", f"таблицу DataFrame, строк: {len(value)}")
    if isinstance(value, pd.Series | pd.Index):
        return Text(f"a {name} of {len(value)}", f"{name}, значений: {len(value)}")
    if isinstance(value, np.ndarray) and value.size > 1:
        return Text(f"an array of {value.size}", f"массив, значений: {value.size}")
    if isinstance(value, ClientBase):
        return Text("a whole base", "целую базу")
    if isinstance(value, Mapping | list | tuple | set) and _computed(value, 0):
        return Text(f"computed numbers ({name} of {len(value)})",
                    f"вычисленные числа ({name}, значений: {len(value)})")  # fmt: skip
    return None


def _typed(value: float) -> bool:
    """Up to four decimals, or a fraction that people type: 2/3, 1/7, 1/365."""
    if round(value, TYPED) == value:
        return True
    return any(abs(one - round(one)) < 1e-9 for one in (6 * value, 1 / value))


def _computed(value: Any, depth: int) -> bool:
    if isinstance(value, float | np.floating):
        return bool(np.isfinite(value)) and not _typed(float(value))
    if isinstance(value, pd.DataFrame | pd.Series | np.ndarray | ClientBase):
        return True
    if depth > 1 or isinstance(value, str):
        return False
    if isinstance(value, Mapping):
        return any(_computed(one, depth + 1) for one in value.values())
    if isinstance(value, list | tuple | set):
        return any(_computed(one, depth + 1) for one in value)
    return False
