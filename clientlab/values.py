"""Text as it stands in an export -> numbers, days, codes; what could not be read is told.

It answers: what does this column hold. The column decides what a single value leaves
open (is '1,234' a thousand or a fraction, is 03/04 in March or April), and what was
decided is said. A value that fits no rule is missing and marked, never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clientlab.problems import InvalidValue
from clientlab.values_days import DAY_UNIT, FIRST_YEAR, LAST_YEAR, serial_days, written_days
from clientlab.wording import Text

EMPTY = {"", "-", "–", "—", "n/a", "na", "nan", "nat", "none", "null", "н/д", "нет данных", "#н/д"}
CURRENCIES = {
    "RUB": ("₽", "руб", "рублей", "rub", "rur", "р"),
    "USD": ("$", "usd", "долл"),
    "EUR": ("€", "eur", "евро"),
}
THOUSANDS = (("тыс", 1e3), ("млн", 1e6))
YES = {"да", "yes", "y", "true", "1", "истина", "x", "х", "✓", "✔", "+"}
NO = {"нет", "no", "n", "false", "0", "ложь", "-"}
FORMS = set("ооо оао ао пао зао ип нко llc ltd inc gmbh corp".split())
_SPACES = "[\\s\u00a0\u202f\u2009'’]"
_WHOLE = re.compile(r"(0|[1-9]\d*)\.0")
_RUN = re.compile(rf"\d(?:(?:\d|{_SPACES})*\d)?")
_GROUPED = re.compile(rf"\d{{1,3}}(?:{_SPACES}\d{{3}})+|\d+")
_PLAIN = re.compile(r"[-+]?[\d.,]+")
_DROPPED = str.maketrans("", "", " \u00a0\u202f\u2009'’₽$€")
_FLOAT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
_UNIT = re.compile(  # 'руб.' after a comma or in brackets; what follows it is kept
    r"[(,\[]\s*(?:(?:тыс|млн)\b\.?\s*(?:₽|руб\b\.?|р\b\.?)?"
    r"|[₽$€%]|(?:руб(?:лей|ли)?|rub|usd|eur|евро|р)\b\.?)\s*(?:[)\]]|(?=[\s,(\[]|$))"
)
_SIGN = re.compile(r"(?i)([₽$€]|(?:руб(?:лей)?|rub|rur|usd|eur|долл|евро|(?<=[\d\s])р)\.?(?!\w))")


@dataclass(frozen=True)
class Read:
    """A column that was read.

    Attributes
    ----------
    values : pandas.Series
        Typed, with the index of the input; missing where empty or unread.
    unread : pandas.Series of bool
        Values that fit no rule. An empty cell is not among them.
    guessed : tuple of str
        What the column decided for its values.
    """

    values: pd.Series
    unread: pd.Series
    guessed: tuple[str, ...] = ()


def read_values(
    series: pd.Series,
    kind: str,
    *,
    header: str = "",
    allowed: Mapping[str, Text] | None = None,
    extra: Mapping[str, str] | None = None,
) -> Read:
    """Read a column of a kind.

    Parameters
    ----------
    series : pandas.Series
        Text, or values that are typed already.
    kind : str
        "text", "id", "day", "moment", "money", "number", "integer", "flag" or "code".
    header : str
        Header of the column: 'тыс.' in it multiplies numbers by 1,000.
    allowed : mapping of code to Text, optional
        For "code".
    extra : mapping of value to code, optional
        The analyst's own words for codes.

    Returns
    -------
    Read

    Raises
    ------
    InvalidValue
        If there is no such kind.

    Examples
    --------
    >>> read_values(pd.Series(["1 234,50 ₽", "", "?"]), "money").values.tolist()
    [1234.5, nan, nan]
    """
    if kind == "code":
        return codes(series, allowed or {}, extra or {})
    if kind in ("money", "number"):
        return numbers(series, header=header)
    if kind == "integer":
        return integers(series, header=header)
    readers: dict[str, Callable[[pd.Series], Read]] = {
        "text": texts, "id": ids, "day": days, "moment": moments, "flag": flags,
    }  # fmt: skip
    if kind not in readers:
        known = ", ".join((*readers, "integer", "money", "number", "code"))
        raise InvalidValue(f"{kind!r} is not a kind of column. Use one of: {known}.")
    return readers[kind](series)


def numbers(series: pd.Series, *, header: str = "") -> Read:
    """Numbers as people write them: '1 234,50 ₽', '(1 234)', '1,234.50', '15%'.

    Examples
    --------
    >>> numbers(pd.Series(["1,234.50", "−5", "(7)", "н/д", "many"])).values.tolist()
    [1234.5, -5.0, -7.0, nan, nan]
    """
    factor, said = _factor(header)
    if _is_numeric(series):
        return _finite(series.astype(float) * factor, said)
    typed = series.map(_is_number).to_numpy(bool) if series.dtype == object else np.array(False)
    if typed.any():  # a float among texts has no decimal mark to be guessed
        given = _finite(pd.to_numeric(series.where(typed)).astype(float) * factor, ())
        text = numbers(series.mask(typed, ""), header=header)
        values = text.values.mask(typed, given.values)
        return Read(values, text.unread | given.unread, text.guessed)
    codes_, unique, empty = _unique(series)
    cut = [_cut_number(text) for text in unique]
    point, guess = _decimal_mark(cut)
    values = np.array([_number(text, point) for text in cut]) * factor
    return _back(series, codes_, values, empty, (*guess, *said))


def _is_numeric(series: pd.Series) -> bool:
    types = pd.api.types
    return types.is_numeric_dtype(series) and not types.is_bool_dtype(series)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _finite(values: pd.Series, guessed: tuple[str, ...]) -> Read:
    """Typed numbers; an infinite one, as of a division by nothing, is unread."""
    endless = pd.Series(np.isinf(values.to_numpy()), index=values.index)
    return Read(values.mask(endless) if endless.any() else values, endless, guessed)


def integers(series: pd.Series, *, header: str = "") -> Read:
    """Whole numbers; others are unread.

    Examples
    --------
    >>> integers(pd.Series(["4", "4.5"])).unread.tolist()
    [False, True]
    """
    read = numbers(series, header=header)
    broken = read.values.notna() & (read.values % 1 != 0)
    return Read(read.values.mask(broken), read.unread | broken, read.guessed)


def _factor(header: str) -> tuple[float, tuple[str, ...]]:
    for word, factor in THOUSANDS:
        if word in header.casefold():
            return factor, (f"numbers are multiplied by {factor:,.0f}: '{word}' in the header.",)
    return 1.0, ()


def _cut_number(text: str) -> str:
    """A number without spaces, signs of currency and percent; brackets are a minus."""
    cut = text.translate(_DROPPED)
    if cut != text:  # spaces may part thousands; '12 34' is no number
        run = _RUN.search(text)
        if run and not _GROUPED.fullmatch(run[0]):
            return text
    if _PLAIN.fullmatch(cut):  # most numbers; a million of the others would take seconds
        return cut
    cut = re.sub(_SPACES, "", _SIGN.sub("", text)).replace("\N{MINUS SIGN}", "-").removesuffix("%")
    if cut.startswith("(") and cut.endswith(")"):
        cut = "-" + cut[1:-1]
    return cut


def _decimal_mark(cut: list[str]) -> tuple[str, tuple[str, ...]]:
    """The decimal mark of a column, and what had to be guessed."""
    both = [text for text in cut if "," in text and "." in text]
    if both:
        commas = sum(text.rfind(",") > text.rfind(".") for text in both)
        return ("," if 2 * commas >= len(both) else "."), ()
    if any(text.count(",") > 1 for text in cut):
        return ".", ()
    if any(text.count(".") > 1 for text in cut):
        return ",", ()
    commas = [text for text in cut if "," in text]
    if commas and all(re.fullmatch(r"-?[1-9]\d{0,2},\d{3}", text) for text in commas):
        value = commas[0].replace(",", ".")
        return ",", (f"{commas[0]!r} is read as {value}: the comma as decimal mark.",)
    return ("," if commas else "."), ()


def _number(text: str, point: str) -> float:
    """A number with this decimal mark; the other mark may only part thousands."""
    other = "." if point == "," else ","
    if other in text:
        grouped = rf"-?\d{{1,3}}(\{other}\d{{3}})+(\{point}\d+)?"
        if re.fullmatch(grouped, text):
            text = text.replace(other, "")
        elif point in text or text.count(other) > 1 or other == ",":
            return np.nan
    # What is left of '.' was typed by a program: 12.5 beside 12,5.
    text = text.replace(point, ".")
    if not _FLOAT.fullmatch(text):
        return np.nan
    value = float(text)
    return value if math.isfinite(value) else np.nan


def currency_of(series: pd.Series) -> pd.Series:
    """ISO code of the currency that stands beside each number; '' where none does.

    Examples
    --------
    >>> currency_of(pd.Series(["12 ₽", "$5", "7"])).tolist()
    ['RUB', 'USD', '']
    """
    codes_, unique, _ = _unique(series)
    found = [_sign(text) for text in unique]
    return pd.Series(np.array([*found, ""], dtype=object)[codes_], index=series.index, dtype="str")


def _sign(text: str) -> str:
    hit = _SIGN.search(text)
    if not hit:
        return ""
    word = hit[1].casefold().removesuffix(".")
    return next(code for code, words in CURRENCIES.items() if word in words)


def days(series: pd.Series) -> Read:
    """Days: '31.12.2026', '2026-12-31', '31 декабря 2026 г.', serial numbers of Excel.

    Examples
    --------
    >>> days(pd.Series(["31.12.2026", "46387", "31.02.2026"])).values.dt.day.tolist()
    [31.0, 31.0, nan]
    """
    read = moments(series)
    return Read(read.values.dt.normalize(), read.unread, read.guessed)


def moments(series: pd.Series) -> Read:
    """Days with the time of day: '31.12.2026 14:05'; without one, midnight."""
    unit = f"datetime64[{DAY_UNIT}]"
    if pd.api.types.is_datetime64_any_dtype(series):
        return _within_years(series.dt.tz_localize(None).astype(unit))
    if _is_numeric(series):
        filled = series.to_numpy(dtype=float, na_value=np.nan)
        values, guess = serial_days(filled)
        unread = ~np.isnan(filled) & np.isnat(values)
        return Read(pd.Series(values, series.index), pd.Series(unread, series.index), guess)
    codes_, unique, empty = _unique(series)
    values, guess = written_days(unique)
    return _back(series, codes_, values, empty, guess)


def _within_years(values: pd.Series) -> Read:
    """Typed moments; years that no agency has seen are unread, as in texts."""
    low, high = np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR + 1}-01-01")
    found = values.to_numpy()
    outside = pd.Series((found < low) | (found >= high), index=values.index)
    return Read(values.mask(outside) if outside.any() else values, outside)


def flags(series: pd.Series) -> Read:
    """Yes or no: 'да', 'нет', '1', '+', 'x'. The hyphen is a no, longer dashes are empty.

    Examples
    --------
    >>> flags(pd.Series(["да", "Нет", ""])).values.tolist()
    [True, False, <NA>]
    """
    if pd.api.types.is_bool_dtype(series):
        return Read(series.astype("boolean"), pd.Series(False, index=series.index))
    codes_, unique, empty = _unique(series)
    words = [text.casefold().removesuffix(".0") for text in unique]
    found = [True if word in YES else False if word in NO else None for word in words]
    table = pd.array([*found, None], dtype="boolean")
    values = pd.Series(table[codes_], index=series.index)
    return Read(values, values.isna() & ~empty)


def codes(
    series: pd.Series, allowed: Mapping[str, Text], extra: Mapping[str, str] | None = None
) -> Read:
    """Codes of a list, by code, by label in either language, or in the analyst's words.

    Examples
    --------
    >>> codes(pd.Series(["Цена", "moon"]), {"price": Text("price", "цена")}).values.tolist()
    ['price', nan]
    """
    known = {}
    for code, label in allowed.items():
        for name in (label.en.split(":")[0], label.ru.split(":")[0], label.en, label.ru, code):
            known[normalised(name.replace("_", " "))] = code
    known |= {normalised(word): code for word, code in (extra or {}).items()}
    codes_, unique, empty = _unique(series)
    found = [known.get(normalised(text.replace("_", " "))) for text in unique]
    return _back(series, codes_, np.array(found, dtype=object), empty, ())


def texts(series: pd.Series) -> Read:
    """Text without spaces at its ends and double spaces inside."""
    codes_, unique, empty = _unique(series)
    found = np.array([" ".join(text.split()) for text in unique], dtype=object)
    return _back(series, codes_, found, empty, ())


def ids(series: pd.Series) -> Read:
    """Identifiers: as text, without the '.0' that Excel adds to whole numbers.

    Examples
    --------
    >>> ids(pd.Series([17.0, 18.0])).values.tolist(), ids(pd.Series(["007"])).values.tolist()
    (['17', '18'], ['007'])
    """
    if pd.api.types.is_float_dtype(series) and (series.dropna() % 1 == 0).all():
        series = series.astype("Int64")
    codes_, unique, empty = _unique(series)
    shown = [text[:-2] if _WHOLE.fullmatch(text) else " ".join(text.split()) for text in unique]
    return _back(series, codes_, np.array(shown, dtype=object), empty, ())


def normalised(name: str) -> str:
    """A header or label for comparison: lower case, no units, no punctuation.

    Examples
    --------
    >>> normalised("Сумма, ₽"), normalised("Сумма (руб.)"), normalised("Дата счёта")
    ('сумма', 'сумма', 'дата счета')
    """
    text = _UNIT.sub(" ", str(name).casefold().replace("ё", "е"))
    return " ".join(re.findall(r"[^\W_]+", text))


def company(name: str) -> str:
    """A name of a company for comparison: without quotes and legal forms.

    Examples
    --------
    >>> company("ООО «Ромашка»") == company("Ромашка, ООО")
    True
    """
    words = re.findall(r"\w+", str(name).casefold().replace("ё", "е"))
    return " ".join(word for word in words if word not in FORMS) or " ".join(words)


def _unique(series: pd.Series) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Distinct values as text, where each row's is, and which rows are empty."""
    codes_, unique = pd.factorize(series)
    # Excel and pandas turn 17 into 17.0 as soon as a cell of the column is empty.
    whole = [isinstance(value, float | np.floating) and value.is_integer() for value in unique]
    shown = [
        str(int(value)) if is_whole else str(value).strip()
        for value, is_whole in zip(unique, whole, strict=True)
    ]
    blank = np.array([text.casefold() in EMPTY for text in shown] + [True])
    return codes_, shown, blank[codes_]


def _back(
    series: pd.Series,
    codes_: np.ndarray,
    values: np.ndarray,
    empty: np.ndarray,
    guessed: tuple[str, ...],
) -> Read:
    """Values of the distinct texts, put back into their rows."""
    values = np.asarray(values)
    if values.dtype == object or not len(values):
        table = pd.array([*values, None], dtype="str") if values.dtype == object else None
    else:
        table = None
    if table is None:
        nothing = np.array([np.nan if values.dtype.kind == "f" else np.datetime64("NaT")])
        table = np.append(values, nothing.astype(values.dtype))
    column = pd.Series(table, dtype="str" if values.dtype == object else None).take(codes_)
    column.index = series.index
    column = column.mask(empty)
    return Read(column, column.isna() & ~empty, guessed)
