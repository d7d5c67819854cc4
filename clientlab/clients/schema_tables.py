"""The tables of a client base, column by column: data, no code.

Two are required, clients and invoices. A new column is one line here: the door reads
it, the checks test it, `as_of` hides it in time, the template and the dictionary list it.
"""

from clientlab.clients.schema import UNDATED, Column, Table
from clientlab.wording import Text

# The more exact name comes first: a file may have both a code and a name of the client.
CLIENT = ("код клиента", "id клиента", "клиент", "контрагент", "заказчик", "client", "customer")
MANAGER = ("менеджер", "ответственный", "аккаунт менеджер", "аккаунт", "account manager", "owner")
SERVICE = ("услуга", "вид услуги", "направление")
SUM = ("сумма", "сумма счета", "сумма счёта", "стоимость", "выручка", "total", "sum")

END_REASONS = {
    "outgrew": Text("outgrew us", "переросли нас"),
    "in_house": Text("took it in-house", "забрали внутрь компании"),
    "dissatisfied": Text(
        "dissatisfied with quality or attention", "недовольны качеством или вниманием"
    ),
    "price": Text("price", "цена"),
    "finished": Text("project finished", "проект завершён"),
    "closed": Text("business closed", "бизнес закрылся"),
    "let_go": Text("let go by us", "расстались по нашей инициативе"),
    "unknown": Text("unknown", "неизвестно"),
}
FINANCIAL_MODELS = {
    "fixed_price": Text("fixed price", "фиксированная цена"),
    "time_materials": Text("time & materials", "время и материалы"),
    "retainer": Text("retainer", "ретейнер"),
    "out_staff": Text("out-staff", "аутстафф"),
}
ROLE_MODELS = {
    "agency": Text(
        "agency: the account manager sells, a project manager delivers",
        "агентская: продаёт аккаунт, делает менеджер проекта",
    ),
    "production": Text(
        "production: one person for account and project",
        "продакшн: аккаунт и проект у одного человека",
    ),
    "three_roles": Text("three roles: a person for each", "три роли: на каждую свой человек"),
}
CHANNELS = {
    "referral": Text("referral", "рекомендация"),
    "inbound": Text("inbound", "входящее обращение"),
    "outbound": Text("outbound sales", "активные продажи"),
    "tender": Text("tender", "тендер"),
    "partner": Text("partner", "партнёр"),
}
COLOURS = {
    "green": Text("relations improved", "отношения стали лучше"),
    "yellow": Text("nothing happened", "ничего не произошло"),
    "red": Text("the team did something wrong", "команда сделала что-то не так"),
}
# Words for codes met in exports, besides the codes and their labels.
SAID = {
    "outgrew": ("переросли", "выросли", "выросли из нас", "перерос нас"),
    "in_house": ("инхаус", "ушли в инхаус", "инхауз", "in house", "inhouse", "своя команда",
                 "забрали внутрь", "собственный отдел"),
    "dissatisfied": ("недовольны", "качество", "недовольны качеством", "плохое качество",
                     "сервис", "низкое качество", "недоволен", "quality", "service"),
    "price": ("дорого", "высокая цена", "стоимость", "цена высокая", "too expensive"),
    "finished": ("завершён", "завершен", "проект завершен", "проект окончен", "сделали", "done"),
    "closed": ("закрылись", "закрылся", "бизнес закрыт", "банкротство", "ликвидация"),
    "let_go": ("расстались", "мы отказались", "отказались мы", "наша инициатива"),
    "unknown": ("не знаем", "нет причины", "без причины"),
    "ongoing": ("абонентский", "абонентка", "абонемент", "поддержка", "ретейнер", "retainer",
                "подписка", "долгосрочный", "ежемесячный"),
    "project": ("проект", "проектный", "разовый", "разовая работа", "разовые работы", "one off"),
    "recurring": ("регулярный", "абонентская плата", "абонплата", "ретейнер", "поддержка",
                  "ежемесячный", "retainer", "subscription"),
    "credit_note": ("возврат", "корректировка", "refund"),
    "sales": ("продажи", "сейлз", "менеджер по продажам"),
    "account": ("аккаунт", "менеджер"),
    "client": ("клиент", "сам клиент"),
    "referral": ("рекомендации", "по рекомендации", "сарафан", "сарафанное радио"),
    "inbound": ("входящий", "входящие", "сайт", "заявка с сайта", "заявка"),
    "outbound": ("холодные звонки", "холодный", "исходящий", "рассылка", "cold"),
    "tender": ("тендеры", "конкурс"),
    "partner": ("партнер", "партнёры", "партнеры"),
    "green": ("зеленый", "зелёный", "зел", "g", "з"),
    "yellow": ("желтый", "жёлтый", "жел", "y", "ж"),
    "red": ("красный", "крас", "r", "к"),
    "fixed_price": ("фикс", "fix price", "фикс прайс"),
    "time_materials": ("t m", "почасовая", "по часам", "time and materials"),
    "out_staff": ("аутстаф", "outstaff"),
}  # fmt: skip


