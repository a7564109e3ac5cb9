"""Packet tables: read from ffmpeg's listing, which is given here as it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from krafity_cli.media import ffmpeg
from krafity_cli.media.packets import Packet, parse, read, seek

HEAD = """\
#extradata 0:       46, 0x228a0e0c
#software: Lavf63.1.102
#tb 0: 1/12288
#codec_id 0: h264
#dimensions 0: 1280x720
"""
LISTING = (
    HEAD
    + """\
0,      -1024,          0,      512,    31089, 0x53230eca
1,      -1024,          0,      512,    30414, 0xe2955978
0,       -512,       1024,      512,    21904, 0x0b94c1d6, F=0x0
0,          0,        512,      512,    15159, 0xdceb86af, F=0x0
0,        512,       1536,      512,    21566, 0x5f86334a
0,       1024,       2048,      512,    21566, 0x5f86334a, F=0x5, S=1, 8, 0x1
0,       1536,      NOPTS,      512,    21566, 0x5f86334a, F=0x4
"""
)


def test_a_listing_is_read_packet_by_packet() -> None:
    track = parse(LISTING, "banner")
    assert track.packets == (
        Packet(-1024, 0, 512, shown=True, entry=True),
        Packet(-512, 1024, 512, shown=True, entry=False),
        Packet(0, 512, 512, shown=True, entry=False),
        Packet(512, 1536, 512, shown=True, entry=False),
        Packet(1024, 2048, 512, shown=False, entry=False),
        Packet(1536, None, 512, shown=False, entry=False),
    )
    assert track.time_base == Fraction(1, 12288)
    assert track.parameters == "46, 0x228a0e0c"
    assert track.banner == "banner"


def test_frames_are_shown_in_the_order_of_their_times() -> None:
    assert parse(LISTING).shown == (0, 2, 1, 3)


def test_every_shown_frame_has_a_time_of_its_own() -> None:
    assert parse(LISTING).timed
    assert not parse(LISTING.replace("1536,      512", "1024,      512")).timed
    assert not parse(LISTING.replace("       1536,      512", "      NOPTS,      512")).timed


def test_of_h264_only_idr_pictures_are_entries() -> None:
    assert [packet.entry for packet in parse(LISTING).packets] == [True, *[False] * 5]


def test_of_codecs_with_whole_key_frames_all_of_them_are_entries() -> None:
    entries = [packet.entry for packet in parse(LISTING.replace("h264", "vp9")).packets]
    assert entries == [True, False, False, True, True, False]


def test_of_unknown_codecs_nothing_is_an_entry() -> None:
    assert not any(packet.entry for packet in parse(LISTING.replace("h264", "cinepak")).packets)


def test_the_nearest_entry_is_the_last_one_before() -> None:
    track = parse(LISTING.replace("h264", "vp9"))
    assert [track.entry(i) for i in range(6)] == [0, 0, 0, 3, 4, 4]
    assert parse(LISTING.replace("h264", "cinepak")).entry(5) is None


def test_reading_starts_no_earlier_than_the_time_rounded_up() -> None:
    track = parse(LISTING.replace("h264", "vp9"))
    # 2048 / 12288 s are 166666.67 us.
    assert seek(track, 4)[-2:] == ("-ss", "166667us")


def test_in_an_mp4_reading_starts_at_the_entry_and_not_a_group_earlier(
    nasty: Callable[[str], Path],
) -> None:
    clip = nasty("key_frames")
    track = asyncio.run(read(clip, "mov"))
    last = track.entry(len(track.packets) - 1)
    assert last
    opened = (*ffmpeg.reading(clip, "mov", *seek(track, last)), "-copyts", "-map", "0:V:0")
    listed = ("-c", "copy", "-copyinkf", "-f", "framecrc", "pipe:1")
    table = asyncio.run(ffmpeg.run(*opened, *listed, what="cannot read it")).stdout.decode()
    assert parse(table).packets[0].dts == track.packets[last].dts


def test_the_first_packet_needs_no_seeking() -> None:
    assert seek(parse(LISTING), 0) == ()


def test_an_empty_listing_is_an_empty_track() -> None:
    assert parse(HEAD).packets == ()
    assert parse("").time_base == Fraction(1, 1000)
