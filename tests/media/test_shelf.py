"""A storyboard's files: only inside its folder, only of their kind, and looked into only once."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media import input_files as shelves
from krafity_cli.media.input_files import Shelf
from krafity_cli.media.pictures.stills import pixel_digest, png
from krafity_cli.storyboard.model import Footage, Picture, Unusable
from tests.media import clips

FRAME = png(clips.frame(1))
OTHER = png(clips.frame(2))
SECOND = 1_000_000_000


class Notes:
    """A memo in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.kept.get(key)

    def put(self, key: str, value: str) -> None:
        self.kept[key] = value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A storyboard's folder with a picture in it, and a secret beside it."""
    board = tmp_path / "board"
    (board / "frames").mkdir(parents=True)
    (board / "frames" / "quay.png").write_bytes(FRAME)
    (tmp_path / "secret.png").write_bytes(FRAME)
    return board


@pytest.fixture
def notes() -> Notes:
    return Notes()


def later(seconds: float) -> Callable[[], int]:
    """A clock that is ahead."""
    return lambda: time.time_ns() + int(seconds * SECOND)


@pytest.fixture
def shelf(folder: Path, notes: Notes) -> Shelf:
    return Shelf(folder, notes, later(60))


def refusal(look: Callable[[str], object], path: str) -> tuple[str, str]:
    with pytest.raises(Unusable) as caught:
        look(path)
    return caught.value.code, str(caught.value)


# Where files may lie


@pytest.mark.parametrize(
    "path", ["frames/quay.png", "./frames/quay.png", "frames/../frames/quay.png"]
)
def test_a_picture_is_found_by_its_path(shelf: Shelf, folder: Path, path: str) -> None:
    assert shelf.picture(path) == Picture(folder / "frames" / "quay.png", pixel_digest(FRAME))


def test_a_link_that_stays_inside_leads_to_its_file(shelf: Shelf, folder: Path) -> None:
    (folder / "start.png").symlink_to("frames/quay.png")
    assert shelf.picture("start.png").path == folder / "frames" / "quay.png"


def test_the_folder_may_be_a_link_itself(folder: Path, notes: Notes, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    found = Shelf(tmp_path / "link", notes).picture("frames/quay.png")
    assert found.path == folder / "frames" / "quay.png"


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("", "empty-path", "a path is empty"),
        ("  ", "empty-path", "a path is empty"),
        ("a\0.png", "bad-path", "`a\ufffd.png` holds a NUL character"),
        (
            "frames\\quay.png",
            "bad-path",
            "`frames\\quay.png` has a backslash; separate folders with `/`",
        ),
        ("\ud800.png", "unreadable-file", None),
        (
            "../secret.png",
            "outside-folder",
            "`../secret.png` leaves the storyboard's folder",
        ),
        (
            "frames/../../secret.png",
            "outside-folder",
            "`frames/../../secret.png` leaves the storyboard's folder",
        ),
        (
            "/etc/passwd",
            "outside-folder",
            "`/etc/passwd` is absolute; write it relative to the storyboard's folder",
        ),
        (
            "C:/frame.png",
            "outside-folder",
            "`C:/frame.png` is absolute; write it relative to the storyboard's folder",
        ),
        (
            "frames/qay.png",
            "missing-file",
            "there is no file `frames/qay.png`; did you mean `frames/quay.png`?",
        ),
        ("farmes", "missing-file", "there is no file `farmes`; did you mean `frames`?"),
        ("none.png", "missing-file", "there is no file `none.png`"),
        ("none/quay.png", "missing-file", "there is no file `none/quay.png`"),
        ("frames/quay.png/x", "missing-file", "there is no file `frames/quay.png/x`"),
        ("frames", "not-a-file", "`frames` is a folder"),
        (".", "not-a-file", "`.` is a folder"),
        (
            "x" * 300,
            "unreadable-file",
            f"`{'x' * 63}…` cannot be read: File name too long",
        ),
    ],
)
def test_a_path_that_leads_nowhere_good_is_refused(
    shelf: Shelf, path: str, code: str, message: str | None
) -> None:
    for look in (shelf.picture, shelf.footage):
        found = refusal(look, path)
        assert found == (code, message or found[1])