def client_id(required: bool = True) -> Column:
    """Whose row it is."""
    return Column(
        "client_id",
        "id",
        Text("whose it is; the name of the client will do", "чей; подойдёт и название клиента"),
        required=required,
        also=CLIENT,
    )


def day(name: str, en: str, ru: str, **more) -> Column:
    """A day that is known with its row, unless `known_at` says otherwise."""
    return Column(name, "day", Text(en, ru), **more)


def money(name: str, en: str, ru: str, **more) -> Column:
    """An amount of money, in the currency of the base."""
    return Column(name, "money", Text(en, ru), **more)


def text(name: str, en: str, ru: str, **more) -> Column:
    """Words as they were typed."""
    return Column(name, "text", Text(en, ru), **more)


def code(name: str, en: str, ru: str, allowed: dict[str, Text], **more) -> Column:
    """One of a few codes, with the words that exports use for them."""
    words = {word: one for one in allowed for word in SAID.get(one, ())}
    return Column(name, "code", Text(en, ru), allowed=allowed, words=words, **more)


CLIENTS = Table(
    "clients",
    Text(
        "one row per spell: a client who left and returned has two, which must not overlap",
        "строка — период сотрудничества: у ушедшего и вернувшегося клиента их два, без наложения",
    ),
    "started_on",
    (
        Column("client_id", "id", Text("identifier of the client", "код клиента"), required=True,
               also=("код клиента", "id клиента", "код", "id", *CLIENT[2:])),
        text("name", "name of the client", "название клиента",
             also=("название", "наименование", "клиент", "компания", "company")),
        day("started_on", "first day of the spell", "первый день сотрудничества", required=True,
            also=("дата начала", "начало", "начало работы", "дата начала работы", "первый договор",
                  "дата первого договора", "start date")),
        day("ended_on", "last day of the spell; empty while it goes on",
            "последний день; пусто, пока работаем", known_at="ended_on",
            also=("дата окончания", "окончание", "конец", "дата ухода", "ушёл", "ушел",
                  "дата окончания работы", "окончание работы", "дата расторжения",
                  "дата завершения", "дата прекращения", "end date")),
        code("end_reason", "why it ended", "почему закончилось", END_REASONS,
             known_at="ended_on", also=("причина ухода", "причина", "reason")),
        day("notice_on", "day on which the client announced the end",
            "день, когда клиент предупредил об уходе", known_at="notice_on",
            also=("дата уведомления", "уведомление", "предупредил")),
        code("contract", "how the work is agreed: until one side ends it, or order by order",
             "как договорились: до расторжения или от заказа к заказу",
             {"ongoing": Text("ongoing", "постоянный"), "project": Text("projects", "проектный")},
             also=("тип договора", "тип клиента", "договор")),
        code("financial_model", "how the work is paid, as first agreed",
             "финансовая модель при старте", FINANCIAL_MODELS,
             also=("финансовая модель", "модель оплаты", "модель")),
        code("role_model", "who does accounts, projects and sales", "ролевая модель", ROLE_MODELS,
             also=("ролевая модель",)),
        text("industry", "industry of the client", "отрасль", also=("отрасль", "сфера", "ниша")),
        text("region", "region of the client", "регион", also=("регион", "город")),
        code("channel", "how the client came", "откуда пришёл клиент", CHANNELS,
             also=("канал", "источник", "канал привлечения", "откуда пришёл")),
        text("referred_by", "client or person who recommended us", "кто порекомендовал",
             also=("кто порекомендовал", "рекомендатель")),
        text("tier", "segment in the agency's own scale", "сегмент по шкале агентства",
             known_at=UNDATED, also=("сегмент", "категория", "класс")),
        Column("key_client", "flag", Text("is a key client", "ключевой клиент"), known_at=UNDATED,
               also=("ключевой", "ключевой клиент", "key")),
        text("manager", "account manager", "аккаунт-менеджер", known_at=UNDATED, also=MANAGER),
        Column("competence", "integer", Text("competence of the client in digital, 1–5",
               "компетентность клиента в digital, 1–5"), known_at=UNDATED, low=1, high=5,
               also=("компетентность", "компетентность клиента")),
        money("capacity", "work the agency could in theory do for the client in a year",
              "объём работ, который агентство могло бы сделать для клиента за год",
              known_at=UNDATED, low=0, also=("емкость", "ёмкость", "ёмкость клиента")),
    ),
    required=True,
    also=("клиенты", "клиентская база", "база клиентов"),
)  # fmt: skip

