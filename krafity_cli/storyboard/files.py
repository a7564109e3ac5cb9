"""The pictures and videos a storyboard names, looked at through an injected `Look`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from krafity_cli.storyboard.model import Footage, Look, Picture, Unusable
from krafity_cli.storyboard.yaml.nodes import Table
from krafity_cli.storyboard.yaml.paths import Steps, followed
from krafity_cli.storyboard.yaml.source import Findings

_Seen = TypeVar("_Seen", Picture, Footage)


class Files:
    """Looks at each file once, however many shots name it; the unusable go to the findings."""

    def __init__(self, look: Look, root: Table, findings: Findings) -> None:
        self._look = look
        self._root = root
        self._findings = findings
        self._pictures: dict[str, Picture | Unusable] = {}
        self._footage: dict[str, Footage | Unusable] = {}

    def picture(self, path: str, steps: Steps) -> Picture | None:
        """The picture at a path; `steps` lead to where the author wrote it."""
        return self._seen(self._pictures, self._look.picture, path, steps)

    def footage(self, path: str, steps: Steps) -> Footage | None:
        """The video at a path; `steps` lead to where the author wrote it."""
        return self._seen(self._footage, self._look.footage, path, steps)

    def _seen(
        self,
        known: dict[str, _Seen | Unusable],
        look: Callable[[str], _Seen],
        path: str,
        steps: Steps,
    ) -> _Seen | None:
        if path not in known:
            try:
                known[path] = look(path)
            except Unusable as unusable:
                known[path] = unusable
        seen = known[path]
        if isinstance(seen, Unusable):
            place = followed(self._root, steps).place(self._findings.source)
            self._findings.add(place, seen.code, str(seen))
            return None
        return seen
