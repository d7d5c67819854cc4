"""Research notebooks for digital agencies, and the small package behind them.

`import clientlab` loads nothing heavy; what a notebook needs it imports where it
is first used: ``from clientlab.practices import possible_bases``.
"""

__version__ = "0.1.0"
