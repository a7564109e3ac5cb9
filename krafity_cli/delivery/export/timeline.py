"""Cuts as an OpenTimelineIO timeline: a track per cut, a clip and a marker per shot.

Times are frames of the cut's own rate; those of a file begin at its timecode. What is known
of a shot is in the `krafity` metadata of its clip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, ExternalReference, Gap, Marker, Timeline, Track

from krafity_cli.delivery.export.edits import Edit, EditedCut, Media

NAMESPACE = "krafity"
"""The key of everything of ours in the metadata of a timeline, track, clip or marker."""

DONE, MISSING = "GREEN", "RED"
"""The marker of a shot that has its clip, and of one that is stood in for."""

Url = Callable[[Media], str]
"""How a timeline names a file: relative to itself, or by its whole path."""


def timeline(
    name: str, cuts: Iterable[EditedCut], url: Url, about: Mapping[str, Any], *, sound: bool = True
) -> Timeline:
    """A timeline with a picture track per cut, and a sound track below where clips have sound.

    The first cut is the one that is seen and heard: the tracks of the others are disabled, as they
    are other versions of the film and no layers of it.
    """
    made = Timeline(_text(name), metadata={NAMESPACE: _known(about)})
    for number, cut in enumerate(cuts):
        if number == 0:
            made.global_start_time = _time(0, cut.fps)
        kinds = ["Video"]
        if sound and any(edit.media.audio for edit in cut.edits):
            kinds.append("Audio")
        for kind in kinds:
            track = _track(cut, kind, url)
            track.enabled = number == 0
            made.tracks.append(track)
    return made


def _track(cut: EditedCut, kind: str, url: Url) -> Track:
    track = Track(cut.name, kind=kind, metadata={NAMESPACE: {"cut": cut.name, "film": cut.film}})
    for edit in cut.edits:
        if kind == "Audio" and not edit.media.audio:
            track.append(Gap(duration=_time(edit.frames, cut.fps)))
            continue
        clip = _clip(edit, cut.fps, url)
        if kind == "Video":
            clip.markers.append(_marker(edit, cut.fps))
        track.append(clip)
    return track


def _clip(edit: Edit, fps: Fraction, url: Url) -> Clip:
    reference = ExternalReference(url(edit.media), _available(edit.media))
    reference.name = edit.media.path.name
    span = TimeRange(source_start(edit, fps), _time(edit.frames, fps))
    return Clip(edit.shot, reference, span, metadata={NAMESPACE: _known(edit.about)})


def _marker(edit: Edit, fps: Fraction) -> Marker:
    marker = Marker(
        edit.shot,
        TimeRange(source_start(edit, fps), _time(1, fps)),
        MISSING if edit.standin else DONE,
        {NAMESPACE: _known(edit.about)},
    )
    marker.comment = _text(edit.about.get("prompt", ""))
    return marker


def _known(about: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _text(value) if isinstance(value, str) else value for key, value in about.items()}


def _text(text: str) -> str:
    """The text without what UTF-8 cannot hold: half a surrogate pair."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _available(media: Media) -> TimeRange:
    """All of a file, in its own frames, from its timecode on."""
    return TimeRange(_time(media.start, media.fps), _time(media.frames, media.fps))


def source_start(edit: Edit, fps: Fraction) -> RationalTime:
    """Where in its file an edit begins, in frames of the cut's rate."""
    start = edit.media.start * fps / edit.media.fps
    whole = start.denominator == 1
    return RationalTime(int(start) if whole else float(start), float(fps))


def _time(frames: int, fps: Fraction) -> RationalTime:
    return RationalTime(frames, float(fps))
