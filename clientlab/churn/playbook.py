"""What to do about a reason: steps that the source articles recommend.

It answers: which step goes with a reason of the list, and which article it comes from. A
new feature joins a topic by its name; a feature of no topic is told without a step.
"""

from __future__ import annotations

from typing import NamedTuple

from clientlab.wording import Text


class Topic(NamedTuple):
    """Features that tell of one thing, and what to do about it.

    Attributes
    ----------
    label : Text
    step : Text
        Empty where nothing can be done about it.
    source : str
        Article of the step.
    features : tuple of str
    """

    label: Text
    step: Text
    source: str
    features: tuple[str, ...]


NOTHING = Text("", "")
PLAYBOOK: dict[str, Topic] = {
    "contact": Topic(
        Text("contact", "контакт"),
        Text("Call without an occasion and agree on a rhythm: one report a month is not contact.",
             "Позвонить без повода и договориться о ритме: отчёт раз в месяц — не общение."),
        "S1",
        ("touches_30", "touches_change", "days_since_touch", "client_began_365", "reports_90",
         "meetings_365"),
    ),
    "answers": Topic(
        Text("our answers", "наши ответы"),
        Text("Answer what is open today; name a substitute who answers within the hour.",
             "Сегодня ответить на открытое; назначить замену, которая отвечает в течение часа."),
        "S4",
        ("answer_hours_90", "slow_answers_365", "open_requests", "manager_answer_hours"),
    ),
    "claims": Topic(
        Text("claims", "претензии"),
        Text("Find the cause that recurs, tell the client what changes and by when.",
             "Найти повторяющуюся причину, сказать клиенту, что и когда изменится."),
        "S1",
        ("claims_90", "claims_365", "claims_change"),
    ),
    "deadlines": Topic(
        Text("deadlines", "сроки"),
        Text("Warn before a deadline slips, with a date that will hold.",
             "Предупреждать до срыва срока, сразу с датой, которую выдержим."),
        "S2",
        ("late_deliveries_365",),
    ),
    "opinion": Topic(
        Text("the client's opinion", "мнение клиента"),
        Text("Ask what was missing, promise one thing and do it.",
             "Спросить, чего не хватило, пообещать одно и сделать."),
        "S2",
        ("nps_last", "nps_change", "csi_last", "days_since_asked", "unanswered_365"),
    ),
    "expectations": Topic(
        Text("expectations", "ожидания"),
        Text("Ask what matters most to this client and promise on that alone.",
             "Выяснить, что для этого клиента главное, и обещать именно это."),
        "S2",
        ("expectation_gap",),
    ),
    "board": Topic(
        Text("the board", "светофор"),
        Text("Talk the red weeks through with the manager before anybody calls the client.",
             "До звонка разобрать красные недели с менеджером."),
        "S1",
        ("board_colour", "red_share_90", "red_streak"),
    ),
    "manager": Topic(
        Text("the manager", "менеджер"),
        Text("Introduce the new manager in person: a handover should not be felt.",
             "Лично представить нового менеджера: передача не должна ощущаться."),
        "S1",
        ("manager_months", "handed_over_180"),
    ),
    "load": Topic(
        Text("load of the manager", "загрузка менеджера"),
        Text("Take other work off this manager; do not hand this client over.",
             "Снять с менеджера другую работу, а этого клиента не передавать."),
        "S4",
        ("manager_clients",),
    ),
    "people": Topic(
        Text("people at the client", "люди у клиента"),
        Text("Meet those who decide but do not take part in the work.",
             "Познакомиться с теми, кто решает, но в работе не участвует."),
        "S1",
        ("contacts", "decider_known", "people_left_365"),
    ),
    "payment": Topic(
        Text("payment", "оплата"),
        Text("Ask the one who decides whether money or trust is short, before accounts remind.",
             "Спросить того, кто решает, чего не хватает — денег или доверия, до напоминаний "
             "бухгалтерии."),
        "S2",
        ("days_past_due", "overdue", "days_late_365", "days_late_shift", "paid_late_365"),
    ),
    "spending": Topic(
        Text("spending", "траты"),
        Text("Brainstorm points of growth for this client and bring three.",
             "Устроить мозговой штурм о точках роста клиента и принести три."),
        "S1",
        ("spend_90", "spend_365", "spend_change", "days_since_invoice", "services_365",
         "project_share_365", "credit_notes_365"),
    ),
    "contract": Topic(
        Text("the contract", "договор"),
        Text("Speak of the next contract now, not in its last month.",
             "Заговорить о следующем договоре сейчас, а не в последний месяц."),
        "S2",
        ("days_to_contract_end",),
    ),
    "requests": Topic(
        Text("requests", "обращения"),
        Text("Ask what changed on their side.", "Спросить, что изменилось у клиента."),
        "S1",
        ("requests_30", "requests_change"),
    ),
    "profile": Topic(
        Text("kind of client", "тип клиента"), NOTHING, "",
        ("tenure_months", "earlier_spells", "channel", "financial_model", "role_model", "stage",
         "cost_share_365"),
    ),
}  # fmt: skip
TOPIC_OF = {name: topic for topic, row in PLAYBOOK.items() for name in row.features}


def topic_of(feature: str) -> str:
    """The topic of a feature; one of your own is a topic of its own.

    Examples
    --------
    >>> topic_of("claims_90"), topic_of("mine")
    ('claims', 'mine')
    """
    return TOPIC_OF.get(feature, feature)
