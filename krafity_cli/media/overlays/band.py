"""What is burnt into a film: shot, take, timecode and subtitle on every frame, as on dailies.

All of it stands in the title-safe area, white on dark glass, so it can be read on any picture: shot
and take at the lower left, the film's timecode at the lower right, the dialogue above both. The
upper left stays free: that is where the slate of a stand-in is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from krafity_cli.errors import harmless
from krafity_cli.media.overlays.burn import Burn
from krafity_cli.media.overlays.fonts import Fonts
from krafity_cli.media.overlays.lettering import fitting, ink, lettered, wrapped

_SAFE = 0.05
"""Title-safe margin, as part of the picture's width and height (SMPTE ST 2046-1 has 5 %)."""
_LABEL, _SPOKEN = 0.034, 0.05
"""Letter heights, as parts of the shorter side."""
_GLASS = 0.65
"""How much of the picture the dark ground takes: white on it keeps 6:1 over a white picture."""
_BLACK, _WHITE, _GRAY = 16, 235, 128
_MOST_LINES = 5

Plane = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.float64]


def timecode(frame: int, fps: Fraction) -> str:
    """HH:MM:SS:FF of a film's frame; rates like 23.976 count as 24, without dropping numbers."""
    nominal = max(1, round(fps))
    seconds, frames = divmod(frame, nominal)
    hours, rest = divmod(seconds, 3600)
    return f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}:{frames:02d}"


class Band:
    """The strip of the picture that carries words, one frame after the other as YUVA planes."""

    def __init__(self, what: Burn, size: tuple[int, int], fps: Fraction) -> None:
        self._what = what
        self._fps = fps
        self.width, picture_height = size
        self._left = round(self.width * _SAFE)
        self._room = self.width - 2 * self._left
        short = min(size)
        self._label = _Line(round(short * _LABEL))
        self._speech = _Line(round(short * _SPOKEN))
        self._clock = _Clock(self._label)
        said = [_plain(one.text) for one in what.spoken]
        self._letters = "".join(sorted(set("".join(said)) - set("\n")))
        lines = [self._lines(text) for text in said]
        self._spoken = [self._inked(some) for some in lines]
        most = max((len(some) for some in lines), default=0)
        foot = round(picture_height * (1 - _SAFE))
        wanted = self._label.height + most * self._speech.height + (most > 0) * self._label.pad
        self.height = min(foot, wanted) // 2 * 2
        self.top = (foot - self.height) // 2 * 2

    @property
    def shape(self) -> tuple[int, int]:
        """Of a frame as an array: luma, both chromas at half size, and alpha, row by row."""
        return self.height * 5 // 2, self.width

    def frames(self) -> Iterator[Plane]:
        """One for each frame of the film."""
        gray = np.full((self.height // 2, self.width), _GRAY, np.uint8)
        for number, luma, alpha in self._standing():
            clock = self._clock.cover(timecode(number, self._fps))
            x, y = self.width - self._left - clock.shape[1], self.height - clock.shape[0]
            place = (slice(y, None), slice(x, x + clock.shape[1]))
            luma[place], alpha[place] = _glazed(clock)
            yield np.concatenate([luma, gray, alpha])

    def _standing(self) -> Iterator[tuple[int, Plane, Plane]]:
        """Each frame's number with what stays for a while: label and subtitle."""
        shots = [shot for shot, frames in enumerate(self._what.lengths) for _ in range(frames)]
        shown: tuple[int, int | None] | None = None
        for number, shot in enumerate(shots):
            now = (shot, self._said_at(number))
            if now != shown:
                shown, (luma, alpha) = now, self._planes(*now)
            yield number, luma, alpha

    def _said_at(self, number: int) -> int | None:
        at = number / self._fps
        found = (k for k, one in enumerate(self._what.spoken) if one.start <= at < one.end)
        return next(found, None)

    def _planes(self, shot: int, said: int | None) -> tuple[Plane, Plane]:
        cover = np.full((self.height, self.width), -1.0)
        label = self._labelled(self._what.labels[shot])
        cover[self.height - label.shape[0] :, self._left : self._left + label.shape[1]] = label
        foot = self.height - self._label.height - self._label.pad
        for line in reversed(self._spoken[said] if said is not None else []):
            top, x = foot - line.shape[0], (self.width - line.shape[1]) // 2
            cover[max(0, top) : foot, x : x + line.shape[1]] = line[max(0, -top) :]
            foot = top
        return _glazed(cover)

    def _labelled(self, label: str) -> Reals:
        """A shot's label, in the room the timecode leaves."""
        room = self._room - self._clock.width - 4 * self._label.pad
        fonts, words = fitting(label, self._label.size, room)
        return self._label.framed(ink(words, fonts, self._label.height, self._label.base))

    def _lines(self, text: str) -> list[str]:
        fonts = Fonts(self._letters, self._speech.size)
        room = self._room - 2 * self._speech.pad
        return wrapped(lettered(text, fonts), fonts, room)[:_MOST_LINES]

    def _inked(self, lines: Sequence[str]) -> list[Reals]:
        line = self._speech
        room = self._room - 2 * line.pad
        found = []
        for words in lines:
            fonts, fit = fitting(words, line.size, room, self._letters)
            found.append(line.framed(ink(fit, fonts, line.height, line.base)))
        return found


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of letters of a size, in pixels, with room around them."""

    size: int

    @property
    def pad(self) -> int:
        return max(2, round(self.size * 0.4))

    @property
    def height(self) -> int:
        return round(self.size * 1.5) // 2 * 2

    @property
    def base(self) -> int:
        """The row letters stand on."""
        return round(self.size * 1.1)

    def framed(self, letters: Plane) -> Reals:
        """Letters on glass: how white each pixel is, from 0 to 1."""
        return np.pad(letters / 255.0, ((0, 0), (self.pad, self.pad)))


class _Clock:
    """Timecodes whose digits stand still: every sign has a cell of its own."""

    def __init__(self, line: _Line) -> None:
        self._line = line
        signs = {
            sign: ink(sign, Fonts(sign, line.size), line.height, line.base)
            for sign in "0123456789:"
        }
        widest = max(signs[digit].shape[1] for digit in "0123456789")
        self._cells = {
            sign: _centred(letters, widest if sign != ":" else letters.shape[1])
            for sign, letters in signs.items()
        }
        self.width = self.cover("00:00:00:00").shape[1]

    def cover(self, text: str) -> Reals:
        """A timecode on glass."""
        return self._line.framed(np.concatenate([self._cells[sign] for sign in text], axis=1))


def _plain(text: str) -> str:
    return "\n".join(harmless(line) for line in text.splitlines())


def _centred(letters: Plane, width: int) -> Plane:
    room = width - letters.shape[1]
    return np.pad(letters, ((0, 0), (room // 2, room - room // 2)))


def _glazed(white: Reals) -> tuple[Plane, Plane]:
    """Luma and alpha of white letters on dark glass; where it is below 0 there is neither."""
    glass = np.where(white < 0, 0.0, _GLASS)
    letters = np.maximum(white, 0.0)
    alpha = letters + glass * (1 - letters)
    share = letters / np.maximum(alpha, 1e-9)
    luma = np.rint(_BLACK + (_WHITE - _BLACK) * share).astype(np.uint8)
    return luma, np.rint(alpha * 255).astype(np.uint8)
