"""Reading a picture's drawings: which of its figures were drawn on, what they show and direct.

A figure counts when a pen drew it (`Evidence`) and it shows a shape people annotate with. Lines
alone say nothing: maps, ropes and stripes are full of them. And where an ink makes many more lines
than marks, it belongs to the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from krafity_cli.engines.animatic.drawings.figures import Figure, figures
from krafity_cli.engines.animatic.drawings.in_words import directs, words
from krafity_cli.engines.animatic.drawings.recognition import read
from krafity_cli.engines.animatic.drawings.shapes import Shape
from krafity_cli.engines.animatic.drawings.strokes import Rgb, Sheet, inks, sheet
from krafity_cli.engines.animatic.drawings.tracing import Mask
from krafity_cli.engines.protocol import Drawings, Mark

# What a thin line in a JPEG still keeps to, where its ink cannot be told by being exact.
_UNEVEN = 0.6
_MOTTLED = 7.6
_GLOWING = 0.18
_OWN = 2.5
"""An exact ink's own lines do not vary by more (dE): others are only of about its colour."""
_PARTING = 0.28
_BROADEST = 17
_SURE = 0.74
_LEAST_SURE = 0.5
_EXACT = 0.97
_EXPLAINED = 0.4
_EDGE, _BLED = 2, 3
"""How far ink reaches beyond a line's edge, in the working copy's pixels: drawn, and in a JPEG."""
_ORDER = ("arrow", "circle", "cross", "bracket", "text", "line")


@dataclass(frozen=True)
class Seen:
    """A mark and the figures it is made of."""

    kind: str
    shape: Shape
    figures: tuple[Figure, ...]

    @property
    def length(self) -> float:
        return sum(figure.lines.length for figure in self.figures)


@dataclass(frozen=True)
class Reading:
    """What was seen on a picture; `strokes` covers the ink, as big as the picture."""

    drawings: Drawings
    strokes: Mask


def reading(picture: Rgb) -> Reading:
    """Read the drawings on a picture (RGB)."""
    page = sheet(picture)
    seen: list[Seen] = []
    inked: list[Figure] = []
    for ink in inks(page):
        laid_on = page.grainy and ink.exact >= _EXACT
        penned = [f for f in figures(page, ink) if is_penned(f, laid_on)]
        marks = _marks(page, penned, laid_on)
        told = sum(mark.length for mark in marks)
        lines = sum(figure.lines.length for figure in penned)
        if marks and (laid_on or told >= _EXPLAINED * lines):
            seen += marks
            inked += penned
    seen.sort(key=lambda mark: (_ORDER.index(mark.kind), mark.shape.box))
    marks_ = tuple(_mark(page, mark) for mark in seen)
    drawings = Drawings(bool(marks_), directs(marks_), marks_)
    return Reading(drawings, _cover(page, inked, picture.shape[:2]))


def is_penned(figure: Figure, laid_on: bool) -> bool:
    """Whether a line looks like a pen's: even, flat, sharp, and laid over what goes on below.

    An ink that was surely laid on later need only be a line.
    """
    evidence = figure.evidence
    if laid_on:
        return evidence.uneven <= 1.5 and evidence.parting <= 0.6 and evidence.mottled <= _OWN
    return (
        figure.width <= _BROADEST
        and evidence.uneven <= _UNEVEN
        and evidence.mottled <= _MOTTLED
        and evidence.glowing <= _GLOWING
        and evidence.parting <= _PARTING
    )


def _marks(page: Sheet, penned: Sequence[Figure], laid_on: bool) -> list[Seen]:
    """The marks that figures of one ink make, alone or together."""
    found: list[Seen] = []
    rest: list[Figure] = []
    angles: list[tuple[Figure, Shape]] = []
    sure = _LEAST_SURE if laid_on else _SURE
    for figure in penned:
        shapes = [] if _at_border(page, figure) and not laid_on else read(figure)
        shapes = [shape for shape in shapes if shape.sure >= sure or _is_part(shape)]
        if not shapes or figure.span < (0.035 if laid_on else 0.06) * page.diagonal:
            rest.append(figure)
        elif shapes[0].kind in ("angle", "bracket"):
            angles.append((figure, shapes[0]))
        else:
            # The ink of two shapes in one figure counts once.
            for shape, strokes in zip(shapes, ((figure,), ()), strict=False):
                kind = "bracket" if shape.kind == "box" else shape.kind
                found.append(Seen(kind, shape, strokes))
    found += _framed(angles, rest)
    found += _written(page, rest)
    if laid_on:
        found += _scrawled(page, rest)
    return found


def _is_part(shape: Shape) -> bool:
    """Corners and brackets need less to go by: only with others of their kind they count."""
    return shape.kind in ("angle", "bracket") and shape.sure >= _LEAST_SURE


def _scrawled(page: Sheet, rest: list[Figure]) -> list[Seen]:
    """What was surely drawn but is no shape we know."""
    return [
        Seen("line", Shape("line", figure.box, 0.5), (figure,))
        for figure in rest
        if figure.lines.length > max(6 * figure.width, 0.06 * page.diagonal)
    ]


