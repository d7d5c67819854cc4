"""Surveys: what account managers do, and how sure anybody can be of it."""

from clientlab.practices.bases import possible_bases
from clientlab.practices.codebook import Codebook, questionnaire
from clientlab.practices.crosstab_result import surest
from clientlab.practices.crosstabs import crosstab
from clientlab.practices.nonresponse import unanswered
from clientlab.practices.overlap import published_differences
from clientlab.practices.planning import detectable_difference, required_base
from clientlab.practices.published import published
from clientlab.practices.published_shares import published_topline
from clientlab.practices.survey import Survey
from clientlab.practices.toplines import topline
from clientlab.practices.waves import compare_waves
from clientlab.practices.weighting import rake

__all__ = [
    "Codebook",
    "Survey",
    "compare_waves",
    "crosstab",
    "detectable_difference",
    "possible_bases",
    "published",
    "published_differences",
    "published_topline",
    "questionnaire",
    "rake",
    "required_base",
    "surest",
    "topline",
    "unanswered",
]
