"""An invented agency to learn on, with known truth. Everything of it is synthetic."""

from pathlib import Path

from clientlab.demo.synthetic import DemoAgency, demo_agency

__all__ = ["DEMO", "DemoAgency", "demo_agency"]

# The tables of the default agency, as `python -m clientlab demo` writes them.
DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
