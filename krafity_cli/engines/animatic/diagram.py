"""A small drawing of a shot's framing: how large a figure stands in the frame, and the camera."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from krafity_cli.engines.animatic.camera.moves import Move
from krafity_cli.engines.animatic.composition import Composition
from krafity_cli.engines.animatic.mood import Colour, Mood

_FINE = 4
"""Drawn so many times as large, so that the lines come out smooth."""

_TALL = {
    "extreme wide": 0.16, "wide": 0.42, "full": 0.84, "medium": 1.7, "close": 3.3,
    "extreme close": 7.0,
}  # fmt: skip
"""How tall a standing figure is, in frame heights."""
_HORIZON = {"low": 0.86, "high": 0.24, None: 0.62}
Point = tuple[float, float]


def diagram(composition: Composition, mood: Mood, shape: float, high: int) -> Image.Image:
    """The frame seen through the viewfinder, `high` pixels high and as wide as `shape` makes it."""
    tall = high * _FINE
    picture = Image.new("RGB", (round(tall * shape), tall), mood.paper)
    draw = _Pen(picture, mood)
    if composition.angle == "overhead":
        draw.from_above()
    else:
        draw.horizon(_HORIZON[composition.angle])
        if composition.size:
            draw.figure(_TALL[composition.size], composition.angle)
    if composition.move:
        draw.camera(composition.move)
    draw.frame()
    return picture.resize((round(high * shape), high), Image.Resampling.BOX)


class _Pen:
    """Draws in parts of the frame: 0 to 1 both ways."""

    def __init__(self, picture: Image.Image, mood: Mood) -> None:
        self._draw = ImageDraw.Draw(picture)
        self._width, self._height = picture.size
        self._mood = mood
        self._line = max(1, self._height // 60)

    def frame(self) -> None:
        """The viewfinder's edge."""
        edge = (0, 0, self._width - 1, self._height - 1)
        self._draw.rectangle(edge, outline=self._mood.ink, width=self._line)

    def horizon(self, y: float) -> None:
        """Where ground and air meet: low in the frame when the camera looks up."""
        self._path([(0, y), (1, y)], self._mood.faint)

    def figure(self, tall: float, angle: str | None) -> None:
        """Somebody standing there, as much as the frame shows of them."""
        head = tall / 7.2
        ground = {"low": 0.9, "high": 0.8}.get(angle or "", 0.9)
        top = ground - tall if tall < 0.85 else 0.16 if tall < 5 else 0.5 - head * 0.55
        middle = 0.5
        self._ellipse(middle, top + head / 2, head * 0.38, head / 2)
        shoulder, hip = top + head * 1.45, top + head * 3.9
        wide = head * 0.95 * self._height / self._width
        body: list[Point] = [
            self._at(middle - wide, shoulder), self._at(middle + wide, shoulder),
            self._at(middle + wide * 0.62, hip), self._at(middle + wide * 0.5, top + tall),
            self._at(middle - wide * 0.5, top + tall), self._at(middle - wide * 0.62, hip),
        ]  # fmt: skip
        self._draw.polygon(body, fill=self._mood.faint)

    def from_above(self) -> None:
        """Rings around what the camera looks down on."""
        for radius in (0.36, 0.22):
            self._ring(0.5, 0.5, radius)
        self._ellipse(0.5, 0.5, 0.07, 0.07)

    def camera(self, move: Move) -> None:
        """Where the camera goes: arrows across, in or out, or around."""
        across = move.pan[0] + move.truck[0]
        up = move.pan[1] + move.truck[1]
        if across or up:
            long = math.hypot(across, up)
            x, y = across / long * 0.3, up / long * 0.3
            # Beside the figure, so that both are seen.
            middle = (0.5, 0.2) if abs(x) >= abs(y) else (0.82, 0.5)
            self._arrow((middle[0] - x, middle[1] + y), (middle[0] + x, middle[1] - y))
        if move.push or move.vertigo:
            self._corners(inwards=(move.push or move.vertigo) > 0)
        turn = move.orbit or move.roll
        if turn:
            self._arc(turn > 0)
        if move.shake and not move.travels:
            wave = [(0.2 + n * 0.03, 0.5 + (0.05 if n % 2 else -0.05)) for n in range(21)]
            self._path(wave, self._mood.accent)

    def _corners(self, inwards: bool) -> None:
        for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            outer, inner = (0.5 + x * 0.42, 0.5 + y * 0.4), (0.5 + x * 0.24, 0.5 + y * 0.22)
            self._arrow(*((outer, inner) if inwards else (inner, outer)))

    def _arc(self, to_the_right: bool) -> None:
        angles = [math.radians(200 + n * 7) for n in range(21)]
        points = [(0.5 + 0.34 * math.cos(a), 0.62 + 0.34 * math.sin(a)) for a in angles]
        points = points if to_the_right else points[::-1]
        self._path(points[:-2], self._mood.accent)
        self._arrow(points[-4], points[-1])

    def _arrow(self, tail: Point, tip: Point) -> None:
        start, end = self._at(*tail), self._at(*tip)
        turn = math.atan2(end[1] - start[1], end[0] - start[0])
        size = self._height * 0.11
        wings = [
            (end[0] - size * math.cos(turn + side), end[1] - size * math.sin(turn + side))
            for side in (0.45, -0.45)
        ]
        neck = (end[0] - size * 0.7 * math.cos(turn), end[1] - size * 0.7 * math.sin(turn))
        self._draw.line([start, neck], fill=self._mood.accent, width=self._line * 2)
        self._draw.polygon([end, *wings], fill=self._mood.accent)

    def _path(self, points: Sequence[Point], colour: Colour) -> None:
        placed = [self._at(*point) for point in points]
        self._draw.line(placed, fill=colour, width=round(self._line * 1.5), joint="curve")

    def _ellipse(self, x: float, y: float, wide: float, high: float) -> None:
        """`wide` and `high` are radii in frame heights."""
        (left, top), (right, bottom) = self._box(x, y, wide, high)
        self._draw.ellipse((left, top, right, bottom), fill=self._mood.faint)

    def _ring(self, x: float, y: float, radius: float) -> None:
        (left, top), (right, bottom) = self._box(x, y, radius, radius)
        edge = (left, top, right, bottom)
        self._draw.ellipse(edge, outline=self._mood.faint, width=round(self._line * 1.5))

    def _box(self, x: float, y: float, wide: float, high: float) -> tuple[Point, Point]:
        across, down = self._at(x, y)
        wide, high = wide * self._height, high * self._height
        return (across - wide, down - high), (across + wide, down + high)

    def _at(self, x: float, y: float) -> Point:
        return x * (self._width - 1), y * (self._height - 1)
