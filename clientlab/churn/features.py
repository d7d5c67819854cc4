"""What may tell beforehand who leaves: the list of features.

It answers: which numbers of a client are known on a day, what each means, and what an
account manager would call it. A line adds a feature: a window over the rows of a table
(`Window`, `Share`, `Change`, `Shift`), or a function of a base (`features_of_base`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from clientlab.churn import feature_rows as rows
from clientlab.churn import features_of_base as of_base
from clientlab.churn.feature_windows import Aggregate, Share, Shift, Typical, Window
from clientlab.clients.past_due import days_past_due
from clientlab.wording import Text

Needs = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Feature:
    """One feature: how it is made, and how it is read out.

    Parameters
    ----------
    made_by : Window, Share, Change, Shift or callable
        A callable of a base, ``made_by(base)``, is given the base as it was on the day;
        one of a base and a day, ``made_by(base, day)``, the base as it is now, and must
        itself take care not to look ahead (`check_no_leakage` tells whether it does).
        Both return a Series by client_id.
    meaning : Text
    unit : {"money", "days", "months", "hours", "count", "share", "change", "score", "flag", "code"}
        change: −1 to 1, see `Change`.
    high, low : Text
        What a manager says of a client with a high value, and with a low one.
    worse : {1, -1, 0}
        Whether practice expects a high value before leaving, a low one, or neither.
    needs : mapping of table to columns
        Of a callable; a window knows its own.
    source : str
        Article (S0–S4) and system that it goes back to.
    """

    made_by: Aggregate | Callable[..., Any]
    meaning: Text
    unit: str
    high: Text
    low: Text
    worse: int = 0
    needs: Needs = field(default_factory=dict)
    source: str = ""

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows it is made of; none if it is a function of a base."""
        return self.made_by.parts if isinstance(self.made_by, Aggregate) else ()

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """Columns needed, by table."""
        found: dict[str, tuple[str, ...]] = {table: tuple(names) for table, names in
                                             self.needs.items()}  # fmt: skip
        for window in self.windows:
            known = found.get(window.rows.table, ())
            found[window.rows.table] = tuple(dict.fromkeys((*known, *window.rows.columns)))
        return found

    def phrase(self, high: bool, lang: str = "en") -> str:
        """A manager's words for a value above or below what is usual."""
        return (self.high if high else self.low).in_language(lang)


def as_feature(name: str, one: Any) -> Feature:
    """A feature of your own that is a window or a function only; it is called by its name."""
    words = Text(name, name)
    return one if isinstance(one, Feature) else Feature(one, words, "score", words, words)


