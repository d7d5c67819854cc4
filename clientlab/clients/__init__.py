"""The client base of an agency: one door, what was known on a day, how it is doing."""

from clientlab.clients.base import ClientBase

__all__ = ["ClientBase"]
