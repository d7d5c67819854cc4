"""What all tests share: pictures without a screen, English unless a test says otherwise."""

import os

import matplotlib
import pytest

matplotlib.use("Agg")
os.environ.pop("MPLBACKEND", None)  # kernels started by tests choose their own


@pytest.fixture(autouse=True)
def _english():
    from clientlab.session import texts

    texts.speak("en")
    yield
    texts.speak("en")