def test_a_link_out_of_the_folder_is_refused(shelf: Shelf, folder: Path) -> None:
    (folder / "out.png").symlink_to("../secret.png")
    (folder / "up").symlink_to("..")
    for path in ("out.png", "up/secret.png"):
        assert refusal(shelf.picture, path) == (
            "outside-folder",
            f"`{path}` is a link that leaves the storyboard's folder",
        )


def test_no_name_outside_of_the_folder_is_given_away(shelf: Shelf, folder: Path) -> None:
    (folder / "up").symlink_to("..")
    assert refusal(shelf.picture, "up/secrt.png") == (
        "missing-file",
        "there is no file `up/secrt.png`",
    )


def test_a_link_that_leads_to_itself_is_refused(shelf: Shelf, folder: Path) -> None:
    (folder / "loop.png").symlink_to("loop.png")
    code, message = refusal(shelf.picture, "loop.png")
    assert code == "unreadable-file"
    assert message.startswith("`loop.png` cannot be read: ")


# What kinds of files


def test_a_pipe_is_refused_and_never_waited_for(shelf: Shelf, folder: Path) -> None:
    os.mkfifo(folder / "pipe.png")
    assert refusal(shelf.picture, "pipe.png") == ("not-a-file", "`pipe.png` is not a regular file")
    assert refusal(shelf.footage, "pipe.png") == ("not-a-file", "`pipe.png` is not a regular file")


def test_a_file_that_becomes_a_pipe_is_never_waited_for(shelf: Shelf, folder: Path) -> None:
    picture = shelf.picture("frames/quay.png")
    picture.path.unlink()
    os.mkfifo(picture.path)
    with pytest.raises(MediaError, match=r"^quay.png changed while rendering$"):
        shelf.read(picture)


def test_an_empty_file_is_refused(shelf: Shelf, folder: Path) -> None:
    (folder / "empty.png").touch()
    told = "`empty.png` is empty; where a cloud drive keeps it, make it available offline"
    assert refusal(shelf.picture, "empty.png") == ("empty-file", told)
    assert refusal(shelf.footage, "empty.png") == ("empty-file", told)


