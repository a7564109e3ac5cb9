"""Blobs: read-only files named by the sha-256 of their bytes, verified whenever they are used."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from krafity_cli.cache.atomic_file import NotWhole, open_plain
from krafity_cli.cache.layout import Folder
from krafity_cli.errors import KrafityError

CHUNK = 1 << 20
"""Bytes copied at a time."""

is_digest = re.compile(r"[0-9a-f]{64}").fullmatch


class Damaged(KrafityError):
    """A blob whose bytes are gone or are not those that were stored: the same as none."""

    def __init__(self, blob: str) -> None:
        super().__init__(
            f"The bytes of {blob} are missing from the cache.",
            "The file was deleted or changed after it was stored.",
            code="lost-bytes",
        )
        self.blob = blob


class Blobs:
    """The blobs of one cache folder."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def put(self, content: bytes | Path) -> tuple[str, int]:
        """Keep bytes, or a copy of a file; answers their digest and their number.

        What is there already is verified and left alone, or set aside when it is not whole.
        """
        if isinstance(content, Path):
            return self._copy(content)
        blob = hashlib.sha256(content).hexdigest()
        if not self.whole(blob):
            with self._folder.draft() as draft:
                draft.write(content)
                draft.keep(Path(self._place(blob)))
        return blob, len(content)

    def _copy(self, source: Path) -> tuple[str, int]:
        running, size = hashlib.sha256(), 0
        with source.open("rb") as original, self._folder.draft() as draft:
            while chunk := original.read(CHUNK):
                running.update(chunk)
                size += len(chunk)
                draft.write(chunk)
            blob = running.hexdigest()
            if not self.whole(blob):
                draft.keep(Path(self._place(blob)))
        return blob, size

    def adopt(self, blob: str, content: Iterable[bytes]) -> bool:
        """Keep bytes from elsewhere under this name, if they are those the name says."""
        running = hashlib.sha256()
        with self._folder.draft() as draft:
            for chunk in content:
                running.update(chunk)
                draft.write(chunk)
            if running.hexdigest() != blob:
                return False
            draft.keep(Path(self._place(blob)))
        return True

    def there(self, blob: str) -> bool:
        """Whether there is a regular file under this name; says nothing about its bytes."""
        try:
            return stat.S_ISREG(os.lstat(self._place(blob)).st_mode)
        except FileNotFoundError:
            return False

    def stat(self, blob: str) -> str | None:
        """What changes whenever the file does; `None` where there is not a regular file."""
        try:
            found = os.lstat(self._place(blob))
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"

    def path(self, blob: str) -> Path:
        """Where the blob lies or would lie."""
        return Path(self._place(blob))

    def whole(self, blob: str) -> bool:
        """Whether the bytes are those that were stored; what is not whole is set aside."""
        path = self._place(blob)
        try:
            self._verify(path, blob)
        except FileNotFoundError:
            return False
        except NotWhole:
            self._folder.set_aside(path)
            return False
        return True

    def read(self, blob: str) -> bytes:
        """The verified bytes; raises `Damaged`."""
        path = self._place(blob)
        try:
            with os.fdopen(open_plain(path), "rb") as file:
                content = file.read()
            if hashlib.sha256(content).hexdigest() != blob:
                raise NotWhole(path)
        except FileNotFoundError:
            raise Damaged(blob) from None
        except NotWhole as error:
            self._folder.set_aside(path)
            raise Damaged(blob) from error
        return content

    def checked_path(self, blob: str) -> Path:
        """The file, its bytes verified just now; raises `Damaged`."""
        if not self.whole(blob):
            raise Damaged(blob)
        return Path(self._place(blob))

    def drop(self, blob: str) -> int:
        """Remove a blob; answers the bytes that are free again."""
        path = Path(self._place(blob))
        try:
            found = path.lstat()
        except FileNotFoundError:
            return 0
        if stat.S_ISDIR(found.st_mode):
            self._folder.set_aside(str(path))
            return 0
        path.unlink(missing_ok=True)
        return found.st_size

    def digests(self) -> set[str]:
        """The digests of all blobs, by listing alone."""
        return self._folder.digests("blobs")

    def returned(self) -> list[str]:
        """Bring back what was set aside but is whole: a copy that was not finished at the time."""
        back = []
        for path in sorted((self._folder.path / "damaged").iterdir()):
            blob = path.name[:64]
            if not is_digest(blob) or self.there(blob):
                continue
            with suppress(FileNotFoundError, NotWhole):
                self._verify(str(path), blob)
                place = Path(self._place(blob))
                place.parent.mkdir(mode=0o700, exist_ok=True)
                path.rename(place)
                back.append(blob)
        return back

    def _place(self, blob: str) -> str:
        if not is_digest(blob):
            raise ValueError(f"not a digest: {blob!r}")
        return self._folder.place("blobs", blob)

    @staticmethod
    def _verify(path: str, blob: str) -> None:
        with os.fdopen(open_plain(path), "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != blob:
                raise NotWhole(path)
