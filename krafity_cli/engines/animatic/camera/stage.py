"""A still, laid out so that a camera can move over it by parts of a pixel.

Frames are sampled from planes of luma and chroma (BT.709, limited range): less to warp than RGB,
and what the encoder wants anyway. Each plane has twice the samples a frame shows at zoom 1. Linear
sampling is then nearly as sharp between pixels as on them, so that detail does not pulse as the
camera creeps; and a camera that stands still shows the picture's own pixels exactly.

Everything that touches a pixel is integer arithmetic or exact in float32: the same bytes come out
on every machine. A camera therefore looks at multiples of 1/32 sample: then whatever `cv2.remap`
does in between has less than float32's 24 bits, and it is rounded once. (With other places, as in
`warpAffine`, machines with and without fused multiplication differ.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from krafity_cli.engines.animatic.camera.moves import Framing, Point
from krafity_cli.media.color import CB, CR, LUMA

Plane = npt.NDArray[np.uint8]
Places = npt.NDArray[np.float32]
Size = tuple[int, int]

_HALF_PIXEL = (-1, 4, -11, 40, 40, -11, 4, -1)
"""Taps of HEVC's half-sample luma filter (ITU-T H.265, 8.5.3.3.3), in 64ths."""
_STEP = 32
"""Places to a sample."""
_ROUNDING = 1.5 * 2**23 / _STEP
"""Added to a float32 and taken away again, it leaves whole steps, the nearest ones."""
_ROWS = 64
"""Rows worked on at once: what stays in the processor's cache."""
BLACK = (16, 128, 128)


@dataclass(frozen=True)
class Stage:
    """A picture at the scale of the frame.

    `luma` has a sample on every pixel and between them, `blue` and `red` one between every four
    pixels. `frame` is the size of the frames shot here, `scale` how many of the picture's pixels go
    to one of theirs at zoom 1, `size` the picture's own size in those pixels.
    """

    luma: Plane
    blue: Plane
    red: Plane
    frame: Size
    size: Size
    scale: float

    @property
    def aspect(self) -> float:
        """The frame's width by its height."""
        return self.frame[0] / self.frame[1]

    @property
    def room(self) -> Point:
        """How far the picture reaches from its middle, in half frames."""
        width, height = self.frame
        return self.size[0] / (width * self.scale), self.size[1] / (height * self.scale)


def build(picture: Plane, frame: Size, density: float = 1.0) -> Stage:
    """The stage for frames of size `frame` that `picture` (RGB) fills, in its own proportions.

    `density` above 1 keeps that much more detail than a frame shows at zoom 1, where the picture
    has it: for moves that go near.
    """
    height, width = picture.shape[:2]
    fit = max(frame[0] / width, frame[1] / height)
    density = max(1.0, min(density, 1.0 / fit))
    size = (
        max(math.ceil(frame[0] * density), round(width * fit * density)),
        max(math.ceil(frame[1] * density), round(height * fit * density)),
    )
    rgb = _resized(picture, size)
    luma, blue, red = _luma(rgb), _chroma(rgb, CB), _chroma(rgb, CR)
    return Stage(_doubled(luma), blue, red, frame, size, density)


def _resized(picture: Plane, size: Size) -> Plane:
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    scaled = Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS)
    return np.asarray(scaled, dtype=np.uint8)


def _luma(rgb: Plane) -> Plane:
    out = np.empty(rgb.shape[:2], np.uint8)
    for top in range(0, len(rgb), _ROWS):
        rows = rgb[top : top + _ROWS].astype(np.int32)
        out[top : top + _ROWS] = (_weighted(rows, LUMA) + (16 << 16) + (1 << 15)) >> 16
    return out


def _chroma(rgb: Plane, weights: tuple[int, int, int]) -> Plane:
    """One difference of colour amid every four pixels: (h - 1, w - 1)."""
    height, width = rgb.shape[:2]
    out = np.empty((height - 1, width - 1), np.uint8)
    for top in range(0, height - 1, _ROWS):
        rows = _weighted(rgb[top : top + _ROWS + 1].astype(np.int32), weights)
        tall = rows[:-1] + rows[1:]
        quads = tall[:, :-1] + tall[:, 1:]
        out[top : top + _ROWS] = (quads + (128 << 18) + (1 << 17)) >> 18
    return out


def _weighted(rgb: npt.NDArray[np.int32], weights: tuple[int, int, int]) -> npt.NDArray[np.int32]:
    red, green, blue = weights
    return np.asarray(rgb[..., 0] * red + rgb[..., 1] * green + rgb[..., 2] * blue)


def _doubled(plane: Plane) -> Plane:
    """The plane on half pixels: (2h-1, 2w-1), its own pixels at the even places."""
    wide = _between(plane)
    return np.ascontiguousarray(_between(np.ascontiguousarray(wide.T)).T)


def _between(plane: Plane) -> Plane:
    height, width = plane.shape
    out = np.empty((height, 2 * width - 1), np.uint8)
    out[:, ::2] = plane
    padded = np.pad(plane, ((0, 0), (3, 4)), mode="edge")
    for top in range(0, height, _ROWS):
        rows = padded[top : top + _ROWS].astype(np.int16)
        total = np.full((rows.shape[0], width - 1), 32, np.int16)
        for index in range(4):
            left = rows[:, index : index + width - 1]
            right = rows[:, 7 - index : 6 - index + width]
            total += _HALF_PIXEL[index] * (left + right)
        out[top : top + _ROWS, 1::2] = np.clip(total >> 6, 0, 255)
    return out


