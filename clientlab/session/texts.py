"""The words of the room, in English and Russian, and the language that is spoken.

It answers: which language is set, what is a column called in a table. Words that
belong to one analysis stand with that analysis.
"""

from __future__ import annotations

from clientlab.wording import Text, checked_language

_spoken = {"lang": "en"}  # set by `session.setup` alone


def language() -> str:
    """Language set by `setup`, English before it."""
    return _spoken["lang"]


def speak(lang: str) -> None:
    """Set the language; notebooks call `setup`, which calls this."""
    _spoken["lang"] = checked_language(lang)


def words(text: str | Text) -> str:
    """A text in the language of the session; a plain string stays as it is."""
    return text.in_language(language()) if isinstance(text, Text) else text


NOTE = Text("Keep in mind", "Важно помнить")
DECIDE = Text("To decide", "Что решить")
CANNOT_SAY = Text("Cannot say", "Сказать нельзя")

COLUMNS = {
    "option": Text("option", "вариант"),
    "label": Text("option", "вариант"),
    "question": Text("question", "вопрос"),
    "count": Text("count", "человек"),
    "estimate": Text("estimate", "оценка"),
    "low": Text("low", "от"),
    "high": Text("high", "до"),
    "base": Text("base", "база"),
    "figure": Text("printed figure", "опубликовано"),
    "unit": Text("unit", "единица"),
    "precision": Text("precision", "точность"),
    "ours": Text("ours", "у нас"),
    "ours_low": Text("ours, low", "у нас, от"),
    "ours_high": Text("ours, high", "у нас, до"),
    "published": Text("in print", "в публикации"),
    "published_low": Text("in print, low", "в публикации, от"),
    "published_high": Text("in print, high", "в публикации, до"),
    "published_base": Text("base in print", "база публикации"),
    "published_rank": Text("place in print", "место в публикации"),
    "verdict_next": Text("on the next base", "на следующей базе"),
    "effective_base": Text("effective base", "эффективная база"),
    "p_value": Text("p", "p"),
    "adjusted": Text("p, corrected", "p с поправкой"),
    "found": Text("what was found", "что видно"),
    "decision": Text("to decide", "что решить"),
    "source": Text("source", "источник"),
    "first": Text("first", "первый"),
    "second": Text("second", "второй"),
    "verdict": Text("verdict", "вывод"),
    "model": Text("model", "модель"),
    "measure": Text("measure", "мера"),
    "type": Text("type", "тип"),
    "decimals": Text("decimals", "знаков"),
    "remark": Text("remark", "замечание"),
    "label_en": Text("option (en)", "вариант (en)"),
    "label_ru": Text("option (ru)", "вариант (ru)"),
    "answered": Text("answered", "ответили"),
    "groups": Text("groups", "группы"),
    "base_first": Text("base, first", "база, первая"),
    "base_second": Text("base, second", "база, вторая"),
    "p_smallest": Text("p, smallest", "p, наименьшее"),
    "p_largest": Text("p, largest", "p, наибольшее"),
    "margin": Text("margin", "погрешность"),
    "answers_needed": Text("answers needed", "нужно ответов"),
    "period": Text("period from", "период с"),
    "lost": Text("left", "ушли"),
    "came": Text("came", "пришли"),
    "came_and_went": Text("came and went", "пришли и ушли"),
    "client_id": Text("client", "клиент"),
    "name": Text("name", "название"),
    "manager": Text("manager", "менеджер"),
    "industry": Text("industry", "отрасль"),
    "financial_model": Text("financial model", "финансовая модель"),
    "role_model": Text("role model", "ролевая модель"),
    "table": Text("table", "таблица"),
    "rows_in": Text("rows in", "строк прочитано"),
    "used": Text("used", "взято"),
    "set_aside": Text("set aside", "отложено"),
    "why": Text("why", "почему"),
    "of_90_people": Text("of 90 people", "из 90 человек"),
    "asked": Text("asked", "спросили"),
    "nothing": Text("ticked nothing", "ничего не отметили"),
    "alone": Text("'none of these'", "«ничего из этого»"),
    "flag": Text("flag", "отметка"),
    "respondents": Text("respondents", "респондентов"),
    "text": Text("text", "текст"),
    "answers": Text("answers", "ответы"),
    "cumulative": Text("with all before", "с предыдущими"),
    "cumulative_low": Text("low, with all before", "с предыдущими, от"),
    "cumulative_high": Text("high, with all before", "с предыдущими, до"),
    "ranked": Text("ranked", "назвали"),
    "mean_rank": Text("mean rank", "среднее место"),
    "candidate": Text("candidate", "кандидат"),
    "rule": Text("rule", "правило"),
    "alarms": Text("alarms", "тревог"),
    "right": Text("of these right", "из них верных"),
    "lead_days": Text("days ahead", "дней в запасе"),
    "money_missed": Text("missed a month", "упущено в месяц"),
    "money_at_stake": Text("at stake a month", "на кону в месяц"),
    "day": Text("day", "дата"),
    "trained_from": Text("trained from", "обучение с"),
    "trained_until": Text("trained until", "обучение по"),
    "training_rows": Text("training rows", "строк в обучении"),
    "training_leavers": Text("leavers in training", "ушедших в обучении"),
    "clients": Text("clients", "клиентов"),
    "leavers": Text("leavers", "ушедших"),
    "newest": Text("newest days", "последние даты"),
    "earlier": Text("earlier days", "прежние даты"),
    "feature": Text("feature", "признак"),
    "moved": Text("moved", "сдвинулся"),
    "seen": Text("as in use", "как в работе"),
    "unseen": Text("never seen", "на незнакомых"),
    "way": Text("way of testing", "способ проверки"),
    "at": Text("at", "при"),
    "predicted": Text("promised", "обещано"),
    "bin": Text("part of the list", "часть списка"),
    "share": Text("share", "доля"),
}


def column(name: str) -> str:
    """Title of a column in the language of the session."""
    known = COLUMNS.get(name)
    return words(known) if known else name.replace("_", " ")