def _at_border(page: Sheet, figure: Figure) -> bool:
    height, width = page.rgb.shape[:2]
    left, top, right, bottom = figure.box
    return left <= 1 or top <= 1 or right >= width - 1 or bottom >= height - 1


def _framed(angles: list[tuple[Figure, Shape]], rest: list[Figure]) -> list[Seen]:
    """Corners and brackets that open towards the same middle are one frame."""
    if len(angles) < 2:
        rest.extend(figure for figure, _ in angles)
        return []
    left = min(shape.box[0] for _, shape in angles)
    top = min(shape.box[1] for _, shape in angles)
    right = max(shape.box[2] for _, shape in angles)
    bottom = max(shape.box[3] for _, shape in angles)
    middle = (left + right) / 2, (top + bottom) / 2
    for _, shape in angles:
        x = middle[0] - (shape.box[0] + shape.box[2]) / 2
        y = (shape.box[1] + shape.box[3]) / 2 - middle[1]
        gap = math.degrees(math.atan2(y, x)) - (shape.direction or 0.0)
        if abs((gap + 180) % 360 - 180) > 50:
            rest.extend(figure for figure, _ in angles)
            return []
    sure = min(shape.sure for _, shape in angles)
    frame = Shape("bracket", (left, top, right, bottom), sure, size=right - left)
    return [Seen("bracket", frame, tuple(figure for figure, _ in angles))]


def _written(page: Sheet, rest: list[Figure]) -> list[Seen]:
    """Small figures in a row: handwriting."""
    tall = page.rgb.shape[0]
    letters = [
        figure
        for figure in rest
        if 0.012 * tall < figure.mask.shape[0] < 0.17 * tall
        and figure.lines.length > 3.2 * figure.width
    ]
    found = []
    for group in _rows(letters):
        length = sum(figure.lines.length for figure in group)
        width = float(np.median([figure.width for figure in group]))
        box = _around(group)
        wide, high = box[2] - box[0], box[3] - box[1]
        if length < 22 * width or wide < 1.4 * high or length < 1.1 * wide:
            continue
        if len(group) < 3 and length < 3.2 * wide:
            continue
        found.append(Seen("text", Shape("text", box, 0.7), tuple(group)))
        rest[:] = [figure for figure in rest if figure not in group]
    return found


def _rows(letters: list[Figure]) -> list[list[Figure]]:
    """Letters near enough to each other to be read together."""
    rows: list[list[Figure]] = []
    for figure in sorted(letters, key=lambda f: f.left):
        for row in rows:
            if any(_neighbours(figure, other) for other in row):
                row.append(figure)
                break
        else:
            rows.append([figure])
    return rows


def _neighbours(one: Figure, other: Figure) -> bool:
    height = max(one.mask.shape[0], other.mask.shape[0])
    gap = max(one.left - other.box[2], other.left - one.box[2])
    lower = max(one.top, other.top) - min(one.box[3], other.box[3])
    alike = 0.4 < one.width / other.width < 2.5
    return gap < 1.1 * height and lower < 0.35 * height and alike


def _around(group: Sequence[Figure]) -> tuple[float, float, float, float]:
    boxes = np.array([figure.box for figure in group])
    least, most = boxes.min(0), boxes.max(0)
    return float(least[0]), float(least[1]), float(most[2]), float(most[3])


def _mark(page: Sheet, seen: Seen) -> Mark:
    height, width = page.rgb.shape[:2]
    shape = seen.shape
    left, top, right, bottom = shape.box
    box = (
        round(left / width, 4), round(top / height, 4),
        round(min(1.0, right / width), 4), round(min(1.0, bottom / height), 4),
    )  # fmt: skip
    if seen.kind != "arrow":
        return Mark(seen.kind, words(seen.kind, box), box)
    if not (shape.tail and shape.tip and shape.size is not None):
        raise ValueError("an arrow has a tail, a tip and a length")
    tail = shape.tail[0] / width, shape.tail[1] / height
    tip = shape.tip[0] / width, shape.tip[1] / height
    way = math.hypot(shape.tail[0] - shape.tip[0], shape.tail[1] - shape.tip[1])
    direction = round(shape.direction or 0.0, 1) % 360
    text = words("arrow", box, tail, tip, direction, curved=shape.size > 1.04 * way)
    return Mark("arrow", text, box, direction, round(min(1.0, shape.size / page.diagonal), 3))


def _cover(page: Sheet, inked: Sequence[Figure], shape: tuple[int, ...]) -> Mask:
    """All the ink of the marks, a little beyond its edge, at the picture's own size."""
    cover = np.zeros(shape, bool)
    for beyond, exact in ((_EDGE, True), (_BLED, False)):
        ink = np.zeros(page.rgb.shape[:2], np.uint8)
        for figure in inked:
            if (figure.ink.exact >= _EXACT) is exact:
                left, top, right, bottom = figure.box
                ink[top:bottom, left:right] |= figure.mask.view(np.uint8)
        if page.scale > 1:
            ink = np.asarray(
                cv2.resize(ink, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST), np.uint8
            )
        reach = 2 * round(beyond * page.scale) + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        cover |= cv2.dilate(ink, disc) > 0
    return cover
