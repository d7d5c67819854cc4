"""Times as they are read out: '18 months', '3.7 years'."""

from __future__ import annotations

import re

import numpy as np

from clientlab.clients.answers import without_brackets
from clientlab.clients.silence import in_days
from clientlab.wording import Text, number, plural

FOREVER = 1200  # months: beyond a century nothing is told


def capital(sentence: str) -> str:
    """A sentence with a capital letter at its beginning, the others as they are.

    Examples
    --------
    >>> capital("of NPS nothing is known")
    'Of NPS nothing is known'
    """
    return sentence[:1].upper() + sentence[1:]


def stop(words: str) -> str:
    """A full stop, unless the words end with one.

    Examples
    --------
    >>> stop("за 5 мес."), stop("за 5 лет")
    ('за 5 мес.', 'за 5 лет.')
    """
    return words if words.endswith(".") else f"{words}."


def headed(told: str) -> str:
    """A sentence as a title, `without_brackets`; 'мес.' keeps its full stop.

    Examples
    --------
    >>> headed("Окупается за 2 мес. (90 клиентов).")
    'Окупается за 2 мес.'
    """
    return re.sub(r"мес$", "мес.", without_brackets(told))


def in_time(months: float, lang: str = "en") -> str:
    """A time as it is read out.

    Examples
    --------
    >>> in_time(18.2), in_time(44.4), in_time(44.4, "ru"), in_time(0.4)
    ('18 months', '3.7 years', '3,7 года', '12 days')
    """
    if np.isinf(months) or months > FOREVER:
        return Text("no end in sight", "без видимого конца").in_language(lang)
    if 0 < months < 1:
        return in_days(max(round(months * 30.4375), 1), lang)
    if months < 24:
        whole = months >= 10 or months == int(months)
        unit = Text(plural(round(months), "month", "months") if whole else "months", "мес.")
        return f"{number(months, lang, digits=0 if whole else 1)} {unit.in_language(lang)}"
    years = round(months / 12, 1)
    whole = years == int(years)
    forms = plural(int(years), "год", "года", "лет") if whole else "года"
    some = Text("years", forms).in_language(lang)
    return f"{number(years, lang, digits=0 if whole else 1)} {some}"


def between(low: float, high: float, lang: str = "en", *, of: float | None = None) -> str:
    """An interval of times, in the unit of what it is the interval of.

    Examples
    --------
    >>> between(31, 47), between(8.2, 25.1, of=14)
    ('2.6–3.9 years', '8.2–25.1 months')
    """
    if np.isinf(high) or high > FOREVER:
        return Text(f"{in_time(low, lang)} or more", f"от {in_time(low, lang)}").in_language(lang)
    if (high if of is None else of) < 24:
        digits = 0 if low >= 10 else 1
        ends = "–".join(number(end, lang, digits=digits) for end in (low, high))
        return f"{ends} {Text('months', 'мес.').in_language(lang)}"
    ends = "–".join(number(end / 12, lang, digits=1) for end in (low, high))
    return f"{ends} {Text('years', 'года').in_language(lang)}"
