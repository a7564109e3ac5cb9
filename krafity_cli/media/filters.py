"""Filters of libavfilter that frames go through on their way: turned, deinterlaced, made to fit."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from av.error import BlockingIOError as NotYet
from av.error import EOFError as Ended
from av.filter.graph import Graph
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

from krafity_cli.media.clip import Probe
from krafity_cli.media.seams import Target

Step = tuple[str, str]
"""A filter's name and its arguments."""

ACCURATE = "flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
"""How swscale converts: every step rounded exactly. By default it darkens by half a level."""

_PLAIN = (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


class Chain:
    """Filters one behind the other; frames of another size or format begin the chain again.

    `steps` are those of a chain that begins with such a frame.
    """

    def __init__(self, steps: Callable[[VideoFrame], Sequence[Step]]) -> None:
        self._steps = steps

    def through(self, frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
        """The frames that come out, in order."""
        graph, kind = None, None
        for frame in frames:
            now = frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range
            if graph is None or now != kind:
                if graph is not None:
                    graph.vpush(None)
                    yield from _pulled(graph)
                graph, kind = self._graph(frame), now
            graph.vpush(frame)
            yield from _pulled(graph)
        if graph is not None:
            graph.vpush(None)
            yield from _pulled(graph)

    def _graph(self, frame: VideoFrame) -> Graph:
        base = frame.time_base or Fraction(1, 1000)
        source = (
            f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}"
            f":time_base={base}:colorspace={int(frame.colorspace)}:range={int(frame.color_range)}"
        )
        graph = Graph()
        nodes = [graph.add("buffer", source)]
        nodes += [graph.add(name, arguments) for name, arguments in self._steps(frame)]
        graph.link_nodes(*nodes, graph.add("buffersink")).configure()
        return graph


def _pulled(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except (NotYet, Ended):
            return


def deinterlaced(found: Probe) -> list[Step]:
    """The steps that make whole pictures of two fields each, where a clip has fields."""
    return [] if found.progressive else [("bwdif", "mode=send_frame:deint=all")]


def narrowed(found: Probe) -> list[Step]:
    """The steps that bring wider colours to BT.709.

    The reference white of HLG and PQ (203 cd/m², ITU-R BT.2408) becomes white; what is brighter is
    cut off, as on a screen that shows no more.
    """
    colours = found.colours
    if not colours.are_wider:
        return []
    given = f"in_transfer={colours.transfer or 'bt709'}:in_primaries={colours.primaries or 'bt709'}"
    return [
        ("scale", f"{given}:out_transfer=bt709:out_primaries=bt709:{ACCURATE}"),
        ("format", "gbrp16le"),
    ]


def to_rgb(width: int, height: int) -> list[Step]:
    """The steps that make RGB of that size.

    A chroma sample is taken to lie amid its four pixels, as `colour.planes` lays it, so colours
    stay in place however often a last frame becomes a first one.
    """
    return [("scale", f"{width}:{height}:{ACCURATE}:in_chroma_loc=center"), ("format", "rgb24")]


def to_yuv(width: int, height: int) -> list[Step]:
    """The steps that make BT.709, limited range, 4:2:0 of that size, and tag it so."""
    colours = "out_color_matrix=bt709:out_range=tv"
    return [
        ("scale", f"{width}:{height}:{colours}:{ACCURATE}:out_chroma_loc=center"),
        ("format", "yuv420p"),
        ("setparams", "range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"),
    ]


def fitted(frame: VideoFrame, found: Probe, aim: Target) -> list[Step]:
    """The steps that show the whole picture as large as it goes in a film, on black."""
    shape = found.width * found.sar / found.height
    width = max(2, min(aim.width, round(aim.height * shape / 2) * 2))
    height = max(2, min(aim.height, round(aim.width / shape / 2) * 2))
    place = f"{(aim.width - width) // 4 * 2}:{(aim.height - height) // 4 * 2}"
    return [
        *deinterlaced(found),
        *upright(frame),
        *narrowed(found),
        *to_yuv(width, height),
        ("pad", f"{aim.width}:{aim.height}:{place}"),
        ("setsar", "1"),
    ]


def matrix(frame: VideoFrame | None) -> tuple[int, ...] | None:
    """The display matrix of a frame that is to be turned or mirrored."""
    sides: Iterable[Any] = frame.side_data if frame else ()  # not names, as PyAV's stubs have it
    data = next((bytes(one) for one in sides if one.type == Type.DISPLAYMATRIX), None)
    if data is None:
        return None
    found = struct.unpack("=9i", data[:36])
    return None if found == _PLAIN else found


def upright(frame: VideoFrame) -> list[Step]:
    """The steps that show a frame as its container wants it: quarter turns and mirrors."""
    turn = matrix(frame)
    if turn is None:
        return []
    across, down = turn[0], turn[4]
    match -frame.rotation % 360:
        case 90:
            return [("transpose", "cclock_flip" if turn[3] > 0 else "clock")]
        case 270:
            return [("transpose", "clock_flip" if turn[3] < 0 else "cclock")]
        case 180 | 0:
            flips = (("hflip", across < 0), ("vflip", down < 0))
            return [(name, "") for name, needed in flips if needed]
    return []
