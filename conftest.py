"""What all tests and examples share: no screen, English, and nothing left set behind."""

import os

import hypothesis
import matplotlib
import numpy as np
import pandas as pd
import pytest

matplotlib.use("Agg")
os.environ.pop("MPLBACKEND", None)  # kernels started by tests choose their own
# The same examples everywhere, and no deadline: a busy machine is no failure.
hypothesis.settings.register_profile("kit", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("kit")


@pytest.fixture(autouse=True)
def _as_before():
    """Undo what `session.setup` sets."""
    from clientlab.session import texts

    displayed = ("display.precision", "display.width", "display.max_columns")
    before = {name: pd.get_option(name) for name in displayed}
    texts.speak("en")
    with np.printoptions(), matplotlib.rc_context():
        yield
    texts.speak("en")
    for name, value in before.items():
        pd.set_option(name, value)