@pytest.fixture
def nobody() -> Iterator[None]:
    """Not as root, who may read everything."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield
    if root:
        os.seteuid(0)


def test_a_file_without_permission_is_refused(
    folder: Path, notes: Notes, request: pytest.FixtureRequest
) -> None:
    for above in (folder, *folder.parents[:4]):
        above.chmod(above.stat().st_mode | 0o755)
    (folder / "frames" / "quay.png").chmod(0)
    shelf = Shelf(folder, notes)
    request.getfixturevalue("nobody")
    assert refusal(shelf.picture, "frames/quay.png") == (
        "unreadable-file",
        "`frames/quay.png` cannot be read: Permission denied",
    )


def test_a_picture_file_that_is_too_large_is_refused_unread(shelf: Shelf, folder: Path) -> None:
    with (folder / "huge.png").open("wb") as file:
        file.truncate(50_000_001)
    assert refusal(shelf.picture, "huge.png") == ("too-large", "`huge.png` is larger than 50 MB")


@pytest.mark.parametrize(
    ("data", "code", "why"),
    [
        (b"GIF89a", "not-a-picture", "is GIF: save it as PNG or JPEG"),
        (
            b"hello",
            "not-a-picture",
            "cannot be used: it is not PNG, JPEG or WebP; save it as one of these",
        ),
        (
            FRAME[:500],
            "damaged-picture",
            "cannot be used: it is damaged or cut short; save it again",
        ),
    ],
)
def test_what_is_no_picture_is_refused(
    shelf: Shelf, folder: Path, data: bytes, code: str, why: str
) -> None:
    (folder / "a.png").write_bytes(data)
    assert refusal(shelf.picture, "a.png") == (code, f"`a.png` {why}")


def test_a_picture_is_known_by_its_content(shelf: Shelf, folder: Path) -> None:
    (folder / "a.txt").write_bytes(FRAME)
    assert shelf.picture("a.txt").digest == pixel_digest(FRAME)


def test_footage_is_known_by_its_content_and_its_bytes(shelf: Shelf, folder: Path) -> None:
    clip = clips.make(folder / "a.mp4", 2).rename(folder / "clip")
    digest = hashlib.sha256(clip.read_bytes()).hexdigest()
    assert shelf.footage("clip") == Footage(clip, digest)


@pytest.mark.parametrize(
    "data", [b"#EXTM3U\nsecret.mp4\n", b"ffconcat version 1.0\nfile secret.mp4\n", b"hello"]
)
def test_what_is_no_video_is_refused(shelf: Shelf, folder: Path, data: bytes) -> None:
    (folder / "a.mp4").write_bytes(data)
    assert refusal(shelf.footage, "a.mp4") == (
        "not-a-video",
        "`a.mp4` is not a video; use MP4, MOV, Matroska or WebM",
    )


# What is remembered


def test_a_picture_is_looked_into_once(shelf: Shelf, folder: Path, notes: Notes) -> None:
    picture = shelf.picture("frames/quay.png")
    (key,) = notes.kept
    notes.kept[key] = "as remembered"
    assert shelf.picture("frames/quay.png") == Picture(picture.path, "as remembered")


def test_pictures_and_footage_are_remembered_apart(shelf: Shelf, folder: Path) -> None:
    shelf.picture("frames/quay.png")
    assert refusal(shelf.footage, "frames/quay.png")[0] == "not-a-video"


@pytest.mark.parametrize("change", ["content", "time", "inode", "name"])
def test_whatever_changes_is_looked_into_anew(
    shelf: Shelf, folder: Path, notes: Notes, change: str
) -> None:
    file = folder / "frames" / "quay.png"
    shelf.picture("frames/quay.png")
    path = "frames/quay.png"
    if change == "content":
        about = file.stat()
        file.write_bytes(OTHER)
        os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))
    elif change == "time":
        os.utime(file)
    elif change == "inode":
        (folder / "new.png").write_bytes(FRAME)
        (folder / "new.png").rename(file)
    else:
        path = "frames/pier.png"
        (folder / path).hardlink_to(file)
    known = set(notes.kept)
    wanted = OTHER if change == "content" else FRAME
    assert shelf.picture(path).digest == pixel_digest(wanted)
    assert set(notes.kept) > known


@pytest.mark.parametrize(
    ("age", "whole_seconds", "remembered"),
    [
        (0.0, False, False),
        (0.09, False, False),
        (0.2, False, True),
        (0.2, True, False),
        (3, True, True),
    ],
)
def test_a_file_that_changed_just_now_is_not_remembered(
    folder: Path, notes: Notes, age: float, whole_seconds: bool, remembered: bool
) -> None:
    file = folder / "frames" / "quay.png"
    if whole_seconds:
        before = (time.time_ns() // SECOND - 5) * SECOND
        os.utime(file, ns=(before, before))
    changed = file.stat().st_ctime_ns
    Shelf(folder, notes, lambda: changed + int(age * SECOND)).picture("frames/quay.png")
    assert bool(notes.kept) == remembered


def test_a_file_from_the_future_is_remembered(folder: Path, notes: Notes) -> None:
    ahead = time.time_ns() + 3600 * SECOND + 1
    os.utime(folder / "frames" / "quay.png", ns=(ahead, ahead))
    Shelf(folder, notes, later(60)).picture("frames/quay.png")
    assert len(notes.kept) == 1


def test_a_file_that_changes_under_our_hands_is_not_remembered(
    folder: Path, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "frames" / "quay.png"

    def clock() -> int:
        with file.open("ab") as more:
            more.write(b" ")
        return time.time_ns() + 60 * SECOND

    Shelf(folder, notes, clock).picture("frames/quay.png")
    assert notes.kept == {}


def test_nothing_unusable_is_remembered(shelf: Shelf, folder: Path, notes: Notes) -> None:
    (folder / "a.png").write_bytes(b"hello")
    refusal(shelf.picture, "a.png")
    assert notes.kept == {}


NOTHING_TO_DO = """
import sys
from pathlib import Path
from krafity_cli.media.input_files import Shelf

