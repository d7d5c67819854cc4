"""What all tests share: pictures without a screen, English unless a test says otherwise."""

import os

import hypothesis
import matplotlib
import pytest

matplotlib.use("Agg")
os.environ.pop("MPLBACKEND", None)  # kernels started by tests choose their own
# The same examples everywhere, and no deadline: a busy machine is no failure.
hypothesis.settings.register_profile("kit", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("kit")


@pytest.fixture(autouse=True)
def _english():
    from clientlab.session import texts

    texts.speak("en")
    yield
    texts.speak("en")
