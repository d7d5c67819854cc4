"""Numbers and words as a reader says them, in English and Russian.

It answers: how is 0.5474 read out, which plural goes with 21. Results use it to
say what they found; `clientlab.session` uses it for labels. It deliberately
rounds only here, never inside a computation.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from clientlab.problems import InvalidValue

LANGUAGES = ("en", "ru")
NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


class Text(NamedTuple):
    """The same words in English and in Russian.

    Examples
    --------
    >>> Text("share", "доля").in_language("ru")
    'доля'
    """

    en: str
    ru: str

    def in_language(self, lang: str) -> str:
        """The words in one language, 'en' or 'ru'."""
        return getattr(self, checked_language(lang))


def checked_language(lang: str) -> str:
    """Return `lang` if texts exist in it, raise InvalidValue if not."""
    if lang not in LANGUAGES:
        raise InvalidValue(f"Language {lang!r} is not known; use one of {', '.join(LANGUAGES)}.")
    return lang


def number(value: float, lang: str = "en", *, digits: int = 0) -> str:
    """A number with the separators of the language.

    Parameters
    ----------
    value : float
        NaN is read as a dash, not observable; infinity as ∞, no end can be told.
    lang : {"en", "ru"}
    digits : int
        Decimals shown.

    Returns
    -------
    str
        The separators of thousands do not break a line.

    Examples
    --------
    >>> number(1234.5, digits=1)
    '1,234.5'
    >>> number(1234.5, "ru", digits=1) == "1\N{NO-BREAK SPACE}234,5"
    True
    """
    checked_language(lang)
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    # A tie such as 0.125 must round alike on every machine: cut float noise first.
    text = f"{round(float(value), digits + 9):,.{digits}f}"
    if not text.strip("-0.,"):
        text = text.lstrip("-")
    if lang == "ru":
        text = text.replace(",", NO_BREAK).replace(".", ",")
    return text.replace("-", MINUS)


def percent(share: float, lang: str = "en", *, digits: int = 0) -> str:
    """A share of 0–1 as percent.

    Examples
    --------
    >>> percent(0.547)
    '55%'
    >>> percent(0.547, "ru", digits=1)
    '54,7%'
    """
    text = number(share * 100, lang, digits=digits)
    return text if text == "–" else text + "%"


def percent_range(low: float, high: float, lang: str = "en", *, digits: int = 0) -> str:
    """An interval of shares as percent: '45–64%'.

    Examples
    --------
    >>> percent_range(0.447, 0.644)
    '45–64%'
    >>> percent_range(-0.03, 0.12)
    '−3 to 12%'
    """
    first, last = number(low * 100, lang, digits=digits), number(high * 100, lang, digits=digits)
    if MINUS in first + last:
        return f"{first} {Text('to', 'до').in_language(lang)} {last}%"
    return f"{first}–{last}%"


def plural(count: int, one: str, few: str, many: str | None = None) -> str:
    """The form of a noun that goes with a count.

    Parameters
    ----------
    count : int
    one, few, many : str
        Russian forms for 1, 2–4 and 5 (21 ответ, 22 ответа, 25 ответов). Without
        `many` the rule is the English one: `one` for 1, `few` for the rest.

    Examples
    --------
    >>> plural(1, "answer", "answers"), plural(21, "answer", "answers")
    ('answer', 'answers')
    >>> plural(21, "ответ", "ответа", "ответов"), plural(12, "ответ", "ответа", "ответов")
    ('ответ', 'ответов')
    """
    if many is None:
        return one if count == 1 else few
    last, last_two = count % 10, count % 100
    if last == 1 and last_two != 11:
        return one
    if 2 <= last <= 4 and not 12 <= last_two <= 14:
        return few
    return many


def counted(count: float, forms: Text, lang: str = "en") -> str:
    """The form of a noun that goes with a count; a text without forms stays as it is.

    Parameters
    ----------
    count : float
    forms : Text
        Forms between bars: 'client|clients', 'клиент|клиента|клиентов'.

    Examples
    --------
    >>> forms = Text("client|clients", "клиент|клиента|клиентов")
    >>> counted(1, forms), counted(73, forms, "ru")
    ('client', 'клиента')
    """
    found = forms.in_language(lang).split("|")
    return found[0] if len(found) == 1 else plural(int(count), *found)
