"""Statistics: arrays in, numbers out.

Nothing here knows a table of ours, a picture or an agency; every module can be
read, tested and used alone. Import the module that you need:
``from clientlab.stats import proportions``.
"""
