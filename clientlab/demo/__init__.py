"""An invented agency and surveys to learn on, with known truth; all of it is synthetic."""

from pathlib import Path

from clientlab.demo.audit import demo_audit, demo_expectations
from clientlab.demo.outcomes import demo_outcomes
from clientlab.demo.survey import demo_survey, published_respondents
from clientlab.demo.synthetic import DemoAgency, demo_agency

__all__ = [
    "DEMO",
    "DemoAgency",
    "demo_agency",
    "demo_audit",
    "demo_expectations",
    "demo_outcomes",
    "demo_survey",
    "published_respondents",
]

# The tables of the default agency, as `python -m clientlab demo` writes them.
DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