class Camera:
    """Takes frames of a stage. A camera keeps its maps' memory, so it serves one thread."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._luma = _Maps(stage, 1, per_pixel=2)
        # A chroma sample lies amid four pixels, in the frame and on the stage alike.
        self._chroma = _Maps(stage, 2, per_pixel=1)

    def take(self, framing: Framing, out: Plane) -> None:
        """The frame seen by `framing` as planar YUV 4:2:0, written into `out` (h * 3/2, w)."""
        stage = self._stage
        y, cb, cr = planes(out, stage.frame)
        self._luma.sample(framing, (stage.luma, y))
        self._chroma.sample(framing, (stage.blue, cb), (stage.red, cr))


def planes(frame: Plane, size: Size) -> tuple[Plane, Plane, Plane]:
    """The three planes of a planar 4:2:0 frame, as views."""
    width, height = size
    flat = frame.reshape(-1)
    luma, quarter = width * height, width * height // 4
    return (
        flat[:luma].reshape(height, width),
        flat[luma : luma + quarter].reshape(height // 2, width // 2),
        flat[luma + quarter :].reshape(height // 2, width // 2),
    )


class _Maps:
    """Where each sample of a plane comes from, in samples of the stage, in whole steps.

    The plane has a sample for every `every` pixels each way, the stage `per_pixel` samples a pixel.
    """

    def __init__(self, stage: Stage, every: int, per_pixel: int) -> None:
        width, height = (side // every for side in stage.frame)
        self._u = np.asarray((np.arange(width) + 0.5) * (2 / width) - 1, np.float64)
        self._v = np.asarray(1 - (np.arange(height) + 0.5) * (2 / height), np.float64)
        half = [side * stage.scale * per_pixel / 2 for side in stage.frame]
        self._scale = half[0], -half[1]
        # The stage's first sample lies in the middle of its first pixel, or amid its first four.
        edge = 1 if per_pixel == 2 else 2
        width, height = stage.size
        self._middle = (width - edge) / 2 * per_pixel, (height - edge) / 2 * per_pixel
        self._aspect = stage.aspect
        self._x, self._y = (np.empty((_ROWS, len(self._u)), np.float32) for _ in range(2))

    def sample(self, framing: Framing, *copies: tuple[Plane, Plane]) -> None:
        """Fill planes, each from its source, with what `framing` sees."""
        aimed = self._aimed(framing)
        for top in range(0, len(self._v), _ROWS):
            part = slice(top, min(top + _ROWS, len(self._v)))
            x, y = self._x[: part.stop - top], self._y[: part.stop - top]
            aimed(part, x, y)
            for source, out in copies:
                cv2.remap(source, x, y, cv2.INTER_LINEAR, out[part], cv2.BORDER_REPLICATE)

    def _aimed(self, framing: Framing) -> _Aim:
        """What points the maps of some rows at what `framing` sees there."""
        u, v = _bulged(self._u, framing.bulge), _bulged(self._v, framing.bulge)
        (a, b, c), (d, e, f), (g, h, _) = framing.matrix(self._aspect)
        (x, y), middle = self._scale, self._middle
        if framing.yaw or framing.pitch:
            across = _f32(a * x * u), _f32(b * x * v + c * x)
            down = _f32(d * y * u), _f32(e * y * v + f * y)
            return _Perspective(across, down, (_f32(g * u), _f32(h * v + 1.0)), middle)
        # In steps each, row and column stay in steps when they are added up.
        across = _steps(a * x * u), _steps((b * v + c) * x + middle[0])
        down = _steps(d * y * u), _steps((e * v + f) * y + middle[1])
        return _Flat(across, down)


_Aim = Callable[[slice, Places, Places], None]
_Sum = tuple[Places, Places]
"""What is to be added up: a number for each column, and one for each row."""


@dataclass(frozen=True)
class _Flat:
    """Points maps where nothing is nearer than the rest."""

    across: _Sum
    down: _Sum

    def __call__(self, rows: slice, x: Places, y: Places) -> None:
        for (columns, lines), out in ((self.across, x), (self.down, y)):
            np.add(columns, lines[rows, None], out=out)


@dataclass(frozen=True)
class _Perspective:
    """Points maps where one side is nearer than the other: all is divided by how far it is."""

    across: _Sum
    down: _Sum
    far: _Sum
    middle: tuple[float, float]

    def __call__(self, rows: slice, x: Places, y: Places) -> None:
        near = np.reciprocal(self.far[0] + self.far[1][rows, None])
        for (columns, lines), middle, out in zip(
            (self.across, self.down), self.middle, (x, y), strict=True
        ):
            np.add(columns, lines[rows, None], out=out)
            out *= near
            out += np.float32(middle + _ROUNDING)
            out -= np.float32(_ROUNDING)


def _steps(places: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return _f32(np.rint(places * _STEP) / _STEP)


def _bulged(u: npt.NDArray[np.float64], bulge: float) -> npt.NDArray[np.float64]:
    return u * (1 + bulge * (1 - u * u)) if bulge else u


def _f32(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return values.astype(np.float32)
