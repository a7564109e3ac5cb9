"""The baker: a pear of a man with a soft white cap, a moustache and a striped apron."""

from __future__ import annotations

import numpy as np

from .figures import SKIN, dot, limb, part, pen
from .paper import Sheet
from .shapes import Place, Points, ellipse, pts, smooth
from .wash import gouache, wash

SHIRT = "#efe4cf"
STRIPES = "#3f5d86"
TROUSERS = "#4d4a52"
CAP = "#f8f2e4"


def apron(sheet: Sheet, at: Place, shape: Points, stripes: list[Points]) -> None:
    """White linen with blue stripes that follow the belly."""
    part(sheet, at, shape, "#f6f0e2", 0.7)
    for stripe in stripes:
        pen(sheet, at, stripe, 6.5, STRIPES)


def belly_stripes(top: float, low: float) -> list[Points]:
    """Stripes that bulge around the belly between two heights."""
    middle = (top + low) / 2
    return [[(x * 0.62, top), (x * 1.1, middle), (x, low)] for x in np.linspace(-50, 50, 7)]


def legs(sheet: Sheet, at: Place) -> None:
    """Two short legs in dark trousers, wooden clogs."""
    for x in (-28, 28):
        limb(sheet, at, [(x, -92), (x, -10)], (42, 32), TROUSERS)
        part(sheet, at, pts(f"{x - 22},0 {x - 22},-12 {x},-20 {x + 22},-12 {x + 22},0"), "#8a5f3f")


def head(sheet: Sheet, at: Place, awake: bool = True) -> None:
    """His face from the front around 0, 0: round nose, moustache, the cap tipped to one side."""
    for x in (-43, 43):
        part(sheet, at, pts(f"{x - 8},-2 {x},-12 {x + 8},-2 {x},12"), SKIN, 1.0, 1.6)
    shape = pts("-41,-6 -36,-32 0,-42 36,-32 41,-6 42,20 26,40 0,47 -26,40 -42,20")
    part(sheet, at, shape, SKIN, 0.85)
    wash(sheet, at(smooth(pts("14,-38 38,-20 38,10 22,34 26,0"), True)), "#b9714d", 0.45, soft=4)
    for x in (-24, 24):
        wash(sheet, at(ellipse(x, 12, 11, 8)), "#dd8168", 0.6, soft=2.4)
        if awake:
            dot(sheet, at, x * 0.66, -6, 3.6)
        else:
            pen(sheet, at, [(x * 0.66 - 7, -5), (x * 0.66, -2), (x * 0.66 + 7, -5)], 2)
        pen(sheet, at, [(x * 0.66 - 9, -16), (x * 0.66, -20), (x * 0.66 + 9, -16)], 3.4, "#5a4134")
    for side in (-1, 1):
        curl = pts("0,14 16,12 32,20 40,12 36,26 18,28 2,22") * (side, 1)
        part(sheet, at, curl, "#5a4134", 1.2, 1.4)
    part(sheet, at, ellipse(0, 8, 11, 10)[::4], "#eba98a", 1.0, 1.7)
    cap(sheet, at)


def cap(sheet: Sheet, at: Place) -> None:
    """The soft white cap on a head around 0, 0."""
    puff = pts("-40,-36 -54,-52 -44,-72 -10,-78 22,-80 54,-68 58,-48 40,-36 0,-46")
    part(sheet, at, puff, CAP, 0.5)
    shape = at(smooth(pts("14,-76 50,-66 54,-48 38,-40 22,-46 34,-58"), True))
    wash(sheet, shape, "#8f97a8", 0.5, soft=4)
    part(sheet, at, pts("-41,-26 -42,-42 0,-50 42,-42 41,-26 0,-34"), CAP, 0.5)
    for x in (-18, 2, 22):
        pen(sheet, at, [(x, -48), (x * 1.3, -62)], 1.3)


def torso(sheet: Sheet, at: Place) -> None:
    """Shirt and apron from the front."""
    shirt = pts(
        "-30,-216 -58,-202 -74,-150 -80,-110 -62,-78 62,-78 80,-110 74,-150 58,-202 30,-216"
    )
    part(sheet, at, shirt, SHIRT, 0.9)
    bib = pts("-34,-196 34,-196 40,-164 70,-140 70,-92 62,-42 -62,-42 -70,-92 -70,-140 -40,-164")
    apron(sheet, at, bib, belly_stripes(-192, -46))
    shape = at(smooth(pts("26,-196 56,-190 78,-120 64,-44 34,-46 48,-110"), True))
    wash(sheet, shape, "#6b5a64", 0.5, soft=5)
    for x in (-30, 30):
        pen(sheet, at, [(x, -196), (x * 0.72, -218)], 5, "#f3ecdc")


