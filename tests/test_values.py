"""Text as it stands in an export, and what is read of it.

number   '1 234,50 ₽' 1234.5    '(7)' -7         'н/д' nothing      'many' unread
day      '31.12.2026'           '46387' serial   '31 декабря 2026'  '31.02.2026' unread
code     'Цена' -> price        flag 'да' yes    id 17.0 -> '17'
"""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientlab.problems import InvalidValue
from clientlab.values import (
    codes,
    company,
    currency_of,
    days,
    flags,
    ids,
    moments,
    normalised,
    numbers,
    read_values,
    texts,
)
from clientlab.wording import NO_BREAK, Text

NARROW = "\N{NARROW NO-BREAK SPACE}"


def numbers_of(*written: object, header: str = "") -> list:
    return numbers(pd.Series(written), header=header).values.tolist()


def days_of(*written: object) -> list:
    return [None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in days(pd.Series(written)).values]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1 234,50 ₽", 1234.5),
        (f"1{NO_BREAK}234{NARROW}567,5", 1234567.5),
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1,234,567", 1234567),
        ("(1 234)", -1234),
        ("−5", -5),
        ("15%", 15),
        ("300 руб.", 300),
        ("300р.", 300),
        ("$1,200.5", 1200.5),
        ("RUB 70", 70),
        ("12.5", 12.5),
        ("1e3", 1000),
        ("1'234", 1234),
        ("- 1 234", -1234),
        ("1234 руб.", 1234),
        ("12 345 678", 12345678),
    ],
)
def test_a_number_as_people_write_it(written, value):
    assert numbers_of(written) == [value]


@pytest.mark.parametrize(
    "written",
    ["many", "12 шт", "1-2", "--5", "5..5", "1,2.3,4", "₽", "12 34", "1234 567", "1 23 456"],
)
def test_what_is_no_number_is_unread(written):
    read = numbers(pd.Series([written, "1"]))
    assert read.unread.tolist() == [True, False]
    assert np.isnan(read.values[0])


@pytest.mark.parametrize("written", ["", "-", "–", "н/д", "N/A", None, np.nan])
def test_an_empty_cell_is_missing_and_not_unread(written):
    for read in (numbers(pd.Series([written, "1"])), days(pd.Series([written, "2024-01-01"]))):
        assert read.values.isna().tolist() == [True, False]
        assert read.unread.tolist() == [False, False]


def test_the_column_decides_the_decimal_mark_and_says_it():
    read = numbers(pd.Series(["1,234", "5,678"]))
    assert read.values.tolist() == [1.234, 5.678]
    assert read.guessed == ("'1,234' is read as 1.234: the comma as decimal mark.",)
    assert numbers(pd.Series(["1,234", "5,678,000"])).values.tolist() == [1234, 5678000]
    assert numbers(pd.Series(["1,234", "5,67"])).guessed == ()


def test_points_of_a_program_beside_commas_of_people():
    assert numbers_of("12,5", "12.5", "7") == [12.5, 12.5, 7]


def test_thousands_in_the_header_multiply_and_are_said():
    read = numbers(pd.Series(["1,5"]), header="Сумма, тыс. руб.")
    assert read.values.tolist() == [1500]
    assert read.guessed == ("numbers are multiplied by 1,000: 'тыс' in the header.",)
    assert numbers_of("2", header="млн ₽") == [2e6]


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=5))
def test_what_is_written_the_russian_way_is_read_back(cents):
    written = [f"{value / 100:,.2f}".replace(",", NO_BREAK).replace(".", ",") for value in cents]
    assert numbers_of(*written) == [value / 100 for value in cents]


def test_typed_numbers_pass_through():
    assert numbers_of(1, 2.5) == [1, 2.5]
    assert read_values(pd.Series([1, 2]), "integer").unread.tolist() == [False, False]


def test_a_currency_is_read_beside_its_number():
    found = currency_of(pd.Series(["5 ₽", "5 руб.", "$5", "5 EUR", "5", ""]))
    assert found.tolist() == ["RUB", "RUB", "USD", "EUR", "", ""]


@pytest.mark.parametrize(
    "written",
    [
        "31.12.2026",
        "31.12.26",
        "2026-12-31",
        "2026-12-31 14:05:00",
        "2026-12-31T14:05:00Z",
        "31/12/2026",
        "31-12-2026",
        "31 декабря 2026 г.",
        "31 дек. 2026",
        "31 December 2026",
        "46387",
        46387.6,
        datetime.date(2026, 12, 31),
        pd.Timestamp("2026-12-31 23:59"),
    ],
)
def test_a_day_in_any_of_its_forms(written):
    assert days_of(written) == ["2026-12-31"]


