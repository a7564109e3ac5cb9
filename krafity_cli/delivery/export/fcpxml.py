"""Cuts as Final Cut Pro XML: an event with a project for each cut.

Written by the adapter of OpenTimelineIO and mended where it falls short of what Apple's reference
asks for: it knows the size of a picture only where ffprobe is installed, few rates, one format for
all files, and a clip with its picture alone. Times are exact fractions of a second.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from opentimelineio import adapters
from opentimelineio.schema import MarkerColor, SerializableCollection, Timeline

from krafity_cli.delivery.export.edits import EditedCut, Media
from krafity_cli.delivery.export.timeline import DONE, Url, timeline

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (section 2.2)."""


def fcpxml(name: str, cuts: Sequence[EditedCut], url: Url) -> str:
    """The document of these cuts; `url` may be relative to where the document will stand."""
    projects = [_project(name, cut, url) for cut in cuts]
    event = projects[0]
    if len(projects) > 1:
        event = SerializableCollection(_text(name), projects)
    with warnings.catch_warnings():
        # The adapter asks an element for its truth, which Python 3.12 and later deprecate.
        warnings.simplefilter("ignore", DeprecationWarning)
        root = ElementTree.fromstring(adapters.write_to_string(event, "fcpx_xml"))
    media = {url(edit.media): edit.media for cut in cuts for edit in cut.edits}
    _mend(root, cuts, media)
    ElementTree.indent(root, "    ")
    return _HEAD + ElementTree.tostring(root, encoding="unicode") + "\n"


def _project(name: str, cut: EditedCut, url: Url) -> Timeline:
    made = timeline(_text(f"{name}: {cut.name}"), [cut], url, {}, sound=False)
    for clip, edit in zip(made.find_clips(), cut.edits, strict=True):
        note = _text(str(edit.about.get("prompt", "")))
        whole, start = _seconds(edit.media.seconds), _seconds(edit.media.start / edit.media.fps)
        keywords = [{"start": start, "duration": whole, "value": "stand-in"}]
        clip.media_reference.metadata["fcpx"] = {
            "note": note,
            "keywords": keywords if edit.standin else [],
            "metadata": [
                {f"com.krafity.{key}": _text(str(value))} for key, value in edit.about.items()
            ],
        }
        for marker in clip.markers:
            if marker.color == DONE:
                marker.color = MarkerColor.PURPLE  # a plain marker; green is a task that is done
    return made


def _seconds(time: Fraction) -> str:
    return f"{time.numerator}/{time.denominator}s" if time else "0s"


def _mend(root: Element, cuts: Sequence[EditedCut], media: dict[str, Media]) -> None:
    resources = root.find("resources")
    assert resources is not None  # noqa: S101  (the adapter always writes them)
    for old in resources.findall("format"):
        resources.remove(old)
    formats = _Formats()
    assets = {asset.get("id", ""): asset for asset in resources.findall("asset")}
    for asset in assets.values():
        shown = media[asset.get("src", "")]
        asset.set("format", formats.of(shown.width, shown.height, shown.fps))
        if shown.audio:
            asset.set("hasAudio", "1")
    for browsed in [*root.findall("asset-clip"), *root.findall("event/asset-clip")]:
        browsed.set("format", assets[browsed.get("ref", "")].get("format", ""))
    projects = [*root.findall("project"), *root.findall("event/project")]
    for project, cut in zip(projects, cuts, strict=True):
        project.attrib.pop("uid", None)
        for sequence in project.findall("sequence"):
            sequence.set("format", formats.of(cut.width, cut.height, cut.fps))
            sequence.set("tcFormat", "NDF")
            for clip in sequence.findall("spine/clip"):
                _whole(clip)
    for place, each in enumerate(formats.made.values()):
        resources.insert(place, each)


def _whole(clip: Element) -> None:
    """A clip of its picture alone becomes one of all its file holds, so that its sound is heard."""
    for picture in clip.findall("video"):
        clip.tag = "asset-clip"
        clip.set("ref", picture.get("ref", ""))
        clip.remove(picture)


@dataclass
class _Formats:
    """The formats of a document, each once, by size and rate."""

    made: dict[tuple[int, int, Fraction], Element] = field(default_factory=dict)

    def of(self, width: int, height: int, fps: Fraction) -> str:
        """The id of a format."""
        key = (width, height, fps)
        if key not in self.made:
            about = {
                "id": f"f{len(self.made) + 1}",
                "frameDuration": f"{fps.denominator}/{fps.numerator}s",
                "width": str(width),
                "height": str(height),
            }
            self.made[key] = Element("format", about)
        return self.made[key].get("id", "")


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
