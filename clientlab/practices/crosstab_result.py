"""A crosstab as a result: its letters, why they stand there, what is said and drawn.

It answers: which groups differ, by which test, on which bases.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from string import ascii_uppercase

import numpy as np
import pandas as pd

from clientlab.practices.crosstab_tests import (
    Banner,
    Cells,
    pairs_of,
)
from clientlab.practices.planning import smallest_detectable
from clientlab.practices.survey import Survey
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay, Result
from clientlab.wording import Text, number, percent, plural

SMALL = 30  # effective base under which a cell is marked
ALPHA = 0.05
ADJUSTMENTS = {"holm": "Holm", "bh": "Benjamini–Hochberg", "bonferroni": "Bonferroni"}

PAIRS = ["question", "banner", "option", "higher", "lower", "test", "base_higher", "base_lower",
         "difference", "p_value", "adjusted"]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Rows:
    """One kind of rows of one banner: options of several questions beside each other."""

    banner: Banner
    banner_labels: list[Text]
    questions: list[str]
    options: list[str]
    labels: list[Text]
    cells: Cells
    adjusted: np.ndarray
    letters: np.ndarray
    min_base: int

    def frame(self) -> pd.DataFrame:
        rows, groups = self.cells.estimate.shape
        names = np.array([*ascii_uppercase, *(f"A{c}" for c in ascii_uppercase)], object)[:groups]
        mark = np.where(self.cells.effective_base < SMALL, "small", "").astype(object)
        mark[self.untested] = "grey"

        def down(values: list) -> np.ndarray:
            return np.repeat(np.array(values, object), groups)

        return pd.DataFrame(
            {
                "question": down(self.questions),
                "banner": self.banner.question,
                "option": down(self.options),
                "label_en": down([label.en for label in self.labels]),
                "label_ru": down([label.ru for label in self.labels]),
                "group": np.tile(np.array(self.banner.names, object), rows),
                "letter": np.tile(names, rows),
                "letters": self.letters.ravel(),
                "count": np.where(self.cells.count < 0, np.nan, self.cells.count).ravel(),
                "estimate": self.cells.estimate.ravel(),
                "low": self.cells.low.ravel(),
                "high": self.cells.high.ravel(),
                "base": self.cells.base.ravel(),
                "effective_base": self.cells.effective_base.ravel(),
                "mark": mark.ravel(),
                "measure": self.cells.kind,
            }
        )

    @property
    def untested(self) -> np.ndarray:
        return self.cells.effective_base < self.min_base


@dataclass(frozen=True, eq=False, repr=False)
class Crosstab(Result):
    """Questions by banners; made by `crosstab`.

    Attributes
    ----------
    adjust : str or None
    min_base : int
    """

    tables: tuple[Rows, ...] = ()
    adjust: str | None = "holm"
    min_base: int = 10
    survey: Survey | None = field(default=None)

    def tests(self) -> pd.DataFrame:
        """Every pair: ``question, banner, option, higher, lower, test, base_higher,
        base_lower, difference, p_value, adjusted, differ``; NaN where not tested.
        """
        parts = []
        for table in self.tables:
            cells, pairs = table.cells, pairs_of(len(table.banner.names))
            if not len(pairs):
                continue
            rows = np.repeat(np.arange(len(table.options)), len(pairs))
            a, b = (np.tile(pairs[:, side], len(table.options)) for side in (0, 1))
            first = cells.estimate[rows, a] >= cells.estimate[rows, b]
            up, down = np.where(first, a, b), np.where(first, b, a)
            names = np.array(table.banner.names, object)
            parts.append(
                pd.DataFrame(
                    {
                        "question": np.array(table.questions, object)[rows],
                        "banner": table.banner.question,
                        "option": np.array(table.options, object)[rows],
                        "higher": names[up], "lower": names[down],
                        "test": cells.test.ravel(),
                        "base_higher": cells.effective_base[rows, up],
                        "base_lower": cells.effective_base[rows, down],
                        "difference": cells.estimate[rows, up] - cells.estimate[rows, down],
                        "p_value": cells.p_value.ravel(),
                        "adjusted": table.adjusted.ravel(),
                    }
                )
            )  # fmt: skip
        frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=PAIRS)
        return frame.assign(differ=frame["adjusted"] < ALPHA)

    def why(
        self,
        pair: str,
        *,
        option: str | None = None,
        question: str | None = None,
        banner: str | None = None,
        lang: str = "en",
    ) -> str:
        """Why one group stands higher than another, or does not.

        Parameters
        ----------
        pair : str
            Letters, such as "B>C".
        option, question, banner : str, optional
            Needed where the table has more than one.

        Returns
        -------
        str
            Test, shares, bases, p-value as it is and corrected, and what an uncorrected
            table would have said.

        Examples
        --------
        >>> from clientlab.demo import demo_survey
        >>> from clientlab.practices import crosstab
        >>> found = crosstab(demo_survey(), "knowledge_actual", "role_model")
        >>> found.why("B>A").startswith("B (One person for account and project) 7.3 (base 44)")
        True
        """  # fmt: skip
        row = self._one_row(option, question, banner)
        letters = [part.strip().upper() for part in pair.replace("<", ">").split(">")]
        if pair.count("<") == 1:
            letters.reverse()
        cells = row.set_index("letter")
        unknown = [letter for letter in letters if letter not in cells.index]
        if len(letters) != 2 or unknown or letters[0] == letters[1]:
            known = ", ".join(cells.index)
            raise InvalidValue(f"{pair!r} is no pair of groups such as 'B>C'; there are {known}.")
        return self._told_pair(cells, letters, lang)

    def _told_pair(self, cells: pd.DataFrame, letters: list[str], lang: str) -> str:
        one, two = (cells.loc[letter] for letter in letters)
        tests = self.tests()
        tests = tests[(tests["question"] == one["question"]) & (tests["option"] == one["option"])
                      & (tests["banner"] == one["banner"])]  # fmt: skip
        among = {one["group"], two["group"]}
        found = tests[
            [{a, b} == among for a, b in zip(tests["higher"], tests["lower"], strict=True)]
        ]
        test = found.iloc[0]
        said = "; ".join(
            f"{letter} ({self._group(cell, lang)}) {self._value(cell, lang)} "
            f"({Text('base', 'база').in_language(lang)} {number(cell['effective_base'], lang)})"
            for letter, cell in zip(letters, (one, two), strict=True)
        )
        if pd.isna(test["p_value"]):
            least = min(one["effective_base"], two["effective_base"])
            return said + Text(
                f"; not tested: a base of {number(least)} is under {self.min_base}.",
                f"; не проверялось: база {number(least, 'ru')} меньше {self.min_base}.",
            ).in_language(lang)
        how = {"score": Text("score test of two shares", "тест двух долей (score)"),
               "exact": Text("Fisher's exact test", "точный тест Фишера"),
               "welch": Text("Welch's test of means", "тест Уэлча для средних")}  # fmt: skip
        other = Text(
            "linearised t test (weights, clusters)", "линеаризованный t-тест (веса, кластеры)"
        )
        name = how.get(test["test"], other).in_language(lang)
        family = len(tests[tests["p_value"].notna()])
        p, adjusted = (_p_value(test[part], lang) for part in ("p_value", "adjusted"))
        rule = ADJUSTMENTS.get(self.adjust or "", "")
        en, ru = plural(family, "pair", "pairs"), plural(family, "пару", "пары", "пар")
        corrected = Text("not corrected", "без поправки")
        if rule:
            corrected = Text(
                f"corrected for {family} {en} ({rule}) {adjusted}",
                f"с поправкой на {family} {ru} ({rule}) {adjusted}",
            )
        higher = test["differ"] and one["estimate"] > two["estimate"]
        verdict = Text("higher", "выше") if higher else Text("no letter", "буквы нет")
        raw = test["p_value"] < ALPHA and not test["differ"]
        lone = Text("; a table without correction would print a letter",
                    "; таблица без поправки поставила бы букву")  # fmt: skip
        return (f"{said}; {name}, p {p}, {corrected.in_language(lang)}: "
                f"{verdict.in_language(lang)}{lone.in_language(lang) * bool(raw)}.")  # fmt: skip

    def _one_row(
        self, option: str | None, question: str | None, banner: str | None
    ) -> pd.DataFrame:
        rows = self.frame
        for name, chosen in (("question", question), ("banner", banner), ("option", option)):
            if chosen is not None:
                rows = rows[rows[name] == chosen]
            known = list(dict.fromkeys(rows[name]))
            if len(known) != 1:
                listed = ", ".join(known or dict.fromkeys(self.frame[name]))
                raise InvalidValue(f"Say {name}=…: one of {listed}.")
        return rows

    def _group(self, cell: pd.Series, lang: str) -> str:
        table = next(part for part in self.tables if part.banner.question == cell["banner"])
        place = table.banner.names.index(cell["group"])
        return table.banner_labels[place].in_language(lang)

    def _value(self, cell: pd.Series, lang: str) -> str:
        if cell["measure"] == "share":
            return percent(cell["estimate"], lang)
        scale, digits = (100, 0) if cell["measure"] == "nps" else (1, 1)
        return number(scale * cell["estimate"], lang, digits=digits)

    def groups(self) -> pd.DataFrame:
        """Groups of the banners: ``banner, group, letter, label_en, label_ru, base,
        effective_base, detectable``: the smallest difference of a share from all others
        that is found in 4 of 5 surveys of this size, at 50%.
        """
        rows = []
        for banner, cells in self.frame.groupby("banner", sort=False):
            table = next(part for part in self.tables if part.banner.question == banner)
            largest = cells.groupby("group", sort=False)[["base", "effective_base"]].max()
            everybody = largest["effective_base"].sum()
            for letter, group, label in zip(dict.fromkeys(cells["letter"]), table.banner.names,
                                            table.banner_labels, strict=True):  # fmt: skip
                base, effective = largest.loc[group]
                rest = everybody - effective
                least = (
                    smallest_detectable(effective, rest) if min(effective, rest) >= 2 else np.nan
                )
                rows.append(
                    (banner, group, letter, label.en, label.ru, int(base), effective, least)
                )
        names = ["banner", "group", "letter", "label_en", "label_ru", "base", "effective_base",
                 "detectable"]  # fmt: skip
        return pd.DataFrame(rows, columns=names)

    def suppressed(self, smallest: int | None = None) -> Crosstab:
        """Without numbers of groups so small that a person could be told from them.

        Parameters
        ----------
        smallest : int, optional
            Base under which a group is blanked; by default `min_base`. Where one group of
            a banner alone is blanked, the next smallest is too: the total less the others
            would give its number away.

        Returns
        -------
        Crosstab
            ``count, estimate, low, high`` NaN and no letters in these groups.
        """
        limit, frame = self.min_base if smallest is None else smallest, self.frame.copy()
        for table in self.tables:
            own = frame["banner"] == table.banner.question
            bases = frame[own].groupby("group", sort=False)["base"].max().sort_values()
            hidden = list(bases.index[bases < limit])
            if len(hidden) == 1 and len(bases) > 1 and table.banner.codes is not None:
                hidden = list(bases.index[:2])
            rows = own & frame["group"].isin(hidden)
            frame.loc[rows, ["count", "estimate", "low", "high"]] = np.nan
            frame.loc[rows, ["letters", "mark"]] = ["", "hidden"]
        note = Text(
            "Groups too small to be shown without telling who they are: blank.",
            "Слишком маленькие группы, по которым можно узнать людей, не показаны.",
        )
        return replace(self, frame=frame, notes=(*self.notes, note))

    def headline(self, lang: str = "en") -> str:
        found = self.tests()
        found = found[found["differ"]] if len(found) else found
        if not len(found):
            return Text("No groups can be told apart", "Группы различить нельзя").in_language(lang)
        best = found.sort_values(["adjusted", "difference"], ascending=[True, False]).iloc[0]
        row = self.frame[(self.frame["question"] == best["question"])
                         & (self.frame["banner"] == best["banner"])
                         & (self.frame["option"] == best["option"])]  # fmt: skip
        up, down = (row[row["group"] == best[side]].iloc[0] for side in ("higher", "lower"))
        more = len(found) - 1
        tail = Text(f"; {more} more {plural(more, 'difference', 'differences')}",
                    f"; ещё различий: {more}") if more else Text("", "")  # fmt: skip
        label = up[f"label_{lang}"]
        label = f"«{label}»" if up["measure"] == "share" else label[0].upper() + label[1:]
        return (
            f"{label}: {self._group(up, lang)} — {self._value(up, lang)}, "
            f"{self._group(down, lang)} — {self._value(down, lang)}{tail.in_language(lang)}"
        )

    def say(self, lang: str = "en") -> str:
        tests = self.tests()
        made = int(tests["p_value"].notna().sum()) if len(tests) else 0
        rows = (
            tests[tests["p_value"].notna()].groupby(["question", "banner", "option"]).ngroups
            if made
            else 0
        )
        base = number(len(self.survey) if self.survey is not None else 0, lang)
        chance = number(ALPHA * rows, lang, digits=1)
        return self.headline(lang) + Text(
            f" (base {base}; tested pairs: {number(made)}, rows: {number(rows)}; without any "
            f"difference, rows with a letter by chance: up to {chance}).",
            f" (база {base}; проверено пар: {number(made, 'ru')}, строк: {number(rows, 'ru')}; без "
            f"всяких различий строк с буквой случайно: до {chance}).",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        tests = self.tests()
        if len(tests) and tests["differ"].any():
            return Text(
                "Ask the group that stands higher what it does otherwise before anybody copies it.",
                "Спросить группу, которая выше, что она делает иначе, и лишь потом перенимать.",
            ).in_language(lang)
        return Text("Do not report differences between these groups.",
                    "Не сообщать о различиях между этими группами.").in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        names = dict.fromkeys(table.banner.question for table in self.tables)
        by = ", ".join(self._asked(name, lang) for name in names)
        asked = list(dict.fromkeys(self.frame["question"]))
        what = self._asked(asked[0], lang)
        if len(asked) > 1:
            what = Text(f"{len(asked)} questions", f"Вопросов: {len(asked)}").in_language(lang)
        return Text(
            f"{what} By: {by} Letters: higher than that group",
            f"{what} Разрез: {by} Буквы: выше этой группы",
        ).in_language(lang)

    def _asked(self, question: str, lang: str) -> str:
        if self.survey is None:
            return question
        return self.survey.codebook[question].text.in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, charts_time, texts

        lang, frame = texts.language(), self.frame
        first = frame.iloc[0]
        frame = frame[
            (frame["question"] == first["question"]) & (frame["banner"] == first["banner"])
        ]
        frame = frame[frame["option"].isin(list(dict.fromkeys(frame["option"]))[:20])]
        groups = frame["group"].nunique()
        written = [f"{self._value(cell, lang)} {cell['letters']}".strip() for _, cell in
                   frame.iterrows()]  # fmt: skip
        if frame["option"].nunique() == 1 and first["measure"] != "share":
            return self._plot_means(frame, ax)
        row = frame.drop_duplicates("group")
        base = frame.groupby("group", sort=False)["base"].max()
        across = [f"{cell['letter']}: {self._group(cell, lang)} · "
                  f"{number(base[cell['group']], lang)}"
                  for _, cell in row.iterrows()]  # fmt: skip
        with charts.picture(self, ax) as axes:
            charts_time.heat(
                axes,
                frame["estimate"].to_numpy(float).reshape(-1, groups),
                list(frame.drop_duplicates("option")[f"label_{lang}"]),
                across,
                texts=np.array(written, object).reshape(-1, groups),
                quiet=(frame["mark"] == "grey").to_numpy().reshape(-1, groups),
            )
        return axes

    def _plot_means(self, frame: pd.DataFrame, ax):
        """One mean (or score) by group, with its interval."""
        from clientlab.session import charts, texts

        lang = texts.language()
        names = [f"{cell['letter']}: {self._group(cell, lang)} · {number(cell['base'], lang)}"
                 for _, cell in frame.iterrows()]  # fmt: skip
        scale = 100 if frame["measure"].iloc[0] == "nps" else 1
        values, low, high = (scale * frame[part] for part in ("estimate", "low", "high"))
        with charts.picture(self, ax) as axes:
            charts.dots(
                axes, names, values, low.fillna(values), high.fillna(values),
                texts=[f"{self._value(cell, lang)} {cell['letters']}".strip()
                       for _, cell in frame.iterrows()],
                quiet=(frame["mark"] == "grey").to_list(),
            )  # fmt: skip
        return axes


def surest(found: Crosstab | CannotSay) -> Text | CannotSay:
    """The surest difference of a crosstab, and why it stands there.

    Parameters
    ----------
    found : Crosstab

    Returns
    -------
    Text, or CannotSay if it is given one or nothing was tested

    Examples
    --------
    >>> from clientlab.demo import demo_survey
    >>> from clientlab.practices import crosstab
    >>> surest(crosstab(demo_survey(), "upsell_ways", "role_model")).en.split(" (")[0]
    '«A separate salesperson sells on»: C'
    """
    if isinstance(found, CannotSay):
        return found
    tests = found.tests()
    tests = tests[tests["adjusted"].notna()]
    if tests.empty:
        none = Text("No two groups are large enough to be compared.",
                    "Нет двух групп, достаточно больших для сравнения.")  # fmt: skip
        return CannotSay.because(none, found.provenance)
    best = tests.sort_values(["adjusted", "p_value"], kind="stable").iloc[0]
    place = {name: best[name] for name in ("option", "question", "banner")}
    rows = found.frame
    for name, value in place.items():
        rows = rows[rows[name] == value]
    letter = rows.set_index("group")["letter"]
    pair = f"{letter[best['higher']]}>{letter[best['lower']]}"
    said = [f"«{rows.iloc[0][f'label_{lang}']}»: {found.why(pair, **place, lang=lang)}"
            for lang in ("en", "ru")]  # fmt: skip
    return Text(*said)


def _p_value(p: float, lang: str) -> str:
    """'= 0.031', '< 0.0001'."""
    return f"< {number(0.0001, lang, digits=4)}" if p < 1e-4 else f"= {number(p, lang, digits=4)}"