@pytest.mark.parametrize(
    "written", ["31.02.2026", "05.2026", "декабрь 2026", "soon", "31.12.1026", "7", "99999"]
)
def test_what_is_no_day_is_unread(written):
    read = days(pd.Series([written, "2024-01-01"]))
    assert read.unread.tolist() == [True, False]


def test_slashes_are_read_day_first_unless_a_value_decides():
    assert days_of("03/04/2026", "12/31/2026") == ["2026-03-04", "2026-12-31"]
    assert days_of("03/04/2026", "31/12/2026") == ["2026-04-03", "2026-12-31"]
    assert days_of("03/04/2026") == ["2026-04-03"]
    assert days(pd.Series(["03/04/2026"])).guessed == (
        "'03/04/2026': the day is taken to stand first.",
    )


def test_serial_dates_are_said():
    read = days(pd.Series(["46387", "46388", "2024-01-01"]))
    assert read.guessed == ("2 distinct values are read as serial dates of Excel.",)
    assert days(pd.Series([46387.0, np.nan])).guessed == (
        "1 value is read as serial dates of Excel.",
    )


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2100, 12, 31)))
def test_every_day_is_read_back_from_every_form(day):
    forms = ["%d.%m.%Y", "%Y-%m-%d", "%Y-%m-%d 10:20", "%Y-%m-%dT10:20:30"]
    assert days_of(*[day.strftime(form) for form in forms]) == [day.isoformat()] * len(forms)


def test_a_moment_keeps_its_time_of_day():
    read = moments(pd.Series(["31.12.2026 14:05", "46387.5", "2026-12-31"]))
    assert read.values.dt.strftime("%H:%M").tolist() == ["14:05", "12:00", "00:00"]


def test_time_zones_are_taken_as_the_clock_shows():
    zoned = pd.Series(pd.to_datetime(["2026-12-31 23:30"]).tz_localize("Asia/Vladivostok"))
    assert days(zoned).values.dt.strftime("%Y-%m-%d").tolist() == ["2026-12-31"]


def test_yes_and_no():
    read = flags(pd.Series(["да", "Нет", "1", "0", "x", "+", "", "maybe"]))
    assert read.values.tolist()[:6] == [True, False, True, False, True, True]
    assert read.unread.tolist() == [False] * 7 + [True]
    assert flags(pd.Series([True, False])).values.tolist() == [True, False]
    assert flags(pd.Series([1.0, 0.0, np.nan])).values.tolist() == [True, False, pd.NA]


def test_codes_by_code_label_and_own_word():
    allowed = {"in_house": Text("took it in-house", "забрали внутрь"), "price": Text("price: high",
               "цена")}  # fmt: skip
    read = codes(
        pd.Series(["in_house", "Took it IN-HOUSE", "Забрали внутрь", "price", "дорого", "?"]),
        allowed,
        {"Дорого": "price"},
    )
    assert read.values.tolist()[:5] == ["in_house"] * 3 + ["price"] * 2
    assert read.unread.tolist() == [False] * 5 + [True]


def test_identifiers_are_text():
    assert ids(pd.Series([17.0, np.nan])).values.tolist()[0] == "17"
    assert ids(pd.Series(["007", " A-1 "])).values.tolist() == ["007", "A-1"]
    assert ids(pd.Series([5, 6])).values.tolist() == ["5", "6"]


def test_text_is_trimmed():
    assert texts(pd.Series([" a  b ", ""])).values.fillna("?").tolist() == ["a b", "?"]


def test_headers_and_companies_are_compared_without_what_does_not_count():
    assert normalised("Сумма, ₽") == normalised("СУММА (руб.)") == normalised("Сумма") == "сумма"
    assert normalised("Дата оплаты (факт)") == "дата оплаты факт"
    assert company("ООО «Ромашка»") == company('"Ромашка", ООО') == "ромашка"
    assert company("ООО") == "ооо"


@pytest.mark.parametrize(
    "kind", ["text", "id", "day", "moment", "money", "integer", "flag", "code"]
)
def test_an_empty_column_stays_empty(kind):
    for column in (pd.Series([], dtype=object), pd.Series(["", None], dtype=object)):
        read = read_values(column, kind, allowed={})
        assert len(read.values) == len(column)
        assert read.values.isna().all()
        assert not read.unread.any()


def test_the_index_is_kept_and_the_input_not_changed():
    column = pd.Series(["1", "x"], index=[7, 9])
    read = numbers(column)
    assert read.values.index.tolist() == [7, 9]
    assert column.tolist() == ["1", "x"]


def test_a_kind_that_does_not_exist_is_told():
    with pytest.raises(InvalidValue) as caught:
        read_values(pd.Series(["a"]), "colour")
    assert str(caught.value) == (
        "'colour' is not a kind of column. "
        "Use one of: text, id, day, moment, flag, integer, money, number, code."
    )