def arm(sheet: Sheet, at: Place, shoulder: Points, elbow: Points, hand: Points) -> None:
    """A sleeve rolled to the elbow, a strong forearm, a hand."""
    limb(sheet, at, [elbow, hand], (27, 20), SKIN)
    limb(sheet, at, [shoulder, elbow], (40, 33), SHIRT)
    part(sheet, at.at(*hand), pts("-13,0 -10,-11 4,-13 14,-4 10,10 -6,12"), SKIN, 0.9, 1.6)


def baker(
    sheet: Sheet, at: Place, left: tuple[Points, Points], right: tuple[Points, Points]
) -> None:
    """He stands and faces us, 330 high; elbow and hand of each arm are given."""
    legs(sheet, at)
    torso(sheet, at)
    arm(sheet, at, (-56, -188), *left)
    arm(sheet, at, (56, -188), *right)
    head(sheet, at.at(0, -250))


def baker_from_behind(sheet: Sheet, at: Place) -> None:
    """His back, both arms forward on something long: apron strings, the cap, no face."""
    legs(sheet, at)
    limb(sheet, at, [(-56, -188), (-82, -150), (-60, -128)], (40, 26), SHIRT)
    shape = pts(
        "-30,-218 -60,-204 -78,-150 -82,-110 -62,-74 62,-74 82,-110 78,-150 60,-204 30,-218"
    )
    part(sheet, at, shape, SHIRT, 0.9)
    shape = at(smooth(pts("-26,-214 -58,-200 -80,-112 -60,-78 -20,-78 -44,-140"), True))
    wash(sheet, shape, "#6b5a64", 0.55, soft=6)
    for side in (-1, 1):
        pen(sheet, at, [(side * 50, -206), (side * -6, -138)], 6, "#f3ecdc")
        part(sheet, at, pts("0,-132 26,-150 30,-128 6,-122") * (side, 1), "#f6f0e2", 0.7, 1.6)
        pen(sheet, at, [(side * 2, -126), (side * 14, -104), (side * 10, -86)], 5, "#f3ecdc")
        pen(sheet, at, [(0, -128), (side * 78, -118)], 5, "#f3ecdc")
        part(sheet, at, pts("62,-78 78,-110 84,-96 70,-46 58,-46") * (side, 1), "#f6f0e2", 0.7, 1.5)
    limb(sheet, at, [(86, -150), (92, -120)], (26, 22), SKIN)
    limb(sheet, at, [(52, -192), (80, -172), (88, -142)], (42, 34), SHIRT)
    part(sheet, at.at(93, -116), pts("-13,0 -10,-11 4,-13 14,-4 10,10 -6,12"), SKIN, 0.9, 1.6)
    nape = at.at(0, -250)
    part(sheet, nape, pts("-38,-8 -34,-34 34,-34 38,-8 30,26 0,36 -30,26"), "#e0ab86", 1.0)
    part(sheet, nape, pts("-39,-10 -36,-36 36,-36 39,-10 30,8 0,14 -30,8"), "#5a4134", 1.1, 1.5)
    for x in (-42, 42):
        part(sheet, nape, pts(f"{x - 7},-2 {x},-12 {x + 7},-2 {x},12"), SKIN, 1.0, 1.5)
    cap(sheet, nape)