INVOICES = Table(
    "invoices",
    Text("one row per invoice, or per service of an invoice",
         "строка — счёт или услуга в счёте"),
    "issued_on",
    (
        client_id(),
        Column("invoice_id", "id", Text("number of the invoice", "номер счёта"),
               also=("номер", "номер счета", "номер счёта", "счёт", "счет", "invoice no")),
        day("issued_on", "day of issue", "дата счёта", required=True,
            also=("дата", "дата счета", "дата счёта", "дата выставления", "выставлен", "date")),
        money("amount", "amount; a credit note is negative", "сумма; сторно — с минусом",
              required=True, also=SUM),
        code("kind", "what is billed", "что выставлено",
             {"recurring": Text("recurring fee", "регулярный платёж"),
              "project": Text("project", "проект"),
              "credit_note": Text("credit note", "сторно")},
             also=("вид счета", "вид счёта", "тип счета", "тип счёта", "тип")),
        text("service", "service of the agency", "услуга", also=SERVICE),
        day("due_on", "to be paid by", "оплатить до",
            also=("срок оплаты", "оплатить до", "due date")),
        day("paid_on", "day of payment; empty while it is not paid",
            "дата оплаты; пусто, пока не оплачен", known_at="paid_on",
            also=("дата оплаты", "оплачен", "оплата", "paid")),
        text("currency", "currency, if not that of the base", "валюта, если не валюта базы",
             also=("валюта",)),
        code("sold_by", "who sold this work", "кто продал эту работу",
             {"sales": Text("sales", "отдел продаж"),
              "account": Text("account manager", "аккаунт-менеджер"),
              "client": Text("the client asked", "клиент сам попросил")},
             also=("кто продал", "продал", "продавец")),
    ),
    required=True,
    key=("invoice_id", "service"),
    also=("счета", "счёта", "оплаты", "выручка", "реализация"),
)  # fmt: skip

CONTRACTS = Table(
    "contracts",
    Text("one row per contract or estimate", "строка — договор или смета"),
    "signed_on",
    (
        client_id(),
        Column("contract_id", "id", Text("number", "номер"), also=("номер", "номер договора")),
        day("signed_on", "day of signature", "дата подписания", required=True,
            also=("дата договора", "дата подписания", "подписан")),
        day("starts_on", "first day of work", "начало работ", also=("начало",)),
        day("ends_on", "last day agreed; empty if open-ended", "конец по договору",
            also=("окончание", "срок действия")),
        code("financial_model", "how the work is paid", "финансовая модель", FINANCIAL_MODELS,
             also=("модель", "модель оплаты")),
        money("amount", "amount of the estimate", "сумма сметы", also=SUM),
        money("client_budget",
              "part of the estimate kept for doing more than was promised (client budget)",
              "часть сметы на то, чтобы сделать больше обещанного (клиентский бюджет)", low=0,
              also=("клиентский бюджет",)),
        money("monthly_fee", "fee per month", "абонентская плата", low=0,
              also=("абонентская плата", "ретейнер")),
    ),
    key=("contract_id",),
    also=("договоры", "договора", "сметы"),
)  # fmt: skip

COSTS = Table(
    "costs",
    Text("one row per cost, of a client or of the agency", "строка — расход, на клиента или общий"),
    "spent_on",
    (
        client_id(required=False),
        day("spent_on", "day of the cost", "дата расхода", required=True, also=("дата",)),
        money("amount", "amount", "сумма", required=True, also=SUM),
        code("purpose", "what it was spent on", "на что",
             {"production": Text("doing the work", "производство"),
              "service": Text("client service and retention", "клиентский сервис и удержание"),
              "client_budget": Text("more than was promised", "клиентский бюджет"),
              "overhead": Text("overhead", "накладные расходы")},
             also=("назначение", "статья", "статья расходов")),
        code("nature", "kind of cost", "вид расхода",
             {"payroll": Text("payroll", "ФОТ"), "fixed": Text("fixed", "постоянный"),
              "operating": Text("operating", "операционный")},
             also=("вид расхода", "тип расхода")),
        text("manager", "account manager", "аккаунт-менеджер", also=MANAGER),
    ),
    also=("расходы", "затраты"),
)  # fmt: skip

