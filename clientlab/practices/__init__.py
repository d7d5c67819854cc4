"""Surveys: what account managers do, and how sure anybody can be of it."""

from clientlab.practices.against_figures import against_published
from clientlab.practices.bases import possible_bases
from clientlab.practices.codebook import Codebook, questionnaire
from clientlab.practices.crosstab_why import surest
from clientlab.practices.crosstabs import crosstab
from clientlab.practices.drivers_analysis import drivers
from clientlab.practices.drivers_joined import outcome_by_key
from clientlab.practices.drivers_mistake import false_finds, one_by_one
from clientlab.practices.drivers_outcome import read_outcomes
from clientlab.practices.forms import (
    expectations_form,
    expectations_survey,
    problems_of,
    service_audit_form,
    survey_if_given,
)
from clientlab.practices.gaps_by_side import gaps
from clientlab.practices.gaps_calls import whom_to_ask
from clientlab.practices.market_mistakes import measured_against_claim, order_in_halves
from clientlab.practices.nonresponse import unanswered
from clientlab.practices.overlap import published_differences
from clientlab.practices.placing import place, reaction_times
from clientlab.practices.planning import detectable_difference, required_base
from clientlab.practices.profiles_analysis import profiles
from clientlab.practices.published import published
from clientlab.practices.published_shares import published_topline
from clientlab.practices.rankings import ranking
from clientlab.practices.service_audit_consistency import consistency
from clientlab.practices.service_audit_views import service_audit
from clientlab.practices.survey import Survey
from clientlab.practices.toplines import topline
from clientlab.practices.waves import compare_waves
from clientlab.practices.weighting import rake, raked

__all__ = [
    "Codebook",
    "Survey",
    "against_published",
    "compare_waves",
    "consistency",
    "crosstab",
    "detectable_difference",
    "drivers",
    "expectations_form",
    "expectations_survey",
    "false_finds",
    "gaps",
    "measured_against_claim",
    "one_by_one",
    "order_in_halves",
    "outcome_by_key",
    "place",
    "possible_bases",
    "problems_of",
    "profiles",
    "published",
    "published_differences",
    "published_topline",
    "questionnaire",
    "rake",
    "raked",
    "ranking",
    "reaction_times",
    "read_outcomes",
    "required_base",
    "service_audit",
    "service_audit_form",
    "surest",
    "survey_if_given",
    "topline",
    "unanswered",
    "whom_to_ask",
]
