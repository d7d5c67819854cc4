"""An invented agency to learn on, with known truth. Everything of it is synthetic."""

from clientlab.demo.synthetic import DemoAgency, demo_agency

__all__ = ["DemoAgency", "demo_agency"]