class Notes(dict):
    def put(self, key, value):
        raise AssertionError

class Known(Notes):
    def get(self, key):
        return "known"

picture = Shelf(Path(sys.argv[1]), Known()).picture("frames/quay.png")
print(picture.digest, sorted({"PIL", "numpy", "cv2", "imageio_ffmpeg"} & set(sys.modules)))
"""


def test_with_nothing_to_do_no_picture_library_is_loaded(folder: Path) -> None:
    command = [sys.executable, "-c", NOTHING_TO_DO, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "known []\n"


# Reading again


def test_a_picture_is_read_as_it_was_looked_at(shelf: Shelf) -> None:
    assert shelf.read(shelf.picture("frames/quay.png")) == FRAME


def test_a_picture_saved_anew_is_still_the_same(shelf: Shelf, folder: Path) -> None:
    picture = shelf.picture("frames/quay.png")
    anew = FRAME + b"appended"
    picture.path.write_bytes(anew)
    assert shelf.read(picture) == anew


@pytest.mark.parametrize("now", [OTHER, b"", b"hello", None])
def test_a_picture_that_changed_meanwhile_is_refused(shelf: Shelf, now: bytes | None) -> None:
    picture = shelf.picture("frames/quay.png")
    picture.path.unlink()
    if now is not None:
        picture.path.write_bytes(now)
    with pytest.raises(MediaError) as caught:
        shelf.read(picture)
    error = caught.value
    assert error.what == "quay.png changed while rendering"
    assert error.why == "the file is not the one this run started with"
    assert error.hint == "run again"


def test_a_picture_that_became_a_link_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    picture = shelf.picture("frames/quay.png")
    picture.path.unlink()
    picture.path.symlink_to(tmp_path / "secret.png")
    with pytest.raises(MediaError, match=r"^quay.png changed while rendering$"):
        shelf.read(picture)


def test_the_limit_holds_for_pictures_only(
    folder: Path, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "MOST_PICTURE_BYTES", 100)
    clip = clips.make(folder / "a.mp4", 2)
    assert clip.stat().st_size > 100
    assert Shelf(folder, notes).footage("a.mp4").path == clip


def test_every_picture_has_its_own_digest(shelf: Shelf, folder: Path) -> None:
    (folder / "a.png").write_bytes(png(np.zeros((2, 2, 3), np.uint8)))
    assert shelf.picture("a.png").digest != shelf.picture("frames/quay.png").digest


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        (2000, "it is damaged or cut short (Invalid data found when processing input)"),
        (100, "its last frame cannot be decoded: it is damaged or cut short"),
    ],
)
def test_footage_that_is_cut_short_is_found_when_it_is_read(
    shelf: Shelf, folder: Path, missing: int, why: str
) -> None:
    fast = ("-movflags", "+faststart") if missing < 1000 else ()
    clip = clips.make(folder / "rec.mp4", 24, *fast)
    clip.write_bytes(clip.read_bytes()[:-missing])
    with pytest.raises(Unusable) as caught:
        shelf.footage("rec.mp4")
    assert caught.value.code == "unreadable-footage"
    assert str(caught.value).startswith(f"`rec.mp4` cannot be used: {why}")


def test_footage_of_a_codec_that_is_not_read_is_found_when_it_is_read(
    shelf: Shelf, folder: Path
) -> None:
    clips.make(folder / "old.mov", 2, "-pix_fmt", "rgb24", vcodec="cinepak")
    with pytest.raises(Unusable) as caught:
        shelf.footage("old.mov")
    assert str(caught.value) == (
        "`old.mov` cannot be used: the codec cinepak is not supported; convert it to MP4 (H.264)"
    )


@pytest.mark.parametrize("kind", ["hevc", "variable_rate_webm", "covered", "growing", "one_frame"])
def test_footage_that_is_hard_to_read_is_accepted(
    nasty: Callable[[str], Path], kind: str, notes: Notes
) -> None:
    clip = nasty(kind)
    assert Shelf(clip.parent, notes).footage(clip.name).path == clip
