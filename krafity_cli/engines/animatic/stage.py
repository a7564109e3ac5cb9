"""A still, laid out so that a camera can move over it by parts of a pixel.

Frames are sampled from planes of luma and chroma (BT.709, limited range): less to warp than RGB,
and what the encoder wants anyway. Each plane has twice the samples a frame shows at zoom 1. Linear
sampling is then nearly as sharp between pixels as on them, so that detail does not pulse as the
camera creeps; and a camera that stands still shows the picture's own pixels exactly.

Everything that touches a pixel is integer arithmetic or exact in float32: the same bytes come out
on every machine. OpenCV's `warpAffine` and `warpPerspective` are not that (with and without AVX2
they differ); `remap` with fixed-point maps is, in steps of 1/32 sample.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from krafity_cli.engines.animatic.moves import Framing, Point

Plane = npt.NDArray[np.uint8]
Size = tuple[int, int]

_HALF_PIXEL = (-1, 4, -11, 40, 40, -11, 4, -1)
"""Taps of HEVC's half-sample luma filter (ITU-T H.265, 8.5.3.3.3), in 64ths."""
# ITU-R BT.709-6 3.2 to 3.5, times 2 ** 16; a standing camera gives what `media.colour` gives.
_LUMA = (11966, 40254, 4064)
_BLUE = (-6596, -22189, 28785)
_RED = (28785, -26145, -2640)
_STEP = 32
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
    luma, blue, red = _luma(rgb), _chroma(rgb, _BLUE), _chroma(rgb, _RED)
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
        out[top : top + _ROWS] = (_weighted(rows, _LUMA) + (16 << 16) + (1 << 15)) >> 16
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
        y, cb, cr = planes(out, self._stage.frame)
        self._luma.aim(framing)
        self._luma.sample(self._stage.luma, y)
        self._chroma.aim(framing)
        self._chroma.sample(self._stage.blue, cb)
        self._chroma.sample(self._stage.red, cr)


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
    """Where each sample of a plane comes from, in OpenCV's fixed-point form.

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
        self._middle = tuple((side - edge) / 2 * per_pixel for side in stage.size)
        self._aspect = stage.aspect
        self._whole = np.empty((height, width, 2), np.int16)
        self._part = np.empty((height, width), np.uint16)
        self._x, self._y = (np.empty((height, width), np.float32) for _ in range(2))

    def sample(self, source: Plane, out: Plane) -> None:
        """Fill `out` from `source` where the maps point."""
        cv2.remap(source, self._whole, self._part, cv2.INTER_LINEAR, out, cv2.BORDER_REPLICATE)

    def aim(self, framing: Framing) -> None:
        """Point the maps at what `framing` sees."""
        u, v = _bulged(self._u, framing.bulge), _bulged(self._v, framing.bulge)
        rows = framing.matrix(self._aspect)
        (a, b, c), (d, e, f), _ = rows
        if framing.yaw or framing.pitch:
            self._in_perspective(rows, u, v)
        elif b or d:
            x, y = self._scale
            np.add(_f32(a * x * u), _f32(b * x * v + self._place(0, c))[:, None], out=self._x)
            np.add(_f32(d * y * u), _f32(e * y * v + self._place(1, f))[:, None], out=self._y)
        else:
            self._upright(a * u + c, e * v + f)
            return
        cv2.convertMaps(self._x, self._y, cv2.CV_16SC2, self._whole, self._part)

    def _place(self, axis: int, where: float) -> float:
        return where * self._scale[axis] + self._middle[axis]

    def _upright(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> None:
        """Nothing turns, so a map is one row and one column: half the work."""
        columns = np.rint((x * self._scale[0] + self._middle[0]) * _STEP).astype(np.int32)
        rows = np.rint((y * self._scale[1] + self._middle[1]) * _STEP).astype(np.int32)
        pairs = self._whole.view(np.int32)[..., 0]
        if sys.byteorder == "little":
            np.add((columns >> 5) & 0xFFFF, ((rows >> 5) << 16)[:, None], out=pairs)
        else:
            np.add((columns >> 5) << 16, ((rows >> 5) & 0xFFFF)[:, None], out=pairs)
        part = (columns & 31).astype(np.uint16), ((rows & 31) << 5).astype(np.uint16)
        np.add(part[0], part[1][:, None], out=self._part)

    def _in_perspective(
        self,
        rows: tuple[tuple[float, float, float], ...],
        u: npt.NDArray[np.float64],
        v: npt.NDArray[np.float64],
    ) -> None:
        (a, b, c), (d, e, f), (g, h, _) = rows
        x, y = self._scale
        far = _f32(g * u), _f32(h * v + 1.0)
        across = _f32(a * x * u), _f32(b * x * v + c * x)
        down = _f32(d * y * u), _f32(e * y * v + f * y)
        middle = np.float32(self._middle[0]), np.float32(self._middle[1])
        for top in range(0, len(v), _ROWS):
            part = slice(top, top + _ROWS)
            near = np.reciprocal(far[0] + far[1][part, None])
            for (ends, edge), most, out in zip(
                (across, down), middle, (self._x[part], self._y[part]), strict=True
            ):
                np.add(ends, edge[part, None], out=out)
                out *= near
                out += most


def _bulged(u: npt.NDArray[np.float64], bulge: float) -> npt.NDArray[np.float64]:
    return u * (1 + bulge * (1 - u * u)) if bulge else u


def _f32(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    return values.astype(np.float32)
