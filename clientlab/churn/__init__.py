"""Who leaves: models, their honest comparison, and what follows from it.

Import the module that you need: ``from clientlab.churn import models``.
"""