def test_typed_numbers_among_texts_have_no_mark_to_be_guessed():
    mixed = pd.Series([1.234, "1.234,50", None, 5, "many"], dtype=object)
    read = numbers(mixed)
    assert read.values.fillna(0).tolist() == [1.234, 1234.5, 0, 5, 0]
    assert read.unread.tolist() == [False] * 4 + [True]
    assert numbers(mixed, header="тыс. руб.").values.tolist()[:2] == [1234.0, 1234500.0]


def test_an_infinite_number_is_unread():
    for given_ in (pd.Series([np.inf, 1.0]), pd.Series([np.inf, "1"], dtype=object)):
        read = numbers(given_)
        assert read.unread.tolist() == [True, False]
        assert read.values.isna().tolist() == [True, False]


def test_yes_and_no_are_no_numbers():
    for kind in ("bool", "boolean"):
        assert numbers(pd.Series([True, False], dtype=kind)).unread.all()


def test_thousands_in_the_header_count_for_whole_numbers():
    read = read_values(pd.Series(["1,5", "1,0005"]), "integer", header="Показы, тыс.")
    assert read.values.tolist()[0] == 1500
    assert read.unread.tolist() == [False, True]


@pytest.mark.parametrize("year", [1900, 2101])
def test_typed_years_out_of_bounds_are_unread_as_written_ones(year):
    typed = pd.Series(pd.to_datetime([f"{year}-01-01", "2026-12-31", None]))
    for read in (days(typed), moments(typed), days(pd.Series([f"{year}-01-01", "31.12.2026", ""]))):
        assert read.unread.tolist() == [True, False, False]
        assert read.values.isna().tolist() == [True, False, True]


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2068, 12, 31)))
def test_every_day_is_read_back_with_slashes_words_and_short_years(day):
    genitive = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
    month = genitive.split()[day.month - 1]
    assert days_of(f"{day:%d/%m/%Y}") == [day.isoformat()]
    assert days_of(f"{day.day} {month} {day.year} г.") == [day.isoformat()]
    assert days_of(f"{day:%d %B %Y}") == [day.isoformat()]
    if day.year >= 1970:
        assert days_of(f"{day:%d.%m.%y}") == [day.isoformat()]


def test_signs_of_nothing_in_a_flag_are_missing_but_the_hyphen_is_no():
    read = flags(pd.Series(["-", "–", "—", "н/д", "n/a", "нет данных", None]))
    assert read.values.tolist() == [False] + [pd.NA] * 6
    assert not read.unread.any()


@pytest.mark.parametrize("written", ["1.0", "истина", "TRUE", " Yes ", "х", "✓"])
def test_a_yes_in_any_of_its_forms(written):
    assert flags(pd.Series([written])).values.tolist() == [True]


def test_a_flag_that_is_neither_is_unread():
    for column in (pd.Series([1, 0, 2]), pd.Series([1.0, 0.0, 2.0]), pd.Series(["1", "0", "2"])):
        assert flags(column).unread.tolist() == [False, False, True]


def test_codes_are_matched_without_case_yo_punctuation_and_the_point_of_excel():
    allowed = {"1": Text("one", "ещё один"), "in_house": Text("in-house", "внутри")}
    read = codes(pd.Series(["ЕЩЕ  один", "In house", "in_house", ""]), allowed)
    assert read.values.tolist()[:3] == ["1", "in_house", "in_house"]
    assert codes(pd.Series([1.0, np.nan]), allowed).values.tolist()[0] == "1"
    assert not read.unread.any()


def test_the_point_that_excel_adds_is_cut_from_identifiers_of_any_column():
    mixed = pd.Series([17.0, "A-1", "007", None], dtype=object)
    assert ids(mixed).values.fillna("?").tolist() == ["17", "A-1", "007", "?"]
    assert ids(pd.Series([17.0, 17.5])).values.tolist() == ["17", "17.5"]
    assert ids(pd.Series(["17.0", "007.0", "1.10"])).values.tolist() == ["17", "007.0", "1.10"]


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("Сумма, тыс. руб.", "сумма"),
        ("Сумма, евро", "сумма"),
        ("Сумма [USD]", "сумма"),
        ("Доля, %", "доля"),
        ("Сумма, руб., факт", "сумма факт"),
        ("Сумма (руб., без НДС)", "сумма без ндс"),
        ("НДС (20%)", "ндс 20"),
        ("Сумма, рубежная", "сумма рубежная"),
        ("client_id", "client id"),
    ],
)
def test_units_are_cut_from_a_header_and_what_tells_columns_apart_is_kept(header, form):
    assert normalised(header) == form


def test_legal_forms_of_several_countries_are_cut():
    written = ["ИП Ромашка", 'ЗАО "Ромашка"', "ПАО Ромашка", "Ромашка LLC", "Ромашка, Ltd."]
    assert {company(name) for name in [*written, "Ромашка Inc.", "Ромашка GmbH"]} == {"ромашка"}
