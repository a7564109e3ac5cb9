"""Film terms and the camera moves they stand for: a table, not guesses.

A shot's `camera` is the author talking to the camera operator, so every term counts there. In a
prompt people also push doors, close in on prey and leave frying pans left of the stove: there a
term counts only where the clause speaks of the camera, or opens with the term.
"""

from __future__ import annotations

import re

from krafity_cli.engines.animatic.camera.moves import STILL, Move

_LITTLE = (
    r"(?: (?:very|slow|slowly|gently?|softly|smoothly|slightly|steadily|quickly|fast|rapidly|"
    r"suddenly|dramatically|gradually|straight|ever|so|to|towards?|the|a|its|it|bit|little|"
    r"across|along|around|on|over))"
)
"""Words that may stand between a verb and its direction: `pan slowly to the right`."""

_TOWARDS = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "up": (0.0, 1.0), "down": (0.0, -1.0)}
_SIDEWAYS = {
    "leftwards": "left", "leftward": "left", "rightwards": "right", "rightward": "right",
    "upwards": "up", "upward": "up", "downwards": "down", "downward": "down",
    "clockwise": "right", "counterclockwise": "left", "anticlockwise": "left",
}  # fmt: skip
_ANY = "|".join((*_SIDEWAYS, *_TOWARDS))


def _verbs(stems: str) -> str:
    """The verbs in every form: `pan` also pans, panned, panning; `dolly` also dollies."""
    forms = []
    for stem in stems.split():
        if stem.endswith("y"):
            forms.append(f"{stem[:-1]}(?:y|ys|ies|ied|ying)")
        elif stem.endswith("e"):
            forms.append(f"{stem[:-1]}(?:e|es|ed|ing)")
        else:
            forms.append(f"{stem}(?:e?s|{stem[-1]}?ed|{stem[-1]}?ing)?")
    return f"(?:{'|'.join(forms)})"


def _phrase(verbs: str, ends: str) -> str:
    return rf"{_verbs(verbs)}{_LITTLE}{{0,4}} (?:{ends})"


def _directed(verbs: str, ways: str = _ANY) -> str:
    way = rf"({ways})"
    return rf"{_verbs(verbs)}(?: shot)?{_LITTLE}{{0,4}} {way}(?:(?: and|,)?{_LITTLE}{{0,2}} {way})?"


_TERMS: tuple[tuple[str, str, float, bool], ...] = (
    # pattern, what it moves, how much, whether it may open a clause of a prompt by itself
    (r"dolly zooms?|zolly|vertigo (?:effect|shot)|trombone shot|contra zoom", "vertigo", 1, True),
    (r"(?:whip|swish|flash) pans?(?:ning)?" + rf"(?:{_LITTLE}{{0,2}} ({_ANY}))?", "whip", 1, True),
    (r"(?:crash|snap|whip) (?:zoom|push)s?(?: in)?|punch(?:es)? in", "crash", 1.4, True),
    (r"hand ?held|shaky(?: ?cam)?|shoulder (?:cam(?:era)?|mounted|shot)|run and gun|"
     r"camera shakes?|shaking camera", "shake", 1, True),
    (r"steadicam|gimbal|floating camera", "shake", 0.35, True),
    (r"(?:orbit|arc|revolv|circl|rotat)(?:s|es|e|ed|ing)?(?: shot)?(?: (?:slowly|gently))?"
     r"(?: (?:around|about|past))" + rf"(?:.{{0,24}}? (?:to the )?({_ANY}))?", "orbit", 1, True),
    (_directed("orbit arc"), "orbit", 1, True),
    (r"(?:an? )?(?:orbit|arc) shot|orbit(?:s|ing)?", "orbit", 1, True),
    (_phrase("push dolly zoom creep track truck inch ease", "in|forwards?|inwards?|closer")
     + r"|push ?in|moves? in(?:to)? closer", "push", 1, True),
    (_phrase("move close drift float glide fly go", "in|forwards?|closer|nearer"),
     "push", 1, False),
    (_phrase("tighten", "on|in|around"), "push", 1, False),
    (r"fl(?:y|ies|ying)" + rf"{_LITTLE}{{0,2}} (?:over|through|above)|fly ?over", "push", 1, False),
    (_phrase("pull dolly zoom track truck ease", "out|back|backwards?|away|wide|wider"),
     "push", -1, True),
    (_phrase("move drift float glide fly back", "out|back|backwards?|away"), "push", -1, False),
    (_verbs("widen") + r"(?: out)?", "push", -1, False),
    (_directed("pan"), "pan", 1, True),
    (_directed("tilt", "upwards?|downwards?|up|down"), "pan", 1, True),
    (_directed("truck track crab strafe dolly"), "truck", 1, True),
    (_directed("pedestal boom crane jib", "upwards?|downwards?|up|down"), "truck", 1, True),
    (_directed("slide glide drift float move travel fly push"), "truck", 1, False),
    (_directed("rise ascend climb swoop dive sweep swing follow"), "truck", 1, False),
    (_verbs("follow") + r".{0,24}? to the" + f" ({_ANY})", "truck", 1, False),
    (_verbs("rise ascend"), "rise", 1, False),
    (_verbs("sink descend lower"), "rise", -1, False),
    (r"(?:crane|jib|boom) shot", "rise", 1, True),
    (_directed("roll", "|".join((*_SIDEWAYS, "left", "right"))), "roll", 1, True),
    (_verbs("roll"), "roll", 1, False),
    (r"dutch (?:angle|tilt|roll)|cant(?:ed)? (?:angle|frame)", "roll", 0.7, True),
    (r"(?:lateral )?(?:tracking|trucking|travelling|traveling) shot", "aside", 1, True),
    (_verbs("follow track"), "aside", 0.8, False),
    (r"parallax", "aside", 0.8, True),
    (_verbs("spin") + rf"(?:{_LITTLE}{{0,2}} ({_ANY}))?", "roll", 1.5, False),
    (_verbs("pan") + r"|sweep(?:s|ing)?", "across", 1, False),
    (r"slow pan|panning shot", "across", 1, True),
    (r"tilt(?:s|ing)?", "upwards", 1, False),
    (_verbs("truck crab strafe"), "aside", 1, False),
    (_verbs("zoom") + r"(?: shot)?|" + _verbs("dolly"), "push", 1, False),
)  # fmt: skip
_TABLE: tuple[tuple[re.Pattern[str], str, float, bool], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), part, usual, opens)
    for pattern, part, usual, opens in _TERMS
)

