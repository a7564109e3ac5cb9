"""Made pictures, drawn on and clean, with what is true of them.

Scenes are photograph-like or ink drawings, many of them nasty: red coats, sunsets, lips, maps, neon.
Strokes are drawn the way a hand draws them with a pen tool: jittered, one colour, one width.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Rgb = npt.NDArray[np.uint8]
Rng = np.random.Generator
SIZE = (960, 540)
INKS = {
    "red": (230, 25, 35), "pure red": (255, 0, 0), "blue": (30, 60, 235), "green": (20, 190, 60),
    "lime": (60, 255, 40), "yellow": (255, 225, 0), "magenta": (235, 20, 200),
    "cyan": (0, 205, 240), "orange": (255, 120, 0), "violet": (130, 40, 230),
}  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """A picture, the same without its drawings, and what was drawn."""

    name: str
    picture: Rgb
    clean: Rgb
    kinds: tuple[str, ...]
    direction: float | None = None

    @property
    def drawn(self) -> bool:
        return bool(self.kinds)


# --- scenes -------------------------------------------------------------------------------------


def _noise(rng: Rng, size: tuple[int, int], scales: tuple[tuple[float, float], ...]) -> np.ndarray:
    """Smooth chance: octaves of (blur in pixels, amplitude)."""
    out = np.zeros((size[1], size[0]), np.float32)
    for blur, amplitude in scales:
        small = max(2, round(size[0] / blur)), max(2, round(size[1] / blur))
        field = rng.standard_normal((small[1], small[0])).astype(np.float32)
        out += amplitude * cv2.resize(field, size, interpolation=cv2.INTER_CUBIC)
    return out


def _paint(rng: Rng, size, colours, scales=((220, 1.0), (70, 0.5), (20, 0.2))) -> np.ndarray:
    """A photograph-like surface running through `colours`."""
    value = _noise(rng, size, scales)
    value = (value - value.min()) / (np.ptp(value) + 1e-6)
    stops = np.linspace(0, 1, len(colours))
    table = np.array(colours, np.float32)
    return np.stack([np.interp(value, stops, table[:, c]) for c in range(3)], -1)


def _finish(rng: Rng, image: np.ndarray, grain: float = 2.0) -> Rgb:
    noise = rng.standard_normal(image.shape[:2])[..., None] * grain
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def _gradient(size, top, bottom) -> np.ndarray:
    t = np.linspace(0, 1, size[1])[:, None, None]
    row = np.array(top, float) * (1 - t) + np.array(bottom, float) * t
    return np.repeat(row, size[0], 1)


def _print(image: np.ndarray, text: str, at, scale: float, colour, width: int) -> None:
    """Printed letters."""
    letters = np.zeros(image.shape[:2], np.uint8)
    cv2.putText(letters, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, width, cv2.LINE_AA)
    cover = letters[..., None] / 255
    image[:] = image * (1 - cover) + np.array(colour) * cover


def meadow(rng: Rng, size=SIZE) -> Rgb:
    w, h = size
    image = _gradient(size, (120, 165, 215), (200, 215, 230))
    ground = _paint(rng, size, [(60, 85, 40), (95, 120, 60), (120, 130, 80)])
    line = h * (0.55 + 0.03 * np.sin(np.arange(w) / w * 6 + rng.random() * 6))
    mask = np.arange(h)[:, None] > line[None]
    image[mask] = ground[mask]
    return _finish(rng, image, 3)


def harbour(rng: Rng, size=SIZE) -> Rgb:
    w, h = size
    image = _gradient(size, (150, 160, 175), (210, 205, 195))
    water = _paint(rng, size, [(70, 90, 105), (110, 125, 135)], ((90, 1.0), (14, 0.5)))
    image[h // 2 :] = water[h // 2 :]
    for _ in range(7):
        x, bw, bh = rng.integers(0, w), rng.integers(40, 140), rng.integers(40, 160)
        tone = rng.integers(90, 190)
        cv2.rectangle(
            image,
            (int(x), h // 2 - int(bh)),
            (int(x + bw), h // 2),
            (float(tone), float(tone) * 0.93, float(tone) * 0.85),
            -1,
        )
    for _ in range(5):
        x = int(rng.integers(0, w))
        cv2.line(
            image,
            (x, h // 2 + 30),
            (x + int(rng.integers(-6, 6)), int(h * 0.15)),
            (60, 55, 50),
            2,
            cv2.LINE_AA,
        )
    return _finish(rng, cv2.GaussianBlur(image, (0, 0), 0.8), 3)


def portrait(rng: Rng, size=SIZE, lips=True) -> Rgb:
    w, h = size
    image = _paint(rng, size, [(70, 75, 80), (110, 110, 115)], ((300, 1), (90, 0.3)))
    cx, cy = int(w * rng.uniform(0.4, 0.6)), int(h * 0.5)
    shade = _paint(rng, size, [(205, 160, 135), (232, 190, 165)], ((200, 1), (60, 0.3)))
    face = np.zeros((h, w), np.uint8)
    cv2.ellipse(face, (cx, cy), (int(h * 0.27), int(h * 0.37)), 0, 0, 360, 255, -1)
    alpha = cv2.GaussianBlur(face, (0, 0), 3)[..., None] / 255
    image = image * (1 - alpha) + shade * alpha
    for dx in (-1, 1):
        cv2.ellipse(
            image,
            (cx + dx * int(h * 0.11), cy - int(h * 0.07)),
            (int(h * 0.04), int(h * 0.018)),
            0,
            0,
            360,
            (60, 45, 40),
            -1,
            cv2.LINE_AA,
        )
    if lips:
        mouth = np.zeros((h, w), np.uint8)
        ly = cy + int(h * 0.17)
        cv2.ellipse(mouth, (cx, ly), (int(h * 0.09), int(h * 0.022)), 0, 0, 180, 255, -1)
        cv2.ellipse(
            mouth, (cx - int(h * 0.035), ly), (int(h * 0.055), int(h * 0.016)), 0, 180, 360, 255, -1
        )
        cv2.ellipse(
            mouth, (cx + int(h * 0.035), ly), (int(h * 0.055), int(h * 0.016)), 0, 180, 360, 255, -1
        )
        red = _paint(rng, size, [(170, 25, 40), (215, 50, 65), (235, 95, 100)], ((40, 1), (9, 0.5)))
        alpha = cv2.GaussianBlur(mouth, (0, 0), 1.6)[..., None] / 255
        image = image * (1 - alpha) + red * alpha
    return _finish(rng, image, 2.5)


def red_coat(rng: Rng, size=SIZE) -> Rgb:
    w, h = size
    image = _paint(rng, size, [(150, 155, 150), (190, 190, 185)], ((300, 1), (50, 0.3)))
    coat = _paint(
        rng, size, [(110, 10, 18), (175, 20, 30), (215, 35, 45)], ((120, 1), (30, 0.4), (8, 0.12))
    )
    cx = int(w * rng.uniform(0.35, 0.65))
    shape = np.array(
        [[cx - 40, h * 0.3], [cx + 40, h * 0.3], [cx + 120, h], [cx - 120, h]], np.int32
    )
    sleeve = np.array(
        [[cx - 38, h * 0.32], [cx - 60, h * 0.36], [cx - 130, h * 0.68], [cx - 108, h * 0.7]],
        np.int32,
    )
    mask = np.zeros((h, w), np.uint8)
    cv2.fillPoly(mask, [shape], 255, cv2.LINE_AA)
    cv2.fillPoly(mask, [sleeve], 255, cv2.LINE_AA)
    alpha = cv2.GaussianBlur(mask, (0, 0), 1.2)[..., None] / 255
    image = image * (1 - alpha) + coat * alpha
    cv2.circle(image, (cx, int(h * 0.22)), int(h * 0.08), (215, 175, 150), -1, cv2.LINE_AA)
    # A belt, a scarf's end: thin red things.
    cv2.line(image, (cx + 30, int(h * 0.3)), (cx + 62, int(h * 0.5)), (190, 25, 35), 9, cv2.LINE_AA)
    return _finish(rng, cv2.GaussianBlur(image, (0, 0), 0.9), 3)


def sunset(rng: Rng, size=SIZE) -> Rgb:
    w, h = size
    sky = _gradient(size, (90, 30, 90), (255, 150, 40))
    clouds = _noise(rng, (w, h // 4), ((160, 1), (40, 0.6), (12, 0.25)))
    clouds = cv2.resize(clouds, size, interpolation=cv2.INTER_CUBIC)[..., None]
    image = sky + clouds * np.array([26, 12, -14])
    for _ in range(9):
        y = int(rng.uniform(0.1, 0.6) * h)
        x = int(rng.integers(0, w))
        band = np.zeros((h, w), np.float32)
        cv2.ellipse(
            band, (x, y), (int(rng.integers(60, 260)), int(rng.integers(2, 7))), 0, 0, 360, 1, -1
        )
        band = cv2.GaussianBlur(band, (0, 0), 2.2)[..., None]
        image = image * (1 - band) + np.array([255, 70, 40]) * band
    cv2.circle(
        image,
        (int(w * rng.uniform(0.2, 0.8)), int(h * 0.62)),
        int(h * 0.07),
        (255, 225, 120),
        -1,
        cv2.LINE_AA,
    )
    image[int(h * 0.68) :] *= 0.25
    return _finish(rng, cv2.GaussianBlur(image, (0, 0), 1.0), 2)


def street_map(rng: Rng, size=SIZE) -> Rgb:
    w, h = size
    image = np.full((h, w, 3), (242, 239, 233), float)
    for _ in range(5):
        poly = rng.uniform((0, 0), (w, h), (5, 2)).astype(np.int32)
        cv2.fillConvexPoly(
            image,
            cv2.convexHull(poly),
            ((200, 225, 185), (170, 210, 235), (230, 225, 210))[rng.integers(3)],
            cv2.LINE_AA,
        )
    colours = [(230, 60, 70), (250, 160, 40), (60, 110, 220), (250, 215, 60), (40, 160, 80)]
    for _ in range(16):
        start = rng.uniform((0, 0), (w, h))
        angle = rng.uniform(0, 2 * math.pi)
        points = [start - 900 * np.array([math.cos(angle), math.sin(angle)])]
        for _ in range(60):
            angle += rng.normal(0, 0.12)
            points.append(points[-1] + 32 * np.array([math.cos(angle), math.sin(angle)]))
        cv2.polylines(
            image,
            [np.array(points, np.int32)],
            False,
            colours[rng.integers(len(colours))],
            int(rng.integers(2, 7)),
            cv2.LINE_AA,
        )
    for _ in range(8):
        x, y = (int(v) for v in rng.uniform((20, 20), (w - 60, h - 20)))
        _print(image, "".join(rng.choice(list("abcdefghnorst"), 6)), (x, y), 0.45, (70, 70, 75), 1)
    return _finish(rng, image, 0.6)


def neon(rng: Rng, size=SIZE) -> Rgb:
    w, h = size
    image = _paint(rng, size, [(14, 14, 20), (34, 32, 42)], ((200, 1), (30, 0.4)))
    tubes = np.zeros((h, w, 3), np.float32)
    for _ in range(3):
        colour = [(255, 40, 90), (40, 220, 255), (255, 60, 220), (90, 255, 110)][rng.integers(4)]
        x, y = int(rng.uniform(0.1, 0.6) * w), int(rng.uniform(0.2, 0.8) * h)
        kind = rng.integers(3)
        if kind == 0:
            _print(tubes, ["OPEN", "Bar", "HOTEL"][rng.integers(3)], (x, y), 2.4, colour, 7)
        elif kind == 1:
            cv2.ellipse(tubes, (x + 60, y), (90, 60), 0, 0, 360, colour, 6, cv2.LINE_AA)
        else:
            cv2.arrowedLine(tubes, (x, y), (x + 180, y - 30), colour, 7, cv2.LINE_AA, 0, 0.25)
    glow = cv2.GaussianBlur(tubes, (0, 0), 14) * 1.6 + cv2.GaussianBlur(tubes, (0, 0), 5) * 0.9
    image = image + glow
    core = tubes.max(-1, keepdims=True) / 255
    image = image * (1 - core) + (tubes * 0.75 + 90 * core) * core
    return _finish(rng, image, 2.5)


def flags(rng: Rng, size=SIZE) -> Rgb:
    w, h = size
    image = _gradient(size, (140, 180, 225), (205, 220, 235))
    for _ in range(3):
        x, y = int(rng.uniform(0.05, 0.6) * w), int(rng.uniform(0.1, 0.55) * h)
        fw, fh = int(rng.uniform(0.2, 0.32) * w), int(rng.uniform(0.2, 0.33) * h)
        flag = np.zeros((fh, fw, 3))
        style = rng.integers(4)
        if style == 0:
            for k, c in enumerate([(206, 17, 38), (255, 255, 255), (0, 56, 168)]):
                flag[k * fh // 3 : (k + 1) * fh // 3] = c
        elif style == 1:
            flag[:] = (255, 255, 255)
            flag[fh * 2 // 5 : fh * 3 // 5] = (206, 17, 38)
            flag[:, fw * 2 // 5 : fw * 3 // 5] = (206, 17, 38)
        elif style == 2:
            flag[:] = (0, 106, 167)
            flag[int(fh * 0.42) : int(fh * 0.58)] = (254, 204, 2)
            flag[:, int(fw * 0.3) : int(fw * 0.4)] = (254, 204, 2)
        else:
            for k in range(9):
                flag[k * fh // 9 : (k + 1) * fh // 9] = (
                    (206, 17, 38) if k % 2 == 0 else (255, 255, 255)
                )
        wave = 1 + 0.12 * np.sin(np.arange(fw) / fw * 9 + rng.random() * 6)
        flag = flag * wave[None, :, None]
        image[y : y + fh, x : x + fw] = flag[: h - y, : w - x]
        cv2.line(
            image, (x - 3, y - 10), (x - 3, min(h, y + 2 * fh)), (120, 115, 110), 5, cv2.LINE_AA
        )
    return _finish(rng, cv2.GaussianBlur(image, (0, 0), 0.8), 2.5)


def autumn(rng: Rng, size=SIZE) -> Rgb:
    w, h = size
    image = _paint(rng, size, [(60, 45, 30), (120, 95, 60), (150, 130, 95)], ((60, 1), (15, 0.6)))
    for _ in range(260):
        c = np.array(
            [(215, 60, 20), (235, 130, 20), (240, 190, 40), (180, 30, 20)][rng.integers(4)], float
        )
        c = c * rng.uniform(0.6, 1.05)
        x, y = (int(v) for v in rng.uniform((0, 0), (w, h)))
        axes = int(rng.integers(4, 15)), int(rng.integers(2, 6))
        cv2.ellipse(
            image, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, c.tolist(), -1, cv2.LINE_AA
        )
        if rng.random() < 0.4:
            cv2.line(
                image,
                (x, y),
                (x + int(rng.integers(-15, 15)), y + int(rng.integers(-15, 15))),
                c.tolist(),
                2,
                cv2.LINE_AA,
            )
    return _finish(rng, cv2.GaussianBlur(image, (0, 0), 0.9), 4)


def ink(rng: Rng, size=SIZE, washes=True, stripe=False) -> Rgb:
    w, h = size
    paper = _paint(rng, size, [(238, 232, 220), (250, 246, 238)], ((200, 1), (4, 0.4)))
    if washes:
        for _ in range(5):
            c = np.array(
                [(200, 90, 60), (80, 120, 180), (120, 150, 90), (225, 180, 90), (170, 60, 70)][
                    rng.integers(5)
                ],
                float,
            )
            poly = rng.uniform((0, 0), (w, h), (6, 2)).astype(np.int32)
            mask = np.zeros((h, w), np.uint8)
            cv2.fillConvexPoly(mask, cv2.convexHull(poly), 255)
            alpha = (
                cv2.GaussianBlur(mask, (0, 0), 5)
                / 255
                * np.clip(0.45 + 0.3 * _noise(rng, size, ((80, 1), (12, 0.4))), 0, 0.95)
            )
            paper = paper * (1 - alpha[..., None]) + c * alpha[..., None]
    for _ in range(40):
        p = rng.uniform((0, 0), (w, h))
        a = rng.uniform(0, 6.3)
        pts = [p]
        for _ in range(int(rng.integers(4, 14))):
            a += rng.normal(0, 0.35)
            pts.append(pts[-1] + 14 * np.array([math.cos(a), math.sin(a)]))
        cv2.polylines(
            paper,
            [np.array(pts, np.int32)],
            False,
            (28, 26, 30),
            int(rng.integers(1, 4)),
            cv2.LINE_AA,
        )
    if stripe:
        x, y = int(w * rng.uniform(0.2, 0.5)), int(h * 0.6)
        hull = np.array([[x, y], [x + 260, y], [x + 210, y + 70], [x + 40, y + 70]], np.int32)
        cv2.fillPoly(paper, [hull], (250, 248, 244), cv2.LINE_AA)
        cv2.polylines(paper, [hull], True, (28, 26, 30), 3, cv2.LINE_AA)
        cv2.line(paper, (x + 14, y + 24), (x + 244, y + 24), (200, 35, 40), 8, cv2.LINE_AA)
    return _finish(rng, paper, 1.2)


def boat_stripe(rng: Rng, size=SIZE) -> Rgb:
    return ink(rng, size, stripe=True)


def night_traffic(rng: Rng, size=SIZE) -> Rgb:
    """Long exposure: thin red and white light trails."""
    w, h = size
    image = _paint(rng, size, [(8, 10, 18), (40, 38, 46)], ((150, 1), (30, 0.4)))
    trails = np.zeros((h, w, 3), np.float32)
    vx = w * rng.uniform(0.3, 0.7)
    for k in range(14):
        x = rng.uniform(0, w)
        c = (255, 40, 30) if k % 2 else (255, 225, 170)
        pts = [(vx + (x - vx) * t**1.6, h * 0.45 + h * 0.55 * t) for t in np.linspace(0, 1, 20)]
        cv2.polylines(
            trails, [np.array(pts, np.int32)], False, c, int(rng.integers(2, 5)), cv2.LINE_AA
        )
    image = (
        image
        + cv2.GaussianBlur(trails, (0, 0), 7) * 0.9
        + cv2.GaussianBlur(trails, (0, 0), 1.3) * 0.8
    )
    return _finish(rng, image, 3)


def traffic_sign(rng: Rng, size=SIZE) -> Rgb:
    w, h = size
    image = harbour(rng, size).astype(float)
    x, y, r = int(w * rng.uniform(0.25, 0.75)), int(h * 0.35), int(h * rng.uniform(0.1, 0.16))
    cv2.line(image, (x, y), (x, h), (130, 132, 135), 10, cv2.LINE_AA)
    cv2.circle(image, (x, y), r, (245, 245, 245), -1, cv2.LINE_AA)
    cv2.circle(image, (x, y), r - 5, (205, 20, 30), 11, cv2.LINE_AA)
    x2 = int(w * rng.uniform(0.02, 0.2))
    cv2.rectangle(image, (x2, y - r), (x2 + 2 * r, y + r), (25, 80, 180), -1, cv2.LINE_AA)
    cv2.arrowedLine(
        image, (x2 + r, y + r - 14), (x2 + r, y - r + 14), (250, 250, 250), 9, cv2.LINE_AA, 0, 0.4
    )
    return _finish(rng, cv2.GaussianBlur(image, (0, 0), 0.8), 2.5)


def flowers(rng: Rng, size=SIZE) -> Rgb:
    w, h = size
    image = _paint(rng, size, [(30, 60, 25), (70, 110, 45), (110, 140, 70)], ((60, 1), (15, 0.6)))
    for _ in range(30):
        x, y = (int(v) for v in rng.uniform((0, 0), (w, h)))
        c = np.array([(225, 30, 60), (250, 200, 30), (200, 60, 200)][rng.integers(3)], float)
        r = int(rng.integers(7, 20))
        for k in range(6):
            a = k * math.pi / 3 + rng.random()
            cv2.ellipse(
                image,
                (x + int(r * math.cos(a)), y + int(r * math.sin(a))),
                (r, max(2, r // 3)),
                math.degrees(a),
                0,
                360,
                (c * rng.uniform(0.75, 1.05)).tolist(),
                -1,
                cv2.LINE_AA,
            )
        cv2.circle(image, (x, y), r // 3 + 1, (80, 60, 20), -1, cv2.LINE_AA)
    return _finish(rng, cv2.GaussianBlur(image, (0, 0), 1.1), 4)


def wires(rng: Rng, size=SIZE) -> Rgb:
    """A climbing rope, a garden hose, cables: thin, long, coloured, and there."""
    w, h = size
    image = _paint(
        rng,
        size,
        [(120, 115, 105), (160, 152, 140), (185, 178, 165)],
        ((120, 1), (20, 0.6), (5, 0.3)),
    )
    for _ in range(3):
        c = np.array([(205, 40, 40), (40, 90, 200), (230, 150, 30)][rng.integers(3)], float)
        xs = np.linspace(-20, w + 20, 60)
        ys = h * rng.uniform(0.15, 0.85) + h * 0.12 * np.sin(
            xs / w * rng.uniform(3, 9) + rng.random() * 6
        )
        pts = np.stack([xs, ys], 1)
        width = int(rng.integers(5, 10))
        cv2.polylines(
            image, [(pts + [2, 3]).astype(np.int32)], False, (95, 90, 82), width, cv2.LINE_AA
        )
        for k in range(len(pts) - 1):
            tone = c * (0.75 + 0.35 * ((k * 7) % 5) / 4)
            cv2.line(
                image,
                tuple(int(v) for v in pts[k]),
                tuple(int(v) for v in pts[k + 1]),
                tone.tolist(),
                width,
                cv2.LINE_AA,
            )
    return _finish(rng, cv2.GaussianBlur(image, (0, 0), 0.9), 3.5)


PLAIN: tuple[Callable[..., Rgb], ...] = (meadow, harbour, portrait, ink)
NASTY: tuple[Callable[..., Rgb], ...] = (
    red_coat, sunset, portrait, street_map, neon, flags, autumn, boat_stripe, night_traffic,
    traffic_sign, flowers, wires,
)  # fmt: skip


# --- strokes ------------------------------------------------------------------------------------


class Pen:
    """A hand with a pen tool: one colour, one width, a little unsteady."""

    def __init__(self, rng: Rng, picture: Rgb, colour, width: float, pressure: float = 0.0) -> None:
        self.rng, self.width, self.pressure = rng, width, pressure
        self.colour = colour
        self.cover = np.zeros(picture.shape[:2], np.float32)

    def line(self, points: np.ndarray, jitter: float = 0.0) -> None:
        """Along the points, smoothed the way pen tools do, drawn at eight times the size."""
        points = np.asarray(points, float)
        dense = _resample(points, 3.0)
        if jitter:
            wob = np.cumsum(self.rng.normal(0, 1, dense.shape), 0)
            wob -= np.linspace(0, 1, len(wob))[:, None] * wob[-1]
            k = max(3, len(wob) // 6)
            wob = np.stack(
                [
                    np.convolve(
                        np.pad(wob[:, c], k, "edge"), np.ones(2 * k + 1) / (2 * k + 1), "valid"
                    )
                    for c in range(2)
                ],
                1,
            )
            dense = dense + wob / (np.abs(wob).max() + 1e-6) * jitter
        swell = 1 + self.pressure * np.sin(
            np.linspace(0, math.pi * self.rng.uniform(1, 3), len(dense))
        )
        layer = np.zeros_like(self.cover)
        big = np.zeros((self.cover.shape[0] * 2, self.cover.shape[1] * 2), np.uint8)
        for k in range(len(dense) - 1):
            a, b = (tuple(int(round(v * 32 + 8)) for v in dense[j]) for j in (k, k + 1))
            cv2.line(big, a, b, 255, max(1, round(2 * self.width * swell[k])), cv2.LINE_AA, 4)
        layer = (
            cv2.resize(big, (layer.shape[1], layer.shape[0]), interpolation=cv2.INTER_AREA) / 255
        )
        self.cover = np.maximum(self.cover, layer)

    def fill(self, points: np.ndarray) -> None:
        big = np.zeros((self.cover.shape[0] * 2, self.cover.shape[1] * 2), np.uint8)
        cv2.fillPoly(big, [(np.asarray(points) * 32 + 8).astype(np.int32)], 255, cv2.LINE_AA, 4)
        layer = (
            cv2.resize(
                big, (self.cover.shape[1], self.cover.shape[0]), interpolation=cv2.INTER_AREA
            )
            / 255
        )
        self.cover = np.maximum(self.cover, layer)

    def on(self, picture: Rgb, opacity: float = 1.0) -> Rgb:
        alpha = (self.cover * opacity)[..., None]
        return np.rint(picture * (1 - alpha) + np.array(self.colour) * alpha).astype(np.uint8)


def _resample(points: np.ndarray, step: float) -> np.ndarray:
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    count = max(2, int(along[-1] / step))
    at = np.linspace(0, along[-1], count)
    return np.stack([np.interp(at, along, points[:, c]) for c in range(2)], 1)


def _bezier(p0, p1, p2, count=40) -> np.ndarray:
    t = np.linspace(0, 1, count)[:, None]
    return (1 - t) ** 2 * p0 + 2 * t * (1 - t) * p1 + t**2 * p2


def arrow(pen: Pen, size, curved: bool) -> float:
    """Draws an arrow; answers where its head points, in degrees, 90 up."""
    rng, (w, h) = pen.rng, size
    length = rng.uniform(0.18, 0.5) * w
    for _ in range(400):
        angle = rng.uniform(0, 2 * math.pi)
        tail = rng.uniform((0.06 * w, 0.08 * h), (0.94 * w, 0.92 * h))
        tip = tail + length * np.array([math.cos(angle), -math.sin(angle)])
        across = np.array([tip[1] - tail[1], tail[0] - tip[0]])
        bend = rng.uniform(0.15, 0.45) * rng.choice([-1, 1]) if curved else rng.uniform(-0.03, 0.03)
        shaft = _bezier(tail, (tail + tip) / 2 + across * bend, tip)
        if (shaft.min(0) > (0.05 * w, 0.06 * h)).all() and (
            shaft.max(0) < (0.95 * w, 0.94 * h)
        ).all():
            break
        length *= 0.99
    pen.line(shaft, jitter=rng.uniform(0, 0.012) * length)
    ahead = shaft[-1] - shaft[-6]
    pointing = math.atan2(-ahead[1], ahead[0])
    head = max(4.5 * pen.width, rng.uniform(0.16, 0.3) * length)
    spread = math.radians(rng.uniform(22, 42))
    back = [
        tip - head * np.array([math.cos(pointing + s), -math.sin(pointing + s)])
        for s in (spread, -spread)
    ]
    style = rng.integers(4)
    if style == 0:
        pen.fill(np.array([tip, *back]))
    elif style == 1:
        gap = rng.uniform(-1.2, 1.2, 2) * pen.width * 0.6
        pen.line(np.array([back[0] + gap, tip + gap, back[1] + gap]), jitter=0.02 * head)
    else:
        for k, end in enumerate(back):
            pen.line(
                np.array([tip, tip + (end - tip) * rng.uniform(0.75, 1.1)]), jitter=0.03 * head
            )
    return math.degrees(pointing) % 360


def circle(pen: Pen, size) -> None:
    rng, (w, h) = pen.rng, size
    rx, ry = rng.uniform(0.05, 0.16) * w, rng.uniform(0.07, 0.2) * h
    cx, cy = rng.uniform(0.2, 0.8) * w, rng.uniform(0.26, 0.74) * h
    t = np.linspace(0, 2 * math.pi + rng.uniform(-0.3, 0.5), 90) + rng.random() * 6
    grow = 1 + rng.uniform(-0.07, 0.07) * np.linspace(0, 1, 90)
    points = np.stack([cx + rx * np.cos(t) * grow, cy + ry * np.sin(t) * grow], 1)
    pen.line(points, jitter=0.05 * min(rx, ry))


def cross(pen: Pen, size) -> None:
    rng, (w, h) = pen.rng, size
    r = rng.uniform(0.03, 0.09) * w
    cx, cy = rng.uniform(0.15, 0.85) * w, rng.uniform(0.2, 0.8) * h
    turn = rng.uniform(-0.2, 0.2)
    for base in (math.pi / 4, 3 * math.pi / 4):
        d = r * np.array([math.cos(base + turn), math.sin(base + turn)]) * rng.uniform(0.85, 1.15)
        off = rng.normal(0, 0.06 * r, 2)
        pen.line(np.array([[cx, cy] - d + off, [cx, cy] + d + off]), jitter=0.05 * r)


def brackets(pen: Pen, size) -> None:
    rng, (w, h) = pen.rng, size
    cx, cy = rng.uniform(0.35, 0.65) * w, rng.uniform(0.35, 0.65) * h
    hw, hh = rng.uniform(0.12, 0.25) * w, rng.uniform(0.15, 0.28) * h
    arm = rng.uniform(0.3, 0.45) * min(hw, hh)
    style = rng.integers(3)
    if style == 0:
        for sx in (-1, 1):
            for sy in (-1, 1):
                c = np.array([cx + sx * hw, cy + sy * hh])
                pen.line(np.array([c - [sx * arm, 0], c, c - [0, sy * arm]]), jitter=0.04 * arm)
    elif style == 1:
        for sx in (-1, 1):
            x = cx + sx * hw
            pen.line(
                np.array(
                    [[x - sx * arm, cy - hh], [x, cy - hh], [x, cy + hh], [x - sx * arm, cy + hh]]
                ),
                jitter=0.05 * arm,
            )
    else:
        box = np.array(
            [
                [cx - hw, cy - hh],
                [cx + hw, cy - hh],
                [cx + hw, cy + hh],
                [cx - hw, cy + hh],
                [cx - hw, cy - hh],
            ]
        )
        pen.line(box + rng.normal(0, 0.03 * hh, box.shape), jitter=0.03 * hh)


_GLYPHS = {
    "a": [[(0.9, 0.45), (0.5, 0.35), (0.1, 0.6), (0.2, 0.95), (0.6, 0.95), (0.85, 0.7), (0.9, 0.4), (0.95, 1)]],
    "e": [[(0.1, 0.7), (0.85, 0.65), (0.7, 0.38), (0.3, 0.4), (0.1, 0.7), (0.3, 1), (0.85, 0.92)]],
    "f": [[(0.8, 0.05), (0.5, 0), (0.4, 0.3), (0.4, 1)], [(0.1, 0.4), (0.75, 0.4)]],
    "h": [[(0.15, 0), (0.15, 1)], [(0.15, 0.65), (0.5, 0.4), (0.8, 0.55), (0.8, 1)]],
    "i": [[(0.4, 0.4), (0.4, 1)]],
    "l": [[(0.35, 0), (0.35, 0.9), (0.6, 1)]],
    "m": [[(0.05, 1), (0.08, 0.4), (0.3, 0.5), (0.45, 1)], [(0.45, 0.55), (0.75, 0.42), (0.92, 1)]],
    "n": [[(0.1, 0.4), (0.12, 1)], [(0.12, 0.6), (0.5, 0.38), (0.82, 0.6), (0.85, 1)]],
    "o": [[(0.5, 0.4), (0.12, 0.65), (0.45, 1), (0.88, 0.75), (0.55, 0.4)]],
    "r": [[(0.2, 0.4), (0.25, 1)], [(0.25, 0.6), (0.5, 0.4), (0.85, 0.45)]],
    "s": [[(0.85, 0.42), (0.4, 0.38), (0.25, 0.6), (0.75, 0.78), (0.6, 1), (0.15, 0.95)]],
    "t": [[(0.45, 0.1), (0.45, 0.9), (0.75, 1)], [(0.1, 0.4), (0.8, 0.38)]],
    "w": [[(0.05, 0.4), (0.25, 1), (0.5, 0.5), (0.72, 1), (0.95, 0.4)]],
    "z": [[(0.1, 0.42), (0.85, 0.4), (0.12, 1), (0.9, 0.98)]],
}  # fmt: skip


def handwriting(pen: Pen, size) -> None:
    rng, (w, h) = pen.rng, size
    word = [
        "faster",
        "then rise",
        "slow",
        "with him",
        "the storm",
        "rain here",
        "exit left",
        "sea wall",
    ][rng.integers(8)]
    height = rng.uniform(0.06, 0.1) * h
    x, y = rng.uniform(0.08, 0.5) * w, rng.uniform(0.15, 0.75) * h
    slope = rng.uniform(-0.12, 0.12)
    saved, pen.width = pen.width, min(pen.width, height * 0.13)
    for letter in word:
        for stroke in _GLYPHS.get(letter, []):
            p = (
                np.array(stroke) * [height * 0.62, height]
                + [x, y]
                + rng.normal(0, 0.04 * height, (1, 2))
            )
            smooth = _resample(p, 2.0)
            pen.line(smooth, jitter=0.05 * height)
        x += height * rng.uniform(0.62, 0.8)
        y += slope * height * 0.7 + rng.normal(0, 0.03 * height)
    pen.width = saved


def drawn_on(seed: int, scene: Callable[..., Rgb], kinds: tuple[str, ...], size=SIZE) -> Drawn:
    """A scene with those things drawn on it in one ink."""
    rng = np.random.default_rng(seed)
    clean = scene(rng, size)
    pen = Pen(rng, clean, (0, 0, 0), rng.uniform(0.004, 0.011) * size[0], rng.choice([0, 0, 0.2]))
    direction = None
    for kind in kinds:
        if kind == "arrow":
            direction = arrow(pen, size, curved=bool(rng.random() < 0.45))
        else:
            {"circle": circle, "cross": cross, "bracket": brackets, "text": handwriting}[kind](
                pen, size
            )
    pen.colour = _seen_against(rng, clean[pen.cover > 0.5])
    return Drawn(
        f"{scene.__name__}-{'+'.join(kinds)}-{seed}", pen.on(clean), clean, kinds, direction
    )


def _seen_against(rng: Rng, below: np.ndarray):
    """An ink that can be seen there: nobody draws red on red."""
    names = list(rng.permutation(sorted(INKS)))
    near = cv2.cvtColor(np.clip(below, 0, 255).astype(np.uint8)[None], cv2.COLOR_RGB2LAB)[0]
    best = names[0], -1.0
    for name in names:
        ink = cv2.cvtColor(np.array([[INKS[name]]], np.uint8), cv2.COLOR_RGB2LAB)[0, 0]
        gap = float(np.percentile(np.sqrt(((near.astype(float) - ink) ** 2).sum(1)), 15))
        if gap > 60:
            return INKS[name]
        if gap > best[1]:
            best = name, gap
    return INKS[best[0]]


def untouched(seed: int, scene: Callable[..., Rgb], size=SIZE) -> Drawn:
    picture = scene(np.random.default_rng(seed), size)
    return Drawn(f"{scene.__name__}-clean-{seed}", picture, picture, ())


_MIX: tuple[tuple[str, ...], ...] = (
    ("arrow",), ("arrow",), ("circle",), ("arrow",), ("cross",), ("bracket",), ("arrow", "text"),
    ("text",), ("arrow", "circle"), ("arrow",),
)  # fmt: skip


def half(first_seed: int, count: int = 36) -> list[Drawn]:
    """As many drawn on as clean, over every scene."""
    pictures = []
    scenes = (*PLAIN, *NASTY)
    for k in range(count):
        seed = first_seed + k
        pictures.append(drawn_on(seed, scenes[k % len(scenes)], _MIX[k % len(_MIX)]))
        clean = (*NASTY, *PLAIN)
        pictures.append(untouched(seed + 500, clean[k % len(clean)]))
    return pictures
