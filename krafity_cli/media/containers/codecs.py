"""What may be decoded: the codecs of cameras, editors and the web, and the largest picture."""

from __future__ import annotations

MOST_PIXELS = 40_000_000
"""The largest picture a clip may hold; 8K has 33 million pixels."""

CODECS = frozenset(
    (
        # pictures
        "h264", "hevc", "mpeg4", "mpeg2video", "mpeg1video", "h263", "vp8", "vp9", "libdav1d",
        "av1", "prores", "mjpeg", "ffv1", "dnxhd", "dvvideo", "cfhd", "qtrle", "png", "theora",
        "vc1", "utvideo", "huffyuv", "ffvhuff", "v210", "hap", "rawvideo",
        # sound
        "aac", "mp3", "mp3float", "opus", "libopus", "vorbis", "flac", "alac", "ac3", "eac3",
        "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le",
        "pcm_f32be", "pcm_u8", "pcm_s8", "pcm_mulaw", "pcm_alaw", "mp2", "mp2float",
    )
)  # fmt: skip
"""FFmpeg's names of the decoders that files may have opened."""
