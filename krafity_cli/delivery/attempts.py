"""A delivery is made of parts: one that fails is noted, and takes no other along."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType

from krafity_cli.cache import Damaged
from krafity_cli.errors import KrafityError, Place, Problem

_MOST = 20
"""How many problems are named one by one; a full disk is one problem and not a thousand."""


class Attempts:
    """What went wrong with the parts of one delivery.

    A part is a file of the output folder, or a shot. `places` says where in the storyboard a part
    is written down. `bug` is the first error that is a mistake of krafity's own: what can be
    delivered is delivered before it is reported.
    """

    def __init__(self, places: Mapping[str, Place] | None = None) -> None:
        self.bug: Exception | None = None
        self._places = places or {}
        self._found: list[Problem] = []

    def at(self, part: str) -> _Attempt:
        """A block that makes a part; what goes wrong in it is noted and ends the block.

        `Damaged` is raised all the same: what the cache lost is made again before it is delivered.
        """
        return _Attempt(self, part)

    def failed(self, part: str, error: Exception) -> None:
        """Note why a part could not be made."""
        if isinstance(error, KrafityError):
            for each in error.problems:
                self.note(part, each)
        elif isinstance(error, OSError):
            self.note(part, Problem("unwritable", error.strerror or str(error)))
        else:
            name = type(error).__name__
            self.note(part, Problem("bug", f"a bug in krafity: {name}: {error}"))
            self.bug = self.bug or error

    def note(self, part: str, found: Problem) -> None:
        """Note what is wrong with a part; it is shown with the part's name, at the part's place."""
        place = found.place or self._places.get(part)
        what = f"{part}: {found.what}"
        self._found.append(Problem(found.code, what, found.why, found.hint, place, found.file))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """A problem for each part that failed, and how many more there are."""
        more = len(self._found) - _MOST
        shown = dict.fromkeys(self._found[:_MOST])
        return (*shown, Problem("more", f"and {more} more")) if more > 0 else tuple(shown)


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
