"""The client base of an agency: one door, what was known on a day, how it is doing."""

from clientlab.clients.base import ClientBase

__all__ = ["KPIS", "ClientBase"]


def __getattr__(name: str):
    """`KPIS` is loaded when it is asked for: reading a base must not wait for statistics."""
    if name == "KPIS":
        from clientlab.clients.kpis import KPIS

        return KPIS
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