def baker_aside(sheet: Sheet, at: Place, elbow: Points, hand: Points) -> None:
    """His upper body from the side, facing left, seat at 0, -90; elbow and hand are given."""
    back = pts("-18,-236 -44,-190 -62,-130 -56,-84 20,-76 62,-88 68,-140 48,-210 22,-240")
    part(sheet, at, back, SHIRT, 0.9)
    bib = pts("-28,-212 -48,-176 -66,-128 -62,-84 -4,-78 14,-96 -12,-140 -16,-200")
    stripes = [
        pts("-26,-206 -46,-160 -58,-120 -52,-88"),
        pts("-21,-204 -34,-150 -38,-88"),
        pts("-16,-180 -20,-140 -18,-86"),
    ]
    apron(sheet, at, bib, stripes)
    pen(sheet, at, [(-22, -210), (4, -232)], 5, "#f3ecdc")
    pen(sheet, at, [(4, -100), (36, -112), (66, -112)], 5, "#f3ecdc")
    shape = at(smooth(pts("16,-234 50,-200 66,-130 56,-90 26,-84 30,-160"), True))
    wash(sheet, shape, "#6b5a64", 0.6, soft=6)
    limb(sheet, at, [elbow, hand], (27, 20), SKIN)
    limb(sheet, at, [(12, -206), elbow], (44, 32), SHIRT)
    part(sheet, at.at(*hand), pts("-13,0 -10,-11 4,-13 14,-4 10,10 -6,12"), SKIN, 0.9, 1.6)


def baker_sitting(sheet: Sheet, at: Place) -> None:
    """On a stool, facing left with a mug in his hand, its seat at 0, -84."""
    for x in (-20, 38):
        limb(sheet, at, [(x, -80), (x * 1.4, 0)], (11, 9), "#7d5435")
    part(sheet, at, pts("-34,-88 58,-88 58,-76 -34,-76"), "#a9774c", 1, 1.8, curve=False)
    limb(sheet, at, pts("10,-104 -66,-106 -86,-64 -82,-12"), (52, 32), "#43414a")
    part(sheet, at, pts("-114,0 -114,-12 -90,-22 -64,-14 -62,0"), "#8a5f3f")
    lap = pts("-40,-132 -92,-128 -108,-104 -108,-66 -64,-60 -10,-70 16,-84 0,-120")
    apron(sheet, at, lap, [[(-92 + 24 * i, -122 + 2 * i), (-98 + 25 * i, -70)] for i in range(5)])
    baker_aside(sheet, at, (2, -152), (-86, -158))
    mug = at.at(-98, -162)
    part(sheet, mug, pts("-16,-20 14,-20 12,16 -14,16"), "#7f9aa3", 1.0, 1.7, curve=False)
    part(sheet, mug, pts("2,-9 18,-11 21,6 6,9"), SKIN, 0.9, 1.5)
    profile(sheet, at.at(-14, -272), awake=False)


def baker_turned(sheet: Sheet, at: Place, hand: Points) -> None:
    """He stands and looks left, one arm stretched out."""
    legs(sheet, at)
    skirt = pts("-62,-96 -72,-40 -60,-30 20,-30 34,-84")
    limb(sheet, at, [(10, -110), (12, -40)], (96, 90), TROUSERS)
    apron(sheet, at, skirt, [[(x, -92), (x * 1.12, -36)] for x in (-54, -36, -18, 0)])
    baker_aside(sheet, at, (-22, -146), hand)
    profile(sheet, at.at(-14, -272))


def profile(sheet: Sheet, at: Place, awake: bool = True) -> None:
    """His head from the side, looking left."""
    part(
        sheet, at, pts("-34,-28 -38,-8 -36,20 -16,40 16,38 36,14 38,-18 20,-40 -14,-42"), SKIN, 0.85
    )
    part(sheet, at, pts("10,-30 38,-26 40,4 28,24 14,12 20,-8"), "#5a4134", 1.1, 1.4)
    part(sheet, at, pts("8,-4 18,-10 22,2 14,12"), SKIN, 1, 1.5)
    wash(sheet, at(ellipse(-14, 14, 10, 8)), "#dd8168", 0.6, soft=2.4)
    part(sheet, at, pts("-34,-4 -50,4 -46,14 -34,12"), "#eba98a", 1.0, 1.7)
    part(sheet, at, pts("-40,14 -24,14 -6,22 2,16 -4,30 -26,28 -42,24"), "#5a4134", 1.2, 1.4)
    if awake:
        dot(sheet, at, -24, -6, 3.6)
    else:
        pen(sheet, at, [(-29, -6), (-23, -3), (-16, -6)], 2.2)
    pen(sheet, at, [(-33, -18), (-24, -22), (-14, -18)], 3.2, "#5a4134")
    cap(sheet, at.at(2, -2))
    gouache(sheet, at(ellipse(-40, 4, 3, 2)), "#fbe3cf", 0.7, soft=0.6)
