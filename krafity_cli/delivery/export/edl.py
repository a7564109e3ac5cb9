"""A cut as a CMX 3600 edit decision list, the plainest thing every editor reads.

One picture track, times as timecode, no metadata but comments. Files have no tape they came from,
so the reel is AX (auxiliary source) and `FROM CLIP NAME` is the name of the file, by which Resolve,
Premiere and Avid find it. Markers (`LOC`) say their place in the film, as Avid writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from opentimelineio import adapters
from opentimelineio.opentime import RationalTime, TimeRange

from krafity_cli.delivery.export.edits import Edit, EditedCut
from krafity_cli.delivery.export.timeline import Url, timeline
from krafity_cli.errors import Refused, harmless

_TITLE, _COMMENT = 70, 200
"""How many characters of a title and of a comment are kept: lists are read by old programs."""

_COMMENTS = ("shot", "take", "prompt", "dialogue", "clip_digest", "model")


def check_rate(cut: EditedCut) -> None:
    """Raise `Refused` for a cut whose rate timecode does not count."""
    rate = float(cut.fps)
    if not RationalTime.is_smpte_timecode_rate(rate):
        raise Refused(
            f"the cut {cut.name} runs at {rate:g} frames per second",
            "an EDL uses timecode, which does not exist for that rate",
            "export --to otio, otioz or fcpxml, which allow any rate",
            code="unsupported-rate",
        )


def edl(name: str, cut: EditedCut, url: Url) -> str:
    """The list of one cut, which `check_rate` has passed."""
    rate = float(cut.fps)
    made = timeline(_line(name, _TITLE), [cut], url, {}, sound=False)
    for clip, edit in zip(made.find_clips(), cut.edits, strict=True):
        clip.source_range = TimeRange(_start(edit, cut.fps), clip.source_range.duration)
        clip.metadata["cmx_3600"] = {"comments": _comments(edit.about)}
        for marker in clip.markers:
            marker.marked_range = TimeRange(RationalTime(edit.start, rate), RationalTime(1, rate))
    text: str = adapters.write_to_string(
        made, "cmx_3600", rate=rate, style="premiere", reelname_len=None
    )
    head, blank, events = text.partition("\n\n")
    count = "DROP FRAME" if ";" in events.partition("\n")[0] else "NON-DROP FRAME"
    return f"{head}\nFCM: {count}{blank}{events}"


def _start(edit: Edit, fps: Fraction) -> RationalTime:
    """The timecode of an edit's first frame: that of its file, counted at the cut's rate.

    23.976 and 24 frames a second have the same timecodes, at other times.
    """
    frames = edit.media.start * round(fps) // round(edit.media.fps)
    return RationalTime(frames, float(fps))


def _comments(about: Mapping[str, Any]) -> list[str]:
    known = [(name.replace("_", " ").upper(), str(about.get(name, ""))) for name in _COMMENTS]
    return [_line(f"{name}: {value}", _COMMENT) for name, value in known if value]


def _line(text: str, most: int) -> str:
    """A text as one line in which nothing is a line of the list itself."""
    line = harmless(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"
