"""A crosstab as a result: its letters, why they stand there, what is said and drawn.

It answers: which groups differ, by which test, on which bases.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clientlab.practices import crosstab_table, crosstab_why
from clientlab.practices.crosstab_rows import LETTERS, Rows, beyond_chance
from clientlab.practices.crosstab_tests import ALPHA, pairs_of
from clientlab.practices.planning import smallest_detectable
from clientlab.practices.survey import Survey
from clientlab.results import Result
from clientlab.wording import Text, number, percent

if TYPE_CHECKING:
    from clientlab.session.tables import Table

NAMED = 6  # groups whose names find room above their columns
DOT = "\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}"  # a base never stands on a line of its own

PAIRS = ["question", "banner", "option", "higher", "lower", "test", "base_higher", "base_lower",
         "difference", "p_value", "adjusted"]  # fmt: skip
NUMBERS = PAIRS[6:]


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
        nothing = pd.DataFrame({name: pd.Series(dtype=float if name in NUMBERS else object)
                                for name in PAIRS})  # fmt: skip
        frame = pd.concat(parts, ignore_index=True) if parts else nothing
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
        """
        return crosstab_why.why(self, pair, option, question, banner, lang)

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
            ``count, estimate, low, high`` NaN, no letters and no tests of these groups.
        """
        limit = self.min_base if smallest is None else smallest
        tables = tuple(table.without(_too_small(self.frame, table, limit)) for table in self.tables)
        note = Text(
            "Groups too small to be shown without telling who they are: blank.",
            "Слишком маленькие группы, по которым можно узнать людей, не показаны.",
        )
        frame = pd.concat([table.frame() for table in tables], ignore_index=True)
        return replace(self, frame=frame, tables=tables, notes=(*self.notes, note))

    def group_of(self, cell: pd.Series, lang: str) -> str:
        """Label of the group of a cell."""
        table = next(part for part in self.tables if part.banner.question == cell["banner"])
        return table.banner_labels[table.banner.names.index(cell["group"])].in_language(lang)

    def value_of(self, cell: pd.Series, lang: str, *, letters: bool = False) -> str:
        """What a cell is read as: '71%', 7.3, and with its mark and letters '71%* AB'."""
        if cell["measure"] == "share":
            said = percent(cell["estimate"], lang)
        else:
            scale, digits = (100, 0) if cell["measure"] == "nps" else (1, 1)
            said = number(scale * cell["estimate"], lang, digits=digits)
        if not letters or said == "–":
            return said
        said = f"({said})" if cell["mark"] == "grey" else said + "*" * (cell["mark"] == "small")
        return f"{said} {cell['letters']}".strip()

    def headline(self, lang: str = "en") -> str:
        return crosstab_why.largest(self, lang)

    def say(self, lang: str = "en") -> str:
        base = number(self.provenance.base or 0, lang)
        return f"{crosstab_why.largest(self, lang, ends=True)} " + Text(
            f"(base {base}).", f"(база {base})."
        ).in_language(lang)

    def table(self) -> Table:
        """The banner as it is printed: options down, groups across, letters in the cells."""
        return crosstab_table.banner_table(self)

    def decide(self, lang: str = "en") -> str:
        tests = self.tests()
        if tests["differ"].any() and not beyond_chance(self.tables, self.adjust):
            return Text(
                "Look for these differences in another survey before anybody acts on them: so many "
                "rows give such letters by chance.",
                "Проверить эти различия в другом опросе, прежде чем действовать: столько строк "
                "дают такие буквы и случайно.",
            ).in_language(lang)
        if tests["differ"].any():
            return Text(
                "Ask the group that stands higher what it does otherwise before anybody copies it.",
                "Спросить группу, которая выше, что она делает иначе, и лишь потом перенимать.",
            ).in_language(lang)
        return Text("Do not report differences between these groups.",
                    "Не сообщать о различиях между этими группами.").in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        names = dict.fromkeys(table.banner.question for table in self.tables)
        by = ", ".join(self.asked(name, lang) for name in names)
        asked = list(dict.fromkeys(self.frame["question"]))
        what = self.asked(asked[0], lang)
        if len(asked) > 1:
            what = Text(f"{len(asked)} questions", f"Вопросов: {len(asked)}").in_language(lang)
        said = Text(
            f"{what} By: {by} Letters: higher than that group",
            f"{what} Разрез: {by} Буквы: выше этой группы",
        ).in_language(lang)
        if (names := self._letters_alone(lang)) and self.frame["measure"].iloc[0] == "share":
            said += f". {names}"
        return said

    def _letters_alone(self, lang: str) -> str:
        """Names of groups that are too many to stand above their columns."""
        banner = self.tables[0].banner_labels
        if len(banner) <= NAMED:
            return ""
        return ", ".join(f"{letter}\N{NO-BREAK SPACE}{label.in_language(lang)}"
                         for letter, label in zip(LETTERS, banner, strict=False))  # fmt: skip

    def asked(self, question: str, lang: str) -> str:
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
        written = [self.value_of(cell, lang, letters=True) for _, cell in frame.iterrows()]
        if frame["option"].nunique() == 1 and first["measure"] != "share":
            return self._plot_means(frame, ax)
        row = frame.drop_duplicates("group")
        base = frame.groupby("group", sort=False)["base"].max()
        alone = self._letters_alone(lang)
        across = [cell["letter"] + (f": {self.group_of(cell, lang)}" * (not alone))
                  + DOT + number(base[cell["group"]], lang)
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
        names = [f"{cell['letter']}: {self.group_of(cell, lang)}{DOT}{number(cell['base'], lang)}"
                 for _, cell in frame.iterrows()]  # fmt: skip
        scale = 100 if frame["measure"].iloc[0] == "nps" else 1
        values, low, high = (scale * frame[part] for part in ("estimate", "low", "high"))
        with charts.picture(self, ax) as axes:
            charts.dots(
                axes, names, values, low.fillna(values), high.fillna(values),
                texts=[self.value_of(cell, lang, letters=True) for _, cell in frame.iterrows()],
                quiet=(frame["mark"] == "grey").to_list(),
            )  # fmt: skip
        return axes


def _too_small(frame: pd.DataFrame, table: Rows, limit: int) -> list[int]:
    """Places of the groups to be blanked; with one alone, the next smallest too."""
    own = frame[frame["banner"] == table.banner.question]
    bases = own.groupby("group", sort=False)["base"].max().sort_values(kind="stable")
    hidden = list(bases.index[bases < limit])
    if len(hidden) == 1 and len(bases) > 1 and table.banner.codes is not None:
        hidden = list(bases.index[:2])
    return [table.banner.names.index(name) for name in hidden]