ACQUISITION = Table(
    "acquisition",
    Text("one row per spending on new clients", "строка — расход на привлечение"),
    "spent_on",
    (
        day("spent_on", "day of the spending", "дата", required=True, also=("дата", "месяц")),
        code("channel", "channel", "канал", CHANNELS, required=True, also=("канал",)),
        money("amount", "amount", "сумма", required=True, low=0, also=SUM),
    ),
    also=("привлечение", "маркетинг", "расходы на привлечение"),
)  # fmt: skip

DEALS_LOST = Table(
    "deals_lost",
    Text("one row per deal that was refused", "строка — отказ"),
    "lost_on",
    (
        Column("deal_id", "id", Text("identifier", "код сделки"), also=("код", "номер", "id")),
        text("company", "who refused", "кто отказался",
             also=("компания", "клиент", "название", "заказчик")),
        day("opened_on", "first contact", "первый контакт", also=("дата обращения", "создана")),
        day("lost_on", "day of the refusal", "дата отказа", required=True,
            also=("дата отказа", "дата", "закрыта")),
        text("reason", "why they refused", "причина отказа", also=("причина", "причина отказа")),
        text("industry", "industry", "отрасль", also=("отрасль", "сфера")),
        code("channel", "how they came", "откуда пришли", CHANNELS, also=("канал", "источник")),
        money("amount", "amount of the proposal", "сумма предложения", low=0, also=SUM),
        Column("attractiveness", "integer",
               Text("attractiveness of brand and order, 1–5",
                    "привлекательность бренда и заказа, 1–5"),
               low=1, high=5, also=("привлекательность",)),
        Column("capacity_score", "integer", Text("capacity for us, 1–5", "ёмкость для нас, 1–5"),
               low=1, high=5, also=("ёмкость", "емкость")),
        Column("pitch", "integer", Text("success of the pitch, 1 = critical blunder",
               "успех выступления, 1 — критичная оплошность"), low=1, high=5,
               also=("выступление", "успех выступления")),
        day("release_on", "expected release of what they are building",
            "ожидаемый релиз их проекта", also=("релиз", "дата релиза")),
    ),
    key=("deal_id",),
    also=("отказы", "проигранные сделки", "потерянные сделки"),
)  # fmt: skip

PEOPLE = Table(
    "people",
    Text("one row per person on the client's side", "строка — человек на стороне клиента"),
    "met_on",
    (
        Column("person_id", "id", Text("identifier", "код"), required=True, also=("код", "id")),
        client_id(),
        day("met_on", "first contact", "первый контакт", required=True,
            also=("дата знакомства", "первый контакт")),
        text("position", "position", "должность", also=("должность",)),
        code("role", "part in the decision", "роль в решении",
             {"decides": Text("decides", "принимает решение"),
              "works": Text("works with us", "работает с нами"),
              "influences": Text("influences without taking part", "влияет, не участвуя")},
             also=("роль",)),
        day("left_on", "day on which the person left the client",
            "когда человек ушёл от клиента", known_at="left_on", also=("ушёл", "дата ухода")),
        text("went_to", "company the person went to", "куда ушёл", known_at="left_on",
             also=("куда ушёл", "новая компания")),
    ),
    key=("person_id",),
    also=("люди", "контакты", "контактные лица"),
)  # fmt: skip

TOUCHES = Table(
    "touches",
    Text("one row per contact with a client", "строка — контакт с клиентом"),
    "happened_on",
    (
        client_id(),
        day("happened_on", "day", "дата", required=True, also=("дата", "дата контакта")),
        text("channel", "channel: mail, call, meeting …", "канал: почта, звонок, встреча …",
             also=("канал",)),
        code("kind", "what it was", "что это было",
             {"report": Text("report", "отчёт"), "meeting": Text("meeting", "встреча"),
              "call": Text("call", "звонок"), "message": Text("message", "сообщение")},
             also=("вид", "тип")),
        code("began_by", "who began it", "кто начал",
             {"us": Text("we", "мы"), "client": Text("the client", "клиент")},
             also=("инициатор", "кто начал")),
        text("manager", "account manager", "аккаунт-менеджер", also=MANAGER),
        Column("person_id", "id", Text("person on the client's side", "человек клиента")),
    ),
    also=("контакты с клиентами", "касания", "активности", "коммуникации"),
)  # fmt: skip

