"""What the bases of the indicators count, in the forms that go with a number."""

from clientlab.wording import Text

CLIENTS = Text("client|clients", "клиент|клиента|клиентов")
SPELLS = Text(
    "spell of a client|spells of clients",
    "период сотрудничества|периода сотрудничества|периодов сотрудничества",
)
NEW_CLIENTS = Text("new client|new clients", "новый клиент|новых клиента|новых клиентов")
CURRENT = Text("current client|current clients", "текущий клиент|текущих клиента|текущих клиентов")
PROJECT_CLIENTS = Text(
    "project client|project clients",
    "проектный клиент|проектных клиента|проектных клиентов",
)
WITH_REVENUE = Text(
    "client with revenue|clients with revenue",
    "клиент с выручкой|клиента с выручкой|клиентов с выручкой",
)
RECURRING = Text(
    "client with recurring revenue|clients with recurring revenue",
    "клиент с регулярной выручкой|клиента с регулярной выручкой|клиентов с регулярной выручкой",
)
INVOICES = Text("invoice|invoices", "счёт|счёта|счетов")
CONTRACTS = Text("contract|contracts", "договор|договора|договоров")
DEALS = Text("deal|deals", "сделка|сделки|сделок")
REFUSALS = Text(
    "refusal with a reason|refusals with a reason",
    "отказ с причиной|отказа с причиной|отказов с причиной",
)
PEOPLE = Text("person|people", "человек|человека|человек")
RECORDS = Text("record|records", "запись|записи|записей")
ANSWERS = Text("answer|answers", "ответ|ответа|ответов")
WEEKS = Text("week|weeks", "неделя|недели|недель")
PAIRS_OF_WEEKS = Text("pair of weeks|pairs of weeks", "пара недель|пары недель|пар недель")
HANDOVERS = Text("handover|handovers", "передача клиента|передачи клиентов|передач клиентов")
