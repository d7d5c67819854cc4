"""What the room sees: pictures, tables, words, handout.

``setup`` prepares a notebook, ``show`` shows one thing, ``finding`` shows it and
puts it into the handout, ``build`` makes the handout from executed notebooks.
"""

from clientlab.session.findings import check_answer, finding, show
from clientlab.session.handout import build
from clientlab.session.style import setup

__all__ = ["build", "check_answer", "finding", "setup", "show"]
