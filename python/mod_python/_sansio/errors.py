"""What can be wrong with a message; the caller decides what the client is told."""

from __future__ import annotations

__all__ = ["Malformed", "TooLarge"]


class Malformed(ValueError):
    """The bytes are not what the protocol says."""


class TooLarge(ValueError):
    """More than a limit allows; `limit` names it."""

    def __init__(self, limit: str, text: str) -> None:
        super().__init__(text)
        self.limit = limit