REQUESTS = Table(
    "requests",
    Text("one row per request or claim of a client", "строка — запрос или претензия клиента"),
    "asked_at",
    (
        Column("request_id", "id", Text("identifier", "код"), also=("номер", "код", "id")),
        client_id(),
        Column("asked_at", "moment", Text("when it was asked", "когда спросили"), required=True,
               also=("создано", "дата создания", "дата", "поступило")),
        Column("answered_at", "moment", Text("when it was first answered", "когда ответили"),
               known_at="answered_at", also=("ответ", "дата ответа", "первый ответ")),
        text("type", "type of request", "тип запроса", also=("тип", "тип запроса")),
        Column("promised_hours", "number", Text("promised time of reaction, working hours",
               "обещанное время реакции, рабочих часов"), low=0, also=("sla", "обещано часов")),
        Column("is_claim", "flag", Text("it is a claim", "это претензия"), also=("претензия",)),
        text("cause", "cause of the claim", "причина претензии", also=("причина",)),
        text("manager", "who answers", "кто отвечает", also=MANAGER),
    ),
    key=("request_id",),
    also=("запросы", "обращения", "тикеты", "претензии"),
)  # fmt: skip

DELIVERIES = Table(
    "deliveries",
    Text("one row per thing promised by a day", "строка — обещанное к сроку"),
    "agreed_on",
    (
        Column("delivery_id", "id", Text("identifier", "код"), also=("код", "номер", "id")),
        client_id(),
        day("agreed_on", "day of the promise", "когда обещали", required=True,
            also=("дата постановки", "согласовано")),
        day("promised_on", "promised day", "обещанный срок", required=True,
            also=("срок", "дедлайн", "обещано")),
        day("warned_on", "day on which the client was warned of a delay",
            "когда предупредили о задержке", known_at="warned_on", also=("предупредили",)),
        day("delivered_on", "day of delivery", "когда сдали", known_at="delivered_on",
            also=("сдано", "дата сдачи", "готово")),
    ),
    key=("delivery_id",),
    also=("сроки", "сдачи", "этапы"),
)  # fmt: skip

FEEDBACK = Table(
    "feedback",
    Text("one row per person asked for a score", "строка — человек, которого просили об оценке"),
    "asked_on",
    (
        client_id(),
        Column("person_id", "id", Text("who was asked", "кого спросили"),
               also=("контакт", "респондент")),
        day("asked_on", "day of the question", "когда спросили", required=True,
            also=("дата опроса", "дата", "отправлено")),
        day("answered_on", "day of the answer", "когда ответили", known_at="answered_on",
            also=("дата ответа",)),
        Column("nps", "integer", Text("would recommend us, 0–10", "порекомендует нас, 0–10"),
               known_at="answered_on", low=0, high=10, also=("nps", "оценка nps", "оценка")),
        Column("csi", "integer", Text("satisfaction, 1–5", "удовлетворённость, 1–5"),
               known_at="answered_on", low=1, high=5, also=("csi", "удовлетворённость")),
    ),
    also=("отзывы", "оценки", "опросы", "nps"),
)  # fmt: skip

BOARD = Table(
    "board",
    Text("one row per key client and week: the traffic light",
         "строка — ключевой клиент и неделя: светофор"),
    "filled_on",
    (
        client_id(),
        day("filled_on", "day on which the colour was given", "когда поставлен цвет",
            required=True, also=("дата", "неделя", "дата заполнения")),
        code("colour", "colour", "цвет", COLOURS, required=True,
             also=("цвет", "светофор", "color")),
        text("manager", "who gave it", "кто поставил", also=MANAGER),
        text("remark", "remark", "комментарий", also=("комментарий", "примечание")),
    ),
    key=("client_id", "filled_on"),
    also=("светофор", "табло"),
)  # fmt: skip

ASSIGNMENTS = Table(
    "assignments",
    Text("one row per change of account manager", "строка — смена аккаунт-менеджера"),
    "from_on",
    (
        client_id(),
        day("from_on", "first day of this manager", "с какого дня", required=True,
            also=("с", "дата", "с даты", "дата назначения")),
        text("manager", "account manager", "аккаунт-менеджер", required=True, also=MANAGER),
    ),
    key=("client_id", "from_on"),
    also=("закрепления", "ответственные", "смены менеджеров"),
)  # fmt: skip

