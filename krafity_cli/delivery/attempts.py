"""A delivery is made of parts: one that fails is noted, and takes no other along."""

from __future__ import annotations

from types import TracebackType

from krafity_cli.cache import Damaged
from krafity_cli.errors import KrafityError

_MOST = 20
"""How many troubles are told one by one; a full disk is one trouble and not a thousand."""


class Attempts:
    """What went wrong with the parts of one delivery.

    `bug` is the first error that is a mistake of krafity's own: what can be delivered is delivered
    before it is reported.
    """

    def __init__(self) -> None:
        self.bug: Exception | None = None
        self._lines: list[str] = []

    def at(self, part: str) -> _Attempt:
        """A block that makes a part; what goes wrong in it is noted and ends the block.

        `Damaged` is raised all the same: what the cache lost is made again before it is delivered.
        """
        return _Attempt(self, part)

    def failed(self, part: str, error: Exception) -> None:
        """Note why a part could not be made."""
        if isinstance(error, KrafityError):
            self.note(f"{part}: {error.what}" + (f": {error.why}" if error.why else ""))
        elif isinstance(error, OSError):
            self.note(f"{part}: {error.strerror or error}")
        else:
            self.note(f"{part}: a bug in krafity: {type(error).__name__}: {error}")
            self.bug = self.bug or error

    def note(self, line: str) -> None:
        """Note what went wrong, in words."""
        self._lines.append(line)

    @property
    def troubles(self) -> tuple[str, ...]:
        """A line for each part that failed, and how many more there are."""
        more = len(self._lines) - _MOST
        shown = dict.fromkeys(self._lines[:_MOST])
        return (*shown, f"and {more} more") if more > 0 else tuple(shown)


class _Attempt:
    def __init__(self, attempts: Attempts, part: str) -> None:
        self._attempts = attempts
        self._part = part

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, Damaged):
            return False
        self._attempts.failed(self._part, error)
        return True
