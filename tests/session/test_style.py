"""Titles of slides, broken into lines.

'… 2.9 mln ₽ at stake'   never '… 2.9' / 'mln ₽ at stake'
"""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from clientlab.session import style

EN = "We may lose 2.9 mln ₽ of what six clients bring"
RU = "Под риском 82 тыс. ₽ из того, что приносят шесть клиентов"


@pytest.mark.parametrize("text", [EN, RU])
def test_a_number_stays_with_its_thousand_and_its_currency(text):
    figure = plt.figure(figsize=style.SLIDE)
    for width in np.linspace(0.1, 0.9, 30):
        lines = style.wrap(figure, text, 25, "bold", width)
        assert " ".join(lines) == text
        assert not any(line.startswith(("mln", "тыс", "₽")) for line in lines)
    plt.close(figure)
