"""How a plan of calls is said and drawn; used by `economics.Plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clientlab.clients.answers import in_currency, without_brackets
from clientlab.wording import Text, counted, number, percent

if TYPE_CHECKING:
    from clientlab.churn.economics import Offer
    from clientlab.results import Provenance

SHOWN = 10  # clients in the picture where nobody is called
TO_CALL = Text("client|clients", "клиенту|клиентам|клиентам")
HEADS = {
    "client_id": Text("Client", "Клиент"),
    "probability": Text("Probability", "Вероятность"),
    "value": Text("Value", "Ценность"),
    "profit": Text("Expected profit of a call", "Ожидаемая прибыль звонка"),
    "decision": Text("Decision", "Решение"),
}


class PlanWords:
    """Sentences and picture of a plan; the numbers are those of the plan."""

    if TYPE_CHECKING:
        frame: pd.DataFrame
        provenance: Provenance
        offer: Offer
        hours: float
        money: float
        break_even: float
        assumed: float
        curve: pd.DataFrame

        @property
        def called(self) -> pd.DataFrame: ...

    unit = "number"
    digits = 2  # the probabilities are those of a learned model

    @property
    def formats(self) -> dict[str, str]:
        """Money without decimals, probabilities as percent."""
        whole = dict.fromkeys(("value", "estimate", "low", "high", "base", "cost"), "integer")
        return whole | {"probability": "percent"}

    def say(self, lang: str = "en") -> str:
        """The break-even first, then the list, its cost and what it is expected to bring."""
        if self.called.empty:
            return self._nobody(lang)
        return f"{self._lead(lang)}; {self._list(lang)}."

    def headline(self, lang: str = "en") -> str:
        """The break-even and the number of calls."""
        if self.called.empty:
            return without_brackets(self._nobody(lang))
        many = len(self.called)
        told = Text(f"{many} to call", f"звонков: {many}").in_language(lang)
        return f"{without_brackets(self._lead(lang))}; {told}"

    def _nobody(self, lang: str) -> str:
        rows = self.frame
        many = number(len(rows), lang)
        if (rows["decision"] == "no_budget").any():
            return Text(f"Nobody is called: of {many} clients some would pay, but there are no "
                        "hours or no money for a single call.",
                        f"Звонить некому: из {many} клиентов звонок кому-то окупился бы, но часов "
                        "или денег нет ни на один.").in_language(lang)  # fmt: skip
        return Text(f"No call pays under these assumptions: each of {many} clients costs more "
                    "than it is expected to bring.",
                    f"При этих допущениях ни один звонок не окупается: клиентов {many}, каждый "
                    "дороже ожидаемой пользы.").in_language(lang)  # fmt: skip

    def _lead(self, lang: str) -> str:
        # Calls that cost next to nothing pay at 0.3%, not at 0%.
        even, assumed = (percent(share, lang, digits=int(0 < share < 0.0095))
                         for share in (self.break_even, self.assumed))  # fmt: skip
        return Text(f"The calls pay from a success rate of {even} on (assumed: {assumed})",
                    f"Звонки окупаются при успехе от {even} (допущение: {assumed})"
                    ).in_language(lang)  # fmt: skip

    def _list(self, lang: str) -> str:
        rows, currency = self.called, self.provenance.currency or ""
        who = counted(len(rows), TO_CALL, lang)
        cost = in_currency(rows["cost"].sum(), currency, lang)
        hours = number(rows["hours"].sum(), lang)
        profit = in_currency(rows["estimate"].sum(), currency, lang)
        low, high = (in_currency(rows[end].sum(), "", lang) for end in ("low", "high"))
        base = number(len(self.frame), lang)
        return Text(f"call {len(rows)} {who} of {base} in {hours} hours for {cost}: expected "
                    f"profit {profit} ({low} to {high} over the intervals of the probabilities)",
                    f"звонить {len(rows)} {who} из {base}, часов {hours}, расход {cost}: ожидаемая "
                    f"прибыль {profit} (от {low} до {high} по интервалам вероятностей)"
                    ).in_language(lang)  # fmt: skip

    def decide(self, lang: str = "en") -> str:
        """What to agree on before anybody calls."""
        if self.called.empty and (self.frame["decision"] == "no_budget").any():
            return Text("Find the hours or the money of one call, or leave it.",
                        "Найти часы или деньги хотя бы на один звонок или отказаться."
                        ).in_language(lang)  # fmt: skip
        if self.called.empty:
            return Text("Call nobody by this list: find a cheaper contact, or ask what success "
                        "last year's talks had.",
                        "По этому списку не звонить: найти контакт дешевле или узнать, какой успех "
                        "был у прошлогодних разговоров.").in_language(lang)  # fmt: skip
        if self.break_even > self.assumed or self.called["low"].sum() < 0:
            return Text("Try it with a part of the list and count: within the intervals of the "
                        "probabilities the calls may lose money.",
                        "Попробовать на части списка и считать: в пределах интервалов вероятностей "
                        "звонки могут быть убыточны.").in_language(lang)  # fmt: skip
        return Text("Agree on the success you believe in before you call; if it is below the "
                    "break-even, do not call.",
                    "До звонков договориться, в какой успех верим; если он ниже точки "
                    "окупаемости — не звонить.").in_language(lang)  # fmt: skip

    def measures(self, lang: str = "en") -> str:
        """What is drawn."""
        if self.called.empty:
            return Text("Expected profit of a call, the best clients first; lines: over the "
                        "intervals of the probabilities",
                        "Ожидаемая прибыль звонка, сначала лучшие клиенты; линии — по интервалам "
                        "вероятностей").in_language(lang)  # fmt: skip
        return Text("Expected profit of calling this list by the success of a call; band: over the "
                    "intervals of the probabilities",
                    "Ожидаемая прибыль звонков по списку в зависимости от успеха; полоса — по "
                    "интервалам вероятностей").in_language(lang)  # fmt: skip

    def table(self):
        """The first 20 rows, money as it is read out."""
        from clientlab.session import texts
        from clientlab.session.tables import table

        lang, currency = texts.language(), self.provenance.currency or ""
        rows = self.frame.head(20)
        shown = pd.DataFrame({"client_id": rows["client_id"], "probability": rows["probability"]})
        for name in ("value", "profit"):
            money = rows["estimate" if name == "profit" else name]
            shown[name] = [in_currency(value, currency, lang) for value in money]
        shown["decision"] = rows[f"label_{lang}"]
        heads = {name: text.in_language(lang) for name, text in HEADS.items()}
        return table(shown.rename(columns=heads), formats={heads["probability"]: "percent"},
                     footer=self.provenance.footer(lang))  # fmt: skip

    def plot(self, ax=None):
        """Profit against the success rate, with both rates marked; of each client if none pays."""
        from clientlab.session import charts, texts

        lang, currency = texts.language(), self.provenance.currency or ""
        if self.called.empty:
            return self._plot_clients(ax)
        marks = {Text("break-even", "окупаемость").in_language(lang): self.break_even,
                 Text("assumed", "допущение").in_language(lang): self.assumed}  # fmt: skip
        marks = {name: at for name, at in marks.items()
                 if np.isfinite(at) and at <= self.curve["success"].max()}  # fmt: skip
        with charts.picture(self, ax) as axes:  # pyright: ignore[reportArgumentType]
            charts.slope(axes, self.curve["success"], self.curve["estimate"],
                         (self.curve["low"], self.curve["high"]), marks=marks,
                         write=lambda value: in_currency(value, currency, lang))  # fmt: skip
            axes.set_xlabel(Text("share of would-be leavers who take the offer and stay for it",
                                 "доля собиравшихся уйти, кого предложение удержало"
                                 ).in_language(lang))  # fmt: skip
        return axes

    def _plot_clients(self, ax):
        """Why nobody is called: what a call of each of the best would bring."""
        from clientlab.session import charts, texts

        lang, currency = texts.language(), self.provenance.currency or ""
        rows = self.frame.sort_values("estimate", ascending=False, kind="stable").head(SHOWN)
        with charts.picture(self, ax) as axes:  # pyright: ignore[reportArgumentType]
            charts.dots(axes, rows["client_id"].astype(str).tolist(), rows["estimate"],
                        rows["low"], rows["high"], reference=0.0,
                        texts=[in_currency(value, currency, lang) for value in rows["estimate"]]
                        )  # fmt: skip
            axes.xaxis.set_major_formatter(lambda value, _: in_currency(value, "", lang))
        return axes


def plan_notes(frame: pd.DataFrame, hold_out: float, currency: str = "") -> tuple[Text, ...]:
    """What the reader of a plan must know."""
    notes = [Text("Success and acceptance are assumptions of the analyst, not results.",
                  "Успех и согласие на предложение — допущения аналитика, а не результат."
                  )]  # fmt: skip
    out = frame[frame["decision"] == "held_out"]
    if len(out):
        notes.append(_price_of_knowing(out, int((frame["decision"] == "call").sum()), currency))
    elif not hold_out:
        notes.append(Text(
            "Nobody is left uncalled: next quarter cannot tell what the calls did. "
            "hold_out=0.1 leaves a random tenth.",
            "Звонят всем из списка: в следующем квартале не узнать, что дали звонки. "
            "hold_out=0.1 оставит без звонка случайную десятую.",
        ))  # fmt: skip
    never = int((frame["decision"] == "not_by_a_call").sum())
    if never:
        notes.append(Text(
            f"Not called because no call changes their reason to leave: {never}.",
            f"Не звоним: причину ухода звонок не изменит: {never}.",
        ))  # fmt: skip
    return tuple(notes)


def _price_of_knowing(out: pd.DataFrame, called: int, currency: str) -> Text:
    """What leaving some uncalled costs, and which difference they can show."""
    p = float(out["probability"].mean())
    # Two shares at 5% and 80% power: 1.96 + 0.84 standard errors.
    gap = 2.8 * np.sqrt(max(p * (1 - p), 0.01) * (1 / len(out) + 1 / max(called, 1)))
    shows = Text(f"With so few, only a difference of about {percent(gap)} in leaving would show.",
                 f"При таком числе видна лишь разница в уходе около {percent(gap, 'ru')}."
                 )  # fmt: skip
    if gap > p:  # more than even calls that always work could spare
        shows = Text("Even calls that always work would not show in one quarter with so few: add "
                     "up several.",
                     "За один квартал при таком числе не видны и безотказные звонки: складывайте "
                     "несколько.")  # fmt: skip
    many, price = len(out), out["estimate"].sum()
    return Text(
        f"Left uncalled to compare: {many}, which costs about {in_currency(price, currency)} of "
        f"expected profit. {shows.en}",
        f"Без звонка для сравнения: {many}; это около {in_currency(price, currency, 'ru')} "
        f"ожидаемой прибыли. {shows.ru}",
    )