FEATURES: dict[str, Feature] = {
    "tenure_months": Feature(
        of_base.tenure_months, Text("months of work together", "месяцев вместе"), "months",
        Text("has been with us for long", "давно с нами"), Text("is new", "недавно с нами"),
        -1, source="S1; B4"),
    "earlier_spells": Feature(
        of_base.earlier_spells, Text("times the client left before", "сколько раз уже уходил"),
        "count", Text("has left once before", "уже уходил раньше"),
        Text("never left before", "раньше не уходил"), 1, source="B4"),
    "channel": Feature(
        of_base.of_clients("channel"), Text("how the client came", "откуда пришёл"), "code",
        Text("came that way", "пришёл этим путём"), Text("came another way", "пришёл иначе"),
        0, {"clients": ("channel",)}, "S3; B21"),
    "financial_model": Feature(
        of_base.of_clients("financial_model"), Text("how the work is paid", "финансовая модель"),
        "code", Text("pays by this model", "платит по этой модели"),
        Text("pays by another model", "платит по другой модели"),
        0, {"clients": ("financial_model",)}, "S1; B2"),
    "role_model": Feature(
        of_base.of_clients("role_model"), Text("who does accounts and projects", "ролевая модель"),
        "code", Text("is served this way", "обслуживается так"),
        Text("is served another way", "обслуживается иначе"),
        0, {"clients": ("role_model",)}, "S1; B2"),
    "stage": Feature(
        of_base.stage, Text("stage of the relation, 1–4", "ступень отношений, 1–4"), "score",
        Text("takes our advice", "прислушивается к нам"),
        Text("still sees us as an executor", "видит в нас исполнителя"),
        -1, {"stages": ("stage",)}, "S0; B24"),
    "days_to_contract_end": Feature(
        of_base.days_to_contract_end, Text("days to the agreed end", "дней до конца договора"),
        "days", Text("the contract still runs for long", "договор ещё долго действует"),
        Text("the contract runs out", "договор заканчивается"),
        -1, {"contracts": ("ends_on",)}, "B2"),
    "spend_90": Feature(
        Window(rows.REVENUE, "sum", 90), Text("invoiced in 90 days", "счета за 90 дней"), "money",
        Text("buys much", "много покупает"), Text("buys little", "мало покупает"),
        -1, source="S1; B3"),
    "spend_365": Feature(
        Window(rows.REVENUE, "sum", 365),
        Text("invoiced in 365 days", "счета за 365 дней"), "money",
        Text("is a large client", "крупный клиент"), Text("is a small client", "небольшой клиент"),
        -1, source="S1; B13"),
    "spend_change": Feature(
        rows.change(rows.REVENUE, "sum"),
        Text("spending against the year before", "траты к прошлому году"),
        "change", Text("spends more than before", "тратит больше прежнего"),
        Text("spends less than before", "тратит меньше прежнего"), -1, source="S2; B21"),
    "days_since_invoice": Feature(
        Window(rows.BILLED, "since"),
        Text("days since the last invoice", "дней с последнего счёта"),
        "days", Text("has been silent", "давно без заказов"),
        Text("ordered lately", "заказывал недавно"), 1, source="S1; B13"),
    "project_share_365": Feature(
        Share(Window(rows.PROJECTS, "sum", 365), Window(rows.REVENUE, "sum", 365)),
        Text("share of projects in a year's invoices", "доля проектов в счетах за год"), "share",
        Text("buys projects above all", "покупает в основном проекты"),
        Text("pays a regular fee", "платит регулярно"), 0, source="S1; B3"),
    "services_365": Feature(
        of_base.services_year, Text("services bought in a year", "услуг куплено за год"), "count",
        Text("uses many services", "пользуется многими услугами"),
        Text("uses one service only", "пользуется одной услугой"),
        -1, {"invoices": ("service",)}, "S1; B12"),
    "credit_notes_365": Feature(
        Window(rows.CREDIT, "count", 365), Text("credit notes in a year", "сторно за год"), "count",
        Text("got money back", "получал возвраты"), Text("no money back", "без возвратов"),
        1, source="B3"),
    "cost_share_365": Feature(
        Share(Window(rows.COST, "sum", 365), Window(rows.REVENUE, "sum", 365)),
        Text("cost of the work ÷ invoices, a year", "затраты ÷ счета за год"), "share",
        Text("costs us much", "дорого нам обходится"), Text("is profitable", "выгоден нам"),
        1, source="S1; B6"),
    "days_past_due": Feature(
        of_base.of_kpi(days_past_due, "days_past_due"),
        Text("days since the oldest unpaid invoice fell due", "дней просрочки старейшего счёта"),
        "days", Text("owes us for long", "давно должен"), Text("owes nothing", "ничего не должен"),
        1, {"invoices": ("due_on", "paid_on")}, "S2; B20"),
    "overdue": Feature(
        of_base.of_kpi(days_past_due, "overdue"), Text("money past due", "просроченная сумма"),
        "money", Text("owes us much", "много должен"), Text("owes nothing", "ничего не должен"),
        1, {"invoices": ("due_on", "paid_on")}, "S2; B20"),
    "days_late_365": Feature(
        rows.mean(rows.PAID, 365),
        Text("mean days late of a year's payments", "средняя задержка за год"),
        "days", Text("pays late", "платит с задержкой"), Text("pays on time", "платит в срок"),
        1, source="S2; B20"),
    "days_late_shift": Feature(
        Shift(rows.mean(rows.PAID, 90), rows.mean(rows.PAID, 365, back=90)),
        Text("days late against the year before", "задержка оплаты к прошлому году"), "days",
        Text("pays later than before", "стал платить позже"),
        Text("pays sooner than before", "стал платить раньше"), 1, source="S2; B20"),
    "paid_late_365": Feature(
        rows.mean(rows.LATE, 365),
        Text("share of a year's invoices paid late", "доля оплат с опозданием"),
        "share", Text("often pays late", "часто платит поздно"),
        Text("pays on time", "платит в срок"), 1, source="S2; B20"),
    "requests_30": Feature(
        Window(rows.ASKED, "count", 30),
        Text("requests in 30 days", "запросов за 30 дней"), "count",
        Text("asks much of us", "много обращается"), Text("asks nothing", "не обращается"),
        0, source="S1; B17"),
    "requests_change": Feature(
        rows.change(rows.ASKED),
        Text("requests against the year before", "запросы к прошлому году"),
        "change", Text("asks more than before", "обращается чаще прежнего"),
        Text("asks less than before", "обращается реже прежнего"), 0, source="S1; B17"),
    "claims_90": Feature(
        Window(rows.CLAIMS, "count", 90),
        Text("claims in 90 days", "претензий за 90 дней"), "count",
        Text("has claims", "с претензиями"), Text("no claims", "без претензий"),
        1, source="S1; B17"),
    "claims_365": Feature(
        Window(rows.CLAIMS, "count", 365), Text("claims in 365 days", "претензий за год"), "count",
        Text("many claims this year", "много претензий за год"),
        Text("no claims this year", "без претензий за год"), 1, source="S1; B17"),
    "claims_change": Feature(
        rows.change(rows.CLAIMS),
        Text("claims against the year before", "претензии к прошлому году"),
        "change", Text("complains more than before", "жалуется чаще прежнего"),
        Text("complains less than before", "жалуется реже прежнего"), 1, source="S1; B17"),
    "answer_hours_90": Feature(
        Typical(rows.mean(rows.ANSWERED, 90)),
        Text("typical hours to our first answer, 90 days", "часов до нашего ответа, за 90 дней"),
        "hours", Text("waits long for our answers", "долго ждёт наших ответов"),
        Text("is answered fast", "быстро получает ответы"), 1, source="S4; B17"),
    "slow_answers_365": Feature(
        rows.mean(rows.SLOW, 365),
        Text("share answered later than promised", "доля ответов позже обещанного"),
        "share", Text("is answered later than promised", "получает ответы позже обещанного"),
        Text("is answered in time", "получает ответы вовремя"), 1, source="S1; B17"),
    "open_requests": Feature(
        of_base.open_requests, Text("requests without an answer", "запросов без ответа"), "count",
        Text("waits for an answer", "ждёт ответа"), Text("has all answers", "все ответы получил"),
        1, {"requests": ("answered_at",)}, "S1; B17"),
    "touches_30": Feature(
        Window(rows.TOUCHED, "count", 30),
        Text("contacts in 30 days", "контактов за 30 дней"), "count",
        Text("we talk often", "часто общаемся"), Text("we hardly talk", "почти не общаемся"),
        -1, source="S1; B18"),
    "touches_change": Feature(
        rows.change(rows.TOUCHED),
        Text("contacts against the year before", "контакты к прошлому году"),
        "change", Text("we talk more than before", "общаемся чаще прежнего"),
        Text("we talk less than before", "общаемся реже прежнего"), -1, source="S1; B18"),
    "days_since_touch": Feature(
        Window(rows.TOUCHED, "since"),
        Text("days since the last contact", "дней с последнего контакта"),
        "days", Text("nobody has talked to them lately", "с ним давно не говорили"),
        Text("we talked lately", "говорили недавно"), 1, source="S1; B18"),
    "client_began_365": Feature(
        Share(Window(rows.BEGUN, "count", 365), Window(rows.TOUCHED, "count", 365)),
        Text("share of contacts the client began", "доля контактов по инициативе клиента"), "share",
        Text("comes to us", "сам обращается"), Text("only we come", "обращаемся только мы"),
        -1, source="S1; B18"),
    "reports_90": Feature(
        Share(Window(rows.REPORTS, "count", 90), Window(rows.TOUCHED, "count", 90)),
        Text("share of reports among contacts", "доля отчётов среди контактов"), "share",
        Text("gets reports and nothing else", "получает одни отчёты"),
        Text("more than reports", "не только отчёты"), 1, source="S1; B18"),
    "meetings_365": Feature(
        Window(rows.MEETINGS, "count", 365), Text("meetings in a year", "встреч за год"), "count",
        Text("we meet", "встречаемся"), Text("we do not meet", "не встречаемся"),
        -1, source="S1; B18"),
    "late_deliveries_365": Feature(
        rows.mean(rows.DONE, 365),
        Text("share delivered late in a year", "доля сданного с опозданием"),
        "share", Text("we deliver late", "мы сдаём с опозданием"),
        Text("we deliver in time", "мы сдаём в срок"), 1, source="S1; B29"),
    "nps_last": Feature(
        of_base.last_score("nps"), Text("last NPS score, 0–10", "последняя оценка NPS, 0–10"),
        "score", Text("would recommend us", "готов рекомендовать"),
        Text("would not recommend us", "не стал бы рекомендовать"),
        -1, {"feedback": ("nps", "answered_on")}, "S1; B8"),
    "nps_change": Feature(
        of_base.nps_change, Text("last NPS score less the mean before", "NPS к прежнему среднему"),
        "score", Text("likes us better than before", "доволен больше прежнего"),
        Text("likes us less than before", "доволен меньше прежнего"),
        -1, {"feedback": ("nps", "answered_on")}, "S1; B8"),
    "csi_last": Feature(
        of_base.last_score("csi"), Text("last satisfaction, 1–5", "последняя оценка CSI, 1–5"),
        "score", Text("is content", "доволен"), Text("is not content", "недоволен"),
        -1, {"feedback": ("csi", "answered_on")}, "S1; B8"),
    "days_since_asked": Feature(
        Window(rows.POLLED, "since"),
        Text("days since we asked", "дней с последнего опроса"), "days",
        Text("has not been asked for long", "давно не спрашивали"),
        Text("was asked lately", "спрашивали недавно"), 0, source="S1; B8"),
    "unanswered_365": Feature(
        of_base.unanswered_year, Text("share of questions left without an answer, a year",
                                      "доля опросов без ответа за год"), "share",
        Text("does not answer our questions", "не отвечает на опросы"),
        Text("answers our questions", "отвечает на опросы"),
        1, {"feedback": ("answered_on",)}, "S1; B8"),
    "board_colour": Feature(
        of_base.last_colour, Text("last colour of the board, −1 red to 1 green",
                                  "последний цвет светофора, −1 красный, 1 зелёный"), "score",
        Text("green on the board", "зелёный на табло"),
        Text("red on the board", "красный на табло"),
        -1, {"board": ("colour",)}, "S1; B15"),
    "red_share_90": Feature(
        Share(Window(rows.RED, "count", 90), Window(rows.COLOURED, "count", 90)),
        Text("share of red weeks in 90 days", "доля красных недель за 90 дней"), "share",
        Text("often red on the board", "часто красный"), Text("seldom red", "редко красный"),
        1, source="S1; B15"),
    "red_streak": Feature(
        of_base.red_streak, Text("red weeks in a row", "красных недель подряд"), "count",
        Text("red for weeks", "красный не первую неделю"), Text("not red now", "сейчас не красный"),
        1, {"board": ("colour",)}, "S1; B15"),
    "manager_months": Feature(
        of_base.manager_months, Text("months with this manager", "месяцев с этим менеджером"),
        "months", Text("knows the manager well", "давно с этим менеджером"),
        Text("has a new manager", "у клиента новый менеджер"),
        -1, {"assignments": ("manager",)}, "S1; B18"),
    "handed_over_180": Feature(
        of_base.handed_over, Text("manager changed in 180 days", "менеджер сменился за 180 дней"),
        "flag", Text("the manager changed", "менеджер сменился"),
        Text("the manager stayed", "менеджер прежний"),
        1, {"assignments": ("manager",)}, "S1; B18"),
    "manager_clients": Feature(
        of_base.manager_clients, Text("clients of the manager", "клиентов у менеджера"), "count",
        Text("the manager has many clients", "у менеджера много клиентов"),
        Text("the manager has few clients", "у менеджера мало клиентов"),
        1, {"assignments": ("manager",)}, "S4; B27"),
    "manager_answer_hours": Feature(
        of_base.manager_answer_hours, Text("typical hours to the manager's answer",
                                           "часов до ответа менеджера, обычно"), "hours",
        Text("the manager answers slowly", "менеджер отвечает медленно"),
        Text("the manager answers fast", "менеджер отвечает быстро"),
        1, {"assignments": ("manager",), "requests": ("answered_at", "manager")}, "S4; B17"),
    "contacts": Feature(
        of_base.contacts, Text("people of the client known", "знакомых людей у клиента"), "count",
        Text("we know several people", "знаем нескольких людей"),
        Text("we know one person at most", "знаем от силы одного человека"),
        -1, {"people": ()}, "S1; B19"),
    "decider_known": Feature(
        of_base.decider_known, Text("the one who decides is known", "знаем того, кто решает"),
        "flag", Text("we know who decides", "знаем, кто решает"),
        Text("we do not know who decides", "не знаем, кто решает"),
        -1, {"people": ("role",)}, "S1; B19"),
    "people_left_365": Feature(
        Window(rows.GONE, "count", 365), Text("contacts who left the client, a year",
                                         "контактных лиц ушло за год"), "count",
        Text("our contact left them", "наш контакт от них ушёл"),
        Text("our contacts are still there", "наши контакты на месте"), 1, source="S1; B1"),
    "expectation_gap": Feature(
        of_base.expectation_gap, Text("perceived less expected service",
                                      "восприятие сервиса минус ожидания"), "score",
        Text("gets more than expected", "получает больше ожидаемого"),
        Text("expects more than it gets", "ждёт большего"),
        -1, {"expectations": ("expected", "perceived")}, "S1, S2; A12"),
}  # fmt: skip
