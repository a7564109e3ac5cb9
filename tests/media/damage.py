"""Files as disks and networks damage them, for the suite and for the benchmark."""

from __future__ import annotations

import random


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes of a file, damaged in one of six ways."""
    made = bytearray(data)
    at, size = chance.randrange(len(made)), chance.randrange(1, 200)
    match chance.randrange(6):
        case 0:
            return bytes(made[:at])
        case 1:
            for _ in range(chance.randrange(1, 30)):
                made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
        case 2:
            made[at : at + size] = bytes(len(made[at : at + size]))
        case 3:
            made[at : at + size] = chance.randbytes(size)
        case 4:
            other = chance.randrange(len(made))
            made[at : at + size] = made[other : other + size]
        case _:  # in the head or the index, where sizes and counts are
            where = chance.choice((0, max(0, len(made) - 2000)))
            for _ in range(chance.randrange(1, 6)):
                made[where + chance.randrange(min(2000, len(made)))] = chance.randrange(256)
    return bytes(made)
