"""What the reader must know when our answers stand beside printed ones."""

from __future__ import annotations

import pandas as pd

from clientlab.practices.against_matching import ABOVE, BELOW, Figures
from clientlab.practices.published import Published
from clientlab.practices.questions import Answers
from clientlab.practices.survey import Survey
from clientlab.wording import Text, number, plural


def notes_of(
    survey: Survey,
    given: Answers,
    study: Published,
    figures: Figures,
    frame: pd.DataFrame,
    each: str,
) -> tuple[Text, ...]:
    """Base, unit, bounds, what was left out, correction, who answered."""
    notes = [_base_note(figures, frame), _unit_note(survey, study, each)]
    bounds = int(frame["precision"].isin(BELOW + ABOVE).sum())
    if bounds:
        notes.append(
            Text(
                f"{bounds} {plural(bounds, 'figure was', 'figures were')} printed as a bound "
                "('almost', 'more than'): only a difference beyond the bound is told.",
                f"Напечатано границей («почти», «больше»): {bounds}; сказано только об отличии "
                "за границей.",
            )
        )
    lone = [option for option in figures.rows.index if option not in set(frame["option"])]
    own = len(given.question.choices) - len(frame)
    if lone or own > 0:
        notes.append(
            Text(
                f"On one side only, not compared: {len(lone)} printed, {max(own, 0)} of ours.",
                f"Есть только с одной стороны, не сравнивали: напечатанных {len(lone)}, наших "
                f"{max(own, 0)}.",
            )
        )
    if len(frame) > 1:
        notes.append(
            Text(f"Corrected for {len(frame)} options.",
                 f"С поправкой на число вариантов: {len(frame)}.")
        )  # fmt: skip
    notes.append(
        Text(
            "No interval covers who chose to answer, there or here.",
            "Никакой интервал не учитывает, кто решил ответить, ни там, ни у нас.",
        )
    )
    return tuple(notes)


def _base_note(figures: Figures, frame: pd.DataFrame) -> Text:
    if figures.how == "named":
        return Text("The base of the study was not printed; it was named for this reading.",
                    "База исследования не напечатана; она названа для этого чтения.")  # fmt: skip
    least = number(frame["published_base"].min())
    if figures.how == "neighbouring":
        return Text(
            f"The printed options cannot share a plausible base: each has its own, {least} or one "
            "more.",
            f"У напечатанных вариантов не может быть правдоподобной общей базы: у каждого своя, "
            f"{least} или на одного больше.",
        )
    changed = int((frame["verdict_next"] != frame["verdict"]).sum())
    if not (frame["verdict_next"] != "").any():
        return Text(
            f"The base of the study was not printed: {least} is the smallest possible.",
            f"База исследования не напечатана: {least} — наименьшая возможная.",
        )
    return Text(
        f"The base of the study was not printed: {least} is the smallest possible. On the next "
        f"possible one {changed} of {len(frame)} verdicts would change.",
        f"База исследования не напечатана: {least} — наименьшая возможная. На следующей возможной "
        f"изменилось бы выводов: {changed} из {len(frame)}.",
    )


def _unit_note(survey: Survey, study: Published, each: str) -> Text:
    if each == "cluster" and survey.clusters is not None:
        return Text(
            f"Each of our clusters counts once, with the share of its respondents who gave the "
            f"answer; the study gives a share of {study.asked.en}.",
            f"Каждый наш кластер учтён один раз, долей своих ответивших; исследование даёт долю "
            f"{study.asked.ru}.",
        )
    once = Text(" each='cluster' counts every agency once.",
                " each='cluster' учтёт каждое агентство один раз.")  # fmt: skip
    once = once if survey.clusters is not None else Text("", "")
    return Text(
        f"Ours is a share of respondents, the study's a share of {study.asked.en}: alike only as "
        f"far as one respondent speaks for one of them.{once.en}",
        f"У нас доля ответивших, в исследовании доля {study.asked.ru}: похоже настолько, "
        f"насколько один ответивший говорит за всех своих.{once.ru}",
    )