_UNDATED = {column.name: column for column in CLIENTS.columns if column.known_at == UNDATED}

HISTORY = Table(
    "history",
    Text("one row per change of an undated column of clients",
         "строка — изменение недатированного поля клиента"),
    "known_on",
    (
        client_id(),
        Column("column", "code", Text("column of clients", "поле таблицы клиентов"),
               required=True, also=("поле", "атрибут"),
               allowed={name: column.meaning for name, column in _UNDATED.items()},
               words={word: name for name, column in _UNDATED.items() for word in column.also}),
        text("value", "value from that day on", "значение с этого дня", required=True,
             also=("значение", "новое значение")),
        day("known_on", "day of the change", "дата изменения", required=True,
            also=("дата", "дата изменения")),
    ),
    also=("история", "изменения"),
)  # fmt: skip

EXPECTATIONS = Table(
    "expectations",
    Text("one row per client and dimension of service", "строка — клиент и сторона сервиса"),
    "asked_on",
    (
        client_id(),
        day("asked_on", "day of the question", "когда спросили", required=True, also=("дата",)),
        text("dimension", "dimension of service", "сторона сервиса", required=True,
             also=("параметр", "сторона сервиса")),
        Column("expected", "number", Text("expected, 1–10", "ожидания, 1–10"), low=1, high=10),
        Column("perceived", "number", Text("perceived, 1–10", "восприятие, 1–10"), low=1, high=10),
        Column("importance", "number", Text("importance, 1–10", "важность, 1–10"), low=1, high=10),
    ),
    also=("ожидания",),
)  # fmt: skip

RISKS = Table(
    "risks",
    Text("one row per risk, in sales or delivery", "строка — риск, в продажах или в работе"),
    "raised_on",
    (
        Column("risk_id", "id", Text("identifier", "код"), also=("код", "номер", "id")),
        client_id(required=False),
        day("raised_on", "day", "когда записан", required=True, also=("дата",)),
        code("stage", "where it may strike", "где может случиться",
             {"sales": Text("sales", "продажи"), "delivery": Text("delivery", "работа")}),
        text("risk", "what may happen", "что может случиться", also=("риск", "описание")),
        Column("probability", "integer", Text("probability, 1–5", "вероятность, 1–5"),
               low=1, high=5, also=("вероятность",)),
        Column("impact", "integer", Text("impact, 1–5", "влияние, 1–5"), low=1, high=5,
               also=("влияние", "ущерб")),
        text("answer", "what we do about it", "наше решение", also=("решение", "мера")),
        text("owner", "who answers for it", "ответственный", also=MANAGER),
        day("closed_on", "day of closing", "когда закрыт", known_at="closed_on", also=("закрыт",)),
    ),
    key=("risk_id",),
    also=("риски", "риск лист"),
)  # fmt: skip

STAGES = Table(
    "stages",
    Text("one row per move of a client on the ladder of relations",
         "строка — переход клиента по лестнице отношений"),
    "known_on",
    (
        client_id(),
        day("known_on", "day of the move", "когда перешёл", required=True, also=("дата",)),
        code("stage", "stage", "ступень",
             {"executor": Text("one-off executor", "разовый исполнитель"),
              "contractor": Text("regular contractor", "постоянный подрядчик"),
              "adviser": Text("adviser", "консультант"),
              "partner": Text("partner", "партнёр")},
             required=True, also=("ступень", "этап")),
    ),
    also=("ступени", "лестница"),
)  # fmt: skip

SERVICES = Table(
    "services",
    Text("one row per service that the agency sells", "строка — услуга агентства"),
    "offered_from",
    (
        text("service", "service", "услуга", required=True, also=SERVICE),
        day("offered_from", "sold since", "с какого дня продаём", required=True,
            also=("с", "начало продаж")),
        day("offered_until", "sold until", "до какого дня продавали", known_at="offered_until",
            also=("до", "конец продаж")),
    ),
    key=("service",),
    also=("услуги",),
)  # fmt: skip

TABLES = (
    CLIENTS, INVOICES, CONTRACTS, PEOPLE, TOUCHES, REQUESTS, DELIVERIES, FEEDBACK, BOARD,
    ASSIGNMENTS, HISTORY, COSTS, ACQUISITION, DEALS_LOST, EXPECTATIONS, RISKS, STAGES, SERVICES,
)  # fmt: skip