_HOLD = re.compile(
    r"\b(?:locked(?: |-)?(?:off|down)|lock off|tripod|no (?:camera )?(?:move|movement|motion)|"
    r"(?:static|fixed|still|stationary|steady|motionless|unmoving) (?:camera|shot|frame|view)|"
    r"camera (?:is |stays |remains |holds? |keeps )?(?:still|static|fixed|stationary|put|steady)|"
    r"(?:does not|doesn't|do not|don't) move|without moving|holds?(?: still| steady))\b"
)
_HOLD_FIELD = re.compile(r"^(?:static|still|fixed|hold|none|stationary|locked|lock)\b")
_NEVER = re.compile(r"\b(?:no|not|never|without|don't|doesn't|avoid)(?: \w+){0,2} $")
_CUE = re.compile(r"\b(?:camera|cam|shot|lens|we|operator|drone|viewpoint|framing)\b")
_OPENING = re.compile(
    r"^(?:(?:with|and|then|a|an|the|very|slow|slowly|fast|quick|quickly|gentle|gently|subtle|"
    r"smooth|smoothly|slight|long|short|steady|cinematic|dramatic) )*$"
)
_AMOUNTS = (
    (re.compile(r"\b(?:very slow(?:ly)?|imperceptibl[ey]|barely|ever so)\b"), 0.4),
    (re.compile(r"\b(?:slow|slowly|gentl[ey]|slight|slightly|subtle|subtly|soft|softly|creep\w*|"
                r"a (?:bit|little)|inch\w*)\b"), 0.65),
    (re.compile(r"\b(?:fast|quick|quickly|rapid|rapidly|swift|swiftly|sudden|suddenly|dramatic|"
                r"dramatically|strong|strongly|far|hard)\b"), 1.5),
)  # fmt: skip
_WAYLESS = ("aside", "across", "upwards")
"""What says that the camera travels, not where: `pan right, following him` is one move."""
_PACE = 0.22
"""The part of a clip a whip pan or a crash zoom takes."""


def camera_move(text: str) -> Move | None:
    """The move a shot's `camera` field asks for; `None` where no film term stands in it."""
    plain = _plain(text)
    if _HOLD.search(plain) or _HOLD_FIELD.search(plain):
        return STILL
    return _collect(re.split(r"[.;:!?\n]", plain), everywhere=True)


def prompt_move(text: str) -> Move | None:
    """The move a prompt asks of the camera; `None` where it speaks of the scene alone."""
    plain = _plain(text)
    if _HOLD.search(plain) and _CUE.search(plain):
        return STILL
    return _collect(re.split(r"[.;:!?,\n]", plain), everywhere=False)


def _plain(text: str) -> str:
    text = text.lower().replace("’", "'").replace("-", " ")
    return re.sub(r"[^\S\n]+", " ", text).strip()


def _collect(clauses: list[str], everywhere: bool) -> Move | None:
    moves = [found for clause in clauses for found in _terms(clause.strip(), everywhere)]
    if not moves:
        return None
    move = moves[0]
    for other in moves[1:]:
        move = move.with_(other)
    return move


def _terms(clause: str, everywhere: bool) -> list[Move]:
    """The moves of one clause; a term once read is crossed out, so that it is read once."""
    amount = next((factor for pattern, factor in _AMOUNTS if pattern.search(clause)), 1.0)
    found: list[Move] = []
    for pattern, part, usual, opens in _TABLE:
        for match in list(pattern.finditer(clause)):
            before = clause[: match.start()]
            if _NEVER.search(before):
                continue
            if not (everywhere or _CUE.search(clause) or (opens and _OPENING.match(before))):
                continue
            ways = [group for group in match.groups() if group]
            if ways or part not in _WAYLESS or not any(move.travels for move in found):
                found.append(_move(part, usual * amount, ways))
            clause = f"{before}{'#' * len(match.group())}{clause[match.end() :]}"
    return found


def _move(part: str, amount: float, ways: list[str]) -> Move:
    x = sum(_TOWARDS[_SIDEWAYS.get(way, way)][0] for way in ways)
    y = sum(_TOWARDS[_SIDEWAYS.get(way, way)][1] for way in ways)
    along = (x * amount, y * amount) if x or y else (amount, 0.0)
    turn = amount if x >= 0 else -amount
    match part:
        case "pan" | "across":
            return Move(pan=along)
        case "upwards":
            return Move(pan=(0.0, amount))
        case "whip":
            return Move(pan=(along[0] * 1.5, along[1] * 1.5), pace=_PACE)
        case "truck" | "aside":
            return Move(truck=along)
        case "rise":
            return Move(truck=(0.0, amount))
        case "crash":
            return Move(push=amount, pace=_PACE)
        case "orbit":
            return Move(orbit=turn)
        case "roll":
            return Move(roll=turn)
        case _:
            return STILL.only(part, amount)
