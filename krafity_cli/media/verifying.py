"""Whether a clip is whole: every packet of picture and sound decodes, and every frame comes out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media import packets
from krafity_cli.media.clip import Probe
from krafity_cli.media.containers.opening import HINT, opened, picture, sounds
from krafity_cli.media.facts import facts


def verified(clip: Path) -> Probe:
    """What a clip is, once all of it was decoded. Raises `MediaError` for any damage."""
    what = f"cannot play {clip.name} to its end"
    found = facts(clip)
    with opened(clip, what, strict=True) as file:
        stream = picture(file)
        stream.thread_type, stream.thread_count = "AUTO", 2
        heard = sounds(file)[:1]
        frames = 0
        for packet in file.demux(stream, *heard):
            if packet.is_corrupt:
                raise MediaError(what, "a packet is damaged or cut short", HINT)
            frames += len(packet.decode()) * (packet.stream is stream)
    if frames != found.frames:
        raise MediaError(what, f"only {frames} of its {found.frames} frames can be decoded", HINT)
    _check_length(clip, what, found)
    return found


def _check_length(clip: Path, what: str, found: Probe) -> None:
    """A Matroska file cut between two packets reads as whole; its header knows better."""
    with opened(clip, what) as file:
        _, end = packets.read(file, picture(file))
    missing = found.declared - end
    if found.container == "matroska" and missing > Fraction(1, 2) / found.fps + Fraction(1, 500):
        raise MediaError(what, "the file ends before the video does", HINT)
