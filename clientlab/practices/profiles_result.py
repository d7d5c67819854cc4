"""Types of respondents as `profiles` found them, in words and as a picture."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from clientlab.results import Result
from clientlab.wording import Text, number, percent, percent_range

DRAWN = 20  # options of a picture, those that differ most between types
NAMED = 2  # options by which a type is named
STABLE = 0.6  # adjusted Rand index under which types are told to be shaky


@dataclass(frozen=True, eq=False, repr=False)
class Profiles(Result):
    """Types of respondents; made by `profiles`.

    Attributes
    ----------
    sizes : DataFrame
        ``profile, estimate, low, high, base``.
    members : DataFrame
        ``row, cluster`` (where the survey has any), ``profile, probability``.
    criteria : DataFrame
        ``profiles, log_likelihood, parameters, aic3, bic, p_value, chosen``; p of one type less
        against this number, NaN where the criterion did not ask for it.
    stability : tuple of float or None
        Mean and 95% range of the adjusted Rand index of samples drawn anew; None with one.
    asked : Text
        The question, where there is only one.
    """

    sizes: pd.DataFrame = field(default_factory=pd.DataFrame)
    members: pd.DataFrame = field(default_factory=pd.DataFrame)
    criteria: pd.DataFrame = field(default_factory=pd.DataFrame)
    stability: tuple[float, float, float] | None = None
    asked: Text = Text("", "")

    @property
    def count(self) -> int:
        """How many types there are."""
        return len(self.sizes)

    @property
    def shares(self) -> pd.DataFrame:
        """Share of each type that gives each option: options × types."""
        keys = ["question", "option"]
        wide = self.frame.pivot(index=keys, columns="profile", values="estimate")
        return wide.loc[self.frame[keys].drop_duplicates().itertuples(index=False, name=None)]

    def _marks(self, profile: int, lang: str) -> str:
        """Options that the type gives more often than the others, furthest first."""
        wide = self.shares
        weights = self.sizes.set_index("profile")["estimate"].drop(profile)
        others = (wide.drop(columns=profile) * weights).sum(axis=1) / weights.sum()
        more = (wide[profile] - others).sort_values(ascending=False, kind="stable")
        more = more[more > 0].head(NAMED)
        if more.empty:
            return Text("less of everything", "всего меньше").in_language(lang)
        labels = self.frame.drop_duplicates(["question", "option"])
        labels = labels.set_index(["question", "option"])[f"label_{lang}"]
        return ", ".join(f"«{labels[key]}»" for key in more.index)

    def headline(self, lang: str = "en") -> str:
        if self.count == 1:
            return Text(
                "One type: practices do not come together beyond chance",
                "Тип один: практики не сочетаются сильнее, чем случайно",
            ).in_language(lang)
        wide = self.shares
        apart = (wide.max(axis=1) - wide.min(axis=1)).idxmax()
        labels = self.frame.drop_duplicates(["question", "option"])
        label = labels.set_index(["question", "option"]).at[apart, f"label_{lang}"]
        parts = " / ".join(percent(size, lang) for size in self.sizes["estimate"])
        return Text(
            f"{self.count} types, {parts}, furthest apart in «{label}»",
            f"Типов {self.count}: {parts}; сильнее всего различаются в «{label}»",
        ).in_language(lang)

    def say(self, lang: str = "en") -> str:
        base = number(self.provenance.base or 0, lang)
        if self.count == 1:
            return Text(
                f"{self.headline('en')}; base {base}, {self._why('en')}.",
                f"{self.headline('ru')}; база {base}, {self._why('ru')}.",
            ).in_language(lang)
        ends = "; ".join(f"{row.profile}: {percent_range(row.low, row.high, lang)}"
                         for row in self.sizes.itertuples())  # fmt: skip
        marks = "; ".join(f"{row.profile}: {self._marks(row.profile, lang)}"
                          for row in self.sizes.itertuples())  # fmt: skip
        mean, low, high = (number(part, lang, digits=2) for part in self.stability or ())
        sure = percent(self.members["probability"].mean(), lang)
        return Text(
            f"{self.headline('en')}. More often than the others, {marks}. Base {base}, 95% "
            f"intervals of the sizes {ends}; sorted "
            f"with {sure} certainty on average; drawn anew, the sorting agrees by {mean} ({low} "
            f"to {high}; 1 is the same, 0 chance).",
            f"{self.headline('ru')}. Чаще других — {marks}. База {base}, интервалы 95% для "
            f"размеров {ends}; отнесение "
            f"уверенно в среднем на {sure}; на новых выборках совпадает на {mean} (от {low} до "
            f"{high}; 1 — то же, 0 — случайность).",
        ).in_language(lang)

    def _why(self, lang: str) -> str:
        """Which of the two rules said no to a second type."""
        rows = self.criteria
        if len(rows) < 2:
            return Text("too few for two types", "на два типа мало").in_language(lang)
        by = number(rows["aic3"].iloc[1] - rows["aic3"].iloc[0], lang)
        if rows["aic3"].iloc[1:].min() >= rows["aic3"].iloc[0]:
            return Text(
                f"two types are worse by {by} points of AIC3",
                f"два типа хуже, AIC3 больше на {by}",
            ).in_language(lang)
        chance = number(rows["p_value"].iloc[1], lang, digits=2)
        return Text(
            f"AIC3 asks for more, the bootstrap test does not (p {chance})",
            f"AIC3 просит больше, бутстреп-тест — нет (p {chance})",
        ).in_language(lang)

    def decide(self, lang: str = "en") -> str:
        if self.count == 1:
            return Text(
                "Make no personas of account managers out of this survey; decide practice by "
                "practice.",
                "Не делать из этого опроса типажи менеджеров; решать по каждой практике отдельно.",
            ).in_language(lang)
        if self.stability and self.stability[0] < STABLE:
            return Text(
                "The types are shaky: use them to ask questions, not to sort people.",
                "Типы неустойчивы: пусть служат поводом для вопросов, а не сортировкой людей.",
            ).in_language(lang)
        return Text(
            "Invite two of each type and let them say what they would not give up; then decide "
            "whether one way is to be taught to all.",
            "Позовите по двое из каждого типа, пусть скажут, от чего не откажутся; потом решите, "
            "учить ли всех одному.",
        ).in_language(lang)

    def measures(self, lang: str = "en") -> str:
        if self.count == 1:
            said = Text("Share who give the answer", "Доля, кто так ответил").in_language(lang)
            return f"{self.asked.in_language(lang)} {said}".strip()
        return Text(
            "Share of each type that gives the answer, with its 95% interval; size of the type "
            "above",
            "Доля внутри типа, кто так ответил, с интервалом 95%; сверху — размер типа",
        ).in_language(lang)

    def plot(self, ax=None):
        from clientlab.session import charts, texts

        lang, wide = texts.language(), self.shares
        apart = wide.max(axis=1) - wide.min(axis=1) if self.count > 1 else wide[1]
        kept = apart.sort_values(ascending=False, kind="stable").index[:DRAWN]
        rows = self.frame.set_index(["question", "option", "profile"])
        labels = [rows.at[(*key, 1), f"label_{lang}"] for key in kept]
        with charts.picture(self, ax) as axes:
            if self.count == 1:
                only = rows.xs(1, level="profile").loc[list(kept)]
                charts.bars(axes, labels, only["estimate"], low=only["low"], high=only["high"])
                return axes
            names = [f"{row.profile}: {percent(row.estimate, lang)}"
                     for row in self.sizes.itertuples()]  # fmt: skip
            cells = [[_cell(rows.loc[(*key, one)], lang) for one in self.sizes["profile"]]
                     for key in kept]  # fmt: skip
            charts.heat(axes, wide.loc[list(kept)].to_numpy(), labels, names, top=1.0, texts=cells)
        return axes


def _cell(row: pd.Series, lang: str) -> str:
    """'72% (60–83%)'."""
    return f"{percent(row['estimate'], lang)} ({percent_range(row['low'], row['high'], lang)})"
