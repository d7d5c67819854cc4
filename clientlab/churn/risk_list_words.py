"""How the Monday list is said, drawn, tabled and laid out as sheets; used by `risk_lists`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clientlab.churn.models import NAMES
from clientlab.clients.answers import WRITE, in_currency, interval_of
from clientlab.wording import Text, counted, number, percent

if TYPE_CHECKING:
    from clientlab.churn.explaining import Reasons
    from clientlab.churn.likely import Recalibrated
    from clientlab.churn.risk_lists import Scored
    from clientlab.churn.snapshot_table import Snapshots
    from clientlab.results import Provenance

SHOWN = 12  # clients in the picture
COLUMNS = ("rank", "client_id", "name", "owner", "estimate", "low", "high", "base", "value",
           "at_stake", "reasons", "step")  # fmt: skip
HEADS = {
    "rank": Text("No.", "№"),
    "client_id": Text("Client", "Клиент"),
    "name": Text("Name", "Название"),
    "owner": Text("Manager", "Менеджер"),
    "estimate": Text("Probability", "Вероятность"),
    "low": Text("from", "от"),
    "high": Text("to", "до"),
    "value": Text("A year's value", "Ценность за год"),
    "at_stake": Text("At stake", "Под риском"),
    "reasons": Text("Why", "Почему"),
    "step": Text("First step", "Первый шаг"),
    "done": Text("Done, and what they said", "Сделано, что ответили"),
}


class RiskListWords:
    """Sentences, picture and sheets of the list."""

    if TYPE_CHECKING:
        frame: pd.DataFrame
        provenance: Provenance
        notes: tuple[Text, ...]
        scored: Scored
        reasons: Reasons

    unit = "share"
    digits = 2

    @property
    def formats(self) -> dict[str, str]:
        """Money without decimals."""
        return dict.fromkeys(("rank", "base", "value", "at_stake"), "integer")

    def _expected(self) -> tuple[float, float, float]:
        """Clients expected to leave: sum of probabilities, interval of the calibration."""
        draws = self.scored.line.draws(self.scored.score).sum(axis=1)
        low, high = np.quantile(draws[1:], [0.025, 0.975])
        return float(draws[0]), float(low), float(high)

    def say(self, lang: str = "en") -> str:
        """How many are expected to leave, and where the money at stake is."""
        rows, currency = self.frame, self.provenance.currency or ""
        days = self.scored.training.horizon.days
        mean, low, high = self._expected()
        top = rows.head(max(1, round(len(rows) / 10)))
        part = top["at_stake"].sum() / rows["at_stake"].sum() if rows["at_stake"].sum() else 0.0
        stake = in_currency(rows["at_stake"].sum(), currency, lang)
        many, first = len(rows), rows.iloc[0]
        told, *ends = (number(value, lang, digits=1) for value in (mean, low, high))
        ends = "–".join(ends)
        who = counted(many, Text("client|clients", "клиента|клиентов|клиентов"), lang)
        leads = self._lead(first, lang)
        return Text(
            f"Of {many} {who} {told} are expected to leave in {days} days "
            f"({ends}), {stake} at stake; the first {len(top)} of the list hold {percent(part)} of "
            f"it. First: {leads}.",
            f"Из {many} {who} за {days} дн. ожидается уход {told} ({ends}), "
            f"под риском {stake}; на первых {len(top)} приходится {percent(part, 'ru')}. "
            f"Первый в списке: {leads}.",
        ).in_language(lang)  # fmt: skip

    def _lead(self, row: pd.Series, lang: str) -> str:
        ends = interval_of(row["low"], row["high"], "share", lang)
        told = WRITE["share"](row["estimate"], lang)
        return f"{row['name']} ({told}, {ends}): {row[f'reasons_{lang}']}"

    def headline(self, lang: str = "en") -> str:
        """The expected number of leavers and the share of money that the first tenth holds."""
        rows = self.frame
        top = rows.head(max(1, round(len(rows) / 10)))
        whole = rows["at_stake"].sum()
        part = top["at_stake"].sum() / whole if whole else 0.0
        return Text(
            f"{len(top)} clients hold {percent(part)} of the money at stake",
            f"На {len(top)} {counted(len(top), Text('', 'клиента|клиентов|клиентов'), 'ru')} "
            f"приходится {percent(part, 'ru')} денег под риском",
        ).in_language(lang)  # fmt: skip

    def decide(self, lang: str = "en") -> str:
        """Who does what on Monday."""
        return Text("Each manager takes the first step for the own clients on the list and writes "
                    "down what they said; whom to leave out, and at what cost, is the plan's "
                    "question.",
                    "Каждый менеджер делает первый шаг по своим клиентам из списка и записывает "
                    "ответ; кого не трогать и сколько это стоит — вопрос плана."
                    ).in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        """What is drawn."""
        days = self.scored.training.horizon.days
        return Text(f"Probability of leaving within {days} days, 95% interval of clients scored "
                    "alike; by money at stake, at the right",
                    f"Вероятность ухода за {days} дней, 95%-й интервал для клиентов с такой "
                    "оценкой; порядок — по деньгам под риском, справа"
                    ).in_language(lang)  # fmt: skip

    def plot(self, ax=None):
        """The first clients of the list with their intervals and the money at stake."""
        from clientlab.session import charts, texts

        lang, currency = texts.language(), self.provenance.currency or ""
        rows = self.frame.head(SHOWN)
        with charts.picture(self, ax) as axes:  # pyright: ignore[reportArgumentType]
            charts.dots(
                axes,
                [f"{row['name']} · {row['owner']}".rstrip(" ·") for _, row in rows.iterrows()],
                rows["estimate"], rows["low"], rows["high"],
                texts=[in_currency(value, currency, lang) for value in rows["at_stake"]],
            )  # fmt: skip
            axes.set_xlim(left=0)
            charts.share_axis(axes.xaxis)
        return axes

    def table(self):
        """The first 20 rows with words in the language of the session."""
        from clientlab.session import texts
        from clientlab.session.tables import table

        lang = texts.language()
        heads = {name: text.in_language(lang) for name, text in HEADS.items()}
        shown = self.sheet(lang).head(20)
        for name in ("value", "at_stake"):
            money = [in_currency(value, self.provenance.currency or "", lang)
                     for value in shown[name]]  # fmt: skip
            shown = shown.assign(**{name: money})
        formats = dict.fromkeys(("estimate", "low", "high"), "percent") | {"rank": "integer"}
        return table(
            shown.rename(columns=heads),
            formats={heads[name]: kind for name, kind in formats.items()},
            footer=self.provenance.footer(lang),
        )

    def sheet(self, lang: str = "en") -> pd.DataFrame:
        """Rows as managers read them; columns by their codes."""
        frame = self.frame.rename(columns={f"reasons_{lang}": "reasons", f"step_{lang}": "step"})
        return frame[[name for name in COLUMNS if name in frame and name != "base"]]

    def sheets(self, lang: str = "en") -> list:
        """Sheets of the workbook: the list, how it was made, what to know."""
        from clientlab.session.workbook import Sheet

        list_name = Text("Monday list", "Список на понедельник").in_language(lang)
        about = Text("How it was made", "Как сделано").in_language(lang)
        rows = self.sheet(lang).assign(done="")
        kinds = {"rank": "whole", "estimate": "percent", "low": "percent", "high": "percent",
                 "value": "money", "at_stake": "money", "reasons": "long", "step": "long",
                 "done": "long"}  # fmt: skip
        heads = {name: HEADS[name].in_language(lang) for name in rows}
        told = [(text.in_language(lang),) for text in self.notes]
        head = Text("What to know", "Что важно знать").in_language(lang)
        notes = pd.DataFrame([(self.say(lang),), *told], columns=["note"])
        footer = self.provenance.footer(lang)
        return [
            Sheet(list_name, rows, heads, kinds, self.headline(lang), footer),
            Sheet(about, notes, {"note": head}, {"note": "note"}, self.measures(lang), footer),
        ]


def card(found: Scored) -> Text:
    """What the model was made from, in a sentence: the model card."""
    line, past = found.line, found.training
    own = type(found.model).__name__
    name = NAMES["default_model"] if own == "StackedModel" else Text(own, own)
    first, last = past.days[0], past.days[-1]
    return Text(
        f"Model: {name.en}, fitted on {number(line.rows)} rows of {number(line.clients)} clients "
        f"on {len(past.days)} days from {first:%Y-%m-%d} to {last:%Y-%m-%d}; in "
        f"{number(line.leavers)} of them the client left within {past.horizon.days} days; "
        f"{past.X.shape[1]} features. "
        f"Slope of the calibration on clients not seen: {_slope(line, 'en')}.",
        f"Модель: {name.ru}; строк обучения {number(line.rows, 'ru')}, клиентов "
        f"{number(line.clients, 'ru')}, дней {len(past.days)} с {first:%d.%m.%Y} по "
        f"{last:%d.%m.%Y}; уходов за {past.horizon.days} дн.: {number(line.leavers, 'ru')}; "
        f"признаков {past.X.shape[1]}. Наклон калибровки на невиденных клиентах: "
        f"{_slope(line, 'ru')}.",
    )


def doubt(found: Scored) -> Text:
    """That the order of the list may be chance."""
    return Text(
        "Whether this model puts leavers first cannot be told (slope of the calibration "
        f"{_slope(found.line, 'en')}): the order is mostly that of money.",
        "Ставит ли модель уходящих вперёд, сказать нельзя (наклон калибровки "
        f"{_slope(found.line, 'ru')}): порядок в основном по деньгам.",
    )


def one_event(past: Snapshots) -> Text | None:
    """That all who left did so within a month: one story, or a date that an export put in."""
    left = past.keys.loc[past.y.to_numpy() == 1, "left_on"]
    if left.empty or (left.max() - left.min()).days > 31:
        return None
    return Text(
        f"All who left did so from {left.min():%Y-%m-%d} to {left.max():%Y-%m-%d}: one event, or "
        "a date that the export put in. The probabilities are not to be believed until it is "
        "known which.",
        f"Все ушли с {left.min():%d.%m.%Y} по {left.max():%d.%m.%Y}: это одно событие или дата, "
        "которую поставила выгрузка. Пока не ясно, что именно, вероятностям не верить.",
    )


def _slope(line: Recalibrated, lang: str) -> str:
    told, low, high = (number(value, lang, digits=2) for value in line.slope)
    return Text(f"{told} ({low} to {high})", f"{told} (от {low} до {high})").in_language(lang)
