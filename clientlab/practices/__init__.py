"""Surveys: what account managers do, and how sure anybody can be of it."""

from clientlab.practices.bases import possible_bases
from clientlab.practices.nonresponse import unanswered
from clientlab.practices.overlap import published_differences
from clientlab.practices.planning import detectable_difference, required_base
from clientlab.practices.published import published
from clientlab.practices.published_shares import published_topline

__all__ = [
    "detectable_difference",
    "possible_bases",
    "published",
    "published_differences",
    "published_topline",
    "required_base",
    "unanswered",
]
